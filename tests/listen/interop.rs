//! Clients of others: `fhir-kit-client` and `fhirclient` from npm, `fhirpy` from PyPI.
//!
//! The packages of npm are looked for in the folder `VITRUVIAN_TEST_NODE_MODULES`, those of PyPI by the interpreter
//! `VITRUVIAN_TEST_PYTHON`. Without them the tests say so and pass: neither is part of this repository.

use super::listener::Listener;
use crate::packages::say;
use serde_json::Value;
use std::ffi::OsString;
use std::io::Write as _;
use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Lets a client do what its script says, and returns what it made of it, and the report on it.
fn heard(program: OsString, script: &Path) -> (Value, Value) {
    let folder = tempfile::tempdir().unwrap();
    let more = ["--suite", "pdex-payer-client", "--client", "other"];
    let mut listener = Listener::start(folder.path(), &more);
    let token = listener.token();
    let base = format!("http://{}/other/fhir", listener.host);
    let output = Command::new(program)
        .arg(script)
        .args([&base, &token])
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
    listener.ask("POST /other/finish", b"");
    // A coverage without anything in it breaks much.
    let end = listener.end();
    assert_eq!(end.code, 1, "{end:?}");
    let report = std::fs::read_to_string(folder.path().join("report.json")).unwrap();
    (
        serde_json::from_slice(&output.stdout).unwrap(),
        serde_json::from_str(&report).unwrap(),
    )
}

/// What is true of either: it submitted a coverage that does not say whether it is in force, and read every page.
fn is_told_rightly(report: &Value) {
    let verdict = |requirement: &str| {
        let mut rows = report["requirements"].as_array().unwrap().iter();
        let row = rows.find(|row| row["id"] == requirement).unwrap();
        row["verdict"].as_str().unwrap_or_default().to_owned()
    };
    assert_eq!(verdict("PDEX-PROF-247"), "fail");
}

#[test]
fn fhir_kit_client_is_heard() {
    let modules = std::env::var_os("VITRUVIAN_TEST_NODE_MODULES").map(PathBuf::from);
    let Some(modules) = modules.filter(|modules| modules.join("fhir-kit-client").is_dir()) else {
        say("skipped: VITRUVIAN_TEST_NODE_MODULES names no folder with fhir-kit-client");
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let script = folder.path().join("kit.mjs");
    std::fs::write(&script, include_str!("kit.mjs")).unwrap();
    // Node looks for packages beside the script.
    #[cfg(unix)]
    std::os::unix::fs::symlink(&modules, folder.path().join("node_modules")).unwrap();
    let (answers, report) = heard("node".into(), &script);
    assert!(answers["pages"].as_u64() > Some(1), "{answers}");
    assert_eq!(answers["records"], answers["total"], "{answers}");
    assert_eq!(answers["missing"], 404, "{answers}");
    assert!(answers["match"].as_u64() >= Some(400), "{answers}");
    is_told_rightly(&report);
}

#[test]
fn an_app_made_with_fhirclient_is_heard() {
    let modules = std::env::var_os("VITRUVIAN_TEST_NODE_MODULES").map(PathBuf::from);
    let Some(modules) = modules.filter(|modules| modules.join("fhirclient").is_dir()) else {
        say("skipped: VITRUVIAN_TEST_NODE_MODULES names no folder with fhirclient");
        return;
    };
    let scripts = tempfile::tempdir().unwrap();
    let script = scripts.path().join("app.mjs");
    std::fs::write(&script, include_str!("../guard/app.mjs")).unwrap();
    #[cfg(unix)]
    std::os::unix::fs::symlink(&modules, scripts.path().join("node_modules")).unwrap();
    // Taken and given back: the app will listen there.
    let free = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let port = free.local_addr().unwrap().port();
    drop(free);
    let redirect = format!("http://127.0.0.1:{port}/back");
    let folder = tempfile::tempdir().unwrap();
    let more = [
        "--suite",
        "pdex-app-client",
        "--client",
        "app",
        "--redirect",
        &redirect,
    ];
    let listener = Listener::start(folder.path(), &more);
    let asked = serde_json::json!({
        "base": format!("http://{}/app/fhir", listener.host), "client": "app-under-test",
        "redirect": redirect, "other": "pt-002", "user": "avery.example", "password": "plain-to-see",
    });
    let mut child = Command::new("node")
        .arg(&script)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::inherit())
        .spawn()
        .unwrap();
    writeln!(child.stdin.as_mut().unwrap(), "{asked}").unwrap();
    let said = String::from_utf8(child.wait_with_output().unwrap().stdout).unwrap();
    let told: Value = serde_json::from_str(said.lines().last().unwrap_or("null")).unwrap();
    assert_eq!(told["patient"], told["again"], "{told}");
    assert!(told["patient"].is_string(), "{told}");
    listener.ask("POST /app/finish", b"");
    let end = listener.end();
    // It did what it did rightly, and not all that is asked of it.
    assert_eq!(end.code, 3, "{end:?}");
    let report = std::fs::read_to_string(folder.path().join("report.json")).unwrap();
    let report: Value = serde_json::from_str(&report).unwrap();
    let scenarios = report["scenarios"].as_array().unwrap();
    let mut passed = scenarios.iter().filter(|one| one["verdict"] == "pass");
    assert!(
        passed.any(|one| one["name"] == "Records are read with the token"),
        "{report:#}"
    );
}

#[test]
fn fhirpy_is_heard() {
    let Some(program) = std::env::var_os("VITRUVIAN_TEST_PYTHON") else {
        say("skipped: VITRUVIAN_TEST_PYTHON names no interpreter with fhirpy");
        return;
    };
    let has_it = Command::new(&program)
        .args(["-c", "import fhirpy"])
        .output();
    if !has_it.is_ok_and(|output| output.status.success()) {
        say("skipped: VITRUVIAN_TEST_PYTHON names no interpreter with fhirpy");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let script = folder.path().join("py.py");
    std::fs::write(&script, include_str!("py.py")).unwrap();
    let (answers, report) = heard(program, &script);
    assert!(answers["records"].as_u64() > Some(5), "{answers}");
    assert_eq!(answers["missing"], 404, "{answers}");
    is_told_rightly(&report);
}
