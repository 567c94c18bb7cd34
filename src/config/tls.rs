//! `[target.tls]`: who we are to the target over TLS, and whether it has to be who it says.

use super::{Credential, Error};
use crate::evidence::Secret;
use serde::Deserialize;
use std::path::{Path, PathBuf};

/// `[target.tls]`. The default shows no certificate, and verifies the target's.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(try_from = "Written")]
pub struct Tls {
    /// Our certificate and key, when the target wants to know us.
    pub identity: Option<TlsIdentity>,
    /// Another certificate and key that the target takes, by which tokens are tried that were not given out for them.
    pub other: Option<TlsIdentity>,
    /// Whether any certificate of the target will do. Reports say so.
    pub insecure: bool,
}

/// Where our certificate and its key are found.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TlsIdentity {
    /// PEM file of our certificate and those of the authorities between it and the one the target trusts.
    pub certificate: PathBuf,
    /// Where its private key (PEM) is found.
    pub key: Credential,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    certificate: Option<PathBuf>,
    key: Option<Credential>,
    #[serde(default)]
    other: Option<TlsIdentity>,
    #[serde(default)]
    insecure: bool,
}

impl TryFrom<Written> for Tls {
    type Error = String;

    fn try_from(written: Written) -> Result<Self, String> {
        let identity = match (written.certificate, written.key) {
            (Some(certificate), Some(key)) => Some(TlsIdentity { certificate, key }),
            (None, None) => None,
            (Some(_), None) => {
                return Err(
                    "the certificate has no key; write for example key = \"file:client.key\""
                        .to_owned(),
                );
            }
            (None, Some(_)) => {
                return Err(
                    "the key has no certificate; write for example certificate = \"client.pem\""
                        .to_owned(),
                );
            }
        };
        Ok(Self {
            identity,
            other: written.other,
            insecure: written.insecure,
        })
    }
}

impl Tls {
    /// Takes relative paths from the folder of the configuration.
    pub(super) fn relative_to(&mut self, folder: &Path) {
        for identity in [&mut self.identity, &mut self.other].into_iter().flatten() {
            identity.certificate = folder.join(&identity.certificate);
            identity.key.relative_to(folder);
        }
    }
}

impl TlsIdentity {
    /// The certificates (PEM), and the key (PEM). `environment` looks up a variable.
    ///
    /// # Errors
    /// When one of them cannot be read.
    pub fn resolve(
        &self,
        environment: impl Fn(&str) -> Option<String>,
    ) -> Result<(Vec<u8>, Secret), Error> {
        let certificate =
            std::fs::read(&self.certificate).map_err(|problem| Error::Unreadable {
                path: self.certificate.display().to_string(),
                reason: problem.to_string(),
            })?;
        let key = self
            .key
            .resolve(environment, "the private key", "target.tls.key")?;
        Ok((certificate, key))
    }
}
