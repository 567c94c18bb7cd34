//! The connection layer: TLS roots, proxies, and no cleverness of its own.

use super::neighbourhood::Neighbourhood;
use super::{Error, Playback, Settings, target};
use std::sync::Arc;
use std::time::Duration;

/// Idle connections are dropped before common servers (5 s and up) drop them, so that a request is
/// not written into a connection the other side is about to close.
const IDLE: Duration = Duration::from_secs(4);
/// Longest time to wait for a connection.
const CONNECT: Duration = Duration::from_secs(10);

/// A connection pool and what it trusts.
pub(super) struct Transport {
    /// The pool.
    pub(super) pool: reqwest::Client,
    /// Whether the CA certificates of this machine, or of `ca_file`, could be loaded.
    pub(super) has_roots: bool,
    /// Answers in place of the network, when there is one.
    pub(super) playback: Option<Arc<dyn Playback>>,
    /// Whom it may connect to.
    pub(super) neighbourhood: Neighbourhood,
}

impl Transport {
    /// Sets up TLS and the pool. A machine without CA certificates can still speak plain HTTP, and
    /// HTTPS to servers whose CA is in `ca_file`.
    pub(super) fn new(settings: &Settings) -> Result<Self, Error> {
        // Fails only when a provider is installed already, which is as good.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let extra = certificates(settings)?;
        let neighbourhood = Neighbourhood::new(settings);
        if let Ok(pool) = builder(settings, &neighbourhood)
            .tls_certs_merge(extra.clone())
            .build()
        {
            let has_roots = true;
            return Ok(Self {
                pool,
                has_roots,
                playback: None,
                neighbourhood,
            });
        }
        let has_roots = !extra.is_empty();
        let pool = builder(settings, &neighbourhood)
            .tls_certs_only(extra)
            .build()
            .map_err(|problem| Error::Setup(problem.to_string()))?;
        Ok(Self {
            pool,
            has_roots,
            playback: None,
            neighbourhood,
        })
    }
}

fn builder(settings: &Settings, neighbourhood: &Neighbourhood) -> reqwest::ClientBuilder {
    let builder = reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .referer(false)
        .connect_timeout(CONNECT.min(settings.request_timeout))
        .dns_resolver(Arc::new(neighbourhood.clone()))
        .pool_idle_timeout(IDLE);
    if target::is_loopback(&settings.base) {
        builder.no_proxy()
    } else {
        builder
    }
}

fn certificates(settings: &Settings) -> Result<Vec<reqwest::Certificate>, Error> {
    let Some(path) = &settings.ca_file else {
        return Ok(Vec::new());
    };
    let refuse = |reason: String| Error::CaFile {
        path: path.display().to_string(),
        reason,
    };
    let pem = std::fs::read(path).map_err(|problem| refuse(problem.to_string()))?;
    let found = reqwest::Certificate::from_pem_bundle(&pem)
        .map_err(|problem| refuse(problem.to_string()))?;
    if found.is_empty() {
        return Err(refuse("it holds no certificate".to_owned()));
    }
    Ok(found)
}
