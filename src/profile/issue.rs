//! What is wrong with a resource, and where.

use std::fmt;

/// How bad an issue is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Worth knowing; nothing is broken.
    Information,
    /// Allowed, but likely not what was meant.
    Warning,
    /// A rule is broken.
    Error,
}

impl Severity {
    /// The code of FHIR's `issue-severity`.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Information => "information",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.code())
    }
}

/// One thing a resource does not hold to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Issue {
    /// How bad it is.
    pub severity: Severity,
    /// Code of FHIR's `issue-type`: `structure`, `required`, `value`, `invariant`, `code-invalid`,
    /// `extension`, `not-supported` and so on.
    pub code: &'static str,
    /// FHIRPath of the element, with indexes: `Observation.component[0].value`. What is missing is reported
    /// at the element that lacks it.
    pub expression: String,
    /// The rule in words, with what was expected and what came.
    pub message: String,
    /// The rule: the key of an invariant (`us-core-1`) or one of `min`, `max`, `type`, `pattern`, `slice`,
    /// `binding` and so on.
    pub rule: String,
    /// Canonical URL of the profile whose rule it is; none for rules of the format itself.
    pub profile: Option<String>,
    /// What the rule wants.
    pub expected: Option<String>,
    /// What was found.
    pub actual: Option<String>,
}

impl fmt::Display for Issue {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            out,
            "{} {} at {}: {}",
            self.severity, self.rule, self.expression, self.message
        )
    }
}
