//! What a fault changes: a closed set of kinds.

use super::deviation::{DateFault, Deviation};
use super::edit::InProfile;
use super::line_fault::{LineFault, is_lines};
use super::response::{FHIR_JSON, milliseconds};
use super::{Habit, HandshakeFault, PageFault, Request, Response, Rule, WireFault};
use crate::fhir::{parameters, path};
use crate::signature::Flaw;
use http::header::{CONTENT_TYPE, HeaderName};
use serde::Deserialize;
use serde_json::Value;
use std::time::Duration;

/// One change. Written in fault files as a table with one key: `{ status = 200 }`.
///
/// `skip-rule`, `ignore-parameter`, `compare-dates`, `send`, `other-member` and `page` change how the answer is computed,
/// all others change the computed answer.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Change {
    /// Another status code.
    Status(u16),
    /// A header, set to a value.
    SetHeader {
        /// Name of the header.
        name: String,
        /// Its value.
        value: String,
    },
    /// A header, gone.
    RemoveHeader(String),
    /// Another content type.
    ContentType(String),
    /// Another body, as it is.
    Body(String),
    /// The values at a JSONPath, gone.
    Remove(String),
    /// The values at a JSONPath, replaced.
    Replace {
        /// JSONPath.
        path: String,
        /// New value.
        value: Value,
    },
    /// A value, added to the arrays at a JSONPath, or to the objects there under a key.
    Add {
        /// JSONPath of arrays, or of objects when there is a key.
        path: String,
        /// Name of the new field.
        key: Option<String>,
        /// New value.
        value: Value,
    },
    /// The arrays at a JSONPath, back to front.
    Reverse(String),
    /// Values in the resources that claim a profile, wherever they are in the answer.
    InProfile(InProfile),
    /// Parts of the submitted match request, put into the outcome's `diagnostics`.
    Echo(Vec<Echo>),
    /// A rule, not enforced.
    SkipRule(Rule),
    /// A search parameter, ignored.
    IgnoreParameter(String),
    /// Dates of searches, compared wrongly.
    CompareDates(DateFault),
    /// Values at a JSONPath of what the stand-in sends on its own account: another one, or, without one, none.
    Send {
        /// JSONPath.
        path: String,
        /// The wrong value.
        value: Option<Value>,
    },
    /// Another member's data.
    OtherMember {},
    /// Paging, done wrong.
    Page(PageFault),
    /// The lines of a file, written wrongly.
    Lines(LineFault),
    /// The wire, misused.
    Wire(WireFault),
    /// The TLS handshake, done wrong. It comes before any request: `applies` tells by method and path what those ask
    /// that are not answered without it. What is offered in a single ClientHello has the method `TLS`.
    Handshake(HandshakeFault),
    /// Of a client: something it does not do that it should.
    BreakHabit(Habit),
    /// Of a client: its signatures, made wrongly.
    Sign(Flaw),
    /// Of a client: another method.
    Method(String),
    /// Of a client: another path below the base.
    Path(String),
    /// Of a client: a parameter of the query, set to a value.
    SetQuery {
        /// Its name.
        name: String,
        /// Its value, not encoded.
        value: String,
    },
    /// Of a client: a parameter of the query, gone.
    RemoveQuery(String),
    /// A pause before the answer, in milliseconds.
    #[serde(deserialize_with = "milliseconds")]
    DelayMs(Duration),
}

/// A part of a submitted match request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Echo {
    /// Identifiers of the CoverageToMatch.
    MemberId,
    /// Subscriber id of the CoverageToMatch.
    SubscriberId,
    /// Family and given names of the MemberPatient.
    Name,
    /// Birth date of the MemberPatient.
    BirthDate,
}

impl Change {
    /// Whether it changes how the answer is computed, rather than the answer.
    pub(super) fn is_deviation(&self) -> bool {
        matches!(
            self,
            Self::SkipRule(_)
                | Self::IgnoreParameter(_)
                | Self::CompareDates(_)
                | Self::OtherMember {}
                | Self::Send { .. }
                | Self::Page(_)
        )
    }

    /// Adds what it changes about the computation.
    pub(super) fn deviate(&self, deviation: &mut Deviation) {
        match self {
            Self::SkipRule(rule) => deviation.skipped.push(*rule),
            Self::IgnoreParameter(name) => deviation.ignored.push(name.clone()),
            Self::CompareDates(fault) => deviation.dates = Some(*fault),
            Self::OtherMember {} => deviation.other_member = true,
            Self::Send { path, value } => deviation.sent.push((path.clone(), value.clone())),
            Self::Page(fault) => deviation.page = Some(*fault),
            _ => {}
        }
    }

    /// Changes the computed answer.
    pub(super) fn alter(&self, request: &Request, response: &mut Response) {
        match self {
            Self::Status(status) => response.status = *status,
            Self::SetHeader { name, value } => set_header(response, name, value),
            Self::RemoveHeader(name) => {
                response.headers.remove(name);
            }
            Self::ContentType(value) => set_header(response, CONTENT_TYPE.as_str(), value),
            Self::Body(text) => {
                response.body = text.clone().into();
                if !response.headers.contains_key(CONTENT_TYPE) && !text.is_empty() {
                    set_header(response, CONTENT_TYPE.as_str(), FHIR_JSON);
                }
            }
            Self::Remove(path) => edit(response, path, |body, places| {
                // From the back, so that earlier places in the same array stay where they are.
                for place in places.iter().rev() {
                    place.remove(body);
                }
            }),
            Self::Replace { path, value } => each(response, path, |target| *target = value.clone()),
            Self::Add { path, key, value } => {
                each(response, path, |target| add(target, key.as_deref(), value));
            }
            Self::Reverse(path) => each(response, path, |target| {
                if let Value::Array(items) = target {
                    items.reverse();
                }
            }),
            Self::InProfile(edit) => edit_in_profile(response, edit),
            Self::Echo(parts) => echo(parts, request, response),
            Self::Lines(fault) if is_lines(response) => fault.misprint(response),
            Self::Wire(fault) => response.wire = Some(fault.clone()),
            Self::DelayMs(delay) => response.delay = Some(*delay),
            Self::Lines(_)
            | Self::Handshake(_)
            | Self::BreakHabit(_)
            | Self::Sign(_)
            | Self::Method(_)
            | Self::Path(_)
            | Self::SetQuery { .. }
            | Self::RemoveQuery(_)
            | Self::SkipRule(_)
            | Self::IgnoreParameter(_)
            | Self::CompareDates(_)
            | Self::OtherMember {}
            | Self::Send { .. }
            | Self::Page(_) => {}
        }
    }

    /// Changes what a client sends: method, path, query, headers and body.
    pub(super) fn distort(&self, request: &mut Request) {
        let set = |request: &mut Request, name: &str, value: Option<&str>| {
            let query = request.query.take().unwrap_or_default();
            let others = url::form_urlencoded::parse(query.as_bytes()).into_owned();
            let mut pairs: Vec<(String, String)> =
                others.filter(|(other, _)| other != name).collect();
            pairs.extend(value.map(|value| (name.to_owned(), value.to_owned())));
            let mut writer = url::form_urlencoded::Serializer::new(String::new());
            writer.extend_pairs(&pairs);
            request.query = Some(writer.finish()).filter(|query| !query.is_empty());
        };
        match self {
            Self::Method(method) => {
                if let Ok(method) = method.parse() {
                    request.method = method;
                }
            }
            Self::Path(path) => request.path.clone_from(path),
            Self::SetQuery { name, value } => set(request, name, Some(value)),
            Self::RemoveQuery(name) => set(request, name, None),
            Self::Status(_) | Self::DelayMs(_) | Self::Wire(_) => {}
            _ => {
                // What is changed of an answer is changed of a request alike: headers and body.
                let mut message = Response {
                    headers: std::mem::take(&mut request.headers),
                    body: std::mem::take(&mut request.body),
                    ..Response::empty(200)
                };
                self.alter(request, &mut message);
                (request.headers, request.body) = (message.headers, message.body);
            }
        }
    }

    /// What is wrong with the change itself, if anything.
    pub(super) fn problem(&self) -> Option<String> {
        match self {
            Self::Remove(path)
            | Self::Reverse(path)
            | Self::Replace { path, .. }
            | Self::Send { path, .. }
            | Self::Add { path, .. }
            | Self::InProfile(InProfile { path, .. }) => path::select(&Value::Null, path)
                .err()
                .map(|error| error.to_string()),
            Self::SetHeader { name, .. } | Self::RemoveHeader(name) => name
                .parse::<HeaderName>()
                .err()
                .map(|_| format!("{name:?} is not a header name")),
            Self::Status(status) if !(200..=599).contains(status) => {
                Some(format!("{status} is not a final HTTP status"))
            }
            _ => None,
        }
    }
}

fn set_header(response: &mut Response, name: &str, value: &str) {
    if let (Ok(name), Ok(value)) = (name.parse::<HeaderName>(), value.parse()) {
        response.headers.insert(name, value);
    }
}

/// Edits the JSON body at the places an expression selects, or, in a file of lines, each line so; what is
/// not JSON stays as it is.
fn edit(response: &mut Response, expression: &str, change: impl Fn(&mut Value, &[path::Location])) {
    let edited = |text: &[u8]| -> Option<String> {
        let mut body = serde_json::from_slice::<Value>(text).ok()?;
        let found = path::select(&body, expression).ok()?;
        let places: Vec<_> = found.into_iter().map(|(place, _)| place).collect();
        if places.is_empty() {
            return None;
        }
        change(&mut body, &places);
        Some(body.to_string())
    };
    if !is_lines(response) {
        if let Some(body) = edited(&response.body) {
            response.body = body.into();
        }
        return;
    }
    let lines = response
        .body
        .split(|byte| *byte == b'\n')
        .map(|line| edited(line).unwrap_or_else(|| String::from_utf8_lossy(line).into_owned()));
    response.body = lines.collect::<Vec<_>>().join("\n").into();
}

/// Edits what claims a profile in the JSON body, or, in a file of lines, in each line.
fn edit_in_profile(response: &mut Response, edit: &InProfile) {
    let text = std::str::from_utf8(&response.body).unwrap_or_default();
    // Most answers do not name the profile: they need not be read.
    if !text.contains(&edit.profile) {
        return;
    }
    let edited = |text: &str| -> Option<String> {
        let mut body = serde_json::from_str::<Value>(text).ok()?;
        edit.apply(&mut body);
        Some(body.to_string())
    };
    let edited = edited(text).unwrap_or_else(|| {
        let lines = text
            .split('\n')
            .map(|line| edited(line).unwrap_or_else(|| line.to_owned()));
        lines.collect::<Vec<_>>().join("\n")
    });
    response.body = edited.into();
}

/// Edits every value an expression selects.
fn each(response: &mut Response, expression: &str, change: impl Fn(&mut Value)) {
    edit(response, expression, |body, places| {
        for place in places {
            if let Some(target) = place.get_mut(body) {
                change(target);
            }
        }
    });
}

fn add(target: &mut Value, key: Option<&str>, value: &Value) {
    match (target, key) {
        (Value::Object(fields), Some(key)) => {
            fields.insert(key.to_owned(), value.clone());
        }
        (Value::Array(items), None) => items.push(value.clone()),
        _ => {}
    }
}

fn echo(parts: &[Echo], request: &Request, response: &mut Response) {
    let submitted: Value = serde_json::from_slice(&request.body).unwrap_or_default();
    let empty = Value::Null;
    let patient = parameters::resource(&submitted, "MemberPatient").unwrap_or(&empty);
    let coverage = parameters::resource(&submitted, "CoverageToMatch").unwrap_or(&empty);
    let words: Vec<&str> = parts
        .iter()
        .flat_map(|part| match part {
            Echo::MemberId => path::elements(coverage, "identifier.value"),
            Echo::SubscriberId => path::elements(coverage, "subscriberId"),
            Echo::Name => [
                path::elements(patient, "name.given"),
                path::elements(patient, "name.family"),
            ]
            .concat(),
            Echo::BirthDate => path::elements(patient, "birthDate"),
        })
        .filter_map(Value::as_str)
        .collect();
    let told = Value::String(words.join(" "));
    each(response, "$.issue[0]", |issue| {
        add(issue, Some("diagnostics"), &told)
    });
}

#[cfg(test)]
mod tests {
    use super::{Change, Request, Response};
    use serde_json::{Value, json};

    fn altered(change: &str) -> Response {
        #[derive(serde::Deserialize)]
        struct File {
            change: Change,
        }
        let change = toml::from_str::<File>(change).unwrap().change;
        assert_eq!(change.problem(), None);
        let request = Request {
            method: http::Method::POST,
            path: "/Patient/$member-match".into(),
            query: None,
            headers: http::HeaderMap::new(),
            body: json!({"parameter": [{"name": "MemberPatient", "resource": {"birthDate": "1970-01-01"}}]})
                .to_string()
                .into(),
            base: "http://h/fhir".into(),
            client_certificate: None,
        };
        let mut response = Response::refusal(422, "not-found", "no member");
        change.alter(&request, &mut response);
        response
    }

    fn body(change: &str) -> Value {
        serde_json::from_slice(&altered(change).body).unwrap()
    }

    #[test]
    fn the_body_is_changed_where_the_path_says() {
        assert!(
            body("change = { remove = '$.issue[0].details' }")["issue"][0]
                .get("details")
                .is_none()
        );
        let replaced = body("change = { replace = { path = '$.issue[*].code', value = 'x' } }");
        assert_eq!(replaced["issue"][0]["code"], "x");
        let added = body("change = { add = { path = '$.issue', value = { code = 'y' } } }");
        assert_eq!(added["issue"][1]["code"], "y");
        let turned = body("change = { reverse = '$.issue' }");
        assert!(turned["issue"].is_array());
        let keyed = body("change = { add = { path = '$', key = 'id', value = '1' } }");
        assert_eq!(keyed["id"], "1");
    }

    #[test]
    fn what_claims_a_profile_is_changed_in_every_line() {
        let edit = "profile = 'goal'\npath = '$.a'\nvalue = 2";
        let line = r#"{"a":1,"meta":{"profile":["http://x.example/goal"]},"resourceType":"Goal"}"#;
        let file = format!("{line}\n{{}}\n{line}\n");
        let mut response = Response::new(200, "application/fhir+ndjson", file);
        super::edit_in_profile(&mut response, &toml::from_str(edit).unwrap());
        let changed = line.replace("\"a\":1", "\"a\":2");
        assert_eq!(response.body, format!("{changed}\n{{}}\n{changed}\n"));
    }

    #[test]
    fn what_was_submitted_is_echoed() {
        let told = body("change = { echo = ['birth-date'] }");
        assert_eq!(told["issue"][0]["diagnostics"], "1970-01-01");
    }

    #[test]
    fn status_header_and_wire_are_changed() {
        assert_eq!(altered("change = { status = 200 }").status, 200);
        assert!(
            altered("change = { remove-header = 'content-type' }")
                .headers
                .is_empty()
        );
        assert!(
            altered("change = { wire = { trickle = { chunk = 1, every_ms = 5 } } }")
                .wire
                .is_some()
        );
        assert!(altered("change = { wire = 'drop' }").wire.is_some());
    }

    #[test]
    fn changes_that_cannot_work_are_named() {
        assert!(Change::Remove("$.[".into()).problem().is_some());
        assert!(Change::Status(99).problem().is_some());
        assert!(Change::RemoveHeader("a b".into()).problem().is_some());
    }
}
