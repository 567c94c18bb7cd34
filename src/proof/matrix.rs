//! The kill matrix.

use super::course::Course;
use super::rehearsal::Rehearsal;
use super::{Trial, Untried};
use crate::catalog::{Catalog, IgVersion, Plan, SelectError, Selection, Side};
use crate::data::Data;
use crate::evidence::{Recorder, Redactor, Run, Verdict, log};
use crate::mock::{Fault, signatory};
use crate::session::{self, BuiltIn, Means, Protection, Session, Settings, StandIns, Watched};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use std::num::NonZero;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use tokio::runtime::Runtime;

/// Longest a built-in stand-in may take to answer; it answers in a millisecond unless a fault holds it.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(2);
/// Trials at once for each processor: many wait for the stand-in to do what it promised for later.
const TRIALS_PER_PROCESSOR: usize = 2;
/// Bodies are not needed beyond the scenario.
pub(super) const BODY_CAP: usize = 0;

/// How much is tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Extent {
    /// Every fault in every version it breaks something in.
    Whole,
    /// Every fault once: in one of these versions, the next fault in the next.
    OneVersionEach,
}

/// What all faults came to.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Proof {
    /// Broke exactly what they should.
    pub killed: Vec<Trial>,
    /// Left something unbroken that they should break: a check that cannot fail.
    pub survived: Vec<Trial>,
    /// Broke more than they should.
    pub overkilled: Vec<Trial>,
    /// Those that cannot show in stand-ins that are protected like these.
    pub not_tried: Vec<Untried>,
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
    /// A thread could not do its work.
    #[error("trials could not be made: {0}")]
    Runtime(#[source] std::io::Error),
    /// A thread ended in the middle of its work: a defect of this tool.
    #[error("a trial ended in a panic")]
    Panicked,
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

/// Tries faults in these IG versions, on some threads for each processor; `watch` is told before each trial. The
/// stand-ins are protected as `protection` says. The outcome does not depend on how many threads there are. The
/// conformant stand-in is run in every version.
///
/// # Errors
/// When a run cannot be set up.
pub fn prove(
    data: &Data,
    catalog: &Catalog,
    faults: &[Fault],
    (igs, extent, protection): (&[IgVersion], Extent, Protection),
    watch: impl Fn(&str) + Sync,
) -> Result<Proof, Error> {
    let mut proof = Proof::default();
    // Its key takes a while, and no answer of a stand-in may.
    if let Err(problem) = signatory() {
        tracing::debug!("there is nobody to sign for the stand-ins: {problem}");
    }
    for clients in [false, true] {
        let plans = plans(catalog, igs, clients)?;
        let mut planned: Vec<Vec<Planned<'_>>> = plans
            .iter()
            .map(|(ig, plan)| planned(ig, plan, faults, clients))
            .collect();
        if protection.auth.is_some() {
            for ((ig, _), planned) in plans.iter().zip(&mut planned) {
                proof.not_tried.extend(set_aside(planned, ig));
            }
        }
        if extent == Extent::OneVersionEach {
            spread(&mut planned);
        }
        for ((ig, plan), planned) in plans.iter().zip(&planned) {
            // Nothing to be tried there, so nothing would be proven.
            if planned.is_empty() {
                continue;
            }
            let trials = match clients {
                false => {
                    watch(&format!("{ig} conformant"));
                    let means = Means {
                        request_timeout: REQUEST_TIMEOUT,
                        protection,
                        ..Means::default()
                    };
                    let bench = Bench {
                        stand_ins: StandIns::load_with(data, catalog, plan, &means)?,
                        plan,
                    };
                    let (conformant, watched) = runtime()?.block_on(bench.run_conformant())?;
                    proof.not_conformant.extend(troubles(&conformant));
                    let course = Course::of(&conformant, &watched);
                    try_all(planned, |runtime, fault, breaks| {
                        watch(&format!("{ig} {}", fault.name));
                        runtime.block_on(bench.try_one(ig, fault, breaks, &course))
                    })?
                }
                true => {
                    watch(&format!("{ig} reference clients"));
                    let rehearsal = Rehearsal::new(data, catalog, plan)?;
                    let troubles = runtime()?.block_on(rehearsal.conformant())?;
                    proof.not_conformant.extend(troubles);
                    try_all(planned, |runtime, fault, breaks| {
                        watch(&format!("{ig} {}", fault.name));
                        runtime.block_on(rehearsal.try_one(ig, fault, breaks))
                    })?
                }
            };
            for trial in trials {
                proof.add(trial);
            }
        }
    }
    Ok(proof)
}

/// A fault to be tried, and what it should break.
type Planned<'a> = (&'a Fault, BTreeSet<String>);

/// What is tested in each of these versions: of servers, or of clients. Versions in which that is nothing are left out.
pub(super) fn plans<'a>(
    catalog: &Catalog,
    igs: &'a [IgVersion],
    clients: bool,
) -> Result<Vec<(&'a IgVersion, Plan)>, Error> {
    let mut plans = Vec::new();
    for ig in igs {
        let selection = Selection {
            igs: vec![ig.clone()],
            side: Some(if clients {
                Side::Clients
            } else {
                Side::Servers
            }),
            ..Selection::default()
        };
        match catalog.select(&selection) {
            Ok(plan) => plans.push((ig, plan)),
            Err(SelectError::NoScenario { .. }) => {}
            Err(other) => return Err(other.into()),
        }
    }
    Ok(plans)
}

/// The faults that break something of a plan.
fn planned<'a>(
    ig: &IgVersion,
    plan: &Plan,
    faults: &'a [Fault],
    clients: bool,
) -> Vec<Planned<'a>> {
    let scenarios = plan.scenarios.iter();
    let tested: BTreeSet<&String> = scenarios
        .flat_map(|scenario| &scenario.requirements)
        .collect();
    let version = ig.version.to_string();
    faults
        .iter()
        .filter(|fault| fault.applies.in_version(&version) && fault.is_of_client() == clients)
        .map(|fault| {
            let breaks = fault.breaks_in(&version).filter(|id| tested.contains(id));
            (fault, breaks.cloned().collect::<BTreeSet<_>>())
        })
        .filter(|(_, breaks)| !breaks.is_empty())
        .collect()
}

/// Takes out the faults that cannot show where others ask for tokens.
fn set_aside(planned: &mut Vec<Planned<'_>>, ig: &IgVersion) -> Vec<Untried> {
    let is_hidden = |(fault, _): &mut Planned<'_>| fault.applies.unguarded;
    let hidden = planned.extract_if(.., is_hidden);
    hidden
        .map(|(fault, _)| Untried::behind_guard(&fault.name, &ig.to_string()))
        .collect()
}

/// Leaves each fault in one of the versions it is planned in.
fn spread(planned: &mut [Vec<Planned<'_>>]) {
    let names = planned.iter().enumerate().flat_map(|(version, planned)| {
        let names = planned.iter().map(|(fault, _)| fault.name.clone());
        names.map(move |name| (name, version))
    });
    let chosen = turns(names);
    for (version, planned) in planned.iter_mut().enumerate() {
        planned.retain(|(fault, _)| chosen.get(&fault.name) == Some(&version));
    }
}

/// One of the versions of each name: of the next name that has as many, the next.
fn turns(names: impl Iterator<Item = (String, usize)>) -> BTreeMap<String, usize> {
    let mut versions: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (name, version) in names {
        versions.entry(name).or_default().push(version);
    }
    let mut turns: BTreeMap<Vec<usize>, usize> = BTreeMap::new();
    versions
        .into_iter()
        .filter_map(|(name, versions)| {
            let turn = turns.entry(versions.clone()).or_default();
            let chosen = *versions.get(*turn % versions.len())?;
            *turn += 1;
            Some((name, chosen))
        })
        .collect()
}

/// A runtime for the trials of one thread.
fn runtime() -> Result<Runtime, Error> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    runtime.map_err(Error::Runtime)
}

/// Where the faults of one IG version are tried.
struct Bench<'a> {
    stand_ins: StandIns,
    plan: &'a Plan,
}

/// Tries these faults on some threads for each processor. The outcome does not depend on how many there are.
fn try_all(
    planned: &[Planned<'_>],
    try_one: impl Fn(&Runtime, &Fault, BTreeSet<String>) -> Result<Trial, Error> + Sync,
) -> Result<Vec<Trial>, Error> {
    let threads =
        std::thread::available_parallelism().map_or(1, NonZero::get) * TRIALS_PER_PROCESSOR;
    let next = AtomicUsize::new(0);
    let work = || -> Result<Vec<(usize, Trial)>, Error> {
        let runtime = runtime()?;
        let mut done = Vec::new();
        loop {
            let index = next.fetch_add(1, Ordering::Relaxed);
            let Some((fault, breaks)) = planned.get(index) else {
                return Ok(done);
            };
            done.push((index, try_one(&runtime, fault, breaks.clone())?));
        }
    };
    let done: Vec<_> = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        workers
            .into_iter()
            .map(|worker| worker.join().unwrap_or(Err(Error::Panicked)))
            .collect()
    });
    let mut trials = Vec::new();
    for of_one in done {
        trials.extend(of_one?);
    }
    trials.sort_by_key(|(index, _)| *index);
    Ok(trials.into_iter().map(|(_, trial)| trial).collect())
}

impl Bench<'_> {
    async fn try_one(
        &self,
        ig: &IgVersion,
        fault: &Fault,
        breaks: BTreeSet<String>,
        course: &Course,
    ) -> Result<Trial, Error> {
        let concerned = course.concerned(self.plan, fault);
        let scenarios = concerned.scenarios.len();
        let broke = if scenarios == 0 {
            BTreeSet::new()
        } else {
            let built_in = self.stand_ins.start(Some(fault)).await?;
            broken(&self.run(&concerned, &built_in, true).await?)
        };
        Ok(Trial {
            fault: fault.name.clone(),
            ig: ig.to_string(),
            breaks,
            broke,
            scenarios,
        })
    }

    /// Runs the whole plan without a fault, and returns the evidence with what the stand-ins answered.
    async fn run_conformant(&self) -> Result<(Run, Vec<Watched>), Error> {
        let (built_in, watched) = self.stand_ins.start_watched().await?;
        let run = self.run(self.plan, &built_in, false).await?;
        Ok((run, watched))
    }

    /// Runs a plan against the built-in stand-in and returns the evidence.
    async fn run(&self, plan: &Plan, built_in: &BuiltIn, is_faulty: bool) -> Result<Run, Error> {
        let sink = log::MemorySink::default();
        // Paths must stay readable to be compared with those of a fault; nothing of this is written.
        let redactor = Redactor::new([0; 32], false);
        let recorder = Recorder::new(Box::new(sink.clone()), redactor, BODY_CAP);
        let settings = Settings {
            target_name: built_in.name().to_owned(),
            // One after the other: what a payer keeps of one scenario must not come back in another by chance.
            jobs: 1,
            // Which faults a scenario comes by is seen in the conformant run, where each asks for itself;
            // with a fault all see the same target, and need not ask again.
            keeps_records: is_faulty,
            step_timeout: Duration::from_secs(30),
            max_wait: Duration::from_secs(5),
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
        session.run().await;
        Ok(sink.run()?)
    }
}

/// Everything but a pass, and what does not concern the stand-in until a fault makes it so.
pub(super) fn troubles(run: &Run) -> Vec<String> {
    let troubled = run
        .scenarios
        .iter()
        .filter(|scenario| !matches!(scenario.verdict, Verdict::Pass | Verdict::Inapplicable));
    troubled
        .map(|scenario| {
            let finding = scenario.findings.first();
            let finding = finding.map(|finding| {
                let place = finding.location.as_deref().unwrap_or("the answer");
                format!(
                    "expected {}; got {} at {place}",
                    finding.expected, finding.actual
                )
            });
            let why = finding
                .or_else(|| scenario.reason.clone())
                .unwrap_or_default();
            format!("{}: {} ({why})", scenario.id, scenario.verdict)
        })
        .collect()
}

/// Requirements with a finding.
pub(super) fn broken(run: &Run) -> BTreeSet<String> {
    let findings = run.scenarios.iter().flat_map(|scenario| &scenario.findings);
    findings
        .map(|finding| finding.requirement.clone())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::turns;

    #[test]
    fn each_fault_is_tried_once_and_every_version_has_its_turn() {
        let names = ["a", "b", "c", "d"].into_iter();
        let everywhere = names.flat_map(|name| [0, 1, 2].map(|version| (name.to_owned(), version)));
        let chosen = turns(everywhere.chain([("only".to_owned(), 2)]));
        let chosen: Vec<(&str, usize)> = chosen
            .iter()
            .map(|(name, version)| (name.as_str(), *version))
            .collect();
        assert_eq!(
            chosen,
            [("a", 0), ("b", 1), ("c", 2), ("d", 0), ("only", 2)]
        );
    }
}
