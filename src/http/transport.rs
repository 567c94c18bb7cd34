//! The connection layer: TLS roots, proxies, and no cleverness of its own.

use super::failure::Trust;
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
    /// Connections to the origin of the base, on which we show who we are.
    pool: reqwest::Client,
    /// Connections to others, when that makes a difference.
    strangers: Option<reqwest::Client>,
    /// Whether we have a certificate to show.
    has_identity: bool,
    /// Whether the CA certificates of this machine, or of `ca_file`, could be loaded.
    has_roots: bool,
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
        let build = || builder(settings, &neighbourhood);
        let (mut pool, has_roots) = pool(build, &extra)?;
        let mut strangers = None;
        if let Some(identity) = &settings.identity {
            strangers = Some(pool);
            let built = match has_roots {
                Roots::Machine => build().tls_certs_merge(extra),
                _ => build().tls_certs_only(extra),
            };
            pool = built
                .identity(identity.inner())
                .build()
                .map_err(|problem| Error::Setup(problem.to_string()))?;
        }
        Ok(Self {
            pool,
            strangers,
            has_identity: settings.identity.is_some(),
            has_roots: has_roots != Roots::None,
            playback: None,
            neighbourhood,
        })
    }

    /// The same, with answers in place of the network if there are any.
    pub(super) fn with_playback(self, playback: Option<Arc<dyn Playback>>) -> Self {
        Self { playback, ..self }
    }

    /// Whom we trust, and who we are.
    pub(super) const fn trust(&self) -> Trust {
        Trust {
            has_roots: self.has_roots,
            has_identity: self.has_identity,
        }
    }

    /// The connections for an origin, which is ours or not.
    pub(super) fn pool(&self, is_ours: bool) -> &reqwest::Client {
        match &self.strangers {
            Some(strangers) if !is_ours => strangers,
            _ => &self.pool,
        }
    }
}

/// Where the authorities come from that are trusted.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Roots {
    /// This machine, and the settings.
    Machine,
    /// The settings alone.
    Settings,
    /// Nowhere.
    None,
}

/// Connections on which we show nothing.
fn pool(
    build: impl Fn() -> reqwest::ClientBuilder,
    extra: &[reqwest::Certificate],
) -> Result<(reqwest::Client, Roots), Error> {
    if let Ok(pool) = build().tls_certs_merge(extra.to_vec()).build() {
        return Ok((pool, Roots::Machine));
    }
    let roots = if extra.is_empty() {
        Roots::None
    } else {
        Roots::Settings
    };
    let pool = build()
        .tls_certs_only(extra.to_vec())
        .build()
        .map_err(|problem| Error::Setup(problem.to_string()))?;
    Ok((pool, roots))
}

fn builder(settings: &Settings, neighbourhood: &Neighbourhood) -> reqwest::ClientBuilder {
    let builder = reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .referer(false)
        .tls_danger_accept_invalid_certs(settings.insecure)
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
    let given = settings.authorities.iter().map(|der| {
        reqwest::Certificate::from_der(der).map_err(|problem| Error::Authority(problem.to_string()))
    });
    let mut found: Vec<_> = given.collect::<Result<_, _>>()?;
    let Some(path) = &settings.ca_file else {
        return Ok(found);
    };
    let refuse = |reason: String| Error::CaFile {
        path: path.display().to_string(),
        reason,
    };
    let pem = std::fs::read(path).map_err(|problem| refuse(problem.to_string()))?;
    let read = reqwest::Certificate::from_pem_bundle(&pem)
        .map_err(|problem| refuse(problem.to_string()))?;
    if read.is_empty() {
        return Err(refuse("it holds no certificate".to_owned()));
    }
    found.extend(read);
    Ok(found)
}
