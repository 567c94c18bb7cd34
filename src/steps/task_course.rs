//! The course of a Task at a provider: its statuses and versions, how it is found, what may be changed in it.

use super::drive::{Arguments, Halt, Outcome};
use super::expect::{describe, expect_resource, expect_status};
use super::task::{STATUSES, has_text};
use super::{Mismatch, World};
use crate::fhir::bundle;
use crate::http::Request;
use serde_json::Value;

super::book::steps! {
    /// Every status that was seen is one of the seven.
    r"^its statuses are among those of the guide$" => known_statuses;
    /// The statuses follow each other as the guide draws them.
    r"^its statuses follow each other as the guide draws them$" => transitions;
    /// The Task is the same one all along, and each change made a new version of it.
    r"^each change of it is a new version of the same Task$" => versions;
    /// The Task is found by its number, by the payer and by the provider.
    r"^the Task is found by (number|requester|owner|status|patient|tag)$" => found_by;
    /// A search for Tasks that were changed after the first look finds it.
    r"^the Task is among those changed since it was sent$" => changed_since;
    /// Wherever the Task has a businessStatus, that has a text, and somewhere it has one.
    r"^the provider says in words how far it is$" => business_status;
    /// Tries to set the status to one outside the guide's list: refused, or nothing changes.
    r"^setting its status to (\S+) changes nothing$" => set_status;
    /// Sends the Task back with the payer's own words changed: 200 or 201.
    r"^the payer may correct it$" => correct;
    /// Reads the version that was created.
    r"^its first version can be read$" => first_version;
}

/// The steps that the guide draws.
const DRAWN: [(&str, &str); 8] = [
    ("requested", "accepted"),
    ("requested", "rejected"),
    ("accepted", "in-progress"),
    ("in-progress", "on-hold"),
    ("on-hold", "in-progress"),
    ("in-progress", "completed"),
    ("in-progress", "failed"),
    ("in-progress", "in-progress"),
];

async fn known_statuses(world: &mut World, _: Arguments<'_>) -> Outcome {
    let statuses = world.followed()?.statuses();
    let other = statuses.iter().find(|one| !STATUSES.contains(one));
    let result = other.map_or(Ok(()), |one| {
        Err(Mismatch::new(format!("one of {}", STATUSES.join(", ")), *one).at("Task.status"))
    });
    world.judge(result)
}

async fn transitions(world: &mut World, _: Arguments<'_>) -> Outcome {
    let statuses = world.followed()?.statuses();
    let odd = statuses
        .windows(2)
        .find(|pair| !matches!(pair, [from, to] if DRAWN.contains(&(from, to))));
    let result = odd.map_or(Ok(()), |pair| {
        Err(Mismatch::new("steps as the guide draws them", pair.join(" → ")).at("Task.status"))
    });
    world.judge(result)
}

async fn versions(world: &mut World, _: Arguments<'_>) -> Outcome {
    let task = world.followed()?;
    let other = task.seen.iter().find(|seen| seen["id"] != *task.id);
    let is_same = |pair: &[Value]| {
        pair[0]["meta"]["versionId"] == pair[1]["meta"]["versionId"]
            || pair[1]["meta"]["versionId"].is_null()
    };
    let result = if other.is_some() {
        Err(Mismatch::new("the same Task", "another id").at("Task.id"))
    } else if task.seen.len() < 2 {
        Err(Mismatch::new("a Task that changes", "the same whenever it was read").at("Task.status"))
    } else if task.seen.windows(2).any(is_same) {
        Err(
            Mismatch::new("another version with each change", "the same version")
                .at("Task.meta.versionId"),
        )
    } else {
        Ok(())
    };
    world.judge(result)
}

async fn found_by(world: &mut World, arguments: Arguments<'_>) -> Outcome {
    let task = world.followed()?.clone();
    let (npi, code) = (crate::config::NPI_SYSTEM, super::data_request::CDEX_TEMP);
    let of = |name: &str| {
        task.sent[name]["identifier"]["value"]
            .as_str()
            .unwrap_or_default()
            .to_owned()
    };
    let id = &task.id;
    let query = match arguments.word(1) {
        "number" => format!("_id={id}"),
        "requester" => format!("_id={id}&requester:identifier={npi}%7C{}", of("requester")),
        "owner" => format!("_id={id}&owner:identifier={npi}%7C{}", of("owner")),
        "status" => format!("_id={id}&status={}", STATUSES.join(",")),
        "patient" => format!("_id={id}&patient={}", world.patient_id()?),
        _ => format!("_id={id}&_tag={code}%7Cclaims-processing"),
    };
    world.send(Request::get(format!("Task?{query}"))).await?;
    let result = expect_found(world, id)?;
    world.judge(result)
}

fn expect_found(world: &World, id: &str) -> Result<Result<(), Mismatch>, Halt> {
    let reply = world.reply()?;
    let found = expect_status(reply, &[200], "the search is answered")
        .and_then(|()| expect_resource(reply, "Bundle"));
    Ok(found.and_then(
        |found| match bundle::matches(&found).any(|one| one["id"] == *id) {
            true => Ok(()),
            false => Err(Mismatch::new("the Task", "it is not among the results").at("$.entry")),
        },
    ))
}

async fn changed_since(world: &mut World, _: Arguments<'_>) -> Outcome {
    let task = world.followed()?.clone();
    let first = task
        .seen
        .first()
        .and_then(|one| one["meta"]["lastUpdated"].as_str());
    let Some(first) = first else {
        return Err(Halt::Skip(
            "the Task does not tell when it was last changed".into(),
        ));
    };
    let value: String =
        url::form_urlencoded::byte_serialize(format!("gt{first}").as_bytes()).collect();
    world
        .send(Request::get(format!("Task?_lastUpdated={value}&_count=50")))
        .await?;
    let result = expect_found(world, &task.id)?;
    world.judge(result)
}

async fn business_status(world: &mut World, _: Arguments<'_>) -> Outcome {
    let task = world.followed()?;
    let told: Vec<&Value> = task
        .seen
        .iter()
        .map(|one| &one["businessStatus"])
        .filter(|one| !one.is_null())
        .collect();
    let result =
        match told.iter().all(|one| has_text(one)) {
            true if told.is_empty() => {
                return Err(Halt::Skip("the provider does not say how far it is".into()));
            }
            true => Ok(()),
            false => Err(Mismatch::new("words", "a businessStatus without text")
                .at("Task.businessStatus.text")),
        };
    world.judge(result)
}

async fn set_status(world: &mut World, arguments: Arguments<'_>) -> Outcome {
    let before = world.followed()?.last().clone();
    let mut task = before.clone();
    task["status"] = arguments.word(1).into();
    world.put_task(&task).await?;
    let reply = world.reply()?;
    if reply.status >= 500 {
        let mismatch = Mismatch::new("a refusal, or nothing", describe(reply)).at("HTTP status");
        return world.judge(Err(mismatch));
    }
    let answered = reply.json().unwrap_or_default()["status"].clone();
    if reply.status < 300 && answered.is_string() && answered == *arguments.word(1) {
        let mismatch = Mismatch::new(
            "a refusal, or a Task that stays as it is",
            answered.to_string(),
        );
        return world.judge(Err(mismatch.at("Task.status")));
    }
    world.look_at_task().await?;
    let status = world.followed()?.last()["status"].clone();
    let result = match status.as_str().is_some_and(|one| STATUSES.contains(&one)) {
        true => Ok(()),
        false => Err(Mismatch::new("a status of the guide", status.to_string()).at("Task.status")),
    };
    world.judge(result)
}

impl World {
    async fn put_task(&mut self, task: &Value) -> Outcome {
        let address = format!("Task/{}", self.followed()?.id);
        let request = Request::new(http::Method::PUT, address)
            .header("content-type", "application/fhir+json")
            .body(task.to_string());
        self.send(request).await
    }
}

async fn correct(world: &mut World, _: Arguments<'_>) -> Outcome {
    let mut task = world.followed()?.last().clone();
    task["description"] = "corrected by the payer".into();
    world.put_task(&task).await?;
    let result = expect_status(world.reply()?, &[200, 201], "the correction is taken");
    world.judge(result)
}

async fn first_version(world: &mut World, _: Arguments<'_>) -> Outcome {
    let task = world.followed()?.clone();
    let first = task.seen.first().cloned().unwrap_or_default();
    let Some(version) = first["meta"]["versionId"].as_str() else {
        return Err(Halt::Skip("the Task does not tell its version".into()));
    };
    let address = format!("Task/{}/_history/{version}", task.id);
    world.send(Request::get(address)).await?;
    let reply = world.reply()?;
    let result = expect_status(reply, &[200], "the version")
        .and_then(|()| expect_resource(reply, "Task"))
        .and_then(|read| match read["status"] == first["status"] {
            true => Ok(()),
            false => Err(
                Mismatch::new(first["status"].to_string(), read["status"].to_string())
                    .at("Task.status"),
            ),
        });
    world.judge(result)
}
