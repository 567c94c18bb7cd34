//! Short ways into FHIR JSON.

use serde_json::Value;

/// A string member.
pub(in crate::profile) fn text<'a>(value: &'a Value, name: &str) -> Option<&'a str> {
    value.get(name)?.as_str()
}

/// A string member, owned; empty when there is none.
pub(in crate::profile) fn owned(value: &Value, name: &str) -> String {
    text(value, name).unwrap_or_default().to_owned()
}

/// The items of an array member; nothing when there is none.
pub(in crate::profile) fn items<'a>(
    value: &'a Value,
    name: &str,
) -> impl Iterator<Item = &'a Value> {
    value
        .get(name)
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
}

/// The strings of an array member.
pub(in crate::profile) fn texts(value: &Value, name: &str) -> Vec<String> {
    items(value, name)
        .filter_map(Value::as_str)
        .map(str::to_owned)
        .collect()
}

/// A true member.
pub(in crate::profile) fn flag(value: &Value, name: &str) -> bool {
    value.get(name).and_then(Value::as_bool).unwrap_or(false)
}

/// The member whose name is `stem` and a type: `fixed` finds `fixedCode`.
pub(in crate::profile) fn choice<'a>(value: &'a Value, stem: &str) -> Option<&'a Value> {
    value.as_object()?.iter().find_map(|(name, value)| {
        let rest = name.strip_prefix(stem)?;
        rest.starts_with(|first: char| first.is_ascii_uppercase())
            .then_some(value)
    })
}

/// The value of the extension with this URL.
pub(in crate::profile) fn extension<'a>(value: &'a Value, url: &str) -> Option<&'a Value> {
    items(value, "extension")
        .find(|extension| text(extension, "url") == Some(url))
        .and_then(|extension| choice(extension, "value"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_choice_is_found_by_its_stem() {
        assert_eq!(
            choice(&json!({"fixedCode": "a"}), "fixed"),
            Some(&json!("a"))
        );
        assert_eq!(choice(&json!({"fixedness": "a"}), "fixed"), None);
    }

    #[test]
    fn the_value_of_an_extension_is_found_by_its_url() {
        let value = json!({"extension": [{"url": "a"}, {"url": "b", "valueUri": "c"}]});
        assert_eq!(extension(&value, "b"), Some(&json!("c")));
        assert_eq!(extension(&value, "a"), None);
    }
}
