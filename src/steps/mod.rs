//! The Gherkin vocabulary: one file per domain noun, and the [`World`] a scenario lives in.
//!
//! - [`Book`] holds every step definition; `check`, `list steps` and the runner read it.
//! - [`World`] is what one scenario knows; [`Context`] is what all scenarios of a run share.
//! - `drive` wraps every step: timing, evidence, time-out, interruption, verdict.
//! - [`Mismatch`] is a broken assertion before it becomes findings; `expect` holds the assertions
//!   that several nouns share.
//! - [`Observations`] keeps what the target answered, `validation` holds it against FHIR and profiles,
//!   `nested` finds the resources in it, `snippet` shows the lines in question.
//! - [`Memory`] is what a run has learnt and need not ask again; `harvest` reads a member's records of one
//!   kind, `flavour` which versions of US Core the payer serves.
//! - `job` starts, follows and calls off the target's asynchronous jobs, and `deadline` lets steps wait for them.
//! - `cohort` chooses whose data is exported, `export_request` asks for it, `fetch` reads the files of a job one by
//!   one ([`FileSeen`]) into an [`Export`]; `exported_file`, `payload`, `age` and `authorization` judge what it holds.
//! - The nouns: `answers` (all of them, in closing scenarios), `capability` (what the payer declares), `consent`, `match_request`, `matched`, `member`,
//!   `member_match`, `record` (reads of a member's data), `refusal` (error answers), `search`.

mod age;
mod answers;
mod authorization;
mod book;
mod bulk_match;
mod bulk_outcome;
mod bulk_request;
mod capability;
mod cohort;
mod consent;
mod context;
mod deadline;
mod declared;
mod drive;
mod expect;
mod export;
mod export_request;
mod exported_file;
mod fetch;
mod file;
mod fingerprints;
mod flavour;
mod group;
mod harvest;
mod job;
mod match_request;
mod matched;
mod matched_group;
mod member;
mod member_match;
mod memory;
mod mismatch;
mod nested;
mod observations;
mod payload;
mod record;
mod refusal;
mod search;
mod single_export;
mod snippet;
mod sorted;
mod status;
mod validation;
mod world;

pub use book::{Binding, Book, Definition};
pub use context::{Context, ScenarioNote, Target};
pub use drive::StepFailed;
pub use export::Export;
pub use file::{FileSeen, Trouble, TroubleKind};
pub use job::OpenJobs;
pub use match_request::{MatchRequest, Party};
pub use memory::Memory;
pub use mismatch::Mismatch;
pub use observations::{Observations, Place};
pub use world::World;
