//! The algorithms of RFC 7518 that sign with a private key and verify with a certificate's public key.

use super::key::{Kind, PublicKey};
use ring::signature as ring;
use std::fmt;
use std::str::FromStr;

/// An algorithm, as a JWS header's `alg` names it (RFC 7518, 3.1). Those that need no certificate (`none`, and the
/// HMAC ones, whose secret would be the public key everybody has) are not among them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Algorithm {
    /// RSASSA-PKCS1-v1_5 with SHA-256: what the guide prefers.
    Rs256,
    /// RSASSA-PKCS1-v1_5 with SHA-384.
    Rs384,
    /// RSASSA-PKCS1-v1_5 with SHA-512.
    Rs512,
    /// RSASSA-PSS with SHA-256.
    Ps256,
    /// RSASSA-PSS with SHA-384.
    Ps384,
    /// RSASSA-PSS with SHA-512.
    Ps512,
    /// ECDSA on P-256 with SHA-256.
    Es256,
    /// ECDSA on P-384 with SHA-384.
    Es384,
}

/// Text that names none of the algorithms.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "{0:?} is no algorithm to sign with; use one of RS256, RS384, RS512, PS256, PS384, PS512, ES256, ES384"
)]
pub struct UnknownAlgorithm(pub String);

/// How an ECDSA signature's two numbers are put into bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// One after the other, each as long as the curve's order (RFC 7518, 3.4).
    Jose,
    /// As ASN.1, the way OpenSSL and X.509 write them.
    Asn1,
}

impl Algorithm {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::Rs256,
        Self::Rs384,
        Self::Rs512,
        Self::Ps256,
        Self::Ps384,
        Self::Ps512,
        Self::Es256,
        Self::Es384,
    ];

    /// Its name in a header.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Rs256 => "RS256",
            Self::Rs384 => "RS384",
            Self::Rs512 => "RS512",
            Self::Ps256 => "PS256",
            Self::Ps384 => "PS384",
            Self::Ps512 => "PS512",
            Self::Es256 => "ES256",
            Self::Es384 => "ES384",
        }
    }

    /// Whether it hashes with SHA-256, as the guide says signers should.
    #[must_use]
    pub const fn is_sha_256(self) -> bool {
        matches!(self, Self::Rs256 | Self::Ps256 | Self::Es256)
    }

    /// The kind of key it needs.
    #[must_use]
    pub const fn kind(self) -> Kind {
        match self {
            Self::Es256 => Kind::P256,
            Self::Es384 => Kind::P384,
            _ => Kind::Rsa,
        }
    }

    /// What a key of this kind is best used with.
    #[must_use]
    pub const fn preferred(kind: Kind) -> Self {
        match kind {
            Kind::Rsa => Self::Rs256,
            Kind::P256 => Self::Es256,
            Kind::P384 => Self::Es384,
        }
    }

    /// Whether `signature` is over `message` by the owner of `key`. A key of another kind verifies nothing: what
    /// the header says never decides how a key is used.
    #[must_use]
    pub fn verifies(self, key: &PublicKey, message: &[u8], signature: &[u8]) -> bool {
        self.verifies_in(Form::Jose, key, message, signature)
    }

    pub(super) fn verifies_in(
        self,
        form: Form,
        key: &PublicKey,
        message: &[u8],
        signature: &[u8],
    ) -> bool {
        key.kind() == Some(self.kind())
            && ring::UnparsedPublicKey::new(self.verification(form), key.material())
                .verify(message, signature)
                .is_ok()
    }

    fn verification(self, form: Form) -> &'static dyn ring::VerificationAlgorithm {
        match (self, form) {
            (Self::Rs256, _) => &ring::RSA_PKCS1_2048_8192_SHA256,
            (Self::Rs384, _) => &ring::RSA_PKCS1_2048_8192_SHA384,
            (Self::Rs512, _) => &ring::RSA_PKCS1_2048_8192_SHA512,
            (Self::Ps256, _) => &ring::RSA_PSS_2048_8192_SHA256,
            (Self::Ps384, _) => &ring::RSA_PSS_2048_8192_SHA384,
            (Self::Ps512, _) => &ring::RSA_PSS_2048_8192_SHA512,
            (Self::Es256, Form::Jose) => &ring::ECDSA_P256_SHA256_FIXED,
            (Self::Es384, Form::Jose) => &ring::ECDSA_P384_SHA384_FIXED,
            (Self::Es256, Form::Asn1) => &ring::ECDSA_P256_SHA256_ASN1,
            (Self::Es384, Form::Asn1) => &ring::ECDSA_P384_SHA384_ASN1,
        }
    }

    /// The padding that goes with an RSA algorithm.
    pub(super) fn encoding(self) -> Option<&'static dyn ring::RsaEncoding> {
        match self {
            Self::Rs256 => Some(&ring::RSA_PKCS1_SHA256),
            Self::Rs384 => Some(&ring::RSA_PKCS1_SHA384),
            Self::Rs512 => Some(&ring::RSA_PKCS1_SHA512),
            Self::Ps256 => Some(&ring::RSA_PSS_SHA256),
            Self::Ps384 => Some(&ring::RSA_PSS_SHA384),
            Self::Ps512 => Some(&ring::RSA_PSS_SHA512),
            Self::Es256 | Self::Es384 => None,
        }
    }
}

impl fmt::Display for Algorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Algorithm {
    type Err = UnknownAlgorithm;

    fn from_str(text: &str) -> Result<Self, UnknownAlgorithm> {
        Self::ALL
            .into_iter()
            .find(|algorithm| algorithm.as_str() == text)
            .ok_or_else(|| UnknownAlgorithm(text.chars().take(60).collect()))
    }
}
