//! Whatever a payer answers in a run is validated; only closing scenarios judge it, after all others.

use crate::support::command::{Output, vitruvian};
use crate::support::servers;
use std::collections::BTreeMap;
use std::path::Path;
use vitruvian::evidence::{Finding, Run, Verdict, log};

/// Runs with these arguments; the folder holds what was left.
fn run(arguments: &[&str]) -> (Output, Run, tempfile::TempDir) {
    // Two suites are enough to see what closing scenarios do, and quick.
    run_suites(&["pdex-discovery", "pdex-member-match"], arguments)
}

fn run_suites(suites: &[&str], arguments: &[&str]) -> (Output, Run, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    let chosen = suites.iter().flat_map(|suite| ["--suite", suite]);
    let first = ["run"]
        .into_iter()
        .chain(chosen)
        .chain(arguments.iter().copied());
    let output = vitruvian(first, ["--out", out.to_str().unwrap()]);
    let run = log::read(&out).unwrap_or_else(|error| panic!("{error}: {output:?}"));
    (output, run, folder)
}

/// Runs against a server that answers everything with this.
fn answered(
    status: u16,
    kind: &'static str,
    body: &'static str,
    more: &[&str],
) -> (Run, tempfile::TempDir) {
    let target = servers::answering(status, kind, body);
    let arguments: Vec<&str> = ["--target", &target]
        .into_iter()
        .chain(more.iter().copied())
        .collect();
    let (_, run, folder) = run(&arguments);
    (run, folder)
}

fn is_closing(id: &str) -> bool {
    id.contains("/answers/")
}

fn verdicts(run: &Run) -> BTreeMap<&str, Verdict> {
    let scenarios = run.scenarios.iter();
    scenarios
        .map(|scenario| (scenario.id.as_str(), scenario.verdict))
        .collect()
}

/// Findings of the closing scenarios.
fn findings(run: &Run) -> Vec<&Finding> {
    let closing = run
        .scenarios
        .iter()
        .filter(|scenario| is_closing(&scenario.id));
    closing.flat_map(|scenario| &scenario.findings).collect()
}

#[test]
fn what_is_seen_on_the_way_changes_no_verdict_but_those_of_closing_scenarios() {
    let (_, conformant, _) = run(&[]);
    let (_, faulty, _) = run(&["--fault", "payer/encounters-have-no-type"]);
    let (before, after) = (verdicts(&conformant), verdicts(&faulty));
    assert_eq!(before.len(), after.len());
    let changed: Vec<&str> = before
        .iter()
        .filter(|(id, verdict)| after[*id] != **verdict)
        .map(|(id, _)| *id)
        .collect();
    assert_eq!(changed.len(), 2, "{changed:?}");
    assert!(changed.iter().all(|id| is_closing(id)), "{changed:?}");
    let note = &conformant.validated[0];
    assert!(
        note.resources > 100 && note.answers > 50 && note.broken == 0,
        "{note:?}"
    );
}

#[test]
fn closing_scenarios_end_the_run_and_find_the_same_whatever_runs_side_by_side() {
    let judged = |jobs: &str| {
        let (_, run, _) = run(&["--fault", "payer/encounters-have-no-type", "--jobs", jobs]);
        let last: Vec<&str> = run
            .scenarios
            .iter()
            .rev()
            .take(3)
            .map(|one| one.id.as_str())
            .collect();
        assert!(last.iter().all(|id| is_closing(id)), "{last:?}");
        let rules = findings(&run).into_iter().map(|finding| {
            let rule = finding.rule.as_ref().unwrap();
            let examples = rule.examples.iter();
            let places: Vec<_> = examples
                .map(|example| {
                    (
                        example.location.clone(),
                        example.scenario.clone(),
                        example.exchange,
                    )
                })
                .collect();
            (rule.key.clone(), rule.element.clone(), rule.count, places)
        });
        rules.collect::<Vec<_>>()
    };
    let alone = judged("1");
    assert_eq!(alone[0].0, "min");
    assert_eq!(alone[0].1, "Encounter.type");
    assert!(
        alone[0].2 > 3 && alone[0].3.len() == 3,
        "one finding, with the first of the resources as examples"
    );
    assert_eq!(judged("8"), alone);
}

#[test]
fn a_finding_leads_to_the_exchange_and_the_line() {
    let (_, run, _) = run(&["--fault", "payer/capability-has-an-unknown-status"]);
    let finding = findings(&run)[0];
    assert_eq!(finding.requirement, "PDEX-GEN-001");
    assert_eq!(
        finding.location.as_deref(),
        Some("CapabilityStatement.status")
    );
    let rule = finding.rule.as_ref().unwrap();
    assert_eq!(
        (rule.severity.as_str(), rule.profile.as_deref()),
        ("error", None)
    );
    let example = &rule.examples[0];
    let scenario = run
        .scenarios
        .iter()
        .find(|one| one.id == example.scenario)
        .unwrap();
    let exchange = &scenario.exchanges[example.exchange];
    assert!(
        exchange.request.url.ends_with("/metadata"),
        "{}",
        exchange.request.url
    );
    let snippet = example.snippet.as_ref().unwrap();
    assert!(
        snippet.lines[snippet.marked].contains("\"status\": \"current\""),
        "{snippet:?}"
    );
}

#[test]
fn a_refusal_that_is_no_valid_outcome_is_found_too() {
    let (_, run, _) = run(&["--fault", "payer/refusals-have-an-unknown-severity"]);
    let finding = findings(&run)[0];
    let element = &finding.rule.as_ref().unwrap().element;
    assert_eq!(element, "OperationOutcome.issue.severity");
}

#[test]
fn a_terminology_server_decides_what_cannot_be_decided_offline() {
    const YES: &str = r#"{"resourceType": "Parameters", "parameter": [{"name": "result", "valueBoolean": true}]}"#;
    const NO: &str = r#"{"resourceType": "Parameters", "parameter": [{"name": "result", "valueBoolean": false}]}"#;
    // Immunizations, and what judges all answers.
    const FEW: [&str; 4] = [
        "--requirement",
        "PDEX-MAP-020",
        "--requirement",
        "PDEX-GEN-031",
    ];
    let undecided = |run: &Run| -> usize {
        let notes = run.validated.iter();
        notes.flat_map(|note| note.undecided.values()).sum()
    };
    let (_, alone, _) = run_suites(&[], &FEW);
    assert!(findings(&alone).is_empty() && undecided(&alone) > 0);
    let asking = |answer: &'static str| {
        let server = servers::answering(200, "application/fhir+json", answer);
        run_suites(&[], &[&FEW[..], &["--tx", &server]].concat())
    };
    let (_, confirmed, _) = asking(YES);
    assert!(findings(&confirmed).is_empty());
    assert!(undecided(&confirmed) < undecided(&alone));
    assert!(
        confirmed
            .identity
            .settings
            .contains_key("terminology server")
    );
    let (output, denied, _) = asking(NO);
    assert_eq!(output.code, 1, "{output:?}");
    assert!(!findings(&denied).is_empty());
}

#[test]
fn alone_a_closing_scenario_has_nothing_to_judge_and_says_what_to_run() {
    let (output, run, _) = run(&["--requirement", "PDEX-GEN-031"]);
    assert_eq!(output.code, 3, "{output:?}");
    assert_eq!(run.scenarios.len(), 1);
    let scenario = &run.scenarios[0];
    assert_eq!(scenario.verdict, Verdict::Skip);
    let reason = scenario.reason.as_deref().unwrap();
    assert!(reason.contains("run it together with"), "{reason}");
    assert!(run.validated.is_empty() && run.definitions.is_empty());
}

#[test]
fn other_selections_leave_closing_scenarios_out_and_keep_nothing() {
    let (_, run, _) = run(&[
        "--tags",
        "not @closing",
        "--fault",
        "payer/encounters-have-no-type",
    ]);
    assert!(run.scenarios.len() > 30 && run.validated.is_empty());
    assert!(
        run.scenarios
            .iter()
            .all(|scenario| scenario.verdict == Verdict::Pass)
    );
}

#[test]
fn a_run_that_stops_at_the_first_failure_skips_them() {
    let (_, run, _) = run(&[
        "--fail-fast",
        "--jobs",
        "1",
        "--fault",
        "payer/no-match-is-200",
    ]);
    let closing: Vec<_> = run
        .scenarios
        .iter()
        .filter(|one| is_closing(&one.id))
        .collect();
    assert_eq!(closing.len(), 3);
    for scenario in closing {
        assert_eq!(scenario.verdict, Verdict::Skip, "{}", scenario.id);
        assert!(scenario.reason.as_deref().unwrap().contains("stopped"));
    }
}

/// Valid but for two values, which are as personal as any other; one is too general to be known again.
const PATIENT: &str = r#"{"resourceType":"Patient","id":"canary-id","name":[{"family":"Canaryson"}],"birthDate":"1974-02-30",
    "address":[{"state":990117}],"telecom":[{"system":"phone","value":"555-0142-77"}]}"#;

#[test]
fn snippets_and_words_hold_no_personal_data() {
    let (run, folder) = answered(200, "application/fhir+json", PATIENT, &[]);
    let shown = findings(&run);
    let elements: Vec<&str> = shown
        .iter()
        .filter_map(|finding| finding.rule.as_ref().map(|rule| rule.element.as_str()))
        .collect();
    assert!(
        elements.contains(&"Patient.birthDate") && elements.contains(&"Patient.address.state"),
        "{elements:?}"
    );
    let dated = shown
        .iter()
        .find(|one| one.location.as_deref() == Some("Patient.birthDate"));
    let snippet = dated.unwrap().rule.as_ref().unwrap().examples[0]
        .snippet
        .clone()
        .unwrap();
    assert!(
        snippet.lines[snippet.marked].contains("\"birthDate\""),
        "{snippet:?}"
    );
    for file in ["run.jsonl", "report.html", "report.json", "junit.xml"] {
        let text = std::fs::read_to_string(folder.path().join("out").join(file)).unwrap();
        for personal in ["Canaryson", "1974-02-30", "990117", "canary-id", "555-0142"] {
            assert!(!text.contains(personal), "{file} holds {personal}");
        }
    }
}

#[test]
fn every_line_of_a_bulk_file_is_validated() {
    let lines = "{\"resourceType\":\"Patient\",\"id\":\"1\"}\n{\"resourceType\":\"Patient\",\"id\":\"2\",\"active\":\"yes\"}\n";
    let (run, _) = answered(200, "application/fhir+ndjson", lines, &[]);
    assert_eq!(
        (run.validated[0].answers, run.validated[0].resources),
        (1, 2)
    );
    let finding = findings(&run)[0];
    assert_eq!(finding.location.as_deref(), Some("Patient.active"));
    assert_eq!(finding.rule.as_ref().unwrap().count, 1);
}

#[test]
fn what_is_no_fhir_is_left_to_others() {
    for (kind, body) in [
        ("text/html", "<html></html>"),
        ("application/json", r#"{"resourceType": 7, "smart": true}"#),
        ("application/fhir+json", r#"{"resourceType":"Patient","#),
    ] {
        let (run, _) = answered(200, kind, body, &[]);
        let closing = run.scenarios.iter().filter(|one| is_closing(&one.id));
        assert!(closing.clone().count() == 3 && run.validated.is_empty());
        for scenario in closing {
            assert_eq!(scenario.verdict, Verdict::Skip, "{body}");
        }
    }
}

const PROFILE: &str = "http://example.org/StructureDefinition/with-name";

/// A package with one profile: a Patient with a name.
fn package(folder: &Path) {
    let element = |path: &str, min: u32, kind: &str| {
        let most = if kind == "HumanName" { "*" } else { "1" };
        serde_json::json!({"id": path, "path": path, "min": min, "max": most, "base": {"path": path, "min": 0, "max": most},
            "type": [{"code": kind}]})
    };
    let mut root = element("Patient", 0, "Patient");
    root.as_object_mut().unwrap().remove("type");
    let definition = serde_json::json!({
        "resourceType": "StructureDefinition", "url": PROFILE, "version": "1.2.3", "name": "WithName", "status": "draft",
        "kind": "resource", "abstract": false, "type": "Patient", "derivation": "constraint",
        "baseDefinition": "http://hl7.org/fhir/StructureDefinition/Patient",
        "snapshot": {"element": [root, element("Patient.id", 0, "id"), element("Patient.meta", 0, "Meta"),
            element("Patient.name", 1, "HumanName")]},
    });
    std::fs::create_dir_all(folder.join("package")).unwrap();
    let manifest = r#"{"name":"org.example.names","version":"1.2.3","fhirVersions":["4.0.1"]}"#;
    std::fs::write(folder.join("package/package.json"), manifest).unwrap();
    std::fs::write(folder.join("package/profile.json"), definition.to_string()).unwrap();
}

#[test]
fn definitions_of_a_package_that_is_named_are_used_and_recorded() {
    const NAMELESS: &str = r#"{"resourceType":"Patient","id":"1","meta":{"profile":["http://example.org/StructureDefinition/with-name"]}}"#;
    let folder = tempfile::tempdir().unwrap();
    package(folder.path());
    let path = folder.path().to_str().unwrap();
    let (without, _) = answered(200, "application/fhir+json", NAMELESS, &[]);
    assert_eq!(without.validated[0].undecided["profile"], 1);
    assert!(findings(&without).is_empty());
    assert!(
        without
            .definitions
            .iter()
            .all(|package| package.origin == "embedded")
    );
    let (with, out) = answered(
        200,
        "application/fhir+json",
        NAMELESS,
        &["--packages", path],
    );
    let finding = findings(&with)[0];
    let rule = finding.rule.as_ref().unwrap();
    assert_eq!(
        (rule.element.as_str(), rule.profile.as_deref()),
        ("Patient.name", Some(PROFILE))
    );
    let used = with
        .definitions
        .iter()
        .find(|package| package.id == "org.example.names")
        .unwrap();
    assert_eq!(
        (
            used.version.as_str(),
            used.origin.as_str(),
            used.sha256.len()
        ),
        ("1.2.3", path, 64)
    );
    assert!(
        with.definitions
            .iter()
            .any(|package| package.id == "hl7.fhir.r4.core" && package.origin == "embedded")
    );
    let page = std::fs::read_to_string(out.path().join("out/report.html")).unwrap();
    assert!(page.contains("org.example.names@1.2.3") && page.contains(&used.sha256[..16]));
    let listed = vitruvian(
        [
            "list",
            "profiles",
            "--format",
            "json",
            "--ig",
            "pdex@2.1.0",
            "--packages",
        ],
        [path],
    );
    let listed: serde_json::Value = serde_json::from_str(&listed.stdout).unwrap();
    let rows = listed["profiles"].as_array().unwrap();
    let row = rows.iter().find(|row| row["url"] == PROFILE).unwrap();
    assert_eq!(
        (&row["from"], &row["path"]),
        (&"folder".into(), &path.into())
    );
}

#[test]
fn a_package_that_cannot_be_read_is_said_before_anything_runs() {
    let output = vitruvian(
        ["run", "--packages", "/nowhere/at/all", "--out"],
        [tempfile::tempdir().unwrap().path()],
    );
    assert_eq!(output.code, 2, "{output:?}");
    assert!(output.stderr.contains("/nowhere/at/all"), "{output:?}");
}

#[test]
fn profiles_are_listed_by_version_with_type_package_and_origin() {
    let list = |more: &[&str]| -> Vec<serde_json::Value> {
        let output = vitruvian(["list", "profiles", "--format", "json"], more);
        let json: serde_json::Value = serde_json::from_str(&output.stdout).unwrap();
        json["profiles"].as_array().unwrap().clone()
    };
    let (all, chosen) = (list(&[]), list(&["--ig", "us-core@7.0.0"]));
    assert!(
        all.len() > chosen.len() && chosen.len() > 30,
        "{} and {}",
        all.len(),
        chosen.len()
    );
    let patient = chosen
        .iter()
        .find(|row| row["url"] == "http://hl7.org/fhir/us/core/StructureDefinition/us-core-patient")
        .unwrap();
    assert_eq!(patient["type"], "Patient");
    assert_eq!(
        (&patient["package"], &patient["packageVersion"]),
        (&"hl7.fhir.us.core".into(), &"7.0.0".into())
    );
    assert_eq!(patient["from"], "embedded");
    assert!(
        chosen
            .iter()
            .all(|row| row["packageVersion"] == "7.0.0" || row["package"] != "hl7.fhir.us.core")
    );
    let unknown = vitruvian(["list", "profiles"], ["--ig", "us-core@0.0.1"]);
    assert_eq!(unknown.code, 2);
}
