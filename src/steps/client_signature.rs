//! Signatures on documentation that a client under test submits (CDex, Signatures).

use super::World;
use super::client_submission::contents;
use super::drive::{Arguments, Halt, Outcome};
use super::mismatch::{Mismatch, name_of};
use super::signature::{Verified, is_decisive, is_of_form};
use super::world::hearing::sent;
use crate::signature::EXTENSION;
use serde_json::Value;

super::book::steps! {
    /// Every attachment is a kind of document that can be signed, and has a signature where that is part of it.
    r"^each attachment is signed$" => signed;
    /// Every set of answers has a signature.
    r"^the answers among it are signed$" => answers_signed;
    /// Every signature on the documentation keeps the rule that the scenario is about.
    r"^the signatures on the documentation keep the rule: .+$" => keep_rule;
    /// The signed answers break no rule of the profile cdex-sdc-questionnaireresponse outside of their signatures.
    r"^the signed answers among it hold to their profile$" => profiled;
    /// The signatures on documentation hold.
    r"^the signatures on the documentation hold$" => hold;
    /// The signatures on documentation have the form that the guide gives them.
    r"^the signatures on submitted answers have the form that the guide gives them$" => formed;
}

async fn signed(world: &mut World, _: Arguments<'_>) -> Outcome {
    // Documents as files are signed inside: that is not looked into.
    expect_signed(world, |content| {
        content["resourceType"] != "DocumentReference"
    })
}

async fn answers_signed(world: &mut World, _: Arguments<'_>) -> Outcome {
    expect_signed(world, |content| {
        content["resourceType"] == "QuestionnaireResponse"
    })
}

/// Everything of that kind that is attached in the chosen submissions is signed.
fn expect_signed(world: &mut World, is_meant: fn(&Value) -> bool) -> Outcome {
    let mut broken = Vec::new();
    for heard in world.heard() {
        for content in contents(&sent(&heard)) {
            if !is_meant(&content) {
                continue;
            }
            if world.examined(&content)?.signatures.is_empty() {
                let expected =
                    format!("a signature (Bundle.signature, or the extension {EXTENSION})");
                let mismatch = Mismatch::new(expected, "none").at(name_of(&content));
                broken.push((heard.clone(), mismatch));
            }
        }
    }
    world.judge_cited(broken)
}

/// Every signature on what is attached in the chosen submissions, of that kind of resource if one is named.
fn verified(world: &World, kind: Option<&str>) -> Result<Verified, Halt> {
    let mut verified = Verified::new();
    for heard in world.heard() {
        for content in contents(&sent(&heard)) {
            if kind.is_none_or(|kind| content["resourceType"] == kind) {
                let report = world.examined(&content)?;
                let signatures = report.signatures.into_iter();
                verified.extend(signatures.map(|signature| (name_of(&content), signature)));
            }
        }
    }
    Ok(verified)
}

async fn keep_rule(world: &mut World, _: Arguments<'_>) -> Outcome {
    let verified = verified(world, None)?;
    world.judge_rule_of_signatures(&verified)
}

async fn profiled(world: &mut World, _: Arguments<'_>) -> Outcome {
    let submitted = world.heard();
    let submitted = submitted.iter().flat_map(|heard| contents(&sent(heard)));
    let answers = submitted.filter(|one| one["resourceType"] == "QuestionnaireResponse");
    world.judge_signed_answers(&answers.collect::<Vec<_>>())
}

async fn hold(world: &mut World, _: Arguments<'_>) -> Outcome {
    let verified = verified(world, None)?;
    world.judge_steps(&verified, is_decisive)
}

async fn formed(world: &mut World, _: Arguments<'_>) -> Outcome {
    let verified = verified(world, Some("QuestionnaireResponse"))?;
    world.judge_steps(&verified, is_of_form)
}
