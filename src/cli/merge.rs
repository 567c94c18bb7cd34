//! `vitruvian merge`: the runs of parts, put together to that of the whole.

use super::arguments::MergeOptions;
use super::conclusion::write_reports;
use super::summary::summarise;
use super::{Exit, Failure, Terminal};
use crate::data::Data;
use crate::evidence::{Summary, log, merge as merged};

pub(super) fn merge(
    data: &Data,
    options: &MergeOptions,
    terminal: &Terminal,
) -> Result<Exit, Failure> {
    let runs = options.runs.iter().map(|path| log::read(path));
    let run = merged(runs.collect::<Result<_, _>>()?)?;
    log::write(&run, &options.out).map_err(|error| {
        Failure::new(
            format!("cannot write {}: {error}", options.out.display()),
            "name another folder with --out",
        )
    })?;
    write_reports(data, &run, &options.out, &[], terminal)?;
    let summary = Summary::of(&run);
    terminal.say(&summarise(&run, &summary, *terminal));
    Ok(Exit::of(summary.conclusion, options.allow_incomplete))
}
