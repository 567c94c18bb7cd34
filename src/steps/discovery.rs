//! What a payer publishes about itself, and what it offers beyond single kinds of records.

use super::drive::{Arguments, Halt, Outcome};
use super::expect::{describe, expect_resource, expect_status};
use super::{Mismatch, World};
use crate::fhir::bundle;
use crate::http::Request;
use serde_json::{Value, json};

super::book::steps! {
    /// Reads `.well-known/davinci-configuration` without credentials.
    r"^a partner looks for the payer's endpoints$" => read;
    /// Status 200, with a JSON object.
    r"^the list is there and can be read by a program$" => readable;
    /// The endpoints of the three APIs are listed, and each answers with its declaration.
    r"^it leads to the endpoints for apps, providers and payers$" => endpoints;
    /// `patchFormat` names JSON Patch where any type declares patch.
    r"^patches are taken as JSON patches$" => patches;
    /// A declared batch of one read is answered with a batch-response of one answer.
    r"^a batch of requests is answered, where that is declared$" => batch;
    /// The declaration is for FHIR 4.0.1.
    r"^it is for FHIR R4$" => release;
}

async fn read(world: &mut World, _: Arguments<'_>) -> Outcome {
    let question =
        Request::get(".well-known/davinci-configuration").header("accept", "application/json");
    world.send(question.anonymous()).await
}

/// The configuration as JSON.
fn configuration(world: &World) -> Result<Result<Value, Mismatch>, Halt> {
    let reply = world.reply()?;
    let kind = reply.header("content-type").unwrap_or("no content type");
    let is_json = kind
        .split(';')
        .next()
        .is_some_and(|kind| kind.trim().eq_ignore_ascii_case("application/json"));
    let document = expect_status(reply, &[200], "the list of endpoints").and_then(|()| {
        if !is_json {
            return Err(
                Mismatch::new("content type application/json", kind).at("header Content-Type")
            );
        }
        super::expect::expect_json(reply)
    });
    Ok(document.and_then(|document| match document.is_object() {
        true => Ok(document),
        false => Err(Mismatch::new("a JSON object", "something else").at("$")),
    }))
}

async fn readable(world: &mut World, _: Arguments<'_>) -> Outcome {
    let result = configuration(world)?.map(|_| ());
    world.judge(result)
}

/// Names of the endpoints (PDex home page), for apps, providers and payers.
const ENDPOINTS: [&str; 3] = [
    "davinci_pdex_patient_endpoint",
    "davinci_pdex_provider_endpoint",
    "davinci_pdex_payer_endpoint",
];

async fn endpoints(world: &mut World, _: Arguments<'_>) -> Outcome {
    let document = match configuration(world)? {
        Ok(document) => document,
        Err(mismatch) => return world.judge(Err(mismatch)),
    };
    let listed = document["endpoints"]
        .as_object()
        .cloned()
        .unwrap_or_default();
    let mut mismatches = Vec::new();
    for name in ENDPOINTS {
        // A version may follow the name.
        let found = listed
            .iter()
            .filter(|(key, _)| key.split('#').next() == Some(name));
        let addresses: Vec<&str> = found.filter_map(|(_, value)| value.as_str()).collect();
        if addresses.is_empty() {
            mismatches.push(
                Mismatch::new("the endpoint is listed", "it is not")
                    .at(format!("$.endpoints.{name}")),
            );
        }
        for address in addresses {
            if !world.is_own(address) {
                world.note(format!("{name} is on another server and is not tried"));
                continue;
            }
            let metadata = format!("{}/metadata", address.trim_end_matches('/'));
            world.send(Request::get(metadata)).await?;
            let reply = world.reply()?;
            let result = expect_status(reply, &[200], "the endpoint answers with its declaration")
                .and_then(|()| expect_resource(reply, "CapabilityStatement"));
            mismatches.extend(
                result
                    .err()
                    .map(|mismatch| mismatch.at(format!("$.endpoints.{name}"))),
            );
        }
    }
    world.judge_each(mismatches)
}

async fn patches(world: &mut World, _: Arguments<'_>) -> Outcome {
    let statement = world.statement()?;
    let takes = super::capability::resources(statement)
        .iter()
        .any(|one| super::capability::has_interaction(one, "patch"));
    if !takes {
        return Err(Halt::Inapplicable("the payer declares no patches".into()));
    }
    let formats = statement["patchFormat"]
        .as_array()
        .cloned()
        .unwrap_or_default();
    let result = if formats
        .iter()
        .any(|format| format == "application/json-patch+json")
    {
        Ok(())
    } else {
        let actual = if formats.is_empty() {
            "none".to_owned()
        } else {
            json!(formats).to_string()
        };
        Err(Mismatch::new("application/json-patch+json", actual).at("$.patchFormat"))
    };
    world.judge(result)
}

async fn batch(world: &mut World, _: Arguments<'_>) -> Outcome {
    let interactions = world.statement()?["rest"][0]["interaction"]
        .as_array()
        .cloned()
        .unwrap_or_default();
    if !interactions.iter().any(|one| one["code"] == "batch") {
        return Err(Halt::Inapplicable("the payer declares no batches".into()));
    }
    let id = world.member_record().await?;
    let body = json!({"resourceType": "Bundle", "type": "batch", "entry": [
        {"request": {"method": "GET", "url": format!("Patient/{id}")}},
        {"request": {"method": "GET", "url": "Patient/there-is-no-such-record"}},
    ]});
    world.send(Request::post_json("", &body)).await?;
    let reply = world.reply()?;
    let result = expect_status(reply, &[200], "the batch is answered")
        .and_then(|()| expect_resource(reply, "Bundle"))
        .and_then(|answer| {
            if answer["type"] != "batch-response" {
                let kind = answer["type"].as_str().unwrap_or("none");
                return Err(Mismatch::new("a Bundle of type batch-response", kind).at("$.type"));
            }
            let statuses: Vec<&str> = bundle::entries(&answer)
                .iter()
                .map(|entry| entry["response"]["status"].as_str().unwrap_or("none"))
                .collect();
            let [first, second] = statuses.as_slice() else {
                let actual = format!("answers to {} of them", statuses.len());
                return Err(
                    Mismatch::new("an answer to each of the two requests", actual).at("$.entry"),
                );
            };
            if first.starts_with("200") && second.starts_with('4') {
                return Ok(());
            }
            let actual = format!("statuses {first} and {second}");
            Err(
                Mismatch::new("the record, and that the other does not exist", actual)
                    .at("$.entry[*].response.status"),
            )
        });
    world.judge(result)
}

async fn release(world: &mut World, _: Arguments<'_>) -> Outcome {
    let reply = world.reply()?;
    let statement = expect_status(reply, &[200], "the declaration")
        .and_then(|()| expect_resource(reply, "CapabilityStatement"))
        .map_err(|mismatch| mismatch.hint(describe(reply)));
    let result = statement.and_then(|statement| match statement["fhirVersion"].as_str() {
        Some("4.0.1") => Ok(()),
        found => Err(Mismatch::new("4.0.1", found.unwrap_or("nothing")).at("$.fhirVersion")),
    });
    world.judge(result)
}
