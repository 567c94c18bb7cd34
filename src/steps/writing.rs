//! New and changed records, where a payer takes them.

use super::capability::{has_interaction, resource};
use super::drive::{Arguments, Halt, Outcome};
use super::expect::{expect_outcome, expect_resource, expect_status};
use super::{Mismatch, World};
use crate::fhir::bundle;
use crate::http::{Reply, Request};
use http::Method;
use serde_json::{Value, json};

super::book::steps! {
    /// Sends a copy of one of the member's records as a new one: it is created, has an address and can be read there.
    r"^a new (\w+) record about the member is accepted$" => create;
    /// What is no record of the kind is refused as such.
    r"^what is no (\w+) record is refused$" => refuse;
    /// A patch that changes nothing is done, or refused as something the payer does not do.
    r"^the record is corrected, or the payer says that it does not correct records$" => patch;
    /// The summaries are asked for by parameters and by a body; both find documents of the member alone.
    r"^clinical summaries can be asked for in both ways$" => docref;
    /// The value set of document types is expanded by its canonical URL.
    r"^the value set of document types can be expanded$" => expand;
}

async fn create(world: &mut World, arguments: Arguments<'_>) -> Outcome {
    let kind = arguments.word(1);
    let mut copy = world.sample(kind).await?;
    let report = world.target()?.judge.validate(&copy);
    if let Some(broken) = report.errors().next() {
        return Err(Halt::Skip(format!(
            "a copy of the payer's own {kind} record need not be taken, as that breaks a rule itself: {}",
            broken.message
        )));
    }
    if let Some(members) = copy.as_object_mut() {
        // The payer numbers, dates and words it anew.
        members.retain(|name, _| !["id", "text", "identifier"].contains(&name.as_str()));
        if let Some(meta) = members.get_mut("meta").and_then(Value::as_object_mut) {
            meta.retain(|name, _| name == "profile");
        }
    }
    let is_declared = world.declares_interaction(kind, "create").await?;
    world.send(Request::post_json(kind, &copy)).await?;
    let created = expect_created(world.reply()?, kind);
    let address = match created {
        Ok(address) => address,
        Err(mismatch) => return world.judge_offer(Err(mismatch), is_declared),
    };
    if !world.is_own(&address) {
        let mismatch =
            Mismatch::new("an address on the payer itself", address).at("header Location");
        return world.judge_offer(Err(mismatch), is_declared);
    }
    world.send(Request::get(address)).await?;
    let reply = world.reply()?;
    let read = expect_status(reply, &[200], "the new record at its address")
        .and_then(|()| expect_resource(reply, kind));
    world.judge_offer(read.map(|_| ()), is_declared)
}

/// The record was created: its address.
fn expect_created(reply: &Reply, kind: &str) -> Result<String, Mismatch> {
    expect_status(reply, &[201], "created")?;
    let address = reply.header("location").unwrap_or_default();
    if !address.contains(&format!("{kind}/")) {
        let actual = if address.is_empty() { "none" } else { address };
        return Err(Mismatch::new("the address of the new record", actual).at("header Location"));
    }
    match reply.header("etag") {
        Some(_) => Ok(address.to_owned()),
        None => Err(Mismatch::new("the version of the new record", "none").at("header ETag")),
    }
}

async fn refuse(world: &mut World, arguments: Arguments<'_>) -> Outcome {
    let kind = arguments.word(1);
    let is_declared = world.declares_interaction(kind, "create").await?;
    let other = json!({"resourceType": "Basic", "code": {"text": "sent by mistake"}});
    world.send(Request::post_json(kind, &other)).await?;
    let reply = world.reply()?;
    let result = expect_status(reply, &[400, 422], "a refusal of what is no such record")
        .and_then(|()| expect_outcome(reply));
    world.judge_offer(result.map(|_| ()), is_declared)
}

async fn patch(world: &mut World, _: Arguments<'_>) -> Outcome {
    let record = world.records.last().cloned().unwrap_or_default();
    let text = |name: &str| record[name].as_str().unwrap_or_default().to_owned();
    let (kind, id) = (text("resourceType"), text("id"));
    // It only asks whether the record is of its kind, so that nothing is changed.
    let same = json!([{"op": "test", "path": "/resourceType", "value": kind}]);
    let request = Request::new(Method::PATCH, format!("{kind}/{id}"))
        .header("content-type", "application/json-patch+json")
        .body(same.to_string());
    let statement = world.known_statement().await?;
    let is_declared =
        resource(&statement, &kind).is_some_and(|declared| has_interaction(declared, "patch"));
    world.send(request).await?;
    let reply = world.reply()?;
    let result = if is_declared {
        expect_status(reply, &[200, 204], "done, for it is declared")
    } else {
        expect_status(
            reply,
            &[200, 204, 401, 403, 404, 405, 415, 501],
            "done, or said not to be offered",
        )
    };
    world.judge(result)
}

async fn docref(world: &mut World, _: Arguments<'_>) -> Outcome {
    let member = world.member_record().await?;
    let body = json!({"resourceType": "Parameters", "parameter": [{"name": "patient", "valueId": member}]});
    let requests = [
        Request::get(format!("DocumentReference/$docref?patient={member}")),
        Request::post_json("DocumentReference/$docref", &body),
    ];
    for request in requests {
        world.send(request).await?;
        let result = expect_documents(world.reply()?, &member);
        world.judge(result)?;
    }
    Ok(())
}

fn expect_documents(reply: &Reply, member: &str) -> Result<(), Mismatch> {
    expect_status(reply, &[200], "the summaries")?;
    let found = expect_resource(reply, "Bundle")?;
    let told = found["type"].as_str().unwrap_or("none");
    if told != "searchset" {
        return Err(Mismatch::new("a Bundle of type searchset", told).at("$.type"));
    }
    let own = format!("Patient/{member}");
    for document in bundle::matches(&found).filter(|one| one["resourceType"] != "OperationOutcome")
    {
        if document["resourceType"] != "DocumentReference" {
            let other = document["resourceType"]
                .as_str()
                .unwrap_or("something else");
            return Err(Mismatch::new("references to documents only", other).at("$.entry"));
        }
        let subject = document["subject"]["reference"]
            .as_str()
            .unwrap_or_default();
        let is_own = subject == own || subject.ends_with(&format!("/{own}"));
        if !is_own {
            return Err(Mismatch::new("documents about the member only", subject)
                .at("$.entry[*].resource.subject"));
        }
    }
    Ok(())
}

async fn expand(world: &mut World, _: Arguments<'_>) -> Outcome {
    const TYPES: &str = "http://hl7.org/fhir/us/core/ValueSet/us-core-documentreference-type";
    let query = url::form_urlencoded::Serializer::new(String::new())
        .append_pair("url", TYPES)
        .finish();
    let statement = world.known_statement().await?;
    if resource(&statement, "ValueSet").is_none() {
        let mismatch = Mismatch::new("value sets, of which the payer tells", "it declares none");
        return world.judge(Err(mismatch.at("$.rest[0].resource[?(@.type=='ValueSet')]")));
    }
    world
        .send(Request::get(format!("ValueSet/$expand?{query}")))
        .await?;
    let reply = world.reply()?;
    let result = expect_status(reply, &[200], "the expanded value set")
        .and_then(|()| expect_resource(reply, "ValueSet"))
        .and_then(|set| match set["expansion"].is_object() {
            true => Ok(()),
            false => Err(
                Mismatch::new("a value set with its expansion", "there is none").at("$.expansion"),
            ),
        });
    world.judge(result)
}
