//! What must hold: IGs, versions, requirements, features and suites, read, cross-checked, selected.
//!
//! - [`Catalog`] reads `scenarios/<ig>/<version>/` and `features/`; a version ([`Ig`]) is the rows
//!   of its base, minus what was dropped, plus its own.
//! - [`Requirement`], [`Suite`], [`Feature`] and [`Scenario`] are its parts; [`Role`] says which
//!   side the system under test plays.
//! - [`Selection`] is what a user asks for; [`Catalog::select`] makes a [`Plan`] of it.
//! - [`check`] refuses every [`Problem`] of the data files, with step definitions and faults
//!   handed over by the caller; each kind of mistake has a [`Code`].
//! - [`coverage`] counts how the requirements of a version are covered.

#[expect(
    clippy::module_inception,
    reason = "a file is named after its main type"
)]
mod catalog;
pub mod check;
mod code;
pub mod coverage;
mod feature;
mod folder;
mod ig;
mod inheritance;
mod manifest;
mod plan;
mod problem;
mod requirement;
mod role;
mod scenario;
mod select;
mod selection;
mod suggestion;
mod suite;
mod syntax;
mod table;
mod tag;
mod unbreakable;
mod version;

pub use catalog::{Catalog, Fault};
pub use code::Code;
pub use feature::Feature;
pub use ig::Ig;
pub use plan::Plan;
pub use problem::{Problem, Problems};
pub use requirement::{Declared, Requirement};
pub use role::{Role, UnknownRole};
pub use scenario::{GUARDED, SIGNING, Scenario, Written};
pub use selection::{SelectError, Selection, Side};
pub use suite::{Deed, Suite};
pub use unbreakable::Unbreakable;
pub use version::{IgVersion, Version, VersionError};
