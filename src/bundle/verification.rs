//! Whether a bundle is what was made, and by whom.

use super::archive::{self, Entry};
use super::manifest::{BARE, FORMAT};
use super::{Believed, BundleError, MANIFEST, Manifest, SignedBy, Signer, jws, sha256};
use crate::evidence::{Run, Summary, log};
use crate::signature::Certificate;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

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
    /// Who signed it, when the signature holds.
    pub signed_by: Option<SignedBy>,
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
    /// The signature in this file is not over this manifest, or by another key.
    #[error("{0} does not hold: it or the manifest was touched, or another key has signed")]
    Signature(String),
    /// The signature with certificates is not in its form.
    #[error("manifest.jws is not what it must be: {0}")]
    Form(String),
    /// The signature with certificates was made in a way that proves nothing.
    #[error("manifest.jws says alg {0}")]
    Algorithm(String),
    /// The signer's certificate is no reason to believe anything.
    #[error("the certificate in manifest.jws: {0}")]
    Certificate(String),
    /// None of the authorities that were named vouches for the signer.
    #[error("no authority that was named vouches for the signer: {0}")]
    Untrusted(String),
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

/// Verifies a bundle: every byte, and the signature if there is one.
///
/// # Errors
/// When it is no bundle, or so damaged that its parts cannot be told apart: the message names where.
pub fn verify(bytes: &[u8], name: &str, believed: &Believed) -> Result<Verification, BundleError> {
    let no_bundle = |why: String| BundleError::NoBundle(name.to_owned(), why);
    let reading = archive::read(bytes).map_err(no_bundle)?;
    let find = |name: &str| reading.entries.iter().find(|entry| entry.name == name);
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
    let signature = manifest.signer.as_ref().and_then(|one| find(one.file()));
    let signed_by = signer(&manifest, entry, signature, believed, &mut doubts);
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

/// Who has signed, when the signature holds, and what is doubtful about it.
fn signer(
    manifest: &Manifest,
    entry: &Entry<'_>,
    signature: Option<&Entry<'_>>,
    believed: &Believed,
    doubts: &mut Vec<Doubt>,
) -> Option<SignedBy> {
    let Some(named) = &manifest.signer else {
        if believed.is_somebody() {
            doubts.push(Doubt::Unsigned);
        }
        return None;
    };
    let Some(signature) = signature else {
        doubts.push(Doubt::Missing(named.file().to_owned()));
        return None;
    };
    if signature.content(MOST).is_none() {
        doubts.push(Doubt::Touched(named.file().to_owned()));
    }
    let found = if named.algorithm == BARE {
        bare(named, entry.packed, signature.packed)
    } else {
        jws::signer(signature.packed, entry.packed, named)
    };
    match found {
        Ok((mut signed_by, chain)) => {
            let started = OffsetDateTime::parse(&manifest.started, &Rfc3339).ok();
            signed_by.doubts(&chain, started, believed.now, doubts);
            signed_by.vouch(&chain, believed, doubts);
            Some(signed_by)
        }
        Err(doubt) => {
            doubts.push(doubt);
            None
        }
    }
}

/// The bare key that has signed; it has no certificates.
fn bare(
    named: &Signer,
    manifest: &[u8],
    signature: &[u8],
) -> Result<(SignedBy, Vec<Certificate>), Doubt> {
    let key = named.bare_key();
    let key = key.filter(|key| key.verifies(manifest, signature));
    let key = key.ok_or_else(|| Doubt::Signature(named.file().to_owned()))?;
    let signed_by = SignedBy {
        algorithm: BARE.to_owned(),
        fingerprint: key.fingerprint(),
        credential: None,
        vouchers: Vec::new(),
    };
    Ok((signed_by, Vec::new()))
}

/// The contents of all files, each compared with its hash.
fn contents(
    manifest: &Manifest,
    entries: &[Entry<'_>],
    doubts: &mut Vec<Doubt>,
) -> Vec<(String, Vec<u8>)> {
    let mut files = Vec::new();
    let signature = manifest.signer.as_ref().map(Signer::file);
    let is_own =
        |entry: &Entry<'_>| entry.name == MANIFEST || Some(entry.name.as_str()) == signature;
    for own in [Some(MANIFEST), signature].into_iter().flatten() {
        if entries.iter().filter(|entry| entry.name == own).count() > 1 {
            doubts.push(Doubt::Added(own.to_owned()));
        }
    }
    let rest = || entries.iter().filter(|entry| !is_own(entry));
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
