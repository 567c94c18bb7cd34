//! The handle through which everything is recorded: redact, store bodies once, append to the log.

use super::log::Sink;
use super::{
    Body, BodyRef, BrokenRule, Captured, Event, Exchange, Finding, RecordedRequest,
    RecordedResponse, Redactor, StepRun, Transition,
};
use std::collections::HashSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

/// Redacts, stores bodies once, appends to the log. Clones record into the same log.
#[derive(Clone)]
pub struct Recorder(Arc<Inner>);

struct Inner {
    redactor: Redactor,
    body_cap: usize,
    started: Instant,
    log: Mutex<Log>,
}

struct Log {
    sink: Box<dyn Sink>,
    stored: HashSet<String>,
    failure: Option<String>,
}

impl Log {
    /// Appends. The first failure is remembered and ends the log: a log with holes would be worse
    /// than one that breaks off.
    fn append(&mut self, event: &Event) {
        if self.failure.is_some() {
            return;
        }
        if let Err(problem) = self.sink.append(event) {
            self.failure = Some(problem.to_string());
        }
    }

    fn store(&mut self, body: Option<Stored>) -> Option<BodyRef> {
        let Stored { body, reference } = body?;
        if self.stored.insert(body.hash.clone()) {
            self.append(&Event::Body(body));
        }
        Some(reference)
    }
}

/// A body ready to be stored, and what will point to it.
struct Stored {
    body: Body,
    reference: BodyRef,
}

impl Recorder {
    /// Records into `sink` from now on. At most `body_cap` bytes of a body are stored; with none,
    /// bodies are not even looked at, for runs that leave no evidence.
    #[must_use]
    pub fn new(sink: Box<dyn Sink>, redactor: Redactor, body_cap: usize) -> Self {
        Self(Arc::new(Inner {
            redactor,
            body_cap,
            started: Instant::now(),
            log: Mutex::new(Log {
                sink,
                stored: HashSet::new(),
                failure: None,
            }),
        }))
    }

    /// Microseconds since the recorder was made.
    #[must_use]
    pub fn elapsed_us(&self) -> u64 {
        micros(self.0.started.elapsed())
    }

    /// What redacts everything that is recorded; tell it of secrets and people before the run.
    #[must_use]
    pub fn redactor(&self) -> &Redactor {
        &self.0.redactor
    }

    /// Why the log could not be written, if so. Nothing is recorded after that.
    #[must_use]
    pub fn failure(&self) -> Option<String> {
        self.log().failure.clone()
    }

    /// Appends an event. Reasons and the texts of steps are redacted here; exchanges and findings
    /// have methods of their own.
    pub fn event(&self, event: &Event) {
        let redactor = &self.0.redactor;
        let mut event = event.clone();
        match &mut event {
            Event::ScenarioStarted { steps, .. } => {
                steps.iter_mut().for_each(|step| self.redact_step(step));
            }
            Event::ScenarioFinished {
                reason: Some(reason),
                ..
            } => *reason = redactor.text(reason),
            Event::Definitions { packages } => {
                for package in packages {
                    package.origin = redactor.text(&package.origin);
                }
            }
            _ => {}
        }
        self.log().append(&event);
    }

    /// Appends a step as it ended, its texts redacted, and returns it so.
    pub fn step(&self, scenario: &str, attempt: u32, index: usize, mut step: StepRun) -> StepRun {
        self.redact_step(&mut step);
        self.log().append(&Event::Step {
            scenario: scenario.to_owned(),
            attempt,
            index,
            step: step.clone(),
        });
        step
    }

    /// Appends a finding, its texts redacted, and returns it so.
    pub fn finding(&self, scenario: &str, attempt: u32, mut finding: Finding) -> Finding {
        let redactor = &self.0.redactor;
        let redact = |text: Option<String>| text.map(|text| redactor.text(&text));
        finding.expected = redactor.text(&finding.expected);
        finding.actual = redactor.text(&finding.actual);
        finding.location = redact(finding.location);
        finding.hint = redact(finding.hint);
        if let Some(rule) = &mut finding.rule {
            self.redact_rule(rule);
        }
        self.log().append(&Event::Finding {
            scenario: scenario.to_owned(),
            attempt,
            finding: finding.clone(),
        });
        finding
    }

    /// Appends a point of a time line, its words redacted.
    pub fn transition(&self, scenario: &str, attempt: u32, mut transition: Transition) {
        let redactor = &self.0.redactor;
        transition.resource = redactor.text(&transition.resource);
        transition.status = redactor.text(&transition.status);
        transition.words = transition.words.as_deref().map(|text| redactor.text(text));
        self.log().append(&Event::Transition {
            scenario: scenario.to_owned(),
            attempt,
            transition,
        });
    }

    /// The same as [`Self::exchange`] for what the target has sent to our desk.
    pub fn received(
        &self,
        scenario: &str,
        attempt: u32,
        step: usize,
        captured: &Captured,
    ) -> Exchange {
        self.keep(scenario, attempt, (step, true), captured)
    }

    /// Redacts an exchange, stores its bodies unless they are stored already, appends it and returns
    /// it as recorded.
    pub fn exchange(
        &self,
        scenario: &str,
        attempt: u32,
        step: usize,
        captured: &Captured,
    ) -> Exchange {
        self.keep(scenario, attempt, (step, false), captured)
    }

    fn keep(
        &self,
        scenario: &str,
        attempt: u32,
        (step, received): (usize, bool),
        captured: &Captured,
    ) -> Exchange {
        let redactor = &self.0.redactor;
        // Bodies come first: what they teach the redactor is then found in URLs and headers too.
        let sent = &captured.request;
        let request_body = self.prepare(&sent.body, &sent.headers, false);
        let response_body = captured
            .response
            .as_ref()
            .and_then(|got| self.prepare(&got.body, &got.headers, got.truncated));
        let mut exchange = Exchange {
            step,
            received,
            request: RecordedRequest {
                method: sent.method.clone(),
                url: redactor.url(&sent.url),
                headers: redactor.headers(&sent.headers),
                body: None,
            },
            response: captured.response.as_ref().map(|got| RecordedResponse {
                status: got.status,
                headers: redactor.headers(&got.headers),
                body: None,
            }),
            error: captured.error.as_deref().map(|text| redactor.text(text)),
            started_us: micros(captured.started.saturating_duration_since(self.0.started)),
            first_byte_us: captured.first_byte.map(micros),
            duration_us: micros(captured.duration),
        };
        let mut log = self.log();
        exchange.request.body = log.store(request_body);
        let response_body = log.store(response_body);
        if let Some(response) = &mut exchange.response {
            response.body = response_body;
        }
        log.append(&Event::Exchange {
            scenario: scenario.to_owned(),
            attempt,
            exchange: Box::new(exchange.clone()),
        });
        exchange
    }

    fn redact_rule(&self, rule: &mut BrokenRule) {
        let redactor = &self.0.redactor;
        rule.profile = rule.profile.as_deref().map(|url| redactor.text(url));
        rule.element = redactor.text(&rule.element);
        for example in &mut rule.examples {
            example.resource = redactor.text(&example.resource);
            example.location = redactor.text(&example.location);
            example.message = redactor.text(&example.message);
            for line in example
                .snippet
                .iter_mut()
                .flat_map(|snippet| &mut snippet.lines)
            {
                *line = redactor.text(line);
            }
        }
    }

    fn redact_step(&self, step: &mut StepRun) {
        let redactor = &self.0.redactor;
        step.text = redactor.own_text(&step.text);
        step.message = step.message.as_deref().map(|text| redactor.text(text));
        step.notes = step.notes.iter().map(|note| redactor.text(note)).collect();
    }

    /// Redacts, then cuts, then hashes, in this order: a cut body could no longer be understood.
    fn prepare(
        &self,
        bytes: &[u8],
        headers: &[(String, String)],
        truncated: bool,
    ) -> Option<Stored> {
        if bytes.is_empty() || self.0.body_cap == 0 {
            return None;
        }
        let content_type = headers
            .iter()
            .find(|(name, _)| name.eq_ignore_ascii_case("content-type"))
            .map(|(_, value)| value.as_str());
        // What is far beyond the cap is not even looked at: a hostile body must not cost minutes.
        let looked_at = cut(bytes, self.0.body_cap.saturating_add(MARGIN));
        let is_whole = looked_at.len() == bytes.len();
        let redacted = self.0.redactor.body(looked_at, content_type);
        // A value that the first cut split may not be recognised, so the end is given up with it.
        let end = if is_whole {
            redacted.len()
        } else {
            redacted.len().saturating_sub(FRAYED)
        };
        let kept = cut(&redacted, self.0.body_cap.min(end));
        let body = Body::new(kept);
        let reference = BodyRef {
            hash: body.hash.clone(),
            size: bytes.len() as u64,
            truncated: truncated || !is_whole || kept.len() < redacted.len(),
        };
        Some(Stored { body, reference })
    }

    fn log(&self) -> MutexGuard<'_, Log> {
        self.0.log.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// How many bytes beyond the cap are looked at, so that what is kept is understood in its context.
const MARGIN: usize = 64 << 10;
/// How many bytes at the end of a cut body may belong to a value that was split: longer than any
/// credential.
const FRAYED: usize = 16 << 10;

/// At most `cap` bytes, whole characters where it is text.
fn cut(bytes: &[u8], cap: usize) -> &[u8] {
    if bytes.len() <= cap {
        return bytes;
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => {
            let is_boundary = |end: &usize| text.is_char_boundary(*end);
            let end = (0..=cap).rev().find(is_boundary).unwrap_or(0);
            &bytes[..end]
        }
        Err(_) => &bytes[..cap],
    }
}

fn micros(time: std::time::Duration) -> u64 {
    u64::try_from(time.as_micros()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::{Recorder, cut};
    use crate::evidence::log::Sink;
    use crate::evidence::{Ending, Event, Redactor};

    struct FullDisk;

    impl Sink for FullDisk {
        fn append(&mut self, _: &Event) -> std::io::Result<()> {
            Err(std::io::Error::other("no space left"))
        }
    }

    #[test]
    fn a_write_failure_is_remembered() {
        let recorder = Recorder::new(Box::new(FullDisk), Redactor::new([0; 32], true), 10);
        assert_eq!(recorder.failure(), None);
        recorder.event(&Event::RunFinished {
            ending: Ending::Finished,
            at_us: 0,
        });
        assert_eq!(recorder.failure().as_deref(), Some("no space left"));
    }

    #[test]
    fn a_cut_keeps_whole_characters() {
        assert_eq!(cut("aé".as_bytes(), 2), b"a");
        assert_eq!(cut("aé".as_bytes(), 3), "aé".as_bytes());
        assert_eq!(cut(&[0xff, 0xfe, 0xfd], 2), [0xff, 0xfe]);
    }
}
