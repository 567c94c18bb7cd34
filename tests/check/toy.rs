//! A sound toy guide of two versions, and the edits that spoil it.

use cucumber::gherkin;
use regex::Regex;
use std::collections::BTreeMap;
use std::fs;
use tempfile::TempDir;
use vitruvian::catalog::check::{Binding, StepBook, StepDefinition, check, check_complete};
use vitruvian::catalog::{Code, Fault, Problem};
use vitruvian::data::Data;

/// Files of the toy guide. The step definitions and the faults are not files of the catalogue;
/// they are kept like files here so that edits work on them too.
pub(crate) const IG1: &str = "scenarios/toy/1.0.0/ig.toml";
pub(crate) const IG2: &str = "scenarios/toy/2.0.0/ig.toml";
pub(crate) const ROWS1: &str = "scenarios/toy/1.0.0/requirements.tsv";
pub(crate) const ROWS2: &str = "scenarios/toy/2.0.0/requirements.tsv";
pub(crate) const SUITES: &str = "scenarios/toy/1.0.0/suites.toml";
pub(crate) const MATCH: &str = "features/toy/match.feature";
pub(crate) const CLIENT: &str = "features/toy/client.feature";
pub(crate) const STEPS: &str = "steps";
pub(crate) const FAULTS: &str = "faults";

/// One kind of mistake.
#[derive(Clone)]
pub(crate) struct Plant {
    /// What must be found.
    pub(crate) code: Code,
    /// The edits that make the mistake.
    pub(crate) mistake: &'static [Edit],
    /// A part of the line that must be blamed; empty when the whole file is.
    pub(crate) at: &'static str,
    /// Edits that almost make it, and must stay silent.
    pub(crate) near_miss: &'static [Edit],
}

/// One change of a file.
#[derive(Clone, Copy)]
pub(crate) enum Edit {
    /// Replaces the first occurrence of a text, which must be there.
    Swap(&'static str, &'static str, &'static str),
    /// Writes a whole file.
    Write(&'static str, &'static str),
    /// Removes a file.
    Remove(&'static str),
    /// Adds a requirement to 2.0.0: `id|level|actor|url|text|coverage|note`.
    Row(&'static str),
    /// Adds a scenario to the match feature.
    Scenario(&'static str),
}

/// The toy guide on disk.
pub(crate) struct Toy {
    root: TempDir,
    files: BTreeMap<String, String>,
}

impl Toy {
    /// The sound guide after some edits.
    pub(crate) fn new(edits: &[Edit]) -> Self {
        let mut files: BTreeMap<String, String> = sound()
            .into_iter()
            .map(|(path, text)| (path.to_owned(), text))
            .collect();
        for edit in edits {
            apply(*edit, &mut files);
        }
        let root = tempfile::tempdir().unwrap();
        for (path, text) in &files {
            let file = root.path().join(path);
            fs::create_dir_all(file.parent().unwrap()).unwrap();
            fs::write(file, text).unwrap();
        }
        Self { root, files }
    }

    pub(crate) fn data(&self) -> Data {
        Data::Folder(self.root.path().to_owned())
    }

    /// Every problem, completeness asked for.
    pub(crate) fn problems(&self) -> Vec<Problem> {
        check_complete(&self.data(), &Book::new(&self.files[STEPS]), &self.faults())
    }

    /// Every problem while the catalogue may still be incomplete.
    pub(crate) fn problems_so_far(&self) -> Vec<Problem> {
        check(&self.data(), &Book::new(&self.files[STEPS]), &self.faults())
    }

    /// The line a problem blames; empty when it blames a whole file.
    pub(crate) fn line_of(&self, problem: &Problem) -> &str {
        let text = self.files.get(&problem.file).map(String::as_str);
        let line = problem.line.checked_sub(1);
        line.map_or("", |line| {
            text.unwrap_or_default()
                .lines()
                .nth(line)
                .expect("a line of the file")
        })
    }

    fn faults(&self) -> Vec<Fault> {
        let fault = |line: &str| {
            let mut words = line.split_whitespace().map(str::to_owned);
            Fault {
                name: words.next().unwrap(),
                about: "does something wrong".to_owned(),
                breaks: words.collect(),
                ..Fault::default()
            }
        };
        self.files[FAULTS].lines().map(fault).collect()
    }
}

fn apply(edit: Edit, files: &mut BTreeMap<String, String>) {
    match edit {
        Edit::Swap(path, from, to) => {
            let text = files.get_mut(path).unwrap();
            assert!(text.contains(from), "{from:?} is not in {path}");
            *text = text.replacen(from, to, 1);
        }
        Edit::Write(path, text) => {
            files.insert(path.to_owned(), text.to_owned());
        }
        Edit::Remove(path) => {
            files.remove(path).unwrap();
        }
        Edit::Row(cells) => {
            let cells: Vec<_> = cells.split('|').collect();
            let [id, level, actor, url, text, coverage, note] = cells[..] else {
                panic!("{cells:?}")
            };
            let row =
                format!("{id}\t\t{level}\t{actor}\tMatch\t{url}\t{text}\t{coverage}\t{note}\n");
            files.get_mut(ROWS2).unwrap().push_str(&row);
        }
        Edit::Scenario(text) => files.get_mut(MATCH).unwrap().push_str(text),
    }
}

struct Book {
    definitions: Vec<StepDefinition>,
    patterns: Vec<Regex>,
}

impl Book {
    fn new(text: &str) -> Self {
        let definition = |(index, pattern): (usize, &str)| StepDefinition {
            pattern: pattern.to_owned(),
            file: STEPS.to_owned(),
            line: index + 1,
        };
        Self {
            definitions: text.lines().enumerate().map(definition).collect(),
            patterns: text.lines().map(|line| Regex::new(line).unwrap()).collect(),
        }
    }
}

impl StepBook for Book {
    fn definitions(&self) -> &[StepDefinition] {
        &self.definitions
    }

    fn bind(&self, step: &gherkin::Step) -> Binding {
        let matches = |index: &usize| self.patterns[*index].is_match(&step.value);
        match (0..self.patterns.len()).filter(matches).collect::<Vec<_>>()[..] {
            [] => Binding::Unbound,
            [one] => Binding::Bound(one),
            ref several => Binding::Ambiguous(several.to_vec()),
        }
    }
}

fn sound() -> [(&'static str, String); 9] {
    let manifest = |version: &str, rest: &str| {
        format!(
            "id = \"toy\"\nversion = \"{version}\"\ntitle = \"Toy guide\"\nrelease = \"STU\"\npackage = \"toy\"\n\
             base_url = \"https://toy.example/\"\nfhir = \"4.0.1\"\n{rest}"
        )
    };
    let table = |rows: &[&str]| {
        let header = "id\tkey\tlevel\tactor\tsection\turl\ttext\tcoverage\tnote\n";
        let rows = rows.iter().map(|row| row.replace('|', "\t") + "\n");
        header.to_owned() + &rows.collect::<String>()
    };
    [
        (IG1, manifest("1.0.0", "[unbreakable]\nTOY-MMC-004 = \"The client is a person.\"\n")),
        (IG2, manifest("2.0.0", "based_on = \"1.0.0\"\ndefault = true\ndropped = [\"TOY-MMC-002\"]\n")),
        (
            ROWS1,
            table(&[
                "TOY-MMC-001||SHALL|payer-server|Match|m.html|Rule 001 holds.||",
                "TOY-MMC-002||SHOULD|payer-server|Match|m.html|Rule 002 holds.||Defect: the example differs.",
                "TOY-MMC-003||SHALL|payer-server|Match|m.html|Rule 003 holds.|attest|Do you keep logs?",
                "TOY-MMC-004||SHALL|payer-client|Match|m.html|Rule 004 holds.||",
                "TOY-MMC-006||MAY|payer-server|Match|m.html|Rule 006 holds.|untestable|No wire shows it.",
            ]),
        ),
        (ROWS2, table(&["TOY-MMC-005||SHALL NOT|payer-server|Match|m.html|Rule 005 holds.||"])),
        (SUITES, SUITES_TEXT.to_owned()),
        (MATCH, MATCH_TEXT.to_owned()),
        (CLIENT, CLIENT_TEXT.to_owned()),
        (
            STEPS,
            "^a payer$\n^the (\\w+) member is asked for$\n^the answer is (\\w+)$\n^it is remembered$\n\
             ^these members are sent:$\n^a client$\n^it asked once$\n"
                .to_owned(),
        ),
        (FAULTS, "toy/forgets TOY-MMC-001 TOY-MMC-002\ntoy/refuses TOY-MMC-005\n".to_owned()),
    ]
}

const SUITES_TEXT: &str = r#"[[suite]]
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
requirements = ["TOY-MMC-004"]
features = ["toy/client"]
"#;

const MATCH_TEXT: &str = r#"Feature: Match
  A member is found by name.

  Background:
    Given a payer

  @req:TOY-MMC-001
  Scenario Outline: A <kind> member is found
    When the <kind> member is asked for
    Then the answer is <answer>

    Examples:
      | kind    | answer |
      | known   | yes    |
      | unknown | no     |

  @req:TOY-MMC-002 @until:1.0.0 @writes
  Scenario: A match is remembered
    Then it is remembered

  @req:TOY-MMC-005 @since:2.0.0 @needs:bulk @slow @role:payer-server
  Scenario: Many are found
    When these members are sent:
      | name |
      | Zzz  |
    Then the answer is yes

"#;

const CLIENT_TEXT: &str = r#"@role:payer-client
Feature: Client

  Rule: The client asks

    Background:
      Given a client

    @req:TOY-MMC-004
    Scenario: The client asks once
      Then it asked once
"#;
