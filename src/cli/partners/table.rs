//! What the terminal shows of partners.

use super::super::Terminal;
use super::super::terminal::Style;
use super::super::wrap::wrap;
use crate::report::{ChangeKind, PartnerMatrix, PartnerRow, PartnerState, TrendKind};
use std::fmt::Write as _;

/// Columns for the name of a partner.
const NAME: usize = 22;

/// All partners, a line each, in the order of the file; then why some could not be tested.
pub(super) fn table(matrix: &PartnerMatrix, terminal: Terminal) -> String {
    let mut text = format!(
        "{:<NAME$} {:<24} {:>7} {:>6}  since last time\n",
        "partner", "came to", "broken", "open"
    );
    for row in &matrix.partners {
        text.push_str(&entry(row, terminal));
        text.push('\n');
    }
    for gone in &matrix.gone {
        // Writing to a String cannot fail.
        let _ = writeln!(text, "{:<NAME$} no longer listed", shortened(&gone.name));
    }
    let troubled = matrix.partners.iter().filter(|row| row.reason.is_some());
    for (place, row) in troubled.enumerate() {
        if place == 0 {
            text.push('\n');
        }
        let head = format!("{} ", terminal.paint(Style::Red, &row.name));
        wrap(&mut text, &head, row.reason.as_deref().unwrap_or_default());
    }
    text.trim_end().to_owned()
}

/// One partner that has been tried, in a line.
pub(super) fn line(row: &PartnerRow, terminal: Terminal) -> String {
    entry(row, terminal)
}

fn entry(row: &PartnerRow, terminal: Terminal) -> String {
    let (words, style) = match &row.tested {
        Some(tested) => (
            tested.conclusion.as_str(),
            Style::of_conclusion(tested.conclusion),
        ),
        None if row.state == PartnerState::NotTried => (row.state.words(), Style::Blue),
        None => (short(row.state), Style::Red),
    };
    let number = |count: Option<usize>| count.map_or("–".to_owned(), |count| count.to_string());
    let tested = row.tested.as_ref();
    let kind = row.trend.kind;
    let trend_style = match kind {
        TrendKind::Worse | TrendKind::Lost => Style::Red,
        TrendKind::LessShown | TrendKind::Out => Style::Yellow,
        TrendKind::Better => Style::Green,
        TrendKind::New => Style::Blue,
        TrendKind::Same | TrendKind::Unknown => Style::Dim,
    };
    format!(
        "{:<NAME$} {} {:>7} {:>6}  {}{}",
        shortened(&row.name),
        terminal.paint(style, &format!("{words:<24}")),
        number(tested.map(|tested| tested.broken())),
        number(tested.map(|tested| tested.open())),
        terminal.paint(trend_style, kind.words()),
        changes(row)
    )
}

/// What changed, in two numbers.
fn changes(row: &PartnerRow) -> String {
    let kinds = [
        (ChangeKind::NewlyBroken, "newly broken"),
        (ChangeKind::NewlyOpen, "lost"),
        (ChangeKind::Fixed, "fixed"),
    ];
    let parts: Vec<String> = kinds
        .into_iter()
        .filter_map(|(kind, words)| match row.trend.count(kind) {
            0 => None,
            number => Some(format!("{number} {words}")),
        })
        .collect();
    match parts.is_empty() {
        true => String::new(),
        false => format!(": {}", parts.join(", ")),
    }
}

/// Words that fit a column.
const fn short(state: PartnerState) -> &'static str {
    match state {
        PartnerState::Misconfigured => "its settings are wrong",
        other => other.words(),
    }
}

fn shortened(name: &str) -> String {
    if name.len() <= NAME {
        return name.to_owned();
    }
    // Names are of plain letters, but those of an earlier file may be anything.
    let kept: String = name
        .chars()
        .filter(|letter| !letter.is_control())
        .take(NAME - 1)
        .collect();
    format!("{kept}…")
}
