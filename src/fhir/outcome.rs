//! OperationOutcome: building one, and reading what one says.

use serde_json::{Value, json};

/// An OperationOutcome with one error.
///
/// `code` is from the value set issue-type, `text` goes to `details.text`.
#[must_use]
pub fn error(code: &str, text: &str) -> Value {
    json!({
        "resourceType": "OperationOutcome",
        "issue": [{"severity": "error", "code": code, "details": {"text": text}}],
    })
}

/// Whether this is an OperationOutcome with at least one issue that has a severity and a code.
#[must_use]
pub fn is_outcome(resource: &Value) -> bool {
    resource["resourceType"] == "OperationOutcome"
        && issues(resource)
            .first()
            .is_some_and(|issue| issue["severity"].is_string() && issue["code"].is_string())
}

/// The issues; none when there are none.
#[must_use]
pub fn issues(outcome: &Value) -> &[Value] {
    outcome["issue"].as_array().map_or(&[], Vec::as_slice)
}

/// The codes of all issues, in order.
pub fn codes(outcome: &Value) -> impl Iterator<Item = &str> {
    issues(outcome)
        .iter()
        .filter_map(|issue| issue["code"].as_str())
}

/// All that the issues tell a reader: `details.text` and `diagnostics`, one per line.
#[must_use]
pub fn text(outcome: &Value) -> String {
    issues(outcome)
        .iter()
        .flat_map(|issue| [&issue["details"]["text"], &issue["diagnostics"]])
        .filter_map(Value::as_str)
        .collect::<Vec<_>>()
        .join("\n")
}

#[cfg(test)]
mod tests {
    use super::{codes, error, is_outcome, text};
    use serde_json::json;

    #[test]
    fn what_is_built_can_be_read() {
        let outcome = error("not-found", "no such member");
        assert!(is_outcome(&outcome));
        assert_eq!(codes(&outcome).collect::<Vec<_>>(), ["not-found"]);
        assert_eq!(text(&outcome), "no such member");
    }

    #[test]
    fn an_outcome_without_issues_is_none() {
        assert!(!is_outcome(&json!({"resourceType": "OperationOutcome"})));
        assert!(!is_outcome(
            &json!({"resourceType": "OperationOutcome", "issue": [{"code": "x"}]})
        ));
        assert!(!is_outcome(&json!("text")));
        assert_eq!(text(&json!(null)), "");
    }
}
