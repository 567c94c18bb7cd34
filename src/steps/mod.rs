//! The Gherkin vocabulary: one file per domain noun, and the [`World`] a scenario lives in.
//!
//! - [`Book`] holds every step definition; `check`, `list steps` and the runner read it.
//! - [`World`] is what one scenario knows; [`Context`] is what all scenarios of a run share.
//! - `drive` wraps every step: timing, evidence, time-out, interruption, verdict.
//! - [`Mismatch`] is a broken assertion before it becomes findings; `expect` holds the assertions
//!   that several nouns share.
//! - [`Memory`] is what a run has learnt and need not ask again; `harvest` reads a member's records of one
//!   kind, `flavour` which versions of US Core the payer serves.
//! - The nouns: `capability` (what the payer declares), `consent`, `match_request`, `matched`, `member`,
//!   `member_match`, `record` (reads of a member's data), `refusal` (error answers), `search`.

mod authorization;
mod authorization_code;
mod book;
mod capability;
mod claim;
mod claim_part;
mod consent;
mod context;
mod declared;
mod discovery;
mod document;
mod drive;
mod everything;
mod everything_part;
mod expect;
mod flavour;
mod harvest;
mod match_request;
mod matched;
mod member;
mod member_match;
mod memory;
mod mismatch;
mod opt_out;
mod price;
mod prior_authorization;
mod provenance;
mod received;
mod record;
mod refusal;
mod retrieval;
mod search;
mod summary;
mod told;
mod world;

pub use book::{Binding, Book, Definition};
pub use context::{Context, ScenarioNote, Target};
pub use drive::StepFailed;
pub use match_request::{MatchRequest, Party};
pub use memory::Memory;
pub use mismatch::Mismatch;
pub use world::World;
