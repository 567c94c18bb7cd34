//! Clients that register themselves and say for whom they act (UDAP Security STU1: discovery, registration, B2B).

use super::World;
use super::drive::{Arguments, Halt, Outcome};
use super::expect::describe;
use super::mismatch::Mismatch;
use super::smart_configuration::UDAP;
use super::token_request::{token, told};
use crate::access::{self, Access, Registration, Udap, Way};
use crate::http::Request;
use crate::oauth::{Assertion, Jwt};
use crate::signature::{
    AlternativeName, Authority, Certificate, Kind, PrivateKey, Request as ToIssue, Trust, trusted,
};
use serde_json::{Value, json};
use std::sync::Arc;
use time::{Duration, OffsetDateTime};
use url::Url;

super::book::steps! {
    /// Skips when `.well-known/udap` is not there.
    r"^a payer that offers UDAP$" => offers;
    /// Reads `.well-known/udap` without credentials.
    r"^a client reads what the payer tells of UDAP$" => read;
    /// One member of the metadata.
    r"^it tells of UDAP (the version|that clients can register|that clients may sign|that clients may act on their own|where to register|where tokens are given out|which grants there are|which scopes there are)$" => tells;
    /// One rule for `signed_metadata`.
    r"^the signed part (is signed as it says|is by the payer itself|is good for a year at most|names the same addresses)$" => signed;
    /// Registers with a software statement.
    r"^a client registers with a signed statement$" => register;
    /// Registers with a software statement that is wrong in one way.
    r"^a client registers with a statement that (comes from an authority that nobody trusts|is signed by somebody else|has expired|is meant for another server)$" => register_wrongly;
    /// Registers; skips when that does not work.
    r"^a client that has registered with a signed statement$" => registered;
    /// 201 with a client_id, or 200 when the client was known.
    r"^it is registered and gets a name$" => has_name;
    /// A 4xx without a client_id.
    r"^it is not registered$" => not_registered;
    /// Asks for a token by client credentials with `udap=1`.
    r"^the client asks for a token (and says for whom and what for|and does not say what for|on behalf of the provider|on behalf of a provider whom nobody knows)$" => ask;
    /// 200 with a token.
    r"^the client gets a token$" => gets;
    /// A 4xx, and no token.
    r"^the client gets no token$" => gets_none;
    /// There is a way to show who one is beside mutual TLS.
    r"^it finds one that is not mutual TLS$" => not_mutual_tls;
}

/// A well-formed number that no directory has.
const UNKNOWN_NPI: &str = "1999999992";

impl World {
    /// The client that makes itself known by its certificate.
    fn udap(&self) -> Result<Arc<Access>, Halt> {
        let access = self.access()?;
        let found = match access.way() {
            Way::Udap(_) => Some(access),
            _ => access.udap.clone(),
        };
        found.ok_or_else(|| {
            Halt::Skip(
                "there is no certificate to register with: add [target.auth.udap] to vitruvian.toml".into(),
            )
        })
    }

    /// What the server tells of UDAP; asked once in a run.
    async fn udap_metadata(&mut self) -> Result<Value, Halt> {
        let context = self.context()?;
        let about = format!("{} {UDAP}", self.system()?);
        let learn = async { Ok(self.well_known(UDAP).await?.into_iter().collect()) };
        let found = context.memory.answer(about, learn).await?;
        found.first().cloned().ok_or_else(|| {
            Halt::Inapplicable("the payer does not offer UDAP: it has no .well-known/udap".into())
        })
    }

    async fn udap_endpoint(&mut self, name: &str) -> Result<Url, Halt> {
        let metadata = self.udap_metadata().await?;
        let url = metadata[name].as_str().and_then(|url| Url::parse(url).ok());
        url.ok_or_else(|| Halt::Skip(format!("the payer tells no {name} of UDAP")))
    }

    async fn register_with(&mut self, statement: String) -> Outcome {
        let url = self.udap_endpoint("registration_endpoint").await?;
        self.send_bare(Udap::registration_request(&url, &statement))
            .await
    }

    /// A right statement for the registration endpoint, not signed yet.
    async fn software_statement(&mut self, access: &Access) -> Result<Assertion, Halt> {
        let url = self.udap_endpoint("registration_endpoint").await?;
        let registration = access.registration();
        let statement = of(access)?.statement(registration, &url);
        statement.map_err(unusable)
    }

    async fn register_rightly(&mut self) -> Outcome {
        let access = self.udap()?;
        let statement = self.software_statement(&access).await?;
        let signed = access.registration().signed(&statement).map_err(unusable)?;
        // Where the run gets its own tokens by this client, the name that it had is not good any more.
        let register = async {
            let sent = self.register_with(signed).await;
            let id = match &sent {
                Ok(()) => client_id(self).ok().flatten(),
                Err(_) => None,
            };
            (id, sent)
        };
        of(&access)?.register_by_hand(register).await
    }
}

fn unusable(error: access::Error) -> Halt {
    Halt::Error(format!("nothing can be asked for: {error}"))
}

fn of(access: &Access) -> Result<&Udap, Halt> {
    match access.way() {
        Way::Udap(udap) => Ok(udap),
        _ => Err(Halt::Error(
            "the client has no certificate to register with".into(),
        )),
    }
}

async fn offers(world: &mut World, _: Arguments<'_>) -> Outcome {
    world.udap_metadata().await.map(|_| ())
}

async fn read(world: &mut World, _: Arguments<'_>) -> Outcome {
    let request = Request::get(UDAP)
        .header("accept", "application/json")
        .anonymous();
    world.send(request).await?;
    let reply = world.reply()?;
    let result = match (reply.status, reply.json()) {
        (200, Ok(document)) if document.is_object() => Ok(()),
        _ => Err(Mismatch::new("a document in JSON (status 200)", describe(reply)).at(UDAP)),
    };
    world.judge(result)
}

async fn tells(world: &mut World, arguments: Arguments<'_>) -> Outcome {
    let document = world.reply()?.json().unwrap_or_default();
    let (name, wanted): (&str, &[&str]) = match arguments.word(1) {
        "the version" => ("udap_versions_supported", &["1"]),
        "that clients can register" => ("udap_profiles_supported", &["udap_dcr"]),
        "that clients may sign" => (
            "token_endpoint_auth_methods_supported",
            &["private_key_jwt"],
        ),
        "that clients may act on their own" => {
            ("udap_profiles_supported", &["udap_authn", "udap_authz"])
        }
        "where to register" => ("registration_endpoint", &[]),
        "where tokens are given out" => ("token_endpoint", &[]),
        "which grants there are" => ("grant_types_supported", &["client_credentials"]),
        _ => ("scopes_supported", &[]),
    };
    let value = &document[name];
    let has = |word: &&&str| {
        let all = value.as_array().map(Vec::as_slice).unwrap_or_default();
        all.iter().any(|one| one == **word)
    };
    let missing: Vec<&&str> = wanted.iter().filter(|word| !has(word)).collect();
    let is_there = match value {
        Value::String(text) => url::Url::parse(text).is_ok(),
        Value::Array(all) => !all.is_empty(),
        _ => false,
    };
    let result = match missing.first() {
        None if is_there => Ok(()),
        None => Err(Mismatch::new("something", value.to_string())),
        Some(word) => Err(Mismatch::new(
            format!("{word} in the list"),
            value.to_string(),
        )),
    };
    world.judge(result.map_err(|mismatch| mismatch.at(format!("$.{name}"))))
}

async fn signed(world: &mut World, arguments: Arguments<'_>) -> Outcome {
    let document = world.reply()?.json().unwrap_or_default();
    let anchors = match world.udap() {
        Ok(access) => of(&access)?.anchors.clone(),
        Err(_) => Vec::new(),
    };
    let base = world.target()?.client.base().to_string();
    let Some(text) = document["signed_metadata"].as_str() else {
        let mismatch = Mismatch::new("a signed token", document["signed_metadata"].to_string());
        return world.judge(Err(mismatch.at("$.signed_metadata")));
    };
    let result = match arguments.word(1) {
        "is signed as it says" => {
            let at = world.now();
            signed_rightly(text, Trust { anchors, at })
        }
        "is by the payer itself" => by_payer(text, &base),
        "is good for a year at most" => for_a_year(text, world.now()),
        _ => same_addresses(text, &document),
    };
    world.judge(result.map_err(|mismatch| mismatch.at("$.signed_metadata")))
}

fn parsed(text: &str) -> Result<(Jwt, Vec<Certificate>), Mismatch> {
    let unreadable =
        |error: &dyn std::fmt::Display| Mismatch::new("a signed token", error.to_string());
    let token = Jwt::parse(text).map_err(|error| unreadable(&error))?;
    let certificates = token.certificates().map_err(|error| unreadable(&error))?;
    Ok((token, certificates))
}

fn signed_rightly(text: &str, trust: Trust) -> Result<(), Mismatch> {
    let (token, certificates) = parsed(text)?;
    let Some(leaf) = certificates.first() else {
        return Err(Mismatch::new("the certificate of the signer (x5c)", "none"));
    };
    if token.header.get("alg") != Some(&json!("RS256")) {
        let found = token.header.get("alg").unwrap_or(&Value::Null).to_string();
        return Err(Mismatch::new("the algorithm RS256", found));
    }
    token.verify(leaf.key()).map_err(|error| {
        Mismatch::new(
            "a signature by the key of the certificate",
            error.to_string(),
        )
    })?;
    if trust.anchors.is_empty() {
        return Ok(());
    }
    trusted(&certificates, &trust)
        .map(|_| ())
        .map_err(|why| Mismatch::new("a certificate of an authority that is trusted", why))
}

fn by_payer(text: &str, base: &str) -> Result<(), Mismatch> {
    let (token, certificates) = parsed(text)?;
    let bare = |text: &str| text.trim_end_matches('/').to_owned();
    let issuer = token.text("iss").unwrap_or_default();
    for claim in ["iss", "sub"] {
        let found = token.text(claim).unwrap_or("nothing");
        if bare(found) != bare(base) {
            return Err(Mismatch::new(format!("{claim} is the base {base}"), found));
        }
    }
    let names = certificates
        .first()
        .and_then(|leaf| leaf.alternative_names().ok().flatten());
    let is_named = names.unwrap_or_default().iter().any(|name| match name {
        AlternativeName::Uri(uri) => bare(uri) == bare(issuer),
        _ => false,
    });
    match is_named {
        true => Ok(()),
        false => Err(Mismatch::new(
            format!("a certificate with {issuer} among its alternative names"),
            "another one",
        )),
    }
}

fn for_a_year(text: &str, now: OffsetDateTime) -> Result<(), Mismatch> {
    let (token, _) = parsed(text)?;
    let (issued, ends) = (token.seconds("iat"), token.seconds("exp"));
    let now = now.unix_timestamp();
    match (issued, ends) {
        (Some(issued), Some(ends)) if ends > now && ends - issued <= 366 * 24 * 60 * 60 => Ok(()),
        _ => Err(Mismatch::new(
            "a time from iat to exp of a year at most, that is not over",
            format!("iat {issued:?}, exp {ends:?}"),
        )),
    }
}

fn same_addresses(text: &str, document: &Value) -> Result<(), Mismatch> {
    let (token, _) = parsed(text)?;
    for name in [
        "token_endpoint",
        "registration_endpoint",
        "authorization_endpoint",
    ] {
        let signed = token.claims.get(name).unwrap_or(&Value::Null);
        let is_needed = name != "authorization_endpoint" || !document[name].is_null();
        if is_needed && *signed != document[name] {
            return Err(Mismatch::new(
                format!("{name} {}, as it is told unsigned", document[name]),
                signed.to_string(),
            ));
        }
    }
    Ok(())
}

async fn register(world: &mut World, _: Arguments<'_>) -> Outcome {
    world.register_rightly().await
}

async fn register_wrongly(world: &mut World, arguments: Arguments<'_>) -> Outcome {
    let access = world.udap()?;
    let statement = world.software_statement(&access).await?;
    let now = OffsetDateTime::now_utc();
    let at = |minutes: i64| json!((now + Duration::minutes(minutes)).unix_timestamp());
    let made = |error: &dyn std::fmt::Display| Halt::Error(format!("no key can be made: {error}"));
    let mut signer = access.registration().clone();
    let kind = signer.key.as_ref().map_or(Kind::Rsa, |key| key.kind());
    let statement = match arguments.word(1) {
        "comes from an authority that nobody trusts" => {
            let issuer = of(&access)?.issuer(&signer).map_err(unusable)?;
            let key = PrivateKey::generate(kind).map_err(|error| made(&error))?;
            let authority = Authority::root("Vitruvian Authority That Nobody Trusts");
            let authority = authority.map_err(|error| made(&error))?;
            let leaf = authority.issue(&ToIssue::client("Vitruvian Test Client", &issuer), &key);
            let leaf = leaf.map_err(|error| made(&error))?;
            signer.key = Some(Arc::new(key));
            statement.certificates(&[leaf, authority.certificate().clone()])
        }
        "is signed by somebody else" => {
            let key = PrivateKey::generate(kind).map_err(|error| made(&error))?;
            signer.key = Some(Arc::new(key));
            statement
        }
        "has expired" => statement.claim("iat", at(-20)).claim("exp", at(-15)),
        _ => statement.claim("aud", json!("https://nobody.vitruvian.example/register")),
    };
    let signed = signer.signed(&statement).map_err(unusable)?;
    world.register_with(signed).await
}

/// The name that a registration gave, if it did.
fn client_id(world: &World) -> Result<Option<String>, Halt> {
    let reply = world.reply()?;
    let body = reply.json().unwrap_or_default();
    let is_success = matches!(reply.status, 200 | 201);
    Ok(body["client_id"]
        .as_str()
        .filter(|_| is_success)
        .map(str::to_owned))
}

async fn registered(world: &mut World, _: Arguments<'_>) -> Outcome {
    let context = world.context()?;
    let about = format!("{} UDAP client", world.system()?);
    let learn = async {
        world.register_rightly().await?;
        let answer = describe(world.reply()?);
        let id = client_id(world)?;
        id.ok_or_else(|| Halt::Skip(format!("the client cannot be registered: {answer}")))
    };
    world.udap_client = Some(context.memory.record_number(about, learn).await?);
    Ok(())
}

async fn has_name(world: &mut World, _: Arguments<'_>) -> Outcome {
    let is_named = client_id(world)?.is_some_and(|id| !id.is_empty());
    let reply = world.reply()?;
    // A client that is known already is told so by 200 (UDAP Security, section 3.4).
    let result = match is_named && matches!(reply.status, 200 | 201) {
        true => Ok(()),
        false => Err(Mismatch::new(
            "a registration (status 201, or 200 if it was known, with a client_id)",
            told(reply),
        )
        .at("$.client_id")),
    };
    world.judge(result)
}

async fn not_registered(world: &mut World, _: Arguments<'_>) -> Outcome {
    let is_named = client_id(world)?.is_some();
    let reply = world.reply()?;
    let result = match !is_named && (400..500).contains(&reply.status) {
        true => Ok(()),
        false => Err(Mismatch::new("a refusal (status 400)", told(reply)).at("HTTP status")),
    };
    world.judge(result)
}

async fn ask(world: &mut World, arguments: Arguments<'_>) -> Outcome {
    let access = world.udap()?;
    let udap = of(&access)?;
    // Another scenario may have had it registered anew meanwhile.
    let client = udap.remembered().await.or(world.udap_client.clone());
    let client =
        client.ok_or_else(|| Halt::Error("no client was registered before this step".into()))?;
    let registration = Registration {
        client_id: client,
        ..access.registration().clone()
    };
    let url = world.udap_endpoint("token_endpoint").await?;
    let right = registration.assertion(&url).map_err(unusable)?;
    let words = arguments.word(1);
    let mut extension = udap.b2b.clone();
    if words.starts_with("on behalf of") {
        let provider = world.provider()?.party;
        let is_known = words == "on behalf of the provider";
        let npi = if is_known { &provider.npi } else { UNKNOWN_NPI };
        extension.subject_id = Some(format!("urn:oid:2.16.840.1.113883.4.6#{npi}"));
        extension.subject_name = Some(if is_known {
            provider.name
        } else {
            "Nobody Knows".to_owned()
        });
        extension.subject_role = Some("urn:oid:2.16.840.1.113883.6.101#207Q00000X".to_owned());
    }
    let assertion = match words {
        "and does not say what for" => right,
        _ => right.b2b(&extension),
    };
    let signed = registration.signed(&assertion).map_err(unusable)?;
    let request = udap
        .token_request(&registration, &url, Some(&signed))
        .map_err(unusable)?;
    world.send_bare(request).await
}

async fn gets(world: &mut World, _: Arguments<'_>) -> Outcome {
    let reply = world.reply()?;
    let result = match token(reply) {
        Some(_) => Ok(()),
        None => Err(Mismatch::new("a token (status 200)", told(reply)).at("$.access_token")),
    };
    world.judge(result)
}

async fn gets_none(world: &mut World, _: Arguments<'_>) -> Outcome {
    let reply = world.reply()?;
    let result = match token(reply).is_none() && (400..500).contains(&reply.status) {
        true => Ok(()),
        false => Err(Mismatch::new("a refusal (invalid_grant)", told(reply)).at("$.error")),
    };
    world.judge(result)
}

async fn not_mutual_tls(world: &mut World, _: Arguments<'_>) -> Outcome {
    let is_told = world
        .records
        .iter()
        .any(|document| document["token_endpoint"].is_string());
    let result = match is_told {
        true => Ok(()),
        false => Err(
            Mismatch::new("UDAP metadata or a smart-configuration", "neither").at(".well-known"),
        ),
    };
    world.judge(result)
}
