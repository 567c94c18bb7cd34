//! A whole run leaves no secret and no personal data in any file: the known strings are looked for.

use crate::support::command::vitruvian_with;
use std::net::{Ipv4Addr, TcpListener};
use std::path::Path;
use vitruvian::data::Data;
use vitruvian::mock::{Payer, Server};

const TOKEN: &str = "canary-token-4f1c9e7ab2";
/// What identifies the test member, in the request or in the payer's answers.
const PERSONAL: [&str; 8] = [
    "Oakhurst",
    "Marian",
    "1974-12-25",
    "VM-100037",
    "VS-500053",
    "pt-001",
    "U-PT-001",
    "Specimen Lane",
];

const CONFIG: &str = r#"
[target]
url = "URL"
token = "env:CANARY_TOKEN"
npi = "5555555551"
[requester]
npi = "7777777773"
[[member]]
name = "the first"
expect = "match"
family = "Oakhurst"
given = ["Marian"]
birth_date = "1974-12-25"
gender = "female"
[member.coverage]
subscriber_id = "VS-500053"
member_id = { system = "https://payer.example/ids/member", value = "VM-100037" }
"#;

/// Runs everything against a mock payer as if it were somebody else's; returns the files' contents
/// and what was printed.
fn run(more: &[&str]) -> Vec<(String, String)> {
    let folder = tempfile::tempdir().unwrap();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .unwrap();
    let server = runtime.block_on(async {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let today = time::OffsetDateTime::now_utc().date();
        let payer = Payer::load(&Data::Embedded, "2.1.0", today).unwrap();
        Server::start(listener, Box::new(payer), 10, None)
            .await
            .unwrap()
    });
    let config = folder.path().join("vitruvian.toml");
    std::fs::write(&config, CONFIG.replace("URL", &server.base_url())).unwrap();
    let out = folder.path().join("out");
    let output = vitruvian_with(
        &[("CANARY_TOKEN", TOKEN), ("RUST_LOG", "trace")],
        [
            "run",
            "-v",
            "--config",
            config.to_str().unwrap(),
            "--out",
            out.to_str().unwrap(),
        ]
        .iter()
        .chain(more),
    );
    // The payer asks nobody for a token, and is told so.
    assert!(matches!(output.code, 1 | 3), "{output:?}");
    let mut found = vec![
        ("stdout".to_owned(), output.stdout),
        ("stderr".to_owned(), output.stderr),
    ];
    collect(&out, &mut found);
    assert!(found.len() >= 6, "evidence and three reports are expected");
    found
}

fn collect(folder: &Path, found: &mut Vec<(String, String)>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let text = String::from_utf8_lossy(&std::fs::read(&path).unwrap()).into_owned();
        found.push((path.display().to_string(), text));
    }
}

#[test]
fn neither_the_token_nor_the_member_is_in_any_file() {
    for (file, text) in run(&[]) {
        for known in PERSONAL.iter().chain([&TOKEN]) {
            assert!(!text.contains(known), "{file} holds {known}");
        }
        // Bodies in the page are compressed: they come from the log, which is looked through above.
        assert!(
            !text.is_empty() || file.starts_with("std"),
            "{file} is empty"
        );
    }
}

#[test]
fn without_redaction_the_member_is_there_and_the_token_still_is_not() {
    let files = run(&["--no-redact-phi"]);
    assert!(
        files
            .iter()
            .any(|(file, text)| file.ends_with("run.jsonl") && text.contains("Oakhurst"))
    );
    for (file, text) in files {
        assert!(!text.contains(TOKEN), "{file} holds the token");
    }
}
