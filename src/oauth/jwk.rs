//! Public keys as JSON (RFC 7517, RFC 7518 section 6).

use crate::signature::{Certificate, Kind, PublicKey};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use x509_cert::der::asn1::{Any, UintRef};
use x509_cert::der::{Decode as _, Encode as _, Reader as _, SliceReader, Tag};

/// Most keys of a set that are read.
const MOST_KEYS: usize = 100;
/// Longest number of a key that is read, in characters: RSA of 8192 bits.
const LONGEST_NUMBER: usize = 1_400;

/// JSON is no public key that can be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum JwkError {
    /// A kind of key that is not understood.
    #[error("a key of kty {0:?} is not understood; RSA and EC on P-256 and P-384 are")]
    Kind(String),
    /// A member is missing or not what it has to be.
    #[error("its {0} is missing or is not base64url of the right length")]
    Member(&'static str),
    /// No set of keys.
    #[error("it is no JSON object with an array keys")]
    NoSet,
    /// Too many.
    #[error("it holds more than {MOST_KEYS} keys")]
    TooMany,
}

/// A public key with what goes with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Jwk {
    /// The key.
    pub key: PublicKey,
    /// Its name, which the header of a token repeats as `kid`.
    pub key_id: Option<String>,
    /// The algorithm it is for.
    pub algorithm: Option<String>,
    /// Certificates for the key, that of its owner first; written as `x5c`, not read.
    pub certificates: Vec<Certificate>,
}

impl Jwk {
    /// A key without a name.
    #[must_use]
    pub const fn new(key: PublicKey) -> Self {
        Self {
            key,
            key_id: None,
            algorithm: None,
            certificates: Vec::new(),
        }
    }

    /// The key by this name.
    #[must_use]
    pub fn with_id(mut self, id: impl Into<String>) -> Self {
        self.key_id = Some(id.into());
        self
    }

    /// Reads a key. Members that are not understood are passed over (RFC 7517, section 4).
    ///
    /// # Errors
    /// When it is of another kind, or a number is missing or too long.
    pub fn from_json(value: &Value) -> Result<Self, JwkError> {
        let text = |name: &str| value.get(name).and_then(Value::as_str);
        let number = |name: &'static str| {
            text(name)
                .filter(|text| text.len() <= LONGEST_NUMBER)
                .and_then(|text| URL_SAFE_NO_PAD.decode(text).ok())
                .filter(|bytes| !bytes.is_empty())
                .ok_or(JwkError::Member(name))
        };
        let point = |kind: Kind, length: usize| {
            let (x, y) = (number("x")?, number("y")?);
            match (x.len() == length, y.len() == length) {
                (true, true) => Ok(PublicKey::new(kind, [&[4][..], &x, &y].concat())),
                (false, _) => Err(JwkError::Member("x")),
                (_, false) => Err(JwkError::Member("y")),
            }
        };
        let kind = text("kty").unwrap_or("missing");
        let key = match (kind, text("crv")) {
            ("RSA", _) => PublicKey::new(Kind::Rsa, pkcs1(&number("n")?, &number("e")?)?),
            ("EC", Some("P-256")) => point(Kind::P256, 32)?,
            ("EC", Some("P-384")) => point(Kind::P384, 48)?,
            ("EC", curve) => {
                let curve: String = curve.unwrap_or("missing").chars().take(60).collect();
                return Err(JwkError::Kind(format!("EC, crv {curve}")));
            }
            _ => return Err(JwkError::Kind(kind.chars().take(60).collect())),
        };
        Ok(Self {
            key,
            key_id: text("kid").map(str::to_owned),
            algorithm: text("alg").map(str::to_owned),
            certificates: Vec::new(),
        })
    }

    /// The key as JSON, public members alone; none for a key of a kind that has no such form.
    #[must_use]
    pub fn to_json(&self) -> Option<Value> {
        let mut value = bare(&self.key)?;
        value["use"] = json!("sig");
        if let Some(id) = &self.key_id {
            value["kid"] = json!(id);
        }
        if let Some(algorithm) = &self.algorithm {
            value["alg"] = json!(algorithm);
        }
        if !self.certificates.is_empty() {
            let chain = self.certificates.iter();
            let chain: Vec<String> = chain.map(|one| STANDARD.encode(one.der())).collect();
            value["x5c"] = json!(chain);
        }
        Some(value)
    }

    /// SHA-256 over the key (RFC 7638), base64url: a name that nobody has to think up.
    #[must_use]
    pub fn thumbprint(&self) -> Option<String> {
        // Members in the order of their names and no white space, which is how a map is written.
        let value = bare(&self.key)?;
        let digest = Sha256::digest(value.to_string());
        Some(URL_SAFE_NO_PAD.encode(digest))
    }
}

/// The members that make the key.
fn bare(key: &PublicKey) -> Option<Value> {
    let encode = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
    let point = |curve: &str, length: usize| {
        let coordinates = key.material().strip_prefix(&[4])?;
        let (x, y) = coordinates.split_at_checked(length)?;
        (y.len() == length)
            .then(|| json!({"crv": curve, "kty": "EC", "x": encode(x), "y": encode(y)}))
    };
    match key.kind()? {
        Kind::P256 => point("P-256", 32),
        Kind::P384 => point("P-384", 48),
        Kind::Rsa => {
            let [modulus, exponent] = numbers(key.material())?;
            Some(json!({"e": encode(&exponent), "kty": "RSA", "n": encode(&modulus)}))
        }
    }
}

/// Modulus and exponent of a PKCS #1 public key.
fn numbers(der: &[u8]) -> Option<[Vec<u8>; 2]> {
    let mut reader = SliceReader::new(der).ok()?;
    let found = reader.sequence(|inner| {
        let modulus = UintRef::decode(inner)?.as_bytes().to_vec();
        Ok([modulus, UintRef::decode(inner)?.as_bytes().to_vec()])
    });
    found.ok()
}

/// A PKCS #1 public key.
fn pkcs1(modulus: &[u8], exponent: &[u8]) -> Result<Vec<u8>, JwkError> {
    let number = |bytes: &[u8]| UintRef::new(bytes).and_then(|number| number.to_der());
    let modulus = number(modulus).map_err(|_| JwkError::Member("n"))?;
    let exponent = number(exponent).map_err(|_| JwkError::Member("e"))?;
    Any::new(Tag::Sequence, [modulus, exponent].concat())
        .and_then(|sequence| sequence.to_der())
        .map_err(|_| JwkError::Member("n"))
}

/// A set of public keys.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Jwks {
    /// The keys.
    pub keys: Vec<Jwk>,
}

impl Jwks {
    /// Reads a set. Keys that cannot be used are left out (RFC 7517, section 5).
    ///
    /// # Errors
    /// When it is no set, or holds more than a hundred keys.
    pub fn from_json(value: &Value) -> Result<Self, JwkError> {
        let keys = value.get("keys").and_then(Value::as_array);
        let keys = keys.ok_or(JwkError::NoSet)?;
        if keys.len() > MOST_KEYS {
            return Err(JwkError::TooMany);
        }
        Ok(Self {
            keys: keys
                .iter()
                .filter_map(|key| Jwk::from_json(key).ok())
                .collect(),
        })
    }

    /// The set as JSON.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let keys: Vec<Value> = self.keys.iter().filter_map(Jwk::to_json).collect();
        json!({ "keys": keys })
    }
}

#[cfg(test)]
mod tests {
    use super::{Jwk, JwkError, Jwks};
    use crate::signature::{Kind, PrivateKey};
    use serde_json::json;

    #[test]
    fn keys_survive_the_way_to_json_and_back() {
        for kind in [Kind::Rsa, Kind::P256, Kind::P384] {
            let key = PrivateKey::generate(kind).unwrap().public();
            let jwk = Jwk::new(key).with_id("one");
            assert_eq!(Jwk::from_json(&jwk.to_json().unwrap()), Ok(jwk));
        }
    }

    #[test]
    fn only_public_members_are_written() {
        let key = PrivateKey::generate(Kind::Rsa).unwrap().public();
        let written = Jwk::new(key).to_json().unwrap();
        let names: Vec<&String> = written.as_object().unwrap().keys().collect();
        assert_eq!(names, ["e", "kty", "n", "use"]);
        assert_eq!(written["e"], "AQAB");
    }

    #[test]
    fn the_thumbprint_is_that_of_rfc_7638() {
        // The key of RFC 7638, section 3.1.
        let modulus = "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw";
        let jwk = Jwk::from_json(&json!({"kty": "RSA", "n": modulus, "e": "AQAB", "kid": "x"}));
        let thumbprint = jwk.unwrap().thumbprint();
        assert_eq!(
            thumbprint.as_deref(),
            Some("NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs")
        );
    }

    #[test]
    fn what_is_no_key_is_refused_and_a_set_goes_on_without_it() {
        let long = "A".repeat(2_000);
        let broken = [
            json!(7),
            json!({}),
            json!({"kty": "oct", "k": "AAAA"}),
            json!({"kty": "RSA", "n": long, "e": "AQAB"}),
            json!({"kty": "RSA", "n": "AAAA"}),
            json!({"kty": "EC", "crv": "P-256", "x": "AAAA", "y": "AAAA"}),
            json!({"kty": "EC", "crv": "P-521", "x": "AAAA", "y": "AAAA"}),
            json!({"kty": "EC", "crv": "P-384", "x": "AAAA=", "y": "AAAA"}),
        ];
        for value in &broken {
            assert!(Jwk::from_json(value).is_err(), "{value}");
        }
        let good = Jwk::new(PrivateKey::generate(Kind::P384).unwrap().public());
        let mut keys = broken.to_vec();
        keys.push(good.to_json().unwrap());
        let set = Jwks::from_json(&json!({ "keys": keys })).unwrap();
        assert_eq!(set.keys, [good]);
        assert_eq!(Jwks::from_json(&json!([])), Err(JwkError::NoSet));
        let many = json!({"keys": vec![json!({}); 101]});
        assert_eq!(Jwks::from_json(&many), Err(JwkError::TooMany));
    }
}
