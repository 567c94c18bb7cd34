//! What verifying came to: steps in order, each with what was looked at.

use super::edition::Edition;
use super::near_miss::NearMiss;
use super::rule::{Rule, Weight};
use serde::Serialize;
use sha2::{Digest as _, Sha256};

/// What came of a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// The rule holds.
    Holds,
    /// It is broken.
    Broken,
    /// It could not be judged.
    NotJudged,
}

/// Bytes that a step is about: enough to compare with what the other side has.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Bytes {
    /// How many.
    pub length: usize,
    /// SHA-256 over them, in hexadecimal digits.
    pub sha256: String,
    /// How they begin and end: at most 160 characters.
    pub excerpt: String,
}

impl Bytes {
    pub(super) fn of(bytes: &[u8]) -> Self {
        let is_text = std::str::from_utf8(bytes).is_ok();
        let shown = |bytes: &[u8]| match is_text {
            true => String::from_utf8_lossy(bytes).into_owned(),
            false => hex(&bytes[..bytes.len().min(40)]),
        };
        let excerpt = if bytes.len() <= 160 {
            shown(bytes)
        } else {
            format!(
                "{} … {}",
                shown(&bytes[..100]),
                shown(&bytes[bytes.len() - 50..])
            )
        };
        Self {
            length: bytes.len(),
            sha256: hex(&Sha256::digest(bytes)),
            excerpt,
        }
    }
}

/// Hexadecimal digits.
pub(super) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// One thing that was looked at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Step {
    /// The name of the rule, for programs.
    pub id: &'static str,
    /// Where the rule stands.
    pub clause: &'static str,
    /// The requirements it decides.
    pub requirements: Vec<&'static str>,
    /// How much hangs on it.
    pub weight: Weight,
    /// What came of it.
    pub outcome: Outcome,
    /// What was found; when it is broken also what was expected.
    pub told: String,
    /// The bytes it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bytes: Option<Bytes>,
}

/// What a signature is worth.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// Everything that must hold holds.
    Valid,
    /// Something that must hold could not be judged.
    Undecided,
    /// Something that must hold is broken.
    Invalid,
}

/// One signature.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Examined {
    /// FHIRPath of what is signed.
    pub place: String,
    /// Whose certificate it came with.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub certificate: Option<String>,
    /// What was looked at, in order.
    pub steps: Vec<Step>,
    /// What would verify instead, when the signature does not.
    pub near_misses: Vec<NearMiss>,
}

impl Examined {
    /// What it is worth.
    #[must_use]
    pub fn verdict(&self) -> Verdict {
        let musts = || self.steps.iter().filter(|step| step.weight == Weight::Must);
        if musts().any(|step| step.outcome == Outcome::Broken) {
            Verdict::Invalid
        } else if musts().any(|step| step.outcome == Outcome::NotJudged) || self.steps.is_empty() {
            Verdict::Undecided
        } else {
            Verdict::Valid
        }
    }

    /// The steps that are broken, must or should.
    pub fn broken(&self) -> impl Iterator<Item = &Step> {
        self.steps
            .iter()
            .filter(|step| step.outcome == Outcome::Broken)
    }

    /// The step of this name.
    #[must_use]
    pub fn step(&self, id: &str) -> Option<&Step> {
        self.steps.iter().find(|step| step.id == id)
    }
}

/// What verifying a document came to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Report {
    /// The version of CDex whose rules were used.
    #[serde(serialize_with = "shown")]
    pub edition: Edition,
    /// The type of the resource.
    pub resource: String,
    /// Its signatures, in order; none when it has none.
    pub signatures: Vec<Examined>,
}

fn shown<S: serde::Serializer>(edition: &Edition, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(edition)
}

impl Report {
    /// What the signatures are worth together; a document without any is invalid.
    #[must_use]
    pub fn verdict(&self) -> Verdict {
        let verdicts = self.signatures.iter().map(Examined::verdict);
        verdicts.max().unwrap_or(Verdict::Invalid)
    }

    /// What came of a requirement, over all signatures: broken when any step on it is, and judged when any is.
    /// Weights play no part: the level of a requirement is the catalogue's.
    #[must_use]
    pub fn outcome_of(&self, requirement: &str) -> Outcome {
        let steps = self
            .signatures
            .iter()
            .flat_map(|signature| &signature.steps);
        let mut outcome = Outcome::NotJudged;
        for step in steps.filter(|step| step.requirements.contains(&requirement)) {
            match step.outcome {
                Outcome::Broken => return Outcome::Broken,
                Outcome::Holds => outcome = Outcome::Holds,
                Outcome::NotJudged => {}
            }
        }
        outcome
    }
}

/// Steps as they are taken.
pub(super) struct Steps {
    edition: Edition,
    /// Whether a certificate's faults make a signature invalid.
    pub(super) is_strict: bool,
    pub(super) taken: Vec<Step>,
}

impl Steps {
    pub(super) const fn new(edition: Edition, is_strict: bool) -> Self {
        Self {
            edition,
            is_strict,
            taken: Vec::new(),
        }
    }

    /// A step, when the version has the rule: `Ok` when it holds.
    pub(super) fn add(&mut self, rule: Rule, result: Result<String, String>) -> bool {
        let outcome = match result {
            Ok(_) => Outcome::Holds,
            Err(_) => Outcome::Broken,
        };
        let (Ok(told) | Err(told)) = result;
        self.push(rule, rule.weight, outcome, told);
        outcome == Outcome::Holds
    }

    /// A step on a certificate: it counts fully when somebody to trust was named.
    pub(super) fn add_trust(&mut self, rule: Rule, result: Result<String, String>) {
        let outcome = match result {
            Ok(_) => Outcome::Holds,
            Err(_) => Outcome::Broken,
        };
        let (Ok(told) | Err(told)) = result;
        let weight = if self.is_strict {
            Weight::Must
        } else {
            rule.weight
        };
        self.push(rule, weight, outcome, told);
    }

    /// A step that could not be judged.
    pub(super) fn skip(&mut self, rule: Rule, why: impl Into<String>) {
        self.push(rule, rule.weight, Outcome::NotJudged, why.into());
    }

    /// What the last step is about.
    pub(super) fn about(&mut self, bytes: &[u8]) {
        if let Some(step) = self.taken.last_mut() {
            step.bytes = Some(Bytes::of(bytes));
        }
    }

    /// One more requirement that the last step decides.
    pub(super) fn also(&mut self, requirement: &'static str) {
        if let Some(step) = self.taken.last_mut() {
            step.requirements.push(requirement);
        }
    }

    fn push(&mut self, rule: Rule, weight: Weight, outcome: Outcome, told: String) {
        if let Some(requirements) = rule.requirements(self.edition) {
            self.taken.push(Step {
                id: rule.id,
                clause: rule.clause,
                requirements: requirements.to_vec(),
                weight,
                outcome,
                told: told.chars().take(600).collect(),
                bytes: None,
            });
        }
    }
}
