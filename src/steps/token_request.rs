//! Asking for tokens, rightly and wrongly (RFC 6749, RFC 7523; SMART App Launch 2.2, Backend Services).

use super::World;
use super::drive::{Arguments, Halt, Outcome};
use super::expect::describe;
use super::mismatch::Mismatch;
use crate::access::{self, Access, Registration, Way};
use crate::evidence::Secret;
use crate::http::{Reply, Request};
use crate::oauth::{Assertion, Scopes};
use crate::signature::{Kind, PrivateKey};
use serde_json::{Value, json};
use std::sync::Arc;
use time::{Duration, OffsetDateTime};

super::book::steps! {
    /// Asks for a token as the client is registered; the answer is judged.
    r"^a client asks for a token$" => ask;
    /// Asks for a token with an assertion that is wrong in one way; the answer is judged.
    r"^a client asks for a token with an assertion that (is meant for another server|has expired|was used before|is signed by somebody else|is not signed|names a key that nobody knows|is of a client that nobody knows|has no number of its own|does not say what it is)$" => ask_wrongly;
    /// Asks for a scope that no such client may have; the answer is judged.
    r"^a client asks for a token for (everything of one patient|everything of one user)$" => ask_for_more;
    /// access_token, token_type Bearer, expires_in and scope, in JSON.
    r"^(?:it gets one|the app gets a token) with its type, its lifetime and its scope$" => complete;
    /// Cache-Control: no-store.
    r"^the answer must not be kept by anybody on the way$" => uncached;
    /// No scope was granted that was not asked for.
    r"^it is for no more than was asked for$" => no_more;
    /// expires_in is at most 300.
    r"^the token lives five minutes at most$" => short_lived;
    /// 400 or 401 with invalid_client or invalid_request, and no token.
    r"^no token is given out, for want of a client that is known$" => unknown_client;
    /// An error, or a scope without what was asked for.
    r"^it gets none, or one for less$" => none_or_less;
}

/// A request for a token that was sent: which answer it got, and what it asked for.
#[derive(Clone, Debug, Default)]
pub(super) struct Asked {
    scope: String,
}

impl World {
    /// How the run is registered at the server, where it gets tokens by itself; skips when it does not.
    pub(super) async fn registration(&mut self) -> Result<Registration, Halt> {
        let access = self.access()?;
        if !matches!(access.way(), Way::Udap(_)) {
            return self.backend_registration();
        }
        let mut hops = Vec::new();
        let known = access.known(&mut hops).await;
        self.record(&hops)?;
        known.map_err(|error| Halt::Skip(error.to_string()))
    }

    /// The same for what SMART Backend Services says of tokens and of those who ask for them; UDAP has rules of its own.
    fn backend_registration(&self) -> Result<Registration, Halt> {
        let access = self.access()?;
        match access.way() {
            Way::Backend | Way::ClientCredentials => Ok(access.registration().clone()),
            Way::Udap(_) => Err(Halt::Skip(
                "tokens are had by UDAP: to try more, have a client registered with a key and name it in [target.auth]"
                    .into(),
            )),
            Way::Static(_) | Way::App(_) => Err(Halt::Skip(
                "no client is registered that gets tokens by itself: add [target.auth] with client_id and key to \
                 vitruvian.toml"
                    .into(),
            )),
        }
    }

    /// The same for a client that shows who it is by a signature.
    fn signing_registration(&self) -> Result<Registration, Halt> {
        let registration = self.backend_registration()?;
        match registration.key.is_some() {
            true => Ok(registration),
            false => Err(Halt::Skip(
                "the client shows who it is by a secret, not by a signature".into(),
            )),
        }
    }

    /// Asks for a token; `assertion` stands in place of the right one. The inner result is the answer when no token
    /// came.
    async fn had_token(
        &mut self,
        access: &Access,
        registration: &Registration,
        assertion: Option<&str>,
    ) -> Result<Result<Secret, String>, Halt> {
        let url = self.token_url().await?;
        let request = access.token_request(registration, &url, assertion);
        self.prepare_bare(request.map_err(unusable)?).await?;
        let had = token(self.reply()?);
        if had.is_none() && assertion.is_none() && matches!(access.way(), Way::Udap(_)) {
            // Another scenario may have had the client registered anew since, under another name.
            let renamed = Registration {
                scope: registration.scope.clone(),
                ..self.registration().await?
            };
            if renamed.client_id != registration.client_id {
                let request = access.token_request(&renamed, &url, None);
                self.prepare_bare(request.map_err(unusable)?).await?;
            }
        }
        let reply = self.reply()?;
        Ok(token(reply).ok_or_else(|| told(reply)))
    }

    /// Asks for a token as the client is registered, for a scope.
    pub(super) async fn token_as(
        &mut self,
        access: &Access,
        registration: &Registration,
        scope: &str,
    ) -> Result<Result<Secret, String>, Halt> {
        let registration = Registration {
            scope: scope.to_owned(),
            ..registration.clone()
        };
        self.had_token(access, &registration, None).await
    }

    /// The request for a token as the client is registered.
    pub(super) async fn own_token_request(&mut self) -> Result<Request, Halt> {
        let registration = self.registration().await?;
        let url = self.token_url().await?;
        let request = self.access()?.token_request(&registration, &url, None);
        request.map_err(unusable)
    }

    /// A new token with all that the client may have.
    pub(super) async fn own_token(&mut self) -> Result<Secret, Halt> {
        let registration = self.registration().await?;
        let access = self.access()?;
        let token = self.had_token(&access, &registration, None).await?;
        token.map_err(|why| Halt::Skip(format!("the client gets no token: {why}")))
    }

    /// Asks for a token about a member: the member is the subject of the assertion (PDex, request access token for
    /// member access).
    pub(super) async fn token_about(
        &mut self,
        subject: &str,
    ) -> Result<Result<Secret, String>, Halt> {
        let registration = self.signing_registration()?;
        let url = self.token_url().await?;
        let right = registration.assertion(&url).map_err(unusable)?;
        let about = registration.signed(&right.claim("sub", json!(subject)));
        let access = self.access()?;
        self.had_token(&access, &registration, Some(&about.map_err(unusable)?))
            .await
    }
}

fn unusable(error: access::Error) -> Halt {
    Halt::Error(format!("no token can be asked for: {error}"))
}

/// The token in an answer.
pub(super) fn token(reply: &Reply) -> Option<Secret> {
    let body = reply.json().ok().filter(|_| reply.status == 200)?;
    body["access_token"].as_str().map(Secret::new)
}

/// What an error of a token endpoint says (RFC 6749, 5.2).
pub(super) fn told(reply: &Reply) -> String {
    let body = reply.json().unwrap_or_default();
    match body["error"].as_str() {
        Some(error) => format!("status {} with the error {error}", reply.status),
        None if !body["access_token"].is_null() => format!("status {} with a token", reply.status),
        None => describe(reply),
    }
}

async fn ask(world: &mut World, _: Arguments<'_>) -> Outcome {
    let registration = world.backend_registration()?;
    send(world, &registration, None).await
}

/// Asks for a token; the answer is judged.
async fn send(world: &mut World, registration: &Registration, assertion: Option<&str>) -> Outcome {
    let url = world.token_url().await?;
    world.asked = Asked {
        scope: registration.scope.clone(),
    };
    let request = Access::credentials_request(registration, &url, assertion);
    world.send_bare(request.map_err(unusable)?).await
}

async fn ask_wrongly(world: &mut World, arguments: Arguments<'_>) -> Outcome {
    let registration = world.signing_registration()?;
    let url = world.token_url().await?;
    let right = registration.assertion(&url).map_err(unusable)?;
    let now = OffsetDateTime::now_utc();
    let at = |minutes: i64| json!((now + Duration::minutes(minutes)).unix_timestamp());
    let mut signer = registration.clone();
    let assertion = match arguments.word(1) {
        "is meant for another server" => {
            right.claim("aud", json!("https://nobody.vitruvian.example/token"))
        }
        "has expired" => right.claim("iat", at(-20)).claim("exp", at(-15)),
        "is signed by somebody else" => {
            let kind = registration
                .key
                .as_ref()
                .map_or(Kind::P384, |key| key.kind());
            let key = PrivateKey::generate(kind);
            let key = key.map_err(|error| Halt::Error(format!("no key can be made: {error}")))?;
            signer.key = Some(Arc::new(key));
            right
        }
        "is not signed" => return send(world, &registration, Some(&right.unsigned())).await,
        "names a key that nobody knows" => right.key_id("vitruvian-no-such-key"),
        "is of a client that nobody knows" => {
            let nobody = json!("vitruvian-nobody");
            right.claim("iss", nobody.clone()).claim("sub", nobody)
        }
        "has no number of its own" => right.without_claim("jti"),
        "does not say what it is" => {
            let signed = registration.signed(&right).map_err(unusable)?;
            return send_untyped(world, &registration, &signed).await;
        }
        _ => return send_twice(world, &registration, &right).await,
    };
    let signed = signer.signed(&assertion).map_err(unusable)?;
    send(world, &registration, Some(&signed)).await
}

/// Sends an assertion without `client_assertion_type`.
async fn send_untyped(world: &mut World, registration: &Registration, signed: &str) -> Outcome {
    let url = world.token_url().await?;
    let fields = [
        ("grant_type", "client_credentials"),
        ("scope", registration.scope.as_str()),
        ("client_assertion", signed),
    ];
    let request = Request::post_form(url.as_str(), &fields).header("accept", "application/json");
    world.send_bare(request.unfollowed()).await
}

/// Sends an assertion that is good once a second time.
async fn send_twice(world: &mut World, registration: &Registration, right: &Assertion) -> Outcome {
    let signed = registration.signed(right).map_err(unusable)?;
    let access = world.access()?;
    if let Err(why) = world
        .had_token(&access, registration, Some(&signed))
        .await?
    {
        return Err(Halt::Skip(format!(
            "the client gets no token the first time: {why}"
        )));
    }
    send(world, registration, Some(&signed)).await
}

async fn ask_for_more(world: &mut World, arguments: Arguments<'_>) -> Outcome {
    let mut registration = world.backend_registration()?;
    registration.scope = match arguments.word(1) {
        "everything of one patient" => "patient/*.rs",
        _ => "user/*.rs",
    }
    .to_owned();
    send(world, &registration, None).await
}

/// The answer of the token endpoint; skips when it gives out no token, which another scenario judges.
fn granted(world: &World) -> Result<Value, Halt> {
    let reply = world.reply()?;
    match token(reply) {
        Some(_) => Ok(reply.json().unwrap_or_default()),
        None => Err(Halt::Skip(format!(
            "no token was given out: {}",
            told(reply)
        ))),
    }
}

async fn complete(world: &mut World, _: Arguments<'_>) -> Outcome {
    let reply = world.reply()?;
    if token(reply).is_none() {
        let mismatch = Mismatch::new("a token (status 200 with access_token)", told(reply));
        return world.judge(Err(mismatch.at("$.access_token")));
    }
    let body = reply.json().unwrap_or_default();
    let mut mismatches = Vec::new();
    let kind = reply.header("content-type").unwrap_or_default();
    if !kind.to_ascii_lowercase().starts_with("application/json") {
        mismatches.push(Mismatch::new("application/json", kind).at("header Content-Type"));
    }
    let is_bearer = body["token_type"]
        .as_str()
        .is_some_and(|kind| kind.eq_ignore_ascii_case("bearer"));
    if !is_bearer {
        mismatches.push(Mismatch::new("bearer", body["token_type"].to_string()).at("$.token_type"));
    }
    if body["expires_in"]
        .as_u64()
        .is_none_or(|seconds| seconds == 0)
    {
        mismatches.push(
            Mismatch::new("a number of seconds", body["expires_in"].to_string()).at("$.expires_in"),
        );
    }
    if body["scope"].as_str().is_none_or(str::is_empty) {
        mismatches.push(
            Mismatch::new("the scope that was granted", body["scope"].to_string()).at("$.scope"),
        );
    }
    world.judge_each(mismatches)
}

async fn uncached(world: &mut World, _: Arguments<'_>) -> Outcome {
    granted(world)?;
    let control = world
        .reply()?
        .header("cache-control")
        .unwrap_or("none")
        .to_owned();
    let is_right = control
        .to_ascii_lowercase()
        .split(',')
        .any(|word| word.trim() == "no-store");
    let result = match is_right {
        true => Ok(()),
        false => Err(Mismatch::new("Cache-Control: no-store", control)
            .at("header Cache-Control")
            .hint("RFC 6749, section 5.1, demands it of every answer with a token")),
    };
    world.judge(result)
}

/// The scopes in a list that are not within another list.
fn beyond<'a>(granted: &'a str, asked: &str) -> Vec<&'a str> {
    let asked = Scopes::parse(asked);
    let is_beyond = |scope: &&str| !Scopes::parse(scope).is_within(&asked);
    granted.split_whitespace().filter(is_beyond).collect()
}

async fn no_more(world: &mut World, _: Arguments<'_>) -> Outcome {
    let body = granted(world)?;
    let asked = world.asked.scope.clone();
    if asked.is_empty() {
        return Err(Halt::Skip(
            "no scope was asked for, as none is configured".into(),
        ));
    }
    let more = beyond(body["scope"].as_str().unwrap_or_default(), &asked).join(" ");
    let result = match more.is_empty() {
        true => Ok(()),
        false => Err(Mismatch::new(format!("nothing beyond {asked}"), more).at("$.scope")),
    };
    world.judge(result)
}

async fn short_lived(world: &mut World, _: Arguments<'_>) -> Outcome {
    let body = granted(world)?;
    let result = match body["expires_in"].as_u64() {
        Some(1..=300) => Ok(()),
        _ => Err(
            Mismatch::new("at most 300 seconds", body["expires_in"].to_string()).at("$.expires_in"),
        ),
    };
    world.judge(result)
}

async fn unknown_client(world: &mut World, _: Arguments<'_>) -> Outcome {
    let reply = world.reply()?;
    let body = reply.json().unwrap_or_default();
    let error = body["error"].as_str().unwrap_or_default();
    let is_refused = matches!(reply.status, 400 | 401) && token(reply).is_none();
    let result = if is_refused && matches!(error, "invalid_client" | "invalid_request") {
        Ok(())
    } else {
        let expected =
            "no token: status 400 or 401 with the error invalid_client or invalid_request";
        Err(Mismatch::new(expected, told(reply)).at("$.error"))
    };
    world.judge(result)
}

async fn none_or_less(world: &mut World, _: Arguments<'_>) -> Outcome {
    let reply = world.reply()?;
    let asked = world.asked.scope.clone();
    let result = match token(reply) {
        None if matches!(reply.status, 400..=403) => Ok(()),
        None => Err(Mismatch::new(
            "a refusal (invalid_scope), or a token for less",
            told(reply),
        )
        .at("HTTP status")),
        Some(_) => {
            let body = reply.json().unwrap_or_default();
            // Without a word about it, what was asked for is granted (RFC 6749, 5.1).
            let granted = body["scope"].as_str().unwrap_or(&asked).to_owned();
            let is_granted = granted.split_whitespace().any(|scope| scope == asked);
            match is_granted {
                true => Err(Mismatch::new(format!("no token for {asked}"), granted).at("$.scope")),
                false => Ok(()),
            }
        }
    };
    world.judge(result)
}
