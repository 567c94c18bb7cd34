//! Signed answers that a provider gives, and whether their signatures hold (CDex, Signatures).

use super::World;
use super::drive::{Arguments, Halt, Outcome};
use super::mismatch::{Mismatch, name_of};
use super::signature::{Verified, is_decisive, is_of_form};
use crate::signature::EXTENSION;
use serde_json::Value;

super::book::steps! {
    /// The answers to the Questionnaire that the Task brought have a signature.
    r"^the answers are signed$" => signed;
    /// Every signature on the answers has the elements that the profile of the guide's version gives it.
    r"^the signatures on the answers have the form that the guide gives them$" => formed;
    /// Every signature on the answers was made as the guide says, and verifies.
    r"^the signatures on the answers hold$" => hold;
    /// Every signature on the answers keeps the rule that the scenario is about.
    r"^the signatures on the answers keep the rule: .+$" => keep_rule;
    /// Signatures on single items keep the rule that the scenario is about; skips when no item is signed on its own.
    r"^the signatures on single answers keep the rule: .+$" => items_keep_rule;
    /// The signed answers break no rule of the profile cdex-sdc-questionnaireresponse outside of their signatures.
    r"^the signed answers hold to their profile$" => profiled;
}

const PROFILE: &str =
    "http://hl7.org/fhir/us/davinci-cdex/StructureDefinition/cdex-sdc-questionnaireresponse";

impl World {
    /// The answers that the Task brought.
    async fn answers_given(&mut self) -> Result<Vec<Value>, Halt> {
        let outputs = self.outputs().await?.map_err(|mismatch| {
            Halt::Skip(format!("the answers cannot be had: {}", mismatch.actual))
        })?;
        let is_it = |one: &Value| one["resourceType"] == "QuestionnaireResponse";
        let answers: Vec<Value> = outputs.into_iter().filter(is_it).collect();
        match answers.is_empty() {
            true => Err(Halt::Skip(
                "no answers to a questionnaire were given".into(),
            )),
            false => Ok(answers),
        }
    }

    /// Every signature on the answers.
    async fn verified_answers(&mut self) -> Result<Verified, Halt> {
        let mut verified = Verified::new();
        for one in self.answers_given().await? {
            let report = self.examined(&one)?;
            let signatures = report.signatures.into_iter();
            verified.extend(signatures.map(|signature| (name_of(&one), signature)));
        }
        Ok(verified)
    }
}

async fn signed(world: &mut World, _: Arguments<'_>) -> Outcome {
    let mut mismatches = Vec::new();
    for one in world.answers_given().await? {
        if world.examined(&one)?.signatures.is_empty() {
            let mismatch = Mismatch::new("a signature, as the Task asks for one", "none");
            mismatches.push(mismatch.at(format!("{}, extension {EXTENSION}", name_of(&one))));
        }
    }
    world.judge_each(mismatches)
}

async fn formed(world: &mut World, _: Arguments<'_>) -> Outcome {
    let verified = world.verified_answers().await?;
    world.judge_steps(&verified, is_of_form)
}

async fn hold(world: &mut World, _: Arguments<'_>) -> Outcome {
    let verified = world.verified_answers().await?;
    world.judge_steps(&verified, is_decisive)
}

async fn keep_rule(world: &mut World, _: Arguments<'_>) -> Outcome {
    let verified = world.verified_answers().await?;
    world.judge_rule_of_signatures(&verified)
}

async fn items_keep_rule(world: &mut World, _: Arguments<'_>) -> Outcome {
    let mut verified = world.verified_answers().await?;
    verified.retain(|(_, signature)| signature.place.contains(".item["));
    if verified.is_empty() {
        return Err(Halt::Skip("no answer is signed on its own".into()));
    }
    world.judge_rule_of_signatures(&verified)
}

async fn profiled(world: &mut World, _: Arguments<'_>) -> Outcome {
    let answers = world.answers_given().await?;
    world.judge_signed_answers(&answers)
}

impl World {
    /// Judges signed answers by their profile, outside of their signatures; skips when none of them is signed.
    pub(super) fn judge_signed_answers(&mut self, answers: &[Value]) -> Outcome {
        let judge = self.target()?.judge;
        let (mut mismatches, mut is_signed) = (Vec::new(), false);
        for one in answers {
            if self.examined(one)?.signatures.is_empty() {
                continue;
            }
            is_signed = true;
            let known = (one, judge.print(one));
            let inspection = judge.inspect(None, known, PROFILE);
            let inspection = inspection.ok_or_else(|| {
                Halt::Error("nobody here knows the profile of signed answers".into())
            })?;
            let errors = inspection.report.errors();
            // Other scenarios judge the signatures.
            let errors = errors.filter(|issue| !issue.expression.contains("extension"));
            mismatches.extend(errors.map(|issue| {
                Mismatch::new("answers that hold to their profile", issue.message.clone())
                    .at(issue.expression.clone())
            }));
        }
        if !is_signed {
            return Err(Halt::Skip("the answers are not signed".into()));
        }
        self.judge_all(mismatches)
    }
}
