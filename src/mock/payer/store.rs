//! The resources of the server.

use crate::fhir::path;
use serde_json::Value;
use std::collections::BTreeMap;

/// When the seed was last updated; what a run adds carries the day it is added.
pub(super) const SEEDED: &str = "2025-06-01T08:00:00Z";

/// A resource, and what the server knows about it.
#[derive(Clone, Debug)]
pub(super) struct Stored {
    pub(super) resource: Value,
    /// Id of the Patient whose compartment it is in.
    pub(super) patient: Option<String>,
    /// Whether a confidentiality or sensitivity label restricts it.
    pub(super) is_sensitive: bool,
}

/// All resources, by type and id.
#[derive(Clone, Debug, Default)]
pub(super) struct Store {
    resources: BTreeMap<String, BTreeMap<String, Stored>>,
}

impl Store {
    /// Adds a resource, or replaces the one with its type and id. Gives it version 1 and, when it has none,
    /// a time of last update.
    pub(super) fn put(&mut self, mut resource: Value, patient: Option<&str>) {
        let (Some(kind), Some(id)) = (resource["resourceType"].as_str(), resource["id"].as_str())
        else {
            return;
        };
        let (kind, id) = (kind.to_owned(), id.to_owned());
        let is_sensitive = path::elements(&resource, "meta.security")
            .iter()
            .any(|label| is_restricted(label));
        resource["meta"]["versionId"] = "1".into();
        if resource["meta"].get("lastUpdated").is_none() {
            resource["meta"]["lastUpdated"] = SEEDED.into();
        }
        let stored = Stored {
            resource,
            patient: patient.map(str::to_owned),
            is_sensitive,
        };
        self.resources.entry(kind).or_default().insert(id, stored);
    }

    /// Takes a resource out.
    pub(super) fn remove(&mut self, kind: &str, id: &str) {
        if let Some(all) = self.resources.get_mut(kind) {
            all.remove(id);
        }
    }

    /// One resource.
    pub(super) fn get(&self, kind: &str, id: &str) -> Option<&Stored> {
        self.resources.get(kind)?.get(id)
    }

    /// All resources of a type, by id.
    pub(super) fn all(&self, kind: &str) -> impl Iterator<Item = &Stored> {
        self.resources
            .get(kind)
            .into_iter()
            .flat_map(BTreeMap::values)
    }

    /// All resources in a patient's compartment, by type and id, with the Patient itself.
    pub(super) fn compartment<'a>(&'a self, patient: &'a str) -> impl Iterator<Item = &'a Stored> {
        self.resources
            .values()
            .flat_map(BTreeMap::values)
            .filter(move |stored| stored.patient.as_deref() == Some(patient))
    }
}

/// Whether a security label says more than "normal" (v3-Confidentiality R and V).
fn is_restricted(label: &Value) -> bool {
    label["system"] == "http://terminology.hl7.org/CodeSystem/v3-Confidentiality"
        && (label["code"] == "R" || label["code"] == "V")
}

#[cfg(test)]
mod tests {
    use super::Store;
    use serde_json::json;

    #[test]
    fn a_compartment_holds_what_belongs_to_the_patient() {
        let mut store = Store::default();
        store.put(json!({"resourceType": "Patient", "id": "1"}), Some("1"));
        store.put(json!({"resourceType": "Patient", "id": "2"}), Some("2"));
        store.put(json!({"resourceType": "Organization", "id": "o"}), None);
        store.put(json!({"resourceType": "Coverage"}), Some("1"));
        assert_eq!(store.compartment("1").count(), 1);
        assert_eq!(store.all("Patient").count(), 2);
        assert!(
            store
                .get("Organization", "o")
                .is_some_and(|stored| stored.patient.is_none())
        );
    }

    #[test]
    fn restricted_labels_make_a_resource_sensitive() {
        let mut store = Store::default();
        let label = json!({"system": "http://terminology.hl7.org/CodeSystem/v3-Confidentiality", "code": "R"});
        store.put(
            json!({"resourceType": "Condition", "id": "c", "meta": {"security": [label]}}),
            Some("1"),
        );
        assert!(
            store
                .get("Condition", "c")
                .is_some_and(|stored| stored.is_sensitive)
        );
    }
}
