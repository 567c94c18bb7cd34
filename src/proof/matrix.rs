//! The kill matrix.

use super::Trial;
use crate::catalog::{Catalog, IgVersion, Plan, Scenario, SelectError, Selection};
use crate::data::Data;
use crate::evidence::{Recorder, Redactor, Run, Verdict, log};
use crate::mock::Fault;
use crate::session::{self, BuiltIn, Session, Settings, StandIns};
use crate::steps::Book;
use serde::Serialize;
use std::collections::{BTreeSet, HashMap};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
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
    watch: impl FnMut(&str) + Send,
) -> Result<Proof, Error> {
    let watch = Mutex::new(watch);
    let tell = |text: &str| watch.lock().unwrap_or_else(PoisonError::into_inner)(text);
    let mut proof = Proof::default();
    for ig in igs {
        let plan = catalog.select(&Selection {
            igs: vec![ig.clone()],
            ..Selection::default()
        })?;
        tell(&format!("{ig} conformant"));
        let stand_ins = StandIns::load(data, catalog, &plan, REQUEST_TIMEOUT)?;
        let conformant = run(&stand_ins, book, &plan, None).await?;
        proof.not_conformant.extend(troubles(&conformant));
        let tested: BTreeSet<&String> = plan
            .scenarios
            .iter()
            .flat_map(|scenario| &scenario.requirements)
            .collect();
        let asked = asked(&conformant);
        let concerned = |fault: &Fault| {
            let breaks = fault.breaks.iter().filter(|id| tested.contains(id));
            let breaks: BTreeSet<String> = breaks.cloned().collect();
            (!breaks.is_empty() && fault.applies.in_version(&ig.version.to_string()))
                .then_some(breaks)
        };
        let concerned: Vec<(&Fault, BTreeSet<String>)> = faults
            .iter()
            .filter_map(|fault| concerned(fault).map(|breaks| (fault, breaks)))
            .collect();
        let trials = side_by_side(&concerned, |(fault, breaks)| -> Result<Trial, Error> {
            tell(&format!("{ig} {}", fault.name));
            let plan = concerned_part(&plan, &asked, fault);
            let scenarios = plan.scenarios.len();
            let broke = match scenarios {
                0 => BTreeSet::new(),
                _ => broken(&alone(run(&stand_ins, book, &plan, Some(fault)))??),
            };
            Ok(Trial {
                fault: fault.name.clone(),
                ig: ig.to_string(),
                breaks: breaks.clone(),
                broke,
                scenarios,
            })
        });
        for trial in trials {
            proof.add(trial?);
        }
    }
    Ok(proof)
}

/// Does all of the work on as many threads as there are processors; the results are in order.
fn side_by_side<T: Sync, R: Send>(work: &[T], each: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let next = AtomicUsize::new(0);
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let mut done: Vec<(usize, R)> = std::thread::scope(|scope| {
        let work_off = || {
            let mut done = Vec::new();
            loop {
                let index = next.fetch_add(1, Ordering::Relaxed);
                let Some(item) = work.get(index) else {
                    return done;
                };
                done.push((index, each(item)));
            }
        };
        let running: Vec<_> = (0..threads).map(|_| scope.spawn(work_off)).collect();
        running
            .into_iter()
            .flat_map(|thread| {
                thread
                    .join()
                    .unwrap_or_else(|panic| std::panic::resume_unwind(panic))
            })
            .collect()
    });
    done.sort_by_key(|(index, _)| *index);
    done.into_iter().map(|(_, result)| result).collect()
}

/// Runs a future to its end on this thread.
fn alone<F: Future>(future: F) -> Result<F::Output, session::Error> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| session::Error::StandIn(error.to_string()))?;
    Ok(runtime.block_on(future))
}

/// What each scenario asked: method, and path below the base with its query.
fn asked(run: &Run) -> HashMap<&str, BTreeSet<(&str, &str)>> {
    let mut asked: HashMap<&str, BTreeSet<(&str, &str)>> = HashMap::new();
    for scenario in &run.scenarios {
        let exchanges = scenario.exchanges.iter().map(|exchange| {
            let address = exchange.request.url.split_once("/fhir");
            (
                exchange.request.method.as_str(),
                address.map_or("", |(_, path)| path),
            )
        });
        asked.entry(&scenario.id).or_default().extend(exchanges);
    }
    asked
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
fn concerned_part(
    plan: &Plan,
    asked: &HashMap<&str, BTreeSet<(&str, &str)>>,
    fault: &Fault,
) -> Plan {
    let reaches = |scenario: &&Scenario| {
        let asked = asked.get(scenario.id.as_str());
        asked.is_some_and(|asked| {
            asked
                .iter()
                .any(|(method, address)| fault.applies_to(method, address))
        })
    };
    let scenarios: Vec<Scenario> = plan.scenarios.iter().filter(reaches).cloned().collect();
    let tested: BTreeSet<&String> = scenarios.iter().flat_map(|one| &one.requirements).collect();
    let requirements = plan
        .requirements
        .iter()
        .filter(|row| tested.contains(&row.id));
    Plan {
        igs: plan.igs.clone(),
        suites: plan.suites.clone(),
        requirements: requirements.cloned().collect(),
        scenarios,
    }
}
