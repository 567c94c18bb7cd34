//! Finds exchanges of any scenario, as findings about a whole run name them.

use super::finding::ExchangeView;
use crate::evidence::{Example, ScenarioRun};
use crate::report::case::Case;
use std::collections::HashMap;

/// Finds attempts by scenario id and number: the place of the case, that of the attempt, the attempt.
pub(super) struct Places<'run>(HashMap<(&'run str, u32), (usize, usize, &'run ScenarioRun)>);

impl<'run> Places<'run> {
    pub(super) fn new(cases: &[Case<'run>]) -> Self {
        let mut places = HashMap::new();
        for (index, case) in cases.iter().enumerate() {
            for (place, attempt) in case.attempts.iter().enumerate() {
                places.insert((case.id, attempt.attempt), (index, place, *attempt));
            }
        }
        Self(places)
    }

    /// The exchange that brought an example, and the anchor of its scenario.
    pub(super) fn of(&self, example: &Example) -> Option<(ExchangeView, String)> {
        let key = (example.scenario.as_str(), example.attempt);
        let (case, attempt, run) = self.0.get(&key)?;
        let exchange = run.exchanges.get(example.exchange)?;
        let place = format!("{case}.{attempt}.{}", example.exchange);
        Some((ExchangeView::new(exchange, place), format!("s{case}")))
    }
}
