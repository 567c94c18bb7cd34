//! Resources at hand within another: entries of a Bundle by full URL, and by that and their version;
//! contained ones by id.

use serde_json::Value;
use std::borrow::Cow;
use std::collections::HashMap;

/// Resources by name, and the names of resources.
#[derive(Debug, Default)]
pub(super) struct Entries<'v> {
    resources: HashMap<Cow<'v, str>, &'v Value>,
    /// By address: what is equal is not the same.
    names: HashMap<usize, Option<&'v str>>,
}

impl<'v> Entries<'v> {
    /// The entries of a Bundle; none for what is no Bundle. Of several with one full URL the last.
    pub(super) fn of_bundle(resource: &'v Value) -> Option<Self> {
        if resource["resourceType"] != "Bundle" {
            return None;
        }
        let mut found = Self::default();
        for entry in resource["entry"].as_array()? {
            let Some(resource) = entry.get("resource") else {
                continue;
            };
            let name = entry["fullUrl"].as_str();
            found.names.insert(address(resource), name);
            let Some(name) = name else { continue };
            if let Some(version) = resource["meta"]["versionId"].as_str() {
                let versioned = Cow::Owned(format!("{name}/_history/{version}"));
                found.resources.insert(versioned, resource);
            }
            found.resources.insert(Cow::Borrowed(name), resource);
        }
        Some(found)
    }

    /// What is contained in a resource. Of several with one id the first.
    pub(super) fn contained(resource: &'v Value) -> Option<Self> {
        let mut found = Self::default();
        for resource in resource["contained"].as_array()? {
            let id = resource["id"].as_str();
            found.names.insert(address(resource), id);
            if let Some(id) = id {
                let first = found.resources.entry(Cow::Borrowed(id));
                first.or_insert(resource);
            }
        }
        Some(found)
    }

    /// The resource of that name.
    pub(super) fn get(&self, name: &str) -> Option<&'v Value> {
        self.resources.get(name).copied()
    }

    /// The name of that very resource, if it has one; none at all when it is not among them.
    pub(super) fn name_of(&self, resource: &Value) -> Option<Option<&'v str>> {
        self.names.get(&address(resource)).copied()
    }
}

fn address(value: &Value) -> usize {
    std::ptr::from_ref(value).addr()
}

#[cfg(test)]
mod tests {
    use super::Entries;
    use serde_json::json;

    #[test]
    fn resources_are_told_apart_by_where_they_are() {
        let bundle = json!({"resourceType": "Bundle", "entry": [
            {"fullUrl": "urn:a", "resource": {"id": "x"}}, {"fullUrl": "urn:b", "resource": {"id": "x"}},
            {"fullUrl": "urn:b", "resource": {"id": "y", "meta": {"versionId": "7"}}}, {"resource": {}}, {"fullUrl": "urn:c"},
        ]});
        let entries = Entries::of_bundle(&bundle).unwrap();
        let resource = |at: usize| &bundle["entry"][at]["resource"];
        assert_eq!(entries.get("urn:a"), Some(resource(0)));
        assert_eq!(entries.get("urn:b"), Some(resource(2)));
        assert_eq!(entries.get("urn:b/_history/7"), Some(resource(2)));
        assert_eq!(entries.get("urn:c"), None);
        assert_eq!(entries.name_of(resource(1)), Some(Some("urn:b")));
        assert_eq!(entries.name_of(resource(3)), Some(None));
        assert_eq!(entries.name_of(&json!({"id": "x"})), None);
        assert!(Entries::of_bundle(&json!({"entry": []})).is_none());
    }

    #[test]
    fn the_first_contained_resource_of_an_id_is_the_one() {
        let patient = json!({"contained": [{"id": "a", "active": true}, {"id": "a"}, {}]});
        let contained = Entries::contained(&patient).unwrap();
        assert_eq!(contained.get("a"), Some(&patient["contained"][0]));
        assert!(contained.name_of(&patient["contained"][1]).is_some());
        assert!(contained.name_of(&patient["contained"][2]).is_some());
        assert!(contained.name_of(&patient).is_none());
    }
}
