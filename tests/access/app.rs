//! A member lets an app in: by a script, within bounds, and only where the authorization server itself leads.

use super::{client, granting};
use std::sync::Arc;
use vitruvian::access::{Access, Action, App, Registration, Way};
use vitruvian::evidence::Secret;
use wiremock::matchers::{body_string_contains, method, path};
use wiremock::{Mock, MockServer, Request as Asked, ResponseTemplate};

pub(super) const REDIRECT: &str = "http://127.0.0.1:9/callback";
pub(super) const PASSWORD: &str = "canary-password-81c2";
pub(super) const CODE: &str = "canary-code-5521ab";

fn parameter(asked: &Asked, name: &str) -> String {
    let body = String::from_utf8_lossy(&asked.body).into_owned();
    let query = asked.url.query().unwrap_or_default().to_owned();
    let pairs = url::form_urlencoded::parse(if query.is_empty() {
        body.as_bytes()
    } else {
        query.as_bytes()
    });
    let mut pairs = pairs.into_owned();
    pairs
        .find(|(known, _)| known == name)
        .map(|(_, value)| value)
        .unwrap_or_default()
}

fn page(form: &str) -> ResponseTemplate {
    ResponseTemplate::new(200).set_body_raw(
        format!("<!doctype html><title>Portal</title>{form}"),
        "text/html",
    )
}

/// A server with a login page and one to allow what is asked for.
pub(super) async fn portal() -> MockServer {
    let server = MockServer::start().await;
    let configuration = serde_json::json!({"token_endpoint": format!("{}/token", server.uri()),
        "authorization_endpoint": format!("{}/authorize", server.uri())});
    Mock::given(path("/fhir/.well-known/smart-configuration"))
        .respond_with(ResponseTemplate::new(200).set_body_json(configuration))
        .mount(&server)
        .await;
    Mock::given(path("/authorize"))
        .respond_with(|asked: &Asked| {
            let state = parameter(asked, "state");
            page(&format!(
                "<form method=post action=/login><input type=hidden name=s value='{state}'><label for=u>User name</label>\
                 <input id=u name=who><input type=password name=word><button>Sign in</button></form>"
            ))
            .insert_header("set-cookie", "session=canary-session-77; Path=/; HttpOnly")
        })
        .mount(&server)
        .await;
    Mock::given(method("POST"))
        .and(path("/login"))
        .and(body_string_contains(PASSWORD))
        .and(wiremock::matchers::header("cookie", "session=canary-session-77"))
        .respond_with(|asked: &Asked| {
            page(&format!(
                "<form action=/allow><input type=hidden name=s value='{}'><input type=submit name=no value=Deny>\
                 <input type=submit name=yes value=Approve></form>",
                parameter(asked, "s")
            ))
        })
        .mount(&server)
        .await;
    Mock::given(path("/allow"))
        .respond_with(|asked: &Asked| {
            let to = format!("{REDIRECT}?code={CODE}&state={}", parameter(asked, "s"));
            ResponseTemplate::new(303).insert_header("location", to.as_str())
        })
        .mount(&server)
        .await;
    server
}

fn access(server: &MockServer, login: Vec<Action>) -> Arc<Access> {
    let app = App::new(REDIRECT.parse().unwrap(), login);
    let registration = Registration {
        client_id: "app".to_owned(),
        scope: "patient/*.rs".to_owned(),
        ..Registration::default()
    };
    let client = client(&format!("{}/fhir", server.uri()));
    Arc::new(Access::new(&client, Way::App(Box::new(app)), registration))
}

fn script() -> Vec<Action> {
    vec![
        Action::Fill("user name".to_owned(), Secret::new("ann")),
        Action::Fill("word".to_owned(), Secret::new(PASSWORD)),
        Action::Press("Sign in".to_owned()),
        Action::Press("Approve".to_owned()),
    ]
}

#[tokio::test]
async fn a_script_leads_from_the_first_page_to_a_token() {
    let server = portal().await;
    Mock::given(path("/token"))
        .and(body_string_contains(format!("code={CODE}")))
        .and(body_string_contains("code_verifier="))
        .and(body_string_contains("client_id=app"))
        .respond_with(granting("good", 300))
        .expect(1)
        .mount(&server)
        .await;
    let access = access(&server, script());
    let mut hops = Vec::new();
    let grant = access.grant(&mut hops).await.unwrap();
    assert_eq!(grant.token.expose(), "good");
    // Configuration, two pages, the redirect, the token.
    assert_eq!(hops.len(), 5);
}

#[tokio::test]
async fn a_script_that_does_not_fit_is_told_where_it_stuck_and_no_secret() {
    let server = portal().await;
    for (index, action, told) in [
        (
            0,
            Action::Fill("nobody".to_owned(), Secret::new(PASSWORD)),
            "fill \"nobody\"",
        ),
        (2, Action::Press("Enter".to_owned()), "no button \"Enter\""),
        (3, Action::Press("Allow".to_owned()), "[Deny]"),
    ] {
        let mut script = script();
        script[index] = action;
        let refused = access(&server, script)
            .prepare()
            .await
            .unwrap_err()
            .to_string();
        assert!(
            refused.contains(told) && refused.contains("Portal"),
            "{refused}"
        );
        assert!(!refused.contains(PASSWORD), "{refused}");
    }
    let refused = access(&server, script()[..3].to_vec())
        .prepare()
        .await
        .unwrap_err();
    assert!(refused.to_string().contains("the script ends"), "{refused}");
    let nobody = access(&server, Vec::new()).prepare().await.unwrap_err();
    assert!(nobody.to_string().contains("vitruvian login"), "{nobody}");
}

#[tokio::test]
async fn a_login_goes_to_no_other_origin_and_does_not_go_on_for_ever() {
    let other = MockServer::start().await;
    Mock::given(path("/page"))
        .respond_with(page(""))
        .expect(0)
        .mount(&other)
        .await;
    for (place, told) in [
        (format!("{}/page", other.uri()), "only pages of"),
        ("/authorize?again=1".to_owned(), "more than 20 pages"),
    ] {
        let server = MockServer::start().await;
        let configuration = serde_json::json!({"token_endpoint": format!("{}/token", server.uri()),
            "authorization_endpoint": format!("{}/authorize", server.uri())});
        Mock::given(path("/fhir/.well-known/smart-configuration"))
            .respond_with(ResponseTemplate::new(200).set_body_json(configuration))
            .mount(&server)
            .await;
        Mock::given(path("/authorize"))
            .respond_with(ResponseTemplate::new(302).insert_header("location", place.as_str()))
            .mount(&server)
            .await;
        let refused = access(&server, script())
            .prepare()
            .await
            .unwrap_err()
            .to_string();
        assert!(refused.contains(told), "{refused}");
    }
}
