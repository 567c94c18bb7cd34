//! Tokens for one patient, after a match.

use super::harness::{Harness, MAIN, OTHER, error, holds, holds_in, text};
use crate::payer::ask::{MARIAN, match_request, part};
use serde_json::{Value, json};
use vitruvian::mock::{Response, Rule};

const MATCH: &str = "/Patient/$member-match";
const ALL: &str = "system/*.rs";
const ALL_WRITTEN: &str = "system/*.cruds";

fn matched(harness: &mut Harness, request: &Value) {
    let token = harness.token(MAIN, ALL_WRITTEN);
    assert_eq!(harness.post(MATCH, request, &token).status, 200);
}

/// What a request for a token about that subject is answered.
fn ask_about(harness: &mut Harness, client: usize, subject: &str) -> Response {
    let assertion = harness.assertion(client).claim("sub", json!(subject));
    let signed = harness.signed(client, &assertion);
    harness.ask_with(&signed, ALL)
}

fn limited(harness: &mut Harness) -> String {
    matched(harness, &match_request(&MARIAN));
    let response = ask_about(harness, MAIN, "pt-001");
    assert_eq!(text(&response, "patient"), "pt-001");
    text(&response, "access_token")
}

#[test]
fn a_token_for_one_patient_opens_nothing_else() {
    holds(Rule::PatientContext, "200 404 0", |harness| {
        let token = limited(harness);
        let own = harness.get("/Patient/pt-001", &token).status;
        let other = harness.get("/Patient/pt-002", &token).status;
        let found = harness.get("/Condition?patient=pt-002", &token);
        let total = crate::payer::ask::body(&found)["total"].clone();
        format!("{own} {other} {total}")
    });
    let mut harness = Harness::new(None, "2.1.0", false);
    let token = limited(&mut harness);
    for other in [
        "/Patient/pt-002/$everything",
        "/Patient/pt-002/_history",
        "/Patient/pt-002/_history/1",
        "/Group/group-earlier",
    ] {
        assert_eq!(harness.get(other, &token).status, 404, "{other}");
    }
    assert_eq!(
        harness.get("/Patient/pt-001/$everything", &token).status,
        200
    );
    let all = crate::payer::ask::body(&harness.get("/Patient", &token));
    assert_eq!(all["total"], 1);
}

#[test]
fn it_is_given_for_who_was_matched_while_the_consent_lasts() {
    use Rule::*;
    holds(MatchedSubject, "invalid_grant", |harness| {
        matched(harness, &match_request(&MARIAN));
        error(&ask_about(harness, OTHER, "Patient/pt-001"))
    });
    holds(SubjectConsent, "invalid_grant", |harness| {
        let mut request = match_request(&MARIAN);
        part(&mut request, "Consent")["provision"]["period"]["end"] = json!("2026-11-21");
        matched(harness, &request);
        assert_eq!(ask_about(harness, MAIN, "pt-001").status, 200);
        harness.wait(24 * 3600);
        error(&ask_about(harness, MAIN, "pt-001"))
    });
    holds_in(SubjectIdentifier, "2.2.0", false, "pt-001", |harness| {
        matched(harness, &match_request(&MARIAN));
        let named = "https://payer.example/ids/member|VM-100037";
        text(&ask_about(harness, MAIN, named), "patient")
    });
    holds(MatchedForClient, "202 0", |harness| {
        matched(harness, &match_request(&MARIAN));
        let token = harness.token(OTHER, ALL);
        let bearer = format!("Bearer {token}");
        let headers = [
            ("authorization", bearer.as_str()),
            ("prefer", "respond-async"),
        ];
        let started = harness.send(http::Method::GET, "/Patient/$export", "", &headers);
        let place = super::harness::header_of(&started, http::header::CONTENT_LOCATION);
        let place = place
            .trim_start_matches("http://payer.test/fhir")
            .to_owned();
        harness.get(&place, &token);
        let manifest = crate::payer::ask::body(&harness.get(&place, &token));
        let files = manifest["output"].as_array().map_or(0, Vec::len);
        format!("{} {files}", started.status)
    });
    let mut harness = Harness::new(None, "2.1.0", false);
    for nobody in ["pt-001", "pt-999", "x|y|z", "Patient/", "%"] {
        assert_eq!(
            error(&ask_about(&mut harness, MAIN, nobody)),
            "invalid_grant",
            "{nobody}"
        );
    }
}
