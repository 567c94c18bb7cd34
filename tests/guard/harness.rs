//! A payer with an authorization server, asked without a network.

use crate::payer::ask;
use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Method, header};
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, OnceLock};
use time::OffsetDateTime;
use vitruvian::data::Data;
use vitruvian::mock::{
    Applies, BuiltIn, Change, Clock, Fault, Guard, Payer, Request, Response, Rule, StandIn,
};
use vitruvian::oauth::{ASSERTION_TYPE, Assertion};
use vitruvian::signature::Algorithm;

/// Noon of the day that is played.
pub(crate) const NOW: i64 = 1_795_262_400;
pub(crate) const MAIN: usize = 0;
pub(crate) const OTHER: usize = 1;
pub(crate) const OUTSIDE: usize = 2;
pub(crate) const KEEPING: usize = 4;
pub(crate) const BACK: &str = "http://127.0.0.1:9123/back";

/// The payer, and all who can ask it.
pub(crate) struct Harness {
    pub(crate) payer: Payer,
    pub(crate) built: BuiltIn,
    pub(crate) clock: Arc<AtomicI64>,
    pub(crate) certificate: Option<&'static [u8]>,
    number: u32,
}

/// A fault that does nothing but switch a rule off.
pub(crate) fn skip_of(stand_in: &str, rule: Rule) -> Fault {
    Fault {
        name: format!("{stand_in}/skip"),
        about: "skips a rule".to_owned(),
        applies: Applies::default(),
        change: vec![Change::SkipRule(rule)],
        breaks: Vec::new(),
        spares: BTreeMap::new(),
        tampers: false,
    }
}

/// A payer as it begins; its records are read once.
fn fresh(version: &str) -> Payer {
    static MADE: OnceLock<[Payer; 2]> = OnceLock::new();
    let made = MADE.get_or_init(|| ["2.1.0", "2.2.0"].map(ask::payer));
    made[usize::from(version == "2.2.0")].clone()
}

impl Harness {
    pub(crate) fn new(skipped: Option<Rule>, version: &str, has_udap: bool) -> Self {
        let mut built = Guard::built_in(&Data::Embedded, "payer", [7; 32], has_udap).unwrap();
        let clock = Arc::new(AtomicI64::new(if has_udap {
            // Certificates are made by the clock of this machine.
            OffsetDateTime::now_utc().unix_timestamp()
        } else {
            NOW
        }));
        built.guard = built.guard.with_clock(Clock::Set(Arc::clone(&clock)));
        let mut payer = fresh(version).with_guard(built.guard.clone());
        if let Some(rule) = skipped {
            payer = payer.with_fault(skip_of("payer", rule));
        }
        Self {
            payer,
            built,
            clock,
            certificate: None,
            number: 0,
        }
    }

    pub(crate) fn wait(&self, seconds: i64) {
        self.clock.fetch_add(seconds, Ordering::Relaxed);
    }

    pub(crate) fn now(&self) -> OffsetDateTime {
        OffsetDateTime::from_unix_timestamp(self.clock.load(Ordering::Relaxed)).unwrap()
    }

    pub(crate) fn send(
        &mut self,
        method: Method,
        target: &str,
        body: &str,
        headers: &[(&'static str, &str)],
    ) -> Response {
        let mut request: Request = ask::request(method, target, body);
        for (name, value) in headers {
            let name = header::HeaderName::from_static(name);
            let value = HeaderValue::from_str(value).unwrap();
            request.headers.insert(name, value);
        }
        request.client_certificate = self.certificate.map(Bytes::from_static);
        self.payer.respond(&request)
    }

    /// A GET with a token.
    pub(crate) fn get(&mut self, target: &str, token: &str) -> Response {
        let bearer = format!("Bearer {token}");
        self.send(Method::GET, target, "", &[("authorization", &bearer)])
    }

    /// A POST of JSON with a token, answered later.
    pub(crate) fn post(&mut self, target: &str, body: &Value, token: &str) -> Response {
        let bearer = format!("Bearer {token}");
        let headers = [
            ("authorization", bearer.as_str()),
            ("prefer", "respond-async"),
        ];
        self.send(Method::POST, target, &body.to_string(), &headers)
    }

    pub(crate) fn form(&mut self, target: &str, fields: &[(&str, &str)]) -> Response {
        let body = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs(fields)
            .finish();
        let kind = "application/x-www-form-urlencoded";
        self.send(Method::POST, target, &body, &[("content-type", kind)])
    }

    /// A fresh assertion of a client, as it should be.
    pub(crate) fn assertion(&mut self, client: usize) -> Assertion {
        self.number += 1;
        let client = &self.built.clients[client];
        let audience = format!("{}/auth/token", ask::BASE);
        let id = format!("a{}", self.number);
        Assertion::client(&client.registered.client_id, &audience, self.now(), &id)
            .key_id(&client.key_id)
    }

    pub(crate) fn signed(&self, client: usize, assertion: &Assertion) -> String {
        let key = self.built.clients[client].key.as_ref().unwrap();
        assertion.sign(key, Algorithm::Es384).unwrap()
    }

    /// What a token request with that assertion is answered.
    pub(crate) fn ask_with(&mut self, assertion: &str, scope: &str) -> Response {
        self.form(
            "/auth/token",
            &[
                ("grant_type", "client_credentials"),
                ("scope", scope),
                ("client_assertion_type", ASSERTION_TYPE),
                ("client_assertion", assertion),
            ],
        )
    }

    pub(crate) fn ask(&mut self, client: usize, scope: &str) -> Response {
        let assertion = self.assertion(client);
        let signed = self.signed(client, &assertion);
        self.ask_with(&signed, scope)
    }

    /// A token of a system.
    pub(crate) fn token(&mut self, client: usize, scope: &str) -> String {
        let response = self.ask(client, scope);
        assert_eq!(response.status, 200, "{}", error(&response));
        text(&response, "access_token")
    }
}

/// A member of a JSON answer.
pub(crate) fn text(response: &Response, name: &str) -> String {
    ask::body(response)[name]
        .as_str()
        .unwrap_or_default()
        .to_owned()
}

/// The error of an answer of the authorization server, else its status.
pub(crate) fn error(response: &Response) -> String {
    let name = text(response, "error");
    if name.is_empty() {
        response.status.to_string()
    } else {
        name
    }
}

pub(crate) fn header_of(response: &Response, name: header::HeaderName) -> String {
    let headers: &HeaderMap = &response.headers;
    let value = headers.get(name).and_then(|value| value.to_str().ok());
    value.unwrap_or_default().to_owned()
}

/// Types and ids of what a Bundle holds, with how often.
pub(crate) fn kinds(response: &Response) -> Vec<String> {
    let body = ask::body(response);
    let entries = body["entry"].as_array().cloned().unwrap_or_default();
    let mut kinds: Vec<String> = entries
        .iter()
        .map(|entry| {
            entry["resource"]["resourceType"]
                .as_str()
                .unwrap_or_default()
                .to_owned()
        })
        .collect();
    kinds.sort();
    kinds.dedup();
    kinds
}

/// Without a fault the answer is what it should be; with the rule skipped it is another.
pub(crate) fn holds(rule: Rule, expected: &str, seen: fn(&mut Harness) -> String) {
    holds_in(rule, "2.1.0", false, expected, seen);
}

pub(crate) fn holds_in(
    rule: Rule,
    version: &str,
    has_udap: bool,
    expected: &str,
    seen: fn(&mut Harness) -> String,
) {
    let found = seen(&mut Harness::new(None, version, has_udap));
    assert_eq!(found, expected, "{rule:?} is not enforced");
    let found = seen(&mut Harness::new(Some(rule), version, has_udap));
    assert_ne!(found, expected, "skipping {rule:?} changes nothing");
}
