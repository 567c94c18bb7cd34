//! Between a client and a server: everything passes, everything is kept, both are judged.

use super::listener::{Listener, ask};
use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};

#[test]
fn both_sides_are_judged() {
    let mut server = Command::new(env!("CARGO_BIN_EXE_vitruvian"))
        .args(["mock", "payer", "--port", "0"])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut line = String::new();
    let mut output = BufReader::new(server.stdout.take().unwrap());
    output.read_line(&mut line).unwrap();
    let base = line.trim().rsplit(' ').next().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let listener = Listener::start(
        folder.path(),
        &[
            "--suite",
            "pdex-payer-client",
            "--client",
            "pair",
            "--proxy",
            base,
        ],
    );
    let (status, body) = listener.ask("GET /pair/fhir/Observation?patient=pt-001&_count=2", b"");
    assert_eq!(status, 200, "{body}");
    // The next page is behind the proxy, too.
    let own = format!("http://{}/pair/fhir", listener.host);
    assert!(body.contains(&own) && !body.contains(base), "{body}");
    let bundle: serde_json::Value = serde_json::from_str(&body).unwrap();
    let links = bundle["link"].as_array().unwrap();
    let next = links.iter().find(|link| link["relation"] == "next");
    let next = next.unwrap()["url"].as_str().unwrap();
    let path = next
        .strip_prefix(&format!("http://{}", listener.host))
        .unwrap();
    assert_eq!(ask(&listener.host, &format!("GET {path}"), b"").0, 200);
    listener.ask("POST /pair/finish", b"");
    let output = listener.end();
    server.kill().unwrap();
    server.wait().unwrap();
    // Records were read of a member whom nobody had matched.
    assert_eq!(output.code, 1, "{output:?}");
    assert!(output.stdout.contains("PDEX-MMC-008"), "{output:?}");
    assert!(output.stdout.contains("overheard-answers"), "{output:?}");
    assert!(!output.stdout.contains("pdex-patient-access"), "{output:?}");
    let report = std::fs::read_to_string(folder.path().join("report.json")).unwrap();
    let report: serde_json::Value = serde_json::from_str(&report).unwrap();
    let scenarios = report["scenarios"].as_array().unwrap();
    let of_server = |one: &&serde_json::Value| {
        let id = one["id"].as_str().unwrap_or_default();
        id.contains("/answers/") && one["verdict"] == "pass"
    };
    assert!(scenarios.iter().any(|one| of_server(&one)), "{report:#}");
    let of_client = |one: &serde_json::Value| {
        let id = one["id"].as_str().unwrap_or_default();
        id.contains("/clients/")
    };
    assert!(scenarios.iter().any(of_client));
}
