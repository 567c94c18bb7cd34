//! `vitruvian run`: suites against a target, or against the built-in stand-ins.

use super::arguments::RunOptions;
use super::conclusion::{BODY_CAP, Wanted, conclude, create_log, observer, redactor};
use super::download::downloads;
use super::selection::{find_fault, load};
use super::terminal::Bar;
use super::terminology_server::TerminologyServer;
use super::{Exit, Failure, Terminal, client_tls, console};
use crate::access::Access;
use crate::catalog::{Catalog, Plan, Role, Selection};
use crate::config::{self, Config, Overrides};
use crate::data::Data;
use crate::evidence::{Ending, Identity, Recorder};
use crate::http::{self, Client};
use crate::mock::Fault;
use crate::session::{
    BuiltIn, Connection, Knowledge, Means, Session, Settings, StandIns, probe, remote,
};
use crate::steps::{Context, Party, Provider, Target};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

pub(super) fn run(data: &Data, options: &RunOptions, terminal: &Terminal) -> Result<Exit, Failure> {
    let config = configuration(options)?;
    client_tls::warn(&config, *terminal);
    let (catalog, faults) = load(data)?;
    let fault = options
        .fault
        .as_ref()
        .map(|name| find_fault(&faults, name))
        .transpose()?
        .cloned();
    drop(faults);
    let selection = selection(options, &config)?;
    let plan = catalog.select(&selection)?;
    if options.list {
        for scenario in &plan.scenarios {
            terminal.say(&format!(
                "{}  {}",
                scenario.id,
                scenario.requirements.join(" ")
            ));
        }
        terminal.say(&format!("\n{} scenarios would run", plan.scenarios.len()));
        return Ok(Exit::Conformant);
    }
    let server = options
        .tx
        .as_ref()
        .map(TerminologyServer::new)
        .transpose()?;
    let server = server.map(Arc::new);
    let job = Job {
        data,
        options,
        config: &config,
        catalog,
        fault,
        knowledge: Knowledge {
            packages: options.packages.clone(),
            service: server.clone().map(|server| server as _),
        },
        terminal: *terminal,
    };
    let ending = console::block_on(job.execute(plan))??;
    if let Some(why) = server.and_then(|server| server.given_up()) {
        terminal.tell(&why);
    }
    conclude(
        data,
        &Wanted {
            out: &options.out,
            report: &options.report,
            allow_incomplete: options.allow_incomplete,
        },
        ending,
        terminal,
    )
}

/// What is asked for, as far as flags and the configuration say.
fn selection(options: &RunOptions, config: &Config) -> Result<Selection, Failure> {
    let mut selection = options.selection.selection()?;
    if let (true, Some(ig)) = (
        selection.igs.is_empty(),
        config.target.as_ref().and_then(|target| target.ig.as_ref()),
    ) {
        let parse = |error| {
            Failure::new(
                format!("target.ig {ig:?}: {error}"),
                "write for example ig = \"pdex@2.1.0\"",
            )
        };
        selection.igs.push(ig.parse().map_err(parse)?);
    }
    let is_open = selection.igs.is_empty()
        && selection.suites.is_empty()
        && selection.roles.is_empty()
        && selection.requirements.is_empty();
    if config.target.is_some() && is_open {
        // One server is one party: a payer, unless something is asked for that says otherwise.
        selection.roles.push(Role::PayerServer);
    } else if config.target.is_some()
        && selection.suites.is_empty()
        && selection.roles.is_empty()
        && selection.requirements.is_empty()
    {
        // A version alone does not say so either; the provider is who CDex is about first.
        selection
            .roles
            .extend([Role::PayerServer, Role::DataSourceServer]);
    }
    Ok(selection)
}

/// Reads the configuration: flags win over the environment, that over the file.
fn configuration(options: &RunOptions) -> Result<Config, Failure> {
    let config = options
        .config
        .as_deref()
        .map(Config::read)
        .transpose()?
        .unwrap_or_default();
    let mut flags = Overrides {
        redact_phi: options.no_redact_phi.then_some(false),
        insecure: options.insecure,
        ..Overrides::default()
    };
    let given = [
        ("target", options.target.clone()),
        ("request-timeout", options.request_timeout.clone()),
        ("max-wait", options.max_wait.clone()),
        ("run-timeout", options.run_timeout.clone()),
        ("jobs", options.jobs.map(|jobs| jobs.to_string())),
        ("retry", options.retry.map(|retry| retry.to_string())),
    ];
    for (name, text) in given {
        if let Some(text) = text {
            flags.set(name, &text, &format!("--{name}"))?;
        }
    }
    Ok(config.overridden(flags.or(Overrides::from_variables(std::env::vars())?))?)
}

/// Everything a run is made from.
struct Job<'a> {
    data: &'a Data,
    options: &'a RunOptions,
    config: &'a Config,
    catalog: Catalog,
    fault: Option<Fault>,
    knowledge: Knowledge,
    terminal: Terminal,
}

/// The system under test, ready to be talked to.
struct SystemUnderTest {
    targets: HashMap<String, Target>,
    requester: Party,
    /// Keeps the built-in stand-ins running.
    built_in: Option<BuiltIn>,
}

impl Job<'_> {
    async fn execute(self, plan: Plan) -> Result<Ending, Failure> {
        let redactor = redactor(self.config.privacy.redact_phi)?;
        let mut settings = settings(self.options, self.config);
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
        let recorder = Recorder::new(Box::new(create_log(&self.options.out)?), redactor, BODY_CAP);
        for access in system
            .targets
            .values()
            .filter_map(|target| target.access.as_ref())
        {
            access.confide(&recorder);
        }
        let bar = Arc::new(Bar::new(self.terminal, plan.scenarios.len()));
        settings.observer = Some(observer(bar.clone(), self.options.verbose, self.terminal));
        settings.downloads = downloads(bar.clone(), self.terminal);
        let session = Session::new(
            plan,
            settings,
            system.targets,
            system.requester,
            recorder.clone(),
        );
        let context = session.handle();
        let interrupts = tokio::spawn(interrupt(context.clone()));
        let ending = session.run().await;
        interrupts.abort();
        bar.finish();
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

    /// A server of somebody else.
    async fn remote(
        &self,
        target: &config::Target,
        plan: &Plan,
        settings: &mut Settings,
    ) -> Result<SystemUnderTest, Failure> {
        if let Some(fault) = &self.fault {
            return Err(Failure::new(
                format!(
                    "--fault {} is for a built-in stand-in, and the configuration names a target",
                    fault.name
                ),
                "leave out --fault, or the configuration",
            ));
        }
        let (client, access) = client(self.config, target)?;
        probe(&client.anonymous()).await?;
        if let Some(access) = &access {
            access.prepare().await?;
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
    ) -> Result<SystemUnderTest, Failure> {
        let means = Means {
            request_timeout: self.config.limits.request_timeout,
            knowledge: self.knowledge.clone(),
            protection: self.options.protection.protection(),
        };
        let stand_ins = StandIns::load_with(self.data, &self.catalog, plan, &means)?;
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
            config.privacy.redact_phi.to_string(),
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
        shown.insert("protection of the stand-ins".to_owned(), words);
    }
    if let Some(server) = &options.tx {
        shown.insert("terminology server".to_owned(), server.to_string());
    }
    Settings {
        keeps_records: true,
        listen: options.listen,
        public_url: options.public_url.clone(),
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
) -> Result<(Client, Option<Arc<Access>>), Failure> {
    let settings = http::Settings {
        request_timeout: config.limits.request_timeout,
        body_limit: config.limits.body_limit,
        ca_file: target.ca_file.clone(),
        token_origins: target.token_origins.iter().map(url::Url::origin).collect(),
        allow_private: config.limits.allow_private,
        identity: client_tls::identity(target)?,
        insecure: target.tls.insecure,
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
