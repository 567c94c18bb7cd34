//! Tokens of an authorization server of others: `oidc-provider` from npm.
//!
//! It is looked for in the folder `VITRUVIAN_TEST_NODE_MODULES`. Without it the tests say so and pass: it is no part
//! of this repository.

use super::client;
use crate::packages::say;
use serde_json::{Value, json};
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use vitruvian::access::{Access, Registration, Way};
use vitruvian::evidence::Secret;
use vitruvian::http::Request;
use vitruvian::oauth::Jwks;
use vitruvian::signature::{Kind, PrivateKey};

const SECRET: &str = "synthetic-secret-of-32-characters";
const SCRIPT: &str = include_str!("provider.mjs");

/// The server; it ends with this.
struct Provider {
    base: String,
    child: Child,
    _folder: tempfile::TempDir,
}

impl Drop for Provider {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Provider {
    fn start(keys: &Jwks) -> Option<Self> {
        let modules = std::env::var_os("VITRUVIAN_TEST_NODE_MODULES")
            .filter(|modules| Path::new(modules).join("oidc-provider").is_dir());
        let Some(modules) = modules else {
            say("skipped: VITRUVIAN_TEST_NODE_MODULES names no folder with oidc-provider");
            return None;
        };
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("provider.mjs"), SCRIPT).unwrap();
        // Node looks for packages beside the script.
        #[cfg(unix)]
        std::os::unix::fs::symlink(&modules, folder.path().join("node_modules")).unwrap();
        let mut child = Command::new("node")
            .arg(folder.path().join("provider.mjs"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let ask = json!({"jwks": keys.to_json(), "secret": SECRET, "redirect": REDIRECT});
        writeln!(child.stdin.as_mut().unwrap(), "{ask}").unwrap();
        let mut said = String::new();
        let mut lines = BufReader::new(child.stdout.as_mut().unwrap());
        loop {
            said.clear();
            assert!(lines.read_line(&mut said).unwrap() > 0, "the server ended");
            if said.starts_with('{') {
                break;
            }
        }
        let said: Value = serde_json::from_str(&said).unwrap();
        Some(Self {
            base: said["base"].as_str().unwrap().to_owned(),
            child,
            _folder: folder,
        })
    }
}

const REDIRECT: &str = "http://127.0.0.1/callback";

async fn status(provider: &Provider, way: Way, registration: Registration) -> Result<u16, String> {
    let client = client(&provider.base);
    let access = Arc::new(Access::new(&client, way, registration));
    access.prepare().await.map_err(|error| error.to_string())?;
    let sent = client
        .authorized_by(access)
        .send(Request::get("Patient/1"))
        .await;
    Ok(sent.result.unwrap().status)
}

#[tokio::test]
async fn a_signed_assertion_is_taken_for_a_token_and_a_wrong_one_is_not() {
    let keys: Vec<Arc<PrivateKey>> = [Kind::P384, Kind::Rsa, Kind::P256, Kind::P384]
        .map(|kind| Arc::new(PrivateKey::generate(kind).unwrap()))
        .into();
    let registration =
        |key: &Arc<PrivateKey>| Registration::with_key("backend", key.clone(), "system/Patient.rs");
    let known = Jwks {
        keys: keys[..3]
            .iter()
            .filter_map(|key| registration(key).public_key())
            .collect(),
    };
    let Some(provider) = Provider::start(&known) else {
        return;
    };
    for key in &keys[..3] {
        assert_eq!(
            status(&provider, Way::Backend, registration(key)).await,
            Ok(200)
        );
    }
    let refused = status(&provider, Way::Backend, registration(&keys[3])).await;
    assert!(refused.unwrap_err().contains("invalid_client"));
    let without = client(&provider.base).send(Request::get("Patient/1")).await;
    assert_eq!(without.result.unwrap().status, 401);
}

#[tokio::test]
async fn a_secret_is_taken_in_the_header_and_in_the_form() {
    let Some(provider) = Provider::start(&Jwks::default()) else {
        return;
    };
    let registration = |id: &str, secret: &str| Registration {
        client_id: id.to_owned(),
        secret: Some(Secret::new(secret)),
        secret_in_body: id == "posting",
        scope: "system/Patient.rs".to_owned(),
        ..Registration::default()
    };
    for id in ["secretive", "posting"] {
        let way = || Way::ClientCredentials;
        assert_eq!(
            status(&provider, way(), registration(id, SECRET)).await,
            Ok(200)
        );
        let refused = status(&provider, way(), registration(id, "wrong")).await;
        assert!(refused.unwrap_err().contains("invalid_client"));
    }
}
