//! Requirements by level and outcome.

use super::bar::{Piece, pieces};
use super::level_group::LevelGroup;
use crate::evidence::{Run, Summary};
use crate::report::outcome::Outcome;
use crate::report::tally::{Tally, sum, tally};
use crate::report::wording::thousands;
use serde::Serialize;

/// A table with a row per group of levels and a column per kind of outcome that occurs.
#[derive(Serialize)]
pub(super) struct LevelTable {
    columns: Vec<Column>,
    rows: Vec<Row>,
}

#[derive(Clone, Serialize)]
struct Column {
    key: &'static str,
    /// Value of the outcome in filters.
    filter: &'static str,
    word: &'static str,
    meaning: &'static str,
    #[serde(skip)]
    outcomes: &'static [Outcome],
}

#[derive(Serialize)]
struct Row {
    key: &'static str,
    name: &'static str,
    verbs: &'static str,
    total: String,
    cells: Vec<Cell>,
    bar: Vec<Piece>,
}

#[derive(Serialize)]
struct Cell {
    count: usize,
    text: String,
}

impl LevelTable {
    pub(super) fn new(run: &Run, summary: &Summary) -> Self {
        let all = tally(run, summary.requirements.iter());
        let columns = Column::of(&all);
        let rows = LevelGroup::ALL.into_iter().filter_map(|group| {
            let results = summary.requirements.iter().filter(|result| {
                LevelGroup::of(run.requirements[result.requirement].level) == group
            });
            let tally = tally(run, results);
            (!tally.is_empty()).then(|| Row::new(group, &tally, &columns))
        });
        let rows = rows.collect();
        Self { columns, rows }
    }
}

impl Column {
    /// Columns that have something to show; broken and passed always do.
    fn of(all: &Tally) -> Vec<Self> {
        let undecided = Self {
            key: "skip",
            filter: "open",
            word: "Undecided",
            meaning: "Could not be tried, went wrong on our side, or needs a person to confirm it.",
            outcomes: &[Outcome::Error, Outcome::Skip, Outcome::Attest],
        };
        let columns = [
            Self::single(&[Outcome::Fail]),
            Self::single(&[Outcome::Warn]),
            Self::single(&[Outcome::Excused]),
            Self::single(&[Outcome::Pass]),
            Self::single(&[Outcome::Attested]),
            undecided,
            Self::single(&[Outcome::Uncovered]),
            Self::single(&[Outcome::Inapplicable]),
            Self::single(&[Outcome::Untestable]),
        ];
        let always = ["fail", "pass"];
        columns
            .into_iter()
            .filter(|column| always.contains(&column.key) || column.count(all) > 0)
            .collect()
    }

    const fn single(outcomes: &'static [Outcome; 1]) -> Self {
        let [outcome] = outcomes;
        Self {
            key: outcome.key(),
            filter: outcome.key(),
            word: outcome.word(),
            meaning: outcome.meaning(),
            outcomes,
        }
    }

    fn count(&self, tally: &Tally) -> usize {
        sum(tally, |outcome| self.outcomes.contains(&outcome))
    }
}

impl Row {
    fn new(group: LevelGroup, tally: &Tally, columns: &[Column]) -> Self {
        let counts = columns.iter().map(|column| column.count(tally));
        Self {
            key: group.key(),
            name: group.name(),
            verbs: group.verbs(),
            total: thousands(tally.values().sum()),
            cells: counts
                .map(|count| Cell {
                    count,
                    text: thousands(count),
                })
                .collect(),
            bar: pieces(tally),
        }
    }
}
