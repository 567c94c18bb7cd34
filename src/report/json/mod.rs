//! The JSON report: a versioned contract with structs of its own, so that our internals may change
//! without breaking those who read it. `reports/json/report.schema.json` documents every property.
//!
//! - `report` is the whole, `requirement` and `scenario` are its two long lists.

mod report;
mod requirement;
mod scenario;

pub use report::json_schema;
pub(super) use report::render;
