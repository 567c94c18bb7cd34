//! A server of somebody else as the system under test.

use super::Error;
use crate::catalog::Plan;
use crate::config::Member;
use crate::data::Data;
use crate::http::{Client, Failure, Request};
use crate::profile::{Library, Validator};
use crate::steps::{Judge, Party, Target};
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

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
///
/// # Errors
/// When the definitions of an IG version cannot be read.
pub fn remote(
    data: &Data,
    plan: &Plan,
    client: &Client,
    members: &[Member],
    payer: &Party,
) -> Result<HashMap<String, Target>, Error> {
    let igs = plan
        .igs
        .iter()
        .map(|note| format!("{}@{}", note.id, note.version));
    igs.map(|ig| {
        let (validator, judge) = judges(data, &ig)?;
        let target = Target {
            client: client.clone(),
            members: members.to_vec(),
            payer: payer.clone(),
            validator,
            judge,
        };
        Ok((ig, target))
    })
    .collect()
}

/// Versions of US Core that PDex lets a payer choose from.
const US_CORE: [&str; 3] = ["3.1.1", "6.1.0", "7.0.0"];

/// Who judges resources: by the embedded profiles of an IG version, and by each version of US Core.
pub(super) fn judges(data: &Data, ig: &str) -> Result<(Arc<Validator>, Arc<Judge>), Error> {
    let validator = |igs: &[&str]| -> Result<Arc<Validator>, Error> {
        let library = Library::for_igs(data, igs, None)?;
        Ok(Arc::new(Validator::new(Arc::new(library))))
    };
    let ordinary = validator(&[ig])?;
    let mut by_us_core = BTreeMap::new();
    for version in US_CORE {
        let us_core = format!("us-core@{version}");
        by_us_core.insert(version.to_owned(), validator(&[ig, &us_core])?);
    }
    let judge = Judge::new(Arc::clone(&ordinary), by_us_core);
    Ok((ordinary, Arc::new(judge)))
}
