//! One run of the command line: from options and configuration to evidence in a folder.

use super::arguments::RunOptions;
use super::conclusion::{BODY_CAP, create_log, redactor};
use super::{Exit, Failure, Terminal, client_tls};
use crate::access::Access;
use crate::catalog::{Catalog, Plan};
use crate::config::{self, Config};
use crate::data::Data;
use crate::evidence::{Ending, Identity, Recorder, Redactor};
use crate::http::{self, Client, Politeness};
use crate::mock::Fault;
use crate::runner::Observer;
use crate::session::{
    BuiltIn, Connection, Knowledge, Means, Session, Settings, StandIns, probe, remote,
};
use crate::steps::{Context, Party, Provider, Target, Watch};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use url::Url;

/// The setting that says how stand-ins of ours were protected.
pub(super) const PROTECTION: &str = "protection of the stand-ins";

/// Everything a run is made from.
pub(super) struct Job<'a> {
    pub(super) data: &'a Data,
    pub(super) options: &'a RunOptions,
    pub(super) config: &'a Config,
    /// What the built-in stand-ins are made from, where it is they that are tested.
    pub(super) catalog: Option<Catalog>,
    pub(super) fault: Option<Fault>,
    pub(super) knowledge: Knowledge,
    /// How gently the target is asked, when others are tested at the same time.
    pub(super) politeness: Option<Politeness>,
    /// Where we listen for what the target sends, and under which base URL it reaches us there.
    pub(super) desk: (Option<SocketAddr>, Option<Url>),
    /// Folder for the evidence.
    pub(super) out: PathBuf,
    pub(super) terminal: Terminal,
}

/// Why a run could not be made.
#[derive(Debug)]
pub(super) enum Trouble {
    /// The target gives no answer at all.
    Unreachable(Failure),
    /// The target answers, and no token for it is to be had.
    NoAccess(Failure),
    /// Something on our side: settings, files, the machine.
    Ours(Failure),
}

impl Trouble {
    /// What a user is told.
    pub(super) fn into_failure(self) -> Failure {
        match self {
            Self::Unreachable(failure) | Self::NoAccess(failure) | Self::Ours(failure) => failure,
        }
    }
}

impl From<Failure> for Trouble {
    fn from(failure: Failure) -> Self {
        Self::Ours(failure)
    }
}

impl<E: std::error::Error> From<E> for Trouble {
    fn from(error: E) -> Self {
        Self::Ours(Failure::from(error))
    }
}

/// The system under test, ready to be talked to.
struct SystemUnderTest {
    targets: HashMap<String, Target>,
    requester: Party,
    /// Keeps the built-in stand-ins running.
    built_in: Option<BuiltIn>,
}

/// A run that is set up: the system under test has answered.
pub(super) struct Ready {
    plan: Plan,
    settings: Settings,
    system: SystemUnderTest,
    redactor: Redactor,
    out: PathBuf,
    terminal: Terminal,
}

impl Job<'_> {
    /// Sets up the system under test, and asks it for a first answer and for a token.
    pub(super) async fn ready(self, plan: Plan) -> Result<Ready, Trouble> {
        let redactor = redactor(self.config.redacts_phi())?;
        let mut settings = settings(self.options, self.config);
        if let Some(politeness) = &self.politeness {
            // More scenarios at a time would only wait for each other.
            settings.jobs = settings.jobs.min(politeness.concurrent());
            let jobs = settings.jobs.to_string();
            settings.shown.insert("jobs".to_owned(), jobs);
        }
        (settings.listen, settings.public_url) = self.desk.clone();
        let system = match &self.config.target {
            Some(target) => self.remote(target, &plan, &mut settings).await?,
            None => self.built_in(&plan, &mut settings).await?,
        };
        // All there is to know is in the plan: nine of ten scenarios are of other guides and versions.
        drop(self.catalog);
        for member in system.targets.values().flat_map(|target| &*target.members) {
            member.teach(&redactor);
        }
        for target in system.targets.values() {
            target.attachments.teach(&redactor);
        }
        Ok(Ready {
            plan,
            settings,
            system,
            redactor,
            out: self.out,
            terminal: self.terminal,
        })
    }

    /// A server of somebody else.
    async fn remote(
        &self,
        target: &config::Target,
        plan: &Plan,
        settings: &mut Settings,
    ) -> Result<SystemUnderTest, Trouble> {
        if let Some(fault) = &self.fault {
            return Err(Failure::new(
                format!(
                    "--fault {} is for a built-in stand-in, and the configuration names a target",
                    fault.name
                ),
                "leave out --fault, or the configuration",
            )
            .into());
        }
        let (client, access) = client(self.config, target, self.politeness.clone())?;
        let probed = probe(&client.anonymous()).await;
        probed.map_err(|error| Trouble::Unreachable(error.into()))?;
        if let Some(access) = &access {
            let prepared = access.prepare().await;
            prepared.map_err(|error| Trouble::NoAccess(error.into()))?;
        }
        settings.target_name = target.url.to_string();
        let requester = &self.config.requester;
        let provider = self.config.provider.as_ref().map(Provider::from);
        let expired = target.auth.as_ref().and_then(|auth| auth.expired.as_ref());
        let expired = expired.map(|token| {
            let environment = |name: &str| std::env::var(name).ok();
            token.resolve(
                environment,
                "the token that has expired",
                "target.auth.expired",
            )
        });
        let connection = Connection {
            access,
            expired_token: expired.transpose()?,
            other_identity: client_tls::other_identity(target)?,
            ..Connection::of(client)
        };
        Ok(SystemUnderTest {
            targets: remote(
                self.data,
                plan,
                &connection,
                self.config,
                &payer(target),
                provider.as_ref(),
                &self.knowledge,
            )?,
            requester: Party {
                npi: requester.npi.clone(),
                name: requester.name.clone(),
            },
            built_in: None,
        })
    }

    /// The built-in stand-ins, with the fault if there is one.
    async fn built_in(
        &self,
        plan: &Plan,
        settings: &mut Settings,
    ) -> Result<SystemUnderTest, Trouble> {
        let catalog = self.catalog.as_ref().ok_or_else(|| {
            Failure::new(
                "there is no target",
                "add [target] with its url to the configuration",
            )
        })?;
        let means = Means {
            request_timeout: self.config.limits.request_timeout,
            knowledge: self.knowledge.clone(),
            protection: self.options.protection.protection(),
        };
        let stand_ins = StandIns::load_with(self.data, catalog, plan, &means)?;
        let built_in = stand_ins.start(self.fault.as_ref()).await?;
        settings.target_name = match &self.fault {
            Some(fault) => format!("{} with the fault {}", built_in.name(), fault.name),
            None => built_in.name().to_owned(),
        };
        settings.capabilities = BuiltIn::CAPABILITIES.map(str::to_owned).into();
        Ok(SystemUnderTest {
            targets: built_in.targets.clone(),
            requester: built_in.requester.clone(),
            built_in: Some(built_in),
        })
    }
}

impl Ready {
    /// How many scenarios there are.
    pub(super) fn len(&self) -> usize {
        self.plan.scenarios.len()
    }

    /// The same, told how far the files are that it fetches.
    pub(super) fn watched(mut self, downloads: Watch) -> Self {
        self.settings.downloads = downloads;
        self
    }

    /// Runs it, and leaves the evidence in the folder. `observer` watches scenarios finish.
    pub(super) async fn run(mut self, observer: Observer) -> Result<Ending, Failure> {
        let recorder = Recorder::new(Box::new(create_log(&self.out)?), self.redactor, BODY_CAP);
        let system = self.system;
        for access in system
            .targets
            .values()
            .filter_map(|target| target.access.as_ref())
        {
            access.confide(&recorder);
        }
        self.settings.observer = Some(observer);
        let session = Session::new(
            self.plan,
            self.settings,
            system.targets,
            system.requester,
            recorder.clone(),
        );
        let context = session.handle();
        let interrupts = tokio::spawn(interrupt(context.clone()));
        let ending = session.run().await;
        interrupts.abort();
        drop(system.built_in);
        let definitions = context.targets.values().map(|target| &target.definitions);
        let problems: BTreeSet<String> = definitions.flat_map(|known| known.problems()).collect();
        for problem in problems {
            self.terminal.tell(&problem);
        }
        match recorder.failure() {
            Some(problem) => Err(Failure::new(
                format!("the evidence could not be written: {problem}"),
                "free some space, or name another folder with --out",
            )),
            None => Ok(ending),
        }
    }
}

fn settings(options: &RunOptions, config: &Config) -> Settings {
    let limits = &config.limits;
    let target = config.target.as_ref();
    let mut shown = BTreeMap::from([
        ("jobs".to_owned(), limits.jobs.to_string()),
        ("retry".to_owned(), limits.retry.to_string()),
        (
            "request timeout".to_owned(),
            format!("{} s", limits.request_timeout.as_secs_f64()),
        ),
        (
            "redact personal data".to_owned(),
            config.redacts_phi().to_string(),
        ),
    ]);
    if target.is_some_and(|target| target.tls.insecure) {
        shown.insert(
            Identity::CERTIFICATES.to_owned(),
            Identity::NOT_VERIFIED.to_owned(),
        );
    }
    if let Some(shard) = &options.selection.shard {
        shown.insert("shard".to_owned(), shard.clone());
    }
    if let Some(words) = options.protection.shown() {
        shown.insert(PROTECTION.to_owned(), words);
    }
    if let Some(server) = &options.tx {
        shown.insert("terminology server".to_owned(), server.to_string());
    }
    Settings {
        keeps_records: true,
        jobs: limits.jobs,
        retries: limits.retry as usize,
        fail_fast: options.fail_fast,
        run_timeout: Some(limits.run_timeout),
        // A step sends several requests; each of them has its own bound.
        step_timeout: limits
            .request_timeout
            .saturating_mul(40)
            .max(Duration::from_secs(60)),
        max_wait: limits.max_wait,
        capabilities: target
            .into_iter()
            .flat_map(|target| target.capabilities.iter().cloned())
            .collect(),
        excuses: config.excuses.clone(),
        strict: options.strict,
        shown,
        ..Settings::default()
    }
}

/// The client of the run, and who holds its tokens when it needs any.
pub(super) fn client(
    config: &Config,
    target: &config::Target,
    politeness: Option<Politeness>,
) -> Result<(Client, Option<Arc<Access>>), Failure> {
    let settings = http::Settings {
        request_timeout: config.limits.request_timeout,
        body_limit: config.limits.body_limit,
        ca_file: target.ca_file.clone(),
        token_origins: target.token_origins.iter().map(url::Url::origin).collect(),
        allow_private: config.limits.allow_private,
        identity: client_tls::identity(target)?,
        insecure: target.tls.insecure,
        politeness,
        ..http::Settings::new(target.url.clone())
    };
    let client = Client::new(settings)?;
    let access = Access::configured(&client, target, &|name| std::env::var(name).ok())?;
    Ok(match access {
        Some(access) => (client.authorized_by(access.clone()), Some(access)),
        None => (client, None),
    })
}

/// The payer under test as it is named in consents and coverages.
pub(super) fn payer(target: &config::Target) -> Party {
    // Without its number the payer is named by a number nobody has; a payer that checks will say so.
    Party {
        npi: target.npi.clone().unwrap_or_else(|| "9999999995".into()),
        name: "the payer under test".into(),
    }
}

/// The first ctrl-C ends the run with what happened so far; the second ends the process.
async fn interrupt(context: Arc<Context>) {
    let asked = AtomicBool::new(false);
    while tokio::signal::ctrl_c().await.is_ok() {
        if asked.swap(true, Ordering::Relaxed) {
            #[expect(
                clippy::exit,
                reason = "the user insists; every event is in the log already"
            )]
            std::process::exit(i32::from(Exit::Interrupted.code()));
        }
        context.stop(true);
    }
}
