//! `vitruvian report`: renders a run again, in any format.

use super::arguments::{ReportOptions, SchemaOf};
use super::{Exit, Failure, Terminal};
use crate::data::Data;
use crate::evidence::{Run, log};
use crate::report::{self, Format};
use std::path::Path;

pub(super) fn report(
    data: &Data,
    options: &ReportOptions,
    terminal: &Terminal,
) -> Result<Exit, Failure> {
    if let Some(of) = options.schema {
        let schema = match of {
            SchemaOf::Run => report::json_schema(data)?,
            SchemaOf::Partners => report::partners_json_schema(data)?,
        };
        terminal.write(schema.as_bytes());
        return Ok(Exit::Conformant);
    }
    let Some(path) = &options.run else {
        return Err(Failure::new(
            "no run was named",
            "name a run's folder or its run.jsonl",
        ));
    };
    let run = log::read(path)?;
    write(data, &run, options.format, &options.output, terminal)?;
    Ok(Exit::Conformant)
}

/// Renders a run into a file, or onto standard output for `-`.
pub(super) fn write(
    data: &Data,
    run: &Run,
    format: Format,
    path: &Path,
    terminal: &Terminal,
) -> Result<(), Failure> {
    write_bytes(&report::render(run, format, data)?, path, terminal)
}

/// Writes into a file whose folder is created, or onto standard output for `-`.
pub(super) fn write_bytes(bytes: &[u8], path: &Path, terminal: &Terminal) -> Result<(), Failure> {
    if path == Path::new("-") {
        terminal.write(bytes);
        return Ok(());
    }
    let failed = |source: std::io::Error| {
        Failure::new(
            format!("cannot write {}: {source}", path.display()),
            "name a file in a folder you may write to",
        )
    };
    if let Some(folder) = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty())
    {
        std::fs::create_dir_all(folder).map_err(failed)?;
    }
    std::fs::write(path, bytes).map_err(failed)
}
