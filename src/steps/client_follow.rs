//! How a client under test goes on with the Tasks it has sent: looks at them, is notified of them, fetches what they
//! bring (CDex, Task based approach).

use super::World;
use super::client_task::is_task;
use super::drive::{Arguments, Halt, Outcome};
use super::mismatch::Mismatch;
use super::world::hearing::{given, sent};
use crate::config::Agreement;
use crate::fhir::{bundle, path, search};
use crate::mock::{Heard, Sent};
use http::Method;
use serde_json::Value;
use std::sync::Arc;

super::book::steps! {
    /// The client looked at one of the Tasks chosen before until it had ended, more than once.
    r"^it looks at one of them again and again until that has ended$" => followed;
    /// Turns to the answers in which a Task that goes on says all that its profile lets it say.
    r"^the provider says all that a Task can say$" => says_all;
    /// Turns to the Tasks that were taken with more in them than the guide knows.
    r"^the provider says more of a Task than the guide knows$" => says_more;
    /// The client looked at each of these Tasks later.
    r"^the payer looks at these Tasks again$" => looked_later;
    /// Turns to the answers in which a Task has ended with data that is kept elsewhere.
    r"^a Task has brought (data|answers to a Questionnaire|data that has to be signed)$" => brought;
    /// The client fetched what each of these Tasks refers to.
    r"^the payer fetches what it refers to$" => fetched;
    /// The client fetched what these Tasks refer to by searches, and read none of it alone.
    r"^the payer fetches it by searches alone$" => searched;
    /// The client searched for records, was answered, and so has had data; or a Task was followed to data, or to a submission.
    r"^one way of exchanging data was gone to its end$" => one_way;
    /// Handshakes and notifications were answered with success.
    r"^it answers every (handshake|message about its subscription) with success$" => taken;
    /// Turns to the subscriptions that the client made.
    r"^the payer subscribes to its Tasks$" => subscribes;
    /// The topic is that of HRex.
    r"^each of them is for the topic of Tasks$" => of_topic;
    /// Turns to all that the client sent and asked, except for tokens.
    r"^the client asks for something$" => asks;
    /// Bodies are FHIR JSON and said to be, and FHIR JSON is what is accepted.
    r"^it speaks and understands JSON$" => speaks_json;
}

/// Statuses that end a Task.
const ENDS: [&str; 3] = ["completed", "failed", "rejected"];
/// The topic of HRex: Tasks that change.
const TOPIC: &str = "http://hl7.org/fhir/us/davinci-hrex/SubscriptionTopic/Task";
/// An extension that our stand-in puts into Tasks, and no guide knows.
const STRANGE: &str = "https://vitruvian.example/StructureDefinition/nobody-knows-this";

/// A Task as the client saw it.
struct Look {
    heard: Arc<Heard>,
    task: Value,
}

impl Look {
    fn has_ended(&self) -> bool {
        ENDS.iter().any(|end| self.task["status"] == *end)
    }
}

/// The Tasks in the answer to a read or a search.
fn tasks_in(heard: &Heard) -> Vec<Value> {
    if heard.request.method != Method::GET && !heard.request.path.ends_with("/_search") {
        return Vec::new();
    }
    if heard.response.status != 200 {
        return Vec::new();
    }
    let body = given(heard);
    match body["resourceType"].as_str() {
        Some("Task") => vec![body],
        Some("Bundle") => {
            let all = bundle::matches(&body);
            all.filter(|one| one["resourceType"] == "Task")
                .cloned()
                .collect()
        }
        _ => Vec::new(),
    }
}

/// Id of the Task that was created.
fn created(heard: &Heard) -> Option<String> {
    let is_made = is_task(heard) && heard.response.status < 300;
    let id = given(heard)["id"].as_str().map(str::to_owned);
    id.filter(|_| is_made)
}

impl World {
    /// Every look at a Task, in order.
    fn looks(&self) -> Result<Vec<Look>, Halt> {
        let mut looks = Vec::new();
        for heard in self.conversation()?.heard() {
            let tasks = tasks_in(&heard).into_iter();
            looks.extend(tasks.map(|task| Look {
                heard: heard.clone(),
                task,
            }));
        }
        Ok(looks)
    }

    /// What was sent of a Task, by its id.
    fn task_sent(&self, id: &str) -> Result<Value, Halt> {
        let heard = self.conversation()?.heard();
        let found = heard.iter().find(|one| created(one).as_deref() == Some(id));
        Ok(found.map(|one| sent(one)).unwrap_or_default())
    }

    /// Turns to these looks; skips without any.
    fn turn_to(&mut self, deed: &str, looks: &[Look]) -> Outcome {
        let numbers: Vec<usize> = looks.iter().map(|look| look.heard.number).collect();
        self.hear(deed, |heard| numbers.contains(&heard.number))
    }
}

async fn followed(world: &mut World, _: Arguments<'_>) -> Outcome {
    let ids: Vec<String> = world
        .heard()
        .iter()
        .filter_map(|heard| created(heard))
        .collect();
    if ids.is_empty() {
        return Err(Halt::Skip(
            "none of the Tasks was taken: let the client send one that the stand-in can take"
                .into(),
        ));
    }
    let looks = world.looks()?;
    let mut has_ended_at_once = false;
    let mut best = "no look at any of them".to_owned();
    for id in &ids {
        let of_it: Vec<&Look> = looks
            .iter()
            .filter(|look| look.task["id"] == **id)
            .collect();
        let (Some(first), Some(last)) = (of_it.first(), of_it.last()) else {
            continue;
        };
        if !first.has_ended() && last.has_ended() {
            return Ok(());
        }
        has_ended_at_once |= first.has_ended();
        best = format!(
            "{} at Task/{id}, the last when it was {}",
            match of_it.len() {
                1 => "1 look".to_owned(),
                many => format!("{many} looks"),
            },
            last.task["status"]
        );
    }
    // Whoever sees at once that it is over has nothing to look at again.
    if has_ended_at_once || world.conversation()?.was_broken_off() {
        return Err(Halt::Skip(format!(
            "not heard so far ({best}): let the client send a Task that takes its time, and look until it has ended"
        )));
    }
    let expected = "one Task at least that is looked at until it has ended";
    world.judge(Err(Mismatch::new(expected, best).at("GET /Task/{id}")))
}

async fn says_all(world: &mut World, _: Arguments<'_>) -> Outcome {
    let mut looks = world.looks()?;
    let elements = ["statusReason", "businessStatus", "identifier"];
    looks.retain(|look| {
        !look.has_ended() && elements.iter().all(|name| !look.task[*name].is_null())
    });
    world.turn_to(
        "look at a Task that says all it can (GET /Task/{id})",
        &looks,
    )
}

async fn says_more(world: &mut World, _: Arguments<'_>) -> Outcome {
    let is_strange = |heard: &Heard| {
        let body = given(heard);
        path::elements(&body, "extension.url")
            .iter()
            .any(|url| **url == STRANGE)
    };
    world.hear("send a Task that is taken", |heard| {
        created(heard).is_some() && is_strange(heard)
    })
}

async fn looked_later(world: &mut World, _: Arguments<'_>) -> Outcome {
    let looks = world.looks()?;
    let mut broken = Vec::new();
    for heard in world.heard() {
        let mut tasks = tasks_in(&heard);
        tasks.extend(created(&heard).map(|_| given(&heard)));
        for task in tasks {
            let mut later = looks.iter().filter(|look| look.heard.number > heard.number);
            if !later.any(|look| look.task["id"] == task["id"]) {
                let expected = format!("another look at Task {}", task["id"]);
                let mismatch = Mismatch::new(expected, "none").at("GET /Task/{id}");
                broken.push((heard.clone(), mismatch));
            }
        }
    }
    world.judge_cited(broken)
}

/// What the outputs of a Task refer to, outside of it: type and id.
fn references(task: &Value) -> Vec<(String, String)> {
    let all = path::elements(task, "output.valueReference.reference");
    let all = all.into_iter().filter_map(Value::as_str);
    let parts = all.filter(|one| !one.starts_with('#')).filter_map(|one| {
        let mut parts = one.rsplit('/');
        let (id, kind) = (parts.next()?, parts.next()?);
        Some((kind.to_owned(), id.to_owned()))
    });
    parts.collect()
}

/// Whether a Task that was sent says that a signature is needed.
fn wants_signature(task: &Value) -> bool {
    let inputs = task["input"].as_array().into_iter().flatten();
    let mut flags = inputs.filter(|one| {
        let codes = path::elements(one, "type.coding.code");
        codes.iter().any(|code| **code == "signature-flag")
    });
    flags.any(|one| one["valueBoolean"] == true)
}

async fn brought(world: &mut World, arguments: Arguments<'_>) -> Outcome {
    let what = arguments.word(1);
    let all_signed = world.target()?.signatures == Some(Agreement::Required);
    let mut chosen = Vec::new();
    for look in world.looks()? {
        let id = look.task["id"].as_str().unwrap_or_default().to_owned();
        let task = world.task_sent(&id)?;
        let is_ours = !task.is_null() && !super::client_task::asks_for_attachments(&task);
        let refers = references(&look.task);
        let fits = match what {
            "data" => !refers.is_empty(),
            "answers to a Questionnaire" => refers
                .iter()
                .any(|(kind, _)| kind == "QuestionnaireResponse"),
            _ => !refers.is_empty() && (all_signed || wants_signature(&task)),
        };
        if is_ours && fits && look.task["status"] == "completed" {
            chosen.push(look);
        }
    }
    world.turn_to(
        &format!("look at a Task that has brought {what}, kept elsewhere"),
        &chosen,
    )
}

/// How an exchange asks for a record: alone, or by a search.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Fetched {
    Alone,
    Searched,
}

/// Whether, and how, an exchange fetches that record.
fn fetches(heard: &Heard, kind: &str, id: &str) -> Option<Fetched> {
    if heard.request.path == format!("/{kind}/{id}") && heard.request.method == Method::GET {
        return Some(Fetched::Alone);
    }
    let is_search = heard.request.path.starts_with(&format!("/{kind}"));
    let query = heard.request.query.as_deref().unwrap_or_default();
    let form = String::from_utf8_lossy(&heard.request.body);
    let mut asked = search::parse(query).into_iter().chain(search::parse(&form));
    let names_it = |value: &String| value == id || value.ends_with(&format!("/{id}"));
    let by_id = asked.any(|one| one.name == "_id" && one.values.iter().any(names_it));
    (is_search && by_id).then_some(Fetched::Searched)
}

/// Each record that the chosen Tasks refer to, and how it was fetched afterwards.
type Fetching = Vec<(Arc<Heard>, (String, String), Vec<(Arc<Heard>, Fetched)>)>;

fn fetching(world: &World) -> Result<Fetching, Halt> {
    let all = world.conversation()?.heard();
    let mut fetching = Fetching::new();
    for heard in world.heard() {
        for (kind, id) in tasks_in(&heard).iter().flat_map(references) {
            let later = all.iter().filter(|one| one.number > heard.number);
            let ways = later.filter_map(|one| Some((one.clone(), fetches(one, &kind, &id)?)));
            let ways = ways.collect();
            fetching.push((heard.clone(), (kind, id), ways));
        }
    }
    Ok(fetching)
}

async fn fetched(world: &mut World, _: Arguments<'_>) -> Outcome {
    let all = fetching(world)?;
    let missed = all.into_iter().filter(|(_, _, ways)| ways.is_empty());
    let broken = missed.map(|(heard, (kind, id), _)| {
        let expected = format!("{kind}/{id} is fetched");
        (
            heard,
            Mismatch::new(expected, "it is not").at("Task.output"),
        )
    });
    let broken = broken.collect();
    world.judge_cited(broken)
}

async fn searched(world: &mut World, _: Arguments<'_>) -> Outcome {
    let all = fetching(world)?;
    if all.iter().all(|(_, _, ways)| ways.is_empty()) {
        return Err(Halt::Skip(
            "what came was not fetched: let the client fetch what its Tasks refer to".into(),
        ));
    }
    let mut broken = Vec::new();
    for (_, (kind, id), ways) in all {
        let alone = ways.into_iter().filter(|(_, way)| *way == Fetched::Alone);
        broken.extend(alone.map(|(heard, _)| {
            let expected = format!("GET {kind}?_id={id}, for a resource alone cannot be signed");
            let actual = format!("GET {kind}/{id}");
            (heard, Mismatch::new(expected, actual).at("URL"))
        }));
    }
    world.judge_cited(broken)
}

async fn one_way(world: &mut World, _: Arguments<'_>) -> Outcome {
    let heard = world.conversation()?.heard();
    let brings_data = |one: &Arc<Heard>| {
        let body = given(one);
        let mut matches = bundle::matches(&body);
        one.response.status == 200
            && one.request.method == Method::GET
            && body["resourceType"] == "Bundle"
            && matches.any(|found| found["resourceType"] != "Task")
    };
    let is_direct = heard.iter().any(brings_data);
    let has_ended = world
        .looks()?
        .iter()
        .any(|look| look.task["status"] == "completed");
    let expected = "a search that brought data, or a Task that was followed until it was completed";
    world.judge_once(match is_direct || has_ended {
        true => Ok(()),
        false => Err(Mismatch::new(expected, "neither").at("the whole conversation")),
    })
}

async fn taken(world: &mut World, arguments: Arguments<'_>) -> Outcome {
    let is_handshake = |one: &Sent| one.delivery.about.starts_with("handshake ");
    let only_handshakes = arguments.word(1) == "handshake";
    let all = world.conversation()?.sent();
    let is_of_subscription = |one: &Sent| !one.delivery.about.starts_with("task ");
    let chosen: Vec<Sent> = all
        .into_iter()
        .filter(|one| is_of_subscription(one) && (is_handshake(one) || !only_handshakes))
        .collect();
    let has_events = chosen.iter().any(|one| !is_handshake(one));
    if chosen.is_empty() || !(only_handshakes || has_events) {
        return Err(Halt::Skip(
            "nothing was sent: let the client subscribe, answer the handshake, and change a Task"
                .into(),
        ));
    }
    world.note(format!("{} messages sent to the client", chosen.len()));
    let refused = chosen.into_iter().find(|one| {
        !one.status
            .is_some_and(|status| (200..300).contains(&status))
    });
    let result = refused.map_or(Ok(()), |one| {
        let kind = one.delivery.about.split(' ').next().unwrap_or_default();
        let actual = one
            .status
            .map_or("no answer".to_owned(), |status| format!("status {status}"));
        Err(Mismatch::new(format!("success (2xx) to the {kind}"), actual).at(one.delivery.url))
    });
    world.judge(result)
}

async fn subscribes(world: &mut World, _: Arguments<'_>) -> Outcome {
    world.hear("subscribe to its Tasks (POST /Subscription)", |heard| {
        heard.request.method == Method::POST && heard.request.path == "/Subscription"
    })
}

async fn of_topic(world: &mut World, _: Arguments<'_>) -> Outcome {
    world.judge_heard(|heard| match &sent(heard)["criteria"] {
        criteria if *criteria == TOPIC => Ok(()),
        other => Err(Mismatch::new(TOPIC, other.to_string()).at("Subscription.criteria")),
    })
}

/// Whether an exchange is about access, and not about FHIR.
fn is_about_access(heard: &Heard) -> bool {
    let path = &heard.request.path;
    path.contains("/.well-known/") || path.contains("/auth") || path.contains("/token")
}

async fn asks(world: &mut World, _: Arguments<'_>) -> Outcome {
    world.hear("ask for anything", |heard| !is_about_access(heard))
}

async fn speaks_json(world: &mut World, _: Arguments<'_>) -> Outcome {
    world.judge_heard(|heard| {
        let headers = &heard.request.headers;
        let text = |name: http::HeaderName| {
            let all = headers.get_all(name).iter();
            let all: Vec<&str> = all.filter_map(|one| one.to_str().ok()).collect();
            all.join(", ")
        };
        let accept = text(http::header::ACCEPT);
        let takes = ["json", "*/*", "application/*"];
        if !accept.is_empty() && !takes.iter().any(|kind| accept.contains(kind)) {
            return Err(Mismatch::new("application/fhir+json", accept).at("header Accept"));
        }
        if heard.request.body.is_empty() || heard.request.path.ends_with("/_search") {
            return Ok(());
        }
        let kind = text(http::header::CONTENT_TYPE);
        let media = kind.split(';').next().unwrap_or_default().trim();
        if !media.eq_ignore_ascii_case("application/fhir+json") {
            return Err(Mismatch::new("application/fhir+json", kind).at("header Content-Type"));
        }
        match sent(heard)["resourceType"].is_string() {
            true => Ok(()),
            false => Err(Mismatch::new("a FHIR resource in JSON", "something else").at("body")),
        }
    })
}
