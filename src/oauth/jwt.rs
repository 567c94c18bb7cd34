//! JSON Web Tokens in compact serialization (RFC 7519, RFC 7515).

use super::{Jwk, Jwks};
use crate::signature::{
    Algorithm, Certificate, Jws, KeyError, Limits, PrivateKey, PublicKey, read,
};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::{Map, Value};

/// Longest token that is read, in bytes: claims and a chain of certificates fit many times.
const LONGEST: usize = 64 << 10;

/// Most certificates of `x5c` that are read.
const MOST_CERTIFICATES: usize = 10;

/// What header and claims may hold.
const PART: Limits = Limits {
    bytes: LONGEST,
    depth: 16,
    values: 2_048,
};

/// Algorithms that a token may be signed with: those that SMART Backend Services and UDAP name. Neither `none` nor
/// one with a shared secret is among them.
pub const ACCEPTED: [Algorithm; 4] = [
    Algorithm::Rs256,
    Algorithm::Rs384,
    Algorithm::Es256,
    Algorithm::Es384,
];

/// A token cannot be read, or proves nothing. Claims are never quoted: they may be about a person.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum JwtError {
    /// More than is read.
    #[error("it is longer than {LONGEST} bytes, and no more are read")]
    TooLong,
    /// Not three parts.
    #[error("it is not a signed token of three parts (header.claims.signature): {0}")]
    Form(String),
    /// The claims are no JSON object.
    #[error("its claims cannot be read: {0}")]
    Claims(String),
    /// The algorithm is missing, `none`, or one that is not taken.
    #[error("its alg is {0:?}; only RS256, RS384, ES256 and ES384 are taken")]
    Algorithm(String),
    /// A header that must be understood is not (RFC 7515, 4.1.11).
    #[error("its header has crit, which names extensions that are not understood")]
    Critical,
    /// No key with this identifier.
    #[error("none of the keys has the kid {0:?}")]
    NoKey(String),
    /// The certificates of `x5c` cannot be read.
    #[error("its x5c cannot be read: {0}")]
    Certificates(String),
    /// The signature is not over these bytes by the owner of this key.
    #[error("its signature does not verify")]
    Signature,
}

/// A token as it was read. Its claims are what its sender says; [`Jwt::verify`] tells who that is.
#[derive(Clone, Debug, PartialEq)]
pub struct Jwt {
    /// The header, an object.
    pub header: Map<String, Value>,
    /// The claims, an object.
    pub claims: Map<String, Value>,
    input: Vec<u8>,
    signature: Vec<u8>,
}

impl Jwt {
    /// Reads a token in compact serialization. Nothing is verified.
    ///
    /// # Errors
    /// When it is too long, has not three parts, or its parts are no JSON objects with distinct members.
    pub fn parse(text: &str) -> Result<Self, JwtError> {
        if text.len() > LONGEST {
            return Err(JwtError::TooLong);
        }
        // White space is no part of a token, and the other serialization none either.
        if text.contains(char::is_whitespace) || text.starts_with('{') {
            return Err(JwtError::Form("it is no compact serialization".to_owned()));
        }
        // An unsigned token has an empty third part: read so far, so that it can be said what is wrong.
        let signatures = Jws::parse(text).map_err(|error| JwtError::Form(error.to_string()))?;
        let jws = signatures.into_iter().next();
        let jws = jws.ok_or_else(|| JwtError::Form("it has no signature".to_owned()))?;
        if let Some(oddity) = jws.oddity {
            return Err(JwtError::Form(format!("its signature is {oddity}")));
        }
        if jws.header.get("b64").is_some() {
            return Err(JwtError::Critical);
        }
        let payload = jws.payload.unwrap_or_default();
        let claims = URL_SAFE_NO_PAD
            .decode(&payload)
            .map_err(|_| JwtError::Claims("they are not base64url".to_owned()))?;
        let header = URL_SAFE_NO_PAD.decode(&jws.protected).unwrap_or_default();
        Ok(Self {
            header: object(&header).map_err(JwtError::Form)?,
            claims: object(&claims).map_err(JwtError::Claims)?,
            input: format!("{}.{payload}", jws.protected).into_bytes(),
            signature: jws.signature,
        })
    }

    /// The algorithm of its header.
    ///
    /// # Errors
    /// When there is none, it is `none`, or one that is not among [`ACCEPTED`].
    pub fn algorithm(&self) -> Result<Algorithm, JwtError> {
        let name = self.header.get("alg").and_then(Value::as_str);
        let name = name.unwrap_or("missing");
        ACCEPTED
            .into_iter()
            .find(|algorithm| algorithm.as_str() == name)
            .ok_or_else(|| JwtError::Algorithm(name.chars().take(60).collect()))
    }

    /// The identifier of the key that has signed it, as its header says.
    #[must_use]
    pub fn key_id(&self) -> Option<&str> {
        self.header.get("kid").and_then(Value::as_str)
    }

    /// A claim that is text.
    #[must_use]
    pub fn text(&self, claim: &str) -> Option<&str> {
        self.claims.get(claim).and_then(Value::as_str)
    }

    /// A claim that is a time: seconds since 1970-01-01 UTC (RFC 7519, section 2), fractions cut off.
    #[must_use]
    pub fn seconds(&self, claim: &str) -> Option<i64> {
        let value = self.claims.get(claim)?;
        #[expect(
            clippy::cast_possible_truncation,
            reason = "the fraction goes, and what is no time stays far from now"
        )]
        value
            .as_i64()
            .or_else(|| value.as_f64().map(|at| at as i64))
    }

    /// Whether `value` is the audience, or one of several (RFC 7519, 4.1.3).
    #[must_use]
    pub fn is_for(&self, value: &str) -> bool {
        match self.claims.get("aud") {
            Some(Value::String(audience)) => audience == value,
            Some(Value::Array(several)) => several.iter().any(|one| one.as_str() == Some(value)),
            _ => false,
        }
    }

    /// The certificates of its header `x5c` (RFC 7515, 4.1.6), that of the signer first; none when it has none.
    ///
    /// # Errors
    /// When one of them is no certificate, or there are more than ten.
    pub fn certificates(&self) -> Result<Vec<Certificate>, JwtError> {
        let refuse = |reason: String| JwtError::Certificates(reason);
        let Some(value) = self.header.get("x5c") else {
            return Ok(Vec::new());
        };
        let several = value
            .as_array()
            .ok_or_else(|| refuse("it is no array".to_owned()))?;
        if several.len() > MOST_CERTIFICATES {
            return Err(refuse(format!("it holds more than {MOST_CERTIFICATES}")));
        }
        let read = |one: &Value| {
            let text = one.as_str().unwrap_or_default();
            let der = STANDARD
                .decode(text)
                .map_err(|_| refuse("it is not base64".to_owned()))?;
            Certificate::from_der(&der).map_err(|error| refuse(error.to_string()))
        };
        several.iter().map(read).collect()
    }

    /// Whether the owner of this key has signed it.
    ///
    /// # Errors
    /// When the algorithm is not taken, the header wants something that is not understood, or the signature does
    /// not verify. A key of another kind than the algorithm needs verifies nothing.
    pub fn verify(&self, key: &PublicKey) -> Result<(), JwtError> {
        let algorithm = self.algorithm()?;
        if self.header.contains_key("crit") {
            return Err(JwtError::Critical);
        }
        if algorithm.verifies(key, &self.input, &self.signature) {
            Ok(())
        } else {
            Err(JwtError::Signature)
        }
    }

    /// Whether the owner of one of these keys has signed it: the one its `kid` names, or any when it names none.
    ///
    /// # Errors
    /// As [`Jwt::verify`], and when none of the keys has its `kid`.
    pub fn verify_among<'a>(&self, keys: &'a Jwks) -> Result<&'a Jwk, JwtError> {
        self.algorithm()?;
        let mut candidates: Vec<&Jwk> = keys.keys.iter().collect();
        if let Some(id) = self.key_id() {
            candidates.retain(|key| key.key_id.as_deref() == Some(id));
            if candidates.is_empty() {
                return Err(JwtError::NoKey(id.chars().take(60).collect()));
            }
        }
        let mut problem = JwtError::Signature;
        for key in candidates {
            match self.verify(&key.key) {
                Ok(()) => return Ok(key),
                Err(error) => problem = error,
            }
        }
        Err(problem)
    }
}

/// An object whose members are distinct, so that it has one meaning to everybody.
fn object(bytes: &[u8]) -> Result<Map<String, Value>, String> {
    read(bytes, PART).map_err(|error| error.to_string())?;
    match serde_json::from_slice(bytes) {
        Ok(Value::Object(members)) => Ok(members),
        Ok(_) => Err("it is no JSON object".to_owned()),
        // The column says enough; the text may be about a person.
        Err(error) => Err(format!("it is no JSON, column {}", error.column())),
    }
}

/// A token over these claims, with this header as it is: `alg` is set to the algorithm unless it stands there.
///
/// # Errors
/// When the key does not go with the algorithm.
pub fn sign(
    header: &Map<String, Value>,
    claims: &Map<String, Value>,
    key: &PrivateKey,
    algorithm: Algorithm,
) -> Result<String, KeyError> {
    let mut header = header.clone();
    header
        .entry("alg")
        .or_insert_with(|| Value::from(algorithm.as_str()));
    let input = unsigned(&header, claims);
    let signature = key.sign(algorithm, input.as_bytes())?;
    Ok(format!("{input}.{}", URL_SAFE_NO_PAD.encode(signature)))
}

/// Header and claims as they are signed.
pub(super) fn unsigned(header: &Map<String, Value>, claims: &Map<String, Value>) -> String {
    let part = |members: &Map<String, Value>| {
        URL_SAFE_NO_PAD.encode(Value::Object(members.clone()).to_string())
    };
    format!("{}.{}", part(header), part(claims))
}

#[cfg(test)]
mod tests {
    use super::{JwtError, sign};
    use crate::oauth::{Jwk, Jwks, Jwt};
    use crate::signature::{Algorithm, Kind, PrivateKey};
    use base64::Engine as _;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    use serde_json::{Map, Value, json};

    fn map(value: Value) -> Map<String, Value> {
        serde_json::from_value(value).unwrap()
    }

    fn raw(header: &str, claims: &str, signature: &str) -> String {
        let encode = |text: &str| URL_SAFE_NO_PAD.encode(text);
        format!(
            "{}.{}.{}",
            encode(header),
            encode(claims),
            encode(signature)
        )
    }

    #[test]
    fn each_algorithm_verifies_with_its_own_key_alone() {
        let other = PrivateKey::generate(Kind::P384).unwrap();
        for (kind, algorithm) in [
            (Kind::Rsa, Algorithm::Rs256),
            (Kind::Rsa, Algorithm::Rs384),
            (Kind::P256, Algorithm::Es256),
            (Kind::P384, Algorithm::Es384),
        ] {
            let key = PrivateKey::generate(kind).unwrap();
            let text = sign(
                &map(json!({"kid": "a"})),
                &map(json!({"sub": "x"})),
                &key,
                algorithm,
            );
            let token = Jwt::parse(&text.unwrap()).unwrap();
            assert_eq!(token.algorithm(), Ok(algorithm));
            assert_eq!(token.verify(&key.public()), Ok(()));
            assert_eq!(token.verify(&other.public()), Err(JwtError::Signature));
        }
    }

    #[test]
    fn one_changed_letter_of_the_claims_is_noticed() {
        let key = PrivateKey::generate(Kind::P256).unwrap();
        let text = sign(
            &map(json!({})),
            &map(json!({"sub": "x"})),
            &key,
            Algorithm::Es256,
        );
        let text = text.unwrap();
        let parts: Vec<&str> = text.split('.').collect();
        let claims = URL_SAFE_NO_PAD.encode(r#"{"sub":"y"}"#);
        let changed = format!("{}.{claims}.{}", parts[0], parts[2]);
        let changed = Jwt::parse(&changed).unwrap();
        assert_eq!(changed.verify(&key.public()), Err(JwtError::Signature));
    }

    #[test]
    fn the_header_never_chooses_to_be_unsigned_or_to_share_a_secret() {
        let key = PrivateKey::generate(Kind::P256).unwrap().public();
        for name in ["none", "None", "HS256", "RS512", ""] {
            let text = raw(&format!(r#"{{"alg":"{name}"}}"#), "{}", "");
            let token = Jwt::parse(&text).unwrap();
            let refused = token.verify(&key).unwrap_err();
            assert_eq!(refused, JwtError::Algorithm(name.to_owned()));
        }
        let missing = Jwt::parse(&raw("{}", "{}", "x")).unwrap();
        assert!(matches!(missing.verify(&key), Err(JwtError::Algorithm(_))));
    }

    #[test]
    fn a_header_that_must_be_understood_is_refused() {
        let key = PrivateKey::generate(Kind::P256).unwrap();
        let header = map(json!({"crit": ["exp"]}));
        let text = sign(&header, &map(json!({})), &key, Algorithm::Es256).unwrap();
        let token = Jwt::parse(&text).unwrap();
        assert_eq!(token.verify(&key.public()), Err(JwtError::Critical));
    }

    #[test]
    fn what_is_no_token_is_refused_without_quoting_it() {
        let long = "a".repeat(70_000);
        let deep = raw("{}", &format!("{{\"a\":{}", "[".repeat(5_000)), "x");
        let twice = raw("{}", r#"{"sub":"Canary","sub":"b"}"#, "x");
        for text in [
            "",
            "a",
            "a.b",
            "a.b.c.d",
            "..",
            "{}",
            &long,
            &deep,
            &twice,
            &raw("[]", "{}", "x"),
            &raw("{}", "7", "x"),
            &raw("{}", "", "x"),
            " e30.e30.e30",
            "e30.e30=.e30",
        ] {
            let refused = Jwt::parse(text).unwrap_err().to_string();
            assert!(
                refused.len() < 300 && !refused.contains("Canary"),
                "{refused}"
            );
        }
    }

    #[test]
    fn the_key_is_the_one_that_is_named() {
        let keys: Vec<PrivateKey> = (0..2)
            .map(|_| PrivateKey::generate(Kind::P384).unwrap())
            .collect();
        let jwk = |id: &str, key: &PrivateKey| Jwk::new(key.public()).with_id(id);
        let set = Jwks {
            keys: vec![jwk("one", &keys[0]), jwk("two", &keys[1])],
        };
        let signed = |header: Value| {
            let text = sign(&map(header), &map(json!({})), &keys[1], Algorithm::Es384);
            Jwt::parse(&text.unwrap()).unwrap()
        };
        let found = |header: Value| {
            let token = signed(header);
            token.verify_among(&set).map(|key| key.key_id.clone())
        };
        assert_eq!(found(json!({"kid": "two"})), Ok(Some("two".to_owned())));
        assert_eq!(found(json!({})), Ok(Some("two".to_owned())));
        assert_eq!(found(json!({"kid": "one"})), Err(JwtError::Signature));
        assert_eq!(
            found(json!({"kid": "three"})),
            Err(JwtError::NoKey("three".to_owned()))
        );
    }

    #[test]
    fn times_and_audiences_are_read_as_they_may_be_written() {
        let text = raw(
            "{}",
            r#"{"exp":1700000000.9,"iat":17,"aud":["a","b"]}"#,
            "x",
        );
        let token = Jwt::parse(&text).unwrap();
        assert_eq!(token.seconds("exp"), Some(1_700_000_000));
        assert_eq!(token.seconds("iat"), Some(17));
        assert_eq!(token.seconds("aud"), None);
        assert!(token.is_for("b") && !token.is_for("c"));
    }

    #[test]
    fn a_broken_chain_is_refused() {
        for value in [
            json!("x"),
            json!([7]),
            json!(["AAAA"]),
            json!(vec!["AAAA"; 11]),
        ] {
            let text = raw(&json!({ "x5c": value }).to_string(), "{}", "x");
            assert!(Jwt::parse(&text).unwrap().certificates().is_err());
        }
    }
}
