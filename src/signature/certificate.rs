//! X.509 certificates (RFC 5280), as far as signatures need them.

use super::algorithm::{Algorithm, Form};
use super::key::{Kind, PublicKey};
use super::name::AlternativeName;
use super::pem;
use ring::signature::{
    ECDSA_P256_SHA384_ASN1, ECDSA_P384_SHA256_ASN1, UnparsedPublicKey, VerificationAlgorithm,
};
use sha2::{Digest as _, Sha256};
use std::fmt;
use time::OffsetDateTime;
use x509_cert::der::{Decode as _, Encode as _, Header, Reader as _, SliceReader};
use x509_cert::ext::pkix::{BasicConstraints, KeyUsage, SubjectAltName};
use x509_cert::spki::ObjectIdentifier;

/// Longest certificate that is read, in bytes.
const LONGEST: usize = 64 << 10;

/// Extensions that are looked at: key usage, alternative names, basic constraints, key identifiers, extended key
/// usage. Another one that is critical makes a certificate unusable (RFC 5280, 4.2).
const KNOWN: [&str; 7] = [
    "2.5.29.15",
    "2.5.29.17",
    "2.5.29.19",
    "2.5.29.14",
    "2.5.29.35",
    "2.5.29.37",
    "2.5.29.32",
];

/// Bytes are no certificate.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CertificateError {
    /// Too long.
    #[error("it is longer than {LONGEST} bytes, and no more are read")]
    TooLong,
    /// Not what RFC 5280 says.
    #[error("it is no X.509 certificate: {0}")]
    Malformed(String),
}

/// A certificate.
#[derive(Clone)]
pub struct Certificate {
    der: Vec<u8>,
    /// What its issuer has signed, byte for byte.
    signed: Vec<u8>,
    inner: x509_cert::Certificate,
    key: PublicKey,
    /// Its key as SPKI, in DER.
    key_info: Vec<u8>,
    not_before: OffsetDateTime,
    not_after: OffsetDateTime,
}

impl fmt::Debug for Certificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Certificate({})", self.subject())
    }
}

impl PartialEq for Certificate {
    fn eq(&self, other: &Self) -> bool {
        self.der == other.der
    }
}

impl Eq for Certificate {}

impl Certificate {
    /// Reads a certificate in DER.
    ///
    /// # Errors
    /// When it is none.
    pub fn from_der(der: &[u8]) -> Result<Self, CertificateError> {
        if der.len() > LONGEST {
            return Err(CertificateError::TooLong);
        }
        let malformed =
            |error: x509_cert::der::Error| CertificateError::Malformed(error.to_string());
        let inner = x509_cert::Certificate::from_der(der).map_err(malformed)?;
        let mut reader = SliceReader::new(der).map_err(malformed)?;
        Header::decode(&mut reader).map_err(malformed)?;
        let signed = reader.tlv_bytes().map_err(malformed)?.to_vec();
        let validity = &inner.tbs_certificate.validity;
        let time = |time: x509_cert::time::Time| {
            i64::try_from(time.to_unix_duration().as_secs())
                .ok()
                .and_then(|seconds| OffsetDateTime::from_unix_timestamp(seconds).ok())
                .ok_or_else(|| {
                    CertificateError::Malformed("its validity cannot be read".to_owned())
                })
        };
        Ok(Self {
            der: der.to_vec(),
            signed,
            key: PublicKey::of(&inner.tbs_certificate.subject_public_key_info),
            key_info: inner
                .tbs_certificate
                .subject_public_key_info
                .to_der()
                .map_err(malformed)?,
            not_before: time(validity.not_before)?,
            not_after: time(validity.not_after)?,
            inner,
        })
    }

    /// The certificates of a PEM file, in order.
    ///
    /// # Errors
    /// When one of them cannot be read.
    pub fn parse_all(text: &str) -> Result<Vec<Self>, CertificateError> {
        pem::all(text, "CERTIFICATE")
            .iter()
            .map(|der| Self::from_der(der))
            .collect()
    }

    /// The certificate as a PEM file.
    #[must_use]
    pub fn to_pem(&self) -> String {
        pem::armoured("CERTIFICATE", &self.der)
    }

    /// Its bytes.
    #[must_use]
    pub fn der(&self) -> &[u8] {
        &self.der
    }

    /// SHA-256 over its bytes, in hexadecimal digits.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        super::report::hex(&Sha256::digest(&self.der))
    }

    /// Whose it is, as RFC 4514 writes names; at most 200 characters of it.
    #[must_use]
    pub fn subject(&self) -> String {
        shortened(&self.inner.tbs_certificate.subject)
    }

    /// The common name of its subject; none when it has none that is text.
    #[must_use]
    pub fn common_name(&self) -> Option<String> {
        let parts = self.inner.tbs_certificate.subject.0.iter();
        parts
            .flat_map(|part| part.0.iter())
            .filter(|attribute| attribute.oid.to_string() == "2.5.4.3")
            .find_map(|attribute| {
                let text = String::from_utf8(attribute.value.value().to_vec()).ok()?;
                Some(text.chars().take(200).collect())
            })
    }

    /// Who has issued it.
    #[must_use]
    pub fn issuer(&self) -> String {
        shortened(&self.inner.tbs_certificate.issuer)
    }

    /// Its key.
    #[must_use]
    pub const fn key(&self) -> &PublicKey {
        &self.key
    }

    /// Its key as SPKI in DER (RFC 5280, 4.1): what fingerprints of keys are taken of.
    #[must_use]
    pub fn key_info(&self) -> &[u8] {
        &self.key_info
    }

    /// From when to when it is valid.
    #[must_use]
    pub const fn validity(&self) -> [OffsetDateTime; 2] {
        [self.not_before, self.not_after]
    }

    /// Whether it is valid at this time.
    #[must_use]
    pub fn is_valid_at(&self, at: OffsetDateTime) -> bool {
        self.not_before <= at && at <= self.not_after
    }

    /// The alternative names of its subject; none when it has no such extension.
    ///
    /// # Errors
    /// When the extension cannot be read, or stands there twice.
    pub fn alternative_names(&self) -> Result<Option<Vec<AlternativeName>>, CertificateError> {
        let found = self.inner.tbs_certificate.get::<SubjectAltName>();
        let found = found.map_err(|error| CertificateError::Malformed(error.to_string()))?;
        Ok(found.map(|(_, names)| names.0.iter().map(AlternativeName::of).collect()))
    }

    /// Whether its key may sign documents: `digitalSignature` or `nonRepudiation` (RFC 5280, 4.2.1.3). None when it
    /// does not say what its key is for.
    #[must_use]
    pub fn may_sign(&self) -> Option<bool> {
        self.usage()
            .map(|usage| usage.digital_signature() || usage.non_repudiation())
    }

    /// Whether the usage says `digitalSignature`, which the guide names.
    #[must_use]
    pub fn has_digital_signature(&self) -> bool {
        self.usage().is_some_and(|usage| usage.digital_signature())
    }

    fn usage(&self) -> Option<KeyUsage> {
        let found = self.inner.tbs_certificate.get::<KeyUsage>();
        // One that cannot be read allows nothing.
        let none = KeyUsage(x509_cert::der::flagset::FlagSet::default());
        found.map_or(Some(none), |found| found.map(|(_, usage)| usage))
    }

    /// Why it may not issue certificates with so many authorities between it and the leaf; none when it may.
    #[must_use]
    pub fn why_no_authority(&self, below: usize) -> Option<String> {
        let constraints = self.inner.tbs_certificate.get::<BasicConstraints>();
        let Ok(Some((_, constraints))) = constraints else {
            return Some("it does not say that it is a CA".to_owned());
        };
        let longest = constraints.path_len_constraint.map(usize::from);
        if !constraints.ca {
            Some("it says that it is no CA".to_owned())
        } else if self.usage().is_some_and(|usage| !usage.key_cert_sign()) {
            Some("its key usage does not let it issue certificates".to_owned())
        } else if longest.is_some_and(|longest| longest < below) {
            Some(format!(
                "{below} authorities stand below it, more than it allows"
            ))
        } else {
            self.unknown_critical()
                .map(|oid| format!("it has a critical extension {oid} that is not understood"))
        }
    }

    /// A critical extension that is not understood.
    #[must_use]
    pub fn unknown_critical(&self) -> Option<String> {
        let extensions = self.inner.tbs_certificate.extensions.iter().flatten();
        extensions
            .filter(|extension| extension.critical)
            .map(|extension| extension.extn_id.to_string())
            .find(|oid| !KNOWN.contains(&oid.as_str()))
    }

    /// Whether subject and issuer are the same.
    #[must_use]
    pub fn is_self_issued(&self) -> bool {
        self.inner.tbs_certificate.subject == self.inner.tbs_certificate.issuer
    }

    /// Whether `issuer` is the name of who has issued it.
    #[must_use]
    pub fn names_as_issuer(&self, issuer: &Self) -> bool {
        let name = self.inner.tbs_certificate.issuer.to_der();
        name.is_ok() && name == issuer.inner.tbs_certificate.subject.to_der()
    }

    /// Whether the owner of `issuer` has signed it.
    #[must_use]
    pub fn is_signed_by(&self, issuer: &Self) -> bool {
        let Some(signature) = self.inner.signature.as_bytes() else {
            return false;
        };
        let key = &issuer.key;
        let verifies =
            |algorithm: Algorithm| algorithm.verifies_in(Form::Asn1, key, &self.signed, signature);
        let crossed = |algorithm: &'static dyn VerificationAlgorithm| {
            UnparsedPublicKey::new(algorithm, key.material())
                .verify(&self.signed, signature)
                .is_ok()
        };
        let oid: ObjectIdentifier = self.inner.signature_algorithm.oid;
        match (oid.to_string().as_str(), key.kind()) {
            ("1.2.840.113549.1.1.11", _) => verifies(Algorithm::Rs256),
            ("1.2.840.113549.1.1.12", _) => verifies(Algorithm::Rs384),
            ("1.2.840.113549.1.1.13", _) => verifies(Algorithm::Rs512),
            ("1.2.840.113549.1.1.10", _) => [Algorithm::Ps256, Algorithm::Ps384, Algorithm::Ps512]
                .into_iter()
                .any(verifies),
            ("1.2.840.10045.4.3.2", Some(Kind::P384)) => crossed(&ECDSA_P384_SHA256_ASN1),
            ("1.2.840.10045.4.3.2", _) => verifies(Algorithm::Es256),
            ("1.2.840.10045.4.3.3", Some(Kind::P256)) => crossed(&ECDSA_P256_SHA384_ASN1),
            ("1.2.840.10045.4.3.3", _) => verifies(Algorithm::Es384),
            _ => false,
        }
    }

    /// The identifier of its key, when it has one.
    pub(super) fn key_identifier(&self) -> Option<Vec<u8>> {
        use x509_cert::ext::pkix::SubjectKeyIdentifier;
        let found = self.inner.tbs_certificate.get::<SubjectKeyIdentifier>();
        found.ok()?.map(|(_, id)| id.0.as_bytes().to_vec())
    }

    /// The name of its subject.
    pub(super) const fn subject_name(&self) -> &x509_cert::name::Name {
        &self.inner.tbs_certificate.subject
    }
}

fn shortened(name: &x509_cert::name::Name) -> String {
    // A name that cannot be printed is no reason to panic.
    use fmt::Write as _;
    let mut text = String::new();
    if write!(text, "{name}").is_err() {
        text.push('?');
    }
    text.chars().take(200).collect()
}
