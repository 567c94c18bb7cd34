//! What can go wrong while rendering.

/// A report could not be made.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A name that is no format.
    #[error("{name:?} is not a report format; use one of {known}")]
    UnknownFormat {
        /// What was given.
        name: String,
        /// The formats there are.
        known: String,
    },
    /// A template or another file below `reports/` could not be read.
    #[error(
        "cannot load the report's templates: {0}; check --root, or leave it out to use the built-in ones"
    )]
    Data(#[from] crate::data::Error),
    /// A template is wrong.
    #[error("cannot fill the template {name}: {message}; correct the file below reports/html")]
    Template {
        /// Name of the template.
        name: String,
        /// What the template engine said.
        message: String,
    },
    /// The titles of the areas are not readable TOML.
    #[error("{path} is not a table of names and titles ({message}); correct the file")]
    Titles {
        /// Path of the file.
        path: &'static str,
        /// What is wrong.
        message: String,
    },
    /// The run could not be written as JSON.
    #[error("cannot write the run as JSON: {0}; please report this as a bug")]
    Json(#[from] serde_json::Error),
    /// The evidence could not be compressed.
    #[error("cannot compress the evidence: {0}; please report this as a bug")]
    Compress(#[from] std::io::Error),
}
