//! The provider with an authorization server.

use super::harness::{NOW, skip_of};
use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Method, header};
use serde_json::{Value, json};
use std::sync::Arc;
use std::sync::atomic::AtomicI64;
use time::OffsetDateTime;
use vitruvian::data::Data;
use vitruvian::mock::{BuiltIn, Clock, Guard, Provider, Request, Response, Rule, StandIn};
use vitruvian::oauth::{ASSERTION_TYPE, Assertion};
use vitruvian::signature::Algorithm;

const BASE: &str = "http://provider.test/fhir";

struct Asked {
    provider: Provider,
    built: BuiltIn,
    number: u32,
}

impl Asked {
    fn new(skipped: Option<Rule>) -> Self {
        let mut built = Guard::built_in(&Data::Embedded, "provider", [9; 32], false).unwrap();
        let clock = Clock::Set(Arc::new(AtomicI64::new(NOW)));
        built.guard = built.guard.with_clock(clock);
        let today = time::macros::date!(2026 - 11 - 21);
        let provider = Provider::load(&Data::Embedded, "2.1.0", today).unwrap();
        let mut provider = provider.with_guard(built.guard.clone());
        if let Some(rule) = skipped {
            provider = provider.with_fault(skip_of("provider", rule));
        }
        Self {
            provider,
            built,
            number: 0,
        }
    }

    fn send(
        &mut self,
        method: Method,
        path: &str,
        kind: &str,
        body: &str,
        token: &str,
    ) -> Response {
        let (path, query) = match path.split_once('?') {
            Some((path, query)) => (path, Some(query.to_owned())),
            None => (path, None),
        };
        let mut headers = HeaderMap::new();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_str(kind).unwrap());
        if !token.is_empty() {
            let bearer = HeaderValue::from_str(&format!("Bearer {token}")).unwrap();
            headers.insert(header::AUTHORIZATION, bearer);
        }
        self.provider.respond(&Request {
            method,
            path: path.to_owned(),
            query,
            headers,
            body: Bytes::copy_from_slice(body.as_bytes()),
            base: BASE.to_owned(),
            client_certificate: None,
        })
    }

    fn token(&mut self, client: usize) -> String {
        self.number += 1;
        let client = &self.built.clients[client];
        let now = OffsetDateTime::from_unix_timestamp(NOW).unwrap();
        let id = format!("p{}", self.number);
        let audience = format!("{BASE}/auth/token");
        let assertion = Assertion::client(&client.registered.client_id, &audience, now, &id)
            .key_id(&client.key_id)
            .sign(client.key.as_ref().unwrap(), Algorithm::Es384)
            .unwrap();
        let form = url::form_urlencoded::Serializer::new(String::new())
            .append_pair("grant_type", "client_credentials")
            .append_pair("scope", "system/*.cruds")
            .append_pair("client_assertion_type", ASSERTION_TYPE)
            .append_pair("client_assertion", &assertion)
            .finish();
        let kind = "application/x-www-form-urlencoded";
        let response = self.send(Method::POST, "/auth/token", kind, &form, "");
        let body: Value = serde_json::from_slice(&response.body).unwrap();
        body["access_token"].as_str().unwrap().to_owned()
    }

    fn get(&mut self, path: &str, token: &str) -> Response {
        self.send(Method::GET, path, "application/fhir+json", "", token)
    }

    /// The address of a Task that the payer has sent.
    fn task(&mut self, token: &str) -> String {
        let code = |system: &str, code: &str| json!({"coding": [{"system": system, "code": code}]});
        let task = json!({
            "resourceType": "Task", "status": "requested", "intent": "order",
            "code": code("http://hl7.org/fhir/us/davinci-cdex/CodeSystem/cdex-temp", "data-request-query"),
            "for": {"reference": "Patient/pat-001"},
            "authoredOn": "2026-11-21T08:00:00Z",
            "requester": {"identifier": {"system": "http://hl7.org/fhir/sid/us-npi", "value": "7777777773"}},
            "owner": {"identifier": {"system": "http://hl7.org/fhir/sid/us-npi", "value": "3333333334"}},
            "input": [{"type": code("http://hl7.org/fhir/us/davinci-hrex/CodeSystem/hrex-temp", "data-query"),
                "valueString": "Condition?patient=pat-001"}],
        });
        let kind = "application/fhir+json";
        let response = self.send(Method::POST, "/Task", kind, &task.to_string(), token);
        assert_eq!(response.status, 201);
        let body: Value = serde_json::from_slice(&response.body).unwrap();
        format!("/Task/{}", body["id"].as_str().unwrap())
    }
}

#[test]
fn records_and_tasks_are_for_those_they_concern() {
    let mut asked = Asked::new(None);
    assert_eq!(asked.get("/metadata", "").status, 200);
    assert_eq!(asked.get("/Condition?patient=pat-001", "").status, 401);
    let (main, other) = (asked.token(0), asked.token(1));
    assert_eq!(asked.get("/Patient/pat-001", &main).status, 200);
    assert_eq!(asked.get("/Patient/pat-001", &other).status, 404);
    let found = asked.get("/Condition?patient=pat-001", &other);
    let found: Value = serde_json::from_slice(&found.body).unwrap();
    assert_eq!(found["total"], 0);
    let task = asked.task(&main);
    assert_eq!(asked.get(&task, "").status, 401);
    assert_eq!(asked.get(&task, &main).status, 200);
    assert_eq!(asked.get(&task, &other).status, 404);
    let changed = asked.send(Method::PUT, &task, "application/fhir+json", "{}", &other);
    assert_eq!(changed.status, 404);
}

#[test]
fn a_task_of_somebody_else_is_seen_only_by_mistake() {
    // Who may see all patients: then it is the Task's requester alone that keeps others out.
    for (skipped, wanted) in [(None, 404), (Some(Rule::OwnTasks), 200)] {
        let mut asked = Asked::new(skipped);
        let everything = asked.built.clients.iter().map(|client| {
            let mut registered = client.registered.clone();
            registered.patients = None;
            registered
        });
        let clock = Clock::Set(Arc::new(AtomicI64::new(NOW)));
        let guard = Guard::new(everything.collect(), [9; 32]).with_clock(clock);
        asked.provider = asked.provider.clone().with_guard(guard);
        let main = asked.token(0);
        let task = asked.task(&main);
        let other = asked.token(1);
        assert_eq!(asked.get(&task, &other).status, wanted);
    }
}
