//! `_include` and `_revinclude`: what comes along with the matches of a search.

use super::refusal::Refusal;
use super::resource_type::{ResourceType, SearchParameter};
use super::store::Stored;
use super::{Payer, Visibility};
use crate::fhir::search::Parameter;
use crate::fhir::{Reference, path};
use crate::mock::deviation::Deviation;
use serde_json::Value;
use std::collections::BTreeSet;

/// The one reverse include that is offered.
pub(super) const REVERSE: &str = "Provenance:target";

/// Rounds of `_include:iterate`; data that goes deeper is not ours.
const MOST_ROUNDS: usize = 5;

/// One `_include`: which references are followed, and whether from what was included too.
struct Forward {
    source: &'static str,
    parameter: &'static SearchParameter,
    /// The only type that is wanted, if one is named.
    target: Option<String>,
    iterates: bool,
}

/// What is to come along.
#[derive(Default)]
pub(super) struct Includes {
    forward: Vec<Forward>,
    provenance: bool,
}

impl Includes {
    /// Reads one `_include` or `_revinclude` of a search on `kind`; refuses what is not offered.
    pub(super) fn read(&mut self, kind: &ResourceType, asked: &Parameter) -> Result<(), Refusal> {
        let refuse = || Refusal::bad_request(format!("this {} is not supported", asked.name));
        let iterates = match (asked.name.as_str(), asked.modifier.as_deref()) {
            (_, None) => false,
            ("_include", Some("iterate")) => true,
            _ => return Err(refuse()),
        };
        for value in &asked.values {
            if asked.name == "_revinclude" {
                if value != REVERSE {
                    return Err(refuse());
                }
                self.provenance = true;
                continue;
            }
            let chosen = forward(kind, value, iterates);
            if chosen.is_empty() {
                return Err(refuse());
            }
            self.forward.extend(chosen);
        }
        Ok(())
    }
}

/// Reads `Type:parameter`, `Type:parameter:Target` and `Type:*`. The type is the one that is searched, but for
/// includes that go on from what was included.
fn forward(kind: &ResourceType, value: &str, iterates: bool) -> Vec<Forward> {
    let mut parts = value.splitn(3, ':');
    let (Some(source), Some(name), target) = (parts.next(), parts.next(), parts.next()) else {
        return Vec::new();
    };
    let Some(source) = ResourceType::find(source).filter(|one| iterates || one.name == kind.name)
    else {
        return Vec::new();
    };
    let is_possible = |parameter: &&SearchParameter| {
        let targets = parameter.targets().unwrap_or_default();
        target.is_none_or(|target| targets.is_empty() || targets.contains(&target))
    };
    source
        .references()
        .filter(|one| name == "*" || one.name == name)
        .filter(is_possible)
        .map(|parameter| Forward {
            source: source.name,
            parameter,
            target: target.map(str::to_owned),
            iterates,
        })
        .collect()
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
        let mut found: Vec<&Stored> = Vec::new();
        let mut from = matches.to_vec();
        for round in 0..MOST_ROUNDS {
            let next = self.followed(includes, &from, round > 0);
            from = next
                .into_iter()
                .filter(|stored| self.visibility(stored, deviation) == Visibility::Shown)
                .filter(|stored| key(&stored.resource).is_some_and(|key| seen.insert(key)))
                .collect();
            if from.is_empty() {
                break;
            }
            found.extend(&from);
        }
        if includes.provenance {
            let told = self
                .provenances_of(matches)
                .filter(|stored| self.visibility(stored, deviation) == Visibility::Shown)
                .filter(|stored| key(&stored.resource).is_some_and(|key| seen.insert(key)));
            found.extend(told.collect::<Vec<_>>());
        }
        found.into_iter().map(|stored| &stored.resource).collect()
    }

    /// What the references of these resources lead to.
    fn followed<'a>(
        &'a self,
        includes: &Includes,
        from: &[&'a Stored],
        is_again: bool,
    ) -> Vec<&'a Stored> {
        let mut found = Vec::new();
        for stored in from {
            let of_type = |one: &&Forward| {
                stored.resource["resourceType"] == one.source && (one.iterates || !is_again)
            };
            for forward in includes.forward.iter().filter(of_type) {
                let values = forward.parameter.paths.iter();
                for value in values.flat_map(|one| path::elements(&stored.resource, one)) {
                    let text = value["reference"].as_str().unwrap_or_default();
                    let reference = Reference::parse(text);
                    let target = reference
                        .target()
                        .filter(|(kind, _)| {
                            forward.target.as_deref().is_none_or(|one| one == *kind)
                        })
                        .and_then(|(kind, id)| self.store.get(kind, id));
                    found.extend(target);
                }
            }
        }
        found
    }

    /// The Provenance of these resources.
    fn provenances_of<'a>(&'a self, matches: &[&'a Stored]) -> impl Iterator<Item = &'a Stored> {
        let targets: BTreeSet<(&str, &str)> = matches
            .iter()
            .filter_map(|stored| key(&stored.resource))
            .collect();
        self.store.all("Provenance").filter(move |stored| {
            path::elements(&stored.resource, "target.reference")
                .into_iter()
                .filter_map(Value::as_str)
                .any(|target| {
                    Reference::parse(target)
                        .target()
                        .is_some_and(|target| targets.contains(&target))
                })
        })
    }
}

fn key(resource: &Value) -> Option<(&str, &str)> {
    Some((resource["resourceType"].as_str()?, resource["id"].as_str()?))
}
