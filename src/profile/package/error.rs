//! Why a package cannot be used.

use std::path::{Path, PathBuf};

/// A package, or something in it, cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The system would not let us read.
    #[error("cannot read {}: {source}; check that it is there, whole, and readable", path.display())]
    Io {
        /// What was read.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The system would not let us write.
    #[error("cannot write {}: {source}; choose a folder that can be written, with room left", path.display())]
    Write {
        /// What was written.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// It is another package.
    #[error("{} is the package {found}, not {wanted}; check the version, and where it is from", path.display())]
    Another {
        /// What was read.
        path: PathBuf,
        /// `id#version` that it should be.
        wanted: String,
        /// `id#version` that it is.
        found: String,
    },
    /// It is something else.
    #[error(
        "{} is no FHIR package: {why}; give a .tgz from a FHIR registry, or a folder that holds \
         package/package.json",
        path.display()
    )]
    NotAPackage {
        /// What was read.
        path: PathBuf,
        /// What is missing or wrong.
        why: String,
    },
    /// It goes beyond what we are ready to read.
    #[error("{} is too large: {what}; use a package that holds only what is needed", path.display())]
    TooLarge {
        /// What was read.
        path: PathBuf,
        /// What goes beyond which limit.
        what: String,
    },
    /// One file in it is of no use.
    #[error("{file} in {package} cannot be used: {why}; use another build of the package")]
    Unusable {
        /// `id#version` of the package.
        package: String,
        /// Name of the file.
        file: String,
        /// What is missing or wrong.
        why: String,
    },
}

impl Error {
    pub(super) fn io(path: &Path) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::Io { path, source }
    }

    pub(in crate::profile) fn write(path: &Path) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::Write { path, source }
    }

    pub(super) fn not_a_package(path: &Path, why: impl Into<String>) -> Self {
        Self::NotAPackage {
            path: path.to_owned(),
            why: why.into(),
        }
    }

    pub(super) fn too_large(path: &Path, what: impl Into<String>) -> Self {
        Self::TooLarge {
            path: path.to_owned(),
            what: what.into(),
        }
    }
}
