//! How a server that somebody had tested is spoken to in a replay.

use crate::access::Access;
use crate::cli::Failure;
use crate::config::Target;
use crate::evidence::Secret;
use crate::http::{Client, Identity, Playback, Settings};
use crate::session::{Connection, Kept};
use crate::signature::{Kind, PrivateKey, Request, self_signed};
use std::sync::Arc;
use url::Url;

/// As the configuration says, with stand-ins for its credentials: who replays a run has none of them.
pub(super) fn connection(
    target: Option<&Target>,
    base: Url,
    playback: Arc<dyn Playback>,
    kept: &Kept,
) -> Result<Connection, Failure> {
    let client = Client::replaying(Settings::new(base), playback)?;
    let Some(target) = target else {
        return Ok(Connection::of(client));
    };
    let expired = target.auth.as_ref().and_then(|auth| auth.expired.as_ref());
    let other_identity = target.tls.other.as_ref().map(|_| identity()).transpose()?;
    let access = Access::replaying(&client, target, &kept.anchors)?;
    let client = match &access {
        Some(access) => client.authorized_by(access.clone()),
        None => client,
    };
    Ok(Connection {
        access,
        expired_token: expired.map(|_| Secret::new("a-token-that-has-expired")),
        other_identity,
        ..Connection::of(client)
    })
}

/// Somebody over TLS, to nobody.
fn identity() -> Result<Identity, Failure> {
    let key = PrivateKey::generate(Kind::P256)?;
    let request = Request::client("Replay", "https://vitruvian.example/replay");
    let certificate = self_signed(&request, &key)?;
    let identity = Identity::from_pem(certificate.to_pem().as_bytes(), key.to_pem().as_bytes());
    Ok(identity?)
}
