//! Every fault file is read, and changes an answer.

use super::ask::{
    FORMER, MARIAN, MATCH, MIXED, OTTOLINE, Person, STRANGER, TWICE, match_request, part, payer,
    policy, request, with_header, without,
};
use http::Method;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use vitruvian::data::Data;
use vitruvian::mock::{Fault, Payer, Request, Response, StandIn as _};

fn faults() -> Vec<Fault> {
    Fault::load_all(&Data::Embedded).unwrap()
}

fn matching(sent: &Value) -> Request {
    request(Method::POST, MATCH, &sent.to_string())
}

fn reading(target: &str) -> Request {
    request(Method::GET, target, "")
}

fn changed(person: &Person, name: &str, change: impl Fn(&mut Value)) -> Request {
    let mut sent = match_request(person);
    change(part(&mut sent, name));
    matching(&sent)
}

/// Requests to match that meet every branch of the operation.
fn match_probes() -> Vec<Request> {
    let on_consent = |change: fn(&mut Value)| changed(&MARIAN, "Consent", change);
    let mut unknown = match_request(&MARIAN);
    unknown["parameter"]
        .as_array_mut()
        .unwrap()
        .push(json!({"name": "Foo", "valueString": "x"}));
    let collision = match_request(&MARIAN)
        .to_string()
        .replace("submitted-1", "pt-002");
    let other_name = Person {
        given: "Bertram",
        ..MARIAN
    };
    let other_card = Person {
        member_id: "VM-0",
        ..MARIAN
    };
    let mut probes: Vec<Request> = [
        MARIAN, STRANGER, TWICE, MIXED, FORMER, OTTOLINE, other_name, other_card,
    ]
    .iter()
    .map(|person| matching(&match_request(person)))
    .collect();
    probes.extend([
        on_consent(|consent| consent["status"] = json!("inactive")),
        on_consent(|consent| consent["patient"]["reference"] = json!("Patient/other")),
        on_consent(|consent| consent["policy"][0]["uri"] = json!("https://policy.example/other")),
        on_consent(|consent| consent["provision"]["type"] = json!("deny")),
        on_consent(|consent| consent["provision"]["period"]["end"] = json!("2026-11-20")),
        on_consent(|consent| {
            consent["provision"]["actor"][0]["reference"] = json!({"display": "another"})
        }),
        on_consent(|consent| {
            consent["provision"]["actor"][1]["reference"] = json!({"display": "another"})
        }),
        changed(&MARIAN, "CoverageToMatch", |coverage| {
            coverage["beneficiary"] = json!({"reference": "Patient/9"})
        }),
        matching(&unknown),
        request(Method::POST, MATCH, &collision),
        matching(&without(match_request(&MARIAN), "CoverageToMatch")),
        matching(&without(match_request(&MARIAN), "Consent")),
        request(Method::POST, MATCH, "{"),
        request(Method::POST, MATCH, "{}"),
        with_header(
            matching(&match_request(&MARIAN)),
            "content-type",
            "text/plain",
        ),
        request(
            Method::POST,
            "/$member-match",
            &match_request(&MARIAN).to_string(),
        ),
        request(
            Method::POST,
            "/Patient/pt-001/$member-match",
            &match_request(&MARIAN).to_string(),
        ),
        reading(MATCH),
    ]);
    for number in 0..15 {
        let guess =
            move |coverage: &mut Value| coverage["subscriberId"] = json!(format!("guess-{number}"));
        probes.push(changed(&STRANGER, "CoverageToMatch", guess));
    }
    probes
}

/// Requests for data that meet every route.
fn data_probes() -> Vec<Request> {
    let mut probes: Vec<Request> = [
        "/metadata",
        "/.well-known/smart-configuration",
        "/Patient?identifier=VM-100037",
        "/Patient?family=Pagewell&_count=3",
        "/Patient?family=Pagewell&_count=3&_offset=3",
        "/Patient/pt-001",
        "/Patient/nobody",
        "/Patient/!!!",
        "/Patient/pt-019",
        "/Patient/pt-001/_history",
        "/Patient/pt-001/_history/1",
        "/Patient/pt-001/$everything",
        "/Organization/plan-valley",
        "/Coverage?patient=pt-001",
        "/Condition?patient=pt-016",
        "/Condition?patient=pt-019",
        "/Condition?patient=Patient/pt-001",
        "/Condition?patient=pt-001&category=http://terminology.hl7.org/CodeSystem/condition-category|problem-list-item",
        "/Observation?patient=pt-001",
        "/Encounter?patient=pt-001",
        "/Encounter?patient=pt-001&date=soon",
        "/RelatedPerson",
        "/ValueSet/$expand?context=us-core-documentreference",
        "/DocumentReference/$docref?patient=pt-001&start=2023-01-01&end=2023-12-31",
    ]
    .iter()
    .map(|target| reading(target))
    .collect();
    probes.push(with_header(
        reading("/metadata"),
        "origin",
        "https://app.example",
    ));
    probes.push(with_header(
        reading("/Patient/pt-001"),
        "accept",
        "application/pdf",
    ));
    probes.push(with_header(
        reading("/Patient/pt-001"),
        "if-none-match",
        "W/\"1\"",
    ));
    probes.push(with_header(
        reading("/Patient?name=x&foo=bar"),
        "prefer",
        "handling=strict",
    ));
    probes
}

/// Everything that can be asked, twice for what a consent to sensitive data changes.
fn probes() -> Vec<Request> {
    let mut probes = match_probes();
    probes.extend(data_probes());
    probes.push(changed(&OTTOLINE, "Consent", |consent| {
        consent["policy"][0]["uri"] = json!(policy("sensitive"));
    }));
    probes.push(reading("/Condition?patient=pt-016"));
    probes
}

/// The payer of each version, loaded once.
fn payers() -> BTreeMap<&'static str, Payer> {
    ["2.0.0", "2.1.0", "2.2.0"]
        .into_iter()
        .map(|version| (version, payer(version)))
        .collect()
}

fn answers(payer: &mut Payer, probes: &[Request]) -> Vec<Response> {
    probes.iter().map(|probe| payer.respond(probe)).collect()
}

#[test]
fn a_fault_of_another_version_changes_nothing() {
    let probes = probes();
    for (version, payer) in payers() {
        let conformant = answers(&mut payer.clone(), &probes);
        for fault in faults()
            .into_iter()
            .filter(|fault| !fault.applies.in_version(version))
        {
            let name = fault.name.clone();
            assert_eq!(
                answers(&mut payer.clone().with_fault(fault), &probes),
                conformant,
                "{name}"
            );
        }
    }
}

#[test]
fn faults_are_described_and_name_what_they_break() {
    let faults = faults();
    assert!(faults.len() >= 55);
    let broken: BTreeSet<&str> = faults
        .iter()
        .flat_map(|fault| &fault.breaks)
        .map(String::as_str)
        .collect();
    for fault in &faults {
        assert!(
            fault.about.len() > 10 && !fault.about.ends_with('.'),
            "{}",
            fault.name
        );
        // The payer follows both guides, the provider one.
        let guides: &[&str] = match fault.name.starts_with("provider/") {
            true => &["CDEX-"],
            false => &["CDEX-", "PDEX-"],
        };
        let is_of = |id: &String| guides.iter().any(|guide| id.starts_with(guide));
        assert!(
            !fault.breaks.is_empty() && fault.breaks.iter().all(is_of),
            "{}",
            fault.name
        );
    }
    let wanted = "MMC-001 MMC-009 MMC-010 MMC-011 MMC-012 MMC-014 MMC-015 MMC-016 MMC-017 MMC-018 MMC-019 \
        MMC-020 MMC-021 MMC-022 MMC-029 MMC-034 MMC-037 MMC-040 MMC-041 MMC-042 MMC-043 MMC-044 \
        CON-015 CAP-001 CAP-002 CAP-003 CAP-004 CAP-005 CAP-006 CAP-007 CAP-008 CAP-009 CAP-010 CAP-011 CAP-012 CAP-013 CAP-015 CAP-016 CAP-018 CAP-034 \
        CAP-038 ERR-001 ERR-002 ERR-003 ERR-004 ERR-005 ERR-006 ERR-007 ERR-008";
    for id in wanted.split_whitespace() {
        assert!(
            broken.contains(format!("PDEX-{id}").as_str()),
            "nothing breaks {id}"
        );
    }
}
