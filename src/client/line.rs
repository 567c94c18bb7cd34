//! How a reference client asks.

use super::token::{self, Wish};
use super::{Trouble, Way};
use crate::mock::{Delivery, Fault, Habit, Request, Response, WireFault};
use crate::signature::Flaw;
use bytes::Bytes;
use http::header::{ACCEPT, AUTHORIZATION, CONTENT_LOCATION, CONTENT_TYPE, RETRY_AFTER};
use http::{HeaderMap, HeaderName, HeaderValue, Method};
use serde_json::Value;
use std::time::Duration;

/// Media type of FHIR JSON.
const FHIR_JSON: &str = "application/fhir+json";
/// How often a request is sent again when the server is busy.
const MOST_TRIES: usize = 4;
/// How often a job is asked for.
const MOST_POLLS: usize = 30;
/// How many pages of a search are read.
const MOST_PAGES: usize = 50;
/// The pause where a server does not say how long.
pub(super) const PAUSE: Duration = Duration::from_secs(1);
/// The longest that a client waits where a server does not say how long.
const LONGEST_PAUSE: Duration = Duration::from_secs(60);

/// How a client asks: distorted when it has a fault.
pub struct Line<'a> {
    way: &'a mut dyn Way,
    fault: Option<&'a Fault>,
    /// Sent with every request that brings no credentials of its own.
    token: Option<String>,
    /// How the token was asked for; none where it cannot be had anew.
    wish: Option<Wish>,
}

impl<'a> Line<'a> {
    /// Over this way.
    pub fn new(way: &'a mut dyn Way, fault: Option<&'a Fault>) -> Self {
        Self {
            way,
            fault,
            token: None,
            wish: None,
        }
    }

    /// Base URL of the server.
    #[must_use]
    pub fn base(&self) -> String {
        self.way.base()
    }

    /// Takes a token for what is asked from now on; none to ask without.
    pub fn use_token(&mut self, token: Option<String>) {
        self.token = token;
        self.wish = None;
    }

    /// The same for a token that can be had anew by the same wish.
    pub(super) fn use_renewable(&mut self, token: String, wish: Wish) {
        self.token = Some(token);
        self.wish = Some(wish);
    }

    /// Whether the client keeps a habit, whatever it is about to send.
    #[must_use]
    pub fn keeps(&self, habit: Habit) -> bool {
        !self
            .fault
            .is_some_and(|fault| fault.breaks_habit(habit, None))
    }

    /// Whether it keeps the habit with this request.
    #[must_use]
    pub fn keeps_with(&self, habit: Habit, request: &Request) -> bool {
        !self
            .fault
            .is_some_and(|fault| fault.breaks_habit(habit, Some(request)))
    }

    /// What is wrong with the client's signatures, if anything is.
    #[must_use]
    pub fn flaw(&self) -> Option<Flaw> {
        self.fault.and_then(Fault::flaw)
    }

    /// A request for what is at an address: a path below the base, or an absolute URL there.
    #[must_use]
    pub fn request(&self, method: Method, address: &str) -> Request {
        let base = self.way.base();
        let below = address.strip_prefix(&base).unwrap_or(address);
        let (path, query) = match below.split_once('?') {
            Some((path, query)) => (path, Some(query.to_owned())),
            None => (below, None),
        };
        let slash = if path.starts_with('/') { "" } else { "/" };
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT, HeaderValue::from_static(FHIR_JSON));
        Request {
            method,
            path: format!("{slash}{path}"),
            query,
            headers,
            body: Bytes::new(),
            base,
            client_certificate: None,
        }
    }

    /// A GET.
    #[must_use]
    pub fn get(&self, address: &str) -> Request {
        self.request(Method::GET, address)
    }

    /// A POST of a resource.
    #[must_use]
    pub fn post(&self, address: &str, resource: &Value) -> Request {
        let mut request = self.request(Method::POST, address);
        let kind = HeaderValue::from_static(FHIR_JSON);
        request.headers.insert(CONTENT_TYPE, kind);
        request.body = resource.to_string().into();
        request
    }

    /// Sends a request; when the server is busy, waits as it says and sends it again. When the token has expired, has
    /// another given, and sends the request again with that.
    ///
    /// # Errors
    /// When no answer comes.
    pub async fn ask(&mut self, request: Request) -> Result<Response, Trouble> {
        let response = self.ask_openly(self.with_token(&request)).await?;
        let brings_its_own = request.headers.contains_key(AUTHORIZATION);
        if response.status != 401 || brings_its_own || !self.keeps(Habit::RenewsItsToken) {
            return Ok(response);
        }
        let Some(wish) = self.wish.clone() else {
            return Ok(response);
        };
        match token::fulfil(self, wish).await? {
            true => self.ask_openly(self.with_token(&request)).await,
            false => Ok(response),
        }
    }

    /// A request with the token, where it brings none of its own.
    fn with_token(&self, request: &Request) -> Request {
        let mut request = request.clone();
        if let Some(token) = &self.token
            && !request.headers.contains_key(AUTHORIZATION)
            && let Ok(value) = HeaderValue::from_str(&format!("Bearer {token}"))
        {
            request.headers.insert(AUTHORIZATION, value);
        }
        request
    }

    /// The same, without showing a token that the request does not bring itself.
    ///
    /// # Errors
    /// When no answer comes, or it is one that the client does not get over.
    pub async fn ask_openly(&mut self, mut request: Request) -> Result<Response, Trouble> {
        if let Some(fault) = self.fault {
            fault.distort(&mut request);
        }
        for _ in 0..MOST_TRIES {
            let response = self.way.ask(request.clone()).await?;
            let is_slow = matches!(response.wire, Some(WireFault::Trickle { .. }));
            if is_slow && !self.keeps_with(Habit::ReadsToTheEnd, &request) {
                return Err(Trouble::GaveUp);
            }
            if !matches!(response.status, 429 | 503)
                || !self.keeps_with(Habit::TriesAgainWhenBusy, &request)
            {
                if response.status == 200 && !self.keeps_with(Habit::TakesTheUnknown, &request) {
                    return Err(Trouble::GaveUp);
                }
                return Ok(response);
            }
            self.wait_as_told(&response, &request, PAUSE).await;
        }
        self.way.ask(request).await
    }

    /// Waits as long as the answer to a request says; where it does not, as long as the client thinks best.
    pub(super) async fn wait_as_told(
        &mut self,
        response: &Response,
        request: &Request,
        best: Duration,
    ) {
        let seconds = header(response, RETRY_AFTER).and_then(|text| text.parse().ok());
        let told = seconds.map_or(best, Duration::from_secs);
        let pause = match self.keeps_with(Habit::WaitsAsTold, request) {
            true => told.max(Duration::from_millis(20)),
            false => Duration::from_millis(1),
        };
        self.way.pass(pause).await;
    }

    /// Lets time pass.
    pub async fn pass(&mut self, time: Duration) {
        self.way.pass(time).await;
    }

    /// Follows a job to its end: `kick_off` is the answer to what started it. None when it was refused or failed.
    ///
    /// # Errors
    /// When no answer comes.
    pub async fn follow(&mut self, kick_off: &Response) -> Result<Option<Response>, Trouble> {
        let Some(address) = header(kick_off, CONTENT_LOCATION).map(str::to_owned) else {
            return Ok(None);
        };
        if kick_off.status != 202 {
            return Ok(None);
        }
        let mut pause = PAUSE;
        for _ in 0..MOST_POLLS {
            let poll = self.get(&address);
            let response = self.ask(poll.clone()).await?;
            if response.status != 202 {
                return Ok(Some(response).filter(|response| response.status == 200));
            }
            if !self.keeps(Habit::PollsToTheEnd) {
                return Ok(None);
            }
            self.wait_as_told(&response, &poll, pause).await;
            if self.keeps(Habit::BacksOff) {
                pause = pause.saturating_mul(2).min(LONGEST_PAUSE);
            }
        }
        Ok(None)
    }

    /// Reads a search to its last page: the resources that came, in order.
    ///
    /// # Errors
    /// When no answer comes.
    pub async fn search(&mut self, address: &str) -> Result<Vec<Value>, Trouble> {
        let mut found = Vec::new();
        let mut next = Some(address.to_owned());
        for _ in 0..MOST_PAGES {
            let Some(address) = next.take() else { break };
            let request = self.get(&address);
            let response = self.ask(request.clone()).await?;
            let bundle = json(&response);
            let is_empty = bundle["entry"].as_array().is_none_or(Vec::is_empty);
            if is_empty && !self.keeps_with(Habit::TakesNothingForAnAnswer, &request) {
                return Err(Trouble::GaveUp);
            }
            let entries = bundle["entry"].as_array().into_iter().flatten();
            found.extend(entries.map(|entry| entry["resource"].clone()));
            let links = bundle["link"].as_array().into_iter().flatten();
            let mut links = links.filter(|link| link["relation"] == "next");
            if self.keeps(Habit::ReadsAllPages) {
                next = links
                    .next()
                    .and_then(|link| link["url"].as_str().map(str::to_owned));
            }
        }
        Ok(found)
    }

    /// Where the server can send something to the client.
    #[must_use]
    pub fn hook(&self) -> Option<String> {
        self.way.hook()
    }

    /// Refuses, from now on, what the server sends with that word in it.
    pub fn refuse(&mut self, word: &str) {
        self.way.refuse(word);
    }

    /// What the server has sent since this was asked last.
    pub fn received(&mut self) -> Vec<Delivery> {
        self.way.received()
    }
}

/// A header as text.
#[must_use]
pub(super) fn header(response: &Response, name: HeaderName) -> Option<&str> {
    response.headers.get(name)?.to_str().ok()
}

/// The body as JSON; null when it is none.
#[must_use]
pub(super) fn json(response: &Response) -> Value {
    serde_json::from_slice(&response.body).unwrap_or_default()
}
