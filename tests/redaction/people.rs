//! Personal data goes from every position it can stand in.

use super::capture::{exchange, person_log};
use serde_json::{Value, json};
use vitruvian::evidence::Redactor;

const JSON: &str = "application/fhir+json";

/// Everything in it that names the person holds `canary`.
fn patient() -> Value {
    json!({
        "resourceType": "Patient", "id": "canary-id-1",
        "text": {"status": "generated", "div": "<div>Canarina Canary, born 1971-02-03</div>"},
        "extension": [
            {"extension": [
                {"valueCoding": {"system": "urn:oid:2.16", "code": "canary-race", "display": "Canary race"},
                 "url": "ombCategory"},
                {"url": "text", "valueString": "Canary race"}],
             "url": "http://hl7.org/fhir/us/core/StructureDefinition/us-core-race"},
            {"valueCode": "CANARYSEX",
             "url": "http://hl7.org/fhir/us/core/StructureDefinition/us-core-birthsex"}],
        "identifier": [{"type": {"coding": [{"code": "MB"}]}, "system": "http://ids", "value": "CANARY-MB-7"}],
        "name": [{"use": "official", "text": "Canarina Q Canary", "family": "Canary",
            "given": ["Canarina", "Canaretta"], "prefix": ["Canarymrs"]}],
        "_birthDate": {"extension": [{"url": "http://x/birthTime", "valueDateTime": "1971-02-03T04:05:06Z"}]},
        "birthDate": "1971-02-03", "deceasedDateTime": "2020-12-13T01:02:03Z", "gender": "female",
        "address": [{"use": "home", "line": ["12 Canary Street"], "city": "Canaryville", "state": "CANARYSTATE",
            "postalCode": "98712", "country": "Canaryland", "text": "12 Canary Street"}],
        "telecom": [{"system": "phone", "value": "555-010-4477", "use": "home"},
            {"system": "email", "value": "canarina@mail.example"}],
        "photo": [{"contentType": "image/png", "data": "CANARYDATA", "url": "https://x/canary.png"}],
        "contact": [{"name": {"family": "Canarycontact"}, "telecom": [{"value": "canary-contact-phone"}],
            "address": {"city": "Canarytown"}}],
    })
}

const CANARIES: &[&str] = &["canar", "1971-02-03", "2020-12-13", "98712", "555-010-4477"];

fn nested() -> Value {
    json!({
        "resourceType": "Parameters",
        "parameter": [
            {"name": "MemberPatient", "resource": patient()},
            {"name": "CoverageToMatch", "resource": {
                "resourceType": "Coverage", "id": "cov-1", "status": "active",
                "text": {"div": "<div>Canary coverage</div>"},
                "contained": [patient()],
                "identifier": [{"system": "http://ids", "value": "CANARY-COV"}],
                "subscriberId": "CANARY-SUB", "dependent": "canary-dep",
                "subscriber": {"reference": "#p", "display": "Canarina Canary"},
                "beneficiary": {"reference": "https://payer.example/fhir/Patient/canary-id-1/_history/1"},
                "policyHolder": {"identifier": {"value": "canary-holder"}},
                "class": [{"type": {"coding": [{"code": "group"}]}, "value": "CANARY-GROUP", "name": "Canary group"}],
            }},
            {"name": "MemberIdentifier", "valueIdentifier": {"system": "http://ids", "value": "CANARY-UMB"}},
            {"name": "MemberId", "valueReference": {"reference": "Patient/canary-id-1"}},
            {"name": "Consent", "resource": {"resourceType": "Consent",
                "patient": {"reference": "Patient/canary-id-1", "display": "Canary, Canarina"},
                "performer": [{"display": "C. Canary", "type": "Patient"}],
                "sourceAttachment": {"contentType": "text/plain", "data": "Y2FuYXJ5", "title": "Canary consent"}}},
        ],
    })
}

#[test]
fn a_member_match_leaves_no_trace_of_the_member() {
    let log = person_log();
    let captured = exchange("POST", "https://payer.example/fhir/Patient/$member-match")
        .sending(JSON, &nested().to_string())
        .answering(JSON, nested());
    log.record(captured);
    log.lacks(CANARIES);
    log.lacks(&["Y2FuYXJ5"]);
    log.holds(&[
        "[family:",
        "[given:",
        "[birthDate:",
        "[identifier:",
        "[narrative]",
        "official",
    ]);
}

#[test]
fn a_device_does_not_lead_to_its_bearer() {
    let log = person_log();
    let device = json!({"resourceType": "Device", "id": "d", "lotNumber": "L1",
        "patient": {"reference": "Patient/canary-id-1"},
        "udiCarrier": [{"deviceIdentifier": "00000000000101", "carrierHRF": "(01)00000000000101(21)CANARY-S",
            "carrierAIDC": "Y2FuYXJ5"}],
        "distinctIdentifier": "canary-distinct", "serialNumber": "CANARY-S"});
    log.record(exchange("GET", "https://payer.example/fhir/Device/d").answering(JSON, device));
    log.lacks(CANARIES);
    log.lacks(&["Y2FuYXJ5"]);
    log.holds(&["L1", "00000000000101", "[device:"]);
}

#[test]
fn bundles_and_ndjson_leave_none() {
    let log = person_log();
    let bundle = json!({"resourceType": "Bundle", "type": "searchset",
        "link": [{"relation": "self", "url": "https://payer.example/fhir/Patient?family=Canary&birthdate=1971-02-03"}],
        "entry": [{"fullUrl": "https://payer.example/fhir/Patient/canary-id-1", "resource": patient(),
            "request": {"method": "PUT", "url": "Patient?identifier=http://ids|CANARY-MB-7",
                "ifNoneExist": "identifier=http://ids|CANARY-MB-7"}}]});
    log.record(exchange("GET", "https://payer.example/fhir/Patient").answering(JSON, bundle));
    let lines = format!("{}\n{}\n", patient(), nested());
    log.record(
        exchange("GET", "https://payer.example/bulk/1")
            .answering_text("application/fhir+ndjson", lines),
    );
    log.lacks(CANARIES);
    log.holds(&["searchset", "http://ids"]);
}

#[test]
fn urls_forms_and_headers_leave_none() {
    let log = person_log();
    for query in [
        "identifier=http://ids%7CCANARY-MB-7",
        "identifier=canary-1",
        "name=canary",
        "family:exact=Canary",
        "given=Canarina",
        "birthdate=ge1971-02-03",
        "phone=555-010-4477",
        "email=canary@x",
        "address-city=canary",
        "address=canary",
        "telecom=canary",
        "_id=canary-id-1,canary-id-2",
        "%6Eame=Canary",
    ] {
        let url = format!("https://payer.example/fhir/Patient?{query}&_count=10");
        log.record(exchange("GET", &url));
        let form = format!("{query}&_count=10");
        log.record(
            exchange("POST", "https://payer.example/fhir/Patient/_search").sending(
                "application/x-www-form-urlencoded",
                &form.replace("_id=", "patient="),
            ),
        );
    }
    for url in [
        "https://payer.example/fhir/Coverage?patient=canary-id-1",
        "https://payer.example/fhir/Coverage?beneficiary=Patient/canary-id-1",
        "https://payer.example/fhir/Coverage?patient:Patient.family=canary",
        "https://payer.example/fhir/Coverage?subject=https%3A%2F%2Fx%2FPatient%2Fcanary-id-1",
        "https://payer.example/fhir/Patient/canary-id-1/$everything?start=2020",
        "https://payer.example/fhir/Patient/canary%2Did%2D1",
        "https://payer.example/fhir/RelatedPerson/canary-rel/_history/canary-id-1",
        "https://payer.example/fhir/Patient/1",
    ] {
        log.record(exchange("GET", url));
    }
    let moved = exchange("POST", "https://payer.example/fhir/Patient")
        .answering(JSON, json!({}))
        .response_header(
            "location",
            "https://payer.example/fhir/Patient/canary-id-9/_history/1",
        )
        .response_header("Content-Location", "Patient/canary-id-9")
        .response_header(
            "link",
            "<https://payer.example/fhir/Patient?name=canary>; rel=next",
        );
    log.record(moved);
    log.lacks(CANARIES);
    log.lacks(&["Patient/1\""]);
    log.holds(&["_count=10", "$everything?start=2020", "birthdate=ge~"]);
}

#[test]
fn what_was_seen_once_is_found_in_any_text() {
    let log = person_log();
    log.record(exchange("POST", "https://payer.example/fhir").sending(JSON, &nested().to_string()));
    let outcome = json!({"resourceType": "OperationOutcome",
        "issue": [{"diagnostics": "No member CANARINA CANARY (1971-02-03, 02/03/1971, 19710203) with CANARY-MB-7 in canaryville",
            "details": {"text": "Patient/canary-id-1 and canary-id-1 are \u{201c}Canary\u{201d}"}}]});
    log.record(exchange("GET", "https://payer.example/x").answering(JSON, outcome));
    for (content_type, body) in [
        (
            "text/html",
            "<h1>Hello Canarina Canary</h1><a href=\"/Patient/canary-id-1?x=Canary%20Street\">5550104477</a>",
        ),
        (
            "text/plain",
            "[note] it was 12 Canary Street, {Canaryville, Patient/canary-id-1",
        ),
        (
            "application/json",
            "{\"a\":\"Patient\\/canary-id-1\",\"echo\":{\"Authorization\":\"Bearer canary-echo-1\"}}",
        ),
        (
            "text/plain",
            "Canary, Canarina; /search/12%20Canary+Street/Patient%2Fcanary-id-1",
        ),
        (
            "application/json",
            "{\"message\": \"Canar\\u0079 was not found\", \"Canary\": 1}",
        ),
        (
            "application/fhir+xml",
            "<Patient><id value='canary-id-1'/><name><family value=\"Canaryxml\"/></name><div>Canary</div></Patient>",
        ),
    ] {
        let captured = exchange(
            "GET",
            "https://payer.example/find/Canary/by%20Canarina?note=12+Canary+Street",
        )
        .request_header("X-Note", "for Canarina")
        .answering_text(content_type, body)
        .failing("member Canary was not served");
        log.record(captured);
    }
    log.lacks(CANARIES);
    log.lacks(&["19710203", "02/03/1971", "5550104477"]);
    log.holds(&["No member [name:", "was not found", "by+[given:"]);
}

#[test]
fn what_was_configured_is_known_before_it_is_seen() {
    let log = person_log();
    for value in ["Canary", "CANARY-MB-7", "1971-02-03"] {
        log.recorder.redactor().person(value);
    }
    log.record(exchange("GET", "https://payer.example/x").answering_text(
        "text/plain",
        "Dear Mr canary, id CANARY-MB-7, born 1971-02-03 (19710203)",
    ));
    log.lacks(CANARIES);
    log.lacks(&["19710203"]);
}

#[test]
fn broken_and_cut_off_bodies_leave_none() {
    let whole = nested().to_string();
    // Cut at many places, and nobody known before: whatever is left must be understood by itself.
    for end in (0..whole.len()).step_by(23) {
        let part = whole.get(..end).unwrap_or_default();
        let body = Redactor::new([7; 32], true).body(part.as_bytes(), Some(JSON));
        let body = String::from_utf8(body).unwrap().to_lowercase();
        for canary in CANARIES {
            assert!(!body.contains(canary), "{canary}, cut at {end}: {body}");
        }
    }
    let log = person_log();
    for body in [
        r#"{"name": [{"family": Canary, "given": ["Canarina"}], "birthDate": "1971-02-03""#,
        r#"{"id":"canary-id-1","identifier":[{"value":"CANARY-MB-7"}],"resourceType":"Patien"#,
        r#"]}{"family":"Canary"#,
        "\u{feff}{\"birthDate\":\"1971-02-03\"}",
        r#"{"resource":{"name":{"text":"Canarina Can"#,
    ] {
        log.record(exchange("GET", "https://payer.example/x").answering_text("", body));
    }
    let mut bytes = br#"{"resourceType":"Patient","name":[{"family":"Canary"#.to_vec();
    bytes.extend_from_slice(&[0xff, 0xfe]);
    log.record(exchange("GET", "https://payer.example/x").answering_text("", bytes));
    log.lacks(CANARIES);
}

#[test]
fn shapes_outside_fhir_leave_none() {
    let log = person_log();
    let body = json!({"patient": "canary-id-1", "given_name": "Canarina", "email": "canary@x.example",
        "member": {"firstName": "Canarina", "name": {"family": "Canary"}, "birthDate": "1971-02-03",
            "address": {"line": ["12 Canary Street"]}, "memberId": "CANARY-MB-7"},
        "scope": "patient/Patient.rs"});
    log.record(exchange("POST", "https://payer.example/token").answering("application/json", body));
    log.lacks(CANARIES);
    log.holds(&["patient/Patient.rs"]);
}
