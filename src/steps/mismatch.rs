//! A broken assertion, before it is known which requirements it breaks.

use super::World;
use super::drive::Outcome;
use serde_json::Value;

/// What was expected and what came instead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mismatch {
    /// What the clause asks for, in words.
    pub expected: String,
    /// What came.
    pub actual: String,
    /// Where: a location in the body, or a header.
    pub location: Option<String>,
    /// What to look at.
    pub hint: Option<String>,
    /// Why it is only a warning although the level is mandatory.
    pub doubt: Option<String>,
}

impl Mismatch {
    /// A mismatch with nothing but the two sides.
    pub fn new(expected: impl Into<String>, actual: impl Into<String>) -> Self {
        Self {
            expected: expected.into(),
            actual: actual.into(),
            location: None,
            hint: None,
            doubt: None,
        }
    }

    /// Says where it is.
    #[must_use]
    pub fn at(mut self, location: impl Into<String>) -> Self {
        self.location = Some(location.into());
        self
    }

    /// Says what to look at.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// Makes it a warning, and says why.
    #[must_use]
    pub fn doubtful(mut self, why: impl Into<String>) -> Self {
        self.doubt = Some(why.into());
        self
    }
}

/// Findings of one step at most; more say nothing new.
const MOST: usize = 25;

impl World {
    /// Judges every one of these broken assertions, so that the whole extent is told, before the first
    /// mandatory one ends the scenario.
    pub(super) fn judge_each(&mut self, mismatches: Vec<Mismatch>) -> Outcome {
        if mismatches.len() > MOST {
            self.note(format!(
                "{} findings, the first {MOST} of them told",
                mismatches.len()
            ));
        }
        let mut outcome = Ok(());
        for mismatch in mismatches.into_iter().take(MOST) {
            // All of them are worth knowing, so the first does not end it.
            outcome = outcome.and(self.judge(Err(mismatch)));
        }
        outcome
    }
}

/// How a record is called in findings: `Type/id`.
pub(super) fn name_of(record: &Value) -> String {
    let text = |name: &str| record[name].as_str().unwrap_or("?");
    format!("{}/{}", text("resourceType"), text("id"))
}
