//! Tokens are had, shared and renewed as servers expect it, and credentials go where they belong and nowhere else.

mod app;
mod interop;
mod leaks;
mod login;
mod udap;

use crate::support::servers;
use std::sync::Arc;
use std::time::Duration;
use url::Url;
use vitruvian::access::{Access, Registration, Way};
use vitruvian::evidence::Secret;
use vitruvian::http::{Client, Failure, Request, Settings};
use vitruvian::oauth::Jwt;
use vitruvian::signature::{Kind, PrivateKey};
use wiremock::matchers::{body_string_contains, header, method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

const SECRET: &str = "canary-client-secret";

fn client(base: &str) -> Client {
    let mut settings = Settings::new(Url::parse(base).unwrap());
    settings.request_timeout = Duration::from_secs(10);
    Client::new(settings).unwrap()
}

fn registration() -> Registration {
    Registration {
        client_id: "client".to_owned(),
        secret: Some(Secret::new(SECRET)),
        scope: "system/Patient.rs".to_owned(),
        ..Registration::default()
    }
}

fn authorized(server: &MockServer, registration: Registration) -> (Client, Arc<Access>) {
    let client = client(&format!("{}/fhir", server.uri()));
    let way = if registration.key.is_some() {
        Way::Backend
    } else {
        Way::ClientCredentials
    };
    let access = Arc::new(Access::new(&client, way, registration));
    (client.authorized_by(access.clone()), access)
}

fn granting(token: &str, life: u64) -> ResponseTemplate {
    ResponseTemplate::new(200).set_body_json(serde_json::json!({
        "access_token": token, "token_type": "bearer", "expires_in": life, "scope": "system/Patient.rs"
    }))
}

/// A server that says where tokens are had, and gives data for the token `good`.
async fn server() -> MockServer {
    let server = MockServer::start().await;
    let configuration = serde_json::json!({"token_endpoint": format!("{}/token", server.uri())});
    Mock::given(method("GET"))
        .and(path("/fhir/.well-known/smart-configuration"))
        .respond_with(ResponseTemplate::new(200).set_body_json(configuration))
        .expect(0..=1)
        .mount(&server)
        .await;
    Mock::given(path("/fhir/Patient/1"))
        .and(header("authorization", "Bearer good"))
        .respond_with(ResponseTemplate::new(200).set_body_json(serde_json::json!({})))
        .with_priority(1)
        .mount(&server)
        .await;
    Mock::given(path("/fhir/Patient/1"))
        .respond_with(ResponseTemplate::new(401))
        .with_priority(9)
        .mount(&server)
        .await;
    server
}

#[tokio::test]
async fn callers_at_the_same_time_share_one_token_request() {
    let server = server().await;
    Mock::given(method("POST"))
        .and(path("/token"))
        .and(header(
            "authorization",
            "Basic Y2xpZW50OmNhbmFyeS1jbGllbnQtc2VjcmV0",
        ))
        .and(body_string_contains("grant_type=client_credentials"))
        .and(body_string_contains("scope=system%2FPatient.rs"))
        .respond_with(granting("good", 300).set_delay(Duration::from_millis(50)))
        .expect(1)
        .mount(&server)
        .await;
    let (client, _) = authorized(&server, registration());
    let sent: Vec<_> = (0..10)
        .map(|_| client.send(Request::get("Patient/1")))
        .collect();
    let sent = futures::future::join_all(sent).await;
    let mut hops = Vec::new();
    for sent in sent {
        assert_eq!(sent.result.unwrap().status, 200);
        hops.push(sent.hops.len());
    }
    hops.sort_unstable();
    // One of them has asked where and for what; all others have asked for the data alone.
    assert_eq!(hops, [1, 1, 1, 1, 1, 1, 1, 1, 1, 3]);
}

#[tokio::test]
async fn a_refused_token_is_renewed_once_and_the_request_sent_again() {
    let server = server().await;
    Mock::given(path("/token"))
        .respond_with(granting("stale", 300))
        .up_to_n_times(1)
        .with_priority(1)
        .mount(&server)
        .await;
    Mock::given(path("/token"))
        .respond_with(granting("good", 300))
        .with_priority(2)
        .expect(1)
        .mount(&server)
        .await;
    let (client, _) = authorized(&server, registration());
    let sent = client.send(Request::get("Patient/1")).await;
    let statuses: Vec<u16> = sent
        .hops
        .iter()
        .map(|hop| hop.response.as_ref().unwrap().status)
        .collect();
    // Configuration, token, refused, token, data.
    assert_eq!(statuses, [200, 200, 401, 200, 200]);
    assert_eq!(sent.result.unwrap().status, 200);
}

#[tokio::test]
async fn a_server_that_refuses_every_token_is_believed_at_the_second() {
    let server = server().await;
    Mock::given(path("/token"))
        .respond_with(granting("useless", 300))
        .expect(2)
        .mount(&server)
        .await;
    let (client, _) = authorized(&server, registration());
    for _ in 0..4 {
        let sent = client.send(Request::get("Patient/1")).await;
        assert_eq!(sent.result.unwrap().status, 401);
    }
}

#[tokio::test]
async fn a_token_is_renewed_before_it_ends() {
    let server = server().await;
    Mock::given(path("/token"))
        .respond_with(granting("good", 0))
        .expect(2)
        .mount(&server)
        .await;
    let (client, _) = authorized(&server, registration());
    for _ in 0..2 {
        let sent = client.send(Request::get("Patient/1")).await;
        assert_eq!(sent.result.unwrap().status, 200);
    }
}

#[tokio::test]
async fn neither_the_anonymous_nor_the_bearer_of_another_token_asks_for_one() {
    let server = server().await;
    Mock::given(path("/token"))
        .respond_with(granting("good", 300))
        .expect(0)
        .mount(&server)
        .await;
    let (client, _) = authorized(&server, registration());
    let bearing = client.bearing(&Secret::new("forged")).unwrap();
    for client in [client.anonymous(), bearing] {
        let sent = client.send(Request::get("Patient/1")).await;
        assert_eq!((sent.hops.len(), sent.result.unwrap().status), (1, 401));
    }
    let requests = server.received_requests().await.unwrap();
    assert!(!requests[0].headers.contains_key("authorization"));
    assert_eq!(requests[1].headers["authorization"], "Bearer forged");
}

#[tokio::test]
async fn the_assertion_is_new_each_time_and_for_the_endpoint() {
    let server = server().await;
    Mock::given(path("/token"))
        .respond_with(granting("good", 0))
        .expect(2)
        .mount(&server)
        .await;
    let key = Arc::new(PrivateKey::generate(Kind::P384).unwrap());
    let registration = Registration::with_key("client", key.clone(), "system/Patient.rs");
    let (client, _) = authorized(&server, registration);
    for _ in 0..2 {
        client.send(Request::get("Patient/1")).await.result.unwrap();
    }
    let requests = server.received_requests().await.unwrap();
    let asked = requests
        .iter()
        .filter(|request| request.url.path() == "/token");
    let ids: Vec<String> = asked
        .map(|request| {
            assert!(!request.headers.contains_key("authorization"));
            let fields: std::collections::HashMap<String, String> =
                url::form_urlencoded::parse(&request.body)
                    .into_owned()
                    .collect();
            let token = Jwt::parse(&fields["client_assertion"]).unwrap();
            token.verify(&key.public()).unwrap();
            assert!(token.is_for(&format!("{}/token", server.uri())));
            token.text("jti").unwrap().to_owned()
        })
        .collect();
    assert!(ids.len() == 2 && ids[0] != ids[1]);
}

#[tokio::test]
async fn a_refusal_says_what_to_check_and_holds_no_credential() {
    let server = server().await;
    let body = serde_json::json!({"error": "invalid_client", "error_description": "unknown"});
    Mock::given(path("/token"))
        .respond_with(ResponseTemplate::new(401).set_body_json(body))
        .expect(1)
        .mount(&server)
        .await;
    let (client, access) = authorized(&server, registration());
    let told = access.prepare().await.unwrap_err().to_string();
    assert!(
        told.contains("401 invalid_client (unknown)") && !told.contains(SECRET),
        "{told}"
    );
    // The same is said again without asking, and the exchange is not lost.
    let sent = client.send(Request::get("Patient/1")).await;
    assert!(matches!(sent.result, Err(Failure::Token { .. })));
    assert_eq!(sent.hops.len(), 2);
}

#[tokio::test]
async fn what_another_origin_says_of_the_token_endpoint_is_not_believed() {
    let server = MockServer::start().await;
    let other = MockServer::start().await;
    let configuration = serde_json::json!({"token_endpoint": format!("{}/token", other.uri())});
    Mock::given(path("/evil"))
        .respond_with(ResponseTemplate::new(200).set_body_json(configuration))
        .mount(&other)
        .await;
    Mock::given(path("/token"))
        .respond_with(granting("stolen", 300))
        .expect(0)
        .mount(&other)
        .await;
    let evil = format!("{}/evil", other.uri());
    Mock::given(path("/fhir/.well-known/smart-configuration"))
        .respond_with(ResponseTemplate::new(302).insert_header("location", evil.as_str()))
        .mount(&server)
        .await;
    let (_, access) = authorized(&server, registration());
    let told = access.prepare().await.unwrap_err().to_string();
    assert!(told.contains("another origin"), "{told}");
}

#[tokio::test]
async fn a_token_request_is_not_sent_along_a_redirect() {
    let server = server().await;
    Mock::given(path("/token"))
        .respond_with(ResponseTemplate::new(307).insert_header("location", "/elsewhere"))
        .mount(&server)
        .await;
    Mock::given(path("/elsewhere"))
        .respond_with(granting("good", 300))
        .expect(0)
        .mount(&server)
        .await;
    let (_, access) = authorized(&server, registration());
    assert!(
        access
            .prepare()
            .await
            .unwrap_err()
            .to_string()
            .contains("307")
    );
}

#[tokio::test]
async fn a_target_sends_us_to_no_private_address() {
    let server = MockServer::start().await;
    for (place, location) in [
        ("/fhir/metadata", "http://169.254.169.254/latest/meta-data"),
        ("/fhir/links", "http://[::ffff:10.0.0.1]/"),
    ] {
        Mock::given(path(place))
            .respond_with(ResponseTemplate::new(302).insert_header("location", location))
            .mount(&server)
            .await;
    }
    let client = client(&format!("{}/fhir", server.uri()));
    for asked in ["metadata", "links", "http://192.168.0.1/manifest.ndjson"] {
        let sent = client.send(Request::get(asked)).await;
        let failure = sent.result.unwrap_err();
        assert!(
            matches!(failure, Failure::Forbidden { .. }),
            "{asked}: {failure}"
        );
    }
}

#[tokio::test]
async fn hostile_answers_are_errors_and_no_panics() {
    for body in [
        "{}",
        "[]",
        "<html>",
        "{\"token_endpoint\":\"file:///etc/passwd\"}",
        "\u{0}",
    ] {
        let base = servers::answering(200, "application/json", body);
        let client = client(&base);
        let access = Access::new(&client, Way::ClientCredentials, registration());
        assert!(access.prepare().await.is_err());
    }
}
