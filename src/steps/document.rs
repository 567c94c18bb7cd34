//! Documents: notes about a member, and what stands behind prior authorizations.

use super::authorization::{has_code, is_authorization};
use super::drive::{Arguments, Halt, Outcome};
use super::expect::{describe, expect_resource, expect_status};
use super::mismatch::name_of;
use super::{Mismatch, World};
use crate::fhir::{Reference, path};
use crate::http::Request;
use serde_json::Value;
use std::collections::BTreeSet;
use std::sync::Arc;

super::book::steps! {
    /// Reads the member's documents; skips when there are none.
    r"^an app reads the member's documents$" => read;
    /// Every document has an attachment with an address or the content itself.
    r"^each has its content or says where it is$" => has_content;
    /// Every address on the payer's server leads to the content.
    r"^the contents can be fetched$" => contents;
    /// Addresses on the payer's server are those of Binary resources with a content type and data.
    r"^contents with an address are kept as Binary$" => binaries;
    /// Every document has a custodian, or a Provenance with an Organization.
    r"^each names the organisation responsible for it$" => responsible;
    /// Types are coded in LOINC, and the five common notes are among them.
    r"^the five common kinds of notes are among them$" => note_types;
    /// Reads what the member's prior authorizations refer to as supporting information; skips when nothing.
    r"^an app reads the documents behind the member's prior authorizations$" => read_supporting;
    /// Every one of them could be read.
    r"^each of those documents can be read$" => supporting_readable;
    /// They are linked under category additionalInformation.
    r"^each is linked as additional information$" => linked;
    /// Everything about the member holds the documents and their contents.
    r"^everything about the member holds them, too$" => in_everything;
}

/// Contents fetched in one scenario at most.
const MOST_CONTENTS: usize = 20;

async fn read(world: &mut World, _: Arguments<'_>) -> Outcome {
    let harvest = world.harvest("DocumentReference").await?;
    world.records = harvest.records.clone().into();
    if world.records.is_empty() {
        return Err(Halt::Skip(
            "the member has no documents; give a test member who has some".into(),
        ));
    }
    Ok(())
}

/// The attachments of the documents read so far, with their place.
fn attachments(world: &World) -> Vec<(String, Value)> {
    let documents = world
        .records
        .iter()
        .filter(|one| one["resourceType"] == "DocumentReference");
    documents
        .flat_map(|document| {
            let contents = document["content"].as_array().cloned().unwrap_or_default();
            let name = name_of(document);
            contents
                .into_iter()
                .enumerate()
                .map(move |(number, content)| {
                    (
                        format!("{name}: content[{number}].attachment"),
                        content["attachment"].clone(),
                    )
                })
        })
        .collect()
}

async fn has_content(world: &mut World, _: Arguments<'_>) -> Outcome {
    let all = attachments(world);
    let documents = world
        .records
        .iter()
        .filter(|one| one["resourceType"] == "DocumentReference");
    let without = documents.filter(|one| !one["content"].is_array());
    let mut mismatches: Vec<Mismatch> = without
        .map(|one| Mismatch::new("a content", "there is none").at(name_of(one)))
        .collect();
    let is_empty =
        |attachment: &Value| !attachment["url"].is_string() && !attachment["data"].is_string();
    mismatches.extend(
        all.into_iter()
            .filter(|(_, one)| is_empty(one))
            .map(|(place, _)| {
                Mismatch::new("an address or the content itself", "neither").at(place)
            }),
    );
    world.judge_each(mismatches)
}

/// Own addresses of contents, with their place.
fn addresses(world: &World) -> Vec<(String, String)> {
    attachments(world)
        .into_iter()
        .filter_map(|(place, one)| Some((place, one["url"].as_str()?.to_owned())))
        .filter(|(_, address)| world.is_own(address))
        .take(MOST_CONTENTS)
        .collect()
}

async fn contents(world: &mut World, _: Arguments<'_>) -> Outcome {
    let mut mismatches = Vec::new();
    for (place, address) in addresses(world) {
        world.send(Request::get(address)).await?;
        let reply = world.reply()?;
        let result = expect_status(reply, &[200], "the content").and_then(|()| {
            if reply.body.is_empty() {
                return Err(Mismatch::new("the content", "an empty body"));
            }
            Ok(())
        });
        mismatches.extend(
            result
                .err()
                .map(|mismatch| mismatch.at(format!("{place}.url"))),
        );
    }
    let is_empty = |one: &Value| one["data"].as_str().is_some_and(str::is_empty);
    let empty = attachments(world)
        .into_iter()
        .filter(|(_, one)| is_empty(one));
    mismatches.extend(empty.map(|(place, _)| Mismatch::new("the content", "nothing").at(place)));
    world.judge_each(mismatches)
}

async fn binaries(world: &mut World, _: Arguments<'_>) -> Outcome {
    let own = addresses(world);
    if own.is_empty() {
        return Err(Halt::Skip(
            "no document has its content under an address of the payer; give a test member with one".into(),
        ));
    }
    let mut mismatches = Vec::new();
    for (place, address) in own {
        let place = format!("{place}.url");
        if !matches!(Reference::parse(&address).target(), Some(("Binary", _))) {
            mismatches.push(Mismatch::new("the address of a Binary", address).at(place));
            continue;
        }
        world
            .send(Request::get(address).header("accept", "application/fhir+json"))
            .await?;
        let reply = world.reply()?;
        let result = expect_status(reply, &[200], "the Binary")
            .and_then(|()| expect_resource(reply, "Binary"))
            .and_then(|binary| {
                let has = |name: &str| binary[name].as_str().is_some_and(|text| !text.is_empty());
                if has("contentType") && has("data") {
                    return Ok(());
                }
                Err(Mismatch::new(
                    "a content type and the content in base64",
                    "one of them is missing",
                ))
            });
        mismatches.extend(result.err().map(|mismatch| mismatch.at(place)));
    }
    world.judge_each(mismatches)
}

async fn responsible(world: &mut World, _: Arguments<'_>) -> Outcome {
    let exchanges = world
        .search_with_provenance(&|kind| kind == "DocumentReference")
        .await?;
    world.keep_told(Arc::new(exchanges)).await?;
    let is_organization = |value: &Value| {
        value["reference"]
            .as_str()
            .is_some_and(|text| text.contains("Organization/"))
            || value["identifier"].is_object()
    };
    super::provenance::judge_records(
        world,
        "a custodian, or a Provenance with an organisation",
        |_, exchange, document| {
            let told = exchange.of(document).any(|one| {
                let agents = super::told::agents(one);
                agents.iter().any(|agent| {
                    is_organization(&agent["who"]) || is_organization(&agent["onBehalfOf"])
                })
            });
            (!told && document["custodian"].is_null()).then(|| "neither".to_owned())
        },
    )
}

/// The common clinical notes: consultation, discharge summary, history and physical, procedure, progress.
const NOTES: [&str; 5] = ["11488-4", "18842-5", "34117-2", "28570-0", "11506-3"];

async fn note_types(world: &mut World, _: Arguments<'_>) -> Outcome {
    let is_coded = |document: &Value| {
        path::elements(document, "type.coding")
            .iter()
            .any(|coding| {
                matches!(
                    coding["system"].as_str(),
                    Some(
                        "http://loinc.org" | "http://terminology.hl7.org/CodeSystem/v3-NullFlavor"
                    )
                )
            })
    };
    let uncoded = world.records.iter().filter(|one| !is_coded(one));
    let mismatches = uncoded.map(|one| {
        Mismatch::new("a type in LOINC", one["type"].to_string())
            .at(format!("{}: type", name_of(one)))
    });
    let mismatches = mismatches.collect();
    world.judge_each(mismatches)?;
    let missing: Vec<&str> = NOTES
        .into_iter()
        .filter(|code| {
            !world
                .records
                .iter()
                .any(|one| has_code(&one["type"], &[code]))
        })
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    Err(Halt::Skip(format!(
        "the member has no notes of type {}; give a test member who has them",
        missing.join(", ")
    )))
}

/// References of supporting information, and the entries they stand in.
fn supporting(authorization: &Value) -> Vec<(String, &Value)> {
    path::elements(authorization, "supportingInfo")
        .into_iter()
        .filter_map(|one| Some((one["valueReference"]["reference"].as_str()?.to_owned(), one)))
        .collect()
}

async fn read_supporting(world: &mut World, _: Arguments<'_>) -> Outcome {
    let harvest = world.harvest("ExplanationOfBenefit").await?;
    let authorizations: Vec<Value> = harvest
        .records
        .iter()
        .filter(|one| is_authorization(one))
        .cloned()
        .collect();
    let mut references: BTreeSet<String> = BTreeSet::new();
    for one in &authorizations {
        references.extend(supporting(one).into_iter().map(|(reference, _)| reference));
    }
    references.retain(|reference| world.is_own(reference));
    if references.is_empty() {
        return Err(Halt::Skip(
            "no prior authorization of the member refers to a document; give a test member with one that does".into(),
        ));
    }
    let mut records = authorizations;
    for reference in references.into_iter().take(MOST_CONTENTS) {
        world.prepare(Request::get(&reference)).await?;
        let reply = world.reply()?;
        let body = reply.json().unwrap_or_default();
        if reply.status == 200 && body["id"].is_string() {
            records.push(body);
        } else {
            let said = describe(reply);
            world.note(format!("{reference} cannot be read: {said}"));
        }
    }
    world.records = records.into();
    Ok(())
}

/// Every supporting reference of the prior authorizations read, with the authorization.
fn all_supporting(world: &World) -> Vec<(String, String, Value)> {
    let authorizations = world.records.iter().filter(|one| is_authorization(one));
    authorizations
        .flat_map(|one| {
            supporting(one)
                .into_iter()
                .map(|(reference, info)| (name_of(one), reference, info.clone()))
        })
        .filter(|(_, reference, _)| world.is_own(reference))
        .collect()
}

/// `Type/id` of a reference.
fn bare(reference: &str) -> String {
    let parsed = Reference::parse(reference);
    parsed
        .target()
        .map_or_else(|| reference.to_owned(), |(kind, id)| format!("{kind}/{id}"))
}

async fn supporting_readable(world: &mut World, _: Arguments<'_>) -> Outcome {
    let read: BTreeSet<String> = world.records.iter().map(name_of).collect();
    let missing = all_supporting(world)
        .into_iter()
        .filter(|(_, reference, _)| !read.contains(&bare(reference)));
    let mismatches = missing
        .map(|(one, reference, _)| {
            Mismatch::new("the document can be read", "it cannot")
                .at(format!("{one}: supportingInfo, {reference}"))
        })
        .collect();
    world.judge_each(mismatches)
}

async fn linked(world: &mut World, _: Arguments<'_>) -> Outcome {
    const SYSTEMS: [&str; 2] = [
        "http://hl7.org/fhir/us/davinci-pas/CodeSystem/PASTempCodes",
        "http://hl7.org/fhir/us/davinci-pas/CodeSystem/PASSupportingInfoType",
    ];
    let is_linked = |info: &Value| {
        path::elements(info, "category.coding")
            .iter()
            .any(|coding| {
                coding["code"] == "additionalInformation"
                    && coding["system"]
                        .as_str()
                        .is_some_and(|system| SYSTEMS.contains(&system))
            })
    };
    let documents: Vec<_> = all_supporting(world)
        .into_iter()
        .filter(|(_, reference, _)| bare(reference).starts_with("DocumentReference/"))
        .collect();
    if documents.is_empty() {
        let mismatch = Mismatch::new(
            "supporting documents as DocumentReference",
            "other kinds of records only",
        );
        return world.judge(Err(mismatch.at("supportingInfo.valueReference")));
    }
    let wrong = documents
        .into_iter()
        .filter(|(_, _, info)| !is_linked(info))
        .map(|(one, reference, info)| {
            Mismatch::new(
                "category additionalInformation of PAS",
                info["category"].to_string(),
            )
            .at(format!("{one}: supportingInfo, {reference}"))
        });
    world.judge_each(wrong.collect())
}

async fn in_everything(world: &mut World, _: Arguments<'_>) -> Outcome {
    let mut wanted: BTreeSet<String> = all_supporting(world)
        .into_iter()
        .map(|(_, reference, _)| bare(&reference))
        .collect();
    wanted.extend(
        addresses(world)
            .into_iter()
            .map(|(_, address)| bare(&address)),
    );
    // What is structured comes as records of other kinds, which other requirements are about.
    wanted.retain(|name| name.starts_with("DocumentReference/") || name.starts_with("Binary/"));
    if wanted.is_empty() {
        return Err(Halt::Skip(
            "no prior authorization of the member refers to a document; give a test member with one that does".into(),
        ));
    }
    let all = world.everything_or_skip().await?;
    let held: BTreeSet<String> = all.iter().map(name_of).collect();
    let missing = wanted.into_iter().filter(|name| !held.contains(name));
    let mismatches = missing
        .map(|name| {
            Mismatch::new(
                "everything at once holds the documents behind prior authorizations",
                "it is missing",
            )
            .at(name)
        })
        .collect();
    world.judge_each(mismatches)
}
