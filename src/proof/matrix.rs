//! The kill matrix.

use super::Trial;
use crate::catalog::{Catalog, IgVersion, Plan, SelectError, Selection};
use crate::data::Data;
use crate::evidence::{Recorder, Redactor, Run, Verdict, log};
use crate::mock::Fault;
use crate::session::{self, BuiltIn, Session, Settings, StandIns};
use crate::steps::Book;
use serde::Serialize;
use std::collections::BTreeSet;
use std::time::Duration;

/// Longest a built-in payer may take to answer; it answers in a millisecond unless a fault holds it.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(2);
/// Bodies are not needed beyond the scenario.
const BODY_CAP: usize = 0;

/// What all faults came to.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Proof {
    /// Broke exactly what they should.
    pub killed: Vec<Trial>,
    /// Left something unbroken that they should break: a check that cannot fail.
    pub survived: Vec<Trial>,
    /// Broke more than they should.
    pub overkilled: Vec<Trial>,
    /// Scenarios that do not pass against the conformant stand-in, with verdict and reason: without
    /// them passing, nothing is proven.
    pub not_conformant: Vec<String>,
}

/// The proof could not be made.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Nothing to prove with.
    #[error(transparent)]
    Select(#[from] SelectError),
    /// A run could not be set up.
    #[error(transparent)]
    Session(#[from] session::Error),
    /// A run left no evidence: a defect of this tool.
    #[error(transparent)]
    Log(#[from] log::Error),
}

impl Proof {
    /// Whether every fault broke exactly what it should, and the conformant stand-in passed.
    #[must_use]
    pub fn is_clean(&self) -> bool {
        self.survived.is_empty() && self.overkilled.is_empty() && self.not_conformant.is_empty()
    }

    fn add(&mut self, trial: Trial) {
        if trial.missed().next().is_some() {
            self.survived.push(trial);
        } else if trial.surplus().next().is_some() {
            self.overkilled.push(trial);
        } else {
            self.killed.push(trial);
        }
    }
}

/// Tries every fault in every one of these IG versions; `watch` is told before each trial.
///
/// # Errors
/// When a run cannot be set up.
pub async fn prove(
    data: &Data,
    catalog: &Catalog,
    book: &Book,
    faults: &[Fault],
    igs: &[IgVersion],
    mut watch: impl FnMut(&str),
) -> Result<Proof, Error> {
    let mut proof = Proof::default();
    for ig in igs {
        let plan = catalog.select(&Selection {
            igs: vec![ig.clone()],
            ..Selection::default()
        })?;
        watch(&format!("{ig} conformant"));
        let stand_ins = StandIns::load(data, catalog, &plan, REQUEST_TIMEOUT)?;
        let conformant = run(&stand_ins, book, &plan, None).await?;
        proof.not_conformant.extend(troubles(&conformant));
        let tested: BTreeSet<&String> = plan
            .scenarios
            .iter()
            .flat_map(|scenario| &scenario.requirements)
            .collect();
        for fault in faults {
            let breaks: BTreeSet<String> = fault
                .breaks
                .iter()
                .filter(|id| tested.contains(id))
                .cloned()
                .collect();
            if breaks.is_empty() || !fault.applies.in_version(&ig.version.to_string()) {
                continue;
            }
            watch(&format!("{ig} {}", fault.name));
            let concerned = concerned(&plan, &conformant, fault);
            let scenarios = concerned.scenarios.len();
            let broke = if scenarios == 0 {
                BTreeSet::new()
            } else {
                broken(&run(&stand_ins, book, &concerned, Some(fault)).await?)
            };
            proof.add(Trial {
                fault: fault.name.clone(),
                ig: ig.to_string(),
                breaks,
                broke,
                scenarios,
            });
        }
    }
    Ok(proof)
}

/// Runs a plan against the built-in payer and returns the evidence.
async fn run(
    stand_ins: &StandIns,
    book: &Book,
    plan: &Plan,
    fault: Option<&Fault>,
) -> Result<Run, Error> {
    let built_in = stand_ins.start(fault).await?;
    let sink = log::MemorySink::default();
    // Paths must stay readable to be compared with those of a fault; nothing of this is written.
    let redactor = Redactor::new([0; 32], false);
    let recorder = Recorder::new(Box::new(sink.clone()), redactor, BODY_CAP);
    let settings = Settings {
        target_name: BuiltIn::NAME.to_owned(),
        jobs: 8,
        step_timeout: Duration::from_secs(30),
        capabilities: BuiltIn::CAPABILITIES.map(str::to_owned).into(),
        // Only the conformant run has to show which requests each scenario comes by.
        keeps_records: fault.is_some(),
        ..Settings::default()
    };
    let session = Session::new(
        plan.clone(),
        settings,
        built_in.targets.clone(),
        built_in.requester.clone(),
        recorder,
    );
    session.run(book).await;
    Ok(sink.run()?)
}

/// Everything but a pass.
fn troubles(run: &Run) -> Vec<String> {
    let troubled = run
        .scenarios
        .iter()
        .filter(|scenario| scenario.verdict != Verdict::Pass);
    troubled
        .map(|scenario| {
            let finding = scenario.findings.first();
            let finding = finding
                .map(|finding| format!("expected {}; got {}", finding.expected, finding.actual));
            let why = finding
                .or_else(|| scenario.reason.clone())
                .unwrap_or_default();
            format!("{}: {} ({why})", scenario.id, scenario.verdict)
        })
        .collect()
}

/// Requirements with a finding.
fn broken(run: &Run) -> BTreeSet<String> {
    let findings = run.scenarios.iter().flat_map(|scenario| &scenario.findings);
    findings
        .map(|finding| finding.requirement.clone())
        .collect()
}

/// The part of the plan that comes by the fault, as the conformant run shows.
fn concerned(plan: &Plan, conformant: &Run, fault: &Fault) -> Plan {
    let reaches = |id: &str| {
        conformant
            .scenarios
            .iter()
            .filter(|scenario| scenario.id == id)
            .any(|scenario| {
                scenario.exchanges.iter().any(|exchange| {
                    let path = exchange
                        .request
                        .url
                        .split_once("/fhir")
                        .map_or("", |(_, path)| path);
                    fault.applies_to(&exchange.request.method, path)
                })
            })
    };
    let mut concerned = plan.clone();
    concerned.scenarios.retain(|scenario| reaches(&scenario.id));
    concerned
}
