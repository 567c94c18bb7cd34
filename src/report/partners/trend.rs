//! What became of a partner since last time.

use super::PartnerState;
use crate::report::comparison::{Change, ChangeKind, Comparison};

/// What became of a partner. The order is that of reports: what needs attention first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TrendKind {
    /// Something mandatory broke that did not before.
    Worse,
    /// It could be tested last time, and cannot be now.
    Lost,
    /// Something mandatory had an answer, and has none now.
    LessShown,
    /// It cannot be tested, as last time, or for the first time.
    Out,
    /// Something was fixed or is shown to hold now, and nothing mandatory broke or lost its answer.
    Better,
    /// Nothing mandatory changed for the better or the worse.
    Same,
    /// It was not tested before.
    New,
    /// The user stopped before anything was known.
    Unknown,
}

impl TrendKind {
    /// All kinds, in the order of reports.
    pub const ALL: [Self; 8] = [
        Self::Worse,
        Self::Lost,
        Self::LessShown,
        Self::Out,
        Self::Better,
        Self::Same,
        Self::New,
        Self::Unknown,
    ];

    /// Name in the JSON form.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Worse => "worse",
            Self::Lost => "lost",
            Self::LessShown => "less-shown",
            Self::Out => "out",
            Self::Better => "better",
            Self::Same => "same",
            Self::New => "new",
            Self::Unknown => "unknown",
        }
    }

    /// Words for people.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::Worse => "got worse",
            Self::Lost => "dropped out",
            Self::LessShown => "shows less",
            Self::Out => "cannot be tested",
            Self::Better => "got better",
            Self::Same => "same",
            Self::New => "new",
            Self::Unknown => "not tried",
        }
    }

    /// What the words mean, for a legend.
    #[must_use]
    pub const fn meaning(self) -> &'static str {
        match self {
            Self::Worse => "Something mandatory broke that did not before.",
            Self::Lost => "It could be tested last time, and cannot be now.",
            Self::LessShown => "Something mandatory had an answer, and has none now.",
            Self::Out => "It cannot be tested, as last time, or for the first time.",
            Self::Better => {
                "Something was fixed or is shown to hold now; nothing mandatory broke or lost its answer."
            }
            Self::Same => "Nothing of it broke, was fixed, or lost or got an answer.",
            Self::New => "There is no earlier run to compare with.",
            Self::Unknown => "The user stopped before anything was known.",
        }
    }
}

/// What became of a partner.
#[derive(Clone, Debug)]
pub struct Trend {
    /// In a word.
    pub kind: TrendKind,
    /// When the run started that it is compared with; or, when it cannot be tested, its last one.
    pub since: Option<String>,
    /// Whether it could not be tested last time, and can be now.
    pub is_back: bool,
    /// What changed, requirement by requirement.
    pub changes: Vec<Change>,
    /// Requirements that came to the same.
    pub unchanged: usize,
}

impl Trend {
    /// What became of a partner that is in this state now: `comparison` is of its last run with this one, `earlier` what
    /// state it was in last time, as far as these are known. With `strict`, recommendations count.
    #[must_use]
    pub fn of(
        state: PartnerState,
        earlier: Option<PartnerState>,
        comparison: Option<Comparison>,
        strict: bool,
    ) -> Self {
        let was_out = earlier.is_some_and(|earlier| {
            !matches!(earlier, PartnerState::Tested | PartnerState::NotTried)
        });
        let kind = match (&comparison, state) {
            (_, PartnerState::NotTried) => TrendKind::Unknown,
            (None, PartnerState::Tested) => TrendKind::New,
            (Some(comparison), PartnerState::Tested) => kind(comparison, strict),
            _ if earlier == Some(PartnerState::Tested) => TrendKind::Lost,
            _ => TrendKind::Out,
        };
        let (since, changes, unchanged) = match comparison {
            Some(comparison) => (
                Some(comparison.old.started),
                comparison.changes,
                comparison.unchanged,
            ),
            None => (None, Vec::new(), 0),
        };
        Self {
            kind,
            since,
            is_back: was_out && state == PartnerState::Tested,
            changes,
            unchanged,
        }
    }

    /// How many changes of a kind.
    #[must_use]
    pub fn count(&self, kind: ChangeKind) -> usize {
        let changes = self.changes.iter();
        changes.filter(|change| change.kind == kind).count()
    }

    /// Requirements that are asked for the first time and broken: nobody knows how that was before.
    #[must_use]
    pub fn broken_at_first(&self) -> usize {
        let changes = self.changes.iter();
        changes.filter(|change| change.is_broken_at_first()).count()
    }
}

fn kind(comparison: &Comparison, strict: bool) -> TrendKind {
    let any = |kind| comparison.of_kind(kind).next().is_some();
    // What is asked for the first time does not count: a partner of whom more is asked has not got worse.
    if any(ChangeKind::NewlyBroken) || (strict && any(ChangeKind::Worse)) {
        TrendKind::Worse
    } else if comparison.is_less_complete() {
        TrendKind::LessShown
    } else if any(ChangeKind::Fixed) || any(ChangeKind::Better) {
        TrendKind::Better
    } else {
        TrendKind::Same
    }
}
