//! Pure functions on FHIR JSON (`serde_json::Value`): no I/O, no state, never a panic on odd input.
//!
//! - [`bundle`] builds and reads Bundles, [`outcome`] OperationOutcomes, [`parameters`] Parameters.
//! - [`date`] and [`search`] hold the R4 search semantics: what a value stands for and what it matches.
//! - [`fold`] folds text for comparison, [`id`] knows the id grammar, [`Reference`] takes references apart.
//! - [`SearchParameter`] knows what the parameters of PDex and US Core look at, [`Criterion`] whether a resource is
//!   what a search asks for.
//! - [`xml`] writes and reads the part of FHIR's XML that notifications need.
//! - [`path`] walks resources: plain element paths, and JSONPath with the place of every hit.

pub mod bundle;
mod criterion;
pub mod date;
pub mod fold;
pub mod id;
pub mod outcome;
pub mod parameters;
pub mod path;
mod reference;
pub mod search;
mod search_parameter;
pub mod xml;

pub use criterion::Criterion;
pub use date::Span;
pub use path::Location;
pub use reference::Reference;
pub use search_parameter::{SearchParameter, SearchType};
