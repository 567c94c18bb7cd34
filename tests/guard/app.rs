//! An app that others have written, with `fhirclient` from npm, is let in by a member.
//!
//! It is looked for in the folder `VITRUVIAN_TEST_NODE_MODULES`. Without it the test says so and passes: it is no part
//! of this repository.

use crate::packages::say;
use serde_json::{Value, json};
use std::io::Write as _;
use std::net::{Ipv4Addr, TcpListener};
use std::path::Path;
use std::process::{Command, Stdio};
use time::OffsetDateTime;
use vitruvian::data::Data;
use vitruvian::evidence::Secret;
use vitruvian::mock::{Guard, Login, Payer, Registered, Server};

const SCRIPT: &str = include_str!("app.mjs");
const SCOPE: &str = "launch/patient openid fhirUser offline_access patient/*.rs";

/// Runs the script with what it is asked; its last line.
fn run(modules: &Path, asked: &Value) -> Value {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("app.mjs"), SCRIPT).unwrap();
    // Node looks for packages beside the script.
    #[cfg(unix)]
    std::os::unix::fs::symlink(modules, folder.path().join("node_modules")).unwrap();
    let mut child = Command::new("node")
        .arg(folder.path().join("app.mjs"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::inherit())
        .spawn()
        .unwrap();
    writeln!(child.stdin.as_mut().unwrap(), "{asked}").unwrap();
    let said = child.wait_with_output().unwrap().stdout;
    let said = String::from_utf8(said).unwrap();
    serde_json::from_str(said.lines().last().unwrap_or("null")).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_app_of_others_is_let_in_by_a_member_and_sees_that_member_alone() {
    let modules = std::env::var_os("VITRUVIAN_TEST_NODE_MODULES")
        .filter(|modules| Path::new(modules).join("fhirclient").is_dir());
    let Some(modules) = modules else {
        say("skipped: VITRUVIAN_TEST_NODE_MODULES names no folder with fhirclient");
        return;
    };
    // Taken and given back: the app will listen there.
    let free = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let port = free.local_addr().unwrap().port();
    drop(free);
    let redirect = format!("http://127.0.0.1:{port}/back");
    let login = Login {
        user: "member".to_owned(),
        password: Secret::new("plain-to-see"),
        patients: vec!["pt-001".to_owned()],
    };
    let guard = Guard::new(vec![Registered::app("app", SCOPE, &redirect)], [3; 32])
        .with_logins(vec![login]);
    let today = OffsetDateTime::now_utc().date();
    let payer = Payer::load(&Data::Embedded, "2.1.0", today).unwrap();
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let server = Server::start(listener, Box::new(payer.with_guard(guard)), 100, None);
    let server = server.await.unwrap();
    let asked = json!({"base": server.base_url(), "client": "app", "redirect": redirect, "other": "pt-002",
        "user": "member", "password": "plain-to-see"});
    let told = tokio::task::spawn_blocking(move || run(Path::new(&modules), &asked));
    let told = told.await.unwrap();
    server.stop().await;
    assert_eq!(told["patient"], "pt-001", "{told}");
    assert_eq!(told["again"], "pt-001", "{told}");
    assert_eq!(told["scope"], SCOPE, "{told}");
    let user = told["user"].as_str().unwrap_or_default();
    assert!(user.ends_with("Patient/pt-001"), "{told}");
    assert!(
        told["claims"].as_u64().is_some_and(|claims| claims > 0),
        "{told}"
    );
    assert!(matches!(told["other"].as_u64(), Some(403 | 404)), "{told}");
}
