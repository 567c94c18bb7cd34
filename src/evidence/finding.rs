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
}
