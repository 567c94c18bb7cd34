//! One line of `run.jsonl`.

use super::{
    Attestation, Body, Ending, Exchange, Finding, Identity, PackageNote, PlannedRequirement,
    PlannedScenario, StepRun, Transition, ValidationNote, Verdict,
};
use serde::{Deserialize, Serialize};

/// One line of the log. Unknown events and fields are ignored when read, so that a newer log can be
/// rendered as far as it is understood.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "kebab-case")]
pub enum Event {
    /// First line.
    RunStarted {
        /// Version of this format: 1.
        schema: u32,
        /// Who ran what.
        identity: Box<Identity>,
    },
    /// A requirement in scope.
    Requirement(Box<PlannedRequirement>),
    /// A selected scenario.
    Planned(Box<PlannedScenario>),
    /// A scenario begins; all its steps, none of them run yet.
    ScenarioStarted {
        /// Scenario id.
        scenario: String,
        /// 1 for the first attempt.
        attempt: u32,
        /// Its steps, not run yet.
        steps: Vec<StepRun>,
        /// Microseconds from the start of the run.
        at_us: u64,
    },
    /// A step has ended.
    Step {
        /// Scenario id.
        scenario: String,
        /// Attempt.
        attempt: u32,
        /// Index of the step.
        index: usize,
        /// The step as it ended.
        step: StepRun,
    },
    /// A body that was not stored before.
    Body(Body),
    /// A request was answered, or not.
    Exchange {
        /// Scenario id.
        scenario: String,
        /// Attempt.
        attempt: u32,
        /// The exchange.
        exchange: Box<Exchange>,
    },
    /// An assertion broke.
    Finding {
        /// Scenario id.
        scenario: String,
        /// Attempt.
        attempt: u32,
        /// The finding.
        finding: Finding,
    },
    /// A resource was seen with another status than before.
    Transition {
        /// Scenario id.
        scenario: String,
        /// Attempt.
        attempt: u32,
        /// What was seen.
        transition: Transition,
    },
    /// A scenario has ended.
    ScenarioFinished {
        /// Scenario id.
        scenario: String,
        /// Attempt.
        attempt: u32,
        /// What it came to.
        verdict: Verdict,
        /// Why, for skip, attest, error.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<String>,
        /// Microseconds it took.
        duration_us: u64,
    },
    /// The answers seen for an IG version were held against FHIR and the profiles they claim.
    Validated(Box<ValidationNote>),
    /// The definitions that were used to validate, once nothing more is validated.
    Definitions {
        /// By package and version.
        packages: Vec<PackageNote>,
    },
    /// A person has answered the question of a requirement; a later answer takes the place of an earlier one.
    Attested(Box<Attestation>),
    /// Last line of a run; answers of people may follow.
    RunFinished {
        /// How.
        ending: Ending,
        /// Microseconds from the start of the run.
        at_us: u64,
    },
    /// Something a newer version wrote.
    #[serde(other)]
    Unknown,
}
