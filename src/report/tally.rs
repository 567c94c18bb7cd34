//! How many requirements came to what.

use super::outcome::Outcome;
use crate::evidence::{RequirementResult, Run};
use std::collections::BTreeMap;

/// How many of each outcome.
pub(super) type Tally = BTreeMap<Outcome, usize>;

/// Counts requirements by outcome.
pub(super) fn tally<'run>(
    run: &Run,
    results: impl Iterator<Item = &'run RequirementResult>,
) -> Tally {
    let mut tally = Tally::new();
    for result in results {
        let outcome = Outcome::of(&run.requirements[result.requirement], result);
        *tally.entry(outcome).or_default() += 1;
    }
    tally
}

/// How many of these outcomes.
pub(super) fn sum(tally: &Tally, outcomes: impl Fn(Outcome) -> bool) -> usize {
    let counted = tally.iter().filter(|(outcome, _)| outcomes(**outcome));
    counted.map(|(_, count)| count).sum()
}
