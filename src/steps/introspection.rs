//! What a server tells of tokens it gave out (RFC 7662), and of the certificates they are bound to (RFC 8705, 3.2).

use super::World;
use super::drive::{Arguments, Halt, Outcome};
use super::mismatch::Mismatch;
use crate::access;
use serde_json::Value;

super::book::steps! {
    /// Does not apply where no introspection endpoint is told.
    r"^a (?:payer|provider) that tells of its tokens$" => offered;
    /// Asks about a new token; skips when nothing is told of it.
    r"^a client asks what its token is good for$" => ask;
    /// `cnf` has the thumbprint of the client's certificate.
    r"^it is told to which certificate the token is bound$" => bound;
}

async fn offered(world: &mut World, _: Arguments<'_>) -> Outcome {
    let document = world.smart_configuration().await?;
    match document["introspection_endpoint"].is_string() {
        true => Ok(()),
        false => Err(Halt::Inapplicable(
            "the server does not tell of its tokens: it has no introspection_endpoint".into(),
        )),
    }
}

async fn ask(world: &mut World, _: Arguments<'_>) -> Outcome {
    let url = world.endpoint("introspection_endpoint").await?;
    let registration = world.registration().await?;
    let token = world.own_token().await?;
    let fields = vec![("token", token.expose().to_owned())];
    let request = access::authenticated(&registration, &url, fields);
    let request =
        request.map_err(|error| Halt::Error(format!("no request can be made: {error}")))?;
    world.send_bare(request).await?;
    let reply = world.reply()?;
    let told = reply.json().unwrap_or_default();
    match reply.status == 200 && told["active"] == true {
        true => Ok(()),
        // Servers may tell those alone who keep records (RFC 7662, 2.1).
        false => Err(Halt::Skip(format!(
            "nothing is told of the client's own token: status {}",
            reply.status
        ))),
    }
}

async fn bound(world: &mut World, _: Arguments<'_>) -> Outcome {
    let own = world.target()?.thumbprint;
    let wanted = own.ok_or_else(|| Halt::Skip("the client has no certificate".into()))?;
    let told = world.reply()?.json().unwrap_or_default();
    let result = match &told["cnf"]["x5t#S256"] {
        Value::String(found) if *found == wanted => Ok(()),
        Value::String(found) => Err(Mismatch::new(wanted, found.clone())),
        _ => Err(Mismatch::new(wanted, "no certificate").doubtful(
            "RFC 8705, section 3.2, says how it is told, and does not demand that it is",
        )),
    };
    world.judge(result.map_err(|mismatch| mismatch.at("$.cnf.x5t#S256")))
}
