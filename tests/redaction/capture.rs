//! Exchanges to record, and the log they end up in.

use serde_json::Value;
use std::collections::BTreeMap;
use std::time::{Duration, Instant};
use vitruvian::evidence::log::{self, FileSink};
use vitruvian::evidence::{
    Captured, CapturedRequest, CapturedResponse, Event, Exchange, Identity, Recorder, Redactor, Run,
};

/// A recorder that writes to a file.
pub(super) struct Log {
    pub(super) recorder: Recorder,
    folder: tempfile::TempDir,
}

impl Log {
    pub(super) fn new(redact_phi: bool) -> Self {
        Self::capped(redact_phi, 1 << 20)
    }

    pub(super) fn capped(redact_phi: bool, cap: usize) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let sink = FileSink::create(&folder.path().join(log::FILE_NAME)).unwrap();
        let mut key = [0; 32];
        getrandom::fill(&mut key).unwrap();
        let recorder = Recorder::new(Box::new(sink), Redactor::new(key, redact_phi), cap);
        recorder.event(&Event::RunStarted {
            schema: 1,
            identity: Box::new(Identity {
                tool: "vitruvian".into(),
                version: "0".into(),
                started: "2026-01-01T00:00:00Z".into(),
                target: "https://payer.example/fhir".into(),
                igs: Vec::new(),
                suites: Vec::new(),
                settings: [].into(),
                excuses: Vec::new(),
                strict: false,
                endpoints: BTreeMap::new(),
            }),
        });
        Self { recorder, folder }
    }

    pub(super) fn record(&self, captured: Building) -> Exchange {
        let exchange = self.recorder.exchange("scenario", 1, 0, &captured.0);
        assert_eq!(self.recorder.failure(), None);
        exchange
    }

    /// Everything that was written.
    pub(super) fn content(&self) -> String {
        std::fs::read_to_string(self.folder.path().join(log::FILE_NAME)).unwrap()
    }

    pub(super) fn run(&self) -> Run {
        log::read(self.folder.path()).unwrap()
    }

    /// Fails when any of these strings was written, in any case.
    pub(super) fn lacks(&self, canaries: &[&str]) {
        let content = self.content();
        let lower = content.to_lowercase();
        for canary in canaries {
            if let Some(at) = lower.find(&canary.to_lowercase()) {
                let around: String = content
                    .chars()
                    .skip(at.saturating_sub(300))
                    .take(400)
                    .collect();
                panic!("{canary} is in …{around}…");
            }
        }
    }

    /// Fails when any of these strings was not written; credentials are called `[secret]` in them, whichever they are.
    pub(super) fn holds(&self, kept: &[&str]) {
        let content = nameless(&self.content());
        for kept in kept {
            assert!(content.contains(kept), "{kept} is not in {content}");
        }
    }
}

/// The text with one name for all credentials.
pub(super) fn nameless(text: &str) -> String {
    let name = regex::Regex::new(r"\[secret:[0-9a-f]{8}\]").unwrap();
    name.replace_all(text, "[secret]").into_owned()
}

/// A log whose redactor knows nobody yet.
pub(super) fn person_log() -> Log {
    Log::new(true)
}

/// An exchange under construction.
pub(super) struct Building(Captured);

/// An exchange that was not answered.
pub(super) fn exchange(method: &str, url: &str) -> Building {
    Building(Captured {
        request: CapturedRequest {
            method: method.into(),
            url: url.into(),
            headers: Vec::new(),
            body: bytes::Bytes::new(),
        },
        response: None,
        error: None,
        started: Instant::now(),
        first_byte: None,
        duration: Duration::ZERO,
    })
}

impl Building {
    pub(super) fn request_header(mut self, name: &str, value: &str) -> Self {
        self.0.request.headers.push((name.into(), value.into()));
        self
    }

    pub(super) fn sending(mut self, content_type: &str, body: &str) -> Self {
        self.0.request.body = body.to_owned().into();
        self.request_header("Content-Type", content_type)
    }

    pub(super) fn answering(self, content_type: &str, body: Value) -> Self {
        self.answering_text(content_type, body.to_string())
    }

    pub(super) fn answering_text(mut self, content_type: &str, body: impl Into<Vec<u8>>) -> Self {
        self.0.response = Some(CapturedResponse {
            status: 200,
            headers: vec![("content-type".into(), content_type.into())],
            body: body.into().into(),
            truncated: false,
        });
        self
    }

    pub(super) fn response_header(mut self, name: &str, value: &str) -> Self {
        let response = self.0.response.as_mut().unwrap();
        response.headers.push((name.into(), value.into()));
        self
    }

    pub(super) fn failing(mut self, error: &str) -> Self {
        self.0.error = Some(error.into());
        self
    }
}
