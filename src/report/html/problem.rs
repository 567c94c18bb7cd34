//! What is broken: findings by requirement, those that decide the conclusion first.

use super::finding::FindingView;
use super::matrix::Anchors;
use super::outcome::{Badge, Outcome};
use super::places::Places;
use super::wording::{count, link, visible};
use crate::evidence::{Finding, PlannedRequirement, Run, ScenarioRun, Summary};
use crate::report::case::Case;
use serde::Serialize;
use std::collections::{BTreeMap, HashMap};

/// Most findings shown below one requirement; the list of scenarios has all of them.
const SHOWN: usize = 8;

/// A broken requirement.
#[derive(Serialize)]
pub(super) struct Problem {
    badge: Badge,
    id: String,
    ig: String,
    key: String,
    level: &'static str,
    text: String,
    section: String,
    actor: String,
    url: Option<String>,
    anchor: Option<String>,
    excused: Option<String>,
    spread: String,
    findings: Vec<Shown>,
    more: usize,
    #[serde(skip)]
    rank: (Outcome, bool, String, String),
}

/// A finding with the scenarios in which the very same was seen.
#[derive(Serialize)]
struct Shown {
    finding: FindingView,
    scenarios: Vec<ScenarioLink>,
    others: usize,
}

#[derive(Serialize)]
struct ScenarioLink {
    anchor: String,
    name: String,
}

/// One finding and where it was made.
struct Seen<'run> {
    case: usize,
    name: &'run str,
    attempt: usize,
    scenario: &'run ScenarioRun,
    finding: &'run Finding,
}

/// All broken requirements, worst first.
pub(super) fn problems(
    run: &Run,
    summary: &Summary,
    cases: &[Case<'_>],
    anchors: &Anchors<'_>,
) -> Vec<Problem> {
    let mut groups: BTreeMap<(&str, &str), Vec<Seen<'_>>> = BTreeMap::new();
    for (index, case) in cases.iter().enumerate() {
        let Some(scenario) = case.last() else {
            continue;
        };
        for finding in &scenario.findings {
            let key = (case.ig(), finding.requirement.as_str());
            groups.entry(key).or_default().push(Seen {
                case: index,
                name: case.name(),
                attempt: case.attempts.len() - 1,
                scenario,
                finding,
            });
        }
    }
    let known = Places::new(cases);
    let mut problems: Vec<Problem> = groups
        .into_iter()
        .map(|((ig, id), seen)| Problem::new(run, summary, anchors.get(ig, id), ig, &seen, &known))
        .collect();
    problems.sort_by(|a, b| a.rank.cmp(&b.rank));
    problems
}

impl Problem {
    fn new(
        run: &Run,
        summary: &Summary,
        place: Option<usize>,
        ig: &str,
        seen: &[Seen<'_>],
        known: &Places<'_>,
    ) -> Self {
        let requirement = place.map(|place| &run.requirements[place]);
        let result = place.map(|place| &summary.requirements[place]);
        let finding = seen[0].finding;
        let worst = seen.iter().map(|seen| seen.finding.severity).max();
        let excused = result.and_then(|result| result.excused.as_deref());
        let outcome = match (excused, worst) {
            (Some(_), _) => Outcome::Excused,
            (None, worst) => worst.map_or(Outcome::Warn, Outcome::from),
        };
        let text = |get: fn(&PlannedRequirement) -> &str| {
            requirement.map(|r| visible(get(r))).unwrap_or_default()
        };
        let findings = Shown::all(seen, known);
        let cases = seen.iter().map(|seen| seen.case);
        let scenarios = cases.collect::<std::collections::BTreeSet<_>>().len();
        Self {
            badge: outcome.badge(),
            id: visible(&finding.requirement),
            ig: visible(ig),
            key: text(|r| &r.key),
            level: finding.level.as_str(),
            text: text(|r| &r.text),
            section: text(|r| &r.section),
            actor: text(|r| &r.actor).replace('-', " "),
            url: requirement.and_then(|r| link(&r.url)),
            anchor: place.map(|place| format!("r{place}")),
            excused: excused.map(visible),
            spread: count(scenarios, "scenario"),
            more: findings.len().saturating_sub(SHOWN),
            findings: findings.into_iter().take(SHOWN).collect(),
            rank: (
                outcome,
                !finding.level.is_mandatory(),
                ig.to_owned(),
                finding.requirement.clone(),
            ),
        }
    }
}

impl Shown {
    /// Findings that say the same are shown once.
    fn all(seen: &[Seen<'_>], known: &Places<'_>) -> Vec<Self> {
        let mut places: HashMap<(&str, &str, Option<&str>), usize> = HashMap::new();
        let mut shown: Vec<Self> = Vec::new();
        for seen in seen {
            let finding = seen.finding;
            let key = (
                finding.expected.as_str(),
                finding.actual.as_str(),
                finding.location.as_deref(),
            );
            let place = *places.entry(key).or_insert_with(|| {
                shown.push(Self {
                    finding: FindingView::new(
                        finding,
                        seen.scenario,
                        (seen.case, seen.attempt),
                        known,
                    ),
                    scenarios: Vec::new(),
                    others: 0,
                });
                shown.len() - 1
            });
            let scenarios = &mut shown[place].scenarios;
            let anchor = format!("s{}", seen.case);
            if scenarios.iter().any(|known| known.anchor == anchor) {
                continue;
            }
            if scenarios.len() < SHOWN {
                let name = visible(seen.name);
                scenarios.push(ScenarioLink { anchor, name });
            } else {
                shown[place].others += 1;
            }
        }
        shown
    }
}
