//! The organisations, people and places around the members, and what they have in stock.

use super::records::coding::{LOINC, RXNORM, TERMINOLOGY, US_CORE, coded, reference};
use super::settings::{Location, Practitioner, Role, Settings};
use super::version::Version;
use super::{mutual_tls, provider_group};
use crate::mock::organization::Organization;
use serde_json::{Value, json};

/// System of national provider identifiers.
pub(super) const NPI: &str = "http://hl7.org/fhir/sid/us-npi";

pub(super) const TAX_NUMBER: &str = "urn:oid:2.16.840.1.113883.4.4";
const CERTIFICATION: &str = "http://terminology.hl7.org/NamingSystem/CMSCertificationNumber";
const LATER: &str = "2025-06-02T08:00:00Z";
const NUCC: &str = "http://nucc.org/provider-taxonomy";

/// Canonical URL of the one questionnaire.
pub(super) const QUESTIONNAIRE: &str = "https://payer.example/Questionnaire/food-security";

/// Medicines that are referred to: RxNorm code, display, and whether it is still made.
pub(super) const MEDICINES: [(&str, &str, &str, bool); 3] = [
    (
        "medicine-metformin",
        "860975",
        "24 HR metformin hydrochloride 500 MG Extended Release Oral Tablet",
        true,
    ),
    (
        "medicine-lisinopril",
        "314076",
        "lisinopril 10 MG Oral Tablet",
        true,
    ),
    (
        "medicine-amlodipine",
        "197361",
        "amlodipine 5 MG Oral Tablet",
        false,
    ),
];

/// The resources that belong to no member.
pub(super) fn resources(settings: &Settings, version: Version) -> Vec<Value> {
    let mut all = vec![
        organization(&settings.payer, "pay", "Payer"),
        organization(&settings.partner, "pay", "Payer"),
        organization(&settings.clinic, "prov", "Healthcare Provider"),
        practitioner(&settings.practitioner, settings),
    ];
    let place = |one| organization(one, "prov", "Healthcare Provider");
    all.extend(settings.place.iter().map(place));
    all.extend(settings.staff.iter().map(|one| practitioner(one, settings)));
    all.extend(settings.role.iter().map(role));
    all.extend(settings.location.iter().map(location));
    all.extend(endpoints(settings));
    all.extend(MEDICINES.iter().map(medication));
    if version >= Version::V2_1_0 {
        all.push(questionnaire());
    }
    all.extend(provider_group::all(settings, version));
    all.extend(mutual_tls::all(settings, version));
    // Every other one was updated later than the rest.
    for resource in all.iter_mut().skip(1).step_by(2) {
        resource["meta"]["lastUpdated"] = LATER.into();
    }
    all
}

fn organization(from: &Organization, kind: &str, display: &str) -> Value {
    json!({
        "resourceType": "Organization",
        "id": from.id,
        "meta": {"profile": [
            format!("{US_CORE}/us-core-organization"),
            "http://hl7.org/fhir/us/davinci-hrex/StructureDefinition/hrex-organization",
        ]},
        "identifier": [
            {"system": NPI, "value": from.npi},
            {"system": TAX_NUMBER, "value": format!("00-{}", last(&from.npi, 7))},
            {"system": CERTIFICATION, "value": format!("00{}", last(&from.npi, 4))},
        ],
        "active": true,
        "type": [coded(&format!("{TERMINOLOGY}/organization-type"), kind, display)],
        "name": from.name,
        "telecom": [{"system": "phone", "value": "555-0100", "use": "work"}],
        "address": [{"line": ["1 Sample Street"], "city": from.city, "state": from.state,
            "postalCode": "00000", "country": "US"}],
    })
}

/// The last characters of a number.
pub(super) fn last(number: &str, count: usize) -> &str {
    let start = number.len().saturating_sub(count);
    number.get(start..).unwrap_or_default()
}

fn practitioner(from: &Practitioner, settings: &Settings) -> Value {
    json!({
        "resourceType": "Practitioner",
        "id": from.id,
        "meta": {"profile": [format!("{US_CORE}/us-core-practitioner")]},
        "identifier": [{"type": coded(&format!("{TERMINOLOGY}/v2-0203"), "NPI", "National provider identifier"), "system": NPI, "value": from.npi}],
        "active": true,
        "name": [{"family": from.family, "given": [from.given]}],
        "telecom": [{"system": "phone", "value": "555-0101", "use": "work"}],
        "address": [{"line": ["2 Sample Street"], "city": settings.clinic.city,
            "state": settings.clinic.state, "postalCode": "00000", "country": "US"}],
    })
}

fn role(from: &Role) -> Value {
    json!({
        "resourceType": "PractitionerRole",
        "id": from.id,
        "meta": {"profile": [format!("{US_CORE}/us-core-practitionerrole")]},
        "active": true,
        "practitioner": reference("Practitioner", &from.practitioner),
        "organization": reference("Organization", &from.organization),
        "code": [coded(NUCC, &from.code, &from.code_display)],
        "specialty": [coded(NUCC, &from.specialty, &from.specialty_display)],
        "location": [reference("Location", &from.location)],
        "telecom": [{"system": "phone", "value": "555-0102", "use": "work"}],
        "endpoint": [reference("Endpoint", &format!("endpoint-{}", from.organization))],
    })
}

fn location(from: &Location) -> Value {
    json!({
        "resourceType": "Location",
        "id": from.id,
        "meta": {"profile": [format!("{US_CORE}/us-core-location")]},
        "identifier": [{"system": "https://payer.example/ids/location", "value": from.id}],
        "status": "active",
        "name": from.name,
        "type": [coded(&format!("{TERMINOLOGY}/v3-RoleCode"), &from.code, &from.display)],
        "telecom": [{"system": "phone", "value": "555-0103", "use": "work"}],
        "address": {"line": [from.line], "city": from.city, "state": from.state,
            "postalCode": from.postal_code, "country": "US"},
        "managingOrganization": reference("Organization", &from.organization),
    })
}

/// One endpoint for each organisation that gives care.
fn endpoints(settings: &Settings) -> impl Iterator<Item = Value> {
    let all = std::iter::once(&settings.clinic).chain(&settings.place);
    all.enumerate().map(|(position, from)| {
        let (code, status) = match position {
            0 => ("hl7-fhir-rest", "active"),
            1 => ("direct-project", "active"),
            _ => ("hl7-fhir-rest", "test"),
        };
        json!({
            "resourceType": "Endpoint",
            "id": format!("endpoint-{}", from.id),
            "identifier": [{"system": "https://payer.example/ids/endpoint", "value": from.id}],
            "status": status,
            "connectionType": {"system": format!("{TERMINOLOGY}/endpoint-connection-type"), "code": code},
            "name": format!("{}, data exchange", from.name),
            "managingOrganization": reference("Organization", &from.id),
            "payloadType": [{"text": "health records"}],
            "payloadMimeType": ["application/fhir+json"],
            "address": format!("https://{}.example/fhir", from.id),
        })
    })
}

fn medication((id, code, display, is_made): &(&str, &str, &str, bool)) -> Value {
    json!({
        "resourceType": "Medication",
        "id": id,
        "meta": {"profile": [format!("{US_CORE}/us-core-medication")]},
        "code": coded(RXNORM, code, display),
        "status": if *is_made { "active" } else { "inactive" },
    })
}

/// The two questions about food that LOINC 88121-9 puts together.
fn questionnaire() -> Value {
    let question = |id: &str, code: &str, text: &str| {
        json!({
            "linkId": id, "code": [{"system": LOINC, "code": code}], "text": text, "type": "choice",
            "answerOption": [
                {"valueCoding": {"system": LOINC, "code": "LA28397-0", "display": "Often true"}},
                {"valueCoding": {"system": LOINC, "code": "LA6729-3", "display": "Sometimes true"}},
                {"valueCoding": {"system": LOINC, "code": "LA28398-8", "display": "Never true"}},
            ],
        })
    };
    json!({
        "resourceType": "Questionnaire",
        "id": "food-security",
        "meta": {"profile": ["http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire"]},
        "url": QUESTIONNAIRE,
        "name": "FoodSecurity",
        "title": "Food security",
        "status": "active",
        "subjectType": ["Patient"],
        "date": "2023-01-01",
        "item": [
            {"linkId": "food", "text": "Food in the last year", "type": "group", "item": [
                question("food-1", "88122-7", "Did you worry that food would run out?"),
                question("food-2", "88123-5", "Did food run out?"),
            ]},
        ],
    })
}
