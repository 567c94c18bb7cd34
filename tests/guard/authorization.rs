//! Members who let an app have data.

use super::harness::{BACK, Harness, error, header_of, holds, text};
use crate::payer::ask::{BASE, body};
use http::{Method, header};
use std::collections::BTreeMap;
use url::form_urlencoded::Serializer;
use vitruvian::mock::{Response, Rule};
use vitruvian::oauth::challenge;

const VERIFIER: &str = "a-verifier-that-is-long-enough-to-be-one-0123456789";
const SCOPE: &str = "launch/patient openid fhirUser offline_access patient/*.rs";

/// The parameters of a request that is in order.
fn asked() -> BTreeMap<&'static str, String> {
    [
        ("response_type", "code".to_owned()),
        ("client_id", "member-app".to_owned()),
        ("redirect_uri", BACK.to_owned()),
        ("scope", SCOPE.to_owned()),
        ("state", "s&\"1".to_owned()),
        ("aud", BASE.to_owned()),
        ("code_challenge", challenge(VERIFIER)),
        ("code_challenge_method", "S256".to_owned()),
    ]
    .into()
}

fn open(harness: &mut Harness, asked: &BTreeMap<&'static str, String>) -> Response {
    let query = Serializer::new(String::new()).extend_pairs(asked).finish();
    harness.send(Method::GET, &format!("/auth/authorize?{query}"), "", &[])
}

/// The transaction of a form.
fn transaction(page: &Response) -> String {
    let text = String::from_utf8_lossy(&page.body).into_owned();
    let mark = "name=\"transaction\" value=\"";
    let rest = text.split(mark).nth(1).unwrap_or_default();
    rest.split('"').next().unwrap_or_default().to_owned()
}

fn log_in(harness: &mut Harness, page: &Response, password: &str) -> Response {
    let transaction = transaction(page);
    let fields = [
        ("transaction", transaction.as_str()),
        ("user", "avery.example"),
        ("password", password),
    ];
    harness.form("/auth/login", &fields)
}

fn decide(harness: &mut Harness, page: &Response, more: &[(&str, &str)]) -> Response {
    let transaction = transaction(page);
    let mut fields = vec![("transaction", transaction.as_str())];
    fields.extend(more);
    harness.form("/auth/approve", &fields)
}

/// A parameter of the address that the member is sent back to.
fn back(response: &Response, name: &str) -> String {
    let place = header_of(response, header::LOCATION);
    let Ok(url) = url::Url::parse(&place) else {
        return format!("page {}", response.status);
    };
    let found = url.query_pairs().find(|(known, _)| known == name);
    found
        .map(|(_, value)| value.into_owned())
        .unwrap_or_default()
}

/// A code that the member has allowed, with these further choices.
fn code(harness: &mut Harness, choices: &[(&str, &str)]) -> String {
    let page = open(harness, &asked());
    let page = log_in(harness, &page, "plain-to-see");
    let mut all = vec![("decision", "allow")];
    all.extend(choices);
    let response = decide(harness, &page, &all);
    assert_eq!(response.status, 303);
    assert_eq!(back(&response, "state"), "s&\"1");
    back(&response, "code")
}

fn redeem(harness: &mut Harness, code: &str, other: &[(&str, &str)]) -> Response {
    let mut fields: BTreeMap<&str, &str> = [
        ("grant_type", "authorization_code"),
        ("code", code),
        ("redirect_uri", BACK),
        ("client_id", "member-app"),
        ("code_verifier", VERIFIER),
    ]
    .into();
    fields.extend(other.iter().copied());
    let fields: Vec<(&str, &str)> = fields.into_iter().collect();
    harness.form("/auth/token", &fields)
}

fn refresh(harness: &mut Harness, token: &str, more: &[(&str, &str)]) -> Response {
    let mut fields = vec![("grant_type", "refresh_token"), ("refresh_token", token)];
    fields.extend(more);
    harness.form("/auth/token", &fields)
}

#[test]
fn an_app_gets_what_the_member_allows() {
    let mut harness = Harness::new(None, "2.1.0", false);
    let code = code(&mut harness, &[]);
    let response = redeem(&mut harness, &code, &[]);
    assert_eq!(response.status, 200, "{}", error(&response));
    let answer = body(&response);
    assert_eq!(answer["patient"], "pt-016");
    assert_eq!(answer["scope"], SCOPE);
    assert!(answer["refresh_token"].is_string());
    let identity = vitruvian::oauth::Jwt::parse(answer["id_token"].as_str().unwrap()).unwrap();
    let keys = body(&harness.send(Method::GET, "/auth/jwks", "", &[]));
    let keys = vitruvian::oauth::Jwks::from_json(&keys).unwrap();
    assert!(identity.verify_among(&keys).is_ok() && identity.is_for("member-app"));
    let token = text(&response, "access_token");
    assert_eq!(harness.get("/Patient/pt-016", &token).status, 200);
    assert_eq!(harness.get("/Patient/pt-002", &token).status, 404);
}

#[test]
fn a_request_that_is_not_in_order_gets_no_code() {
    use Rule::*;
    /// What opening a request is answered, with one parameter changed or left out.
    macro_rules! opened {
        ($name:literal, $value:expr) => {
            |harness| {
                let mut asked = asked();
                match $value {
                    Some(value) => asked.insert($name, String::from(value)),
                    None => asked.remove($name),
                };
                let response = open(harness, &asked);
                match response.status {
                    303 => back(&response, "error"),
                    status => status.to_string(),
                }
            }
        };
    }
    holds(
        RedirectUri,
        "400",
        opened!("redirect_uri", Some("http://evil.example/x")),
    );
    holds(
        ResponseType,
        "unsupported_response_type",
        opened!("response_type", Some("token")),
    );
    holds(
        StateRequired,
        "invalid_request",
        opened!("state", None::<&str>),
    );
    holds(
        AuthorizeAudience,
        "invalid_request",
        opened!("aud", Some("http://evil.example/fhir")),
    );
    holds(
        AudienceRequired,
        "invalid_request",
        opened!("aud", None::<&str>),
    );
    holds(
        RedirectEnd,
        "400",
        opened!("redirect_uri", Some("http://127.0.0.1:9123/back-more")),
    );
    holds(
        RedirectQuery,
        "400",
        opened!("redirect_uri", Some("http://127.0.0.1:9123/back?more=1")),
    );
    holds(
        RedirectFragment,
        "400",
        opened!("redirect_uri", Some("http://127.0.0.1:9123/back#more")),
    );
    holds(
        PkceRequired,
        "invalid_request",
        opened!("code_challenge", None::<&str>),
    );
    holds(
        PkceMethod,
        "invalid_request",
        opened!("code_challenge_method", Some("plain")),
    );
    holds(
        RegisteredScopes,
        "invalid_scope",
        opened!("scope", Some("profile")),
    );
    let mut harness = Harness::new(None, "2.1.0", false);
    let mut unknown = asked();
    unknown.insert("client_id", "<script>alert(1)</script>".to_owned());
    let page = open(&mut harness, &unknown);
    assert_eq!(page.status, 400);
    assert!(!String::from_utf8_lossy(&page.body).contains("<script>"));
}

#[test]
fn what_an_app_has_sent_along_comes_back_as_it_was() {
    for rule in [Rule::StateReturned, Rule::StateEncoded] {
        holds(rule, "s&\"1", |harness| {
            let page = open(harness, &asked());
            let page = log_in(harness, &page, "plain-to-see");
            back(&decide(harness, &page, &[("decision", "deny")]), "state")
        });
    }
    let mut harness = Harness::new(None, "2.1.0", false);
    let mut elsewhere = asked();
    // At another port of this machine, where an app may listen.
    elsewhere.insert("redirect_uri", BACK.replace("9123", "40001"));
    let page = open(&mut harness, &elsewhere);
    let page = log_in(&mut harness, &page, "plain-to-see");
    let response = decide(&mut harness, &page, &[("decision", "allow")]);
    let place = header_of(&response, header::LOCATION);
    assert!(
        place.starts_with("http://127.0.0.1:40001/back?code="),
        "{place}"
    );
}

#[test]
fn members_decide() {
    use Rule::*;
    holds(Login, "wrong", |harness| {
        let page = open(harness, &asked());
        let page = log_in(harness, &page, "guessed");
        let text = String::from_utf8_lossy(&page.body).into_owned();
        if text.contains("is wrong") {
            "wrong"
        } else {
            "in"
        }
        .to_owned()
    });
    holds(ApprovalAsked, "200", |harness| {
        let page = open(harness, &asked());
        log_in(harness, &page, "plain-to-see").status.to_string()
    });
    holds(Denial, "access_denied", |harness| {
        let page = open(harness, &asked());
        let page = log_in(harness, &page, "plain-to-see");
        let response = decide(harness, &page, &[("decision", "deny")]);
        back(&response, "error")
    });
    holds(SensitiveChoice, "1", |harness| {
        let code = code(harness, &[("withhold", "sensitive")]);
        let response = redeem(harness, &code, &[]);
        let token = text(&response, "access_token");
        let found = harness.get("/Condition?patient=pt-016", &token);
        body(&found)["total"].to_string()
    });
    let mut harness = Harness::new(None, "2.1.0", false);
    let page = open(&mut harness, &asked());
    assert_eq!(
        decide(&mut harness, &page, &[("decision", "allow")]).status,
        400
    );
    let page = log_in(&mut harness, &page, "plain-to-see");
    let shown = String::from_utf8_lossy(&page.body).into_owned();
    assert!(shown.contains("Example Health App") && shown.contains("patient/*.rs"));
    let chosen = [
        ("decision", "allow"),
        ("scopes", "chosen"),
        ("scope", "openid"),
    ];
    let response = decide(&mut harness, &page, &chosen);
    let response = redeem(&mut harness, &back(&response, "code"), &[]);
    assert_eq!(text(&response, "scope"), "openid");
    // A form is good once.
    assert_eq!(decide(&mut harness, &page, &chosen).status, 400);
}

#[test]
fn a_code_is_good_once_soon_and_for_one() {
    use Rule::*;
    holds(CodeOnce, "invalid_grant", |harness| {
        let code = code(harness, &[]);
        redeem(harness, &code, &[]);
        error(&redeem(harness, &code, &[]))
    });
    holds(CodeReuse, "401", |harness| {
        let code = code(harness, &[]);
        let token = text(&redeem(harness, &code, &[]), "access_token");
        redeem(harness, &code, &[]);
        harness.get("/Patient/pt-016", &token).status.to_string()
    });
    holds(CodeExpiry, "invalid_grant", |harness| {
        let code = code(harness, &[]);
        harness.wait(61);
        error(&redeem(harness, &code, &[]))
    });
    holds(CodeClient, "invalid_grant", |harness| {
        let code = code(harness, &[]);
        let secret = harness.built.clients[super::harness::KEEPING]
            .secret
            .clone()
            .unwrap();
        let other = [
            ("client_id", "keeping-app"),
            ("client_secret", secret.expose()),
        ];
        error(&redeem(harness, &code, &other))
    });
    holds(CodeRedirect, "invalid_grant", |harness| {
        let code = code(harness, &[]);
        error(&redeem(
            harness,
            &code,
            &[("redirect_uri", "http://localhost:9123/back")],
        ))
    });
    holds(PkceVerifier, "invalid_grant", |harness| {
        let code = code(harness, &[]);
        let wrong = "another-verifier-that-is-long-enough-0123456789";
        error(&redeem(harness, &code, &[("code_verifier", wrong)]))
    });
}

#[test]
fn a_token_is_renewed_and_never_widened() {
    use Rule::*;
    holds(RefreshRotation, "invalid_grant", |harness| {
        let code = code(harness, &[]);
        let token = text(&redeem(harness, &code, &[]), "refresh_token");
        let own = [("client_id", "member-app")];
        assert_eq!(refresh(harness, &token, &own).status, 200);
        error(&refresh(harness, &token, &own))
    });
    holds(RefreshScope, "invalid_scope", |harness| {
        let code = code(harness, &[]);
        let token = text(&redeem(harness, &code, &[]), "refresh_token");
        let wider = [("client_id", "member-app"), ("scope", "patient/*.cruds")];
        error(&refresh(harness, &token, &wider))
    });
    holds(RefreshClient, "invalid_grant", |harness| {
        let code = code(harness, &[]);
        let token = text(&redeem(harness, &code, &[]), "refresh_token");
        let secret = harness.built.clients[super::harness::KEEPING]
            .secret
            .clone()
            .unwrap();
        let other = [
            ("client_id", "keeping-app"),
            ("client_secret", secret.expose()),
        ];
        error(&refresh(harness, &token, &other))
    });
    let mut harness = Harness::new(None, "2.1.0", false);
    let code = code(&mut harness, &[]);
    let token = text(&redeem(&mut harness, &code, &[]), "refresh_token");
    let narrower = [("client_id", "member-app"), ("scope", "patient/Patient.r")];
    let response = refresh(&mut harness, &token, &narrower);
    assert_eq!(text(&response, "scope"), "patient/Patient.r");
    let token = text(&response, "access_token");
    assert_eq!(harness.get("/Patient/pt-016", &token).status, 200);
    assert_eq!(harness.get("/Condition?patient=pt-016", &token).status, 403);
    assert_eq!(harness.get("/Patient/pt-002", &token).status, 404);
}
