//! A server that answers well, badly, slowly, or not at all.

use super::{BOUNDS, Bounds, TerminologyServer};
use crate::profile::{CodeQuestion, Membership, TerminologyService};
use serde_json::{Value, json};
use std::time::{Duration, Instant};
use wiremock::matchers::{path, query_param};
use wiremock::{Mock, MockServer, ResponseTemplate};

const SET: &str = "http://example.org/ValueSet/animals";
const SYSTEM: &str = "http://example.org/animals";

fn question(code: &str) -> CodeQuestion<'_> {
    CodeQuestion {
        value_set: Some(SET),
        system: Some(SYSTEM),
        version: None,
        code,
    }
}

fn parameters(result: bool, more: &[Value]) -> ResponseTemplate {
    let mut all = vec![json!({"name": "result", "valueBoolean": result})];
    all.extend_from_slice(more);
    answer(&json!({"resourceType": "Parameters", "parameter": all}))
}

fn answer(body: &Value) -> ResponseTemplate {
    ResponseTemplate::new(200).set_body_raw(body.to_string(), "application/fhir+json")
}

async fn always(reply: ResponseTemplate) -> MockServer {
    let server = MockServer::start().await;
    Mock::given(wiremock::matchers::any())
        .respond_with(reply)
        .mount(&server)
        .await;
    server
}

fn open(server: &MockServer, bounds: Bounds) -> TerminologyServer {
    let base = format!("{}/fhir", server.uri()).parse().unwrap();
    TerminologyServer::bounded(&base, bounds).unwrap()
}

fn is_undecided(answer: &Membership) -> bool {
    matches!(answer, Membership::Undecided(_))
}

/// What comes of one question to a server that always answers so; whether it counts as a failure.
async fn asked(reply: ResponseTemplate) -> (Membership, bool) {
    let server = always(reply).await;
    let service = open(
        &server,
        Bounds {
            failures: 1,
            ..BOUNDS
        },
    );
    let answer = service.validate_code(question("dog"));
    (answer, service.given_up().is_some())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clear_yes_or_no_decides() {
    assert_eq!(asked(parameters(true, &[])).await, (Membership::In, false));
    assert_eq!(
        asked(parameters(false, &[])).await,
        (Membership::NotIn, false)
    );
    let not_in = [
        json!({"name": "message", "valueString":
            format!("The code '{SYSTEM}#dog' was not found in the value set '{SET}|1'")}),
        json!({"name": "issues", "resource": {"resourceType": "OperationOutcome", "issue": [
            {"severity": "error", "code": "code-invalid", "details": {
                "coding": [{"system": "http://hl7.org/fhir/tools/CodeSystem/tx-issue-type", "code": "not-in-vs"}],
                "text": format!("Unknown code 'dog' in the CodeSystem '{SYSTEM}' version '1'")}},
            {"severity": "information", "code": "not-found"},
        ]}}),
    ];
    assert_eq!(
        asked(parameters(false, &not_in)).await,
        (Membership::NotIn, false)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_server_does_not_know_stays_undecided_and_is_no_failure() {
    let outcome = json!({"resourceType": "OperationOutcome", "issue": [{"severity": "error", "code": "not-found"}]});
    let issue = |issue: Value| {
        let outcome = json!({"resourceType": "OperationOutcome", "issue": [issue]});
        parameters(false, &[json!({"name": "issues", "resource": outcome})])
    };
    let message =
        |text: &str| parameters(false, &[json!({"name": "message", "valueString": text})]);
    let replies = [
        ResponseTemplate::new(404).set_body_raw(outcome.to_string(), "application/fhir+json"),
        ResponseTemplate::new(422).set_body_raw(outcome.to_string(), "application/fhir+json"),
        answer(&outcome),
        issue(json!({"severity": "error", "code": "not-found"})),
        issue(
            json!({"severity": "error", "code": "invalid", "details": {"coding": [{"code": "vs-invalid"}]}}),
        ),
        issue(
            json!({"severity": "error", "code": "invalid", "details": {"text": "Unknown code system"}}),
        ),
        issue(
            json!({"severity": "error", "code": "invalid", "diagnostics": "ValueSet x does not exist"}),
        ),
        message("A definition for the value set 'http://example.org/v' could not be found"),
        message("The code was not found; the CodeSystem http://example.org/s is unknown"),
        message("Unknown code system: http://example.org/s"),
        parameters(false, &[json!({"name": "cause", "valueCode": "not-found"})]),
        parameters(
            false,
            &[json!({"name": "x-caused-by-unknown-system", "valueCanonical": SYSTEM})],
        ),
    ];
    for reply in replies {
        let shown = format!("{reply:?}");
        let (answer, has_failed) = asked(reply).await;
        assert!(is_undecided(&answer) && !has_failed, "{answer:?} {shown}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_answer_is_undecided_and_counts_as_a_failure() {
    let huge = format!(
        r#"{{"resourceType":"Parameters","x":"{}"}}"#,
        "x".repeat(2 << 20)
    );
    let replies = [
        ResponseTemplate::new(500),
        ResponseTemplate::new(401),
        ResponseTemplate::new(404).set_body_string("<html>no such page</html>"),
        ResponseTemplate::new(302),
        ResponseTemplate::new(200),
        ResponseTemplate::new(200).set_body_string("garbage \u{0}"),
        ResponseTemplate::new(200).set_body_string("[".repeat(100_000)),
        ResponseTemplate::new(200).set_body_string(huge),
        answer(&json!({"resourceType": "Parameters"})),
        answer(
            &json!({"resourceType": "Parameters", "parameter": [{"name": "result", "valueString": "true"}]}),
        ),
        answer(&json!({"resourceType": "Patient"})),
        answer(&json!(true)),
        parameters(true, &[]).set_delay(Duration::from_secs(30)),
    ];
    for (number, reply) in replies.into_iter().enumerate() {
        let server = always(reply).await;
        let service = open(
            &server,
            Bounds {
                failures: 1,
                timeout: Duration::from_millis(1500),
                ..BOUNDS
            },
        );
        let started = Instant::now();
        let answer = service.validate_code(question("dog"));
        assert!(is_undecided(&answer), "{number} {answer:?}");
        assert!(service.given_up().is_some(), "{number} {answer:?}");
        assert!(started.elapsed() < Duration::from_secs(10), "{number}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn each_question_is_asked_once_even_at_the_same_time() {
    let server = always(parameters(true, &[]).set_delay(Duration::from_millis(100))).await;
    let service = open(&server, BOUNDS);
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                for code in ["dog", "cat"] {
                    assert_eq!(service.validate_code(question(code)), Membership::In);
                }
            });
        }
    });
    let of_system = CodeQuestion {
        value_set: None,
        ..question("dog")
    };
    assert_eq!(service.validate_code(of_system), Membership::In);
    assert_eq!(server.received_requests().await.unwrap().len(), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn questions_are_put_as_fhir_says_and_without_credentials() {
    let server = MockServer::start().await;
    let of_set = Mock::given(path("/fhir/ValueSet/$validate-code"))
        .and(query_param("url", SET))
        .and(query_param("valueSetVersion", "1.0"))
        .and(query_param("system", "http://example.org/a?b&c"))
        .and(query_param("code", "a b&code=c"))
        .respond_with(parameters(true, &[]));
    let of_system = Mock::given(path("/fhir/CodeSystem/$validate-code"))
        .and(query_param("url", SYSTEM))
        .and(query_param("version", "2"))
        .and(query_param("code", "dog"))
        .respond_with(parameters(false, &[]));
    server.register(of_set).await;
    server.register(of_system).await;
    let service = open(&server, BOUNDS);
    let versioned = format!("{SET}|1.0");
    let in_set = service.validate_code(CodeQuestion {
        value_set: Some(&versioned),
        system: Some("http://example.org/a?b&c"),
        ..question("a b&code=c")
    });
    assert_eq!(in_set, Membership::In);
    let in_system = service.validate_code(CodeQuestion {
        value_set: None,
        version: Some("2"),
        ..question("dog")
    });
    assert_eq!(in_system, Membership::NotIn);
    for request in server.received_requests().await.unwrap() {
        assert!(request.headers.get("authorization").is_none());
        assert!(request.body.is_empty());
    }
    let base = "http://user:secret@127.0.0.1:1/fhir".parse().unwrap();
    assert!(TerminologyServer::new(&base).is_err());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_keeps_failing_is_given_up_and_one_that_recovers_is_not() {
    let server = always(ResponseTemplate::new(500)).await;
    let service = open(&server, BOUNDS);
    for number in 0..50 {
        let code = format!("code-{number}");
        assert!(is_undecided(&service.validate_code(question(&code))));
    }
    let asked = server.received_requests().await.unwrap().len();
    assert_eq!(asked, BOUNDS.failures);
    let notice = service.given_up().unwrap();
    assert!(notice.contains("5 answers in a row failed"), "{notice}");

    let server = MockServer::start().await;
    let good = Mock::given(query_param("code", "dog")).respond_with(parameters(true, &[]));
    let bad = Mock::given(wiremock::matchers::any()).respond_with(ResponseTemplate::new(503));
    server.register(good).await;
    server.register(bad.with_priority(9)).await;
    let service = open(&server, BOUNDS);
    for round in 0..3 {
        for number in 1..BOUNDS.failures {
            let code = format!("code-{round}-{number}");
            assert!(is_undecided(&service.validate_code(question(&code))));
        }
        let version = round.to_string();
        let dog = CodeQuestion {
            version: Some(&version),
            ..question("dog")
        };
        assert_eq!(service.validate_code(dog), Membership::In);
    }
    assert_eq!(service.given_up(), None);
}

#[tokio::test(flavor = "multi_thread")]
async fn questions_are_bounded_in_number_and_length() {
    let server = always(parameters(true, &[])).await;
    let service = open(
        &server,
        Bounds {
            questions: 3,
            ..BOUNDS
        },
    );
    let long = "x".repeat(BOUNDS.part + 1);
    for code in [long.as_str(), "", "a\nb"] {
        assert!(is_undecided(&service.validate_code(question(code))));
    }
    assert!(server.received_requests().await.unwrap().is_empty());
    let codes = ["a", "b", "c", "d", "e"];
    let answers = codes.map(|code| service.validate_code(question(code)) == Membership::In);
    assert_eq!(answers, [true, true, true, false, false]);
    assert!(service.given_up().unwrap().contains("3 questions"));
    // What is known stays known.
    assert_eq!(service.validate_code(question("a")), Membership::In);
}
