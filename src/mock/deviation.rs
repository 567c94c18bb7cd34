//! How the core departs from the rules while it computes one answer.

use super::Rule;
use serde::Deserialize;

/// What is wrong with paging. Named in fault files: `{ page = "drop-next" }`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PageFault {
    /// Every page holds the first page's entries.
    RepeatFirst,
    /// No page links to the next one.
    DropNext,
    /// The last entry of a page comes again on the next.
    Overlap,
    /// The link to the next page leads nowhere.
    DeadNext,
    /// `total` counts the entries of the page.
    WrongTotal,
    /// `_count` does not limit the page.
    IgnoreCount,
}

/// All deviations in force for one request; empty for a conformant payer.
#[derive(Clone, Debug, Default)]
pub(super) struct Deviation {
    /// Rules that are not enforced.
    pub(super) skipped: Vec<Rule>,
    /// Search parameters that are ignored.
    pub(super) ignored: Vec<String>,
    /// Another member's data is answered.
    pub(super) other_member: bool,
    /// What is wrong with paging.
    pub(super) page: Option<PageFault>,
}

impl Deviation {
    /// Whether a parameter is ignored.
    pub(super) fn ignores(&self, parameter: &str) -> bool {
        self.ignored.iter().any(|one| one == parameter)
    }

    /// Whether the rule is enforced.
    pub(super) fn enforces(&self, rule: Rule) -> bool {
        !self.skipped.contains(&rule)
    }
}
