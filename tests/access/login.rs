//! `vitruvian login` with a browser of others: Chromium, driven with `puppeteer-core` from npm.
//!
//! The package is looked for in the folder `VITRUVIAN_TEST_NODE_MODULES`, the browser at `VITRUVIAN_TEST_CHROMIUM`,
//! else as `chromium` on the path. Without them the tests say so and pass: neither is part of this repository.
#![cfg(target_os = "linux")]

use crate::packages::say;
use crate::support::browser::chromium;
use crate::support::mock::Mock;
use serde_json::{Value, json};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};
use vitruvian::http::{Client, Request, Settings};

const SCRIPT: &str = include_str!("browser.mjs");

/// A folder whose `xdg-open` is a member with a browser, who does what is asked.
struct Member {
    folder: tempfile::TempDir,
}

impl Member {
    /// None where there is no browser, or nothing to drive it with.
    fn with(passwords: &[&str], decision: &str) -> Option<Self> {
        let modules = std::env::var_os("VITRUVIAN_TEST_NODE_MODULES").map(PathBuf::from);
        let Some(modules) = modules.filter(|modules| modules.join("puppeteer-core").is_dir())
        else {
            say("skipped: VITRUVIAN_TEST_NODE_MODULES names no folder with puppeteer-core");
            return None;
        };
        let Some(chromium) = chromium() else {
            say("skipped: VITRUVIAN_TEST_CHROMIUM names no Chromium, and none is on the path");
            return None;
        };
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        std::fs::write(at("browser.mjs"), SCRIPT).unwrap();
        // Node looks for packages beside the script.
        std::os::unix::fs::symlink(&modules, at("node_modules")).unwrap();
        let asked = json!({"chromium": chromium, "told": at("told.json"), "user": "avery.example",
            "passwords": passwords, "decision": decision});
        let opener = format!(
            "#!/bin/sh\nexec node '{}' '{asked}' \"$1\"\n",
            at("browser.mjs").display()
        );
        std::fs::write(at("xdg-open"), opener).unwrap();
        std::fs::set_permissions(at("xdg-open"), std::fs::Permissions::from_mode(0o755)).unwrap();
        Some(Self { folder })
    }

    /// Runs the command, and returns it with what the member saw.
    fn log_in(&self, keys: &Path) -> (std::process::Output, Value) {
        let path = std::env::var("PATH").unwrap_or_default();
        let path = format!("{}:{path}", self.folder.path().display());
        let output = Command::new(env!("CARGO_BIN_EXE_vitruvian"))
            .args(["login", "--config"])
            .arg(keys.join("vitruvian.toml"))
            .arg("--save")
            .arg(keys.join("tokens.json"))
            .env("PATH", path)
            .output()
            .unwrap();
        // The browser ends after the command.
        let told = self.folder.path().join("told.json");
        let end = Instant::now() + Duration::from_secs(30);
        while !told.is_file() && Instant::now() < end {
            std::thread::sleep(Duration::from_millis(50));
        }
        let text = std::fs::read_to_string(told).unwrap();
        (output, serde_json::from_str(&text).unwrap())
    }
}

/// A mock that knows an app on this machine, whatever port it listens at, and its keys.
fn payer(more: &[&str]) -> (Mock, tempfile::TempDir) {
    let keys = tempfile::tempdir().unwrap();
    let first = ["--auth", "smart", "--keys", keys.path().to_str().unwrap()];
    let options: Vec<&str> = first.iter().chain(more).copied().collect();
    let mock = Mock::start(&options);
    let path = keys.path().join("vitruvian.toml");
    let text = std::fs::read_to_string(&path).unwrap();
    // No port: a free one is taken.
    let open = text.replace("http://127.0.0.1:9123/back", "http://127.0.0.1/back");
    assert_ne!(open, text);
    std::fs::write(&path, open).unwrap();
    (mock, keys)
}

async fn status(client: &Client, path: &str, token: &str) -> u16 {
    let request = Request::get(path).header("authorization", format!("Bearer {token}"));
    client.send(request).await.result.unwrap().status
}

#[tokio::test(flavor = "multi_thread")]
async fn a_member_lets_an_app_in_with_a_browser() {
    for more in [&[][..], &["--tls"]] {
        let Some(member) = Member::with(&["mistyped", "plain-to-see"], "Allow") else {
            return;
        };
        let (mock, keys) = payer(more);
        let (output, told) = member.log_in(keys.path());
        assert!(output.status.success(), "{output:?} {told}");
        let pages = told["pages"].as_array().unwrap();
        let shows = |page: usize, words: &str| {
            let page = pages[page].as_str().unwrap_or_default();
            assert!(page.contains(words), "{told}");
        };
        shows(0, "Example Health App asks for your data");
        shows(1, "User name or password is wrong");
        shows(2, "patient/*.cruds");
        shows(3, "The login is done");
        // The listener answers at once, whatever connections the browser opens besides.
        assert!(told["took"].as_u64() < Some(4000), "{told}");

        let kept = std::fs::read_to_string(keys.path().join("tokens.json")).unwrap();
        let kept: Value = serde_json::from_str(&kept).unwrap();
        let token = kept["access_token"].as_str().unwrap();
        assert!(kept["refresh_token"].is_string());
        assert!(!format!("{output:?}").contains(token));
        let mut settings = Settings::new(mock.base.parse().unwrap());
        settings.insecure = !more.is_empty();
        let client = Client::new(settings).unwrap();
        assert_eq!(status(&client, "Patient/pt-016", token).await, 200);
        assert_eq!(status(&client, "Patient/pt-002", token).await, 404);
        assert_eq!(status(&client, "Patient/pt-016", "other").await, 401);
    }
}

#[test]
fn a_member_who_refuses_in_the_browser_is_heard() {
    let Some(member) = Member::with(&["plain-to-see"], "Deny") else {
        return;
    };
    let (_mock, keys) = payer(&[]);
    let (output, told) = member.log_in(keys.path());
    assert_eq!(output.status.code(), Some(2), "{output:?}");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.contains("access_denied"), "{said}");
    let last = told["pages"].as_array().unwrap().last().unwrap();
    assert!(last.as_str().unwrap().contains("was not let in"), "{told}");
    assert!(!keys.path().join("tokens.json").exists());
}
