//! Whether a resource matches a search parameter.

use super::refusal::Refusal;
use super::resource_type::{Kind, SearchParameter};
use crate::fhir::search::{DateParameter, Parameter, string_matches, token_matches};
use crate::fhir::{Reference, Span, fold, path};
use crate::mock::Rule;
use crate::mock::deviation::Deviation;
use serde_json::Value;

/// A search parameter together with what is asked of it, checked.
pub(super) struct Filter<'a> {
    definition: &'static SearchParameter,
    asked: &'a Parameter,
    dates: Vec<DateParameter>,
    base: &'a str,
    understands_systems: bool,
    understands_types: bool,
}

impl<'a> Filter<'a> {
    /// Checks what is asked: a modifier must be one of the few that are supported, a date must be one.
    pub(super) fn new(
        definition: &'static SearchParameter,
        asked: &'a Parameter,
        base: &'a str,
        deviation: &Deviation,
    ) -> Result<Self, Refusal> {
        let modifier = asked.modifier.as_deref();
        let is_supported = match definition.kind {
            Kind::Token => matches!(modifier, None | Some("not" | "missing")),
            Kind::String => matches!(modifier, None | Some("exact" | "contains" | "missing")),
            Kind::Date | Kind::Reference(_) => matches!(modifier, None | Some("missing")),
        };
        if !is_supported {
            return Err(Refusal::bad_request(format!(
                "the modifier of the search parameter {} is not supported",
                definition.name
            )));
        }
        if modifier == Some("missing")
            && !matches!(asked.values[..], [ref one] if one == "true" || one == "false")
        {
            return Err(Refusal::bad_request(format!(
                "{}:missing is true or false",
                definition.name
            )));
        }
        let dates = match (definition.kind, modifier) {
            (Kind::Date, None) => asked
                .values
                .iter()
                .map(|text| DateParameter::parse(text))
                .collect(),
            _ => Ok(Vec::new()),
        };
        let dates = dates.map_err(|_| {
            Refusal::bad_request(format!(
                "the search parameter {} needs a date",
                definition.name
            ))
        })?;
        Ok(Self {
            definition,
            asked,
            dates,
            base,
            understands_systems: deviation.enforces(Rule::TokenSystem),
            understands_types: deviation.enforces(Rule::TypedReference),
        })
    }

    /// Whether one of the resource's values matches one of the alternatives asked for.
    pub(super) fn matches(&self, resource: &Value) -> bool {
        let values: Vec<&Value> = self
            .definition
            .paths
            .iter()
            .flat_map(|one| path::elements(resource, one))
            .collect();
        match self.asked.modifier.as_deref() {
            Some("missing") => values.is_empty() == (self.asked.values[0] == "true"),
            Some("not") => !values.iter().any(|value| self.value_matches(value)),
            _ => values.iter().any(|value| self.value_matches(value)),
        }
    }

    fn value_matches(&self, value: &Value) -> bool {
        match self.definition.kind {
            Kind::Token => self
                .asked
                .values
                .iter()
                .any(|wanted| self.token(wanted, value)),
            Kind::String => self
                .asked
                .values
                .iter()
                .any(|wanted| self.string(wanted, value)),
            Kind::Date => {
                let span = match value.as_str() {
                    Some(text) => Span::parse(text).ok(),
                    None => Span::period(value),
                };
                span.is_some_and(|span| self.dates.iter().any(|date| date.matches(&span)))
            }
            Kind::Reference(target) => self
                .asked
                .values
                .iter()
                .any(|wanted| self.reference(wanted, target, value)),
        }
    }

    fn token(&self, wanted: &str, value: &Value) -> bool {
        if !self.understands_systems && wanted.contains('|') {
            return false;
        }
        let matches = |system: &Value, code: &Value| {
            code.as_str()
                .is_some_and(|code| token_matches(wanted, system.as_str(), code))
        };
        match value {
            Value::String(code) => token_matches(wanted, None, code),
            Value::Bool(flag) => token_matches(wanted, None, if *flag { "true" } else { "false" }),
            _ => match value["coding"].as_array() {
                Some(codings) => codings
                    .iter()
                    .any(|coding| matches(&coding["system"], &coding["code"])),
                None if value["value"].is_string() => matches(&value["system"], &value["value"]),
                None => matches(&value["system"], &value["code"]),
            },
        }
    }

    fn string(&self, wanted: &str, value: &Value) -> bool {
        // HumanName and Address match by any of their texts.
        let parts: Vec<&str> = match value {
            Value::String(text) => vec![text],
            _ => [
                "text",
                "family",
                "given",
                "prefix",
                "suffix",
                "line",
                "city",
                "state",
                "postalCode",
            ]
            .iter()
            .flat_map(|part| path::elements(value, part))
            .filter_map(Value::as_str)
            .collect(),
        };
        parts
            .into_iter()
            .any(|actual| match self.asked.modifier.as_deref() {
                Some("exact") => actual == wanted,
                Some("contains") => fold::text(actual).contains(&fold::text(wanted)),
                _ => string_matches(wanted, actual),
            })
    }

    fn reference(&self, wanted: &str, target: Option<&str>, value: &Value) -> bool {
        let Some(actual) = value["reference"].as_str() else {
            return false;
        };
        let actual = Reference::parse(actual);
        let Some((kind, id)) = actual.target() else {
            return false;
        };
        match Reference::parse(wanted) {
            Reference::Relative { .. } | Reference::Absolute { .. } if !self.understands_types => {
                false
            }
            Reference::Relative {
                resource,
                id: wanted,
                ..
            } => resource == kind && wanted == id,
            Reference::Absolute {
                base,
                resource,
                id: wanted,
                ..
            } => base == self.base && resource == kind && wanted == id,
            _ => wanted == id && target.is_none_or(|target| target == kind),
        }
    }
}
