//! Invariants: the frequent ones by hand, the others by FHIRPath.

use super::contained::all_are_referenced;
use super::finding::{Finding, shown};
use super::walk::Walk;
use crate::profile::Severity;
use crate::profile::program::{Decision, Native, Rule};
use serde_json::Value;
use std::borrow::Cow;
use std::sync::Arc;

impl<'v> Walk<'v> {
    /// Holds a value against invariants.
    pub(super) fn rules(
        &mut self,
        value: Option<&'v Value>,
        sibling: Option<&'v Value>,
        type_name: &str,
        rules: &[Arc<Rule>],
    ) {
        for rule in rules {
            // Warnings say nothing in a trial, and what is invalid already is not asked twice.
            if self.found.is_silent && (!rule.is_error || self.found.errors > 0) {
                continue;
            }
            let holds = match &rule.decision {
                Decision::Native(native) => value.map(|value| self.native(*native, value)),
                Decision::Path(predicate) => predicate.holds(value, sibling, type_name, self),
                Decision::Unreadable => None,
            };
            match holds {
                Some(true) => {}
                Some(false) => self.broken(rule),
                None => {
                    let message = format!(
                        "the rule {} cannot be evaluated: {}",
                        rule.key,
                        shown(&rule.expression)
                    );
                    self.undecided("invariant", message);
                }
            }
        }
    }

    fn broken(&mut self, rule: &Rule) {
        let message = format!("breaks the rule {}", rule.key);
        let mut finding =
            Finding::error("invariant", "invariant", message).expected(&rule.expression);
        finding.rule = Cow::Owned(rule.key.clone());
        if !rule.is_error {
            finding.severity = Severity::Warning;
        }
        self.report(finding);
    }

    fn native(&self, native: Native, value: &'v Value) -> bool {
        let contained = || value["contained"].as_array().into_iter().flatten();
        match native {
            Native::ExtensionOrValue => {
                let has_value = value.as_object().is_some_and(|fields| {
                    fields
                        .keys()
                        .any(|key| key.starts_with("value") || key.starts_with("_value"))
                });
                value.get("extension").is_some() != has_value
            }
            Native::NoNestedContained => {
                contained().all(|resource| resource.get("contained").is_none())
            }
            Native::ContainedIsReferenced => all_are_referenced(value),
            Native::ContainedHasNoVersion => contained().all(|resource| {
                resource["meta"].get("versionId").is_none()
                    && resource["meta"].get("lastUpdated").is_none()
            }),
            Native::ContainedHasNoLabel => {
                contained().all(|resource| resource["meta"].get("security").is_none())
            }
            Native::HasNarrative => value["text"].get("div").is_some(),
            // What breaks them is said in more detail where references and narratives are looked at.
            Native::LocalReferenceResolves | Native::NarrativeIsXhtml => true,
        }
    }
}
