//! JSON Web Signatures: compact and JSON serialization (RFC 7515), detached (its appendix F) and with a payload
//! that is not encoded (RFC 7797).

use super::algorithm::Algorithm;
use super::json::Json;
use super::key::{KeyError, PrivateKey};
use super::reader::{Limits, read};
use base64::Engine as _;
use base64::alphabet;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

/// Most signatures that one JWS may hold.
const MOST_SIGNATURES: usize = 16;

/// Headers are small; a chain of ten certificates of 8 kB fits.
const HEADER: Limits = Limits {
    bytes: 256 << 10,
    depth: 16,
    values: 4_096,
};

/// A JWS as a whole.
const WHOLE: Limits = Limits {
    bytes: 96 << 20,
    depth: 16,
    values: 16_384,
};

/// Base64url that also takes padding and stray bits, for what is not quite right.
const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &alphabet::URL_SAFE,
    GeneralPurposeConfig::new()
        .with_decode_allow_trailing_bits(true)
        .with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// Text is not a JWS.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum JwsError {
    /// Neither of the two serializations.
    #[error("it is neither three parts separated by dots nor a JSON object with a signature: {0}")]
    Form(String),
    /// A part that should be base64url is not.
    #[error("the {0} is not base64url")]
    Encoding(&'static str),
    /// The header is no JSON object.
    #[error("the header cannot be read: {0}")]
    Header(String),
    /// The protected and the unprotected header share a member (RFC 7515, section 4).
    #[error("{0:?} stands in the protected and in the unprotected header")]
    Twice(String),
    /// Too many.
    #[error("it holds more than {MOST_SIGNATURES} signatures")]
    TooMany,
}

/// How a JWS is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Serialization {
    /// Three parts and two dots (RFC 7515, 7.1).
    Compact,
    /// A JSON object with `signatures`, or with one `signature` (RFC 7515, 7.2).
    Json,
}

/// One signature of a JWS.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Jws {
    /// The protected header as it stands, base64url.
    pub protected: String,
    /// The members of the protected header.
    pub header: Json,
    /// The members of the unprotected header; JSON serialization only.
    pub unprotected: Json,
    /// The payload as it stands; none when it is detached.
    pub payload: Option<String>,
    /// The signature.
    pub signature: Vec<u8>,
    /// What was wrong with the way the signature is encoded, though it could be read.
    pub oddity: Option<&'static str>,
    /// How it was written.
    pub serialization: Serialization,
}

impl Jws {
    /// The signatures of a JWS.
    ///
    /// # Errors
    /// When the text is no JWS.
    pub fn parse(text: &str) -> Result<Vec<Self>, JwsError> {
        let text = text.trim();
        if text.starts_with('{') {
            return Self::parse_json(text);
        }
        let parts: Vec<&str> = text.splitn(4, '.').collect();
        let [protected, payload, signature] = parts.as_slice() else {
            let dots = text.bytes().filter(|byte| *byte == b'.').count();
            return Err(JwsError::Form(format!("it has {dots} dots")));
        };
        let payload = (!payload.is_empty()).then(|| (*payload).to_owned());
        Self::of_parts(
            protected,
            Json::Object(Vec::new()),
            payload,
            signature,
            Serialization::Compact,
        )
        .map(|jws| vec![jws])
    }

    fn parse_json(text: &str) -> Result<Vec<Self>, JwsError> {
        let whole =
            read(text.as_bytes(), WHOLE).map_err(|error| JwsError::Form(error.to_string()))?;
        let payload = whole.text_at(&["payload"]).map(str::to_owned);
        let flattened = [whole.clone()];
        let signatures = match whole.get("signatures") {
            Some(signatures) => signatures.items(),
            None => &flattened,
        };
        if signatures.is_empty() {
            return Err(JwsError::Form("signatures is empty".to_owned()));
        }
        if signatures.len() > MOST_SIGNATURES {
            return Err(JwsError::TooMany);
        }
        signatures
            .iter()
            .map(|signature| {
                let bytes = signature
                    .text_at(&["signature"])
                    .ok_or_else(|| JwsError::Form("signature is missing".to_owned()))?;
                Self::of_parts(
                    signature.text_at(&["protected"]).unwrap_or_default(),
                    signature
                        .get("header")
                        .cloned()
                        .unwrap_or(Json::Object(Vec::new())),
                    payload.clone(),
                    bytes,
                    Serialization::Json,
                )
            })
            .collect()
    }

    fn of_parts(
        protected: &str,
        unprotected: Json,
        payload: Option<String>,
        signature: &str,
        serialization: Serialization,
    ) -> Result<Self, JwsError> {
        let header = URL_SAFE_NO_PAD
            .decode(protected)
            .map_err(|_| JwsError::Encoding("protected header"))?;
        let header = read(&header, HEADER).map_err(|error| JwsError::Header(error.to_string()))?;
        if !matches!((&header, &unprotected), (Json::Object(_), Json::Object(_))) {
            return Err(JwsError::Header("it is no object".to_owned()));
        }
        let shared = header
            .members()
            .iter()
            .find(|(name, _)| unprotected.get(name).is_some());
        if let Some((name, _)) = shared {
            return Err(JwsError::Twice(name.chars().take(60).collect()));
        }
        let (signature, oddity) = signature_bytes(signature)?;
        Ok(Self {
            protected: protected.to_owned(),
            header,
            unprotected,
            payload,
            signature,
            oddity,
            serialization,
        })
    }

    /// A header parameter, protected or not.
    #[must_use]
    pub fn parameter(&self, name: &str) -> Option<&Json> {
        self.header.get(name).or_else(|| self.unprotected.get(name))
    }

    /// Whether the payload is signed as it is, not as base64url (RFC 7797, section 3).
    #[must_use]
    pub fn is_unencoded(&self) -> bool {
        self.header.get("b64") == Some(&Json::Bool(false))
    }

    /// What is signed: the header as it stands, a dot, the payload, encoded unless the header says otherwise.
    #[must_use]
    pub fn signing_input(&self, payload: &[u8]) -> Vec<u8> {
        signing_input(&self.protected, payload, self.is_unencoded())
    }
}

/// The signature part, and what was odd about its encoding.
fn signature_bytes(text: &str) -> Result<(Vec<u8>, Option<&'static str>), JwsError> {
    if let Ok(bytes) = URL_SAFE_NO_PAD.decode(text) {
        return Ok((bytes, None));
    }
    if let Ok(bytes) = LENIENT.decode(text) {
        return Ok((bytes, Some("base64url with padding or stray bits")));
    }
    STANDARD_NO_PAD
        .decode(text.trim_end_matches('='))
        .map(|bytes| (bytes, Some("plain base64")))
        .map_err(|_| JwsError::Encoding("signature"))
}

/// What is signed (RFC 7515, section 5.1; RFC 7797, section 3).
#[must_use]
pub fn signing_input(protected: &str, payload: &[u8], is_unencoded: bool) -> Vec<u8> {
    let mut input = format!("{protected}.").into_bytes();
    if is_unencoded {
        input.extend_from_slice(payload);
    } else {
        input.extend_from_slice(URL_SAFE_NO_PAD.encode(payload).as_bytes());
    }
    input
}

/// One who signs: header and key.
#[derive(Clone, Debug)]
pub struct Signer<'a> {
    /// The protected header.
    pub header: Json,
    /// What signs.
    pub key: &'a PrivateKey,
    /// With what.
    pub algorithm: Algorithm,
}

impl Signer<'_> {
    /// The protected header as it goes into a JWS, and the signature: the key's, unless `forge` has another.
    fn parts(
        &self,
        payload: &[u8],
        forge: impl FnOnce(&[u8]) -> Option<Vec<u8>>,
    ) -> Result<[String; 2], KeyError> {
        // The header holds no number, so that it is written in any case.
        let header = self.header.bytes(super::json::Style::WRITTEN);
        let header = header.map_err(|error| KeyError::Failed(error.to_string()))?;
        let protected = URL_SAFE_NO_PAD.encode(header);
        let is_unencoded = self.header.get("b64") == Some(&Json::Bool(false));
        let input = signing_input(&protected, payload, is_unencoded);
        let signature = match forge(&input) {
            Some(forged) => forged,
            None => self.key.sign(self.algorithm, &input)?,
        };
        Ok([protected, URL_SAFE_NO_PAD.encode(signature)])
    }

    /// A detached compact JWS over this payload: header, two dots, signature.
    ///
    /// # Errors
    /// When the key does not go with the algorithm.
    pub fn detached(&self, payload: &[u8]) -> Result<String, KeyError> {
        self.detached_unless(payload, |_| None)
    }

    /// The same with what `forge` makes of the signing input in the place of the signature, if it makes anything:
    /// for signatures that verifiers are tried with.
    ///
    /// # Errors
    /// When the key does not go with the algorithm.
    pub(super) fn detached_unless(
        &self,
        payload: &[u8],
        forge: impl FnOnce(&[u8]) -> Option<Vec<u8>>,
    ) -> Result<String, KeyError> {
        let [protected, signature] = self.parts(payload, forge)?;
        Ok(format!("{protected}..{signature}"))
    }
}

/// A detached JWS over this payload by all of them, in JSON serialization (RFC 7515, 7.2.1).
///
/// # Errors
/// When a key does not go with its algorithm.
pub fn detached_json(signers: &[Signer<'_>], payload: &[u8]) -> Result<String, KeyError> {
    let signatures: Result<Vec<Json>, KeyError> = signers
        .iter()
        .map(|signer| {
            let [protected, signature] = signer.parts(payload, |_| None)?;
            Ok(Json::object([
                ("protected", Json::Text(protected)),
                ("signature", Json::Text(signature)),
            ]))
        })
        .collect();
    let whole = Json::object([("signatures", Json::Array(signatures?))]);
    whole
        .bytes(super::json::Style::WRITTEN)
        .map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
        .map_err(|error| KeyError::Failed(error.to_string()))
}
