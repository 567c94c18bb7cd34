//! CSV (RFC 4180) of all requirements in scope: one row each, for spreadsheets.

use super::notice::notices;
use super::outcome::Outcome;
use super::wording::visible;
use crate::evidence::{PlannedRequirement, RequirementResult, Run, Summary, Verdict};

const COLUMNS: [&str; 19] = [
    "ig",
    "id",
    "key",
    "level",
    "actor",
    "section",
    "url",
    "text",
    "coverage",
    "outcome",
    "verdict",
    "excused",
    "excused until",
    "attested",
    "scenarios",
    "faults",
    "suites",
    "note",
    "before you rely on this",
];

/// Renders the requirements of a run as CSV.
pub(super) fn render(run: &Run) -> Vec<u8> {
    let summary = Summary::of(run);
    let notice = notices(run, &summary).join(" ");
    let mut text = line(COLUMNS.map(str::to_owned));
    for result in &summary.requirements {
        let requirement = &run.requirements[result.requirement];
        text.push_str(&line(row(run, &notice, requirement, result)));
    }
    text.into_bytes()
}

/// A row stands for itself when it was filtered or sorted, so that each has what must be known of the run.
fn row(
    run: &Run,
    notice: &str,
    requirement: &PlannedRequirement,
    result: &RequirementResult,
) -> [String; 19] {
    let excuse = result.excused.as_ref();
    let scenarios = result.scenarios.iter();
    let faults = requirement.faults.iter();
    [
        requirement.ig.clone(),
        requirement.id.clone(),
        requirement.key.clone(),
        requirement.level.to_string(),
        requirement.actor.clone(),
        requirement.section.clone(),
        requirement.url.clone(),
        requirement.text.clone(),
        requirement.coverage.to_string(),
        Outcome::of(requirement, result).word().to_owned(),
        result.verdict.map_or("", Verdict::as_str).to_owned(),
        excuse.map_or_else(String::new, |excuse| excuse.reason.clone()),
        excuse.map_or_else(String::new, |excuse| excuse.expires.clone()),
        result
            .attested
            .as_ref()
            .map_or_else(String::new, |answer| answer.sentence()),
        joined(scenarios.map(|index| run.scenarios[*index].id.as_str())),
        joined(faults.map(|fault| fault.name.as_str())),
        joined(requirement.suites.iter().map(String::as_str)),
        requirement.note.clone(),
        notice.to_owned(),
    ]
}

fn joined<'text>(parts: impl Iterator<Item = &'text str>) -> String {
    parts.collect::<Vec<_>>().join(" ")
}

fn line<const N: usize>(cells: [String; N]) -> String {
    let mut line = cells.map(|text| cell(&text)).join(",");
    line.push_str("\r\n");
    line
}

/// A quoted cell. Spreadsheets run what begins like a formula, so that an apostrophe goes before it.
fn cell(text: &str) -> String {
    let text = visible(text).replace('"', "\"\"");
    let guard = if text.starts_with(['=', '+', '-', '@', '\t']) {
        "'"
    } else {
        ""
    };
    format!("\"{guard}{text}\"")
}

#[cfg(test)]
mod tests {
    use super::cell;

    #[test]
    fn a_cell_is_text_whatever_it_begins_with() {
        assert_eq!(cell("a \"b\", c"), "\"a \"\"b\"\", c\"");
        assert_eq!(cell("=HYPERLINK(1)"), "\"'=HYPERLINK(1)\"");
        assert_eq!(cell("\u{1b}[2J"), "\"␛[2J\"");
    }
}
