//! The exchanges of an earlier run, as answers for the same steps without a network.
//!
//! - `question` is a request as it can be found again.

mod question;

use crate::evidence::log::{MemorySink, Sink};
use crate::evidence::{Body, BodyRef, Event, Exchange, Run};
use crate::http::{Asked, Failure, Playback};
use crate::mock::{JournalEntry, Request, Response};
use crate::steps::{Deliveries, desk_word};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue};
use question::{Likeness, Question, echoes};
use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use url::Url;

/// A place in the evidence: scenario and exchange.
type Place = (usize, usize);

/// What was recorded, and how much of it was given out already.
///
/// A request is answered by the next exchange of the scenario that runs that asked the same: method, URL, body and
/// credential. What another scenario has asked in the run, because it was the first that had to know it, is lent from
/// there. Else the exchange of the scenario answers that is most like it: requests hold what changes from run to run,
/// such as numbers of their own, and credentials that no evidence holds.
pub struct Recorded {
    run: Arc<Run>,
    started: OffsetDateTime,
    /// Every exchange's question, by scenario.
    questions: Vec<Vec<Question>>,
    /// Places of all exchanges by question, in the order they were made.
    known: BTreeMap<Question, Vec<Place>>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// The scenario that runs now, and which exchanges of each were given out.
    current: Option<usize>,
    given: HashMap<usize, Vec<bool>>,
    /// How often an exchange of another scenario was lent.
    lent: HashMap<Question, usize>,
    /// What the scenario that runs has sent at random in the run, and what it has sent in its place now.
    echoes: Vec<(String, String)>,
    /// What time it is: microseconds from the start of the run.
    now_us: u64,
}

impl Recorded {
    /// The exchanges of a run.
    #[must_use]
    pub fn new(run: Arc<Run>) -> Self {
        let mut places: Vec<(u64, Place)> = Vec::new();
        let mut questions = Vec::new();
        for (scenario, executed) in run.scenarios.iter().enumerate() {
            let asked = executed.exchanges.iter().enumerate();
            for (index, exchange) in asked.filter(|(_, one)| !one.received) {
                places.push((exchange.started_us, (scenario, index)));
            }
            let own = executed.exchanges.iter();
            questions.push(own.map(|one| Question::recorded(one, &run)).collect());
        }
        places.sort_unstable();
        let mut known: BTreeMap<Question, Vec<Place>> = BTreeMap::new();
        for (_, (scenario, index)) in places {
            let of_scenario: &Vec<Question> = &questions[scenario];
            let question = of_scenario[index].clone();
            known.entry(question).or_default().push((scenario, index));
        }
        let started = OffsetDateTime::parse(&run.identity.started, &Rfc3339);
        Self {
            started: started.unwrap_or_else(|_| OffsetDateTime::now_utc()),
            run,
            questions,
            known,
            state: Mutex::default(),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// From now on this scenario runs.
    fn follow(&self, scenario: &str, attempt: u32) {
        let mut runs = self.run.scenarios.iter();
        let current = runs.position(|run| run.id == scenario && run.attempt == attempt);
        let mut state = self.state();
        state.current = current;
        state.echoes.clear();
        if let Some(current) = current {
            state.now_us = self.run.scenarios[current].started_us;
        }
    }

    /// The exchange that answers.
    fn find(&self, asked: &Question) -> Option<&Exchange> {
        let mut state = self.state();
        if let Some(scenario) = state.current
            && let Some((index, likeness)) = self.of_own(&state, scenario, asked)
            && (likeness == Likeness::Whole || !self.known.contains_key(asked))
        {
            let given = state.given.entry(scenario).or_default();
            given.resize(self.questions[scenario].len(), false);
            given[index] = true;
            let exchange = self.run.scenarios[scenario].exchanges.get(index)?;
            state.now_us = exchange.started_us.saturating_add(exchange.duration_us);
            return Some(exchange);
        }
        let turn = state.lent.entry(asked.clone()).or_default();
        let places = self.known.get(asked).or_else(|| self.alike(asked))?;
        let (scenario, index) = places.get(*turn).or(places.last())?;
        *turn += 1;
        self.run.scenarios[*scenario].exchanges.get(*index)
    }

    /// The first exchange of a scenario that was not given out and that is most like the question.
    fn of_own(
        &self,
        state: &State,
        scenario: usize,
        asked: &Question,
    ) -> Option<(usize, Likeness)> {
        let given = state.given.get(&scenario);
        let is_free = |index: usize| !given.is_some_and(|given| given[index]);
        let exchanges = self.run.scenarios[scenario].exchanges.iter();
        let pairs = exchanges.zip(&self.questions[scenario]).enumerate();
        pairs
            .filter(|(index, (exchange, _))| !exchange.received && is_free(*index))
            .filter_map(|(index, (_, question))| Some((index, asked.likeness(question)?)))
            // Of those that are equally like it the first.
            .rev()
            .max_by_key(|(_, likeness)| *likeness)
    }

    /// Where another scenario has asked the same with credentials that the evidence does not hold, or with another body:
    /// to get a token, for example.
    fn alike(&self, asked: &Question) -> Option<&Vec<Place>> {
        let known = self.known.iter();
        known
            .filter_map(|(question, places)| Some((asked.likeness(question)?, places)))
            .max_by_key(|(likeness, _)| *likeness)
            .map(|(_, places)| places)
    }
}

impl Playback for Recorded {
    fn answer(&self, asked: &Asked<'_>) -> Result<http::Response<Bytes>, Failure> {
        let question = Question::asked(asked);
        let exchange = self.find(&question).ok_or_else(|| Failure::Connect {
            host: "the evidence".to_owned(),
            reason: format!("it holds no answer to {} {}", asked.method, asked.url),
        })?;
        if let Some(error) = &exchange.error {
            return Err(failure(error, exchange));
        }
        let response = exchange
            .response
            .as_ref()
            .ok_or(Failure::Closed { received: None })?;
        let echoes = self.echoes(exchange, asked);
        let stored = response.body.as_ref();
        let bytes = stored.and_then(|body| self.run.bodies.get(&body.hash));
        let mut answer = http::Response::builder().status(response.status);
        for (name, value) in &response.headers {
            let value = echoes
                .iter()
                .fold(value.clone(), |value, (then, now)| value.replace(then, now));
            // What HTTP cannot carry was not received, either.
            if let Ok(value) = http::HeaderValue::from_str(&value)
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

    fn now(&self) -> OffsetDateTime {
        let passed = Duration::from_micros(self.state().now_us);
        self.started + passed
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
    /// What the scenario has sent at random and may get back, with what it has sent in its place now.
    fn echoes(&self, exchange: &Exchange, asked: &Asked<'_>) -> Vec<(String, String)> {
        let request = &exchange.request;
        let mut pairs = echoes(&request.url, asked.url);
        let body = request.body.as_ref();
        let stored = body.and_then(|body| self.run.bodies.get(&body.hash)?.text.as_deref());
        if let (Some(then), Ok(now)) = (stored, std::str::from_utf8(asked.body)) {
            pairs.extend(echoes(then, now));
        }
        let mut state = self.state();
        state.echoes.extend(pairs);
        state.echoes.clone()
    }

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

/// The failure that was recorded in place of an answer.
fn failure(told: &str, exchange: &Exchange) -> Failure {
    let received = exchange.response.as_ref().map(|response| {
        let size = response.body.as_ref().map_or(0, |body| body.size);
        usize::try_from(size).unwrap_or(usize::MAX)
    });
    Failure::told(told, received)
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
            self.recorded.follow(scenario, *attempt);
        }
        self.memory.append(event)
    }
}
