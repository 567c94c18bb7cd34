//! Subscriptions to Tasks: by topic (Subscriptions R5 Backport 1.1.0 and HRex 1.1.0), or, in the first version of
//! CDex, by a query of FHIR R4.

use super::Provider;
use super::task::json_body;
use crate::fhir::search;
use crate::fhir::xml;
use crate::mock::cdex_version::Version;
use crate::mock::code::has_code;
use crate::mock::deviation::Deviation;
use crate::mock::payer::read::with_version;
use crate::mock::payer::refusal::Refusal;
use crate::mock::response::FHIR_JSON;
use crate::mock::{Delivery, Request, Response, Rule};
use http::Method;
use serde_json::{Value, json};

/// The topic of HRex: Tasks that change.
pub(super) const TOPIC: &str = "http://hl7.org/fhir/us/davinci-hrex/SubscriptionTopic/Task";
/// Media type of resources in XML.
const FHIR_XML: &str = "application/fhir+xml";
pub(super) const BACKPORT: &str = "http://hl7.org/fhir/uv/subscriptions-backport";

/// What is known of a subscription beside its resource.
#[derive(Clone, Debug, Default)]
pub(super) struct Channel {
    /// Base URL of the provider as the subscriber knows it.
    base: String,
    /// Events so far.
    events: u32,
}

/// The values of an extension.
fn extensions<'a>(element: &'a Value, name: &str) -> impl Iterator<Item = &'a Value> {
    let url = format!("{BACKPORT}/StructureDefinition/{name}");
    let all = element["extension"].as_array().into_iter().flatten();
    all.filter(move |one| one["url"] == *url)
}

/// The first rule that a subscription breaks, in words; `by_topic` says how subscriptions are made.
fn broken(subscription: &Value, by_topic: bool, deviation: &Deviation) -> Option<&'static str> {
    let channel = &subscription["channel"];
    let endpoint = channel["endpoint"].as_str().unwrap_or_default();
    let is_topic = subscription["criteria"] == TOPIC || !deviation.enforces(Rule::Topic);
    let criteria = subscription["criteria"].as_str().unwrap_or_default();
    let content = extensions(&channel["_payload"], "backport-payload-content").next();
    let is_id_only = content.is_none_or(|one| one["valueCode"] == "id-only");
    let checks = [
        (
            !by_topic || is_topic,
            "there is only the topic of Tasks here",
        ),
        (
            by_topic || criteria.starts_with("Task?"),
            "only Tasks can be subscribed to",
        ),
        (
            channel["type"] == "rest-hook" || !deviation.enforces(Rule::ChannelType),
            "notifications go by rest-hook only",
        ),
        (
            endpoint.starts_with("http://") || endpoint.starts_with("https://"),
            "the endpoint is no URL",
        ),
        (
            !by_topic || is_id_only || !deviation.enforces(Rule::Content),
            "notifications hold ids only",
        ),
        (
            channel["payload"].is_null()
                || channel["payload"] == FHIR_JSON
                || channel["payload"] == FHIR_XML && deviation.enforces(Rule::XmlNotifications),
            "notifications are not given in that format",
        ),
    ];
    checks
        .into_iter()
        .find(|(holds, _)| !holds)
        .map(|(_, why)| why)
}

/// Whether the filters of a subscription let a Task through.
fn lets_through(subscription: &Value, task: &Value) -> bool {
    let criteria = subscription["criteria"].as_str().unwrap_or_default();
    let own = criteria.strip_prefix("Task?");
    let filters = extensions(&subscription["_criteria"], "backport-filter-criteria")
        .filter_map(|one| one["valueString"].as_str())
        .map(|text| text.strip_prefix("Task?").unwrap_or(text));
    filters
        .chain(own)
        .flat_map(search::parse)
        .all(|one| one.values.iter().any(|value| fits(&one.name, value, task)))
}

/// Whether a Task has a value that is filtered by.
fn fits(name: &str, value: &str, task: &Value) -> bool {
    let (system, code) = value.split_once('|').unwrap_or(("", value));
    let identified = |party: &Value| {
        party["identifier"]["value"] == code
            && (system.is_empty() || party["identifier"]["system"] == system)
    };
    match name {
        "_id" => task["id"] == value,
        "status" => task["status"] == code,
        "code" if system.is_empty() => {
            crate::mock::code::codings(&task["code"]).any(|one| one["code"] == code)
        }
        "code" => has_code(&task["code"], system, code),
        "owner" => identified(&task["owner"]) || task["owner"]["reference"] == value,
        "requester" => identified(&task["requester"]) || task["requester"]["reference"] == value,
        _ => false,
    }
}

impl Provider {
    fn by_topic(&self) -> bool {
        self.version > Version::V2_0_0
    }

    /// `POST /Subscription`.
    pub(super) fn subscribe(
        &mut self,
        request: &Request,
        deviation: &Deviation,
    ) -> Result<Response, Refusal> {
        let mut subscription = json_body(request, deviation)?;
        if subscription["resourceType"] != "Subscription" {
            return Err(Refusal::bad_request("send a resource of type Subscription"));
        }
        if let Some(why) = broken(&subscription, self.by_topic(), deviation) {
            return Err(Refusal::new(422, "not-supported", why));
        }
        let moment = self.moment();
        let id = format!("subscription-{}", self.moments);
        subscription["id"] = id.as_str().into();
        subscription["meta"]["lastUpdated"] = moment.into();
        let status = match self.by_topic() && deviation.enforces(Rule::Handshake) {
            true => "requested",
            false => "active",
        };
        subscription["status"] = status.into();
        let channel = Channel {
            base: request.base.clone(),
            events: 0,
        };
        self.channels.insert(id.clone(), channel);
        if self.by_topic() {
            self.outbox
                .extend(self.notification(&subscription, "handshake", None, deviation));
        }
        self.created("Subscription", &id, subscription, None, request)
    }

    /// `PUT /Subscription/{id}`.
    pub(super) fn change_subscription(
        &mut self,
        id: &str,
        request: &Request,
        deviation: &Deviation,
    ) -> Result<Response, Refusal> {
        let mut subscription = json_body(request, deviation)?;
        let stored = self.records.store.get("Subscription", id);
        stored.ok_or_else(Refusal::not_found)?;
        if let Some(why) = broken(&subscription, self.by_topic(), deviation) {
            return Err(Refusal::new(422, "not-supported", why));
        }
        subscription["id"] = id.into();
        subscription["meta"]["lastUpdated"] = self.moment().into();
        self.records.store.put(subscription, None);
        let stored = self.records.store.get("Subscription", id);
        let stored = stored.ok_or_else(Refusal::not_found)?;
        Ok(with_version(
            Response::fhir(200, &stored.resource),
            &stored.resource,
        ))
    }

    /// `GET /Subscription/{id}/$status`.
    pub(super) fn subscription_status(
        &self,
        id: &str,
        request: &Request,
    ) -> Result<Response, Refusal> {
        let stored = self.records.store.get("Subscription", id);
        let stored = stored.ok_or_else(Refusal::not_found)?;
        let mut status = self.status_of(&stored.resource, "query-status", None);
        status["id"] = id.into();
        let entry = json!({
            "fullUrl": "urn:uuid:0c2cbe0a-2f5c-4a86-8b65-5a3d0f0e7c11",
            "resource": status,
            "search": {"mode": "match"},
        });
        let own = format!("{}/Subscription/{id}/$status", request.base);
        Ok(Response::fhir(
            200,
            &crate::fhir::bundle::searchset(1, &own, None, vec![entry]),
        ))
    }

    /// Tells every subscriber of a Task that has changed.
    pub(super) fn notify(&mut self, task: &Value, deviation: &Deviation) {
        let is_active = |one: &&Value| one["status"] == "active";
        let subscriptions: Vec<Value> = self
            .records
            .store
            .all("Subscription")
            .map(|stored| &stored.resource)
            .filter(is_active)
            .filter(|one| lets_through(one, task) || !deviation.enforces(Rule::Filters))
            .cloned()
            .collect();
        for subscription in subscriptions {
            let id = subscription["id"].as_str().unwrap_or_default();
            if let Some(channel) = self.channels.get_mut(id) {
                channel.events += 1;
            }
            let sent =
                self.notification(&subscription, "event-notification", Some(task), deviation);
            self.outbox.extend(sent);
        }
    }

    /// What a subscriber is sent.
    fn notification(
        &self,
        subscription: &Value,
        kind: &str,
        task: Option<&Value>,
        deviation: &Deviation,
    ) -> Option<Delivery> {
        let channel = &subscription["channel"];
        let id = subscription["id"].as_str()?;
        let headers = channel["header"].as_array().into_iter().flatten();
        let headers = headers
            .filter_map(|one| one.as_str()?.split_once(':'))
            .map(|(name, value)| (name.trim().to_owned(), value.trim().to_owned()))
            .collect();
        let base = &self.channels.get(id)?.base;
        let mut body = json!({
            "resourceType": "Bundle",
            "meta": {"profile": [format!("{BACKPORT}/StructureDefinition/backport-subscription-notification-r4")]},
            "type": "history",
            "timestamp": subscription["meta"]["lastUpdated"],
            "entry": [{
                "fullUrl": "urn:uuid:0c2cbe0a-2f5c-4a86-8b65-5a3d0f0e7c12",
                "resource": self.status_of(subscription, kind, task),
                "request": {"method": "GET", "url": format!("{base}/Subscription/{id}/$status")},
                "response": {"status": "200"},
            }],
        });
        if let Some(entry) = task.filter(|_| !deviation.enforces(Rule::IdOnly))
            && let Some(entries) = body["entry"].as_array_mut()
        {
            entries.push(json!({
                "fullUrl": format!("{base}/Task/{}", entry["id"].as_str().unwrap_or_default()),
                "resource": entry,
                "request": {"method": "PUT", "url": "Task"},
                "response": {"status": "200"},
            }));
        }
        deviation.spoil(&mut body);
        let is_empty = !self.by_topic() && channel["payload"].is_null();
        let is_xml = channel["payload"] == FHIR_XML && deviation.enforces(Rule::NotificationFormat);
        let format = if is_xml { FHIR_XML } else { FHIR_JSON };
        Some(Delivery {
            method: Method::POST,
            url: channel["endpoint"].as_str()?.to_owned(),
            content_type: match deviation.enforces(Rule::NotificationHeaders) {
                true => format.to_owned(),
                false => "text/plain".to_owned(),
            },
            headers,
            body: match (is_empty, is_xml) {
                (true, _) => String::new(),
                (false, true) => xml::write(&body),
                (false, false) => body.to_string(),
            },
            about: format!("{kind} {id}"),
        })
        .filter(|_| kind == "handshake" || deviation.enforces(Rule::Notification))
    }

    /// How a subscription stands, and which Task has changed.
    fn status_of(&self, subscription: &Value, kind: &str, task: Option<&Value>) -> Value {
        let id = subscription["id"].as_str().unwrap_or_default();
        let channel = self.channels.get(id).cloned().unwrap_or_default();
        let reference = format!("{}/Subscription/{id}", channel.base);
        let mut parameters = vec![
            json!({"name": "subscription", "valueReference": {"reference": reference}}),
            json!({"name": "topic", "valueCanonical": TOPIC}),
            json!({"name": "status", "valueCode": subscription["status"]}),
            json!({"name": "type", "valueCode": kind}),
            json!({"name": "events-since-subscription-start", "valueString": channel.events.to_string()}),
        ];
        if let Some(task) = task {
            let focus = format!(
                "{}/Task/{}",
                channel.base,
                task["id"].as_str().unwrap_or_default()
            );
            parameters.push(json!({"name": "notification-event", "part": [
                {"name": "event-number", "valueString": channel.events.to_string()},
                {"name": "timestamp", "valueInstant": task["meta"]["lastUpdated"]},
                {"name": "focus", "valueReference": {"reference": focus}},
            ]}));
        }
        json!({
            "resourceType": "Parameters",
            "meta": {"profile": [format!("{BACKPORT}/StructureDefinition/backport-subscription-status-r4")]},
            "parameter": parameters,
        })
    }

    /// A handshake was answered, or not.
    pub(super) fn shake(&mut self, id: &str, status: Option<u16>) {
        let Some(stored) = self.records.store.get("Subscription", id) else {
            return;
        };
        let mut subscription = stored.resource.clone();
        let is_taken = status.is_some_and(|status| status < 300);
        subscription["status"] = if is_taken { "active" } else { "error" }.into();
        subscription["meta"]["lastUpdated"] = self.moment().into();
        self.records.store.put(subscription, None);
    }
}
