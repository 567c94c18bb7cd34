//! Every check can fail: each fault breaks exactly what it says, and the conformant payer nothing.
//!
//! Here a part of the faults is tried, spread over all of them and in one version, so that the tests stay quick;
//! before a change lands, `vitruvian prove` tries each of them in each version.

use crate::support::command::vitruvian;
use std::collections::BTreeSet;

/// One fault of so many is tried here.
const SPREAD: usize = 90;

fn names() -> Vec<String> {
    let output = vitruvian(["list", "faults", "--format"], ["json"]);
    let list: serde_json::Value = serde_json::from_str(&output.stdout).unwrap();
    let faults = list["faults"].as_array().unwrap();
    let names = faults.iter().filter_map(|fault| fault["name"].as_str());
    names.map(str::to_owned).collect()
}

#[test]
fn faults_break_exactly_what_they_say() {
    let names = names();
    assert!(names.len() >= 1_000, "only {} faults", names.len());
    let mut arguments = ["prove", "--format", "json", "--ig", "pdex@2.1.0"]
        .map(str::to_owned)
        .to_vec();
    for name in names.iter().step_by(SPREAD) {
        arguments.extend(["--fault".to_owned(), name.clone()]);
    }
    let output = vitruvian(arguments.iter().map(String::as_str), [""; 0]);
    let proof: serde_json::Value = serde_json::from_str(&output.stdout).unwrap();
    let empty = serde_json::json!([]);
    assert_eq!(
        proof["not_conformant"], empty,
        "{:#}",
        proof["not_conformant"]
    );
    assert_eq!(proof["survived"], empty, "{:#}", proof["survived"]);
    assert_eq!(proof["overkilled"], empty, "{:#}", proof["overkilled"]);
    assert_eq!(output.code, 0);
    let tried: BTreeSet<&str> = proof["killed"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|trial| trial["fault"].as_str())
        .collect();
    // Some of them exist in other versions only.
    assert!(tried.len() >= names.len() / SPREAD / 2, "only {tried:?}");
}

#[test]
fn faults_in_cdex_break_exactly_what_they_say() {
    let names = names();
    let ours: Vec<&String> = names
        .iter()
        .filter(|name| {
            let of_attachments = ["payer/submission", "payer/offer", "payer/bad-submission"];
            name.starts_with("provider/") || of_attachments.iter().any(|one| name.starts_with(one))
        })
        .collect();
    assert!(ours.len() >= 120, "only {} faults", ours.len());
    let mut arguments = ["prove", "--format", "json", "--ig", "cdex@2.1.0"]
        .map(str::to_owned)
        .to_vec();
    for name in ours.iter().step_by(15) {
        arguments.extend(["--fault".to_owned(), (*name).clone()]);
    }
    let output = vitruvian(arguments.iter().map(String::as_str), [""; 0]);
    assert_eq!(output.code, 0, "{}", output.stdout);
}

#[test]
fn every_tested_requirement_has_a_fault_that_breaks_it() {
    let output = vitruvian(["list", "requirements", "--format"], ["json"]);
    let list: serde_json::Value = serde_json::from_str(&output.stdout).unwrap();
    let rows = list["requirements"].as_array().unwrap();
    let tested = rows.iter().filter(|row| row["coverage"] == "tested");
    let unproven: Vec<&str> = tested
        .clone()
        .filter(|row| row["faults"].as_array().unwrap().is_empty())
        .filter_map(|row| row["id"].as_str())
        .collect();
    assert!(tested.count() >= 30);
    assert!(unproven.is_empty(), "{unproven:?}");
}
