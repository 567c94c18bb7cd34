//! What a person answers is recorded with name and date, counts, and is shown as attested.

use crate::support::command::{vitruvian, vitruvian_reading};
use crate::support::golden_run::GoldenRun;
use serde_json::Value;
use std::path::{Path, PathBuf};
use vitruvian::evidence::{Coverage, Level, Run, Verdict, log};

/// A run with two questions and a test, in a folder.
fn stored(folder: &Path) -> PathBuf {
    let run: Run = GoldenRun::new()
        .requirement("PDEX-MMC-001", Level::Shall, Coverage::Tested)
        .requirement("PDEX-MMC-002", Level::Shall, Coverage::Attested)
        .requirement("PDEX-MMC-003", Level::Should, Coverage::Attested)
        .scenario("passes", &["PDEX-MMC-001"], Verdict::Pass)
        .build();
    let out = folder.join("run");
    log::write(&run, &out).unwrap();
    out
}

fn report(out: &Path) -> Value {
    serde_json::from_str(&std::fs::read_to_string(out.join("report.json")).unwrap()).unwrap()
}

#[test]
fn answers_from_a_file_are_recorded_and_count() {
    let folder = tempfile::tempdir().unwrap();
    let out = stored(folder.path());
    std::fs::write(folder.path().join("policy.pdf"), "a policy").unwrap();
    let answers = folder.path().join("answers.toml");
    let text = r#"
name = "Pat Example"
[[answer]]
requirement = "PDEX-MMC-002"
holds = true
date = "2026-03-15"
note = "see section 4"
attachment = "policy.pdf"
[[answer]]
requirement = "PDEX-MMC-003"
holds = false
"#;
    std::fs::write(&answers, text).unwrap();
    let output = vitruvian(
        ["attest".as_ref(), out.as_os_str(), "--answers".as_ref()],
        [&answers],
    );
    assert_eq!(output.code, 0, "{output:?}");
    let report = report(&out);
    assert_eq!(report["conclusion"], "conformant");
    let answer = &report["requirements"][1]["attested"];
    assert_eq!(
        (&answer["name"], &answer["date"]),
        (&"Pat Example".into(), &"2026-03-15".into())
    );
    let name = answer["attachment"]["name"].as_str().unwrap();
    let kept = std::fs::read_to_string(out.join("attachments").join(name)).unwrap();
    assert_eq!(kept, "a policy");
    assert_eq!(report["requirements"][2]["verdict"], "warn");
    assert_eq!(report["requirements"][2]["coverage"], "attested");
}

#[test]
fn answers_on_the_terminal_are_taken_one_by_one_and_a_later_one_replaces_an_earlier() {
    let folder = tempfile::tempdir().unwrap();
    let out = stored(folder.path());
    let input = b"Pat Example\nmaybe\nn\nwe do not\n\n\n";
    let output = vitruvian_reading(["attest".as_ref(), out.as_os_str()], input);
    assert_eq!(output.code, 0, "{output:?}");
    assert!(
        output.stderr.contains("please answer y or n"),
        "{}",
        output.stderr
    );
    assert_eq!(report(&out)["conclusion"], "not conformant");
    assert_eq!(report(&out)["requirements"][2]["attested"], Value::Null);
    let again = ["attest".as_ref(), out.as_os_str(), "--again".as_ref()];
    let output = vitruvian_reading(again, b"Pat Example\ny\n\n\n\n");
    assert_eq!(output.code, 0, "{output:?}");
    assert_eq!(report(&out)["conclusion"], "conformant");
    let run = log::read(&out).unwrap();
    assert_eq!(run.attestations.len(), 1);
}

#[test]
fn what_cannot_be_recorded_is_refused_and_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let out = stored(folder.path());
    let before = std::fs::read(out.join("run.jsonl")).unwrap();
    let answers = folder.path().join("answers.toml");
    let cases = [
        (
            "[[answer]]\nrequirement = \"PDEX-MMC-001\"\nholds = true",
            "is no question of this run",
        ),
        (
            "[[answer]]\nrequirement = \"PDEX-MMC-002\"\nholds = true",
            "nobody stands for the answer",
        ),
        (
            "name = \"P\"\n[[answer]]\nrequirement = \"PDEX-MMC-002\"\nholds = true\ndate = \"today\"",
            "is no date",
        ),
        (
            "name = \"P\"\n[[answer]]\nrequirement = \"PDEX-MMC-002\"\nholds = true\nattachment = \"none\"",
            "cannot keep the attachment",
        ),
        ("name = \"P\"", "holds no answer"),
        ("name = 1", "answers.toml"),
    ];
    for (text, expected) in cases {
        std::fs::write(&answers, text).unwrap();
        let output = vitruvian(
            ["attest".as_ref(), out.as_os_str(), "--answers".as_ref()],
            [&answers],
        );
        assert_eq!(output.code, 2, "{output:?}");
        assert!(output.stderr.contains(expected), "{}", output.stderr);
    }
    assert_eq!(std::fs::read(out.join("run.jsonl")).unwrap(), before);
}

#[test]
fn the_template_holds_every_question_and_is_read_once_filled_in() {
    let folder = tempfile::tempdir().unwrap();
    let out = stored(folder.path());
    let output = vitruvian(["attest".as_ref(), out.as_os_str()], ["--template"]);
    assert_eq!(output.code, 0, "{output:?}");
    let filled: String = output
        .stdout
        .lines()
        .filter(|line| !line.contains("attachment"))
        .map(|line| {
            let is_field = ["# [[", "# requirement", "# ig", "# holds"]
                .iter()
                .any(|p| line.starts_with(p));
            let line = if is_field { &line[2..] } else { line };
            line.replace("name = \"\"", "name = \"Pat Example\"") + "\n"
        })
        .collect();
    let answers = folder.path().join("answers.toml");
    std::fs::write(&answers, filled).unwrap();
    let output = vitruvian(
        ["attest".as_ref(), out.as_os_str(), "--answers".as_ref()],
        [&answers],
    );
    assert_eq!(output.code, 0, "{output:?}");
    assert_eq!(log::read(&out).unwrap().attestations.len(), 2);
}

#[test]
fn answers_survive_a_log_that_was_cut_off() {
    let folder = tempfile::tempdir().unwrap();
    let out = stored(folder.path());
    let file = out.join("run.jsonl");
    let mut log_text = std::fs::read_to_string(&file).unwrap();
    log_text.push_str("{\"event\":\"scena");
    std::fs::write(&file, log_text).unwrap();
    let output = vitruvian_reading(
        ["attest".as_ref(), out.as_os_str()],
        b"Pat Example\ny\n\n\n",
    );
    assert_eq!(output.code, 0, "{output:?}");
    assert_eq!(log::read(&out).unwrap().attestations.len(), 1);
}
