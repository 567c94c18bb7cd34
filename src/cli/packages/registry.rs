//! A FHIR package registry.

use crate::cli::Failure;
use crate::http::{Client, Request, Settings};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use serde_json::Value;
use sha1::Sha1;
use sha2::{Digest, Sha256, Sha512};
use std::fmt::Write as _;
use std::time::Duration;
use url::Url;

/// Most bytes of an archive.
const LARGEST_ARCHIVE: usize = 256 << 20;
/// Longest a download may take.
const LONGEST: Duration = Duration::from_secs(300);

/// A FHIR package registry: `{base}/{id}` says which versions there are, `{base}/{id}/{version}` is one.
pub(super) struct Registry {
    client: Client,
}

/// What a registry says of a version: digests of its archive.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Digests {
    /// SHA-1, in hexadecimal.
    shasum: Option<String>,
    /// Algorithm and digest, as npm writes them: `sha512-…` in base64.
    integrity: Option<String>,
}

impl Registry {
    pub(super) fn new(base: &Url) -> Result<Self, Failure> {
        let settings = Settings {
            body_limit: LARGEST_ARCHIVE,
            request_timeout: LONGEST,
            ..Settings::new(base.clone())
        };
        Ok(Self {
            client: Client::new(settings)?,
        })
    }

    /// What the registry says of a version. A registry need not say anything.
    pub(super) async fn digests(&self, id: &str, version: &str) -> Result<Digests, Failure> {
        let request = Request::get(id).header("accept", "application/json");
        let reply = self.client.send(request).await.result?;
        let Some(versions) = (reply.status == 200)
            .then(|| reply.json().ok())
            .flatten()
            .and_then(|listing| listing["versions"].as_object().cloned())
        else {
            return Ok(Digests::default());
        };
        match versions.get(version) {
            Some(entry) => Ok(Digests::of(&entry["dist"])),
            None => {
                let known: Vec<&str> = versions.keys().map(String::as_str).collect();
                Err(Failure::new(
                    format!("the registry {} has no {id}@{version}", self.client.base()),
                    format!("use one of its versions: {}", known.join(", ")),
                ))
            }
        }
    }

    /// The archive of a version.
    pub(super) async fn archive(&self, id: &str, version: &str) -> Result<Bytes, Failure> {
        let request = Request::get(format!("{id}/{version}"))
            .header("accept", "application/gzip, application/octet-stream, */*");
        let reply = self.client.send(request).await.result?;
        let base = self.client.base();
        if reply.status == 404 {
            return Err(Failure::new(
                format!("the registry {base} has no {id}@{version}"),
                "check the id and the version, or name another registry with --registry",
            ));
        }
        if reply.status != 200 {
            return Err(Failure::new(
                format!(
                    "the registry {base} answers {} for {id}@{version}",
                    reply.status
                ),
                "try again later, or name another registry with --registry",
            ));
        }
        if reply.truncated {
            return Err(Failure::new(
                format!("{id}@{version} has more than {} MB", LARGEST_ARCHIVE >> 20),
                "fetch and unpack it yourself",
            ));
        }
        Ok(reply.body)
    }
}

impl Digests {
    fn of(dist: &Value) -> Self {
        let text = |name: &str| dist[name].as_str().map(str::to_owned);
        Self {
            shasum: text("shasum"),
            integrity: text("integrity"),
        }
    }

    /// Whether an archive has these digests; none when there is nothing to compare with.
    pub(super) fn fit(&self, bytes: &[u8]) -> Option<bool> {
        let shasum = self.shasum.as_deref().and_then(|wanted| {
            let found = match wanted.len() {
                40 => hex(&Sha1::digest(bytes)),
                64 => hex(&Sha256::digest(bytes)),
                _ => return None,
            };
            Some(found.eq_ignore_ascii_case(wanted))
        });
        let integrity = self.integrity.as_deref().and_then(|wanted| {
            let (algorithm, wanted) = wanted.split_once('-')?;
            let found = match algorithm {
                "sha512" => STANDARD.encode(Sha512::digest(bytes)),
                "sha256" => STANDARD.encode(Sha256::digest(bytes)),
                "sha1" => STANDARD.encode(Sha1::digest(bytes)),
                _ => return None,
            };
            Some(found == wanted)
        });
        match (shasum, integrity) {
            (Some(one), Some(other)) => Some(one && other),
            (one, other) => one.or(other),
        }
    }
}

fn hex(bytes: &[u8]) -> String {
    let mut text = String::new();
    for byte in bytes {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn digests_are_compared_in_every_form_a_registry_gives_them() {
        let sha1 = "a9993e364706816aba3e25717850c26c9cd0d89d";
        let sha256 = "sha256-ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=";
        let fit = |dist: Value| Digests::of(&dist).fit(b"abc");
        assert_eq!(fit(json!({"shasum": sha1})), Some(true));
        assert_eq!(fit(json!({"shasum": sha1.to_uppercase()})), Some(true));
        assert_eq!(fit(json!({"shasum": sha1.replace('a', "b")})), Some(false));
        assert_eq!(
            fit(json!({"shasum": sha1, "integrity": sha256})),
            Some(true)
        );
        assert_eq!(
            fit(json!({"shasum": sha1, "integrity": "sha256-AAAA"})),
            Some(false)
        );
        assert_eq!(fit(json!({"integrity": "md5-AAAA"})), None);
        assert_eq!(fit(json!({})), None);
    }
}
