//! Contained resources: with an id, referred to, and containing nothing themselves.

use super::finding::Finding;
use super::walk::Walk;
use serde_json::Value;
use std::collections::HashMap;

impl<'v> Walk<'v> {
    /// What holds for a contained resource and is no invariant.
    pub(super) fn contained(&mut self, resource: &'v Value) {
        if resource["id"].as_str().is_none() {
            let message = "is contained and has no id, so nothing can refer to it";
            self.report(Finding::error("required", "contained-id", message).expected("id"));
        }
    }
}

/// `dom-3`: each contained resource is referred to from its container or refers to it, or to another
/// contained resource that is.
pub(super) fn all_are_referenced(container: &Value) -> bool {
    let contained = container["contained"]
        .as_array()
        .map_or(&[][..], Vec::as_slice);
    if contained.is_empty() {
        return true;
    }
    let mut mentions = Mentions::default();
    mentions.note(container, None, contained);
    contained.iter().enumerate().all(|(index, resource)| {
        let Some(id) = resource["id"].as_str() else {
            return true;
        };
        mentions.is_mentioned(id, index) || mentions_container(resource)
    })
}

/// The texts `#…` in a resource, and which contained resource mentions them; found in one pass, however many
/// contained resources there are.
#[derive(Default)]
struct Mentions<'v>(HashMap<&'v str, Places>);

/// Where a text is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Places {
    /// In one contained resource only.
    Within(usize),
    /// In the container itself, or in several.
    Around,
}

impl<'v> Mentions<'v> {
    fn note(&mut self, value: &'v Value, within: Option<usize>, contained: &'v [Value]) {
        match value {
            Value::String(text) => {
                let Some(id) = text.strip_prefix('#') else {
                    return;
                };
                let place = within.map_or(Places::Around, Places::Within);
                let places = self.0.entry(id).or_insert(place);
                if *places != place {
                    *places = Places::Around;
                }
            }
            Value::Array(items)
                if within.is_none() && std::ptr::eq(items.as_slice(), contained) =>
            {
                for (index, item) in items.iter().enumerate() {
                    self.note(item, Some(index), contained);
                }
            }
            Value::Array(items) => {
                for item in items {
                    self.note(item, within, contained);
                }
            }
            Value::Object(fields) => {
                for field in fields.values() {
                    self.note(field, within, contained);
                }
            }
            _ => {}
        }
    }

    /// Whether it is mentioned by anything but the contained resource of that index.
    fn is_mentioned(&self, id: &str, index: usize) -> bool {
        self.0
            .get(id)
            .is_some_and(|places| *places != Places::Within(index))
    }
}

fn mentions_container(value: &Value) -> bool {
    match value {
        Value::String(found) => found == "#",
        Value::Array(items) => items.iter().any(mentions_container),
        Value::Object(fields) => fields.values().any(mentions_container),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::all_are_referenced;
    use serde_json::{Value, json};

    fn patient(rest: Value) -> Value {
        let mut patient = json!({"resourceType": "Patient"});
        for (name, value) in rest.as_object().unwrap() {
            patient[name] = value.clone();
        }
        patient
    }

    #[test]
    fn what_is_contained_is_referred_to_by_something_else_or_refers_out() {
        let own = json!({"id": "a", "partOf": {"reference": "#a"}});
        let other = json!({"id": "b", "partOf": {"reference": "#a"}});
        let out = json!({"id": "b", "partOf": {"reference": "#"}});
        let link = json!([{"other": {"reference": "#b"}}]);
        for (expected, resource) in [
            (true, json!({})),
            (true, json!({"contained": []})),
            (true, json!({"contained": [{"name": "no id"}]})),
            (false, json!({"contained": [own]})),
            (false, json!({"contained": [own, other]})),
            (true, json!({"contained": [own, other], "link": link})),
            (true, json!({"contained": [out]})),
            (false, json!({"contained": [own, out]})),
            (false, json!({"contained": [own], "link": link})),
        ] {
            let resource = patient(resource);
            assert_eq!(all_are_referenced(&resource), expected, "{resource}");
        }
    }

    #[test]
    fn many_contained_resources_take_no_longer_than_they_are_long() {
        let contained: Vec<Value> = (0..50_000)
            .map(|at| json!({"id": format!("p{at}"), "partOf": {"reference": format!("#p{}", (at + 1) % 50_000)}}))
            .collect();
        // One by one, each against all of them, this would take minutes.
        let started = std::time::Instant::now();
        assert!(all_are_referenced(&patient(
            json!({"contained": contained})
        )));
        assert!(started.elapsed() < std::time::Duration::from_secs(20));
    }
}
