//! Every mistake an author can make in the data files is refused where it was made, and nothing
//! else is: each kind is planted into sound data, beside a near miss that must stay silent.

mod features;
mod proof;
mod tables;
mod toy;

use std::collections::BTreeSet;
use toy::{Edit, Plant, Toy};
use vitruvian::catalog::{Catalog, Code};

fn plants() -> Vec<Plant> {
    [tables::plants(), features::plants(), proof::plants()].concat()
}

#[test]
fn sound_data_has_no_problem() {
    assert_eq!(Toy::new(&[]).problems(), []);
}

#[test]
fn each_mistake_is_refused_where_it_was_made_and_nothing_else_is() {
    for plant in plants() {
        let toy = Toy::new(plant.mistake);
        let problems = toy.problems();
        let codes: BTreeSet<Code> = problems.iter().map(|problem| problem.code).collect();
        assert_eq!(codes, BTreeSet::from([plant.code]), "{problems:#?}");
        let is_placed = problems
            .iter()
            .any(|problem| toy.line_of(problem).contains(plant.at));
        assert!(
            is_placed,
            "{:?} not at {:?}: {problems:#?}",
            plant.code, plant.at
        );
        assert!(problems.iter().all(|problem| !problem.help.is_empty()));
    }
}

#[test]
fn near_misses_stay_silent() {
    for plant in plants() {
        let problems = Toy::new(plant.near_miss).problems();
        assert_eq!(problems, [], "near miss of {:?}", plant.code);
    }
}

#[test]
fn every_kind_of_mistake_is_planted() {
    let planted: BTreeSet<Code> = plants().iter().map(|plant| plant.code).collect();
    let missing: Vec<_> = Code::ALL
        .iter()
        .filter(|code| !planted.contains(code))
        .collect();
    assert!(missing.is_empty(), "no plant for {missing:?}");
}

#[test]
fn all_problems_are_collected_by_file_and_line() {
    let toy = Toy::new(&[
        Edit::Row("TOY-MMC-008|MUST|payer-server|m.html|Rule 008 holds.||"),
        Edit::Row("TOY-MMC-009|MAY|payer|m.html|||"),
        Edit::Scenario("@req:TOY-MMC-001\nScenario: Nothing happens\n"),
        Edit::Scenario("@wirtes @req:TOY-MMC-001\nScenario: It is kept\nThen it is remembered\n"),
    ]);
    let problems = toy.problems();
    let found: Vec<_> = problems
        .iter()
        .map(|problem| problem.code.as_str())
        .collect();
    assert_eq!(
        found,
        [
            "scenario-without-step",
            "unknown-tag",
            "bad-level",
            "empty-text"
        ]
    );
    assert_eq!(problems, toy.problems(), "the order does not change");
}

#[test]
fn a_run_is_refused_with_every_problem_and_what_to_do() {
    let toy = Toy::new(&[
        Edit::Scenario("@wirtes @req:TOY-MMC-001\nScenario: It is kept\nThen it is remembered\n"),
        Edit::Row("TOY-MMC-008|MUST|payer-server|m.html|Rule 008 holds.||"),
    ]);
    let refusal = Catalog::load(&toy.data()).unwrap_err();
    assert_eq!(refusal.as_slice().len(), 2);
    let text = refusal.to_string();
    assert!(
        text.contains("features/toy/match.feature:29: the tag @wirtes"),
        "{text}"
    );
    assert!(text.contains("\n  help: did you mean @writes?\n"), "{text}");
    assert!(
        text.ends_with("2 problems in the data files; nothing was run"),
        "{text}"
    );
}

#[test]
fn an_uncovered_shall_is_refused_only_where_completeness_is_asked_for() {
    let toy = Toy::new(&[Edit::Row(
        "TOY-MMC-008|SHALL|payer-server|m.html|Rule 008 holds.||",
    )]);
    assert_eq!(toy.problems_so_far(), []);
    let complete = toy.problems();
    assert_eq!(complete.len(), 1);
    assert_eq!(
        complete[0].message,
        "nothing tests TOY-MMC-008 (SHALL) in toy@2.0.0"
    );
}

#[test]
fn the_error_of_a_feature_that_does_not_parse_names_the_line_and_the_word() {
    let toy = Toy::new(&[Edit::Scenario(
        "@req:TOY-MMC-001\nScenario: It is kept\nGiven a payer\nThn it is remembered\n\nThen it is remembered\n",
    )]);
    let problems = toy.problems();
    assert_eq!(toy.line_of(&problems[0]), "Thn it is remembered");
    assert!(
        problems[0].message.contains("did you mean Then?"),
        "{}",
        problems[0]
    );
}
