//! All scenarios with their findings.

use super::course::{CourseView, courses};
use super::finding::FindingView;
use super::matrix::Anchors;
use super::places::Places;
use crate::report::case::Case;
use crate::report::outcome::{Badge, Outcome};
use crate::report::wording::{duration, visible};
use serde::Serialize;

/// One scenario in the list.
#[derive(Serialize)]
pub(super) struct ScenarioView {
    index: usize,
    badge: Badge,
    name: String,
    feature: String,
    ig: String,
    place: String,
    suites: String,
    duration: String,
    flaky: bool,
    attempts: usize,
    exchanges: usize,
    tags: Vec<String>,
    requirements: Vec<RequirementLink>,
    reason: Option<String>,
    findings: Vec<FindingView>,
    courses: Vec<CourseView>,
}

#[derive(Serialize)]
struct RequirementLink {
    id: String,
    anchor: Option<String>,
}

impl ScenarioView {
    pub(super) fn new(
        index: usize,
        case: &Case<'_>,
        anchors: &Anchors<'_>,
        places: &Places<'_>,
    ) -> Self {
        let last = case.last();
        let suites: Vec<_> = case.suites().iter().map(|s| visible(s)).collect();
        let tags = case.plan.map_or(&[][..], |plan| &plan.tags);
        // Requirements have a list of their own, so their tags would only repeat it.
        let tags = tags.iter().filter(|tag| !tag.starts_with("req:"));
        Self {
            index,
            badge: case.verdict().map_or(Outcome::Skip, Outcome::from).badge(),
            name: visible(case.name()),
            feature: visible(case.feature()),
            ig: visible(case.ig()),
            place: case.plan.map_or(String::new(), |plan| {
                format!("{}:{}", visible(&plan.file), plan.line)
            }),
            suites: suites.join(" "),
            duration: last.map_or(String::new(), |last| duration(last.duration_us)),
            flaky: case.flaky,
            attempts: case.attempts.len(),
            exchanges: last.map_or(0, |last| last.exchanges.len()),
            tags: tags.map(|tag| visible(tag)).collect(),
            requirements: case
                .requirements()
                .iter()
                .map(|id| RequirementLink {
                    id: visible(id),
                    anchor: anchors.get(case.ig(), id).map(|place| format!("r{place}")),
                })
                .collect(),
            reason: last.map_or(
                Some("The run ended before this scenario was reached.".into()),
                |last| last.reason.as_deref().map(visible),
            ),
            courses: last.map_or_else(Vec::new, courses),
            findings: last.map_or_else(Vec::new, |last| {
                let attempt = case.attempts.len() - 1;
                last.findings
                    .iter()
                    .map(|finding| FindingView::new(finding, last, (index, attempt), places))
                    .collect()
            }),
        }
    }
}
