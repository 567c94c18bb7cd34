//! Signed answers that a provider gives, and whether their signatures hold (CDex, Signatures).

use super::World;
use super::drive::{Arguments, Halt, Outcome};
use super::mismatch::{Mismatch, name_of};
use crate::config::Agreement;
use crate::signature::{self, Examined, Report, Step, Trust, Weight, verify};

super::book::steps! {
    /// Skips unless the configuration says that signatures have been agreed upon.
    r"^a provider that has agreed on signatures$" => agreed;
    /// The answers to the Questionnaire that the Task brought have a signature.
    r"^the answers are signed$" => signed;
    /// Every signature on the answers has the elements that the profile of the guide's version gives it.
    r"^the signatures on the answers have the form that the guide gives them$" => formed;
    /// Every signature on the answers was made as the guide says, and verifies.
    r"^the signatures on the answers hold$" => hold;
    /// Every signature on the answers keeps the rule that the scenario is about.
    r"^the signatures on the answers keep the rule: .+$" => keep_rule;
}

/// Steps of verifying that are about elements of the Signature.
const FORM: [&str; 7] = [
    "type",
    "when",
    "who",
    "who-identifier",
    "target-format",
    "sig-format",
    "data",
];

async fn agreed(world: &mut World, _: Arguments<'_>) -> Outcome {
    match world.target()?.signatures {
        Some(Agreement::Flagged | Agreement::Required) => Ok(()),
        Some(Agreement::Off) => Err(Halt::Inapplicable(
            "the provider has agreed with nobody on signatures".into(),
        )),
        None => Err(Halt::Skip(
            "it is not known whether signatures have been agreed upon: say off, flagged or required in \
             target.signatures"
                .into(),
        )),
    }
}

impl World {
    /// What verifying each of the answers came to; nobody's certificates count more than others'.
    async fn verified(&mut self) -> Result<Vec<(String, Report)>, Halt> {
        let edition = self.edition()?;
        let outputs = match self.outputs().await? {
            Ok(outputs) => outputs,
            Err(mismatch) => {
                return Err(Halt::Skip(format!(
                    "the answers cannot be had: {}",
                    mismatch.actual
                )));
            }
        };
        let answers = outputs
            .iter()
            .filter(|one| one["resourceType"] == "QuestionnaireResponse");
        let mut verified = Vec::new();
        for one in answers {
            let report = verify(one.to_string().as_bytes(), edition, &Trust::now(Vec::new()));
            let report = report
                .map_err(|error| Halt::Error(format!("the answers cannot be read: {error}")))?;
            verified.push((name_of(one), report));
        }
        match verified.is_empty() {
            true => Err(Halt::Skip(
                "no answers to a questionnaire were given".into(),
            )),
            false => Ok(verified),
        }
    }

    /// Judges the steps of verifying that are asked for; skips when nothing is signed.
    async fn judge_steps(&mut self, is_asked: impl Fn(&Step) -> bool) -> Outcome {
        let verified = self.verified().await?;
        let all = verified.iter().flat_map(|(name, report)| {
            let signatures = report.signatures.iter();
            signatures.map(move |signature| (name, signature))
        });
        let all: Vec<(&String, &Examined)> = all.collect();
        let mut mismatches = Vec::new();
        for (name, signature) in &all {
            let broken = signature.broken().filter(|step| is_asked(step));
            mismatches.extend(broken.map(|step| mismatch(name, signature, step)));
        }
        let steps = all.iter().flat_map(|(_, signature)| &signature.steps);
        let asked: Vec<&Step> = steps.filter(|step| is_asked(step)).collect();
        if mismatches.is_empty() {
            all_seen(&asked)?;
        }
        self.judge_each(mismatches)
    }
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

async fn signed(world: &mut World, _: Arguments<'_>) -> Outcome {
    let verified = world.verified().await?;
    let unsigned = verified
        .iter()
        .filter(|(_, report)| report.signatures.is_empty());
    let mismatches = unsigned.map(|(name, _)| {
        Mismatch::new("a signature, as the Task asks for one", "none")
            .at(format!("{name}, extension {}", signature::EXTENSION))
    });
    world.judge_each(mismatches.collect())
}

async fn formed(world: &mut World, _: Arguments<'_>) -> Outcome {
    world.judge_steps(|step| FORM.contains(&step.id)).await
}

async fn hold(world: &mut World, _: Arguments<'_>) -> Outcome {
    world.judge_steps(|step| step.weight == Weight::Must).await
}

async fn keep_rule(world: &mut World, _: Arguments<'_>) -> Outcome {
    let tested = world.tested();
    let is_asked = |step: &Step| tested.iter().any(|id| step.requirements.contains(&&**id));
    world.judge_steps(is_asked).await
}

#[cfg(test)]
mod tests {
    use super::{Halt, all_seen};
    use crate::signature::{Outcome, Step, Weight};

    #[test]
    fn what_was_not_judged_is_not_passed() {
        let step = |outcome| Step {
            id: "signature",
            clause: "",
            requirements: Vec::new(),
            weight: Weight::Must,
            outcome,
            told: String::new(),
            bytes: None,
        };
        let (held, open) = (step(Outcome::Holds), step(Outcome::NotJudged));
        assert!(all_seen(&[&held]).is_ok());
        assert!(matches!(all_seen(&[&held, &open]), Err(Halt::Skip(_))));
        assert!(matches!(all_seen(&[]), Err(Halt::Skip(_))));
    }
}
