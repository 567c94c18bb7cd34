//! Formal authorizations that a payer serves: what its requests for data refer to (CDex, formal authorization).

use super::desk::NEAR;
use super::drive::{Arguments, Halt, Outcome};
use super::expect::{expect_resource, expect_status};
use super::{Mismatch, World};
use crate::http::Request;
use http::Method;
use serde_json::{Value, json};

super::book::steps! {
    /// Chooses a configured authorization, one of that kind if it is named.
    r"^a formal authorization of the payer(?: as (communication request|service request))?$" => choose;
    /// Has the Task rest on a CommunicationRequest at our own desk.
    r"^the Task rests on a formal authorization at the payer's desk$" => rest_on;
    /// The authorization at our desk was asked for, as FHIR JSON or whatever there is; a provider may also do without.
    r"^the provider has looked at the authorization$" => looked_at;
    /// Reads the authorization.
    r"^the provider reads the authorization$" => read;
    /// It came, and is active.
    r"^the authorization is in force$" => in_force;
    /// It refers to a patient.
    r"^the authorization says whom it is about$" => subject;
    /// It tells in a payload, a code or a reason what is asked for.
    r"^the authorization says what is asked for$" => purpose;
}

/// The type of a record that a phrase means.
fn kind_of(phrase: &str) -> Option<&'static str> {
    match phrase {
        "communication request" => Some("CommunicationRequest"),
        "service request" => Some("ServiceRequest"),
        _ => None,
    }
}

impl World {
    /// A configured authorization of that type, or of any.
    pub(super) fn authorization_of(&self, kind: Option<&str>) -> Result<Option<String>, Halt> {
        let target = self.target()?;
        let mut all = target.attachments.authorizations.iter();
        let is_it = |one: &&String| kind.is_none_or(|kind| one.split('/').next() == Some(kind));
        Ok(all.find(is_it).cloned())
    }
}

async fn choose(world: &mut World, arguments: Arguments<'_>) -> Outcome {
    let kind = kind_of(arguments.word(1));
    let found = world.authorization_of(kind)?;
    world.attaching.authorization = Some(found.ok_or_else(|| {
        let kind = kind.unwrap_or("CommunicationRequest");
        Halt::Skip(format!(
            "no such authorization is known: name one in attachments.authorizations, as \"{kind}/1\""
        ))
    })?);
    Ok(())
}

/// Where the authorization is at our desk.
const AT_DESK: &str = "CommunicationRequest/authorization-1";

async fn rest_on(world: &mut World, _: Arguments<'_>) -> Outcome {
    let address = format!("{}/{AT_DESK}", world.desk_url().await?);
    world.drafted()?["basedOn"] = json!([{"reference": address}]);
    Ok(())
}

async fn looked_at(world: &mut World, _: Arguments<'_>) -> Outcome {
    world.followed()?;
    // The Task has come to its end: who looks, has looked.
    let received = world
        .await_delivery_for(NEAR, AT_DESK, |received| !received.is_empty())
        .await?;
    let mut reads = received.iter().map(|entry| &entry.request);
    let read = reads.find(|request| request.method == Method::GET);
    let accept = read.map(|request| {
        let accept = request.headers.get(http::header::ACCEPT);
        let accept = accept.and_then(|value| value.to_str().ok());
        accept.unwrap_or("*/*").to_owned()
    });
    let result = match accept {
        Some(accept) if accept.contains("application/fhir+json") || accept.contains("*/*") => {
            Ok(())
        }
        Some(accept) => Err(Mismatch::new("application/fhir+json", accept).at("header Accept")),
        None => Err(Mismatch::new(
            format!("GET {AT_DESK} at the payer's desk"),
            "nobody has asked for it",
        )
        .at("Task.basedOn")
        .hint("the guide lets a provider look at the authorization, and demands it nowhere")),
    };
    world.judge(result)
}

async fn read(world: &mut World, _: Arguments<'_>) -> Outcome {
    let address = world.attaching.authorization.clone();
    let address = address
        .ok_or_else(|| Halt::Error("no authorization was chosen before this step".into()))?;
    world.send(Request::get(address)).await
}

/// The authorization that was read.
fn authorization(world: &World) -> Result<Result<Value, Mismatch>, Halt> {
    let address = world.attaching.authorization.clone().unwrap_or_default();
    let kind = address.split('/').next().unwrap_or_default();
    let reply = world.reply()?;
    let read = expect_status(reply, &[200], "the authorization");
    Ok(read.and_then(|()| expect_resource(reply, kind)))
}

/// Judges one thing about the authorization.
fn judge(
    world: &mut World,
    holds: impl Fn(&Value) -> bool,
    (expected, place): (&str, &str),
) -> Outcome {
    let result = authorization(world)?.and_then(|record| match holds(&record) {
        true => Ok(()),
        false => Err(Mismatch::new(expected, "something else, or nothing").at(place)),
    });
    world.judge(result)
}

async fn in_force(world: &mut World, _: Arguments<'_>) -> Outcome {
    judge(
        world,
        |one| one["status"] == "active",
        ("active", "$.status"),
    )
}

async fn subject(world: &mut World, _: Arguments<'_>) -> Outcome {
    let is_told = |one: &Value| {
        let subject = &one["subject"];
        subject["reference"].is_string() || subject["identifier"]["value"].is_string()
    };
    judge(world, is_told, ("a reference to the patient", "$.subject"))
}

async fn purpose(world: &mut World, _: Arguments<'_>) -> Outcome {
    let has = |value: &Value| value.as_array().is_some_and(|all| !all.is_empty());
    let is_told = |one: &Value| {
        let code = &one["code"];
        has(&one["payload"])
            || has(&one["reasonCode"])
            || code["text"].is_string()
            || has(&code["coding"])
    };
    judge(
        world,
        is_told,
        ("a payload, a code or a reason", "$.payload"),
    )
}
