//! Which of a member's resources are asked for, by type, time and filter.

use super::refusal::Refusal;
use super::resource_type::ResourceType;
use crate::fhir::Span;
use crate::fhir::search::{self, Parameter};
use serde_json::Value;
use std::collections::BTreeSet;

/// What is asked for. Empty: everything.
#[derive(Debug)]
pub(super) struct Selection {
    kinds: Option<BTreeSet<String>>,
    since: Option<Span>,
    until: Option<Span>,
    /// When the service was rendered; what has no such date is not left out.
    service: Span,
    /// What is older is not given out, whatever is asked for. How old a prior authorization is does not matter.
    boundary: i128,
    /// What is asked for and not known, when that was to be tolerated.
    pub(super) unknown: Vec<String>,
    /// Searches that a type is narrowed by.
    pub(super) filters: Vec<(&'static ResourceType, Vec<Parameter>)>,
}

impl Selection {
    /// Reads `_type`, `_since`, `_until`, `start`, `end` and `_typeFilter`, whichever `text` knows. Types that
    /// are not served are refused, or, `leniently`, noted.
    pub(super) fn read<'a>(
        text: &impl Fn(&str) -> Option<&'a str>,
        leniently: bool,
    ) -> Result<Self, Refusal> {
        let time = |name: &str| {
            let span = text(name).map(Span::parse_search).transpose();
            span.map_err(|_| Refusal::bad_request(format!("{name} is a date or a time")))
        };
        let split = |kinds: &str| {
            kinds
                .split(',')
                .map(|kind| kind.trim().to_owned())
                .collect()
        };
        let kinds: Option<BTreeSet<String>> = text("_type").map(split);
        let unserved = kinds.iter().flatten();
        let unserved = unserved.filter(|kind| ResourceType::find(kind).is_none());
        let unknown: Vec<String> = unserved.cloned().collect();
        if !unknown.is_empty() && !leniently {
            return Err(Refusal::bad_request(
                "_type names a type that is not served",
            ));
        }
        let filters = text("_typeFilter")
            .into_iter()
            .flat_map(|all| all.split(','));
        Ok(Self {
            kinds,
            since: time("_since")?,
            until: time("_until")?,
            service: Span {
                start: time("start")?.map_or(i128::MIN, |start| start.start),
                end: time("end")?.map_or(i128::MAX, |end| end.end),
            },
            boundary: i128::MIN,
            unknown,
            filters: filters.map(filter).collect::<Result<_, _>>()?,
        })
    }

    /// Whether only some types are asked for.
    pub(super) fn is_limited_to_types(&self) -> bool {
        self.kinds.is_some()
    }

    /// Whether it is asked for what was updated since some time.
    pub(super) fn has_since(&self) -> bool {
        self.since.is_some()
    }

    /// Leaves out what was last updated before that time.
    pub(super) fn updated_since(&mut self, time: i128) {
        let since = self
            .since
            .as_ref()
            .map_or(time, |since| since.start.max(time));
        self.since = Some(Span {
            start: since,
            end: since,
        });
    }

    /// Leaves out services before that time.
    pub(super) fn services_since(&mut self, time: i128) {
        self.boundary = time;
    }

    /// Whether a resource is of the right type and time. The searches are not looked at.
    pub(super) fn takes(&self, resource: &Value) -> bool {
        let kind = resource["resourceType"].as_str().unwrap_or_default();
        let updated = resource["meta"]["lastUpdated"]
            .as_str()
            .and_then(|text| Span::parse(text).ok());
        let is_since = |since: &Span| updated.is_some_and(|updated| updated.start >= since.start);
        let is_until = |until: &Span| updated.is_some_and(|updated| updated.start <= until.start);
        self.kinds.as_ref().is_none_or(|kinds| kinds.contains(kind))
            && self.since.as_ref().is_none_or(is_since)
            && self.until.as_ref().is_none_or(is_until)
            && service_date(resource).is_none_or(|date| date.overlaps(&self.service))
            && (resource["use"] == "preauthorization"
                || care_date(resource).is_none_or(|date| date.end >= self.boundary))
    }
}

fn filter(text: &str) -> Result<(&'static ResourceType, Vec<Parameter>), Refusal> {
    let (kind, query) = text.split_once('?').unwrap_or((text, ""));
    ResourceType::find(kind)
        .filter(|_| !query.is_empty())
        .map(|kind| (kind, search::parse(query)))
        .ok_or_else(|| Refusal::bad_request("a _typeFilter is Type?parameter=value"))
}

/// When the service was rendered that a resource tells of.
fn service_date(resource: &Value) -> Option<Span> {
    let date = match resource["resourceType"].as_str()? {
        "Encounter" => &resource["period"]["start"],
        "Observation" if resource["effectivePeriod"].is_object() => {
            return Span::period(&resource["effectivePeriod"]);
        }
        "Observation" => &resource["effectiveDateTime"],
        "Procedure" if resource["performedPeriod"].is_object() => {
            return Span::period(&resource["performedPeriod"]);
        }
        "Procedure" => &resource["performedDateTime"],
        "ExplanationOfBenefit" => &resource["billablePeriod"]["start"],
        "DocumentReference" => &resource["context"]["period"]["start"],
        _ => return None,
    };
    Span::parse(date.as_str()?).ok()
}

/// When care was given that a resource tells of: of more kinds, and to its end.
fn care_date(resource: &Value) -> Option<Span> {
    let date = match resource["resourceType"].as_str()? {
        "Encounter" => return Span::period(&resource["period"]),
        "DiagnosticReport" if resource["effectivePeriod"].is_object() => {
            return Span::period(&resource["effectivePeriod"]);
        }
        "DiagnosticReport" => &resource["effectiveDateTime"],
        "Immunization" => &resource["occurrenceDateTime"],
        "MedicationDispense" => &resource["whenHandedOver"],
        _ => return service_date(resource),
    };
    Span::parse(date.as_str()?).ok()
}
