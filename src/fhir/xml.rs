//! The part of FHIR's XML that notifications need: elements with values, resources within resources, no narrative.

use quick_xml::events::{BytesStart, Event};
use quick_xml::name::{Namespace, ResolveResult};
use quick_xml::{NsReader, XmlVersion};
use serde_json::{Map, Value};

/// The namespace of FHIR's XML.
const NAMESPACE: &str = "http://hl7.org/fhir";
/// Deepest nesting that is read.
const DEEPEST: usize = 64;
/// Most elements that are read.
const MOST: usize = 50_000;
/// Elements that repeat, wherever they stand in what is sent as a notification: arrays in JSON, even of one.
const LISTS: [&str; 6] = ["entry", "extension", "link", "parameter", "part", "profile"];
/// The order of elements in XML, as far as notifications have them; JSON knows none.
const ORDER: [&str; 16] = [
    "id",
    "meta",
    "profile",
    "type",
    "timestamp",
    "link",
    "entry",
    "fullUrl",
    "resource",
    "request",
    "response",
    "parameter",
    "name",
    "method",
    "url",
    "status",
];

/// Bytes are no resource in FHIR's XML.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum XmlError {
    /// It is no XML.
    #[error("it is no XML: {0}")]
    Malformed(String),
    /// The elements are not FHIR's.
    #[error("{0} is no element of {NAMESPACE}")]
    Foreign(String),
    /// It is too deep, or there is too much of it.
    #[error("it nests deeper than {DEEPEST} elements, or has more than {MOST}")]
    TooMuch,
    /// There is a document type, which FHIR's XML never has.
    #[error("it has a document type declaration")]
    DocumentType,
}

/// A resource as XML. Members whose order is not known here come last; extensions of primitives are left out.
#[must_use]
pub fn write(resource: &Value) -> String {
    let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>");
    write_resource(&mut out, resource, true);
    out
}

fn write_resource(out: &mut String, resource: &Value, is_root: bool) {
    let name = resource["resourceType"].as_str().unwrap_or("Resource");
    let namespace = match is_root {
        true => format!(" xmlns=\"{NAMESPACE}\""),
        false => String::new(),
    };
    out.push_str(&["<", name, &namespace, ">"].concat());
    write_members(out, resource);
    out.push_str(&["</", name, ">"].concat());
}

fn write_members(out: &mut String, element: &Value) {
    let place = |name: &str| ORDER.iter().position(|known| *known == name);
    let members = element.as_object().into_iter().flatten();
    let mut members: Vec<(&String, &Value)> = members
        .filter(|(name, _)| *name != "resourceType" && !name.starts_with('_'))
        .collect();
    members.sort_by_key(|(name, _)| place(name).unwrap_or(ORDER.len()));
    for (name, value) in members {
        match value {
            Value::Array(values) => values.iter().for_each(|one| write_element(out, name, one)),
            one => write_element(out, name, one),
        }
    }
}

fn write_element(out: &mut String, name: &str, value: &Value) {
    let text = match value {
        Value::Object(_) => {
            out.push_str(&["<", name, ">"].concat());
            match value["resourceType"].is_string() {
                true => write_resource(out, value, false),
                false => write_members(out, value),
            }
            out.push_str(&["</", name, ">"].concat());
            return;
        }
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    let text = quick_xml::escape::escape(&text);
    out.push_str(&["<", name, " value=\"", &text, "\"/>"].concat());
}

/// An element that is being read.
struct Open {
    name: String,
    value: Option<String>,
    members: Map<String, Value>,
}

/// A resource in FHIR's XML as JSON. All primitives are strings, as XML does not tell their types.
///
/// # Errors
/// When it is no well-formed XML of FHIR's namespace, or too much of it.
pub fn read(text: &str) -> Result<Value, XmlError> {
    let malformed = |error: &dyn std::fmt::Display| XmlError::Malformed(error.to_string());
    let mut reader = NsReader::from_str(text);
    let mut open: Vec<Open> = Vec::new();
    let mut root: Option<Value> = None;
    for _ in 0..MOST {
        let (namespace, event) = reader
            .read_resolved_event()
            .map_err(|error| malformed(&error))?;
        let is_ours = namespace == ResolveResult::Bound(Namespace(NAMESPACE.as_bytes()));
        match event {
            Event::Start(start) | Event::Empty(start) if !is_ours => {
                return Err(XmlError::Foreign(name_of(&start)));
            }
            Event::Start(_) | Event::Empty(_) if root.is_some() => {
                return Err(XmlError::Malformed("there are two roots".to_owned()));
            }
            Event::Start(_) if open.len() >= DEEPEST => return Err(XmlError::TooMuch),
            Event::Start(start) => open.push(opened(&start)?),
            Event::Empty(start) => {
                let one = opened(&start)?;
                root = close(one, &mut open);
            }
            Event::End(_) => {
                if let Some(one) = open.pop() {
                    root = close(one, &mut open);
                }
            }
            Event::DocType(_) => return Err(XmlError::DocumentType),
            Event::Eof => {
                let unfinished = || XmlError::Malformed("it ends too early".to_owned());
                return root.filter(|_| open.is_empty()).ok_or_else(unfinished);
            }
            _ => {}
        }
    }
    Err(XmlError::TooMuch)
}

fn name_of(start: &BytesStart<'_>) -> String {
    String::from_utf8_lossy(start.local_name().into_inner())
        .chars()
        .take(60)
        .collect()
}

fn opened(start: &BytesStart<'_>) -> Result<Open, XmlError> {
    let mut value = None;
    for attribute in start.attributes() {
        let attribute = attribute.map_err(|error| XmlError::Malformed(error.to_string()))?;
        if attribute.key.as_ref() == b"value" {
            let text = attribute.normalized_value(XmlVersion::Implicit1_0);
            let text = text.map_err(|error| XmlError::Malformed(error.to_string()))?;
            value = Some(text.into_owned());
        }
    }
    Ok(Open {
        name: name_of(start),
        value,
        members: Map::new(),
    })
}

/// Puts an element that has ended into the one around it; the resource itself when there is none.
fn close(one: Open, open: &mut [Open]) -> Option<Value> {
    let is_resource = open
        .last()
        .is_none_or(|parent| ["resource", "contained"].contains(&parent.name.as_str()));
    let Open {
        name,
        value,
        mut members,
    } = one;
    // What stands around a resource is the resource in JSON.
    let inner = match name.as_str() {
        "resource" | "contained" => members.remove("resource of it"),
        _ => None,
    };
    if is_resource {
        members.insert("resourceType".to_owned(), name.clone().into());
    }
    let value = match (inner, value) {
        (Some(inner), _) => inner,
        (None, Some(text)) => Value::String(text),
        (None, None) => Value::Object(members),
    };
    let Some(parent) = open.last_mut() else {
        return Some(value);
    };
    let name = if is_resource {
        "resource of it".to_owned()
    } else {
        name
    };
    match parent.members.get_mut(&name) {
        Some(Value::Array(values)) => values.push(value),
        Some(single) => *single = Value::Array(vec![single.take(), value]),
        None if LISTS.contains(&name.as_str()) => {
            parent.members.insert(name, Value::Array(vec![value]));
        }
        None => {
            parent.members.insert(name, value);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::{DEEPEST, XmlError, read, write};
    use serde_json::json;

    #[test]
    fn what_is_written_is_read_again() {
        let notification = json!({
            "resourceType": "Bundle",
            "meta": {"profile": ["http://example.org/p"]},
            "type": "history",
            "entry": [{
                "fullUrl": "urn:uuid:1",
                "resource": {"resourceType": "Parameters", "parameter": [
                    {"name": "type", "valueCode": "a \"b\" & <c>"},
                    {"name": "notification-event", "part": [{"name": "focus",
                        "valueReference": {"reference": "Task/1"}}]},
                ]},
                "response": {"status": "200"},
            }],
        });
        let text = write(&notification);
        assert!(text.contains("<Bundle xmlns=\"http://hl7.org/fhir\"><meta><profile value="));
        let (name, value) = (text.find("<name "), text.find("<valueCode "));
        assert!(name < value, "{text}");
        assert_eq!(read(&text), Ok(notification));
    }

    #[test]
    fn prefixes_mean_what_they_are_bound_to() {
        let text = "<f:Bundle xmlns:f='http://hl7.org/fhir'><f:type value='history'/></f:Bundle>";
        let expected = json!({"resourceType": "Bundle", "type": "history"});
        assert_eq!(read(text), Ok(expected));
        let other = "<Bundle xmlns='http://example.org'/>";
        assert_eq!(read(other), Err(XmlError::Foreign("Bundle".to_owned())));
        assert_eq!(
            read("<Bundle/>"),
            Err(XmlError::Foreign("Bundle".to_owned()))
        );
    }

    #[test]
    fn hostile_text_is_refused() {
        let deep = "<a>".repeat(DEEPEST + 1);
        let deep = format!("<B xmlns='http://hl7.org/fhir'>{deep}");
        assert_eq!(read(&deep), Err(XmlError::TooMuch));
        let wide = format!(
            "<B xmlns='http://hl7.org/fhir'>{}</B>",
            "<a/>".repeat(60_000)
        );
        assert_eq!(read(&wide), Err(XmlError::TooMuch));
        let laughs = "<!DOCTYPE B [<!ENTITY a 'a'>]><B xmlns='http://hl7.org/fhir'/>";
        assert_eq!(read(laughs), Err(XmlError::DocumentType));
        for broken in [
            "",
            "{}",
            "<B xmlns='http://hl7.org/fhir'>",
            "<B xmlns='http://hl7.org/fhir'></C>",
            "<B xmlns='http://hl7.org/fhir'/><B xmlns='http://hl7.org/fhir'/>",
            "<B xmlns='http://hl7.org/fhir' value='&unknown;'/>",
        ] {
            assert!(
                matches!(read(broken), Err(XmlError::Malformed(_))),
                "{broken}"
            );
        }
    }
}
