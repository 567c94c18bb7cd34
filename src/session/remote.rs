//! A server of somebody else as the system under test.

use super::Error;
use crate::catalog::Plan;
use crate::config::Member;
use crate::data::Data;
use crate::http::{Client, Failure, Request};
use crate::profile::{Library, Package, Validator};
use crate::steps::{Party, Target};
use std::collections::HashMap;
use std::path::PathBuf;
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

/// The same server for every IG version of the plan. Definitions of `packages` (folders or `.tgz`) come
/// before those in the binary.
///
/// # Errors
/// When a package or the definitions of an IG version cannot be read.
pub fn remote(
    data: &Data,
    plan: &Plan,
    client: &Client,
    members: &[Member],
    payer: &Party,
    packages: &[PathBuf],
) -> Result<HashMap<String, Target>, Error> {
    let igs = plan
        .igs
        .iter()
        .map(|note| format!("{}@{}", note.id, note.version));
    igs.map(|ig| {
        let definitions = definitions(data, &ig, packages)?;
        let target = Target {
            client: client.clone(),
            members: members.to_vec(),
            payer: payer.clone(),
            validator: Arc::new(Validator::new(definitions.clone())),
            definitions,
        };
        Ok((ig, target))
    })
    .collect()
}

/// The definitions of an IG version: those of `packages` before the embedded ones. The user's package
/// cache is left out, so that what a machine happens to hold does not change verdicts.
pub(super) fn definitions(
    data: &Data,
    ig: &str,
    packages: &[PathBuf],
) -> Result<Arc<Library>, Error> {
    let mut library = Library::for_igs(data, &[ig], None)?;
    for path in packages {
        library = library.with_package(Package::open(path)?);
    }
    Ok(Arc::new(library))
}
