//! The versions of CDex the provider plays, and where they differ.

use crate::mock::Error;
use crate::mock::payer::version::Version as Records;

/// A version of CDex. Later ones compare greater.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Version {
    /// STU 2, on HRex 1.0.0 and US Core 3.1.1.
    V2_0_0,
    /// STU 2.1, on HRex 1.1.0 and three versions of US Core.
    V2_1_0,
    /// The ballot of STU 3.
    V3_0_0,
}

impl Version {
    /// Reads `2.0.0`, `2.1.0` or `3.0.0-ballot`.
    pub(super) fn parse(text: &str) -> Result<Self, Error> {
        [Self::V2_0_0, Self::V2_1_0, Self::V3_0_0]
            .into_iter()
            .find(|version| version.as_str() == text)
            .ok_or_else(|| Error::CdexVersion(text.to_owned()))
    }

    /// The version as written.
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::V2_0_0 => "2.0.0",
            Self::V2_1_0 => "2.1.0",
            Self::V3_0_0 => "3.0.0-ballot",
        }
    }

    /// Which edition of the record server goes with it.
    pub(super) fn records(self) -> Records {
        match self {
            Self::V2_0_0 => Records::V2_0_0,
            Self::V2_1_0 | Self::V3_0_0 => Records::V2_1_0,
        }
    }

    /// Code system of the codes that ask for attachments, and of their inputs.
    pub(super) fn attachment_system(self) -> &'static str {
        match self {
            Self::V2_0_0 => super::code::CDEX_TEMP,
            Self::V2_1_0 | Self::V3_0_0 => super::code::PAS_TEMP,
        }
    }
}
