//! What is neither secret nor personal stays as it was.

use super::capture::{exchange, person_log};
use serde_json::{Value, json};

fn unchanged(body: &Value) {
    let redactor_log = person_log();
    let text = body.to_string();
    let redacted = redactor_log
        .recorder
        .redactor()
        .body(text.as_bytes(), Some("application/fhir+json"));
    assert_eq!(String::from_utf8(redacted).unwrap(), text);
}

#[test]
fn resources_about_systems_and_providers_stay() {
    unchanged(&json!({"resourceType": "Practitioner", "id": "pr-1",
        "identifier": [{"system": "http://hl7.org/fhir/sid/us-npi", "value": "1111111112"}],
        "name": [{"family": "Provider", "given": ["Pat"]}], "telecom": [{"value": "555-0100"}]}));
    unchanged(
        &json!({"resourceType": "Organization", "id": "org-1", "name": "Example Payer",
        "identifier": [{"system": "http://ids", "value": "PAYER-1"}],
        "address": [{"line": ["1 Main Street"], "city": "Springfield"}]}),
    );
    unchanged(
        &json!({"resourceType": "CapabilityStatement", "name": "Cap", "text": {"div": "<div>x</div>"},
        "rest": [{"resource": [{"type": "Patient", "searchParam": [{"name": "identifier", "type": "token"}]}],
            "security": {"extension": [{"url": "token", "valueUri": "https://as.example/token"}]}}]}),
    );
    unchanged(
        &json!({"resourceType": "OperationOutcome", "text": {"div": "<div>No match</div>"},
        "issue": [{"severity": "error", "code": "not-found", "diagnostics": "Patient was not found; see Patient/Coverage"}]}),
    );
}

#[test]
fn codes_systems_statuses_and_clinical_values_stay() {
    unchanged(
        &json!({"resourceType": "Observation", "id": "obs-1", "status": "final",
        "code": {"coding": [{"system": "http://loinc.org", "code": "8480-6", "display": "Systolic"}], "text": "Systolic"},
        "identifier": [{"system": "http://ids", "value": "OBS-17"}],
        "valueQuantity": {"value": 120.50, "unit": "mmHg"}, "effectiveDateTime": "2024-05-06"}),
    );
    unchanged(
        &json!({"resourceType": "Coverage", "id": "cov-1", "status": "active",
        "payor": [{"identifier": {"system": "http://hl7.org/fhir/sid/us-npi", "value": "1111111112"}, "display": "Payer A"}],
        "period": {"start": "2024-01-01"}, "relationship": {"coding": [{"code": "self"}]},
        "class": [{"type": {"coding": [{"code": "group"}]}}]}),
    );
    unchanged(&json!({"resourceType": "Parameters", "parameter": [
        {"name": "MemberIdentifier", "valueIdentifier": {"system": "http://hl7.org/fhir/sid/us-npi", "value": "1111111112"}}]}));
    unchanged(
        &json!({"resourceType": "Task", "code": {"coding": [{"code": "data-request"}]},
        "input": [{"type": {"coding": [{"code": "attachments-needed"}]}, "valueCode": "x"}],
        "signature": {"type": [{"code": "1.2.3"}], "data": "c2lnbmF0dXJl", "sigFormat": "application/jose"}}),
    );
}

#[test]
fn the_frame_of_a_patient_stays() {
    let log = person_log();
    let body = json!({"resourceType": "Patient", "id": "p-17-x", "gender": "female", "active": true,
        "meta": {"profile": ["http://hl7.org/fhir/us/core/StructureDefinition/us-core-patient"], "versionId": "3"},
        "identifier": [{"use": "usual", "system": "http://ids", "type": {"coding": [{"code": "MB"}]}, "value": "x-1"}],
        "name": [{"use": "official", "period": {"start": "2001-01-01"}, "family": null, "given": [null, "Ann"]}],
        "_birthDate": {"extension": [{"url": "http://hl7.org/fhir/StructureDefinition/data-absent-reason", "valueCode": "masked"}]},
        "telecom": [{"system": "phone", "use": "home", "rank": 1}],
        "address": [{"use": "home", "type": "both"}],
        "managingOrganization": {"reference": "Organization/org-1", "display": "Payer A", "identifier": {"value": "ORG-7"}},
        "generalPractitioner": [{"identifier": {"system": "http://hl7.org/fhir/sid/us-npi", "value": "1111111112"}}],
        "contained": [{"resourceType": "Organization", "name": "Payer B"}]});
    log.record(exchange("GET", "https://payer.example/x").answering("application/fhir+json", body));
    for kept in [
        "female",
        "us-core-patient",
        "usual",
        "http://ids",
        "MB",
        "official",
        "2001-01-01",
        "masked",
        "phone",
        "both",
        "Organization/org-1",
        "Payer A",
        "ORG-7",
        "1111111112",
        "Payer B",
        "true",
        "[null,",
    ] {
        log.holds(&[&kept.replace('"', "\\\"")]);
    }
}

#[test]
fn layout_numbers_and_escapes_stay_byte_for_byte() {
    let text = "{ \"resourceType\":\"Patient\",\n\t\"b\" : 1.50, \"b\":1e3, \"u\":\"\\u00e9\\/\",\n \"a\":[ ] ,\"birthDate\":\"1971-02-03\"}\n";
    let redacted = person_log().recorder.redactor().body(text.as_bytes(), None);
    let redacted = String::from_utf8(redacted).unwrap();
    let (before, after) = text.split_once("1971-02-03").unwrap();
    assert!(
        redacted.starts_with(before) && redacted.ends_with(after),
        "{redacted}"
    );
}

#[test]
fn urls_headers_and_texts_without_people_stay() {
    let log = person_log();
    let redactor = log.recorder.redactor();
    for url in [
        "https://payer.example/fhir/Patient/$member-match",
        "https://payer.example:8443/fhir/metadata?_format=json",
        "https://payer.example/fhir/Observation?code=http://loinc.org|8480-6&_include=Observation:subject",
        "https://payer.example/fhir/Practitioner?name=Provider&identifier=x|1",
        "https://payer.example/fhir/ExplanationOfBenefit?_id=eob-1&_lastUpdated=ge2024-01-01",
        "https://payer.example/fhir/Patient/_search",
        "https://payer.example/fhir/Organization?identifier=http://hl7.org/fhir/sid/us-npi|1111111112",
        "Patient",
        "/Patient?_count=5",
        "",
        "?",
        "#",
        "a?b#c?d",
    ] {
        assert_eq!(redactor.url(url), url);
    }
    for text in [
        "Patient was not found",
        "the status is 404, expected 200",
        "Patient.name[0].family",
        "code=404",
        "Bundle.entry[3].resource",
        "Basic authentication is required",
        "a=b",
        "100 % of Patient/ ids",
        "scope patient/Patient.rs launch/patient",
    ] {
        assert_eq!(redactor.text(text), text);
    }
    let headers = [
        ("ETag".to_owned(), "W/\"3\"".to_owned()),
        ("Date".into(), "Sat, 01 Jan 2026 00:00:00 GMT".into()),
    ];
    let kept = redactor.headers(&headers);
    assert_eq!(kept[0], ("etag".to_owned(), "W/\"3\"".to_owned()));
    assert_eq!(kept[1].1, headers[1].1);
}

#[test]
fn binary_bodies_stay() {
    let bytes = [0x89, b'P', b'N', b'G', 0xff, 0x00, 0x01];
    let log = person_log();
    assert_eq!(
        log.recorder.redactor().body(&bytes, Some("image/png")),
        bytes
    );
}

#[test]
fn hostile_bodies_do_no_harm() {
    let log = person_log();
    let redactor = log.recorder.redactor();
    for text in [
        "[".repeat(300_000),
        "{\"a\":".repeat(100_000),
        "\"\\".repeat(100_000),
        "a=".repeat(100_000),
        "?%".repeat(100_000),
    ] {
        let started = std::time::Instant::now();
        let _ = redactor.body(text.as_bytes(), None);
        let _ = redactor.text(&text);
        let _ = redactor.url(&text);
        assert!(started.elapsed().as_secs() < 20, "{}", &text[..10]);
    }
}
