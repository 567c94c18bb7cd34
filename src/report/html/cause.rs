//! What is broken, by cause: one line that opens, what to fix first first.

use super::finding::FindingView;
use super::matrix::Anchors;
use super::places::Places;
use crate::evidence::{Run, Verdict};
use crate::report::cause::{Cause, Seen};
use crate::report::outcome::{Badge, Outcome};
use crate::report::wording::{count, link, visible};
use serde::Serialize;
use std::collections::HashMap;

/// Most findings shown below one cause; the list of scenarios has all of them.
const SHOWN: usize = 8;

/// Requirements of a cause that are not folded, as in the template.
const UNFOLDED: usize = 6;

/// A cause.
#[derive(Serialize)]
pub(super) struct CauseView {
    badge: Badge,
    kind: &'static str,
    title: String,
    ig: String,
    spread: String,
    /// Whether it stands open when the page is.
    open: bool,
    requirements: Vec<Broken>,
    /// Requirements that stand folded below the first.
    folded: usize,
    findings: Vec<Shown>,
    more: usize,
}

/// A requirement that a cause breaks.
#[derive(Serialize)]
struct Broken {
    id: String,
    level: String,
    text: String,
    section: String,
    url: Option<String>,
    anchor: Option<String>,
    excused: Option<String>,
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

/// All causes in the order to fix them.
pub(super) fn causes(
    run: &Run,
    summary: &crate::evidence::Summary,
    causes: &[Cause<'_>],
    anchors: &Anchors<'_>,
    places: &Places<'_>,
) -> Vec<CauseView> {
    let parts = (run, summary, anchors);
    let causes = causes.iter().enumerate();
    causes
        .map(|(rank, cause)| CauseView::new(parts, cause, rank == 0, places))
        .collect()
}

type Parts<'a> = (&'a Run, &'a crate::evidence::Summary, &'a Anchors<'a>);

impl CauseView {
    fn new(parts: Parts<'_>, cause: &Cause<'_>, open: bool, places: &Places<'_>) -> Self {
        let outcome = match cause.severity() {
            _ if cause.is_excused => Outcome::Excused,
            Verdict::Fail => Outcome::Fail,
            _ => Outcome::Warn,
        };
        let requirements = cause.requirements().into_iter();
        let requirements: Vec<_> = requirements
            .map(|id| Broken::new(parts, cause, id))
            .collect();
        let findings = Shown::all(&cause.seen, places);
        Self {
            badge: outcome.badge(),
            kind: cause.kind.word(),
            title: visible(&cause.title()),
            ig: visible(cause.ig),
            spread: format!(
                "{}, {}",
                count(cause.scenarios(), "scenario"),
                count(requirements.len(), "requirement")
            ),
            open,
            folded: requirements.len().saturating_sub(UNFOLDED),
            requirements,
            more: findings.len().saturating_sub(SHOWN),
            findings: findings.into_iter().take(SHOWN).collect(),
        }
    }
}

impl Broken {
    fn new((run, summary, anchors): Parts<'_>, cause: &Cause<'_>, id: &str) -> Self {
        let place = anchors.get(cause.ig, id);
        let requirement = place.map(|place| &run.requirements[place]);
        let excuse = place.and_then(|place| summary.requirements[place].excused.as_ref());
        let finding = cause.seen.iter().map(|seen| seen.finding);
        let level = finding
            .filter(|finding| finding.requirement == id)
            .map(|finding| finding.level.to_string())
            .next();
        Self {
            id: visible(id),
            level: level.unwrap_or_default(),
            text: requirement.map_or_else(String::new, |one| visible(&one.text)),
            section: requirement.map_or_else(String::new, |one| visible(&one.section)),
            url: requirement.and_then(|one| link(&one.url)),
            anchor: place.map(|place| format!("r{place}")),
            excused: excuse.map(|excuse| visible(&excuse.sentence())),
        }
    }
}

impl Shown {
    /// Findings that say the same are shown once, whatever requirement they are held against.
    fn all(seen: &[Seen<'_>], places: &Places<'_>) -> Vec<Self> {
        let mut known: HashMap<(&str, &str, Option<&str>), usize> = HashMap::new();
        let mut shown: Vec<Self> = Vec::new();
        for seen in seen {
            let finding = seen.finding;
            let key = (
                finding.expected.as_str(),
                finding.actual.as_str(),
                finding.location.as_deref(),
            );
            let place = *known.entry(key).or_insert_with(|| {
                let at = (seen.case, seen.attempt);
                shown.push(Self {
                    finding: FindingView::new(finding, seen.scenario, at, places),
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
