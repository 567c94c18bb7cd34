//! The README is true: its commands run, its configuration is read, its failure is what is printed.

use crate::support::command::{vitruvian, vitruvian_in};
use std::path::Path;

fn readme() -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md")).unwrap()
}

/// The contents of the code blocks in this language.
fn blocks(language: &str) -> Vec<String> {
    let readme = readme();
    let opening = format!("```{language}\n");
    let after = readme.split(opening.as_str()).skip(1);
    after
        .map(|rest| rest.split("```").next().unwrap().to_owned())
        .collect()
}

/// The commands, without comments.
fn commands() -> Vec<Vec<String>> {
    let blocks = blocks("sh");
    let lines = blocks.iter().flat_map(|block| block.lines());
    lines
        .map(|line| line.split('#').next().unwrap().trim())
        .filter(|line| !line.is_empty())
        .map(|line| line.split_whitespace().map(str::to_owned).collect())
        .collect()
}

#[test]
fn commands_run_as_printed() {
    let commands = commands();
    assert!(
        commands.len() >= 7,
        "the README's commands were not recognised: {commands:?}"
    );
    // What is signed in one line is verified in the next.
    let signing = tempfile::tempdir().unwrap();
    std::fs::write(
        signing.path().join("bundle.json"),
        r#"{"resourceType": "Bundle", "id": "x", "type": "searchset", "total": 0}"#,
    )
    .unwrap();
    for command in commands {
        let words: Vec<&str> = command.iter().map(String::as_str).collect();
        let folder = tempfile::tempdir().unwrap();
        match words.as_slice() {
            // This test is part of it.
            ["cargo", "test"] | ["cargo", "install", ..] => {}
            // What stands after the dashes is the command.
            ["cargo", "run", "--", rest @ ..] => runs(rest, folder.path(), &[0, 3]),
            // A server that does not exist, and one that runs until it is stopped: it must be good usage.
            [
                "vitruvian",
                "run",
                "--target" | "--config" | "--targets",
                ..,
            ] => {
                runs(&[&words[1..], &["--list"]].concat(), folder.path(), &[0, 2]);
            }
            ["vitruvian", "sign" | "verify-signature", ..] => {
                let output = vitruvian_in(signing.path(), &words[1..]);
                assert_eq!(output.code, 0, "{words:?}: {output:?}");
            }
            ["vitruvian", "mock" | "listen", ..] => understood(&words[1..]),
            ["vitruvian", "run", "--fault", ..] => runs(&words[1..], folder.path(), &[1]),
            ["vitruvian", rest @ ..] => runs(rest, folder.path(), &[0]),
            other => panic!("what is {other:?}?"),
        }
    }
}

/// Runs a command; evidence goes into `folder`.
fn runs(words: &[&str], folder: &Path, codes: &[i32]) {
    let mut words: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
    if words[0] == "run" {
        words.extend(["--out".to_owned(), folder.display().to_string()]);
    }
    let output = vitruvian(&words, [""; 0]);
    assert!(codes.contains(&output.code), "{words:?}: {output:?}");
    assert!(!output.stderr.contains("Usage:"), "{words:?}: {output:?}");
}

/// The command is good usage, without running it.
fn understood(words: &[&str]) {
    use clap::Parser as _;
    let words = ["vitruvian"].iter().chain(words);
    assert!(vitruvian::cli::Arguments::try_parse_from(words).is_ok());
}

#[test]
fn the_configuration_is_read_as_printed() {
    let blocks = blocks("toml");
    let [text] = blocks.as_slice() else {
        panic!("one configuration is expected")
    };
    let config = vitruvian::config::Config::parse(text, Path::new("vitruvian.toml")).unwrap();
    assert_eq!(config.members.len(), 1);
    assert_eq!(config.excuses.len(), 1);
    assert!(config.target.unwrap().token.is_some());
}

#[test]
fn the_failure_is_what_is_printed() {
    let blocks = blocks("text");
    let [failure] = blocks.as_slice() else {
        panic!("one failure is expected")
    };
    let folder = tempfile::tempdir().unwrap();
    let output = vitruvian(
        [
            "run",
            "--fault",
            "payer/consent-period-is-not-checked",
            "--out",
        ],
        [folder.path()],
    );
    assert_eq!(output.code, 1, "{output:?}");
    assert!(
        output.stdout.contains(failure.trim_end()),
        "{}",
        output.stdout
    );
}

#[test]
fn the_versions_are_those_of_the_catalogue() {
    let readme = readme();
    let data = vitruvian::data::Data::Embedded;
    let catalog = vitruvian::catalog::Catalog::load(&data).unwrap();
    for ig in catalog.igs() {
        let row = format!("| {} |", if ig.at.ig == "pdex" { "PDex" } else { "CDex" });
        let line = readme.lines().find(|line| line.starts_with(&row)).unwrap();
        assert!(
            line.contains(&ig.at.version.to_string()),
            "{} is missing in {line}",
            ig.at
        );
    }
}
