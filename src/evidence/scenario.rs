//! One execution of one scenario.

use super::{Exchange, Finding, Transition, Verdict};
use serde::{Deserialize, Serialize};

/// One execution (attempt) of one scenario.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScenarioRun {
    /// Id of the planned scenario ([`super::PlannedScenario::id`]).
    pub id: String,
    /// 1 for the first attempt.
    pub attempt: u32,
    /// What it came to.
    pub verdict: Verdict,
    /// For `skip`, `attest` and `error`: why, and what to supply.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Its steps, background first, in order.
    pub steps: Vec<StepRun>,
    /// Broken assertions.
    #[serde(default)]
    pub findings: Vec<Finding>,
    /// Requests and responses, in order.
    #[serde(default)]
    pub exchanges: Vec<Exchange>,
    /// The time lines of what moved from status to status, in the order it was seen.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub transitions: Vec<Transition>,
    /// Microseconds from the start of the run.
    pub started_us: u64,
    /// Microseconds it took.
    pub duration_us: u64,
}

/// One step as executed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StepRun {
    /// `Given`, `When`, `Then`, `And` or `But`.
    pub keyword: String,
    /// The sentence, placeholders filled.
    pub text: String,
    /// Line in the feature file.
    pub line: usize,
    /// How it ended.
    pub status: StepStatus,
    /// Why, when it did not simply pass.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// Facts worth showing that are no finding.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
    /// Microseconds it took.
    pub duration_us: u64,
}

/// How one step ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Default)]
#[serde(rename_all = "kebab-case")]
pub enum StepStatus {
    /// Not reached.
    #[default]
    NotRun,
    /// It held.
    Passed,
    /// It left a finding that is only a warning.
    Warned,
    /// It left a finding that fails the scenario.
    Failed,
    /// It ended the scenario as skipped.
    Skipped,
    /// Our side failed.
    Error,
}
