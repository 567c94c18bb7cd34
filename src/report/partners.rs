//! Many systems side by side: who supports what, and who got worse since last time.
//!
//! - [`PartnerMatrix`] is the whole, [`PartnerRow`] one of them. [`Tested`] is what its run came to, suite by suite,
//!   [`Declared`] what the partner says of itself.
//! - [`Trend`] is what became of it since the last time; [`EarlierMatrix`] is what the matrix of then said.
//! - `html`, `markdown` and `json` show it.

mod declared;
mod earlier;
mod html;
mod json;
mod markdown;
mod tested;
mod trend;
mod wording;

pub use declared::{Declared, DeclaredList, DeclaredOperation};
pub use earlier::EarlierMatrix;
pub use json::partners_json_schema;
pub use tested::{SuiteCell, Support, Tested};
pub use trend::{Trend, TrendKind};

use super::Error;
use crate::data::Data;
use std::collections::BTreeSet;

/// How to show the matrix.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PartnerFormat {
    /// One page for people.
    Html,
    /// For a comment.
    Markdown,
    /// For programs.
    Json,
}

/// Whether a partner could be tested.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum PartnerState {
    /// There is a run.
    Tested,
    /// It gave no answer at all.
    Unreachable,
    /// It answered, and let us in nowhere: no token was to be had.
    NoAccess,
    /// Its settings cannot be used.
    Misconfigured,
    /// Something went wrong on our side.
    Failed,
    /// The user stopped it.
    NotTried,
}

impl PartnerState {
    /// Name in the JSON form.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Tested => "tested",
            Self::Unreachable => "unreachable",
            Self::NoAccess => "no-access",
            Self::Misconfigured => "misconfigured",
            Self::Failed => "failed",
            Self::NotTried => "not-tried",
        }
    }

    /// Words for people.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::Tested => "tested",
            Self::Unreachable => "could not be reached",
            Self::NoAccess => "gave no access",
            Self::Misconfigured => "cannot be tested with its settings",
            Self::Failed => "failed on our side",
            Self::NotTried => "was not tried",
        }
    }
}

/// One partner.
#[derive(Clone, Debug)]
pub struct PartnerRow {
    /// Name of its folder.
    pub name: String,
    /// What people call it; anything may stand in it.
    pub title: String,
    /// Base URL, when that is known.
    pub url: Option<String>,
    /// Whether it could be tested.
    pub state: PartnerState,
    /// Why not; or what else its owner must know, such as an excuse that has expired.
    pub reason: Option<String>,
    /// What this run came to, if there is one.
    pub tested: Option<Tested>,
    /// What became of it.
    pub trend: Trend,
    /// Report of its last run, relative to the matrix.
    pub report: Option<String>,
    /// That run compared with the one before, relative to the matrix.
    pub comparison: Option<String>,
}

/// A partner of last time that is not in the file any more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GonePartner {
    /// Name of its folder.
    pub name: String,
    /// What people called it.
    pub title: String,
    /// Report of its last run, relative to the matrix, when it is still there.
    pub report: Option<String>,
}

/// How the partners were tested.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Circumstances {
    /// Version of the tool.
    pub version: String,
    /// Start, RFC 3339, UTC.
    pub started: String,
    /// Partners at a time.
    pub parallel: usize,
    /// Requests at a time that each host got at most.
    pub concurrent: usize,
    /// Milliseconds between the beginnings of two requests to a host, if there is a bound.
    pub interval_ms: Option<u64>,
    /// Whether a warning counts as a failure.
    pub strict: bool,
}

/// Many systems side by side.
#[derive(Clone, Debug)]
pub struct PartnerMatrix {
    /// How they were tested.
    pub made: Circumstances,
    /// When the partners were tested that they are compared with, RFC 3339; none when there is nothing to compare with.
    pub since: Option<String>,
    /// The partners, in the order of the file.
    pub partners: Vec<PartnerRow>,
    /// Those of last time that are not among them.
    pub gone: Vec<GonePartner>,
}

/// A column: a suite of one version of a guide.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Column {
    ig: String,
    place: usize,
    id: String,
    title: String,
}

impl PartnerMatrix {
    /// The partners of which this became, in the order of the file.
    pub fn of_kind(&self, kind: TrendKind) -> impl Iterator<Item = &PartnerRow> {
        let rows = self.partners.iter();
        rows.filter(move |row| row.trend.kind == kind)
    }

    /// Shows it. The same matrix always gives the same bytes.
    ///
    /// # Errors
    /// When a template is missing or wrong.
    pub fn render(&self, format: PartnerFormat, templates: &Data) -> Result<Vec<u8>, Error> {
        match format {
            PartnerFormat::Html => html::render(self, templates),
            PartnerFormat::Markdown => Ok(markdown::render(self)),
            PartnerFormat::Json => json::render(self),
        }
    }

    /// Every suite that anybody was tested for: by guide and version, then in the order of the catalogue.
    fn columns(&self) -> Vec<Column> {
        let suites = self.partners.iter().filter_map(|row| row.tested.as_ref());
        let cells = suites.flat_map(|tested| tested.suites.iter().enumerate());
        let columns: BTreeSet<Column> = cells
            .map(|(place, cell)| Column {
                ig: cell.ig.clone(),
                place,
                id: cell.id.clone(),
                title: cell.title.clone(),
            })
            .collect();
        // Those who were tested for less have the same suite at another place.
        let mut seen = BTreeSet::new();
        let fresh = |column: &Column| seen.insert((column.ig.clone(), column.id.clone()));
        columns.into_iter().filter(fresh).collect()
    }
}
