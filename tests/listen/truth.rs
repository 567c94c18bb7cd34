//! What is said of a client is true of what it sent: nothing passes unseen, nothing is held against it that nobody asks
//! for.

use super::listener::Listener;
use serde_json::{Value, json};
use std::path::Path;

const JSON: &str = "content-type: application/fhir+json";

/// Verdict and reason of the scenario that tests a requirement.
fn told(folder: &Path, requirement: &str) -> (String, String) {
    let text = std::fs::read_to_string(folder.join("report.json")).unwrap();
    let report: Value = serde_json::from_str(&text).unwrap();
    let mut scenarios = report["scenarios"].as_array().unwrap().iter();
    let is_it = |one: &&Value| one["requirements"][0] == requirement;
    let scenario = scenarios.find(is_it).unwrap();
    let attempt = &scenario["attempts"][0];
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    (text(&scenario["verdict"]), text(&attempt["reason"]))
}

fn listener(folder: &Path, more: &[&str]) -> Listener {
    let always = ["--suite", "pdex-payer-client", "--client", "one", "--open"];
    Listener::start(folder, &[&always[..], more].concat())
}

#[test]
fn rules_on_what_was_not_submitted_are_not_shown_to_be_kept() {
    let folder = tempfile::tempdir().unwrap();
    let listener = listener(folder.path(), &[]);
    let single = format!("POST /one/fhir/Patient/$member-match\n{JSON}");
    let many = format!("POST /one/fhir/Group/$bulk-member-match\n{JSON}");
    for (head, body) in [
        (single, r#"{"resourceType": "Parameters", "parameter": []}"#),
        (
            many,
            r#"{"resourceType": "Parameters", "parameter": [{"name": "MemberBundle"}]}"#,
        ),
    ] {
        assert_eq!(listener.ask(&head, body.as_bytes()).0 / 100, 4);
    }
    listener.ask("POST /one/finish", b"");
    listener.end();
    for (requirement, lacking) in [
        (
            "PDEX-MMC-028",
            "CoverageToMatch or CoverageToLink or Consent",
        ),
        ("PDEX-MMC-032", "CoverageToLink"),
        ("PDEX-MMC-039", "Consent"),
        (
            "PDEX-BMM-042",
            "CoverageToMatch or CoverageToLink or Consent",
        ),
    ] {
        let (verdict, reason) = told(folder.path(), requirement);
        assert_eq!(verdict, "skip", "{requirement}");
        let expected = format!("no {lacking} was submitted: let the client submit one");
        assert_eq!(reason, expected, "{requirement}");
    }
    let (_, reason) = told(folder.path(), "PDEX-MS-010");
    assert!(
        reason.contains("5 (POST /Group/$bulk-member-match, refused so far)"),
        "{reason}"
    );
}

#[test]
fn what_a_client_submits_is_for_the_client_to_supply() {
    let folder = tempfile::tempdir().unwrap();
    let listener = listener(folder.path(), &[]);
    let head = format!("POST /one/fhir/Patient/$member-match\n{JSON}");
    let body = br#"{"resourceType": "Parameters", "parameter": [{"name": "CoverageToMatch",
        "resource": {"resourceType": "Coverage", "id": "1"}}]}"#;
    assert_eq!(listener.ask(&head, body).0, 422);
    // An id that is a word of ours as well: what the steps say stays as it is.
    assert_eq!(listener.ask("GET /one/fhir/Patient/nobody", b"").0, 404);
    listener.ask("POST /one/finish", b"");
    listener.end();
    let (verdict, reason) = told(folder.path(), "PDEX-PROF-254");
    assert_eq!(verdict, "skip");
    assert_eq!(
        reason,
        "not seen: let the client submit a hrex-coverage that has Coverage.period"
    );
    let log = std::fs::read_to_string(folder.path().join("run.jsonl")).unwrap();
    assert!(log.contains("elements nobody has told it of"));
    assert!(!log.contains("Patient/nobody"));
}

#[test]
fn what_is_to_be_shown_once_may_still_have_come_where_the_client_was_cut_short() {
    for (is_cut, expected) in [(true, "skip"), (false, "fail")] {
        let folder = tempfile::tempdir().unwrap();
        let more = ["--quiet-for", "500ms", "--suite", "cdex-data-source-client"];
        let listener = Listener::start(
            folder.path(),
            &[&["--client", "one", "--open"][..], &more].concat(),
        );
        let head = format!("POST /one/fhir/$submit-attachment\n{JSON}");
        for _ in 0..2 {
            listener.ask(&head, br#"{"resourceType": "Parameters"}"#);
        }
        if is_cut {
            listener.ask("POST /one/finish", b"");
        }
        listener.end();
        let (verdict, reason) = told(folder.path(), "CDEX-SAP-021");
        assert_eq!(verdict, expected, "{reason}");
        assert_eq!(
            is_cut,
            reason.contains("one submission at least with"),
            "{reason}"
        );
        // What every submission must say is broken either way.
        assert_eq!(told(folder.path(), "CDEX-SAP-001").0, "fail");
    }
}

#[test]
fn a_task_that_is_over_at_the_first_look_needs_no_other() {
    let folder = tempfile::tempdir().unwrap();
    let more = [
        "--quiet-for",
        "500ms",
        "--suite",
        "cdex-data-consumer-client",
    ];
    let listener = Listener::start(
        folder.path(),
        &[&["--client", "one", "--open"][..], &more].concat(),
    );
    let npi = |number: &str| json!({"identifier": {"system": "http://hl7.org/fhir/sid/us-npi", "value": number}});
    let code = |guide: &str, code: &str| {
        let system = format!("http://hl7.org/fhir/us/davinci-{guide}-temp");
        json!({"coding": [{"system": system, "code": code}]})
    };
    // The stand-in does not know who asks, and rejects it.
    let task = json!({
        "resourceType": "Task", "status": "requested", "intent": "order", "authoredOn": "2026-11-23T01:00:00Z",
        "code": code("cdex/CodeSystem/cdex", "data-request-query"), "for": {"reference": "Patient/pat-001"},
        "requester": npi("5555555551"), "owner": npi("3333333334"),
        "input": [{"type": code("hrex/CodeSystem/hrex", "data-query"), "valueString": "Condition?patient=pat-001"}],
    });
    let head = format!("POST /one/fhir/Task\n{JSON}");
    assert_eq!(listener.ask(&head, task.to_string().as_bytes()).0, 201);
    // The server may be busy at first.
    let mut look = std::iter::repeat_with(|| listener.ask("GET /one/fhir/Task/task-1", b""));
    let seen = look
        .by_ref()
        .take(10)
        .find(|(status, _)| *status == 200)
        .unwrap();
    assert!(seen.1.contains("\"rejected\""), "{}", seen.1);
    listener.end();
    let (verdict, reason) = told(folder.path(), "CDEX-TB-033");
    assert_eq!(verdict, "skip");
    assert!(
        reason.contains("let the client send a Task that takes its time"),
        "{reason}"
    );
}

#[test]
fn a_payor_that_is_contained_tells_no_more_than_it_must() {
    for (more, verdict) in [("", "pass"), (r#", "order": 1"#, "warn")] {
        let folder = tempfile::tempdir().unwrap();
        let listener = listener(folder.path(), &[]);
        let head = format!("POST /one/fhir/Patient/$member-match\n{JSON}");
        let body = format!(
            r##"{{"resourceType": "Parameters", "parameter": [{{"name": "CoverageToLink", "resource": {{
                "resourceType": "Coverage", "id": "1", "status": "active",
                "contained": [{{"resourceType": "Organization", "id": "org", "name": "Harbor"}}],
                "payor": [{{"reference": "#org"}}]{more}}}}}]}}"##
        );
        assert_eq!(listener.ask(&head, body.as_bytes()).0, 422);
        listener.ask("POST /one/finish", b"");
        listener.end();
        assert_eq!(told(folder.path(), "PDEX-MMC-032").0, verdict, "{more}");
    }
}

/// Has the stand-in begin three exports, and then one of what has changed, which has no files; asks for that to its end,
/// and so many times more.
fn fetches_no_changes(listener: &Listener, times_more: usize) {
    let begin = |query: &str| {
        let head = format!("GET /one/fhir/Patient/$export{query}\nprefer: respond-async");
        assert_eq!(listener.ask(&head, b"").0, 202);
    };
    (0..3).for_each(|_| begin(""));
    begin("?_since=2026-01-01T00:00:00Z");
    let outcome = || listener.ask("GET /one/fhir/$job/4", b"");
    let manifest = std::iter::repeat_with(outcome).take(50);
    let (_, body) = manifest
        .into_iter()
        .find(|(status, _)| *status == 200)
        .unwrap();
    let manifest: Value = serde_json::from_str(&body).unwrap();
    assert_eq!(manifest["output"], Value::Array(Vec::new()));
    (0..times_more).for_each(|_| assert_eq!(outcome().0, 200));
}

#[test]
fn a_client_may_end_with_an_export_that_has_no_files() {
    const REQUIREMENT: &str = "PDEX-ROB-005";
    let heard = |more: &[&str], deeds: &dyn Fn(&Listener)| {
        let folder = tempfile::tempdir().unwrap();
        let listener = listener(folder.path(), more);
        deeds(&listener);
        listener.end();
        told(folder.path(), REQUIREMENT)
    };
    let quiet = ["--quiet-for", "500ms"];
    let (verdict, reason) = heard(&quiet, &|listener| fetches_no_changes(listener, 1));
    assert_eq!(verdict, "skip");
    assert!(reason.contains("nothing had to be"), "{reason}");
    // It was heard to have another job forgotten, and not this one.
    let (verdict, _) = heard(&quiet, &|listener| {
        assert_eq!(
            listener
                .ask("GET /one/fhir/Patient/$export\nprefer: respond-async", b"")
                .0,
            202
        );
        assert_eq!(listener.ask("DELETE /one/fhir/$job/1", b"").0 / 100, 2);
        let head = "GET /one/fhir/Patient/$export\nprefer: respond-async";
        (0..2).for_each(|_| assert_eq!(listener.ask(head, b"").0, 202));
        let head =
            "GET /one/fhir/Patient/$export?_since=2026-01-01T00:00:00Z\nprefer: respond-async";
        assert_eq!(listener.ask(head, b"").0, 202);
        let mut outcome = std::iter::repeat_with(|| listener.ask("GET /one/fhir/$job/4", b"").0);
        assert!(outcome.by_ref().take(50).any(|status| status == 200));
    });
    assert_eq!(verdict, "warn");
    // It takes the manifest for one that is not yet there.
    let (verdict, _) = heard(&quiet, &|listener| fetches_no_changes(listener, 4));
    assert_eq!(verdict, "warn");
    // It goes on.
    let (verdict, _) = heard(&quiet, &|listener| {
        fetches_no_changes(listener, 0);
        assert_eq!(listener.ask("GET /one/fhir/metadata", b"").0, 200);
    });
    assert_eq!(verdict, "pass");
}
