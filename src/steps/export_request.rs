//! Asking for the data of a Group of members (`$davinci-data-export`, Da Vinci ATR 2.1.0; Bulk Data Access).

use super::audience::Audience;
use super::drive::{Arguments, Halt, Outcome};
use super::expect::{describe, expect_outcome, expect_refusal};
use super::{Export, Mismatch, World};
use crate::http::Request;
use http::Method;
use serde_json::{Value, json};
use std::sync::Arc;

super::book::steps! {
    /// Narrows the export to come: `_type`, `_typeFilter`, `_since` or `patient`.
    r"^the export is limited to (patients and conditions|observations from the laboratory|encounters since 2000|observations of a sort that does not exist|the first of them|what changed since 2010|what changed since five years ago|what changed in the later half|what changed in the earlier half)$" => limited;
    /// Adds two Patients that are not in the Group, one of which does not exist.
    r"^the export also asks for somebody outside the group and for nobody$" => others_too;
    /// Sends the kick-off; the answer is judged.
    r"^the (?:new payer|provider) asks for their data$" => ask;
    /// Sends a kick-off that is wrong in one way; the answer is judged.
    r"^the (?:new payer|provider) asks for their data (by merely reading it|without saying what for|as a provider would|as a payer would|for a made-up purpose|in a body that is no JSON|since a day that does not exist|with a parameter nobody knows|of a kind that does not exist|of a kind that does not exist, and to be lenient|as a web page|without waiting)$" => ask_wrongly;
    /// Sends the kick-off to a Group that does not exist.
    r"^the (?:new payer|provider) asks for the data of a group that does not exist$" => ask_nowhere;
    /// Has the data exported to the end and reads all files; skips when that does not work.
    r"^the (?:new payer|provider) has had their data exported$" => have_exported;
    /// The same, and every resource is held against its profiles.
    r"^the (?:new payer|provider) has had their data exported and checked$" => have_checked;
    /// Forgets what limited the export.
    r"^the export is not limited any more$" => unlimited;
    /// A 4xx with an OperationOutcome.
    r"^the payer refuses it and says why$" => refused;
    /// 202, or a 4xx with an OperationOutcome.
    r"^the payer accepts it, or refuses it and says why$" => accepted_or_refused;
    /// 202.
    r"^the payer accepts it$" => accepted;
    /// An error that says why, at once or among the errors of the job; or no result at all for the filter.
    r"^the payer does not pass over the filter in silence$" => not_silent;
    /// The list of errors has files of OperationOutcomes.
    r"^what the payer could not do is reported in outcomes$" => reported;
}

/// The operation, below the Group.
const OPERATION: &str = "$davinci-data-export";
/// A Patient that no payer has.
const NOBODY: &str = "Patient/vitruvian-nobody";

/// A request for an export in the making.
#[derive(Clone, Debug, Default)]
pub(super) struct Order {
    /// Parameters besides the purpose.
    parameters: Vec<Value>,
}

impl Order {
    /// Adds a parameter: its name, the element of its value, and the value.
    pub(super) fn add(&mut self, name: &str, element: &str, value: Value) {
        let mut parameter = json!({"name": name});
        parameter[element] = value;
        self.parameters.push(parameter);
    }

    /// What a parameter says, when it says it by a text.
    pub(super) fn text(&self, name: &str) -> Option<String> {
        let mut named = self.parameters.iter().filter(|one| one["name"] == name);
        let mut values = named.next()?.as_object()?.iter();
        let (_, value) = values.find(|(key, _)| key.starts_with("value"))?;
        value.as_str().map(str::to_owned)
    }

    fn body(&self, purpose: Option<&str>) -> Value {
        let purpose = purpose.map(|one| json!({"name": "exportType", "valueCanonical": one}));
        let all: Vec<Value> = purpose
            .into_iter()
            .chain(self.parameters.iter().cloned())
            .collect();
        let mut body = json!({"resourceType": "Parameters"});
        if !all.is_empty() {
            body["parameter"] = Value::Array(all);
        }
        body
    }
}

impl World {
    /// The export that was read last.
    pub(super) fn export(&self) -> Result<Arc<Export>, Halt> {
        let last = self.exports.last().cloned();
        last.ok_or_else(|| Halt::Error("nothing was exported before this step".into()))
    }

    /// The export that was read before the last one.
    pub(super) fn export_before(&self) -> Result<Arc<Export>, Halt> {
        let before = self.exports.iter().rev().nth(1).cloned();
        before.ok_or_else(|| Halt::Error("only one export was read before this step".into()))
    }

    /// Sends a kick-off for the data of another Group than that of the scenario; the answer is judged.
    pub(super) async fn ask_for(&mut self, group: &str) -> Outcome {
        let audience = self.cohort.as_ref().map(|one| one.audience);
        let body = Order::default().body(Some(audience.unwrap_or_default().purpose()));
        let request = Request::post_json(format!("Group/{group}/{OPERATION}"), &body);
        self.kick_off(request).await
    }

    fn export_address(&self) -> Result<String, Halt> {
        Ok(format!("Group/{}/{OPERATION}", self.cohort()?.group))
    }

    pub(super) fn export_request(&self) -> Result<Request, Halt> {
        let body = self.order.body(Some(self.cohort()?.audience.purpose()));
        Ok(Request::post_json(self.export_address()?, &body))
    }
}

async fn limited(world: &mut World, arguments: Arguments<'_>) -> Outcome {
    let five_years = super::age::years_before(world.context()?.today, 5);
    let string = |world: &mut World, name: &str, value: &str| {
        world.order.add(name, "valueString", json!(value))
    };
    match arguments.word(1) {
        "patients and conditions" => string(world, "_type", "Patient,Condition"),
        "observations from the laboratory" => {
            string(world, "_type", "Observation");
            string(world, "_typeFilter", "Observation?category=laboratory");
        }
        "encounters since 2000" => {
            string(world, "_typeFilter", "Encounter?date=ge2000-01-01");
        }
        "observations of a sort that does not exist" => {
            string(world, "_type", "Observation");
            string(world, "_typeFilter", "Observation?vitruvian-nonsense=1");
        }
        "the first of them" => {
            let first = world
                .cohort()?
                .patients
                .first()
                .cloned()
                .unwrap_or_default();
            let reference = json!({"reference": format!("Patient/{first}")});
            world.order.add("patient", "valueReference", reference);
        }
        "what changed since 2010" => {
            world
                .order
                .add("_since", "valueInstant", json!("2010-01-01T00:00:00Z"));
        }
        "what changed since five years ago" => {
            let since = json!(format!("{five_years}T00:00:00Z"));
            world.order.add("_since", "valueInstant", since);
        }
        half => {
            let middle = super::age::middle(&*world.export()?).ok_or_else(|| {
                Halt::Skip("all records were last updated at the same time; give test members with records of different days".into())
            })?;
            let name = if half.contains("later") {
                "_since"
            } else {
                "_until"
            };
            world.order.add(name, "valueInstant", json!(middle));
        }
    }
    Ok(())
}

async fn unlimited(world: &mut World, _: Arguments<'_>) -> Outcome {
    world.order = Order::default();
    Ok(())
}

async fn others_too(world: &mut World, _: Arguments<'_>) -> Outcome {
    for reference in [NOBODY, "Patient/vitruvian nobody"] {
        world
            .order
            .add("patient", "valueReference", json!({"reference": reference}));
    }
    Ok(())
}

async fn ask(world: &mut World, _: Arguments<'_>) -> Outcome {
    let request = world.export_request()?;
    world.kick_off(request).await
}

async fn ask_wrongly(world: &mut World, arguments: Arguments<'_>) -> Outcome {
    let address = world.export_address()?;
    let mut order = world.order.clone();
    let mut purpose = Some(world.cohort()?.audience.purpose());
    let mut headers = Vec::new();
    match arguments.word(1) {
        "by merely reading it" => {
            let request = Request::new(Method::GET, address);
            return world.kick_off(request).await;
        }
        "in a body that is no JSON" => {
            let request = Request::post_json(address, &json!({}));
            return world
                .kick_off(request.body("{\"resourceType\": \"Parameters\", "))
                .await;
        }
        "without waiting" => {
            return world
                .send(Request::post_json(address, &order.body(purpose)))
                .await;
        }
        "without saying what for" => purpose = None,
        "as a provider would" => purpose = Some(Audience::Provider.purpose()),
        "as a payer would" => purpose = Some(Audience::Payer.purpose()),
        "for a made-up purpose" => purpose = Some("https://vitruvian.example/purpose"),
        "since a day that does not exist" => {
            order.add("_since", "valueInstant", json!("2025-02-30T25:00:00Z"))
        }
        "with a parameter nobody knows" => {
            order.add("vitruvianExtra", "valueString", json!("nothing"))
        }
        "of a kind that does not exist" => {
            order.add("_type", "valueString", json!("Patient,Vitruvian"))
        }
        "of a kind that does not exist, and to be lenient" => {
            order.add("_type", "valueString", json!("Patient,Vitruvian"));
            headers.push(("prefer", "respond-async, handling=lenient"));
        }
        _ => headers.push(("accept", "text/html")),
    }
    let request = Request::post_json(address, &order.body(purpose));
    let request = headers.into_iter().fold(request, |request, (name, value)| {
        request.header(name, value)
    });
    world.kick_off(request).await
}

async fn ask_nowhere(world: &mut World, _: Arguments<'_>) -> Outcome {
    world.ask_for("vitruvian-no-group").await
}

async fn have_exported(world: &mut World, _: Arguments<'_>) -> Outcome {
    let request = world.export_request()?;
    world.finish_job(request).await?;
    let export = world.read_files("output").await?;
    world.exports.push(Arc::new(export));
    Ok(())
}

async fn have_checked(world: &mut World, _: Arguments<'_>) -> Outcome {
    let request = world.export_request()?;
    world.finish_job(request).await?;
    let export = world.validate_files("output").await?;
    world.exports.push(Arc::new(export));
    Ok(())
}

async fn refused(world: &mut World, _: Arguments<'_>) -> Outcome {
    let reply = world.reply()?;
    let result = expect_refusal(reply).and_then(|()| expect_outcome(reply).map(|_| ()));
    let was_accepted = reply.status == 202;
    if was_accepted {
        // So that it is called off at the end.
        let _ = world.accept_job();
    }
    world.judge(result)
}

async fn accepted_or_refused(world: &mut World, arguments: Arguments<'_>) -> Outcome {
    if world.reply()?.status == 202 {
        return world.accept_job();
    }
    refused(world, arguments).await
}

async fn accepted(world: &mut World, _: Arguments<'_>) -> Outcome {
    let reply = world.reply()?;
    if reply.status == 202 {
        return world.accept_job();
    }
    let result =
        Err(Mismatch::new("the job is taken on (status 202)", describe(reply)).at("HTTP status"));
    world.judge(result)
}

async fn not_silent(world: &mut World, _: Arguments<'_>) -> Outcome {
    if world.reply()?.status != 202 {
        let result = expect_outcome(world.reply()?).map(|_| ());
        return world.judge(result);
    }
    world.accept_job()?;
    world.wait_for_job().await?;
    if world.job()?.manifest.is_none() {
        let result = expect_outcome(world.reply()?).map(|_| ());
        return world.judge(result);
    }
    let is_reported = !world.job()?.files("error").is_empty();
    let observations = world
        .read_files("output")
        .await?
        .of_type("Observation")
        .count();
    let result = if is_reported || observations == 0 {
        Ok(())
    } else {
        Err(Mismatch::new(
            "a refusal, or an outcome that tells of the filter",
            format!("{observations} observations as if there was no filter, and no error"),
        )
        .at("$.error"))
    };
    world.judge(result)
}

async fn reported(world: &mut World, _: Arguments<'_>) -> Outcome {
    let errors = world.read_files("error").await?;
    let unreadable = errors
        .files
        .iter()
        .find(|file| !file.troubles.is_empty() || file.status != 200);
    let other = errors
        .resources
        .iter()
        .find(|one| one["resourceType"] != "OperationOutcome");
    let result = match (unreadable, other) {
        _ if errors.total() == 0 => Err(Mismatch::new(
            "an OperationOutcome among the errors",
            "there is none",
        )
        .at("$.error")),
        (Some(file), _) => Err(Mismatch::new(
            "a file of OperationOutcomes",
            "it cannot be read as one",
        )
        .at(file.url.clone())),
        (None, Some(other)) => Err(Mismatch::new(
            "OperationOutcomes only",
            super::export::address(other),
        )
        .at("$.error")),
        (None, None) => Ok(()),
    };
    world.judge(result)
}
