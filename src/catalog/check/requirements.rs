//! Requirements beside each other and beside the scenarios.

use super::super::{Catalog, Code, Declared, Ig, Problem, Requirement};
use crate::evidence::Coverage;
use std::collections::{BTreeMap, HashMap};

/// Finds rows that say the same twice, or that explain why nothing tests what something tests.
pub(super) fn find(catalog: &Catalog, problems: &mut Vec<Problem>) {
    for ig in catalog.igs() {
        find_same_texts(ig, problems);
        find_declared(ig, problems);
    }
}

/// Finds every SHALL and SHALL NOT that nothing tests and nothing explains.
pub(super) fn find_uncovered(catalog: &Catalog, problems: &mut Vec<Problem>) {
    let mut uncovered: BTreeMap<&(String, usize), (&Requirement, Vec<String>)> = BTreeMap::new();
    for ig in catalog.igs() {
        for row in &ig.requirements {
            if row.level.is_mandatory() && ig.coverage_of(row) == Coverage::Uncovered {
                let entry = uncovered.entry(&row.place).or_insert((row, Vec::new()));
                entry.1.push(ig.at.to_string());
            }
        }
    }
    for ((file, line), (row, versions)) in uncovered {
        problems.push(Problem::new(
            Code::UncoveredMandatory,
            (file, *line),
            format!(
                "nothing tests {} ({}) in {}",
                row.id,
                row.level,
                versions.join(", ")
            ),
            "write a scenario for it, or set its coverage to attest or untestable with a note",
        ));
    }
}

fn find_same_texts(ig: &Ig, problems: &mut Vec<Problem>) {
    let mut texts: HashMap<String, &Requirement> = HashMap::new();
    for row in &ig.requirements {
        let words: Vec<&str> = row.text.split_whitespace().collect();
        let text = words.join(" ").trim_end_matches('.').to_lowercase();
        // A missing text is reported as that.
        if text.is_empty() {
            continue;
        }
        let first = *texts.entry(text).or_insert(row);
        if first.id != row.id {
            problems.push(Problem::new(
                Code::SameText,
                (&row.place.0, row.place.1),
                format!("{} says the same as {}", row.id, first.id),
                "merge the two, or say what is different",
            ));
        }
    }
}

fn find_declared(ig: &Ig, problems: &mut Vec<Problem>) {
    for row in &ig.requirements {
        let word = match row.declared {
            Some(Declared::Attest) => "attest",
            Some(Declared::Untestable) => "untestable",
            None => continue,
        };
        if let Some(scenario) = ig.testing(&row.id).next() {
            problems.push(Problem::new(
                Code::DeclaredYetTested,
                (&row.place.0, row.place.1),
                format!(
                    "{} is declared {word}, and {:?} tests it",
                    row.id, scenario.written.name
                ),
                "empty its coverage and note, or remove the tag from the scenario",
            ));
        }
    }
}
