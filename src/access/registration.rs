//! What the target knows a client by.

use super::Error;
use crate::evidence::Secret;
use crate::oauth::{Assertion, Jwk};
use crate::signature::{Algorithm, Certificate, PrivateKey};
use std::sync::Arc;
use time::OffsetDateTime;
use url::Url;

/// What the target knows a client by, and what it asks for. Public, so that steps can make bad ones of it.
#[derive(Clone, Debug, Default)]
pub struct Registration {
    /// `client_id`.
    pub client_id: String,
    /// What assertions are signed with.
    pub key: Option<Arc<PrivateKey>>,
    /// With which algorithm; else one that goes with the key: RS384 or ES384 where it can be.
    pub algorithm: Option<Algorithm>,
    /// The name of the key; else its thumbprint (RFC 7638).
    pub key_id: Option<String>,
    /// Where the client's public keys are: the header `jku`.
    pub key_set: Option<Url>,
    /// Client secret.
    pub secret: Option<Secret>,
    /// Whether the secret goes into the form and not into the header (RFC 6749, 2.3.1).
    pub secret_in_body: bool,
    /// What is asked for; empty to leave it to the server.
    pub scope: String,
    /// Audience of assertions, where it is not the token endpoint.
    pub audience: Option<String>,
    /// Certificates of the key, its own first: the header `x5c`.
    pub certificates: Vec<Certificate>,
}

impl Registration {
    /// A client that proves itself with a key.
    #[must_use]
    pub fn with_key(client_id: &str, key: Arc<PrivateKey>, scope: &str) -> Self {
        Self {
            client_id: client_id.to_owned(),
            key: Some(key),
            scope: scope.to_owned(),
            ..Self::default()
        }
    }

    /// The algorithm that assertions are signed with; none without a key.
    #[must_use]
    pub fn signing_algorithm(&self) -> Option<Algorithm> {
        use crate::signature::Kind;
        let kind = self.key.as_ref()?.kind();
        // SMART App Launch wants RS384 or ES384 of servers.
        Some(self.algorithm.unwrap_or(match kind {
            Kind::Rsa => Algorithm::Rs384,
            Kind::P256 => Algorithm::Es256,
            Kind::P384 => Algorithm::Es384,
        }))
    }

    /// The public key as the target needs it; none without a key.
    #[must_use]
    pub fn public_key(&self) -> Option<Jwk> {
        let mut jwk = Jwk::new(self.key.as_ref()?.public());
        jwk.key_id = self.key_id.clone().or_else(|| jwk.thumbprint());
        jwk.algorithm = self.signing_algorithm().map(|one| one.to_string());
        jwk.certificates.clone_from(&self.certificates);
        Some(jwk)
    }

    /// The assertion that is right for this endpoint (SMART App Launch, Client Authentication: Asymmetric), not signed
    /// yet, so that it can be spoilt.
    ///
    /// # Errors
    /// When there are no random numbers for its `jti`.
    pub fn assertion(&self, endpoint: &Url) -> Result<Assertion, Error> {
        let audience = self.audience.as_deref().unwrap_or(endpoint.as_str());
        let now = OffsetDateTime::now_utc();
        let mut assertion = Assertion::client(&self.client_id, audience, now, &random()?);
        let name = self.public_key().and_then(|key| key.key_id);
        if let Some(id) = name.filter(|_| self.certificates.is_empty() || self.key_id.is_some()) {
            assertion = assertion.key_id(&id);
        }
        if let Some(url) = &self.key_set {
            assertion = assertion.key_set(url.as_str());
        }
        if !self.certificates.is_empty() {
            assertion = assertion.certificates(&self.certificates);
        }
        Ok(assertion)
    }

    /// An assertion, signed with the client's key.
    ///
    /// # Errors
    /// When there is no key, or it does not go with the algorithm.
    pub fn signed(&self, assertion: &Assertion) -> Result<String, Error> {
        let (Some(key), Some(algorithm)) = (&self.key, self.signing_algorithm()) else {
            return Err(Error::Missing {
                key: "target.auth.key".to_owned(),
                why: "a client assertion has to be signed".to_owned(),
            });
        };
        Ok(assertion.sign(key, algorithm)?)
    }
}

/// 256 random bits as text.
pub(super) fn random() -> Result<String, Error> {
    use base64::Engine as _;
    Ok(base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(random_bytes()?))
}

pub(super) fn random_bytes() -> Result<[u8; 32], Error> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).map_err(|error| Error::Random(error.to_string()))?;
    Ok(bytes)
}
