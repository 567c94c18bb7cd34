//! Every check can fail: each fault breaks exactly what it says, and the conformant payer nothing.

use crate::support::command::vitruvian;

#[test]
fn every_fault_breaks_exactly_what_it_says() {
    let output = vitruvian(["prove", "--format"], ["json"]);
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
    let faults: std::collections::BTreeSet<&str> = proof["killed"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|trial| trial["fault"].as_str())
        .collect();
    assert!(faults.len() >= 40, "only {} faults", faults.len());
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
