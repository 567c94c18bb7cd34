//! A toy guide of two versions.

use std::fs;
use tempfile::TempDir;
use vitruvian::catalog::{Catalog, Plan};
use vitruvian::data::Data;

const HEADER: &str = "id\tkey\tlevel\tactor\tsection\turl\ttext\tcoverage\tnote\n";

fn row(id: &str, level: &str, actor: &str, coverage: &str, note: &str) -> String {
    format!(
        "{id}\t§1\t{level}\t{actor}\tMatch\tmatch.html#{id}\tRule {id} holds.\t{coverage}\t{note}\n"
    )
}

fn manifest(version: &str, rest: &str) -> String {
    format!(
        "id = \"toy\"\nversion = \"{version}\"\ntitle = \"Toy guide\"\nrelease = \"STU {version}\"\n\
         package = \"toy.package\"\nbase_url = \"https://toy.example/{version}/\"\nfhir = \"4.0.1\"\n{rest}"
    )
}

const SUITES: &str = r#"
[[suite]]
id = "toy-match"
title = "Match"
about = "A member is found."
role = "payer-server"
requirements = ["TOY-MMC"]
features = ["toy/match"]

[[suite]]
id = "toy-client"
title = "Client"
about = "The other side."
role = "payer-client"
requirements = ["TOY-MMC"]
features = ["toy/match"]
"#;

pub(crate) const FEATURE: &str = r#"@slow
Feature: Match
  A member is found by name.

  Background:
    Given a payer

  @req:TOY-MMC-001 @role:payer-server
  Scenario Outline: A <kind> member is found
    When the <kind> member is asked for
    Then the answer is <answer>

    Examples:
      | kind    | answer |
      # the plain case
      | known   | yes    |
      | unknown | no     |

  @req:TOY-MMC-002 @req:TOY-MMC-004 @role:payer-server @writes
  Scenario: A match is remembered
    Then it is remembered

  @req:TOY-MMC-005 @since:2.0.0 @role:payer-server @needs:bulk
  Scenario: Many are found
    Then all are found

  Rule: The client asks

    Background:
      Given a client

    @req:TOY-MMC-004 @role:payer-client
    Scenario: The client asks once
      Then it asked once
"#;

/// Two versions of a toy guide: 1.0.0 with four rules, and 2.0.0 that drops one and adds one.
pub(crate) fn toy() -> (TempDir, Data) {
    let root = tempfile::tempdir().unwrap();
    let old = [
        row("TOY-MMC-001", "SHALL", "payer-server", "", ""),
        row(
            "TOY-MMC-002",
            "SHOULD",
            "payer-server",
            "",
            "Defect: the example contradicts it.",
        ),
        row(
            "TOY-MMC-003",
            "SHALL",
            "payer-server",
            "attest",
            "Do you keep logs?",
        ),
        row("TOY-MMC-004", "SHALL", "payer-client", "", ""),
    ];
    let new = [
        row("TOY-MMC-005", "SHALL", "payer-server", "", ""),
        row(
            "TOY-OTH-001",
            "MAY",
            "payer-server",
            "untestable",
            "No wire shows it.",
        ),
    ];
    let dropped = "based_on = \"1.0.0\"\ndefault = true\ndropped = [\"TOY-MMC-002\"]\n";
    for (path, text) in [
        ("scenarios/toy/1.0.0/ig.toml", manifest("1.0.0", "")),
        (
            "scenarios/toy/1.0.0/requirements.tsv",
            HEADER.to_owned() + &old.concat(),
        ),
        ("scenarios/toy/1.0.0/suites.toml", SUITES.to_owned()),
        ("scenarios/toy/2.0.0/ig.toml", manifest("2.0.0", dropped)),
        (
            "scenarios/toy/2.0.0/requirements.tsv",
            HEADER.to_owned() + &new.concat(),
        ),
        ("features/toy/match.feature", FEATURE.to_owned()),
    ] {
        let file = root.path().join(path);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, text).unwrap();
    }
    let data = Data::Folder(root.path().to_owned());
    (root, data)
}

pub(crate) fn catalog() -> Catalog {
    let (_root, data) = toy();
    Catalog::load(&data).unwrap_or_else(|problems| panic!("{problems}"))
}

pub(crate) fn ids(plan: &Plan) -> Vec<&str> {
    plan.scenarios
        .iter()
        .map(|scenario| scenario.id.as_str())
        .collect()
}
