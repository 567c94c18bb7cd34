//! What a requirement or a scenario came to, in the words of the page.

use crate::evidence::{Coverage, PlannedRequirement, RequirementResult, Verdict};
use serde::Serialize;

/// A verdict, or why there is none. The order is that of the page: worst first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Outcome {
    Fail,
    Warn,
    Excused,
    Error,
    Skip,
    Attest,
    Pass,
    Attested,
    Inapplicable,
    Uncovered,
    Untestable,
}

impl Outcome {
    pub(super) const ALL: [Self; 11] = [
        Self::Fail,
        Self::Warn,
        Self::Excused,
        Self::Error,
        Self::Skip,
        Self::Attest,
        Self::Pass,
        Self::Attested,
        Self::Inapplicable,
        Self::Uncovered,
        Self::Untestable,
    ];

    /// Name in the style sheet, in icons and in filters.
    pub(super) const fn key(self) -> &'static str {
        match self {
            Self::Fail => "fail",
            Self::Warn => "warn",
            Self::Excused => "excused",
            Self::Error => "error",
            Self::Skip => "skip",
            Self::Attest => "attest",
            Self::Pass => "pass",
            Self::Attested => "attested",
            Self::Inapplicable => "inapplicable",
            Self::Uncovered => "uncovered",
            Self::Untestable => "untestable",
        }
    }

    /// The word that people read.
    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::Fail => "Failed",
            Self::Warn => "Warning",
            Self::Excused => "Excused",
            Self::Error => "Error",
            Self::Skip => "Not tried",
            Self::Attest => "To confirm",
            Self::Pass => "Passed",
            Self::Attested => "Attested",
            Self::Inapplicable => "Does not apply",
            Self::Uncovered => "No check yet",
            Self::Untestable => "Not testable",
        }
    }

    /// What the word means, for a legend.
    pub(super) const fn meaning(self) -> &'static str {
        match self {
            Self::Fail => "The system broke it.",
            Self::Warn => "The system broke a recommendation, or a rule that is itself in doubt.",
            Self::Excused => "The system broke it; the configuration lists it as a known failure.",
            Self::Error => {
                "The test itself could not be carried out, for example because the network was down."
            }
            Self::Skip => {
                "It could not be tried, or was not selected; data, a setting or a capability is missing."
            }
            Self::Attest => "A person must answer; no message on the wire can show it.",
            Self::Pass => "Every check of it held.",
            Self::Attested => "A person has confirmed it; nothing was tested.",
            Self::Inapplicable => {
                "It concerns a choice that the system declares it made otherwise."
            }
            Self::Uncovered => "This tool does not check it yet.",
            Self::Untestable => "Nothing could show whether it holds.",
        }
    }

    /// What one requirement came to.
    pub(super) fn of(requirement: &PlannedRequirement, result: &RequirementResult) -> Self {
        if result.attested.is_some() && result.verdict == Some(Verdict::Pass) {
            return Self::Attested;
        }
        match (&result.excused, result.verdict, requirement.coverage) {
            (Some(_), ..) => Self::Excused,
            (None, Some(verdict), _) => Self::from(verdict),
            (None, None, Coverage::Tested) => Self::Skip,
            (None, None, Coverage::Attested) => Self::Attest,
            (None, None, Coverage::Untestable) => Self::Untestable,
            (None, None, Coverage::Uncovered) => Self::Uncovered,
        }
    }

    /// Whether it leaves the question open, though somebody could answer it.
    pub(super) const fn is_open(self) -> bool {
        matches!(
            self,
            Self::Error | Self::Skip | Self::Attest | Self::Uncovered
        )
    }

    /// Key and word for a template.
    pub(super) const fn badge(self) -> Badge {
        Badge {
            key: self.key(),
            word: self.word(),
        }
    }
}

impl From<Verdict> for Outcome {
    fn from(verdict: Verdict) -> Self {
        match verdict {
            Verdict::Inapplicable => Self::Inapplicable,
            Verdict::Pass => Self::Pass,
            Verdict::Warn => Self::Warn,
            Verdict::Attest => Self::Attest,
            Verdict::Skip => Self::Skip,
            Verdict::Error => Self::Error,
            Verdict::Fail => Self::Fail,
        }
    }
}

/// An outcome as a template shows it: icon, colour and word together, never colour alone.
#[derive(Clone, Copy, Serialize)]
pub(super) struct Badge {
    key: &'static str,
    word: &'static str,
}
