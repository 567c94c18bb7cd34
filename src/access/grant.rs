//! A token as it was given (RFC 6749, 5.1).

use super::Error;
use crate::evidence::Secret;
use crate::http::Reply;
use serde_json::{Map, Value};
use std::time::Duration;
use url::Url;

/// Longest life that is believed: what says more is not asked for again in a run anyway.
const LONGEST_LIFE: u64 = 7 * 24 * 3600;

/// A token as it was given. Printing it shows no credential.
#[derive(Clone, Debug)]
pub struct Grant {
    /// The access token.
    pub token: Secret,
    /// How long it is good, if that was said.
    pub expires_in: Option<Duration>,
    /// What it is good for, if that was said; else what was asked for.
    pub scope: Option<String>,
    /// What the next token can be had with.
    pub refresh_token: Option<Secret>,
    /// Who has logged in, as a signed token that is not looked at here.
    pub id_token: Option<Secret>,
    /// Everything else that came with it: `token_type`, `patient`, `fhirContext`.
    pub more: Map<String, Value>,
}

impl Grant {
    /// A token of which nothing else is known.
    #[must_use]
    pub fn of(token: Secret) -> Self {
        Self {
            token,
            expires_in: None,
            scope: None,
            refresh_token: None,
            id_token: None,
            more: Map::new(),
        }
    }

    /// Reads the answer of a token endpoint.
    ///
    /// # Errors
    /// When it refuses, or is not what RFC 6749 says.
    pub fn read(reply: &Reply, url: &Url) -> Result<Self, Error> {
        let body = reply.json();
        if !reply.is_success() {
            let text = |name: &str| {
                let text = body.as_ref().ok()?.get(name)?.as_str()?;
                Some(text.chars().take(200).collect::<String>())
            };
            return Err(Error::Refused {
                url: url.to_string(),
                status: reply.status,
                code: text("error"),
                description: text("error_description"),
            });
        }
        let Value::Object(mut members) =
            body.map_err(|problem| Error::malformed(url, problem.to_string()))?
        else {
            return Err(Error::malformed(url, "it is no JSON object"));
        };
        let mut secret = |name: &str| match members.remove(name) {
            Some(Value::String(text)) if !text.is_empty() => Some(Secret::new(text)),
            _ => None,
        };
        let token = secret("access_token");
        let (refresh_token, id_token) = (secret("refresh_token"), secret("id_token"));
        let token = token.ok_or_else(|| Error::malformed(url, "it holds no access_token"))?;
        let kind = members.get("token_type").and_then(Value::as_str);
        if !kind.is_some_and(|kind| kind.eq_ignore_ascii_case("bearer")) {
            return Err(Error::malformed(url, "its token_type is not Bearer"));
        }
        Ok(Self {
            token,
            expires_in: members.get("expires_in").and_then(seconds),
            scope: members
                .get("scope")
                .and_then(Value::as_str)
                .map(str::to_owned),
            refresh_token,
            id_token,
            more: members,
        })
    }

    /// Keeps the tokens in a file, for its owner alone, where `target.auth.app.tokens` can find them.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn save(&self, path: &std::path::Path) -> Result<(), Error> {
        super::saved::Saved::of(self).write(path)
    }

    /// When to have the next one: half a minute before it ends, or at half of its life when that is later than the
    /// start of that half minute would allow; never when it does not end.
    #[must_use]
    pub fn renewed_after(&self) -> Option<Duration> {
        let life = self.expires_in?;
        Some((life / 2).max(life.saturating_sub(Duration::from_secs(30))))
    }
}

/// A number of seconds; some servers write it as text.
fn seconds(value: &Value) -> Option<Duration> {
    let seconds = match value {
        Value::String(text) => text.trim().parse().ok()?,
        other => other.as_u64()?,
    };
    Some(Duration::from_secs(seconds.min(LONGEST_LIFE)))
}

#[cfg(test)]
mod tests {
    use super::Grant;
    use crate::http::Reply;
    use std::time::Duration;
    use url::Url;

    fn read(status: u16, body: &str) -> Result<Grant, String> {
        let reply = Reply {
            status,
            headers: vec![("content-type".into(), "application/json".into())],
            body: body.to_owned().into(),
            truncated: false,
            url: String::new(),
            elapsed: Duration::ZERO,
        };
        let url = Url::parse("https://payer.example/token").unwrap();
        Grant::read(&reply, &url).map_err(|error| error.to_string())
    }

    #[test]
    fn a_grant_prints_without_its_tokens() {
        let grant = read(
            200,
            r#"{"access_token":"canary-a","token_type":"bearer","refresh_token":"canary-r",
                "id_token":"canary-i","expires_in":"300","patient":"1"}"#,
        );
        let grant = grant.unwrap();
        assert!(!format!("{grant:?}").contains("canary"), "{grant:?}");
        assert_eq!(grant.token.expose(), "canary-a");
        assert_eq!(grant.more["patient"], "1");
        assert_eq!(grant.renewed_after(), Some(Duration::from_secs(270)));
    }

    #[test]
    fn short_lives_are_renewed_half_way_and_endless_ones_never() {
        let after = |life: &str| {
            let body = format!(r#"{{"access_token":"a","token_type":"Bearer"{life}}}"#);
            read(200, &body).unwrap().renewed_after()
        };
        assert_eq!(after(",\"expires_in\":40"), Some(Duration::from_secs(20)));
        assert_eq!(after(",\"expires_in\":0"), Some(Duration::ZERO));
        assert_eq!(after(""), None);
        assert_eq!(after(",\"expires_in\":-5"), None);
        assert!(after(",\"expires_in\":99999999999999").is_some());
    }

    #[test]
    fn refusals_are_quoted_in_short_and_answers_without_a_token_are_none() {
        let long = "x".repeat(5_000);
        let body = format!(r#"{{"error":"invalid_client","error_description":"{long}"}}"#);
        let refused = read(401, &body).unwrap_err();
        assert!(
            refused.contains("401 invalid_client") && refused.len() < 500,
            "{refused}"
        );
        for body in [
            "",
            "[]",
            "{}",
            "<html>",
            r#"{"access_token":7,"token_type":"Bearer"}"#,
            r#"{"access_token":"","token_type":"Bearer"}"#,
            r#"{"access_token":"a","token_type":"mac"}"#,
            r#"{"access_token":"a"}"#,
        ] {
            assert!(read(200, body).is_err(), "{body}");
        }
    }
}
