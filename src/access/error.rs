//! Why there is no token.

use crate::http::Failure;
use crate::signature::KeyError;
use url::Url;

/// There is no token. The text is for people: what happened, then what to check. It holds no credential.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The configuration cannot be used.
    #[error(transparent)]
    Config(#[from] crate::config::Error),
    /// Something that the way needs is not configured.
    #[error("{key} is missing, and {why}")]
    Missing {
        /// The key of the configuration.
        key: String,
        /// What it is needed for.
        why: String,
    },
    /// A key or certificate cannot be used.
    #[error("{key} cannot be used: {reason}")]
    Unusable {
        /// The key of the configuration.
        key: String,
        /// What is wrong.
        reason: String,
    },
    /// The target names no authorization server.
    #[error(
        "{base} does not say where to get a token: {reason}; set target.auth.token_url, or check the target"
    )]
    NotFound {
        /// Base URL of the target.
        base: String,
        /// What was looked for, and what there was.
        reason: String,
    },
    /// What the target says of its authorization server must not be relied on.
    #[error("what {base} says of its authorization server is not used: {reason}")]
    Untrusted {
        /// Base URL of the target.
        base: String,
        /// What is wrong.
        reason: String,
    },
    /// No answer came.
    #[error("{url} gives no answer: {failure}")]
    Unreachable {
        /// What was asked.
        url: String,
        /// What happened.
        failure: Failure,
    },
    /// The authorization server has refused.
    #[error("{url} refuses with {status}{}; check the client, its credentials and its scope", because(.code, .description))]
    Refused {
        /// What was asked.
        url: String,
        /// HTTP status code.
        status: u16,
        /// `error` of RFC 6749, 5.2, if there is one.
        code: Option<String>,
        /// `error_description`, shortened.
        description: Option<String>,
    },
    /// The answer is not what it has to be.
    #[error("the answer of {url} cannot be used: {reason}")]
    Malformed {
        /// What was asked.
        url: String,
        /// What is wrong.
        reason: String,
    },
    /// Nobody has logged in.
    #[error("the login did not succeed: {0}")]
    Login(String),
    /// The assertion could not be signed.
    #[error("the client assertion could not be signed: {0}; check target.auth.algorithm")]
    Signing(#[from] KeyError),
    /// The client cannot be set up.
    #[error(transparent)]
    Client(#[from] crate::http::Error),
    /// There are no random numbers to be had.
    #[error("no random numbers are to be had: {0}")]
    Random(String),
    /// The same, a moment ago.
    #[error("{0}")]
    Again(String),
}

impl Error {
    pub(super) fn malformed(url: &Url, reason: impl Into<String>) -> Self {
        Self::Malformed {
            url: url.to_string(),
            reason: reason.into(),
        }
    }
}

fn because(code: &Option<String>, description: &Option<String>) -> String {
    match (code, description) {
        (Some(code), Some(description)) => format!(" {code} ({description})"),
        (Some(text), None) | (None, Some(text)) => format!(" {text}"),
        (None, None) => String::new(),
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Token {
            reason: error.to_string(),
        }
    }
}
