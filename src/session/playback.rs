//! The exchanges of an earlier run, as answers for the same steps without a network.

use crate::evidence::log::{MemorySink, Sink};
use crate::evidence::{Body, BodyRef, Event, Exchange, Run};
use crate::http::{Failure, Playback};
use crate::mock::{JournalEntry, Request, Response};
use crate::steps::{Deliveries, desk_word};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use url::Url;

/// Method, URL, and the hash of the body, empty for none.
type Question = (String, String, String);

/// What was recorded, and how much of it was given out already.
///
/// A request is answered by the next exchange of the scenario that runs, with the same method, URL and
/// body; else by one with another body, for requests that hold what changes from run to run. What another
/// scenario has asked in the run, because it was the first that had to know it, is lent from there.
pub struct Recorded {
    run: Arc<Run>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// Scenario and attempt that run now, and which of their exchanges were given out.
    current: Option<(String, u32)>,
    given: HashMap<(String, u32), Vec<bool>>,
    /// Places of all exchanges by question, in the order they were made.
    known: BTreeMap<Question, Vec<(usize, usize)>>,
    /// How often an exchange of another scenario was lent.
    lent: HashMap<Question, usize>,
}

impl Recorded {
    /// The exchanges of a run.
    #[must_use]
    pub fn new(run: Arc<Run>) -> Self {
        let mut places: Vec<(u64, Question, (usize, usize))> = Vec::new();
        for (scenario, executed) in run.scenarios.iter().enumerate() {
            let asked = executed.exchanges.iter().enumerate();
            for (index, exchange) in asked.filter(|(_, one)| !one.received) {
                places.push((exchange.started_us, question(exchange), (scenario, index)));
            }
        }
        places.sort_by_key(|(started, _, place)| (*started, *place));
        let mut known: BTreeMap<Question, Vec<(usize, usize)>> = BTreeMap::new();
        for (_, question, place) in places {
            known.entry(question).or_default().push(place);
        }
        Self {
            run,
            state: Mutex::new(State {
                known,
                ..State::default()
            }),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The exchange that answers.
    fn find(&self, asked: &Question) -> Option<&Exchange> {
        let mut state = self.state();
        let current = state.current.clone();
        let own = current.as_ref().and_then(|(id, attempt)| {
            let mut runs = self.run.scenarios.iter();
            runs.find(|run| run.id == *id && run.attempt == *attempt)
        });
        if let (Some(key), Some(own)) = (current, own) {
            let given = state.given.entry(key).or_default();
            given.resize(own.exchanges.len(), false);
            let is_same = |exchange: &Exchange| question(exchange) == *asked;
            let is_like = |exchange: &Exchange| {
                let (method, url, _) = question(exchange);
                (method, url) == (asked.0.clone(), asked.1.clone())
            };
            let free = |fits: &dyn Fn(&Exchange) -> bool| {
                let mut places = own.exchanges.iter().enumerate();
                places.find(|(index, exchange)| {
                    !exchange.received && !given[*index] && fits(exchange)
                })
            };
            if let Some((index, exchange)) = free(&is_same).or_else(|| free(&is_like)) {
                given[index] = true;
                return Some(exchange);
            }
        }
        let lent = state.lent.entry(asked.clone()).or_default();
        let turn = *lent;
        *lent += 1;
        let places = state.known.get(asked)?;
        let (scenario, index) = places.get(turn).or(places.last())?;
        self.run.scenarios[*scenario].exchanges.get(*index)
    }
}

fn question(exchange: &Exchange) -> Question {
    let request = &exchange.request;
    let body = request.body.as_ref();
    (
        request.method.clone(),
        request.url.clone(),
        body.map_or_else(String::new, |body| body.hash.clone()),
    )
}

impl Playback for Recorded {
    fn answer(
        &self,
        method: &str,
        url: &str,
        body: &[u8],
    ) -> Result<http::Response<Bytes>, Failure> {
        let hash = if body.is_empty() {
            String::new()
        } else {
            let digest = Sha256::digest(body);
            digest.iter().map(|byte| format!("{byte:02x}")).collect()
        };
        let asked = (method.to_owned(), url.to_owned(), hash);
        let exchange = self.find(&asked).ok_or_else(|| Failure::Connect {
            host: "the evidence".to_owned(),
            reason: format!("it holds no answer to {method} {url}"),
        })?;
        if let Some(error) = &exchange.error {
            return Err(failure(error, exchange));
        }
        let response = exchange
            .response
            .as_ref()
            .ok_or(Failure::Closed { received: None })?;
        let stored = response.body.as_ref();
        let bytes = stored.and_then(|body| self.run.bodies.get(&body.hash));
        let mut answer = http::Response::builder().status(response.status);
        for (name, value) in &response.headers {
            // What HTTP cannot carry was not received, either.
            if let Ok(value) = http::HeaderValue::from_str(value)
                && name != "transfer-encoding"
            {
                answer = answer.header(name, value);
            }
        }
        let bytes = bytes.map(content).unwrap_or_default();
        let is_gzip = response.headers.iter().any(|(name, value)| {
            name == "content-encoding" && value.trim().eq_ignore_ascii_case("gzip")
        });
        let answer = answer.body(if is_gzip { packed(bytes) } else { bytes });
        answer.map_err(|problem| Failure::Protocol {
            reason: problem.to_string(),
        })
    }
}

/// A body that is told to be gzip: what was unpacked on its way into the evidence is packed again.
fn packed(bytes: Bytes) -> Bytes {
    use flate2::{Compression, write::GzEncoder};
    use std::io::Write as _;
    if bytes.starts_with(&[0x1f, 0x8b]) {
        return bytes;
    }
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    let written = encoder.write_all(&bytes).and_then(|()| encoder.finish());
    // Writing to memory does not fail.
    written.map_or(bytes, Bytes::from)
}

impl Deliveries for Recorded {
    fn base(&self) -> Option<String> {
        self.run.scenarios.iter().find_map(|run| {
            let mut received = run.exchanges.iter().filter(|exchange| exchange.received);
            let below = format!("/{}/", desk_word(&run.id, run.attempt));
            let (base, _) = received.next()?.request.url.rsplit_once(&below)?;
            Some(base.to_owned())
        })
    }

    fn received(&self, scenario: &str, attempt: u32) -> Vec<JournalEntry> {
        let mut runs = self.run.scenarios.iter();
        let own = runs.find(|run| run.id == scenario && run.attempt == attempt);
        let exchanges = own.into_iter().flat_map(|run| &run.exchanges);
        let received = exchanges.filter(|exchange| exchange.received);
        received
            .zip(0..)
            .filter_map(|(exchange, number)| self.entry(exchange, number))
            .collect()
    }
}

impl Recorded {
    /// An exchange at the desk as it stood in the desk's journal.
    fn entry(&self, exchange: &Exchange, number: u64) -> Option<JournalEntry> {
        let (request, response) = (&exchange.request, exchange.response.as_ref()?);
        let body = |reference: Option<&BodyRef>| {
            let stored = reference.and_then(|body| self.run.bodies.get(&body.hash));
            stored.map(content).unwrap_or_default()
        };
        let url: Url = request.url.parse().ok()?;
        Some(JournalEntry {
            number,
            at: Duration::from_micros(exchange.started_us),
            request: Request {
                method: request.method.parse().ok()?,
                path: url.path().to_owned(),
                query: url.query().map(str::to_owned),
                headers: headers(&request.headers),
                body: body(request.body.as_ref()),
                base: String::new(),
                client_certificate: None,
            },
            response: Response {
                status: response.status,
                headers: headers(&response.headers),
                body: body(response.body.as_ref()),
                delay: None,
                wire: None,
            },
        })
    }
}

/// Headers as they were recorded; what HTTP cannot carry was not received, either.
fn headers(recorded: &[(String, String)]) -> HeaderMap {
    let pairs = recorded.iter().filter_map(|(name, value)| {
        let name = name.parse::<HeaderName>().ok()?;
        Some((name, HeaderValue::from_str(value).ok()?))
    });
    pairs.collect()
}

/// What a body held.
pub(super) fn content(body: &Body) -> Bytes {
    match (&body.text, &body.base64) {
        (Some(text), _) => text.clone().into(),
        (None, Some(base64)) => STANDARD.decode(base64).unwrap_or_default().into(),
        (None, None) => Bytes::new(),
    }
}

/// The failure that was told in these words.
fn failure(told: &str, exchange: &Exchange) -> Failure {
    let received = exchange.response.as_ref().map(|response| {
        let size = response.body.as_ref().map_or(0, |body| body.size);
        usize::try_from(size).unwrap_or(usize::MAX)
    });
    if told.starts_with("the server closed") {
        Failure::Closed { received }
    } else if told.starts_with("the answer is not valid HTTP") {
        Failure::Protocol {
            reason: told.to_owned(),
        }
    } else {
        Failure::Connect {
            host: "the evidence".to_owned(),
            reason: told.to_owned(),
        }
    }
}

/// Keeps the events of a replay in memory, and tells [`Recorded`] which scenario runs.
pub struct Following {
    recorded: Arc<Recorded>,
    memory: MemorySink,
}

impl Following {
    /// A log for a replay of `recorded`, and where to read it afterwards.
    #[must_use]
    pub fn new(recorded: Arc<Recorded>) -> (Self, MemorySink) {
        let memory = MemorySink::default();
        let sink = Self {
            recorded,
            memory: memory.clone(),
        };
        (sink, memory)
    }
}

impl Sink for Following {
    fn append(&mut self, event: &Event) -> std::io::Result<()> {
        if let Event::ScenarioStarted {
            scenario, attempt, ..
        } = event
        {
            self.recorded.state().current = Some((scenario.clone(), *attempt));
        }
        self.memory.append(event)
    }
}
