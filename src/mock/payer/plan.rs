//! The organisations and the practitioner around the members.

use super::settings::{Organization, Settings};
use serde_json::{Value, json};

/// System of national provider identifiers.
pub(super) const NPI: &str = "http://hl7.org/fhir/sid/us-npi";

/// The resources that belong to no member.
pub(super) fn resources(settings: &Settings) -> Vec<Value> {
    vec![
        organization(&settings.payer, "pay", "Payer"),
        organization(&settings.partner, "pay", "Payer"),
        organization(&settings.clinic, "prov", "Healthcare Provider"),
        practitioner(settings),
    ]
}

fn organization(from: &Organization, kind: &str, display: &str) -> Value {
    json!({
        "resourceType": "Organization",
        "id": from.id,
        "meta": {"profile": ["http://hl7.org/fhir/us/core/StructureDefinition/us-core-organization"]},
        "identifier": [{"system": NPI, "value": from.npi}],
        "active": true,
        "type": [{"coding": [{
            "system": "http://terminology.hl7.org/CodeSystem/organization-type", "code": kind, "display": display,
        }]}],
        "name": from.name,
        "telecom": [{"system": "phone", "value": "555-0100", "use": "work"}],
        "address": [{"line": ["1 Sample Street"], "city": from.city, "state": from.state,
            "postalCode": "00000", "country": "US"}],
    })
}

fn practitioner(settings: &Settings) -> Value {
    let from = &settings.practitioner;
    json!({
        "resourceType": "Practitioner",
        "id": from.id,
        "meta": {"profile": ["http://hl7.org/fhir/us/core/StructureDefinition/us-core-practitioner"]},
        "identifier": [{"system": NPI, "value": from.npi}],
        "active": true,
        "name": [{"family": from.family, "given": [from.given]}],
        "telecom": [{"system": "phone", "value": "555-0101", "use": "work"}],
        "address": [{"line": ["2 Sample Street"], "city": settings.clinic.city,
            "state": settings.clinic.state, "postalCode": "00000", "country": "US"}],
    })
}
