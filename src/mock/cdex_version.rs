//! The versions of CDex that the payer and the provider play, and where they differ.

use super::code::{CDEX_TEMP, PAS_TEMP};
use super::payer::version::Version as Pdex;
use crate::mock::Error;

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

    /// Which edition of the record server goes with it at the provider.
    pub(super) fn records(self) -> Pdex {
        match self {
            Self::V2_0_0 => Pdex::V2_0_0,
            Self::V2_1_0 | Self::V3_0_0 => Pdex::V2_1_0,
        }
    }

    /// The version of PDex that the payer follows beside it.
    pub(super) fn beside(self) -> Pdex {
        match self {
            Self::V2_0_0 => Pdex::V2_0_0,
            Self::V2_1_0 => Pdex::V2_1_0,
            Self::V3_0_0 => Pdex::V2_2_0,
        }
    }

    /// The version that the payer follows beside one of PDex.
    pub(super) fn of(pdex: Pdex) -> Self {
        match pdex {
            Pdex::V2_0_0 => Self::V2_0_0,
            Pdex::V2_1_0 => Self::V2_1_0,
            Pdex::V2_2_0 => Self::V3_0_0,
        }
    }

    /// Code system of the codes that ask for attachments, and of their inputs.
    pub(super) fn attachment_system(self) -> &'static str {
        match self {
            Self::V2_0_0 => CDEX_TEMP,
            Self::V2_1_0 | Self::V3_0_0 => PAS_TEMP,
        }
    }
}
