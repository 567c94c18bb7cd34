//! Clients of others: `fhir-kit-client` from npm and `fhirpy` from PyPI.
//!
//! The packages of npm are looked for in the folder `VITRUVIAN_TEST_NODE_MODULES`, those of PyPI by the interpreter
//! `VITRUVIAN_TEST_PYTHON`. Without them the tests say so and pass: neither is part of this repository.

use super::listener::Listener;
use crate::packages::say;
use serde_json::Value;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

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
