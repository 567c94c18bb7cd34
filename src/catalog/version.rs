//! Versions of IGs, and the `ig@version` that names one.

use serde::{Deserialize, Serialize};
use std::cmp::Ordering;
use std::fmt;
use std::str::FromStr;

/// A published version: `2.1.0`, `3.0.0-ballot`. A labelled version comes before the same one without.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Version {
    numbers: Vec<u32>,
    label: Option<String>,
}

/// One version of one IG, written `pdex@2.1.0`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct IgVersion {
    /// `pdex` or `cdex`.
    pub ig: String,
    /// Its version.
    pub version: Version,
}

/// A text that names no version.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum VersionError {
    /// Not a version.
    #[error("{0:?} is not a version; write it with numbers, for example 2.1.0")]
    Version(String),
    /// Not `ig@version`.
    #[error("{0:?} names no IG version; write it like pdex@2.1.0")]
    IgVersion(String),
}

impl IgVersion {
    /// The folder that holds its data: `scenarios/pdex/2.1.0`.
    #[must_use]
    pub fn folder(&self) -> String {
        format!("scenarios/{}/{}", self.ig, self.version)
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let numbers: Vec<_> = self.numbers.iter().map(u32::to_string).collect();
        match &self.label {
            Some(label) => f.pad(&format!("{}-{label}", numbers.join("."))),
            None => f.pad(&numbers.join(".")),
        }
    }
}

impl FromStr for Version {
    type Err = VersionError;

    fn from_str(text: &str) -> Result<Self, VersionError> {
        let (numbers, label) = match text.split_once('-') {
            Some((numbers, label)) => (numbers, Some(label)),
            None => (text, None),
        };
        let is_label = |label: &str| {
            !label.is_empty()
                && label
                    .chars()
                    .all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-'))
        };
        // `02` would not survive being printed again, and folders are named by what is printed.
        let number = |part: &str| {
            let canonical = part == "0" || !part.starts_with(['0', '+']);
            part.parse().ok().filter(|_| canonical)
        };
        numbers
            .split('.')
            .map(number)
            .collect::<Option<Vec<u32>>>()
            .filter(|numbers| numbers.len() > 1 && label.is_none_or(is_label))
            .map(|numbers| Self {
                numbers,
                label: label.map(str::to_owned),
            })
            .ok_or_else(|| VersionError::Version(text.to_owned()))
    }
}

impl Ord for Version {
    fn cmp(&self, other: &Self) -> Ordering {
        self.numbers
            .cmp(&other.numbers)
            .then_with(|| match (&self.label, &other.label) {
                (None, Some(_)) => Ordering::Greater,
                (Some(_), None) => Ordering::Less,
                (mine, theirs) => mine.cmp(theirs),
            })
    }
}

impl PartialOrd for Version {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl fmt::Display for IgVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&format!("{}@{}", self.ig, self.version))
    }
}

impl FromStr for IgVersion {
    type Err = VersionError;

    fn from_str(text: &str) -> Result<Self, VersionError> {
        text.split_once('@')
            .filter(|(ig, _)| {
                !ig.is_empty() && ig.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
            })
            .and_then(|(ig, version)| {
                Some(Self {
                    ig: ig.to_owned(),
                    version: version.parse().ok()?,
                })
            })
            .ok_or_else(|| VersionError::IgVersion(text.to_owned()))
    }
}

impl From<Version> for String {
    fn from(version: Version) -> Self {
        version.to_string()
    }
}

impl TryFrom<String> for Version {
    type Error = VersionError;

    fn try_from(text: String) -> Result<Self, VersionError> {
        text.parse()
    }
}

impl From<IgVersion> for String {
    fn from(at: IgVersion) -> Self {
        at.to_string()
    }
}

impl TryFrom<String> for IgVersion {
    type Error = VersionError;

    fn try_from(text: String) -> Result<Self, VersionError> {
        text.parse()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_ordered_by_number_and_a_ballot_precedes_its_release() {
        let sorted: Vec<Version> = ["2.0.0", "2.1.0", "2.10.0", "3.0.0-ballot", "3.0.0"]
            .map(|text| text.parse().unwrap())
            .into();
        assert!(sorted.is_sorted_by(|a, b| a < b), "{sorted:?}");
    }

    #[test]
    fn what_is_printed_parses_again() {
        for text in ["pdex@2.1.0", "cdex@3.0.0-ballot", "us-core@6.1.0"] {
            assert_eq!(text.parse::<IgVersion>().unwrap().to_string(), text);
        }
    }

    #[test]
    fn words_and_halves_are_no_versions() {
        for text in [
            "pdex@current",
            "pdex",
            "@2.1.0",
            "pdex@2",
            "pdex@2.01.0",
            "pdex@2.1.0-",
            "a b@1.0",
        ] {
            assert!(text.parse::<IgVersion>().is_err(), "{text}");
        }
    }
}
