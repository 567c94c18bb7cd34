//! The binary from outside: arguments, exit codes, what is printed, what is left behind.

use crate::support::command::{Output, vitruvian};
use crate::support::servers;

/// A suite in which the built-in payer leaves something to a person.
const INCOMPLETE: &str = "pdex-payer-to-payer";

#[test]
fn a_run_without_target_tests_the_built_in_payer_and_leaves_four_files() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("evidence");
    let output = vitruvian(["run", "--allow-incomplete", "--out"], [&out]);
    assert_eq!(output.code, 0, "{output:?}");
    assert!(output.stdout.contains("INCOMPLETE"), "{}", output.stdout);
    assert!(
        output.stdout.contains("the built-in payer"),
        "{}",
        output.stdout
    );
    for file in ["run.jsonl", "report.html", "report.json", "junit.xml"] {
        let size = std::fs::metadata(out.join(file)).unwrap().len();
        assert!(size > 1000, "{file} has {size} bytes");
    }
}

#[test]
fn an_incomplete_run_exits_3_unless_that_is_allowed() {
    let folder = tempfile::tempdir().unwrap();
    let output = vitruvian(["run", "--suite", INCOMPLETE, "--out"], [folder.path()]);
    assert_eq!(output.code, 3, "{output:?}");
}

#[test]
fn a_report_on_standard_output_is_nothing_but_the_report() {
    let folder = tempfile::tempdir().unwrap();
    let words = ["run", "--suite", INCOMPLETE, "--allow-incomplete"];
    let more = ["--report", "json=-", "--out"];
    let words = words.into_iter().chain(more);
    let output = vitruvian(words, [folder.path()]);
    assert_eq!(output.code, 0, "{output:?}");
    let report: serde_json::Value = serde_json::from_str(&output.stdout).unwrap();
    assert_eq!(report["conclusion"], "incomplete");
    assert!(output.stderr.contains("INCOMPLETE"), "{}", output.stderr);
}

#[test]
fn a_run_is_rendered_again_from_its_log_as_it_was() {
    let folder = tempfile::tempdir().unwrap();
    vitruvian(["run", "--suite", INCOMPLETE, "--out"], [folder.path()]);
    for (format, file) in [
        ("json", "report.json"),
        ("html", "report.html"),
        ("junit", "junit.xml"),
    ] {
        let again = vitruvian(["report", "--format", format], [folder.path()]);
        assert_eq!(again.code, 0, "{again:?}");
        let before = std::fs::read_to_string(folder.path().join(file)).unwrap();
        assert!(
            again.stdout == before,
            "the {format} report differs when rendered again"
        );
    }
}

#[test]
fn listing_a_run_runs_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("none");
    let output = vitruvian(["run", "--list", "--out"], [&out]);
    assert_eq!(output.code, 0, "{output:?}");
    assert!(
        output.stdout.contains("scenarios would run"),
        "{}",
        output.stdout
    );
    assert!(!out.exists());
}

#[test]
fn selecting_nothing_is_an_error_that_names_the_filter() {
    let output = vitruvian(["run", "--name"], ["no scenario is called this"]);
    assert_eq!(output.code, 2, "{output:?}");
    assert!(
        output.stderr.contains("nothing selected"),
        "{}",
        output.stderr
    );
    assert!(output.stderr.contains("--name"), "{}", output.stderr);
}

#[test]
fn a_misspelt_suite_is_an_error_that_suggests_the_right_one() {
    let output = vitruvian(["run", "--suite"], ["pdex-member-mach"]);
    assert_eq!(output.code, 2, "{output:?}");
    assert!(
        output.stderr.contains("pdex-member-match"),
        "{}",
        output.stderr
    );
}

#[test]
fn bad_usage_exits_2() {
    assert_eq!(vitruvian(["run"], ["--no-such-flag"]).code, 2);
    assert_eq!(vitruvian(["frobnicate"], [""]).code, 2);
    assert_eq!(vitruvian(["report"], ["no/such/run"]).code, 2);
}

/// A target that is no payer ends the run with 1 or 2, says why, and breaks nothing of ours.
fn survives(target: &str) -> Output {
    let folder = tempfile::tempdir().unwrap();
    let output = vitruvian(
        [
            "run",
            "--target",
            target,
            "--request-timeout",
            "1s",
            "--out",
        ],
        [folder.path()],
    );
    assert!(matches!(output.code, 1 | 2), "{output:?}");
    let said = format!("{}{}", output.stdout, output.stderr);
    assert!(!said.contains("panicked"), "{said}");
    output
}

#[test]
fn a_plain_web_server_is_not_conformant() {
    let output = survives(&servers::web_pages(404));
    assert_eq!(output.code, 1, "{output:?}");
    assert!(output.stdout.contains("PDEX-CAP-006"), "{}", output.stdout);
}

#[test]
fn a_server_that_answers_html_is_not_conformant() {
    let output = survives(&servers::web_pages(200));
    assert_eq!(output.code, 1, "{output:?}");
    assert!(output.stdout.contains("PDEX-CAP-006"), "{}", output.stdout);
}

#[test]
fn a_server_that_answers_an_empty_object_to_everything_is_not_conformant() {
    let output = survives(&servers::empty_objects());
    assert_eq!(output.code, 1, "{output:?}");
    assert!(output.stdout.contains("PDEX-CAP-006"), "{}", output.stdout);
}

#[test]
fn a_server_that_closes_every_connection_cannot_be_tested() {
    let output = survives(&servers::closing());
    assert_eq!(output.code, 2, "{output:?}");
    assert!(
        output.stderr.contains("gives no answer"),
        "{}",
        output.stderr
    );
}

#[test]
fn a_server_that_never_answers_cannot_be_tested() {
    let output = survives(&servers::silent());
    assert_eq!(output.code, 2, "{output:?}");
    assert!(
        output.stderr.contains("no complete answer"),
        "{}",
        output.stderr
    );
}

#[test]
fn a_port_where_nobody_listens_cannot_be_tested() {
    let output = survives("http://127.0.0.1:9/fhir");
    assert_eq!(output.code, 2, "{output:?}");
    assert!(
        output.stderr.contains("cannot connect"),
        "{}",
        output.stderr
    );
}

#[test]
fn output_for_people_fits_100_columns_and_has_no_colour_in_a_pipe() {
    let folder = tempfile::tempdir().unwrap();
    let target = servers::empty_objects();
    let output = vitruvian(["run", "--target", &target, "--out"], [folder.path()]);
    assert!(!output.stdout.contains('\u{1b}'));
    // A link is never broken, however long it is.
    let long = output
        .stdout
        .lines()
        .find(|line| line.chars().count() > 100 && !line.contains("clause    http"));
    assert_eq!(long, None);
}

#[cfg(unix)]
#[test]
fn an_interrupted_run_keeps_what_happened_and_exits_130() {
    let folder = tempfile::tempdir().unwrap();
    let target = servers::slow(std::time::Duration::from_millis(300));
    let running = std::process::Command::new(env!("CARGO_BIN_EXE_vitruvian"))
        .args(["run", "--jobs", "1", "--target", &target, "--out"])
        .arg(folder.path())
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    let log = folder.path().join("run.jsonl");
    while !std::fs::read_to_string(&log).is_ok_and(|log| log.contains("\"scenario-finished\"")) {
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    let pid = running.id().to_string();
    assert!(
        std::process::Command::new("kill")
            .args(["-INT", &pid])
            .status()
            .unwrap()
            .success()
    );
    let output = running.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(130), "{output:?}");
    let run = vitruvian::evidence::log::read(folder.path()).unwrap();
    assert_eq!(run.ending, Some(vitruvian::evidence::Ending::Interrupted));
    assert!(!run.scenarios.is_empty());
    assert!(folder.path().join("report.html").exists());
}

/// A configuration for a payer on loopback, in a folder of its own.
fn configured(target: &str, more: &str) -> (tempfile::TempDir, String) {
    let folder = tempfile::tempdir().unwrap();
    let config = folder.path().join("vitruvian.toml");
    std::fs::write(&config, format!("[target]\nurl = \"{target}\"\n{more}")).unwrap();
    let path = config.display().to_string();
    (folder, path)
}

#[test]
fn a_check_that_passes_only_when_tried_again_is_flaky_and_said_so() {
    let (folder, config) = configured(&servers::declares_from(2), "");
    let out = folder.path().join("out");
    let selection = [
        "run",
        "--requirement",
        "PDEX-CAP-006",
        "--config",
        &config,
        "--out",
    ];
    let once = vitruvian(selection, [&out]);
    assert_eq!(once.code, 1, "{once:?}");
    let (folder, config) = configured(&servers::declares_from(2), "");
    let out = folder.path().join("out");
    let selection = [
        "run",
        "--retry",
        "1",
        "--requirement",
        "PDEX-CAP-006",
        "--config",
        &config,
        "--out",
    ];
    let again = vitruvian(selection, [&out]);
    assert!(again.stdout.contains("flaky"), "{}", again.stdout);
    let run = vitruvian::evidence::log::read(&out).unwrap();
    let attempts: Vec<u32> = run
        .scenarios
        .iter()
        .map(|scenario| scenario.attempt)
        .collect();
    assert_eq!(attempts, [1, 2]);
}

#[test]
fn fail_fast_starts_nothing_after_the_first_failure() {
    let (folder, config) = configured(&servers::empty_objects(), "");
    let out = folder.path().join("out");
    let output = vitruvian(
        [
            "run",
            "--jobs",
            "1",
            "--fail-fast",
            "--config",
            &config,
            "--out",
        ],
        [&out],
    );
    assert_eq!(output.code, 1, "{output:?}");
    let run = vitruvian::evidence::log::read(&out).unwrap();
    assert_eq!(run.ending, Some(vitruvian::evidence::Ending::FailFast));
    let failed =
        |run: &vitruvian::evidence::ScenarioRun| run.verdict == vitruvian::evidence::Verdict::Fail;
    assert_eq!(
        run.scenarios
            .iter()
            .filter(|scenario| failed(scenario))
            .count(),
        1
    );
}

#[test]
fn a_run_that_takes_too_long_is_stopped_with_what_happened() {
    let (folder, config) = configured(&servers::slow(std::time::Duration::from_millis(200)), "");
    let out = folder.path().join("out");
    let output = vitruvian(
        [
            "run",
            "--jobs",
            "1",
            "--run-timeout",
            "1s",
            "--config",
            &config,
            "--out",
        ],
        [&out],
    );
    assert!(
        output.stdout.contains("the time for the run was over"),
        "{output:?}"
    );
    let run = vitruvian::evidence::log::read(&out).unwrap();
    assert_eq!(run.ending, Some(vitruvian::evidence::Ending::TimedOut));
    assert!(!run.scenarios.is_empty());
}

#[test]
fn an_excused_failure_counts_as_excused_until_the_excuse_expires() {
    let selection = |config: &str, out: &std::path::Path| {
        vitruvian(
            [
                "run",
                "--requirement",
                "PDEX-CAP-006",
                "--config",
                config,
                "--out",
            ],
            [out],
        )
    };
    let excuse = |requirement: &str, expires: &str| {
        format!(
            "[[excuse]]\nrequirement = \"{requirement}\"\nreason = \"known since spring\"\nexpires = \"{expires}\"\n"
        )
    };
    let (folder, config) = configured(
        &servers::empty_objects(),
        &excuse("PDEX-CAP-006", "2999-12-31"),
    );
    let excused = selection(&config, &folder.path().join("out"));
    assert_eq!(excused.code, 3, "{excused:?}");
    assert!(
        excused.stdout.contains("known since spring"),
        "{}",
        excused.stdout
    );
    let (folder, config) = configured(
        &servers::empty_objects(),
        &excuse("PDEX-CAP-006", "2001-01-01"),
    );
    let expired = selection(&config, &folder.path().join("out"));
    assert_eq!(expired.code, 2, "{expired:?}");
    let (folder, config) = configured(
        &servers::declares_from(1),
        &excuse("PDEX-CAP-006", "2999-12-31"),
    );
    let unused = selection(&config, &folder.path().join("out"));
    assert_eq!(unused.code, 2, "{unused:?}");
    assert!(unused.stderr.contains("PDEX-CAP-006"), "{}", unused.stderr);
}

#[test]
fn a_wrong_key_in_the_configuration_is_pointed_at() {
    let (_folder, config) = configured("http://127.0.0.1:9/fhir", "tokn = \"env:X\"\n");
    let output = vitruvian(["run", "--config"], [&config]);
    assert_eq!(output.code, 2, "{output:?}");
    assert!(
        output.stderr.contains("tokn") && output.stderr.contains("token"),
        "{}",
        output.stderr
    );
    assert!(
        output.stderr.contains(":3"),
        "the line is missing: {}",
        output.stderr
    );
}

/// Two members and what a payer is asked to allow, so that nothing is skipped for want of them.
const MEMBERS: &str = r#"capabilities = ["brute-force"]
[[member]]
name = "known"
expect = "match"
family = "Example"
birth_date = "1990-01-01"
[[member]]
name = "unclear"
expect = "ambiguous"
family = "Twofold"
[[member]]
name = "gone"
expect = "revoked"
patient_id = "1"
[member.coverage]
member_id = { system = "https://payer.example/ids/member", value = "M-1" }
"#;

/// Refusing is often right, so a payer that refuses everybody could pass much that it never showed.
#[test]
fn a_payer_that_refuses_everything_passes_nothing_but_the_form_of_its_errors() {
    for status in [401, 403, 404, 422] {
        let (folder, config) = configured(&servers::refusing(status), MEMBERS);
        let out = folder.path().join("out");
        let output = vitruvian(["run", "--config", &config, "--out"], [&out]);
        assert_eq!(output.code, 1, "{output:?}");
        let run = vitruvian::evidence::log::read(&out).unwrap();
        let passed = run
            .scenarios
            .iter()
            .filter(|run| run.verdict == vitruvian::evidence::Verdict::Pass);
        let unearned: Vec<&str> = passed
            .map(|run| run.id.as_str())
            .filter(|id| !id.ends_with("a-proper-error"))
            // 404 for a record that cannot exist is what is asked for.
            .filter(|id| {
                status != 404 || !id.ends_with("a-record-number-that-cannot-exist-is-refused")
            })
            .collect();
        assert!(unearned.is_empty(), "{status}: {unearned:#?}");
    }
}
