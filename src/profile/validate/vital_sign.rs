//! Vital signs: R4 wants every Observation with one of these LOINC codes to meet the profile of its sign.
//!
//! Source: FHIR R4, Observation, "Vital Signs" profiles.

use serde_json::Value;

/// LOINC codes and the names of the profiles they call for.
const PROFILES: &[(&str, &str)] = &[
    ("85353-1", "vitalspanel"),
    ("9279-1", "resprate"),
    ("8867-4", "heartrate"),
    ("2708-6", "oxygensat"),
    ("8310-5", "bodytemp"),
    ("8302-2", "bodyheight"),
    ("9843-4", "headcircum"),
    ("29463-7", "bodyweight"),
    ("39156-5", "bmi"),
    ("85354-9", "bp"),
];

/// Canonical URL of the profile that the code of an Observation calls for.
pub(super) fn profile(resource: &Value) -> Option<String> {
    if resource["resourceType"] != "Observation" {
        return None;
    }
    let codings = resource["code"]["coding"].as_array()?;
    codings
        .iter()
        .filter(|coding| coding["system"] == "http://loinc.org")
        .find_map(|coding| PROFILES.iter().find(|(code, _)| coding["code"] == *code))
        .map(|(_, name)| format!("http://hl7.org/fhir/StructureDefinition/{name}"))
}
