//! TLS in front of a stand-in: who it is, and what it asks of clients.

mod any_client;
mod greeting;
mod hello;

pub(super) use greeting::{Begun, Greeting};

use self::any_client::AnyClient;
use super::{Error, Handshake, HandshakeFault};
use crate::signature::{Certificate, PrivateKey};
use rustls::crypto::CryptoProvider;
use rustls::pki_types::{CertificateDer, PrivatePkcs8KeyDer};
use rustls::server::WebPkiClientVerifier;
use rustls::server::danger::ClientCertVerifier;
use rustls::sign::{CertifiedKey, SingleCertAndKey};
use rustls::version::{TLS12, TLS13};
use rustls::{RootCertStore, ServerConfig};
use std::fmt;
use std::sync::Arc;

/// What a server asks of its clients, and the authorities (certificates) whose clients it takes.
#[derive(Clone, Debug)]
pub enum ClientAuth {
    /// No certificate.
    None,
    /// A certificate, or none; one that is sent must be good.
    Optional(Vec<Certificate>),
    /// A certificate.
    Required(Vec<Certificate>),
}

/// TLS 1.2 and 1.3 for a [`super::Server`]: its certificates, its key, and what it asks of clients. Clones share
/// everything.
#[derive(Clone)]
pub struct Tls(Arc<Inner>);

struct Inner {
    provider: Arc<CryptoProvider>,
    certified: Arc<CertifiedKey>,
    is_required: bool,
    /// Authorities of clients; none when no client certificate is asked for.
    anchors: Option<Arc<RootCertStore>>,
}

impl fmt::Debug for Tls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let asks = match (&self.0.anchors, self.0.is_required) {
            (None, _) => "no client certificate",
            (Some(_), false) => "client certificate optional",
            (Some(_), true) => "client certificate required",
        };
        write!(f, "Tls({asks}, …)")
    }
}

impl Tls {
    /// A server with these certificates, its own first, and the key of the first.
    ///
    /// # Errors
    /// When the key does not belong to the certificate, or an authority of clients cannot be used.
    pub fn new(
        chain: &[Certificate],
        key: &PrivateKey,
        clients: ClientAuth,
    ) -> Result<Self, Error> {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let chain = chain.iter().map(der).collect();
        let key = PrivatePkcs8KeyDer::from(key.to_pkcs8().to_vec());
        let certified = CertifiedKey::from_der(chain, key.into(), &provider)?;
        let (anchors, is_required) = match clients {
            ClientAuth::None => (None, false),
            ClientAuth::Optional(anchors) => (Some(anchors), false),
            ClientAuth::Required(anchors) => (Some(anchors), true),
        };
        let anchors = anchors.map(|anchors| -> Result<_, Error> {
            let mut store = RootCertStore::empty();
            for anchor in &anchors {
                store.add(der(anchor))?;
            }
            Ok(Arc::new(store))
        });
        Ok(Self(Arc::new(Inner {
            provider,
            certified: Arc::new(certified),
            is_required,
            anchors: anchors.transpose()?,
        })))
    }

    /// The settings of a server that deviates so.
    fn config(&self, handshake: &Handshake) -> Result<Arc<ServerConfig>, Error> {
        let inner = &self.0;
        let versions: &[_] = if handshake.commits(HandshakeFault::NoTls13) {
            &[&TLS12]
        } else {
            &[&TLS13, &TLS12]
        };
        let mut config = ServerConfig::builder_with_provider(Arc::clone(&inner.provider))
            .with_protocol_versions(versions)?
            .with_client_cert_verifier(self.clients(handshake)?)
            .with_cert_resolver(Arc::new(SingleCertAndKey::from(Arc::clone(
                &inner.certified,
            ))));
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(Arc::new(config))
    }

    /// Who verifies clients.
    fn clients(&self, handshake: &Handshake) -> Result<Arc<dyn ClientCertVerifier>, Error> {
        let inner = &self.0;
        let Some(anchors) = &inner.anchors else {
            return Ok(WebPkiClientVerifier::no_client_auth());
        };
        let needs_one =
            inner.is_required && !handshake.commits(HandshakeFault::NoClientCertificateNeeded);
        if handshake.commits(HandshakeFault::AnyClientCertificate) {
            let algorithms = inner.provider.signature_verification_algorithms;
            return Ok(Arc::new(AnyClient::new(algorithms, needs_one)));
        }
        let provider = Arc::clone(&inner.provider);
        let mut builder =
            WebPkiClientVerifier::builder_with_provider(Arc::clone(anchors), provider);
        if !needs_one {
            builder = builder.allow_unauthenticated();
        }
        builder
            .build()
            .map_err(|problem| Error::Tls(problem.to_string()))
    }
}

fn der(certificate: &Certificate) -> CertificateDer<'static> {
    CertificateDer::from(certificate.der().to_vec())
}
