//! Why a client cannot go on.

/// Why a client cannot go on.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Trouble {
    /// The server gives no answer.
    #[error("no answer to {asked}: {why}")]
    NoAnswer {
        /// Method and path.
        asked: String,
        /// What happened.
        why: String,
    },
    /// It does not get over what it was given: a fault of its own.
    #[error("it does not get over an answer")]
    GaveUp,
    /// What the client needs cannot be made, such as a signature.
    #[error("{0}")]
    Unable(String),
}
