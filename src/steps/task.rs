//! A Task that was sent to a provider: whether it is taken, how it moves, how it ends.

use super::drive::{Arguments, Halt, Outcome};
use super::expect::{describe, expect_fhir_json, expect_resource, expect_status};
use super::job::asked_pause;
use super::{Mismatch, World};
use crate::fhir::Reference;
use crate::http::Request;
use serde_json::Value;
use std::time::Duration;
use tokio::time::Instant;

super::book::steps! {
    /// Sends the drafted Task.
    r"^the payer sends the Task$" => send;
    /// Reads the Task again and again until it has come to an end, as often as the provider wants and --max-wait allows.
    r"^the payer follows the Task to its end$" => follow;
    /// The Task is created: status 201 (200 is a warning, for the guide's examples have it), an address, the Task.
    r"^the Task is taken$" => taken;
    /// The Task is answered with success, whichever.
    r"^the provider accepts the Task$" => accepted;
    /// The Task is answered in FHIR's own JSON.
    r"^the Task is answered in FHIR JSON$" => in_json;
    /// The last status is this one, or one of these.
    r"^the Task ends as (completed|failed|rejected|completed or failed|completed or rejected|failed or rejected)$" => ends_as;
    /// A text says why.
    r"^it says in words why$" => says_why;
    /// There is no output.
    r"^it holds no data$" => no_output;
}

/// The statuses a Task may have.
pub(super) const STATUSES: [&str; 7] = [
    "requested",
    "accepted",
    "rejected",
    "in-progress",
    "on-hold",
    "failed",
    "completed",
];
/// Statuses that end a Task.
const ENDS: [&str; 3] = ["completed", "failed", "rejected"];
/// First pause between two looks at a Task, when the provider says nothing about it.
const FIRST_PAUSE: Duration = Duration::from_millis(200);
/// Longest pause.
const LONGEST_PAUSE: Duration = Duration::from_secs(300);
/// Looks at most: a provider that asks for none to be waited for must not be flooded.
const LOOKS: usize = 1000;

/// A Task that was sent, and what became of it.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Followed {
    /// Its id at the provider.
    pub(super) id: String,
    /// What was sent.
    pub(super) sent: Value,
    /// What was seen, in order, each version once; the first is the answer to what was sent.
    pub(super) seen: Vec<Value>,
}

impl Followed {
    /// How it stands.
    pub(super) fn last(&self) -> &Value {
        self.seen.last().unwrap_or(&self.sent)
    }

    /// Its statuses in order, each once in a row.
    pub(super) fn statuses(&self) -> Vec<&str> {
        let mut all: Vec<&str> = std::iter::once(&self.sent)
            .chain(&self.seen)
            .map(|task| task["status"].as_str().unwrap_or("none"))
            .collect();
        all.dedup();
        all
    }
}

/// What a Task says in words about its status.
fn words(task: &Value) -> Option<String> {
    let texts = [
        &task["statusReason"]["text"],
        &task["businessStatus"]["text"],
    ];
    let mut texts = texts.into_iter().filter_map(Value::as_str);
    texts.next().map(str::to_owned)
}

impl World {
    /// The Task that was sent.
    pub(super) fn followed(&self) -> Result<&Followed, Halt> {
        self.task
            .as_ref()
            .ok_or_else(|| Halt::Error("no Task was sent before this step".into()))
    }

    /// Sends a Task; whether it is taken is judged elsewhere.
    pub(super) async fn send_task(&mut self, task: Value) -> Outcome {
        let request = Request::post_json("Task", &task).header("accept", "application/fhir+json");
        self.send(request).await?;
        let reply = self.reply()?;
        let is_made = reply.status < 300;
        let location = reply.header("location").filter(|_| is_made);
        let location = location.map(str::to_owned);
        let body = reply.json().unwrap_or_default();
        let is_task = body["resourceType"] == "Task" && is_made;
        let at = location.as_deref().map(Reference::parse);
        let told = at.as_ref().and_then(Reference::target);
        let id = body["id"].as_str().filter(|_| is_task);
        let id = id.or(told.filter(|(kind, _)| *kind == "Task").map(|(_, id)| id));
        self.task = id.map(|id| Followed {
            id: id.to_owned(),
            sent: task.clone(),
            seen: Vec::new(),
        });
        self.mark(None, &task);
        if is_task {
            self.see_task(body);
        }
        Ok(())
    }

    /// Looks at the Task once.
    pub(super) async fn look_at_task(&mut self) -> Outcome {
        let id = self.followed()?.id.clone();
        self.prepare(Request::get(format!("Task/{id}"))).await?;
        let seen = self.reply()?.json().unwrap_or_default();
        if seen["resourceType"] == "Task" {
            self.see_task(seen);
        }
        Ok(())
    }

    /// Keeps what was seen of the Task when it is another version, and adds to its time line.
    fn see_task(&mut self, seen: Value) {
        let Some(task) = &mut self.task else { return };
        if task.seen.last() == Some(&seen) {
            return;
        }
        let before = task.last().clone();
        task.seen.push(seen.clone());
        self.mark(Some(&before), &seen);
    }

    /// Adds a point to the time line of the Task, when its status or the words about it differ from before.
    fn mark(&mut self, before: Option<&Value>, now: &Value) {
        let told = |task: &Value| (task["status"].clone(), words(task));
        if before.is_some_and(|before| told(before) == told(now)) {
            return;
        }
        let Some(id) = self.task.as_ref().map(|task| task.id.clone()) else {
            return;
        };
        let status = now["status"].as_str().unwrap_or("none").to_owned();
        self.record_transition(format!("Task/{id}"), status, words(now));
    }

    /// Looks at the Task until it has come to an end.
    pub(super) async fn follow_task(&mut self) -> Outcome {
        if self.task.is_none() {
            let answer = describe(self.reply()?);
            return Err(Halt::Skip(format!(
                "the provider did not take the Task: {answer}"
            )));
        }
        let limit = self.context()?.max_wait;
        self.be_patient(limit);
        let (started, mut pause) = (Instant::now(), FIRST_PAUSE);
        for _ in 0..LOOKS {
            self.look_at_task().await?;
            let reply = self.reply()?;
            if reply.status != 200 {
                let answer = describe(reply);
                return Err(Halt::Skip(format!("the Task cannot be read: {answer}")));
            }
            let task = self.followed()?;
            let statuses = task.statuses();
            let status = statuses.last().copied().unwrap_or_default();
            if ENDS.contains(&status) || !STATUSES.contains(&status) {
                let line = statuses.join(" → ");
                self.note(format!("the Task went {line}"));
                return Ok(());
            }
            let wait = asked_pause(reply).unwrap_or(pause).min(LONGEST_PAUSE);
            if started.elapsed() + wait > limit {
                break;
            }
            pause = (pause * 3 / 2).min(LONGEST_PAUSE);
            tokio::time::sleep(wait).await;
        }
        Err(Halt::Skip(format!(
            "the Task had not come to an end within {} s; allow more with --max-wait",
            limit.as_secs()
        )))
    }
}

async fn send(world: &mut World, _: Arguments<'_>) -> Outcome {
    let task = world.drafted()?.clone();
    world.send_task(task).await
}

async fn follow(world: &mut World, _: Arguments<'_>) -> Outcome {
    world.follow_task().await
}

async fn taken(world: &mut World, _: Arguments<'_>) -> Outcome {
    let reply = world.reply()?;
    let location = reply.header("location").unwrap_or_default().to_owned();
    let result = expect_status(reply, &[200, 201], "the Task is created").and_then(|()| {
        if !location.contains("Task/") {
            return Err(
                Mismatch::new("the address of the Task", location.clone()).at("header Location")
            );
        }
        if reply.status == 200 {
            let why = "the guide's examples answer 200, FHIR and the guide's own tracker say 201";
            return Err(Mismatch::new("status 201", "status 200")
                .at("HTTP status")
                .doubtful(why));
        }
        Ok(())
    });
    world.judge(result)?;
    if world.is_own(&location) {
        world.send(Request::get(location)).await?;
        let reply = world.reply()?;
        let result = expect_status(reply, &[200], "the Task at its address")
            .and_then(|()| expect_resource(reply, "Task").map(|_| ()));
        world.judge(result)?;
    }
    Ok(())
}

async fn accepted(world: &mut World, _: Arguments<'_>) -> Outcome {
    let reply = world.reply()?;
    let result = match reply.status {
        200..=299 => Ok(()),
        _ => Err(Mismatch::new("success (a 2xx status)", describe(reply)).at("HTTP status")),
    };
    world.judge(result)
}

async fn in_json(world: &mut World, _: Arguments<'_>) -> Outcome {
    let reply = world.reply()?;
    let result = expect_status(reply, &[200, 201], "the Task is taken")
        .and_then(|()| expect_fhir_json(reply));
    world.judge(result)
}

async fn ends_as(world: &mut World, arguments: Arguments<'_>) -> Outcome {
    let wanted = arguments.word(1);
    let last = world.followed()?.last();
    let status = last["status"].as_str().unwrap_or("none");
    let result = match wanted.split(" or ").any(|one| one == status) {
        true => Ok(()),
        false => {
            let why = last["statusReason"]["text"].as_str();
            let actual = why.map_or_else(|| status.to_owned(), |why| format!("{status}: {why}"));
            Err(Mismatch::new(format!("status {wanted}"), actual).at("Task.status"))
        }
    };
    world.judge(result)
}

pub(super) fn has_text(concept: &Value) -> bool {
    concept["text"]
        .as_str()
        .is_some_and(|text| !text.trim().is_empty())
}

async fn says_why(world: &mut World, _: Arguments<'_>) -> Outcome {
    let result = match has_text(&world.followed()?.last()["statusReason"]) {
        true => Ok(()),
        false => Err(Mismatch::new("a reason in words", "none").at("Task.statusReason.text")),
    };
    world.judge(result)
}

async fn no_output(world: &mut World, _: Arguments<'_>) -> Outcome {
    let result = match &world.followed()?.last()["output"] {
        Value::Null => Ok(()),
        some => Err(Mismatch::new("no output", some.to_string()).at("Task.output")),
    };
    world.judge(result)
}
