//! Code systems and canonical URLs that clients of CDex use, and what they are written in.

use super::Brief;
use serde_json::{Value, json};

pub(super) const CDEX: &str = "http://hl7.org/fhir/us/davinci-cdex/StructureDefinition";
pub(super) const CDEX_TEMP: &str = "http://hl7.org/fhir/us/davinci-cdex/CodeSystem/cdex-temp";
pub(super) const HREX_TEMP: &str = "http://hl7.org/fhir/us/davinci-hrex/CodeSystem/hrex-temp";
pub(super) const PAS_TEMP: &str = "http://hl7.org/fhir/us/davinci-pas/CodeSystem/PASTempCodes";
pub(super) const PAS: &str = "http://hl7.org/fhir/us/davinci-pas/StructureDefinition";
pub(super) const SDC_TEMP: &str = "http://hl7.org/fhir/uv/sdc/CodeSystem/temp";
pub(super) const BACKPORT: &str =
    "http://hl7.org/fhir/uv/subscriptions-backport/StructureDefinition";
pub(super) const IDENTIFIER_TYPES: &str = "http://terminology.hl7.org/CodeSystem/v2-0203";
pub(super) const REASONS: &str = "http://terminology.hl7.org/CodeSystem/v3-ActReason";
pub(super) const CLAIM_USE: &str = "http://hl7.org/fhir/claim-use";
pub(super) const LOINC: &str = "http://loinc.org";
/// A Questionnaire of the payer.
pub(super) const QUESTIONNAIRE: &str = "https://payer.example/Questionnaire/wheelchair";
/// Where identifiers that a reference client gives are from.
pub(super) const OURS: &str = "https://vitruvian.example/ids";

/// A CodeableConcept of a bare code.
pub(super) fn code(system: &str, code: &str) -> Value {
    json!({"coding": [{"system": system, "code": code}]})
}

/// An identifier of our own.
pub(super) fn own(kind: &str, value: &str) -> Value {
    json!({"system": format!("{OURS}/{kind}"), "value": value})
}

/// An identifier of a known type.
pub(super) fn typed(kind: &str, mut identifier: Value) -> Value {
    identifier["type"] = code(IDENTIFIER_TYPES, kind);
    identifier
}

/// An input of a Task.
pub(super) fn input(system: &str, kind: &str, name: &str, value: Value) -> Value {
    json!({"type": code(system, kind), name: value})
}

/// The name of a Questionnaire, beside its canonical.
pub(super) fn display(text: &str) -> Value {
    let url = "http://hl7.org/fhir/StructureDefinition/display";
    json!({"extension": [{"url": url, "valueString": text}]})
}

/// Adds an item to a list, which it makes when there is none.
pub(super) fn push(resource: &mut Value, list: &str, item: Value) {
    match &mut resource[list] {
        Value::Array(items) => items.push(item),
        empty => *empty = json!([item]),
    }
}

impl Brief {
    /// Whether the first version of CDex is spoken.
    pub(super) fn is_first(&self) -> bool {
        self.version == "2.0.0"
    }

    /// Whether the newest version of CDex is spoken.
    pub(super) fn is_newest(&self) -> bool {
        self.version == "3.0.0-ballot"
    }
}
