//! Subscriptions to Tasks at a provider (Subscriptions R5 Backport, HRex Task subscriptions; in the first version of
//! CDex, queries of FHIR R4); what comes of them is in `notification`.

use super::capability::{profiles, resource};
use super::drive::{Arguments, Halt, Outcome};
use super::expect::{describe, expect_outcome, expect_resource, expect_status};
use super::notification::{is_of, told};
use super::{Mismatch, World};
use crate::config::NPI_SYSTEM;
use crate::http::Request;
use http::Method;
use serde_json::{Value, json};
use std::time::Duration;
use tokio::time::Instant;

super::book::steps! {
    /// The provider declares Subscription; a provider that does not is not concerned.
    r"^a provider that offers subscriptions$" => offered;
    /// Subscribes to Tasks, to be notified at our desk.
    r"^the payer subscribes to Tasks$" => subscribe;
    /// Subscribes to Tasks, to be notified at our desk in XML.
    r"^the payer subscribes to Tasks in XML$" => subscribe_xml;
    /// Subscribes to Tasks of another requester, status or code than those that will be sent, or of the same.
    r"^the payer subscribes to Tasks (?:with|of) (another requester|another status|another code|another owner|its own requests)$" => subscribe_filtered;
    /// Subscribes, and does not answer the handshake.
    r"^the payer subscribes to Tasks and refuses to be notified$" => subscribe_refusing;
    /// Subscribes to what the provider cannot offer.
    r"^the payer subscribes (to a topic nobody has|by a channel nobody has|for contents that are not ids)$" => subscribe_wrongly;
    /// The subscription is created: a success, with the status requested or active.
    r"^the provider accepts the subscription$" => accepted;
    /// The subscription is refused with a 4xx status and an OperationOutcome.
    r"^the provider refuses the subscription$" => refused;
    /// The subscription comes to be so within the time that is waited.
    r"^the subscription becomes (active|error)$" => becomes;
    /// The answer to the new subscription said requested.
    r"^the subscription begins as requested$" => begins;
    /// $status tells the status of the subscription and of events.
    r"^the status of the subscription can be asked for$" => status;
    /// The subscription can be read and changed.
    r"^the subscription can be read and changed$" => read_write;
    /// The topic of HRex is told in the extension for topics, or anywhere in the declaration.
    r"^the topic of Tasks (is declared as topics are|can be discovered)$" => topic_declared;
    /// The profile of subscriptions is declared.
    r"^subscriptions have the profile of the Backport$" => profile;
    /// The capability statement of the Backport is instantiated.
    r"^it says that it is a server of the Backport$" => server;
}

const TOPIC: &str = "http://hl7.org/fhir/us/davinci-hrex/SubscriptionTopic/Task";
pub(super) const BACKPORT: &str = "http://hl7.org/fhir/uv/subscriptions-backport";
/// Name of what is sent to our desk.
pub(super) const HOOK: &str = "hook";
/// A header that notifications shall carry.
pub(super) const HEADER: (&str, &str) = ("x-vitruvian-desk", "claims");

impl World {
    /// A subscription to Tasks that is notified at our desk.
    async fn draft_subscription(&mut self, hook: &str) -> Result<Value, Halt> {
        let desk = self.desk_url().await?;
        let mut draft = json!({
            "resourceType": "Subscription",
            "status": "requested",
            "reason": "Tasks of the payer",
            "criteria": TOPIC,
            "channel": {
                "type": "rest-hook",
                "endpoint": format!("{desk}/{hook}"),
                "payload": "application/fhir+json",
                "_payload": {"extension": [{
                    "url": format!("{BACKPORT}/StructureDefinition/backport-payload-content"),
                    "valueCode": "id-only",
                }]},
                "header": [format!("{}: {}", HEADER.0, HEADER.1)],
            },
        });
        if self.ig()?.ends_with("@2.0.0") {
            draft["criteria"] =
                "Task?status=requested,accepted,in-progress,on-hold,completed,failed,rejected"
                    .into();
            if let Some(channel) = draft["channel"].as_object_mut() {
                channel.remove("_payload");
            }
        } else {
            draft["meta"] = json!({"profile": [format!("{BACKPORT}/StructureDefinition/backport-subscription")]});
        }
        Ok(draft)
    }

    async fn send_subscription(&mut self, draft: &Value) -> Outcome {
        self.send(Request::post_json("Subscription", draft)).await?;
        let reply = self.reply()?;
        let body = reply.json().unwrap_or_default();
        let is_made = reply.status < 300 && body["resourceType"] == "Subscription";
        self.subscription = is_made.then_some(body);
        Ok(())
    }

    /// The subscription that was made.
    pub(super) fn subscribed(&self) -> Result<&Value, Halt> {
        self.subscription
            .as_ref()
            .ok_or_else(|| Halt::Skip("the provider did not take the subscription".into()))
    }

    fn subscription_id(&self) -> Result<String, Halt> {
        let id = self.subscribed()?["id"].as_str();
        id.map(str::to_owned)
            .ok_or_else(|| Halt::Skip("the subscription has no id".into()))
    }
}

async fn offered(world: &mut World, _: Arguments<'_>) -> Outcome {
    world.prepare(Request::get("metadata")).await?;
    let statement = world.reply()?.json().unwrap_or_default();
    let is_offered = resource(&statement, "Subscription").is_some();
    world.capabilities = Some(statement);
    match is_offered {
        true => Ok(()),
        false => Err(Halt::Inapplicable(
            "the provider does not declare that it offers subscriptions".into(),
        )),
    }
}

async fn subscribe(world: &mut World, _: Arguments<'_>) -> Outcome {
    let draft = world.draft_subscription(HOOK).await?;
    world.send_subscription(&draft).await
}

async fn subscribe_xml(world: &mut World, _: Arguments<'_>) -> Outcome {
    let mut draft = world.draft_subscription(HOOK).await?;
    draft["channel"]["payload"] = "application/fhir+xml".into();
    world.send_subscription(&draft).await
}

async fn subscribe_filtered(world: &mut World, arguments: Arguments<'_>) -> Outcome {
    let npi = world.context()?.requester.npi.clone();
    let filter = match arguments.word(1) {
        "another requester" => format!("requester:identifier={NPI_SYSTEM}|0000000000"),
        "another owner" => format!("owner:identifier={NPI_SYSTEM}|0000000000"),
        "another status" => "status=on-hold".to_owned(),
        "another code" => "code=data-request-questionnaire".to_owned(),
        _ => format!("requester:identifier={NPI_SYSTEM}|{npi}"),
    };
    let mut draft = world.draft_subscription(HOOK).await?;
    draft["_criteria"] = json!({"extension": [{
        "url": format!("{BACKPORT}/StructureDefinition/backport-filter-criteria"),
        "valueString": format!("Task?{filter}"),
    }]});
    world.send_subscription(&draft).await
}

async fn subscribe_refusing(world: &mut World, _: Arguments<'_>) -> Outcome {
    let draft = world.draft_subscription("refuse/hook").await?;
    world.send_subscription(&draft).await
}

async fn subscribe_wrongly(world: &mut World, arguments: Arguments<'_>) -> Outcome {
    let mut draft = world.draft_subscription(HOOK).await?;
    match arguments.word(1) {
        "to a topic nobody has" => {
            draft["criteria"] =
                "https://vitruvian.example/SubscriptionTopic/nobody-has-this".into();
        }
        "by a channel nobody has" => draft["channel"]["type"] = "sms".into(),
        _ => draft["channel"]["_payload"]["extension"][0]["valueCode"] = "nobody-has-this".into(),
    }
    world.send_subscription(&draft).await
}

async fn accepted(world: &mut World, _: Arguments<'_>) -> Outcome {
    let reply = world.reply()?;
    let result = expect_status(reply, &[200, 201], "the subscription is taken").and_then(|()| {
        let body = expect_resource(reply, "Subscription")?;
        match body["status"] == "requested" || body["status"] == "active" {
            true => Ok(()),
            false => Err(
                Mismatch::new("requested or active", body["status"].to_string())
                    .at("Subscription.status"),
            ),
        }
    });
    world.judge(result)
}

async fn refused(world: &mut World, _: Arguments<'_>) -> Outcome {
    let reply = world.reply()?;
    let result = match reply.status {
        400..=499 => expect_outcome(reply).map(|_| ()),
        _ => Err(Mismatch::new("a refusal (a 4xx status)", describe(reply)).at("HTTP status")),
    };
    world.judge(result)
}

async fn becomes(world: &mut World, arguments: Arguments<'_>) -> Outcome {
    let wanted = arguments.word(1);
    let id = world.subscription_id()?;
    let limit = world.delivery_limit()?;
    world.be_patient(limit);
    let started = Instant::now();
    loop {
        world
            .prepare(Request::get(format!("Subscription/{id}")))
            .await?;
        let status = world.reply()?.json().unwrap_or_default()["status"].clone();
        if status == *wanted {
            return Ok(());
        }
        if started.elapsed() > limit {
            let result = Err(Mismatch::new(wanted, status.to_string()).at("Subscription.status"));
            return world.judge(result);
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

async fn begins(world: &mut World, _: Arguments<'_>) -> Outcome {
    let status = world.subscribed()?["status"].clone();
    let result = match status == "requested" {
        true => Ok(()),
        false => Err(Mismatch::new("requested", status.to_string()).at("Subscription.status")),
    };
    world.judge(result)
}

async fn status(world: &mut World, _: Arguments<'_>) -> Outcome {
    let id = world.subscription_id()?;
    world
        .send(Request::get(format!("Subscription/{id}/$status")))
        .await?;
    let reply = world.reply()?;
    let result = expect_status(reply, &[200], "the status").and_then(|()| {
        let found = expect_resource(reply, "Bundle")?;
        match is_of(&found, "query-status") && told(&found, "status")["valueCode"].is_string() {
            true => Ok(()),
            false => Err(
                Mismatch::new("Parameters of type query-status", "something else")
                    .at("Bundle.entry[0].resource"),
            ),
        }
    });
    world.judge(result)
}

async fn read_write(world: &mut World, _: Arguments<'_>) -> Outcome {
    let id = world.subscription_id()?;
    world
        .send(Request::get(format!("Subscription/{id}")))
        .await?;
    let reply = world.reply()?;
    let read = expect_status(reply, &[200], "the subscription")
        .and_then(|()| expect_resource(reply, "Subscription"));
    let mut changed = match read {
        Ok(read) => read,
        Err(mismatch) => return world.judge(Err(mismatch)),
    };
    changed["reason"] = "Tasks of the payer, as before".into();
    changed["status"] = "off".into();
    let request = Request::new(Method::PUT, format!("Subscription/{id}"))
        .header("content-type", "application/fhir+json")
        .body(changed.to_string());
    world.send(request).await?;
    let result = expect_status(world.reply()?, &[200, 201], "the change is taken");
    world.judge(result)
}

async fn topic_declared(world: &mut World, arguments: Arguments<'_>) -> Outcome {
    let statement = world.statement()?;
    let url =
        format!("{BACKPORT}/StructureDefinition/capabilitystatement-subscriptiontopic-canonical");
    let extensions =
        resource(statement, "Subscription").and_then(|one| one["extension"].as_array());
    let mut extensions = extensions.into_iter().flatten();
    let is_declared = extensions.any(|one| one["url"] == *url && one["valueCanonical"] == TOPIC);
    let is_found = is_declared
        || (arguments.word(1) == "can be discovered" && statement.to_string().contains(TOPIC));
    let result = match is_found {
        true => Ok(()),
        false => Err(
            Mismatch::new(format!("the topic {TOPIC}"), "it is not told")
                .at("$.rest[0].resource[?(@.type=='Subscription')].extension"),
        ),
    };
    world.judge(result)
}

async fn profile(world: &mut World, _: Arguments<'_>) -> Outcome {
    let canonical = format!("{BACKPORT}/StructureDefinition/backport-subscription");
    let declared = resource(world.statement()?, "Subscription");
    let is_named = declared
        .is_some_and(|one| profiles(one).any(|one| one.split('|').next() == Some(&canonical)));
    let result = match is_named {
        true => Ok(()),
        false => Err(Mismatch::new(canonical, "it is not declared")
            .at("$.rest[0].resource[?(@.type=='Subscription')].supportedProfile")),
    };
    world.judge(result)
}

async fn server(world: &mut World, _: Arguments<'_>) -> Outcome {
    let canonical = format!("{BACKPORT}/CapabilityStatement/backport-subscription-server-r4");
    let result = match world.instantiates(&canonical)? {
        true => Ok(()),
        false => Err(Mismatch::new(canonical, "it is not instantiated").at("$.instantiates")),
    };
    world.judge(result)
}
