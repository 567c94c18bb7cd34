//! With what a bundle is signed: a bare key, or one with certificates.

use super::ed25519::SigningKey;
use super::{jws, sha256};
use crate::signature::{Algorithm, Certificate, KeyError, PrivateKey};
use time::OffsetDateTime;

/// Most certificates that go into a signature.
pub(super) const MOST_CERTIFICATES: usize = 10;

/// A key and its certificates cannot sign a bundle.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PenError {
    /// No certificate at all.
    #[error("there is no certificate of the key")]
    NoCertificate,
    /// More than are taken.
    #[error("there are more than {MOST_CERTIFICATES} certificates")]
    TooMany,
    /// The first certificate is of another key.
    #[error("the key is not that of the first certificate, {0}")]
    OtherKey(String),
    /// Nobody would take the signature.
    #[error("the certificate of {subject} is valid from {from} until {until}, not now")]
    NotValid {
        /// Whose it is.
        subject: String,
        /// First day.
        from: time::Date,
        /// Last day.
        until: time::Date,
    },
    /// Its issuer does not let it.
    #[error("the certificate of {0} says that its key is not for signatures")]
    Usage(String),
    /// A certificate that does not belong where it stands (RFC 7515, 4.1.6).
    #[error("certificate {0} is not of who has issued the one before it")]
    Order(usize),
    /// The key and the algorithm do not go together.
    #[error(transparent)]
    Key(#[from] KeyError),
}

/// What signs a bundle.
#[derive(Debug)]
pub enum Pen {
    /// An Ed25519 key that people know by itself.
    Bare(SigningKey),
    /// An RSA or EC key, and certificates that say whose it is.
    Certified(Certified),
}

/// A key with its certificates, at a point in time.
#[derive(Debug)]
pub struct Certified {
    pub(super) key: PrivateKey,
    /// The key's own first, each followed by that of its issuer.
    pub(super) chain: Vec<Certificate>,
    pub(super) algorithm: Algorithm,
    pub(super) at: OffsetDateTime,
}

impl Certified {
    /// A key, its certificate and those between it and an authority; `at` is now. Without an algorithm, the
    /// one that goes best with the key is taken.
    ///
    /// # Errors
    /// When nobody could take the signature: the certificate is of another key, not valid, not for signatures,
    /// or followed by one that has not issued it; or the algorithm does not go with the key.
    pub fn new(
        key: PrivateKey,
        chain: Vec<Certificate>,
        algorithm: Option<Algorithm>,
        at: OffsetDateTime,
    ) -> Result<Self, PenError> {
        let leaf = chain.first().ok_or(PenError::NoCertificate)?;
        if chain.len() > MOST_CERTIFICATES {
            return Err(PenError::TooMany);
        }
        if *leaf.key() != key.public() {
            return Err(PenError::OtherKey(leaf.subject()));
        }
        if !leaf.is_valid_at(at) {
            let [from, until] = leaf.validity().map(OffsetDateTime::date);
            return Err(PenError::NotValid {
                subject: leaf.subject(),
                from,
                until,
            });
        }
        if leaf.may_sign() == Some(false) {
            return Err(PenError::Usage(leaf.subject()));
        }
        for (index, pair) in chain.windows(2).enumerate() {
            if !pair[0].names_as_issuer(&pair[1]) || !pair[0].is_signed_by(&pair[1]) {
                return Err(PenError::Order(index + 2));
            }
        }
        let algorithm = algorithm.unwrap_or(Algorithm::preferred(key.kind()));
        if algorithm.kind() != key.kind() {
            return Err(PenError::Key(KeyError::Mismatch {
                algorithm,
                needed: algorithm.kind(),
                kind: key.kind(),
            }));
        }
        Ok(Self {
            key,
            chain,
            algorithm,
            at,
        })
    }
}

impl Pen {
    /// The algorithm, as the manifest names it.
    #[must_use]
    pub const fn algorithm(&self) -> &'static str {
        match self {
            Self::Bare(_) => super::manifest::BARE,
            Self::Certified(certified) => certified.algorithm.as_str(),
        }
    }

    /// The public key, SPKI in DER.
    pub(super) fn key_info(&self) -> Vec<u8> {
        match self {
            Self::Bare(key) => key.public().der(),
            Self::Certified(certified) => certified
                .chain
                .first()
                .map_or_else(Vec::new, |leaf| leaf.key_info().to_vec()),
        }
    }

    /// SHA-256 over the public key in its SPKI form, hex: what people compare.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        sha256(&self.key_info())
    }

    /// The file that goes with this manifest: 64 bytes, or a detached JWS.
    pub(super) fn sign(&self, manifest: &[u8]) -> Result<Vec<u8>, KeyError> {
        match self {
            Self::Bare(key) => Ok(key.sign(manifest)),
            Self::Certified(certified) => jws::sign(certified, manifest).map(String::into_bytes),
        }
    }
}
