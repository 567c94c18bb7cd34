//! What ran with what, and the hash of every file.

use super::archive::Packing;
use super::ed25519::PublicKey;
use super::{CERTIFIED_SIGNATURE, Pen, SIGNATURE, sha256};
use crate::evidence::{Ending, Excuse, IgNote, PackageNote, Run, SuiteNote, Summary};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The algorithm of a bare key, as a manifest names it.
pub(super) const BARE: &str = "Ed25519";

/// Version of the form of bundles.
pub(super) const FORMAT: u32 = 1;

/// What a bundle says about itself. Credentials are no part of a run, and so none of this.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Manifest {
    /// Version of the form: 1.
    pub format: u32,
    /// Name of the tool.
    pub tool: String,
    /// Its version.
    pub version: String,
    /// What was tested.
    pub target: String,
    /// Start of the run, RFC 3339, UTC, by the clock of the machine.
    pub started: String,
    /// Microseconds from the start to the end of the last scenario.
    pub took_us: u64,
    /// How it ended; absent when its log breaks off.
    pub ending: Option<Ending>,
    /// What it came to: `conformant`, `incomplete` or `not conformant`.
    pub conclusion: String,
    /// Guides, each with a hash over its requirements and features.
    pub igs: Vec<IgNote>,
    /// Suites.
    pub suites: Vec<SuiteNote>,
    /// Packages of definitions that judged, with their hashes.
    pub packages: Vec<PackageNote>,
    /// Settings that matter for the verdicts.
    pub settings: BTreeMap<String, String>,
    /// Whether warnings count as failures.
    pub strict: bool,
    /// Known failures.
    pub excuses: Vec<Excuse>,
    /// What draws were made with; runs draw nothing, but for the key of pseudonyms, which nobody keeps.
    pub seed: Option<u64>,
    /// Every other file, in the order of the archive.
    pub files: Vec<FileNote>,
    /// Who signs; absent when nobody does.
    pub signer: Option<Signer>,
}

/// One file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileNote {
    /// Name in the archive.
    pub name: String,
    /// Bytes.
    pub size: u64,
    /// SHA-256, hex.
    pub sha256: String,
    /// SHA-256 of it as it stands in the archive, packed, hex.
    pub packed_sha256: String,
}

/// Who signs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signer {
    /// `Ed25519` of a bare key; of one with certificates, an algorithm of RFC 7518, section 3.1.
    pub algorithm: String,
    /// Public key, SPKI, base64.
    pub public_key: String,
}

impl Manifest {
    pub(super) fn of(run: &Run, files: &[Packing], pen: Option<&Pen>) -> Self {
        let identity = &run.identity;
        let ends = run.scenarios.iter();
        let ends = ends.map(|scenario| scenario.started_us + scenario.duration_us);
        Self {
            format: FORMAT,
            tool: identity.tool.clone(),
            version: identity.version.clone(),
            target: identity.target.clone(),
            started: identity.started.clone(),
            took_us: ends.max().unwrap_or(0),
            ending: run.ending,
            conclusion: Summary::of(run).conclusion.as_str().to_owned(),
            igs: identity.igs.clone(),
            suites: identity.suites.clone(),
            packages: run.definitions.clone(),
            settings: identity.settings.clone(),
            strict: identity.strict,
            excuses: identity.excuses.clone(),
            seed: None,
            files: files.iter().map(FileNote::of).collect(),
            signer: pen.map(|pen| Signer {
                algorithm: pen.algorithm().to_owned(),
                public_key: STANDARD.encode(pen.key_info()),
            }),
        }
    }
}

impl Signer {
    /// Name of the file with the signature.
    pub(super) fn file(&self) -> &'static str {
        if self.algorithm == BARE {
            SIGNATURE
        } else {
            CERTIFIED_SIGNATURE
        }
    }

    /// The bare key it names; none when it names none that can be used.
    pub(super) fn bare_key(&self) -> Option<PublicKey> {
        PublicKey::from_der(&STANDARD.decode(&self.public_key).ok()?)
    }
}

impl FileNote {
    fn of(file: &Packing) -> Self {
        Self {
            name: file.name.clone(),
            size: file.size as u64,
            sha256: file.sha256.clone(),
            packed_sha256: sha256(&file.packed),
        }
    }
}
