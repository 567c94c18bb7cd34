//! One client, two clients, and those who send too much.

use super::listener::Listener;
use serde_json::Value;
use std::path::Path;

const SUITE: [&str; 2] = ["--suite", "pdex-payer-client"];

fn state(listener: &Listener, name: &str) -> Value {
    let (status, body) = listener.ask(&format!("GET /{name}/state"), b"");
    assert_eq!(status, 200);
    serde_json::from_str(&body).unwrap()
}

fn report(folder: &Path) -> Value {
    let text = std::fs::read_to_string(folder.join("report.json")).unwrap();
    serde_json::from_str(&text).unwrap()
}

#[test]
fn two_clients_are_heard_apart() {
    let folder = tempfile::tempdir().unwrap();
    let more = ["--client", "one", "--client", "two", "--open"];
    let listener = Listener::start(folder.path(), &[&SUITE[..], &more[..]].concat());
    let (status, body) = listener.ask("GET /one/fhir/Device?patient=pt-001", b"");
    assert_eq!(status, 200, "{body}");
    // Addresses in answers stay in the room.
    assert!(body.contains(&format!("http://{}/one/fhir/Device", listener.host)));
    assert_eq!(state(&listener, "one")["rooms"][0]["heard"], 1);
    assert_eq!(state(&listener, "two")["rooms"][0]["heard"], 0);
    assert_eq!(listener.ask("GET /three/fhir/metadata", b"").0, 404);
    for name in ["one", "two"] {
        let (status, body) = listener.ask(&format!("POST /{name}/finish"), b"");
        assert_eq!(status, 200);
        assert!(body.contains("\"over\":true"), "{body}");
    }
    let output = listener.end();
    // The one read records of a member whom nobody had matched; the other was not heard at all.
    assert_eq!(output.code, 1, "{output:?}");
    assert!(
        output.stdout.contains("INCOMPLETE  the client two"),
        "{output:?}"
    );
    let heard = |name: &str| {
        let log = folder.path().join(name).join("run.jsonl");
        std::fs::read_to_string(log)
            .unwrap()
            .contains("/fhir/Device")
    };
    assert!(heard("one"));
    assert!(!heard("two"));
    assert!(report(&folder.path().join("one"))["scenarios"].is_array());
}

#[test]
fn a_client_needs_the_token_it_was_given() {
    let folder = tempfile::tempdir().unwrap();
    let more = ["--client", "one", "--quiet-for", "300ms"];
    let mut listener = Listener::start(folder.path(), &[&SUITE[..], &more[..]].concat());
    let token = listener.token();
    let ask = |token: &str| {
        let head = format!("GET /one/fhir/Device?patient=pt-001\nauthorization: Bearer {token}");
        listener.ask(&head, b"").0
    };
    assert_eq!(ask("guessed"), 401);
    assert_eq!(ask(&token), 200);
    // It ends by itself when nothing more comes.
    let output = listener.end();
    assert_eq!(output.code, 1, "{output:?}");
    assert!(
        output.stderr.contains("nothing has come for a while"),
        "{output:?}"
    );
    for file in std::fs::read_dir(folder.path()).unwrap() {
        let text = std::fs::read_to_string(file.unwrap().path()).unwrap();
        assert!(!text.contains(&token));
    }
}

#[test]
fn what_is_too_large_is_turned_away_and_told() {
    let folder = tempfile::tempdir().unwrap();
    let more = ["--client", "one", "--open"];
    let listener = Listener::start(folder.path(), &[&SUITE[..], &more[..]].concat());
    let body = vec![b' '; 17 << 20];
    let head = "POST /one/fhir/Patient/$member-match\ncontent-type: application/fhir+json";
    let (status, _) = listener.ask(head, &body);
    assert!(matches!(status, 413 | 0), "{status}");
    assert_eq!(listener.ask("GET /one/fhir/metadata", b"").0, 200);
    listener.ask("POST /one/finish", b"");
    let output = listener.end();
    assert_ne!(output.code, 0, "{output:?}");
    assert!(
        output.stdout.contains("turned away unread (status 413)"),
        "{output:?}"
    );
}

#[test]
fn a_page_shows_how_far_it_is_and_nobody_else_ends_it() {
    let folder = tempfile::tempdir().unwrap();
    let more = ["--client", "one", "--open", "--max-wait", "2s"];
    let listener = Listener::start(folder.path(), &[&SUITE[..], &more[..]].concat());
    let (status, page) = listener.ask("GET /one", b"");
    assert_eq!(status, 200);
    assert!(page.contains("/listen.js"));
    assert_eq!(listener.ask("GET /listen.css", b"").0, 200);
    assert_eq!(listener.ask("GET /", b"").0, 303);
    let elsewhere = "POST /one/finish\norigin: http://other.example";
    assert_eq!(listener.ask(elsewhere, b"").0, 403);
    // Until it is over, which the most that is waited ends.
    let (status, events) = listener.ask("GET /one/events", b"");
    assert_eq!(status, 200);
    let states: Vec<&str> = events
        .lines()
        .filter_map(|line| line.strip_prefix("data: "))
        .collect();
    assert!(states.len() >= 2, "{events}");
    assert!(states[0].contains("\"over\":false") && states[0].contains("Marian Oakhurst"));
    assert!(states[states.len() - 1].contains("\"over\":true"));
    let output = listener.end();
    assert!(output.stdout.contains("nothing was heard"), "{output:?}");
    assert_eq!(output.code, 3, "{output:?}");
}

#[test]
fn what_cannot_be_listened_to_is_said() {
    let vitruvian = |arguments: &[&str]| {
        let output = crate::support::command::vitruvian(arguments, [""; 0]);
        assert_eq!(output.code, 2, "{output:?}");
        output.stderr
    };
    assert!(vitruvian(&["listen"]).contains("pdex-payer-client"));
    let said = vitruvian(&["listen", "--suite", "pdex-patient-access"]);
    assert!(said.contains("`vitruvian run`"), "{said}");
    let said = vitruvian(&["run", "--suite", "pdex-payer-client"]);
    assert!(said.contains("`vitruvian listen`"), "{said}");
    let said = vitruvian(&["listen", "--suite", "pdex-payer-client", "--client", "a/b"]);
    assert!(said.contains("letters, digits and hyphens"), "{said}");
}

#[test]
fn what_was_heard_can_be_judged_again() {
    let folder = tempfile::tempdir().unwrap();
    let more = ["--client", "one", "--open", "--no-redact-phi"];
    let listener = Listener::start(folder.path(), &[&SUITE[..], &more[..]].concat());
    let head = "POST /one/fhir/Patient/$member-match\ncontent-type: application/fhir+json";
    let body = br#"{"resourceType": "Parameters", "parameter": [{"name": "CoverageToMatch",
        "resource": {"resourceType": "Coverage", "id": "1"}}]}"#;
    assert!((400..500).contains(&listener.ask(head, body).0));
    listener.ask("POST /one/finish", b"");
    let output = listener.end();
    // A coverage without anything in it breaks much.
    assert_eq!(output.code, 1, "{output:?}");
    let run = folder.path().to_str().unwrap();
    let output = crate::support::command::vitruvian(["replay", run], [""; 0]);
    assert_eq!(output.code, 0, "{output:?}");
    assert!(output.stdout.contains("SAME VERDICTS"), "{output:?}");
}
