//! Edits of single resources, wherever they are in an answer.

use crate::fhir::path;
use serde::Deserialize;
use serde_json::{Value, json};

/// An edit of every resource in an answer that claims a profile.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct InProfile {
    /// Short name of the profile: what its canonical URL ends with, whatever the version.
    pub profile: String,
    /// JSONPath from the resource.
    pub path: String,
    /// Name of an element of the objects there that is set, whether or not it is there; without it, what is at
    /// the path itself is meant.
    pub key: Option<String>,
    /// What becomes of the values there.
    #[serde(flatten)]
    pub edit: Edit,
}

/// What becomes of values in a resource.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Edit {
    /// They are taken out; what then is empty goes with them.
    Remove(bool),
    /// They are replaced.
    Value(Value),
    /// An object gets an element that there is none of; anything else becomes such an object.
    Spoil(bool),
}

impl InProfile {
    /// Edits every resource below `value` that claims the profile.
    pub(super) fn apply(&self, value: &mut Value) {
        match value {
            Value::Object(_) if self.is_claimed(value) => self.change(value),
            Value::Object(fields) => fields.values_mut().for_each(|value| self.apply(value)),
            Value::Array(items) => items.iter_mut().for_each(|value| self.apply(value)),
            _ => {}
        }
    }

    fn is_claimed(&self, resource: &Value) -> bool {
        let claims = resource["meta"]["profile"].as_array();
        let mut names = claims.into_iter().flatten().filter_map(|claim| {
            let url = claim.as_str()?.split('|').next()?;
            url.rsplit('/').next()
        });
        resource["resourceType"].is_string() && names.any(|name| name == self.profile)
    }

    fn change(&self, resource: &mut Value) {
        let Ok(found) = path::select(resource, &self.path) else {
            return;
        };
        let places: Vec<path::Location> = found.into_iter().map(|(place, _)| place).collect();
        // From the back, so that earlier places in the same array stay where they are.
        for place in places.iter().rev() {
            match (&self.edit, place.get_mut(resource)) {
                (Edit::Value(value), Some(Value::Object(fields))) if self.key.is_some() => {
                    fields.extend(self.key.clone().map(|key| (key, value.clone())));
                }
                (Edit::Remove(_), _) => {
                    place.remove(resource);
                }
                (Edit::Value(value), Some(target)) => *target = value.clone(),
                (Edit::Spoil(_), Some(Value::Object(fields))) => {
                    fields.insert("wrong".to_owned(), true.into());
                }
                (Edit::Spoil(_), Some(target)) => *target = json!({"wrong": true}),
                (_, None) => {}
            }
        }
        if matches!(self.edit, Edit::Remove(_)) {
            prune(resource);
        }
    }
}

/// Takes out empty arrays and objects, from the inside out.
fn prune(value: &mut Value) {
    let is_empty = |value: &Value| match value {
        Value::Array(items) => items.is_empty(),
        Value::Object(fields) => fields.is_empty(),
        _ => false,
    };
    match value {
        Value::Object(fields) => {
            fields.values_mut().for_each(prune);
            fields.retain(|_, value| !is_empty(value));
        }
        Value::Array(items) => {
            items.iter_mut().for_each(prune);
            items.retain(|value| !is_empty(value));
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::InProfile;
    use serde_json::{Value, json};

    fn edited(edit: &str, mut body: Value) -> Value {
        let edit: InProfile = toml::from_str(edit).unwrap();
        edit.apply(&mut body);
        body
    }

    fn bundle() -> Value {
        json!({"resourceType": "Bundle", "entry": [
            {"resource": {"resourceType": "Goal", "meta": {"profile": ["http://x.example/goal|1"]},
                "target": [{"due": "a"}], "code": {"text": "b"}}},
            {"resource": {"resourceType": "Goal", "target": [{"due": "a"}]}},
        ]})
    }

    #[test]
    fn what_claims_the_profile_is_edited_and_nothing_else() {
        let removed = edited(
            "profile='goal'\npath='$.target[*].due'\nremove=true",
            bundle(),
        );
        assert!(removed["entry"][0]["resource"].get("target").is_none());
        assert_eq!(removed["entry"][1], bundle()["entry"][1]);
        let replaced = edited("profile='goal'\npath='$.code.text'\nvalue='c'", bundle());
        assert_eq!(replaced["entry"][0]["resource"]["code"]["text"], "c");
        let set = edited(
            "profile='goal'\npath='$.code'\nkey='x'\nvalue='d'",
            bundle(),
        );
        assert_eq!(set["entry"][0]["resource"]["code"]["x"], "d");
    }

    #[test]
    fn spoilt_values_hold_an_unknown_element() {
        let object = edited("profile='goal'\npath='$.code'\nspoil=true", bundle());
        assert_eq!(
            object["entry"][0]["resource"]["code"],
            json!({"text": "b", "wrong": true})
        );
        let text = edited("profile='goal'\npath='$.code.text'\nspoil=true", bundle());
        assert_eq!(
            text["entry"][0]["resource"]["code"]["text"],
            json!({"wrong": true})
        );
    }
}
