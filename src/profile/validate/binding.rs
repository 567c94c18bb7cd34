//! Bindings: codes are in the value sets they must be in, as far as those can be expanded here
//! or a terminology service knows them.

use super::finding::Finding;
use super::slicing::Match;
use super::walk::Walk;
use crate::profile::program::{Bound, Shape};
use crate::profile::{CodeQuestion, Membership, Strength, membership};
use serde_json::Value;

const MIME_TYPES: &str = "http://hl7.org/fhir/ValueSet/mimetypes";

impl<'v> Walk<'v> {
    /// A value that is bound to a value set.
    pub(super) fn bound(&mut self, value: &'v Value, bound: &Bound, shape: Shape) {
        if !matches!(
            shape,
            Shape::Primitive(_) | Shape::Coding | Shape::Concept | Shape::Quantity
        ) {
            return;
        }
        // A quantity without unit has no code to look at.
        if shape == Shape::Quantity && value.get("code").is_none() {
            return;
        }
        if let Some(value_set) = &bound.value_set {
            match bound.strength {
                Strength::Required => self.must_be_in(value, value_set, shape, "binding"),
                Strength::Extensible => self.should_be_in(value, value_set, shape, "binding"),
                Strength::Preferred | Strength::Example => {}
            }
        }
        if let Some(value_set) = &bound.max_value_set {
            let has_codes = shape != Shape::Concept || has_codings(value);
            if has_codes {
                self.must_be_in(value, value_set, shape, "max-binding");
            }
        }
        for (strength, value_set) in &bound.additional {
            match strength {
                Strength::Required => {
                    self.must_be_in(value, value_set, shape, "additional-binding")
                }
                _ => self.should_be_in(value, value_set, shape, "additional-binding"),
            }
        }
    }

    fn must_be_in(&mut self, value: &'v Value, value_set: &str, shape: Shape, rule: &'static str) {
        match self.is_in(value, value_set) {
            Membership::In => {}
            Membership::NotIn => {
                let message = if shape == Shape::Concept && !has_codings(value) {
                    format!("has no code, and must have one of the value set {value_set}")
                } else {
                    format!("has no code of the value set {value_set}, and must have one")
                };
                let finding = Finding::error("code-invalid", rule, message);
                self.report(finding.expected(value_set).actual(codes(value)));
            }
            Membership::Undecided(why) => {
                let message = format!(
                    "nobody here can tell whether {} is in the value set {value_set}: {why}",
                    codes(value)
                );
                self.undecided(rule, message);
            }
        }
    }

    fn should_be_in(
        &mut self,
        value: &'v Value,
        value_set: &str,
        shape: Shape,
        rule: &'static str,
    ) {
        // Text alone says that no code fits.
        if shape == Shape::Concept && !has_codings(value) {
            return;
        }
        if self.found.is_silent {
            return;
        }
        if self.is_in(value, value_set) == Membership::NotIn {
            let message = format!(
                "has no code of the value set {value_set}, and should have one if one fits"
            );
            let finding = Finding::warning("code-invalid", rule, message);
            self.report(finding.expected(value_set).actual(codes(value)));
        }
    }

    /// Whether a discriminator's value is in a value set.
    pub(super) fn is_bound(&self, value: &Value, value_set: &str) -> Match {
        match self.is_in(value, value_set) {
            Membership::In => Match::Yes,
            Membership::NotIn => Match::No,
            Membership::Undecided(_) => Match::Unknown,
        }
    }

    /// Whether any code of a value is in a value set.
    pub(super) fn is_in(&self, value: &Value, value_set: &str) -> Membership {
        let here = |system: Option<&str>, code: &str| {
            // CapabilityStatement.format and its like name the encodings of FHIR itself in short.
            if value_set.starts_with(MIME_TYPES) && matches!(code, "json" | "xml" | "ttl") {
                return Membership::In;
            }
            membership(self.programs.definitions(), value_set, system, code)
        };
        match any_code(value, here) {
            Membership::Undecided(_) if self.service.is_some() => {
                any_code(value, |system, code| {
                    self.elsewhere(here(system, code), value_set, system, code)
                })
            }
            answer => answer,
        }
    }

    /// What the terminology service says of a code that is undecided here.
    fn elsewhere(
        &self,
        here: Membership,
        value_set: &str,
        system: Option<&str>,
        code: &str,
    ) -> Membership {
        let (Membership::Undecided(why), Some(service)) = (&here, self.service) else {
            return here;
        };
        // A coding without a system is in no set that anybody could name.
        if system == Some("") {
            return here;
        }
        let question = CodeQuestion {
            value_set: Some(value_set),
            system,
            version: None,
            code,
        };
        match service.validate_code(question) {
            Membership::Undecided(reason) => {
                Membership::Undecided(format!("{why}, and {reason}").into())
            }
            decided => decided,
        }
    }
}

/// Whether any code of a value passes: asked with its system, `""` for none, or none for a `code`.
fn any_code(value: &Value, passes: impl Fn(Option<&str>, &str) -> Membership) -> Membership {
    let coding = |coding: &Value| match coding["code"].as_str() {
        Some(code) => passes(Some(coding["system"].as_str().unwrap_or_default()), code),
        None => Membership::NotIn,
    };
    match value {
        Value::String(code) => passes(None, code),
        Value::Object(fields) => match fields.get("coding").and_then(Value::as_array) {
            Some(codings) => {
                let mut answer = Membership::NotIn;
                for one in codings {
                    answer = answer.or(coding(one));
                    if answer == Membership::In {
                        break;
                    }
                }
                answer
            }
            None => coding(value),
        },
        _ => Membership::NotIn,
    }
}

fn has_codings(value: &Value) -> bool {
    value["coding"]
        .as_array()
        .is_some_and(|codings| !codings.is_empty())
}

/// The codes of a value, as people write them.
fn codes(value: &Value) -> String {
    let coding = |coding: &Value| {
        let text = |name: &str| coding[name].as_str().unwrap_or_default().to_owned();
        format!("{}#{}", text("system"), text("code"))
    };
    match (value, value["coding"].as_array()) {
        (Value::String(code), _) => code.clone(),
        (_, Some(codings)) => codings.iter().map(coding).collect::<Vec<_>>().join(", "),
        (Value::Object(fields), None) if fields.contains_key("code") => coding(value),
        _ => "no code".to_owned(),
    }
}
