//! Parameters: finding what was passed.

use serde_json::Value;

/// The parameters, in order; none when there are none.
#[must_use]
pub fn all(parameters: &Value) -> &[Value] {
    parameters["parameter"]
        .as_array()
        .map_or(&[], Vec::as_slice)
}

/// The first parameter of that name.
#[must_use]
pub fn find<'a>(parameters: &'a Value, name: &str) -> Option<&'a Value> {
    all(parameters).iter().find(|one| one["name"] == name)
}

/// How many parameters have that name.
#[must_use]
pub fn count(parameters: &Value, name: &str) -> usize {
    all(parameters)
        .iter()
        .filter(|one| one["name"] == name)
        .count()
}

/// The resource of the first parameter of that name.
#[must_use]
pub fn resource<'a>(parameters: &'a Value, name: &str) -> Option<&'a Value> {
    find(parameters, name)?.get("resource")
}

/// The value of the first parameter of that name, whatever its type: what `value[x]` holds.
#[must_use]
pub fn value<'a>(parameters: &'a Value, name: &str) -> Option<&'a Value> {
    find(parameters, name)?
        .as_object()?
        .iter()
        .find(|(key, _)| key.starts_with("value"))
        .map(|(_, value)| value)
}

#[cfg(test)]
mod tests {
    use super::{all, count, find, resource, value};
    use serde_json::json;

    #[test]
    fn parameters_are_found_by_name() {
        let parameters = json!({"parameter": [
            {"name": "A", "resource": {"id": "1"}}, {"name": "B", "valueString": "x"}, {"name": "A"}]});
        assert_eq!(all(&parameters).len(), 3);
        assert_eq!(count(&parameters, "A"), 2);
        assert_eq!(resource(&parameters, "A"), Some(&json!({"id": "1"})));
        assert_eq!(value(&parameters, "B"), Some(&json!("x")));
        assert_eq!(find(&parameters, "C"), None);
        assert_eq!(count(&json!([1]), "A"), 0);
    }
}
