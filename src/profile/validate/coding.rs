//! Codings and units, whether bound or not: systems are absolute, and complete code systems have the code.

use super::finding::Finding;
use super::walk::Walk;
use crate::profile::primitive::ucum;
use serde_json::Value;

const UCUM: &str = "http://unitsofmeasure.org";

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
        let Some(code) = value["code"].as_str() else {
            return;
        };
        if system == UCUM {
            self.unit(code);
            return;
        }
        if system.contains("/ValueSet/") && self.programs.definitions().value_set(system).is_some()
        {
            let message = format!("{system} is a value set, and not a code system");
            self.report_at(
                "system",
                Finding::error("value", "system", message).actual(system),
            );
            return;
        }
        let Some(codes) = self.programs.codes(system) else {
            return;
        };
        // Another version may have other codes.
        let version = value["version"].as_str();
        if version.is_some_and(|version| version != codes.version) || codes.has(code) {
            return;
        }
        let message = format!(
            "the code system {system} (version {}) has no code {code}",
            codes.version
        );
        self.report_at(
            "code",
            Finding::error("code-invalid", "code", message)
                .expected(system)
                .actual(code),
        );
    }

    pub(super) fn quantity(&mut self, value: &'v Value) {
        if let (Some(UCUM), Some(code)) = (value["system"].as_str(), value["code"].as_str()) {
            self.unit(code);
        }
    }

    fn unit(&mut self, code: &'v str) {
        if !ucum::has_form(code) {
            let message = format!("{code:?} has not the form of a UCUM code");
            let finding = Finding::error("value", "ucum", message);
            self.report_at(
                "code",
                finding
                    .expected("a UCUM code such as mg/dL or {score}")
                    .actual(code),
            );
        }
    }
}
