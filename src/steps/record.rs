//! Reading a matched member's records.

use super::answers::{judge_all, validate};
use super::drive::{Arguments, Halt, Outcome};
use super::expect::{describe, expect_resource, expect_status};
use super::observations::Observed;
use super::validation::Whose;
use super::{Mismatch, World};
use crate::fhir::{Reference, bundle};
use crate::http::Request;
use serde_json::Value;

super::book::steps! {
    /// Reads the Patient of the last match.
    r"^the new payer reads the member's record$" => read_member;
    /// Reads the Patient and a page each of the records about it, and keeps them.
    r"^the new payer reads the member's records of every kind$" => read_all;
    /// Every answer of this scenario is held against FHIR R4; undecided rules are counted.
    r"^every one of them is valid FHIR$" => valid;
    /// The Patient that was read has the family name and birth date that were asked for.
    r"^the record is about the person asked for$" => about_person;
    /// Searches the member by the configured member id.
    r"^the new payer tries to find the member$" => try_find;
    /// Status 401, 403 or 404, or a search without results.
    r"^the payer finds nobody$" => finds_nobody;
    /// Reads the Patient of a member whose record number is configured.
    r"^the new payer tries to read the member's record$" => try_member;
    /// Status 401, 403 or 404.
    r"^the payer keeps the record to itself$" => withheld;
    /// Every configured sensitive record is refused or not there.
    r"^the sensitive records stay with the payer$" => sensitive_withheld;
    /// Every configured sensitive record can be read.
    r"^the sensitive records can be read$" => sensitive_readable;
    /// No Patient.identifier is a social security number.
    r"^no social security number identifies the member$" => no_ssn;
    /// Reads the record again with If-None-Match and the ETag of the first read.
    r"^an app asks whether the record has changed since$" => ask_changed;
    /// Status 304 without a body, or 200.
    r"^the payer answers with the record or says it is unchanged$" => unchanged_or_record;
    /// Every literal reference in the records read so far leads to a resource of the right type.
    r"^every record they refer to can be read$" => references_lead;
}

/// References followed in one scenario at most: enough to judge, polite to the target.
const REFERENCE_LIMIT: usize = 40;

async fn read_member(world: &mut World, _: Arguments<'_>) -> Outcome {
    let id = world.member_record().await?;
    world.prepare(Request::get(format!("Patient/{id}"))).await?;
    let reply = world.reply()?;
    match expect_status(reply, &[200], "").and_then(|()| expect_resource(reply, "Patient")) {
        Ok(patient) => {
            world.records.push(patient);
            Ok(())
        }
        Err(_) => Err(Halt::Skip(format!(
            "the member's record cannot be read: {}",
            describe(reply)
        ))),
    }
}

async fn read_all(world: &mut World, arguments: Arguments<'_>) -> Outcome {
    const KINDS: [&str; 6] = [
        "Coverage",
        "Condition",
        "Observation",
        "Encounter",
        "DocumentReference",
        "ExplanationOfBenefit",
    ];
    read_member(world, arguments).await?;
    let id = world
        .records
        .last()
        .and_then(|patient| patient["id"].as_str())
        .unwrap_or_default()
        .to_owned();
    for kind in KINDS {
        world
            .prepare(Request::get(format!("{kind}?patient={id}")))
            .await?;
        let found = world.reply()?.json().unwrap_or_default();
        world.records.extend(bundle::matches(&found).cloned());
    }
    Ok(())
}

/// Findings in one scenario at most; more say nothing new.
const FINDING_LIMIT: usize = 25;

async fn valid(world: &mut World, _: Arguments<'_>) -> Outcome {
    if world.records.len() < 2 {
        return Err(Halt::Skip(
            "nothing but the member's own record could be read".into(),
        ));
    }
    let replies = world.replies.iter().zip(&world.places);
    let answers = replies.map(|(reply, place)| Observed::new(reply.body.clone(), place.clone()));
    let validator = world.target()?.validator;
    let validation = validate(answers.collect(), validator).await?;
    world.note(validation.note.sentence());
    let context = world.context()?;
    let redactor = context.recorder.redactor();
    let is_wanted = |whose, _: &str| whose == Whose::Fhir;
    let (mismatches, more) = validation.mismatches(is_wanted, redactor, FINDING_LIMIT);
    judge_all(world, mismatches, more)
}

async fn about_person(world: &mut World, _: Arguments<'_>) -> Outcome {
    let member = world.member()?;
    let (Some(family), Some(birth_date)) = (member.family.clone(), member.birth_date.clone())
    else {
        return Err(Halt::Skip(
            "give the test member's family and birth_date in vitruvian.toml".into(),
        ));
    };
    let record = world.records.last().cloned().unwrap_or_default();
    let names = record["name"]
        .as_array()
        .map(Vec::as_slice)
        .unwrap_or_default();
    let same_family = |name: &Value| {
        name["family"]
            .as_str()
            .is_some_and(|found| found.eq_ignore_ascii_case(&family))
    };
    let result = if record["birthDate"] != birth_date {
        let actual = record["birthDate"]
            .as_str()
            .unwrap_or("no birth date")
            .to_owned();
        Err(Mismatch::new(
            format!("the record of the person born on {birth_date}"),
            actual,
        )
        .at("Patient.birthDate"))
    } else if !names.iter().any(same_family) {
        let actual = names
            .first()
            .and_then(|name| name["family"].as_str())
            .unwrap_or("no name")
            .to_owned();
        Err(
            Mismatch::new(format!("the record of a person named {family}"), actual)
                .at("Patient.name.family"),
        )
    } else {
        Ok(())
    };
    world.judge(result)
}

async fn try_find(world: &mut World, _: Arguments<'_>) -> Outcome {
    let identifier = world.member()?.card();
    let identifier =
        identifier.ok_or_else(|| Halt::Skip("give the test member's coverage.member_id".into()))?;
    let token = format!("{}|{}", identifier.system, identifier.value);
    let query = url::form_urlencoded::Serializer::new(String::new())
        .append_pair("identifier", &token)
        .finish();
    world.send(Request::get(format!("Patient?{query}"))).await
}

async fn finds_nobody(world: &mut World, _: Arguments<'_>) -> Outcome {
    let reply = world.reply()?;
    if matches!(reply.status, 401 | 403 | 404) {
        return Ok(());
    }
    let result =
        expect_status(reply, &[200], "a search without results, or a refusal")
            .and_then(|()| expect_resource(reply, "Bundle"))
            .and_then(|found| {
                match bundle::matches(&found)
                    .filter(|resource| resource["resourceType"] == "Patient")
                    .count()
                {
                    0 => Ok(()),
                    count => Err(Mismatch::new("nobody is found", format!("{count} found"))
                        .at("Bundle.entry")),
                }
            });
    world.judge(result)
}

async fn try_member(world: &mut World, _: Arguments<'_>) -> Outcome {
    let id = world.member()?.patient_id.clone();
    let id =
        id.ok_or_else(|| Halt::Skip("give the test member's patient_id in vitruvian.toml".into()))?;
    world.send(Request::get(format!("Patient/{id}"))).await
}

async fn withheld(world: &mut World, _: Arguments<'_>) -> Outcome {
    let result = expect_status(
        world.reply()?,
        &[401, 403, 404],
        "the record is not given out",
    );
    world.judge(result)
}

/// The records the configuration calls sensitive; skips when it names none.
fn sensitive_records(world: &World) -> Result<Vec<String>, Halt> {
    let records = world.member()?.sensitive_records.clone();
    if records.is_empty() {
        return Err(Halt::Skip(
            "list the test member's sensitive_records in vitruvian.toml".into(),
        ));
    }
    Ok(records)
}

/// Reads a sensitive record, and searches its kind among the member's records.
async fn look_for(world: &mut World, record: &str) -> Result<(Result<(), Mismatch>, bool), Halt> {
    let id = world.member_record().await?;
    let kind = record.split('/').next().unwrap_or_default();
    world
        .send(Request::get(format!("{kind}?patient={id}")))
        .await?;
    let found = world.reply()?.json().unwrap_or_default();
    let own = record.rsplit('/').next();
    let is_found = bundle::matches(&found).any(|resource| resource["id"].as_str() == own);
    world.send(Request::get(record)).await?;
    let read = expect_status(world.reply()?, &[200], "the sensitive record is given out");
    Ok((read, is_found))
}

async fn sensitive_withheld(world: &mut World, _: Arguments<'_>) -> Outcome {
    for record in sensitive_records(world)? {
        let (_, is_found) = look_for(world, &record).await?;
        let result = expect_status(
            world.reply()?,
            &[401, 403, 404, 410],
            "the sensitive record is not given out",
        );
        world.judge(result)?;
        if is_found {
            let mismatch = Mismatch::new(
                "the sensitive record is in no search result",
                format!("{record} is in one"),
            );
            world.judge(Err(mismatch.at("Bundle.entry")))?;
        }
    }
    Ok(())
}

async fn sensitive_readable(world: &mut World, _: Arguments<'_>) -> Outcome {
    for record in sensitive_records(world)? {
        let (read, is_found) = look_for(world, &record).await?;
        world.judge(read)?;
        if !is_found {
            let mismatch = Mismatch::new(
                "the sensitive record is among the search results",
                format!("{record} is not"),
            );
            world.judge(Err(mismatch.at("Bundle.entry")))?;
        }
    }
    Ok(())
}

async fn no_ssn(world: &mut World, _: Arguments<'_>) -> Outcome {
    const SSN: [&str; 2] = [
        "http://hl7.org/fhir/sid/us-ssn",
        "urn:oid:2.16.840.1.113883.4.1",
    ];
    let patient = world.records.last().cloned().unwrap_or_default();
    let identifiers = patient["identifier"]
        .as_array()
        .map(Vec::as_slice)
        .unwrap_or_default();
    let found = identifiers.iter().position(|identifier| {
        identifier["system"]
            .as_str()
            .is_some_and(|system| SSN.contains(&system))
    });
    let result = match found {
        None => Ok(()),
        Some(index) => Err(Mismatch::new(
            "no social security number among the identifiers",
            "there is one",
        )
        .at(format!("$.identifier[{index}].system"))),
    };
    world.judge(result)
}

async fn ask_changed(world: &mut World, _: Arguments<'_>) -> Outcome {
    let (path, tag) = {
        let reply = world.reply()?;
        let tag = reply.header("etag").map(str::to_owned);
        (
            reply.url.clone(),
            tag.ok_or_else(|| Halt::Skip("the payer gives records no ETag".into()))?,
        )
    };
    world
        .send(Request::get(&path).header("if-none-match", tag))
        .await
}

async fn unchanged_or_record(world: &mut World, _: Arguments<'_>) -> Outcome {
    let reply = world.reply()?;
    let result =
        expect_status(reply, &[200, 304], "the record, or that it is unchanged").and_then(|()| {
            if reply.status == 304 && !reply.body.is_empty() {
                return Err(Mismatch::new(
                    "no body when nothing has changed",
                    format!("{} bytes", reply.body.len()),
                )
                .at("body"));
            }
            Ok(())
        });
    world.judge(result)
}

async fn references_lead(world: &mut World, _: Arguments<'_>) -> Outcome {
    let mut references = Vec::new();
    for record in &world.records {
        collect_references(record, &mut references);
    }
    references.retain(|reference| world.is_own(reference));
    references.sort();
    references.dedup();
    if references.is_empty() {
        return Err(Halt::Skip("the member's records refer to nothing".into()));
    }
    for reference in references.into_iter().take(REFERENCE_LIMIT) {
        let parsed = Reference::parse(&reference);
        let Some((kind, _)) = parsed.target() else {
            let mismatch = Mismatch::new(
                "references of the form Type/id or a full address",
                reference,
            );
            world.judge(Err(mismatch))?;
            continue;
        };
        world.send(Request::get(&reference)).await?;
        let reply = world.reply()?;
        let result = expect_status(reply, &[200], "what a record refers to can be read")
            .and_then(|()| expect_resource(reply, kind))
            .map(|_| ())
            .map_err(|mismatch| mismatch.at(format!("reference {reference}")));
        world.judge(result)?;
    }
    Ok(())
}

/// Collects literal references that are no fragments and no urn: addresses.
fn collect_references(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::Object(members) => {
            if let Some(Value::String(reference)) = members.get("reference")
                && !reference.starts_with('#')
                && !reference.starts_with("urn:")
            {
                found.push(reference.clone());
            }
            members
                .values()
                .for_each(|member| collect_references(member, found));
        }
        Value::Array(items) => items
            .iter()
            .for_each(|item| collect_references(item, found)),
        _ => {}
    }
}
