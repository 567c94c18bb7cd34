//! What comes of a Task: its outputs, and whether they are what was asked for.

use super::drive::{Arguments, Halt, Outcome};
use super::expect::{expect_resource, expect_status};
use super::{Mismatch, World};
use crate::config::Agreement;
use crate::fhir::{Reference, bundle};
use crate::http::Request;
use serde_json::Value;
use std::collections::BTreeSet;

super::book::steps! {
    /// A completed Task has outputs, each of them a reference.
    r"^it refers to what was asked for$" => has_outputs;
    /// Every output leads to a resource: in the Task, or at the provider, of the type the reference says.
    r"^everything it refers to can be had$" => resolves;
    /// What the outputs hold is what the same query finds when it is sent as a search.
    r"^the data is what the same search finds$" => same_as_search;
    /// The outputs lead to progress notes whose text can be had.
    r"^the data is progress notes with their text$" => notes;
    /// The output is answers to the Questionnaire that was asked, completed.
    r"^the data is completed answers to that questionnaire$" => answers;
    /// The outputs are about the patient.
    r"^all of the data is about the patient$" => about_patient;
    /// Data that is in the Task itself is a search set with an id that the output names.
    r"^data in the Task itself is a search set$" => contained;
    /// The answers are records of the provider, which the Task refers to.
    r"^the Task refers to the answers where the provider keeps them$" => answers_kept;
    /// Provenance is among the data, and tells of the rest of it.
    r"^where the data comes from is told with it$" => provenance;
}

impl World {
    /// The resources that the outputs of the Task lead to, those of Bundles one by one; a mismatch when one cannot be
    /// had.
    pub(super) async fn outputs(&mut self) -> Result<Result<Vec<Value>, Mismatch>, Halt> {
        let outputs = self.whole_outputs().await?;
        Ok(outputs.map(|outputs| {
            let each = outputs
                .into_iter()
                .flat_map(|one| match one["resourceType"] == "Bundle" {
                    true => {
                        let entries = bundle::entries(&one).iter();
                        entries.map(|entry| entry["resource"].clone()).collect()
                    }
                    false => vec![one],
                });
            each.collect()
        }))
    }

    /// The resources that the outputs of the Task lead to, as they are; a mismatch when one cannot be had.
    pub(super) async fn whole_outputs(&mut self) -> Result<Result<Vec<Value>, Mismatch>, Halt> {
        let task = self.followed()?.last().clone();
        if task["status"] != "completed" {
            return Err(Halt::Skip(format!("the Task ended as {}", task["status"])));
        }
        let mut found = Vec::new();
        for (index, output) in list(&task, "output").enumerate() {
            let place = format!("Task.output[{index}].valueReference.reference");
            let Some(reference) = output["valueReference"]["reference"].as_str() else {
                return Ok(Err(
                    Mismatch::new("a reference", output.to_string()).at(place)
                ));
            };
            let resource = match Reference::parse(reference) {
                Reference::Local(id) => {
                    let inside = list(&task, "contained").find(|one| one["id"] == *id);
                    match inside {
                        Some(resource) => resource.clone(),
                        None => {
                            return Ok(Err(Mismatch::new(
                                "a contained resource",
                                format!("none is {id}"),
                            )
                            .at(place)));
                        }
                    }
                }
                parsed => match self.output_at(reference, parsed.target()).await? {
                    Ok(resource) => resource,
                    Err(mismatch) => return Ok(Err(mismatch.at(place))),
                },
            };
            found.push(resource);
        }
        Ok(Ok(found))
    }

    async fn output_at(
        &mut self,
        reference: &str,
        target: Option<(&str, &str)>,
    ) -> Result<Result<Value, Mismatch>, Halt> {
        let Some((kind, id)) = target else {
            return Ok(Err(Mismatch::new(
                "a reference that leads somewhere",
                reference,
            )));
        };
        if !self.is_own(reference) {
            return Err(Halt::Skip(
                "the data is said to be on another server, which is not followed".into(),
            ));
        }
        // Where everything is signed nothing is read: what is wanted is searched for (CDex, Direct Query, CONF-009).
        let is_searched = self.target()?.signatures == Some(Agreement::Required);
        let address = match is_searched {
            true => format!("{kind}?_id={id}"),
            false => reference.to_owned(),
        };
        let request = Request::get(address).header("accept", "application/fhir+json");
        self.send(request).await?;
        let reply = self.reply()?;
        if is_searched {
            let found = expect_status(reply, &[200], "the data")
                .and_then(|()| expect_resource(reply, "Bundle"));
            return Ok(found.and_then(|found| {
                let mut matches = bundle::matches(&found);
                let one = matches.find(|one| one["resourceType"] == *kind && one["id"] == *id);
                one.cloned()
                    .ok_or_else(|| Mismatch::new("the data", "a search finds none"))
            }));
        }
        Ok(expect_status(reply, &[200], "the data").and_then(|()| expect_resource(reply, kind)))
    }
}

fn list<'a>(resource: &'a Value, name: &str) -> impl Iterator<Item = &'a Value> + use<'a> {
    resource[name].as_array().into_iter().flatten()
}

async fn has_outputs(world: &mut World, _: Arguments<'_>) -> Outcome {
    let task = world.followed()?.last().clone();
    if task["status"] != "completed" {
        return Err(Halt::Skip(format!("the Task ended as {}", task["status"])));
    }
    let is_reference = |one: &Value| one["valueReference"]["reference"].is_string();
    let result = match list(&task, "output").next() {
        None => Err(Mismatch::new("an output", "none").at("Task.output")),
        Some(_) if !list(&task, "output").all(is_reference) => {
            Err(Mismatch::new("outputs that are references", "other ones")
                .at("Task.output.valueReference"))
        }
        Some(_) => Ok(()),
    };
    world.judge(result)
}

async fn resolves(world: &mut World, _: Arguments<'_>) -> Outcome {
    let result = world
        .outputs()
        .await?
        .and_then(|found| match found.is_empty() {
            true => Err(Mismatch::new("data", "none").at("Task.output")),
            false => Ok(()),
        });
    world.judge(result)
}

/// `Type/id` of a resource.
fn name(resource: &Value) -> String {
    let text = |name: &str| resource[name].as_str().unwrap_or_default();
    format!("{}/{}", text("resourceType"), text("id"))
}

async fn same_as_search(world: &mut World, _: Arguments<'_>) -> Outcome {
    let sent = world.followed()?.sent.clone();
    let query = sent["input"][0]["valueString"]
        .as_str()
        .unwrap_or_default()
        .to_owned();
    let outputs = match world.outputs().await? {
        Ok(outputs) => outputs,
        Err(mismatch) => return world.judge(Err(mismatch)),
    };
    let got: BTreeSet<String> = outputs.iter().map(name).collect();
    world.prepare(Request::get(query)).await?;
    let found = world.reply()?.json().unwrap_or_default();
    if found["type"] != "searchset" {
        return Err(Halt::Skip(
            "the same search is not answered directly".into(),
        ));
    }
    let wanted: BTreeSet<String> = bundle::matches(&found).map(name).collect();
    if got.is_empty() && wanted.is_empty() {
        return Err(Halt::Skip(
            "the search finds nothing: give a test patient with active conditions".into(),
        ));
    }
    let strange = got.difference(&wanted).next();
    let result = match (strange, wanted.difference(&got).next()) {
        (Some(strange), _) => Err(Mismatch::new("only what the search finds", strange.clone())),
        (None, Some(missing)) => {
            let expected = format!("all {} results of the search", wanted.len());
            Err(Mismatch::new(expected, format!("{missing} is missing")))
        }
        (None, None) => Ok(()),
    };
    world.judge(result.map_err(|mismatch| mismatch.at("Task.output")))
}

async fn notes(world: &mut World, _: Arguments<'_>) -> Outcome {
    let outputs = match world.outputs().await? {
        Ok(outputs) => outputs,
        Err(mismatch) => return world.judge(Err(mismatch)),
    };
    let mut documents = outputs
        .iter()
        .filter(|one| one["resourceType"] == "DocumentReference");
    let is_note = |one: &Value| {
        let codings = one["type"]["coding"].as_array();
        codings
            .into_iter()
            .flatten()
            .any(|coding| coding["code"] == "11506-3")
    };
    let Some(note) = documents.find(|one| is_note(one)).cloned() else {
        let mismatch = Mismatch::new(
            "a progress note",
            format!("{} other resources", outputs.len()),
        );
        return world.judge(Err(mismatch.at("Task.output")));
    };
    if let Some(other) = outputs
        .iter()
        .find(|one| one["resourceType"] == "DocumentReference" && !is_note(one))
    {
        let mismatch = Mismatch::new("progress notes only", other["type"].to_string());
        world.judge(Err(mismatch.at("DocumentReference.type")))?;
    }
    let attachment = note["content"][0]["attachment"].clone();
    let result = world.attachment_text(&attachment).await?;
    world.judge(result)
}

async fn answers(world: &mut World, _: Arguments<'_>) -> Outcome {
    let asked = world.followed()?.sent["input"][0]["valueCanonical"].clone();
    let outputs = match world.outputs().await? {
        Ok(outputs) => outputs,
        Err(mismatch) => return world.judge(Err(mismatch)),
    };
    let mut responses = outputs
        .iter()
        .filter(|one| one["resourceType"] == "QuestionnaireResponse");
    let result = match responses.next() {
        None => Err(Mismatch::new("a QuestionnaireResponse", "none").at("Task.output")),
        Some(one) if one["status"] != "completed" => Err(Mismatch::new(
            "completed answers",
            one["status"].to_string(),
        )
        .at("QuestionnaireResponse.status")),
        Some(one) if one["questionnaire"] != asked => Err(Mismatch::new(
            asked.to_string(),
            one["questionnaire"].to_string(),
        )
        .at("QuestionnaireResponse.questionnaire")),
        Some(_) => Ok(()),
    };
    world.judge(result)
}

async fn answers_kept(world: &mut World, _: Arguments<'_>) -> Outcome {
    let task = world.followed()?.last().clone();
    if task["status"] != "completed" {
        return Err(Halt::Skip(format!("the Task ended as {}", task["status"])));
    }
    let references =
        list(&task, "output").filter_map(|output| output["valueReference"]["reference"].as_str());
    let references: Vec<&str> = references.collect();
    let is_kept = |text: &&str| {
        let parsed = Reference::parse(text);
        parsed
            .target()
            .is_some_and(|(kind, _)| kind == "QuestionnaireResponse")
    };
    let result = match references.iter().any(is_kept) {
        true => Ok(()),
        false => Err(Mismatch::new(
            "a reference to a QuestionnaireResponse of the provider",
            references.join(", "),
        )
        .at("Task.output.valueReference.reference")),
    };
    world.judge(result)
}

async fn about_patient(world: &mut World, _: Arguments<'_>) -> Outcome {
    let id = world.patient_id()?;
    let outputs = match world.outputs().await? {
        Ok(outputs) => outputs,
        Err(mismatch) => return world.judge(Err(mismatch)),
    };
    // Whether a record is about the patient; none when it does not say whom it is about.
    let is_about = |one: &Value| {
        let reference = one["subject"]["reference"]
            .as_str()
            .or_else(|| one["patient"]["reference"].as_str());
        let parsed = reference.map(Reference::parse);
        let about = parsed.as_ref().and_then(Reference::target);
        about.map(|about| about == ("Patient", id.as_str()))
    };
    if !outputs.iter().any(|one| is_about(one).is_some()) {
        return Err(Halt::Skip(
            "none of the data refers to whom it is about".into(),
        ));
    }
    let other = outputs.iter().find(|one| is_about(one) == Some(false));
    let result = other.map_or(Ok(()), |one| {
        Err(Mismatch::new(
            "data about the patient",
            format!("{} is about somebody else", name(one)),
        )
        .at("Task.output"))
    });
    world.judge(result)
}

async fn contained(world: &mut World, _: Arguments<'_>) -> Outcome {
    let task = world.followed()?.last().clone();
    let local: Vec<&str> = list(&task, "output")
        .filter_map(|one| {
            one["valueReference"]["reference"]
                .as_str()?
                .strip_prefix('#')
        })
        .collect();
    if local.is_empty() {
        return Err(Halt::Skip(
            "optional: the provider puts no data into the Task itself".into(),
        ));
    }
    let wrong = local.iter().find(|id| {
        let inside = list(&task, "contained").find(|one| one["id"] == ***id);
        inside.is_none_or(|one| one["resourceType"] == "Bundle" && one["type"] != "searchset")
    });
    let result = wrong.map_or(Ok(()), |id| {
        Err(Mismatch::new(
            "a search set in the Task",
            format!("none, or another Bundle, is {id}"),
        )
        .at("Task.contained"))
    });
    world.judge(result)
}

async fn provenance(world: &mut World, _: Arguments<'_>) -> Outcome {
    let outputs = match world.outputs().await? {
        Ok(outputs) => outputs,
        Err(mismatch) => return world.judge(Err(mismatch)),
    };
    let told: Vec<String> = outputs
        .iter()
        .filter(|one| one["resourceType"] == "Provenance")
        .flat_map(|one| list(one, "target"))
        .filter_map(|one| one["reference"].as_str().map(str::to_owned))
        .collect();
    if told.is_empty() {
        return Err(Halt::Skip(
            "optional: the provider sends no Provenance with it".into(),
        ));
    }
    let mut records = outputs
        .iter()
        .filter(|one| one["resourceType"] != "Provenance");
    let untold = records.find(|one| !told.iter().any(|told| told.ends_with(&name(one))));
    let result = untold.map_or(Ok(()), |one| {
        Err(
            Mismatch::new("Provenance of all of it", format!("none of {}", name(one)))
                .at("Task.output"),
        )
    });
    world.judge(result)
}
