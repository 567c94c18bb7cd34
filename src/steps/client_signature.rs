//! Signatures on documentation that a client under test submits (CDex, Signatures).

use super::World;
use super::client_submission::contents;
use super::drive::{Arguments, Halt, Outcome};
use super::mismatch::{Mismatch, name_of};
use super::signature::{Verified, is_decisive, is_of_form};
use super::world::hearing::sent;
use crate::signature::EXTENSION;

super::book::steps! {
    /// Every attachment is a kind of document that can be signed, and has a signature where that is part of it.
    r"^each attachment is signed$" => signed;
    /// The signatures on documentation hold.
    r"^the signatures on the documentation hold$" => hold;
    /// The signatures on documentation have the form that the guide gives them.
    r"^the signatures on submitted answers have the form that the guide gives them$" => formed;
}

async fn signed(world: &mut World, _: Arguments<'_>) -> Outcome {
    let mut broken = Vec::new();
    for heard in world.heard() {
        for content in contents(&sent(&heard)) {
            // Documents as files are signed inside: that is not looked into.
            if content["resourceType"] == "DocumentReference" {
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

async fn hold(world: &mut World, _: Arguments<'_>) -> Outcome {
    let verified = verified(world, None)?;
    world.judge_steps(&verified, is_decisive)
}

async fn formed(world: &mut World, _: Arguments<'_>) -> Outcome {
    let verified = verified(world, Some("QuestionnaireResponse"))?;
    world.judge_steps(&verified, is_of_form)
}
