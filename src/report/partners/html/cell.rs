//! One suite of one partner in the matrix.

use super::super::tested::{SuiteCell, mandatory, recommended};
use super::super::{Column, PartnerRow, Support};
use crate::report::outcome::Outcome;
use crate::report::tally::sum;
use crate::report::wording::{thousands, visible};
use serde::Serialize;

/// What a cell shows.
#[derive(Serialize)]
pub(super) struct Cell {
    /// Title of the suite, for narrow pages.
    label: String,
    guide: String,
    /// Name in the style sheet and of the icon; none where the suite was not asked for.
    tone: Option<&'static str>,
    words: String,
    /// The rest in numbers.
    small: String,
    /// All of it, for the pointer.
    hint: String,
}

impl Cell {
    pub(super) fn of(row: &PartnerRow, column: &Column) -> Self {
        let cell = row.tested.as_ref().and_then(|tested| {
            let mut cells = tested.suites.iter();
            cells.find(|cell| cell.ig == column.ig && cell.id == column.id)
        });
        let mut view = cell.map_or_else(Self::empty, Self::filled);
        view.label = visible(&column.title);
        view.guide = visible(&column.ig);
        view
    }

    fn empty() -> Self {
        Self {
            label: String::new(),
            guide: String::new(),
            tone: None,
            words: "–".to_owned(),
            small: String::new(),
            hint: "not asked for".to_owned(),
        }
    }

    fn filled(cell: &SuiteCell) -> Self {
        let all = mandatory(&cell.levels);
        let number = |outcome| all.get(&outcome).copied().unwrap_or_default();
        let broken = number(Outcome::Fail);
        let excused = number(Outcome::Excused);
        let held = number(Outcome::Pass) + number(Outcome::Attested);
        let (tone, words) = match (cell.support, broken) {
            (Support::Unknown, _) => ("skip", "Not shown".to_owned()),
            (_, 0) if excused > 0 => ("excused", format!("{} excused", thousands(excused))),
            (_, 0) if cell.open == 0 => ("pass", "Holds".to_owned()),
            (_, 0) => ("attested", "Works".to_owned()),
            (_, broken) => ("fail", format!("{} broken", thousands(broken))),
        };
        let mut small = Vec::new();
        if held > 0 && cell.open + broken > 0 {
            small.push(format!("{} held", thousands(held)));
        }
        if cell.open > 0 {
            small.push(format!("{} open", thousands(cell.open)));
        }
        let should = recommended(&cell.levels);
        let warned = sum(&should, |outcome| {
            matches!(outcome, Outcome::Warn | Outcome::Fail)
        });
        let hint = format!(
            "SHALL: {} held, {} broken, {} excused, {} open. SHOULD: {} held, {} broken, {} open.",
            thousands(held),
            thousands(broken),
            thousands(excused),
            thousands(cell.open),
            thousands(should.get(&Outcome::Pass).copied().unwrap_or_default()),
            thousands(warned),
            thousands(sum(&should, Outcome::is_open)),
        );
        Self {
            label: String::new(),
            guide: String::new(),
            tone: Some(tone),
            words,
            small: small.join(", "),
            hint,
        }
    }
}
