//! Trials: would something meet a profile? Asked without a word, and answered once for each pair.

use super::finding::{Collector, Finding};
use super::slicing::Match;
use super::walk::{Scope, Walk};
use crate::profile::program::Program;
use serde_json::Value;
use std::sync::Arc;

/// How deep trials may be nested: beyond, the answer is taken to be yes.
const DEEPEST: usize = 6;

impl<'v> Walk<'v> {
    /// Whether a value, or the target of a reference, meets one of these profiles.
    pub(super) fn meets_any(&mut self, value: &'v Value, profiles: &[String]) -> Match {
        let reference = value.get("reference").and_then(Value::as_str);
        let target = match reference {
            Some(text) if !value["resourceType"].is_string() => self.resolve(text),
            _ => Some(value),
        };
        let Some(target) = target else {
            // All that can be told is the type in the text of the reference.
            let named = reference.and_then(super::resolve::named_type);
            let is_possible = named.is_none_or(|name| {
                profiles.iter().any(|url| {
                    self.programs.of(url).is_none_or(|profile| {
                        profile.type_name == name || profile.type_name == "Resource"
                    })
                })
            });
            return if is_possible {
                Match::Unknown
            } else {
                Match::No
            };
        };
        let mut result = Match::No;
        for url in profiles {
            let Some(profile) = self.programs.of(url) else {
                result = Match::Unknown;
                continue;
            };
            if self.meets(target, &profile) {
                return Match::Yes;
            }
        }
        result
    }

    /// Whether a value meets a profile.
    fn meets(&mut self, value: &'v Value, profile: &Arc<Program>) -> bool {
        if let Some(name) = value["resourceType"].as_str() {
            let is_any = matches!(profile.type_name.as_str(), "Resource" | "DomainResource");
            if profile.type_name != name && !is_any {
                return false;
            }
            if !profile.is_profile() {
                return true;
            }
        }
        let name = (std::ptr::from_ref(value).addr(), profile.url.to_string());
        if let Some(known) = self.judged.get(&name) {
            // Asked again while it is being found out: a circle of references holds nothing against it.
            return known.unwrap_or(true);
        }
        if self.trials >= DEEPEST {
            return true;
        }
        self.judged.insert(name.clone(), None);
        let is_met = self.tried(value, profile).errors == 0;
        self.judged.insert(name, Some(is_met));
        is_met
    }

    fn tried(&mut self, value: &'v Value, profile: &Arc<Program>) -> Collector {
        let outer = std::mem::replace(&mut self.found, Collector::silent());
        self.trials += 1;
        let depth = self.depth;
        if value["resourceType"].is_string() {
            self.try_resource(value, profile);
        } else {
            self.apply(value, profile);
        }
        self.depth = depth;
        self.trials -= 1;
        std::mem::replace(&mut self.found, outer)
    }

    /// A resource is tried in its own scope, wherever the reference to it stands.
    fn try_resource(&mut self, value: &'v Value, profile: &Arc<Program>) {
        let (kept, mut scope) = self.scope_of(value);
        scope.model = value["resourceType"]
            .as_str()
            .and_then(|name| self.programs.model(name));
        let outer = self.scopes.split_off(kept);
        self.scopes.push(scope);
        let outer_profile = self.profile.replace(Arc::clone(&profile.url));
        if let Value::Object(fields) = value {
            self.object(fields, profile, 0, true);
        }
        if !self.is_settled() {
            self.rules(Some(value), None, &profile.type_name, &profile.root().rules);
        }
        self.profile = outer_profile;
        self.scopes.truncate(kept);
        self.scopes.extend(outer);
    }

    /// The scope of a resource at hand, and how many of the walk's scopes are around it.
    fn scope_of(&self, value: &'v Value) -> (usize, Scope<'v>) {
        for (depth, scope) in self.scopes.iter().enumerate().rev() {
            if let Some(entries) = &scope.entries
                && let Some(full_url) = entries.name_of(value)
            {
                let found = Scope {
                    full_url,
                    ..Scope::root(value)
                };
                return (depth + 1, found);
            }
            let holder = scope.container.unwrap_or(scope.resource);
            let contained = scope.contained.as_ref();
            if contained.is_some_and(|contained| contained.name_of(value).is_some()) {
                let found = Scope {
                    container: Some(holder),
                    contained: scope.contained.clone(),
                    full_url: scope.full_url,
                    ..Scope::root(value)
                };
                let kept = if scope.container.is_some() {
                    depth
                } else {
                    depth + 1
                };
                return (kept, found);
            }
        }
        (self.scopes.len(), Scope::root(value))
    }

    /// Whether a value meets a profile, asked by an expression in the middle of another walk; none when
    /// nobody knows the profile.
    pub(super) fn conforms(&self, value: &'v Value, canonical: &str) -> Option<bool> {
        if self.trials >= DEEPEST {
            return None;
        }
        let profile = self.programs.of(canonical)?;
        let mut walk = Walk::new(self.programs, self.service, value);
        walk.trials = self.trials;
        walk.scopes.clone_from(&self.scopes);
        Some(walk.meets(value, &profile))
    }

    /// Holds a value against profiles of which it must meet one.
    pub(super) fn meets_one(&mut self, value: &'v Value, profiles: &[String]) {
        let known: Vec<Arc<Program>> = profiles
            .iter()
            .filter_map(|url| self.programs.of(url))
            .collect();
        let constraining = known.iter().filter(|profile| profile.is_profile());
        let constraining: Vec<&Arc<Program>> = constraining.collect();
        if known.len() < profiles.len() {
            if profiles.len() == 1
                || !constraining
                    .iter()
                    .any(|profile| self.meets(value, profile))
            {
                self.undecided(
                    "profile",
                    format!(
                        "nobody here knows all of the profiles {}",
                        profiles.join(", ")
                    ),
                );
            }
            return;
        }
        if constraining.len() < known.len() {
            // One of them is the type itself, which is looked at anyway.
            return;
        }
        if let [profile] = constraining.as_slice() {
            self.apply(value, profile);
        } else if !constraining
            .iter()
            .any(|profile| self.meets(value, profile))
        {
            let message = "meets none of the profiles of which it must meet one";
            self.report(
                Finding::error("structure", "profile", message).expected(profiles.join(" | ")),
            );
        }
    }

    /// The profile that a resource comes closest to.
    pub(super) fn best<'p>(&mut self, value: &'v Value, profiles: &[&'p str]) -> &'p str {
        let mut best = profiles.first().copied().unwrap_or_default();
        for url in profiles {
            if let Some(profile) = self.programs.of(url)
                && self.meets(value, &profile)
            {
                best = url;
                break;
            }
        }
        best
    }
}
