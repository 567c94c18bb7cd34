//! Faults: every check is proven able to fail.

use super::super::{Catalog, Code, Fault, Ig, Problem, Scenario, suggestion};
use std::collections::{BTreeMap, BTreeSet, HashSet};

/// Finds faults that prove nothing, checks that nothing proves, and excuses that excuse nothing.
pub(super) fn find(catalog: &Catalog, faults: &[Fault], problems: &mut Vec<Problem>) {
    let mut tested: BTreeMap<&str, &Scenario> = BTreeMap::new();
    for scenario in catalog.igs().iter().flat_map(|ig| &ig.scenarios) {
        for id in &scenario.requirements {
            tested.entry(id).or_insert(scenario);
        }
    }
    for fault in faults {
        find_in(catalog, fault, &tested, problems);
    }
    for ig in catalog.igs() {
        let version = ig.at.version.to_string();
        let is_broken = |id: &str| faults.iter().any(|fault| fault.breaks_in(&version, id));
        let excused: HashSet<&str> = ig
            .unbreakable
            .iter()
            .map(|excuse| excuse.requirement.as_str())
            .collect();
        let mut told = BTreeSet::new();
        for scenario in &ig.scenarios {
            for id in &scenario.requirements {
                if !excused.contains(id.as_str()) && told.insert(id) && !is_broken(id) {
                    problems.push(unproven(ig, id, scenario));
                }
            }
        }
        find_excuses(ig, &tested, is_broken, problems);
    }
}

/// Where a fault is written, told from its name: `payer/late` is `mocks/payer/faults/late.toml`, and
/// so is `payer/late/export`, one of a family.
fn file_of(fault: &Fault) -> String {
    match fault.name.split_once('/') {
        Some((server, name)) => {
            let file = name.split('/').next().unwrap_or(name);
            format!("mocks/{server}/faults/{file}.toml")
        }
        None => format!("mocks/{}", fault.name),
    }
}

fn find_in(
    catalog: &Catalog,
    fault: &Fault,
    tested: &BTreeMap<&str, &Scenario>,
    problems: &mut Vec<Problem>,
) {
    let file = file_of(fault);
    for id in &fault.breaks {
        if tested.contains_key(id.as_str()) {
            continue;
        }
        let mut igs = catalog.igs().iter();
        if igs.any(|ig| ig.requirement(id).is_some()) {
            problems.push(Problem::new(
                Code::FaultOfUntested,
                (&file, 0),
                format!("the fault breaks {id}, which no scenario tests"),
                "write the scenario, or remove the id from `breaks`",
            ));
            continue;
        }
        let ids: BTreeSet<&str> = catalog
            .igs()
            .iter()
            .flat_map(|ig| &ig.requirements)
            .map(|row| row.id.as_str())
            .collect();
        let help = match suggestion::nearest(id, ids) {
            Some(near) => format!("did you mean {near}?"),
            None => "name ids from a requirements.tsv".to_owned(),
        };
        problems.push(Problem::new(
            Code::FaultOfNoRequirement,
            (&file, 0),
            format!("the fault breaks {id}, which is a requirement of no version"),
            help,
        ));
    }
}

fn unproven(ig: &Ig, id: &str, scenario: &Scenario) -> Problem {
    Problem::new(
        Code::Unproven,
        (
            &scenario.written.feature.file,
            scenario.written.keyword_line,
        ),
        format!(
            "no fault breaks {id} of {}, so nothing proves that its check can fail",
            ig.at
        ),
        "write a fault below mocks/<server>/faults/, or give the reason in [unbreakable] of ig.toml",
    )
}

fn find_excuses(
    ig: &Ig,
    tested: &BTreeMap<&str, &Scenario>,
    is_broken: impl Fn(&str) -> bool,
    problems: &mut Vec<Problem>,
) {
    for excuse in &ig.unbreakable {
        let id = excuse.requirement.as_str();
        let place = (excuse.place.0.as_str(), excuse.place.1);
        if excuse.reason.trim().is_empty() {
            problems.push(Problem::new(
                Code::ExcuseWithoutReason,
                place,
                format!("{id} is excused from having a fault without a reason"),
                "say why no fault of a mock can break it",
            ));
        }
        let why = if is_broken(id) {
            "a fault breaks it"
        } else if !tested.contains_key(id) {
            "no scenario tests it"
        } else {
            continue;
        };
        problems.push(Problem::new(
            Code::StaleExcuse,
            place,
            format!("{id} is excused from having a fault, and {why}"),
            "remove it from [unbreakable]",
        ));
    }
}
