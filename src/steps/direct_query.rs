//! Direct queries: what a payer reads of a patient's chart at a provider.

use super::drive::{Arguments, Halt, Outcome};
use super::expect::{FHIR_JSON, expect_fhir_json, expect_resource, expect_status};
use super::{Mismatch, World};
use crate::fhir::{Reference, Span, bundle};
use crate::http::Request;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

super::book::steps! {
    /// Searches for the patient's conditions that are active, recurrent or in remission.
    r"^the payer asks for the patient's active conditions$" => conditions;
    /// Searches for HbA1c results of the patient since 2020.
    r"^the payer asks for the patient's HbA1c results since 2020$" => results;
    /// Searches for the newest progress note of the patient; without sorting, for all of them.
    r"^the payer asks for the patient's newest progress note$" => newest_note;
    /// Searches for the patient's conditions and what is told of where they come from.
    r"^the payer asks for the patient's conditions with their Provenance$" => with_provenance;
    /// A search set of the patient's own records, each said to be a match or to come along.
    r"^only records of the patient are found$" => own_records;
    /// Each of them has one of these clinical statuses.
    r"^each of them is active, recurrent or in remission$" => active;
    /// Each of them has that LOINC code and is later than 2020-01-01.
    r"^each of them is an HbA1c result since 2020$" => recent_results;
    /// The note is of the type asked for, and its text can be had: it is inside, or where it says.
    r"^the text of the note can be had$" => note_text;
    /// Every match has Provenance that comes along and refers to it.
    r"^where each of them comes from is told$" => provenance_comes;
    /// Provenance has a target, an agent with who it is, and when it was recorded, and breaks no rule of the HRex profile.
    r"^what tells it holds to the HRex profile of Provenance$" => provenance_holds;
    /// A search, a read and the declaration are answered in FHIR's own JSON.
    r"^the declaration, a search and a read are answered in FHIR JSON$" => json;
}

const A1C: &str = "4548-4";
const PROGRESS_NOTE: &str = "11506-3";
const LOINC: &str = "http://loinc.org";
const HREX_PROVENANCE: &str =
    "http://hl7.org/fhir/us/davinci-hrex/StructureDefinition/hrex-provenance";

async fn conditions(world: &mut World, _: Arguments<'_>) -> Outcome {
    let id = world.patient_id()?;
    let statuses = "active,recurrence,remission";
    let query = format!("Condition?patient={id}&clinical-status={statuses}");
    world.send(Request::get(query)).await
}

async fn results(world: &mut World, _: Arguments<'_>) -> Outcome {
    let id = world.patient_id()?;
    let query = format!("Observation?patient={id}&code={LOINC}%7C{A1C}&date=gt2020-01-01");
    world.send(Request::get(query)).await
}

async fn newest_note(world: &mut World, _: Arguments<'_>) -> Outcome {
    let id = world.patient_id()?;
    let query = format!("DocumentReference?patient={id}&type={LOINC}%7C{PROGRESS_NOTE}");
    let sorted = format!("{query}&_sort=-period&_count=1");
    world
        .send(Request::get(sorted).header("prefer", "handling=strict"))
        .await?;
    if (400..500).contains(&world.reply()?.status) {
        world.note("sorting by period is not supported: the newest note is chosen here");
        world.send(Request::get(query)).await?;
    }
    Ok(())
}

async fn with_provenance(world: &mut World, _: Arguments<'_>) -> Outcome {
    let id = world.patient_id()?;
    let query = format!("Condition?patient={id}&_revinclude=Provenance:target");
    world.send(Request::get(query)).await
}

/// The Bundle that was answered.
fn answered(world: &World) -> Result<Result<Value, Mismatch>, Halt> {
    let reply = world.reply()?;
    Ok(expect_status(reply, &[200], "the search is answered")
        .and_then(|()| expect_resource(reply, "Bundle")))
}

/// The matches of the last search; skips when there are none, for another step has judged that it is answered.
fn matches(world: &World, what: &str) -> Result<Vec<Value>, Halt> {
    let found = answered(world)?.unwrap_or_default();
    let matches: Vec<Value> = bundle::matches(&found).cloned().collect();
    match matches.is_empty() {
        true => Err(Halt::Skip(format!("the test member needs {what}"))),
        false => Ok(matches),
    }
}

async fn own_records(world: &mut World, _: Arguments<'_>) -> Outcome {
    let id = world.patient_id()?;
    let result = answered(world)?.and_then(|found| {
        if found["type"] != "searchset" {
            return Err(
                Mismatch::new("a Bundle of type searchset", found["type"].to_string()).at("$.type"),
            );
        }
        for (index, entry) in bundle::entries(&found).iter().enumerate() {
            let mode = entry["search"]["mode"].as_str().unwrap_or_default();
            if !["match", "include", "outcome"].contains(&mode) {
                return Err(Mismatch::new("match, include or outcome", mode)
                    .at(format!("$.entry[{index}].search.mode")));
            }
            let subject = entry["resource"]["subject"]["reference"].as_str();
            let parsed = subject.map(Reference::parse);
            let about = parsed.as_ref().and_then(Reference::target);
            if mode == "match" && about != Some(("Patient", id.as_str())) {
                return Err(
                    Mismatch::new("records of the patient", "one of somebody else")
                        .at(format!("$.entry[{index}].resource.subject")),
                );
            }
        }
        Ok(())
    });
    world.judge(result)?;
    matches(world, "a record of that kind").map(|_| ())
}

fn has_code(concept: &Value, codes: &[&str]) -> bool {
    let codings = concept["coding"].as_array();
    let mut all = codings.into_iter().flatten();
    all.any(|coding| codes.iter().any(|code| coding["code"] == *code))
}

async fn active(world: &mut World, _: Arguments<'_>) -> Outcome {
    let statuses = ["active", "recurrence", "remission"];
    let found = matches(world, "an active condition")?;
    let other = found
        .iter()
        .find(|one| !has_code(&one["clinicalStatus"], &statuses));
    let result = other.map_or(Ok(()), |one| {
        Err(Mismatch::new(
            "conditions that are active, recurrent or in remission",
            one["clinicalStatus"].to_string(),
        )
        .at("$.entry[*].resource.clinicalStatus"))
    });
    world.judge(result)
}

async fn recent_results(world: &mut World, _: Arguments<'_>) -> Outcome {
    let found = matches(world, "an HbA1c result since 2020")?;
    let since = Span::parse("2020-01-01").map_or(0, |span| span.end);
    let is_right = |one: &&Value| {
        let time = one["effectiveDateTime"]
            .as_str()
            .or_else(|| one["effectivePeriod"]["end"].as_str());
        let is_recent = time
            .and_then(|text| Span::parse(text).ok())
            .is_some_and(|span| span.end > since);
        has_code(&one["code"], &[A1C]) && is_recent
    };
    let wrong = found.iter().find(|one| !is_right(one));
    let result = wrong.map_or(Ok(()), |one| {
        Err(Mismatch::new(
            "results of that code after 2020-01-01",
            format!("{} of {}", one["code"], one["effectiveDateTime"]),
        )
        .at("$.entry[*].resource"))
    });
    world.judge(result)
}

async fn note_text(world: &mut World, _: Arguments<'_>) -> Outcome {
    let mut found = matches(world, "a progress note")?;
    if let Some(other) = found
        .iter()
        .find(|one| !has_code(&one["type"], &[PROGRESS_NOTE]))
    {
        let mismatch = Mismatch::new("progress notes only", other["type"].to_string());
        return world.judge(Err(mismatch.at("$.entry[*].resource.type")));
    }
    let start = |one: &Value| {
        let period = one["context"]["period"]["start"].as_str();
        period
            .or_else(|| one["date"].as_str())
            .unwrap_or_default()
            .to_owned()
    };
    found.sort_by_key(|one| std::cmp::Reverse(start(one)));
    let note = found.swap_remove(0);
    let attachment = note["content"][0]["attachment"].clone();
    let result = world.attachment_text(&attachment).await?;
    world.judge(result)
}

impl World {
    /// Whether the content of an attachment can be had: base64 inside, or what is at its address, of the type it
    /// says.
    pub(super) async fn attachment_text(
        &mut self,
        attachment: &Value,
    ) -> Result<Result<(), Mismatch>, Halt> {
        let place = "content[0].attachment";
        let kind = attachment["contentType"].as_str().unwrap_or_default();
        if kind.is_empty() {
            return Ok(Err(
                Mismatch::new("a content type", "none").at(format!("{place}.contentType"))
            ));
        }
        if let Some(data) = attachment["data"].as_str() {
            let is_text = STANDARD.decode(data).is_ok_and(|bytes| !bytes.is_empty());
            return Ok(match is_text {
                true => Ok(()),
                false => {
                    Err(Mismatch::new("base64 of the text", "what is none")
                        .at(format!("{place}.data")))
                }
            });
        }
        let Some(url) = attachment["url"].as_str() else {
            return Ok(Err(
                Mismatch::new("the text, or where it is", "neither").at(place)
            ));
        };
        if !self.is_own(url) {
            return Err(Halt::Skip(
                "the text is said to be on another server, which is not followed".into(),
            ));
        }
        self.send(Request::get(url).header("accept", kind)).await?;
        let reply = self.reply()?;
        let media = reply.header("content-type").unwrap_or_default();
        let bare = media.split(';').next().unwrap_or_default().trim();
        let is_it = bare.eq_ignore_ascii_case(kind) || FHIR_JSON.contains(&bare);
        Ok(
            expect_status(reply, &[200], "the text at its address").and_then(|()| match is_it {
                true => Ok(()),
                false => Err(Mismatch::new(kind, media).at("header Content-Type")),
            }),
        )
    }
}

/// `Type/id` of what each Provenance that came along tells of.
fn told(found: &Value) -> Vec<String> {
    let provenances = bundle::includes(found).filter(|one| one["resourceType"] == "Provenance");
    provenances
        .flat_map(|one| one["target"].as_array().into_iter().flatten())
        .filter_map(|target| {
            Reference::parse(target["reference"].as_str()?)
                .target()
                .map(|(kind, id)| format!("{kind}/{id}"))
        })
        .collect()
}

async fn provenance_comes(world: &mut World, _: Arguments<'_>) -> Outcome {
    let records = matches(world, "a condition")?;
    let found = answered(world)?.unwrap_or_default();
    let told = told(&found);
    let name = |one: &Value| format!("Condition/{}", one["id"].as_str().unwrap_or_default());
    let untold = records.iter().map(name).find(|name| !told.contains(name));
    let result = untold.map_or(Ok(()), |name| {
        Err(Mismatch::new("Provenance of every match", format!("none of {name}")).at("$.entry"))
    });
    world.judge(result)
}

async fn provenance_holds(world: &mut World, _: Arguments<'_>) -> Outcome {
    let found = answered(world)?.unwrap_or_default();
    let all: Vec<Value> = bundle::includes(&found)
        .filter(|one| one["resourceType"] == "Provenance")
        .cloned()
        .collect();
    if all.is_empty() {
        return Err(Halt::Skip("no Provenance comes along".into()));
    }
    let judge = world.target()?.judge;
    let mut mismatches = Vec::new();
    for one in &all {
        let known = (one, judge.print(one));
        let Some(inspection) = judge.inspect(None, known, HREX_PROVENANCE) else {
            return Err(Halt::Error(
                "nobody here knows the HRex profile of Provenance".into(),
            ));
        };
        mismatches.extend(inspection.report.errors().map(|issue| {
            Mismatch::new(
                format!("rule {} of hrex-provenance", issue.rule),
                issue.message.clone(),
            )
            .at(issue.expression.clone())
        }));
    }
    world.judge_all(mismatches)
}

async fn json(world: &mut World, _: Arguments<'_>) -> Outcome {
    let id = world.patient_id()?;
    for address in [
        "metadata".to_owned(),
        format!("Condition?patient={id}"),
        format!("Patient/{id}"),
    ] {
        let request = Request::get(address).header("accept", "application/fhir+json");
        world.send(request).await?;
        let reply = world.reply()?;
        let result =
            expect_status(reply, &[200], "an answer").and_then(|()| expect_fhir_json(reply));
        world.judge(result)?;
    }
    Ok(())
}
