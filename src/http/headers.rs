//! The headers of one hop.

use super::{Error, Failure, Request, Settings, target};
use crate::evidence::Secret;
use bytes::Bytes;
use http::header::{ACCEPT, AUTHORIZATION, CONTENT_LENGTH, HOST, USER_AGENT};
use http::{HeaderMap, HeaderName, HeaderValue, Method};
use url::Url;

/// Headers that prove who we are: for the configured origin only, whoever set them.
const CREDENTIALS: [&str; 4] = [
    "authorization",
    "proxy-authorization",
    "cookie",
    "x-api-key",
];

/// All headers of one hop, exactly as they go out: what the request says, then what is missing. `may_know` is whether the
/// URL may be shown the token; all other credentials are for the configured origin alone.
pub(super) fn outgoing(
    request: &Request,
    url: &Url,
    settings: &Settings,
    (may_know, authorization): (bool, Option<&HeaderValue>),
) -> Result<HeaderMap, Failure> {
    let is_ours = target::same_origin(url, &settings.base);
    let mut headers = HeaderMap::new();
    headers.insert(HOST, header_value("host", authority(url))?);
    for (name, value) in &request.headers {
        let known = HeaderName::try_from(name).map_err(|_| Failure::InvalidRequest {
            reason: format!("{name:?} is no header name"),
        })?;
        let is_credential = CREDENTIALS.contains(&known.as_str());
        let is_shown = is_ours || may_know && known == AUTHORIZATION;
        if !is_credential || (is_shown && !request.anonymous) {
            headers.append(known, header_value(name, value)?);
        }
    }
    if let Some(token) = authorization
        && may_know
        && !request.anonymous
        && !headers.contains_key(AUTHORIZATION)
    {
        headers.insert(AUTHORIZATION, token.clone());
    }
    let mut add = |name: HeaderName, value: &str| {
        if headers.contains_key(&name) {
            return Ok::<(), Failure>(());
        }
        let value = header_value(name.as_str(), value)?;
        headers.insert(name, value);
        Ok(())
    };
    add(ACCEPT, "application/fhir+json")?;
    add(USER_AGENT, &settings.user_agent)?;
    let sends_body = matches!(request.method, Method::POST | Method::PUT | Method::PATCH);
    if sends_body || !request.body.is_empty() {
        add(CONTENT_LENGTH, &request.body.len().to_string())?;
    }
    Ok(headers)
}

/// The value of `Authorization` for a token.
pub(super) fn bearer(token: &Secret) -> Result<HeaderValue, Error> {
    let mut value =
        HeaderValue::from_maybe_shared(Bytes::from(format!("Bearer {}", token.expose())))
            .map_err(|_| Error::Token)?;
    value.set_sensitive(true);
    Ok(value)
}

fn authority(url: &Url) -> &str {
    &url[url::Position::BeforeHost..url::Position::AfterPort]
}

fn header_value(name: &str, value: &str) -> Result<HeaderValue, Failure> {
    HeaderValue::from_str(value).map_err(|_| Failure::InvalidRequest {
        reason: format!("the value of {name} holds characters that no header can carry"),
    })
}

/// First value of the header of this name, in any case.
pub(super) fn find<'a>(headers: &'a [(String, String)], name: &str) -> Option<&'a str> {
    headers
        .iter()
        .find(|(known, _)| known.eq_ignore_ascii_case(name))
        .map(|(_, value)| value.as_str())
}

/// Headers as text, for evidence and for steps.
pub(super) fn shown(headers: &HeaderMap) -> Vec<(String, String)> {
    headers
        .iter()
        .map(|(name, value)| {
            let value = String::from_utf8_lossy(value.as_bytes()).into_owned();
            (name.as_str().to_owned(), value)
        })
        .collect()
}
