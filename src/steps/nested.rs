//! Resources within an answer: lines of bulk files, entries, contained ones.

use serde_json::Value;
use std::collections::BTreeSet;

/// Profiles told apart at most.
const MOST_PROFILES: usize = 10_000;

/// The documents of a body: its lines, when each is a JSON object of its own, or else all of it.
pub(super) fn parts(body: &[u8]) -> impl Iterator<Item = &[u8]> {
    let is_many = is_ndjson(body);
    let whole = (!is_many).then_some(body);
    let lines = body.split(|byte| *byte == b'\n').filter(move |_| is_many);
    lines
        .filter(|line| !line.iter().all(u8::is_ascii_whitespace))
        .chain(whole)
}

fn is_ndjson(body: &[u8]) -> bool {
    let mut lines = body
        .split(|byte| *byte == b'\n')
        .map(<[u8]>::trim_ascii)
        .filter(|line| !line.is_empty());
    let is_whole = |line: Option<&[u8]>| {
        line.is_some_and(|line| line.starts_with(b"{") && line.ends_with(b"}"))
    };
    is_whole(lines.next()) && is_whole(lines.next())
}

/// What there is in documents.
#[derive(Debug, Default)]
pub(super) struct Contents {
    /// Resources, nested ones included.
    pub(super) resources: usize,
    /// Profiles they claim.
    pub(super) claimed: BTreeSet<String>,
    /// Whether any of them is more than an answer about answers: no outcome, statement or list.
    pub(super) has_data: bool,
}

/// Types that a payer may answer with and still give nothing out.
const WITHOUT_DATA: [&str; 3] = ["OperationOutcome", "CapabilityStatement", "Bundle"];

impl Contents {
    /// Adds a document.
    pub(super) fn add(&mut self, value: &Value) {
        match value {
            Value::Object(fields) => {
                if let Some(kind) = fields.get("resourceType").and_then(Value::as_str) {
                    self.resources += 1;
                    self.has_data |= !WITHOUT_DATA.contains(&kind);
                    let claims = value["meta"]["profile"].as_array().into_iter().flatten();
                    let room = MOST_PROFILES.saturating_sub(self.claimed.len());
                    let claims = claims.filter_map(Value::as_str).take(room);
                    self.claimed.extend(claims.map(str::to_owned));
                }
                fields.values().for_each(|field| self.add(field));
            }
            Value::Array(items) => items.iter().for_each(|item| self.add(item)),
            _ => {}
        }
    }
}

/// A document whose resources claim no profile.
pub(super) fn without_claims(value: &Value) -> Value {
    let mut bare = value.clone();
    strip(&mut bare);
    bare
}

fn strip(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            if fields.get("resourceType").is_some_and(Value::is_string)
                && let Some(Value::Object(meta)) = fields.get_mut("meta")
            {
                let had_claims = meta.remove("profile").is_some();
                meta.remove("_profile");
                // Nothing may be left empty that was not.
                if had_claims && meta.is_empty() {
                    fields.remove("meta");
                }
            }
            fields.values_mut().for_each(strip);
        }
        Value::Array(items) => items.iter_mut().for_each(strip),
        _ => {}
    }
}

/// The innermost resource on the way to a FHIRPath, and the path from there, without indexes.
pub(super) fn element<'v>(root: &'v Value, expression: &str) -> (&'v Value, String) {
    let (mut resource, mut at) = (root, Some(root));
    let mut path = String::new();
    let mut parts = expression.split('.');
    // The first part is the type of the root, perhaps with an index.
    let first = parts.next().unwrap_or_default();
    path.push_str(first.split('[').next().unwrap_or_default());
    for part in parts {
        let (name, indexes) = part.split_at(part.find('[').unwrap_or(part.len()));
        path.push('.');
        path.push_str(name);
        at = at.and_then(|value| value.get(name));
        for index in indexes.split(['[', ']']).filter(|index| !index.is_empty()) {
            let index: Option<usize> = index.parse().ok();
            at = at.zip(index).and_then(|(value, index)| value.get(index));
        }
        if let Some(inner) = at
            && let Some(kind) = inner["resourceType"].as_str()
        {
            resource = inner;
            kind.clone_into(&mut path);
        }
    }
    (resource, path)
}

/// Type and id of a resource, as far as it has them.
pub(super) fn named(resource: &Value) -> String {
    let kind = resource["resourceType"].as_str().unwrap_or("a resource");
    match resource["id"].as_str() {
        Some(id) => format!("{kind}/{id}"),
        None => kind.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::{Contents, element, parts, without_claims};
    use serde_json::{Value, json};

    fn bundle() -> Value {
        json!({"resourceType": "Bundle", "meta": {"lastUpdated": "2026-01-01T00:00:00Z"}, "entry": [
            {"resource": {"resourceType": "Patient", "id": "1", "meta": {"profile": ["http://example.org/p"]},
                "contained": [{"resourceType": "Organization", "meta": {"profile": ["http://example.org/o"], "versionId": "1"}}],
                "name": [{"family": "A"}]}}]})
    }

    #[test]
    fn lines_are_documents_only_when_each_is_an_object() {
        let count = |text: &str| parts(text.as_bytes()).count();
        assert_eq!(count("{\"a\":1}\n\n{\"a\":2}\r\n"), 2);
        assert_eq!(count("{\"a\":1}\n"), 1);
        assert_eq!(count("{\n\"a\": {}\n}"), 1);
        assert_eq!(count(""), 1);
    }

    #[test]
    fn nested_resources_are_counted_with_their_claims() {
        let mut contents = Contents::default();
        contents.add(&json!({"resourceType": "Bundle", "entry": [{"resource": {"resourceType": "OperationOutcome"}}]}));
        assert!(!contents.has_data);
        contents.add(&bundle());
        assert_eq!((contents.resources, contents.claimed.len()), (5, 2));
        assert!(contents.has_data);
    }

    #[test]
    fn claims_go_and_nothing_is_left_empty() {
        let bare = without_claims(&bundle());
        let patient = &bare["entry"][0]["resource"];
        assert!(patient.get("meta").is_none());
        assert_eq!(patient["contained"][0]["meta"], json!({"versionId": "1"}));
        assert_eq!(bare["meta"], bundle()["meta"]);
    }

    #[test]
    fn elements_are_named_from_the_resource_they_are_in() {
        let bundle = bundle();
        for (expression, kind, path) in [
            ("Bundle.type", "Bundle", "Bundle.type"),
            (
                "Bundle.entry[0].resource.name[0].given[2]",
                "Patient",
                "Patient.name.given",
            ),
            ("Bundle.entry[0].resource", "Patient", "Patient"),
            (
                "Bundle.entry[0].resource.contained[0].name",
                "Organization",
                "Organization.name",
            ),
            (
                "Bundle.entry[7].resource.name",
                "Bundle",
                "Bundle.entry.resource.name",
            ),
        ] {
            let (resource, found) = element(&bundle, expression);
            assert_eq!(
                (resource["resourceType"].as_str(), found.as_str()),
                (Some(kind), path)
            );
        }
    }
}
