//! Notifications of Tasks that come to our desk (Subscriptions R5 Backport, HRex Task subscriptions).

use super::drive::{Arguments, Halt, Outcome};
use super::subscription::{BACKPORT, HEADER, HOOK};
use super::{Mismatch, World};
use crate::fhir::{bundle, xml};
use crate::mock::JournalEntry;
use http::header::CONTENT_TYPE;
use serde_json::Value;
use std::time::Duration;

super::book::steps! {
    /// A handshake, and nothing else, came to our desk.
    r"^a handshake comes to the payer's desk$" => handshake;
    /// A notification about the Task came to our desk.
    r"^the payer is notified of the Task$" => notified;
    /// A notification about the Task came to our desk, and all that came there is FHIR's XML.
    r"^the payer is notified of the Task in XML$" => notified_in_xml;
    /// No notification about the Task came to our desk, though a handshake or another one did.
    r"^the payer is not notified of the Task$" => not_notified;
    /// Every notification keeps the rules of the profile of notifications.
    r"^every notification is a history whose first entry tells the status$" => shape;
    /// No notification holds a resource but the status.
    r"^no notification holds more than ids$" => id_only;
    /// Every notification is of the declared content type and has the header that was asked for.
    r"^every notification has the content type and the header of the subscription$" => headers;
}

/// Media type of resources in XML.
const FHIR_XML: &str = "application/fhir+xml";

/// The media type that came with a notification, without its parameters.
fn format(entry: &JournalEntry) -> String {
    let value = entry.request.headers.get(CONTENT_TYPE);
    let text = value.and_then(|one| one.to_str().ok()).unwrap_or_default();
    text.split(';').next().unwrap_or_default().trim().to_owned()
}

/// What came, whichever format it says; nothing where that cannot be read.
fn body(entry: &JournalEntry) -> Value {
    if format(entry) == FHIR_XML {
        return as_xml(entry).unwrap_or_default();
    }
    serde_json::from_slice(&entry.request.body).unwrap_or_default()
}

fn as_xml(entry: &JournalEntry) -> Result<Value, String> {
    let text = std::str::from_utf8(&entry.request.body).map_err(|error| error.to_string())?;
    xml::read(text).map_err(|error| error.to_string())
}

/// The parameter of the status in a notification.
pub(super) fn told<'a>(body: &'a Value, name: &str) -> &'a Value {
    let all = body["entry"][0]["resource"]["parameter"].as_array();
    let mut all = all.into_iter().flatten();
    all.find(|one| one["name"] == name).unwrap_or(&Value::Null)
}

pub(super) fn is_of(body: &Value, kind: &str) -> bool {
    told(body, "type")["valueCode"] == kind
}

/// Whether a notification is about that Task.
fn is_about(body: &Value, id: &str) -> bool {
    let parts = told(body, "notification-event")["part"].as_array();
    let mut parts = parts.into_iter().flatten();
    let focus = parts.find(|one| one["name"] == "focus");
    let reference = focus.and_then(|one| one["valueReference"]["reference"].as_str());
    reference.is_some_and(|one| one.ends_with(&format!("Task/{id}")))
}

async fn handshake(world: &mut World, _: Arguments<'_>) -> Outcome {
    world.subscribed()?;
    let received = world
        .await_delivery(HOOK, |received| !received.is_empty())
        .await?;
    let result = match received.first().map(body) {
        Some(first) if is_of(&first, "handshake") => Ok(()),
        Some(_) => Err(Mismatch::new("a handshake", "something else").at("the payer's desk")),
        None => Err(Mismatch::new("a handshake", "nothing").at("the payer's desk")),
    };
    world.judge(result)
}

/// One of what was received at least is what it should be.
fn expect_one(
    received: &[JournalEntry],
    about: impl FnMut(&JournalEntry) -> bool,
) -> Result<(), Mismatch> {
    match received.iter().any(about) {
        true => Ok(()),
        false => Err(Mismatch::new(
            "a notification about the Task",
            format!("{} others", received.len()),
        )
        .at("the payer's desk")),
    }
}

async fn notified(world: &mut World, _: Arguments<'_>) -> Outcome {
    world.subscribed()?;
    let id = world.followed()?.id.clone();
    let is_first = world.ig()?.ends_with("@2.0.0");
    let about = |entry: &JournalEntry| is_first || is_about(&body(entry), &id);
    let received = world
        .await_delivery(HOOK, |received| received.iter().any(about))
        .await?;
    world.judge(expect_one(&received, about))
}

async fn notified_in_xml(world: &mut World, _: Arguments<'_>) -> Outcome {
    world.subscribed()?;
    let id = world.followed()?.id.clone();
    let about = |entry: &JournalEntry| is_about(&body(entry), &id);
    let received = world
        .await_delivery(HOOK, |received| received.iter().any(about))
        .await?;
    for entry in &received {
        let result = match format(entry).as_str() {
            FHIR_XML => as_xml(entry).map(|_| ()).map_err(|why| {
                Mismatch::new("a resource in XML", why).at("a notification at the payer's desk")
            }),
            other => Err(Mismatch::new(FHIR_XML, other).at("header Content-Type")),
        };
        world.judge(result)?;
    }
    world.judge(expect_one(&received, about))
}

async fn not_notified(world: &mut World, _: Arguments<'_>) -> Outcome {
    world.subscribed()?;
    let id = world.followed()?.id.clone();
    // What would have come has come a moment after the end of the Task: nearby, or over a network.
    let moment = if world.is_near()? { 60 } else { 3_000 };
    tokio::time::sleep(Duration::from_millis(moment)).await;
    let received = world.received(HOOK).await?;
    if received.is_empty() {
        return Err(Halt::Skip(
            "nothing ever came to the payer's desk, not even a handshake, so silence shows nothing"
                .into(),
        ));
    }
    let result = match received.iter().any(|entry| is_about(&body(entry), &id)) {
        false => Ok(()),
        true => Err(Mismatch::new(
            "no notification, for the filter excludes the Task",
            "a notification about it",
        )
        .at("the payer's desk")),
    };
    world.judge(result)
}

impl World {
    /// The notifications that came, handshakes among them; skips when none did.
    async fn notifications(&mut self) -> Result<Vec<JournalEntry>, Halt> {
        let is_event = |entry: &JournalEntry| is_of(&body(entry), "event-notification");
        let received = self
            .await_delivery(HOOK, |received| received.iter().any(is_event))
            .await?;
        match received.is_empty() {
            true => Err(Halt::Skip("no notification came".into())),
            false => Ok(received),
        }
    }
}

async fn shape(world: &mut World, _: Arguments<'_>) -> Outcome {
    let received = world.notifications().await?;
    let judge = world.target()?.judge;
    let profile = format!("{BACKPORT}/StructureDefinition/backport-subscription-notification-r4");
    let mut mismatches = Vec::new();
    for notification in received.iter().map(body) {
        let status = &notification["entry"][0]["resource"];
        if notification["type"] != "history" || status["resourceType"] != "Parameters" {
            let actual = format!(
                "a {} whose first entry is {}",
                notification["type"], status["resourceType"]
            );
            mismatches.push(
                Mismatch::new("a history whose first entry is Parameters", actual)
                    .at("Bundle.entry[0]"),
            );
            continue;
        }
        let known = (&notification, judge.print(&notification));
        let inspection = judge.inspect(None, known, &profile);
        let inspection = inspection
            .ok_or_else(|| Halt::Error("nobody here knows the profile of notifications".into()))?;
        mismatches.extend(inspection.report.errors().map(|issue| {
            Mismatch::new(format!("rule {}", issue.rule), issue.message.clone())
                .at(issue.expression.clone())
        }));
    }
    world.judge_all(mismatches)
}

async fn id_only(world: &mut World, _: Arguments<'_>) -> Outcome {
    let received = world.notifications().await?;
    let holds_more = |notification: &Value| {
        bundle::entries(notification)
            .iter()
            .skip(1)
            .any(|entry| !entry["resource"].is_null())
    };
    let result = match received.iter().map(body).any(|one| holds_more(&one)) {
        false => Ok(()),
        true => Err(Mismatch::new("ids only", "a resource").at("Bundle.entry[*].resource")),
    };
    world.judge(result)
}

async fn headers(world: &mut World, _: Arguments<'_>) -> Outcome {
    let received = world.notifications().await?;
    let text = |entry: &JournalEntry, name: &str| {
        let value = entry.request.headers.get(name);
        value
            .and_then(|one| one.to_str().ok())
            .unwrap_or_default()
            .to_owned()
    };
    for entry in &received {
        let kind = text(entry, "content-type");
        let bare = kind.split(';').next().unwrap_or_default().trim().to_owned();
        let result = if bare != "application/fhir+json" {
            Err(Mismatch::new("application/fhir+json", kind).at("header Content-Type"))
        } else if text(entry, HEADER.0) != HEADER.1 {
            Err(Mismatch::new(HEADER.1, text(entry, HEADER.0)).at(format!("header {}", HEADER.0)))
        } else {
            Ok(())
        };
        world.judge(result)?;
    }
    Ok(())
}
