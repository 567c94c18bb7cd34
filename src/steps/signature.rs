//! Signatures on what a provider gives, and whether they hold (CDex, Signatures).

use super::World;
use super::drive::{Arguments, Halt, Outcome};
use super::mismatch::Mismatch;
use crate::config::Agreement;
use crate::signature::{self, Examined, Report, Step, Trust, verify};
use serde_json::Value;
use time::{OffsetDateTime, Time};

super::book::steps! {
    /// Skips unless the configuration says that signatures have been agreed upon.
    r"^a provider that has agreed on signatures$" => agreed;
    /// Skips unless the configuration says that everything has to be signed.
    r"^a provider that has agreed to sign everything$" => signs_everything;
}

/// What a receiver looks at in certificates: the guide recommends it, and does not demand it.
const OF_CERTIFICATES: &str = "CDEX-VER-009";

/// The steps of verifying that are about elements of the Signature.
const FORM: [&str; 7] = [
    "type",
    "when",
    "who",
    "who-identifier",
    "target-format",
    "sig-format",
    "data",
];

/// Signatures, each with the name of what it is on.
pub(super) type Verified = Vec<(String, Examined)>;

/// Whether a step is about an element of the Signature.
pub(super) fn is_of_form(step: &Step) -> bool {
    FORM.contains(&step.id)
}

/// Whether a signature does not hold when this is broken; who vouches for the signer is another question.
pub(super) fn is_decisive(step: &Step) -> bool {
    step.weight == signature::Weight::Must && !step.requirements.contains(&OF_CERTIFICATES)
}

async fn agreed(world: &mut World, _: Arguments<'_>) -> Outcome {
    match agreement(world)? {
        Agreement::Flagged | Agreement::Required => Ok(()),
        Agreement::Off => Err(Halt::Inapplicable(
            "the provider has agreed with nobody on signatures".into(),
        )),
    }
}

async fn signs_everything(world: &mut World, _: Arguments<'_>) -> Outcome {
    match agreement(world)? {
        Agreement::Required => Ok(()),
        Agreement::Flagged | Agreement::Off => Err(Halt::Inapplicable(
            "it has not been agreed on that everything is signed".into(),
        )),
    }
}

fn agreement(world: &World) -> Result<Agreement, Halt> {
    world.target()?.signatures.ok_or_else(|| {
        Halt::Skip(
            "it is not known whether signatures have been agreed upon: say off, flagged or required in \
             target.signatures"
                .into(),
        )
    })
}

impl World {
    /// What verifying a resource comes to, on the day of the run.
    pub(super) fn examined(&self, resource: &Value) -> Result<Report, Halt> {
        let anchors = self.target()?.signers.to_vec();
        let (now, today) = (OffsetDateTime::now_utc(), self.context()?.today);
        // A run that is judged again is judged as of the end of its day.
        let at = match today == now.date() {
            true => now,
            false => {
                (today.with_time(Time::MIDNIGHT).assume_utc()).saturating_add(time::Duration::DAY)
            }
        };
        let trust = Trust { anchors, at };
        let report = verify(resource.to_string().as_bytes(), self.edition()?, &trust);
        report.map_err(|error| Halt::Error(format!("what is signed cannot be read: {error}")))
    }

    /// Judges the steps of verifying that are asked for; skips when nothing is signed.
    pub(super) fn judge_steps(
        &mut self,
        verified: &Verified,
        is_asked: impl Fn(&Step) -> bool,
    ) -> Outcome {
        self.judge_steps_of(verified, |_, step| is_asked(step))
    }

    /// The same where it depends on the signature, too, which steps are asked for.
    fn judge_steps_of(
        &mut self,
        verified: &Verified,
        is_asked: impl Fn(&Examined, &Step) -> bool,
    ) -> Outcome {
        let mut mismatches = Vec::new();
        for (name, signature) in verified {
            let broken = signature.broken().filter(|step| is_asked(signature, step));
            mismatches.extend(broken.map(|step| mismatch(name, signature, step)));
        }
        let steps = verified
            .iter()
            .flat_map(|(_, signature)| signature.steps.iter().map(move |step| (signature, step)));
        let asked = steps.filter(|(signature, step)| is_asked(signature, step));
        let asked: Vec<&Step> = asked.map(|(_, step)| step).collect();
        if mismatches.is_empty() {
            all_seen(&asked)?;
        }
        self.judge_each(mismatches)
    }

    /// The same for the steps that decide what the scenario tests.
    pub(super) fn judge_rule_of_signatures(&mut self, verified: &Verified) -> Outcome {
        let tested = self.tested();
        self.judge_steps_of(verified, |signature, step| {
            tested.iter().any(|id| decides(signature, step, id))
        })
    }
}

/// Whether a step of verifying decides a requirement. A signature that does not verify breaks all that it rests on,
/// unless it is known what it would verify with: then it breaks what that breaks, and keeps the rest.
fn decides(signature: &Examined, step: &Step, id: &str) -> bool {
    let near = &signature.near_misses;
    step.requirements.contains(&id)
        && (step.id != "signature"
            || near.is_empty()
            || near.iter().any(|one| one.requirements.contains(&id)))
}

/// What could not be judged is not passed.
fn all_seen(steps: &[&Step]) -> Outcome {
    if steps.is_empty() {
        return Err(Halt::Skip("no signature is there to be judged".into()));
    }
    match steps
        .iter()
        .find(|step| step.outcome == signature::Outcome::NotJudged)
    {
        Some(open) => Err(Halt::Skip(format!(
            "{} could not be judged: {}",
            open.id, open.told
        ))),
        None => Ok(()),
    }
}

fn mismatch(name: &str, signature: &Examined, step: &Step) -> Mismatch {
    let expected = format!("as {} says: {}", step.clause, step.id);
    let mismatch = Mismatch::new(expected, &*step.told).at(format!("{name}, {}", signature.place));
    let near: Vec<&str> = signature
        .near_misses
        .iter()
        .flat_map(|near| near.verifies_if.iter().copied())
        .collect();
    match near.is_empty() {
        true => mismatch,
        false => mismatch.hint(format!("it would verify so: {}", near.join("; "))),
    }
}

#[cfg(test)]
mod tests {
    use super::{Halt, all_seen, is_decisive};
    use crate::signature::{Outcome, Step, Weight};

    fn step(outcome: Outcome, requirements: Vec<&'static str>) -> Step {
        Step {
            id: "signature",
            clause: "",
            requirements,
            weight: Weight::Must,
            outcome,
            told: String::new(),
            bytes: None,
        }
    }

    #[test]
    fn what_was_not_judged_is_not_passed() {
        let held = step(Outcome::Holds, Vec::new());
        let open = step(Outcome::NotJudged, Vec::new());
        assert!(all_seen(&[&held]).is_ok());
        assert!(matches!(all_seen(&[&held, &open]), Err(Halt::Skip(_))));
        assert!(matches!(all_seen(&[]), Err(Halt::Skip(_))));
    }

    #[test]
    fn who_vouches_for_a_signer_does_not_decide_whether_a_signature_holds() {
        assert!(is_decisive(&step(Outcome::Broken, vec!["CDEX-SIG-008"])));
        assert!(!is_decisive(&step(
            Outcome::Broken,
            vec!["CDEX-SIG-033", "CDEX-VER-009"]
        )));
    }
}
