//! The document of likely mistakes is true: each has a fault that commits it, and that fault breaks what is said.

use std::collections::{BTreeMap, BTreeSet};
use vitruvian::data::Data;
use vitruvian::mock::Fault;

const DOCUMENT: &str = include_str!("../docs/mistakes.md");

/// A row of the document: the mistake, its fault, and the requirements that find it.
fn rows() -> Vec<(&'static str, &'static str, Vec<&'static str>)> {
    let lines = DOCUMENT.lines().filter(|line| line.contains("| `payer/"));
    let cells = lines.map(|line| line.trim_matches('|').split(" | ").map(str::trim));
    cells
        .map(|mut cells| {
            let mut next = || cells.next().unwrap_or_default();
            let (mistake, fault, found) = (next(), next(), next());
            (
                mistake,
                fault.trim_matches('`'),
                found.split(", ").collect(),
            )
        })
        .collect()
}

#[test]
fn every_mistake_has_a_fault_that_breaks_what_is_said() {
    let faults = Fault::load_all(&Data::Embedded).unwrap();
    let faults: BTreeMap<&str, &Fault> = faults
        .iter()
        .map(|fault| (fault.name.as_str(), fault))
        .collect();
    for (mistake, name, found) in rows() {
        let fault = faults.get(name).unwrap_or_else(|| panic!("no {name}"));
        assert!(!found.is_empty(), "{mistake}");
        for requirement in found {
            assert!(
                fault.breaks.iter().any(|broken| broken == requirement),
                "{name} does not break {requirement}"
            );
        }
    }
}

#[test]
fn a_hundred_different_mistakes_are_named() {
    let rows = rows();
    let mistakes: BTreeSet<&str> = rows.iter().map(|(mistake, ..)| *mistake).collect();
    let faults: BTreeSet<&str> = rows.iter().map(|(_, fault, _)| *fault).collect();
    assert!(mistakes.len() >= 100, "{} mistakes", mistakes.len());
    assert_eq!(mistakes.len(), rows.len(), "a mistake is named twice");
    assert_eq!(faults.len(), rows.len(), "a fault is named twice");
}
