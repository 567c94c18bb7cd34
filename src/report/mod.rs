//! Reports: pure functions from a [`Run`](crate::evidence::Run) to bytes, one file or folder per format.
//!
//! - [`Format`] names the formats and says what each is for; names, help and lists of the command
//!   line come from it. [`render`] makes one.
//! - `html` is the page for people, `json` the versioned contract for programs ([`json_schema`]),
//!   `junit` is what build servers read.
//! - `case` pairs each planned scenario with its executions: the view that all formats share.

mod case;
mod error;
mod format;
mod html;
mod json;
mod junit;
mod xml;

pub use error::Error;
pub use format::{Format, render};
pub use json::json_schema;
