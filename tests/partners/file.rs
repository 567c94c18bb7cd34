//! `partners.toml`: read whole, laid over what all share, and every mistake pointed at.

use std::path::Path;
use std::time::Duration;
use vitruvian::config::{Credential, Partners};

const WHOLE: &str = r#"
parallel = 7
suites = ["pdex-member-match"]
ig = ["pdex@2.1.0"]

[politeness]
concurrent = 2
per_second = 4

[requester]
npi = "7777777773"
name = "Asking Payer"

[limits]
jobs = 2
request_timeout = "5s"

[[member]]
name = "Ann"
expect = "match"

[[partner]]
name = "acme"
title = "Acme Health Plan"
[partner.target]
url = "https://acme.example/fhir"
token = "file:acme.token"
ca_file = "ca.pem"
[partner.limits]
request_timeout = "60s"
[[partner.excuse]]
requirement = "PDEX-MMC-019"
reason = "known"
expires = "2027-03-31"

[[partner]]
name = "beta-2"
suites = ["cdex-data-source"]
ig = ["cdex@2.1.0"]
listen = "127.0.0.1:8099"
public_url = "https://us.example/fhir"
[partner.target]
url = "https://beta.example/fhir"
token = "env:BETA_TOKEN"
[[partner.member]]
name = "Bob"
expect = "no-match"
"#;

fn parse(text: &str) -> Result<Partners, vitruvian::config::Error> {
    Partners::parse(text, Path::new("etc/partners.toml"))
}

fn message(text: &str) -> String {
    parse(text).unwrap_err().to_string()
}

#[test]
fn a_whole_file_is_read() {
    let partners = parse(WHOLE).unwrap();
    assert_eq!(partners.parallel, 7);
    assert_eq!(partners.manners.concurrent, 2);
    assert_eq!(partners.manners.interval, Some(Duration::from_millis(250)));
    let [acme, beta] = partners.partners.as_slice() else {
        panic!("two partners are expected")
    };
    assert_eq!(
        (acme.name.as_str(), acme.title.as_str()),
        ("acme", "Acme Health Plan")
    );
    assert_eq!(beta.title, "beta-2");
    assert_eq!(acme.suites, ["pdex-member-match"]);
    assert_eq!(
        (beta.suites[0].as_str(), beta.igs[0].as_str()),
        ("cdex-data-source", "cdex@2.1.0")
    );
    assert!(acme.listen.is_none() && beta.listen.is_some() && beta.public_url.is_some());
}

#[test]
fn what_a_partner_says_lies_over_what_all_share_key_by_key() {
    let partners = parse(WHOLE).unwrap();
    let [acme, beta] = partners.partners.as_slice() else {
        panic!("two partners are expected")
    };
    let (acme, beta) = (acme.config.as_ref().unwrap(), beta.config.as_ref().unwrap());
    assert_eq!(acme.limits.request_timeout, Duration::from_secs(60));
    assert_eq!(beta.limits.request_timeout, Duration::from_secs(5));
    assert_eq!((acme.limits.jobs, beta.limits.jobs), (2, 2));
    assert_eq!(
        (&*acme.requester.npi, &*beta.requester.npi),
        ("7777777773", "7777777773")
    );
    assert_eq!(
        (&*acme.members[0].name, &*beta.members[0].name),
        ("Ann", "Bob")
    );
    assert_eq!((acme.excuses.len(), beta.excuses.len()), (1, 0));
    let target = acme.target.as_ref().unwrap();
    assert_eq!(
        target.token,
        Some(Credential::File("etc/acme.token".into()))
    );
    assert_eq!(target.ca_file.as_deref(), Some(Path::new("etc/ca.pem")));
}

#[test]
fn a_file_of_its_own_is_beside_the_file_of_partners_and_its_paths_beside_itself() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("acme")).unwrap();
    let own = "[target]\nurl = \"https://acme.example/fhir\"\ntoken = \"file:token\"\n[limits]\njobs = 3\n";
    std::fs::write(folder.path().join("acme/vitruvian.toml"), own).unwrap();
    let text = "[limits]\njobs = 1\nretry = 2\n[[partner]]\nname = \"acme\"\nconfig = \"acme/vitruvian.toml\"\n";
    let path = folder.path().join("partners.toml");
    let partners = Partners::parse(text, &path).unwrap();
    let config = partners.partners[0].config.as_ref().unwrap();
    assert_eq!((config.limits.jobs, config.limits.retry), (3, 2));
    let token = config.target.as_ref().unwrap().token.clone();
    assert_eq!(
        token,
        Some(Credential::File(folder.path().join("acme/token")))
    );
}

#[test]
fn what_is_wrong_with_a_file_of_its_own_is_wrong_with_that_partner_alone() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(
        folder.path().join("typo.toml"),
        "[target]\nurll = \"https://a.example\"\n",
    )
    .unwrap();
    std::fs::write(folder.path().join("nowhere.toml"), "[limits]\njobs = 1\n").unwrap();
    let text = r#"
[[partner]]
name = "typo"
config = "typo.toml"
[[partner]]
name = "nowhere"
config = "nowhere.toml"
[[partner]]
name = "missing"
config = "missing.toml"
[[partner]]
name = "good"
[partner.target]
url = "https://good.example/fhir"
"#;
    let partners = Partners::parse(text, &folder.path().join("partners.toml")).unwrap();
    let told = |index: usize| match &partners.partners[index].config {
        Ok(_) => String::new(),
        Err(error) => error.to_string(),
    };
    assert!(
        told(0).contains("typo.toml:2:1: there is no key `urll` here"),
        "{}",
        told(0)
    );
    assert!(told(1).contains("add [target]"), "{}", told(1));
    assert!(
        told(2).contains("there is no file") && told(2).contains("missing.toml"),
        "{}",
        told(2)
    );
    assert_eq!(told(3), "");
}

/// A partner that is all right.
const GOOD: &str =
    "[[partner]]\nname = \"good\"\n[partner.target]\nurl = \"https://good.example/fhir\"\n";

#[test]
fn every_mistake_in_what_all_share_is_pointed_at() {
    pointed_at(&[
        (
            String::new(),
            ":1:1: there is no partner in this file; add a [[partner]]",
        ),
        (
            format!("paralel = 2\n{GOOD}"),
            ":1:1: there is no key `paralel` here",
        ),
        (format!("paralel = 2\n{GOOD}"), "did you mean `parallel`?"),
        (
            format!("parallel = 0\n{GOOD}"),
            ":1:12: 0 is not a number of jobs",
        ),
        (
            format!("[politeness]\nper_second = 0\n{GOOD}"),
            "0 is not a number of requests in a second",
        ),
        (
            format!("[politeness]\nper_hour = 1\n{GOOD}"),
            ":2:1: there is no key `per_hour` here",
        ),
        (format!("ig = [\"pdex\"]\n{GOOD}"), "names no version"),
        (
            format!("[[excuse]]\nrequirement = \"X\"\n{GOOD}"),
            ":1:3: there is no key `excuse` here",
        ),
        (
            format!("[target]\nurl = \"https://a.example\"\n{GOOD}"),
            ":1:2: there is no key `target` here",
        ),
    ]);
    let message = Partners::read(Path::new("no/such.toml"))
        .unwrap_err()
        .to_string();
    assert!(
        message.contains("there is no file no/such.toml"),
        "{message}"
    );
}

#[test]
fn every_mistake_in_a_partner_is_pointed_at() {
    pointed_at(&[
        (
            format!("{GOOD}tokn = \"env:X\"\n"),
            ":5:1: there is no key `tokn` here",
        ),
        (
            format!("{GOOD}{GOOD}"),
            ":5:1: there is a partner \"good\" already",
        ),
        (
            "[[partner]]\nname = \"Good One\"\n".to_owned(),
            ":2:8: \"Good One\" cannot be the name of a folder",
        ),
        (
            "[[partner]]\nname = \"../up\"\n".to_owned(),
            "cannot be the name of a folder",
        ),
        (
            "[[partner]]\nname = \"previous\"\n".to_owned(),
            "is the name of something else",
        ),
        (
            "[[partner]]\ntitle = \"x\"\n".to_owned(),
            "missing field `name`",
        ),
        (
            "[[partner]]\nname = \"a\"\n".to_owned(),
            ":1:1: it is not said where the partner \"a\" is",
        ),
        (
            format!(
                "{GOOD}[[partner]]\nname = \"b\"\nconfig = \"b.toml\"\n[partner.limits]\njobs = 1\n"
            ),
            ":5:1: the partner \"b\" names a configuration and has a table \"limits\", too",
        ),
        (
            format!(
                "{GOOD}[[partner.member]]\nname = \"A\"\nexpect = \"match\"\n[[partner.member]]\nname = \"A\"\nexpect = \"match\"\n"
            ),
            ":8:1: there is a member \"A\" already",
        ),
    ]);
}

/// Each of these texts is refused with a message that holds what stands beside it.
fn pointed_at(cases: &[(String, &str)]) {
    for (text, expected) in cases {
        let message = message(text);
        assert!(message.contains(expected), "{text}\nsays\n{message}");
        assert!(message.contains("etc/partners.toml"), "{message}");
    }
}

#[test]
fn a_credential_in_the_file_is_refused_and_not_repeated() {
    let text = format!("{GOOD}token = \"s3cr3t-canary\"\n");
    let message = message(&text);
    assert!(
        message.contains("a credential does not stand in this file"),
        "{message}"
    );
    assert!(!message.contains("canary"), "{message}");
}
