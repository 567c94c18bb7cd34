//! What happened, as plain serialisable data.
//!
//! - [`Run`] and its parts ([`ScenarioRun`], [`StepRun`], [`Finding`], [`Exchange`]) are what a run leaves.
//! - [`Event`] is one line of `run.jsonl`, the append-only log; [`log`] writes it and folds it back into a [`Run`].
//! - [`Redactor`] removes secrets and personal data when an exchange is captured, before anything is written.
//! - [`Recorder`] is the handle steps and client hold: redact, store bodies once, append to the log.
//! - [`BrokenRule`] is what the validator adds to a finding; [`ValidationNote`] sums up what was validated,
//!   [`PackageNote`] says with which definitions.
//! - [`Transition`] is one point of the time line of a resource that moves from status to status.
//! - [`Attestation`] is what a person has answered where nothing on the wire could show it.
//! - [`merge`] puts the runs of parts together to that of the whole.
//! - [`Secret`] is a credential that cannot be printed by accident.
//! - [`Summary`] derives verdicts per requirement, the conclusion per suite, and what excuses cover.

mod attestation;
mod body;
mod event;
mod exchange;
mod finding;
mod level;
pub mod log;
mod merge;
mod recorder;
mod redactor;
mod run;
mod scenario;
mod secret;
mod summary;
mod transition;
mod validation;
mod verdict;

pub use attestation::{Attachment, Attestation};
pub use body::{Body, BodyRef};
pub use event::Event;
pub use exchange::{
    Captured, CapturedRequest, CapturedResponse, Exchange, RecordedRequest, RecordedResponse,
};
pub use finding::{BrokenRule, Example, Finding, Snippet};
pub use level::Level;
pub use merge::{MergeError, merge};
pub use recorder::Recorder;
pub use redactor::Redactor;
pub use run::{
    Coverage, Ending, Excuse, FaultNote, Identity, IgNote, PlannedRequirement, PlannedScenario,
    Run, SuiteNote,
};
pub use scenario::{ScenarioRun, StepRun, StepStatus};
pub use secret::Secret;
pub use summary::{Conclusion, Counts, RequirementResult, SuiteResult, Summary};
pub use transition::Transition;
pub use validation::{PackageNote, ValidationNote};
pub use verdict::Verdict;
