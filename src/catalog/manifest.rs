//! `ig.toml`: which IG version a folder holds, and what it takes over from another one.

use super::problem::line_at;
use super::{Code, IgVersion, Problem, Version};
use serde::Deserialize;
use std::collections::BTreeMap;
use toml::Spanned;

/// `ig.toml` as written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Manifest {
    pub(super) id: String,
    pub(super) version: Version,
    pub(super) title: String,
    pub(super) release: String,
    pub(super) package: String,
    pub(super) base_url: String,
    pub(super) fhir: String,
    pub(super) based_on: Option<Spanned<Version>>,
    #[serde(default)]
    pub(super) default: bool,
    #[serde(default)]
    pub(super) dropped: Vec<Spanned<String>>,
    #[serde(default)]
    pub(super) uses: BTreeMap<String, Vec<String>>,
    #[serde(default)]
    pub(super) unbreakable: BTreeMap<String, String>,
}

/// Reads a manifest that must describe the folder it lies in.
pub(super) fn read(
    at: &IgVersion,
    file: &str,
    text: &str,
    problems: &mut Vec<Problem>,
) -> Option<Manifest> {
    match toml::from_str::<Manifest>(text) {
        Ok(manifest) => {
            if (&manifest.id, &manifest.version) != (&at.ig, &at.version) {
                problems.push(Problem::new(
                    Code::MisplacedManifest,
                    (file, 0),
                    format!("the file says {}@{}", manifest.id, manifest.version),
                    format!("its folder says {at}; change the id and version, or move the folder"),
                ));
            }
            Some(manifest)
        }
        Err(error) => {
            problems.push(bad_toml(Code::BadManifest, file, text, &error));
            None
        }
    }
}

/// The problem for a TOML file of the wrong shape.
pub(super) fn bad_toml(code: Code, file: &str, text: &str, error: &toml::de::Error) -> Problem {
    let line = error.span().map_or(0, |span| line_at(text, span.start));
    Problem::new(
        code,
        (file, line),
        error.message(),
        "compare with the file of the same name of another version",
    )
}
