//! Credentials go from every position they can stand in.

use super::capture::{Log, exchange, nameless};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::json;

const SECRET: &str = "canary/secret+1";
const JWT: &str = "eyJjYW5hcnkiOjF9.eyJjYW5hcnkiOjJ9.Y2FuYXJ5LTM";

fn log() -> Log {
    let log = Log::new(true);
    log.recorder.redactor().secret(SECRET);
    log
}

#[test]
fn credentials_go_from_headers_of_any_case() {
    let log = log();
    let captured = exchange("GET", "https://payer.example/fhir/metadata")
        .request_header("AUTHORIZATION", "Bearer canary-token-1")
        .request_header("Proxy-Authorization", "Basic Y2FuYXJ5OmNhbmFyeQ==")
        .request_header("cookie", "session=canary-cookie")
        .request_header("X-API-Key", "canary-key")
        .request_header("Ocp-Apim-Subscription-Key-Token", "canary-key-2")
        .request_header(
            "X-Note",
            &format!("see {SECRET} and {JWT} and Bearer canary-9-inline"),
        )
        .answering("application/json", json!({}))
        .response_header("Set-Cookie", "id=canary-set-cookie; Path=/; HttpOnly")
        .response_header(
            "Location",
            "https://app.example/cb?code=canary-code&state=kept-state",
        );
    log.record(captured);
    log.lacks(&["canary", "Y2FuYXJ5", JWT]);
    log.holds(&[
        "Bearer [secret]",
        "Basic [secret]",
        "state=kept-state",
        "code=[secret]",
    ]);
}

#[test]
fn credentials_go_from_urls_and_forms() {
    let log = log();
    let url = "https://user:canary-pass@payer.example/fhir/$export?access_token=canary-1&ACCESS_TOKEN=canary-2\
         &sig=canary-sig&note=canary%2Fsecret%2B1&kept=value#id_token=canary-3";
    let form = "grant_type=authorization_code&code=canary-code&client_secret=canary-4&password=canary5\
        &refresh_token=canary-6&client_assertion=canary-7&assertion=canary-8&id_token=canary-9&scope=kept.scope";
    let captured = exchange("POST", url).sending("application/x-www-form-urlencoded", form);
    log.record(captured);
    log.lacks(&["canary"]);
    log.holds(&[
        "kept=value",
        "scope=kept.scope",
        "grant_type=authorization_code",
    ]);
}

#[test]
fn credentials_go_from_json_of_any_depth() {
    let log = log();
    let body = json!({
        "access_token": "canary-1", "id_token": JWT, "token_type": "bearer", "expires_in": 300,
        "deep": [{"deeper": {"refresh_token": "canary-2", "client_secret": 12_345_678,
            "password": ["canary-3"], "note": format!("it is {SECRET}")}}],
        "grant": {"grant_type": "x", "code": "canary-code"},
    });
    log.record(exchange("POST", "https://payer.example/token").answering("application/json", body));
    log.lacks(&["canary", JWT, "12345678"]);
    log.holds(&["bearer", "300"]);
}

#[test]
fn a_token_that_was_issued_is_known_from_then_on() {
    let log = log();
    let body = json!({"access_token": "opaque-canary-77", "token_type": "Bearer"});
    log.record(exchange("POST", "https://payer.example/token").answering("application/json", body));
    let outcome = json!({"resourceType": "OperationOutcome",
        "issue": [{"diagnostics": "token opaque-canary-77 has expired"}]});
    log.record(
        exchange("GET", "https://payer.example/fhir/x").answering("application/fhir+json", outcome),
    );
    log.lacks(&["opaque-canary"]);
    log.holds(&["token [secret] has expired"]);
}

#[test]
fn it_can_be_seen_which_token_opened_what_and_not_which_it_is() {
    let name = |log: &Log, token: &str| {
        let body = json!({"access_token": token, "token_type": "Bearer"});
        let answer = exchange("POST", "https://payer.example/token");
        let given = log.record(answer.answering("application/json", body));
        let stored = given.response.unwrap().body.unwrap().hash;
        let text = log.run().bodies[&stored].text.clone().unwrap();
        let name = text.split('"').find(|part| part.starts_with("[secret:"));
        name.unwrap().to_owned()
    };
    let log = log();
    let [one, another] = ["opaque-canary-1", "opaque-canary-2"].map(|token| name(&log, token));
    assert_ne!(one, another);
    let shown = exchange(
        "GET",
        "https://payer.example/fhir/x?access_token=opaque-canary-1",
    )
    .request_header("authorization", "Bearer opaque-canary-2")
    .answering("application/json", json!({}));
    let request = log.record(shown).request;
    assert!(
        request.url.ends_with(&format!("access_token={one}")),
        "{}",
        request.url
    );
    assert_eq!(request.headers[0].1, format!("Bearer {another}"));
    log.lacks(&["canary"]);
    // Nobody can try tokens out: the same one goes by another name in another run.
    assert_ne!(name(&Log::new(true), "opaque-canary-1"), one);
}

#[test]
fn what_a_server_has_signed_for_everybody_stays_and_no_other_token() {
    let log = log();
    let body = json!({"signed_metadata": JWT, "note": JWT});
    let udap = exchange("GET", "https://payer.example/.well-known/udap");
    let told = log.record(udap.answering("application/json", body));
    let hash = told.response.unwrap().body.unwrap().hash;
    let text = log.run().bodies[&hash].text.clone().unwrap();
    let found: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(found["signed_metadata"], JWT);
    assert_eq!(nameless(found["note"].as_str().unwrap()), "[secret]");
    // No configured secret slips through by that name, and in a resource it is nothing special.
    let echo = URL_SAFE_NO_PAD.encode(format!("{{\"x\":\"{SECRET}\"}}"));
    let body = json!({"signed_metadata": format!("{SECRET} eyJ4.{echo}.x")});
    let udap = exchange("GET", "https://payer.example/.well-known/udap");
    log.record(udap.answering("application/json", body));
    log.lacks(&["canary"]);
    let other = "eyJvdGhlciI6MX0.eyJvdGhlciI6Mn0.b3RoZXI";
    let body = json!({"resourceType": "Basic", "signed_metadata": other});
    let basic = exchange("GET", "https://payer.example/fhir/Basic/1");
    log.record(basic.answering("application/fhir+json", body));
    log.lacks(&[other]);
}

#[test]
fn configured_secrets_go_from_every_kind_of_body_in_every_spelling() {
    let log = log();
    let basic = STANDARD.encode(format!("client:{SECRET}"));
    let web = URL_SAFE_NO_PAD.encode(format!("x{SECRET}"));
    let texts = [
        format!("<html><a title='{SECRET}'>{basic}</a><p>canary%2Fsecret%2B1</p></html>"),
        format!("plain {SECRET} {web} {JWT} password=canary-in-text"),
        format!("{{\"diagnostics\":\"{basic} canary\\/secret+1\"}}\n{{\"x\":\"{web}\"}}"),
        format!("{{\"broken\": {SECRET} [\"{JWT}\","),
    ];
    for text in texts {
        for content_type in [
            "text/html",
            "text/plain",
            "application/json",
            "application/fhir+ndjson",
            "",
        ] {
            log.record(
                exchange("GET", "https://payer.example/x")
                    .answering_text(content_type, text.clone()),
            );
        }
    }
    // The parts of the encoded forms that the secret alone decides.
    log.lacks(&["canary", &basic[12..28], &web[4..20], JWT]);
}

#[test]
fn credentials_go_from_errors_findings_steps_and_reasons() {
    use vitruvian::evidence::{Event, Finding, Level, StepRun, StepStatus, Verdict};
    let log = log();
    log.record(
        exchange("GET", "https://payer.example/x").failing(&format!("no answer to {SECRET}")),
    );
    let text = || format!("got {SECRET} and {JWT}");
    let finding = Finding {
        requirement: "PDEX-MMC-016".into(),
        level: Level::Shall,
        severity: Verdict::Fail,
        expected: text(),
        actual: text(),
        location: Some(text()),
        exchange: None,
        hint: Some(text()),
        defect: None,
        rule: Some(Box::new(vitruvian::evidence::BrokenRule {
            key: "min".into(),
            profile: Some(text()),
            element: text(),
            severity: "error".into(),
            count: 1,
            examples: vec![vitruvian::evidence::Example {
                resource: text(),
                location: text(),
                message: text(),
                scenario: "s".into(),
                attempt: 1,
                exchange: 0,
                snippet: Some(vitruvian::evidence::Snippet {
                    first: 1,
                    lines: vec![text()],
                    marked: 0,
                }),
            }],
        })),
    };
    assert_eq!(
        nameless(&log.recorder.finding("s", 1, finding).actual),
        "got [secret] and [secret]"
    );
    let step = StepRun {
        keyword: "Given".into(),
        text: text(),
        line: 1,
        status: StepStatus::Passed,
        message: Some(text()),
        notes: vec![text()],
        duration_us: 0,
    };
    assert_eq!(
        nameless(&log.recorder.step("s", 1, 0, step.clone()).notes[0]),
        "got [secret] and [secret]"
    );
    log.recorder.event(&Event::ScenarioStarted {
        scenario: "s".into(),
        attempt: 1,
        steps: vec![step],
        at_us: 0,
    });
    log.recorder.event(&Event::ScenarioFinished {
        scenario: "s".into(),
        attempt: 1,
        verdict: Verdict::Skip,
        reason: Some(text()),
        duration_us: 0,
    });
    log.lacks(&["canary", JWT]);
}
