//! The catalogue is read as written, versions inherit, and a selection gives exactly what was asked.

mod guide;
mod selection;

use cucumber::gherkin;
use guide::{FEATURE, catalog, ids, toy};
use std::fs;
use vitruvian::catalog::coverage::CoverageReport;
use vitruvian::catalog::{Catalog, Selection};
use vitruvian::evidence::Level;

#[test]
fn a_version_is_its_base_minus_what_was_dropped_plus_its_own() {
    let catalog = catalog();
    let ig = catalog.ig(&"toy@2.0.0".parse().unwrap()).unwrap();
    let ids: Vec<_> = ig.requirements.iter().map(|row| row.id.as_str()).collect();
    assert_eq!(
        ids,
        [
            "TOY-MMC-001",
            "TOY-MMC-003",
            "TOY-MMC-004",
            "TOY-MMC-005",
            "TOY-OTH-001"
        ]
    );
    let inherited = ig.requirement("TOY-MMC-001").unwrap();
    assert_eq!(
        inherited.url,
        "https://toy.example/2.0.0/match.html#TOY-MMC-001"
    );
    assert_eq!(
        (inherited.level, inherited.area()),
        (Level::Shall, "TOY-MMC")
    );
    assert_eq!(ig.suites().count(), 2);
    let base = catalog.ig(&"toy@1.0.0".parse().unwrap()).unwrap();
    assert!(base.requirement("TOY-MMC-002").unwrap().is_doubtful());
    assert!(!base.requirement("TOY-MMC-003").unwrap().is_doubtful());
}

#[test]
fn a_scenario_tests_only_what_its_version_requires() {
    let catalog = catalog();
    let igs = vec!["toy@1.0.0".parse().unwrap(), "toy@2.0.0".parse().unwrap()];
    let plan = catalog
        .select(&Selection {
            igs,
            ..Selection::default()
        })
        .unwrap();
    let tested: Vec<_> = plan
        .planned()
        .into_iter()
        .filter(|scenario| scenario.name == "A match is remembered")
        .map(|scenario| (scenario.ig, scenario.requirements))
        .collect();
    let both = vec!["TOY-MMC-002".to_owned(), "TOY-MMC-004".to_owned()];
    assert_eq!(
        tested,
        [
            ("toy@1.0.0".to_owned(), both.clone()),
            ("toy@2.0.0".to_owned(), both[1..].to_vec())
        ]
    );
    assert!(!ids(&plan).contains(&"toy@1.0.0/match/many-are-found"));
}

#[test]
fn an_outline_row_may_name_its_own_requirements() {
    let (root, data) = toy();
    let rows = "@req:TOY-MMC-001 @role:payer-server\n  Scenario Outline: A <kind>";
    let own = "@role:payer-server\n  Scenario Outline: A <kind>";
    let feature = FEATURE
        .replace(rows, own)
        .replace("| kind    | answer |", "| kind    | answer | requirement |")
        .replace("| known   | yes    |", "| known   | yes    | TOY-MMC-001 |")
        .replace(
            "| unknown | no     |",
            "| unknown | no     | TOY-MMC-001 TOY-MMC-004 |",
        );
    fs::write(root.path().join("features/toy/match.feature"), feature).unwrap();
    let catalog = Catalog::load(&data).unwrap();
    let plan = catalog.select(&Selection::default()).unwrap();
    let tested: Vec<_> = plan
        .planned()
        .into_iter()
        .filter(|scenario| scenario.name.ends_with("member is found"))
        .map(|scenario| scenario.requirements.join(" "))
        .collect();
    assert_eq!(tested, ["TOY-MMC-001", "TOY-MMC-001 TOY-MMC-004"]);
}

#[test]
fn an_outline_row_has_the_line_of_its_row_and_the_tags_of_its_feature() {
    let catalog = catalog();
    let plan = catalog.select(&Selection::default()).unwrap();
    let known = &plan.scenarios[0];
    assert_eq!(
        FEATURE.lines().nth(known.written.line - 1).unwrap().trim(),
        "| known   | yes    |"
    );
    assert_eq!(
        known.written.tags,
        ["slow", "req:TOY-MMC-001", "role:payer-server"]
    );
    assert!(known.written.slow && !known.written.writes);
    let client = &plan.scenarios[4];
    let steps: Vec<_> = client
        .written
        .steps()
        .map(|step| step.value.as_str())
        .collect();
    assert_eq!(steps, ["a payer", "a client", "it asked once"]);
    assert_eq!(plan.scenarios[3].written.needs, ["bulk"]);
}

#[test]
fn the_engine_gets_only_selected_scenarios_and_finds_each_again() {
    let catalog = catalog();
    let igs = vec!["toy@1.0.0".parse().unwrap(), "toy@2.0.0".parse().unwrap()];
    let plan = catalog
        .select(&Selection {
            igs,
            read_only: true,
            ..Selection::default()
        })
        .unwrap();
    let features = plan.features();
    assert_eq!(features.len(), 2, "one per version");
    let running: Vec<&gherkin::Scenario> = features
        .iter()
        .flat_map(|feature| {
            feature
                .scenarios
                .iter()
                .chain(feature.rules.iter().flat_map(|rule| &rule.scenarios))
        })
        .collect();
    let found: Vec<_> = running
        .iter()
        .map(|one| plan.scenario_of(one).unwrap().id.as_str())
        .collect();
    assert_eq!(found, ids(&plan));
    assert!(features[1].background.is_some());
    assert_eq!(features[1].rules[0].scenarios.len(), 1);
    assert_eq!(
        plan.scenario_of(&gherkin::Scenario {
            tags: Vec::new(),
            ..running[0].clone()
        })
        .map(|s| &s.id),
        None
    );
}

#[test]
fn the_hash_of_a_version_changes_with_its_rows_and_with_the_features_used() {
    let (root, data) = toy();
    let hash = || {
        let plan = Catalog::load(&data)
            .unwrap()
            .select(&Selection::default())
            .unwrap();
        plan.igs[0].hash.clone()
    };
    let first = hash();
    assert_eq!((first.len(), &first), (64, &hash()));
    for file in [
        "scenarios/toy/1.0.0/requirements.tsv",
        "features/toy/match.feature",
    ] {
        let before = hash();
        let file = root.path().join(file);
        let text = fs::read_to_string(&file).unwrap();
        fs::write(&file, text.replace("Match", "Matching")).unwrap();
        assert_ne!(hash(), before, "{}", file.display());
    }
}

#[test]
fn coverage_is_counted_by_level_and_actor() {
    let catalog = catalog();
    let report = CoverageReport::of(catalog.ig(&"toy@2.0.0".parse().unwrap()).unwrap());
    let total = (
        report.total.tested,
        report.total.attested,
        report.total.untestable,
        report.total.uncovered,
    );
    assert_eq!(total, (3, 1, 1, 0));
    assert_eq!(report.by_actor["payer-client"].tested, 1);
    assert_eq!(report.by_level[&Level::Shall].sum(), 4);
    assert_eq!(report.uncovered_mandatory(), 0);
    let json = serde_json::to_value(&report).unwrap();
    assert_eq!(json["ig"], "toy@2.0.0");
    assert_eq!(json["by_level"]["MAY"]["untestable"], 1);
}
