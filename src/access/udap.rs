//! UDAP: a client that makes itself known by its certificate (UDAP Security for Scalable Registration, Authentication
//! and Authorization).

use super::registration::random;
use super::request::{self, Fields};
use super::{Endpoints, Error, Grant, Registration, Source, endpoints};
use crate::evidence::Captured;
use crate::http::{Client, Request};
use crate::oauth::{ASSERTION_TYPE, Assertion, B2b, Jwt, Software};
use crate::signature::{AlternativeName, Certificate, Trust, trusted};
use serde_json::{Value, json};
use time::OffsetDateTime;
use tokio::sync::Mutex;
use url::Url;

/// Seconds that two clocks may differ.
const SKEW: i64 = 60;

/// What UDAP needs beside a [`Registration`], whose key goes with its first certificate.
#[derive(Debug, Default)]
pub struct Udap {
    /// The URI by which the certificate names the client; else the first of its alternative names.
    pub issuer: Option<String>,
    /// What is said of the software when it registers.
    pub software: Software,
    /// Who acts, and what for.
    pub b2b: B2b,
    /// Whom to trust that the target is who it says. Without any its certificate is taken as it is.
    pub anchors: Vec<Certificate>,
    /// The `client_id` that the last registration gave: an earlier one is not good any more (UDAP Security, section 3.4).
    registered: Mutex<Option<String>>,
}

impl Udap {
    /// What UDAP needs.
    #[must_use]
    pub fn new(software: Software, b2b: B2b) -> Self {
        Self {
            software,
            b2b,
            ..Self::default()
        }
    }

    /// The endpoints of the target's metadata, once it was checked.
    ///
    /// # Errors
    /// When there is none, or it proves nothing.
    pub async fn endpoints(
        &self,
        client: &Client,
        hops: &mut Vec<Captured>,
    ) -> Result<Endpoints, Error> {
        let base = client.base();
        let document = endpoints::document(client, ".well-known/udap", hops).await;
        let document = document.map_err(|reason| Error::NotFound {
            base: base.to_string(),
            reason: format!("udap: {reason}"),
        })?;
        checked(base, document, &self.anchors, client.now()).map_err(|reason| Error::Untrusted {
            base: base.to_string(),
            reason,
        })
    }

    /// Who the certificate says the client is.
    ///
    /// # Errors
    /// When there is no certificate, or it names no URI.
    pub fn issuer(&self, registration: &Registration) -> Result<String, Error> {
        if let Some(issuer) = &self.issuer {
            return Ok(issuer.clone());
        }
        let names = registration.certificates.first().and_then(|leaf| {
            let names = leaf.alternative_names().ok().flatten()?;
            names.into_iter().find_map(|name| match name {
                AlternativeName::Uri(uri) => Some(uri),
                _ => None,
            })
        });
        names.ok_or_else(|| Error::Missing {
            key: "target.auth.udap.certificate".to_owned(),
            why: "its subject has to be named by a URI".to_owned(),
        })
    }

    /// The software statement that is right, not signed yet, so that it can be spoilt.
    ///
    /// # Errors
    /// When nobody knows who the client is.
    pub fn statement(
        &self,
        registration: &Registration,
        endpoint: &Url,
    ) -> Result<Assertion, Error> {
        let issuer = self.issuer(registration)?;
        let software = Software {
            scope: registration.scope.clone(),
            ..self.software.clone()
        };
        let now = OffsetDateTime::now_utc();
        let statement =
            Assertion::software_statement(&issuer, endpoint.as_str(), now, &random()?, &software);
        Ok(statement.certificates(&registration.certificates))
    }

    /// The request by which a client registers with this statement.
    #[must_use]
    pub fn registration_request(endpoint: &Url, statement: &str) -> Request {
        let body = json!({"software_statement": statement, "udap": "1"});
        Request::new(http::Method::POST, endpoint.as_str())
            .header("content-type", "application/json")
            .header("accept", "application/json")
            .body(body.to_string())
            .unfollowed()
    }

    /// Registers the client; its `client_id`.
    ///
    /// # Errors
    /// When the server does not register it.
    pub async fn register(
        &self,
        client: &Client,
        registration: &Registration,
        found: &Endpoints,
        hops: &mut Vec<Captured>,
    ) -> Result<String, Error> {
        let Some(endpoint) = &found.registration else {
            return Err(Error::NotFound {
                base: client.base().to_string(),
                reason: "its UDAP metadata has no registration_endpoint".to_owned(),
            });
        };
        let statement = registration.signed(&self.statement(registration, endpoint)?)?;
        let request = Self::registration_request(endpoint, &statement);
        let reply = request::send(client, endpoint, request, hops).await?;
        let body = reply.json();
        let text = |name: &str| Some(body.as_ref().ok()?.get(name)?.as_str()?.to_owned());
        if !reply.is_success() {
            return Err(Error::Refused {
                url: endpoint.to_string(),
                status: reply.status,
                code: text("error").map(|text| text.chars().take(200).collect()),
                description: text("error_description").map(|text| text.chars().take(200).collect()),
            });
        }
        text("client_id").ok_or_else(|| Error::malformed(endpoint, "it holds no client_id"))
    }

    /// What is asked of the token endpoint: the form, with the right assertion or with this one.
    ///
    /// # Errors
    /// When it cannot be signed.
    pub fn token_request(
        &self,
        registration: &Registration,
        endpoint: &Url,
        assertion: Option<&str>,
    ) -> Result<Request, Error> {
        let assertion = match assertion {
            Some(assertion) => assertion.to_owned(),
            None => registration.signed(&registration.assertion(endpoint)?.b2b(&self.b2b))?,
        };
        let mut fields: Fields = vec![
            ("grant_type", "client_credentials".to_owned()),
            ("client_assertion_type", ASSERTION_TYPE.to_owned()),
            ("client_assertion", assertion),
            ("udap", "1".to_owned()),
        ];
        if !registration.scope.is_empty() {
            fields.push(("scope", registration.scope.clone()));
        }
        Ok(request::form(endpoint, &fields))
    }

    /// Registers the client by hand, and keeps the `client_id` that this gives, if it does. Who wants to know the
    /// name meanwhile waits.
    pub async fn register_by_hand<T>(
        &self,
        register: impl Future<Output = (Option<String>, T)>,
    ) -> T {
        let mut registered = self.registered.lock().await;
        let (client_id, outcome) = register.await;
        if client_id.is_some() {
            *registered = client_id;
        }
        outcome
    }

    /// The `client_id` that the last registration has given, if there was one.
    pub async fn remembered(&self) -> Option<String> {
        self.registered.lock().await.clone()
    }

    /// The client as the target knows it: registers first, once, when it has no name yet.
    pub(super) async fn registered(
        &self,
        client: &Client,
        registration: &Registration,
        found: &Endpoints,
        hops: &mut Vec<Captured>,
    ) -> Result<Registration, Error> {
        let mut registration = registration.clone();
        let mut registered = self.registered.lock().await;
        if let Some(id) = &*registered {
            registration.client_id.clone_from(id);
        } else if registration.client_id.is_empty() {
            registration.client_id = self.register(client, &registration, found, hops).await?;
            *registered = Some(registration.client_id.clone());
        }
        Ok(registration)
    }

    /// A token: registers first when the client has no name yet.
    pub(super) async fn grant(
        &self,
        client: &Client,
        registration: &Registration,
        found: &Endpoints,
        hops: &mut Vec<Captured>,
    ) -> Result<Grant, Error> {
        let known = self.registered(client, registration, found, hops).await?;
        let request = self.token_request(&known, &found.token, None)?;
        let granted = request::grant(client, &found.token, request, hops).await;
        // It may have been registered anew since, under another name.
        let renamed = self.registered(client, registration, found, hops).await?;
        if granted.is_ok() || renamed.client_id == known.client_id {
            return granted;
        }
        let request = self.token_request(&renamed, &found.token, None)?;
        request::grant(client, &found.token, request, hops).await
    }
}

/// The endpoints of metadata whose signed part proves that it is that of this base (UDAP Security, section 2.3).
pub(super) fn checked(
    base: &Url,
    document: Value,
    anchors: &[Certificate],
    now: OffsetDateTime,
) -> Result<Endpoints, String> {
    let text = document.get("signed_metadata").and_then(Value::as_str);
    let token = Jwt::parse(text.ok_or("it has no signed_metadata")?);
    let token = token.map_err(|error| format!("signed_metadata: {error}"))?;
    let chain = token.certificates();
    let chain = chain.map_err(|error| format!("signed_metadata: {error}"))?;
    let leaf = chain.first().ok_or("signed_metadata has no x5c")?;
    token
        .verify(leaf.key())
        .map_err(|error| format!("signed_metadata: {error}"))?;
    if !leaf.is_valid_at(now) {
        return Err("the certificate of signed_metadata is not valid now".to_owned());
    }
    let issuer = token.text("iss").unwrap_or_default();
    let same = |one: &str, other: &str| one.trim_end_matches('/') == other.trim_end_matches('/');
    if !same(issuer, base.as_str()) {
        return Err("the iss of signed_metadata is not the base URL".to_owned());
    }
    if token.text("sub") != Some(issuer) {
        return Err("the sub of signed_metadata is not its iss".to_owned());
    }
    let names = leaf.alternative_names().ok().flatten().unwrap_or_default();
    let is_named = names
        .iter()
        .any(|name| matches!(name, AlternativeName::Uri(uri) if same(uri, issuer)));
    if !is_named {
        return Err("the certificate of signed_metadata does not name its iss".to_owned());
    }
    let at = now.unix_timestamp();
    if token.seconds("exp").is_none_or(|end| end + SKEW < at) {
        return Err("signed_metadata has expired, or has no exp".to_owned());
    }
    if token.seconds("iat").is_none_or(|start| start > at + SKEW) {
        return Err("signed_metadata is from the future, or has no iat".to_owned());
    }
    if !anchors.is_empty() {
        let trust = Trust {
            anchors: anchors.to_vec(),
            at: now,
        };
        trusted(&chain, &trust)
            .map_err(|reason| format!("its certificate is not trusted: {reason}"))?;
    }
    // What is signed stands above what is not.
    let mut found = Endpoints::of_configuration(base, Value::Object(token.claims))?;
    found.source = Source::Udap;
    found.document = document;
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::{Endpoints, checked};
    use crate::oauth::Assertion;
    use crate::signature::{Algorithm, Authority, Certificate, Kind, PrivateKey, Request};
    use serde_json::{Value, json};
    use time::{Duration, OffsetDateTime};
    use url::Url;

    const BASE: &str = "https://payer.example/fhir";

    struct Server {
        authority: Authority,
        key: PrivateKey,
        leaf: Certificate,
    }

    impl Server {
        fn new(name: &str) -> Self {
            let authority = Authority::root("Synthetic Authority").unwrap();
            let key = PrivateKey::generate(Kind::P256).unwrap();
            let mut request = Request::signer("Synthetic Payer", "1234567893");
            request.uris = vec![name.to_owned()];
            let leaf = authority.issue(&request, &key).unwrap();
            Self {
                authority,
                key,
                leaf,
            }
        }

        fn assertion(&self) -> Assertion {
            Assertion::client(BASE, "nobody", OffsetDateTime::now_utc(), "1")
                .claim("token_endpoint", json!("https://payer.example/auth/token"))
                .claim(
                    "registration_endpoint",
                    json!("https://payer.example/auth/register"),
                )
                .certificates(&[self.leaf.clone(), self.authority.certificate().clone()])
        }

        fn checked(&self, assertion: &Assertion) -> Result<Endpoints, String> {
            let text = assertion.sign(&self.key, Algorithm::Es256).unwrap();
            self.read(json!({"signed_metadata": text, "token_endpoint": "https://evil.example/"}))
        }

        fn read(&self, document: Value) -> Result<Endpoints, String> {
            let anchors = [self.authority.certificate().clone()];
            let base = Url::parse(BASE).unwrap();
            checked(&base, document, &anchors, OffsetDateTime::now_utc())
        }
    }

    #[test]
    fn what_is_signed_stands_above_what_is_not() {
        let server = Server::new(BASE);
        let found = server.checked(&server.assertion()).unwrap();
        assert_eq!(found.token.as_str(), "https://payer.example/auth/token");
        assert!(found.registration.is_some());
    }

    #[test]
    fn metadata_that_proves_nothing_is_refused() {
        let server = Server::new(BASE);
        let long_ago = (OffsetDateTime::now_utc() - Duration::hours(1)).unix_timestamp();
        let soon = (OffsetDateTime::now_utc() + Duration::hours(1)).unix_timestamp();
        let right = server.assertion();
        for (wrong, reason) in [
            (
                right.clone().claim("iss", json!("https://other.example")),
                "base URL",
            ),
            (right.clone().claim("sub", json!("other")), "sub"),
            (right.clone().claim("exp", json!(long_ago)), "expired"),
            (right.clone().without_claim("exp"), "expired"),
            (right.clone().claim("iat", json!(soon)), "future"),
            (right.clone().without_header("x5c"), "x5c"),
            (
                right.clone().without_claim("token_endpoint"),
                "token_endpoint",
            ),
            (right.clone().with_header("alg", json!("none")), "alg"),
            (right.clone().with_header("alg", json!("RS256")), "verify"),
        ] {
            let refused = server.checked(&wrong).unwrap_err();
            assert!(refused.contains(reason), "{refused} and not {reason}");
        }
        assert!(
            server.read(json!({})).is_err()
                && server.read(json!({"signed_metadata": "x"})).is_err()
        );
        let other = Server::new("https://other.example/fhir");
        let refused = other.checked(&other.assertion()).unwrap_err();
        assert!(refused.contains("does not name"), "{refused}");
        // The chain of another authority.
        let stranger = Server::new(BASE);
        let text = stranger
            .assertion()
            .sign(&stranger.key, Algorithm::Es256)
            .unwrap();
        let refused = server.read(json!({"signed_metadata": text})).unwrap_err();
        assert!(refused.contains("not trusted"), "{refused}");
    }
}
