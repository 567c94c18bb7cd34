//! The data folders (`features`, `scenarios`, `mocks`, `reports`): embedded in the binary, or read
//! from disk with `--root DIR` while authoring. Nobody else opens these files.

use std::borrow::Cow;
use std::path::{Path, PathBuf};

include!(concat!(env!("OUT_DIR"), "/embedded.rs"));

/// Where the data folders come from.
#[derive(Clone, Debug, Default)]
pub enum Data {
    /// What was compiled into the binary.
    #[default]
    Embedded,
    /// A folder that holds `features/`, `scenarios/`, `mocks/` and `reports/`.
    Folder(PathBuf),
}

/// A data file could not be read.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// There is no file of that name.
    #[error("{0} is not among the data files")]
    Missing(String),
    /// The file exists and could not be read.
    #[error("cannot read {path}: {source}")]
    Io {
        /// Path as shown to the user.
        path: String,
        /// What the system said.
        source: std::io::Error,
    },
    /// The file is not UTF-8.
    #[error("{0} is not UTF-8 text")]
    NotText(String),
}

impl Data {
    /// Paths (with `/`, relative to the root) of all files whose path starts with `prefix`, sorted.
    ///
    /// # Errors
    /// When a folder on disk cannot be listed.
    pub fn list(&self, prefix: &str) -> Result<Vec<String>, Error> {
        let mut found = match self {
            Self::Embedded => EMBEDDED
                .iter()
                .map(|(path, _)| (*path).to_owned())
                .collect(),
            Self::Folder(root) => {
                let mut found = Vec::new();
                for folder in ["features", "mocks", "reports", "scenarios"] {
                    walk(root, &root.join(folder), &mut found)?;
                }
                found
            }
        };
        found.retain(|path| path.starts_with(prefix));
        found.sort();
        Ok(found)
    }

    /// Whether a file of that path exists.
    #[must_use]
    pub fn has(&self, path: &str) -> bool {
        match self {
            Self::Embedded => EMBEDDED.iter().any(|(name, _)| *name == path),
            Self::Folder(root) => root.join(path).is_file(),
        }
    }

    /// The bytes of one file.
    ///
    /// # Errors
    /// When the file is missing or unreadable.
    pub fn bytes(&self, path: &str) -> Result<Cow<'static, [u8]>, Error> {
        match self {
            Self::Embedded => EMBEDDED
                .iter()
                .find(|(name, _)| *name == path)
                .map(|(_, bytes)| Cow::Borrowed(*bytes))
                .ok_or_else(|| Error::Missing(path.to_owned())),
            Self::Folder(root) => match std::fs::read(root.join(path)) {
                Ok(bytes) => Ok(Cow::Owned(bytes)),
                Err(source) if source.kind() == std::io::ErrorKind::NotFound => {
                    Err(Error::Missing(root.join(path).display().to_string()))
                }
                Err(source) => Err(Error::Io {
                    path: root.join(path).display().to_string(),
                    source,
                }),
            },
        }
    }

    /// One file as text.
    ///
    /// # Errors
    /// When the file is missing, unreadable or not UTF-8.
    pub fn text(&self, path: &str) -> Result<Cow<'static, str>, Error> {
        let not_text = || Error::NotText(path.to_owned());
        match self.bytes(path)? {
            Cow::Borrowed(bytes) => std::str::from_utf8(bytes)
                .map(Cow::Borrowed)
                .map_err(|_| not_text()),
            Cow::Owned(bytes) => String::from_utf8(bytes)
                .map(Cow::Owned)
                .map_err(|_| not_text()),
        }
    }
}

fn walk(root: &Path, folder: &Path, found: &mut Vec<String>) -> Result<(), Error> {
    let io = |source| Error::Io {
        path: folder.display().to_string(),
        source,
    };
    if !folder.is_dir() {
        return Ok(());
    }
    for entry in std::fs::read_dir(folder).map_err(io)? {
        let path = entry.map_err(io)?.path();
        if path.is_dir() {
            walk(root, &path, found)?;
        } else if let Ok(relative) = path.strip_prefix(root) {
            found.push(relative.to_string_lossy().replace('\\', "/"));
        }
    }
    Ok(())
}
