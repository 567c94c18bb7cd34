//! The Gherkin vocabulary: one file per domain noun, and the [`World`] a scenario lives in.
//!
//! - [`Book`] holds every step definition; `check`, `list steps` and the runner read it.
//! - [`World`] is what one scenario knows; [`Context`] is what all scenarios of a run share.
//! - `drive` wraps every step: timing, evidence, time-out, interruption, verdict.
//! - [`Mismatch`] is a broken assertion before it becomes findings; `expect` holds the assertions
//!   that several nouns share.
//! - [`Memory`] is what a run has learnt and need not ask again; `harvest` reads a member's records of one
//!   kind, `pages` a search to its end, `flavour` which versions of US Core the payer serves.
//! - `inquiry` chooses what records are searched by, from the records themselves.
//! - The nouns: `capability`, `declaration` and `declared` (what the payer declares, line by line, and whether it
//!   is true), `consent`, `including` (what comes along with results), `interface` (what holds whatever is asked),
//!   `match_request`, `matched`, `member`, `member_match`, `reading` (records, versions, histories), `record` (what
//!   records say), `refusal` (error answers), `search`, `searching` (by one detail or several), `versioning`,
//!   `writing`.

mod book;
mod capability;
mod consent;
mod context;
mod declaration;
mod declared;
mod drive;
mod expect;
mod flavour;
mod harvest;
mod including;
mod inquiry;
mod interface;
mod match_request;
mod matched;
mod member;
mod member_match;
mod memory;
mod mismatch;
mod pages;
mod reading;
mod record;
mod refusal;
mod search;
mod searching;
mod versioning;
mod world;
mod writing;

pub use book::{Binding, Book, Definition};
pub use context::{Context, ScenarioNote, Target};
pub use drive::StepFailed;
pub use match_request::{MatchRequest, Party};
pub use memory::Memory;
pub use mismatch::Mismatch;
pub use world::World;
