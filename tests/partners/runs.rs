//! The whole command, from a file of partners to the matrix.

use super::stage::{Stage, at};
use crate::support::command::{Output, vitruvian, vitruvian_with};
use crate::support::servers;
use serde_json::Value;
use std::path::Path;

/// What is asked: enough to see one fault, and quick.
const SHARED: &str = "suites = [\"pdex-member-match\"]";
const FAULT: &str = "payer/consent-period-is-not-checked";
/// What it breaks.
const BROKEN: &str = "PDEX-MMC-020";
/// A port on which nobody is.
const NOBODY: &str = "http://127.0.0.1:1/fhir";
const CANARY: &str = "canary-token-83b1f0c6aa";

fn run(stage: &Stage, path: &Path, more: &[&str]) -> Output {
    let out = stage.out();
    let words = [
        "run",
        "--targets",
        path.to_str().unwrap(),
        "--out",
        out.to_str().unwrap(),
    ];
    vitruvian(words, more)
}

fn matrix(stage: &Stage) -> Value {
    serde_json::from_slice(&std::fs::read(stage.out().join("partners.json")).unwrap()).unwrap()
}

fn partner<'a>(matrix: &'a Value, name: &str) -> &'a Value {
    let partners = matrix["partners"].as_array().unwrap();
    partners
        .iter()
        .find(|partner| partner["name"] == name)
        .unwrap()
}

fn trend(matrix: &Value, name: &str) -> String {
    partner(matrix, name)["trend"]["kind"]
        .as_str()
        .unwrap()
        .to_owned()
}

#[test]
fn everybody_who_can_be_tested_is_and_what_became_of_them_is_told_next_time() {
    let stage = Stage::new();
    let (good, other) = (stage.payer(None), stage.payer(None));
    let unset = format!(
        "{}\ntoken = \"env:CERTAINLY_NOT_SET\"",
        at(&good.base_url())
    );
    let everybody = |other: &str| {
        stage.partners(
            SHARED,
            &[
                ("good", &at(&good.base_url())),
                ("other", &at(other)),
                ("nobody", &at(NOBODY)),
                ("unset", &unset),
                ("filed", "config = \"no/such.toml\""),
            ],
        )
    };
    let output = run(&stage, &everybody(&other.base_url()), &[]);
    assert_eq!(output.code, 2, "{output:?}");
    let first = matrix(&stage);
    assert_eq!(
        (trend(&first, "good"), trend(&first, "nobody")),
        ("new".into(), "out".into())
    );
    assert_eq!(partner(&first, "nobody")["state"], "unreachable");
    assert_eq!(partner(&first, "unset")["state"], "misconfigured");
    assert_eq!(partner(&first, "filed")["state"], "misconfigured");
    for name in ["good", "other"] {
        assert_eq!(partner(&first, name)["state"], "tested");
        assert_eq!(partner(&first, name)["run"]["broken"], 0);
        for file in ["run.jsonl", "report.html", "report.json", "junit.xml"] {
            assert!(stage.out().join(name).join(file).is_file(), "{name}/{file}");
        }
    }
    for (name, why) in [
        ("nobody", "cannot connect"),
        ("unset", "CERTAINLY_NOT_SET"),
        ("filed", "no/such.toml"),
    ] {
        assert!(
            partner(&first, name)["reason"]
                .as_str()
                .unwrap()
                .contains(why)
        );
        assert!(output.stdout.contains(why), "{}", output.stdout);
    }
    let evidence = std::fs::read(stage.out().join("other/run.jsonl")).unwrap();

    let faulty = stage.payer(Some(FAULT));
    let output = run(&stage, &everybody(&faulty.base_url()), &[]);
    assert_eq!(output.code, 2, "{output:?}");
    let second = matrix(&stage);
    assert_eq!(
        (trend(&second, "good"), trend(&second, "other")),
        ("same".into(), "worse".into())
    );
    let changes = partner(&second, "other")["trend"]["changes"]
        .as_array()
        .unwrap();
    let broke = changes
        .iter()
        .any(|change| change["id"] == BROKEN && change["change"] == "newly-broken");
    assert!(broke, "{changes:?}");
    assert!(output.stdout.contains("got worse"), "{}", output.stdout);
    assert!(stage.out().join("other/comparison.html").is_file());
    let kept = std::fs::read(stage.out().join("previous/other/run.jsonl")).unwrap();
    assert!(kept == evidence, "the evidence of last time has changed");

    // Who drops out keeps their last run, and is compared with it when they are back.
    drop(faulty);
    let evidence = std::fs::read(stage.out().join("other/run.jsonl")).unwrap();
    run(&stage, &everybody(NOBODY), &[]);
    let third = matrix(&stage);
    assert_eq!(trend(&third, "other"), "lost");
    assert_eq!(partner(&third, "other")["report"], "other/report.html");
    assert!(std::fs::read(stage.out().join("other/run.jsonl")).unwrap() == evidence);
    run(&stage, &everybody(&other.base_url()), &[]);
    let fourth = matrix(&stage);
    // What failed is not tried any more with so few members: that is no proof that it was fixed.
    assert_eq!(trend(&fourth, "other"), "less-shown");
    assert_eq!(partner(&fourth, "other")["trend"]["is_back"], true);
}

#[test]
fn the_exit_code_is_of_the_worst_or_of_what_became_of_them() {
    let stage = Stage::new();
    let (good, faulty) = (stage.payer(None), stage.payer(Some(FAULT)));
    let two = |other: &str| {
        let good = at(&good.base_url());
        stage.partners(SHARED, &[("good", &good), ("other", &at(other))])
    };
    let code = |other: &str, more: &[&str]| {
        let output = run(&stage, &two(other), more);
        (output.code, output.stdout)
    };
    // Something is not shown without more members: incomplete, unless that is allowed.
    assert_eq!(code(&good.base_url(), &[]).0, 3);
    assert_eq!(code(&good.base_url(), &["--allow-incomplete"]).0, 0);
    assert_eq!(code(&good.base_url(), &["--fail-on-worse"]).0, 0);
    let (worse, said) = code(&faulty.base_url(), &["--fail-on-worse"]);
    assert_eq!(worse, 1, "{said}");
    // As bad as last time.
    assert_eq!(code(&faulty.base_url(), &["--fail-on-worse"]).0, 0);
    assert_eq!(code(&faulty.base_url(), &["--allow-incomplete"]).0, 1);
    assert_eq!(code(NOBODY, &["--fail-on-worse"]).0, 2);
    assert_eq!(code(NOBODY, &["--fail-on-worse"]).0, 0);
    assert_eq!(code(NOBODY, &["--allow-incomplete"]).0, 2);
}

#[test]
fn an_excused_failure_counts_as_in_a_single_run_and_an_unused_excuse_is_to_be_settled() {
    let stage = Stage::new();
    let (good, faulty) = (stage.payer(None), stage.payer(Some(FAULT)));
    let excuses = |base: &str| {
        let excuse = |id: &str| {
            format!(
                "[[partner.excuse]]\nrequirement = \"{id}\"\nreason = \"known\"\nexpires = \"2099-12-31\"\n"
            )
        };
        let all: String = [BROKEN, "PDEX-MMC-021", "PDEX-MMC-022"]
            .map(excuse)
            .concat();
        format!("{}\n{all}", at(base))
    };
    let path = stage.partners(SHARED, &[("faulty", &excuses(&faulty.base_url()))]);
    let output = run(&stage, &path, &["--allow-incomplete"]);
    assert_eq!(output.code, 0, "{output:?}");
    assert_eq!(partner(&matrix(&stage), "faulty")["run"]["broken"], 0);
    let path = stage.partners(SHARED, &[("faulty", &excuses(&good.base_url()))]);
    let output = run(&stage, &path, &["--allow-incomplete"]);
    assert_eq!(output.code, 2, "{output:?}");
    assert!(
        output.stdout.contains("covers nothing that broke"),
        "{}",
        output.stdout
    );
}

#[test]
fn a_partner_that_hangs_stops_nobody_else() {
    let stage = Stage::new();
    let good = stage.payer(None);
    let path = stage.partners(
        &format!("parallel = 2\n{SHARED}\n[limits]\nrequest_timeout = \"2s\""),
        &[
            ("hangs", &at(&servers::silent())),
            ("good", &at(&good.base_url())),
        ],
    );
    let output = run(&stage, &path, &[]);
    assert_eq!(output.code, 2, "{output:?}");
    let matrix = matrix(&stage);
    assert_eq!(partner(&matrix, "hangs")["state"], "unreachable");
    assert_eq!(partner(&matrix, "good")["state"], "tested");
}

#[test]
fn since_compares_with_another_folder_and_refuses_one_that_is_none() {
    let stage = Stage::new();
    let (good, faulty) = (stage.payer(None), stage.payer(Some(FAULT)));
    let path = stage.partners(SHARED, &[("one", &at(&good.base_url()))]);
    run(&stage, &path, &[]);
    std::fs::rename(stage.out(), stage.path("last")).unwrap();
    let last = stage.path("last");
    let path = stage.partners(SHARED, &[("one", &at(&faulty.base_url()))]);
    let output = run(
        &stage,
        &path,
        &["--fail-on-worse", "--since", last.to_str().unwrap()],
    );
    assert_eq!(output.code, 1, "{output:?}");
    let output = run(&stage, &path, &["--since", "no/such/folder"]);
    assert_eq!(output.code, 2);
    assert!(
        output.stderr.contains("there is no partners.json"),
        "{}",
        output.stderr
    );
}

#[test]
fn no_secret_is_in_any_file_though_a_server_repeats_it() {
    let stage = Stage::new();
    let good = stage.payer(None);
    let echo = servers::answering(
        400,
        "application/json",
        "{\"error\":\"invalid_client\",\"error_description\":\"wrong secret canary-token-83b1f0c6aa\"}",
    );
    let refused = format!(
        "[partner.target]\nurl = \"{echo}\"\n[partner.target.auth]\nmethod = \"client-credentials\"\nclient_id = \"us\"\nsecret = \"env:CANARY\"\ntoken_url = \"{echo}/token\"\n"
    );
    let with_token = format!("{}\ntoken = \"env:CANARY\"", at(&good.base_url()));
    let path = stage.partners(SHARED, &[("refused", &refused), ("good", &with_token)]);
    let out = stage.out();
    let words = [
        "run",
        "--targets",
        path.to_str().unwrap(),
        "--out",
        out.to_str().unwrap(),
        "-v",
    ];
    let output = vitruvian_with(&[("CANARY", CANARY)], words);
    assert_eq!(output.code, 2, "{output:?}");
    let matrix = matrix(&stage);
    assert_eq!(partner(&matrix, "refused")["state"], "no-access");
    let reason = partner(&matrix, "refused")["reason"].as_str().unwrap();
    assert!(reason.contains("invalid_client"), "{reason}");
    assert_eq!(partner(&matrix, "good")["state"], "tested");
    let files = stage.files();
    assert!(files.len() >= 7, "{} files", files.len());
    let printed = [
        ("stdout".into(), output.stdout),
        ("stderr".into(), output.stderr),
    ];
    for (file, text) in files.into_iter().chain(printed) {
        assert!(!text.contains(CANARY), "{} holds the token", file.display());
        assert!(
            !text.contains("Oakhurst"),
            "{} holds the member",
            file.display()
        );
    }
}

#[test]
fn what_belongs_to_one_target_is_refused_for_many() {
    let stage = Stage::new();
    let path = stage.partners(SHARED, &[("one", &at(NOBODY))]);
    let path = path.to_str().unwrap();
    for name in ["VITRUVIAN_TARGET_TOKEN", "VITRUVIAN_TARGET_URL"] {
        let output = vitruvian_run(path, name);
        assert_eq!(output.code, 2);
        assert!(output.stderr.contains(name), "{}", output.stderr);
    }
    for more in [
        &["--target", NOBODY][..],
        &["--config", "x.toml"],
        &["--fault", "payer/x"],
        &["--insecure"],
        &["--tls"],
        &["--report", "html=/tmp/everywhere.html"],
        &["--report", "html=../up.html"],
        &["--report", "html=-"],
    ] {
        let output = run(&stage, Path::new(path), more);
        assert_eq!(output.code, 2, "{more:?}");
        assert!(!stage.out().exists(), "{more:?}");
    }
    for more in [["--fail-on-worse"], ["--parallel=2"], ["--since=x"]] {
        assert_eq!(vitruvian(["run"], more).code, 2);
    }
}

/// Runs with a variable of ours set, which the other helpers remove.
fn vitruvian_run(path: &str, variable: &str) -> Output {
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_vitruvian"))
        .env(variable, "http://127.0.0.1:1/fhir")
        .args(["run", "--targets", path, "--list"])
        .output()
        .unwrap();
    Output {
        code: output.status.code().unwrap_or(-1),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

#[test]
fn a_list_says_what_would_run_and_runs_nothing() {
    let stage = Stage::new();
    let path = stage.partners(
        SHARED,
        &[
            ("one", &at(NOBODY)),
            ("none", &format!("suites = [\"no-such\"]\n{}", at(NOBODY))),
        ],
    );
    let output = run(&stage, &path, &["--list"]);
    assert_eq!(output.code, 2, "{output:?}");
    assert!(output.stdout.contains("one  ") && output.stdout.contains("scenarios would run"));
    assert!(output.stdout.contains("no-such"), "{}", output.stdout);
    assert!(!stage.out().exists());
}

#[test]
fn reports_that_are_asked_for_are_below_each() {
    let stage = Stage::new();
    let good = stage.payer(None);
    let path = stage.partners(SHARED, &[("one", &at(&good.base_url()))]);
    run(&stage, &path, &["--report", "markdown=more/summary.md"]);
    assert!(stage.out().join("one/more/summary.md").is_file());
}
