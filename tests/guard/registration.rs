//! Clients that register themselves, by hand and by UDAP.

use super::harness::{Harness, MAIN, OTHER, error, holds, holds_in, text};
use crate::payer::ask::{BASE, body};
use http::Method;
use serde_json::{Value, json};
use vitruvian::mock::{Guard, Response, Rule};
use vitruvian::oauth::{ASSERTION_TYPE, Assertion, B2b, Jwk, Jwks, Jwt, Software};
use vitruvian::signature::{Algorithm, Kind, PrivateKey, Trust};

const SCOPE: &str = "system/*.rs";

fn register(harness: &mut Harness, body: &Value) -> Response {
    let json = [("content-type", "application/json")];
    harness.send(Method::POST, "/auth/register", &body.to_string(), &json)
}

#[test]
fn a_client_registers_its_keys_and_uses_them() {
    let mut harness = Harness::new(None, "2.1.0", false);
    let key = PrivateKey::generate(Kind::P384).unwrap();
    let keys = Jwks {
        keys: vec![Jwk::new(key.public()).with_id("mine")],
    };
    let asked = json!({"client_name": "New", "jwks": keys.to_json(), "scope": SCOPE,
        "grant_types": ["client_credentials"], "token_endpoint_auth_method": "private_key_jwt"});
    let response = register(&mut harness, &asked);
    assert_eq!(response.status, 201);
    let id = text(&response, "client_id");
    let audience = format!("{BASE}/auth/token");
    let assertion = Assertion::client(&id, &audience, harness.now(), "n1").key_id("mine");
    let signed = assertion.sign(&key, Algorithm::Es384).unwrap();
    let token = text(&harness.ask_with(&signed, SCOPE), "access_token");
    assert_eq!(harness.get("/Patient/pt-002", &token).status, 200);
    holds(Rule::RegisteredKeys, "invalid_client_metadata", |harness| {
        error(&register(
            harness,
            &json!({"client_name": "New", "jwks": {"keys": []}}),
        ))
    });
    for bad in [
        json!([]),
        json!({"token_endpoint_auth_method": "none"}),
        json!({"jwks_uri": "http://e.org"}),
    ] {
        assert_eq!(register(&mut harness, &bad).status, 400, "{bad}");
    }
}

/// A software statement of a client, as it should be.
fn statement(harness: &mut Harness, client: usize, id: &str) -> Assertion {
    let now = harness.now();
    let one = &harness.built.clients[client];
    let software = Software {
        client_name: "Certified".to_owned(),
        contacts: vec!["mailto:nobody@example.org".to_owned()],
        grant_types: vec!["client_credentials".to_owned()],
        scope: SCOPE.to_owned(),
        ..Software::default()
    };
    let url = format!("{BASE}/auth/register");
    Assertion::software_statement(&one.uri(), &url, now, id, &software)
        .certificates(&one.certificates)
}

fn send(harness: &mut Harness, client: usize, statement: &Assertion) -> Response {
    let key = harness.built.clients[client].key.clone().unwrap();
    let signed = statement.sign(&key, Algorithm::Es384).unwrap();
    register(harness, &json!({"software_statement": signed, "udap": "1"}))
}

/// What a certified client is answered that says this of itself.
fn ask(harness: &mut Harness, extension: Option<B2b>, version: &str) -> Response {
    let statement = statement(harness, MAIN, "s1");
    let id = text(&send(harness, MAIN, &statement), "client_id");
    let one = &harness.built.clients[MAIN];
    let audience = format!("{BASE}/auth/token");
    let mut assertion =
        Assertion::client(&id, &audience, harness.now(), "t1").certificates(&one.certificates);
    if let Some(extension) = extension {
        assertion = assertion.b2b(&extension);
    }
    let signed = assertion
        .sign(one.key.as_ref().unwrap(), Algorithm::Es384)
        .unwrap();
    let fields = [
        ("grant_type", "client_credentials"),
        ("scope", SCOPE),
        ("client_assertion_type", ASSERTION_TYPE),
        ("client_assertion", signed.as_str()),
        ("udap", version),
    ];
    harness.form("/auth/token", &fields)
}

fn complete(subject: Option<&str>) -> Option<B2b> {
    let mut extension = B2b::organization("https://harbor.example", "Harbor", "urn:oid:1#TREAT");
    extension.subject_id = subject.map(str::to_owned);
    Some(extension)
}

fn udap(rule: Rule, expected: &str, seen: fn(&mut Harness) -> String) {
    holds_in(rule, "2.2.0", true, expected, seen);
}

#[test]
fn statements_are_held_against_their_certificates() {
    use Rule::*;
    udap(UdapTrust, "unapproved_software_statement", |harness| {
        let statement = statement(harness, MAIN, "s1");
        let stranger = PrivateKey::generate(Kind::P384).unwrap();
        let signed = statement.sign(&stranger, Algorithm::Es384).unwrap();
        error(&register(
            harness,
            &json!({"software_statement": signed, "udap": "1"}),
        ))
    });
    udap(StatementIssuer, "invalid_software_statement", |harness| {
        let statement = statement(harness, MAIN, "s1").claim("iss", json!("https://e.org"));
        error(&send(harness, MAIN, &statement))
    });
    udap(StatementAudience, "invalid_software_statement", |harness| {
        let statement = statement(harness, MAIN, "s1").claim("aud", json!("https://e.org"));
        error(&send(harness, MAIN, &statement))
    });
    udap(StatementClaims, "invalid_client_metadata", |harness| {
        let statement = statement(harness, MAIN, "s1").without_claim("client_name");
        error(&send(harness, MAIN, &statement))
    });
    udap(AssertionReplay, "invalid_software_statement", |harness| {
        let statement = statement(harness, MAIN, "s1");
        send(harness, MAIN, &statement);
        error(&send(harness, MAIN, &statement))
    });
    let mut harness = Harness::new(None, "2.2.0", true);
    let first = statement(&mut harness, OTHER, "s1");
    assert_eq!(send(&mut harness, OTHER, &first).status, 201);
    let again = statement(&mut harness, OTHER, "s2");
    assert_eq!(send(&mut harness, OTHER, &again).status, 200);
}

#[test]
fn who_came_by_udap_says_for_whom_it_asks() {
    use Rule::*;
    udap(UdapVersion, "invalid_request", |harness| {
        error(&ask(harness, complete(None), ""))
    });
    udap(B2bExtension, "invalid_grant", |harness| {
        error(&ask(harness, None, "1"))
    });
    udap(SubjectDirectory, "invalid_grant", |harness| {
        error(&ask(harness, complete(Some("8888888888")), "1"))
    });
    let mut harness = Harness::new(None, "2.2.0", true);
    let known = complete(Some("4444444440"));
    let response = ask(&mut harness, known, "1");
    assert_eq!(response.status, 200, "{}", error(&response));
}

#[test]
fn metadata_are_signed_by_who_owns_the_address() {
    let mut harness = Harness::new(None, "2.2.0", true);
    let response = harness.send(Method::GET, "/.well-known/udap", "", &[]);
    let offered = body(&response);
    assert_eq!(offered["udap_versions_supported"], json!(["1"]));
    let signed = Jwt::parse(offered["signed_metadata"].as_str().unwrap()).unwrap();
    assert_eq!(signed.header["alg"], "RS256");
    assert_eq!(signed.text("iss"), Some(BASE));
    assert_eq!(signed.claims["token_endpoint"], offered["token_endpoint"]);
    let chain = signed.certificates().unwrap();
    assert!(signed.verify(chain[0].key()).is_ok());
    let trust = Trust::now(vec![Guard::udap_anchor().unwrap()]);
    assert!(trust.leads_from(&chain));
    assert!(!Trust::now(vec![harness.built.anchor.unwrap()]).leads_from(&chain));
}
