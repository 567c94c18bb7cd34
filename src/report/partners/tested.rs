//! What the run of one partner came to.

use super::declared::Declared;
use crate::evidence::{Conclusion, Counts, Ending, Level, RequirementResult, Run, Summary};
use crate::report::outcome::Outcome;
use crate::report::tally::{Tally, sum, tally};
use std::collections::BTreeMap;

/// What a run came to.
#[derive(Clone, Debug)]
pub struct Tested {
    /// When it started, RFC 3339, UTC.
    pub started: String,
    /// How it ended; absent when its log breaks off.
    pub ending: Option<Ending>,
    /// What it came to.
    pub conclusion: Conclusion,
    /// Scenarios by verdict.
    pub scenarios: Counts,
    /// Its suites, in the order of the catalogue.
    pub suites: Vec<SuiteCell>,
    /// What the partner says of itself, when that was read.
    pub declared: Option<Declared>,
    /// What a reader must know first.
    pub warning: Option<&'static str>,
    pub(super) levels: Levels,
}

/// One suite of one partner.
#[derive(Clone, Debug)]
pub struct SuiteCell {
    /// Guide and version, for example `pdex@2.1.0`.
    pub ig: String,
    /// Id of the suite.
    pub id: String,
    /// Title for people.
    pub title: String,
    /// What it came to.
    pub conclusion: Conclusion,
    /// Whether the partner has it.
    pub support: Support,
    /// Mandatory requirements that are neither shown to hold, nor broken, nor explained.
    pub open: usize,
    /// Its scenarios by verdict.
    pub scenarios: Counts,
    pub(super) levels: Levels,
}

/// Requirements by level and by what they came to.
pub(super) type Levels = BTreeMap<Level, Tally>;

/// Whether a partner has what a suite asks for, as far as the run shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Support {
    /// Something was shown to hold, and nothing mandatory is broken.
    Works,
    /// Something was shown to hold, and something mandatory is broken.
    Partly,
    /// Something mandatory is broken, and nothing mandatory was shown to hold.
    Broken,
    /// Nothing mandatory was shown to hold or broken.
    Unknown,
}

impl Support {
    /// Name in the JSON form.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Works => "works",
            Self::Partly => "partly",
            Self::Broken => "broken",
            Self::Unknown => "unknown",
        }
    }

    fn of(levels: &Levels) -> Self {
        let mandatory = mandatory(levels);
        let held = sum(&mandatory, |outcome| {
            matches!(outcome, Outcome::Pass | Outcome::Attested)
        });
        // A failure that is excused is still one.
        let broken = sum(&mandatory, |outcome| {
            matches!(outcome, Outcome::Fail | Outcome::Excused)
        });
        match (held, broken) {
            (0, 0) => Self::Unknown,
            (0, _) => Self::Broken,
            (_, 0) => Self::Works,
            _ => Self::Partly,
        }
    }
}

impl Tested {
    /// What a run came to.
    #[must_use]
    pub fn of(run: &Run) -> Self {
        let summary = Summary::of(run);
        let suites = summary.suites.iter().map(|result| {
            let suite = &result.suite;
            let mine = summary.requirements.iter().filter(|result| {
                let requirement = &run.requirements[result.requirement];
                requirement.ig == suite.ig && requirement.suites.contains(&suite.id)
            });
            let levels = levels(run, mine);
            SuiteCell {
                ig: suite.ig.clone(),
                id: suite.id.clone(),
                title: suite.title.clone(),
                conclusion: result.conclusion,
                support: Support::of(&levels),
                open: result.open,
                scenarios: result.scenarios.clone(),
                levels,
            }
        });
        Self {
            started: run.identity.started.clone(),
            ending: run.ending,
            conclusion: summary.conclusion,
            scenarios: summary.scenarios.clone(),
            suites: suites.collect(),
            declared: Declared::of(run),
            warning: run.identity.warning(),
            levels: levels(run, summary.requirements.iter()),
        }
    }

    /// Mandatory requirements that are broken and not excused.
    #[must_use]
    pub fn broken(&self) -> usize {
        sum(&mandatory(&self.levels), |outcome| outcome == Outcome::Fail)
    }

    /// Mandatory requirements without an answer that somebody could give.
    #[must_use]
    pub fn open(&self) -> usize {
        sum(&mandatory(&self.levels), Outcome::is_open)
    }
}

/// What the mandatory ones came to.
pub(super) fn mandatory(levels: &Levels) -> Tally {
    joined(levels, Level::is_mandatory)
}

/// What those that are recommended came to.
pub(super) fn recommended(levels: &Levels) -> Tally {
    joined(levels, |level| {
        matches!(level, Level::Should | Level::ShouldNot)
    })
}

fn joined(levels: &Levels, wanted: impl Fn(Level) -> bool) -> Tally {
    let mut joined = Tally::new();
    for (_, tally) in levels.iter().filter(|(level, _)| wanted(**level)) {
        for (outcome, count) in tally {
            *joined.entry(*outcome).or_default() += count;
        }
    }
    joined
}

fn levels<'run>(run: &Run, results: impl Iterator<Item = &'run RequirementResult>) -> Levels {
    let mut by_level: BTreeMap<Level, Vec<&RequirementResult>> = BTreeMap::new();
    for result in results {
        let level = run.requirements[result.requirement].level;
        by_level.entry(level).or_default().push(result);
    }
    let levels = by_level.into_iter();
    levels
        .map(|(level, results)| (level, tally(run, results.into_iter())))
        .collect()
}
