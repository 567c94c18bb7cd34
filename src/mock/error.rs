//! Why a mock cannot be set up.

use crate::data;

/// Why a mock cannot be set up from its data files.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A data file cannot be read.
    #[error("read the mock's data: {0}")]
    Data(#[from] data::Error),
    /// A data file is not what it should be.
    #[error("understand {file}: {problem}; correct the file")]
    File {
        /// Path below the root of the data folders.
        file: String,
        /// What is wrong, with the line where known.
        problem: String,
    },
    /// The mock does not play this version.
    #[error("play PDex {0:?}: choose 2.0.0, 2.1.0 or 2.2.0")]
    Version(String),
    /// The mock does not play this version.
    #[error("play CDex {0:?}: choose 2.0.0, 2.1.0 or 3.0.0-ballot")]
    CdexVersion(String),
    /// TLS cannot be set up so.
    #[error("set TLS up: {0}")]
    Tls(String),
}

impl From<rustls::Error> for Error {
    fn from(problem: rustls::Error) -> Self {
        Self::Tls(problem.to_string())
    }
}

impl Error {
    /// A file that holds something it should not.
    pub(super) fn file(file: &str, problem: impl std::fmt::Display) -> Self {
        Self::File {
            file: file.to_owned(),
            problem: problem.to_string(),
        }
    }
}
