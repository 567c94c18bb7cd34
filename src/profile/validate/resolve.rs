//! Where references lead, as far as the target is at hand: contained, or in the same Bundle.

use super::entries::Entries;
use super::walk::{Scope, Step, Walk};
use crate::fhir::Reference;
use crate::profile::program::Found;
use serde_json::Value;
use std::sync::Arc;

impl<'v> Scope<'v> {
    /// The resource that is validated.
    pub(super) fn root(resource: &'v Value) -> Self {
        Self {
            resource,
            container: None,
            full_url: None,
            entries: Entries::of_bundle(resource).map(Arc::new),
            contained: Entries::contained(resource).map(Arc::new),
            model: None,
        }
    }
}

impl<'v> Walk<'v> {
    /// The scope of a resource within the one the walk is in.
    pub(super) fn nested_scope(&self, resource: &'v Value, is_contained: bool) -> Scope<'v> {
        let outer = self.scope();
        let full_url = match self.path.as_slice() {
            [
                ..,
                Step::Name("entry"),
                Step::Index(at),
                Step::Name("resource"),
            ] => outer.and_then(|outer| outer.resource["entry"].get(at)?["fullUrl"].as_str()),
            _ if is_contained => outer.and_then(|outer| outer.full_url),
            _ => None,
        };
        Scope {
            resource,
            container: outer.filter(|_| is_contained).map(|outer| outer.resource),
            full_url,
            entries: Entries::of_bundle(resource).map(Arc::new),
            contained: match outer.filter(|_| is_contained) {
                Some(outer) => outer.contained.clone(),
                None => Entries::contained(resource).map(Arc::new),
            },
            model: None,
        }
    }

    /// The target of a reference, when it is at hand.
    pub(super) fn resolve(&self, reference: &str) -> Option<&'v Value> {
        let scope = self.scope()?;
        if let Some(id) = reference.strip_prefix('#') {
            let holder = scope.container.unwrap_or(scope.resource);
            if id.is_empty() {
                return Some(holder);
            }
            return scope.contained.as_ref()?.get(id);
        }
        for (depth, bundle) in self.scopes.iter().enumerate().rev() {
            let Some(entries) = &bundle.entries else {
                continue;
            };
            // References of an entry are relative to the entry, not to what it contains.
            let entry = self.scopes.get(depth + 1).and_then(|entry| entry.full_url);
            if let Some(found) = self.in_entries(entries, reference, entry) {
                return Some(found);
            }
        }
        None
    }

    /// The entry that a reference means, from where that full URL is.
    pub(super) fn in_entries(
        &self,
        entries: &Entries<'v>,
        reference: &str,
        full_url: Option<&str>,
    ) -> Option<&'v Value> {
        if let Some(found) = entries.get(reference) {
            return Some(found);
        }
        if reference.contains(':') {
            return None;
        }
        let Reference::Absolute { base, .. } = Reference::parse(full_url?) else {
            return None;
        };
        entries.get(&format!("{base}/{reference}"))
    }

    /// The type of what a reference points to: of the target, or else as its text or `type` says. None
    /// for what is no reference.
    pub(super) fn reference_type(&self, found: Found<'v>) -> Option<&'v str> {
        let value = found.value;
        if value["resourceType"].is_string() {
            return None;
        }
        let reference = value["reference"].as_str()?;
        match self.resolve(reference) {
            Some(target) => target["resourceType"].as_str(),
            None => named_type(reference).or_else(|| value["type"].as_str()),
        }
    }
}

/// The type that the text of a reference names.
pub(super) fn named_type(reference: &str) -> Option<&str> {
    let parsed = Reference::parse(reference);
    let (name, _) = parsed.target()?;
    let at = reference.rfind(&format!("{name}/"))?;
    reference.get(at..at + name.len())
}
