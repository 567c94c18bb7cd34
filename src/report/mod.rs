//! Reports: pure functions from a [`Run`](crate::evidence::Run) to bytes, one file or folder per format.
//!
//! - [`Format`] names the formats and says what each is for; names, help and lists of the command
//!   line come from it. [`render`] makes one.
//! - `html` is the page for people, `json` the versioned contract for programs ([`json_schema`]),
//!   `junit` is what build servers read, `markdown` fits a comment, `sarif` code scanning, `csv` a
//!   spreadsheet, `cucumber` whatever reads Cucumber Messages, `test_report` FHIR tools; `badge` is a picture.
//! - [`Comparison`] tells what changed between two runs. [`PartnerMatrix`] puts many systems side by side, with what
//!   became of each since last time.
//! - `case` pairs each planned scenario with its executions: the view that all formats share. `cause`
//!   groups findings by what most likely breaks them, `noise` is what does not matter for that, `outcome` has the words for what a requirement came
//!   to, `tally` counts them, `lead` is the conclusion in a sentence, `wording` makes text fit for display.

mod badge;
mod case;
mod cause;
mod comparison;
mod csv;
mod cucumber;
mod error;
mod format;
mod html;
mod json;
mod junit;
mod lead;
mod markdown;
mod noise;
mod notice;
mod outcome;
mod partners;
mod sarif;
mod tally;
mod test_report;
mod wording;
mod xml;

pub use comparison::{Change, ChangeKind, Comparison, ComparisonFormat, Side};
pub use error::Error;
pub use format::{Format, render};
pub use json::json_schema;
pub use partners::{
    Circumstances, Declared, DeclaredList, DeclaredOperation, EarlierMatrix, GonePartner,
    PartnerFormat, PartnerMatrix, PartnerRow, PartnerState, SuiteCell, Support, Tested, Trend,
    TrendKind, partners_json_schema,
};
