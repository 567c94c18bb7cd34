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
    modifier: Option<&'a str>,
    dates: Vec<DateParameter>,
    base: &'a str,
    /// Without it, a date that is not understood leaves nothing out.
    heeds_dates: bool,
    heeds_systems: bool,
    understands_systems: bool,
    understands_types: bool,
}

impl<'a> Filter<'a> {
    /// Checks what is asked: a modifier must be one of the few that are supported, a date must be one.
    /// The modifier of a chain is part of its name.
    pub(super) fn new(
        definition: &'static SearchParameter,
        asked: &'a Parameter,
        is_chained: bool,
        base: &'a str,
        deviation: &Deviation,
    ) -> Result<Self, Refusal> {
        let modifier = asked.modifier.as_deref().filter(|_| !is_chained);
        let is_supported = match definition.kind {
            Kind::Token => matches!(modifier, None | Some("not" | "missing")),
            Kind::String => matches!(modifier, None | Some("exact" | "contains" | "missing")),
            Kind::Reference(targets) => {
                matches!(modifier, None | Some("missing"))
                    || modifier.is_some_and(|one| targets.contains(&one))
            }
            Kind::Date | Kind::Uri => matches!(modifier, None | Some("missing")),
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
            (Kind::Date, None) if deviation.dates.is_some() => asked
                .values
                .iter()
                .filter_map(|text| deviation.dates?.understood(text))
                .map(|text| DateParameter::parse(&text))
                .collect(),
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
            modifier,
            dates,
            base,
            heeds_dates: deviation.dates.is_none(),
            heeds_systems: deviation.enforces(Rule::TokenSystemCounts),
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
            .flat_map(|one| elements(resource, one))
            .collect();
        match self.modifier {
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
                let ignored = self.dates.is_empty() && !self.heeds_dates;
                ignored
                    || span(value)
                        .is_some_and(|span| self.dates.iter().any(|date| date.matches(&span)))
            }
            Kind::Uri => self.asked.values.iter().any(|wanted| uri(wanted, value)),
            Kind::Reference(targets) => self
                .asked
                .values
                .iter()
                .any(|wanted| self.reference(wanted, targets, value)),
        }
    }

    fn token(&self, wanted: &str, value: &Value) -> bool {
        if !self.understands_systems && wanted.contains('|') {
            return false;
        }
        let wanted = match wanted.split_once('|') {
            Some((_, code)) if !self.heeds_systems => code,
            _ => wanted,
        };
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
        parts.into_iter().any(|actual| match self.modifier {
            Some("exact") => actual == wanted,
            Some("contains") => fold::text(actual).contains(&fold::text(wanted)),
            _ => string_matches(wanted, actual),
        })
    }

    fn reference(&self, wanted: &str, targets: &[&str], value: &Value) -> bool {
        if value.is_string() {
            return uri(wanted, value);
        }
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
            _ => match self.modifier {
                Some(target) => wanted == id && target == kind,
                None => wanted == id && (targets.is_empty() || targets.contains(&kind)),
            },
        }
    }
}

/// All values at an element path, which may enter one extension by its URL: `extension(URL).valueDateTime`.
pub(super) fn elements<'a>(resource: &'a Value, path: &str) -> Vec<&'a Value> {
    let Some((before, rest)) = path.split_once("extension(") else {
        return path::elements(resource, path);
    };
    let Some((url, after)) = rest.split_once(").") else {
        return Vec::new();
    };
    path::elements(resource, &format!("{before}extension"))
        .into_iter()
        .filter(|extension| extension["url"] == url)
        .flat_map(|extension| path::elements(extension, after))
        .collect()
}

/// The time a date, a Period or a Timing stands for.
fn span(value: &Value) -> Option<Span> {
    if let Some(text) = value.as_str() {
        return Span::parse(text).ok();
    }
    if let Some(bounds) = value["repeat"].get("boundsPeriod") {
        return Span::period(bounds);
    }
    let events = value["event"].as_array().map_or(&[][..], Vec::as_slice);
    let mut spans = events
        .iter()
        .filter_map(|event| Span::parse(event.as_str()?).ok());
    match spans.next() {
        Some(first) => Some(spans.fold(first, |all, one| Span {
            start: all.start.min(one.start),
            end: all.end.max(one.end),
        })),
        None => Span::period(value),
    }
}

/// Whether a canonical URL is the one wanted; asked without a version, any version will do.
fn uri(wanted: &str, value: &Value) -> bool {
    let Some(actual) = value.as_str() else {
        return false;
    };
    let plain = actual.split_once('|').map_or(actual, |(url, _)| url);
    wanted == actual || wanted == plain
}
