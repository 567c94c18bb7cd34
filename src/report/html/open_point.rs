//! What could not be decided and why: errors, missing data, questions for a person.

use crate::evidence::{Coverage, Run, Summary};
use crate::report::case::Case;
use crate::report::outcome::{Badge, Outcome};
use crate::report::wording::{count, thousands, visible};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// Most names listed under one reason.
const SHOWN: usize = 8;

/// Why nothing is known of a requirement of which no scenario stands in the run.
pub(super) const NOT_REACHED: &str =
    "None of its scenarios was selected or reached: select more suites, or run to the end.";

/// Everything that is open for the same reason.
#[derive(Serialize)]
pub(super) struct OpenPoint {
    badge: Badge,
    reason: String,
    spread: String,
    /// Filtered list that shows all of it, in place of items.
    filter: Option<&'static str>,
    items: Vec<Item>,
    more: usize,
}

#[derive(Serialize)]
struct Item {
    anchor: String,
    name: String,
}

/// Open points: our errors first, then the reasons with most scenarios, then what was not selected, then questions, then
/// what has no check.
pub(super) fn open_points(run: &Run, summary: &Summary, cases: &[Case<'_>]) -> Vec<OpenPoint> {
    let mut groups: BTreeMap<(Outcome, String), Vec<Item>> = BTreeMap::new();
    for (index, case) in cases.iter().enumerate() {
        let outcome = case.verdict().map_or(Outcome::Skip, Outcome::from);
        if !outcome.is_open() {
            continue;
        }
        let reason = match case.last() {
            None => "The run ended before these were reached. Run it again.",
            Some(last) => last.reason.as_deref().unwrap_or("No reason was recorded."),
        };
        let item = Item {
            anchor: format!("s{index}"),
            name: visible(case.name()),
        };
        groups
            .entry((outcome, visible(reason)))
            .or_default()
            .push(item);
    }
    let mut points: Vec<_> = groups.into_iter().collect();
    points.sort_by_key(|((outcome, _), items)| (*outcome, usize::MAX - items.len()));
    points
        .into_iter()
        .map(|((outcome, reason), items)| OpenPoint::new(outcome, reason, items, "scenario"))
        .chain(unselected(run, summary, cases))
        .chain(questions(run, summary))
        .chain(unchecked(run, summary))
        .collect()
}

/// A requirement as it is listed below a reason.
fn item(run: &Run, place: usize) -> Item {
    let requirement = &run.requirements[place];
    Item {
        anchor: format!("r{place}"),
        name: format!("{} ({})", visible(&requirement.id), requirement.level),
    }
}

/// What could be tested, and of which no scenario was to be run.
fn unselected(run: &Run, summary: &Summary, cases: &[Case<'_>]) -> Option<OpenPoint> {
    let results = summary.requirements.iter();
    let planned: BTreeSet<(&str, &str)> = cases
        .iter()
        .flat_map(|case| {
            let ids = case.requirements().iter();
            ids.map(|id| (case.ig(), id.as_str()))
        })
        .collect();
    let items: Vec<Item> = results
        .filter(|result| {
            let requirement = &run.requirements[result.requirement];
            let is_planned = planned.contains(&(requirement.ig.as_str(), requirement.id.as_str()));
            let is_tested = requirement.coverage == Coverage::Tested && !is_planned;
            is_tested && result.verdict.is_none() && result.excused.is_none()
        })
        .map(|result| item(run, result.requirement))
        .collect();
    let reason = NOT_REACHED.to_owned();
    (!items.is_empty()).then(|| OpenPoint::new(Outcome::Skip, reason, items, "requirement"))
}

/// Questions for a person, each with the requirements that it decides.
fn questions(run: &Run, summary: &Summary) -> Vec<OpenPoint> {
    let mut groups: BTreeMap<&str, Vec<Item>> = BTreeMap::new();
    for result in &summary.requirements {
        let requirement = &run.requirements[result.requirement];
        let asked = requirement.coverage == Coverage::Attested && result.scenarios.is_empty();
        if !asked || Outcome::of(requirement, result) != Outcome::Attest {
            continue;
        }
        let question = match requirement.note.as_str() {
            "" => &requirement.text,
            note => note,
        };
        let item = item(run, result.requirement);
        groups.entry(question).or_default().push(item);
    }
    groups
        .into_iter()
        .map(|(question, items)| {
            OpenPoint::new(Outcome::Attest, visible(question), items, "requirement")
        })
        .collect()
}

/// What this tool does not check yet, in one line.
fn unchecked(run: &Run, summary: &Summary) -> Option<OpenPoint> {
    let unchecked: Vec<_> = summary
        .requirements
        .iter()
        .map(|result| (&run.requirements[result.requirement], result))
        .filter(|(requirement, result)| Outcome::of(requirement, result) == Outcome::Uncovered)
        .collect();
    let mandatory = unchecked
        .iter()
        .filter(|(requirement, _)| requirement.level.is_mandatory())
        .count();
    let reason = match mandatory {
        0 => "This tool has no check for these yet; none of them is mandatory.".to_owned(),
        some => format!(
            "This tool has no check for these yet; {} of them mandatory.",
            thousands(some)
        ),
    };
    (!unchecked.is_empty()).then(|| OpenPoint {
        badge: Outcome::Uncovered.badge(),
        reason,
        spread: count(unchecked.len(), "requirement"),
        filter: Some("requirements?o=uncovered"),
        items: Vec::new(),
        more: 0,
    })
}

impl OpenPoint {
    fn new(outcome: Outcome, reason: String, items: Vec<Item>, noun: &str) -> Self {
        Self {
            badge: outcome.badge(),
            reason,
            spread: count(items.len(), noun),
            filter: None,
            more: items.len().saturating_sub(SHOWN),
            items: items.into_iter().take(SHOWN).collect(),
        }
    }
}
