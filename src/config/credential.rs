//! Where a secret is found.

use super::Error;
use crate::evidence::Secret;
use serde::Deserialize;
use std::path::{Path, PathBuf};

/// How to write a credential.
pub(super) const HOW: &str = "write \"env:NAME\" or \"file:PATH\", and put the credential there";

/// Where a secret is found. It is looked up when it is needed and shown nowhere.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub enum Credential {
    /// In an environment variable.
    Env(String),
    /// In a file, alone, white space around it ignored.
    File(PathBuf),
    /// In hand already: it came from the environment and not from a file.
    Given(Secret),
}

impl TryFrom<String> for Credential {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let place = text
            .split_once(':')
            .filter(|(_, rest)| !rest.trim().is_empty());
        match place {
            Some(("env", name)) => Ok(Self::Env(name.trim().to_owned())),
            Some(("file", path)) => Ok(Self::File(PathBuf::from(path.trim()))),
            _ => Err(format!("a credential does not stand in this file; {HOW}")),
        }
    }
}

impl Credential {
    /// Takes relative paths from the folder of the configuration.
    pub(super) fn relative_to(&mut self, folder: &Path) {
        if let Self::File(path) = self {
            *path = folder.join(&*path);
        }
    }

    /// What is to be said when the secret stands in a file that other users of this machine can read or change.
    #[cfg(unix)]
    #[must_use]
    pub fn exposure(&self) -> Option<String> {
        use std::os::unix::fs::PermissionsExt as _;
        let Self::File(path) = self else {
            return None;
        };
        let mode = std::fs::metadata(path).ok()?.permissions().mode();
        (mode & 0o077 != 0).then(|| {
            let path = path.display();
            format!("others can read the secret in {path}; run `chmod 600 {path}`")
        })
    }

    /// What is to be said when the secret stands in a file that other users of this machine can read or change:
    /// nothing, for it cannot be told here.
    #[cfg(not(unix))]
    #[must_use]
    pub fn exposure(&self) -> Option<String> {
        None
    }

    /// The secret itself. `environment` looks up a variable; `what` and `key` say in messages what
    /// is missing (`token`) and which key of the configuration names it (`target.token`).
    ///
    /// # Errors
    /// When the variable is not set, the file cannot be read, or either is empty.
    pub fn resolve(
        &self,
        environment: impl Fn(&str) -> Option<String>,
        what: &str,
        key: &str,
    ) -> Result<Secret, Error> {
        match self {
            Self::Given(secret) => Ok(secret.clone()),
            Self::Env(name) => environment(name)
                .map(|value| value.trim().to_owned())
                .filter(|value| !value.is_empty())
                .map(Secret::new)
                .ok_or_else(|| Error::Unset {
                    name: name.clone(),
                    what: what.to_owned(),
                    key: key.to_owned(),
                }),
            Self::File(path) => {
                let refuse = |reason: String| Error::SecretFile {
                    path: path.display().to_string(),
                    what: what.to_owned(),
                    reason,
                    key: key.to_owned(),
                };
                let text =
                    std::fs::read_to_string(path).map_err(|problem| refuse(problem.to_string()))?;
                match text.trim() {
                    "" => Err(refuse("it is empty".to_owned())),
                    value => Ok(Secret::new(value)),
                }
            }
        }
    }
}
