//! Mutual TLS: certificates that are demanded, and tokens that are bound to them.

use super::harness::{Harness, MAIN, holds, text};
use crate::payer::ask;
use http::Method;
use vitruvian::mock::Rule;
use vitruvian::oauth::ASSERTION_TYPE;

const ALL: &str = "system/*.rs";

#[test]
fn a_token_is_good_with_its_certificate_only() {
    holds(Rule::CertificateBinding, "200 401 401", |harness| {
        harness.certificate = Some(b"one");
        let token = harness.token(MAIN, ALL);
        let same = harness.get("/Patient/pt-002", &token).status;
        harness.certificate = Some(b"two");
        let other = harness.get("/Patient/pt-002", &token).status;
        harness.certificate = None;
        let none = harness.get("/Patient/pt-002", &token).status;
        format!("{same} {other} {none}")
    });
    let mut harness = Harness::new(None, "2.1.0", false);
    harness.certificate = Some(b"one");
    let token = harness.token(MAIN, ALL);
    let assertion = harness.assertion(MAIN);
    let signed = harness.signed(MAIN, &assertion);
    let fields = [
        ("token", token.as_str()),
        ("client_assertion_type", ASSERTION_TYPE),
        ("client_assertion", &signed),
    ];
    let told = ask::body(&harness.form("/auth/introspect", &fields));
    assert_eq!(told["cnf"]["x5t#S256"].as_str().map(str::len), Some(43));
}

#[test]
fn certificates_are_demanded_where_that_is_wanted() {
    holds(Rule::MutualTls, "401 401", |harness| {
        let guard = harness.built.guard.clone().with_mutual_tls(true);
        harness.payer = harness.payer.clone().with_guard(guard);
        let registered = harness
            .send(Method::POST, "/auth/register", "{}", &[])
            .status;
        let token = harness.token(MAIN, ALL);
        let matched = ask::match_request(&ask::MARIAN);
        let matched = harness
            .post("/Patient/$member-match", &matched, &token)
            .status;
        format!("{registered} {matched}")
    });
    let mut harness = Harness::new(None, "2.1.0", false);
    let guard = harness.built.guard.clone().with_mutual_tls(true);
    harness.payer = harness.payer.clone().with_guard(guard);
    harness.certificate = Some(b"one");
    let token = harness.token(MAIN, ALL);
    let matched = ask::match_request(&ask::MARIAN);
    let response = harness.post("/Patient/$member-match", &matched, &token);
    assert_eq!(response.status, 200, "{}", text(&response, "error"));
}
