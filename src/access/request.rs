//! Requests to an authorization server.

use super::{Error, Grant, Registration};
use crate::evidence::{Captured, Secret};
use crate::http::{Client, Reply, Request};
use crate::oauth::ASSERTION_TYPE;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use url::Url;

/// Fields of a form.
pub(super) type Fields = Vec<(&'static str, String)>;

/// A form with these fields and those, or the header, by which a client proves itself: with an assertion, a secret, or
/// its name alone.
///
/// # Errors
/// When there is nothing to sign with.
pub fn authenticated(
    registration: &Registration,
    endpoint: &Url,
    mut fields: Vec<(&'static str, String)>,
) -> Result<Request, Error> {
    let mut header = None;
    if registration.key.is_some() {
        let assertion = registration.signed(&registration.assertion(endpoint)?)?;
        fields.push(("client_assertion_type", ASSERTION_TYPE.to_owned()));
        fields.push(("client_assertion", assertion));
    } else if let Some(secret) = &registration.secret {
        if registration.secret_in_body {
            fields.push(("client_id", registration.client_id.clone()));
            fields.push(("client_secret", secret.expose().to_owned()));
        } else {
            header = Some(basic(&registration.client_id, secret));
        }
    } else {
        fields.push(("client_id", registration.client_id.clone()));
    }
    let request = form(endpoint, &fields);
    Ok(match header {
        Some(value) => request.header("authorization", value),
        None => request,
    })
}

/// A form for a token endpoint. It is not sent along a redirect: it holds credentials.
pub(super) fn form(endpoint: &Url, fields: &[(&'static str, String)]) -> Request {
    let fields: Vec<(&str, &str)> = fields
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect();
    Request::post_form(endpoint.as_str(), &fields)
        .header("accept", "application/json")
        .unfollowed()
}

/// Name and secret are encoded as in a form first (RFC 6749, 2.3.1).
fn basic(client_id: &str, secret: &Secret) -> String {
    let encode =
        |text: &str| -> String { url::form_urlencoded::byte_serialize(text.as_bytes()).collect() };
    let pair = format!("{}:{}", encode(client_id), encode(secret.expose()));
    format!("Basic {}", STANDARD.encode(pair))
}

/// A client for the host of an endpoint, with no credentials of its own.
pub(super) fn at(client: &Client, endpoint: &Url) -> Result<Client, Error> {
    let mut base = endpoint.clone();
    base.set_query(None);
    base.set_fragment(None);
    Ok(client.at(base, None)?)
}

/// Sends a request to an endpoint.
pub(super) async fn send(
    client: &Client,
    endpoint: &Url,
    request: Request,
    hops: &mut Vec<Captured>,
) -> Result<Reply, Error> {
    let sent = at(client, endpoint)?.send(request).await;
    hops.extend(sent.hops);
    sent.result.map_err(|failure| Error::Unreachable {
        url: endpoint.to_string(),
        failure,
    })
}

/// Sends a request to a token endpoint, and reads what it gives.
pub(super) async fn grant(
    client: &Client,
    endpoint: &Url,
    request: Request,
    hops: &mut Vec<Captured>,
) -> Result<Grant, Error> {
    let reply = send(client, endpoint, request, hops).await?;
    Grant::read(&reply, endpoint)
}

#[cfg(test)]
mod tests {
    use super::{authenticated, basic};
    use crate::access::Registration;
    use crate::evidence::Secret;
    use crate::oauth::Jwt;
    use crate::signature::{Kind, PrivateKey};
    use std::sync::Arc;
    use url::Url;

    fn endpoint() -> Url {
        Url::parse("https://login.example/token").unwrap()
    }

    fn body(registration: &Registration) -> (String, bool) {
        let request = authenticated(registration, &endpoint(), Vec::new()).unwrap();
        let has_header = request
            .headers
            .iter()
            .any(|(name, _)| name == "authorization");
        assert!(!request.follow);
        (
            String::from_utf8(request.body.to_vec()).unwrap(),
            has_header,
        )
    }

    #[test]
    fn a_secret_goes_into_the_header_unless_it_is_wanted_in_the_form() {
        let mut registration = Registration {
            client_id: "a:b".to_owned(),
            secret: Some(Secret::new("c d")),
            ..Registration::default()
        };
        assert_eq!(body(&registration), (String::new(), true));
        // `a%3Ab:c+d`
        assert_eq!(basic("a:b", &Secret::new("c d")), "Basic YSUzQWI6Yytk");
        registration.secret_in_body = true;
        assert_eq!(
            body(&registration),
            ("client_id=a%3Ab&client_secret=c+d".to_owned(), false)
        );
        registration.secret = None;
        assert_eq!(body(&registration), ("client_id=a%3Ab".to_owned(), false));
    }

    #[test]
    fn a_key_signs_an_assertion_for_the_endpoint() {
        let key = Arc::new(PrivateKey::generate(Kind::P384).unwrap());
        let registration = Registration::with_key("client", key.clone(), "system/*.rs");
        let (body, has_header) = body(&registration);
        assert!(!has_header);
        let fields: Vec<(String, String)> = url::form_urlencoded::parse(body.as_bytes())
            .into_owned()
            .collect();
        assert_eq!(fields[0].0, "client_assertion_type");
        let token = Jwt::parse(&fields[1].1).unwrap();
        token.verify(&key.public()).unwrap();
        assert!(token.is_for("https://login.example/token"));
        assert_eq!(
            token.key_id(),
            registration.public_key().unwrap().key_id.as_deref()
        );
    }
}
