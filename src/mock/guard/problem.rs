//! What an authorization server answers: JSON that nobody keeps, and errors of RFC 6749 and RFC 6750.

use crate::fhir::outcome;
use crate::mock::Response;
use crate::mock::response::FHIR_JSON;
use http::header::{CACHE_CONTROL, PRAGMA, WWW_AUTHENTICATE};
use serde_json::{Value, json};

/// Why a request to the authorization server is refused (RFC 6749, 5.2). The text is fixed: nothing of the
/// request is repeated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Problem {
    pub(super) status: u16,
    pub(super) error: &'static str,
    pub(super) text: &'static str,
}

impl Problem {
    pub(super) const fn new(error: &'static str, text: &'static str) -> Self {
        Self {
            status: 400,
            error,
            text,
        }
    }

    /// The client did not prove who it is.
    pub(super) const fn client(text: &'static str) -> Self {
        Self {
            status: 401,
            error: "invalid_client",
            text,
        }
    }

    pub(super) const fn request(text: &'static str) -> Self {
        Self::new("invalid_request", text)
    }

    pub(super) const fn grant(text: &'static str) -> Self {
        Self::new("invalid_grant", text)
    }
}

impl From<Problem> for Response {
    fn from(problem: Problem) -> Self {
        let body = json!({"error": problem.error, "error_description": problem.text});
        let response = unkept(problem.status, &body);
        if problem.status == 401 {
            return response.with(WWW_AUTHENTICATE, "Basic realm=\"token\"");
        }
        response
    }
}

/// JSON that nobody may keep.
pub(super) fn unkept(status: u16, body: &Value) -> Response {
    Response::new(status, "application/json", body.to_string())
        .with(CACHE_CONTROL, "no-store")
        .with(PRAGMA, "no-cache")
}

/// Refuses a FHIR request (RFC 6750, section 3).
pub(super) fn refused(status: u16, error: Option<&str>, code: &str, text: &str) -> Response {
    let challenge = match error {
        Some(error) => format!("Bearer realm=\"fhir\", error=\"{error}\""),
        // Who sends no token at all is told of no error.
        None => "Bearer realm=\"fhir\"".to_owned(),
    };
    Response::new(status, FHIR_JSON, outcome::error(code, text).to_string())
        .with(WWW_AUTHENTICATE, &challenge)
        .with(CACHE_CONTROL, "no-store")
}

/// 401: the token is no good, and no more is said.
pub(super) fn bad_token() -> Response {
    let text = "the access token is unknown, expired or revoked";
    refused(401, Some("invalid_token"), "login", text)
}

/// 403: the token does not go so far.
pub(super) fn forbidden(text: &str) -> Response {
    refused(403, Some("insufficient_scope"), "forbidden", text)
}
