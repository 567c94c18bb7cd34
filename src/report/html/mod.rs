//! The page for people: one self-contained file that needs no network.
//!
//! Everything that must be readable without JavaScript is static; steps and exchanges come packed in
//! one compressed blob that the script unpacks when somebody looks.
//!
//! - `page` puts the parts together and fills the templates in `reports/html`.
//! - `overview` is the first screen with its `level_table`, a `suite_card` per suite and
//!   the notices; `cause` is what is broken, with a `diff` of what was expected and what came, `open_point` what could not be decided,
//!   `coverage` how far the run reaches into each page of the guides, `matrix` all
//!   requirements, `must_support` those of profiles as squares, `scenario` all scenarios with the time lines (`course`) of what moved in them, `about` what ran with which settings. `finding` is shared
//!   by causes and scenarios; `rule` adds what the validator found, with `places` of its exchanges.
//! - `evidence` packs every `attempt` with its steps and exchanges, and `bodies` once each; `curl` writes
//!   the command that repeats an exchange.
//! - `bar` draws proportions, `level_group` joins levels that bind alike.
//! - `policy` allows the page its own style and script, and nothing else.

mod about;
mod attempt;
mod bar;
mod bodies;
mod cause;
mod course;
mod coverage;
mod curl;
mod diff;
mod evidence;
mod finding;
mod level_group;
mod level_table;
mod matrix;
mod must_support;
mod open_point;
mod overview;
mod page;
mod places;
mod policy;
mod rule;
mod scenario;
mod suite_card;

pub(super) use bar::{Piece, pieces};
pub(super) use page::{asset, engine, fill, render, style};
pub(super) use policy::policy;
