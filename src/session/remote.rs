//! A server of somebody else as the system under test.

use super::Error;
use crate::catalog::Plan;
use crate::config::Member;
use crate::data::Data;
use crate::http::{Client, Failure, Request};
use crate::profile::{Library, Package, Validator};
use crate::steps::{Judge, Party, Target};
use std::collections::{BTreeMap, HashMap};
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
        let judges = judges(data, &ig, packages)?;
        let target = Target {
            client: client.clone(),
            members: members.into(),
            payer: payer.clone(),
            validator: judges.validator,
            definitions: judges.definitions,
            judge: judges.judge,
        };
        Ok((ig, target))
    })
    .collect()
}

/// Versions of US Core that PDex lets a payer choose from.
const US_CORE: [&str; 3] = ["3.1.1", "6.1.0", "7.0.0"];

/// By whom resources are judged.
pub(super) struct Judges {
    /// By the profiles of the IG version.
    pub(super) validator: Arc<Validator>,
    /// Where that one looks definitions up.
    pub(super) definitions: Arc<Library>,
    /// By single profiles, of any version of US Core.
    pub(super) judge: Arc<Judge>,
}

/// Who judges resources for an IG version: by the definitions of `packages` before the embedded ones. The
/// user's package cache is left out, so that what a machine happens to hold does not change verdicts.
pub(super) fn judges(data: &Data, ig: &str, packages: &[PathBuf]) -> Result<Judges, Error> {
    let library = |igs: &[&str]| -> Result<Arc<Library>, Error> {
        let mut library = Library::for_igs(data, igs, None)?;
        for path in packages {
            library = library.with_package(Package::open(path)?);
        }
        Ok(Arc::new(library))
    };
    let definitions = library(&[ig])?;
    let validator = Arc::new(Validator::new(definitions.clone()));
    let mut by_us_core = BTreeMap::new();
    for version in US_CORE {
        let definitions = library(&[ig, &format!("us-core@{version}")])?;
        by_us_core.insert(version.to_owned(), Arc::new(Validator::new(definitions)));
    }
    let judge = Judge::new(Arc::clone(&validator), by_us_core);
    Ok(Judges {
        validator,
        definitions,
        judge: Arc::new(judge),
    })
}
