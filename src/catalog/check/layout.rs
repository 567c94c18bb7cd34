//! The layout of a feature: text that Gherkin takes for something else than it looks like.

use super::super::feature::Source;
use super::super::{Code, Problem, syntax};
use cucumber::gherkin;

/// Finds descriptions where steps belong, misspelt keywords, cut rows and typed doc strings.
pub(super) fn find(source: &Source, problems: &mut Vec<Problem>) {
    let parsed = &source.parsed;
    find_near_misses(source, problems);
    let mut described = |what: &str, line, text: &Option<String>| {
        if let Some(text) = text {
            problems.push(description(source, what, line, text));
        }
    };
    for background in backgrounds(parsed) {
        described(
            "the background",
            background.position.line,
            &background.description,
        );
    }
    for rule in &parsed.rules {
        described("the rule", rule.position.line, &rule.description);
    }
    for scenario in scenarios(parsed) {
        described(
            "the scenario",
            scenario.position.line,
            &scenario.description,
        );
        for examples in &scenario.examples {
            described(
                "the examples",
                examples.position.line,
                &examples.description,
            );
        }
    }
    let steps = backgrounds(parsed)
        .flat_map(|background| &background.steps)
        .chain(scenarios(parsed).flat_map(|scenario| &scenario.steps));
    for step in steps {
        if let Some(table) = &step.table {
            find_lost_cells(source, table, problems);
        }
        find_media_type(source, step, problems);
    }
    for examples in scenarios(parsed).flat_map(|scenario| &scenario.examples) {
        if let Some(table) = &examples.table {
            find_lost_cells(source, table, problems);
        }
    }
}

/// All scenarios of a feature as written, those in rules last.
pub(super) fn scenarios(parsed: &gherkin::Feature) -> impl Iterator<Item = &gherkin::Scenario> {
    let in_rules = parsed.rules.iter().flat_map(|rule| &rule.scenarios);
    parsed.scenarios.iter().chain(in_rules)
}

/// All backgrounds of a feature, its own first.
pub(super) fn backgrounds(parsed: &gherkin::Feature) -> impl Iterator<Item = &gherkin::Background> {
    let in_rules = parsed
        .rules
        .iter()
        .filter_map(|rule| rule.background.as_ref());
    parsed.background.iter().chain(in_rules)
}

fn description(source: &Source, what: &str, after: usize, text: &str) -> Problem {
    let first = text.lines().next().unwrap_or_default().trim();
    let help = match syntax::meant_keyword(first) {
        Some(keyword) => format!("did you mean {keyword}? Otherwise make it a comment with #"),
        None => {
            "begin it with Given, When, Then, And or But, or make it a comment with #".to_owned()
        }
    };
    Problem::new(
        Code::Description,
        (
            &source.feature.file,
            syntax::line_saying(&source.lines, after, first),
        ),
        format!("{first:?} is read as a description of {what}, not as a step"),
        help,
    )
}

/// A feature may be described in prose, but not with lines that look like lost steps or blocks.
fn find_near_misses(source: &Source, problems: &mut Vec<Problem>) {
    let text = source.parsed.description.as_deref().unwrap_or_default();
    for line in text.lines() {
        let Some(keyword) = syntax::meant_keyword(line) else {
            continue;
        };
        let line = line.trim();
        let after = source.parsed.position.line;
        problems.push(Problem::new(
            Code::NearMissKeyword,
            (
                &source.feature.file,
                syntax::line_saying(&source.lines, after, line),
            ),
            format!("{line:?} is read as a description of the feature"),
            format!("did you mean {keyword}? Otherwise begin the sentence with another word"),
        ));
    }
}

fn find_lost_cells(source: &Source, table: &gherkin::Table, problems: &mut Vec<Problem>) {
    let width = table.row_width();
    for (line, cells) in syntax::table_lines(&source.lines, table.position.line) {
        if cells > width {
            problems.push(Problem::new(
                Code::LostCells,
                (&source.feature.file, line),
                format!("the row has {cells} cells, its header {width}; the rest would be cut off"),
                r"give every row as many cells as the header, and write a bar inside a cell as \|",
            ));
        }
    }
}

fn find_media_type(source: &Source, step: &gherkin::Step, problems: &mut Vec<Problem>) {
    let first = step
        .docstring
        .as_deref()
        .and_then(|text| text.lines().next());
    if let Some(word) = first.map(str::trim).filter(|word| !word.is_empty()) {
        problems.push(Problem::new(
            Code::DocstringMediaType,
            (&source.feature.file, step.position.line + 1),
            format!("{word:?} after the opening quotes is read as the first line of the text"),
            "put nothing behind the opening quotes",
        ));
    }
}
