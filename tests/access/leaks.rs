//! A whole run with tokens leaves no credential in any file, also when the target repeats them where nobody looks.

use super::app::{CODE, PASSWORD, REDIRECT, portal};
use crate::support::command::vitruvian_with;
use std::path::Path;
use vitruvian::signature::{Kind, PrivateKey};
use wiremock::matchers::{method, path};
use wiremock::{Mock, MockServer, Request, ResponseTemplate};

const TOKEN: &str = "canary.access+4f1c9e7ab2/=";
const REFRESH: &str = "canary-refresh-90aa31";
const ID: &str = "canary-id-token-1188";
const SECRET: &str = "canary secret & more";

/// A target whose token endpoint is right, and whose data repeats whatever it was sent.
async fn target(server: &MockServer) {
    let body = serde_json::json!({"access_token": TOKEN, "refresh_token": REFRESH, "id_token": ID,
        "token_type": "Bearer", "expires_in": 300});
    Mock::given(path("/token"))
        .respond_with(ResponseTemplate::new(200).set_body_json(body))
        .mount(server)
        .await;
    Mock::given(method("GET"))
        .respond_with(|asked: &Request| {
            let header = asked.headers.get("authorization");
            let header = header.map_or("", |value| value.to_str().unwrap_or_default());
            let token = header.trim_start_matches("Bearer ");
            ResponseTemplate::new(200)
                .insert_header("x-debug", format!("saw {token}"))
                .insert_header("set-cookie", "who=canary-cookie-3377")
                .set_body_json(
                    serde_json::json!({"resourceType": "CapabilityStatement", "status": token,
                    "description": format!("you are {header}, {REFRESH} and {SECRET}")}),
                )
        })
        .with_priority(200)
        .mount(server)
        .await;
}

fn run(auth: &str, url: &str, key: &Path) -> Vec<(String, String)> {
    let folder = tempfile::tempdir().unwrap();
    let config = folder.path().join("vitruvian.toml");
    std::fs::write(&config, format!("[target]\nurl = \"{url}/fhir\"\n{auth}")).unwrap();
    let out = folder.path().join("out");
    let environment = [
        ("CANARY_SECRET", SECRET),
        ("CANARY_PASSWORD", PASSWORD),
        ("CANARY_KEY", key.to_str().unwrap()),
        ("RUST_LOG", "trace"),
    ];
    let words = [
        "run",
        "-v",
        "--name",
        "declaration tells",
        "--config",
        config.to_str().unwrap(),
        "--out",
        out.to_str().unwrap(),
    ];
    let output = vitruvian_with(&environment, words);
    assert!(matches!(output.code, 0 | 1 | 3), "{output:?}");
    let mut found = vec![
        ("stdout".to_owned(), output.stdout),
        ("stderr".to_owned(), output.stderr),
    ];
    for format in [
        "html",
        "json",
        "junit",
        "markdown",
        "sarif",
        "csv",
        "cucumber",
        "test-report",
    ] {
        let rendered = vitruvian_with(
            &[("RUST_LOG", "trace")],
            ["report", out.to_str().unwrap(), "--format", format],
        );
        assert_eq!(rendered.code, 0, "{rendered:?}");
        found.push((format.to_owned(), rendered.stdout));
    }
    for entry in std::fs::read_dir(&out).unwrap() {
        let path = entry.unwrap().path();
        found.push((
            path.display().to_string(),
            String::from_utf8_lossy(&std::fs::read(&path).unwrap()).into_owned(),
        ));
    }
    found
}

/// A credential, and the ways it may be spelt.
fn spellings(secret: &str) -> Vec<String> {
    use base64::Engine as _;
    let form: String = url::form_urlencoded::byte_serialize(secret.as_bytes()).collect();
    let encoded = base64::engine::general_purpose::STANDARD_NO_PAD.encode(secret);
    vec![
        secret.to_owned(),
        form.clone(),
        form.replace('+', "%20"),
        encoded,
    ]
}

fn is_clean(files: &[(String, String)]) {
    let log = files
        .iter()
        .find(|(file, _)| file.ends_with("run.jsonl"))
        .unwrap();
    assert!(
        log.1.contains("/token") && log.1.contains("[secret:"),
        "the token request is evidence"
    );
    for (file, text) in files {
        for secret in [
            TOKEN,
            REFRESH,
            ID,
            SECRET,
            PASSWORD,
            CODE,
            "canary-cookie-3377",
            "canary-session-77",
        ] {
            for spelling in spellings(secret) {
                assert!(
                    !text.contains(&spelling),
                    "{file} holds {secret} as {spelling}"
                );
            }
        }
        // The beginning of every signed token, and of every private key.
        assert!(
            !text.contains("eyJ0eXAi") && !text.contains("eyJhbGci"),
            "{file} holds an assertion"
        );
        assert!(!text.contains("PRIVATE KEY"), "{file} holds the key");
    }
}

#[test]
fn no_way_to_a_token_leaves_a_credential_behind() {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap();
    let server = runtime.block_on(async {
        let server = portal().await;
        target(&server).await;
        server
    });
    let folder = tempfile::tempdir().unwrap();
    let key = folder.path().join("key.pem");
    std::fs::write(&key, PrivateKey::generate(Kind::P384).unwrap().to_pem()).unwrap();
    let app = format!(
        "[target.auth]\nmethod = \"smart-app\"\n[target.auth.app]\nclient_id = \"app\"\nscope = \"patient/*.rs\"\n\
         redirect = \"{REDIRECT}\"\nlogin = [ {{ fill = \"word\", with = \"env:CANARY_PASSWORD\" }}, \
         {{ press = \"Sign in\" }}, {{ press = \"Approve\" }} ]\n\
         [target.auth.other]\nclient_id = \"b\"\nsecret = \"env:CANARY_SECRET\"\n"
    );
    let backend = format!(
        "[target.auth]\nmethod = \"smart-backend\"\nclient_id = \"a\"\nscope = \"system/*.rs\"\nkey = \"file:{}\"\n\
         [target.auth.other]\nclient_id = \"b\"\nsecret = \"env:CANARY_SECRET\"\n",
        key.display()
    );
    let secret = "[target.auth]\nclient_id = \"a\"\nsecret = \"env:CANARY_SECRET\"\n";
    for in_body in ["", "secret_in = \"body\"\n"] {
        is_clean(&run(&format!("{secret}{in_body}"), &server.uri(), &key));
    }
    is_clean(&run(&backend, &server.uri(), &key));
    is_clean(&run(&app, &server.uri(), &key));
}
