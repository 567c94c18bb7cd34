//! Bundles: building a searchset, and reading one.

use serde_json::{Value, json};

/// An entry of a searchset. `mode` is `match`, `include` or `outcome`.
#[must_use]
pub fn entry(base: &str, resource: &Value, mode: &str) -> Value {
    let mut entry = json!({"resource": resource, "search": {"mode": mode}});
    if let (Some(kind), Some(id)) = (resource["resourceType"].as_str(), resource["id"].as_str()) {
        entry["fullUrl"] = Value::String(format!("{base}/{kind}/{id}"));
    }
    entry
}

/// A searchset. `total` counts all matches, not only those on this page.
#[must_use]
pub fn searchset(total: usize, own: &str, next: Option<&str>, entries: Vec<Value>) -> Value {
    let mut links = vec![json!({"relation": "self", "url": own})];
    links.extend(next.map(|url| json!({"relation": "next", "url": url})));
    let mut bundle = json!({
        "resourceType": "Bundle", "type": "searchset", "total": total, "link": links,
    });
    // FHIR JSON knows no empty arrays.
    if !entries.is_empty() {
        bundle["entry"] = Value::Array(entries);
    }
    bundle
}

/// The entries; none when there are none.
#[must_use]
pub fn entries(bundle: &Value) -> &[Value] {
    bundle["entry"].as_array().map_or(&[], Vec::as_slice)
}

/// Resources of the entries that matched; an entry without a mode counts as a match.
pub fn matches(bundle: &Value) -> impl Iterator<Item = &Value> {
    entries(bundle)
        .iter()
        .filter(|entry| entry["search"]["mode"].as_str().unwrap_or("match") == "match")
        .map(|entry| &entry["resource"])
}

/// Resources that were included with the matches.
pub fn includes(bundle: &Value) -> impl Iterator<Item = &Value> {
    entries(bundle)
        .iter()
        .filter(|entry| entry["search"]["mode"] == "include")
        .map(|entry| &entry["resource"])
}

/// URL of the link with that relation.
#[must_use]
pub fn link<'a>(bundle: &'a Value, relation: &str) -> Option<&'a str> {
    bundle["link"]
        .as_array()?
        .iter()
        .find(|link| link["relation"] == relation)?["url"]
        .as_str()
}

#[cfg(test)]
mod tests {
    use super::{entry, includes, link, matches, searchset};
    use serde_json::json;

    #[test]
    fn a_searchset_can_be_read_back() {
        let patient = json!({"resourceType": "Patient", "id": "1"});
        let provenance = json!({"resourceType": "Provenance", "id": "2"});
        let entries = vec![
            entry("b", &patient, "match"),
            entry("b", &provenance, "include"),
        ];
        let bundle = searchset(1, "b/Patient", Some("b/Patient?p=2"), entries);
        assert_eq!(matches(&bundle).collect::<Vec<_>>(), [&patient]);
        assert_eq!(includes(&bundle).collect::<Vec<_>>(), [&provenance]);
        assert_eq!(link(&bundle, "next"), Some("b/Patient?p=2"));
        assert_eq!(bundle["entry"][0]["fullUrl"], "b/Patient/1");
    }

    #[test]
    fn an_empty_searchset_has_no_entry() {
        let bundle = searchset(0, "self", None, Vec::new());
        assert!(bundle.get("entry").is_none());
        assert_eq!(link(&bundle, "next"), None);
        assert_eq!(matches(&bundle).count(), 0);
    }
}
