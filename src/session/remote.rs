//! A server of somebody else as the system under test.

use super::Error;
use crate::access::Access;
use crate::catalog::Plan;
use crate::config::Config;
use crate::data::Data;
use crate::evidence::Secret;
use crate::http::{Client, Failure, Identity, Request};
use crate::profile::{Library, Package, TerminologyService, Validator};
use crate::signature::Certificate;
use crate::steps::{Judge, Party, Provider, Target};
use std::collections::{BTreeMap, BTreeSet, HashMap};
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

/// What resources are judged by, beside the definitions in the binary.
#[derive(Clone, Default)]
pub struct Knowledge {
    /// FHIR packages (folders or `.tgz`) whose definitions come before those in the binary.
    pub packages: Vec<PathBuf>,
    /// Who is asked about codes that cannot be decided offline. It has time when a run is about to end: every
    /// answer is then judged once, and the others do not wait for it.
    pub service: Option<Arc<dyn TerminologyService>>,
}

/// How a server is spoken to.
#[derive(Clone)]
pub struct Connection {
    /// Speaks to it, with the credentials of the run.
    pub client: Client,
    /// How these are had, when they are tokens.
    pub access: Option<Arc<Access>>,
    /// A token that was good once.
    pub expired_token: Option<Secret>,
    /// Another certificate that it takes.
    pub other_identity: Option<Identity>,
}

impl Connection {
    /// The thumbprint of the certificate that is shown, if one is.
    pub(super) fn thumbprint(&self) -> Option<String> {
        self.client.identity().and_then(Identity::thumbprint)
    }

    /// By this client alone.
    #[must_use]
    pub const fn of(client: Client) -> Self {
        Self {
            client,
            access: None,
            expired_token: None,
            other_identity: None,
        }
    }
}

/// The same server for every IG version of the plan, with what the configuration knows of it.
///
/// # Errors
/// When a package or the definitions of an IG version cannot be read.
pub fn remote(
    data: &Data,
    plan: &Plan,
    connection: &Connection,
    known: &Config,
    payer: &Party,
    provider: Option<&Provider>,
    knowledge: &Knowledge,
) -> Result<HashMap<String, Target>, Error> {
    let signers = known
        .target
        .as_ref()
        .and_then(|target| target.signers.as_deref());
    let signers: Arc<[Certificate]> = signers.map_or(Ok(Vec::new()), super::signers::read)?.into();
    let mut targets = HashMap::new();
    for (ig, systems) in systems(plan) {
        let judges = judges(data, &ig, knowledge)?;
        let target = Target {
            thumbprint: connection.thumbprint(),
            client: connection.client.clone(),
            access: connection.access.clone(),
            expired_token: connection.expired_token.clone(),
            other_identity: connection.other_identity.clone(),
            members: known.members.clone().into(),
            signatures: known.target.as_ref().and_then(|target| target.signatures),
            signers: Arc::clone(&signers),
            attachments: Arc::new(known.attachments.clone()),
            payer: payer.clone(),
            provider: provider.cloned(),
            validator: judges.validator,
            reviewer: judges.reviewer,
            definitions: judges.definitions,
            judge: judges.judge,
        };
        targets.extend(systems.into_iter().map(|system| (system, target.clone())));
    }
    Ok(targets)
}

/// The systems that the scenarios of a plan are run against, by IG version.
pub(super) fn systems(plan: &Plan) -> BTreeMap<String, BTreeSet<String>> {
    let mut systems: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for scenario in &plan.scenarios {
        let of_version = systems.entry(scenario.ig.to_string()).or_default();
        of_version.insert(scenario.system());
    }
    systems
}

/// Versions of US Core that PDex lets a payer choose from.
const US_CORE: [&str; 3] = ["3.1.1", "6.1.0", "7.0.0"];

/// By whom resources are judged.
#[derive(Clone)]
pub(super) struct Judges {
    /// By the profiles of the IG version.
    pub(super) validator: Arc<Validator>,
    /// By the same, once a run is about to end.
    pub(super) reviewer: Arc<Validator>,
    /// Where that one looks definitions up.
    pub(super) definitions: Arc<Library>,
    /// By single profiles, of any version of US Core.
    pub(super) judge: Arc<Judge>,
}

/// Who judges resources for an IG version. The user's package cache is left out, so that what a machine
/// happens to hold does not change verdicts.
pub(super) fn judges(data: &Data, ig: &str, knowledge: &Knowledge) -> Result<Judges, Error> {
    let mut library = Library::for_igs(data, &[ig], None)?;
    for path in &knowledge.packages {
        library = library.with_package(Package::open(path)?);
    }
    let definitions = Arc::new(library);
    let validator = Arc::new(Validator::new(definitions.clone()));
    let reviewer = match &knowledge.service {
        Some(service) => {
            let reviewer = validator.beside(definitions.clone());
            Arc::new(reviewer.with_service(Arc::clone(service)))
        }
        None => Arc::clone(&validator),
    };
    let mut by_us_core = BTreeMap::new();
    for version in US_CORE {
        let definitions = definitions.beside(data, &[ig, &format!("us-core@{version}")])?;
        let validator = validator.beside(Arc::new(definitions));
        by_us_core.insert(version.to_owned(), Arc::new(validator));
    }
    let judge = Judge::new(Arc::clone(&validator), by_us_core);
    Ok(Judges {
        validator,
        reviewer,
        definitions,
        judge: Arc::new(judge),
    })
}
