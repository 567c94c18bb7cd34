//! Values that must be met exactly, or contained.

use serde_json::Value;

/// What a value must be.
#[derive(Clone, Debug, PartialEq)]
pub enum Expected {
    /// Exactly this.
    Fixed(Value),
    /// At least this: objects may hold more, arrays must hold an item for each item.
    Pattern(Value),
}

impl Expected {
    /// The value of the definition.
    #[must_use]
    pub fn value(&self) -> &Value {
        match self {
            Self::Fixed(value) | Self::Pattern(value) => value,
        }
    }

    /// The name of the rule.
    #[must_use]
    pub fn rule(&self) -> &'static str {
        match self {
            Self::Fixed(_) => "fixed",
            Self::Pattern(_) => "pattern",
        }
    }

    /// Whether `found` is what is expected.
    #[must_use]
    pub fn is_met(&self, found: &Value) -> bool {
        match self {
            Self::Fixed(value) => is_equal(found, value),
            Self::Pattern(value) => contains(found, value),
        }
    }
}

fn is_equal(found: &Value, wanted: &Value) -> bool {
    match (found, wanted) {
        (Value::Number(found), Value::Number(wanted)) => found.as_f64() == wanted.as_f64(),
        (Value::Object(found), Value::Object(wanted)) => {
            found.len() == wanted.len()
                && wanted.iter().all(|(key, wanted)| {
                    found.get(key).is_some_and(|found| is_equal(found, wanted))
                })
        }
        (Value::Array(found), Value::Array(wanted)) => {
            found.len() == wanted.len()
                && found
                    .iter()
                    .zip(wanted)
                    .all(|(found, wanted)| is_equal(found, wanted))
        }
        _ => found == wanted,
    }
}

/// Whether `found` holds all that `wanted` holds. An array must hold, anywhere, an item for each wanted item.
#[must_use]
fn contains(found: &Value, wanted: &Value) -> bool {
    match (found, wanted) {
        (Value::Object(found), Value::Object(wanted)) => wanted
            .iter()
            .all(|(key, wanted)| found.get(key).is_some_and(|found| contains(found, wanted))),
        (Value::Array(found), Value::Array(wanted)) => wanted
            .iter()
            .all(|wanted| found.iter().any(|found| contains(found, wanted))),
        (Value::Array(found), wanted) => found.iter().any(|found| contains(found, wanted)),
        (found, Value::Array(wanted)) => matches!(wanted.as_slice(), [one] if contains(found, one)),
        _ => is_equal(found, wanted),
    }
}

#[cfg(test)]
mod tests {
    use super::Expected;
    use serde_json::json;

    #[test]
    fn a_pattern_is_contained_and_not_compared_by_place() {
        let pattern = Expected::Pattern(json!({"coding": [{"code": "b"}]}));
        assert!(pattern.is_met(&json!({"coding": [{"code": "a"}, {"code": "b", "display": "B"}]})));
        assert!(!pattern.is_met(&json!({"coding": [{"code": "a"}]})));
        assert!(!pattern.is_met(&json!({"text": "b"})));
    }

    #[test]
    fn a_fixed_value_is_met_only_by_itself() {
        let fixed = Expected::Fixed(json!({"code": "a", "value": 1}));
        assert!(fixed.is_met(&json!({"code": "a", "value": 1.0})));
        assert!(!fixed.is_met(&json!({"code": "a", "value": 1, "unit": "x"})));
    }
}
