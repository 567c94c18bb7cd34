//! All requirements in scope, by area, with verdict, coverage and proof.

use super::bar::{Piece, pieces};
use super::coverage::Pages;
use crate::evidence::{RequirementResult, Run, Summary};
use crate::report::outcome::{Badge, Outcome};
use crate::report::tally::tally;
use crate::report::wording::{count, link, visible};
use serde::Serialize;
use std::collections::{BTreeMap, HashMap};

/// Finds requirements by IG version and id.
pub(super) struct Anchors<'run>(HashMap<(&'run str, &'run str), usize>);

impl<'run> Anchors<'run> {
    pub(super) fn new(run: &'run Run) -> Self {
        let places = run.requirements.iter().enumerate();
        Self(
            places
                .map(|(place, r)| ((r.ig.as_str(), r.id.as_str()), place))
                .collect(),
        )
    }

    /// Place in [`Run::requirements`].
    pub(super) fn get(&self, ig: &str, id: &str) -> Option<usize> {
        self.0.get(&(ig, id)).copied()
    }
}

/// The requirements of one area of one IG version.
#[derive(Serialize)]
pub(super) struct Area {
    code: String,
    title: String,
    ig: String,
    size: String,
    bar: Vec<Piece>,
    rows: Vec<Row>,
}

#[derive(Serialize)]
struct Row {
    anchor: String,
    /// Number of the page of the guide.
    page: usize,
    badge: Badge,
    id: String,
    key: String,
    level: &'static str,
    actor: String,
    section: String,
    url: Option<String>,
    text: String,
    coverage: &'static str,
    note: String,
    excused: Option<String>,
    attested: Option<String>,
    scenarios: usize,
    faults: Vec<Fault>,
    suites: String,
}

#[derive(Serialize)]
struct Fault {
    name: String,
    about: String,
}

/// All areas: IGs in the order of the run, then by code. `titles` has a title for a code.
pub(super) fn areas(
    run: &Run,
    summary: &Summary,
    titles: &BTreeMap<String, String>,
    pages: &Pages<'_>,
) -> Vec<Area> {
    let mut groups: BTreeMap<(&str, &str), Vec<&RequirementResult>> = BTreeMap::new();
    for result in &summary.requirements {
        let requirement = &run.requirements[result.requirement];
        let key = (requirement.ig.as_str(), code(&requirement.id));
        groups.entry(key).or_default().push(result);
    }
    let order = |ig: &str| {
        let known = run.identity.igs.iter();
        known
            .map(|note| format!("{}@{}", note.id, note.version))
            .position(|known| known == ig)
    };
    let mut groups: Vec<_> = groups.into_iter().collect();
    groups.sort_by_key(|((ig, _), _)| order(ig).unwrap_or(usize::MAX));
    groups
        .into_iter()
        .map(|((ig, code), results)| Area {
            code: visible(code),
            title: visible(titles.get(code).map_or(code, String::as_str)),
            ig: visible(ig),
            size: count(results.len(), "requirement"),
            bar: pieces(&tally(run, results.iter().copied())),
            rows: results
                .iter()
                .map(|result| Row::new(run, result, pages))
                .collect(),
        })
        .collect()
}

/// `PDEX-MMC` of `PDEX-MMC-016`.
fn code(id: &str) -> &str {
    id.rsplit_once('-').map_or(id, |(area, _)| area)
}

impl Row {
    fn new(run: &Run, result: &RequirementResult, pages: &Pages<'_>) -> Self {
        let requirement = &run.requirements[result.requirement];
        let suites: Vec<_> = requirement.suites.iter().map(|s| visible(s)).collect();
        let faults = requirement.faults.iter();
        Self {
            anchor: format!("r{}", result.requirement),
            page: pages.of(result.requirement),
            badge: Outcome::of(requirement, result).badge(),
            id: visible(&requirement.id),
            key: visible(&requirement.key),
            level: requirement.level.as_str(),
            actor: visible(&requirement.actor).replace('-', " "),
            section: visible(&requirement.section),
            url: link(&requirement.url),
            text: visible(&requirement.text),
            coverage: requirement.coverage.as_str(),
            note: visible(&requirement.note),
            excused: result
                .excused
                .as_ref()
                .map(|excuse| visible(&excuse.sentence())),
            attested: result
                .attested
                .as_ref()
                .map(|answer| visible(&answer.sentence())),
            scenarios: result.scenarios.len(),
            faults: faults
                .map(|fault| Fault {
                    name: visible(&fault.name),
                    about: visible(&fault.about),
                })
                .collect(),
            suites: suites.join(" "),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::code;

    #[test]
    fn the_area_is_the_id_without_its_number() {
        assert_eq!(code("PDEX-MMC-016"), "PDEX-MMC");
        assert_eq!(code("odd"), "odd");
    }
}
