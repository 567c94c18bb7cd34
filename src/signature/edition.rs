//! The versions of CDex, as far as their rules for signatures differ.

use std::fmt;
use std::str::FromStr;

/// A version of CDex.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Edition {
    /// 2.0.0.
    V2_0_0,
    /// 2.1.0, with the same rules.
    V2_1_0,
    /// 3.0.0-ballot: `sigT` and `srCms` instead of `kty`; formats are named; the certificate has to name the signer.
    V3_0_0Ballot,
}

/// Text that names no version of CDex.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "{0:?} is no version of CDex with rules for signatures; choose 2.0.0, 2.1.0 or 3.0.0-ballot"
)]
pub struct UnknownEdition(pub String);

impl Edition {
    /// All of them, in order.
    pub const ALL: [Self; 3] = [Self::V2_0_0, Self::V2_1_0, Self::V3_0_0Ballot];

    /// Whether the rules of 3.0.0-ballot hold.
    #[must_use]
    pub const fn is_ballot(self) -> bool {
        matches!(self, Self::V3_0_0Ballot)
    }
}

impl fmt::Display for Edition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::V2_0_0 => "2.0.0",
            Self::V2_1_0 => "2.1.0",
            Self::V3_0_0Ballot => "3.0.0-ballot",
        })
    }
}

impl FromStr for Edition {
    type Err = UnknownEdition;

    fn from_str(text: &str) -> Result<Self, UnknownEdition> {
        Self::ALL
            .into_iter()
            .find(|edition| edition.to_string() == text)
            .ok_or_else(|| UnknownEdition(text.chars().take(60).collect()))
    }
}
