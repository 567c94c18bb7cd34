//! Resources: of a type there is, and held against every profile they claim or are asked to meet.

use super::finding::Finding;
use super::walk::{Scope, Step, Walk};
use crate::profile::program::{Node, Program, Type};
use crate::profile::{Derivation, Kind};
use serde_json::Value;
use std::collections::HashSet;
use std::sync::Arc;

impl<'v> Walk<'v> {
    /// Validates the root; says against which profiles.
    pub(super) fn start(&mut self, resource: &'v Value, profiles: &[String]) -> Vec<String> {
        let scope = Scope::root(resource);
        let wanted: Vec<&str> = profiles.iter().map(String::as_str).collect();
        self.resource(scope, &wanted)
    }

    /// A resource within another: contained, an entry, a parameter.
    pub(super) fn nested(&mut self, value: &'v Value, node: &Node, kind: &Type) {
        let resource_type = value["resourceType"].as_str().unwrap_or_default();
        let is_any = matches!(&*kind.code, "Resource" | "DomainResource");
        if !is_any && !resource_type.is_empty() && *kind.code != *resource_type {
            let message = format!("is a {resource_type}, which {} may not be", node.id);
            let finding = Finding::error("structure", "type", message);
            self.report(finding.expected(&kind.code).actual(resource_type));
        }
        let is_contained = &*node.name == "contained";
        let scope = self.nested_scope(value, is_contained);
        if is_contained {
            self.contained(value);
        }
        // Of several profiles one must be met: those of other types are out of the question.
        let known: Vec<(&str, Arc<Program>)> = kind
            .profiles
            .iter()
            .filter_map(|url| Some((url.as_str(), self.programs.of(url)?)))
            .collect();
        let fitting: Vec<&str> = known
            .iter()
            .filter(|(_, profile)| profile.is_profile() && profile.type_name == resource_type)
            .map(|(url, _)| *url)
            .collect();
        let is_refused = !known.is_empty()
            && known.len() == kind.profiles.len()
            && !known.iter().any(|(_, profile)| {
                profile.type_name == resource_type || profile.type_name == "Resource"
            });
        if is_refused {
            let message = format!("is a {resource_type}, which no profile allowed here is for");
            let finding = Finding::error("structure", "profile", message);
            self.report(
                finding
                    .expected(kind.profiles.join(" | "))
                    .actual(resource_type),
            );
        }
        match fitting.as_slice() {
            [] | [_] => {
                self.resource(scope, &fitting);
            }
            several => {
                let best = self.best(value, several);
                self.resource(scope, &[best]);
            }
        }
    }

    /// Validates a resource against its claims and `wanted`; says against what.
    pub(super) fn resource(&mut self, scope: Scope<'v>, wanted: &[&str]) -> Vec<String> {
        let resource = scope.resource;
        let Value::Object(fields) = resource else {
            let actual = super::value::json_kind(resource);
            let message = format!("must be a resource, and is {actual}");
            self.report(
                Finding::error("structure", "type", message)
                    .expected("an object")
                    .actual(actual),
            );
            return Vec::new();
        };
        let Some(name) = fields.get("resourceType").and_then(Value::as_str) else {
            let message = "has no resourceType, so nobody can tell what it is";
            self.report(
                Finding::error("structure", "resource-type", message).expected("resourceType"),
            );
            return Vec::new();
        };
        let base = self.programs.of_type(name);
        let Some(base) = base.filter(|base| {
            base.kind == Kind::Resource
                && base.type_name == name
                && !name.contains(':')
                && base.derivation == Derivation::Specialization
                && !base.is_abstract
        }) else {
            let message = format!("{name:?} is no type of resource of R4");
            self.report(Finding::error("structure", "resource-type", message).actual(name));
            return Vec::new();
        };
        let mut programs = self.claimed(resource, name, wanted);
        if !programs.iter().any(|program| program.type_name == name) {
            programs.insert(0, base);
        }
        self.hold(scope, fields, name, &programs);
        programs
            .iter()
            .map(|program| program.url.to_string())
            .collect()
    }

    /// Holds the root against one profile alone, and notes which of its elements are there; false when the
    /// profile is for another type.
    pub(super) fn inspect(&mut self, resource: &'v Value, profile: &Arc<Program>) -> bool {
        let (Value::Object(fields), Some(name)) = (resource, resource["resourceType"].as_str())
        else {
            return false;
        };
        if profile.type_name != name {
            return false;
        }
        self.watched = Some((Arc::clone(profile), Vec::new()));
        self.note_seen(profile, &profile.root().id);
        self.hold(
            Scope::root(resource),
            fields,
            name,
            std::slice::from_ref(profile),
        );
        true
    }

    fn hold(
        &mut self,
        mut scope: Scope<'v>,
        fields: &'v serde_json::Map<String, Value>,
        name: &str,
        programs: &[Arc<Program>],
    ) {
        let resource = scope.resource;
        let outer = self.profile.take();
        scope.model = self.programs.model(name);
        self.scopes.push(scope);
        for program in programs {
            if self.is_settled() {
                break;
            }
            self.profile = Some(Arc::clone(&program.url));
            self.object(fields, program, 0, true);
            self.rules(Some(resource), None, name, &program.root().rules);
        }
        self.profile = None;
        if name == "Bundle" {
            self.bundle(resource);
        } else if name == "QuestionnaireResponse" && self.trials == 0 {
            self.response(resource);
        }
        self.element_ids(fields);
        self.scopes.pop();
        self.profile = outer;
    }

    /// Programs of the profiles a resource claims and is asked to meet.
    fn claimed(&mut self, resource: &'v Value, name: &str, wanted: &[&str]) -> Vec<Arc<Program>> {
        let mut programs: Vec<Arc<Program>> = Vec::new();
        let claims = resource["meta"]["profile"]
            .as_array()
            .map_or(&[][..], Vec::as_slice);
        let claims = claims
            .iter()
            .enumerate()
            .filter_map(|(at, claim)| Some((Some(at), claim.as_str()?)));
        let claims: Vec<(Option<usize>, &str)> = claims
            .chain(wanted.iter().map(|url| (None, *url)))
            .collect();
        for (position, url) in claims {
            let place = self.path.len();
            if let Some(position) = position {
                self.path.extend([
                    Step::Name("meta"),
                    Step::Name("profile"),
                    Step::Index(position),
                ]);
            }
            match self.programs.of(url) {
                Some(profile) if profile.type_name == name || is_above(&profile) => {
                    if !programs.iter().any(|known| known.url == profile.url) {
                        programs.push(profile);
                    }
                }
                Some(profile) => {
                    let message =
                        format!("{url} is for {}, and this is a {name}", profile.type_name);
                    let finding = Finding::error("structure", "profile", message);
                    self.report(finding.expected(&profile.type_name).actual(name));
                }
                None => {
                    let message = match self.programs.definitions().problem(url) {
                        Some(why) => format!("the profile {url} was not checked: {why}"),
                        None => format!("nobody here knows the profile {url}; it was not checked"),
                    };
                    self.undecided("profile", message);
                }
            }
            self.path.truncate(place);
        }
        let sign = super::vital_sign::profile(resource).and_then(|url| self.programs.of(&url));
        // Profiles that are derived from it hold its rules already.
        if let Some(sign) = sign
            && !programs
                .iter()
                .any(|known| self.is_derived(known, &sign.url))
        {
            programs.push(sign);
        }
        programs
    }

    /// Whether a profile is another one, or derived from it.
    fn is_derived(&self, profile: &Arc<Program>, url: &str) -> bool {
        self.programs.is_derived(profile, url)
    }

    /// Ids of elements are there once in a resource.
    fn element_ids(&mut self, fields: &'v serde_json::Map<String, Value>) {
        if self.found.is_silent {
            return;
        }
        let start = self.path.len();
        let mut seen: HashSet<&'v str> = HashSet::new();
        for (name, value) in fields {
            if !matches!(name.as_str(), "id" | "contained") {
                self.path
                    .push(Step::Name(name.strip_prefix('_').unwrap_or(name)));
                // A definition names the same elements twice: the whole, and what it adds.
                let is_own = matches!(name.as_str(), "snapshot" | "differential");
                let mut own = HashSet::new();
                let seen = if is_own { &mut own } else { &mut seen };
                self.ids_below(value, seen);
                self.path.truncate(start);
            }
        }
    }

    fn ids_below(&mut self, value: &'v Value, seen: &mut HashSet<&'v str>) {
        if self.path.len() > super::walk::DEEPEST * 2 {
            return;
        }
        match value {
            Value::Array(items) => {
                for (position, item) in items.iter().enumerate() {
                    if matches!(item, Value::Object(_) | Value::Array(_)) {
                        self.path.push(Step::Index(position));
                        self.ids_below(item, seen);
                        self.path.pop();
                    }
                }
            }
            // A resource within has ids of its own.
            Value::Object(fields) if !fields.contains_key("resourceType") => {
                if let Some(id) = fields.get("id").and_then(Value::as_str)
                    && !seen.insert(id)
                {
                    let message = format!("the id {id:?} is there twice in the resource");
                    self.report_at(
                        "id",
                        Finding::error("structure", "unique-id", message).actual(id),
                    );
                }
                for (name, value) in fields {
                    if matches!(value, Value::Object(_) | Value::Array(_)) {
                        self.path
                            .push(Step::Name(name.strip_prefix('_').unwrap_or(name)));
                        self.ids_below(value, seen);
                        self.path.pop();
                    }
                }
            }
            _ => {}
        }
    }
}

/// Whether a profile is of all resources.
fn is_above(profile: &Program) -> bool {
    matches!(profile.type_name.as_str(), "Resource" | "DomainResource")
}
