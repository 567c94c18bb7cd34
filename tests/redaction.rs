//! Nothing secret or personal reaches the log, whatever position it stood in; what is neither
//! stays; references still join.

mod capture;
mod near_misses;
mod people;
mod secrets;

use capture::{Log, exchange, person_log};
use serde_json::json;

#[test]
fn references_still_join_across_bodies_urls_and_headers() {
    let log = person_log();
    let captured = exchange("GET", "https://payer.example/fhir/Patient/canary-id-1")
        .answering(
            "application/fhir+json",
            json!({"resourceType": "Bundle", "entry": [
                {"fullUrl": "https://payer.example/fhir/Patient/canary-id-1",
                 "resource": {"resourceType": "Patient", "id": "canary-id-1"}},
                {"resource": {"resourceType": "Coverage", "id": "cov",
                    "beneficiary": {"reference": "Patient/canary-id-1/_history/2"}}},
            ]}),
        )
        .response_header("Content-Location", "/fhir/Patient/canary-id-1/_history/2");
    let exchange = log.record(captured);
    let url = exchange.request.url;
    let id = url.rsplit('/').next().unwrap();
    assert!(id.starts_with('~') && id.len() == 9, "{url}");
    let stored = log.content();
    for place in [
        format!(r#"\"fullUrl\":\"https://payer.example/fhir/Patient/{id}\""#),
        format!(r#"\"id\":\"{id}\""#),
        format!(r#"\"reference\":\"Patient/{id}/_history/2\""#),
        format!(r#""/fhir/Patient/{id}/_history/2""#),
    ] {
        assert!(stored.contains(&place), "{place} is not in {stored}");
    }
}

#[test]
fn a_value_has_the_same_digits_in_a_search_and_in_what_it_finds() {
    let log = person_log();
    let captured = exchange(
        "GET",
        "https://payer.example/fhir/Patient?identifier=http%3A%2F%2Fids%7CCANARY-MB-7&_id=canary-id-1",
    )
    .answering(
        "application/fhir+json",
        json!({"resourceType": "Patient", "id": "canary-id-1",
            "identifier": [{"system": "http://ids", "value": "CANARY-MB-7"}]}),
    );
    let url = log.record(captured).request.url;
    let digits = url.split("http://ids|~").nth(1).unwrap()[..8].to_owned();
    assert!(log.content().contains(&format!("[identifier:{digits}]")));
    let id = url.split("_id=").nth(1).unwrap();
    assert!(log.content().contains(&format!(r#"\"id\":\"{id}\""#)));
}

#[test]
fn another_run_has_other_pseudonyms() {
    let url = || {
        let captured = exchange("GET", "https://payer.example/fhir/Patient/canary-id-1");
        Log::new(true).record(captured).request.url
    };
    assert_ne!(url(), url());
}

#[test]
fn with_redact_phi_off_people_stay_and_secrets_go() {
    let log = Log::new(false);
    log.recorder.redactor().secret("configured-canary-secret");
    let captured = exchange("GET", "https://payer.example/fhir/Patient?family=Stayhere")
        .request_header("Authorization", "Bearer canary-bearer-token")
        .answering(
            "application/fhir+json",
            json!({"resourceType": "Patient", "id": "p-1", "name": [{"family": "Stayhere"}],
                "text": {"div": "<div>Stayhere configured-canary-secret</div>"}}),
        );
    log.record(captured);
    log.lacks(&["canary"]);
    let stored = log.content();
    for kept in [
        "family=Stayhere",
        r#"\"family\":\"Stayhere\""#,
        "<div>Stayhere [secret:",
        "p-1",
    ] {
        assert!(stored.contains(kept), "{kept} is not in {stored}");
    }
}

#[test]
fn bodies_are_redacted_before_they_are_cut_and_stored_once() {
    let log = Log::capped(true, 60);
    let body = json!({"a": "x".repeat(45), "family": "Canary", "given": ["Canarina"]});
    for _ in 0..2 {
        let captured = exchange("POST", "https://payer.example/fhir/Patient")
            .sending("application/json", &body.to_string());
        let sent = log.record(captured).request.body.unwrap();
        assert_eq!(
            (sent.size, sent.truncated),
            (body.to_string().len() as u64, true)
        );
    }
    log.lacks(&["Cana"]);
    let run = log.run();
    assert_eq!(run.bodies.len(), 1);
    let (hash, stored) = run.bodies.first_key_value().unwrap();
    assert_eq!(stored.text.as_ref().unwrap().len(), 60);
    assert_eq!(
        stored,
        &vitruvian::evidence::Body::new(stored.text.as_ref().unwrap().as_bytes())
    );
    assert_eq!(hash, &stored.hash);
}

/// A body far beyond the cap is looked at only so far; what stands across that edge must not show.
#[test]
fn a_value_split_where_looking_ends_is_not_stored() {
    const CAP: usize = 4096;
    let log = Log::capped(true, CAP);
    let secret = format!("canarysecret{}", "c".repeat(4000));
    log.recorder.redactor().secret(&secret);
    // The narrative becomes short, so that the edge comes far before the cap.
    for distance in [4000, 2000, 20] {
        let narrative = "n".repeat(CAP + (64 << 10) - distance);
        let body = format!(
            r#"{{"resourceType":"Patient","text":{{"div":"<div>{narrative}</div>"}},"note":"{secret}","z":"{}"}}"#,
            "z".repeat(200_000)
        );
        let captured = exchange("POST", "https://payer.example/fhir/Patient")
            .sending("application/fhir+json", &body);
        let sent = log.record(captured).request.body.unwrap();
        assert!(sent.truncated);
        assert_eq!(sent.size, body.len() as u64);
    }
    log.lacks(&["canarysecret", "cccc"]);
}

#[test]
fn recording_twice_what_was_redacted_changes_nothing() {
    let log = person_log();
    let redactor = log.recorder.redactor();
    let body = json!({"resourceType": "Patient", "id": "canary-id-1", "birthDate": "1971-02-03",
        "name": [{"family": "Canary", "given": ["Canarina"]}], "telecom": [{"value": "5550104477"}]});
    let once = redactor.body(body.to_string().as_bytes(), Some("application/fhir+json"));
    let twice = redactor.body(&once, Some("application/fhir+json"));
    assert_eq!(
        String::from_utf8(once).unwrap(),
        String::from_utf8(twice).unwrap()
    );
}
