//! Scenarios: what each must have, and what its tags refer to.

use super::super::feature::Source;
use super::super::scenario::slug;
use super::super::{Catalog, Code, Ig, Problem, Written, suggestion};
use std::collections::HashMap;

/// Finds mistakes that show in one feature file alone.
pub(super) fn find_in(source: &Source, problems: &mut Vec<Problem>) {
    let mut names: HashMap<&str, usize> = HashMap::new();
    for scenario in &source.scenarios {
        let mut refuse = |code, message: String, help: &str| {
            problems.push(Problem::new(code, place(scenario), message, help));
        };
        if slug(&scenario.name).is_empty() {
            let help = "say behind the colon what must hold";
            refuse(
                Code::UnnamedScenario,
                "the scenario has no name".to_owned(),
                help,
            );
        }
        if scenario.gherkin.steps.is_empty() {
            let message = format!(
                "the scenario {:?} has no step, so it would pass",
                scenario.name
            );
            refuse(
                Code::ScenarioWithoutStep,
                message,
                "write its steps, or remove it",
            );
        }
        if !scenario.tags.iter().any(|tag| tag.starts_with("req:")) {
            let message = format!("the scenario {:?} names no requirement", scenario.name);
            let help = "tag it with what it tests, for example @req:PDEX-MMC-012";
            refuse(Code::ScenarioWithoutRequirement, message, help);
        }
        let first = *names.entry(&scenario.name).or_insert(scenario.line);
        if first != scenario.line {
            problems.push(Problem::new(
                Code::SameName,
                (&source.feature.file, scenario.line),
                format!(
                    "line {first} has a scenario of the same name, {:?}",
                    scenario.name
                ),
                "name it after what is different; in an outline, put a <column> into the name",
            ));
        }
    }
}

/// Finds mistakes that show only beside the versions, their requirements and suites.
pub(super) fn find(catalog: &Catalog, sources: &[Source], problems: &mut Vec<Problem>) {
    for source in sources {
        let versions: Vec<&Ig> = catalog
            .igs()
            .iter()
            .filter(|ig| ig.at.ig == source.feature.ig)
            .collect();
        for scenario in &source.scenarios {
            find_versions(scenario, &versions, problems);
            find_requirements(scenario, &versions, problems);
            find_suites(scenario, &versions, problems);
        }
    }
    for ig in catalog.igs() {
        find_same_ids(ig, problems);
    }
}

fn place(scenario: &Written) -> (&str, usize) {
    (&scenario.feature.file, scenario.keyword_line)
}

fn find_versions(scenario: &Written, versions: &[&Ig], problems: &mut Vec<Problem>) {
    let known: Vec<String> = versions
        .iter()
        .map(|ig| ig.at.version.to_string())
        .collect();
    let bounds = [("since", &scenario.since), ("until", &scenario.until)];
    let mut are_known = true;
    for (tag, version) in bounds {
        let Some(version) = version else { continue };
        if versions.iter().any(|ig| ig.at.version == *version) {
            continue;
        }
        are_known = false;
        problems.push(Problem::new(
            Code::UnknownVersion,
            place(scenario),
            format!(
                "@{tag}:{version} names no version of {}",
                scenario.feature.ig
            ),
            suggestion::hint(&version.to_string(), known.iter().map(String::as_str)),
        ));
    }
    if are_known
        && !versions
            .iter()
            .any(|ig| scenario.is_meant_for(&ig.at.version))
    {
        problems.push(Problem::new(
            Code::NeverActive,
            place(scenario),
            format!("the scenario {:?} is active in no version", scenario.name),
            "let @since name a version that is not after @until",
        ));
    }
}

fn find_requirements(scenario: &Written, versions: &[&Ig], problems: &mut Vec<Problem>) {
    let meant: Vec<&Ig> = versions
        .iter()
        .copied()
        .filter(|ig| scenario.is_meant_for(&ig.at.version))
        .collect();
    for id in &scenario.requirements {
        let with: Vec<String> = versions
            .iter()
            .filter(|ig| ig.requirement(id).is_some())
            .map(|ig| ig.at.to_string())
            .collect();
        // A scenario that is never active is reported for that alone.
        let is_reached = meant.is_empty() || meant.iter().any(|ig| ig.requirement(id).is_some());
        let (message, help) = if with.is_empty() {
            let ids = versions
                .iter()
                .flat_map(|ig| &ig.requirements)
                .map(|row| row.id.as_str());
            let help = match suggestion::nearest(id, ids) {
                Some(near) => format!("did you mean {near}?"),
                None => "add a row to a requirements.tsv, or correct the id".to_owned(),
            };
            (
                format!(
                    "{id} is a requirement of no version of {}",
                    scenario.feature.ig
                ),
                help,
            )
        } else if is_reached {
            continue;
        } else {
            (
                format!("{id} is a requirement of no version in which the scenario is active"),
                format!(
                    "it is one of {}; change @since, @until or the id",
                    with.join(", ")
                ),
            )
        };
        problems.push(Problem::new(
            Code::UnknownRequirement,
            place(scenario),
            message,
            help,
        ));
    }
}

fn find_suites(scenario: &Written, versions: &[&Ig], problems: &mut Vec<Problem>) {
    let path = scenario.feature.path();
    let mut roles: Vec<&str> = versions
        .iter()
        .flat_map(|ig| ig.suites())
        .filter(|suite| suite.features.contains(&path))
        .map(|suite| suite.role.as_str())
        .collect();
    roles.sort_unstable();
    roles.dedup();
    let mut active = versions
        .iter()
        .flat_map(|ig| ig.scenarios.iter())
        .filter(|active| std::ptr::eq(&raw const *active.written, scenario))
        .peekable();
    // A feature that no suite names is reported once, not for each of its scenarios.
    if roles.is_empty() || active.peek().is_none() {
        return;
    }
    if active.all(|active| active.suites.is_empty()) {
        problems.push(Problem::new(
            Code::ScenarioInNoSuite,
            place(scenario),
            format!("no suite would run the scenario {:?}", scenario.name),
            format!(
                "suites run {path} for the role {}; change @role or a suite",
                roles.join(", ")
            ),
        ));
    }
}

fn find_same_ids(ig: &Ig, problems: &mut Vec<Problem>) {
    let mut ids: HashMap<&str, &Written> = HashMap::new();
    for scenario in &ig.scenarios {
        let first = *ids.entry(&scenario.id).or_insert(&scenario.written);
        // The same name twice in a feature is reported as that.
        if first.name == scenario.written.name {
            continue;
        }
        problems.push(Problem::new(
            Code::SameScenarioId,
            (&scenario.written.feature.file, scenario.written.line),
            format!(
                "{:?} has the same id as {:?}",
                scenario.written.name, first.name
            ),
            "let the names differ in letters or digits, not only in punctuation",
        ));
    }
}
