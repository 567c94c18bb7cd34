//! What every run ends with: reports, a summary, an exit code; and what it needs for that from its beginning.

use super::summary::summarise;
use super::terminal::{Bar, Style};
use super::{Exit, Failure, Terminal, report};
use crate::data::Data;
use crate::evidence::{Ending, Redactor, Run, Summary, Verdict, log};
use crate::report::Format;
use crate::runner::Observer;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Most bytes of a body that the evidence keeps: all of what ordinary payers answer, so that it can be replayed.
pub(super) const BODY_CAP: usize = 1 << 20;
/// Reports that every run leaves in its folder.
const DEFAULT_REPORTS: [(Format, &str); 3] = [
    (Format::Html, "report.html"),
    (Format::Json, "report.json"),
    (Format::Junit, "junit.xml"),
];

/// What is wanted of the end of a run.
pub(super) struct Wanted<'a> {
    /// Folder for the evidence and the reports.
    pub(super) out: &'a Path,
    /// Further reports.
    pub(super) report: &'a [(Format, PathBuf)],
    /// Whether it is enough that nothing failed.
    pub(super) allow_incomplete: bool,
}

/// A redactor with a key that exists nowhere else.
pub(super) fn redactor(redact_phi: bool) -> Result<Redactor, Failure> {
    let mut key = [0; 32];
    getrandom::fill(&mut key).map_err(|error| {
        Failure::new(
            format!("no randomness to be had: {error}"),
            "check the machine's random source",
        )
    })?;
    Ok(Redactor::new(key, redact_phi))
}

/// Creates the log of a run in a folder, which is made unless it is there.
pub(super) fn create_log(out: &Path) -> Result<log::FileSink, Failure> {
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

/// Tells the terminal of scenarios that have finished.
pub(super) fn observer(bar: Arc<Bar>, verbose: bool, terminal: Terminal) -> Observer {
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

/// Writes the reports that every run leaves in its folder, and those that were asked for.
pub(super) fn write_reports(
    data: &Data,
    run: &Run,
    out: &Path,
    named: &[(Format, PathBuf)],
    terminal: &Terminal,
) -> Result<(), Failure> {
    let in_folder = DEFAULT_REPORTS
        .iter()
        .map(|(format, name)| (*format, out.join(name)));
    for (format, path) in in_folder.chain(named.iter().cloned()) {
        report::write(data, run, format, &path, terminal)?;
    }
    Ok(())
}

/// Renders the reports from the log, says what came of it, and picks the exit code.
pub(super) fn conclude(
    data: &Data,
    wanted: &Wanted<'_>,
    ending: Ending,
    terminal: &Terminal,
) -> Result<Exit, Failure> {
    let run = log::read(wanted.out)?;
    write_reports(data, &run, wanted.out, wanted.report, terminal)?;
    let summary = Summary::of(&run);
    // A report on standard output must stay what it is.
    if wanted.report.iter().any(|(_, path)| path == Path::new("-")) {
        terminal.tell(&summarise(&run, &summary, terminal.for_errors()));
    } else {
        terminal.say(&summarise(&run, &summary, *terminal));
    }
    terminal.tell(&format!(
        "report: {}",
        wanted.out.join("report.html").display()
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
        _ => Exit::of(summary.conclusion, wanted.allow_incomplete),
    })
}
