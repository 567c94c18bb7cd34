//! Whether a bundle is what was made, and by whom.

use super::archive::{self, Entry};
use super::manifest::FORMAT;
use super::{BundleError, MANIFEST, Manifest, PublicKey, SIGNATURE, sha256};
use crate::evidence::{Run, Summary, log};

/// Most bytes a file of a bundle unpacks to.
const MOST: usize = 2 << 30;

/// What holds of a bundle, and what does not.
#[derive(Debug)]
pub struct Verification {
    /// What it says about itself.
    pub manifest: Manifest,
    /// The run of its log; absent when the log cannot be read.
    pub run: Option<Run>,
    /// Its files, unpacked, as far as that was possible: name and bytes.
    pub files: Vec<(String, Vec<u8>)>,
    /// Who signed it: the key, when a signature by that key holds.
    pub signed_by: Option<PublicKey>,
    /// What does not hold; empty when everything does.
    pub doubts: Vec<Doubt>,
}

/// Something that does not hold.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Doubt {
    /// A part of the archive has another byte than it must have.
    #[error("{0} was touched")]
    Touched(String),
    /// A file has another content than its hash says.
    #[error("{0} was touched: it is not what the manifest has the hash of")]
    Changed(String),
    /// A file that the manifest names is gone.
    #[error("{0} is missing")]
    Missing(String),
    /// A file that the manifest does not name.
    #[error("{0} was added: the manifest does not know it")]
    Added(String),
    /// The signature is not over this manifest, or by another key.
    #[error("manifest.sig does not hold: the manifest was touched, or another key has signed")]
    Signature,
    /// A key was named, and nobody has signed.
    #[error("nobody has signed it, or the signature was taken away")]
    Unsigned,
    /// Another key has signed than the one that was named.
    #[error("another key has signed it than the one that was named: {0}")]
    OtherKey(String),
    /// The log says something else than the manifest.
    #[error("the manifest says {told}, and the log says {found}")]
    Conclusion {
        /// Conclusion of the manifest.
        told: String,
        /// Conclusion of the log.
        found: String,
    },
}

/// Verifies a bundle: every byte, and the signature if there is one. `key` is whose signature is wanted.
///
/// # Errors
/// When it is no bundle, or so damaged that its parts cannot be told apart: the message names where.
pub fn verify(
    bytes: &[u8],
    name: &str,
    key: Option<PublicKey>,
) -> Result<Verification, BundleError> {
    let no_bundle = |why: String| BundleError::NoBundle(name.to_owned(), why);
    let reading = archive::read(bytes).map_err(no_bundle)?;
    let find = |wanted: &str| reading.entries.iter().find(|entry| entry.name == wanted);
    let entry = find(MANIFEST).ok_or_else(|| no_bundle("manifest.json is missing".to_owned()))?;
    let mut doubts: Vec<Doubt> = reading
        .touched
        .iter()
        .cloned()
        .map(Doubt::Touched)
        .collect();
    let is_whole = entry.content(MOST).is_some();
    if !is_whole {
        doubts.push(Doubt::Touched(MANIFEST.to_owned()));
    }
    let manifest: Manifest = serde_json::from_slice(entry.packed)
        .map_err(|why| no_bundle(format!("manifest.json was touched ({why})")))?;
    if manifest.format != FORMAT && is_whole {
        return Err(no_bundle(format!(
            "it has format {}; this version reads {FORMAT}",
            manifest.format
        )));
    }
    let signed_by = signer(&manifest, entry, find(SIGNATURE), key, &mut doubts);
    let files = contents(&manifest, &reading.entries, &mut doubts);
    let run = files
        .iter()
        .find(|(name, _)| name == log::FILE_NAME)
        .and_then(|(_, bytes)| log::read_bytes(bytes, log::FILE_NAME).ok());
    if let Some(run) = &run {
        let found = Summary::of(run).conclusion.as_str();
        if manifest.conclusion != found {
            doubts.push(Doubt::Conclusion {
                told: manifest.conclusion.clone(),
                found: found.to_owned(),
            });
        }
    }
    doubts.dedup();
    Ok(Verification {
        manifest,
        run,
        files,
        signed_by,
        doubts,
    })
}

/// The key whose signature holds.
fn signer(
    manifest: &Manifest,
    entry: &Entry<'_>,
    signature: Option<&Entry<'_>>,
    wanted: Option<PublicKey>,
    doubts: &mut Vec<Doubt>,
) -> Option<PublicKey> {
    let Some(signature) = signature else {
        if manifest.signer.is_some() {
            doubts.push(Doubt::Missing(SIGNATURE.to_owned()));
        } else if wanted.is_some() {
            doubts.push(Doubt::Unsigned);
        }
        return None;
    };
    if signature.content(MOST).is_none() {
        doubts.push(Doubt::Touched(SIGNATURE.to_owned()));
    }
    let named = manifest.key();
    let holds = |key: &PublicKey| key.verifies(entry.packed, signature.packed);
    let signed_by = named.filter(holds);
    match (signed_by, wanted) {
        (None, _) => doubts.push(Doubt::Signature),
        (Some(known), Some(wanted)) if known != wanted => {
            doubts.push(Doubt::OtherKey(known.fingerprint()));
            return None;
        }
        _ => {}
    }
    signed_by
}

/// The contents of all files, each compared with its hash.
fn contents(
    manifest: &Manifest,
    entries: &[Entry<'_>],
    doubts: &mut Vec<Doubt>,
) -> Vec<(String, Vec<u8>)> {
    let mut files = Vec::new();
    let own = [MANIFEST, SIGNATURE];
    let rest = || {
        entries
            .iter()
            .filter(|entry| !own.contains(&entry.name.as_str()))
    };
    for entry in rest() {
        if manifest.files.iter().all(|note| note.name != entry.name) {
            doubts.push(Doubt::Added(entry.name.clone()));
        }
    }
    for note in &manifest.files {
        let mut found = rest().filter(|entry| entry.name == note.name);
        let Some(entry) = found.next() else {
            doubts.push(Doubt::Missing(note.name.clone()));
            continue;
        };
        if found.next().is_some() {
            doubts.push(Doubt::Added(note.name.clone()));
        }
        let content = entry.content(MOST);
        let is_right = content
            .as_ref()
            .is_some_and(|content| sha256(content) == note.sha256)
            && sha256(entry.packed) == note.packed_sha256;
        if !is_right {
            doubts.push(Doubt::Changed(note.name.clone()));
        }
        files.extend(content.map(|content| (note.name.clone(), content)));
    }
    files
}
