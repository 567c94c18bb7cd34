//! Which version of which package answers when no version is given.

use super::embedded::FOLDER;
use crate::data::Data;
use crate::profile::TableError;
use crate::profile::package::is_plain;
use serde::Deserialize;
use std::collections::BTreeMap;

const FILE: &str = "packages.toml";

/// Definitions for what was asked for cannot be put together.
#[derive(Debug, thiserror::Error)]
pub enum SelectionError {
    /// An embedded table is damaged.
    #[error(transparent)]
    Table(#[from] TableError),
    /// The list of packages is damaged.
    #[error("{name} cannot be read: {why}; correct it, or leave --root out")]
    List {
        /// Name of the file.
        name: String,
        /// What is wrong.
        why: String,
    },
    /// Not `name@version`.
    #[error("{0:?} names no version of a guide; write for example pdex@2.1.0")]
    NotAVersion(String),
    /// Not a name we know, nor a package id.
    #[error("the guide {name:?} is unknown; use one of {known}, or a package id with its version")]
    Unknown {
        /// What was asked for.
        name: String,
        /// Names that are known.
        known: String,
    },
    /// Nobody has it.
    #[error(
        "{id} {version} is neither embedded nor in the package cache; run `vitruvian packages install \
         {id}@{version}`, or see `vitruvian packages list`"
    )]
    Missing {
        /// Package id.
        id: String,
        /// Package version.
        version: String,
    },
}

/// Short names of guides, and what each version of them builds on.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Selections {
    /// Short name → package id.
    names: BTreeMap<String, String>,
    /// `name@version` → the versions it builds on, themselves `name@version`.
    builds_on: BTreeMap<String, Vec<String>>,
    /// `name@version` of what is not published yet → the published version whose definitions answer.
    #[serde(default)]
    instead: BTreeMap<String, String>,
}

/// A version that was chosen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Chosen {
    pub(super) number: String,
    /// Whether the user named it, and not just something that builds on it.
    pub(super) is_asked_for: bool,
}

impl Selections {
    /// Reads the list among the data.
    ///
    /// # Errors
    /// When it is missing or not understood.
    pub fn load(data: &Data) -> Result<Self, SelectionError> {
        let name = format!("{FOLDER}{FILE}");
        let failed = |why: String| SelectionError::List {
            name: name.clone(),
            why,
        };
        let text = data
            .text(&name)
            .map_err(|error| failed(error.to_string()))?;
        toml::from_str(&text).map_err(|error| failed(error.to_string()))
    }

    /// Short names of guides.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.names.keys().map(String::as_str)
    }

    /// Package id and version of `pdex@2.1.0`, `hl7.fhir.us.davinci-pdex@2.1.0` or the same with `#`.
    ///
    /// # Errors
    /// When it is not of this form, or the name is unknown.
    pub fn package<'a>(&'a self, text: &'a str) -> Result<(&'a str, &'a str), SelectionError> {
        let (name, version) = text
            .split_once(['@', '#'])
            .filter(|(name, version)| is_plain(name) && is_plain(version))
            .ok_or_else(|| SelectionError::NotAVersion(text.to_owned()))?;
        match self.names.get(name) {
            Some(id) => Ok((id, version)),
            None if name.contains('.') => Ok((name, version)),
            None => Err(SelectionError::Unknown {
                name: name.to_owned(),
                known: self.names().collect::<Vec<_>>().join(", "),
            }),
        }
    }

    /// One version per package. What is asked for comes before what it builds on, what is near before what
    /// is far, what is first before what is later.
    pub(super) fn resolve(&self, igs: &[&str]) -> Result<BTreeMap<String, Chosen>, SelectionError> {
        let mut chosen = BTreeMap::new();
        let mut level: Vec<String> = igs.iter().map(|ig| (*ig).to_owned()).collect();
        let mut is_asked_for = true;
        while !level.is_empty() {
            let mut next = Vec::new();
            for text in &level {
                let text = self.instead.get(text).unwrap_or(text);
                let (id, number) = self.package(text)?;
                if chosen.contains_key(id) {
                    continue;
                }
                chosen.insert(
                    id.to_owned(),
                    Chosen {
                        number: number.to_owned(),
                        is_asked_for,
                    },
                );
                next.extend(self.below(id, number));
            }
            level = next;
            is_asked_for = false;
        }
        Ok(chosen)
    }

    fn below(&self, id: &str, number: &str) -> Vec<String> {
        let is_this = |key: &str| {
            self.package(key)
                .is_ok_and(|package| package == (id, number))
        };
        let rows = self.builds_on.iter().filter(|(key, _)| is_this(key));
        rows.flat_map(|(_, below)| below.iter().cloned()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn selections() -> Selections {
        toml::from_str(
            r#"
            [names]
            pdex = "hl7.pdex"
            us-core = "hl7.us.core"
            hrex = "hl7.hrex"
            [builds_on]
            "pdex@2.1.0" = ["us-core@7.0.0", "hrex@1.1.0"]
            "hrex@1.1.0" = ["us-core@3.1.1"]
            "#,
        )
        .unwrap()
    }

    fn versions(igs: &[&str]) -> Vec<(String, String)> {
        let chosen = selections().resolve(igs).unwrap();
        chosen
            .into_iter()
            .map(|(id, chosen)| (id, chosen.number))
            .collect()
    }

    #[test]
    fn what_a_guide_builds_on_comes_with_it_and_the_nearest_version_wins() {
        let expected = [
            ("hl7.hrex", "1.1.0"),
            ("hl7.pdex", "2.1.0"),
            ("hl7.us.core", "7.0.0"),
        ];
        let expected = expected.map(|(id, version)| (id.to_owned(), version.to_owned()));
        assert_eq!(versions(&["pdex@2.1.0"]), expected);
    }

    #[test]
    fn what_is_asked_for_wins_over_what_is_built_on_wherever_it_stands() {
        let chosen = versions(&["pdex@2.1.0", "us-core@6.1.0"]);
        assert!(chosen.contains(&("hl7.us.core".to_owned(), "6.1.0".to_owned())));
        let chosen = versions(&["hl7.us.core#6.1.0", "pdex@2.1.0"]);
        assert!(chosen.contains(&("hl7.us.core".to_owned(), "6.1.0".to_owned())));
    }

    #[test]
    fn what_is_misspelt_is_said_with_what_to_write() {
        let error = |text: &str| selections().resolve(&[text]).unwrap_err().to_string();
        assert!(error("pdex").contains("pdex@2.1.0"));
        assert!(error("../hl7.x@1.0.0").contains("no version"));
        assert!(error("pedex@1.0.0").contains("hrex, pdex, us-core"));
    }
}
