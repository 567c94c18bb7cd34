//! `vitruvian bundle`: a run as one file that others can verify.

use super::arguments::BundleOptions;
use super::report::write_bytes;
use super::sign::certificates;
use super::{Exit, Failure, Terminal};
use crate::bundle::{Certified, Content, Pen, SigningKey, bundle as bundled};
use crate::data::Data;
use crate::evidence::{Run, log};
use crate::report::{self, Format};
use crate::signature::PrivateKey;
use std::path::Path;
use time::OffsetDateTime;

pub(super) fn bundle(
    data: &Data,
    options: &BundleOptions,
    terminal: &Terminal,
) -> Result<Exit, Failure> {
    let pen = options.key.as_deref().map(|key| pen(key, options));
    let pen = pen.transpose()?;
    let run = log::read(&options.run)?;
    let reports = reports(&run, data)?;
    let count = reports.len();
    let bytes = bundled(&options.run, &run, reports, pen.as_ref())?;
    write_bytes(&bytes, &options.output, terminal)?;
    let signed = match &pen {
        None => "not signed: whoever has it can make another; sign with --key".to_owned(),
        Some(pen) => format!(
            "signed by the key {}, {}",
            pen.fingerprint(),
            pen.algorithm()
        ),
    };
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

/// What signs: the key by itself, or with certificates.
fn pen(path: &Path, options: &BundleOptions) -> Result<Pen, Failure> {
    let shown = path.display();
    let text = key_file(path)?;
    let bare = SigningKey::parse(&text);
    let Some(certificate) = &options.certificate else {
        return match bare {
            Ok(key) => Ok(Pen::Bare(key)),
            Err(_) if PrivateKey::parse(&text).is_ok() => Err(Failure::new(
                format!("{shown} is an RSA or EC key, and nobody says whose"),
                "name its certificate, too: --certificate chain.pem",
            )),
            Err(error) => Err(Failure::new(
                format!("{shown}: {error}"),
                "name another file with --key",
            )),
        };
    };
    if bare.is_ok() {
        return Err(Failure::new(
            format!("{shown} is an Ed25519 key, which signs without a certificate"),
            "leave --certificate out, or name an RSA or EC key",
        ));
    }
    let key = PrivateKey::parse(&text).map_err(|error| {
        Failure::new(format!("{shown}: {error}"), "name another file with --key")
    })?;
    let chain = certificates(certificate)?;
    let certified = Certified::new(key, chain, options.alg, OffsetDateTime::now_utc());
    certified.map(Pen::Certified).map_err(|error| {
        Failure::new(
            format!("{shown} and {} cannot sign: {error}", certificate.display()),
            "name a key with --key, and its own certificate first in --certificate",
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
