//! What a search wants of a resource: of itself, or of what one of its references leads to (`a.b=…`).

use super::filter::Filter;
use super::refusal::Refusal;
use super::resource_type::{ResourceType, SearchParameter};
use super::store::Store;
use crate::fhir::search::Parameter;
use crate::fhir::{Reference, path};
use crate::mock::deviation::Deviation;
use serde_json::Value;

/// A parameter that leads on, and the one that is asked of what it leads to.
#[derive(Clone, Copy)]
struct Chain {
    through: &'static SearchParameter,
    target: &'static str,
    last: &'static SearchParameter,
}

/// One thing that is wanted.
pub(super) struct Criterion<'a> {
    chain: Option<Chain>,
    filter: Filter<'a>,
}

/// Whether the type knows that parameter, or that chain.
pub(super) fn is_known(kind: &ResourceType, asked: &Parameter) -> bool {
    kind.parameter(&asked.name).is_some() || chain(kind, asked).is_some()
}

/// Reads `practitioner.name`, `practitioner:Practitioner.name`: one link, to one type.
fn chain(kind: &ResourceType, asked: &Parameter) -> Option<Chain> {
    let modified = asked
        .modifier
        .as_deref()
        .and_then(|one| one.split_once('.'));
    let (name, wanted, last) = match (modified, asked.name.split_once('.')) {
        (Some((target, last)), _) => (asked.name.as_str(), Some(target), last),
        (None, Some((name, last))) => (name, None, last),
        (None, None) => return None,
    };
    let through = kind.references().find(|one| one.name == name)?;
    let fits = |target: &&'static str| {
        wanted.is_none_or(|wanted| wanted == *target)
            && ResourceType::find(target).is_some_and(|kind| kind.parameter(last).is_some())
    };
    let target = through.targets()?.iter().copied().find(fits)?;
    let last = ResourceType::find(target)?.parameter(last)?;
    Some(Chain {
        through,
        target,
        last,
    })
}

impl<'a> Criterion<'a> {
    /// Checks what is asked; `None` when the type does not know the parameter.
    pub(super) fn read(
        kind: &ResourceType,
        asked: &'a Parameter,
        base: &'a str,
        deviation: &Deviation,
    ) -> Option<Result<Self, Refusal>> {
        let (chain, definition) = match kind.parameter(&asked.name) {
            Some(definition) if !is_chained(asked) => (None, definition),
            _ => {
                let chain = chain(kind, asked)?;
                (Some(chain), chain.last)
            }
        };
        Some(
            Filter::new(definition, asked, chain.is_some(), base, deviation)
                .map(|filter| Self { chain, filter }),
        )
    }

    /// Whether a resource is as wanted.
    pub(super) fn matches(&self, resource: &Value, store: &Store) -> bool {
        let Some(chain) = self.chain else {
            return self.filter.matches(resource);
        };
        let values = chain.through.paths.iter();
        values
            .flat_map(|one| path::elements(resource, one))
            .any(|value| {
                let text = value["reference"].as_str().unwrap_or_default();
                let reference = Reference::parse(text);
                let target = reference
                    .target()
                    .filter(|(kind, _)| *kind == chain.target)
                    .and_then(|(kind, id)| store.get(kind, id));
                target.is_some_and(|target| self.filter.matches(&target.resource))
            })
    }
}

fn is_chained(asked: &Parameter) -> bool {
    asked
        .modifier
        .as_deref()
        .is_some_and(|one| one.contains('.'))
}
