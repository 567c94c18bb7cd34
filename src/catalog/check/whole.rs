//! The whole check, in the order in which one mistake can be the cause of another.

use super::super::feature::Source;
use super::super::problem::in_order;
use super::super::{Catalog, Code, Fault, Problem};
use super::{StepBook, faults, layout, outlines, requirements, scenarios, steps, suites, wording};
use crate::data::Data;

/// Mistakes after which parts of the catalogue are missing, so that whatever refers to them would
/// be reported as well.
const FOUNDATIONS: [Code; 8] = [
    Code::UnreadableFile,
    Code::BadManifest,
    Code::MisplacedManifest,
    Code::UnknownBase,
    Code::BaseCycle,
    Code::BadHeader,
    Code::BadRow,
    Code::BadSuites,
];

/// Mistakes after which scenarios are missing.
const LOST_SCENARIOS: [Code; 4] = [
    Code::UnparsableFeature,
    Code::FeatureOfNoIg,
    Code::MissingColumn,
    Code::OutlineWithoutRows,
];

/// Finds every mistake in the data files, by file and line.
#[must_use]
pub fn check(data: &Data, book: &dyn StepBook, faults: &[Fault]) -> Vec<Problem> {
    in_order(find(data, book, faults).1)
}

/// Finds every mistake, and every SHALL or SHALL NOT that nothing tests and nothing explains.
#[must_use]
pub fn check_complete(data: &Data, book: &dyn StepBook, faults: &[Fault]) -> Vec<Problem> {
    let (catalog, mut problems) = find(data, book, faults);
    if is_whole(&problems) {
        requirements::find_uncovered(&catalog, &mut problems);
    }
    in_order(problems)
}

fn find(data: &Data, book: &dyn StepBook, faults: &[Fault]) -> (Catalog, Vec<Problem>) {
    let (catalog, sources, mut problems) = Catalog::examine(data);
    let is_whole = is_whole(&problems);
    steps::find(&sources, book, is_whole, &mut problems);
    if is_whole {
        faults::find(&catalog, faults, &mut problems);
    }
    (catalog, problems)
}

/// What can be found without step definitions and faults; every run starts with it.
pub(in crate::catalog) fn examine(
    data: &Data,
    catalog: &Catalog,
    sources: &[Source],
    problems: &mut Vec<Problem>,
) {
    for source in sources {
        layout::find(source, problems);
        outlines::find(source, problems);
        wording::find(source, problems);
        scenarios::find_in(source, problems);
    }
    if !has_any(problems, &FOUNDATIONS) {
        requirements::find(catalog, problems);
        suites::find(data, catalog, problems);
        scenarios::find(catalog, sources, problems);
    }
}

/// Whether nothing is missing, so that what is unused, untested or unproven really is.
fn is_whole(problems: &[Problem]) -> bool {
    !has_any(problems, &FOUNDATIONS) && !has_any(problems, &LOST_SCENARIOS)
}

fn has_any(problems: &[Problem], codes: &[Code]) -> bool {
    problems.iter().any(|problem| codes.contains(&problem.code))
}
