//! A run is judged again from its evidence alone, with the same verdicts; what the evidence does not hold
//! is not claimed.

use crate::support::command::vitruvian;
use crate::support::mock::Mock;
use serde_json::Value;
use std::path::{Path, PathBuf};
use vitruvian::evidence::{Exchange, Run, Verdict, log};

/// A run against the built-in payer.
fn run(out: &Path, more: &[&str]) -> Run {
    let suites = ["run", "--suite", "pdex-member-match", "--name", "match"];
    let words = suites.iter().chain(more);
    let output = vitruvian(words, ["--out", out.to_str().unwrap()]);
    assert!(matches!(output.code, 1 | 3), "{output:?}");
    log::read(out).unwrap()
}

fn replay(run: &Path) -> (i32, Value) {
    let output = vitruvian(["replay".as_ref(), run.as_os_str()], ["--format", "json"]);
    let found = serde_json::from_str(&output.stdout);
    (output.code, found.unwrap_or_else(|_| panic!("{output:?}")))
}

#[test]
fn a_bundle_of_whole_evidence_reaches_the_same_verdicts() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("run");
    let recorded = run(
        &out,
        &[
            "--no-redact-phi",
            "--fault",
            "payer/consent-period-is-not-checked",
        ],
    );
    assert!(
        recorded
            .scenarios
            .iter()
            .any(|one| one.verdict == Verdict::Fail)
    );
    let zip: PathBuf = folder.path().join("run.zip");
    let output = vitruvian(["bundle".as_ref(), out.as_os_str(), "-o".as_ref()], [&zip]);
    assert_eq!(output.code, 0, "{output:?}");
    std::fs::remove_dir_all(&out).unwrap();
    let (code, found) = replay(&zip);
    assert_eq!(code, 0, "{found}");
    assert_eq!(found["same"], recorded.plan.len());
    assert_eq!(
        (&found["different"], &found["undecided"]),
        (&0.into(), &0.into())
    );
    assert_eq!(found["same_catalogue"], true);
}

/// The built-in payer in all that is about tokens and certificates.
fn guarded(out: &Path, more: &[&str]) -> Run {
    let words = ["run", "--ig", "pdex@2.1.0", "--suite", "pdex-security"];
    let words = words.iter().chain(more);
    let output = vitruvian(
        words,
        ["--allow-incomplete", "--out", out.to_str().unwrap()],
    );
    assert!(matches!(output.code, 0 | 1), "{output:?}");
    log::read(out).unwrap()
}

#[test]
fn what_tokens_and_certificates_opened_is_judged_again() {
    let ways: [&[&str]; 3] = [
        &[],
        &["--auth", "udap", "--mtls"],
        &["--fault", "payer/records-are-read-with-any-token"],
    ];
    for way in ways {
        let folder = tempfile::tempdir().unwrap();
        let recorded = guarded(folder.path(), way);
        let (code, found) = replay(folder.path());
        assert_eq!(code, 0, "{way:?}: {found:#}");
        assert_eq!(found["same"], recorded.plan.len(), "{way:?}");
    }
}

#[test]
fn a_token_that_opened_nothing_is_another_verdict() {
    let folder = tempfile::tempdir().unwrap();
    let alone = ["--name", "There is a token for the match of many alone"];
    let mut recorded = guarded(folder.path(), &alone);
    assert_eq!(recorded.scenarios.len(), 1);
    let shows_token = |exchange: &&mut Exchange| {
        let mut headers = exchange.request.headers.iter();
        headers.any(|(name, value)| name == "authorization" && value.starts_with("Bearer [secret:"))
    };
    let exchanges = recorded.scenarios[0].exchanges.iter_mut();
    let mut refused = 0;
    for exchange in exchanges.filter(shows_token) {
        exchange.response.as_mut().unwrap().status = 401;
        refused += 1;
    }
    assert!(refused > 0);
    log::write(&recorded, folder.path()).unwrap();
    let (code, found) = replay(folder.path());
    assert_eq!(code, 1, "{found:#}");
    assert_eq!(found["different"], 1, "{found:#}");
}

#[test]
fn another_answer_in_the_evidence_is_another_verdict() {
    let folder = tempfile::tempdir().unwrap();
    let mut recorded = run(folder.path(), &["--no-redact-phi"]);
    let passed = |run: &Run| {
        let mut all = run.scenarios.iter();
        all.position(|one| one.verdict == Verdict::Pass && one.exchanges.len() == 1)
    };
    let index = passed(&recorded).unwrap();
    let id = recorded.scenarios[index].id.clone();
    let response = recorded.scenarios[index].exchanges[0].response.as_mut();
    response.unwrap().status = 500;
    log::write(&recorded, folder.path()).unwrap();
    let (code, found) = replay(folder.path());
    assert_eq!(code, 1, "{found}");
    let scenarios = found["scenarios"].as_array().unwrap();
    let other = scenarios
        .iter()
        .find(|one| one["id"] == id.as_str())
        .unwrap();
    assert_eq!(other["outcome"], "different", "{other}");
    assert_eq!(other["verdict"], "pass");
}

#[test]
fn what_pseudonyms_hide_is_not_judged_again() {
    let folder = tempfile::tempdir().unwrap();
    run(folder.path(), &["--redact-phi"]);
    let (code, found) = replay(folder.path());
    assert_eq!(code, 3, "{found}");
    assert_eq!(found["different"], 0);
    assert!(found["undecided"].as_u64().unwrap() > 0);
    assert!(found.to_string().contains("pseudonyms"));
}

#[test]
fn a_bundle_that_was_touched_is_not_replayed() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("run");
    run(&out, &[]);
    let zip = folder.path().join("run.zip");
    vitruvian(["bundle".as_ref(), out.as_os_str(), "-o".as_ref()], [&zip]);
    let mut bytes = std::fs::read(&zip).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(&zip, bytes).unwrap();
    let output = vitruvian(["replay"], [&zip]);
    assert_eq!(output.code, 2, "{output:?}");
    assert!(output.stderr.contains("does not hold"), "{}", output.stderr);
}

/// A run in which the target has told the payer's desk of a Task.
fn notified(out: &Path) -> Run {
    let words = [
        "run",
        "--suite",
        "cdex-data-source",
        "--name",
        "The payer hears of a Task",
        "--no-redact-phi",
    ];
    let output = vitruvian(words, ["--out", out.to_str().unwrap()]);
    assert!(matches!(output.code, 0 | 3), "{output:?}");
    log::read(out).unwrap()
}

#[test]
fn what_came_to_the_desk_is_judged_again() {
    let folder = tempfile::tempdir().unwrap();
    let mut recorded = notified(folder.path());
    let (code, found) = replay(folder.path());
    assert_eq!(code, 0, "{found}");
    assert_eq!(found["same"], recorded.plan.len(), "{found}");
    // Without its notifications the same run has told the payer nothing.
    let exchanges = |run: &mut Run| -> usize {
        let of = run.scenarios.iter_mut().map(|one| &mut one.exchanges);
        let mut received = of.flat_map(|all| all.iter_mut().filter(|one| one.received));
        received.by_ref().map(|one| one.request.body = None).count()
    };
    assert!(exchanges(&mut recorded) > 0);
    log::write(&recorded, folder.path()).unwrap();
    let (code, found) = replay(folder.path());
    assert_eq!(code, 1, "{found}");
    assert!(found["different"].as_u64() > Some(0), "{found}");
}

#[test]
fn evidence_that_did_not_keep_what_came_to_the_desk_is_not_claimed_to_be_judged_again() {
    let folder = tempfile::tempdir().unwrap();
    let mut recorded = notified(folder.path());
    for scenario in &mut recorded.scenarios {
        scenario.exchanges.retain(|exchange| !exchange.received);
        // What earlier versions noted.
        let told = "the target is told of the payer's desk";
        scenario.steps[0].notes.push(told.to_owned());
    }
    log::write(&recorded, folder.path()).unwrap();
    let (code, found) = replay(folder.path());
    assert_eq!(code, 3, "{found}");
    assert_eq!(found["different"], 0, "{found}");
    assert!(found["undecided"].as_u64() > Some(0), "{found}");
    assert!(found.to_string().contains("payer's desk"), "{found}");
}

#[test]
fn the_course_of_a_task_is_in_the_evidence() {
    let folder = tempfile::tempdir().unwrap();
    let recorded = notified(folder.path());
    let seen = recorded.scenarios.iter().flat_map(|one| &one.transitions);
    let statuses: Vec<&str> = seen.map(|one| one.status.as_str()).collect();
    assert_eq!(statuses.first(), Some(&"requested"));
    assert_eq!(statuses.last(), Some(&"completed"));
    let scenario = &recorded.scenarios[0];
    let mut times = scenario.transitions.iter().map(|one| one.at_us);
    assert!(times.clone().is_sorted());
    assert!(times.all(|at| at >= scenario.started_us));
}

#[test]
fn a_run_against_a_server_with_tokens_and_tls_is_judged_again_without_its_keys() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).display().to_string();
    let [out, keys, config] = ["run", "keys", "keys/vitruvian.toml"].map(path);
    let mock = Mock::start(&["--auth", "smart", "--tls", "--keys", &keys]);
    assert!(mock.base.starts_with("https://"), "{}", mock.base);
    // What a run needs is written once the address is known.
    let is_there = || Path::new(&config).is_file();
    let mut tries = 0..200;
    while !is_there() && tries.next().is_some() {
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    let suites = ["pdex-security", "pdex-payer-to-payer", "pdex-member-match"];
    let suites = suites.iter().flat_map(|suite| ["--suite", suite]);
    let words = ["run", "--config", &config, "--no-redact-phi", "--out", &out];
    let output = vitruvian(words, suites);
    assert!(matches!(output.code, 0 | 3), "{output:?}");
    // Nobody is asked again, and no key of the run is there any more.
    drop(mock);
    for entry in std::fs::read_dir(&keys).unwrap() {
        let path = entry.unwrap().path();
        if path != Path::new(&config) {
            std::fs::remove_file(path).unwrap();
        }
    }
    let recorded = log::read(Path::new(&out)).unwrap();
    let passed = |run: &Run| {
        let all = run.scenarios.iter();
        all.filter(|one| one.verdict == Verdict::Pass).count()
    };
    assert!(passed(&recorded) > 100, "{}", passed(&recorded));
    let again = |more: &[&str]| {
        let words = ["replay", &out, "--format", "json"];
        let output = vitruvian(words, more);
        let found = serde_json::from_str::<Value>(&output.stdout);
        (output.code, found.unwrap_or(Value::Null))
    };
    let (code, found) = again(&["--config", &config]);
    assert_eq!(code, 0, "{found:#}");
    let scenarios = found["scenarios"].as_array().unwrap();
    assert_eq!(scenarios.len(), recorded.plan.len());
    assert_eq!(found["same"], scenarios.len());
    // What TLS showed is judged again.
    let mut shown = scenarios.iter().filter(|one| {
        let id = one["id"].as_str().unwrap_or_default();
        id.contains("/transport/") && one["verdict"] == "pass"
    });
    assert!(shown.next().is_some(), "{found}");
    // The members are not in the evidence.
    assert_eq!(again(&[]).0, 2);
}
