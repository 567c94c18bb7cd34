//! Contained resources: with an id, referred to, and containing nothing themselves.

use super::finding::Finding;
use super::walk::Walk;
use serde_json::Value;

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
    contained.iter().all(|resource| {
        let Some(id) = resource["id"].as_str() else {
            return true;
        };
        let own = format!("#{id}");
        mentions(container, &own, resource) || mentions_container(resource)
    })
}

/// Whether a text is anywhere in `value`, but for `except`.
fn mentions(value: &Value, text: &str, except: &Value) -> bool {
    match value {
        Value::String(found) => found == text,
        Value::Array(items) => items.iter().any(|item| mentions(item, text, except)),
        Value::Object(fields) => {
            !std::ptr::eq(value, except)
                && fields.values().any(|field| mentions(field, text, except))
        }
        _ => false,
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
