//! What came back.

use super::headers;
use bytes::Bytes;
use serde_json::Value;
use std::time::Duration;

/// The last response of a request.
#[derive(Clone, Debug)]
pub struct Reply {
    /// HTTP status code.
    pub status: u16,
    /// Header names (lower case) and values in the order received.
    pub headers: Vec<(String, String)>,
    /// The body, as far as it was read.
    pub body: Bytes,
    /// Whether reading stopped at the size bound.
    pub truncated: bool,
    /// Absolute URL that gave this answer, after redirects.
    pub url: String,
    /// Time from sending the first hop to the end of the body.
    pub elapsed: Duration,
}

/// Why a body could not be taken as JSON. The body itself is never quoted: it may hold personal data.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotJson {
    /// There is none.
    #[error("the body is empty where JSON was expected")]
    Empty,
    /// Reading stopped at the bound.
    #[error("the body is larger than the {limit} bytes that are read; raise limits.body_limit")]
    Truncated {
        /// How many bytes were read.
        limit: usize,
    },
    /// It is a web page or XML.
    #[error(
        "the body is HTML or XML (content-type {content_type}), not JSON; \
         check that the URL is the FHIR base and that no login page or proxy answers"
    )]
    Markup {
        /// The header as received.
        content_type: String,
    },
    /// It is no JSON, or nested more than 127 deep.
    #[error("the body (content-type {content_type}) is not JSON: {reason}")]
    Syntax {
        /// The header as received.
        content_type: String,
        /// What is wrong, with line and column.
        reason: String,
    },
}

impl Reply {
    /// Whether the status tells success (2xx).
    #[must_use]
    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// First value of the header of this name, in any case.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        headers::find(&self.headers, name)
    }

    /// The body as JSON. Nesting is bounded, so a hostile body is an error and not a crash.
    ///
    /// # Errors
    /// When the body is empty, cut off, or not JSON.
    pub fn json(&self) -> Result<Value, NotJson> {
        if self.truncated {
            let limit = self.body.len();
            return Err(NotJson::Truncated { limit });
        }
        let first = self.body.iter().find(|byte| !byte.is_ascii_whitespace());
        let content_type = || self.header("content-type").unwrap_or("absent").to_owned();
        match first {
            None => Err(NotJson::Empty),
            Some(b'<') => Err(NotJson::Markup {
                content_type: content_type(),
            }),
            Some(_) => serde_json::from_slice(&self.body).map_err(|problem| NotJson::Syntax {
                content_type: content_type(),
                reason: problem.to_string(),
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{NotJson, Reply};

    fn reply(body: &str) -> Reply {
        Reply {
            status: 200,
            headers: vec![("content-type".into(), "text/html".into())],
            body: body.to_owned().into(),
            truncated: false,
            url: "http://127.0.0.1/".into(),
            elapsed: std::time::Duration::ZERO,
        }
    }

    #[test]
    fn json_is_read() {
        assert_eq!(reply(" {\"a\":1}").json().unwrap()["a"], 1);
    }

    #[test]
    fn a_web_page_is_named_as_such() {
        let problem = reply("\n<html>").json().unwrap_err();
        assert!(problem.to_string().contains("login page"), "{problem}");
    }

    #[test]
    fn an_empty_body_is_named_as_such() {
        assert_eq!(reply(" \n").json(), Err(NotJson::Empty));
    }

    #[test]
    fn deep_nesting_is_an_error_and_no_crash() {
        let problem = reply(&"[".repeat(1_000_000)).json().unwrap_err();
        assert!(problem.to_string().contains("recursion"), "{problem}");
    }

    #[test]
    fn the_body_is_never_quoted() {
        let problem = reply("{\"family\": Canary}").json().unwrap_err();
        assert!(!problem.to_string().contains("Canary"), "{problem}");
    }

    #[test]
    fn headers_are_found_in_any_case() {
        assert_eq!(reply("").header("Content-Type"), Some("text/html"));
        assert_eq!(reply("").header("etag"), None);
    }
}
