//! What there is to tell of one partner.

use super::super::wording::in_numbers;
use super::super::{PartnerRow, PartnerState, TrendKind};
use super::tone;
use crate::report::comparison::{Change, ChangeKind};
use crate::report::wording::{count, link, moment, thousands, visible};
use serde::Serialize;

/// Changes shown of each kind; the comparison has all.
const SHOWN: usize = 25;

/// One partner, unfolded.
#[derive(Serialize)]
pub(super) struct Detail {
    name: String,
    title: String,
    is_open: bool,
    trend: &'static str,
    tone: &'static str,
    words: &'static str,
    numbers: String,
    reason: Option<String>,
    /// Words before the reason.
    reason_head: &'static str,
    warning: Option<&'static str>,
    since: Option<String>,
    is_back: bool,
    unchanged: String,
    report: Option<String>,
    comparison: Option<String>,
    is_tested: bool,
    groups: Vec<Group>,
}

#[derive(Serialize)]
struct Group {
    words: &'static str,
    tone: &'static str,
    count: String,
    more: String,
    rows: Vec<Row>,
}

#[derive(Serialize)]
struct Row {
    id: String,
    ig: String,
    level: &'static str,
    text: String,
    url: Option<String>,
    place: Option<String>,
    before: &'static str,
    after: &'static str,
    expected: Option<String>,
    actual: Option<String>,
    excused: Option<String>,
}

impl Detail {
    /// Whether there is anything to tell.
    pub(super) fn is_worth(row: &PartnerRow) -> bool {
        let warned = row
            .tested
            .as_ref()
            .is_some_and(|tested| tested.warning.is_some());
        row.reason.is_some() || warned || ChangeKind::ALL.iter().any(|kind| has(row, *kind))
    }

    pub(super) fn of(row: &PartnerRow) -> Option<Self> {
        Self::is_worth(row).then(|| {
            let trend = &row.trend;
            Self {
                name: visible(&row.name),
                title: visible(&row.title),
                is_open: matches!(trend.kind, TrendKind::Worse | TrendKind::Lost),
                trend: trend.kind.as_str(),
                tone: tone(trend.kind),
                words: trend.kind.words(),
                numbers: in_numbers(trend),
                reason: row.reason.as_deref().map(visible),
                reason_head: match row.state {
                    PartnerState::Tested => "To be settled",
                    PartnerState::Unreachable => "It could not be reached",
                    PartnerState::NoAccess => "It gave no access",
                    PartnerState::Misconfigured => "It cannot be tested with its settings",
                    PartnerState::Failed => "It failed on our side",
                    PartnerState::NotTried => "It was not tried",
                },
                warning: row.tested.as_ref().and_then(|tested| tested.warning),
                since: trend.since.as_deref().map(moment),
                is_back: trend.is_back,
                unchanged: count(trend.unchanged, "requirement"),
                report: row.report.as_deref().map(visible),
                comparison: row.comparison.as_deref().map(visible),
                is_tested: row.state == PartnerState::Tested,
                groups: ChangeKind::ALL
                    .into_iter()
                    .filter(|kind| has(row, *kind))
                    .map(|kind| Group::of(row, kind))
                    .collect(),
            }
        })
    }
}

/// Whether there are changes of a kind that are worth showing: not what only came or went with the selection.
fn has(row: &PartnerRow, kind: ChangeKind) -> bool {
    let changes = &row.trend.changes;
    changes.iter().any(|change| is_shown(change, kind))
}

fn is_shown(change: &Change, kind: ChangeKind) -> bool {
    change.kind == kind
        && match kind {
            ChangeKind::Added => change.is_broken_at_first(),
            ChangeKind::Removed => false,
            _ => true,
        }
}

impl Group {
    fn of(row: &PartnerRow, kind: ChangeKind) -> Self {
        let changes = row.trend.changes.iter();
        let changes: Vec<&Change> = changes.filter(|change| is_shown(change, kind)).collect();
        let shown = changes.iter().take(SHOWN);
        Self {
            words: match kind {
                ChangeKind::Added => "Asked for the first time, and broken",
                kind => kind.words(),
            },
            tone: match kind {
                ChangeKind::NewlyBroken => "fail",
                ChangeKind::NewlyOpen => "skip",
                ChangeKind::Worse => "warn",
                ChangeKind::OtherEvidence => "excused",
                ChangeKind::Fixed | ChangeKind::Better => "pass",
                ChangeKind::Added => "attest",
                ChangeKind::Removed => "inapplicable",
            },
            count: thousands(changes.len()),
            more: match changes.len().saturating_sub(SHOWN) {
                0 => String::new(),
                more => thousands(more),
            },
            rows: shown
                .map(|change| Row::of(change, row.report.as_deref()))
                .collect(),
        }
    }
}

impl Row {
    fn of(change: &Change, report: Option<&str>) -> Self {
        let (expected, actual) = change
            .finding
            .as_ref()
            .map_or((None, None), |(a, b)| (Some(visible(a)), Some(visible(b))));
        Self {
            id: visible(&change.id),
            ig: visible(&change.ig),
            level: change.level.as_str(),
            text: visible(&change.text),
            url: link(&change.url),
            place: place(report, &change.id),
            before: change.before.unwrap_or("–"),
            after: change.after.unwrap_or("–"),
            expected,
            actual,
            excused: change.excused.as_deref().map(visible),
        }
    }
}

/// The requirement in the report: its page filters by what follows the question mark.
fn place(report: Option<&str>, id: &str) -> Option<String> {
    let is_plain = |letter: char| letter.is_ascii_alphanumeric() || letter == '-';
    let report = report.filter(|_| id.chars().all(is_plain))?;
    Some(format!("{}#requirements?q={id}", visible(report)))
}
