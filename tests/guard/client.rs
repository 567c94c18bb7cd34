//! Systems that ask for tokens.

use super::harness::{Harness, KEEPING, MAIN, OTHER, error, header_of, holds, text};
use crate::payer::ask::body;
use base64::Engine as _;
use http::{Method, header};
use serde_json::json;
use vitruvian::mock::Rule;
use vitruvian::oauth::ASSERTION_TYPE;
use vitruvian::signature::{Algorithm, Kind, PrivateKey};

const ALL: &str = "system/*.rs";

#[test]
fn a_token_is_given_to_who_proves_who_it_is() {
    let mut harness = Harness::new(None, "2.1.0", false);
    let response = harness.ask(MAIN, "system/Patient.rs openid system/Group.cruds");
    assert_eq!(response.status, 200);
    assert_eq!(header_of(&response, header::CACHE_CONTROL), "no-store");
    assert_eq!(header_of(&response, header::PRAGMA), "no-cache");
    assert_eq!(
        header_of(&response, header::CONTENT_TYPE),
        "application/json"
    );
    let answer = body(&response);
    assert_eq!(answer["token_type"], "Bearer");
    assert_eq!(answer["expires_in"], 300);
    assert_eq!(answer["scope"], "system/Patient.rs system/Group.cruds");
    let token = text(&response, "access_token");
    assert_eq!(harness.get("/Patient/pt-002", &token).status, 200);
}

#[test]
fn what_is_offered_is_told_to_everybody() {
    let mut harness = Harness::new(None, "2.1.0", false);
    let response = harness.send(Method::GET, "/.well-known/smart-configuration", "", &[]);
    assert_eq!(response.status, 200);
    let offered = body(&response);
    for name in [
        "token_endpoint",
        "authorization_endpoint",
        "registration_endpoint",
        "jwks_uri",
    ] {
        assert!(
            offered[name]
                .as_str()
                .unwrap()
                .starts_with("http://payer.test/fhir/auth/")
        );
    }
    assert_eq!(offered["code_challenge_methods_supported"], json!(["S256"]));
    let none = harness.send(Method::GET, "/.well-known/udap", "", &[]);
    assert_ne!(none.status, 200);
    assert_eq!(harness.send(Method::GET, "/metadata", "", &[]).status, 200);
    let keys = body(&harness.send(Method::GET, "/auth/jwks", "", &[]));
    assert_eq!(keys["keys"][0]["kty"], "RSA");
}

#[test]
fn assertions_that_prove_nothing_are_refused() {
    use Rule::*;
    let refused = "invalid_client";
    holds(KnownClient, refused, |harness| {
        let assertion = harness.assertion(MAIN).claim("iss", json!("nobody"));
        let signed = harness.signed(MAIN, &assertion.claim("sub", json!("nobody")));
        error(&harness.ask_with(&signed, ALL))
    });
    holds(AssertionAlgorithm, refused, |harness| {
        let unsigned = harness.assertion(MAIN).with_header("alg", json!("none"));
        let unsigned = format!("{}.", unsigned.unsigned().trim_end_matches('.'));
        error(&harness.ask_with(&unsigned, ALL))
    });
    holds(AssertionKeyId, refused, |harness| {
        let assertion = harness.assertion(MAIN).key_id("another");
        let signed = harness.signed(MAIN, &assertion);
        error(&harness.ask_with(&signed, ALL))
    });
    holds(AssertionKeyId, refused, |harness| {
        let assertion = harness.assertion(MAIN).without_header("kid");
        let signed = harness.signed(MAIN, &assertion);
        error(&harness.ask_with(&signed, ALL))
    });
    holds(AssertionSignature, refused, |harness| {
        let stranger = PrivateKey::generate(Kind::P384).unwrap();
        let assertion = harness.assertion(MAIN);
        let signed = assertion.sign(&stranger, Algorithm::Es384).unwrap();
        error(&harness.ask_with(&signed, ALL))
    });
    holds(AssertionIssuer, refused, |harness| {
        let assertion = harness.assertion(MAIN).claim("sub", json!("ridge-system"));
        let signed = harness.signed(MAIN, &assertion);
        error(&harness.ask_with(&signed, ALL))
    });
    holds(AssertionAudience, refused, |harness| {
        let assertion = harness
            .assertion(MAIN)
            .claim("aud", json!("http://e.org/token"));
        let signed = harness.signed(MAIN, &assertion);
        error(&harness.ask_with(&signed, ALL))
    });
    holds(AssertionExpiry, refused, |harness| {
        let assertion = harness.assertion(MAIN);
        let signed = harness.signed(MAIN, &assertion);
        harness.wait(301);
        error(&harness.ask_with(&signed, ALL))
    });
    holds(AssertionExpiry, refused, |harness| {
        let assertion = harness.assertion(MAIN).without_claim("exp");
        let signed = harness.signed(MAIN, &assertion);
        error(&harness.ask_with(&signed, ALL))
    });
    holds(AssertionLife, refused, |harness| {
        let end = harness.now().unix_timestamp() + 3600;
        let assertion = harness.assertion(MAIN).claim("exp", json!(end));
        let signed = harness.signed(MAIN, &assertion);
        error(&harness.ask_with(&signed, ALL))
    });
    holds(AssertionReplay, refused, |harness| {
        let assertion = harness.assertion(MAIN);
        let signed = harness.signed(MAIN, &assertion);
        harness.ask_with(&signed, ALL);
        error(&harness.ask_with(&signed, ALL))
    });
    holds(AssertionReplay, refused, |harness| {
        let assertion = harness.assertion(MAIN).without_claim("jti");
        let signed = harness.signed(MAIN, &assertion);
        error(&harness.ask_with(&signed, ALL))
    });
    holds(AssertionType, "invalid_request", |harness| {
        let assertion = harness.assertion(MAIN);
        let signed = harness.signed(MAIN, &assertion);
        let fields = [
            ("grant_type", "client_credentials"),
            ("scope", ALL),
            ("client_assertion", signed.as_str()),
        ];
        error(&harness.form("/auth/token", &fields))
    });
}

#[test]
fn secrets_are_looked_at() {
    holds(Rule::ClientSecret, "invalid_client", |harness| {
        let fields = [
            ("grant_type", "client_credentials"),
            ("scope", ALL),
            ("client_id", "keeping-app"),
            ("client_secret", "guessed"),
        ];
        error(&harness.form("/auth/token", &fields))
    });
    let mut harness = Harness::new(None, "2.1.0", false);
    let secret = harness.built.clients[KEEPING].secret.clone().unwrap();
    let pair = format!("keeping-app:{}", secret.expose());
    let basic = base64::engine::general_purpose::STANDARD.encode(pair);
    let headers = [
        ("content-type", "application/x-www-form-urlencoded"),
        ("authorization", &format!("Basic {basic}")),
    ];
    let form = "grant_type=client_credentials&scope=system/Patient.rs";
    let response = harness.send(Method::POST, "/auth/token", form, &headers);
    assert_eq!(response.status, 200);
    // A system with keys needs them, and an app without either acts on nobody's own account.
    for (id, wanted) in [
        ("harbor-system", "invalid_client"),
        ("member-app", "unauthorized_client"),
    ] {
        let fields = [
            ("grant_type", "client_credentials"),
            ("client_id", id),
            ("scope", ALL),
        ];
        assert_eq!(error(&harness.form("/auth/token", &fields)), wanted);
    }
}

#[test]
fn nobody_gets_more_than_it_may_have() {
    holds(Rule::SystemScopes, "invalid_scope", |harness| {
        error(&harness.ask(MAIN, "patient/*.rs user/Patient.r openid"))
    });
    holds(Rule::RegisteredScopes, "system/*.rs", |harness| {
        let response = harness.ask(OTHER, "system/*.cruds");
        text(&response, "scope")
    });
    holds(Rule::ShortTokens, "300", |harness| {
        body(&harness.ask(MAIN, ALL))["expires_in"].to_string()
    });
    let mut harness = Harness::new(None, "2.1.0", false);
    assert_eq!(error(&harness.ask(MAIN, "")), "invalid_scope");
    let fields = [("grant_type", "password"), ("client_id", "member-app")];
    assert_eq!(
        error(&harness.form("/auth/token", &fields)),
        "unsupported_grant_type"
    );
    let fields = [("grant_type", "a"), ("grant_type", "b")];
    assert_eq!(
        error(&harness.form("/auth/token", &fields)),
        "invalid_request"
    );
}

#[test]
fn tokens_are_told_of_and_revoked_by_their_own_client() {
    holds(Rule::Introspection, "invalid_client", |harness| {
        let token = harness.token(MAIN, ALL);
        error(&harness.form(
            "/auth/introspect",
            &[("token", &token), ("client_id", "nobody")],
        ))
    });
    holds(Rule::RevokedByOwner, "unauthorized_client", |harness| {
        let token = harness.token(MAIN, ALL);
        let fields = [("token", token.as_str()), ("client_id", "member-app")];
        error(&harness.form("/auth/revoke", &fields))
    });
    let mut harness = Harness::new(None, "2.1.0", false);
    let token = harness.token(MAIN, ALL);
    let tell = |harness: &mut Harness, client: usize, endpoint: &str| {
        let assertion = harness.assertion(client);
        let signed = harness.signed(client, &assertion);
        let fields = [
            ("token", token.as_str()),
            ("client_assertion_type", ASSERTION_TYPE),
            ("client_assertion", signed.as_str()),
        ];
        body(&harness.form(endpoint, &fields))
    };
    let told = tell(&mut harness, MAIN, "/auth/introspect");
    assert_eq!(told["active"], true);
    assert_eq!(told["client_id"], "harbor-system");
    assert_eq!(told["scope"], ALL);
    let told = tell(&mut harness, OTHER, "/auth/introspect");
    assert_eq!(told, json!({"active": false}));
    tell(&mut harness, MAIN, "/auth/revoke");
    let told = tell(&mut harness, MAIN, "/auth/introspect");
    assert_eq!(told, json!({"active": false}));
    assert_eq!(harness.get("/Patient/pt-002", &token).status, 401);
}
