//! What our authorities issue is taken by others.

use super::{URI, Wanted, key};
use std::net::{IpAddr, Ipv4Addr};
use std::process::Command;
use time::{Duration, OffsetDateTime};
use vitruvian::http::Identity;
use vitruvian::signature::{Authority, Certificate};

/// What `openssl` says; none where there is no such command.
fn openssl(arguments: &[&str]) -> Option<(bool, String)> {
    let output = Command::new("openssl").args(arguments).output().ok()?;
    let text = [output.stdout, output.stderr].concat();
    Some((
        output.status.success(),
        String::from_utf8_lossy(&text).into_owned(),
    ))
}

fn written(folder: &tempfile::TempDir, name: &str, text: &str) -> String {
    let path = folder.path().join(name);
    std::fs::write(&path, text).unwrap();
    path.to_str().unwrap().to_owned()
}

#[test]
fn openssl_takes_what_we_issue() {
    let root = Authority::root("Example Root").unwrap();
    let address = IpAddr::V4(Ipv4Addr::LOCALHOST);
    let (server_key, client_key) = (key(), key());
    let wanted = Wanted::server("Example Server", &["payer.example"], &[address]);
    let server = root.issue(&wanted, &server_key).unwrap();
    let client = root
        .issue(&Wanted::client("Example Client", URI), &client_key)
        .unwrap();
    let folder = tempfile::tempdir().unwrap();
    let ca = written(&folder, "ca.pem", &root.certificate().to_pem());
    let file = |name: &str, one: &Certificate| written(&folder, name, &one.to_pem());
    let (server, client) = (file("server.pem", &server), file("client.pem", &client));
    let verify = |more: &[&str]| {
        let arguments = ["verify", "-x509_strict", "-CAfile", &ca];
        openssl(&[&arguments, more].concat())
    };
    let Some((holds, said)) = verify(&["-purpose", "sslserver", &server]) else {
        return super::skip("there is no openssl here");
    };
    assert!(holds, "{said}");
    for (more, holds) in [
        (["-verify_hostname", "payer.example", &server], true),
        (["-verify_hostname", "other.example", &server], false),
        (["-verify_ip", "127.0.0.1", &server], true),
        (["-purpose", "sslclient", &client], true),
        (["-purpose", "sslserver", &client], false),
    ] {
        let (is_taken, said) = verify(&more).unwrap();
        assert_eq!(is_taken, holds, "{more:?}: {said}");
    }
    let (_, text) = openssl(&["x509", "-in", &client, "-noout", "-text"]).unwrap();
    assert!(text.contains(&format!("URI:{URI}")), "{text}");
    let pem = written(&folder, "server.key", &server_key.to_pem());
    assert!(
        openssl(&["pkey", "-in", &pem, "-check", "-noout"])
            .unwrap()
            .0
    );
}

#[test]
fn the_validity_is_the_one_that_was_asked_for() {
    let root = Authority::root("Example Root").unwrap();
    let (from, until) = (
        OffsetDateTime::UNIX_EPOCH + Duration::days(10_000),
        OffsetDateTime::UNIX_EPOCH + Duration::days(40_000),
    );
    let wanted = Wanted::client("Example Client", URI).valid(from, until);
    let issued = root.issue(&wanted, &key()).unwrap();
    assert_eq!(issued.validity(), [from, until]);
}

#[test]
fn an_identity_is_read_and_shows_nothing_secret() {
    let root = Authority::root("Example Root").unwrap();
    let key = key();
    let issued = root.issue(&Wanted::client("Example", URI), &key).unwrap();
    let chain = issued.to_pem() + &root.certificate().to_pem();
    let identity = Identity::from_pem(chain.as_bytes(), key.to_pem().as_bytes()).unwrap();
    assert_eq!(
        identity.certificates(),
        [issued.der().to_vec(), root.certificate().der().to_vec()]
    );
    let secret: Vec<String> = key.to_pem().lines().skip(1).map(str::to_owned).collect();
    let mut shown = vec![format!("{identity:?} {identity:#?} {key:?}")];
    let other = super::key();
    for (certificates, key) in [
        (chain.as_bytes(), other.to_pem()),
        (b"nothing", key.to_pem()),
        (chain.as_bytes(), "nothing".to_owned()),
        (chain.as_bytes(), key.to_pem().replace("PRIVATE KEY", "X")),
        (chain.as_bytes(), key.to_pem().replace("MIG", "MIH")),
        (key.to_pem().as_bytes(), chain.clone()),
    ] {
        let refused = Identity::from_pem(certificates, key.as_bytes()).unwrap_err();
        let text = refused.to_string();
        assert!(text.contains("target.tls."), "{text}");
        shown.push(format!("{text} {refused:?}"));
    }
    for text in shown {
        for line in &secret {
            assert!(!text.contains(&line[..line.len().min(20)]), "{text}");
        }
    }
}
