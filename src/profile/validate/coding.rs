//! Codings, units and identifiers, whether bound or not: systems are absolute, codes have the form of their
//! system, and code systems that are known as a whole have the code.

use super::finding::Finding;
use super::walk::Walk;
use crate::profile::Severity;
use crate::profile::{code_exists, form};
use serde_json::Value;

/// Systems whose publishers say what their codes look like; of others it is only known by experience.
const PUBLISHED: &[&str] = &[
    "http://loinc.org",
    "http://snomed.info/sct",
    "http://unitsofmeasure.org",
];

/// The system of identifiers that are URIs themselves.
const URIS: &str = "urn:ietf:rfc:3986";

impl<'v> Walk<'v> {
    pub(super) fn coding(&mut self, value: &'v Value) {
        let Some(system) = value["system"].as_str() else {
            return;
        };
        if !system.contains(':') {
            let message = format!(
                "{system:?} is no absolute URI, so nobody can tell which code system it is"
            );
            self.report_at(
                "system",
                Finding::error("value", "system", message).actual(system),
            );
            return;
        }
        let definitions = self.programs.definitions();
        if system.contains("/ValueSet/") && definitions.value_set(system).is_some() {
            let message = format!("{system} is a value set, and not a code system");
            self.report_at(
                "system",
                Finding::error("value", "system", message).actual(system),
            );
            return;
        }
        let Some(code) = value["code"].as_str() else {
            return;
        };
        if !self.has_form(system, code) || code_exists(definitions, system, code) != Some(false) {
            return;
        }
        // Another version may have other codes.
        if let Some(version) = value["version"].as_str()
            && definitions
                .code_system(system)
                .is_none_or(|known| known.version != version)
        {
            return;
        }
        let message = format!("the code system {system} has no code {code:?}");
        let finding = Finding::error("code-invalid", "code", message);
        self.report_at(
            "code",
            finding.expected(format!("a code of {system}")).actual(code),
        );
    }

    /// A unit of a system has the form of its codes.
    pub(super) fn quantity(&mut self, value: &'v Value) {
        if let (Some(system), Some(code)) = (value["system"].as_str(), value["code"].as_str()) {
            self.has_form(system, code);
        }
    }

    /// An identifier whose system is that of URIs has a URI as its value.
    pub(super) fn identifier(&mut self, value: &'v Value) {
        if value["system"] != URIS {
            return;
        }
        let Some(text) = value["value"].as_str() else {
            return;
        };
        let is_scheme = |scheme: &str| {
            scheme.starts_with(|first: char| first.is_ascii_alphabetic())
                && scheme
                    .chars()
                    .all(|found| found.is_ascii_alphanumeric() || "+-.".contains(found))
        };
        if !text
            .split_once(':')
            .is_some_and(|(scheme, _)| is_scheme(scheme))
        {
            let message = format!("{text:?} is no absolute URI, and the system is that of URIs");
            let finding = Finding::error("value", "identifier-uri", message);
            self.report_at("value", finding.expected("an absolute URI").actual(text));
        }
    }

    fn has_form(&mut self, system: &str, code: &'v str) -> bool {
        let is_right = form(system, code) != Some(false);
        if !is_right {
            let message = format!("{code:?} has not the form of a code of {system}");
            let mut finding = Finding::warning("code-invalid", "code-form", message);
            if PUBLISHED.contains(&system) {
                finding.severity = Severity::Error;
            }
            self.report_at(
                "code",
                finding.expected(format!("a code of {system}")).actual(code),
            );
        }
        is_right
    }
}
