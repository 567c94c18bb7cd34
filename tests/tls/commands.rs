//! From outside: a mock behind TLS with the keys it writes, and a run that uses them or does without.

use crate::support::command::{Output, vitruvian};
use crate::support::mock::Mock;
use std::path::Path;

/// One scenario, with this configuration or target.
fn run(out: &Path, more: &[&str]) -> Output {
    let out = out.to_str().unwrap();
    let first = ["run", "--requirement", "PDEX-CAP-006", "--out", out];
    vitruvian(first, more)
}

fn text(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap()
}

#[test]
fn a_run_uses_the_keys_that_a_mock_writes() {
    let folder = tempfile::tempdir().unwrap();
    let keys = folder.path().join("keys");
    let mock = Mock::start(&["--mtls", "--keys", keys.to_str().unwrap()]);
    assert!(mock.base.starts_with("https://127.0.0.1:"), "{}", mock.base);
    let configuration = keys.join("vitruvian.toml");
    let out = folder.path().join("out");
    let output = run(&out, &["--config", configuration.to_str().unwrap()]);
    assert!(matches!(output.code, 0 | 3), "{output:?}");
    assert!(!output.stderr.contains("warning"), "{output:?}");
    let report = text(&out.join("report.html"));
    assert!(!report.contains("were not verified"));
    let secret = text(&keys.join("client.key"));
    let secret = secret.lines().nth(1).unwrap();
    for file in std::fs::read_dir(&out).unwrap() {
        assert!(!text(&file.unwrap().path()).contains(secret));
    }
    assert!(!format!("{output:?}").contains(secret));

    // Without the certificate, and without the authority.
    let ca = format!("[target]\nurl = \"{}\"\nca_file = \"ca.pem\"\n", mock.base);
    std::fs::write(keys.join("nobody.toml"), ca).unwrap();
    let nobody = keys.join("nobody.toml");
    let output = run(&out, &["--config", nobody.to_str().unwrap()]);
    assert_eq!(output.code, 2, "{output:?}");
    assert!(output.stderr.contains("demands a client certificate"));
    assert!(
        output.stderr.contains("target.tls.certificate"),
        "{output:?}"
    );
    let output = run(&out, &["--target", &mock.base]);
    assert_eq!(output.code, 2, "{output:?}");
    assert!(output.stderr.contains("target.ca_file"), "{output:?}");
}

#[cfg(unix)]
#[test]
fn secrets_are_written_for_their_owner_and_pointed_out_when_others_can_read_them() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    let keys = folder.path().to_str().unwrap();
    // One that was there before was open to all.
    std::fs::write(folder.path().join("client.key"), "old").unwrap();
    let _mock = Mock::start(&["--mtls", "--keys", keys]);
    let path = folder.path().join("client.key");
    let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&path), 0o600);
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
    let configuration = folder.path().join("vitruvian.toml");
    let out = folder.path().join("out");
    let output = run(&out, &["--config", configuration.to_str().unwrap()]);
    assert!(
        output
            .stderr
            .contains("warning: others can read the secret in")
    );
    assert!(output.stderr.contains("chmod 600"), "{output:?}");
}

#[test]
fn a_run_that_verifies_nothing_says_so_everywhere() {
    let folder = tempfile::tempdir().unwrap();
    let mock = Mock::start(&["--tls"]);
    let out = folder.path().join("out");
    let markdown = folder.path().join("summary.md");
    let report = format!("markdown={}", markdown.display());
    let more = ["--target", &mock.base, "--insecure", "--report", &report];
    let output = run(&out, &more);
    assert!(matches!(output.code, 0 | 3), "{output:?}");
    assert!(output.stdout.contains("(--insecure)"), "{output:?}");
    for path in [out.join("report.html"), markdown] {
        let text = text(&path);
        let at = text.find("were not verified (--insecure)");
        assert!(at.is_some(), "{}", path.display());
    }
    let json = text(&out.join("report.json"));
    assert!(
        json.contains("\"certificates of servers\": \"not verified\""),
        "{json}"
    );
}

#[test]
fn insecure_needs_somebody_to_trust() {
    let folder = tempfile::tempdir().unwrap();
    let output = run(folder.path(), &["--insecure"]);
    assert_eq!(output.code, 2, "{output:?}");
    assert!(output.stderr.contains("--insecure"), "{output:?}");
}
