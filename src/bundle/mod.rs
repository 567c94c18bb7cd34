//! A run as one file that others can check: log, reports and attachments, each with its hash, in a zip
//! archive, with a signature if there is a key.
//!
//! - `archive` writes zip archives in one form only and finds every byte that deviates from it.
//! - [`Manifest`] says what ran with what, and has the hash of every file. It is `manifest.json`, stored
//!   as it is, and what the signature is over.
//! - [`Pen`] is what signs it. A [`SigningKey`] is an Ed25519 key (RFC 8032) in a PEM file (PKCS #8, RFC 8410),
//!   as OpenSSL writes them; the signature is 64 bytes in `manifest.sig`:
//!   `openssl pkeyutl -verify -pubin -inkey public.pem -rawin -in manifest.json -sigfile manifest.sig`.
//!   A [`Certified`] key is RSA or EC with X.509 certificates; the signature is a detached JWS in `manifest.jws`.
//! - [`verify`] finds what does not hold, and says by whom a bundle is [signed](SignedBy), and who vouches for it,
//!   among those who are [`Believed`].

mod archive;
mod ed25519;
mod jws;
mod manifest;
mod pen;
mod signed_by;
mod verification;

pub use ed25519::{KeyError, PublicKey, SigningKey, fingerprint_of};
pub use manifest::{FileNote, Manifest, Signer};
pub use pen::{Certified, Pen, PenError};
pub use signed_by::{Believed, Credential, SignedBy, Voucher};
pub use verification::{Doubt, Verification, verify};

use crate::evidence::{Run, log};
use archive::{Archive, Packing};
use std::path::{Component, Path};

/// Name of the manifest.
const MANIFEST: &str = "manifest.json";
/// Name of the signature of a bare key.
const SIGNATURE: &str = "manifest.sig";
/// Name of the signature of a key with certificates.
const CERTIFIED_SIGNATURE: &str = "manifest.jws";
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
    /// The key would not sign.
    #[error("cannot sign: {0}")]
    Key(#[from] crate::signature::KeyError),
    /// The manifest could not be written.
    #[error("cannot write the manifest: {0}; please report this as a bug")]
    Json(#[from] serde_json::Error),
}

/// A file that goes into a bundle: its name there, and its bytes.
pub type Content = (String, Vec<u8>);

/// Puts a run into one archive: its log, what was rendered from it, and its attachments. The same
/// always gives the same bytes, but for signatures with certificates: those have a time, and some a random part.
///
/// # Errors
/// When a file of the run cannot be read, or all are too large.
pub fn bundle(
    path: &Path,
    run: &Run,
    reports: Vec<Content>,
    pen: Option<&Pen>,
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
    let manifest = Manifest::of(run, &packed, pen);
    let mut text = serde_json::to_vec_pretty(&manifest)?;
    text.push(b'\n');
    let mut archive = Archive::default();
    archive.add(Packing::stored(MANIFEST, &text)?)?;
    if let (Some(pen), Some(signer)) = (pen, &manifest.signer) {
        archive.add(Packing::stored(signer.file(), &pen.sign(&text)?)?)?;
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
