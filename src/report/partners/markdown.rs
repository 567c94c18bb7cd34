//! The matrix in Markdown, for a comment or a step summary.

use super::declared::{Declared, DeclaredOperation, short};
use super::tested::{SuiteCell, mandatory};
use super::wording::{came_to, headline, in_numbers, lead};
use super::{PartnerMatrix, PartnerRow, Support, TrendKind};
use crate::report::comparison::ChangeKind;
use crate::report::markdown::{code, plain};
use crate::report::outcome::Outcome;
use crate::report::wording::{moment, thousands};
use std::fmt::Write as _;

/// Bytes to stay below; a comment holds 65,536 characters.
const BUDGET: usize = 60_000;
/// Changes shown of each partner.
const SHOWN: usize = 10;

// Writing to a String cannot fail, so that what `write` gives back is dropped throughout.

pub(super) fn render(matrix: &PartnerMatrix) -> Vec<u8> {
    let mut text = format!("## {}\n\n", headline(matrix));
    let since = match &matrix.since {
        Some(since) => format!("Compared with {}.", plain(&moment(since))),
        None => "There is no earlier run to compare with.".to_owned(),
    };
    let _ = writeln!(text, "{} {since}\n", lead(matrix));
    overview(&mut text, matrix);
    statements(&mut text, matrix);
    let mut rows: Vec<&PartnerRow> = matrix.partners.iter().collect();
    rows.sort_by_key(|row| row.trend.kind);
    let mut left_out = 0;
    for row in rows {
        let section = partner(row);
        if text.len() + section.len() > BUDGET {
            left_out += usize::from(!section.is_empty());
        } else {
            text.push_str(&section);
        }
    }
    if left_out > 0 {
        let _ = writeln!(text, "… and {left_out} more in `partners.html`.\n");
    }
    for gone in &matrix.gone {
        let _ = writeln!(text, "No longer listed: {}", plain(&gone.title));
    }
    let made = &matrix.made;
    let _ = writeln!(
        text,
        "\nVitruvian {}, {}",
        plain(&made.version),
        plain(&moment(&made.started))
    );
    text.into_bytes()
}

/// A line per partner, a column per suite.
fn overview(text: &mut String, matrix: &PartnerMatrix) {
    let columns = matrix.columns();
    let mut head = "| partner | since last time | came to | mandatory |".to_owned();
    for column in &columns {
        let _ = write!(head, " {}, {} |", plain(&column.title), plain(&column.ig));
    }
    let _ = writeln!(text, "{head}\n|{}", "---|".repeat(4 + columns.len()));
    for (place, row) in matrix.partners.iter().enumerate() {
        let mut line = format!(
            "| {} | {} | {} | {} |",
            plain(&row.title),
            trend(row),
            came_to(row),
            counts(row)
        );
        for column in &columns {
            let cell = row.tested.as_ref().and_then(|tested| {
                let mut cells = tested.suites.iter();
                cells.find(|cell| cell.ig == column.ig && cell.id == column.id)
            });
            let _ = write!(line, " {} |", cell.map_or("–".to_owned(), support));
        }
        if text.len() + line.len() > BUDGET {
            let left = matrix.partners.len() - place;
            let _ = writeln!(text, "\n… and {left} more partners in `partners.html`.");
            break;
        }
        let _ = writeln!(text, "{line}");
    }
    text.push('\n');
}

/// What each says of itself, a line each.
fn statements(text: &mut String, matrix: &PartnerMatrix) {
    let said = |row: &PartnerRow| row.tested.as_ref()?.declared.clone();
    if !matrix.partners.iter().any(|row| said(row).is_some()) {
        return;
    }
    let mut table = "### What each says of itself\n\n| partner | FHIR | software | operations | lacks | guides |\n|---|---|---|---|---|---|\n".to_owned();
    for row in &matrix.partners {
        let line = match said(row) {
            Some(declared) => statement(row, &declared),
            None => format!("| {} | not read | | | | |", plain(&row.title)),
        };
        if text.len() + table.len() + line.len() > BUDGET / 2 {
            table.push_str("\n… and more in `partners.html`.\n");
            break;
        }
        let _ = writeln!(table, "{line}");
    }
    let _ = writeln!(text, "{table}");
}

fn statement(row: &PartnerRow, declared: &Declared) -> String {
    let words = |words: Option<&String>| words.map_or("–".to_owned(), |words| plain(words));
    let operations = |wanted: &dyn Fn(&DeclaredOperation) -> bool| {
        let all = declared.operations.iter().filter(|one| wanted(one));
        let names: Vec<String> = all.map(|one| code(one.name)).collect();
        match names.is_empty() {
            true => "–".to_owned(),
            false => names.join(", "),
        }
    };
    let mut guides: Vec<String> = declared
        .guides
        .shown
        .iter()
        .map(|one| plain(&short(one)))
        .collect();
    if declared.guides.more > 0 {
        guides.push(format!("and {} more", declared.guides.more));
    }
    format!(
        "| {} | {} | {} {} | {} | {} | {} |",
        plain(&row.title),
        words(declared.fhir_version.as_ref()),
        words(declared.software.as_ref()),
        declared
            .software_version
            .as_deref()
            .map(plain)
            .unwrap_or_default(),
        operations(&|one| one.declared),
        operations(&|one| one.asked && !one.declared),
        guides.join(", ")
    )
}

fn trend(row: &PartnerRow) -> String {
    match row.trend.kind {
        kind @ (TrendKind::Worse | TrendKind::Lost) => format!("**{}**", kind.words()),
        kind => kind.words().to_owned(),
    }
}

fn counts(row: &PartnerRow) -> String {
    let Some(tested) = &row.tested else {
        return "–".to_owned();
    };
    let all = mandatory(&tested.levels);
    let held = all.get(&Outcome::Pass).copied().unwrap_or_default();
    format!(
        "{} broken, {} held, {} open",
        thousands(tested.broken()),
        thousands(held),
        thousands(tested.open())
    )
}

fn support(cell: &SuiteCell) -> String {
    let broken = mandatory(&cell.levels).get(&Outcome::Fail).copied();
    match (cell.support, broken) {
        (Support::Unknown, _) => "not shown".to_owned(),
        (_, Some(broken)) => format!("**{} broken**", thousands(broken)),
        (_, None) if cell.open > 0 => format!("works, {} open", thousands(cell.open)),
        _ => "works".to_owned(),
    }
}

/// What there is to tell of one partner.
fn partner(row: &PartnerRow) -> String {
    let mut text = String::new();
    let numbers = in_numbers(&row.trend);
    if numbers.is_empty() && row.reason.is_none() {
        return text;
    }
    let _ = writeln!(
        text,
        "### {}: {}\n",
        plain(&row.title),
        row.trend.kind.words()
    );
    if let Some(reason) = &row.reason {
        let _ = writeln!(text, "{}\n", code(reason));
    }
    if !numbers.is_empty() {
        let _ = writeln!(text, "{numbers}\n");
    }
    let worth = |kind| {
        matches!(
            kind,
            ChangeKind::NewlyBroken | ChangeKind::NewlyOpen | ChangeKind::Fixed
        )
    };
    let changes = || row.trend.changes.iter().filter(|change| worth(change.kind));
    for change in changes().take(SHOWN) {
        let (before, after) = (change.before.unwrap_or("–"), change.after.unwrap_or("–"));
        let _ = writeln!(
            text,
            "- {} {} {}: {before} → {after}. {}",
            code(&change.id),
            plain(&change.ig),
            change.level,
            plain(&change.text)
        );
    }
    match changes().count().saturating_sub(SHOWN) {
        0 => {}
        more => {
            let _ = writeln!(text, "- … and {} more", thousands(more));
        }
    }
    text.push('\n');
    text
}
