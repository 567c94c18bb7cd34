//! What a provider keeps of a Task it was sent, and Tasks of every end, held against their profile.

use super::drive::{Arguments, Halt, Outcome};
use super::harvest::Harvest;
use super::{Mismatch, World};
use crate::config::Expectation;
use serde_json::Value;
use std::sync::Arc;

super::book::steps! {
    /// Every element of the Task that was sent is still in it, with the same value.
    r"^all that the payer said in it is kept$" => all_kept;
    /// That element of the Task that was sent is still in it, with the same value.
    r"^what the payer said as (\S+) is kept$" => one_kept;
    /// Sends Tasks for patients of all kinds, follows each to its end, and gathers every version seen.
    r"^Tasks that came to every end$" => every_end;
    /// Among the Tasks, one has ended so.
    r"^one of them is (completed|failed|rejected|on-hold|accepted|in-progress|requested)$" => one_is;
}

/// What the server may change: its own elements.
const OWN: [&str; 6] = ["id", "meta", "text", "status", "lastModified", "contained"];

/// Whether all of `wanted` is in `found`: each member of objects, each item of arrays.
pub(super) fn holds(found: &Value, wanted: &Value) -> bool {
    match (found, wanted) {
        (Value::Object(found), Value::Object(wanted)) => wanted
            .iter()
            .all(|(name, value)| found.get(name).is_some_and(|found| holds(found, value))),
        (Value::Array(found), Value::Array(wanted)) => wanted
            .iter()
            .all(|item| found.iter().any(|found| holds(found, item))),
        _ => found == wanted,
    }
}

fn expect_kept(found: &Value, sent: &Value, name: &str) -> Result<(), Mismatch> {
    let is_date = name == "authoredOn";
    let is_same_time = |one: &Value, other: &Value| {
        let span = |value: &Value| crate::fhir::Span::parse(value.as_str()?).ok();
        span(one).is_some() && span(one) == span(other)
    };
    if holds(&found[name], &sent[name]) || (is_date && is_same_time(&found[name], &sent[name])) {
        return Ok(());
    }
    let actual = match &found[name] {
        Value::Null => "it is gone".to_owned(),
        other => other.to_string(),
    };
    Err(Mismatch::new(sent[name].to_string(), actual).at(format!("Task.{name}")))
}

async fn all_kept(world: &mut World, _: Arguments<'_>) -> Outcome {
    let task = world.followed()?.clone();
    let names = task
        .sent
        .as_object()
        .into_iter()
        .flat_map(serde_json::Map::keys);
    let mismatches = names
        .filter(|name| !OWN.contains(&name.as_str()))
        .filter_map(|name| expect_kept(task.last(), &task.sent, name).err())
        .collect();
    world.judge_all(mismatches)
}

async fn one_kept(world: &mut World, arguments: Arguments<'_>) -> Outcome {
    let task = world.followed()?.clone();
    let name = arguments.word(1);
    let (found, sent, inner) = match name.split_once('.') {
        Some((outer, inner)) => (&task.last()[outer], &task.sent[outer], inner),
        None => (task.last(), &task.sent, name),
    };
    if sent[inner].is_null() {
        return Err(Halt::Error(format!("the Task was sent without {name}")));
    }
    world.judge(expect_kept(found, sent, inner))
}

/// Who is asked about, and what for, so that Tasks come to every end.
const ASKED: [(Expectation, &str); 5] = [
    (Expectation::Match, "the active conditions"),
    (Expectation::Match, "answers to a questionnaire"),
    (Expectation::Sensitive, "the active conditions"),
    (Expectation::NoData, "the active conditions"),
    (Expectation::Revoked, "the active conditions"),
];

async fn every_end(world: &mut World, _: Arguments<'_>) -> Outcome {
    let context = world.context()?;
    let about = format!("{} Tasks", world.system()?);
    let learn = gather(world);
    let harvest = context.memory.harvest(about, learn).await?;
    if harvest.records.is_empty() {
        return Err(Halt::Skip("the provider took none of the Tasks".into()));
    }
    world.harvested.push(("Task".to_owned(), harvest));
    Ok(())
}

async fn gather(world: &mut World) -> Result<Arc<Harvest>, Halt> {
    let mut harvest = Harvest::default();
    let judge = world.target()?.judge;
    for (expect, what) in ASKED {
        match one_task(world, expect, what).await {
            Ok(()) | Err(Halt::Skip(_)) => {}
            Err(other) => return Err(other),
        }
        let seen = world.task.take().map(|task| task.seen).unwrap_or_default();
        for task in seen {
            harvest.prints.push(judge.print(&task));
            harvest.origins.push("cdex-task-data-request");
            harvest.records.push(task);
        }
    }
    Ok(Arc::new(harvest))
}

async fn one_task(world: &mut World, expect: Expectation, what: &str) -> Outcome {
    world.choose_patient(expect, 0).await?;
    let mut draft = world.draft_request(what)?;
    super::data_request::complete(&mut draft, "says all that a request can say");
    world.send_task(draft).await?;
    world.follow_task().await
}

async fn one_is(world: &mut World, arguments: Arguments<'_>) -> Outcome {
    let wanted = arguments.word(1);
    let (tasks, _) = world.harvested("Task")?;
    if tasks.records.iter().any(|task| task["status"] == wanted) {
        return Ok(());
    }
    let result =
        Err(Mismatch::new(format!("a Task that is {wanted}"), "none was").at("Task.status"));
    world.judge(result)
}

#[cfg(test)]
mod tests {
    use super::holds;
    use serde_json::json;

    #[test]
    fn what_was_said_may_be_added_to_and_not_changed() {
        let said = json!({"a": [{"b": 1}], "c": "d"});
        assert!(holds(
            &json!({"a": [{"x": 0}, {"b": 1, "e": 2}], "c": "d", "f": true}),
            &said
        ));
        assert!(!holds(&json!({"a": [{"b": 2}], "c": "d"}), &said));
        assert!(!holds(&json!({"c": "d"}), &said));
    }
}
