//! Clinical summaries of a time (`DocumentReference/$docref`).

use super::drive::{Arguments, Halt, Outcome};
use super::expect::{describe, expect_resource, expect_status};
use super::mismatch::name_of;
use super::{Mismatch, World};
use crate::fhir::{Span, bundle, path};
use crate::http::Request;
use serde_json::{Value, json};
use std::collections::BTreeSet;

super::book::steps! {
    /// Sends the request as Parameters.
    r"^an app asks for the member's clinical summaries by sending the request$" => post;
    /// Asks for the summaries of the day of the member's oldest document.
    r"^an app asks for the summaries of one day$" => of_a_day;
    /// Documents of that day, and of no other, are found.
    r"^the documents of that day come, and no others$" => only_that_day;
    /// Asks without a time; no document of the kinds that come is newer than those.
    r"^without a day, the latest summary comes$" => latest;
}

async fn post(world: &mut World, _: Arguments<'_>) -> Outcome {
    let id = world.member_record().await?;
    let body =
        json!({"resourceType": "Parameters", "parameter": [{"name": "patient", "valueId": id}]});
    world
        .send(Request::post_json("DocumentReference/$docref", &body))
        .await
}

/// When the care was given that a document tells of.
fn of_time(document: &Value) -> Option<Span> {
    Span::period(&document["context"]["period"])
        .or_else(|| Span::parse(document["date"].as_str()?).ok())
}

/// The first day a document is about.
fn day_of(document: &Value) -> Option<&str> {
    let start = &document["context"]["period"]["start"];
    start
        .as_str()
        .or_else(|| document["date"].as_str())?
        .get(..10)
}

async fn of_a_day(world: &mut World, _: Arguments<'_>) -> Outcome {
    let documents = world.harvest("DocumentReference").await?.records.clone();
    let days: BTreeSet<&str> = documents.iter().filter_map(day_of).collect();
    let (Some(day), true) = (days.first(), days.len() > 1) else {
        return Err(Halt::Skip(
            "the member has no documents of several days; give a test member who has".into(),
        ));
    };
    let id = world.member_record().await?;
    let query = format!("DocumentReference/$docref?patient={id}&start={day}&end={day}");
    world.send(Request::get(query)).await?;
    world.records = documents.into();
    Ok(())
}

/// The documents in the answer to `$docref`.
fn found(world: &World) -> Result<Result<Vec<Value>, Mismatch>, Halt> {
    let reply = world.reply()?;
    let found = expect_status(reply, &[200], "the summaries are offered")
        .and_then(|()| expect_resource(reply, "Bundle"));
    Ok(found.map(|found| {
        let documents = bundle::entries(&found)
            .iter()
            .map(|entry| entry["resource"].clone());
        documents
            .filter(|one| one["resourceType"] == "DocumentReference")
            .collect()
    }))
}

async fn only_that_day(world: &mut World, _: Arguments<'_>) -> Outcome {
    let documents = match found(world)? {
        Ok(documents) => documents,
        Err(mismatch) => return world.judge(Err(mismatch)),
    };
    let day = world
        .records
        .iter()
        .filter_map(day_of)
        .min()
        .unwrap_or_default()
        .to_owned();
    let span = Span::parse(&day).map_err(|error| Halt::Error(error.to_string()))?;
    let mut mismatches = Vec::new();
    if documents.is_empty() {
        mismatches.push(Mismatch::new(format!("the documents of {day}"), "none").at("$.entry"));
    }
    let strange = documents
        .iter()
        .filter(|one| of_time(one).is_some_and(|time| !time.overlaps(&span)));
    mismatches.extend(strange.map(|one| {
        Mismatch::new(format!("documents of {day}"), "one of another day").at(name_of(one))
    }));
    world.judge_each(mismatches)
}

async fn latest(world: &mut World, _: Arguments<'_>) -> Outcome {
    let id = world.member_record().await?;
    let all = world.harvest("DocumentReference").await?.records.clone();
    world
        .send(Request::get(format!(
            "DocumentReference/$docref?patient={id}"
        )))
        .await?;
    let documents = match found(world)? {
        Ok(documents) if documents.is_empty() => {
            let said = describe(world.reply()?);
            return Err(Halt::Skip(format!(
                "the member has no clinical summaries: {said}"
            )));
        }
        Ok(documents) => documents,
        Err(mismatch) => return world.judge(Err(mismatch)),
    };
    let kinds = |document: &Value| -> BTreeSet<String> {
        path::elements(document, "type.coding.code")
            .iter()
            .map(ToString::to_string)
            .collect()
    };
    let given: BTreeSet<String> = documents.iter().flat_map(kinds).collect();
    let last = documents
        .iter()
        .filter_map(of_time)
        .map(|time| time.start)
        .max();
    let newer = all.iter().filter(|one| {
        one["status"] == "current"
            && kinds(one).intersection(&given).next().is_some()
            && of_time(one).is_some_and(|time| last.is_some_and(|last| time.start > last))
    });
    let mismatches = newer
        .map(|one| {
            Mismatch::new(
                "the summary of the last or current encounter",
                "an older one",
            )
            .at(name_of(one))
        })
        .collect();
    world.judge_each(mismatches)
}
