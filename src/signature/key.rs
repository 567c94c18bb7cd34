//! Keys: private ones that sign, public ones as certificates hold them.

use super::algorithm::Algorithm;
use super::pem;
use ring::rand::SystemRandom;
use ring::signature::{
    ECDSA_P256_SHA256_ASN1_SIGNING, ECDSA_P256_SHA256_FIXED_SIGNING,
    ECDSA_P384_SHA384_ASN1_SIGNING, ECDSA_P384_SHA384_FIXED_SIGNING, EcdsaKeyPair,
    EcdsaSigningAlgorithm, KeyPair as _, RsaKeyPair,
};
use rsa::pkcs8::EncodePrivateKey as _;
use std::fmt;
use x509_cert::spki::{ObjectIdentifier, SubjectPublicKeyInfoOwned};

pub(super) const RSA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");
pub(super) const EC: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.2.1");
pub(super) const P256: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.3.1.7");
pub(super) const P384: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.132.0.34");

/// A kind of key that can be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// RSA of 2048 to 8192 bits.
    Rsa,
    /// The elliptic curve P-256.
    P256,
    /// The elliptic curve P-384.
    P384,
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Rsa => "RSA",
            Self::P256 => "EC P-256",
            Self::P384 => "EC P-384",
        })
    }
}

/// A private key cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// It is not in the right form.
    #[error(
        "this is not an RSA (2048 bits or more), P-256 or P-384 private key as PKCS #8 in PEM; turn another form into it with `openssl pkcs8 -topk8 -nocrypt -in KEY -out key.pem`"
    )]
    Unusable,
    /// It does not go with the algorithm.
    #[error("{algorithm} needs a key of kind {needed}, and this one is {kind}; sign with {}", Algorithm::preferred(*kind))]
    Mismatch {
        /// What was asked for.
        algorithm: Algorithm,
        /// What it needs.
        needed: Kind,
        /// What there is.
        kind: Kind,
    },
    /// The random number generator, or the arithmetic, failed.
    #[error("the key could not be used: {0}")]
    Failed(String),
}

enum Pair {
    Rsa(Box<RsaKeyPair>),
    P256(Box<[EcdsaKeyPair; 2]>),
    P384(Box<[EcdsaKeyPair; 2]>),
}

/// A private key.
pub struct PrivateKey {
    pair: Pair,
    pkcs8: Vec<u8>,
}

impl fmt::Debug for PrivateKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PrivateKey({}, …)", self.kind())
    }
}

impl PrivateKey {
    /// Reads a PKCS #8 PEM file, as `openssl genpkey` writes it.
    ///
    /// # Errors
    /// When it holds no RSA, P-256 or P-384 key in that form.
    pub fn parse(text: &str) -> Result<Self, KeyError> {
        let der = pem::first(text, "PRIVATE KEY").ok_or(KeyError::Unusable)?;
        Self::from_pkcs8(der)
    }

    /// Takes a key as PKCS #8 in DER.
    ///
    /// # Errors
    /// When it holds no RSA, P-256 or P-384 key in that form.
    pub fn from_pkcs8(der: Vec<u8>) -> Result<Self, KeyError> {
        let pair = if let Ok(pair) = RsaKeyPair::from_pkcs8(&der) {
            Pair::Rsa(Box::new(pair))
        } else if let Some(pairs) = curve(
            &der,
            &ECDSA_P256_SHA256_FIXED_SIGNING,
            &ECDSA_P256_SHA256_ASN1_SIGNING,
        ) {
            Pair::P256(Box::new(pairs))
        } else if let Some(pairs) = curve(
            &der,
            &ECDSA_P384_SHA384_FIXED_SIGNING,
            &ECDSA_P384_SHA384_ASN1_SIGNING,
        ) {
            Pair::P384(Box::new(pairs))
        } else {
            return Err(KeyError::Unusable);
        };
        Ok(Self { pair, pkcs8: der })
    }

    /// Makes a new key; an RSA key has 2048 bits, and takes some tenths of a second.
    ///
    /// # Errors
    /// When there are no random numbers to be had.
    pub fn generate(kind: Kind) -> Result<Self, KeyError> {
        let failed = |problem: String| KeyError::Failed(problem);
        let random = SystemRandom::new();
        let generated = |algorithm: &'static EcdsaSigningAlgorithm| {
            EcdsaKeyPair::generate_pkcs8(algorithm, &random)
                .map(|document| document.as_ref().to_vec())
                .map_err(|error| failed(error.to_string()))
        };
        let der = match kind {
            Kind::P256 => generated(&ECDSA_P256_SHA256_FIXED_SIGNING)?,
            Kind::P384 => generated(&ECDSA_P384_SHA384_FIXED_SIGNING)?,
            Kind::Rsa => rsa::RsaPrivateKey::new(&mut rsa::rand_core::OsRng, 2048)
                .map_err(|error| failed(error.to_string()))?
                .to_pkcs8_der()
                .map_err(|error| failed(error.to_string()))?
                .as_bytes()
                .to_vec(),
        };
        Self::from_pkcs8(der)
    }

    /// What kind of key it is.
    #[must_use]
    pub const fn kind(&self) -> Kind {
        match self.pair {
            Pair::Rsa(_) => Kind::Rsa,
            Pair::P256(_) => Kind::P256,
            Pair::P384(_) => Kind::P384,
        }
    }

    /// The key as a PKCS #8 PEM file. A secret: it goes nowhere but into a file its owner names.
    #[must_use]
    pub fn to_pem(&self) -> String {
        pem::armoured("PRIVATE KEY", &self.pkcs8)
    }

    /// The key as PKCS #8 in DER. A secret.
    #[must_use]
    pub fn to_pkcs8(&self) -> &[u8] {
        &self.pkcs8
    }

    /// The public half, as it stands in a certificate's bit string.
    pub(super) fn public_material(&self) -> Vec<u8> {
        match &self.pair {
            Pair::Rsa(pair) => pair.public_key().as_ref().to_vec(),
            Pair::P256(pairs) | Pair::P384(pairs) => pairs[0].public_key().as_ref().to_vec(),
        }
    }

    /// The public half.
    #[must_use]
    pub fn public(&self) -> PublicKey {
        PublicKey {
            kind: Some(self.kind()),
            material: self.public_material(),
            name: self.kind().to_string(),
        }
    }

    /// The bytes of a JWS signature over this message (RFC 7518, 3.3 to 3.5).
    ///
    /// # Errors
    /// When the key does not go with the algorithm.
    pub fn sign(&self, algorithm: Algorithm, message: &[u8]) -> Result<Vec<u8>, KeyError> {
        self.sign_in(algorithm, message, 0)
    }

    /// The bytes of a signature over this message in a certificate (RFC 5912): ECDSA as ASN.1.
    pub(super) fn sign_asn1(
        &self,
        algorithm: Algorithm,
        message: &[u8],
    ) -> Result<Vec<u8>, KeyError> {
        self.sign_in(algorithm, message, 1)
    }

    fn sign_in(
        &self,
        algorithm: Algorithm,
        message: &[u8],
        form: usize,
    ) -> Result<Vec<u8>, KeyError> {
        let random = SystemRandom::new();
        let failed = |error: ring::error::Unspecified| KeyError::Failed(error.to_string());
        match (&self.pair, algorithm.encoding()) {
            (Pair::Rsa(pair), Some(padding)) => {
                let mut signature = vec![0; pair.public().modulus_len()];
                pair.sign(padding, &random, message, &mut signature)
                    .map_err(failed)?;
                Ok(signature)
            }
            (Pair::P256(pairs) | Pair::P384(pairs), None) if algorithm.kind() == self.kind() => {
                let signature = pairs[form].sign(&random, message).map_err(failed)?;
                Ok(signature.as_ref().to_vec())
            }
            _ => Err(KeyError::Mismatch {
                algorithm,
                needed: algorithm.kind(),
                kind: self.kind(),
            }),
        }
    }
}

/// The same key twice: for signatures in the form of JOSE, and in that of X.509.
fn curve(
    der: &[u8],
    jose: &'static EcdsaSigningAlgorithm,
    asn1: &'static EcdsaSigningAlgorithm,
) -> Option<[EcdsaKeyPair; 2]> {
    let random = SystemRandom::new();
    let one = EcdsaKeyPair::from_pkcs8(jose, der, &random).ok()?;
    let other = EcdsaKeyPair::from_pkcs8(asn1, der, &random).ok()?;
    Some([one, other])
}

/// A public key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicKey {
    kind: Option<Kind>,
    material: Vec<u8>,
    name: String,
}

impl PublicKey {
    /// The key of a certificate. One of a kind that cannot be used is kept all the same: it verifies nothing.
    pub(super) fn of(info: &SubjectPublicKeyInfoOwned) -> Self {
        let curve = info.algorithm.parameters.as_ref();
        let curve = curve.and_then(|any| any.decode_as::<ObjectIdentifier>().ok());
        let kind = match (info.algorithm.oid, curve) {
            (RSA, _) => Some(Kind::Rsa),
            (EC, Some(P256)) => Some(Kind::P256),
            (EC, Some(P384)) => Some(Kind::P384),
            _ => None,
        };
        Self {
            kind,
            material: info.subject_public_key.raw_bytes().to_vec(),
            name: kind.map_or_else(
                || format!("of algorithm {}", info.algorithm.oid),
                |kind| kind.to_string(),
            ),
        }
    }

    /// A key whose bytes are at hand: PKCS #1 of an RSA key, the uncompressed point of a curve.
    #[must_use]
    pub fn new(kind: Kind, material: Vec<u8>) -> Self {
        Self {
            kind: Some(kind),
            material,
            name: kind.to_string(),
        }
    }

    /// Its kind, when it can be used.
    #[must_use]
    pub const fn kind(&self) -> Option<Kind> {
        self.kind
    }

    /// Its bytes: PKCS #1 of an RSA key, the uncompressed point of a curve.
    #[must_use]
    pub fn material(&self) -> &[u8] {
        &self.material
    }
}

impl fmt::Display for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)
    }
}
