//! What a target says of its authorization server.

use super::Error;
use crate::evidence::Captured;
use crate::http::{Client, Reply, Request};
use serde_json::Value;
use url::Url;

/// Extension of CapabilityStatement.rest.security that names the endpoints (SMART App Launch 1.0).
const OAUTH_URIS: &str = "http://fhir-registry.smarthealthit.org/StructureDefinition/oauth-uris";

/// Where it was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// The configuration says so.
    Configuration,
    /// `.well-known/smart-configuration`.
    SmartConfiguration,
    /// The capability statement.
    CapabilityStatement,
    /// `.well-known/udap`.
    Udap,
}

/// The endpoints of an authorization server, as the target names them.
#[derive(Clone, Debug, PartialEq)]
pub struct Endpoints {
    /// Where tokens are had.
    pub token: Url,
    /// Where members log in.
    pub authorization: Option<Url>,
    /// Where clients register.
    pub registration: Option<Url>,
    /// Where tokens are asked about.
    pub introspection: Option<Url>,
    /// Where tokens are given back.
    pub revocation: Option<Url>,
    /// Where this was found.
    pub source: Source,
    /// The document it was found in, as it was read; null when the configuration says it.
    pub document: Value,
}

impl Endpoints {
    /// What the configuration says.
    pub(super) const fn configured(token: Url) -> Self {
        Self {
            token,
            authorization: None,
            registration: None,
            introspection: None,
            revocation: None,
            source: Source::Configuration,
            document: Value::Null,
        }
    }

    /// Asks the target: first for its SMART configuration, then for its capability statement.
    ///
    /// # Errors
    /// When neither can be read, or names a token endpoint that may be used.
    pub async fn find(client: &Client, hops: &mut Vec<Captured>) -> Result<Self, Error> {
        let asked = document(client, ".well-known/smart-configuration", hops).await;
        let first = match asked.and_then(|found| Self::of_configuration(client.base(), found)) {
            Ok(endpoints) => return Ok(endpoints),
            Err(reason) => reason,
        };
        let asked = document(client, "metadata", hops).await;
        asked
            .and_then(|found| Self::of_capabilities(client.base(), found))
            .map_err(|second| Error::NotFound {
                base: client.base().to_string(),
                reason: format!("smart-configuration: {first}; capability statement: {second}"),
            })
    }

    /// Of a SMART configuration, or of anything else with the names of RFC 8414.
    pub(super) fn of_configuration(base: &Url, document: Value) -> Result<Self, String> {
        let endpoint = |name: &str| match document.get(name) {
            None | Some(Value::Null) => Ok(None),
            Some(value) => usable(base, value)
                .map(Some)
                .map_err(|reason| format!("{name} {reason}")),
        };
        Ok(Self {
            token: endpoint("token_endpoint")?.ok_or("it has no token_endpoint")?,
            authorization: endpoint("authorization_endpoint")?,
            registration: endpoint("registration_endpoint")?,
            introspection: endpoint("introspection_endpoint")?,
            revocation: endpoint("revocation_endpoint")?,
            source: Source::SmartConfiguration,
            document,
        })
    }

    /// Of a capability statement.
    pub(super) fn of_capabilities(base: &Url, document: Value) -> Result<Self, String> {
        let extensions = |of: &Value| of.get("extension").and_then(Value::as_array).cloned();
        let rest = document.get("rest").and_then(Value::as_array);
        let found = rest
            .into_iter()
            .flatten()
            .filter_map(|rest| extensions(rest.get("security")?))
            .flatten()
            .find(|extension| extension.get("url").and_then(Value::as_str) == Some(OAUTH_URIS))
            .ok_or("rest.security has no extension oauth-uris")?;
        let parts = extensions(&found).unwrap_or_default();
        let endpoint = |name: &str| {
            let part = parts
                .iter()
                .find(|part| part.get("url").and_then(Value::as_str) == Some(name));
            match part.map(|part| part.get("valueUri").unwrap_or(&Value::Null)) {
                None => Ok(None),
                Some(value) => usable(base, value)
                    .map(Some)
                    .map_err(|reason| format!("{name} {reason}")),
            }
        };
        Ok(Self {
            token: endpoint("token")?.ok_or("its oauth-uris name no token endpoint")?,
            authorization: endpoint("authorize")?,
            registration: endpoint("register")?,
            introspection: endpoint("introspect")?,
            revocation: endpoint("revoke")?,
            source: Source::CapabilityStatement,
            document,
        })
    }
}

/// A URL that credentials may be sent to: over TLS when the target itself is reached so.
fn usable(base: &Url, value: &Value) -> Result<Url, String> {
    let text = value.as_str().unwrap_or_default();
    let url = base
        .join(text)
        .ok()
        .filter(|url| !text.is_empty() && matches!(url.scheme(), "http" | "https"))
        .filter(|url| url.host_str().is_some_and(|host| !host.is_empty()))
        .ok_or("is no URL of HTTP")?;
    if !url.username().is_empty() || url.password().is_some() {
        return Err("holds a user name or password".to_owned());
    }
    if base.scheme() == "https" && url.scheme() != "https" {
        return Err("is not https, and the target is".to_owned());
    }
    Ok(url)
}

/// Asks for a JSON document of the target itself: what another origin answers in its place is not believed.
pub(super) async fn document(
    client: &Client,
    path: &str,
    hops: &mut Vec<Captured>,
) -> Result<Value, String> {
    let accept = if path == "metadata" {
        "application/fhir+json"
    } else {
        "application/json"
    };
    let request = Request::get(path).anonymous().header("accept", accept);
    let sent = client.send(request).await;
    hops.extend(sent.hops);
    let reply: Reply = sent.result.map_err(|failure| failure.to_string())?;
    let is_own = Url::parse(&reply.url).is_ok_and(|url| url.origin() == client.base().origin());
    if !is_own {
        return Err("it was redirected to another origin".to_owned());
    }
    if !reply.is_success() {
        return Err(format!("the answer is {}", reply.status));
    }
    reply.json().map_err(|problem| problem.to_string())
}

#[cfg(test)]
mod tests {
    use super::{Endpoints, OAUTH_URIS};
    use serde_json::{Value, json};
    use url::Url;

    fn base() -> Url {
        Url::parse("https://payer.example/fhir").unwrap()
    }

    fn configured(document: Value) -> Result<String, String> {
        Endpoints::of_configuration(&base(), document).map(|found| found.token.to_string())
    }

    #[test]
    fn the_token_endpoint_may_be_of_another_origin_and_has_to_be_https() {
        let of = |url: &str| configured(json!({ "token_endpoint": url }));
        assert_eq!(
            of("https://login.example/token").unwrap(),
            "https://login.example/token"
        );
        for url in [
            "http://login.example/token",
            "https://a:b@login.example/",
            "ftp://login.example/",
            "javascript:alert(1)",
            "https://",
            "",
        ] {
            assert!(of(url).is_err(), "{url}");
        }
        assert!(configured(json!({})).is_err() && configured(json!([])).is_err());
        assert!(configured(json!({"token_endpoint": 7})).is_err());
    }

    #[test]
    fn a_capability_statement_names_the_endpoints_in_an_extension() {
        let statement = |parts: Value| {
            json!({"rest": [{}, {"security": {"extension": [
                {"url": "other"}, {"url": OAUTH_URIS, "extension": parts}]}}]})
        };
        let parts = json!([{"url": "token", "valueUri": "https://login.example/t"},
            {"url": "authorize", "valueUri": "https://login.example/a"}]);
        let found = Endpoints::of_capabilities(&base(), statement(parts)).unwrap();
        assert_eq!(found.token.as_str(), "https://login.example/t");
        assert!(found.authorization.is_some() && found.registration.is_none());
        for document in [
            json!(7),
            json!({"rest": 7}),
            statement(json!("x")),
            statement(json!([{"url": "token"}])),
        ] {
            assert!(Endpoints::of_capabilities(&base(), document).is_err());
        }
    }
}
