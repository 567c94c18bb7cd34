//! `vitruvian run`: suites against a target, or against the built-in payer.

use super::arguments::RunOptions;
use super::selection::load;
use super::summary::summarise;
use super::terminal::{Bar, Style};
use super::{Exit, Failure, Terminal, console, report};
use crate::catalog::{Catalog, Plan};
use crate::config::{self, Config, Overrides};
use crate::data::Data;
use crate::evidence::{Ending, Recorder, Redactor, Summary, Verdict, log};
use crate::http::{self, Client};
use crate::report::Format;
use crate::session::{BuiltIn, Session, Settings, StandIns, probe, remote};
use crate::steps::{Book, Context, Party, Target};
use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// Most bytes of a body that the evidence keeps.
const BODY_CAP: usize = 256 << 10;
/// Reports that every run leaves in its folder.
const DEFAULT_REPORTS: [(Format, &str); 3] = [
    (Format::Html, "report.html"),
    (Format::Json, "report.json"),
    (Format::Junit, "junit.xml"),
];

pub(super) fn run(data: &Data, options: &RunOptions, terminal: &Terminal) -> Result<Exit, Failure> {
    let config = configuration(options)?;
    let (catalog, _) = load(data)?;
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
    let ending = console::block_on(execute(data, options, &config, &catalog, plan, *terminal))??;
    conclude(data, options, ending, terminal)
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
        ..Overrides::default()
    };
    let given = [
        ("target", options.target.clone()),
        ("request-timeout", options.request_timeout.clone()),
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

async fn execute(
    data: &Data,
    options: &RunOptions,
    config: &Config,
    catalog: &Catalog,
    plan: Plan,
    terminal: Terminal,
) -> Result<Ending, Failure> {
    let book = Book::open()?;
    let mut built_in = None;
    let mut settings = settings(options, config);
    let (targets, requester): (HashMap<String, Target>, Party);
    let redactor = redactor(config)?;
    if let Some(target) = &config.target {
        let client = client(config, &redactor)?;
        probe(&client).await?;
        settings.target_name = target.url.to_string();
        targets = remote(&plan, &client, &config.members, &payer(target));
        requester = Party {
            npi: config.requester.npi.clone(),
            name: config.requester.name.clone(),
        };
    } else {
        let stand_ins = StandIns::load(data, catalog, &plan, config.limits.request_timeout)?;
        let stand_in = stand_ins.start(None).await?;
        settings.target_name = BuiltIn::NAME.to_owned();
        settings.capabilities = BuiltIn::CAPABILITIES.map(str::to_owned).into();
        (targets, requester) = (stand_in.targets.clone(), stand_in.requester.clone());
        built_in = Some(stand_in);
    }
    for member in targets.values().flat_map(|target| &target.members) {
        member.teach(&redactor);
    }
    let recorder = Recorder::new(Box::new(create_log(&options.out)?), redactor, BODY_CAP);
    let bar = Arc::new(Bar::new(terminal, plan.scenarios.len()));
    settings.observer = Some(observer(bar.clone(), options.verbose, terminal));
    let session = Session::new(plan, settings, targets, requester, recorder.clone());
    let interrupts = tokio::spawn(interrupt(session.handle()));
    let ending = session.run(&book).await;
    interrupts.abort();
    bar.finish();
    drop(built_in);
    match recorder.failure() {
        Some(problem) => Err(Failure::new(
            format!("the evidence could not be written: {problem}"),
            "free some space, or name another folder with --out",
        )),
        None => Ok(ending),
    }
}

fn settings(options: &RunOptions, config: &Config) -> Settings {
    let limits = &config.limits;
    let target = config.target.as_ref();
    let shown = BTreeMap::from([
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
    Settings {
        jobs: limits.jobs,
        retries: limits.retry as usize,
        fail_fast: options.fail_fast,
        run_timeout: Some(limits.run_timeout),
        // A step sends several requests; each of them has its own bound.
        step_timeout: limits
            .request_timeout
            .saturating_mul(40)
            .max(Duration::from_secs(60)),
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

/// A redactor with a key that exists nowhere else.
fn redactor(config: &Config) -> Result<Redactor, Failure> {
    let mut key = [0; 32];
    getrandom::fill(&mut key).map_err(|error| {
        Failure::new(
            format!("no randomness to be had: {error}"),
            "check the machine's random source",
        )
    })?;
    Ok(Redactor::new(key, config.privacy.redact_phi))
}

fn client(config: &Config, redactor: &Redactor) -> Result<Client, Failure> {
    let Some(target) = &config.target else {
        return Err(Failure::new("there is no target", "name one with --target"));
    };
    let environment = |name: &str| std::env::var(name).ok();
    let token = target
        .token
        .as_ref()
        .map(|token| token.resolve(environment, "the token", "target.token"));
    let token = token.transpose()?;
    if let Some(token) = &token {
        redactor.secret(token.expose());
    }
    let settings = http::Settings {
        token,
        request_timeout: config.limits.request_timeout,
        body_limit: config.limits.body_limit,
        ca_file: target.ca_file.clone(),
        ..http::Settings::new(target.url.clone())
    };
    Ok(Client::new(settings)?)
}

/// The payer under test as it is named in consents and coverages.
fn payer(target: &config::Target) -> Party {
    // Without its number the payer is named by a number nobody has; a payer that checks will say so.
    Party {
        npi: target.npi.clone().unwrap_or_else(|| "9999999999".into()),
        name: "the payer under test".into(),
    }
}

fn create_log(out: &Path) -> Result<log::FileSink, Failure> {
    let path = out.join(log::FILE_NAME);
    let create = || {
        std::fs::create_dir_all(out)?;
        log::FileSink::create(&path)
    };
    create().map_err(|error| {
        Failure::new(
            format!("cannot write {}: {error}", path.display()),
            "name another folder with --out",
        )
    })
}

fn observer(bar: Arc<Bar>, verbose: bool, terminal: Terminal) -> crate::runner::Observer {
    Arc::new(move |id: &str, verdict: Verdict| {
        bar.step(id);
        if verbose {
            bar.line(&format!(
                "{:<6} {id}",
                terminal
                    .for_errors()
                    .paint(Style::of(verdict), verdict.as_str())
            ));
        }
    })
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

/// Renders the reports from the log, says what came of it, and picks the exit code.
fn conclude(
    data: &Data,
    options: &RunOptions,
    ending: Ending,
    terminal: &Terminal,
) -> Result<Exit, Failure> {
    let run = log::read(&options.out)?;
    let in_folder = DEFAULT_REPORTS
        .iter()
        .map(|(format, name)| (*format, options.out.join(name)));
    let named = options.report.iter().cloned();
    let reports: Vec<(Format, PathBuf)> = in_folder.chain(named).collect();
    for (format, path) in &reports {
        report::write(data, &run, *format, path, terminal)?;
    }
    let summary = Summary::of(&run);
    // A report on standard output must stay what it is.
    if options
        .report
        .iter()
        .any(|(_, path)| path == Path::new("-"))
    {
        terminal.tell(&summarise(&run, &summary, terminal.for_errors()));
    } else {
        terminal.say(&summarise(&run, &summary, *terminal));
    }
    terminal.tell(&format!(
        "report: {}",
        options.out.join("report.html").display()
    ));
    if let Some(excuse) = summary.expired.first().or_else(|| summary.unused.first()) {
        return Err(Failure::new(
            format!(
                "the excuse for {} has expired or covers nothing that broke",
                excuse.requirement
            ),
            "remove it from the configuration, or renew it with a reason and a date",
        ));
    }
    Ok(match ending {
        Ending::Interrupted => Exit::Interrupted,
        _ => Exit::of(summary.conclusion, options.allow_incomplete),
    })
}
