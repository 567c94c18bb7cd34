//! What is submitted to `$submit-attachment`: its parameters, read and checked (CDex, OperationDefinition
//! submit-attachment and profile cdex-parameters-submit-attachment).

use super::refusal::Refusal;
use crate::fhir::{Span, parameters};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

/// What documentation is for: the codes of claim-use that CDex takes.
pub(super) const USES: [&str; 2] = ["claim", "preauthorization"];

/// Name, value and necessity of the parameters of which there is one at most.
const SINGLE: [(&str, &str, bool); 9] = [
    ("TrackingId", "valueIdentifier", true),
    ("AdminRefNumber", "valueIdentifier", false),
    ("AttachTo", "valueCode", true),
    ("PayerId", "valueIdentifier", false),
    ("OrganizationId", "valueIdentifier", false),
    ("ProviderId", "valueIdentifier", false),
    ("MemberId", "valueIdentifier", true),
    ("ServiceDate", "valueDateTime", false),
    ("Final", "valueBoolean", false),
];

/// A submission that keeps the rules.
#[derive(Debug)]
pub(super) struct Submission<'a> {
    /// System and value of the tracking id.
    pub(super) tracking: (&'a str, &'a str),
    /// One of [`USES`].
    pub(super) about: &'a str,
    /// System and value of the member's number.
    pub(super) member: (&'a str, &'a str),
    /// Day of the service.
    pub(super) day: Option<Span>,
    /// The documentation itself, one resource for each attachment.
    pub(super) contents: Vec<&'a Value>,
    /// Whether it is said to be the last one.
    pub(super) is_last: Option<bool>,
}

impl<'a> Submission<'a> {
    /// Reads the parameters; says of the first rule they break which it is. Parameters of other names are not
    /// looked at.
    pub(super) fn read(body: &'a Value) -> Result<Self, Refusal> {
        if body["resourceType"] != "Parameters" {
            return Err(wrong("structure", "send Parameters"));
        }
        for (name, kind, is_needed) in SINGLE {
            check_single(body, name, kind, is_needed)?;
        }
        let identifier = |name: &str| {
            let value = parameters::find(body, name).map(|one| &one["valueIdentifier"]);
            let part = |part: &str| value.and_then(|value| value[part].as_str());
            (
                part("system").unwrap_or_default(),
                part("value").unwrap_or_default(),
            )
        };
        let has = |name: &str| parameters::find(body, name).is_some();
        if !has("OrganizationId") && !has("ProviderId") {
            let text = "OrganizationId and ProviderId are missing: one of them is needed";
            return Err(wrong("required", text));
        }
        let about = text(body, "AttachTo").unwrap_or_default();
        if !USES.contains(&about) {
            return Err(wrong(
                "code-invalid",
                "AttachTo is claim or preauthorization",
            ));
        }
        let is_last = parameters::value(body, "Final").and_then(Value::as_bool);
        Ok(Self {
            tracking: identifier("TrackingId"),
            about,
            member: identifier("MemberId"),
            day: day(text(body, "ServiceDate"), about)?,
            contents: contents(body)?,
            is_last,
        })
    }
}

fn wrong(code: &'static str, text: impl Into<String>) -> Refusal {
    Refusal::new(400, code, text)
}

fn text<'a>(body: &'a Value, name: &str) -> Option<&'a str> {
    parameters::value(body, name)?.as_str()
}

/// There is one at most, it is there where it is needed, and it has a value of its type.
fn check_single(body: &Value, name: &str, kind: &str, is_needed: bool) -> Result<(), Refusal> {
    let Some(parameter) = parameters::find(body, name) else {
        return match is_needed {
            true => Err(wrong("required", format!("{name} is missing"))),
            false => Ok(()),
        };
    };
    if parameters::count(body, name) > 1 {
        return Err(wrong("structure", format!("{name} is there twice")));
    }
    let value = &parameter[kind];
    let is_filled = match kind {
        "valueIdentifier" => value["value"].as_str().is_some_and(|text| !text.is_empty()),
        "valueBoolean" => value.is_boolean(),
        _ => value.as_str().is_some_and(|text| !text.is_empty()),
    };
    match is_filled {
        true => Ok(()),
        false => Err(wrong("value", format!("{name} has no {kind}"))),
    }
}

/// The day of the service: to the day for a claim, as precise as it comes for a prior authorization.
fn day(text: Option<&str>, about: &str) -> Result<Option<Span>, Refusal> {
    let Some(text) = text else {
        return match about {
            "claim" => Err(wrong(
                "required",
                "ServiceDate is missing: a claim needs it",
            )),
            _ => Ok(None),
        };
    };
    let span = Span::parse(text).map_err(|_| wrong("value", "ServiceDate is no date"))?;
    if about == "claim" && text.len() < 10 {
        return Err(wrong("value", "ServiceDate is not precise to the day"));
    }
    Ok(Some(span))
}

/// The resource of each attachment.
fn contents(body: &Value) -> Result<Vec<&Value>, Refusal> {
    let attachments = parameters::all(body)
        .iter()
        .filter(|one| one["name"] == "Attachment");
    let contents: Vec<&Value> = attachments.map(content).collect::<Result<_, _>>()?;
    match contents.is_empty() {
        true => Err(wrong("required", "Attachment is missing")),
        false => Ok(contents),
    }
}

fn content(attachment: &Value) -> Result<&Value, Refusal> {
    let parts = attachment["part"].as_array().map(Vec::as_slice);
    let parts = parts.unwrap_or_default();
    let named = |name: &'static str| parts.iter().filter(move |one| one["name"] == name);
    if named("LineItem").any(|one| !one["valueString"].is_string()) {
        return Err(wrong("value", "LineItem has no valueString"));
    }
    if named("Code").count() > 1
        || named("Code").any(|one| !one["valueCodeableConcept"].is_object())
    {
        let text = "Code is there once at most, with a valueCodeableConcept";
        return Err(wrong("value", text));
    }
    let mut all = named("Content").map(|one| &one["resource"]);
    let content = match (all.next(), all.next()) {
        (Some(one), None) if one["resourceType"].is_string() => one,
        (None, _) => return Err(wrong("required", "Attachment has no Content")),
        _ => return Err(wrong("structure", "Content is one resource")),
    };
    match content["resourceType"] == "DocumentReference" && !is_readable(content) {
        true => Err(wrong(
            "value",
            "a document has data in base64, or an address",
        )),
        false => Ok(content),
    }
}

/// Whether every part of a document has its data, or says where it is.
fn is_readable(document: &Value) -> bool {
    let parts = document["content"].as_array().map(Vec::as_slice);
    let parts = parts.unwrap_or_default();
    let mut attachments = parts.iter().map(|one| &one["attachment"]);
    !parts.is_empty()
        && attachments.all(|one| match one["data"].as_str() {
            Some(data) => STANDARD.decode(data).is_ok(),
            None => one["url"].is_string(),
        })
}

#[cfg(test)]
mod tests {
    use super::Submission;
    use serde_json::{Value, json};

    fn good() -> Value {
        json!({"resourceType": "Parameters", "parameter": [
            {"name": "TrackingId", "valueIdentifier": {"system": "s", "value": "t"}},
            {"name": "AttachTo", "valueCode": "claim"},
            {"name": "ProviderId", "valueIdentifier": {"value": "p"}},
            {"name": "MemberId", "valueIdentifier": {"value": "m"}},
            {"name": "ServiceDate", "valueDateTime": "2024-06-07"},
            {"name": "Attachment", "part": [{"name": "Content", "resource": {
                "resourceType": "DocumentReference", "content": [{"attachment": {"data": "QQ=="}}]}}]},
        ]})
    }

    fn refused(change: impl Fn(&mut Vec<Value>)) -> String {
        let mut body = good();
        change(body["parameter"].as_array_mut().unwrap());
        let refusal = Submission::read(&body).unwrap_err();
        assert_eq!(refusal.status, 400);
        refusal.text
    }

    #[test]
    fn a_good_submission_is_read() {
        let body = good();
        let read = Submission::read(&body).unwrap();
        assert_eq!(read.tracking, ("s", "t"));
        assert_eq!((read.about, read.member), ("claim", ("", "m")));
        assert_eq!((read.contents.len(), read.is_last), (1, None));
    }

    #[test]
    fn what_is_missing_is_named() {
        for (index, name) in [
            (0, "TrackingId"),
            (1, "AttachTo"),
            (2, "ProviderId"),
            (3, "MemberId"),
            (4, "ServiceDate"),
            (5, "Attachment"),
        ] {
            let text = refused(|all| {
                all.remove(index);
            });
            assert!(text.contains(name) && text.contains("missing"), "{text}");
        }
    }

    #[test]
    fn what_is_wrong_is_named() {
        let set = |index: usize, value: Value| refused(move |all| all[index] = value.clone());
        let twice = refused(|all| all.push(all[0].clone()));
        assert!(twice.contains("twice"), "{twice}");
        for (index, value, said) in [
            (
                0,
                json!({"name": "TrackingId", "valueString": "t"}),
                "no valueIdentifier",
            ),
            (
                0,
                json!({"name": "TrackingId", "valueIdentifier": {"system": "s"}}),
                "no valueIdentifier",
            ),
            (
                1,
                json!({"name": "AttachTo", "valueCode": "predetermination"}),
                "claim or",
            ),
            (
                1,
                json!({"name": "AttachTo", "valueCode": 7}),
                "no valueCode",
            ),
            (
                4,
                json!({"name": "ServiceDate", "valueDateTime": "2024-06"}),
                "to the day",
            ),
            (
                4,
                json!({"name": "ServiceDate", "valueDateTime": "soon"}),
                "no date",
            ),
            (5, json!({"name": "Attachment"}), "no Content"),
            (
                5,
                json!({"name": "Attachment", "part": [{"name": "Content", "resource": 1}]}),
                "one resource",
            ),
            (
                5,
                json!({"name": "Attachment", "part": [{"name": "LineItem", "valueInteger": 1}]}),
                "LineItem",
            ),
            (
                5,
                json!({"name": "Attachment", "part": [{"name": "Code", "valueString": "1"}]}),
                "Code",
            ),
        ] {
            let text = set(index, value);
            assert!(text.contains(said), "{text}");
        }
        let unreadable = json!({"resourceType": "DocumentReference", "content": [{"attachment": {"data": "?"}}]});
        let text = set(
            5,
            json!({"name": "Attachment", "part": [{"name": "Content", "resource": unreadable}]}),
        );
        assert!(text.contains("base64"), "{text}");
        assert!(Submission::read(&json!([])).is_err());
    }
}
