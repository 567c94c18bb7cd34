//! What a mock sends on its own account: attachments to a payer, notifications to a subscriber, and what it reads
//! there.

use http::Method;
use http::header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use std::sync::OnceLock;
use std::time::Duration;

/// Longest a receiver may take.
const TIME: Duration = Duration::from_secs(5);

/// A request that a mock wants sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivery {
    /// HTTP method.
    pub method: Method,
    /// Where to.
    pub url: String,
    /// Media type of the body; empty without a body.
    pub content_type: String,
    /// Further headers: names and values.
    pub headers: Vec<(String, String)>,
    /// The body; empty for none.
    pub body: String,
    /// What it is about, as the mock knows it; told back with the outcome.
    pub about: String,
}

impl Delivery {
    /// Sends it, and returns the status of the answer; `None` when there is none.
    pub(super) async fn send(&self) -> Option<u16> {
        let mut headers = HeaderMap::new();
        if let (Ok(kind), false) = (
            HeaderValue::from_str(&self.content_type),
            self.content_type.is_empty(),
        ) {
            headers.insert(CONTENT_TYPE, kind);
        }
        for (name, value) in &self.headers {
            if let (Ok(name), Ok(value)) =
                (name.parse::<HeaderName>(), HeaderValue::from_str(value))
            {
                headers.insert(name, value);
            }
        }
        let request = pool()?.request(self.method.clone(), &self.url);
        let request = request.headers(headers);
        let sent = request.body(self.body.clone()).send();
        let reply = tokio::time::timeout(TIME, sent).await.ok()?.ok()?;
        Some(reply.status().as_u16())
    }
}

/// One pool of connections for all mocks of the process; without TLS roots, as receivers are test systems.
fn pool() -> Option<&'static reqwest::Client> {
    static POOL: OnceLock<Option<reqwest::Client>> = OnceLock::new();
    let make = || {
        // Fails only when a provider is installed already, which is as good.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let builder = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .pool_max_idle_per_host(0)
            .tls_certs_only([]);
        builder.build().ok()
    };
    POOL.get_or_init(make).as_ref()
}
