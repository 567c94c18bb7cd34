//! A request as the core sees it.

use bytes::Bytes;
use http::uri::Authority;
use http::{HeaderMap, Method, header};

/// Path under which every front serves its stand-in.
pub(super) const BASE_PATH: &str = "/fhir";

/// One request, already read to its end.
#[derive(Clone, Debug)]
pub struct Request {
    /// HTTP method.
    pub method: Method,
    /// Path below the base as sent (percent-encoded); starts with `/`.
    pub path: String,
    /// Query without `?`, as sent.
    pub query: Option<String>,
    /// Headers as sent.
    pub headers: HeaderMap,
    /// The body; empty for none.
    pub body: Bytes,
    /// Absolute base URL the client used, without a slash at its end; `https` where it came over TLS.
    pub base: String,
    /// The certificate the client has shown over TLS, in DER.
    pub client_certificate: Option<Bytes>,
}

impl Request {
    /// The request behind a URL path; `None` when the path is not below the base, which is `/fhir` below `room`.
    ///
    /// The base URL is what the client wrote into `Host`, with the scheme of `origin` (`http://host:port`), which
    /// stands in when that header is missing or no authority.
    pub(super) fn arrived(
        method: Method,
        path: &str,
        query: Option<&str>,
        headers: HeaderMap,
        body: Bytes,
        (origin, room): (&str, &str),
    ) -> Option<Self> {
        let below = path.strip_prefix(room)?.strip_prefix(BASE_PATH)?;
        if !(below.is_empty() || below.starts_with('/')) {
            return None;
        }
        let (scheme, fallback) = origin.split_once("://").unwrap_or(("http", origin));
        let authority = headers
            .get(header::HOST)
            .and_then(|host| host.to_str().ok())
            .and_then(|host| host.parse::<Authority>().ok())
            .filter(|authority| !authority.as_str().contains('@'))
            .map_or_else(|| fallback.to_owned(), |authority| authority.to_string());
        Some(Self {
            method,
            path: if below.is_empty() {
                "/".to_owned()
            } else {
                below.to_owned()
            },
            query: query.map(str::to_owned),
            headers,
            body,
            base: format!("{scheme}://{authority}{room}{BASE_PATH}"),
            client_certificate: None,
        })
    }

    /// A header as text, when it is sent and is text.
    pub(super) fn header(&self, name: &header::HeaderName) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }
}

#[cfg(test)]
mod tests {
    use super::Request;
    use http::{HeaderMap, HeaderValue, Method, header};

    fn arrived(path: &str, host: &'static str) -> Option<Request> {
        let mut headers = HeaderMap::new();
        headers.insert(header::HOST, HeaderValue::from_static(host));
        Request::arrived(
            Method::GET,
            path,
            None,
            headers,
            bytes::Bytes::new(),
            ("https://127.0.0.1:1", ""),
        )
    }

    #[test]
    fn the_base_is_the_one_the_client_used() {
        let request = arrived("/fhir/Patient/1", "payer.example:8080").unwrap();
        assert_eq!(request.path, "/Patient/1");
        assert_eq!(request.base, "https://payer.example:8080/fhir");
    }

    #[test]
    fn a_hostile_host_is_not_repeated() {
        assert_eq!(
            arrived("/fhir", "a b\"").unwrap().base,
            "https://127.0.0.1:1/fhir"
        );
        assert_eq!(
            arrived("/fhir", "u@h").unwrap().base,
            "https://127.0.0.1:1/fhir"
        );
    }

    #[test]
    fn paths_elsewhere_are_not_ours() {
        assert!(arrived("/fhirx/Patient", "h").is_none());
        assert!(arrived("/", "h").is_none());
    }
}
