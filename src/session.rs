//! One run, from settings to evidence: sets up the system under test, writes the plan into the log,
//! runs the scenarios.
//!
//! - [`Session`] is the run; [`Settings`] say how.
//! - [`Protection`] is how stand-ins are guarded: by tokens, TLS, client certificates.
//! - [`StandIns`] are read once and stand up as [`BuiltIn`] payers and providers; [`remote`] points at a server of
//!   somebody else. [`overheard`] is what clients said in an earlier run. [`Stages`] are stand-ins that clients under test talk to. [`Recorded`] answers from the evidence of an earlier run instead, and [`Following`] logs that;
//!   [`Kept`] is what verdicts hang on beside the traffic.

mod actor;
mod built_in;
mod guarding;
mod kept;
mod overheard;
mod playback;
mod remote;
mod settings;
mod signers;
mod stage;

pub use built_in::{BuiltIn, Means, StandIns, Watched, members_file};
pub use guarding::{Auth, Protection};
pub use kept::Kept;
pub use overheard::overheard;
pub use playback::{Following, Recorded};
pub use remote::{Connection, Knowledge, Unreachable, probe, remote};
pub use settings::{Error, Settings};
pub use stage::{Stage, Stages, act, script_of};

use crate::catalog::{Plan, Scenario};
use crate::evidence::{Ending, Event, Identity, Recorder, log};
use crate::runner::Runner;
use crate::steps::{
    Context, Memory, Observations, OpenJobs, Party, PayerDesk, ScenarioNote, Target,
};
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// A run that is ready to go.
pub struct Session {
    plan: Plan,
    settings: Settings,
    context: Arc<Context>,
}

impl Session {
    /// Prepares a run of `plan` against `targets` (by system, see [`Scenario::system`]).
    #[must_use]
    pub fn new(
        plan: Plan,
        settings: Settings,
        targets: HashMap<String, Target>,
        requester: Party,
        recorder: Recorder,
    ) -> Self {
        let closing = plan
            .scenarios
            .iter()
            .filter(|scenario| scenario.written.closing);
        let context = Arc::new(Context {
            targets,
            recorder,
            observations: Observations::of(closing.map(Scenario::system)),
            scenarios: notes(&plan),
            requester,
            capabilities: settings.capabilities.clone(),
            today: settings
                .today
                .unwrap_or_else(|| OffsetDateTime::now_utc().date()),
            step_timeout: settings.step_timeout,
            max_wait: settings.max_wait,
            open_jobs: OpenJobs::default(),
            fail_fast: settings.fail_fast,
            stop: AtomicBool::new(false),
            cancel: tokio::sync::watch::Sender::new(false),
            memory: Memory::new(settings.keeps_records),
            desk: PayerDesk::new(
                settings.listen,
                settings.public_url.clone(),
                settings.deliveries.clone(),
            ),
            conversations: settings.conversations.clone(),
            scripts: settings.scripts.clone(),
            mirrors: settings.mirrors.clone(),
            downloads: settings.downloads.clone(),
            attempts: std::sync::Mutex::default(),
        });
        Self {
            plan,
            settings,
            context,
        }
    }

    /// A handle with which the run can be stopped from outside.
    #[must_use]
    pub fn handle(&self) -> Arc<Context> {
        self.context.clone()
    }

    /// Writes the plan into the log and runs the scenarios.
    pub async fn run(self) -> Ending {
        let recorder = &self.context.recorder;
        recorder.event(&Event::RunStarted {
            schema: log::SCHEMA,
            identity: Box::new(self.identity()),
        });
        for requirement in &self.plan.requirements {
            recorder.event(&Event::Requirement(Box::new(requirement.clone())));
        }
        for scenario in self.plan.planned() {
            recorder.event(&Event::Planned(Box::new(scenario)));
        }
        let context = self.context.clone();
        let runner = Runner {
            context: self.context,
            jobs: self.settings.jobs,
            retries: self.settings.retries,
            limit: self.settings.run_timeout,
            observer: self.settings.observer,
        };
        let phases = self.plan.phases();
        // The engine has copies of its own.
        drop(self.plan);
        let ending = runner.run(phases).await;
        // However it ended: what was started at the target does not go on for nothing.
        context.open_jobs.cancel().await;
        ending
    }

    /// Base URLs by system.
    fn endpoints(&self) -> BTreeMap<String, String> {
        let targets = self.context.targets.iter();
        targets
            .map(|(system, target)| (system.clone(), target.client.base().to_string()))
            .collect()
    }

    /// The settings worth showing, and what verdicts hang on.
    fn shown(&self) -> BTreeMap<String, String> {
        let mut shown = self.settings.shown.clone();
        shown.extend(Kept::of(&self.context.targets).settings());
        shown
    }

    fn identity(&self) -> Identity {
        Identity {
            tool: env!("CARGO_PKG_NAME").to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            started: OffsetDateTime::now_utc()
                .format(&Rfc3339)
                .unwrap_or_default(),
            target: self.settings.target_name.clone(),
            igs: self.plan.igs.clone(),
            suites: self.plan.suites.clone(),
            settings: self.shown(),
            excuses: self.settings.excuses.clone(),
            strict: self.settings.strict,
            endpoints: self.endpoints(),
        }
    }
}

/// What the steps need to know about each scenario.
fn notes(plan: &Plan) -> HashMap<String, ScenarioNote> {
    let rows: HashMap<(&str, &str), _> = plan
        .requirements
        .iter()
        .map(|requirement| {
            (
                (requirement.ig.as_str(), requirement.id.as_str()),
                requirement,
            )
        })
        .collect();
    plan.scenarios
        .iter()
        .map(|scenario| {
            let ig = scenario.ig.to_string();
            let requirements = scenario.requirements.iter().filter_map(|id| {
                let row = rows.get(&(ig.as_str(), id.as_str()))?;
                let defect = row
                    .note
                    .strip_prefix("Defect:")
                    .map(|why| why.trim().to_owned());
                Some((id.clone(), row.level, defect))
            });
            let requirements = requirements.collect();
            let needs = scenario.written.needs.clone();
            (
                scenario.id.clone(),
                ScenarioNote {
                    ig,
                    system: scenario.system(),
                    requirements,
                    needs,
                },
            )
        })
        .collect()
}
