//! A configuration to begin with can be run as it is drafted.

use crate::support::command::vitruvian;
use crate::support::mock::Mock;
use crate::support::servers;
use std::path::Path;

fn init(url: &str, file: &Path, more: &[&str]) -> crate::support::command::Output {
    let file = file.to_str().unwrap();
    vitruvian(["init", "--target", url, "--output", file], more)
}

#[test]
fn what_is_drafted_for_a_payer_runs_against_it() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("vitruvian.toml");
    let mock = Mock::start(&["--auth", "smart"]);
    let drafted = init(&mock.base, &file, &[]);
    assert_eq!(drafted.code, 0, "{}", drafted.stderr);
    let text = std::fs::read_to_string(&file).unwrap();
    for expected in [
        "ig = \"pdex@2.1.0\"",
        "# method = \"smart-backend\"",
        "# [target.auth.app]",
        "# [requester]",
        "# [attachments]",
    ] {
        assert!(text.contains(expected), "{expected}: {text}");
    }
    let out = folder.path().join("report");
    let run = vitruvian(
        ["run", "--suite", "pdex-discovery", "--allow-incomplete"],
        [
            "--config",
            file.to_str().unwrap(),
            "--out",
            out.to_str().unwrap(),
        ],
    );
    assert_eq!(run.code, 0, "{}{}", run.stdout, run.stderr);
}

#[test]
fn a_file_that_is_there_is_kept() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("vitruvian.toml");
    std::fs::write(&file, "mine").unwrap();
    let url = servers::empty_objects();
    let refused = init(&url, &file, &[]);
    assert_eq!(refused.code, 2);
    assert!(refused.stderr.contains("--force"), "{}", refused.stderr);
    assert_eq!(std::fs::read_to_string(&file).unwrap(), "mine");
    let replaced = init(&url, &file, &["--force"]);
    assert_eq!(replaced.code, 0, "{}", replaced.stderr);
    assert!(std::fs::read_to_string(&file).unwrap().contains(&url));
}

#[test]
fn what_cannot_be_read_is_said() {
    let shown = vitruvian(
        ["init", "--output", "-", "--target"],
        [servers::web_pages(404)],
    );
    assert_eq!(shown.code, 0, "{}", shown.stderr);
    assert!(
        shown
            .stdout
            .contains("metadata   cannot be read: the answer is 404"),
        "{}",
        shown.stdout
    );
}

#[test]
fn nothing_is_drafted_for_who_does_not_answer() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("vitruvian.toml");
    for url in ["http://127.0.0.1:9/fhir", "no url", "ftp://payer.example/"] {
        let refused = init(url, &file, &[]);
        assert_eq!(refused.code, 2, "{url}: {}", refused.stderr);
        assert!(!file.exists(), "{url}");
    }
}
