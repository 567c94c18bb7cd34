//! What a provider has submitted to our desk for a Task that asks for attachments (CDex, Sending Attachments).

use super::data_request::QUESTIONNAIRE;
use super::drive::{Arguments, Halt, Outcome};
use super::{Mismatch, World};
use serde_json::{Value, json};

super::book::steps! {
    /// What was submitted repeats that part of the Task.
    r"^it comes with the (tracking id|use|payer|organization|provider|member|service date|line|code) of the Task$" => echoes;
    /// What was submitted is a document of the type that was asked for, with its content.
    r"^it is a progress note with its text$" => is_note;
    /// What was submitted is completed answers to the Questionnaire that was named.
    r"^it is completed answers to the questionnaire$" => is_answers;
}

/// The parameter of that name.
fn parameter<'a>(list: &'a Value, name: &str) -> &'a Value {
    let mut all = list.as_array().into_iter().flatten();
    all.find(|one| one["name"] == name).unwrap_or(&Value::Null)
}

fn input<'a>(task: &'a Value, name: &str) -> &'a Value {
    let mut all = task["input"].as_array().into_iter().flatten();
    let is_it = |one: &&Value| one["type"]["coding"][0]["code"] == name;
    all.find(is_it).unwrap_or(&Value::Null)
}

/// What the Task says, and what was submitted, of one part.
fn part<'a>(task: &'a Value, body: &'a Value, name: &str) -> (Value, Value) {
    let of = |name: &str| parameter(&body["parameter"], name);
    let number = |identifier: &Value| json!([identifier["system"], identifier["value"]]);
    let role = &task["contained"][1];
    let attachment = &of("Attachment")["part"];
    match name {
        "tracking id" => (
            number(&task["identifier"][0]),
            number(&of("TrackingId")["valueIdentifier"]),
        ),
        "use" => (
            task["reasonCode"]["coding"][0]["code"].clone(),
            of("AttachTo")["valueCode"].clone(),
        ),
        "payer" => (
            number(&task["requester"]["identifier"]),
            number(&of("PayerId")["valueIdentifier"]),
        ),
        "organization" => (
            number(&role["organization"]["identifier"]),
            number(&of("OrganizationId")["valueIdentifier"]),
        ),
        "provider" => (
            number(&role["practitioner"]["identifier"]),
            number(&of("ProviderId")["valueIdentifier"]),
        ),
        "member" => (
            number(&task["contained"][0]["identifier"][0]),
            number(&of("MemberId")["valueIdentifier"]),
        ),
        "service date" => (
            input(task, "service-date")["valueDate"].clone(),
            of("ServiceDate")["valueDateTime"].clone(),
        ),
        "line" => (
            "1".into(),
            parameter(attachment, "LineItem")["valueString"].clone(),
        ),
        _ => (
            task["input"][0]["valueCodeableConcept"]["coding"][0]["code"].clone(),
            parameter(attachment, "Code")["valueCodeableConcept"]["coding"][0]["code"].clone(),
        ),
    }
}

async fn echoes(world: &mut World, arguments: Arguments<'_>) -> Outcome {
    let name = arguments.word(1);
    let task = world.followed()?.sent.clone();
    let (wanted, found) = part(&task, world.submitted()?, name);
    let is_said = |one: &Value| match one.as_array() {
        Some(parts) => parts.iter().all(|part| !part.is_null()),
        None => !one.is_null(),
    };
    if !is_said(&wanted) {
        return Err(Halt::Error(format!("the Task was sent without {name}")));
    }
    let result = match wanted == found {
        true => Ok(()),
        false => Err(Mismatch::new(wanted.to_string(), found.to_string())
            .at(format!("the {name} in what was submitted"))),
    };
    world.judge(result)
}

/// The resource that was submitted.
fn content(body: &Value) -> &Value {
    let attachment = parameter(&body["parameter"], "Attachment");
    &parameter(&attachment["part"], "Content")["resource"]
}

async fn is_note(world: &mut World, _: Arguments<'_>) -> Outcome {
    let content = content(world.submitted()?).clone();
    let codings = content["type"]["coding"].as_array().into_iter().flatten();
    let is_typed = codings.clone().any(|one| one["code"] == "11506-3");
    let attachment = &content["content"][0]["attachment"];
    let has_text = attachment["data"].is_string() || attachment["url"].is_string();
    let result = match content["resourceType"] == "DocumentReference" && is_typed && has_text {
        true => Ok(()),
        false => Err(Mismatch::new(
            "a DocumentReference of that code with its content",
            format!("{} of {}", content["resourceType"], content["type"]),
        )
        .at("Attachment.Content")),
    };
    world.judge(result)
}

async fn is_answers(world: &mut World, _: Arguments<'_>) -> Outcome {
    let content = content(world.submitted()?);
    let is_it = content["resourceType"] == "QuestionnaireResponse"
        && content["questionnaire"] == QUESTIONNAIRE
        && content["status"] == "completed";
    let result = match is_it {
        true => Ok(()),
        false => Err(Mismatch::new(
            "completed answers to the Questionnaire",
            format!(
                "{} with status {}",
                content["resourceType"], content["status"]
            ),
        )
        .at("Attachment.Content")),
    };
    world.judge(result)
}
