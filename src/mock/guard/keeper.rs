//! The authorization server's own key: made when first asked for, once per process.

use crate::oauth::{Jwk, Jwks, sign};
use crate::signature::{
    Algorithm, Authority, AuthorityError, Certificate, Kind, PrivateKey, Request,
};
use serde_json::{Map, Value, json};
use std::sync::OnceLock;

/// Name of the key.
const KEY_ID: &str = "guard-1";

/// One who signs for the authorization server.
#[derive(Debug)]
struct Keeper {
    authority: Authority,
    key: PrivateKey,
}

impl Keeper {
    /// The one of this process. Its RSA key takes some tenths of a second the first time.
    fn of_process() -> Option<&'static Self> {
        static MADE: OnceLock<Result<Keeper, AuthorityError>> = OnceLock::new();
        let made = MADE.get_or_init(|| {
            Ok(Self {
                authority: Authority::root("Example Authority of Servers")?,
                key: PrivateKey::generate(Kind::Rsa)?,
            })
        });
        made.as_ref().ok()
    }
}

fn members(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(members) => members,
        _ => Map::new(),
    }
}

/// The certificate of who has issued the server's certificates: what a client trusts.
pub(super) fn anchor() -> Option<&'static Certificate> {
    Keeper::of_process().map(|keeper| keeper.authority.certificate())
}

/// The server's public keys.
pub(super) fn keys() -> Jwks {
    let key = Keeper::of_process().map(|keeper| Jwk {
        algorithm: Some("RS256".to_owned()),
        ..Jwk::new(keeper.key.public()).with_id(KEY_ID)
    });
    Jwks {
        keys: key.into_iter().collect(),
    }
}

/// Signs an ID token with RS256.
pub(super) fn id_token(claims: &Value) -> Option<String> {
    let header = members(json!({"typ": "JWT", "kid": KEY_ID}));
    let keeper = Keeper::of_process()?;
    sign(
        &header,
        &members(claims.clone()),
        &keeper.key,
        Algorithm::Rs256,
    )
    .ok()
}

/// Signs metadata with RS256 as who owns this base URL: its certificate has it as its name, and goes along (UDAP
/// Security, 2.3).
pub(super) fn signed_metadata(base: &str, claims: &Value) -> Option<String> {
    use base64::Engine as _;
    let keeper = Keeper::of_process()?;
    let request = Request {
        uris: vec![base.to_owned()],
        npis: Vec::new(),
        ..Request::signer("Example Server", "")
    };
    let leaf = keeper.authority.issue(&request, &keeper.key).ok()?;
    let encode = |one: &Certificate| base64::engine::general_purpose::STANDARD.encode(one.der());
    let header = members(json!({"x5c": [encode(&leaf), encode(keeper.authority.certificate())]}));
    sign(
        &header,
        &members(claims.clone()),
        &keeper.key,
        Algorithm::Rs256,
    )
    .ok()
}
