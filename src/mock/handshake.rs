//! What a stand-in does wrong before HTTP begins: in the TLS handshake.

use serde::Deserialize;

/// A deviation of the TLS handshake. Named in fault files: `{ handshake = "old-versions" }`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum HandshakeFault {
    /// A ClientHello that offers at most TLS 1.1 is answered with a ServerHello of the version it offers.
    OldVersions,
    /// A ClientHello of TLS 1.2 that offers weak cipher suites only is answered with a ServerHello that takes one.
    WeakCiphers,
    /// Client certificates are not verified: self-signed, foreign and expired ones are accepted.
    AnyClientCertificate,
    /// Clients without a certificate are let in although one is required.
    NoClientCertificateNeeded,
    /// The port answers plain HTTP, too.
    PlainHttp,
    /// TLS 1.3 is not spoken.
    #[serde(rename = "no-tls-1-3")]
    NoTls13,
}

/// What a stand-in does wrong in the TLS handshake; nothing by default.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Handshake(Vec<HandshakeFault>);

impl Handshake {
    /// With these deviations.
    #[must_use]
    pub fn with(faults: impl IntoIterator<Item = HandshakeFault>) -> Self {
        Self(faults.into_iter().collect())
    }

    /// Whether this is done wrong.
    #[must_use]
    pub fn commits(&self, fault: HandshakeFault) -> bool {
        self.0.contains(&fault)
    }
}
