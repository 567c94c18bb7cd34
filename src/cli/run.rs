//! `vitruvian run`: suites against a target, or against the built-in stand-ins.

use super::arguments::RunOptions;
use super::conclusion::{Wanted, conclude, observer};
use super::download::downloads;
use super::job::{Job, Trouble};
use super::selection::{find_fault, load};
use super::terminal::Bar;
use super::terminology_server::TerminologyServer;
use super::{Exit, Failure, Terminal, client_tls, console, partners};
use crate::catalog::{Plan, Role, Selection};
use crate::config::{Config, Overrides};
use crate::data::Data;
use crate::evidence::Ending;
use crate::session::Knowledge;
use std::sync::Arc;

pub(super) fn run(data: &Data, options: &RunOptions, terminal: &Terminal) -> Result<Exit, Failure> {
    if let Some(path) = &options.partners.targets {
        return partners::run(data, path, options, terminal);
    }
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
    let selection = selection(options.selection.selection()?, &config)?;
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
        catalog: Some(catalog),
        fault,
        knowledge: Knowledge {
            packages: options.packages.clone(),
            service: server.clone().map(|server| server as _),
        },
        politeness: None,
        desk: (options.listen, options.public_url.clone()),
        out: options.out.clone(),
        terminal: *terminal,
    };
    let ending = console::block_on(execute(job, plan, options.verbose, *terminal))?;
    let ending = ending.map_err(Trouble::into_failure)?;
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

async fn execute(
    job: Job<'_>,
    plan: Plan,
    verbose: bool,
    terminal: Terminal,
) -> Result<Ending, Trouble> {
    let ready = job.ready(plan).await?;
    let bar = Arc::new(Bar::new(terminal, ready.len()));
    let ready = ready.watched(downloads(bar.clone(), terminal));
    let ending = ready.run(observer(bar.clone(), verbose, terminal)).await;
    bar.finish();
    Ok(ending?)
}

/// What is asked for, as far as flags and the configuration say.
pub(super) fn selection(mut selection: Selection, config: &Config) -> Result<Selection, Failure> {
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
    let flags = flags(options)?;
    Ok(config.overridden(flags.or(Overrides::from_variables(std::env::vars())?))?)
}

/// What the flags say.
pub(super) fn flags(options: &RunOptions) -> Result<Overrides, Failure> {
    let mut flags = Overrides {
        redact_phi: match (options.redact_phi, options.no_redact_phi) {
            (true, _) => Some(true),
            (false, true) => Some(false),
            (false, false) => None,
        },
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
    Ok(flags)
}
