//! What a client needs to know, and the bounds it keeps.

use super::{Identity, Politeness};
use crate::evidence::Secret;
use std::path::PathBuf;
use std::time::Duration;
use url::{Origin, Url};

/// Where to send, as whom, and how much to put up with.
#[derive(Clone, Debug)]
pub struct Settings {
    /// FHIR base URL of the system under test; requests are relative to it.
    pub base: Url,
    /// Bearer token for the origin of `base`.
    pub token: Option<Secret>,
    /// Other origins that may be shown the credentials of `base`, by requests for what the target protects by them.
    pub token_origins: Vec<Origin>,
    /// Longest time for one request with its redirects and its whole body.
    pub request_timeout: Duration,
    /// Most bytes of a body that are read.
    pub body_limit: usize,
    /// Most redirects that are followed for one request.
    pub max_redirects: usize,
    /// PEM file of CA certificates to trust besides those of the machine.
    pub ca_file: Option<PathBuf>,
    /// CA certificates (DER) to trust besides those.
    pub authorities: Vec<Vec<u8>>,
    /// Who we are over TLS; shown to the origin of `base` only.
    pub identity: Option<Identity>,
    /// Trust whatever certificate a server shows: anybody may then be in between.
    pub insecure: bool,
    /// Whether the target may send us to addresses that the internet cannot reach, though it is not there itself.
    pub allow_private: bool,
    /// How gently hosts are asked; without it, every request goes out at once.
    pub politeness: Option<Politeness>,
    /// Value of the `User-Agent` header.
    pub user_agent: String,
}

impl Settings {
    /// The defaults for this base URL: no credentials, 30 s, 16 MiB, 5 redirects.
    #[must_use]
    pub fn new(base: Url) -> Self {
        Self {
            base,
            token: None,
            token_origins: Vec::new(),
            request_timeout: Duration::from_secs(30),
            body_limit: 16 << 20,
            max_redirects: 5,
            ca_file: None,
            authorities: Vec::new(),
            identity: None,
            insecure: false,
            allow_private: false,
            politeness: None,
            user_agent: concat!("vitruvian/", env!("CARGO_PKG_VERSION")).to_owned(),
        }
    }
}
