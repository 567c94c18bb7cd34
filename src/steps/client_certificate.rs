//! Clients that show by a certificate who they are, or do not (mutual TLS: RFC 8705; HRex, security).

use super::World;
use super::caller::Credentials;
use super::drive::{Arguments, Halt, Outcome};
use super::expect::describe;
use super::mismatch::Mismatch;
use super::token_request::token;
use crate::http::{Failure, Identity, Request};
use crate::oauth::{Jwk, Jwks};
use crate::signature::{Authority, Certificate, Kind, PrivateKey, Request as ToIssue, self_signed};
use serde_json::json;

super::book::steps! {
    /// Skips unless the run has a certificate to show.
    r"^a (?:payer|provider) that has agreed on mutual TLS$" => agreed;
    /// Does what the words say over connections on which another certificate is shown, or none.
    r"^a client (without a certificate|with another certificate|with a certificate that it signed itself|with a certificate of an authority that nobody trusts) (reads the member's record with the token of the new payer|reads the provider's records with the token of the payer|gets a token, and reads the member's record with it|gets a token, and reads the provider's records with it|gets a token, and asks for a match with it)$" => attempt;
    /// Registers by RFC 7591 over a connection with or without a certificate.
    r"^a client registers itself (with its certificate|without a certificate)$" => register;
    /// The connection was closed for want of a certificate, or the answer is 400, 401 or 403.
    r"^the (?:payer|provider) does not let it in, or breaks off$" => kept_out;
}

/// A certificate to show, and its private key.
type Pair = (Certificate, PrivateKey);

impl World {
    /// Sends a request over connections of their own. That the server breaks off because of who we are is kept.
    async fn send_over(&mut self, identity: Option<Identity>, request: Request) -> Outcome {
        let target = self.target()?;
        let client = target.client.with_identity(identity);
        let client = client.map_err(|error| Halt::Error(error.to_string()))?;
        let sent = client.send(request).await;
        self.record(&sent.hops)?;
        self.tried_from = self.replies.len();
        self.broke_off = None;
        match sent.result {
            Ok(reply) => self.keep_reply(reply),
            Err(failure) if failure.may_be_refused_certificate() => {
                self.broke_off = Some(failure.to_string());
            }
            Err(failure @ (Failure::Closed { .. } | Failure::Protocol { .. })) => {
                self.judge(Err(Mismatch::new("an HTTP answer", failure.to_string())))?;
            }
            Err(failure) => return Err(Halt::Error(failure.to_string())),
        }
        Ok(())
    }

    /// Whether the server speaks to nobody without a certificate.
    pub(super) async fn is_mutual_tls_demanded(&mut self) -> Result<bool, Halt> {
        if self.target()?.client.identity().is_none() {
            return Ok(false);
        }
        self.send_over(None, Request::get("metadata").anonymous())
            .await?;
        Ok(self.broke_off.take().is_some())
    }

    /// The certificate that the words of a feature stand for.
    fn identity(&self, words: &str) -> Result<Option<Identity>, Halt> {
        let made = |error: &dyn std::fmt::Display| {
            Halt::Error(format!("no certificate can be made: {error}"))
        };
        let whom = ToIssue::client(
            "Vitruvian Test Client",
            "https://nobody.vitruvian.example/client",
        );
        let pair: Pair = match words {
            "without a certificate" => return Ok(None),
            "with another certificate" => {
                let other = self.target()?.other_identity.clone();
                return other.map(Some).ok_or_else(|| {
                    Halt::Skip(
                        "no second client certificate is known: name one in target.tls.other_certificate and other_key"
                            .into(),
                    )
                });
            }
            "with a certificate that it signed itself" => {
                let key = PrivateKey::generate(Kind::P256).map_err(|error| made(&error))?;
                (self_signed(&whom, &key).map_err(|error| made(&error))?, key)
            }
            _ => {
                let key = PrivateKey::generate(Kind::P256).map_err(|error| made(&error))?;
                let authority = Authority::root("Vitruvian Authority That Nobody Trusts");
                let authority = authority.map_err(|error| made(&error))?;
                (
                    authority.issue(&whom, &key).map_err(|error| made(&error))?,
                    key,
                )
            }
        };
        let (certificate, key) = pair;
        let identity = Identity::from_pem(certificate.to_pem().as_bytes(), key.to_pem().as_bytes());
        identity.map(Some).map_err(|error| made(&error))
    }
}

async fn agreed(world: &mut World, _: Arguments<'_>) -> Outcome {
    match world.target()?.client.identity().is_some() {
        true => Ok(()),
        false => Err(Halt::Inapplicable(
            "nobody has agreed on mutual TLS: no certificate is named in target.tls".into(),
        )),
    }
}

async fn attempt(world: &mut World, arguments: Arguments<'_>) -> Outcome {
    let identity = world.identity(arguments.word(1))?;
    let what = arguments.word(2).to_owned();
    let request = match what.as_str() {
        words if words.contains("asks for a match") => world.match_request()?,
        words if words.contains("reads the provider's records") => Request::get("Patient?_count=1"),
        _ => Request::get(format!("Patient/{}", world.member_record().await?)),
    };
    let credentials = match world.target()?.access {
        None => Credentials::None,
        Some(_) if what.starts_with("gets a token") => {
            let asked = world.own_token_request().await?;
            world.send_over(identity.clone(), asked).await?;
            let token = match world.broke_off {
                Some(_) => None,
                None => token(world.reply()?),
            };
            // Without a token it is kept out already.
            let Some(token) = token else {
                return Ok(());
            };
            Credentials::Bearer(token)
        }
        Some(_) => Credentials::Bearer(world.own_token().await?),
    };
    world.send_over(identity, credentials.dress(request)).await
}

async fn register(world: &mut World, arguments: Arguments<'_>) -> Outcome {
    let url = world.endpoint("registration_endpoint").await?;
    let same = world.target()?.client.base().origin() == url.origin();
    if !same {
        return Err(Halt::Skip(
            "registration is on another server than the records".into(),
        ));
    }
    let key = PrivateKey::generate(Kind::P384)
        .map_err(|error| Halt::Error(format!("no key can be made: {error}")))?;
    let keys = Jwks {
        keys: vec![Jwk::new(key.public()).with_id("vitruvian-new")],
    };
    let body = json!({
        "client_name": "Vitruvian Test Client",
        "grant_types": ["client_credentials"],
        "token_endpoint_auth_method": "private_key_jwt",
        "jwks": keys.to_json(),
        "scope": "system/*.rs",
    });
    let request = Request::new(http::Method::POST, url.as_str())
        .header("content-type", "application/json")
        .header("accept", "application/json")
        .body(body.to_string())
        .anonymous();
    let identity = match arguments.word(1) {
        "without a certificate" => None,
        _ => world.target()?.client.identity().cloned(),
    };
    world.send_over(identity, request).await
}

async fn kept_out(world: &mut World, _: Arguments<'_>) -> Outcome {
    if let Some(why) = world.broke_off.take() {
        world.note(why);
        return Ok(());
    }
    let reply = world.reply()?;
    let result = match reply.status {
        400 | 401 | 403 => Ok(()),
        _ => Err(Mismatch::new(
            "a handshake that fails, or a refusal (status 400, 401 or 403)",
            describe(reply),
        )
        .at("HTTP status")),
    };
    world.judge(result)
}
