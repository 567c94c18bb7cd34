//! Systems and canonical URLs, and the datatypes they stand in.

use serde_json::{Value, json};

pub(in crate::mock::payer) const US_CORE: &str = "http://hl7.org/fhir/us/core/StructureDefinition";
pub(in crate::mock::payer) const TERMINOLOGY: &str = "http://terminology.hl7.org/CodeSystem";
pub(in crate::mock::payer) const LOINC: &str = "http://loinc.org";
pub(in crate::mock::payer) const RXNORM: &str = "http://www.nlm.nih.gov/research/umls/rxnorm";
pub(super) const US_CORE_CATEGORY: &str = "http://hl7.org/fhir/us/core/CodeSystem/us-core-category";
pub(super) const SNOMED: &str = "http://snomed.info/sct";
pub(super) const NDC: &str = "http://hl7.org/fhir/sid/ndc";
pub(super) const UCUM: &str = "http://unitsofmeasure.org";
pub(super) const ICD_10_CM: &str = "http://hl7.org/fhir/sid/icd-10-cm";
pub(in crate::mock::payer) const PDEX: &str = "http://hl7.org/fhir/us/davinci-pdex";
/// HCPCS Level II, and where services are given, as CMS publishes them.
pub(super) const HCPCS: &str = "https://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets";
pub(super) const PLACE_OF_SERVICE: &str =
    "https://www.cms.gov/Medicare/Coding/place-of-service-codes/Place_of_Service_Code_Set";

/// Canonical URL of a profile, by the name it has in its guide.
pub(super) fn canonical(name: &str) -> String {
    let guide = if name.starts_with("us-core-")
        || name.starts_with("pediatric-")
        || name.starts_with("head-occ")
    {
        "http://hl7.org/fhir/us/core"
    } else if name.starts_with("pdex-") {
        PDEX
    } else if name.starts_with("hrex-") {
        "http://hl7.org/fhir/us/davinci-hrex"
    } else if name.starts_with("C4BB-") {
        "http://hl7.org/fhir/us/carin-bb"
    } else {
        "http://hl7.org/fhir"
    };
    format!("{guide}/StructureDefinition/{name}")
}

pub(in crate::mock::payer) fn reference(kind: &str, id: &str) -> Value {
    json!({"reference": format!("{kind}/{id}")})
}

pub(super) fn organization(id: &str) -> Value {
    reference("Organization", id)
}

pub(super) fn code(system: &str, code: &str) -> Value {
    json!({"coding": [{"system": system, "code": code}]})
}

pub(in crate::mock::payer) fn coded(system: &str, code: &str, display: &str) -> Value {
    json!({"coding": [{"system": system, "code": code, "display": display}]})
}

pub(super) fn quantity(value: f64, unit: &str) -> Value {
    json!({"value": number(value), "unit": unit, "system": UCUM, "code": unit})
}

/// A number as people write it: without a fraction when there is none.
pub(super) fn number(value: f64) -> Value {
    if value.fract() == 0.0 {
        #[expect(clippy::cast_possible_truncation, reason = "measurements are small")]
        return Value::from(value as i64);
    }
    Value::from(value)
}

pub(super) fn at(date: &str, clock: &str) -> String {
    format!("{date}T{clock}:00Z")
}

/// A Period from one time of day to another.
pub(super) fn span(date: &str, from: &str, until: &str) -> Value {
    json!({"start": at(date, from), "end": at(date, until)})
}

pub(super) fn identifier(name: &str, value: &str) -> Value {
    json!({"system": format!("https://payer.example/ids/{name}"), "value": value})
}

/// Adds an item to an array.
pub(super) fn push(array: &mut Value, item: Value) {
    if let Some(items) = array.as_array_mut() {
        items.push(item);
    }
}
