//! A request that is refused, on its way to becoming an answer.

use crate::mock::Response;
use http::header::{ALLOW, RETRY_AFTER};

/// Why a request is refused: an HTTP status and one issue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Refusal {
    pub(super) status: u16,
    /// Issue type code.
    pub(super) code: &'static str,
    /// What the client reads. Never repeats personal data of the request.
    pub(super) text: String,
    allow: Option<&'static str>,
    retry_after: Option<u32>,
}

impl Refusal {
    pub(super) fn new(status: u16, code: &'static str, text: impl Into<String>) -> Self {
        Self {
            status,
            code,
            text: text.into(),
            allow: None,
            retry_after: None,
        }
    }

    /// 400, with code `invalid`.
    pub(super) fn bad_request(text: impl Into<String>) -> Self {
        Self::new(400, "invalid", text)
    }

    /// 404, the same for what does not exist and what the caller may not know about.
    pub(super) fn not_found() -> Self {
        Self::new(
            404,
            "not-found",
            "there is no such resource or operation here",
        )
    }

    /// 410 for what was there and is not any more.
    pub(super) fn deleted() -> Self {
        Self::new(410, "deleted", "this resource was deleted")
    }

    /// 403 for a member whose consent was revoked.
    pub(super) fn revoked() -> Self {
        Self::new(
            403,
            "forbidden",
            "the consent to this disclosure is not in force any more",
        )
    }

    /// 405; `allow` lists the methods that work.
    pub(super) fn method(allow: &'static str) -> Self {
        Self {
            allow: Some(allow),
            ..Self::new(405, "not-supported", "this method is not offered here")
        }
    }

    /// 429; the client may try again after so many seconds.
    pub(super) fn too_many(seconds: u32) -> Self {
        let text = "too many attempts to match these demographics with different cards; wait";
        Self {
            retry_after: Some(seconds),
            ..Self::new(429, "throttled", text)
        }
    }
}

impl From<Refusal> for Response {
    fn from(refusal: Refusal) -> Self {
        let mut response = Self::refusal(refusal.status, refusal.code, &refusal.text);
        if let Some(allow) = refusal.allow {
            response = response.with(ALLOW, allow);
        }
        if let Some(seconds) = refusal.retry_after {
            response = response.with(RETRY_AFTER, &seconds.to_string());
        }
        response
    }
}
