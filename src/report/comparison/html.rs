//! A comparison as one page for people.

use super::markdown::headline;
use super::{Change, ChangeKind, Comparison, Side};
use crate::data::Data;
use crate::report::Error;
use crate::report::html::{engine, fill, policy, style};
use crate::report::wording::{link, moment, thousands, visible};
use serde::Serialize;

#[derive(Serialize)]
struct Page {
    policy: String,
    style: String,
    headline: String,
    tone: &'static str,
    old: SideView,
    new: SideView,
    notices: Vec<Told>,
    groups: Vec<Group>,
    unchanged: String,
}

#[derive(Serialize)]
struct SideView {
    target: String,
    started: String,
    igs: String,
    conclusion: &'static str,
}

/// What must be known of one of the runs.
#[derive(Serialize)]
struct Told {
    run: &'static str,
    text: String,
}

#[derive(Serialize)]
struct Group {
    words: &'static str,
    tone: &'static str,
    count: String,
    rows: Vec<Row>,
}

#[derive(Serialize)]
struct Row {
    id: String,
    ig: String,
    level: &'static str,
    text: String,
    url: Option<String>,
    before: &'static str,
    after: &'static str,
    expected: Option<String>,
    actual: Option<String>,
    excused: Option<String>,
}

pub(super) fn render(comparison: &Comparison, templates: &Data) -> Result<Vec<u8>, Error> {
    let style = style(templates)?;
    let page = Page {
        policy: policy(&style, ""),
        style,
        headline: headline(comparison),
        tone: tone_of(comparison),
        old: SideView::of(&comparison.old),
        new: SideView::of(&comparison.new),
        notices: comparison
            .notices()
            .map(|(run, text)| Told {
                run,
                text: visible(text),
            })
            .collect(),
        groups: ChangeKind::ALL
            .into_iter()
            .filter_map(|kind| Group::of(comparison, kind))
            .collect(),
        unchanged: thousands(comparison.unchanged),
    };
    Ok(fill(&engine(templates)?, "comparison.html", &page)?.into_bytes())
}

/// Name in the style sheet.
fn tone_of(comparison: &Comparison) -> &'static str {
    if comparison.is_worse(false) {
        "broken"
    } else if comparison.is_less_complete() {
        "incomplete"
    } else {
        "conformant"
    }
}

const fn tone(kind: ChangeKind) -> &'static str {
    match kind {
        ChangeKind::NewlyBroken => "fail",
        ChangeKind::NewlyOpen => "skip",
        ChangeKind::Worse => "warn",
        ChangeKind::OtherEvidence => "excused",
        ChangeKind::Fixed | ChangeKind::Better => "pass",
        ChangeKind::Added => "attest",
        ChangeKind::Removed => "inapplicable",
    }
}

impl SideView {
    fn of(side: &Side) -> Self {
        Self {
            target: visible(&side.target),
            started: moment(&side.started),
            igs: visible(&side.igs.join(", ")),
            conclusion: side.conclusion.as_str(),
        }
    }
}

impl Group {
    fn of(comparison: &Comparison, kind: ChangeKind) -> Option<Self> {
        let rows: Vec<Row> = comparison.of_kind(kind).map(Row::of).collect();
        (!rows.is_empty()).then(|| Self {
            words: kind.words(),
            tone: tone(kind),
            count: thousands(rows.len()),
            rows,
        })
    }
}

impl Row {
    fn of(change: &Change) -> Self {
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
            before: change.before.unwrap_or("–"),
            after: change.after.unwrap_or("–"),
            expected,
            actual,
            excused: change.excused.as_deref().map(visible),
        }
    }
}
