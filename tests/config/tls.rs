//! Who we are over TLS: read whole or not at all, and shown to nobody else.

use super::parse;
use std::path::Path;
use vitruvian::config::{Config, Credential, Overrides};

#[test]
fn tls_is_read_whole_or_not_at_all() {
    let text = "[target]\nurl = \"https://payer.example\"\n[target.tls]\n";
    let read = |more: &str| parse(&format!("{text}{more}")).map(|read| read.target.unwrap().tls);
    let whole = read("certificate = \"client.pem\"\nkey = \"file:client.key\"").unwrap();
    let identity = whole.identity.unwrap();
    assert_eq!(identity.certificate, Path::new("etc/client.pem"));
    assert_eq!(identity.key, Credential::File("etc/client.key".into()));
    assert!(!whole.insecure && read("insecure = true").unwrap().insecure);
    let refused = |more: &str| read(more).unwrap_err().to_string();
    assert!(refused("certificate = \"client.pem\"").contains("write for example key ="));
    assert!(refused("key = \"env:KEY\"").contains("write for example certificate ="));
    let shown = refused("certificate = \"a\"\nkey = \"-----BEGIN canary\"");
    assert!(
        shown.contains("env:NAME") && !shown.contains("canary"),
        "{shown}"
    );
}

#[test]
fn a_certificate_is_not_shown_to_another_origin_and_insecure_needs_a_target() {
    let text = "[target]\nurl = \"https://payer.example\"\n[target.tls]\ninsecure = true\n\
                certificate = \"client.pem\"\nkey = \"file:client.key\"";
    let with = |url: &str, insecure| {
        let mut overrides = Overrides {
            insecure,
            ..Overrides::default()
        };
        overrides.set("target", url, "--target").unwrap();
        let config = parse(text).unwrap().overridden(overrides).unwrap();
        config.target.unwrap().tls
    };
    let same = with("https://payer.example/other", false);
    assert!(same.identity.is_some() && same.insecure);
    let other = with("https://other.example", false);
    assert!(other.identity.is_none() && !other.insecure);
    assert!(with("https://other.example", true).insecure);
    let insecure = Overrides {
        insecure: true,
        ..Overrides::default()
    };
    let refused = Config::default().overridden(insecure).unwrap_err();
    assert!(refused.to_string().starts_with("--insecure: "), "{refused}");
}

#[cfg(unix)]
#[test]
fn a_secret_that_others_can_read_is_pointed_out() {
    use std::os::unix::fs::PermissionsExt as _;
    let file = tempfile::NamedTempFile::new().unwrap();
    let credential = Credential::File(file.path().to_owned());
    for (mode, is_open) in [(0o600, false), (0o400, false), (0o640, true), (0o604, true)] {
        let permissions = std::fs::Permissions::from_mode(mode);
        std::fs::set_permissions(file.path(), permissions).unwrap();
        let said = credential.exposure();
        assert_eq!(said.is_some(), is_open, "{mode:o}");
        assert!(said.is_none_or(|said| said.contains("chmod 600")));
    }
    assert_eq!(Credential::Env("X".into()).exposure(), None);
}
