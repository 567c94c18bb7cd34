//! How the requirements of a version are covered, counted.

use super::{Ig, IgVersion};
use crate::evidence::{Coverage, Level};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Coverage of one IG version.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CoverageReport {
    /// The version.
    pub ig: IgVersion,
    /// All its requirements.
    pub total: Tally,
    /// By level.
    pub by_level: BTreeMap<Level, Tally>,
    /// By actor.
    pub by_actor: BTreeMap<String, Tally>,
}

/// How many requirements are covered in which way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tally {
    /// Tested by at least one scenario.
    pub tested: usize,
    /// To be attested by a person.
    pub attested: usize,
    /// Not testable, with a reason.
    pub untestable: usize,
    /// Neither tested nor explained.
    pub uncovered: usize,
}

impl CoverageReport {
    /// Counts the coverage of a version.
    #[must_use]
    pub fn of(ig: &Ig) -> Self {
        let mut report = Self {
            ig: ig.at.clone(),
            total: Tally::default(),
            by_level: BTreeMap::new(),
            by_actor: BTreeMap::new(),
        };
        for row in &ig.requirements {
            let coverage = ig.coverage_of(row);
            report.total.count(coverage);
            report
                .by_level
                .entry(row.level)
                .or_default()
                .count(coverage);
            match report.by_actor.get_mut(&row.actor) {
                Some(tally) => tally.count(coverage),
                None => {
                    let mut tally = Tally::default();
                    tally.count(coverage);
                    report.by_actor.insert(row.actor.clone(), tally);
                }
            }
        }
        report
    }

    /// How many SHALL and SHALL NOT nothing tests and nothing explains.
    #[must_use]
    pub fn uncovered_mandatory(&self) -> usize {
        self.by_level
            .iter()
            .filter(|(level, _)| level.is_mandatory())
            .map(|(_, tally)| tally.uncovered)
            .sum()
    }
}

impl Tally {
    /// All requirements counted.
    #[must_use]
    pub const fn sum(&self) -> usize {
        self.tested + self.attested + self.untestable + self.uncovered
    }

    const fn count(&mut self, coverage: Coverage) {
        match coverage {
            Coverage::Tested => self.tested += 1,
            Coverage::Attested => self.attested += 1,
            Coverage::Untestable => self.untestable += 1,
            Coverage::Uncovered => self.uncovered += 1,
        }
    }
}
