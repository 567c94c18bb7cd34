//! `_include` and `_revinclude`: what comes along with the matches of a search.

use super::refusal::Refusal;
use super::resource_type::{Kind, ResourceType, SearchParameter};
use super::store::Stored;
use super::{Payer, Visibility};
use crate::fhir::search::Parameter;
use crate::fhir::{Reference, path};
use crate::mock::deviation::Deviation;
use serde_json::Value;
use std::collections::BTreeSet;

/// The one reverse include that is offered.
pub(super) const REVERSE: &str = "Provenance:target";

/// What is to come along.
#[derive(Default)]
pub(super) struct Includes {
    forward: Vec<&'static SearchParameter>,
    provenance: bool,
}

impl Includes {
    /// Reads one `_include` or `_revinclude` of a search on `kind`; refuses what is not offered.
    pub(super) fn read(&mut self, kind: &ResourceType, asked: &Parameter) -> Result<(), Refusal> {
        for value in &asked.values {
            let references = kind
                .parameters
                .iter()
                .filter(|one| matches!(one.kind, Kind::Reference(_)));
            let chosen: Vec<_> = match value.split_once(':') {
                _ if asked.name == "_revinclude" => Vec::new(),
                Some((name, "*")) if name == kind.name => references.collect(),
                Some((name, wanted)) if name == kind.name => references
                    .filter(|one| Some(one.name) == wanted.split(':').next())
                    .collect(),
                _ => Vec::new(),
            };
            if asked.name == "_revinclude" && value == REVERSE {
                self.provenance = true;
            } else if chosen.is_empty() {
                return Err(Refusal::bad_request(format!(
                    "this {} is not supported",
                    asked.name
                )));
            }
            self.forward.extend(chosen);
        }
        Ok(())
    }
}

impl Payer {
    /// What comes along with these matches, each resource once, and none that is a match itself.
    pub(super) fn included<'a>(
        &'a self,
        includes: &Includes,
        matches: &[&'a Stored],
        deviation: &Deviation,
    ) -> Vec<&'a Value> {
        let mut seen: BTreeSet<(&str, &str)> = matches
            .iter()
            .filter_map(|one| key(&one.resource))
            .collect();
        let mut found = Vec::new();
        let mut targets = BTreeSet::new();
        for stored in matches {
            let references = includes.forward.iter().flat_map(|one| one.paths);
            for value in references.flat_map(|one| path::elements(&stored.resource, one)) {
                let reference = Reference::parse(value["reference"].as_str().unwrap_or_default());
                let target = reference
                    .target()
                    .and_then(|(kind, id)| self.store.get(kind, id));
                found.extend(target);
            }
            if let (true, Some((kind, id))) = (includes.provenance, key(&stored.resource)) {
                targets.insert(format!("{kind}/{id}"));
            }
        }
        let tells_of = |stored: &&Stored| {
            path::elements(&stored.resource, "target.reference")
                .iter()
                .any(|target| {
                    target
                        .as_str()
                        .is_some_and(|target| targets.contains(target))
                })
        };
        if !targets.is_empty() {
            found.extend(self.store.all("Provenance").filter(tells_of));
        }
        found.retain(|stored| self.visibility(stored, deviation) == Visibility::Shown);
        found
            .into_iter()
            .filter(|stored| key(&stored.resource).is_some_and(|key| seen.insert(key)))
            .map(|stored| &stored.resource)
            .collect()
    }
}

fn key(resource: &Value) -> Option<(&str, &str)> {
    Some((resource["resourceType"].as_str()?, resource["id"].as_str()?))
}
