//! Ed25519 keys in PEM files, and the fingerprints of keys of any kind.

use super::sha256;
use crate::signature::Certificate;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ring::signature::{ED25519, Ed25519KeyPair, KeyPair as _, UnparsedPublicKey};
use x509_cert::der::Decode as _;
use x509_cert::spki::SubjectPublicKeyInfoRef;

/// What stands before the 32 bytes of a public key in its SPKI form (RFC 8410, section 4).
const SPKI: [u8; 12] = [
    0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00,
];

/// A key cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// It is no private key.
    #[error(
        "this is not an Ed25519 private key in PEM; make one with `openssl genpkey -algorithm ed25519 -out key.pem`"
    )]
    Private,
    /// It is no public key.
    #[error(
        "this is neither a public key nor a certificate in PEM; take the key with `openssl pkey -in key.pem -pubout -out public.pem`"
    )]
    Public,
}

/// A private key.
pub struct SigningKey(Ed25519KeyPair);

impl SigningKey {
    /// Reads a PKCS #8 PEM file, as OpenSSL writes it.
    ///
    /// # Errors
    /// When it holds no Ed25519 key.
    pub fn parse(pem: &str) -> Result<Self, KeyError> {
        let der = unarmoured(pem, "PRIVATE KEY").ok_or(KeyError::Private)?;
        Ed25519KeyPair::from_pkcs8_maybe_unchecked(&der)
            .map(Self)
            .map_err(|_| KeyError::Private)
    }

    /// The key others verify with.
    #[must_use]
    pub fn public(&self) -> PublicKey {
        let mut key = [0; 32];
        key.copy_from_slice(self.0.public_key().as_ref());
        PublicKey(key)
    }

    /// The 64 bytes of a signature.
    pub(super) fn sign(&self, message: &[u8]) -> Vec<u8> {
        self.0.sign(message).as_ref().to_vec()
    }
}

impl std::fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SigningKey(…)")
    }
}

/// A public key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PublicKey([u8; 32]);

impl PublicKey {
    /// Reads an SPKI PEM file, as OpenSSL writes it.
    ///
    /// # Errors
    /// When it holds no Ed25519 key.
    pub fn parse(pem: &str) -> Result<Self, KeyError> {
        let der = unarmoured(pem, "PUBLIC KEY").ok_or(KeyError::Public)?;
        Self::from_der(&der).ok_or(KeyError::Public)
    }

    pub(super) fn from_der(der: &[u8]) -> Option<Self> {
        let key = der.strip_prefix(&SPKI)?;
        Some(Self(key.try_into().ok()?))
    }

    pub(super) fn der(self) -> Vec<u8> {
        [&SPKI[..], &self.0].concat()
    }

    /// SHA-256 over its SPKI form, hex: what people compare.
    #[must_use]
    pub fn fingerprint(self) -> String {
        sha256(&self.der())
    }

    /// Whether this signature is over this message, by the owner of this key.
    pub(super) fn verifies(self, message: &[u8], signature: &[u8]) -> bool {
        let key = UnparsedPublicKey::new(&ED25519, self.0);
        key.verify(message, signature).is_ok()
    }
}

/// The fingerprint of a public key of any kind (SPKI, RFC 5280, 4.1), or of that in a certificate: SHA-256 over its
/// SPKI form, lower-case hex. `text` is a PEM file.
///
/// # Errors
/// When it holds neither.
pub fn fingerprint_of(text: &str) -> Result<String, KeyError> {
    if let Some(der) = unarmoured(text, "PUBLIC KEY") {
        SubjectPublicKeyInfoRef::from_der(&der).map_err(|_| KeyError::Public)?;
        return Ok(sha256(&der));
    }
    let found = Certificate::parse_all(text).map_err(|_| KeyError::Public)?;
    let first = found.first().ok_or(KeyError::Public)?;
    Ok(sha256(first.key_info()))
}

/// What stands between the lines of a PEM file (RFC 7468).
fn unarmoured(pem: &str, label: &str) -> Option<Vec<u8>> {
    let (_, rest) = pem.split_once(&format!("-----BEGIN {label}-----"))?;
    let (inside, _) = rest.split_once(&format!("-----END {label}-----"))?;
    let text: String = inside.split_whitespace().collect();
    STANDARD.decode(text).ok()
}
