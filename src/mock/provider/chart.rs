//! `mocks/provider/charts/*.toml`: the patients and what is known of them, written compactly.

use super::record::Writer;
use super::settings::Settings;
use crate::data::Data;
use crate::fhir::{Span, id};
use crate::mock::Error;
use crate::mock::cdex_version::Version;
use crate::mock::payer::store::Store;
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};

const FOLDER: &str = "mocks/provider/charts/";
const VOCABULARY: &str = "mocks/provider/vocabulary.toml";

/// A file of patients.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    patient: Vec<Chart>,
}

/// A patient as written. Entries begin with a word of `vocabulary.toml`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Chart {
    pub(super) id: String,
    /// Medical record number.
    pub(super) record: String,
    /// The payer's number of the patient.
    pub(super) member_id: String,
    pub(super) family: String,
    pub(super) given: Vec<String>,
    pub(super) gender: String,
    pub(super) birth_date: String,
    pub(super) line: String,
    pub(super) city: String,
    /// Whether nothing may be told about the patient.
    #[serde(default)]
    revoked: bool,
    /// Whether a clinician looks at what is released about the patient.
    #[serde(default)]
    sensitive: bool,
    /// `word clinical-status date`.
    #[serde(default)]
    conditions: Vec<String>,
    /// `word date value`.
    #[serde(default)]
    results: Vec<String>,
    /// `word inline|linked date`.
    #[serde(default)]
    documents: Vec<String>,
    /// `word date`.
    #[serde(default)]
    encounters: Vec<String>,
    /// `word date`.
    #[serde(default)]
    procedures: Vec<String>,
    /// `word date`.
    #[serde(default)]
    medications: Vec<String>,
}

/// Words for clinical facts, by kind.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Vocabulary {
    condition: BTreeMap<String, (String, String)>,
    /// Code, name, unit.
    result: BTreeMap<String, (String, String, String)>,
    document: BTreeMap<String, (String, String)>,
    encounter: BTreeMap<String, (String, String)>,
    procedure: BTreeMap<String, (String, String)>,
    medication: BTreeMap<String, (String, String)>,
}

/// How requests about certain patients are treated.
#[derive(Clone, Debug, Default)]
pub(super) struct Treatment {
    /// Ids of those about whom nothing may be told.
    pub(super) revoked: BTreeSet<String>,
    /// Ids of those whose data a clinician looks at before it is released.
    pub(super) sensitive: BTreeSet<String>,
}

/// Reads all charts and writes them out into a store, with those who work for the provider.
///
/// # Errors
/// When a file is missing, or says what cannot be.
pub(super) fn load(
    data: &Data,
    settings: &Settings,
    version: Version,
) -> Result<(Treatment, Store), Error> {
    let vocabulary: Vocabulary =
        toml::from_str(&data.text(VOCABULARY)?).map_err(|error| Error::file(VOCABULARY, error))?;
    let writer = Writer { settings, version };
    let mut store = Store::default();
    for resource in writer.staff() {
        store.put(resource, None);
    }
    let mut treatment = Treatment::default();
    for path in data.list(FOLDER)? {
        let file: File =
            toml::from_str(&data.text(&path)?).map_err(|error| Error::file(&path, error))?;
        for chart in file.patient {
            let problem =
                |text: &str| Error::file(&path, format!("patient {:?}: {text}", chart.id));
            if !id::is_valid(&chart.id) || store.get("Patient", &chart.id).is_some() {
                return Err(problem("the id is no FHIR id or is used twice"));
            }
            if Span::parse(&chart.birth_date).is_err() || chart.given.is_empty() {
                return Err(problem("a birth date and a given name are needed"));
            }
            if chart.revoked {
                treatment.revoked.insert(chart.id.clone());
            }
            if chart.sensitive {
                treatment.sensitive.insert(chart.id.clone());
            }
            let records = write_out(&writer, &chart, &vocabulary)
                .ok_or_else(|| problem("an entry has a word nobody knows, or lacks a part"))?;
            for record in records {
                store.put(record, Some(&chart.id));
            }
        }
    }
    Ok((treatment, store))
}

/// All records of a chart, each clinical one with the Provenance that tells who wrote it.
fn write_out(
    writer: &Writer<'_>,
    chart: &Chart,
    words: &Vocabulary,
) -> Option<Vec<serde_json::Value>> {
    let mut records = Vec::new();
    let mut number = 0;
    let mut next = || {
        number += 1;
        number
    };
    for entry in &chart.conditions {
        let [word, status, date] = parts(entry)?;
        let fact = words.condition.get(word)?;
        records.push(writer.condition(chart, next(), fact, status, date));
    }
    for entry in &chart.results {
        let [word, date, value] = parts(entry)?;
        let fact = words.result.get(word)?;
        let value = value.parse().ok()?;
        records.push(writer.result(chart, next(), fact, date, value));
    }
    for entry in &chart.documents {
        let [word, place, date] = parts(entry)?;
        let fact = words.document.get(word)?;
        records.extend(writer.document(chart, next(), fact, place == "linked", date));
    }
    for entry in &chart.encounters {
        let [word, date] = parts(entry)?;
        records.push(writer.encounter(chart, next(), words.encounter.get(word)?, date));
    }
    for entry in &chart.procedures {
        let [word, date] = parts(entry)?;
        records.push(writer.procedure(chart, next(), words.procedure.get(word)?, date));
    }
    for entry in &chart.medications {
        let [word, date] = parts(entry)?;
        records.push(writer.medication(chart, next(), words.medication.get(word)?, date));
    }
    let told: Vec<_> = records
        .iter()
        .filter_map(|record| writer.provenance(record))
        .collect();
    records.push(writer.patient(chart));
    records.extend(told);
    Some(records)
}

/// The words of an entry, if there are as many as wanted.
fn parts<const N: usize>(entry: &str) -> Option<[&str; N]> {
    let words: Vec<&str> = entry.split_whitespace().collect();
    words.try_into().ok()
}

#[cfg(test)]
mod tests {
    use super::super::settings::Settings;
    use super::load;
    use crate::data::Data;
    use crate::mock::cdex_version::Version;

    #[test]
    fn there_are_at_least_twenty_charts_in_every_version() {
        let settings = Settings::load(&Data::Embedded).unwrap();
        for version in [Version::V2_0_0, Version::V2_1_0, Version::V3_0_0] {
            let (treatment, store) = load(&Data::Embedded, &settings, version).unwrap();
            assert!(store.all("Patient").count() >= 20);
            assert!(!treatment.revoked.is_empty() && !treatment.sensitive.is_empty());
            let is_known = |id: &String| store.get("Patient", id).is_some();
            assert!(treatment.revoked.iter().all(is_known));
        }
    }
}
