//! How a client gets its tokens (SMART App Launch: Backend Services).

use super::line::json;
use super::{Brief, Credentials, Line, Trouble};
use crate::mock::{Habit, Request};
use crate::oauth::Assertion;
use crate::signature::Algorithm;
use http::header::CONTENT_TYPE;
use http::{HeaderValue, Method};
use serde_json::Value;
use time::OffsetDateTime;
use url::form_urlencoded::Serializer;

/// How an assertion is named in a token request (RFC 7523, section 2.2).
const BEARER: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// Asks for a token for these scopes, and uses it from now on. Does nothing where none is needed, or the habit of asking
/// for one is broken; without a token in the answer it goes on as before.
pub(super) async fn authorize(
    brief: &Brief,
    line: &mut Line<'_>,
    scope: &str,
) -> Result<(), Trouble> {
    authorize_for(brief, line, scope, &[]).await
}

/// The same with further claims, which take the place of those that are there: `sub` for the data of one patient (PDex,
/// after a member match), `extensions` for who acts (UDAP Security, `hl7-b2b`).
pub(super) async fn authorize_for(
    brief: &Brief,
    line: &mut Line<'_>,
    scope: &str,
    claims: &[(&str, Value)],
) -> Result<(), Trouble> {
    let Some(credentials) = &brief.credentials else {
        return Ok(());
    };
    if !line.keeps(Habit::AsksForAToken) {
        return Ok(());
    }
    let claims = claims.iter();
    let wish = Wish {
        credentials: credentials.clone(),
        scope: scope.to_owned(),
        claims: claims
            .map(|(name, value)| ((*name).to_owned(), value.clone()))
            .collect(),
    };
    fulfil(line, wish).await?;
    Ok(())
}

/// What a token is asked for with.
#[derive(Clone)]
pub(super) struct Wish {
    credentials: Credentials,
    scope: String,
    claims: Vec<(String, Value)>,
}

/// Asks for a token, and uses it from now on. Whether there is one; where there is not, it goes on as before.
pub(super) async fn fulfil(line: &mut Line<'_>, wish: Wish) -> Result<bool, Trouble> {
    let Some((key, key_id)) = &wish.credentials.key else {
        return Ok(false);
    };
    let discovery = line.get("/.well-known/smart-configuration");
    let configuration = json(&line.ask_openly(discovery).await?);
    let Some(endpoint) = configuration["token_endpoint"].as_str() else {
        return Ok(false);
    };
    let client = &wish.credentials.client_id;
    let now = OffsetDateTime::now_utc();
    let mut assertion = Assertion::client(client, endpoint, now, &unique()?);
    for (name, value) in &wish.claims {
        assertion = assertion.claim(name, value.clone());
    }
    let assertion = assertion
        .key_id(key_id)
        .sign(key, Algorithm::Es384)
        .map_err(|error| Trouble::Unable(error.to_string()))?;
    let form = [
        ("grant_type", "client_credentials"),
        ("scope", &wish.scope),
        ("client_assertion_type", BEARER),
        ("client_assertion", &assertion),
    ];
    let request = self::form(line, endpoint, &form);
    let answer = json(&line.ask_openly(request).await?);
    let token = answer["access_token"].as_str().map(str::to_owned);
    let is_given = token.is_some();
    if let Some(token) = token {
        line.use_renewable(token, wish);
    }
    Ok(is_given)
}

/// A POST of a form.
pub(super) fn form(line: &Line<'_>, address: &str, pairs: &[(&str, &str)]) -> Request {
    let mut request = line.request(Method::POST, address);
    let kind = HeaderValue::from_static("application/x-www-form-urlencoded");
    request.headers.insert(CONTENT_TYPE, kind);
    let form = Serializer::new(String::new()).extend_pairs(pairs).finish();
    request.body = form.into();
    request
}

/// A word that was never used before.
pub(super) fn unique() -> Result<String, Trouble> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).map_err(|error| Trouble::Unable(error.to_string()))?;
    Ok(bytes
        .iter()
        .fold(String::new(), |text, byte| format!("{text}{byte:02x}")))
}
