//! What a user is told when a command could not run.

use std::fmt::Display;

/// A command could not run: what is wrong, and what to do next.
#[derive(Debug)]
pub(super) struct Failure {
    /// What is wrong.
    pub(super) message: String,
    /// What to do next.
    pub(super) help: Option<String>,
}

impl Failure {
    /// A failure with advice.
    pub(super) fn new(message: impl Display, help: impl Display) -> Self {
        Self {
            message: message.to_string(),
            help: Some(help.to_string()),
        }
    }
}

/// Errors of the modules say themselves what to do next.
impl<E: std::error::Error> From<E> for Failure {
    fn from(error: E) -> Self {
        Self {
            message: error.to_string(),
            help: None,
        }
    }
}
