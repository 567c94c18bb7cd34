//! One suite on the first screen.

use super::bar::{Piece, pieces};
use super::overview::{headline, key};
use crate::evidence::{Run, SuiteResult, Summary};
use crate::report::tally::tally;
use crate::report::wording::{count, visible};
use serde::Serialize;

#[derive(Serialize)]
pub(super) struct SuiteCard {
    id: String,
    title: String,
    role: String,
    ig: String,
    conclusion: &'static str,
    headline: &'static str,
    size: String,
    open: String,
    scenarios: String,
    scenario_count: usize,
    bar: Vec<Piece>,
}

impl SuiteCard {
    pub(super) fn new(run: &Run, summary: &Summary, result: &SuiteResult) -> Self {
        let suite = &result.suite;
        let scenario_count = result.scenarios.values().sum();
        let mine: Vec<_> = summary
            .requirements
            .iter()
            .filter(|result| {
                let requirement = &run.requirements[result.requirement];
                requirement.ig == suite.ig && requirement.suites.contains(&suite.id)
            })
            .collect();
        let is_empty = mine.is_empty();
        Self {
            id: visible(&suite.id),
            title: visible(&suite.title),
            role: visible(&suite.role).replace('-', " "),
            ig: visible(&suite.ig),
            // Where nothing is asked, nothing was shown.
            conclusion: if is_empty {
                "inapplicable"
            } else {
                key(result.conclusion)
            },
            headline: if is_empty {
                "Nothing in scope"
            } else {
                headline(result.conclusion)
            },
            size: count(mine.len(), "requirement"),
            open: match result.open {
                0 if is_empty => String::new(),
                0 => "every mandatory one has an answer".into(),
                open => format!("{open} mandatory without an answer"),
            },
            scenarios: count(scenario_count, "scenario"),
            scenario_count,
            bar: pieces(&tally(run, mine.into_iter())),
        }
    }
}
