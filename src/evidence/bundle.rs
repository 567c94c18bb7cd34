//! A run as one file that others can check: log, reports and attachments, each with its hash, in a zip
//! archive, with a signature if there is a key.
//!
//! - `archive` writes zip archives in one form only and finds every byte that deviates from it.
//! - [`Manifest`] says what ran with what, and has the hash of every file. It is `manifest.json`, stored
//!   as it is, and what the signature is over.
//! - [`SigningKey`] and [`PublicKey`] are Ed25519 keys (RFC 8032) in PEM files (PKCS #8 and SPKI, RFC 8410),
//!   as OpenSSL writes them. The signature is 64 bytes in `manifest.sig`:
//!   `openssl pkeyutl -verify -pubin -inkey public.pem -rawin -in manifest.json -sigfile manifest.sig`.

mod archive;
mod key;
mod manifest;
mod verification;

pub use key::{KeyError, PublicKey, SigningKey};
pub use manifest::{FileNote, Manifest, Signer};
pub use verification::{Doubt, Verification, verify};

use super::{Run, log};
use archive::{Archive, Packing};
use std::path::{Component, Path};

/// Name of the manifest.
const MANIFEST: &str = "manifest.json";
/// Name of the signature.
const SIGNATURE: &str = "manifest.sig";
/// Folder of documents that go with answers of people.
pub const ATTACHMENTS: &str = "attachments";

/// A bundle could not be made or read.
#[derive(Debug, thiserror::Error)]
pub enum BundleError {
    /// A file of the run could not be read.
    #[error("cannot read {path}: {source}")]
    Io {
        /// Path of the file.
        path: String,
        /// What the system said.
        source: std::io::Error,
    },
    /// It is more than a zip archive of the plain form holds.
    #[error(
        "the bundle would hold more than 4 GB; keep smaller bodies, or bundle the parts of the run"
    )]
    TooLarge,
    /// It is no bundle.
    #[error("{0} is not a bundle: {1}; bundles are made by `vitruvian bundle`")]
    NoBundle(String, String),
    /// Its log is no log.
    #[error(transparent)]
    Log(#[from] log::Error),
    /// The manifest could not be written.
    #[error("cannot write the manifest: {0}; please report this as a bug")]
    Json(#[from] serde_json::Error),
}

/// A file that goes into a bundle: its name there, and its bytes.
pub type Content = (String, Vec<u8>);

/// Puts a run into one archive: its log, what was rendered from it, and its attachments. The same
/// always gives the same bytes.
///
/// # Errors
/// When a file of the run cannot be read, or all are too large.
pub fn bundle(
    path: &Path,
    run: &Run,
    reports: Vec<Content>,
    key: Option<&SigningKey>,
) -> Result<Vec<u8>, BundleError> {
    let log_file = log::file_of(path);
    let mut files = vec![(log::FILE_NAME.to_owned(), read(&log_file)?)];
    files.extend(reports);
    let folder = log_file.parent().unwrap_or(Path::new(""));
    for answer in &run.attestations {
        if let Some(attachment) = &answer.attachment
            && is_plain(&attachment.name)
        {
            let name = format!("{ATTACHMENTS}/{}", attachment.name);
            if files.iter().all(|(known, _)| *known != name) {
                let bytes = read(&folder.join(&name))?;
                files.push((name, bytes));
            }
        }
    }
    let mut packed = Vec::new();
    for (name, bytes) in &files {
        packed.push(Packing::deflated(name, bytes)?);
    }
    let manifest = Manifest::of(run, &packed, key);
    let mut text = serde_json::to_vec_pretty(&manifest)?;
    text.push(b'\n');
    let mut archive = Archive::default();
    archive.add(Packing::stored(MANIFEST, &text)?)?;
    if let Some(key) = key {
        archive.add(Packing::stored(SIGNATURE, &key.sign(&text))?)?;
    }
    for entry in packed {
        archive.add(entry)?;
    }
    archive.finish()
}

fn read(path: &Path) -> Result<Vec<u8>, BundleError> {
    std::fs::read(path).map_err(|source| BundleError::Io {
        path: path.display().to_string(),
        source,
    })
}

/// Whether this is the name of a file, and leads nowhere else.
fn is_plain(name: &str) -> bool {
    let mut parts = Path::new(name).components();
    matches!(
        (parts.next(), parts.next()),
        (Some(Component::Normal(_)), None)
    ) && !name.contains(['/', '\\'])
}

/// Lower-case hex.
fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Lower-case hex SHA-256.
#[must_use]
pub fn sha256(bytes: &[u8]) -> String {
    use sha2::{Digest, Sha256};
    hex(&Sha256::digest(bytes))
}

#[cfg(test)]
mod tests {
    use super::is_plain;

    #[test]
    fn the_name_of_an_attachment_leads_nowhere_else() {
        assert!(is_plain("policy.pdf"));
        for name in ["", ".", "..", "../x", "a/b", "/etc/passwd", "a\\b"] {
            assert!(!is_plain(name), "{name}");
        }
    }
}
