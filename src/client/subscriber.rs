//! A payer that has itself notified of its Tasks (HRex, Task subscriptions; Subscriptions R5 Backport).

use super::codes::BACKPORT;
use super::line::json;
use super::{Brief, Line, Trouble};
use crate::mock::Habit;
use serde_json::{Value, json};

/// The topic of HRex: Tasks that change.
const TOPIC: &str = "http://hl7.org/fhir/us/davinci-hrex/SubscriptionTopic/Task";

/// Subscribes to Tasks, where the guide's version has that and the server can reach the client.
pub(super) async fn subscribe(brief: &Brief, line: &mut Line<'_>) -> Result<(), Trouble> {
    let Some(hook) = line.hook().filter(|_| !brief.is_first()) else {
        return Ok(());
    };
    if !line.keeps(Habit::TakesHandshakes) {
        line.refuse("handshake");
    }
    if !line.keeps(Habit::TakesNotifications) {
        line.refuse("event-notification");
    }
    let subscription = json!({
        "resourceType": "Subscription",
        "meta": {"profile": [format!("{BACKPORT}/backport-subscription")]},
        "status": "requested",
        "reason": "Tasks of the payer",
        "criteria": TOPIC,
        "channel": {
            "type": "rest-hook",
            "endpoint": format!("{hook}/tasks"),
            "payload": "application/fhir+json",
            "_payload": {"extension": [{
                "url": format!("{BACKPORT}/backport-payload-content"),
                "valueCode": "id-only",
            }]},
        },
    });
    let request = line.post("/Subscription", &subscription);
    let answer = json(&line.ask(request).await?);
    if let Some(id) = answer["id"].as_str() {
        let read = line.get(&format!("/Subscription/{id}"));
        line.ask(read).await?;
    }
    Ok(())
}

/// Ids of the Tasks that notifications are about, of those that have come.
pub(super) fn told(line: &mut Line<'_>) -> Vec<String> {
    let received = line.received().into_iter();
    let bodies = received.filter_map(|one| serde_json::from_str::<Value>(&one.body).ok());
    let mut ids: Vec<String> = bodies.filter_map(|body| focus(&body)).collect();
    ids.dedup();
    ids
}

/// Id of the Task that a notification is about.
fn focus(body: &Value) -> Option<String> {
    let all = body["entry"][0]["resource"]["parameter"].as_array()?;
    let event = all.iter().find(|one| one["name"] == "notification-event")?;
    let parts = event["part"].as_array()?;
    let focus = parts.iter().find(|one| one["name"] == "focus")?;
    let reference = focus["valueReference"]["reference"].as_str()?;
    reference.rsplit_once("/Task/").map(|(_, id)| id.to_owned())
}
