//! The first screen: the conclusion for somebody who has five seconds.

use super::bar::{Piece, pieces};
use super::level_table::LevelTable;
use crate::evidence::{Conclusion, Run, ScenarioRun, Summary};
use crate::report::case::Case;
use crate::report::lead::Lead;
use crate::report::outcome::Outcome;
use crate::report::tally::{Tally, sum, tally};
use crate::report::wording::{count, duration, moment, thousands, visible};
use serde::Serialize;

/// Conclusion, what it rests on, and the facts of the run.
#[derive(Serialize)]
pub(super) struct Overview {
    conclusion: &'static str,
    headline: &'static str,
    lead: String,
    mandatory: String,
    score: Vec<Number>,
    bar: Vec<Piece>,
    target: String,
    guides: Vec<String>,
    started: String,
    duration: String,
    tool: String,
    levels: LevelTable,
    basis: Vec<Number>,
    checked: String,
    scenarios: Vec<Piece>,
    scenario_count: String,
}

/// A number with its words and the filter that shows what was counted.
#[derive(Serialize)]
struct Number {
    key: &'static str,
    filter: &'static str,
    number: String,
    words: &'static str,
}

impl Overview {
    pub(super) fn new(run: &Run, summary: &Summary, cases: &[Case<'_>]) -> Self {
        let identity = &run.identity;
        let all = tally(run, summary.requirements.iter());
        let is_mandatory = |index: usize| -> bool { run.requirements[index].level.is_mandatory() };
        let results = summary.requirements.iter();
        let mandatory = tally(
            run,
            results.filter(|result| is_mandatory(result.requirement)),
        );
        let lead = Lead {
            conclusion: summary.conclusion,
            strict: identity.strict,
            all: &all,
            mandatory: &mandatory,
        };
        Self {
            conclusion: key(summary.conclusion),
            headline: headline(summary.conclusion),
            lead: lead.text(),
            mandatory: count(mandatory.values().sum(), "mandatory requirement"),
            score: score(&mandatory),
            bar: pieces(&mandatory),
            target: visible(&identity.target),
            guides: identity
                .igs
                .iter()
                .map(|ig| format!("{} {}", visible(&ig.title), visible(&ig.version)))
                .collect(),
            started: moment(&identity.started),
            duration: duration(length(run)),
            tool: format!("Vitruvian {}", visible(&identity.version)),
            levels: LevelTable::new(run, summary),
            checked: checked(&all),
            basis: basis(&all),
            scenarios: pieces(&scenarios(cases)),
            scenario_count: count(cases.len(), "scenario"),
        }
    }
}

/// Name of a conclusion in the style sheet.
pub(super) const fn key(conclusion: Conclusion) -> &'static str {
    match conclusion {
        Conclusion::Conformant => "conformant",
        Conclusion::Incomplete => "incomplete",
        Conclusion::NotConformant => "broken",
    }
}

/// A conclusion as a headline.
pub(super) const fn headline(conclusion: Conclusion) -> &'static str {
    match conclusion {
        Conclusion::Conformant => "Conformant",
        Conclusion::Incomplete => "Incomplete",
        Conclusion::NotConformant => "Not conformant",
    }
}

/// What the mandatory requirements came to, in a few numbers. A conclusion needs to see what broke and
/// what held, even when that is 0.
fn score(mandatory: &Tally) -> Vec<Number> {
    let number = |key, filter, words, outcomes: &[Outcome]| {
        let count = sum(mandatory, |outcome| outcomes.contains(&outcome));
        (count > 0 || matches!(key, "fail" | "pass")).then(|| Number {
            key,
            filter,
            number: thousands(count),
            words,
        })
    };
    let undecided = [Outcome::Error, Outcome::Skip, Outcome::Attest];
    [
        number("fail", "fail", "broken", &[Outcome::Fail]),
        number("excused", "excused", "excused", &[Outcome::Excused]),
        number("warn", "warn", "with a warning", &[Outcome::Warn]),
        number("pass", "pass", "shown to hold", &[Outcome::Pass]),
        number("attested", "attested", "attested", &[Outcome::Attested]),
        number("skip", "open", "undecided", &undecided),
        number(
            "uncovered",
            "uncovered",
            "without a check",
            &[Outcome::Uncovered],
        ),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn scenarios(cases: &[Case<'_>]) -> Tally {
    let mut scenarios = Tally::new();
    for case in cases {
        let outcome = case.verdict().map_or(Outcome::Skip, Outcome::from);
        *scenarios.entry(outcome).or_default() += 1;
    }
    scenarios
}

/// How many requirements have an answer from this run.
fn checked(all: &Tally) -> String {
    let is_answer = |outcome: Outcome| {
        !outcome.is_open() && !matches!(outcome, Outcome::Untestable | Outcome::Inapplicable)
    };
    let (answered, total) = (sum(all, is_answer), sum(all, |_| true));
    let share = (answered * 100).checked_div(total).unwrap_or(0);
    format!(
        "This run answered for {} of {} in scope ({share}\u{a0}%).",
        thousands(answered),
        count(total, "requirement")
    )
}

/// The rest of the scope, by why there is no answer.
fn basis(all: &Tally) -> Vec<Number> {
    let parts = [
        (Outcome::Uncovered, "not checked by this tool yet"),
        (Outcome::Skip, "not tried"),
        (Outcome::Attest, "for a person to confirm"),
        (Outcome::Error, "not tested because of an error"),
        (Outcome::Inapplicable, "not applicable to this system"),
        (Outcome::Untestable, "beyond any test"),
    ];
    parts
        .into_iter()
        .filter_map(|(outcome, words)| {
            let number = all.get(&outcome)?;
            Some(Number {
                key: outcome.key(),
                filter: outcome.key(),
                number: thousands(*number),
                words,
            })
        })
        .collect()
}

/// Microseconds from the start of the run to the end of its last scenario.
fn length(run: &Run) -> u64 {
    let end = |scenario: &ScenarioRun| scenario.started_us + scenario.duration_us;
    run.scenarios.iter().map(end).max().unwrap_or(0)
}
