//! Whatever is sent, the payer answers and does not panic.

use super::ask::{MARIAN, MATCH, match_request, payer, request, with_header};
use crate::support::odd::mutations;
use http::Method;
use serde_json::{Value, json};
use vitruvian::mock::{Payer, StandIn as _};

fn answers(payer: &mut Payer, method: Method, target: &str, body: &str) {
    let asked = with_header(request(method, target, body), "prefer", "respond-async");
    let status = payer.respond(&asked).status;
    assert!((200..500).contains(&status), "{status} for {target} {body}");
}

#[test]
fn odd_match_requests_are_answered() {
    let mut payer = payer("2.2.0");
    let sent = match_request(&MARIAN);
    for odd in mutations(&sent) {
        answers(&mut payer, Method::POST, MATCH, &odd.to_string());
    }
    let bulk = json!({"resourceType": "Parameters", "parameter": [{"name": "MemberBundle", "part": sent["parameter"]}]});
    for odd in mutations(&bulk) {
        for target in ["/Group/$bulk-member-match", "/Group/$provider-member-match"] {
            answers(&mut payer, Method::POST, target, &odd.to_string());
        }
    }
    for odd in mutations(&json!({"resourceType": "Parameters", "parameter": [
        {"name": "exportType", "valueCanonical": "hl7.fhir.us.davinci-pdex#payertopayer"},
        {"name": "patient", "valueReference": {"reference": "Patient/1"}}, {"name": "_count", "valueInteger": 1}]}))
    {
        for target in ["/Patient/pt-001/$everything", "/DocumentReference/$docref"] {
            answers(&mut payer, Method::POST, target, &odd.to_string());
        }
    }
}

#[test]
fn odd_paths_and_queries_are_answered() {
    let mut payer = payer("2.2.0");
    let paths = [
        "",
        "/",
        "//",
        "/%",
        "/%00",
        "/Patient/%2e%2e",
        "/Patient/..",
        "/$job/-1",
        "/$job/1/..ndjson",
        "/Patient/$everything",
        "/Patient/pt-001/_history/%F0",
        "/.well-known",
        "/é",
        "/Patient/_search",
    ];
    let queries = [
        "",
        "?",
        "?&&&",
        "?=",
        "?_count",
        "?_count=99999999999999999999",
        "?_offset=-1",
        "?_id=%ff",
        "?name:=x",
        "?birthdate=ge",
        "?birthdate=é",
        "?identifier=|",
        "?identifier=||",
        "?name:missing=",
        "?_include=",
        "?_include=*",
        "?_revinclude=:::",
        "?_format=",
        "?_typeFilter=?",
        "?_typeFilter=Patient?x",
        "?start=9999-12-31&patient=pt-001",
        "?_id=\\",
        "?gender:not=",
    ];
    for path in paths.iter().chain(&[
        "/Patient",
        "/Patient/$export",
        "/DocumentReference/$docref",
        "/ValueSet/$expand",
    ]) {
        for query in queries {
            for method in [
                Method::GET,
                Method::POST,
                Method::PUT,
                Method::HEAD,
                Method::OPTIONS,
            ] {
                answers(&mut payer, method, &format!("{path}{query}"), "{}");
            }
        }
    }
}

#[test]
fn memory_of_jobs_is_bounded() {
    let mut payer = payer("2.2.0");
    let bulk =
        json!({"resourceType": "Parameters", "parameter": [{"name": "MemberBundle", "part": []}]})
            .to_string();
    let groups = |payer: &mut Payer| {
        let found = payer.respond(&request(Method::GET, "/Group?_count=0", ""));
        let found: Value = serde_json::from_slice(&found.body).unwrap();
        found["total"].as_u64().unwrap()
    };
    let before = groups(&mut payer);
    for _ in 0..1_050 {
        answers(&mut payer, Method::POST, "/Group/$bulk-member-match", &bulk);
    }
    assert_eq!(groups(&mut payer), before + 1_000);
    assert_eq!(
        payer.respond(&request(Method::GET, "/$job/950", "")).status,
        404
    );
    assert_eq!(
        payer.respond(&request(Method::GET, "/$job/951", "")).status,
        202
    );
}
