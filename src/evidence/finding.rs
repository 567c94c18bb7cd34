//! Findings: one broken assertion each.

use super::{Level, Verdict};
use serde::{Deserialize, Serialize};

/// One broken assertion: what was expected, what came, where, and by which exchange it shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// Id of the requirement that is broken, for example `PDEX-MMC-016`.
    pub requirement: String,
    /// Level of that requirement.
    pub level: Level,
    /// [`Verdict::Fail`] or [`Verdict::Warn`].
    pub severity: Verdict,
    /// What the clause asks for, in words.
    pub expected: String,
    /// What came instead.
    pub actual: String,
    /// Where: a FHIRPath or JSONPath location, or a header name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub location: Option<String>,
    /// Index into [`super::ScenarioRun::exchanges`] of the exchange that shows it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exchange: Option<usize>,
    /// What to look at or do next, when we know.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
    /// The published defect that makes the rule doubtful, when there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub defect: Option<String>,
    /// The rule of FHIR or of a profile, when resources were held against one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rule: Option<Box<BrokenRule>>,
}

/// A rule of FHIR or of a profile that resources break at one element.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BrokenRule {
    /// Key of an invariant, or the kind of rule: `min`, `type`, `binding` and so on.
    pub key: String,
    /// Canonical URL of the profile whose rule it is; none for FHIR itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub profile: Option<String>,
    /// Path of the element from its resource, without indexes: `Observation.component.value`.
    pub element: String,
    /// How bad it is: a code of FHIR's `issue-severity`.
    pub severity: String,
    /// How many resources break it.
    pub count: usize,
    /// The first few of them.
    pub examples: Vec<Example>,
}

/// One resource that breaks a rule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Example {
    /// Type and id, as far as it has them: `Patient/1`.
    pub resource: String,
    /// FHIRPath in the answer it came in, with indexes: `Bundle.entry[3].resource.birthDate`.
    pub location: String,
    /// What is wrong, in words.
    pub message: String,
    /// Id of the scenario that received it.
    pub scenario: String,
    /// Attempt of that scenario.
    pub attempt: u32,
    /// Index into the exchanges of that attempt.
    pub exchange: usize,
    /// The JSON around it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub snippet: Option<Snippet>,
}

/// A few lines of an answer, redacted and indented.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Snippet {
    /// Number of the first line in the indented answer, from 1.
    pub first: usize,
    /// The lines.
    pub lines: Vec<String>,
    /// Index of the line in question.
    pub marked: usize,
}

impl BrokenRule {
    /// The exchange that shows it, when that scenario made it itself.
    #[must_use]
    pub fn exchange_in(&self, scenario: &str, attempt: u32) -> Option<usize> {
        let is_own =
            |example: &&Example| example.scenario == scenario && example.attempt == attempt;
        self.examples
            .iter()
            .find(is_own)
            .map(|example| example.exchange)
    }
}
