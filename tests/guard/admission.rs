//! Requests held against their token.

use super::harness::{Harness, MAIN, OTHER, OUTSIDE, header_of, holds, kinds};
use crate::payer::ask::{MARIAN, body, match_request};
use http::{Method, header};
use serde_json::{Value, json};
use vitruvian::mock::{Response, Rule};

const ALL: &str = "system/*.rs";
const MATCH: &str = "http://hl7.org/fhir/us/davinci-hrex/OperationDefinition/member-match";
const BULK: &str = "http://hl7.org/fhir/us/davinci-pdex/OperationDefinition/bulk-member-match";

fn status(response: &Response) -> String {
    response.status.to_string()
}

/// A bulk match of one member.
fn bulk() -> Value {
    let mut one = match_request(&MARIAN);
    one["parameter"].as_array_mut().unwrap().truncate(3);
    json!({"resourceType": "Parameters", "parameter": [{"name": "MemberBundle", "part": one["parameter"]}]})
}

/// The address below the base of what a job has to say.
fn job(response: &Response) -> String {
    let place = header_of(response, header::CONTENT_LOCATION);
    place
        .trim_start_matches("http://payer.test/fhir")
        .to_owned()
}

fn export(harness: &mut Harness, token: &str, parameters: Value) -> Response {
    let body = json!({"resourceType": "Parameters", "parameter": parameters});
    harness.post("/Group/group-earlier/$davinci-data-export", &body, token)
}

fn of_payer() -> Value {
    json!([{"name": "exportType", "valueCanonical": "hl7.fhir.us.davinci-pdex#payertopayer"}])
}

/// Types of the files of a job.
fn files(harness: &mut Harness, started: &Response, token: &str) -> String {
    let place = job(started);
    harness.get(&place, token);
    let manifest = body(&harness.get(&place, token));
    let mut kinds: Vec<String> = manifest["output"]
        .as_array()
        .cloned()
        .unwrap_or_default()
        .iter()
        .map(|file| file["type"].as_str().unwrap_or_default().to_owned())
        .collect();
    kinds.sort();
    kinds.join(" ")
}

#[test]
fn nothing_is_read_without_a_good_token() {
    use Rule::*;
    holds(TokenRequired, "401", |harness| {
        status(&harness.send(Method::GET, "/Patient/pt-002", "", &[]))
    });
    holds(KnownToken, "401", |harness| {
        status(&harness.get("/Patient/pt-002", "garbage"))
    });
    holds(TokenExpiry, "401", |harness| {
        let token = harness.token(MAIN, ALL);
        harness.wait(300);
        status(&harness.get("/Patient/pt-002", &token))
    });
    holds(TokenRevocation, "401", |harness| {
        let token = harness.token(MAIN, ALL);
        let assertion = harness.assertion(MAIN);
        let signed = harness.signed(MAIN, &assertion);
        let fields = [
            ("token", token.as_str()),
            ("client_assertion_type", vitruvian::oauth::ASSERTION_TYPE),
            ("client_assertion", &signed),
        ];
        harness.form("/auth/revoke", &fields);
        status(&harness.get("/Patient/pt-002", &token))
    });
    holds(TokenInHeader, "400", |harness| {
        let token = harness.token(MAIN, ALL);
        let target = format!("/Patient/pt-002?access_token={token}");
        status(&harness.send(Method::GET, &target, "", &[]))
    });
    let mut harness = Harness::new(None, "2.1.0", false);
    let response = harness.send(Method::GET, "/Patient/pt-002", "", &[]);
    let challenge = header_of(&response, header::WWW_AUTHENTICATE);
    assert_eq!(challenge, "Bearer realm=\"fhir\"");
    assert_eq!(body(&response)["resourceType"], "OperationOutcome");
    let response = harness.get("/Patient/pt-002", "garbage");
    assert!(header_of(&response, header::WWW_AUTHENTICATE).contains("invalid_token"));
    assert!(!String::from_utf8_lossy(&response.body).contains("pt-002"));
}

#[test]
fn a_token_goes_as_far_as_its_scope() {
    use Rule::*;
    holds(ReadScope, "403", |harness| {
        let token = harness.token(MAIN, "system/Patient.rs");
        status(&harness.get("/Observation?patient=pt-002", &token))
    });
    holds(WriteScope, "403", |harness| {
        let token = harness.token(MAIN, ALL);
        status(&harness.post("/Consent", &json!({"resourceType": "Consent"}), &token))
    });
    holds(OperationScope, "403", |harness| {
        let token = harness.token(MAIN, "system/Patient.rs");
        status(&harness.post("/Patient/$member-match", &match_request(&MARIAN), &token))
    });
    holds(ExportScope, "403", |harness| {
        let token = harness.token(MAIN, BULK);
        status(&export(harness, &token, of_payer()))
    });
    let mut harness = Harness::new(None, "2.1.0", false);
    let token = harness.token(MAIN, MATCH);
    let matched = harness.post("/Patient/$member-match", &match_request(&MARIAN), &token);
    assert_eq!(matched.status, 200);
    let refused = harness.get("/Patient", &token);
    assert_eq!(refused.status, 403);
    assert_eq!(body(&refused)["issue"][0]["code"], "forbidden");
    assert!(header_of(&refused, header::WWW_AUTHENTICATE).contains("insufficient_scope"));
    // Every part of a batch is held against the token.
    let batch = json!({"resourceType": "Bundle", "type": "batch", "entry": [
        {"request": {"method": "GET", "url": "Patient/pt-002"}},
        {"request": {"method": "GET", "url": "Observation?patient=pt-002"}},
    ]});
    let token = harness.token(MAIN, "system/Patient.rs");
    let answers = body(&harness.post("/", &batch, &token));
    assert_eq!(answers["entry"][0]["response"]["status"], "200");
    assert_eq!(answers["entry"][1]["response"]["status"], "403");
}

#[test]
fn only_types_in_scope_come_along() {
    use Rule::*;
    holds(TypesInScope, "ExplanationOfBenefit", |harness| {
        let token = harness.token(MAIN, "system/ExplanationOfBenefit.rs");
        let target = "/ExplanationOfBenefit?patient=pt-002&_include=ExplanationOfBenefit:patient";
        kinds(&harness.get(target, &token)).join(" ")
    });
    holds(TypesInScope, "Condition Patient", |harness| {
        let token = harness.token(MAIN, "system/Patient.rs system/Condition.rs");
        kinds(&harness.get("/Patient/pt-002/$everything", &token)).join(" ")
    });
    holds(TypesInScope, "Patient", |harness| {
        let token = harness.token(MAIN, "system/Patient.rs");
        let started = export(harness, &token, of_payer());
        files(harness, &started, &token)
    });
    holds(TypeAsked, "403", |harness| {
        let token = harness.token(MAIN, "system/Patient.rs");
        let mut asked = of_payer();
        asked
            .as_array_mut()
            .unwrap()
            .push(json!({"name": "_type", "valueString": "Condition"}));
        status(&export(harness, &token, asked))
    });
    holds(GranularScope, "preauthorization", |harness| {
        let token = harness.token(MAIN, "system/ExplanationOfBenefit.rs?use=preauthorization");
        let found = body(&harness.get("/ExplanationOfBenefit?patient=pt-002", &token));
        let mut uses: Vec<String> = found["entry"]
            .as_array()
            .unwrap()
            .iter()
            .map(|one| one["resource"]["use"].as_str().unwrap().to_owned())
            .collect();
        uses.sort();
        uses.dedup();
        uses.join(" ")
    });
}

#[test]
fn groups_and_jobs_are_for_who_has_asked_for_them() {
    use Rule::*;
    holds(OwnGroups, "404", |harness| {
        let token = harness.token(OTHER, ALL);
        status(&harness.get("/Group/group-earlier", &token))
    });
    holds(JobProtection, "401", |harness| {
        let token = harness.token(MAIN, ALL);
        let started = export(harness, &token, of_payer());
        status(&harness.send(Method::GET, &job(&started), "", &[]))
    });
    holds(JobScope, "403", |harness| {
        let token = harness.token(MAIN, &format!("{ALL} {BULK}"));
        let started = export(harness, &token, of_payer());
        let token = harness.token(MAIN, BULK);
        status(&harness.get(&job(&started), &token))
    });
    holds(OwnJobs, "404", |harness| {
        let token = harness.token(MAIN, ALL);
        let started = export(harness, &token, of_payer());
        let token = harness.token(OTHER, ALL);
        status(&harness.get(&job(&started), &token))
    });
    holds(Contract, "403", |harness| {
        let token = harness.token(OUTSIDE, ALL);
        status(&harness.get("/Group", &token))
    });
    let mut harness = Harness::new(None, "2.1.0", false);
    let token = harness.token(MAIN, BULK);
    let started = harness.post("/Group/$bulk-member-match", &bulk(), &token);
    assert_eq!(started.status, 202);
    assert_eq!(files(&mut harness, &started, &token), "Parameters");
    let file = format!("{}/Parameters.ndjson", job(&started));
    assert_eq!(harness.get(&file, &token).status, 200);
    assert_eq!(harness.send(Method::GET, &file, "", &[]).status, 401);
    let manifest = body(&harness.get(&job(&started), &token));
    assert_eq!(manifest["requiresAccessToken"], true);
    // What the other payer has matched is its own.
    let token = harness.token(OTHER, ALL);
    let mut sent = bulk();
    let text = sent.to_string().replace("7777777773", "6666666667");
    sent = serde_json::from_str(&text).unwrap();
    let started = harness.post("/Group/$bulk-member-match", &sent, &token);
    harness.get(&job(&started), &token);
    let file = harness.get(&format!("{}/Parameters.ndjson", job(&started)), &token);
    let group = body(&file)["parameter"][0]["resource"].clone();
    assert_eq!(group["quantity"], 1, "{group}");
    let target = format!("/Group/{}", group["id"].as_str().unwrap());
    assert_eq!(harness.get(&target, &token).status, 200);
    let token = harness.token(MAIN, ALL);
    assert_eq!(harness.get(&target, &token).status, 404);
}
