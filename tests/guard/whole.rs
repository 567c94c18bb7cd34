//! Whole runs against stand-ins that ask for tokens and certificates find what they find without.

use crate::support::command::vitruvian;
use crate::support::mock::Mock;
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::Path;

/// What became of each scenario: its verdict, and its findings in order.
type Outcome = BTreeMap<String, (String, Vec<String>)>;

/// Runs a part of the suites of a version, so that it does not take long.
fn run(out: &Path, (ig, part): (&str, &str), more: &[&str]) -> Outcome {
    let out = out.to_str().unwrap();
    let first = [
        "run",
        "--ig",
        ig,
        "--shard",
        part,
        "--allow-incomplete",
        "--out",
        out,
    ];
    let output = vitruvian(first, more);
    assert_eq!(output.code, 0, "{output:?}");
    let report = std::fs::read_to_string(Path::new(out).join("report.json")).unwrap();
    let report: Value = serde_json::from_str(&report).unwrap();
    let scenarios = report["scenarios"].as_array().unwrap().iter();
    let outcome = |scenario: &Value| {
        let findings = scenario["findings"].as_array().into_iter().flatten();
        let mut findings: Vec<String> = findings
            .map(|one| {
                format!(
                    "{} {} {}",
                    one["requirement"], one["expected"], one["actual"]
                )
            })
            .collect();
        findings.sort();
        (scenario["verdict"].as_str().unwrap().to_owned(), findings)
    };
    scenarios
        .map(|one| (one["id"].as_str().unwrap().to_owned(), outcome(one)))
        .collect()
}

/// Differences between a run without protection and one with this.
fn differences(version: (&str, &str), protection: &[&str]) -> Vec<String> {
    let (open, shut) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let open = run(open.path(), version, &[]);
    let shut = run(shut.path(), version, protection);
    assert!(open.len() > 100, "only {} scenarios", open.len());
    assert_eq!(open.len(), shut.len());
    let differ = open.into_iter().filter_map(|(id, without)| {
        let with = shut.get(&id)?.clone();
        // What is about those without credentials does not concern a server that asks for none.
        let now_applies = without.0 == "inapplicable" && with.0 == "pass";
        (without != with && !now_applies).then(|| format!("{id}: {without:?}, {with:?}"))
    });
    differ.collect()
}

#[test]
fn a_payer_that_asks_who_is_there_is_judged_as_one_that_does_not() {
    let found = differences(
        ("pdex@2.1.0", "1/10"),
        &["--auth", "smart", "--tls", "--mtls"],
    );
    assert!(found.is_empty(), "{found:#?}");
}

#[test]
fn a_provider_that_asks_who_is_there_is_judged_as_one_that_does_not() {
    let found = differences(
        ("cdex@2.1.0", "1/3"),
        &["--auth", "udap", "--tls", "--mtls"],
    );
    assert!(found.is_empty(), "{found:#?}");
}

#[test]
fn tokens_are_tried_where_udap_is_the_only_way_to_them() {
    let folder = tempfile::tempdir().unwrap();
    let (keys, out) = (folder.path().join("keys"), folder.path().join("out"));
    let keys = keys.to_str().unwrap();
    let _payer = Mock::start(&["--auth", "udap", "--tls", "--keys", keys]);
    let config = format!("{keys}/vitruvian.toml");
    let first = [
        "run",
        "--config",
        &config,
        "--suite",
        "pdex-security",
        "--jobs",
        "1",
        "--allow-incomplete",
        "--out",
    ];
    // The last has the client registered anew, after which it has another name.
    let more = [
        "PDEX-GEN-009",
        "PDEX-AUT-007",
        "PDEX-AUT-018",
        "PDEX-AUT-021",
        "PDEX-GEN-013",
        "PDEX-UDP-003",
    ];
    let more = more.into_iter().flat_map(|one| ["--requirement", one]);
    let output = vitruvian(first.into_iter().chain([out.to_str().unwrap()]), more);
    assert_eq!(output.code, 0, "{output:?}");
    let report = std::fs::read_to_string(out.join("report.json")).unwrap();
    let report: Value = serde_json::from_str(&report).unwrap();
    let scenarios = report["scenarios"].as_array().unwrap();
    assert!(scenarios.len() > 12, "only {} scenarios", scenarios.len());
    for scenario in scenarios {
        assert_eq!(scenario["verdict"], "pass", "{scenario:#}");
    }
}
