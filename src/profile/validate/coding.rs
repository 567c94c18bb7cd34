//! Codings, units and identifiers, whether bound or not: systems are absolute, codes have the form of their
//! system, and code systems that are known as a whole have the code.

use super::finding::Finding;
use super::walk::Walk;
use crate::profile::{CodeQuestion, Form, Membership, code_exists, form};
use serde_json::Value;

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
        let version = value["version"].as_str();
        match code_exists(definitions, system, code) {
            Some(true) => return,
            Some(false) if form(system, code) == Form::Impossible => {
                return self.form(system, code);
            }
            // Another version may have other codes.
            Some(false) => {
                let known = definitions.code_system(system);
                let is_other = |version| known.is_none_or(|known| known.version != version);
                if version.is_some_and(is_other) {
                    return;
                }
            }
            None => match self.is_in_system(system, version, code) {
                Some(true) => return,
                Some(false) => {}
                None => return self.form(system, code),
            },
        }
        let message = format!("the code system {system} has no code {code:?}");
        let finding = Finding::error("code-invalid", "code", message);
        self.report_at(
            "code",
            finding.expected(format!("a code of {system}")).actual(code),
        );
    }

    /// Whether the terminology service says that a code system has a code; none when it does not know.
    fn is_in_system(&self, system: &str, version: Option<&str>, code: &str) -> Option<bool> {
        let question = CodeQuestion {
            value_set: None,
            system: Some(system),
            version,
            code,
        };
        match self.service?.validate_code(question) {
            Membership::In => Some(true),
            Membership::NotIn => Some(false),
            Membership::Undecided(_) => None,
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
