//! What validating one resource came to.

use crate::profile::{Issue, Severity};

/// What validating one resource came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// Type of the resource, as far as it says.
    pub resource_type: Option<String>,
    /// Id of the resource, if it has one.
    pub id: Option<String>,
    /// Canonical URLs of the profiles it was held against; the type's own definition when it claims none.
    pub profiles: Vec<String>,
    /// What was found, in the order of the resource.
    pub issues: Vec<Issue>,
    /// How many rules could not be decided with the definitions at hand.
    pub undecided: usize,
}

/// Whether a resource is valid, as far as can be said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Every rule was decided, and none that matters is broken.
    Valid,
    /// At least one rule is broken.
    Invalid,
    /// No broken rule was found, but some could not be decided.
    Undecided,
}

impl Report {
    /// Whether the resource is valid, as far as can be said.
    #[must_use]
    pub fn verdict(&self) -> Verdict {
        if self.errors().next().is_some() {
            Verdict::Invalid
        } else if self.undecided > 0 {
            Verdict::Undecided
        } else {
            Verdict::Valid
        }
    }

    /// The broken rules.
    pub fn errors(&self) -> impl Iterator<Item = &Issue> {
        self.issues
            .iter()
            .filter(|issue| issue.severity == Severity::Error)
    }
}
