//! Code systems and canonical URLs of CDex and what it builds on, and the datatypes they stand in; for the payer and
//! the provider.

use serde_json::{Value, json};

pub(super) const CDEX: &str = "http://hl7.org/fhir/us/davinci-cdex";
pub(super) const CDEX_TEMP: &str = "http://hl7.org/fhir/us/davinci-cdex/CodeSystem/cdex-temp";
pub(super) const HREX_TEMP: &str = "http://hl7.org/fhir/us/davinci-hrex/CodeSystem/hrex-temp";
pub(super) const PAS_TEMP: &str = "http://hl7.org/fhir/us/davinci-pas/CodeSystem/PASTempCodes";
pub(super) const SDC_TEMP: &str = "http://hl7.org/fhir/uv/sdc/CodeSystem/temp";
pub(super) const US_CORE: &str = "http://hl7.org/fhir/us/core/StructureDefinition";
pub(super) const TERMINOLOGY: &str = "http://terminology.hl7.org/CodeSystem";
pub(super) const LOINC: &str = "http://loinc.org";
pub(super) const SNOMED: &str = "http://snomed.info/sct";
pub(super) const NPI: &str = "http://hl7.org/fhir/sid/us-npi";

/// A CodeableConcept with a display.
pub(super) fn coded(system: &str, code: &str, display: &str) -> Value {
    json!({"coding": [{"system": system, "code": code, "display": display}]})
}

/// A CodeableConcept of a bare code.
pub(super) fn code(system: &str, code: &str) -> Value {
    json!({"coding": [{"system": system, "code": code}]})
}

/// Whether a CodeableConcept has that code.
pub(super) fn has_code(concept: &Value, system: &str, code: &str) -> bool {
    codings(concept).any(|coding| coding["system"] == system && coding["code"] == code)
}

/// The codings of a CodeableConcept.
pub(super) fn codings(concept: &Value) -> impl Iterator<Item = &Value> {
    concept["coding"].as_array().into_iter().flatten()
}

/// The value of the first input of that type.
pub(super) fn input<'a>(task: &'a Value, system: &str, code: &str) -> Option<&'a Value> {
    inputs(task).find(|input| has_code(&input["type"], system, code))
}

/// All inputs of a Task.
pub(super) fn inputs(task: &Value) -> impl Iterator<Item = &Value> {
    task["input"].as_array().into_iter().flatten()
}
