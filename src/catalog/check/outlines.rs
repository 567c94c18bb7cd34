//! Outlines: placeholders, columns and rows that belong together.

use super::super::feature::{REQUIREMENT_COLUMN, Source};
use super::super::{Code, Problem};
use super::layout::scenarios;
use cucumber::gherkin::{Examples, Scenario};
use regex::Regex;
use std::collections::BTreeMap;
use std::sync::LazyLock;

/// The engine's own idea of a placeholder: no blank at either end.
static PLACEHOLDER: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"<([^>\s](?:[^>\s]?|[^>\t\n\r]*[^>\s]))>").ok());

/// Finds outlines that would vanish or lose a value.
pub(super) fn find(source: &Source, problems: &mut Vec<Problem>) {
    let before = problems.len();
    for scenario in scenarios(&source.parsed) {
        find_in(source, scenario, problems);
    }
    let found = &problems[before..];
    if let Some(error) = &source.unexpanded
        && !found
            .iter()
            .any(|problem| problem.code == Code::MissingColumn)
    {
        problems.push(Problem::new(
            Code::MissingColumn,
            (&source.feature.file, 0),
            error,
            "add the column to every Examples table of the outline",
        ));
    }
}

fn find_in(source: &Source, scenario: &Scenario, problems: &mut Vec<Problem>) {
    let file = source.feature.file.as_str();
    let used = placeholders(scenario);
    let is_outline = scenario.keyword.contains("Outline") || scenario.keyword.contains("Template");
    if scenario.examples.is_empty() {
        if is_outline {
            problems.push(without_rows(file, scenario.position.line));
        } else {
            for (name, line) in &used {
                problems.push(missing(file, *line, name));
            }
        }
    }
    for examples in &scenario.examples {
        let rows = examples.table.as_ref().map_or(0, |table| table.rows.len());
        if rows < 2 {
            problems.push(without_rows(file, examples.position.line));
        }
        find_columns(file, examples, &used, problems);
        if !examples.tags.is_empty() {
            problems.push(Problem::new(
                Code::TagOnExamples,
                (file, examples.position.line.saturating_sub(1)),
                format!("@{} stands on an Examples block", examples.tags.join(" @")),
                "tag the Scenario Outline, or split it in two",
            ));
        }
    }
}

fn find_columns(
    file: &str,
    examples: &Examples,
    used: &BTreeMap<String, usize>,
    problems: &mut Vec<Problem>,
) {
    let Some(table) = &examples.table else { return };
    let columns = table.rows.first().map(Vec::as_slice).unwrap_or_default();
    let is_used = |column: &&String| used.contains_key(*column) || *column == REQUIREMENT_COLUMN;
    for column in columns.iter().filter(|column| !is_used(column)) {
        problems.push(Problem::new(
            Code::UnusedColumn,
            (file, table.position.line),
            format!("nothing uses the column {column:?}"),
            format!("write <{column}> where its value belongs, or remove the column"),
        ));
    }
    for (name, line) in used.iter().filter(|(name, _)| !columns.contains(name)) {
        problems.push(missing(file, *line, name));
    }
}

/// Every placeholder with the line where it first stands.
fn placeholders(scenario: &Scenario) -> BTreeMap<String, usize> {
    let mut found = BTreeMap::new();
    let mut note = |text: &str, line: usize| {
        let matches = PLACEHOLDER
            .iter()
            .flat_map(|pattern| pattern.captures_iter(text));
        for placeholder in matches.filter_map(|captures| captures.get(1)) {
            found.entry(placeholder.as_str().to_owned()).or_insert(line);
        }
    };
    note(&scenario.name, scenario.position.line);
    for step in &scenario.steps {
        let cells = step
            .table
            .iter()
            .flat_map(|table| table.rows.iter().flatten());
        for text in [&step.value]
            .into_iter()
            .chain(&step.docstring)
            .chain(cells)
        {
            note(text, step.position.line);
        }
    }
    found
}

fn missing(file: &str, line: usize, name: &str) -> Problem {
    Problem::new(
        Code::MissingColumn,
        (file, line),
        format!("<{name}> has no column"),
        format!(
            "add the column {name:?} to every Examples table of the scenario, or remove <{name}>"
        ),
    )
}

fn without_rows(file: &str, line: usize) -> Problem {
    Problem::new(
        Code::OutlineWithoutRows,
        (file, line),
        "there are no example rows, so nothing would be run",
        "add a row to the Examples table, or remove the block",
    )
}
