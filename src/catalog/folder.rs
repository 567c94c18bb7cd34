//! The folder of one IG version, as written: manifest, requirement rows, suites.

use super::manifest::Manifest;
use super::suite::PlacedSuite;
use super::{Code, IgVersion, Problem, Requirement, manifest, suite, table};
use crate::data::Data;
use sha2::{Digest as _, Sha256};
use std::collections::BTreeSet;

/// What `scenarios/<ig>/<version>/` says, before anything is taken over from the base.
pub(super) struct Folder {
    pub(super) at: IgVersion,
    pub(super) manifest: Manifest,
    /// The text of `ig.toml`, to find lines in.
    pub(super) manifest_text: String,
    pub(super) rows: Vec<Requirement>,
    pub(super) suites: Vec<PlacedSuite>,
    /// SHA-256 over manifest and rows.
    pub(super) digest: [u8; 32],
}

impl Folder {
    /// Path of its manifest.
    pub(super) fn manifest_file(&self) -> String {
        format!("{}/{MANIFEST}", self.at.folder())
    }
}

const MANIFEST: &str = "ig.toml";
const TABLE: &str = "requirements.tsv";
const SUITES: &str = "suites.toml";

/// Reads the folders of all IG versions, by IG and version.
pub(super) fn read_all(data: &Data, problems: &mut Vec<Problem>) -> Vec<Folder> {
    let files = match data.list("scenarios/") {
        Ok(files) => files,
        Err(error) => {
            problems.push(unreadable("scenarios", &error));
            return Vec::new();
        }
    };
    let mut found = BTreeSet::new();
    for file in &files {
        let [_, ig, version, MANIFEST | TABLE | SUITES] = file.split('/').collect::<Vec<_>>()[..]
        else {
            continue;
        };
        match format!("{ig}@{version}").parse::<IgVersion>() {
            Ok(at) => {
                found.insert(at);
            }
            Err(error) => problems.push(Problem::new(
                Code::MisplacedManifest,
                (file, 0),
                error.to_string(),
                "name the folder scenarios/<ig>/<version>",
            )),
        }
    }
    found
        .into_iter()
        .filter_map(|at| read(data, at, problems))
        .collect()
}

fn read(data: &Data, at: IgVersion, problems: &mut Vec<Problem>) -> Option<Folder> {
    let file = |name| format!("{}/{name}", at.folder());
    let manifest_text = text(data, &file(MANIFEST), problems)?;
    let table_text = text(data, &file(TABLE), problems).unwrap_or_default();
    let digest = Sha256::new()
        .chain_update(&manifest_text)
        .chain_update([0])
        .chain_update(&table_text)
        .finalize()
        .into();
    let rows = if table_text.is_empty() {
        Vec::new()
    } else {
        table::read(&file(TABLE), &table_text, problems)
    };
    let suites = if data.has(&file(SUITES)) {
        let text = text(data, &file(SUITES), problems).unwrap_or_default();
        suite::read(&file(SUITES), &text, problems)
    } else {
        Vec::new()
    };
    Some(Folder {
        manifest: manifest::read(&at, &file(MANIFEST), &manifest_text, problems)?,
        at,
        manifest_text,
        rows,
        suites,
        digest,
    })
}

/// The text of a file; one that cannot be read is reported.
pub(super) fn text(data: &Data, file: &str, problems: &mut Vec<Problem>) -> Option<String> {
    match data.text(file) {
        Ok(text) => Some(text.into_owned()),
        Err(error) => {
            problems.push(unreadable(file, &error));
            None
        }
    }
}

/// The problem for a file or folder that cannot be read.
pub(super) fn unreadable(file: &str, error: &crate::data::Error) -> Problem {
    Problem::new(
        Code::UnreadableFile,
        (file, 0),
        error.to_string(),
        "create it as UTF-8 text, or remove what refers to it",
    )
}
