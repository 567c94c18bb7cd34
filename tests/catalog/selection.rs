//! A selection gives exactly what was asked for, or says why it cannot.

use super::guide::{catalog, ids};
use std::collections::BTreeSet;
use vitruvian::catalog::{Fault, Role, SelectError, Selection};
use vitruvian::evidence::Coverage;

fn refusal(selection: &Selection) -> SelectError {
    catalog()
        .select(selection)
        .map(|plan| ids(&plan).join(" "))
        .unwrap_err()
}

#[test]
fn the_default_version_is_used_when_none_is_asked_for() {
    let catalog = catalog();
    let plan = catalog.select(&Selection::default()).unwrap();
    assert_eq!(
        ids(&plan),
        [
            "toy@2.0.0/match/a-known-member-is-found",
            "toy@2.0.0/match/a-unknown-member-is-found",
            "toy@2.0.0/match/a-match-is-remembered",
            "toy@2.0.0/match/many-are-found",
            "toy@2.0.0/match/the-client-asks-once",
        ]
    );
    let igs: Vec<_> = plan.igs.iter().map(|ig| ig.version.as_str()).collect();
    assert_eq!(igs, ["2.0.0"]);
}

#[test]
fn the_scope_is_the_rows_of_the_role_and_whatever_a_scenario_tests() {
    let catalog = catalog().with_faults(vec![Fault {
        name: "toy/always-yes".to_owned(),
        about: "says yes to everybody".to_owned(),
        breaks: vec!["TOY-MMC-001".to_owned(), "TOY-MMC-003".to_owned()],
        ..Fault::default()
    }]);
    let suites = vec!["toy-match".to_owned()];
    let plan = catalog
        .select(&Selection {
            suites,
            ..Selection::default()
        })
        .unwrap();
    let scope: Vec<_> = plan
        .requirements
        .iter()
        .map(|row| (row.id.as_str(), row.coverage, row.faults.len()))
        .collect();
    assert_eq!(
        scope,
        [
            ("TOY-MMC-001", Coverage::Tested, 1),
            ("TOY-MMC-003", Coverage::Attested, 0),
            // Its actor is the client, and yet a scenario of this suite tests it.
            ("TOY-MMC-004", Coverage::Tested, 0),
            ("TOY-MMC-005", Coverage::Tested, 0),
        ]
    );
    assert!(
        plan.planned()
            .iter()
            .all(|scenario| scenario.suites == ["toy-match"])
    );
}

#[test]
fn a_filter_leaves_the_scope_as_it_is() {
    let catalog = catalog();
    let all = catalog.select(&Selection::default()).unwrap();
    let some = catalog
        .select(&Selection {
            read_only: true,
            ..Selection::default()
        })
        .unwrap();
    assert_eq!(all.requirements, some.requirements);
    assert_eq!(some.scenarios.len() + 1, all.scenarios.len());
}

#[test]
fn each_filter_selects_what_it_says() {
    let catalog = catalog();
    let names = |selection: Selection| -> Vec<String> {
        let plan = catalog.select(&selection).unwrap();
        plan.planned()
            .into_iter()
            .map(|scenario| scenario.name)
            .collect()
    };
    let client = names(Selection {
        roles: vec![Role::PayerClient],
        ..Selection::default()
    });
    assert_eq!(client, ["The client asks once"]);
    let requirements = vec!["TOY-MMC-005".to_owned()];
    let many = names(Selection {
        requirements,
        ..Selection::default()
    });
    assert_eq!(many, ["Many are found"]);
    let tags = Some("@needs:bulk or @writes".parse().unwrap());
    let tagged = names(Selection {
        tags,
        ..Selection::default()
    });
    assert_eq!(tagged, ["A match is remembered", "Many are found"]);
    let name = Some("MATCH is".to_owned());
    assert_eq!(
        names(Selection {
            name,
            ..Selection::default()
        }),
        ["A match is remembered"]
    );
}

#[test]
fn a_filter_drops_suites_nobody_asked_for() {
    let catalog = catalog();
    let requirements = vec!["TOY-MMC-005".to_owned()];
    let plan = catalog
        .select(&Selection {
            requirements,
            ..Selection::default()
        })
        .unwrap();
    let suites: Vec<_> = plan.suites.iter().map(|suite| suite.id.as_str()).collect();
    assert_eq!(suites, ["toy-match"]);
}

#[test]
fn shards_share_all_scenarios_and_none_twice() {
    let catalog = catalog();
    let all: BTreeSet<String> = ids(&catalog.select(&Selection::default()).unwrap())
        .into_iter()
        .map(str::to_owned)
        .collect();
    let mut seen = BTreeSet::new();
    for part in 1..=3 {
        let shard = Some((part, 3));
        for id in ids(&catalog
            .select(&Selection {
                shard,
                ..Selection::default()
            })
            .unwrap())
        {
            assert!(seen.insert(id.to_owned()), "{id} is in two shards");
        }
    }
    assert_eq!(seen, all);
}

#[test]
fn what_is_not_there_is_refused_with_what_to_do() {
    for (selection, words) in [
        (
            Selection {
                suites: vec!["toy-mach".to_owned()],
                ..Selection::default()
            },
            "did you mean toy-match?",
        ),
        (
            Selection {
                igs: vec!["toy@2.0.1".parse().unwrap()],
                ..Selection::default()
            },
            "did you mean toy@2.0.0?",
        ),
        (
            Selection {
                requirements: vec!["TOY-MMC-002".to_owned()],
                ..Selection::default()
            },
            "add --ig toy@1.0.0",
        ),
        (
            Selection {
                requirements: vec!["TOY-MMX-001".to_owned()],
                ..Selection::default()
            },
            "did you mean TOY-MMC-001?",
        ),
        (
            Selection {
                shard: Some((4, 3)),
                ..Selection::default()
            },
            "shard 4/3 does not exist",
        ),
    ] {
        let error = refusal(&selection).to_string();
        assert!(error.contains(words), "{error}");
    }
}

#[test]
fn an_empty_selection_names_the_filter_that_emptied_it() {
    let emptied = |selection: Selection| match refusal(&selection) {
        SelectError::Nothing { filter, before, .. } => (filter, before),
        other => panic!("{other}"),
    };
    let tags = Some("@writes".parse().unwrap());
    let both = Selection {
        tags,
        read_only: true,
        ..Selection::default()
    };
    assert_eq!(emptied(both), ("--read-only".to_owned(), 1));
    let name = Some("nobody".to_owned());
    assert_eq!(
        emptied(Selection {
            name,
            ..Selection::default()
        }),
        ("--name \"nobody\"".to_owned(), 5)
    );
    let requirements = vec!["TOY-MMC-003".to_owned()];
    let attested = Selection {
        requirements,
        ..Selection::default()
    };
    assert_eq!(
        emptied(attested),
        ("--requirement TOY-MMC-003".to_owned(), 5)
    );
    let roles = vec![Role::ProviderClient];
    let nobody = refusal(&Selection {
        roles,
        ..Selection::default()
    });
    let chosen = "--role provider-client".to_owned();
    assert_eq!(nobody, SelectError::NoScenario { chosen });
}
