//! Throw-away authorities: keys and certificates to test with, made in memory, valid for nothing else.

use super::algorithm::Algorithm;
use super::certificate::{Certificate, CertificateError};
use super::key::{KeyError, Kind, PrivateKey};
use super::name::NPI;
use ring::rand::{SecureRandom as _, SystemRandom};
use sha2::{Digest as _, Sha256};
use std::net::IpAddr;
use std::time::Duration;
use time::OffsetDateTime;
use x509_cert::TbsCertificate;
use x509_cert::attr::AttributeTypeAndValue;
use x509_cert::der::asn1::{
    Any, BitString, GeneralizedTime, Ia5String, OctetString, SetOfVec, UtcTime, Utf8StringRef,
};
use x509_cert::der::flagset::FlagSet;
use x509_cert::der::{Encode as _, Tag};
use x509_cert::ext::pkix::name::{GeneralName, OtherName};
use x509_cert::ext::pkix::{
    AuthorityKeyIdentifier, BasicConstraints, ExtendedKeyUsage, KeyUsage, KeyUsages,
    SubjectAltName, SubjectKeyIdentifier,
};
use x509_cert::ext::{AsExtension, Extension};
use x509_cert::name::{Name, RelativeDistinguishedName};
use x509_cert::serial_number::SerialNumber;
use x509_cert::spki::{AlgorithmIdentifierOwned, ObjectIdentifier, SubjectPublicKeyInfoOwned};
use x509_cert::time::{Time, Validity};

/// A certificate could not be made.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AuthorityError {
    /// The key would not.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// What was made cannot be read.
    #[error("the certificate that was made cannot be used: {0}")]
    Certificate(#[from] CertificateError),
    /// What it should hold cannot be put into a certificate.
    #[error("the certificate cannot be made: {0}")]
    Encoding(String),
}

impl From<x509_cert::der::Error> for AuthorityError {
    fn from(error: x509_cert::der::Error) -> Self {
        Self::Encoding(error.to_string())
    }
}

/// What a certificate's key is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Usage {
    /// To sign documents.
    Signing,
    /// To be a server over TLS (RFC 5280, 4.2.1.12).
    Server,
    /// To be a client over TLS.
    Client,
    /// To encrypt keys, and nothing else: not for signatures.
    Encipherment,
    /// To issue certificates, with at most so many authorities below.
    Issuing(u8),
    /// Nothing is said.
    Unsaid,
}

/// What a certificate says.
#[derive(Clone, Debug)]
pub struct Request {
    /// Common name of the subject.
    pub subject: String,
    /// The NPIs among its alternative names.
    pub npis: Vec<String>,
    /// The URIs among its alternative names.
    pub uris: Vec<String>,
    /// The DNS names among its alternative names.
    pub hosts: Vec<String>,
    /// The IP addresses among its alternative names.
    pub addresses: Vec<IpAddr>,
    /// What its key is for.
    pub usage: Usage,
    /// Valid from.
    pub not_before: OffsetDateTime,
    /// Valid until.
    pub not_after: OffsetDateTime,
}

impl Request {
    /// For one who signs as the owner of this NPI; valid from yesterday, for a year.
    #[must_use]
    pub fn signer(subject: &str, npi: &str) -> Self {
        let now = OffsetDateTime::now_utc();
        Self {
            subject: subject.to_owned(),
            npis: vec![npi.to_owned()],
            uris: Vec::new(),
            hosts: Vec::new(),
            addresses: Vec::new(),
            usage: Usage::Signing,
            not_before: now - time::Duration::DAY,
            not_after: now + 365 * time::Duration::DAY,
        }
    }

    /// For a server that is reached over TLS under these names and addresses; valid from yesterday, for a year.
    #[must_use]
    pub fn server(subject: &str, hosts: &[&str], addresses: &[IpAddr]) -> Self {
        Self {
            npis: Vec::new(),
            hosts: hosts.iter().map(|host| (*host).to_owned()).collect(),
            addresses: addresses.to_vec(),
            usage: Usage::Server,
            ..Self::signer(subject, "")
        }
    }

    /// For a client that is known by this URI; valid from yesterday, for a year.
    #[must_use]
    pub fn client(subject: &str, uri: &str) -> Self {
        Self {
            npis: Vec::new(),
            uris: vec![uri.to_owned()],
            usage: Usage::Client,
            ..Self::signer(subject, "")
        }
    }

    /// The same, valid from and until other times.
    #[must_use]
    pub fn valid(self, not_before: OffsetDateTime, not_after: OffsetDateTime) -> Self {
        Self {
            not_before,
            not_after,
            ..self
        }
    }

    fn authority(subject: &str, below: u8) -> Self {
        Self {
            npis: Vec::new(),
            usage: Usage::Issuing(below),
            ..Self::signer(subject, "")
        }
    }
}

/// One who issues certificates.
#[derive(Debug)]
pub struct Authority {
    key: PrivateKey,
    certificate: Certificate,
}

impl Authority {
    /// A new authority that vouches for itself.
    ///
    /// # Errors
    /// When no key can be made.
    pub fn root(name: &str) -> Result<Self, AuthorityError> {
        let key = PrivateKey::generate(Kind::P256)?;
        let certificate = self_signed(&Request::authority(name, 1), &key)?;
        Ok(Self { key, certificate })
    }

    /// A new authority below this one.
    ///
    /// # Errors
    /// When no key can be made.
    pub fn intermediate(&self, name: &str) -> Result<Self, AuthorityError> {
        let key = PrivateKey::generate(Kind::P256)?;
        let certificate = self.issue(&Request::authority(name, 0), &key)?;
        Ok(Self { key, certificate })
    }

    /// Its certificate.
    #[must_use]
    pub const fn certificate(&self) -> &Certificate {
        &self.certificate
    }

    /// Issues a certificate for the owner of this key. It says what the request says, sensible or not.
    ///
    /// # Errors
    /// When what it should say cannot be put into a certificate.
    pub fn issue(
        &self,
        request: &Request,
        key: &PrivateKey,
    ) -> Result<Certificate, AuthorityError> {
        let issuer = self.certificate.subject_name().clone();
        made(
            request,
            key,
            issuer,
            self.certificate.key_identifier(),
            &self.key,
        )
    }
}

/// A certificate that its own key has signed.
///
/// # Errors
/// When what it should say cannot be put into a certificate.
pub fn self_signed(request: &Request, key: &PrivateKey) -> Result<Certificate, AuthorityError> {
    made(request, key, common_name(&request.subject)?, None, key)
}

fn made(
    request: &Request,
    key: &PrivateKey,
    issuer: Name,
    issuer_key: Option<Vec<u8>>,
    signer: &PrivateKey,
) -> Result<Certificate, AuthorityError> {
    let mut serial = [0; 16];
    SystemRandom::new()
        .fill(&mut serial)
        .map_err(|error| AuthorityError::Encoding(error.to_string()))?;
    // Positive, and of the same length always (RFC 5280, 4.1.2.2).
    serial[0] = serial[0] & 0x3f | 0x40;
    let algorithm = Algorithm::preferred(signer.kind());
    let identifier = signature_identifier(algorithm);
    let subject = common_name(&request.subject)?;
    let tbs = TbsCertificate {
        version: x509_cert::Version::V3,
        serial_number: SerialNumber::new(&serial)?,
        signature: identifier.clone(),
        issuer,
        validity: Validity {
            not_before: instant(request.not_before)?,
            not_after: instant(request.not_after)?,
        },
        extensions: Some(extensions(request, key, issuer_key, &subject)?),
        subject,
        subject_public_key_info: public_key_info(key)?,
        issuer_unique_id: None,
        subject_unique_id: None,
    };
    let signature = signer.sign_asn1(algorithm, &tbs.to_der()?)?;
    let certificate = x509_cert::Certificate {
        tbs_certificate: tbs,
        signature_algorithm: identifier,
        signature: BitString::from_bytes(&signature)?,
    };
    Ok(Certificate::from_der(&certificate.to_der()?)?)
}

fn extensions(
    request: &Request,
    key: &PrivateKey,
    issuer_key: Option<Vec<u8>>,
    subject: &Name,
) -> Result<Vec<Extension>, AuthorityError> {
    let mut found = Vec::new();
    let mut add = |extension: Result<Extension, x509_cert::der::Error>| {
        extension.map(|extension| found.push(extension))
    };
    let below = match request.usage {
        Usage::Issuing(below) => Some(below),
        _ => None,
    };
    let constraints = BasicConstraints {
        ca: below.is_some(),
        path_len_constraint: below,
    };
    add(constraints.to_extension(subject, &[]))?;
    let usages: Option<FlagSet<KeyUsages>> = match request.usage {
        Usage::Signing => Some(KeyUsages::DigitalSignature | KeyUsages::NonRepudiation),
        Usage::Server | Usage::Client => Some(KeyUsages::DigitalSignature.into()),
        Usage::Encipherment => Some(KeyUsages::KeyEncipherment.into()),
        Usage::Issuing(_) => Some(KeyUsages::KeyCertSign | KeyUsages::CRLSign),
        Usage::Unsaid => None,
    };
    if let Some(usages) = usages {
        add(KeyUsage(usages).to_extension(subject, &[]))?;
    }
    let purpose = match request.usage {
        Usage::Server => Some(oid("1.3.6.1.5.5.7.3.1")),
        Usage::Client => Some(oid("1.3.6.1.5.5.7.3.2")),
        _ => None,
    };
    if let Some(purpose) = purpose {
        add(ExtendedKeyUsage(vec![purpose]).to_extension(subject, &[]))?;
    }
    let names = alternative_names(request)?;
    if !names.is_empty() {
        add(SubjectAltName(names).to_extension(subject, &[]))?;
    }
    let own = key_identifier(key);
    let identifier = AuthorityKeyIdentifier {
        key_identifier: Some(OctetString::new(issuer_key.unwrap_or_else(|| own.clone()))?),
        authority_cert_issuer: None,
        authority_cert_serial_number: None,
    };
    add(SubjectKeyIdentifier(OctetString::new(own)?).to_extension(subject, &[]))?;
    add(identifier.to_extension(subject, &[]))?;
    Ok(found)
}

fn alternative_names(request: &Request) -> Result<Vec<GeneralName>, AuthorityError> {
    let kind = ObjectIdentifier::new(NPI[1])
        .map_err(|error| AuthorityError::Encoding(error.to_string()))?;
    let npis = request.npis.iter().map(|npi| {
        Ok(GeneralName::OtherName(OtherName {
            type_id: kind,
            value: Any::new(Tag::Utf8String, npi.as_bytes())?,
        }))
    });
    let uris = request.uris.iter().map(|uri| {
        Ok(GeneralName::UniformResourceIdentifier(Ia5String::new(
            uri.as_bytes(),
        )?))
    });
    let hosts = request
        .hosts
        .iter()
        .map(|host| Ok(GeneralName::DnsName(Ia5String::new(host.as_bytes())?)));
    let addresses = request.addresses.iter().map(|address| {
        let bytes = match address {
            IpAddr::V4(address) => address.octets().to_vec(),
            IpAddr::V6(address) => address.octets().to_vec(),
        };
        Ok(GeneralName::IpAddress(OctetString::new(bytes)?))
    });
    npis.chain(uris).chain(hosts).chain(addresses).collect()
}

/// The first 160 bits of SHA-256 over the key (RFC 7093, method 1).
fn key_identifier(key: &PrivateKey) -> Vec<u8> {
    Sha256::digest(key.public_material())[..20].to_vec()
}

fn common_name(text: &str) -> Result<Name, AuthorityError> {
    let part = |oid: &str, text: &str| -> Result<_, AuthorityError> {
        let attribute = AttributeTypeAndValue {
            oid: ObjectIdentifier::new(oid)
                .map_err(|error| AuthorityError::Encoding(error.to_string()))?,
            value: Any::encode_from(&Utf8StringRef::new(text)?)?,
        };
        Ok(RelativeDistinguishedName(SetOfVec::try_from(vec![
            attribute,
        ])?))
    };
    Ok(x509_cert::name::RdnSequence(vec![
        part("2.5.4.10", "Throw-away, for tests only")?,
        part("2.5.4.3", text)?,
    ]))
}

fn instant(at: OffsetDateTime) -> Result<Time, AuthorityError> {
    let seconds = u64::try_from(at.unix_timestamp())
        .map_err(|_| AuthorityError::Encoding("a time before 1970".to_owned()))?;
    let since = Duration::from_secs(seconds);
    // RFC 5280, 4.1.2.5: two digits of the year until 2049.
    Ok(if at.year() < 2050 {
        Time::UtcTime(UtcTime::from_unix_duration(since)?)
    } else {
        Time::GeneralTime(GeneralizedTime::from_unix_duration(since)?)
    })
}

const fn oid(text: &str) -> ObjectIdentifier {
    ObjectIdentifier::new_unwrap(text)
}

fn signature_identifier(algorithm: Algorithm) -> AlgorithmIdentifierOwned {
    const RSA: ObjectIdentifier = oid("1.2.840.113549.1.1.11");
    const P256: ObjectIdentifier = oid("1.2.840.10045.4.3.2");
    const P384: ObjectIdentifier = oid("1.2.840.10045.4.3.3");
    let (oid, parameters) = match algorithm.kind() {
        Kind::Rsa => (RSA, Some(Any::null())),
        Kind::P256 => (P256, None),
        Kind::P384 => (P384, None),
    };
    AlgorithmIdentifierOwned { oid, parameters }
}

fn public_key_info(key: &PrivateKey) -> Result<SubjectPublicKeyInfoOwned, AuthorityError> {
    let (oid, parameters) = match key.kind() {
        Kind::Rsa => (super::key::RSA, Any::null()),
        Kind::P256 => (super::key::EC, Any::encode_from(&super::key::P256)?),
        Kind::P384 => (super::key::EC, Any::encode_from(&super::key::P384)?),
    };
    Ok(SubjectPublicKeyInfoOwned {
        algorithm: AlgorithmIdentifierOwned {
            oid,
            parameters: Some(parameters),
        },
        subject_public_key: BitString::from_bytes(&key.public_material())?,
    })
}
