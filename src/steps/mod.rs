//! The Gherkin vocabulary: one file per domain noun, and the [`World`] a scenario lives in.
//!
//! - [`Book`] holds every step definition; `check`, `list steps` and the runner read it.
//! - [`World`] is what one scenario knows; [`Context`] is what all scenarios of a run share.
//! - `drive` wraps every step: timing, evidence, time-out, interruption, verdict.
//! - [`Mismatch`] is a broken assertion before it becomes findings; `expect` holds the assertions
//!   that several nouns share.
//! - [`Memory`] is what a run has learnt and need not ask again; `harvest` reads a member's records of one
//!   kind, `flavour` which versions of US Core the payer serves.
//! - [`Judge`] holds records against profiles; `instance` finds the records that are instances of one,
//!   `content` by what they hold.
//! - The nouns: `capability` (what the payer declares), `absence` (what is not there), `completeness` (what must be supported),
//!   `conformity` (records and profiles), `consent`, `mapping` (which kind holds to which profile), `match_request`, `matched`, `member`,
//!   `member_match`, `record` (reads of a member's data), `refusal` (error answers), `search`.

mod absence;
mod book;
mod capability;
mod completeness;
mod conformity;
mod consent;
mod content;
mod context;
mod declaration;
mod declared;
mod drive;
mod expect;
mod flavour;
mod harvest;
mod including;
mod inquiry;
mod instance;
mod interface;
mod judge;
mod mapped_content;
mod mapping;
mod match_request;
mod matched;
mod member;
mod member_match;
mod memory;
mod mismatch;
mod reading;
mod record;
mod refusal;
mod search;
mod searching;
mod support;
mod world;
mod writing;

pub use book::{Binding, Book, Definition};
pub use context::{Context, ScenarioNote, Target};
pub use drive::StepFailed;
pub use judge::Judge;
pub use match_request::{MatchRequest, Party};
pub use memory::Memory;
pub use mismatch::Mismatch;
pub use world::World;
