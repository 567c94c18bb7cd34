//! Why a configuration cannot be used.

use super::Located;

/// A configuration cannot be used as it is.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The file does not exist.
    #[error(
        "there is no file {path}; write one with `vitruvian init --target URL`, or name another with --config"
    )]
    Missing {
        /// Path as given.
        path: String,
    },
    /// The file of partners does not exist.
    #[error("there is no file {path}; list your partners in it: docs/partners.md shows how")]
    NoPartners {
        /// Path as given.
        path: String,
    },
    /// The configuration that a partner has does not exist.
    #[error("there is no file {path}; write it, or correct config of this partner")]
    NoOwnFile {
        /// Path, from where the file of partners is.
        path: String,
    },
    /// The file cannot be read.
    #[error("cannot read {path}: {reason}; check its permissions and that it is UTF-8 text")]
    Unreadable {
        /// Path as given.
        path: String,
        /// What the system said.
        reason: String,
    },
    /// Something in the file is wrong.
    #[error("{0}")]
    Content(Box<Located>),
    /// A flag or an environment variable is wrong.
    #[error("{name}: {reason}")]
    Override {
        /// Name of the flag or variable.
        name: String,
        /// What is wrong and what to write instead. Never the value of a credential.
        reason: String,
    },
    /// A variable that holds a credential is not set.
    #[error("the environment variable {name} is not set; set it to the {what}, or change {key}")]
    Unset {
        /// Name of the variable.
        name: String,
        /// What it should hold.
        what: String,
        /// The key of the configuration that names it.
        key: String,
    },
    /// A file that holds a credential cannot be used.
    #[error("cannot take the {what} from {path}: {reason}; check {key}")]
    SecretFile {
        /// Path of the file.
        path: String,
        /// What it should hold.
        what: String,
        /// What is wrong.
        reason: String,
        /// The key of the configuration that names it.
        key: String,
    },
}
