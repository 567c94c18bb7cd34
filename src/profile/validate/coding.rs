//! Codings and units, whether bound or not: systems are absolute, codes have the form of their system, and
//! code systems that are known as a whole have the code.

use super::finding::Finding;
use super::walk::Walk;
use crate::profile::{Form, code_exists, form};
use serde_json::Value;

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
        match code_exists(definitions, system, code) {
            Some(true) => return,
            Some(false) if form(system, code) != Form::Impossible => {}
            _ => return self.form(system, code),
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
            self.form(system, code);
        }
    }

    /// Says so when a code has not the form of its system's codes.
    fn form(&mut self, system: &str, code: &'v str) {
        let finding = match form(system, code) {
            Form::Right | Form::Unknown => return,
            Form::Impossible => {
                let message =
                    format!("{code:?} cannot be a code of {system}: it has not their form");
                Finding::error("code-invalid", "code-form", message)
            }
            Form::Unlikely => {
                let message = format!("{code:?} does not look like a code of {system}");
                Finding::warning("code-invalid", "code-form", message)
            }
        };
        self.report_at(
            "code",
            finding.expected(format!("a code of {system}")).actual(code),
        );
    }
}
