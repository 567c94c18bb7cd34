//! `vitruvian bundle`: a run as one file that others can verify.

use super::arguments::BundleOptions;
use super::report::write_bytes;
use super::{Exit, Failure, Terminal};
use crate::data::Data;
use crate::evidence::bundle::{Content, SigningKey, bundle as bundled};
use crate::evidence::{Run, log};
use crate::report::{self, Format};
use std::path::Path;

pub(super) fn bundle(
    data: &Data,
    options: &BundleOptions,
    terminal: &Terminal,
) -> Result<Exit, Failure> {
    let key = options.key.as_deref().map(signing_key).transpose()?;
    let run = log::read(&options.run)?;
    let reports = reports(&run, data)?;
    let count = reports.len();
    let bytes = bundled(&options.run, &run, reports, key.as_ref())?;
    write_bytes(&bytes, &options.output, terminal)?;
    let signed = key.map_or_else(
        || "not signed: whoever has it can make another; sign with --key".to_owned(),
        |key| format!("signed by the key {}", key.public().fingerprint()),
    );
    terminal.tell(&format!(
        "{}: the log and {count} reports, {} bytes, {signed}",
        options.output.display(),
        bytes.len()
    ));
    Ok(Exit::Conformant)
}

/// Every format, as it stands in a bundle.
pub(super) fn reports(run: &Run, data: &Data) -> Result<Vec<Content>, Failure> {
    Format::ALL
        .into_iter()
        .map(|format| {
            let name = format!("reports/{}.{}", format.as_str(), format.extension());
            Ok((name, report::render(run, format, data)?))
        })
        .collect()
}

fn signing_key(path: &Path) -> Result<SigningKey, Failure> {
    let text = key_file(path)?;
    SigningKey::parse(&text).map_err(|error| {
        Failure::new(
            format!("{}: {error}", path.display()),
            "name another file with --key",
        )
    })
}

/// The text of a key's file.
pub(super) fn key_file(path: &Path) -> Result<String, Failure> {
    std::fs::read_to_string(path).map_err(|error| {
        Failure::new(
            format!("cannot read the key {}: {error}", path.display()),
            "name a PEM file with --key",
        )
    })
}
