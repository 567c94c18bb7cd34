//! What was seen of a resource that moves from status to status: the points of its time line.

use serde::{Deserialize, Serialize};

/// One point of a time line: a resource was seen with another status, or with other words about it, than before.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Transition {
    /// Index of the step that saw it, within its scenario.
    pub step: usize,
    /// `Type/id` of the resource.
    pub resource: String,
    /// Its status.
    pub status: String,
    /// What it says in words about its status: a reason, or how far the work is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub words: Option<String>,
    /// Microseconds from the start of the run.
    pub at_us: u64,
}
