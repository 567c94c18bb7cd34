//! Who a client is over TLS.

use super::Error;
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::sign::CertifiedKey;
use sha2::{Digest as _, Sha256};
use std::fmt;

/// Most certificates of a chain.
const LONGEST_CHAIN: usize = 20;

/// A client's certificates and the key of the first. Clones are cheap enough; the key is shown nowhere.
#[derive(Clone)]
pub struct Identity {
    inner: reqwest::Identity,
    chain: Vec<Vec<u8>>,
}

impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Identity({} certificates, …)", self.chain.len())
    }
}

impl Identity {
    /// Reads certificates (its own first, then those of authorities below the one that is trusted) and the private
    /// key, both PEM. The key may be PKCS #8, PKCS #1 or SEC 1, not encrypted.
    ///
    /// # Errors
    /// When one of them is missing or unreadable, or they do not belong together.
    pub fn from_pem(certificates: &[u8], key: &[u8]) -> Result<Self, Error> {
        let chain: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(certificates).collect();
        let chain = chain.map_err(|problem| Error::Certificate(problem.to_string()))?;
        // What is wrong with a key is told without a byte of it.
        let key = PrivateKeyDer::from_pem_slice(key).map_err(|_| {
            Error::Certificate("there is no private key in PEM that is not encrypted".to_owned())
        })?;
        Self::new(chain, key)
    }

    /// Takes certificates in DER, its own first, and the private key as PKCS #8 in DER.
    ///
    /// # Errors
    /// When one of them cannot be used, or they do not belong together.
    pub fn from_der(certificates: &[Vec<u8>], key: &[u8]) -> Result<Self, Error> {
        let chain = certificates.iter().cloned().map(CertificateDer::from);
        let key = rustls::pki_types::PrivatePkcs8KeyDer::from(key.to_vec());
        Self::new(chain.collect(), key.into())
    }

    fn new(
        chain: Vec<CertificateDer<'static>>,
        key: PrivateKeyDer<'static>,
    ) -> Result<Self, Error> {
        let refuse = |why: &str| Err(Error::Certificate(why.to_owned()));
        if chain.is_empty() {
            return refuse("there is no certificate in PEM");
        }
        if chain.len() > LONGEST_CHAIN {
            return refuse("there are too many certificates; leave in the chain alone");
        }
        let mut pem = armoured("CERTIFICATE", chain.iter().map(AsRef::as_ref));
        let (label, bytes) = match &key {
            PrivateKeyDer::Pkcs1(key) => ("RSA PRIVATE KEY", key.secret_pkcs1_der()),
            PrivateKeyDer::Sec1(key) => ("EC PRIVATE KEY", key.secret_sec1_der()),
            PrivateKeyDer::Pkcs8(key) => ("PRIVATE KEY", key.secret_pkcs8_der()),
            _ => return refuse("the private key is of an unknown kind"),
        };
        pem += &armoured(label, [bytes].into_iter());
        let provider = rustls::crypto::ring::default_provider();
        let shown: Vec<Vec<u8>> = chain.iter().map(|one| one.to_vec()).collect();
        if let Err(problem) = CertifiedKey::from_der(chain, key, &provider) {
            return Err(Error::Certificate(match problem {
                rustls::Error::InconsistentKeys(_) => {
                    "the private key does not belong to the certificate".to_owned()
                }
                other => other.to_string(),
            }));
        }
        let inner = reqwest::Identity::from_pem(pem.as_bytes()).map_err(|_| {
            Error::Certificate("certificate and private key cannot be used together".to_owned())
        })?;
        Ok(Self {
            inner,
            chain: shown,
        })
    }

    /// Its certificates in DER, its own first.
    #[must_use]
    pub fn certificates(&self) -> &[Vec<u8>] {
        &self.chain
    }

    /// The thumbprint of its own certificate (RFC 8705, section 3.1): base64url of SHA-256.
    #[must_use]
    pub fn thumbprint(&self) -> Option<String> {
        let own = self.chain.first()?;
        Some(URL_SAFE_NO_PAD.encode(Sha256::digest(own)))
    }

    /// As the connection layer takes it.
    pub(super) fn inner(&self) -> reqwest::Identity {
        self.inner.clone()
    }
}

fn armoured<'a>(label: &str, parts: impl Iterator<Item = &'a [u8]>) -> String {
    parts
        .map(|der| {
            let encoded = STANDARD.encode(der);
            format!("-----BEGIN {label}-----\n{encoded}\n-----END {label}-----\n")
        })
        .collect()
}
