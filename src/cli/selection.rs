//! From the selection options to a selection of the catalogue.

use super::Failure;
use super::arguments::SelectionOptions;
use crate::catalog::{Catalog, Fault, Selection, Side};
use crate::data::Data;
use crate::mock;

impl SelectionOptions {
    /// What the user asks for.
    pub(super) fn selection(&self) -> Result<Selection, Failure> {
        let parse = |what: &str, text: &String, problem: &dyn std::fmt::Display| {
            Failure::new(
                format!("--{what} {text:?}: {problem}"),
                format!("see `vitruvian list suites` and `--help` for what --{what} takes"),
            )
        };
        Ok(Selection {
            side: Some(Side::Servers),
            igs: self
                .ig
                .iter()
                .map(|ig| ig.parse().map_err(|error| parse("ig", ig, &error)))
                .collect::<Result<_, _>>()?,
            suites: self.suite.clone(),
            roles: self
                .role
                .iter()
                .map(|role| role.parse().map_err(|error| parse("role", role, &error)))
                .collect::<Result<_, _>>()?,
            requirements: self.requirement.clone(),
            tags: self
                .tags
                .as_ref()
                .map(|tags| tags.parse().map_err(|error| parse("tags", tags, &error)))
                .transpose()?,
            name: self.name.clone(),
            read_only: self.read_only,
            shard: self
                .shard
                .as_ref()
                .map(|shard| parse_shard(shard))
                .transpose()?,
        })
    }
}

fn parse_shard(text: &str) -> Result<(usize, usize), Failure> {
    let parts = text
        .split_once('/')
        .and_then(|(part, of)| Some((part.parse().ok()?, of.parse().ok()?)));
    parts.ok_or_else(|| {
        Failure::new(
            format!("--shard {text:?} is not I/N"),
            "write for example --shard 1/4",
        )
    })
}

/// The catalogue with the faults of the mocks, and the faults themselves.
pub(super) fn load(data: &Data) -> Result<(Catalog, Vec<mock::Fault>), Failure> {
    let faults = mock::Fault::load_all(data)?;
    let catalog = Catalog::load(data)?.with_faults(faults.iter().map(note).collect());
    Ok((catalog, faults))
}

/// The fault of that name.
pub(super) fn find_fault<'a>(
    faults: &'a [mock::Fault],
    name: &str,
) -> Result<&'a mock::Fault, Failure> {
    let found = faults.iter().find(|fault| fault.name == name);
    found.ok_or_else(|| {
        Failure::new(
            format!("there is no fault {name:?}"),
            "see `vitruvian list faults`",
        )
    })
}

/// A fault as the catalogue sees it.
pub(super) fn note(fault: &mock::Fault) -> Fault {
    Fault {
        name: fault.name.clone(),
        about: fault.about.clone(),
        breaks: fault.breaks.clone(),
        versions: fault.applies.versions.clone(),
        spares: fault.spares.clone(),
    }
}
