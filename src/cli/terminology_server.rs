//! A FHIR terminology server, asked about codes that cannot be decided offline.
//!
//! Each question is asked once, by `$validate-code`; everything the server can make large, slow or endless
//! is bounded, and a server that keeps failing is not asked any more. It gets codes and canonical URLs, and
//! never credentials.

mod answer;
mod line;

use super::Failure;
use crate::http::{Client, Request, Settings};
use crate::profile::{CodeQuestion, Membership, TerminologyService};
use answer::Answer;
use line::Line;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;
use url::Url;
use url::form_urlencoded::Serializer;

/// What the server may cost.
#[derive(Clone, Copy, Debug)]
struct Bounds {
    /// Longest time for one question.
    timeout: Duration,
    /// Most bytes of an answer.
    body: usize,
    /// Most questions of a run.
    questions: usize,
    /// Questions in a row without an answer after which no more are asked.
    failures: usize,
    /// Questions at a time.
    at_a_time: usize,
    /// Longest part of a question, in bytes: what is longer names nothing.
    part: usize,
}

const BOUNDS: Bounds = Bounds {
    timeout: Duration::from_secs(10),
    body: 1 << 20,
    questions: 20_000,
    failures: 5,
    at_a_time: 4,
    part: 1_000,
};

/// Asks a FHIR terminology server, and remembers its answers for the run.
pub(super) struct TerminologyServer {
    base: Url,
    line: Line,
    bounds: Bounds,
    answers: Mutex<HashMap<Question, Arc<OnceLock<Membership>>>>,
    state: Mutex<State>,
}

/// A question that is remembered.
#[derive(Debug, PartialEq, Eq, Hash)]
struct Question {
    value_set: Option<String>,
    system: Option<String>,
    version: Option<String>,
    code: String,
}

/// How it went so far.
#[derive(Debug, Default)]
struct State {
    /// Questions without an answer, since the last that had one.
    failures: usize,
    /// Why nothing more is asked: a sentence for a person.
    given_up: Option<String>,
}

impl TerminologyServer {
    /// The server at this FHIR base URL.
    ///
    /// # Errors
    /// When the URL cannot be a base: not HTTP, or with credentials or a query.
    pub(super) fn new(base: &Url) -> Result<Self, Failure> {
        Self::bounded(base, BOUNDS)
    }

    fn bounded(base: &Url, bounds: Bounds) -> Result<Self, Failure> {
        if !base.username().is_empty() || base.password().is_some() {
            return Err(Failure::new(
                "the URL of the terminology server holds a user name or password",
                "leave them out: a terminology server gets no credentials",
            ));
        }
        let client = Client::new(Settings {
            request_timeout: bounds.timeout,
            body_limit: bounds.body,
            ..Settings::new(base.clone())
        })?;
        Ok(Self {
            base: base.clone(),
            line: Line::open(client, bounds.at_a_time)?,
            bounds,
            answers: Mutex::default(),
            state: Mutex::default(),
        })
    }

    /// Why the server was not asked any more, if so: a sentence for a person.
    pub(super) fn given_up(&self) -> Option<String> {
        self.state().given_up.clone()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Where the answer to a question is, or will be; none when there have been too many.
    fn slot(&self, question: CodeQuestion<'_>) -> Option<Arc<OnceLock<Membership>>> {
        let mut answers = self.answers.lock().unwrap_or_else(PoisonError::into_inner);
        let own = |text: &str| text.to_owned();
        let name = Question {
            value_set: question.value_set.map(own),
            system: question.system.map(own),
            version: question.version.map(own),
            code: question.code.to_owned(),
        };
        if let Some(known) = answers.get(&name) {
            return Some(Arc::clone(known));
        }
        if answers.len() >= self.bounds.questions {
            let why = format!("{} questions are enough", self.bounds.questions);
            self.state().give_up(&self.base, &why);
            return None;
        }
        Some(Arc::clone(answers.entry(name).or_default()))
    }

    fn ask(&self, question: CodeQuestion<'_>) -> Membership {
        if self.state().given_up.is_some() {
            return undecided("the terminology server is not asked any more");
        }
        let sent = self.line.send(Request::get(path(question)).anonymous());
        let answer = match sent {
            Ok(reply) => answer::read(&reply),
            Err(why) => Answer::Failed(why),
        };
        let mut state = self.state();
        if let Answer::Failed(why) = answer {
            state.failures += 1;
            if state.failures >= self.bounds.failures {
                let why = format!(
                    "{} answers in a row failed, the last: {why}",
                    state.failures
                );
                state.give_up(&self.base, &why);
            }
            return undecided("the terminology server gave no answer");
        }
        state.failures = 0;
        match answer {
            Answer::In => Membership::In,
            Answer::NotIn => Membership::NotIn,
            Answer::Unknown | Answer::Failed(_) => {
                undecided("the terminology server does not know, either")
            }
        }
    }
}

impl State {
    fn give_up(&mut self, base: &Url, why: &str) {
        self.given_up.get_or_insert_with(|| {
            format!(
                "the terminology server {base} is not asked any more: {why}; codes that only it could \
                 decide stay undecided"
            )
        });
    }
}

impl TerminologyService for TerminologyServer {
    fn validate_code(&self, question: CodeQuestion<'_>) -> Membership {
        let parts = [
            question.value_set,
            question.system,
            question.version,
            Some(question.code),
        ];
        let is_askable = |part: &str| {
            part.len() <= self.bounds.part && !part.is_empty() && !part.contains(char::is_control)
        };
        if !parts.into_iter().flatten().all(is_askable) {
            return undecided("nobody can be asked about such a code");
        }
        match self.slot(question) {
            Some(slot) => slot.get_or_init(|| self.ask(question)).clone(),
            None => undecided("the terminology server is not asked any more"),
        }
    }
}

fn undecided(reason: &str) -> Membership {
    Membership::Undecided(reason.into())
}

/// The operation and its parameters, below the base.
fn path(question: CodeQuestion<'_>) -> String {
    let mut query = Serializer::new(String::new());
    let mut add = |name: &str, value: Option<&str>| {
        if let Some(value) = value {
            query.append_pair(name, value);
        }
    };
    let operation = match question.value_set {
        Some(value_set) => {
            let (url, version) = match value_set.split_once('|') {
                Some((url, version)) => (url, Some(version)),
                None => (value_set, None),
            };
            add("url", Some(url));
            add("valueSetVersion", version);
            add("system", question.system);
            add("systemVersion", question.version);
            // An element of type code does not say its system, and what R4 calls its context is nowhere.
            add("inferSystem", question.system.is_none().then_some("true"));
            "ValueSet/$validate-code"
        }
        None => {
            add("url", question.system);
            add("version", question.version);
            "CodeSystem/$validate-code"
        }
    };
    add("code", Some(question.code));
    format!("{operation}?{}", query.finish())
}

#[cfg(test)]
mod tests;
