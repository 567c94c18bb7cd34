//! One partner, from its settings to its row.

use super::super::arguments::RunOptions;
use super::super::conclusion::{redactor, write_reports};
use super::super::job::{Job, Trouble};
use super::super::report::write_bytes;
use super::super::run::selection;
use super::super::terminal::Board;
use super::super::{Exit, Failure, Terminal, conclusion, console};
use super::folder::Folder;
use super::watch::Watch;
use crate::catalog::{Catalog, Plan};
use crate::config::{Config, Credential, Overrides, Partner, Partners, Target};
use crate::data::Data;
use crate::evidence::{Ending, Run, Summary, log};
use crate::http::Politeness;
use crate::report::{
    Comparison, ComparisonFormat, EarlierMatrix, PartnerRow, PartnerState, Tested, Trend,
};
use crate::session::Knowledge;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The comparison with the run before, in a partner's folder.
const COMPARISON: &str = "comparison.html";

/// What all partners are tried with.
pub(super) struct Trial<'a> {
    pub(super) data: &'a Data,
    pub(super) options: &'a RunOptions,
    pub(super) overrides: Overrides,
    pub(super) catalog: &'a Catalog,
    pub(super) knowledge: Knowledge,
    pub(super) politeness: Politeness,
    pub(super) folder: &'a Folder,
    pub(super) earlier: &'a EarlierMatrix,
    pub(super) terminal: Terminal,
}

/// A partner that was tried.
pub(super) struct Tried {
    pub(super) row: PartnerRow,
    /// Whether nothing is left to be settled in its settings: an excuse that has expired or covers nothing is.
    pub(super) is_settled: bool,
}

/// Why there is no run, and in which state the partner is for that.
struct Out {
    state: PartnerState,
    reason: String,
}

impl Trial<'_> {
    /// Shows what would be run.
    pub(super) fn list(&self, partners: &Partners) -> Result<Exit, Failure> {
        let mut exit = Exit::Conformant;
        for partner in &partners.partners {
            let said = match self
                .config(partner)
                .and_then(|config| self.plan(partner, &config))
            {
                Ok(plan) => format!("{} scenarios would run", plan.scenarios.len()),
                Err(out) => {
                    exit = Exit::CouldNotRun;
                    format!("{}: {}", out.state.words(), out.reason)
                }
            };
            self.terminal.say(&format!("{}  {said}", partner.name));
        }
        Ok(exit)
    }

    /// Tries a partner; whatever goes wrong with it is told in its row.
    pub(super) fn guarded(&self, partner: &Partner, watch: &Watch, board: &Board) -> Tried {
        catch_unwind(AssertUnwindSafe(|| self.run(partner, watch, board))).unwrap_or_else(|_| {
            let reason = "a defect of this tool: the thread panicked".to_owned();
            let state = PartnerState::Failed;
            self.out(partner, None, Out { state, reason })
        })
    }

    fn run(&self, partner: &Partner, watch: &Watch, board: &Board) -> Tried {
        let config = match self.config(partner) {
            Ok(config) => config,
            Err(out) => return self.out(partner, None, out),
        };
        match self.run_with(partner, &config, watch, board) {
            Ok(tried) => tried,
            Err(out) => self.out(partner, Some(&config), out),
        }
    }

    /// The settings of a partner, with what flags and environment say for all.
    fn config(&self, partner: &Partner) -> Result<Config, Out> {
        let config = partner.config.as_ref().map_err(misconfigured)?;
        let overridden = config.clone().overridden(self.overrides.clone());
        overridden.map_err(|error| misconfigured(&error))
    }

    fn plan(&self, partner: &Partner, config: &Config) -> Result<Plan, Out> {
        let ours = |failure: Failure| told(PartnerState::Misconfigured, &failure);
        let mut selected = self.options.selection.selection().map_err(ours)?;
        if selected.suites.is_empty() {
            selected.suites.clone_from(&partner.suites);
        }
        if selected.igs.is_empty() {
            for ig in &partner.igs {
                selected.igs.push(ig.parse().map_err(|error| Out {
                    state: PartnerState::Misconfigured,
                    reason: format!("ig {ig:?}: {error}; write for example ig = [\"pdex@2.1.0\"]"),
                })?);
            }
        }
        let selected = selection(selected, config).map_err(ours)?;
        let plan = self.catalog.select(&selected);
        plan.map_err(|error| misconfigured(&error))
    }

    fn run_with(
        &self,
        partner: &Partner,
        config: &Config,
        watch: &Watch,
        board: &Board,
    ) -> Result<Tried, Out> {
        let not_tried = || Out {
            state: PartnerState::NotTried,
            reason: "it was stopped by the user before its turn came".to_owned(),
        };
        if watch.is_stopped() {
            return Err(not_tried());
        }
        let plan = self.plan(partner, config)?;
        let credentials = config.target.iter().flat_map(Target::credentials);
        for exposure in credentials.filter_map(Credential::exposure) {
            board.line(&format!("warning: {}: {exposure}", partner.name));
        }
        let job = Job {
            data: self.data,
            options: self.options,
            config,
            catalog: None,
            fault: None,
            knowledge: self.knowledge.clone(),
            politeness: Some(self.politeness.clone()),
            desk: (partner.listen, partner.public_url.clone()),
            out: self.folder.of(&partner.name),
            terminal: self.terminal,
        };
        let baseline = self
            .folder
            .baseline(&partner.name, |problem| board.line(problem));
        let bar = Arc::new(board.bar(&partner.name, plan.scenarios.len()));
        let ended = console::block_on(async {
            let limit = config.limits.run_timeout;
            let ready = tokio::select! {
                ready = tokio::time::timeout(limit, job.ready(plan)) => ready,
                () = watch.stopped() => return Err(not_tried()),
            };
            let late = |_| Out {
                state: PartnerState::Unreachable,
                reason: "it did not get as far as to the first scenario within limits.run_timeout"
                    .to_owned(),
            };
            let ready = ready.map_err(late)?.map_err(|trouble| {
                let state = match trouble {
                    Trouble::Unreachable(_) => PartnerState::Unreachable,
                    Trouble::NoAccess(_) => PartnerState::NoAccess,
                    Trouble::Ours(_) => PartnerState::Misconfigured,
                };
                told(state, &trouble.into_failure())
            })?;
            let failed = |failure: Failure| told(PartnerState::Failed, &failure);
            self.folder.make_room(&partner.name).map_err(failed)?;
            let observer = conclusion::observer(bar.clone(), self.options.verbose, self.terminal);
            ready.run(observer).await.map_err(failed)
        });
        bar.finish();
        let failed = |failure: Failure| told(PartnerState::Failed, &failure);
        let ending = ended.map_err(failed)??;
        let out = self.folder.of(&partner.name);
        self.tried(partner, config, &out, ending, baseline.as_ref())
            .map_err(failed)
    }

    /// The row of a partner that was tested: writes its reports.
    fn tried(
        &self,
        partner: &Partner,
        config: &Config,
        out: &Path,
        ending: Ending,
        baseline: Option<&Run>,
    ) -> Result<Tried, Failure> {
        let run = log::read(out)?;
        let named = self.options.report.iter();
        let named: Vec<(_, PathBuf)> = named
            .map(|(format, path)| (*format, out.join(path)))
            .collect();
        write_reports(self.data, &run, out, &named, &self.terminal)?;
        if ending == Ending::Interrupted {
            let reason = "it was stopped by the user while it was tested; its report has what happened so far";
            let state = PartnerState::NotTried;
            let reason = reason.to_owned();
            return Ok(self.out(partner, Some(config), Out { state, reason }));
        }
        let comparison = baseline.map(|baseline| Comparison::of(baseline, &run));
        if let Some(comparison) = &comparison {
            let page = comparison.render(ComparisonFormat::Html, self.data)?;
            write_bytes(&page, &out.join(COMPARISON), &self.terminal)?;
        }
        let summary = Summary::of(&run);
        let excuse = summary.expired.first().or_else(|| summary.unused.first());
        let excuse = excuse.map(|excuse| {
            format!(
                "the excuse for {} has expired or covers nothing that broke; remove it from the configuration, or renew it with a reason and a date",
                excuse.requirement
            )
        });
        let late = (ending == Ending::TimedOut).then(|| {
            "the time for the run was over before all was tried; raise limits.run_timeout"
                .to_owned()
        });
        let is_settled = excuse.is_none();
        let reasons: Vec<String> = excuse.into_iter().chain(late).collect();
        let has_comparison = comparison.is_some();
        let state = PartnerState::Tested;
        let earlier = self.earlier.state(&partner.name);
        Ok(Tried {
            row: PartnerRow {
                name: partner.name.clone(),
                title: partner.title.clone(),
                url: url(config),
                state,
                reason: (!reasons.is_empty()).then(|| reasons.join("; ")),
                tested: Some(Tested::of(&run)),
                trend: Trend::of(state, earlier, comparison, self.options.strict),
                report: self.report(partner),
                comparison: has_comparison.then(|| format!("{}/{COMPARISON}", partner.name)),
            },
            is_settled,
        })
    }

    /// The row of a partner that could not be tested.
    fn out(&self, partner: &Partner, config: Option<&Config>, out: Out) -> Tried {
        let earlier = self.earlier.state(&partner.name);
        Tried {
            row: PartnerRow {
                name: partner.name.clone(),
                title: partner.title.clone(),
                url: config.and_then(url),
                state: out.state,
                reason: Some(
                    config.map_or(out.reason.clone(), |config| scrubbed(config, &out.reason)),
                ),
                tested: None,
                trend: Trend::of(out.state, earlier, None, self.options.strict),
                report: self.report(partner),
                comparison: None,
            },
            is_settled: true,
        }
    }

    fn report(&self, partner: &Partner) -> Option<String> {
        let has_report = self.folder.has_report(&partner.name);
        has_report.then(|| format!("{}/report.html", partner.name))
    }
}

fn url(config: &Config) -> Option<String> {
    config.target.as_ref().map(|target| target.url.to_string())
}

fn misconfigured(error: &impl std::error::Error) -> Out {
    Out {
        state: PartnerState::Misconfigured,
        reason: error.to_string(),
    }
}

fn told(state: PartnerState, failure: &Failure) -> Out {
    let reason = match &failure.help {
        Some(help) => format!("{}; {help}", failure.message),
        None => failure.message.clone(),
    };
    Out { state, reason }
}

/// A reason as it may stand in a file: a server that refuses may repeat what it was sent.
fn scrubbed(config: &Config, reason: &str) -> String {
    let Ok(redactor) = redactor(config.redacts_phi()) else {
        return "the reason is not told, for nothing can be redacted on this machine".to_owned();
    };
    let credentials = config.target.iter().flat_map(Target::credentials);
    for credential in credentials {
        let found = credential.resolve(|name| std::env::var(name).ok(), "credential", "target");
        if let Ok(secret) = found {
            redactor.secret(secret.expose());
        }
    }
    for member in &config.members {
        member.teach(&redactor);
    }
    redactor.text(reason)
}
