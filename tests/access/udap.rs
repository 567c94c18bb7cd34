//! A client registers with its certificate, and gets tokens with it.

use super::{client, granting};
use serde_json::{Value, json};
use std::sync::Arc;
use time::OffsetDateTime;
use vitruvian::access::{Access, Registration, Udap, Way};
use vitruvian::oauth::{Assertion, B2b, Jwt, Software};
use vitruvian::signature::{Algorithm, Authority, Kind, PrivateKey, Request};
use wiremock::matchers::{body_string_contains, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

const CLIENT: &str = "https://client.example/udap";

#[tokio::test]
async fn a_client_registers_once_and_proves_itself_by_its_certificate() {
    let server = MockServer::start().await;
    let base = format!("{}/fhir", server.uri());
    let authority = Authority::root("Synthetic Authority").unwrap();
    let named = |uri: &str, key: &PrivateKey| {
        let mut request = Request::signer("Synthetic", "1234567893");
        request.uris = vec![uri.to_owned()];
        authority.issue(&request, key).unwrap()
    };
    let theirs = PrivateKey::generate(Kind::P256).unwrap();
    let metadata = Assertion::client(&base, "nobody", OffsetDateTime::now_utc(), "1")
        .claim("token_endpoint", json!(format!("{}/token", server.uri())))
        .claim(
            "registration_endpoint",
            json!(format!("{}/register", server.uri())),
        )
        .certificates(&[named(&base, &theirs)])
        .sign(&theirs, Algorithm::Es256)
        .unwrap();
    Mock::given(path("/fhir/.well-known/udap"))
        .respond_with(
            ResponseTemplate::new(200).set_body_json(json!({"signed_metadata": metadata})),
        )
        .mount(&server)
        .await;
    Mock::given(path("/register"))
        .respond_with(ResponseTemplate::new(201).set_body_json(json!({"client_id": "given"})))
        .expect(1)
        .mount(&server)
        .await;
    Mock::given(path("/token"))
        .and(body_string_contains("udap=1"))
        .respond_with(granting("good", 0))
        .expect(2)
        .mount(&server)
        .await;

    let ours = Arc::new(PrivateKey::generate(Kind::P256).unwrap());
    let registration = Registration {
        certificates: vec![named(CLIENT, &ours)],
        ..Registration::with_key("", ours.clone(), "system/Patient.rs")
    };
    let software = Software {
        client_name: "Synthetic Client".to_owned(),
        grant_types: vec!["client_credentials".to_owned()],
        ..Software::default()
    };
    let b2b = B2b::organization("https://client.example/org", "Synthetic", "urn:oid:1.2#X");
    let mut udap = Udap::new(software, b2b);
    udap.anchors = vec![authority.certificate().clone()];
    let access = Access::new(&client(&base), Way::Udap(Box::new(udap)), registration);
    for _ in 0..2 {
        access.prepare().await.unwrap();
    }

    let requests = server.received_requests().await.unwrap();
    let body = |place: &str| {
        let found = requests.iter().find(|request| request.url.path() == place);
        String::from_utf8(found.unwrap().body.clone()).unwrap()
    };
    let registered: Value = serde_json::from_str(&body("/register")).unwrap();
    let statement = Jwt::parse(registered["software_statement"].as_str().unwrap()).unwrap();
    statement.verify(&ours.public()).unwrap();
    assert_eq!(statement.text("iss"), Some(CLIENT));
    assert_eq!(statement.text("scope"), Some("system/Patient.rs"));
    assert_eq!(statement.certificates().unwrap().len(), 1);
    let form = body("/token");
    let mut fields = url::form_urlencoded::parse(form.as_bytes());
    let (_, assertion) = fields.find(|(name, _)| name == "client_assertion").unwrap();
    let assertion = Jwt::parse(&assertion).unwrap();
    assertion.verify(&ours.public()).unwrap();
    assert_eq!(assertion.text("sub"), Some("given"));
    let extension = &assertion.claims["extensions"]["hl7-b2b"];
    assert_eq!(extension["organization_id"], "https://client.example/org");
}
