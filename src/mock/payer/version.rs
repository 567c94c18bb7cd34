//! The versions of PDex the payer plays, and where they differ.

use crate::mock::Error;

/// A version of PDex. Later ones compare greater.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::mock) enum Version {
    /// STU 2, on HRex 1.0.0.
    V2_0_0,
    /// STU 2.1, on HRex 1.1.0.
    V2_1_0,
    /// STU 2.2, on HRex 1.2.0.
    V2_2_0,
}

impl Version {
    /// Reads `2.0.0`, `2.1.0` or `2.2.0`.
    pub(super) fn parse(text: &str) -> Result<Self, Error> {
        [Self::V2_0_0, Self::V2_1_0, Self::V2_2_0]
            .into_iter()
            .find(|version| version.as_str() == text)
            .ok_or_else(|| Error::Version(text.to_owned()))
    }

    /// The version as written.
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::V2_0_0 => "2.0.0",
            Self::V2_1_0 => "2.1.0",
            Self::V2_2_0 => "2.2.0",
        }
    }

    /// Whether `$member-match` itself demands a Consent (HRex 1.0.0: 1..1; later 0..1).
    pub(super) fn consent_is_mandatory(self) -> bool {
        self == Self::V2_0_0
    }

    /// Whether a match is answered with a UMB and a reference to the Patient (HRex 1.1.0).
    pub(super) fn has_member_reference(self) -> bool {
        self >= Self::V2_1_0
    }

    /// Whether `$everything` holds claims beside prior authorizations.
    pub(super) fn everything_has_claims(self) -> bool {
        self >= Self::V2_2_0
    }
}
