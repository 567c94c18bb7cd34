//! Why a client cannot be made.

/// The client cannot be set up as asked.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The base URL, or a reference to it, is not usable.
    #[error("{url:?} is not a usable URL: {reason}")]
    Url {
        /// What was given.
        url: String,
        /// What is wrong, and what to write instead.
        reason: String,
    },
    /// The file of CA certificates could not be read.
    #[error("cannot read the CA certificates in {path}: {reason}; give a PEM file")]
    CaFile {
        /// Path as configured.
        path: String,
        /// What is wrong.
        reason: String,
    },
    /// The client certificate and its key cannot be used.
    #[error(
        "the client certificate cannot be used: {0}; give PEM files in target.tls.certificate and target.tls.key"
    )]
    Certificate(String),
    /// A CA certificate that is given in memory cannot be used.
    #[error("a CA certificate cannot be used: {0}; give certificates in DER")]
    Authority(String),
    /// The token cannot be sent in a header.
    #[error("the token holds characters that no header can carry; check for a stray line break")]
    Token,
    /// The TLS or connection layer refused its settings.
    #[error("cannot set up the HTTP client: {0}; this is a fault of this machine or this tool")]
    Setup(String),
}
