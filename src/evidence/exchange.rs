//! Exchanges: one request and its response, as captured and as recorded.

use super::BodyRef;
use serde::{Deserialize, Serialize};

/// One request and its response, redacted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Exchange {
    /// Index of the step that caused it, within its scenario.
    pub step: usize,
    /// Whether the target has sent it to our desk, and we have answered; else we have asked.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub received: bool,
    /// What was sent.
    pub request: RecordedRequest,
    /// What came back; absent when nothing did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub response: Option<RecordedResponse>,
    /// Why no (whole) response came.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// Microseconds from the start of the run to the sending of the request.
    pub started_us: u64,
    /// Microseconds until the response head was there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_byte_us: Option<u64>,
    /// Microseconds until the body was read, or the exchange failed.
    pub duration_us: u64,
}

/// A request as recorded.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecordedRequest {
    /// HTTP method.
    pub method: String,
    /// Absolute URL.
    pub url: String,
    /// Header names (lower case) and values in the order sent.
    pub headers: Vec<(String, String)>,
    /// The body, if there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<BodyRef>,
}

/// A response as recorded.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecordedResponse {
    /// HTTP status code.
    pub status: u16,
    /// Header names (lower case) and values in the order received.
    pub headers: Vec<(String, String)>,
    /// The body, if there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<BodyRef>,
}

/// An exchange as it happened, before redaction. Never written anywhere.
#[derive(Clone, Debug)]
pub struct Captured {
    /// What was sent.
    pub request: CapturedRequest,
    /// What came back.
    pub response: Option<CapturedResponse>,
    /// Why no (whole) response came.
    pub error: Option<String>,
    /// When the request was sent.
    pub started: std::time::Instant,
    /// Until the response head was there.
    pub first_byte: Option<std::time::Duration>,
    /// Until the end.
    pub duration: std::time::Duration,
}

/// A request before redaction.
#[derive(Clone, Debug)]
pub struct CapturedRequest {
    /// HTTP method.
    pub method: String,
    /// Absolute URL.
    pub url: String,
    /// Headers in the order sent.
    pub headers: Vec<(String, String)>,
    /// The whole body; empty for none.
    pub body: bytes::Bytes,
}

/// A response before redaction.
#[derive(Clone, Debug)]
pub struct CapturedResponse {
    /// HTTP status code.
    pub status: u16,
    /// Headers in the order received.
    pub headers: Vec<(String, String)>,
    /// The body as far as it was read; empty for none.
    pub body: bytes::Bytes,
    /// Whether reading stopped at the size bound.
    pub truncated: bool,
}
