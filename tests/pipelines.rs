//! What is offered to pipelines is executed as they would: the steps of the composite action, with the files and
//! variables that GitHub gives them, and the lines for GitLab and Jenkins out of the documentation.

#![cfg(unix)]

use crate::packages::say;
use crate::support::mock::Mock;
use std::collections::BTreeMap;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use tempfile::TempDir;

const ACTION: &str = ".github/actions/vitruvian/action.yml";

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// A step of the action that runs a script.
#[derive(Debug, Default)]
struct Step {
    name: String,
    env: BTreeMap<String, String>,
    run: String,
}

/// The defaults of the inputs, and the steps. It reads what this one file needs of YAML: blocks by indentation.
fn action() -> (BTreeMap<String, String>, Vec<Step>) {
    let text = std::fs::read_to_string(root().join(ACTION)).unwrap();
    let (mut inputs, mut steps) = (BTreeMap::new(), Vec::<Step>::new());
    let (mut part, mut input, mut block) = ("", String::new(), "");
    for line in text.lines() {
        let depth = line.len() - line.trim_start().len();
        let content = line.trim();
        let (name, value) = content.split_once(':').unwrap_or((content, ""));
        let value = value.trim().trim_matches('"').to_owned();
        match (depth, name) {
            (0, _) if !content.is_empty() => part = line.split(':').next().unwrap(),
            (2, _) if part == "inputs" => input = name.to_owned(),
            (4, "default") if part == "inputs" => {
                inputs.insert(input.clone(), value);
            }
            (4, "- name") => {
                steps.push(Step {
                    name: value,
                    ..Step::default()
                });
                block = "";
            }
            (6, _) => block = if name == "run" { "run" } else { name },
            (8.., _) if part == "runs" => {
                let step = steps.last_mut().unwrap();
                if block == "env" {
                    step.env.insert(name.to_owned(), value);
                } else if block == "run" {
                    step.run.push_str(line.get(8..).unwrap_or_default());
                    step.run.push('\n');
                }
            }
            _ => {}
        }
    }
    (inputs, steps)
}

/// A workspace with a path on which are only the usual commands, and those that are put there.
struct Workspace {
    folder: TempDir,
}

impl Workspace {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("bin")).unwrap();
        Self { folder }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.path(name)).unwrap_or_default()
    }

    /// Puts a command on the path.
    fn command(&self, name: &str, script: &str) {
        let path = self.path("bin").join(name);
        std::fs::write(&path, format!("#!/bin/sh\n{script}\n")).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
    }

    /// Puts our command on the path; `more` are arguments that go along each time.
    fn with_vitruvian(self, more: &str) -> Self {
        let ours = env!("CARGO_BIN_EXE_vitruvian");
        self.command("vitruvian", &format!("exec '{ours}' \"$@\" {more}"));
        self
    }

    fn run(&self, program: &str, arguments: &[&str], env: &BTreeMap<String, String>) -> Output {
        let path = format!("{}:/usr/bin:/bin", self.path("bin").display());
        Command::new(program)
            .args(arguments)
            .current_dir(self.folder.path())
            .env("PATH", path)
            .envs(env)
            .output()
            .unwrap()
    }

    /// Runs the steps of the action with these inputs; the exit code is that of the step that fails, else 0.
    fn act(&self, given: &[(&str, &str)]) -> i32 {
        let (mut inputs, steps) = action();
        for (name, value) in given {
            let known = inputs.insert((*name).to_owned(), (*value).to_owned());
            assert!(known.is_some(), "the action has no input {name}");
        }
        let action_path = root().join(ACTION).parent().unwrap().display().to_string();
        for step in steps {
            let mut env = step.env;
            for value in env.values_mut() {
                *value = value.replace("${{ github.action_path }}", &action_path);
                for (name, given) in &inputs {
                    *value = value.replace(&format!("${{{{ inputs.{name} }}}}"), given);
                }
                assert!(!value.contains("${{"), "{value} is not known here");
            }
            for name in ["GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY", "GITHUB_ENV"] {
                let file = self.path(name).display().to_string();
                env.insert(name.to_owned(), file);
            }
            assert!(
                !step.run.contains("${{"),
                "{}: expressions belong into env",
                step.name
            );
            let script = self.path("step.sh");
            std::fs::write(&script, &step.run).unwrap();
            // As GitHub runs `shell: bash`.
            let words = ["--noprofile", "--norc", "-eo", "pipefail"];
            let words = [&words[..], &[script.to_str().unwrap()]].concat();
            let output = self.run("bash", &words, &env);
            if !output.status.success() {
                return output.status.code().unwrap_or(-1);
            }
        }
        0
    }
}

fn has_bash() -> bool {
    let found = Command::new("bash").arg("--version").output().is_ok();
    if !found {
        say("skipped: no bash on the path");
    }
    found
}

#[test]
fn the_action_is_read_as_it_is_written() {
    let (inputs, steps) = action();
    assert_eq!(inputs["allow-incomplete"], "true");
    assert_eq!(inputs["out"], "vitruvian-report");
    let names: Vec<&str> = steps.iter().map(|step| step.name.as_str()).collect();
    assert_eq!(names, ["Build", "Run"]);
    assert_eq!(steps[1].env["TARGET"], "${{ inputs.target }}");
    assert!(
        steps.iter().all(|step| step.run.lines().count() >= 3),
        "{steps:?}"
    );
}

#[test]
fn the_action_runs_and_leaves_what_it_promises() {
    if !has_bash() {
        return;
    }
    let place = Workspace::new().with_vitruvian("");
    let suite = ("arguments", "--suite pdex-discovery  --jobs 2");
    assert_eq!(place.act(&[suite]), 0);
    assert_eq!(place.read("GITHUB_OUTPUT"), "exit-code=0\n");
    let summary = place.read("GITHUB_STEP_SUMMARY");
    assert!(summary.starts_with("## "), "{summary}");
    for file in [
        "report.html",
        "summary.md",
        "vitruvian.sarif",
        "badge.svg",
        "run.jsonl",
    ] {
        let path = place.path("vitruvian-report").join(file);
        assert!(path.is_file(), "{file} is not there");
    }
}

#[test]
fn the_action_fails_where_the_run_does_and_still_shows_the_summary() {
    if !has_bash() {
        return;
    }
    let broken =
        "--suite pdex-member-match --name consent --fault payer/consent-period-is-not-checked";
    let place = Workspace::new().with_vitruvian("");
    assert_eq!(place.act(&[("arguments", broken), ("out", "an out")]), 1);
    assert_eq!(place.read("GITHUB_OUTPUT"), "exit-code=1\n");
    assert!(
        place
            .read("GITHUB_STEP_SUMMARY")
            .contains("## Not conformant")
    );
    assert!(place.path("an out").join("report.html").is_file());
    // A question that only a person can answer leaves it incomplete.
    let place = Workspace::new().with_vitruvian("");
    let strict = ("allow-incomplete", "false");
    assert_eq!(
        place.act(&[("arguments", "--suite pdex-member-match"), strict]),
        3
    );
    assert_eq!(place.read("GITHUB_OUTPUT"), "exit-code=3\n");
    let place = Workspace::new().with_vitruvian("");
    assert_eq!(place.act(&[("arguments", "--suite no-such-suite")]), 2);
    assert_eq!(place.read("GITHUB_OUTPUT"), "exit-code=2\n");
}

#[test]
fn the_action_builds_its_own_version_where_the_command_is_not_there() {
    if !has_bash() {
        return;
    }
    let place = Workspace::new();
    place.command("cargo", "echo \"$@\" >> cargo.log");
    // Nothing is built, so that the second step finds no command.
    assert_eq!(place.act(&[]), 127);
    let built = place.read("cargo.log");
    let path = built
        .trim()
        .strip_prefix("install --locked --path ")
        .unwrap();
    assert!(Path::new(path).join("Cargo.toml").is_file(), "{path}");
    let place = Workspace::new().with_vitruvian("");
    place.command("cargo", "echo \"$@\" >> cargo.log");
    place.act(&[("arguments", "--list")]);
    assert_eq!(place.read("cargo.log"), "", "it is there already");
}

#[test]
fn the_lines_for_other_pipelines_run_and_leave_the_files_they_name() {
    let text = std::fs::read_to_string(root().join("docs/continuous-integration.md")).unwrap();
    let after = |start: &str, end: char| {
        let (_, rest) = text
            .split_once(start)
            .unwrap_or_else(|| panic!("no {start}"));
        rest.split(end).next().unwrap().trim().to_owned()
    };
    let mock = Mock::start(&[]);
    for line in [after("  script: ", '\n'), after("\nsh '", '\'')] {
        let place = Workspace::new().with_vitruvian("--suite pdex-discovery");
        let config = format!("[target]\nurl = \"{}\"\n", mock.base);
        std::fs::write(place.path("vitruvian.toml"), config).unwrap();
        let output = place.run("sh", &["-c", &line], &BTreeMap::new());
        assert!(output.status.success(), "{line}: {output:?}");
        for named in ["vitruvian-report", "vitruvian-report/junit.xml"] {
            assert!(
                text.contains(named) && place.path(named).exists(),
                "{named}"
            );
        }
    }
}
