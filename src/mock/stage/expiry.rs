//! Tokens that are good no more, whatever was said when they were given out.

use crate::mock::{Request, Response};
use http::header::{AUTHORIZATION, CACHE_CONTROL, WWW_AUTHENTICATE};
use serde_json::Value;
use std::collections::VecDeque;

/// Most tokens that are remembered; of more, the oldest are forgotten.
const MOST: usize = 1_000;

/// What is asked without any token, or to get one.
const OPEN: [&str; 3] = ["/auth/", "/.well-known/", "/metadata"];

/// The tokens that clients were given in a conversation, each with whether it has expired.
///
/// Only those are kept that a client can have anew by itself (`client_credentials`): nobody logs in again for a test.
#[derive(Debug, Default)]
pub(super) struct Tokens {
    given: VecDeque<(String, bool)>,
}

impl Tokens {
    /// Keeps the token that is given in this answer, if one is.
    pub(super) fn keep(&mut self, request: &Request, response: &Response) {
        let is_given = request.method == http::Method::POST
            && request.path.ends_with("/token")
            && response.status == 200
            && url::form_urlencoded::parse(&request.body)
                .any(|(name, value)| name == "grant_type" && value == "client_credentials");
        if !is_given {
            return;
        }
        let answer: Value = serde_json::from_slice(&response.body).unwrap_or_default();
        if let Some(token) = answer["access_token"].as_str() {
            if self.given.len() >= MOST {
                self.given.pop_front();
            }
            self.given.push_back((token.to_owned(), false));
        }
    }

    /// Whether the request shows a token that was given here, and that is still good.
    pub(super) fn is_good(&self, request: &Request) -> bool {
        let shown = shown(request);
        shown.is_some_and(|shown| {
            self.given
                .iter()
                .any(|(token, gone)| token == shown && !gone)
        })
    }

    /// Lets the token of a request expire.
    pub(super) fn expire(&mut self, request: &Request) {
        let Some(shown) = shown(request) else { return };
        for (_, gone) in self.given.iter_mut().filter(|(token, _)| token == shown) {
            *gone = true;
        }
    }

    /// The refusal of a request whose token has expired (RFC 6750, section 3.1).
    pub(super) fn refuse(&self, request: &Request) -> Option<Response> {
        let shown = shown(request)?;
        let is_open = OPEN.iter().any(|open| request.path.starts_with(open));
        let is_gone = self
            .given
            .iter()
            .any(|(token, gone)| token == shown && *gone);
        (is_gone && !is_open).then(|| {
            let challenge =
                "Bearer realm=\"fhir\", error=\"invalid_token\", error_description=\"it has expired\"";
            Response::refusal(401, "expired", "the access token has expired")
                .with(WWW_AUTHENTICATE, challenge)
                .with(CACHE_CONTROL, "no-store")
        })
    }
}

/// The token that a request shows.
fn shown(request: &Request) -> Option<&str> {
    let header = request.headers.get(AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = header.split_once(' ')?;
    scheme
        .eq_ignore_ascii_case("bearer")
        .then(|| token.trim_start())
}

#[cfg(test)]
mod tests {
    use super::{MOST, Tokens};
    use crate::mock::{Request, Response};
    use http::header::{AUTHORIZATION, WWW_AUTHENTICATE};

    fn request(path: &str, token: &str, body: &str) -> Request {
        let mut headers = http::HeaderMap::new();
        headers.insert(AUTHORIZATION, format!("bearer {token}").parse().unwrap());
        Request {
            method: http::Method::POST,
            path: path.into(),
            query: None,
            headers,
            body: body.to_owned().into(),
            base: "http://h/fhir".into(),
            client_certificate: None,
        }
    }

    fn give(tokens: &mut Tokens, token: &str, grant: &str) {
        let asked = request("/auth/token", "", &format!("grant_type={grant}&scope=x"));
        let body = format!("{{\"access_token\":\"{token}\"}}");
        tokens.keep(&asked, &Response::new(200, "application/json", body));
    }

    #[test]
    fn a_token_is_refused_from_then_on_and_others_are_not() {
        let mut tokens = Tokens::default();
        give(&mut tokens, "first", "client_credentials");
        give(&mut tokens, "second", "client_credentials");
        give(&mut tokens, "of-a-member", "authorization_code");
        let asked = request("/Patient", "first", "");
        assert!(tokens.is_good(&asked) && tokens.refuse(&asked).is_none());
        tokens.expire(&asked);
        assert!(!tokens.is_good(&asked));
        let refusal = tokens.refuse(&asked).unwrap();
        let challenge = refusal.headers[WWW_AUTHENTICATE].to_str().unwrap();
        assert_eq!(refusal.status, 401);
        assert!(challenge.contains("error=\"invalid_token\""), "{challenge}");
        // Whoever asks for another still shows it, as the case may be.
        assert!(
            tokens
                .refuse(&request("/auth/token", "first", ""))
                .is_none()
        );
        assert!(tokens.refuse(&request("/Patient", "second", "")).is_none());
        for stranger in ["of-a-member", "guessed"] {
            let asked = request("/Patient", stranger, "");
            assert!(!tokens.is_good(&asked));
            tokens.expire(&asked);
            assert!(tokens.refuse(&asked).is_none(), "{stranger}");
        }
    }

    #[test]
    fn no_more_tokens_are_kept_than_that() {
        let mut tokens = Tokens::default();
        for number in 0..MOST + 5 {
            give(&mut tokens, &number.to_string(), "client_credentials");
        }
        assert_eq!(tokens.given.len(), MOST);
    }
}
