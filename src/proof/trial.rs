//! One fault tried in one IG version.

use serde::Serialize;
use std::collections::BTreeSet;

/// One fault tried in one IG version.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Trial {
    /// Name of the fault.
    pub fault: String,
    /// IG and version.
    pub ig: String,
    /// Requirements it must break, of those tested in this version.
    pub breaks: BTreeSet<String>,
    /// Requirements it did break.
    pub broke: BTreeSet<String>,
    /// Scenarios that come by the fault, and were therefore tried.
    pub scenarios: usize,
}

/// One fault that was not tried in one IG version, though it breaks something there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Untried {
    /// Name of the fault.
    pub fault: String,
    /// IG and version.
    pub ig: String,
    /// Why not.
    pub reason: String,
}

impl Untried {
    /// A fault that protected stand-ins cannot show.
    pub(super) fn behind_guard(fault: &str, ig: &str) -> Self {
        Self {
            fault: fault.to_owned(),
            ig: ig.to_owned(),
            reason: "it shows only where nobody asks for tokens: leave out --auth".to_owned(),
        }
    }
}

impl Trial {
    /// Requirements it should have broken and did not.
    pub fn missed(&self) -> impl Iterator<Item = &String> {
        self.breaks.difference(&self.broke)
    }

    /// Requirements it broke and should not have.
    pub fn surplus(&self) -> impl Iterator<Item = &String> {
        self.broke.difference(&self.breaks)
    }
}
