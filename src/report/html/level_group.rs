//! Levels that bind alike, as a decision maker thinks of them.

use crate::evidence::Level;

/// A group of levels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum LevelGroup {
    Mandatory,
    Recommended,
    Optional,
    Stated,
}

impl LevelGroup {
    pub(super) const ALL: [Self; 4] = [
        Self::Mandatory,
        Self::Recommended,
        Self::Optional,
        Self::Stated,
    ];

    pub(super) const fn of(level: Level) -> Self {
        match level {
            Level::Shall | Level::ShallNot => Self::Mandatory,
            Level::Should | Level::ShouldNot => Self::Recommended,
            Level::May => Self::Optional,
            Level::Stated => Self::Stated,
        }
    }

    /// Name in filters.
    pub(super) const fn key(self) -> &'static str {
        match self {
            Self::Mandatory => "mandatory",
            Self::Recommended => "recommended",
            Self::Optional => "optional",
            Self::Stated => "stated",
        }
    }

    /// Name for people.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Mandatory => "Mandatory",
            Self::Recommended => "Recommended",
            Self::Optional => "Optional",
            Self::Stated => "Stated",
        }
    }

    /// The verbs of the guides that belong to it.
    pub(super) const fn verbs(self) -> &'static str {
        match self {
            Self::Mandatory => "SHALL, SHALL NOT",
            Self::Recommended => "SHOULD, SHOULD NOT",
            Self::Optional => "MAY",
            Self::Stated => "without a verb",
        }
    }
}
