//! The client sends what it says, keeps credentials to the configured origin, bounds what a server
//! can do to it, and turns every hostile or broken answer into a failure that says what to check.

mod hostile;
mod lines;
mod raw;
mod tls;

use raw::Raw;
use std::io::Write;
use std::sync::Mutex;
use std::time::Duration;
use url::Url;
use vitruvian::evidence::Secret;
use vitruvian::http::{Client, Failure, Request, Sent, Settings};
use wiremock::matchers::{header, method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

const TOKEN: &str = "canary-token-5f2a";

fn settings(url: &str) -> Settings {
    let mut settings = Settings::new(Url::parse(url).unwrap());
    settings.token = Some(Secret::new(TOKEN));
    settings.request_timeout = Duration::from_secs(10);
    settings
}

fn client(url: &str) -> Client {
    Client::new(settings(url)).unwrap()
}

async fn get(url: &str) -> Sent {
    client(url).send(Request::get("Patient/1")).await
}

async fn failure(url: &str) -> Failure {
    get(url).await.result.unwrap_err()
}

fn redirect(status: u16, location: &str) -> String {
    format!(
        "HTTP/1.1 {status} Moved\r\nlocation: {location}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
    )
}

const OK: &str = "HTTP/1.1 200 OK\r\ncontent-type: application/fhir+json\r\ncontent-length: 2\r\nconnection: close\r\n\r\n{}";

#[tokio::test]
async fn a_get_goes_below_the_base_with_the_token_and_is_captured_as_sent() {
    let server = Raw::saying(OK);
    let sent = get(&server.url()).await;
    let reply = sent.result.unwrap();
    assert_eq!((reply.status, &reply.body[..]), (200, &b"{}"[..]));
    assert_eq!(reply.header("Content-Type"), Some("application/fhir+json"));
    assert!(reply.json().unwrap().is_object() && !reply.truncated);

    let head = server.requests().remove(0);
    assert!(
        head.starts_with("GET /fhir/Patient/1 HTTP/1.1\r\n"),
        "{head}"
    );
    assert!(
        head.contains(&format!("authorization: Bearer {TOKEN}\r\n")),
        "{head}"
    );
    let hop = &sent.hops[0];
    let lines: Vec<String> = head.lines().skip(1).map(str::to_owned).collect();
    let captured = hop
        .request
        .headers
        .iter()
        .map(|(name, value)| format!("{name}: {value}"));
    assert_eq!(captured.collect::<Vec<_>>(), lines[..lines.len() - 1]);
    assert_eq!(hop.request.url, format!("{}/Patient/1", server.url()));
    assert_eq!(hop.response.as_ref().unwrap().status, 200);
    assert!(hop.first_byte.is_some() && hop.error.is_none());
}

#[tokio::test]
async fn a_post_carries_its_body_and_headers() {
    let server = MockServer::start().await;
    Mock::given(method("POST"))
        .and(path("/Patient/$member-match"))
        .and(header("content-type", "application/fhir+json"))
        .and(header("accept", "application/json"))
        .and(wiremock::matchers::body_json(serde_json::json!({"a": 1})))
        .respond_with(ResponseTemplate::new(422))
        .expect(1)
        .mount(&server)
        .await;
    let request = Request::post_json("Patient/$member-match", &serde_json::json!({"a": 1}))
        .header("Accept", "application/json");
    let sent = client(&server.uri()).send(request).await;
    assert_eq!(sent.result.unwrap().status, 422);
}

#[tokio::test]
async fn an_anonymous_request_carries_no_credentials() {
    let server = Raw::saying(OK);
    let request = Request::get("metadata")
        .header("Cookie", TOKEN)
        .header("authorization", TOKEN)
        .anonymous();
    client(&server.url()).send(request).await.result.unwrap();
    assert!(!server.requests()[0].contains(TOKEN));
}

#[tokio::test]
async fn a_request_may_bring_its_own_authorization() {
    let server = Raw::saying(OK);
    let request = Request::get("metadata").header("Authorization", "Bearer other");
    client(&server.url()).send(request).await.result.unwrap();
    assert!(server.requests()[0].contains("authorization: Bearer other\r\n"));
    assert!(!server.requests()[0].contains(TOKEN));
}

#[tokio::test]
async fn an_absolute_url_of_another_origin_gets_no_credentials() {
    let (ours, other) = (Raw::saying(OK), Raw::saying(OK));
    let request = Request::get(format!("{}/next-page", other.url()))
        .header("cookie", TOKEN)
        .header("authorization", format!("Bearer {TOKEN}"));
    client(&ours.url()).send(request).await.result.unwrap();
    assert_eq!(ours.requests().len(), 0);
    assert!(
        !other.requests()[0].contains(TOKEN),
        "{:?}",
        other.requests()
    );
}

/// A client for `ours` that may show its token at `other`.
fn trusting(ours: &str, other: &str) -> Client {
    let settings = Settings {
        token: Some(Secret::new(TOKEN)),
        token_origins: vec![Url::parse(other).unwrap().origin()],
        ..Settings::new(Url::parse(ours).unwrap())
    };
    Client::new(settings).unwrap()
}

#[tokio::test]
async fn another_origin_gets_the_token_where_it_is_named_and_needed() {
    let (ours, other, third) = (Raw::saying(OK), Raw::saying(OK), Raw::saying(OK));
    let client = trusting(&ours.url(), &other.url());
    let file = |server: &Raw| Request::get(format!("{}/1.ndjson", server.url()));
    // Named, and not needed; needed, and not named; needed where nothing is named.
    client.send(file(&other)).await.result.unwrap();
    client.send(file(&third).protected()).await.result.unwrap();
    let plain = self::client(&ours.url());
    plain.send(file(&other).protected()).await.result.unwrap();
    let seen = [other.requests(), third.requests()].concat();
    assert_eq!(seen.len(), 3);
    assert!(seen.iter().all(|head| !head.contains(TOKEN)), "{seen:?}");
    // Both, and then nothing but the token.
    let both = file(&other).protected().header("cookie", "ours");
    client.send(both).await.result.unwrap();
    let head = other.requests().remove(2);
    assert!(
        head.contains(&format!("authorization: Bearer {TOKEN}")),
        "{head}"
    );
    assert!(!head.contains("cookie"), "{head}");
    assert!(client.shares_token_with(&other.url()));
    assert!(!client.shares_token_with(&third.url()) && !client.shares_token_with("1.ndjson"));
    // Nor does a client of another base inherit it.
    let moved = client.at(Url::parse(&third.url()).unwrap(), Some(Secret::new(TOKEN)));
    assert!(!moved.unwrap().shares_token_with(&other.url()));
}

#[tokio::test]
async fn a_redirect_brings_the_token_to_no_origin_that_is_named() {
    let other = Raw::saying(OK);
    let ours = Raw::saying(redirect(302, &other.url()));
    let client = trusting(&ours.url(), &other.url());
    let request = Request::get("1.ndjson").protected();
    client.send(request).await.result.unwrap();
    assert!(ours.requests()[0].contains(TOKEN));
    assert!(!other.requests()[0].contains(TOKEN));
    // Not from one that is named to a third, nor back again.
    let third = Raw::saying(OK);
    let named = Raw::saying(redirect(302, &third.url()));
    let client = trusting(&Raw::saying(OK).url(), &named.url());
    let request = Request::get(named.url()).protected();
    client.send(request).await.result.unwrap();
    assert!(named.requests()[0].contains(TOKEN));
    assert!(!third.requests()[0].contains(TOKEN));
}

#[tokio::test]
async fn an_absolute_url_of_our_origin_gets_them() {
    let ours = Raw::saying(OK);
    let request = Request::get(format!("http://{}/elsewhere", ours.address));
    client(&ours.url()).send(request).await.result.unwrap();
    assert!(ours.requests()[0].contains(TOKEN));
}

#[tokio::test]
async fn another_client_has_its_own_origin_and_token() {
    let (ours, other) = (Raw::saying(OK), Raw::saying(OK));
    let token = Some(Secret::new("second"));
    let second = client(&ours.url())
        .at(Url::parse(&other.url()).unwrap(), token)
        .unwrap();
    second.send(Request::get("x")).await.result.unwrap();
    let head = &other.requests()[0];
    assert!(
        head.contains("Bearer second") && !head.contains(TOKEN),
        "{head}"
    );
}

#[tokio::test]
async fn a_redirect_within_the_origin_keeps_credentials_and_every_hop_is_captured() {
    let server = MockServer::start().await;
    Mock::given(path("/Patient/1"))
        .respond_with(ResponseTemplate::new(302).insert_header("location", "/b?x=1#y"))
        .mount(&server)
        .await;
    Mock::given(path("/b"))
        .and(header("authorization", format!("Bearer {TOKEN}").as_str()))
        .respond_with(ResponseTemplate::new(200))
        .mount(&server)
        .await;
    let sent = get(&server.uri()).await;
    let statuses: Vec<u16> = sent
        .hops
        .iter()
        .map(|hop| hop.response.as_ref().unwrap().status)
        .collect();
    assert_eq!(statuses, [302, 200]);
    assert_eq!(sent.result.unwrap().url, format!("{}/b?x=1", server.uri()));
}

#[tokio::test]
async fn a_redirect_to_another_origin_is_followed_without_credentials() {
    let other = Raw::saying(OK);
    for status in [301, 302, 303, 307, 308] {
        let ours = Raw::saying(redirect(status, &other.url()));
        let request = Request::get("x").header("cookie", TOKEN);
        client(&ours.url()).send(request).await.result.unwrap();
        assert!(ours.requests()[0].contains(TOKEN));
    }
    let seen = other.requests();
    assert_eq!(seen.len(), 5);
    assert!(seen.iter().all(|head| !head.contains(TOKEN)), "{seen:?}");
}

#[tokio::test]
async fn a_post_is_never_resent_to_another_origin_nor_turned_into_a_get() {
    let other = Raw::saying(OK);
    for status in [301, 302, 303, 307, 308] {
        let ours = Raw::saying(redirect(status, &other.url()));
        let request = Request::post_form("token", &[("client_secret", TOKEN)]);
        let sent = client(&ours.url()).send(request).await;
        match sent.result {
            Ok(reply) => assert!(status <= 303 && reply.status == status),
            Err(problem) => {
                assert!(matches!(problem, Failure::BadRedirect { .. }) && status >= 307)
            }
        }
    }
    assert_eq!(other.requests(), Vec::<String>::new());
}

#[tokio::test]
async fn an_unfollowed_redirect_is_the_reply() {
    let server = Raw::saying(redirect(302, "https://app.example/callback?code=1"));
    let sent = client(&server.url())
        .send(Request::get("authorize").unfollowed())
        .await;
    let reply = sent.result.unwrap();
    assert_eq!(reply.status, 302);
    assert_eq!(
        reply.header("location"),
        Some("https://app.example/callback?code=1")
    );
}

#[tokio::test]
async fn a_circle_of_redirects_is_refused() {
    let server = Raw::saying(redirect(302, "/fhir/Patient/1"));
    let sent = get(&server.url()).await;
    assert_eq!(sent.hops.len(), 1);
    let problem = sent.result.unwrap_err();
    assert!(problem.to_string().contains("circle"), "{problem}");
}

#[tokio::test]
async fn endless_redirects_are_bounded() {
    let count = Mutex::new(0);
    let server = Raw::start(move |stream| {
        let mut count = count.lock().unwrap();
        *count += 1;
        let _ = stream.write_all(redirect(302, &format!("/{count}")).as_bytes());
    });
    let sent = get(&server.url()).await;
    assert_eq!(sent.hops.len(), 6);
    assert_eq!(
        sent.result.unwrap_err(),
        Failure::TooManyRedirects { limit: 5 }
    );
}

#[tokio::test]
async fn hostile_locations_are_failures_and_no_panics() {
    for location in [
        "ftp://x/",
        "http://",
        "http://a:b@c/",
        "http://[",
        "data:text/html,x",
        "//",
    ] {
        let server = Raw::saying(redirect(302, location));
        let problem = failure(&server.url()).await;
        assert!(
            matches!(problem, Failure::BadRedirect { .. }),
            "{location}: {problem}"
        );
    }
    let mut bytes =
        b"HTTP/1.1 302 x\r\ncontent-length: 0\r\nlocation: /\xff\xfe\x80\r\n\r\n".to_vec();
    let server = Raw::saying(std::mem::take(&mut bytes));
    assert!(get(&server.url()).await.result.is_err());
}

#[tokio::test]
async fn a_body_is_read_up_to_the_bound() {
    let server = Raw::start(|stream| {
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n");
        while stream.write_all(&[b'x'; 8192]).is_ok() {}
    });
    let mut settings = settings(&server.url());
    settings.body_limit = 100_000;
    let sent = Client::new(settings).unwrap().send(Request::get("x")).await;
    let reply = sent.result.unwrap();
    assert_eq!((reply.body.len(), reply.truncated), (100_000, true));
    assert!(
        reply
            .json()
            .unwrap_err()
            .to_string()
            .contains("limits.body_limit")
    );
    assert!(sent.hops[0].response.as_ref().unwrap().truncated);
}

#[tokio::test]
async fn a_body_of_exactly_the_bound_is_whole() {
    let server = Raw::saying(OK);
    let mut settings = settings(&server.url());
    settings.body_limit = 2;
    let sent = Client::new(settings).unwrap().send(Request::get("x")).await;
    assert!(!sent.result.unwrap().truncated);
}
