//! Expands a member's seed into resources, shaped as US Core and PDex want them.
//!
//! Every member has what its seed lists. A member with a full chart has, beside that, an instance of every profile
//! the guide names, made by the builders in the files below: one file for what belongs together. What they make
//! differs between members by a number of days, and by the ids.

mod allergy;
mod claim;
mod claim_detail;
pub(super) mod coding;
mod condition;
mod consent;
mod coverage;
mod device;
mod diagnostic_report;
mod document;
mod encounter;
mod immunization;
mod medication;
mod observation;
mod patient;
mod plan_of_care;
mod prior_authorization;
mod procedure;
mod provenance;
mod social;
mod vital_sign;

use self::coding::canonical;
use super::seed::MemberSeed;
use super::settings::Settings;
use super::version::Version;
use super::vocabulary::Vocabulary;
use crate::fhir::Span;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use time::format_description::well_known::Iso8601;
use time::{Date, Duration};

/// When every other record of a full chart was last updated.
const LATER: &str = "2025-09-15T08:00:00Z";

/// When the deleted records were deleted.
const DELETED: &str = "2025-10-01T08:00:00Z";

/// A member about to be expanded.
pub(super) struct Records<'a> {
    pub(super) seed: &'a MemberSeed,
    pub(super) settings: &'a Settings,
    pub(super) vocabulary: &'a Vocabulary,
    pub(super) version: Version,
}

/// What a member's records come to.
#[derive(Default)]
pub(super) struct Chart {
    /// In the order they were written: one with the type and id of another is its next version.
    pub(super) resources: Vec<Value>,
    /// Type and id of those deleted since, and when.
    pub(super) deleted: Vec<(&'static str, String, &'static str)>,
}

/// A record as written: `word date` or `word date value`.
struct Record<'a, W> {
    word: &'a W,
    date: &'a str,
    value: Option<f64>,
    /// Id of its resource.
    id: String,
}

impl Records<'_> {
    /// All resources of the member, each clinical one with its Provenance.
    pub(super) fn expand(&self) -> Result<Chart, String> {
        let mut records = self.listed()?;
        if self.seed.updated_at_once {
            records.iter_mut().for_each(update_at_once);
        }
        let mut deleted = Vec::new();
        if self.seed.full {
            let mut more = self.full();
            update_some_later(&mut more);
            records.append(&mut more);
            deleted.push(("Observation", self.id("observation", 999), DELETED));
        }
        let mut told = BTreeSet::new();
        let mut all = vec![self.patient(), self.coverage()];
        if self.seed.full {
            all.extend(self.provenances(&self.patient()));
        }
        let stay = |record: &&Value| {
            let id = record["id"].as_str();
            deleted.iter().all(|(_, gone, _)| Some(gone.as_str()) != id)
        };
        for record in all.clone().iter().chain(records.iter().filter(stay)) {
            if told.insert((record["resourceType"].as_str(), record["id"].as_str())) {
                all.extend(self.provenances(record));
            }
        }
        all.append(&mut records);
        Ok(Chart {
            resources: all,
            deleted,
        })
    }

    /// The records that the seed lists.
    fn listed(&self) -> Result<Vec<Value>, String> {
        let (seed, words) = (self.seed, self.vocabulary);
        let mut records = Vec::new();
        for record in self.read("encounter", &seed.encounters, &words.encounter)? {
            records.push(self.encounter(&record));
        }
        for record in self.read("condition", &seed.conditions, &words.condition)? {
            records.push(self.condition(&record));
        }
        for record in self.read("observation", &seed.observations, &words.observation)? {
            records.push(self.observation(&record)?);
        }
        for record in self.read("document", &seed.documents, &words.document)? {
            records.push(self.document(&record));
        }
        for record in self.read("claim", &seed.claims, &words.claim)? {
            records.push(self.claim(&record));
        }
        let authorizations = &seed.prior_authorizations;
        for record in self.read("prior-auth", authorizations, &words.prior_authorization)? {
            records.push(self.prior_authorization(&record));
        }
        if seed.opted_out && self.version >= Version::V2_1_0 {
            records.push(self.opt_out());
        }
        if seed.represented {
            records.extend(self.representative());
        }
        Ok(records)
    }

    /// The records of a full chart.
    fn full(&self) -> Vec<Value> {
        let mut all = Vec::new();
        all.extend(self.encounters());
        all.extend(self.conditions());
        all.extend(self.allergies());
        all.extend(self.vital_signs());
        all.extend(self.laboratory());
        all.extend(self.social());
        all.extend(self.diagnostic_reports());
        all.extend(self.documents());
        all.extend(self.procedures());
        all.extend(self.immunizations());
        all.extend(self.devices());
        all.extend(self.medications());
        all.extend(self.plans_of_care());
        all.extend(self.people());
        all.extend(self.former_coverage());
        all.extend(self.claims());
        all.extend(self.prior_authorizations());
        if self.has_both_flavours() {
            all.extend(self.provider_consents());
        }
        all
    }

    fn read<'a, W>(
        &self,
        kind: &str,
        written: &'a [String],
        words: &'a BTreeMap<String, W>,
    ) -> Result<Vec<Record<'a, W>>, String> {
        let read = |(position, text): (usize, &'a String)| {
            let mut parts = text.split_whitespace();
            let word = parts.next().and_then(|name| words.get(name));
            let date = parts.next().filter(|date| Span::parse(date).is_ok());
            match (word, date) {
                (Some(word), Some(date)) => Ok(Record {
                    word,
                    date,
                    value: parts.next().and_then(|value| value.parse().ok()),
                    id: self.id(kind, position + 1),
                }),
                _ => Err(format!(
                    "{text:?} is no {kind}: write a word of vocabulary.toml and a date"
                )),
            }
        };
        written.iter().enumerate().map(read).collect()
    }

    /// Whether the version knows US Core 6.1.0 and 7.0.0 beside 3.1.1.
    fn has_both_flavours(&self) -> bool {
        self.version >= Version::V2_1_0
    }

    /// Id of the member's nth resource of a kind.
    fn id(&self, kind: &str, number: usize) -> String {
        format!("{}-{kind}-{number}", self.seed.id)
    }

    /// A date of the full chart, as it is for this member.
    fn day(&self, date: &str) -> String {
        shift(date, self.seed.shift)
    }

    /// The profiles a resource claims: those of every flavour, and those that came after US Core 3.1.1.
    fn claims_to_be(&self, always: &[&str], newer: &[&str]) -> Value {
        let newer = if self.has_both_flavours() { newer } else { &[] };
        let names: Vec<String> = always
            .iter()
            .chain(newer)
            .map(|one| canonical(one))
            .collect();
        if names.is_empty() {
            return json!({});
        }
        json!({"profile": names})
    }

    fn subject(&self) -> Value {
        coding::reference("Patient", &self.seed.id)
    }

    fn practitioner(&self) -> Value {
        coding::reference("Practitioner", &self.settings.practitioner.id)
    }

    /// Another practitioner; the first is 0.
    fn colleague(&self, number: usize) -> Value {
        let staff = &self.settings.staff;
        let id = staff.get(number % staff.len().max(1)).map(|one| &one.id);
        id.map_or_else(
            || self.practitioner(),
            |id| coding::reference("Practitioner", id),
        )
    }

    /// Another organisation that gives care; the first is 0.
    fn place(&self, number: usize) -> Value {
        let place = &self.settings.place;
        let id = place.get(number % place.len().max(1)).map(|one| &one.id);
        coding::organization(id.unwrap_or(&self.settings.clinic.id))
    }

    fn location(&self, number: usize) -> Value {
        let all = &self.settings.location;
        let id = all
            .get(number % all.len().max(1))
            .map(|one| one.id.as_str());
        coding::reference("Location", id.unwrap_or_default())
    }

    fn coverage_reference(&self) -> Value {
        coding::reference("Coverage", &format!("{}-coverage", self.seed.id))
    }

    /// A reference to the nth encounter of the full chart.
    fn visit(&self, number: usize) -> Value {
        coding::reference("Encounter", &self.id("encounter", 100 + number))
    }
}

/// Makes the day after that which a record tells of the one it was last updated on.
fn update_at_once(record: &mut Value) {
    const DAYS: [&str; 6] = [
        "/billablePeriod/start",
        "/period/start",
        "/effectiveDateTime",
        "/context/period/start",
        "/recordedDate",
        "/onsetDateTime",
    ];
    let day = DAYS
        .iter()
        .find_map(|place| record.pointer(place)?.as_str()?.get(..10));
    if let Some(day) = day.map(|day| shift(day, 1)) {
        record["meta"]["lastUpdated"] = coding::at(&day, "08:00").into();
    }
}

/// Sets the time of last update of every other record of a type.
fn update_some_later(records: &mut [Value]) {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for record in records {
        let kind = record["resourceType"].as_str().unwrap_or_default();
        let count = counts.entry(kind.to_owned()).or_default();
        *count += 1;
        if *count % 2 == 1 && record["meta"].get("lastUpdated").is_none() {
            record["meta"]["lastUpdated"] = LATER.into();
        }
    }
}

/// A date so many days on.
fn shift(date: &str, days: i64) -> String {
    let day = Date::parse(date, &Iso8601::DATE).unwrap_or(Date::MIN);
    let shifted = day.checked_add(Duration::days(days));
    shifted.unwrap_or(day).to_string()
}
