//! Verdicts of scenarios and requirements.

use serde::{Deserialize, Serialize};

/// What a scenario, or a requirement over all its scenarios, came to.
///
/// The order is from best to worst, so the worst of several is their maximum. `Inapplicable` comes
/// first: wherever anything of a requirement applies, that decides. `Skip` and `Attest` stand above
/// `Warn`: a requirement that was tried only in part has not been shown to hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// It concerns a choice that the system has declared otherwise; the reason quotes the declaration.
    Inapplicable,
    /// Every assertion held.
    Pass,
    /// Only a SHOULD, SHOULD NOT or STATED was broken, or a published defect makes the rule doubtful.
    Warn,
    /// A person must answer.
    Attest,
    /// It could not be tried; the reason says what to supply.
    Skip,
    /// Our side failed: network down, time-out before any answer, bug.
    Error,
    /// A SHALL or SHALL NOT was broken.
    Fail,
}

impl Verdict {
    /// All verdicts, best first.
    pub const ALL: [Self; 7] = [
        Self::Inapplicable,
        Self::Pass,
        Self::Warn,
        Self::Attest,
        Self::Skip,
        Self::Error,
        Self::Fail,
    ];

    /// The word used everywhere: `inapplicable`, `pass`, `warn`, `attest`, `skip`, `error`, `fail`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Inapplicable => "inapplicable",
            Self::Pass => "pass",
            Self::Warn => "warn",
            Self::Attest => "attest",
            Self::Skip => "skip",
            Self::Error => "error",
            Self::Fail => "fail",
        }
    }
}

impl std::fmt::Display for Verdict {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(self.as_str())
    }
}
