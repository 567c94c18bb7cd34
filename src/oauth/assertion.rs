//! What a client proves itself with at a token or registration endpoint.

use super::jwt::{sign, unsigned};
use crate::signature::{Algorithm, Certificate, KeyError, PrivateKey};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value, json};
use time::OffsetDateTime;

/// `client_assertion_type` of a signed token (RFC 7523, 2.2).
pub const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// Longest time from `iat` to `exp`, in seconds (SMART App Launch, Client Authentication: Asymmetric; UDAP
/// Security, section 5.2.1): five minutes.
pub const LONGEST_LIFE: i64 = 300;

/// How long an assertion of ours is good, in seconds: less than may be, because clocks differ.
const LIFE: i64 = 240;

/// The `hl7-b2b` extension of UDAP Security, section 5.2.1.1: who acts, and what for. Empty members are left out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct B2b {
    /// Version of the extension: `1`.
    pub version: String,
    /// Name of the person who acts.
    pub subject_name: Option<String>,
    /// Identifier of the person who acts, a URI.
    pub subject_id: Option<String>,
    /// Role of the person who acts.
    pub subject_role: Option<String>,
    /// Name of the organization that asks.
    pub organization_name: Option<String>,
    /// Identifier of the organization that asks, a URI.
    pub organization_id: Option<String>,
    /// What the data is for: URIs of codes.
    pub purpose_of_use: Vec<String>,
    /// Policies that were consented to: URIs.
    pub consent_policy: Vec<String>,
    /// Consents: URLs.
    pub consent_reference: Vec<String>,
}

impl B2b {
    /// For an organization that acts by itself.
    #[must_use]
    pub fn organization(id: &str, name: &str, purpose_of_use: &str) -> Self {
        Self {
            version: "1".to_owned(),
            organization_id: Some(id.to_owned()),
            organization_name: Some(name.to_owned()),
            purpose_of_use: vec![purpose_of_use.to_owned()],
            ..Self::default()
        }
    }

    /// As it stands in `extensions.hl7-b2b`.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let mut members = Map::new();
        members.insert("version".to_owned(), json!(self.version));
        let texts = [
            ("subject_name", &self.subject_name),
            ("subject_id", &self.subject_id),
            ("subject_role", &self.subject_role),
            ("organization_name", &self.organization_name),
            ("organization_id", &self.organization_id),
        ];
        for (name, text) in texts {
            if let Some(text) = text {
                members.insert(name.to_owned(), json!(text));
            }
        }
        let lists = [
            ("purpose_of_use", &self.purpose_of_use),
            ("consent_policy", &self.consent_policy),
            ("consent_reference", &self.consent_reference),
        ];
        for (name, list) in lists {
            if !list.is_empty() {
                members.insert(name.to_owned(), json!(list));
            }
        }
        Value::Object(members)
    }
}

/// What a software statement of UDAP says of the software (UDAP Security, section 3.1).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Software {
    /// What people call it.
    pub client_name: String,
    /// Whom to write to, as `mailto:` URIs.
    pub contacts: Vec<String>,
    /// `authorization_code`, `client_credentials`, `refresh_token`. None at all asks to be removed.
    pub grant_types: Vec<String>,
    /// Where codes are sent; empty without `authorization_code`.
    pub redirect_uris: Vec<String>,
    /// A picture, which goes with `authorization_code`.
    pub logo_uri: Option<String>,
    /// What may be asked for later.
    pub scope: String,
}

/// A signed statement about a client that is not signed yet. What it starts with is right; each header and claim can
/// be replaced or taken away.
#[derive(Clone, Debug, PartialEq)]
pub struct Assertion {
    /// The header; `alg` is added when it is signed, unless it stands there.
    pub header: Map<String, Value>,
    /// The claims.
    pub claims: Map<String, Value>,
}

impl Assertion {
    /// A client assertion (SMART App Launch, Client Authentication: Asymmetric): `iss` and `sub` are the client, `aud`
    /// the token endpoint, `exp` four minutes from `now`. `id` must not have been used before.
    #[must_use]
    pub fn client(client_id: &str, token_url: &str, now: OffsetDateTime, id: &str) -> Self {
        Self::by(client_id, token_url, now, id)
    }

    /// A software statement (UDAP Security, section 3.1) by whoever the certificate names as `issuer`, a URI among
    /// its alternative names, for the registration endpoint.
    #[must_use]
    pub fn software_statement(
        issuer: &str,
        registration_url: &str,
        now: OffsetDateTime,
        id: &str,
        software: &Software,
    ) -> Self {
        let mut statement = Self::by(issuer, registration_url, now, id)
            .claim("client_name", json!(software.client_name))
            .claim("contacts", json!(software.contacts))
            .claim("grant_types", json!(software.grant_types))
            .claim("token_endpoint_auth_method", json!("private_key_jwt"))
            .claim("scope", json!(software.scope));
        if !software.redirect_uris.is_empty() {
            statement = statement
                .claim("redirect_uris", json!(software.redirect_uris))
                .claim("response_types", json!(["code"]));
        }
        if let Some(logo) = &software.logo_uri {
            statement = statement.claim("logo_uri", json!(logo));
        }
        statement
    }

    fn by(issuer: &str, audience: &str, now: OffsetDateTime, id: &str) -> Self {
        let empty = Self {
            header: Map::new(),
            claims: Map::new(),
        };
        let seconds = now.unix_timestamp();
        empty
            .with_header("typ", json!("JWT"))
            .claim("iss", json!(issuer))
            .claim("sub", json!(issuer))
            .claim("aud", json!(audience))
            .claim("iat", json!(seconds))
            .claim("exp", json!(seconds + LIFE))
            .claim("jti", json!(id))
    }

    /// With this header, in place of what it was.
    #[must_use]
    pub fn with_header(mut self, name: &str, value: Value) -> Self {
        self.header.insert(name.to_owned(), value);
        self
    }

    /// Without a header.
    #[must_use]
    pub fn without_header(mut self, name: &str) -> Self {
        self.header.remove(name);
        self
    }

    /// With this claim, in place of what it was.
    #[must_use]
    pub fn claim(mut self, name: &str, value: Value) -> Self {
        self.claims.insert(name.to_owned(), value);
        self
    }

    /// Without a claim.
    #[must_use]
    pub fn without_claim(mut self, name: &str) -> Self {
        self.claims.remove(name);
        self
    }

    /// With the name of the key, `kid`.
    #[must_use]
    pub fn key_id(self, id: &str) -> Self {
        self.with_header("kid", json!(id))
    }

    /// With the URL of the client's keys, `jku`.
    #[must_use]
    pub fn key_set(self, url: &str) -> Self {
        self.with_header("jku", json!(url))
    }

    /// With the certificates of the key, `x5c`, that of the signer first.
    #[must_use]
    pub fn certificates(self, chain: &[Certificate]) -> Self {
        let chain: Vec<String> = chain.iter().map(|one| STANDARD.encode(one.der())).collect();
        self.with_header("x5c", json!(chain))
    }

    /// With the `hl7-b2b` extension of UDAP.
    #[must_use]
    pub fn b2b(self, extension: &B2b) -> Self {
        self.claim("extensions", json!({ "hl7-b2b": extension.to_json() }))
    }

    /// The token, signed.
    ///
    /// # Errors
    /// When the key does not go with the algorithm.
    pub fn sign(&self, key: &PrivateKey, algorithm: Algorithm) -> Result<String, KeyError> {
        sign(&self.header, &self.claims, key, algorithm)
    }

    /// The token with an empty signature and `alg` none: nobody may take it.
    #[must_use]
    pub fn unsigned(&self) -> String {
        let mut header = self.header.clone();
        header.insert("alg".to_owned(), json!("none"));
        format!("{}.", unsigned(&header, &self.claims))
    }
}

#[cfg(test)]
mod tests {
    use super::{Assertion, B2b, LONGEST_LIFE, Software};
    use crate::oauth::{Jwt, JwtError};
    use crate::signature::{Algorithm, Authority, Kind, PrivateKey, Request};
    use serde_json::{Value, json};
    use time::OffsetDateTime;

    fn now() -> OffsetDateTime {
        OffsetDateTime::from_unix_timestamp(1_900_000_000).unwrap()
    }

    fn assertion() -> Assertion {
        Assertion::client("client", "https://payer.example/auth/token", now(), "1")
    }

    #[test]
    fn a_client_assertion_says_who_for_whom_and_until_when() {
        let key = PrivateKey::generate(Kind::P384).unwrap();
        let text = assertion()
            .key_id("k")
            .sign(&key, Algorithm::Es384)
            .unwrap();
        let token = Jwt::parse(&text).unwrap();
        token.verify(&key.public()).unwrap();
        assert_eq!(token.header["typ"], "JWT");
        assert_eq!(token.key_id(), Some("k"));
        assert_eq!(
            (token.text("iss"), token.text("sub")),
            (Some("client"), Some("client"))
        );
        assert!(token.is_for("https://payer.example/auth/token"));
        let life = token.seconds("exp").unwrap() - token.seconds("iat").unwrap();
        assert!(life > 0 && life <= LONGEST_LIFE);
    }

    #[test]
    fn each_part_can_be_replaced_or_taken_away() {
        let key = PrivateKey::generate(Kind::P256).unwrap();
        let text = assertion()
            .key_id("k")
            .key_set("https://client.example/jwks")
            .with_header("alg", json!("none"))
            .without_header("kid")
            .claim("sub", json!("other"))
            .without_claim("jti")
            .sign(&key, Algorithm::Es256)
            .unwrap();
        let token = Jwt::parse(&text).unwrap();
        assert_eq!(token.text("sub"), Some("other"));
        assert!(!token.claims.contains_key("jti") && token.key_id().is_none());
        assert_eq!(token.header["jku"], "https://client.example/jwks");
        assert!(matches!(
            token.verify(&key.public()),
            Err(JwtError::Algorithm(_))
        ));
    }

    #[test]
    fn an_unsigned_assertion_can_be_read_and_proves_nothing() {
        let key = PrivateKey::generate(Kind::P256).unwrap();
        let token = Jwt::parse(&assertion().unsigned()).unwrap();
        assert_eq!(token.text("sub"), Some("client"));
        assert!(token.verify(&key.public()).is_err());
    }

    #[test]
    fn the_certificates_travel_with_the_assertion() {
        let key = PrivateKey::generate(Kind::P256).unwrap();
        let authority = Authority::root("Synthetic Authority").unwrap();
        let leaf = authority.issue(&Request::signer("Synthetic Client", "1234567893"), &key);
        let chain = [leaf.unwrap(), authority.certificate().clone()];
        let text = assertion()
            .certificates(&chain)
            .sign(&key, Algorithm::Es256);
        let token = Jwt::parse(&text.unwrap()).unwrap();
        let read = token.certificates().unwrap();
        assert_eq!(read, chain);
        token.verify(read[0].key()).unwrap();
    }

    #[test]
    fn the_extension_holds_what_is_known_and_nothing_else() {
        let b2b = B2b::organization(
            "https://payer.example/org",
            "Synthetic Payer",
            "urn:oid:1.2.3#X",
        );
        let claims = assertion().b2b(&b2b).claims;
        let expected = json!({"hl7-b2b": {
            "version": "1",
            "organization_id": "https://payer.example/org",
            "organization_name": "Synthetic Payer",
            "purpose_of_use": ["urn:oid:1.2.3#X"],
        }});
        assert_eq!(claims["extensions"], expected);
    }

    #[test]
    fn a_software_statement_names_redirects_only_when_there_are_any() {
        let statement = |redirect_uris: Vec<String>| {
            let software = Software {
                client_name: "Synthetic Client".to_owned(),
                grant_types: vec!["client_credentials".to_owned()],
                redirect_uris,
                ..Software::default()
            };
            let url = "https://payer.example/auth/register";
            Assertion::software_statement("https://client.example", url, now(), "1", &software)
        };
        let without = statement(Vec::new()).claims;
        assert!(!without.contains_key("redirect_uris") && !without.contains_key("response_types"));
        assert_eq!(without["token_endpoint_auth_method"], "private_key_jwt");
        let with = statement(vec!["http://127.0.0.1/".to_owned()]).claims;
        assert_eq!(with["response_types"], Value::from(vec!["code"]));
    }
}
