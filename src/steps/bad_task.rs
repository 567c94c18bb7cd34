//! Tasks that break their profile: whatever a provider does with them, it must not carry them out.

use super::data_request::{CDEX_TEMP, HREX_TEMP, SDC_TEMP, code};
use super::drive::{Arguments, Halt, Outcome};
use super::expect::{describe, expect_outcome};
use super::{Mismatch, World};
use serde_json::{Value, json};

super::book::steps! {
    /// Breaks one rule of the profile in the drafted Task.
    r"^the Task is spoilt: (.+)$" => spoil;
    /// It is refused with an OperationOutcome, or ends as rejected or failed with a reason; carried out, it is a warning.
    r"^the Task is not carried out$" => not_carried_out;
}

/// Breaks one rule, told in words.
fn broken(task: &mut Value, how: &str) -> Result<(), Halt> {
    let mut remove = |name: &str| {
        if let Some(members) = task.as_object_mut() {
            members.remove(name);
        }
    };
    match how {
        "it is for nobody" => remove("for"),
        "it does not say when it was written" => remove("authoredOn"),
        "it does not say who asks" => remove("requester"),
        "it does not say who is asked" => remove("owner"),
        "it does not say what is asked for" => remove("input"),
        "it has no status" => remove("status"),
        "it has no code" => remove("code"),
        "its status is none of the guide" => task["status"] = "draft".into(),
        "it is a plan and no order" => task["intent"] = "plan".into(),
        "its code is of another system" => {
            task["code"] = code("https://vitruvian.example/codes", "data-request-query");
        }
        "its code is none of the guide" => task["code"] = code(CDEX_TEMP, "data-request"),
        "it has a focus" => task["focus"] = json!({"reference": "Claim/1"}),
        "it asks for two things" => {
            let second = json!({"type": code(HREX_TEMP, "data-code"),
                "valueCodeableConcept": code("http://loinc.org", "11506-3")});
            if let Some(inputs) = task["input"].as_array_mut() {
                inputs.push(second);
            }
        }
        "its code asks for a query and its input for a document" => {
            task["input"] = json!([{"type": code(HREX_TEMP, "data-code"),
                "valueCodeableConcept": code("http://loinc.org", "11506-3")}]);
        }
        "its code asks for a query and its input for a questionnaire" => {
            task["input"] = json!([{"type": code(SDC_TEMP, "questionnaire"),
                "valueCanonical": super::data_request::QUESTIONNAIRE}]);
        }
        "its query is a code" => {
            task["input"] = json!([{"type": code(HREX_TEMP, "data-query"),
                "valueCodeableConcept": code("http://loinc.org", "11506-3")}]);
        }
        "its reason has no words" => {
            task["reasonCode"] = code("https://vitruvian.example/codes", "review");
        }
        _ => {
            return Err(Halt::Error(format!(
                "nobody knows how to spoil a Task so: {how}"
            )));
        }
    }
    Ok(())
}

async fn spoil(world: &mut World, arguments: Arguments<'_>) -> Outcome {
    broken(world.drafted()?, arguments.word(1))
}

async fn not_carried_out(world: &mut World, _: Arguments<'_>) -> Outcome {
    let reply = world.reply()?;
    if reply.status >= 500 {
        let mismatch = Mismatch::new("a refusal", describe(reply)).at("HTTP status");
        return world.judge(Err(mismatch));
    }
    if reply.status >= 400 {
        let result = expect_outcome(reply).map(|_| ());
        return world.judge(result);
    }
    world.follow_task().await?;
    let last = world.followed()?.last();
    let status = last["status"].as_str().unwrap_or("none");
    let result = match status {
        "rejected" | "failed" if last["statusReason"]["text"].is_string() => Ok(()),
        "rejected" | "failed" => {
            Err(Mismatch::new("a reason in words", "none").at("Task.statusReason.text"))
        }
        other => Err(Mismatch::new(
            "a refusal, or a Task that is rejected or fails",
            format!("a Task that is {other}"),
        )
        .at("Task.status")),
    };
    world.judge(result)
}
