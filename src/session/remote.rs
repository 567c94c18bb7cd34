//! A server of somebody else as the system under test.

use crate::catalog::Plan;
use crate::config::Member;
use crate::http::{Client, Failure, Request};
use crate::steps::{Party, Target};
use std::collections::HashMap;

/// The server gave no answer at all.
#[derive(Debug, thiserror::Error)]
#[error("{base} gives no answer: {failure}")]
pub struct Unreachable {
    /// Base URL that was tried.
    base: String,
    /// What happened.
    failure: Failure,
}

/// Asks for the capability statement once, so that a server that cannot be reached is one clear
/// message and not a report full of errors. Any answer will do, even a refusal.
///
/// # Errors
/// When nothing answers.
pub async fn probe(client: &Client) -> Result<(), Unreachable> {
    match client.send(Request::get("metadata")).await.result {
        Ok(_) => Ok(()),
        Err(failure) => Err(Unreachable {
            base: client.base().to_string(),
            failure,
        }),
    }
}

/// The same server for every IG version of the plan.
#[must_use]
pub fn remote(
    plan: &Plan,
    client: &Client,
    members: &[Member],
    payer: &Party,
) -> HashMap<String, Target> {
    let target = Target {
        client: client.clone(),
        members: members.to_vec(),
        payer: payer.clone(),
    };
    plan.igs
        .iter()
        .map(|note| (format!("{}@{}", note.id, note.version), target.clone()))
        .collect()
}
