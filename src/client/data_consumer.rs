//! A payer that asks a provider for clinical data and for attachments (CDex).

use super::attachment_request::{self, Use};
use super::codes::{REASONS, code};
use super::data_request::{self, Asked};
use super::line::{PAUSE, json};
use super::subscriber::{subscribe, told};
use super::{Brief, Line, Trouble, token};
use crate::config::{Expectation, Member};
use crate::mock::{Habit, Response};
use http::header::LOCATION;
use serde_json::Value;
use std::time::Duration;

/// How often a Task is looked at.
const MOST_LOOKS: usize = 30;
/// How long the last notifications may take.
const LAST: Duration = Duration::from_millis(500);
/// Statuses that end a Task.
const ENDS: [&str; 3] = ["completed", "failed", "rejected"];
/// What stands in for an address where the server cannot reach the client.
const NOWHERE: &str = "https://payer.example/fhir";

/// Does all that the suite asks of a payer that wants data.
pub(super) async fn converse(brief: &Brief, line: &mut Line<'_>) -> Result<(), Trouble> {
    let scope = brief.credentials.as_ref();
    let scope = scope.map_or("", |credentials| credentials.scope.as_str());
    token::authorize(brief, line, scope).await?;
    let mut members = brief.members.iter();
    let Some(member) = members.find(|member| member.expect == Expectation::Match) else {
        return Ok(());
    };
    if !line.keeps(Habit::FinishesWhatItBegins) {
        let task = data_request::bare(brief, "unfinished", "nobody", Asked::Notes);
        let request = line.post("/Task", &task);
        line.ask(request).await?;
        return Ok(());
    }
    let Some(patient) = direct(line, member).await? else {
        return Ok(());
    };
    subscribe(brief, line).await?;
    data(brief, line, member, &patient).await?;
    attachments(brief, line, member).await?;
    // What is told of the last Task may still be on its way.
    line.pass(LAST).await;
    told(line);
    Ok(())
}

/// Direct queries: the patient is looked up, and the chart searched. The id of the patient.
async fn direct(line: &mut Line<'_>, member: &Member) -> Result<Option<String>, Trouble> {
    let Some(card) = member.card() else {
        return Ok(None);
    };
    let number: String =
        url::form_urlencoded::byte_serialize(format!("{}|{}", card.system, card.value).as_bytes())
            .collect();
    let found = line
        .search(&format!("/Patient?identifier={number}"))
        .await?;
    let Some(patient) = found.first().and_then(|patient| patient["id"].as_str()) else {
        return Ok(None);
    };
    let query = format!("/Condition?patient={patient}&clinical-status=active");
    line.search(&query).await?;
    Ok(Some(patient.to_owned()))
}

/// Asks for data in every way there is, and follows each request to its end.
async fn data(
    brief: &Brief,
    line: &mut Line<'_>,
    member: &Member,
    patient: &str,
) -> Result<(), Trouble> {
    let conditions = format!("Condition?patient={patient}&clinical-status=active");
    let mut whole = data_request::bare(brief, "whole", patient, Asked::Query(&conditions));
    data_request::complete(&mut whole, member, NOWHERE);

    let mut notes = data_request::bare(brief, "notes", patient, Asked::Notes);
    data_request::about_coverage(&mut notes);
    data_request::for_purpose(&mut notes, code(REASONS, "COVERAGE"));

    let words = Asked::Words("All progress notes since the last visit, please");
    let mut in_words = data_request::bare(brief, "words", patient, words);
    in_words["reasonCode"] = serde_json::json!({"text": "question of a regulator"});

    let asked = Asked::Questionnaire;
    let mut questions = data_request::bare(brief, "questions", patient, asked);
    data_request::about_claim(&mut questions);
    data_request::signed(&mut questions, true);

    let origins = format!("Condition?patient={patient}&_revinclude=Provenance:target");
    let told_of = data_request::bare(brief, "origins", patient, Asked::Query(&origins));

    for task in [whole, notes, in_words, questions, told_of] {
        request(line, &task).await?;
    }
    Ok(())
}

/// Asks for attachments in both ways, for both uses.
async fn attachments(brief: &Brief, line: &mut Line<'_>, member: &Member) -> Result<(), Trouble> {
    let hook = line.hook();
    let address = format!("{}/$submit-attachment", hook.as_deref().unwrap_or(NOWHERE));
    let (by_code, by_questions) = (
        "attachment-request-code",
        "attachment-request-questionnaire",
    );
    let (claim, prior) = (Use::Claim, Use::PriorAuthorization);
    let new = |number: &str, used: Use, kind: &str| {
        attachment_request::bare(brief, number, member, used, kind, &address)
    };
    let mut first = new("track-claim", claim, by_code);
    attachment_request::ask(brief, &mut first, Some("11506-3"), true);
    attachment_request::complete(brief, &mut first, claim);

    let mut second = new("track-prior", prior, by_questions);
    attachment_request::ask(brief, &mut second, None, true);
    attachment_request::complete(brief, &mut second, prior);

    let mut third = new("track-bare", prior, by_code);
    attachment_request::ask(brief, &mut third, Some("11504-8"), false);

    for task in [first, second, third] {
        request(line, &task).await?;
    }
    Ok(())
}

/// Sends a Task, looks at it until it has ended, and fetches what it has brought.
async fn request(line: &mut Line<'_>, task: &Value) -> Result<(), Trouble> {
    let post = line.post("/Task", task);
    let answer = line.ask(post).await?;
    let Some(id) = created(&answer) else {
        return Ok(());
    };
    let is_strange = says(&json(&answer), "extension");
    if is_strange && !line.keeps(Habit::TakesMoreOfATask) {
        return Ok(());
    }
    for _ in 0..MOST_LOOKS {
        let look = line.get(&format!("/Task/{id}"));
        let response = line.ask(look.clone()).await?;
        let seen = json(&response);
        let status = seen["status"].as_str().unwrap_or_default();
        if response.status != 200 {
            return Ok(());
        }
        if ENDS.contains(&status) {
            return fetch(line, task, &seen).await;
        }
        let says_all = says(&seen, "statusReason");
        let goes_on = !says_all || line.keeps(Habit::TakesAllThatIsSupported);
        if !goes_on || !line.keeps(Habit::PollsToTheEnd) {
            return Ok(());
        }
        line.wait_as_told(&response, &look, PAUSE).await;
        told(line);
    }
    Ok(())
}

/// Id of what was created.
fn created(answer: &Response) -> Option<String> {
    if answer.status >= 300 {
        return None;
    }
    let body = json(answer);
    let location = answer
        .headers
        .get(LOCATION)
        .and_then(|one| one.to_str().ok());
    let told = location.and_then(|one| one.rsplit_once("/Task/"));
    let told = told.map(|(_, id)| id.split('/').next().unwrap_or(id));
    body["id"].as_str().or(told).map(str::to_owned)
}

fn says(task: &Value, name: &str) -> bool {
    !task[name].is_null()
}

/// Fetches what a Task that was sent has brought: by searches where it is signed.
async fn fetch(line: &mut Line<'_>, sent: &Value, seen: &Value) -> Result<(), Trouble> {
    if !line.keeps(Habit::FetchesTheData) {
        return Ok(());
    }
    let inputs = sent["input"].as_array().into_iter().flatten();
    let is_signed = inputs.clone().any(|one| one["valueBoolean"] == true);
    let is_submitted = inputs.clone().any(|one| !one["valueUrl"].is_null());
    let outputs = seen["output"].as_array().into_iter().flatten();
    let references = outputs.filter_map(|one| one["valueReference"]["reference"].as_str());
    for reference in references.filter(|one| !one.starts_with('#') && !is_submitted) {
        let below = reference.strip_prefix(&line.base()).unwrap_or(reference);
        let below = below.trim_start_matches('/').to_owned();
        let Some((kind, id)) = below.split_once('/') else {
            continue;
        };
        match is_signed && line.keeps(Habit::SearchesForWhatIsSigned) {
            true => {
                line.search(&format!("/{kind}?_id={id}")).await?;
            }
            false => {
                let read = line.get(&format!("/{below}"));
                line.ask(read).await?;
            }
        }
    }
    Ok(())
}
