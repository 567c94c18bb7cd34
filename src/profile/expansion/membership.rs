//! Whether a code is in a value set: yes, no, or nobody here can tell.

use std::sync::Arc;

/// Whether a code is in a value set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Membership {
    /// It is.
    In,
    /// It is not.
    NotIn,
    /// Nobody here can tell, and why: a fragment of a sentence.
    Undecided(Arc<str>),
}

impl Membership {
    /// In one or the other.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        match (self, other) {
            (Self::In, _) | (_, Self::In) => Self::In,
            (Self::NotIn, other) => other,
            (undecided, _) => undecided,
        }
    }

    /// In one and the other.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::NotIn, _) | (_, Self::NotIn) => Self::NotIn,
            (Self::In, other) => other,
            (undecided, _) => undecided,
        }
    }

    /// In this, and not in the other.
    #[must_use]
    pub fn without(self, other: Self) -> Self {
        self.and(match other {
            Self::In => Self::NotIn,
            Self::NotIn => Self::In,
            undecided @ Self::Undecided(_) => undecided,
        })
    }
}
