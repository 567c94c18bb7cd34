//! An answer as the core gives it.

use crate::fhir::outcome;
use bytes::Bytes;
use http::header::{CONTENT_TYPE, HeaderName};
use http::{HeaderMap, HeaderValue};
use serde::{Deserialize, Deserializer};
use serde_json::Value;
use std::time::Duration;

/// Media type of FHIR JSON.
pub(super) const FHIR_JSON: &str = "application/fhir+json";

/// One answer, and how the front is to deliver it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Response {
    /// HTTP status code.
    pub status: u16,
    /// Headers; the front adds those of the transport.
    pub headers: HeaderMap,
    /// The body; empty for none.
    pub body: Bytes,
    /// How long the front waits before it answers.
    pub delay: Option<Duration>,
    /// What the front does wrong on the wire.
    pub wire: Option<WireFault>,
}

/// A fault below HTTP's meaning, which only a front can commit.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum WireFault {
    /// Close the connection without an answer.
    Drop,
    /// Reset the connection (TCP RST) without an answer.
    Reset,
    /// Promise the whole body, send its first bytes, close.
    Truncate {
        /// How many bytes are sent.
        at: usize,
    },
    /// Send the body in small pieces.
    Trickle {
        /// Size of a piece in bytes.
        chunk: usize,
        /// Pause between pieces; `every_ms` in fault files.
        #[serde(rename = "every_ms", deserialize_with = "milliseconds")]
        every: Duration,
    },
    /// Send half of the body, then nothing, and keep the connection open.
    NeverFinish,
    /// Answer with bytes that are not HTTP.
    Garbage,
}

pub(super) fn milliseconds<'de, D: Deserializer<'de>>(from: D) -> Result<Duration, D::Error> {
    u64::deserialize(from).map(Duration::from_millis)
}

impl Response {
    /// An answer with any body.
    pub(super) fn new(status: u16, content_type: &'static str, body: impl Into<Bytes>) -> Self {
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
        Self {
            status,
            headers,
            body: body.into(),
            delay: None,
            wire: None,
        }
    }

    /// An answer as it was received from somewhere.
    #[must_use]
    pub const fn received(status: u16, headers: HeaderMap, body: Bytes) -> Self {
        Self {
            status,
            headers,
            body,
            delay: None,
            wire: None,
        }
    }

    /// An answer without a body.
    pub(super) fn empty(status: u16) -> Self {
        Self {
            status,
            headers: HeaderMap::new(),
            body: Bytes::new(),
            delay: None,
            wire: None,
        }
    }

    /// A FHIR resource.
    pub(super) fn fhir(status: u16, resource: &Value) -> Self {
        Self::new(status, FHIR_JSON, resource.to_string())
    }

    /// An OperationOutcome with one error (see [`outcome::error`]).
    pub(super) fn refusal(status: u16, code: &str, text: &str) -> Self {
        Self::fhir(status, &outcome::error(code, text))
    }

    /// The same for fronts outside this module.
    #[must_use]
    pub fn refused(status: u16, code: &str, text: &str) -> Self {
        Self::refusal(status, code, text)
    }

    /// Sets a header; a value that cannot be one is left out.
    #[must_use]
    pub(super) fn with(mut self, name: HeaderName, value: &str) -> Self {
        if let Ok(value) = HeaderValue::from_str(value) {
            self.headers.insert(name, value);
        }
        self
    }
}
