//! `package.json`.

use crate::profile::Build;
use serde::Deserialize;
use std::collections::BTreeMap;

/// Whether a package id or version can be part of a file name, as it will be.
pub(in crate::profile) fn is_plain(text: &str) -> bool {
    !text.is_empty()
        && text.len() <= 128
        && !text.starts_with('.')
        && text
            .chars()
            .all(|char| char.is_ascii_alphanumeric() || "._-+".contains(char))
}

/// What a package says of itself.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Manifest {
    /// `hl7.fhir.us.core`.
    pub name: String,
    /// `6.1.0`.
    pub version: String,
    /// Packages it builds on: id and version.
    #[serde(default)]
    pub dependencies: BTreeMap<String, String>,
    /// FHIR versions it is for.
    #[serde(default, rename = "fhirVersions", alias = "fhir-version-list")]
    pub fhir_versions: Vec<String>,
    /// What it is, in words.
    #[serde(default)]
    description: String,
    /// Where it was or is to be published.
    url: Option<String>,
    #[serde(default, rename = "notForPublication")]
    is_not_for_publication: bool,
}

impl Manifest {
    /// Reads a `package.json`.
    ///
    /// # Errors
    /// With what is wrong, as a fragment of a sentence.
    pub fn parse(bytes: &[u8]) -> Result<Self, String> {
        let manifest: Self = serde_json::from_slice(bytes)
            .map_err(|error| format!("its package.json is not understood ({error})"))?;
        if !is_plain(&manifest.name) || !is_plain(&manifest.version) {
            return Err("its package.json has no usable name and version".to_owned());
        }
        Ok(manifest)
    }

    /// Whether its definitions are for FHIR R4, as far as it says.
    #[must_use]
    pub fn is_r4(&self) -> bool {
        self.fhir_versions.is_empty()
            || self
                .fhir_versions
                .iter()
                .any(|version| version.starts_with("4.0"))
    }

    /// Who made it, as far as it says.
    #[must_use]
    pub fn build(&self) -> Build {
        let url = self.url.as_deref().unwrap_or_default();
        if self.description.starts_with("ASSEMBLED") {
            Build::Assembled
        } else if self.is_not_for_publication
            || url.starts_with("file:")
            || url.contains("://build.fhir.org/")
        {
            Build::Continuous
        } else {
            Build::Published
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_could_be_a_path_is_refused() {
        for name in ["../x", "a/b", "", ".hidden", "a b"] {
            let text = format!(r#"{{"name":{name:?},"version":"1.0.0"}}"#);
            assert!(Manifest::parse(text.as_bytes()).is_err(), "{name}");
        }
        assert!(Manifest::parse(br#"{"name":"a.b","version":"1.0.0-ballot"}"#).is_ok());
    }

    #[test]
    fn a_package_that_was_not_published_says_so() {
        let build = |more: &str| {
            let text = format!(r#"{{"name":"a.b","version":"1.0.0"{more}}}"#);
            Manifest::parse(text.as_bytes()).unwrap().build()
        };
        assert_eq!(build(""), Build::Published);
        assert_eq!(
            build(r#","url":"http://hl7.org/fhir/a/STU1""#),
            Build::Published
        );
        assert_eq!(
            build(r#","url":"https://build.fhir.org/ig/a""#),
            Build::Continuous
        );
        assert_eq!(build(r#","notForPublication":true"#), Build::Continuous);
        assert_eq!(
            build(r#","description":"ASSEMBLED from a""#),
            Build::Assembled
        );
    }
}
