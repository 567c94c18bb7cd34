//! Whether what works is declared, and what is declared works.

use super::capability::{OPERATIONS, declares_operation, has_interaction, resource, resources};
use super::drive::{Arguments, Halt, Outcome};
use super::expect::{describe, expect_resource, expect_status};
use super::{Mismatch, World};
use crate::fhir::bundle;
use crate::http::Request;

super::book::steps! {
    /// Probes every type PDex knows and the match operation; what answers must be declared.
    r"^everything that answers is declared$" => answers_are_declared;
    /// Searches every declared kind of record about the member, and reads one of each.
    r"^the declared kinds of records can really be searched and read$" => kinds_work;
    /// Reads an earlier version and the history of the member's record, where declared.
    r"^declared versions and histories of the member's record can be read$" => versions_work;
    /// If the member's whole record can be fetched at once, that operation is declared.
    r"^fetching everything about the member is declared if it works$" => everything_declared;
    /// If records can be fetched as files, that operation is declared; the job started for it is cancelled.
    r"^fetching records as files is declared if it works$" => export_declared;
    /// The operation that fetches clinical summaries finds document references.
    r"^an app asks for the member's clinical summaries$" => ask_docref;
    /// A search set of DocumentReferences, each with a way to its content.
    r"^the summaries come as references to documents$" => docref_answer;
    /// The value set of supported note types is expanded, or refused properly.
    r"^an app asks which kinds of notes there are$" => ask_note_types;
    /// A ValueSet with an expansion, or a refusal.
    r"^the payer lists them or says it cannot$" => note_types_answer;
}

/// Types a PDex payer may serve (PDex capability statements, all versions).
const TYPES: [&str; 32] = [
    "AllergyIntolerance",
    "CarePlan",
    "CareTeam",
    "Condition",
    "Consent",
    "Coverage",
    "Device",
    "DiagnosticReport",
    "DocumentReference",
    "Encounter",
    "Endpoint",
    "ExplanationOfBenefit",
    "Goal",
    "Group",
    "Immunization",
    "Location",
    "Medication",
    "MedicationDispense",
    "MedicationRequest",
    "Observation",
    "Organization",
    "Patient",
    "Practitioner",
    "PractitionerRole",
    "Procedure",
    "Provenance",
    "Questionnaire",
    "QuestionnaireResponse",
    "RelatedPerson",
    "ServiceRequest",
    "Specimen",
    "ValueSet",
];

async fn answers_are_declared(world: &mut World, _: Arguments<'_>) -> Outcome {
    let statement = world.statement()?.clone();
    let (kind, name, canonical) = OPERATIONS[0];
    if !world.matches.is_empty() && !declares_operation(&statement, kind, name, canonical) {
        let mismatch = Mismatch::new(
            "the match operation, which answers, is declared",
            "it is not",
        );
        world.judge(Err(
            mismatch.at("$.rest[0].resource[?(@.type=='Patient')].operation")
        ))?;
    }
    let id = world.member_record().await?;
    for kind in TYPES {
        if resource(&statement, kind).is_some() {
            continue;
        }
        world
            .send(Request::get(format!("{kind}?patient={id}")))
            .await?;
        let reply = world.reply()?;
        let answers = reply.status == 200
            && reply
                .json()
                .is_ok_and(|body| body["resourceType"] == "Bundle");
        if answers {
            let mismatch = Mismatch::new(
                format!("{kind}, which can be searched, is declared"),
                "it is not",
            )
            .at("$.rest[0].resource[*].type");
            world.judge(Err(mismatch))?;
        }
    }
    Ok(())
}

async fn kinds_work(world: &mut World, _: Arguments<'_>) -> Outcome {
    let statement = world.statement()?.clone();
    let id = world.member_record().await?;
    let mut tried = 0;
    for declared in resources(&statement) {
        let kind = declared["type"].as_str().unwrap_or_default();
        let parameters = declared["searchParam"]
            .as_array()
            .map(Vec::as_slice)
            .unwrap_or_default();
        let by_patient = parameters
            .iter()
            .any(|parameter| parameter["name"] == "patient");
        if !TYPES.contains(&kind) || !by_patient || !has_interaction(declared, "search-type") {
            continue;
        }
        tried += 1;
        world
            .send(Request::get(format!("{kind}?patient={id}")))
            .await?;
        let reply = world.reply()?;
        let found = expect_status(reply, &[200], "what is declared can be searched")
            .and_then(|()| expect_resource(reply, "Bundle"))
            .map_err(|mismatch| mismatch.at(format!("GET {kind}?patient=…")));
        let first = found.as_ref().ok().and_then(|found| {
            bundle::matches(found).next()?["id"]
                .as_str()
                .map(str::to_owned)
        });
        world.judge(found.map(|_| ()))?;
        let Some(first) = first.filter(|_| has_interaction(declared, "read")) else {
            continue;
        };
        world.send(Request::get(format!("{kind}/{first}"))).await?;
        let reply = world.reply()?;
        let read = expect_status(reply, &[200], "what a search finds can be read")
            .and_then(|()| expect_resource(reply, kind))
            .map(|_| ())
            .map_err(|mismatch| mismatch.at(format!("GET {kind}/…")));
        world.judge(read)?;
    }
    match tried {
        0 => Err(Halt::Skip(
            "the payer declares nothing that can be searched by member".into(),
        )),
        _ => Ok(()),
    }
}

async fn versions_work(world: &mut World, _: Arguments<'_>) -> Outcome {
    let statement = world.statement()?.clone();
    let record = world.records.last().cloned().unwrap_or_default();
    let id = record["id"].as_str().unwrap_or_default();
    let version = record
        .pointer("/meta/versionId")
        .and_then(serde_json::Value::as_str);
    let patient = resource(&statement, "Patient").cloned().unwrap_or_default();
    let mut tried = false;
    if has_interaction(&patient, "vread")
        && let Some(version) = version
    {
        tried = true;
        world
            .send(Request::get(format!("Patient/{id}/_history/{version}")))
            .await?;
        let reply = world.reply()?;
        let result = expect_status(reply, &[200], "the version of the record can be read")
            .and_then(|()| expect_resource(reply, "Patient"))
            .map(|_| ());
        world.judge(result)?;
    }
    if has_interaction(&patient, "history-instance") {
        tried = true;
        world
            .send(Request::get(format!("Patient/{id}/_history")))
            .await?;
        let result = expect_resource(world.reply()?, "Bundle").and_then(|found| {
            let kind = found["type"].as_str().unwrap_or("none");
            if kind == "history" {
                Ok(())
            } else {
                Err(Mismatch::new("a Bundle of type history", kind).at("$.type"))
            }
        });
        world.judge(result)?;
    }
    if tried {
        Ok(())
    } else {
        Err(Halt::Skip(
            "the payer declares neither versions nor histories of Patient".into(),
        ))
    }
}

/// Judges whether an operation on Patient that answers with `works` is declared; skips when it does
/// not answer so.
fn judge_declared(world: &mut World, works: u16, operation: (&str, &str, &str)) -> Outcome {
    let reply = world.reply()?;
    if reply.status != works {
        return Err(Halt::Skip(format!(
            "the payer does not offer it: {}",
            describe(reply)
        )));
    }
    let (kind, name, canonical) = operation;
    let result = if declares_operation(world.statement()?, kind, name, canonical) {
        Ok(())
    } else {
        Err(Mismatch::new(
            "the operation, which works, is declared on Patient",
            "it is not",
        )
        .at("$.rest[0].resource[?(@.type=='Patient')].operation"))
    };
    world.judge(result)
}

async fn everything_declared(world: &mut World, _: Arguments<'_>) -> Outcome {
    let id = world.member_record().await?;
    world
        .send(Request::get(format!("Patient/{id}/$everything")))
        .await?;
    judge_declared(world, 200, OPERATIONS[4])
}

async fn export_declared(world: &mut World, _: Arguments<'_>) -> Outcome {
    world
        .send(Request::get("Patient/$export").header("prefer", "respond-async"))
        .await?;
    let judged = judge_declared(world, 202, OPERATIONS[5]);
    let job = world.reply()?.header("content-location").map(str::to_owned);
    if let Some(job) = job.filter(|job| world.is_own(job)) {
        world
            .prepare(Request::new(http::Method::DELETE, job))
            .await?;
    }
    judged
}

async fn ask_docref(world: &mut World, _: Arguments<'_>) -> Outcome {
    let id = world.member_record().await?;
    world
        .send(Request::get(format!(
            "DocumentReference/$docref?patient={id}"
        )))
        .await
}

async fn docref_answer(world: &mut World, _: Arguments<'_>) -> Outcome {
    let reply = world.reply()?;
    let is_empty = |found: &serde_json::Value| {
        found["type"] == "searchset" && bundle::entries(found).is_empty()
    };
    if reply.status == 200 && reply.json().is_ok_and(|found| is_empty(&found)) {
        return Err(Halt::Skip(
            "the member has no clinical summaries; give a test member who has one".into(),
        ));
    }
    let result = expect_status(reply, &[200], "the summaries are offered")
        .and_then(|()| expect_resource(reply, "Bundle"))
        .and_then(|found| {
            if found["type"] != "searchset" {
                let kind = found["type"].as_str().unwrap_or("none").to_owned();
                return Err(Mismatch::new("a Bundle of type searchset", kind).at("$.type"));
            }
            for (index, entry) in bundle::entries(&found).iter().enumerate() {
                let resource = &entry["resource"];
                let place = format!("$.entry[{index}].resource");
                if resource["resourceType"] != "DocumentReference" {
                    let found = resource["resourceType"]
                        .as_str()
                        .unwrap_or("nothing")
                        .to_owned();
                    return Err(Mismatch::new("only DocumentReferences", found).at(place));
                }
                let attachment = resource
                    .pointer("/content/0/attachment")
                    .cloned()
                    .unwrap_or_default();
                if !attachment["url"].is_string() && !attachment["data"].is_string() {
                    let place = format!("{place}.content[0].attachment");
                    return Err(
                        Mismatch::new("an address or the content itself", "neither").at(place)
                    );
                }
            }
            Ok(())
        });
    world.judge(result)
}

async fn ask_note_types(world: &mut World, _: Arguments<'_>) -> Outcome {
    if !resources(world.statement()?)
        .iter()
        .any(|resource| resource["type"] == "ValueSet")
    {
        return Err(Halt::Skip("the payer offers no value sets".into()));
    }
    let base = world.target()?.client.base().to_string();
    let context = format!(
        "{}/StructureDefinition/us-core-documentreference",
        base.trim_end_matches('/')
    );
    let query = url::form_urlencoded::Serializer::new(String::new())
        .append_pair("context", &context)
        .append_pair("contextdirection", "outgoing")
        .finish();
    world
        .send(Request::get(format!("ValueSet/$expand?{query}")))
        .await
}

async fn note_types_answer(world: &mut World, _: Arguments<'_>) -> Outcome {
    let reply = world.reply()?;
    if (400..500).contains(&reply.status) {
        let result = super::expect::expect_outcome(reply).map(|_| ());
        return world.judge(result);
    }
    let result = expect_status(reply, &[200], "the kinds of notes, or a refusal")
        .and_then(|()| expect_resource(reply, "ValueSet"))
        .and_then(|set| match set["expansion"].is_object() {
            true => Ok(()),
            false => Err(
                Mismatch::new("a value set with its expansion", "there is none").at("$.expansion"),
            ),
        });
    world.judge(result)
}
