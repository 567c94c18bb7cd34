//! Lines of feature files: what the Gherkin parser does not tell.
//!
//! Its error position is where it gave up, often the end of the file, and the rows of outlines
//! and descriptions have no position at all; so the places are found again in the text.

use super::{Code, Problem, suggestion};
use cucumber::gherkin;

const STEP_KEYWORDS: [&str; 5] = ["Given", "When", "Then", "And", "But"];

const BLOCK_KEYWORDS: [&str; 10] = [
    "Feature",
    "Background",
    "Rule",
    "Scenario",
    "Scenario Outline",
    "Scenario Template",
    "Scenarios",
    "Example",
    "Examples",
    "Ability",
];

/// Ordinary words one letter away from a keyword; prose may begin with them.
const ORDINARY: [&str; 22] = [
    "a", "add", "an", "any", "as", "at", "bus", "buy", "by", "cut", "each", "end", "even", "gives",
    "hen", "out", "put", "than", "the", "them", "they", "rules",
];

/// Explains why a feature does not parse, at the line that is to blame where that can be told.
pub(super) fn explain(file: &str, lines: &[String], error: &str) -> Problem {
    let (line, why) = blame(lines).unwrap_or_else(|| reported(lines.len(), error));
    Problem::new(
        Code::UnparsableFeature,
        (file, line),
        format!("the feature does not parse: {why}"),
        "begin each line with Feature:, Background:, Rule:, Scenario:, Scenario Outline:, Examples:, \
         Given, When, Then, And, But, @, #, | or \"\"\"",
    )
}

/// The keyword a line seems to mean but misspells, or means where it is only read as text.
pub(super) fn meant_keyword(line: &str) -> Option<&'static str> {
    let line = line.trim();
    let find = |given: &str, keywords: &[&'static str]| {
        let given = given.to_lowercase();
        let keywords = keywords.iter().copied();
        let limit = if given.len() > 6 { 2 } else { 1 };
        keywords
            .map(|keyword| {
                (
                    suggestion::distance(&given, &keyword.to_lowercase()),
                    keyword,
                )
            })
            .filter(|(distance, _)| *distance <= limit)
            .min()
            .map(|(_, keyword)| keyword)
    };
    if let Some((head, _)) = line.split_once(':') {
        return find(head.trim(), &BLOCK_KEYWORDS).or_else(|| find(head.trim(), &STEP_KEYWORDS));
    }
    let word = line
        .split(|c: char| !c.is_alphanumeric())
        .next()
        .unwrap_or_default();
    if word.is_empty() || ORDINARY.contains(&word.to_lowercase().as_str()) {
        return None;
    }
    find(word, &STEP_KEYWORDS)
}

/// The cell of an expanded scenario's row in the column of that name.
pub(super) fn cell<'a>(scenario: &'a gherkin::Scenario, column: &str) -> Option<&'a str> {
    // The table of an expanded scenario has the header and its own row alone.
    let [header, row] = scenario.examples.first()?.table.as_ref()?.rows.as_slice() else {
        return None;
    };
    let position = header.iter().position(|name| name == column)?;
    row.get(position).map(String::as_str)
}

/// The line of the row an expanded scenario was made from; its own line when it is no outline.
pub(super) fn row_line(scenario: &gherkin::Scenario, lines: &[String]) -> usize {
    let Some(examples) = scenario.examples.first() else {
        return scenario.position.line;
    };
    // The parser's arithmetic: the line of `Examples` + 2 + the number of the row.
    let row = scenario
        .position
        .line
        .saturating_sub(examples.position.line + 2);
    let table = examples
        .table
        .as_ref()
        .map_or(0, |table| table.position.line);
    table_lines(lines, table)
        .nth(row + 1)
        .map_or(scenario.position.line, |(line, _)| line)
}

/// The line of the `Scenario` keyword itself, also for an expanded row.
pub(super) fn outline_line(scenario: &gherkin::Scenario, lines: &[String]) -> usize {
    let text_before = |line: usize| {
        lines
            .iter()
            .take(line)
            .enumerate()
            .rev()
            .find(|(_, text)| {
                let text = text.trim_start();
                text.starts_with("Scenario Outline:")
                    || text.starts_with("Scenario Template:")
                    || text.starts_with("Scenario:")
                    || text.starts_with("Example:")
            })
            .map(|(index, _)| index + 1)
    };
    match scenario.examples.first() {
        Some(examples) => text_before(examples.position.line).unwrap_or(scenario.position.line),
        None => scenario.position.line,
    }
}

/// The rows of a table with their 1-based lines and cell counts, header first.
pub(super) fn table_lines(lines: &[String], first: usize) -> impl Iterator<Item = (usize, usize)> {
    lines
        .iter()
        .enumerate()
        .skip(first.saturating_sub(1))
        .map(|(index, line)| (index + 1, line.trim()))
        .filter(|(_, line)| !line.is_empty() && !line.starts_with('#'))
        .take_while(|(_, line)| line.starts_with('|'))
        .map(|(number, line)| (number, cells(line)))
}

/// How many cells a row has; `\|` is no border.
fn cells(row: &str) -> usize {
    let mut escaped = false;
    let mut borders = 0_usize;
    for c in row.chars() {
        borders += usize::from(c == '|' && !escaped);
        escaped = c == '\\' && !escaped;
    }
    borders.saturating_sub(1)
}

/// The first line after `after` that says `text`; `after` itself when none does.
pub(super) fn line_saying(lines: &[String], after: usize, text: &str) -> usize {
    lines
        .iter()
        .enumerate()
        .skip(after)
        .find(|(_, line)| line.trim() == text.trim())
        .map_or(after, |(index, _)| index + 1)
}

/// Finds the line that stops the parser: one that is nothing where only steps may stand, or a
/// row that is shorter than its header.
fn blame(lines: &[String]) -> Option<(usize, String)> {
    let mut fence: Option<&str> = None;
    let mut has_blocks = false;
    let mut has_steps = false;
    let mut width = None;
    for (index, line) in lines.iter().enumerate() {
        let line = line.trim();
        let border = ["\"\"\"", "```"]
            .into_iter()
            .find(|mark| line.starts_with(mark));
        match (fence, border) {
            (Some(open), Some(close)) if open == close => fence = None,
            (Some(_), _) => {}
            (None, Some(open)) => fence = Some(open),
            (None, None) if line.is_empty() || line.starts_with(['#', '@']) => {}
            (None, None) if line.starts_with('|') => {
                let header = *width.get_or_insert(cells(line));
                if cells(line) < header {
                    return Some((
                        index + 1,
                        format!("the row has {} cells, its header {header}", cells(line)),
                    ));
                }
                continue;
            }
            (None, None) if is_block(line) => (has_blocks, has_steps) = (true, false),
            (None, None) if is_step(line) => has_steps = true,
            (None, None) if has_steps || !has_blocks => {
                let hint = match meant_keyword(line) {
                    Some(keyword) => format!("; did you mean {keyword}?"),
                    None => String::new(),
                };
                return Some((index + 1, format!("{line:?} begins with no keyword{hint}")));
            }
            (None, None) => {}
        }
        width = None;
    }
    fence.map(|mark| {
        (
            lines.len(),
            format!("a doc string opened with {mark} is not closed"),
        )
    })
}

fn is_block(line: &str) -> bool {
    line.split_once(':')
        .is_some_and(|(head, _)| BLOCK_KEYWORDS.contains(&head))
}

fn is_step(line: &str) -> bool {
    line.starts_with("* ")
        || line
            .split_once(' ')
            .is_some_and(|(head, _)| STEP_KEYWORDS.contains(&head))
}

/// What the parser itself says, in an order that does not change from run to run.
fn reported(last: usize, error: &str) -> (usize, String) {
    let (place, expected) = error.split_once(": ").unwrap_or((error, ""));
    let line = place
        .trim_start_matches("Error at ")
        .split(':')
        .next()
        .and_then(|line| line.parse::<usize>().ok())
        .unwrap_or_default();
    let mut expected: Vec<&str> = expected
        .trim_matches(['{', '}'])
        .split(", ")
        .filter(|token| !token.is_empty())
        .collect();
    expected.sort_unstable();
    let line = line.min(last);
    (
        line,
        format!(
            "the parser gave up here, having expected {}",
            expected.join(" or ")
        ),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn misspelt_keywords_are_recognised_and_prose_is_left_alone() {
        for (line, keyword) in [
            ("Givn a member", "Given"),
            ("Wehn the payer answers", "When"),
            ("then it is refused", "Then"),
            ("Adn more", "And"),
            ("Scenrio: x", "Scenario"),
            ("Backgroud:", "Background"),
            ("Scenario Outlin: x", "Scenario Outline"),
            ("Given: a member", "Given"),
        ] {
            assert_eq!(meant_keyword(line), Some(keyword), "{line}");
        }
        for line in [
            "The payer finds a member.",
            "They must agree.",
            "Any payer may ask: the answer is the same.",
            "Members are matched by name.",
            "An old payer sends its consent.",
            "",
        ] {
            assert_eq!(meant_keyword(line), None, "{line}");
        }
    }

    #[test]
    fn an_escaped_bar_is_no_border() {
        assert_eq!(cells("| a | b |"), 2);
        assert_eq!(cells(r"| a \| b |"), 1);
        assert_eq!(cells(r"| a \\| b |"), 2);
    }

    #[test]
    fn the_line_that_stops_the_parser_is_found() {
        for (text, line, why) in [
            ("# x\nFeatur: a\n\nScenario: b", 2, "did you mean Feature?"),
            (
                "Feature: a\nprose\nScenario: b\nGiven c\nScenrio: d\nGiven e",
                5,
                "did you mean Scenario?",
            ),
            (
                "Feature: a\nScenario: b\nGiven c\n| d | e |\n| f |",
                5,
                "the row has 1 cells",
            ),
            (
                "Feature: a\nScenario: b\nGiven c\n\"\"\"\nd\nThen e",
                6,
                "is not closed",
            ),
        ] {
            let lines: Vec<String> = text.lines().map(str::to_owned).collect();
            let (found, reason) = blame(&lines).unwrap();
            assert_eq!(found, line, "{reason}");
            assert!(reason.contains(why), "{reason}");
        }
    }

    #[test]
    fn what_the_parser_says_is_put_in_order() {
        let (line, why) = reported(3, "Error at 9:1: {\"b\", \"a\"}");
        assert_eq!((line, why.ends_with("\"a\" or \"b\"")), (3, true), "{why}");
    }
}
