//! The Gherkin vocabulary: one file per domain noun, and the [`World`] a scenario lives in.
//!
//! - [`Book`] holds every step definition; `check`, `list steps` and the runner read it.
//! - [`World`] is what one scenario knows; [`Context`] is what all scenarios of a run share.
//! - `drive` wraps every step: timing, evidence, time-out, interruption, verdict.
//! - [`Mismatch`] is a broken assertion before it becomes findings; `expect` holds the assertions
//!   that several nouns share.
//! - [`Observations`] keeps what the target answered, `validation` holds it against FHIR and profiles,
//!   `nested` finds the resources in it, `snippet` shows the lines in question.
//! - `job` starts, follows and calls off the target's asynchronous jobs, and `deadline` lets steps wait for them.
//! - The nouns: `answers` (all of them, in closing scenarios), `capability` (what the payer declares), `consent`, `match_request`, `matched`, `member`,
//!   `member_match`, `record` (reads of a member's data), `refusal` (error answers), `search`.

mod answers;
mod book;
mod bulk_match;
mod bulk_outcome;
mod bulk_request;
mod capability;
mod consent;
mod context;
mod deadline;
mod declared;
mod drive;
mod expect;
mod export;
mod job;
mod match_request;
mod matched;
mod matched_group;
mod member;
mod member_match;
mod mismatch;
mod nested;
mod observations;
mod record;
mod refusal;
mod search;
mod snippet;
mod sorted;
mod status;
mod validation;
mod world;

pub use book::{Binding, Book, Definition};
pub use context::{Context, ScenarioNote, Target};
pub use drive::StepFailed;
pub use job::OpenJobs;
pub use match_request::{MatchRequest, Party};
pub use mismatch::Mismatch;
pub use observations::{Observations, Place};
pub use world::World;
