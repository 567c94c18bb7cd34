//! The mock provider really computes its answers: Tasks move, data is the patient's, attachments are submitted,
//! subscribers are told; whatever is sent, it answers and does not panic.

use crate::support::odd::mutations;
use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Method, header};
use serde_json::{Value, json};
use vitruvian::data::Data;
use vitruvian::mock::{Delivery, Fault, Provider, Request, Response, StandIn, signatory};
use vitruvian::signature::{Edition, Examined, Trust, Verdict, verify};

const VERSIONS: [&str; 3] = ["2.0.0", "2.1.0", "3.0.0-ballot"];
const CDEX: &str = "http://hl7.org/fhir/us/davinci-cdex/CodeSystem/cdex-temp";
const HREX: &str = "http://hl7.org/fhir/us/davinci-hrex/CodeSystem/hrex-temp";

fn provider(version: &str) -> Provider {
    let today = time::macros::date!(2026 - 11 - 21);
    Provider::load(&Data::Embedded, version, today).unwrap()
}

fn request(method: Method, target: &str, body: &str) -> Request {
    let (path, query) = match target.split_once('?') {
        Some((path, query)) => (path, Some(query.to_owned())),
        None => (target, None),
    };
    let mut headers = HeaderMap::new();
    if method != Method::GET {
        let kind = HeaderValue::from_static("application/fhir+json");
        headers.insert(header::CONTENT_TYPE, kind);
    }
    Request {
        method,
        path: path.to_owned(),
        query,
        headers,
        body: Bytes::copy_from_slice(body.as_bytes()),
        base: "http://provider.test/fhir".to_owned(),
        client_certificate: None,
    }
}

fn body(response: &Response) -> Value {
    serde_json::from_slice(&response.body).unwrap_or_default()
}

fn get(provider: &mut Provider, target: &str) -> Value {
    body(&provider.respond(&request(Method::GET, target, "")))
}

fn post(provider: &mut Provider, target: &str, resource: &Value) -> (u16, Value) {
    let response = provider.respond(&request(Method::POST, target, &resource.to_string()));
    (response.status, body(&response))
}

fn code(system: &str, code: &str) -> Value {
    json!({"coding": [{"system": system, "code": code}]})
}

/// A Task that asks for the active conditions of a patient.
fn task(patient: &str) -> Value {
    json!({
        "resourceType": "Task", "status": "requested", "intent": "order",
        "code": code(CDEX, "data-request-query"),
        "for": {"reference": format!("Patient/{patient}")},
        "authoredOn": "2026-11-21T08:00:00Z",
        "requester": {"identifier": {"system": "http://hl7.org/fhir/sid/us-npi", "value": "7777777773"}},
        "owner": {"identifier": {"system": "http://hl7.org/fhir/sid/us-npi", "value": "3333333334"}},
        "input": [{"type": code(HREX, "data-query"),
            "valueString": format!("Condition?patient={patient}&clinical-status=active")}],
    })
}

/// The statuses of a Task until it moves no more, and its last version.
fn followed(provider: &mut Provider, task: &Value) -> (Vec<String>, Value) {
    let (status, created) = post(provider, "/Task", task);
    assert_eq!(status, 201, "{created}");
    let target = format!("/Task/{}", created["id"].as_str().unwrap());
    let mut statuses = vec!["requested".to_owned()];
    for _ in 0..8 {
        let seen = get(provider, &target);
        statuses.push(seen["status"].as_str().unwrap().to_owned());
    }
    statuses.dedup();
    (statuses, get(provider, &target))
}

#[test]
fn tasks_move_as_the_guide_draws_them_and_bring_the_patients_data() {
    for version in VERSIONS {
        let mut provider = provider(version);
        let (statuses, done) = followed(&mut provider, &task("pat-001"));
        assert_eq!(
            statuses,
            ["requested", "accepted", "in-progress", "completed"]
        );
        let results = &done["contained"][0];
        let searched = get(
            &mut provider,
            "/Condition?patient=pat-001&clinical-status=active",
        );
        assert_eq!(results["total"], searched["total"]);
        assert!(searched["total"].as_u64() > Some(1));
    }
}

#[test]
fn how_a_task_ends_depends_on_whom_it_is_about_and_who_asks() {
    let mut provider = provider("2.1.0");
    for (patient, statuses) in [
        ("pat-003", "requested accepted in-progress failed"),
        ("pat-004", "requested rejected"),
        (
            "pat-005",
            "requested accepted in-progress on-hold in-progress completed",
        ),
        ("pat-nobody", "requested rejected"),
    ] {
        let (seen, last) = followed(&mut provider, &task(patient));
        assert_eq!(seen.join(" "), statuses, "{patient}");
        let has_reason = last["statusReason"]["text"].is_string();
        assert_eq!(has_reason, !statuses.ends_with("completed"));
    }
    let mut strange = task("pat-001");
    strange["requester"]["identifier"]["value"] = "1".into();
    let (seen, _) = followed(&mut provider, &strange);
    assert_eq!(seen, ["requested", "rejected"]);
}

#[test]
fn a_query_about_somebody_else_is_not_answered() {
    let mut provider = provider("2.1.0");
    let mut other = task("pat-001");
    other["input"][0]["valueString"] = "Condition?patient=pat-002".into();
    let (statuses, last) = followed(&mut provider, &other);
    assert_eq!(statuses.last().map(String::as_str), Some("failed"));
    assert!(last["output"].is_null());
}

/// A Task that asks for progress notes as attachments of a claim, as 2.1.0 writes it.
fn attachments() -> Value {
    let pas = "http://hl7.org/fhir/us/davinci-pas/CodeSystem/PASTempCodes";
    let party =
        json!({"identifier": {"system": "http://hl7.org/fhir/sid/us-npi", "value": "3333333334"}});
    json!({
        "resourceType": "Task", "status": "requested", "intent": "order",
        "contained": [
            {"resourceType": "Patient", "id": "patient", "identifier": [
                {"system": "https://payer.example/ids/member", "value": "HM-200041"}]},
            {"resourceType": "PractitionerRole", "id": "practitionerrole",
                "practitioner": party, "organization": party},
        ],
        "identifier": [{"type": code(CDEX, "tracking-id"), "system": "urn:t", "value": "track-1"}],
        "code": code(pas, "attachment-request-code"),
        "for": {"reference": "#patient"},
        "owner": {"reference": "#practitionerrole"},
        "requester": {"identifier": {"system": "http://hl7.org/fhir/sid/us-npi", "value": "7777777773"}},
        "reasonCode": code("http://hl7.org/fhir/claim-use", "claim"),
        "reasonReference": {"identifier": {"value": "claim-1"}},
        "input": [
            {"type": code(pas, "attachments-needed"), "valueCodeableConcept": code("http://loinc.org", "11506-3")},
            {"type": code(pas, "payer-url"), "valueUrl": "http://payer.test/$submit-attachment"},
            {"type": code(CDEX, "service-date"), "valueDate": "2025-04-22"},
        ],
    })
}

/// All deliveries that looking at a Task leads to.
fn deliveries(provider: &mut Provider, id: &str) -> Vec<Delivery> {
    let mut all = Vec::new();
    for _ in 0..6 {
        get(provider, &format!("/Task/{id}"));
        all.extend(provider.outbox());
    }
    all
}

#[test]
fn attachments_are_submitted_and_the_payers_answer_decides_the_end() {
    for (answer, end) in [
        (Some(200), "completed"),
        (Some(400), "failed"),
        (None, "failed"),
    ] {
        let mut provider = provider("2.1.0");
        let (status, created) = post(&mut provider, "/Task", &attachments());
        assert_eq!(status, 201, "{created}");
        let id = created["id"].as_str().unwrap().to_owned();
        let sent = deliveries(&mut provider, &id);
        let [delivery] = &sent[..] else {
            panic!("{} deliveries", sent.len())
        };
        assert_eq!(delivery.url, "http://payer.test/$submit-attachment");
        assert!(delivery.body.contains("track-1"));
        provider.delivered(&delivery.about, answer);
        assert_eq!(get(&mut provider, &format!("/Task/{id}"))["status"], end);
    }
}

#[test]
fn a_subscriber_hears_of_tasks_after_the_handshake_only() {
    let mut provider = provider("2.1.0");
    let subscription = json!({
        "resourceType": "Subscription", "status": "requested", "reason": "r",
        "criteria": "http://hl7.org/fhir/us/davinci-hrex/SubscriptionTopic/Task",
        "channel": {"type": "rest-hook", "endpoint": "http://payer.test/hook", "payload": "application/fhir+json"},
    });
    let (status, _) = post(&mut provider, "/Subscription", &subscription);
    assert_eq!(status, 201);
    let handshake = provider.outbox();
    assert_eq!(handshake.len(), 1);
    let (_, created) = post(&mut provider, "/Task", &task("pat-001"));
    let id = created["id"].as_str().unwrap().to_owned();
    get(&mut provider, &format!("/Task/{id}"));
    assert!(provider.outbox().is_empty(), "told before the handshake");
    provider.delivered(&handshake[0].about, Some(200));
    assert!(!deliveries(&mut provider, &id).is_empty());
}

#[test]
fn odd_tasks_are_answered() {
    for whole in [task("pat-001"), attachments()] {
        let mut provider = provider("2.1.0");
        for odd in mutations(&whole) {
            let (status, created) = post(&mut provider, "/Task", &odd);
            assert!((200..500).contains(&status), "{status} for {odd}");
            if let Some(id) = created["id"].as_str().filter(|_| status == 201) {
                deliveries(&mut provider, id);
            }
        }
    }
}

#[test]
fn odd_bodies_and_addresses_are_answered() {
    let mut provider = provider("2.1.0");
    for target in [
        "/Task",
        "/Task/x",
        "/Subscription",
        "/Subscription/x/$status",
        "/Patient/$match",
        "/Bundle",
        "/%",
        "/",
        "/Task?_id=%F0",
        "/Nothing/x",
        "/Binary/pat-001-text-2",
    ] {
        for method in [Method::GET, Method::POST, Method::PUT, Method::DELETE] {
            for text in [
                "",
                "x",
                "[]",
                "{\"resourceType\":\"Task\"}",
                "{\"parameter\":3}",
            ] {
                let status = provider
                    .respond(&request(method.clone(), target, text))
                    .status;
                assert!(
                    (200..500).contains(&status),
                    "{status} for {method} {target}"
                );
            }
        }
    }
}

#[test]
fn only_versions_of_cdex_are_played_and_only_faults_of_the_provider() {
    let today = time::macros::date!(2026 - 11 - 21);
    assert!(Provider::load(&Data::Embedded, "9.9.9", today).is_err());
    let faults = Fault::load_all(&Data::Embedded).unwrap();
    let of = |name: &str| {
        faults
            .iter()
            .find(|fault| fault.is_of(name))
            .unwrap()
            .clone()
    };
    let metadata = request(Method::GET, "/metadata", "");
    let plain = provider("2.1.0").respond(&metadata);
    assert_eq!(
        provider("2.1.0").with_fault(of("payer")).respond(&metadata),
        plain
    );
    let declared = faults
        .iter()
        .find(|fault| fault.name == "provider/json-is-not-declared");
    let other = provider("2.1.0").with_fault(declared.unwrap().clone());
    let mut other = other;
    assert_ne!(other.respond(&metadata), plain);
}

/// What verifying a resource of the provider comes to, where its authority is trusted.
fn verified(resource: &Value, version: &str) -> Vec<Examined> {
    let anchor = signatory().unwrap().anchor().clone();
    let edition: Edition = version.parse().unwrap();
    let text = resource.to_string();
    let report = verify(text.as_bytes(), edition, &Trust::now(vec![anchor])).unwrap();
    report.signatures
}

#[test]
fn where_everything_is_signed_searches_are_and_reads_are_refused() {
    for version in VERSIONS {
        let mut provider = provider(version).signing_everything();
        for target in [
            "/Condition?patient=pat-001",
            "/Patient?_id=pat-001",
            "/Task",
        ] {
            let found = get(&mut provider, target);
            let signatures = verified(&found, version);
            assert_eq!(signatures.len(), 1, "{version} {target}");
            assert_eq!(signatures[0].verdict(), Verdict::Valid, "{signatures:#?}");
            assert_eq!(found["signature"]["who"]["type"], "Organization");
            assert_eq!(
                found["signature"]["who"]["identifier"]["value"],
                provider.identity().0
            );
        }
        let read = provider.respond(&request(Method::GET, "/Patient/pat-001", ""));
        let issue = &body(&read)["issue"][0];
        assert_eq!(
            (read.status, &issue["code"]),
            (400, &json!("business-rule"))
        );
        assert!(issue["details"]["text"].is_string());
        assert_eq!(
            get(&mut provider, "/metadata")["resourceType"],
            "CapabilityStatement"
        );
    }
}

#[test]
fn where_everything_is_signed_a_flagged_task_brings_a_signed_document() {
    let mut asked = task("pat-001");
    let flag = json!({"type": code(CDEX, "signature-flag"), "valueBoolean": true});
    asked["input"].as_array_mut().unwrap().push(flag);
    let (statuses, _) = followed(&mut provider("2.1.0"), &asked);
    assert_eq!(
        statuses,
        ["requested", "rejected"],
        "nothing else has been agreed on"
    );
    let mut provider = provider("2.1.0").signing_everything();
    let (_, done) = followed(&mut provider, &asked);
    let reference = done["output"][0]["valueReference"]["reference"]
        .as_str()
        .unwrap();
    let id = reference.strip_prefix("Bundle/").unwrap().to_owned();
    let found = get(&mut provider, &format!("/Bundle?_id={id}"));
    let document = &found["entry"][0]["resource"];
    assert_eq!(document["type"], "document");
    assert_eq!(
        document["entry"][0]["resource"]["resourceType"],
        "Composition"
    );
    assert!(document["entry"].as_array().unwrap().len() > 3);
    for resource in [document, &found] {
        let signatures = verified(resource, "2.1.0");
        assert!(!signatures.is_empty());
        let is_valid = |one: &Examined| one.verdict() == Verdict::Valid;
        assert!(signatures.iter().all(is_valid), "{signatures:#?}");
    }
}

#[test]
fn what_a_fault_changes_is_signed_unless_the_fault_tampers() {
    let faults = Fault::load_all(&Data::Embedded).unwrap();
    let named = |name: &str| {
        faults
            .iter()
            .find(|fault| fault.name == name)
            .unwrap()
            .clone()
    };
    let tampering = named("provider/signed-results-are-changed");
    let mut honest = tampering.clone();
    honest.tampers = false;
    for (fault, verdict) in [(tampering, Verdict::Invalid), (honest, Verdict::Valid)] {
        let mut provider = provider("2.1.0").signing_everything().with_fault(fault);
        let found = get(&mut provider, "/Condition?patient=pat-001");
        let changed = &found["entry"][0]["resource"]["meta"]["lastUpdated"];
        assert_eq!(changed, "2020-02-02T02:02:02Z");
        assert_eq!(verified(&found, "2.1.0")[0].verdict(), verdict);
    }
}
