//! The page for people: one self-contained file that needs no network.
//!
//! Everything that must be readable without JavaScript is static; steps and exchanges come packed in
//! one compressed blob that the script unpacks when somebody looks.
//!
//! - `page` puts the parts together and fills the templates in `reports/html`.
//! - `overview` is the first screen with its `lead`, its `level_table`, a `suite_card` per suite and
//!   the `notice`s; `problem` is what is broken, `open_point` what could not be decided, `matrix` all
//!   requirements, `scenario` all scenarios, `about` what ran with which settings. `finding` is shared
//!   by problems and scenarios; `rule` adds what the validator found, with `places` of its exchanges.
//! - `evidence` packs every `attempt` with its steps and exchanges, and `bodies` once each; `curl` writes
//!   the command that repeats an exchange.
//! - `outcome` has the words and the order of what a requirement or scenario came to, `bar` draws
//!   proportions, `level_group` joins levels that bind alike, `wording` makes text fit for display.
//! - `policy` allows the page its own style and script, and nothing else.

mod about;
mod attempt;
mod bar;
mod bodies;
mod curl;
mod evidence;
mod finding;
mod lead;
mod level_group;
mod level_table;
mod matrix;
mod notice;
mod open_point;
mod outcome;
mod overview;
mod page;
mod places;
mod policy;
mod problem;
mod rule;
mod scenario;
mod suite_card;
mod wording;

pub(super) use page::render;
