//! Answers about an asynchronous job: accepted, running, finished, called off (FHIR R4 asynchronous
//! pattern; Bulk Data Access 2.0.0, sections "Response", "Status" and "Delete").

use super::drive::{Arguments, Halt, Outcome};
use super::expect::{describe, expect_outcome, expect_status};
use super::job::Poll;
use super::{Mismatch, World};
use crate::fhir::Span;
use crate::http::{Reply, Request};
use serde_json::Value;
use std::time::SystemTime;

super::book::steps! {
    /// 202 with an absolute Content-Location; a body, if there is one, is an OperationOutcome.
    r"^the payer takes the job on and says where to ask about it$" => accepted;
    /// The accepted job is followed to its end, however it ends.
    r"^the (?:new payer|provider) asks about the job until it is done$" => follow;
    /// The accepted job is asked about once.
    r"^the (?:new payer|provider) asks about the job at once$" => ask_once;
    /// The job is asked about up to ten times at once, until it is done.
    r"^the (?:new payer|provider) asks about the job again and again without a pause$" => ask_hastily;
    /// Retry-After while the job ran, no failure, and 429 if a pause that was asked for was not kept.
    r"^the payer says when to ask again$" => retry_told;
    /// Every answer but the last was 202 with well-formed X-Progress and Retry-After.
    r"^every answer until then says that the job is running$" => running;
    /// 200, application/json, and what a manifest must say.
    r"^the last answer lists what there is to fetch$" => finished;
    /// An Expires header that is an HTTP date, and no day that has gone by.
    r"^it says until when that can be fetched$" => expires;
    /// DELETE on the status address.
    r"^the (?:new payer|provider) calls the job off$" => call_off;
    /// Status 202.
    r"^the payer agrees$" => agrees;
    /// The status address answers 404 with an OperationOutcome.
    r"^nothing is left of the job$" => gone;
}

/// Polls without a pause.
const HASTY: usize = 10;
/// Seconds of a pause that ten polls in a row clearly do not keep.
const LONG_PAUSE: u64 = 5;
/// Longest X-Progress that is shown to people (Bulk Data Access: "100 characters").
const PROGRESS: usize = 100;

async fn accepted(world: &mut World, _: Arguments<'_>) -> Outcome {
    let result = expect_accepted(world.reply()?);
    world.judge(result)?;
    world.accept_job()
}

fn expect_accepted(reply: &Reply) -> Result<(), Mismatch> {
    expect_status(reply, &[202], "the job is taken on")?;
    let location = reply.header("content-location").ok_or_else(|| {
        Mismatch::new("where to ask about the job", "no Content-Location")
            .at("header Content-Location")
    })?;
    let is_absolute = url::Url::parse(location).is_ok_and(|url| url.has_host());
    if !is_absolute {
        return Err(Mismatch::new("an absolute address", location).at("header Content-Location"));
    }
    if reply.body.iter().all(u8::is_ascii_whitespace) {
        return Ok(());
    }
    expect_outcome(reply).map(|_| ())
}

async fn follow(world: &mut World, _: Arguments<'_>) -> Outcome {
    if world.job.is_none() {
        world.accept_job()?;
    }
    world.wait_for_job().await
}

async fn ask_once(world: &mut World, _: Arguments<'_>) -> Outcome {
    if world.job.is_none() {
        world.accept_job()?;
    }
    world.poll().await
}

async fn ask_hastily(world: &mut World, _: Arguments<'_>) -> Outcome {
    if world.job.is_none() {
        world.accept_job()?;
    }
    for _ in 0..HASTY {
        world.poll().await?;
        if !matches!(world.reply()?.status, 202 | 429 | 503) {
            break;
        }
    }
    Ok(())
}

async fn retry_told(world: &mut World, _: Arguments<'_>) -> Outcome {
    let polls = world.job()?.polls.clone();
    let waits: Vec<&Poll> = polls
        .iter()
        .filter(|poll| matches!(poll.status, 202 | 429))
        .collect();
    if waits.is_empty() {
        return Err(Halt::Skip(
            "the job was done when it was asked about for the first time".into(),
        ));
    }
    let failed = polls
        .iter()
        .find(|poll| poll.status >= 500 && poll.status != 503);
    let asked_seconds = waits
        .iter()
        .filter_map(|poll| poll.retry_after.as_ref()?.trim().parse::<u64>().ok());
    let asks_for_pause = asked_seconds
        .max()
        .is_some_and(|seconds| seconds >= LONG_PAUSE);
    let is_slowed = polls.iter().any(|poll| matches!(poll.status, 429 | 503));
    let result = if let Some(failed) = failed {
        Err(Mismatch::new(
            "patience with a client that asks often",
            format!("status {}", failed.status),
        )
        .at("HTTP status"))
    } else if waits.iter().all(|poll| poll.retry_after.is_none()) {
        Err(Mismatch::new("when to ask again", "no Retry-After").at("header Retry-After"))
    } else if asks_for_pause && !is_slowed && polls.len() == HASTY {
        Err(Mismatch::new(
            "status 429 for a client that does not wait as it was asked to",
            format!("{HASTY} answers as if it had waited"),
        )
        .at("HTTP status"))
    } else {
        Ok(())
    };
    world.judge(result)
}

async fn running(world: &mut World, _: Arguments<'_>) -> Outcome {
    let polls = world.job()?.polls.clone();
    let Some((_, before)) = polls.split_last() else {
        return Err(Halt::Skip("the job was never asked about".into()));
    };
    for poll in before {
        world.judge(expect_running(poll))?;
    }
    if before.is_empty() {
        return Err(Halt::Skip(
            "the job was done when it was asked about for the first time".into(),
        ));
    }
    Ok(())
}

fn expect_running(poll: &Poll) -> Result<(), Mismatch> {
    // 429 and 503 tell a client that asks too often to wait; both are answers to it, not to the job.
    if !matches!(poll.status, 202 | 429 | 503) {
        return Err(
            Mismatch::new("status 202 while the job runs", poll.status.to_string())
                .at("HTTP status"),
        );
    }
    if let Some(progress) = &poll.progress
        && progress.chars().count() > PROGRESS
    {
        let actual = format!("{} characters", progress.chars().count());
        return Err(
            Mismatch::new("at most 100 characters of progress", actual).at("header X-Progress")
        );
    }
    match &poll.retry_after {
        Some(value)
            if value.trim().parse::<u64>().is_err()
                && httpdate::parse_http_date(value).is_err() =>
        {
            Err(
                Mismatch::new("a number of seconds, or an HTTP date", value.clone())
                    .at("header Retry-After"),
            )
        }
        _ => Ok(()),
    }
}

async fn finished(world: &mut World, _: Arguments<'_>) -> Outcome {
    let request = world.job()?.request_url.clone();
    let result = expect_manifest(world.reply()?, &request);
    world.judge(result)
}

fn expect_manifest(reply: &Reply, request: &str) -> Result<(), Mismatch> {
    expect_status(reply, &[200], "the job is done")?;
    let media = reply.header("content-type").unwrap_or_default();
    let bare = media.split(';').next().unwrap_or_default().trim();
    if !bare.eq_ignore_ascii_case("application/json") {
        let actual = if media.is_empty() { "none" } else { media };
        return Err(
            Mismatch::new("content type application/json", actual).at("header Content-Type")
        );
    }
    let manifest = reply
        .json()
        .map_err(|problem| Mismatch::new("a JSON object", problem.to_string()).at("body"))?;
    let wrong = |place: &str, expected: &str| {
        let found = &manifest[place];
        let actual = if found.is_null() {
            "it is missing".to_owned()
        } else {
            shorten(&found.to_string())
        };
        Err(Mismatch::new(expected, actual).at(format!("$.{place}")))
    };
    let is_instant = |value: &Value| {
        value
            .as_str()
            .is_some_and(|text| text.contains('T') && Span::parse(text).is_ok())
    };
    if !is_instant(&manifest["transactionTime"]) {
        return wrong(
            "transactionTime",
            "the time as of which the data is, an instant",
        );
    }
    if manifest["request"] != request {
        return wrong("request", &format!("the address of the request: {request}"));
    }
    if !manifest["requiresAccessToken"].is_boolean() {
        return wrong(
            "requiresAccessToken",
            "whether the files need the token, true or false",
        );
    }
    for list in ["output", "error"] {
        let Some(files) = manifest[list].as_array() else {
            return wrong(list, "a list of files, even if it is empty");
        };
        for (index, file) in files.iter().enumerate() {
            for part in ["type", "url"] {
                if file[part].as_str().is_none_or(str::is_empty) {
                    return Err(
                        Mismatch::new(format!("every file has a {part}"), "it is missing")
                            .at(format!("$.{list}[{index}].{part}")),
                    );
                }
            }
        }
    }
    Ok(())
}

fn shorten(text: &str) -> String {
    text.chars().take(80).collect()
}

async fn expires(world: &mut World, _: Arguments<'_>) -> Outcome {
    if world.job()?.manifest.is_none() {
        return Err(Halt::Skip("the job did not produce anything".into()));
    }
    let header = world.reply()?.header("expires").map(str::to_owned);
    let today = SystemTime::from(world.context()?.today.midnight().assume_utc());
    let result = match header.map(|value| (httpdate::parse_http_date(&value), value)) {
        Some((Ok(until), _)) if until >= today => Ok(()),
        Some((Ok(_), value)) => {
            let expected = "a time until which the files can be fetched, and which is to come";
            Err(Mismatch::new(expected, value).at("header Expires"))
        }
        Some((Err(_), value)) => Err(Mismatch::new("an HTTP date", value).at("header Expires")),
        None => Err(
            Mismatch::new("until when the files can be fetched", "no Expires").at("header Expires"),
        ),
    };
    world.judge(result)
}

async fn call_off(world: &mut World, _: Arguments<'_>) -> Outcome {
    if world.job.is_none() {
        world.accept_job()?;
    }
    world.call_off_job().await
}

async fn agrees(world: &mut World, _: Arguments<'_>) -> Outcome {
    let reply = world.reply()?;
    let result = match reply.status {
        202 => Ok(()),
        _ => Err(
            Mismatch::new("the job is called off (status 202)", describe(reply)).at("HTTP status"),
        ),
    };
    world.judge(result)
}

async fn gone(world: &mut World, _: Arguments<'_>) -> Outcome {
    let url = world.job()?.status_url.clone();
    let request = Request::get(url).header("accept", "application/fhir+json");
    world.send(request).await?;
    let reply = world.reply()?;
    let result = expect_status(reply, &[404], "nothing is known of the job")
        .and_then(|()| expect_outcome(reply).map(|_| ()));
    world.judge(result)
}
