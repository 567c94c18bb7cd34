//! Free text: credentials, query strings, references to people, and known strings.

use super::{Redactor, query};
use regex::{Captures, Regex};
use std::borrow::Cow;
use std::sync::LazyLock;

/// A reference to a person: type, slash, id.
static REFERENCE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"\b(Patient|RelatedPerson|Person)/([A-Za-z0-9](?:[\w.\-]*[\w\-])?)").ok()
});
/// A query string with what stands before it, or a single pair.
static PAIRS: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r#"(?:[\w./:%$~-]*\?)?[\w:.%-]+=[^\s"'<>]+"#).ok());
/// An authentication scheme and what may be its credential.
static SCHEME: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"(?i)\b(bearer|basic|dpop)\s+([a-z0-9+/_.~-]{8,}=*)").ok());

/// The text without anything of either kind.
pub(super) fn redact(redactor: &Redactor, text: &str) -> String {
    let mut text = without_credentials(redactor, text);
    chain(&mut text, |text| without_people(redactor, text));
    text.into_owned()
}

/// Whether there are credentials that show wherever they stand, except in query strings.
pub(super) fn holds_credentials(redactor: &Redactor, text: &str) -> bool {
    redactor.secrets().is_in(text) || SCHEME.as_ref().is_none_or(|scheme| scheme.is_match(text))
}

/// The text without credentials, as far as they show by themselves.
pub(super) fn without_credentials<'text>(redactor: &Redactor, text: &'text str) -> Cow<'text, str> {
    let mut text = redactor
        .secrets()
        .replace(text, |value| redactor.secret_label(value));
    if let Some(scheme) = &*SCHEME {
        chain(&mut text, |text| {
            scheme.replace_all(text, |found: &Captures<'_>| after_scheme(redactor, found))
        });
    }
    if let Some(pairs) = &*PAIRS
        && text.contains('=')
    {
        chain(&mut text, |text| {
            pairs.replace_all(text, |found: &Captures<'_>| {
                query::in_text(redactor, &found[0])
            })
        });
    }
    text
}

/// What is signed in public, without what is configured or known: the signature then no longer holds.
pub(super) fn without_configured<'text>(redactor: &Redactor, text: &'text str) -> Cow<'text, str> {
    let secrets = redactor.secrets();
    let mut text = secrets.replace_configured(text, |value| redactor.secret_label(value));
    chain(&mut text, |text| redactor.dictionary().replace(text));
    text
}

/// The text without references to people and known strings.
pub(super) fn without_people<'text>(redactor: &Redactor, text: &'text str) -> Cow<'text, str> {
    let mut text = Cow::Borrowed(text);
    if let Some(reference) = &*REFERENCE
        && redactor.redact_phi
        && (text.contains("Patient/") || text.contains("Person/"))
    {
        chain(&mut text, |text| {
            reference.replace_all(text, |found: &Captures<'_>| refer(redactor, found))
        });
    }
    chain(&mut text, |text| redactor.dictionary().replace(text));
    if text.contains('%') {
        let plain = query::decode(&text);
        if let Cow::Owned(redacted) = redactor.dictionary().replace(&plain) {
            return Cow::Owned(redacted);
        }
    }
    text
}

fn after_scheme(redactor: &Redactor, found: &Captures<'_>) -> String {
    let is_word = found[2].len() < 20 && !found[2].contains(|letter: char| letter.is_ascii_digit());
    if is_word {
        return found[0].to_owned();
    }
    format!("{} {}", &found[1], redactor.credential(&found[2]))
}

fn refer(redactor: &Redactor, found: &Captures<'_>) -> String {
    let is_type = matches!(
        &found[2],
        "Coverage"
            | "Group"
            | "Member"
            | "Organization"
            | "Patient"
            | "Person"
            | "Practitioner"
            | "RelatedPerson"
    );
    if is_type {
        return found[0].to_owned();
    }
    format!("{}/{}", &found[1], redactor.person_id(&found[2]))
}

/// Goes on with what a step made of the text, if it made anything.
fn chain(text: &mut Cow<'_, str>, step: impl FnOnce(&str) -> Cow<'_, str>) {
    let changed = match step(text) {
        Cow::Owned(changed) => changed,
        Cow::Borrowed(_) => return,
    };
    *text = Cow::Owned(changed);
}
