//! What PDex 2.1.0 has a list of attributed members say of each: what was transmitted last, and when.

use super::Payer;
use super::provider_group::ATTRIBUTED;
use super::records::coding::PDEX;
use super::version::Version;
use crate::fhir::Span;
use crate::mock::Rule;
use crate::mock::deviation::Deviation;
use serde_json::{Value, json};
use std::collections::BTreeSet;

const TIME: &str = "base-ext-last-transmission";
const TYPES: &str = "base-ext-last-types";
const FILTERS: &str = "base-ext-last-typefilter";

fn url(name: &str) -> String {
    format!("{PDEX}/StructureDefinition/{name}")
}

/// What is noted when the payer starts.
pub(super) fn before() -> [Value; 3] {
    [
        json!({"url": url(TIME), "valueDateTime": "2025-06-01T10:00:00Z"}),
        json!({"url": url(TYPES), "valueString": "Patient,Condition"}),
        json!({"url": url(FILTERS), "valueString": "Condition?clinical-status=active"}),
    ]
}

/// What is asked for that a list notes.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Asked<'a> {
    /// `_type`.
    pub(super) types: Option<&'a str>,
    /// `_typeFilter`.
    pub(super) filters: Option<&'a str>,
    /// `_until`.
    pub(super) until: Option<&'a str>,
}

impl Payer {
    /// Notes an export at the members whose data was exported, if their Group is the list of 2.1.0.
    pub(super) fn note_transmission(
        &mut self,
        group: &str,
        patients: &BTreeSet<String>,
        asked: Asked<'_>,
        deviation: &Deviation,
    ) {
        let is_noted = self.version == Version::V2_1_0
            && group == ATTRIBUTED
            && deviation.enforces(Rule::Transmission);
        let list = self.store.get("Group", group).filter(|_| is_noted);
        let Some(mut list) = list.map(|stored| stored.resource.clone()) else {
            return;
        };
        let now = format!("{}T00:00:00Z", self.date());
        let start = |time: &str| Span::parse(time).ok().map(|span| span.start);
        let time = match asked.until {
            Some(until) if start(until) < start(&now) => until,
            _ => now.as_str(),
        };
        let told = [
            (TIME, "valueDateTime", Some(time)),
            (TYPES, "valueString", asked.types),
            (FILTERS, "valueString", asked.filters),
        ];
        let members = list["member"].as_array_mut().into_iter().flatten();
        for member in members {
            let reference = member["entity"]["reference"].as_str().unwrap_or_default();
            let id = reference.strip_prefix("Patient/").unwrap_or_default();
            if patients.contains(id) {
                for (name, element, value) in told {
                    if let Some(value) = value {
                        note(member, &url(name), element, value);
                    }
                }
            }
        }
        list["meta"]["lastUpdated"] = now.into();
        self.store.put(list, None);
    }
}

fn note(member: &mut Value, url: &str, element: &str, value: &str) {
    let Some(extensions) = member["extension"].as_array_mut() else {
        return;
    };
    extensions.retain(|one| one["url"] != url);
    let mut extension = json!({"url": url});
    extension[element] = value.into();
    extensions.push(extension);
}
