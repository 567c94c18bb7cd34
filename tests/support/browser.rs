//! Pages as people open them: in Chromium, driven by `puppeteer-core`, and judged by `axe-core`.
//!
//! Chromium is `VITRUVIAN_TEST_CHROMIUM`, or `chromium` on the path; the packages of npm are looked for in the
//! folder `VITRUVIAN_TEST_NODE_MODULES`. Without them the tests say so and pass: none is part of this repository.
//! `VITRUVIAN_TEST_SHOTS` names a folder for pictures of what was opened.

use crate::packages::say;
use serde_json::{Value, json};
use std::io::Write as _;
use std::path::PathBuf;
use std::process::{Command, Stdio};

/// A page to open.
pub(crate) struct Page {
    /// What it is called where something is wrong.
    pub(crate) name: &'static str,
    /// Where it is.
    pub(crate) url: String,
    /// `report`, `large` for one with thousands of scenarios, `listen`, `partners`, or something else that can only be
    /// looked at.
    pub(crate) kind: &'static str,
}

/// What is wrong with these pages, and the milliseconds each took to open; none without a browser.
pub(crate) fn opened(pages: &[Page]) -> Option<(Vec<String>, Value)> {
    let modules = std::env::var_os("VITRUVIAN_TEST_NODE_MODULES").map(PathBuf::from);
    let has = |modules: &PathBuf| {
        ["axe-core", "puppeteer-core"]
            .iter()
            .all(|name| modules.join(name).is_dir())
    };
    let Some(modules) = modules.filter(has) else {
        say(
            "skipped: VITRUVIAN_TEST_NODE_MODULES names no folder with axe-core and puppeteer-core",
        );
        return None;
    };
    let Some(chromium) = chromium() else {
        say("skipped: VITRUVIAN_TEST_CHROMIUM names no Chromium, and none is on the path");
        return None;
    };
    let folder = tempfile::tempdir().unwrap();
    let script = folder.path().join("browser.mjs");
    std::fs::write(&script, include_str!("browser.mjs")).unwrap();
    // Node looks for packages beside the script.
    #[cfg(unix)]
    std::os::unix::fs::symlink(&modules, folder.path().join("node_modules")).unwrap();
    let shots = std::env::var("VITRUVIAN_TEST_SHOTS").ok();
    let pages: Vec<Value> = pages
        .iter()
        .map(|page| {
            let shots = shots.as_ref().map(|to| format!("{to}/{}", page.name));
            json!({"name": page.name, "url": page.url, "kind": page.kind, "shots": shots})
        })
        .collect();
    let mut child = Command::new("node")
        .arg(&script)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::inherit())
        .spawn()
        .unwrap();
    let mut input = child.stdin.take().unwrap();
    write!(input, "{}", json!({"chromium": chromium, "pages": pages})).unwrap();
    drop(input);
    let output = child.wait_with_output().unwrap();
    let found: Value = serde_json::from_slice(&output.stdout).expect("the browser said nothing");
    let problems = found["problems"].as_array().unwrap().iter();
    let problems = problems.filter_map(|one| one.as_str().map(str::to_owned));
    Some((problems.collect(), found["times"].clone()))
}

/// Path of a Chromium.
pub(crate) fn chromium() -> Option<PathBuf> {
    let named = std::env::var_os("VITRUVIAN_TEST_CHROMIUM").map(PathBuf::from);
    let folders = std::env::var_os("PATH").unwrap_or_default();
    let on_path = std::env::split_paths(&folders).map(|folder| folder.join("chromium"));
    named.into_iter().chain(on_path).find(|path| path.is_file())
}
