//! URLs, query strings and form bodies.

use super::secrets::PLACEHOLDER;
use super::vocabulary::{self as names, Parameter};
use super::{Redactor, prose};
use std::borrow::Cow;

/// A URL without credentials and personal data. Scheme and host stay, relative URLs are fine.
pub(super) fn url(redactor: &Redactor, url: &str) -> String {
    let (rest, fragment) = split(url, '#');
    let (place, query) = split(rest, '?');
    let (host, path) = match place.find("://") {
        Some(scheme) => {
            let start = scheme + 3;
            let end = place[start..]
                .find('/')
                .map_or(place.len(), |at| start + at);
            place.split_at(end)
        }
        None => ("", place),
    };
    let mut out = without_user(host);
    let (path, last_type) = self::path(redactor, path);
    out.push_str(&path);
    if let Some(query) = query {
        out.push('?');
        out.push_str(&pairs(redactor, query, &Context::of_url(query, last_type)));
    }
    if let Some(fragment) = fragment {
        out.push('#');
        // Implicit-flow answers carry tokens here.
        let context = Context::of_url(fragment, None);
        out.push_str(&pairs(redactor, fragment, &context));
    }
    without_secrets(redactor, &out)
}

/// What looks like a query string, or a single pair, in the middle of a text. A pair that stands
/// alone is only looked at for credentials: `name=…` has too many meanings.
pub(super) fn in_text(redactor: &Redactor, found: &str) -> String {
    if found.contains('?') {
        return url(redactor, found);
    }
    if found.contains('&') {
        return form(redactor, found);
    }
    let name = split(found, '=').0;
    if !names::is_credential(&known(name)) {
        return found.to_owned();
    }
    pairs(redactor, found, &Context::of_form(found))
}

/// The body of a form.
pub(super) fn form(redactor: &Redactor, body: &str) -> String {
    let out = pairs(redactor, body, &Context::of_form(body));
    without_secrets(redactor, &out)
}

fn without_secrets(redactor: &Redactor, text: &str) -> String {
    let secrets = redactor.secrets();
    let text = secrets.replace(text, |value| redactor.secret_label(value));
    text.into_owned()
}

/// A parameter name as the vocabulary has it.
fn known(name: &str) -> String {
    decode(name).to_ascii_lowercase().replace('-', "_")
}

fn split(text: &str, at: char) -> (&str, Option<&str>) {
    match text.split_once(at) {
        Some((before, after)) => (before, Some(after)),
        None => (text, None),
    }
}

fn without_user(host: &str) -> String {
    match (host.find("://"), host.rfind('@')) {
        (Some(scheme), Some(at)) if scheme < at => {
            format!("{}{PLACEHOLDER}{}", &host[..scheme + 3], &host[at..])
        }
        _ => host.to_owned(),
    }
}

/// The path, and the last resource type in it.
fn path<'path>(redactor: &Redactor, path: &'path str) -> (String, Option<&'path str>) {
    let mut last_type = None;
    let mut is_person = false;
    let segments: Vec<Cow<'_, str>> = path
        .split('/')
        .map(|segment| {
            let follows_person = std::mem::take(&mut is_person);
            if segment.starts_with(|first: char| first.is_ascii_uppercase())
                && segment.bytes().all(|byte| byte.is_ascii_alphabetic())
                && !follows_person
            {
                last_type = Some(segment);
                is_person = names::Scope::of(segment) == names::Scope::Person;
            }
            if follows_person && !segment.is_empty() && !segment.starts_with(['_', '$']) {
                return Cow::Owned(redactor.person_id(&decode(segment)));
            }
            rewritten(redactor, segment)
        })
        .collect();
    (segments.join("/"), last_type)
}

/// A piece of a URL, replaced only when there is something in it to replace.
fn rewritten<'text>(redactor: &Redactor, raw: &'text str) -> Cow<'text, str> {
    let plain = decode(raw);
    // No search for pairs here: a value of pairs of pairs must not lead ever deeper.
    let redacted = prose::without_people(redactor, &plain);
    if redacted == plain {
        return Cow::Borrowed(raw);
    }
    Cow::Owned(redacted.replace(' ', "+"))
}

/// What decides on parameters that mean different things in different places.
struct Context<'url> {
    last_type: Option<&'url str>,
    /// Whether `code` is an authorization code here.
    has_code: bool,
}

impl<'url> Context<'url> {
    fn of_url(query: &str, last_type: Option<&'url str>) -> Self {
        let has_code = last_type.is_none() || mentions_grant(query);
        Self {
            last_type,
            has_code,
        }
    }

    fn of_form(body: &str) -> Self {
        Self {
            last_type: None,
            has_code: mentions_grant(body),
        }
    }
}

fn mentions_grant(query: &str) -> bool {
    query
        .split('&')
        .any(|pair| names::goes_with_authorization_code(split(pair, '=').0))
}

fn pairs(redactor: &Redactor, query: &str, context: &Context<'_>) -> String {
    let redacted: Vec<Cow<'_, str>> = query
        .split('&')
        .map(|raw| match raw.split_once('=') {
            Some((name, value)) => pair(redactor, raw, name, value, context),
            None => rewritten(redactor, raw),
        })
        .collect();
    redacted.join("&")
}

fn pair<'text>(
    redactor: &Redactor,
    raw: &'text str,
    name: &str,
    value: &str,
    context: &Context<'_>,
) -> Cow<'text, str> {
    let known = known(name);
    if names::is_credential(&known) || (known == "code" && context.has_code) {
        return Cow::Owned(format!("{name}={}", redactor.credential(&decode(value))));
    }
    let personal = if redactor.redact_phi {
        meaning(&known, context)
    } else {
        None
    };
    match personal {
        Some(meaning) => Cow::Owned(format!("{name}={}", values(redactor, value, meaning))),
        None => match rewritten(redactor, value) {
            Cow::Borrowed(_) => Cow::Borrowed(raw),
            Cow::Owned(value) => Cow::Owned(format!("{name}={value}")),
        },
    }
}

/// What a parameter tells about a person here: chains (`patient.name`) by any of their parts.
fn meaning(known: &str, context: &Context<'_>) -> Option<Parameter> {
    let mut parts = known.split([':', '.']);
    let first = parts.next()?;
    if context.last_type.is_some_and(names::is_public) {
        return None;
    }
    if first == "_id" {
        let is_person = context.last_type.map(names::Scope::of) == Some(names::Scope::Person);
        return is_person.then_some(Parameter::Id);
    }
    let chained = parts.filter_map(names::personal_parameter).next_back();
    chained.or_else(|| names::personal_parameter(first))
}

fn values(redactor: &Redactor, raw: &str, meaning: Parameter) -> String {
    let redacted: Vec<String> = raw
        .replace("%2C", ",")
        .replace("%2c", ",")
        .split(',')
        .map(|value| one_value(redactor, value, meaning))
        .collect();
    redacted.join(",")
}

fn one_value(redactor: &Redactor, raw: &str, meaning: Parameter) -> String {
    let value = decode(raw);
    match meaning {
        _ if value.is_empty() => String::new(),
        Parameter::Id => match value.rsplit_once('/') {
            Some((kind, id)) => format!("{kind}/{}", redactor.person_id(id)),
            None => redactor.person_id(&value),
        },
        Parameter::Identifier => match value.rsplit_once('|') {
            Some((system, _)) if names::is_public_system(system) => raw.to_owned(),
            Some((system, value)) if !value.is_empty() => {
                format!("{system}|{}", redactor.person_value("identifier", value))
            }
            Some(_) => raw.to_owned(),
            None => redactor.person_value("identifier", &value),
        },
        Parameter::Date => {
            let digits = value.find(|letter: char| letter.is_ascii_digit());
            let (prefix, date) = value.split_at(digits.unwrap_or(0).min(2));
            format!("{prefix}{}", redactor.person_value("birthDate", date))
        }
        Parameter::Text => redactor.person_value("name", &value),
    }
}

/// A percent-encoded value in plain.
pub(super) fn decode(raw: &str) -> Cow<'_, str> {
    if !raw.contains(['%', '+']) {
        return Cow::Borrowed(raw);
    }
    // A pair without a name is the shortest form that holds one value.
    let escaped = raw.replace('&', "%26");
    url::form_urlencoded::parse(format!("={escaped}").as_bytes())
        .next()
        .map_or(Cow::Borrowed(raw), |(_, value)| {
            Cow::Owned(value.into_owned())
        })
}
