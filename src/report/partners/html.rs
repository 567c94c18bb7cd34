//! The matrix as one page for people: self-contained, but for links to the reports beside it.

mod cell;
mod detail;
mod statement;

use super::tested::{Levels, mandatory};
use super::wording::{came_to, headline, in_numbers, lead};
use super::{Column, PartnerMatrix, PartnerRow, PartnerState, TrendKind};
use crate::data::Data;
use crate::evidence::Conclusion;
use crate::report::Error;
use crate::report::html::{Piece, asset, engine, fill, pieces, policy, style};
use crate::report::outcome::Outcome;
use crate::report::tally::sum;
use crate::report::wording::{count, link, moment, thousands, visible};
use cell::Cell;
use detail::Detail;
use serde::Serialize;
use statement::Statements;
use std::fmt::Write as _;

/// Partners who are named on top, of each kind.
const NAMED: usize = 6;
/// Letters of a reason in the matrix; below it stands the whole.
const REASON: usize = 200;

#[derive(Serialize)]
struct Page {
    policy: String,
    style: String,
    script: String,
    headline: String,
    lead: String,
    worst: Vec<Group>,
    tone: &'static str,
    size: String,
    started: String,
    since: Option<String>,
    version: String,
    manners: String,
    strict: bool,
    score: Vec<Number>,
    guides: Vec<Guide>,
    rows: Vec<Row>,
    declared: Option<Statements>,
    details: Vec<Detail>,
    gone: Vec<Gone>,
    trends: Vec<Choice>,
    states: [Came; 4],
}

/// Partners who are named on top.
#[derive(Serialize)]
struct Group {
    head: String,
    names: Vec<Named>,
    more: usize,
}

#[derive(Serialize)]
struct Named {
    name: String,
    title: String,
}

/// How many partners of which that became.
#[derive(Serialize)]
struct Number {
    key: &'static str,
    tone: &'static str,
    number: String,
    words: &'static str,
}

#[derive(Serialize)]
struct Choice {
    key: &'static str,
    tone: &'static str,
    words: &'static str,
    meaning: &'static str,
}

/// What a partner can come to, to filter by.
#[derive(Serialize)]
struct Came {
    key: &'static str,
    words: &'static str,
}

/// The columns of one version of a guide.
#[derive(Serialize)]
struct Guide {
    ig: String,
    width: usize,
    suites: Vec<Suite>,
}

#[derive(Serialize)]
struct Suite {
    id: String,
    title: String,
}

#[derive(Serialize)]
struct Row {
    name: String,
    title: String,
    url: Option<String>,
    link: Option<String>,
    report: Option<String>,
    has_detail: bool,
    trend: &'static str,
    trend_tone: &'static str,
    trend_words: &'static str,
    numbers: String,
    is_back: bool,
    state: &'static str,
    tone: &'static str,
    came_to: String,
    warned: bool,
    mandatory: Option<Mandatory>,
    /// Why there are no cells.
    why: Option<String>,
    width: usize,
    cells: Vec<Cell>,
}

#[derive(Serialize)]
struct Mandatory {
    broken: String,
    is_broken: bool,
    held: String,
    open: String,
    excused: usize,
    bar: Vec<Piece>,
}

#[derive(Serialize)]
struct Gone {
    title: String,
    report: Option<String>,
}

pub(super) fn render(matrix: &PartnerMatrix, templates: &Data) -> Result<Vec<u8>, Error> {
    let style = format!(
        "{}\n{}",
        style(templates)?,
        asset(templates, "partners.css")?
    );
    let script = asset(templates, "partners.js")?;
    let columns = matrix.columns();
    let made = &matrix.made;
    let mut details: Vec<&PartnerRow> = matrix.partners.iter().collect();
    details.sort_by_key(|row| row.trend.kind);
    let page = Page {
        policy: policy(&style, &script),
        headline: headline(matrix),
        lead: lead(matrix),
        worst: [TrendKind::Worse, TrendKind::Lost]
            .into_iter()
            .filter_map(|kind| Group::of(matrix, kind))
            .collect(),
        tone: tone_of(matrix),
        size: count(matrix.partners.len(), "partner"),
        started: moment(&made.started),
        since: matrix.since.as_deref().map(moment),
        version: visible(&made.version),
        manners: manners(matrix),
        strict: made.strict,
        score: TrendKind::ALL
            .into_iter()
            .filter_map(|kind| number(matrix, kind))
            .collect(),
        guides: guides(&columns),
        rows: matrix
            .partners
            .iter()
            .map(|row| Row::of(row, &columns))
            .collect(),
        declared: Statements::of(matrix),
        details: details.into_iter().filter_map(Detail::of).collect(),
        gone: matrix
            .gone
            .iter()
            .map(|gone| Gone {
                title: visible(&gone.title),
                report: gone.report.as_deref().map(visible),
            })
            .collect(),
        trends: TrendKind::ALL
            .into_iter()
            .map(|kind| Choice {
                key: kind.as_str(),
                tone: tone(kind),
                words: kind.words(),
                meaning: kind.meaning(),
            })
            .collect(),
        states: [
            ("conformant", "Conformant"),
            ("incomplete", "Incomplete"),
            ("broken", "Not conformant"),
            ("out", "Not tested"),
        ]
        .map(|(key, words)| Came { key, words }),
        style,
        script,
    };
    Ok(fill(&engine(templates)?, "partners.html", &page)?.into_bytes())
}

/// Name in the style sheet for the whole.
fn tone_of(matrix: &PartnerMatrix) -> &'static str {
    let any = |kind| matrix.of_kind(kind).next().is_some();
    if any(TrendKind::Worse) || any(TrendKind::Lost) {
        "broken"
    } else if any(TrendKind::LessShown) || any(TrendKind::Out) {
        "incomplete"
    } else if matrix.since.is_none() {
        "attest"
    } else {
        "conformant"
    }
}

/// Name in the style sheet and of the icon.
pub(super) const fn tone(kind: TrendKind) -> &'static str {
    match kind {
        TrendKind::Worse => "fail",
        TrendKind::Lost => "error",
        TrendKind::LessShown => "warn",
        TrendKind::Out | TrendKind::Unknown => "skip",
        TrendKind::Better => "pass",
        TrendKind::Same => "inapplicable",
        TrendKind::New => "attest",
    }
}

fn manners(matrix: &PartnerMatrix) -> String {
    let made = &matrix.made;
    let mut text = format!(
        "{} at a time; {} at a time to a host",
        count(made.parallel, "partner"),
        count(made.concurrent, "request")
    );
    if let Some(interval) = made.interval_ms {
        // Writing to a String cannot fail.
        let _ = write!(text, ", {interval} ms apart");
    }
    text
}

fn number(matrix: &PartnerMatrix, kind: TrendKind) -> Option<Number> {
    let number = matrix.of_kind(kind).count();
    (number > 0).then(|| Number {
        key: kind.as_str(),
        tone: tone(kind),
        number: thousands(number),
        words: kind.words(),
    })
}

fn guides(columns: &[Column]) -> Vec<Guide> {
    let mut guides: Vec<Guide> = Vec::new();
    for column in columns {
        let ig = visible(&column.ig);
        if guides.last().is_none_or(|guide| guide.ig != ig) {
            guides.push(Guide {
                ig,
                width: 0,
                suites: Vec::new(),
            });
        }
        if let Some(guide) = guides.last_mut() {
            guide.width += 1;
            guide.suites.push(Suite {
                id: visible(&column.id),
                title: visible(&column.title),
            });
        }
    }
    guides
}

impl Row {
    fn of(row: &PartnerRow, columns: &[Column]) -> Self {
        let kind = row.trend.kind;
        Self {
            name: visible(&row.name),
            title: visible(&row.title),
            url: row.url.as_deref().map(visible),
            link: row.url.as_deref().and_then(link),
            report: row.report.as_deref().map(visible),
            has_detail: Detail::is_worth(row),
            trend: kind.as_str(),
            trend_tone: tone(kind),
            trend_words: kind.words(),
            numbers: in_numbers(&row.trend),
            is_back: row.trend.is_back,
            state: state(row),
            tone: match row.state {
                PartnerState::Tested => state(row),
                PartnerState::NotTried => "skip",
                _ => "error",
            },
            came_to: sentence(came_to(row)),
            warned: row
                .tested
                .as_ref()
                .is_some_and(|tested| tested.warning.is_some()),
            mandatory: row
                .tested
                .as_ref()
                .map(|tested| Mandatory::of(&tested.levels)),
            why: row
                .reason
                .as_deref()
                .filter(|_| row.tested.is_none() && !columns.is_empty())
                .map(shortened),
            width: columns.len(),
            cells: columns.iter().map(|column| Cell::of(row, column)).collect(),
        }
    }
}

impl Group {
    fn of(matrix: &PartnerMatrix, kind: TrendKind) -> Option<Self> {
        let rows: Vec<&PartnerRow> = matrix.of_kind(kind).collect();
        (!rows.is_empty()).then(|| Self {
            head: sentence(kind.words()),
            names: rows.iter().take(NAMED).map(|row| Named::of(row)).collect(),
            more: rows.len().saturating_sub(NAMED),
        })
    }
}

impl Named {
    fn of(row: &PartnerRow) -> Self {
        Self {
            name: visible(&row.name),
            title: visible(&row.title),
        }
    }
}

impl Mandatory {
    fn of(levels: &Levels) -> Self {
        let all = mandatory(levels);
        let number = |outcome| all.get(&outcome).copied().unwrap_or_default();
        let held = number(Outcome::Pass) + number(Outcome::Attested);
        Self {
            broken: thousands(number(Outcome::Fail)),
            is_broken: number(Outcome::Fail) > 0,
            held: thousands(held),
            open: thousands(sum(&all, Outcome::is_open)),
            excused: number(Outcome::Excused),
            bar: pieces(&all),
        }
    }
}

/// Name in the style sheet and in filters: what a partner came to.
fn state(row: &PartnerRow) -> &'static str {
    match row.tested.as_ref().map(|tested| tested.conclusion) {
        Some(Conclusion::Conformant) => "conformant",
        Some(Conclusion::Incomplete) => "incomplete",
        Some(Conclusion::NotConformant) => "broken",
        None => "out",
    }
}

/// The beginning of a reason.
fn shortened(reason: &str) -> String {
    let shown = visible(reason);
    match shown.char_indices().nth(REASON) {
        Some((end, _)) => format!("{}…", &shown[..end]),
        None => shown,
    }
}

/// With a capital letter.
fn sentence(words: &str) -> String {
    let mut letters = words.chars();
    let first = letters
        .next()
        .map(|letter| letter.to_uppercase().to_string());
    first.unwrap_or_default() + letters.as_str()
}
