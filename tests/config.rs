//! A configuration is read whole, every mistake in it is shown with its place and what to write
//! instead, and no credential is ever repeated.

mod auth;
mod tls;

use std::path::Path;
use std::time::Duration;
use vitruvian::config::{Config, Credential, Error, Expectation, Gender, Members, Overrides};
use vitruvian::evidence::{Redactor, Secret};

const WHOLE: &str = r#"
[target]
url = "https://payer.example/fhir"
token = "env:PAYER_TOKEN"
ig = "pdex@2.1.0"
npi = "5555555551"
ca_file = "ca.pem"
signers = "signers.pem"

[requester]
npi = "7777777773"
name = "Asking Payer"

[provider]
npi = "3333333334"
foreign_group = "g-17"

[limits]
request_timeout = "500ms"
run_timeout = "1h"
body_limit = "1MiB"
jobs = 2
retry = 1

[privacy]
redact_phi = false

[[member]]
name = "first"
expect = "consent-refused"
patient_id = "p-1"
family = "Sample"
given = ["Ann", "Bea"]
birth_date = "1970-01-02"
gender = "female"
identifiers = [{ system = "http://ids.example", value = "MB-1", type = "MB" }]
[member.coverage]
subscriber_id = "SUB-1"
member_id = { system = "http://ids.example", value = "UMB-1" }
payor = "Old Payer"

[[member]]
name = "second"
expect = "no-match"

[[excuse]]
requirement = "PDEX-MMC-019"
reason = "fixed in the next release"
expires = "2027-03-31"
"#;

fn parse(text: &str) -> Result<Config, Error> {
    Config::parse(text, Path::new("etc/vitruvian.toml"))
}

fn message(text: &str) -> String {
    parse(text).unwrap_err().to_string()
}

#[test]
fn a_whole_file_is_read() {
    let config = parse(WHOLE).unwrap();
    let target = config.target.unwrap();
    assert_eq!(target.url.as_str(), "https://payer.example/fhir");
    assert_eq!(target.token, Some(Credential::Env("PAYER_TOKEN".into())));
    assert_eq!(target.ig.as_deref(), Some("pdex@2.1.0"));
    assert_eq!(target.npi_system, "http://hl7.org/fhir/sid/us-npi");
    assert_eq!(target.ca_file.as_deref(), Some(Path::new("etc/ca.pem")));
    assert_eq!(
        target.signers.as_deref(),
        Some(Path::new("etc/signers.pem"))
    );
    assert_eq!(config.requester.name, "Asking Payer");
    let provider = config.provider.unwrap();
    assert_eq!((&*provider.npi, &*provider.name), ("3333333334", ""));
    assert_eq!(provider.foreign_group.as_deref(), Some("g-17"));
    assert_eq!(provider.opted_out_group, None);
    assert_eq!(config.limits.request_timeout, Duration::from_millis(500));
    assert_eq!(
        (
            config.limits.body_limit,
            config.limits.jobs,
            config.limits.retry
        ),
        (1 << 20, 2, 1)
    );
    assert_eq!(config.privacy.redact_phi, Some(false));

    let first = &config.members[0];
    assert_eq!(
        (first.expect, first.gender),
        (Expectation::ConsentRefused, Some(Gender::Female))
    );
    assert_eq!(first.identifiers[0].kind.as_deref(), Some("MB"));
    let coverage = first.coverage.as_ref().unwrap();
    assert_eq!(coverage.member_id.as_ref().unwrap().value, "UMB-1");
    assert_eq!(config.members[1].expect, Expectation::NoMatch);
    assert_eq!(config.excuses[0].expires, "2027-03-31");
}

#[test]
fn an_empty_file_means_the_built_in_target_and_the_defaults() {
    let config = parse("").unwrap();
    assert_eq!(config, Config::default());
    assert!(config.target.is_none() && !config.redacts_phi());
    assert_eq!(config.limits.request_timeout, Duration::from_secs(30));
    assert_eq!(config.limits.body_limit, 16 << 20);
}

#[test]
fn a_misspelt_key_is_shown_with_what_was_meant() {
    assert_eq!(
        message("[limits]\n  request_timout = \"3s\"\n"),
        "etc/vitruvian.toml:2:3: there is no key `request_timout` here\n  \
         |\n2 |   request_timout = \"3s\"\n  |   ^\n  = did you mean `request_timeout`?"
    );
}

#[test]
fn a_key_like_no_other_is_shown_with_the_known_ones() {
    let shown = message("[privacy]\nsomething = 1\n");
    assert!(
        shown.contains("there is no key `something` here"),
        "{shown}"
    );
    assert!(shown.ends_with("known keys: redact_phi"), "{shown}");
    let shown = message("[tagret]\nurl = \"https://a.example\"\n");
    assert!(shown.starts_with("etc/vitruvian.toml:1:2:"), "{shown}");
    assert!(shown.ends_with("did you mean `target`?"), "{shown}");
}

#[test]
fn a_misspelt_value_is_shown_with_what_was_meant() {
    let shown = message("[[member]]\nname = \"a\"\nexpect = \"nomatch\"\n");
    assert!(
        shown.starts_with("etc/vitruvian.toml:3:10: there is no value `nomatch` here"),
        "{shown}"
    );
    assert!(shown.ends_with("did you mean `no-match`?"), "{shown}");
}

#[test]
fn a_missing_key_is_named() {
    let shown = message("[target]\nnpi = \"1\"\n");
    assert!(
        shown.starts_with("etc/vitruvian.toml:1:1: missing field `url`"),
        "{shown}"
    );
    assert!(shown.ends_with("add `url = …` to this table"), "{shown}");
}

#[test]
fn what_is_no_toml_is_shown_with_its_place() {
    let shown = message("[limits]\njobs = \n");
    assert!(shown.starts_with("etc/vitruvian.toml:2:"), "{shown}");
    assert!(shown.contains("2 | jobs ="), "{shown}");
    let shown = message("[limits\n");
    assert!(shown.starts_with("etc/vitruvian.toml:1:"), "{shown}");
    let shown = message("[limits]\njobs = 1\njobs = 2\n");
    assert!(
        shown.starts_with("etc/vitruvian.toml:3:1: duplicate key"),
        "{shown}"
    );
}

#[test]
fn values_that_cannot_be_are_shown_with_an_example() {
    for (text, expected) in [
        (
            "[target]\nurl = \"payer.example/fhir\"",
            "is not a URL (relative URL without a base); write it like \"https://payer.example/fhir\"",
        ),
        (
            "[target]\nurl = \"ftp://payer.example\"",
            "does not begin with http:// or https://; write it like",
        ),
        (
            "[target]\nurl = \"https://payer.example/fhir?x=1\"",
            "has a query or fragment",
        ),
        (
            "[target]\nurl = \"https://a.example\"\nig = \"pdex\"",
            "\"pdex\" names no version; write it like \"pdex@2.1.0\"",
        ),
        (
            "[limits]\nrequest_timeout = \"30\"",
            "\"30\" is not a duration; write it like \"500ms\"",
        ),
        (
            "[limits]\nrequest_timeout = 30",
            "write the value between quotes",
        ),
        (
            "[limits]\nbody_limit = \"16\"",
            "\"16\" is not a size; write it like \"512KiB\"",
        ),
        (
            "[limits]\njobs = 0",
            "0 is not a number of jobs; write 1 to 1024",
        ),
        (
            "[limits]\nretry = 11",
            "11 is not a number of retries; write 0 to 10",
        ),
        (
            "[[member]]\nname = \"a\"\nexpect = \"match\"\nbirth_date = \"1970-02-30\"",
            "\"1970-02-30\" is not a date; write it like \"2027-03-31\"",
        ),
        (
            "[[member]]\nname = \" \"\nexpect = \"match\"",
            "this must not be empty; fill it in",
        ),
        (
            "[[excuse]]\nrequirement = \"X\"\nreason = \"\"\nexpires = \"2027-01-01\"",
            "this must not be empty",
        ),
        (
            "[[excuse]]\nrequirement = \"X\"\nreason = \"y\"\nexpires = \"soon\"",
            "\"soon\" is not a date",
        ),
    ] {
        let shown = message(text);
        assert!(shown.contains(expected), "{text}: {shown}");
        let line = shown.split(':').nth(1).unwrap().parse::<usize>().unwrap();
        let excerpt = text.lines().nth(line - 1).unwrap();
        assert!(
            line > 1 && shown.contains(&format!("{line} | {excerpt}")),
            "{shown}"
        );
    }
}

#[test]
fn a_password_in_the_url_is_refused_and_the_reason_does_not_repeat_it() {
    let shown = message("[target]\nurl = \"https://me:canary@payer.example\"");
    let first = shown.lines().next().unwrap();
    assert!(
        first.contains("leave it out and use target.token") && !shown.contains("canary"),
        "{shown}"
    );
}

#[test]
fn a_literal_credential_is_refused_and_never_repeated() {
    for value in [
        "\"canary\"",
        "\"canary:x\"",
        "\"env:\"",
        "12345678",
        "\"canary",
        "[\"canary\"]",
    ] {
        let shown = message(&format!(
            "[target]\nurl = \"https://a.example\"\ntoken = {value}\n"
        ));
        assert!(
            !shown.contains("canary") && !shown.contains("12345678"),
            "{shown}"
        );
        assert!(shown.contains("3 | token = …"), "{shown}");
        assert!(
            shown.contains("write \"env:NAME\" or \"file:PATH\""),
            "{shown}"
        );
    }
}

#[test]
fn a_literal_credential_in_an_inline_table_is_not_repeated_either() {
    let shown =
        message("target = { url = \"https://a.example\", token = \"canary\", nip = \"1\" }");
    assert!(!shown.contains("canary"), "{shown}");
    let shown = message("target = { url = \"https://a.example\", token = \"env:X\", nip = \"1\" }");
    assert!(shown.contains("there is no key `nip` here"), "{shown}");
}

#[test]
fn two_members_of_one_name_are_refused() {
    let shown = message(
        "[[member]]\nname = \"a\"\nexpect = \"match\"\n\n[[member]]\nname = \"a\"\nexpect = \"other\"\n",
    );
    assert!(
        shown.starts_with("etc/vitruvian.toml:5:1: there is a member \"a\" already"),
        "{shown}"
    );
}

#[test]
fn a_missing_file_says_how_to_make_one() {
    let problem = Config::read(Path::new("no/such.toml")).unwrap_err();
    assert_eq!(
        problem.to_string(),
        "there is no file no/such.toml; write one with `vitruvian init --target URL`, or name another with --config"
    );
}

#[test]
fn an_unreadable_file_says_why() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("v.toml");
    std::fs::write(&path, [0xff, 0xfe]).unwrap();
    for path in [&path, folder.path()] {
        let shown = Config::read(path).unwrap_err().to_string();
        assert!(
            shown.starts_with("cannot read ") && shown.ends_with("that it is UTF-8 text"),
            "{shown}"
        );
    }
}

#[test]
fn a_file_is_read_with_paths_relative_to_it() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("token"), "  canary-token\n").unwrap();
    let path = folder.path().join("vitruvian.toml");
    let text = "[target]\nurl = \"https://a.example\"\ntoken = \"file:token\"\n";
    std::fs::write(&path, text).unwrap();
    let target = Config::read(&path).unwrap().target.unwrap();
    let token = target
        .token
        .unwrap()
        .resolve(|_| None, "token", "target.token")
        .unwrap();
    assert_eq!(token.expose(), "canary-token");
}

#[test]
fn a_credential_that_is_not_there_is_named() {
    let resolve = |credential: Credential, value: Option<&str>| {
        let value = value.map(str::to_owned);
        credential.resolve(|_| value.clone(), "token", "target.token")
    };
    let env = || Credential::Env("PAYER_TOKEN".into());
    assert_eq!(resolve(env(), Some(" x\n")).unwrap(), Secret::new("x"));
    for value in [None, Some(""), Some(" ")] {
        assert_eq!(
            resolve(env(), value).unwrap_err().to_string(),
            "the environment variable PAYER_TOKEN is not set; set it to the token, or change target.token"
        );
    }
    let shown = resolve(Credential::File("no/token".into()), None)
        .unwrap_err()
        .to_string();
    assert!(
        shown.starts_with("cannot take the token from no/token: "),
        "{shown}"
    );
    assert!(shown.ends_with("; check target.token"), "{shown}");
    let empty = tempfile::NamedTempFile::new().unwrap();
    let shown = resolve(Credential::File(empty.path().into()), None)
        .unwrap_err()
        .to_string();
    assert!(shown.contains("it is empty; check target.token"), "{shown}");
}

fn variables(pairs: &[(&str, &str)]) -> Result<Overrides, Error> {
    Overrides::from_variables(
        pairs
            .iter()
            .map(|(name, value)| ((*name).into(), (*value).into())),
    )
}

#[test]
fn flags_win_over_the_environment_and_that_over_the_file() {
    let environment = variables(&[
        ("VITRUVIAN_TARGET_URL", "https://payer.example/other"),
        ("VITRUVIAN_JOBS", "4"),
        ("VITRUVIAN_RETRY", "2"),
        ("VITRUVIAN_REDACT_PHI", "true"),
        ("VITRUVIAN_REQUEST_TIMEOUT", ""),
        ("VITRUVIAN_SOMETHING_ELSE", "x"),
        ("PATH", "/bin"),
    ]);
    let mut flags = Overrides::default();
    assert!(flags.set("jobs", "6", "--jobs").unwrap());
    assert!(!flags.set("no-such", "6", "--no-such").unwrap());
    let config = parse(WHOLE)
        .unwrap()
        .overridden(flags.or(environment.unwrap()))
        .unwrap();
    assert_eq!((config.limits.jobs, config.limits.retry), (6, 2));
    assert_eq!(config.limits.request_timeout, Duration::from_millis(500));
    assert!(config.redacts_phi());
    let target = config.target.unwrap();
    assert_eq!(target.url.as_str(), "https://payer.example/other");
    assert_eq!(target.token, Some(Credential::Env("PAYER_TOKEN".into())));
}

#[test]
fn a_token_of_the_file_is_not_sent_to_another_origin() {
    let other = variables(&[("VITRUVIAN_TARGET_URL", "https://other.example/fhir")]).unwrap();
    let target = parse(WHOLE)
        .unwrap()
        .overridden(other)
        .unwrap()
        .target
        .unwrap();
    assert_eq!(target.token, None);
    let with_token = variables(&[
        ("VITRUVIAN_TARGET_URL", "https://other.example/fhir"),
        ("VITRUVIAN_TARGET_TOKEN", "given-token"),
    ]);
    let target = parse(WHOLE)
        .unwrap()
        .overridden(with_token.unwrap())
        .unwrap()
        .target
        .unwrap();
    assert_eq!(
        target.token,
        Some(Credential::Given(Secret::new("given-token")))
    );
    assert!(!format!("{target:?}").contains("given-token"));
}

#[test]
fn a_token_without_a_target_is_an_error() {
    let token = variables(&[("VITRUVIAN_TARGET_TOKEN", "canary")]).unwrap();
    let shown = Config::default().overridden(token).unwrap_err().to_string();
    assert!(
        shown.contains("set --target or VITRUVIAN_TARGET_URL") && !shown.contains("canary"),
        "{shown}"
    );
}

#[test]
fn wrong_overrides_are_named_as_the_user_wrote_them() {
    let shown = variables(&[("VITRUVIAN_JOBS", "many")])
        .unwrap_err()
        .to_string();
    assert_eq!(
        shown,
        "VITRUVIAN_JOBS: \"many\" is not a whole number; write it like \"8\""
    );
    let shown = Overrides::default()
        .set("target", "x", "--target")
        .unwrap_err()
        .to_string();
    assert!(shown.starts_with("--target: \"x\" is not a URL"), "{shown}");
    let shown = variables(&[("VITRUVIAN_REDACT_PHI", "maybe")])
        .unwrap_err()
        .to_string();
    assert!(shown.contains("write \"true\" or \"false\""), "{shown}");
}

#[test]
fn a_file_of_members_holds_nothing_else() {
    let members =
        Members::parse("[[member]]\nname = \"a\"\nexpect = \"match\"\n", "m.toml").unwrap();
    assert_eq!(members.0[0].name, "a");
    let shown = Members::parse("[target]\nurl = \"x\"\n", "m.toml")
        .unwrap_err()
        .to_string();
    assert!(
        shown.starts_with("m.toml:1:2: there is no key `target` here"),
        "{shown}"
    );
}

#[test]
fn the_redactor_is_told_of_everything_that_identifies_a_member() {
    let redactor = Redactor::new([3; 32], true);
    parse(WHOLE).unwrap().members[0].teach(&redactor);
    let text = redactor.text("first: p-1 Sample Ann Bea 1970-01-02 MB-1 SUB-1 UMB-1 female");
    assert!(
        text.starts_with("first: ") && text.ends_with(" female"),
        "{text}"
    );
    assert_eq!(text.matches("[person:").count(), 8, "{text}");
}
