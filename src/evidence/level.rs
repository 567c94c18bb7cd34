//! Conformance levels.

use serde::{Deserialize, Serialize};

/// How strongly a statement binds: the verbs of the IGs (RFC 2119 sense, FHIR's spelling).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Level {
    /// Mandatory.
    #[serde(rename = "SHALL")]
    Shall,
    /// Forbidden.
    #[serde(rename = "SHALL NOT")]
    ShallNot,
    /// Recommended.
    #[serde(rename = "SHOULD")]
    Should,
    /// Discouraged.
    #[serde(rename = "SHOULD NOT")]
    ShouldNot,
    /// Permitted.
    #[serde(rename = "MAY")]
    May,
    /// Stated without a verb, or derived from the artifacts.
    #[serde(rename = "STATED")]
    Stated,
}

impl Level {
    /// All levels, strongest first.
    pub const ALL: [Self; 6] = [
        Self::Shall,
        Self::ShallNot,
        Self::Should,
        Self::ShouldNot,
        Self::May,
        Self::Stated,
    ];

    /// The verb as the IGs print it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Shall => "SHALL",
            Self::ShallNot => "SHALL NOT",
            Self::Should => "SHOULD",
            Self::ShouldNot => "SHOULD NOT",
            Self::May => "MAY",
            Self::Stated => "STATED",
        }
    }

    /// Whether breaking it makes a system not conformant.
    #[must_use]
    pub const fn is_mandatory(self) -> bool {
        matches!(self, Self::Shall | Self::ShallNot)
    }
}

impl std::fmt::Display for Level {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(self.as_str())
    }
}

impl std::str::FromStr for Level {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Self::ALL
            .into_iter()
            .find(|level| level.as_str() == text)
            .ok_or_else(|| format!("{text:?} is not a level; use SHALL, SHALL NOT, SHOULD, SHOULD NOT, MAY or STATED"))
    }
}
