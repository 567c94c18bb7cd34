//! The resources of the server, with their earlier versions.

use crate::fhir::path;
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::Arc;

/// When the seed was last updated; what a run adds carries the day it is added.
pub(in crate::mock) const SEEDED: &str = "2025-06-01T08:00:00Z";

/// Versions of a resource that are kept, the present one among them.
const MOST_VERSIONS: usize = 10;

/// A resource, and what the server knows about it.
#[derive(Clone, Debug)]
pub(in crate::mock) struct Stored {
    pub(in crate::mock) resource: Value,
    /// Id of the Patient whose record it belongs to.
    pub(in crate::mock) patient: Option<String>,
    /// Whether a confidentiality or sensitivity label restricts it.
    pub(in crate::mock) is_sensitive: bool,
    /// What it was before, oldest first.
    pub(in crate::mock) earlier: Vec<Value>,
    /// When it was deleted, if it was; the resource is then its last version.
    pub(in crate::mock) deleted: Option<String>,
}

impl Stored {
    /// Number of the present version; for a deleted resource, of its deletion.
    pub(in crate::mock) fn version(&self) -> u64 {
        number(&self.resource) + u64::from(self.deleted.is_some())
    }

    /// The versions that are kept, newest first.
    pub(in crate::mock) fn versions(&self) -> impl Iterator<Item = &Value> {
        std::iter::once(&self.resource).chain(self.earlier.iter().rev())
    }
}

fn number(resource: &Value) -> u64 {
    let text = resource["meta"]["versionId"].as_str().unwrap_or_default();
    text.parse().unwrap_or(0)
}

/// All resources, by type and id. A clone shares them.
#[derive(Clone, Debug, Default)]
pub(in crate::mock) struct Store {
    resources: BTreeMap<String, BTreeMap<String, Arc<Stored>>>,
}

impl Store {
    /// Adds a resource, or a new version of the one with its type and id. Gives it the number of its version
    /// and, when it has none, a time of last update.
    pub(in crate::mock) fn put(&mut self, mut resource: Value, patient: Option<&str>) {
        let (Some(kind), Some(id)) = (resource["resourceType"].as_str(), resource["id"].as_str())
        else {
            return;
        };
        let (kind, id) = (kind.to_owned(), id.to_owned());
        let is_sensitive = path::elements(&resource, "meta.security")
            .iter()
            .any(|label| is_restricted(label));
        let all = self.resources.entry(kind).or_default();
        let (mut earlier, mut version) = (Vec::new(), 1);
        if let Some(before) = all.get(&id) {
            // What is as it was is no new version.
            if before.deleted.is_none() && is_same(&before.resource, &resource) {
                return;
            }
            version = before.version() + 1;
            earlier.clone_from(&before.earlier);
            earlier.push(before.resource.clone());
            let too_many = (earlier.len() + 1).saturating_sub(MOST_VERSIONS);
            earlier.drain(..too_many);
        }
        resource["meta"]["versionId"] = version.to_string().into();
        if resource["meta"].get("lastUpdated").is_none() {
            resource["meta"]["lastUpdated"] = SEEDED.into();
        }
        let stored = Stored {
            resource,
            patient: patient.map(str::to_owned),
            is_sensitive,
            earlier,
            deleted: None,
        };
        all.insert(id, Arc::new(stored));
    }

    /// Deletes a resource at that time: its history stays.
    pub(in crate::mock) fn delete(&mut self, kind: &str, id: &str, time: &str) {
        let all = self.resources.get_mut(kind);
        if let Some(stored) = all.and_then(|all| all.get_mut(id)) {
            Arc::make_mut(stored).deleted = Some(time.to_owned());
        }
    }

    /// Takes a resource out, as if it had never been.
    pub(in crate::mock) fn remove(&mut self, kind: &str, id: &str) {
        if let Some(all) = self.resources.get_mut(kind) {
            all.remove(id);
        }
    }

    /// One resource that is not deleted.
    pub(in crate::mock) fn get(&self, kind: &str, id: &str) -> Option<&Stored> {
        self.ever(kind, id)
            .filter(|stored| stored.deleted.is_none())
    }

    /// One resource, deleted or not.
    pub(in crate::mock) fn ever(&self, kind: &str, id: &str) -> Option<&Stored> {
        self.resources.get(kind)?.get(id).map(Arc::as_ref)
    }

    /// All resources of a type, by id.
    pub(in crate::mock) fn all(&self, kind: &str) -> impl Iterator<Item = &Stored> {
        self.all_ever(kind)
            .filter(|stored| stored.deleted.is_none())
    }

    /// All resources of a type, deleted or not, by id.
    pub(in crate::mock) fn all_ever(&self, kind: &str) -> impl Iterator<Item = &Stored> {
        self.resources
            .get(kind)
            .into_iter()
            .flat_map(BTreeMap::values)
            .map(Arc::as_ref)
    }

    /// All resources in a patient's compartment, by type and id, with the Patient itself.
    pub(in crate::mock) fn compartment<'a>(
        &'a self,
        patient: &'a str,
    ) -> impl Iterator<Item = &'a Stored> {
        self.resources
            .values()
            .flat_map(BTreeMap::values)
            .map(Arc::as_ref)
            .filter(move |stored| stored.patient.as_deref() == Some(patient))
            // What was submitted is about the patient, and in no compartment.
            .filter(|stored| stored.resource["resourceType"] != "Parameters")
            .filter(|stored| stored.deleted.is_none())
    }
}

/// Whether a security label says more than "normal" (v3-Confidentiality R and V).
fn is_restricted(label: &Value) -> bool {
    label["system"] == "http://terminology.hl7.org/CodeSystem/v3-Confidentiality"
        && (label["code"] == "R" || label["code"] == "V")
}

/// Whether a resource to be stored says the same as the one that is, but for version and time.
fn is_same(stored: &Value, new: &Value) -> bool {
    let stated = |resource: &Value| {
        let mut resource = resource.clone();
        if let Some(meta) = resource["meta"].as_object_mut() {
            meta.remove("versionId");
            meta.remove("lastUpdated");
        }
        resource
    };
    stated(stored) == stated(new)
}

#[cfg(test)]
mod tests {
    use super::{MOST_VERSIONS, Store};
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

    #[test]
    fn versions_are_counted_and_the_oldest_forgotten() {
        let mut store = Store::default();
        for number in 0..MOST_VERSIONS + 5 {
            store.put(
                json!({"resourceType": "Goal", "id": "g", "note": number}),
                None,
            );
        }
        let stored = store.get("Goal", "g").unwrap();
        assert_eq!(stored.version(), 15);
        assert_eq!(stored.versions().count(), MOST_VERSIONS);
        assert_eq!(stored.versions().last().unwrap()["meta"]["versionId"], "6");
    }

    #[test]
    fn what_is_deleted_is_known_and_not_found() {
        let mut store = Store::default();
        store.put(json!({"resourceType": "Goal", "id": "g"}), Some("1"));
        store.delete("Goal", "g", "2025-01-01T00:00:00Z");
        assert!(store.get("Goal", "g").is_none());
        assert_eq!(
            store.all("Goal").count() + store.compartment("1").count(),
            0
        );
        assert_eq!(store.ever("Goal", "g").unwrap().version(), 2);
    }
}
