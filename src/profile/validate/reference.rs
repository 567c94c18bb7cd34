//! References: of a form R4 knows, to a type that is allowed, and to something that is there.

use super::finding::Finding;
use super::resolve::named_type;
use super::slicing::Match;
use super::walk::Walk;
use crate::fhir::Reference;
use crate::profile::program::{Node, Type};
use serde_json::Value;

impl<'v> Walk<'v> {
    pub(super) fn reference(&mut self, value: &'v Value, node: &Node, kind: &Type) {
        let Some(text) = value["reference"].as_str() else {
            let declared = value["type"].as_str();
            if let Some(declared) = declared {
                self.target_type(declared, declared, kind);
            }
            return;
        };
        self.reference_form(text);
        let target = self.resolve(text);
        if target.is_none() {
            self.unresolved(text);
        }
        self.aggregation(text, target.is_some(), kind);
        let declared = value["type"].as_str();
        let found = target
            .and_then(|target| target["resourceType"].as_str())
            .or_else(|| named_type(text).filter(|name| self.is_resource_type(name)));
        if let (Some(found), Some(declared)) = (found, declared)
            && found != declared
        {
            let message = format!("says type {declared}, and the target is a {found}");
            self.report_at(
                "type",
                Finding::error("structure", "reference-type", message)
                    .expected(found)
                    .actual(declared),
            );
        }
        let Some(found) = found.or(declared) else {
            return;
        };
        if !self.target_type(found, text, kind) {
            return;
        }
        if let Some(target) = target {
            self.target_profile(target, node, kind);
        }
    }

    /// A canonical URL does not name what is known to be of a type that may not be meant here.
    pub(super) fn canonical_target(&mut self, text: &'v str, kind: &Type) {
        if self.found.is_silent {
            return;
        }
        let definitions = self.programs.definitions();
        let found = match text {
            _ if text.starts_with('#') => self
                .resolve(text)
                .and_then(|target| target["resourceType"].as_str()),
            _ if definitions.value_set(text).is_some() => Some("ValueSet"),
            _ if definitions.code_system(text).is_some() => Some("CodeSystem"),
            _ if definitions.definition(text).is_some() => Some("StructureDefinition"),
            _ => None,
        };
        if let Some(found) = found {
            self.target_type(found, text, kind);
        }
    }

    fn is_resource_type(&self, name: &str) -> bool {
        self.programs
            .of_type(name)
            .is_some_and(|program| program.kind == crate::profile::Kind::Resource)
    }

    fn reference_form(&mut self, text: &str) {
        let is_conditional = text.contains('?')
            && self
                .scopes
                .first()
                .is_some_and(|scope| scope.entries.is_some());
        let is_known = text.starts_with('#') || text.contains(':') || is_conditional;
        if is_known {
            return;
        }
        let is_right = match Reference::parse(text.split('#').next().unwrap_or(text)) {
            Reference::Relative { resource, .. } => self.is_resource_type(&resource),
            _ => false,
        };
        if !is_right {
            let message = "is neither #id, Type/id nor an absolute URL";
            let finding = Finding::error("value", "reference-form", message);
            self.report_at(
                "reference",
                finding
                    .expected("#id, Type/id or an absolute URL")
                    .actual(text),
            );
        }
    }

    fn unresolved(&mut self, text: &str) {
        if text.len() > 1 && text.starts_with('#') {
            let message = format!("points to {text}, and no contained resource has that id");
            self.report_at(
                "reference",
                Finding::error("not-found", "reference-target", message).actual(text),
            );
        } else if text.starts_with("urn:")
            && self.scopes.iter().any(|scope| scope.entries.is_some())
        {
            let message = format!("points to {text}, and no entry of the Bundle has that full URL");
            self.report_at(
                "reference",
                Finding::warning("not-found", "reference-target", message).actual(text),
            );
        }
    }

    fn aggregation(&mut self, text: &str, is_at_hand: bool, kind: &Type) {
        if kind.aggregation.is_empty() {
            return;
        }
        let way = if text.starts_with('#') {
            "contained"
        } else if is_at_hand {
            "bundled"
        } else {
            "referenced"
        };
        // What is in the same Bundle is referred to as well.
        let is_allowed =
            |allowed: &String| allowed == way || way == "bundled" && allowed == "referenced";
        if !kind.aggregation.iter().any(is_allowed) {
            let message = format!("must be {}, and is {way}", kind.aggregation.join(" or "));
            let finding = Finding::error("structure", "aggregation", message);
            self.report(finding.expected(kind.aggregation.join(" | ")).actual(way));
        }
    }

    /// Whether the target may have its type.
    fn target_type(&mut self, found: &str, text: &str, kind: &Type) -> bool {
        if kind.target_profiles.is_empty() {
            return true;
        }
        let mut allowed = Vec::new();
        for url in &kind.target_profiles {
            let Some(profile) = self.programs.of(url) else {
                // A profile nobody knows may be for any type.
                self.undecided(
                    "target",
                    format!("nobody here knows the profile {url} of the target"),
                );
                return true;
            };
            if profile.type_name == found
                || matches!(profile.type_name.as_str(), "Resource" | "DomainResource")
            {
                return true;
            }
            allowed.push(profile.type_name.clone());
        }
        allowed.dedup();
        let message = format!("points to a {found}, which may not be the target here");
        let finding = Finding::error("structure", "target", message);
        self.report(finding.expected(allowed.join(" | ")).actual(text));
        false
    }

    /// A target at hand must meet one of the profiles that are for its type.
    fn target_profile(&mut self, target: &'v Value, node: &Node, kind: &Type) {
        if kind.target_profiles.is_empty() || self.trials > 0 {
            return;
        }
        match self.meets_any(target, &kind.target_profiles) {
            Match::Yes => {}
            Match::Unknown => self.undecided(
                "target",
                "nobody can tell whether the target meets the profile it must",
            ),
            Match::No => {
                let message = format!(
                    "points to a resource that does not meet the profile {} wants",
                    node.id
                );
                let finding = Finding::error("structure", "target-profile", message);
                self.report(finding.expected(kind.target_profiles.join(" | ")));
            }
        }
    }
}
