//! Asynchronous jobs: kick-off, polling, manifest, cancellation (FHIR R4 asynchronous pattern; Bulk Data
//! Access, sections on the kick-off, status and delete requests).

use super::World;
use super::drive::{Halt, Outcome};
use super::expect::describe;
use crate::http::{Client, Reply, Request};
use http::Method;
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use tokio::time::Instant;

/// Shortest time between two polls of a target that says nothing about it.
const FIRST_PAUSE: Duration = Duration::from_millis(500);
/// Longest time between two polls, whatever the target says.
const LONGEST_PAUSE: Duration = Duration::from_secs(120);
/// Polls at most: a target that asks for none to be waited for must not be flooded.
const POLL_LIMIT: usize = 10_000;
/// Time that calling off one job may take at the end of a run.
const CANCEL_TIME: Duration = Duration::from_secs(5);

/// A job of the target that this run started.
#[derive(Clone, Debug, Default)]
pub(super) struct Job {
    /// Where its status is, absolute.
    pub(super) status_url: String,
    /// The request that started it, as its absolute URL.
    pub(super) request_url: String,
    /// What each poll was answered.
    pub(super) polls: Vec<Poll>,
    /// What it produced, once it has.
    pub(super) manifest: Option<Value>,
}

/// What a poll was answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Poll {
    /// HTTP status.
    pub(super) status: u16,
    /// `Retry-After` as sent.
    pub(super) retry_after: Option<String>,
    /// `X-Progress` as sent.
    pub(super) progress: Option<String>,
}

/// Jobs that were started and not called off: they are when the run ends, however it ends.
#[derive(Default)]
pub struct OpenJobs(Mutex<BTreeMap<String, Client>>);

impl OpenJobs {
    fn add(&self, status_url: &str, client: Client) {
        self.lock().insert(status_url.to_owned(), client);
    }

    fn remove(&self, status_url: &str) {
        self.lock().remove(status_url);
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, BTreeMap<String, Client>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Calls every open job off, and forgets it whether the target listens or not.
    pub async fn cancel(&self) {
        let open = std::mem::take(&mut *self.lock());
        let calls = open.into_iter().map(|(url, client)| async move {
            let request = Request::new(Method::DELETE, url);
            let _ = tokio::time::timeout(CANCEL_TIME, client.send(request)).await;
        });
        futures::future::join_all(calls).await;
    }
}

impl Job {
    /// The files of a kind of list in the manifest: `output`, `error` or `deleted`.
    pub(super) fn files(&self, list: &str) -> &[Value] {
        let files = self.manifest.as_ref().and_then(|one| one[list].as_array());
        files.map(Vec::as_slice).unwrap_or_default()
    }

    /// Whether its files need the access token.
    pub(super) fn requires_token(&self) -> bool {
        let manifest = self.manifest.as_ref();
        manifest.is_some_and(|one| one["requiresAccessToken"] == true)
    }
}

impl World {
    /// Sends a kick-off whose answer is judged: asks for FHIR JSON, asynchronously.
    pub(super) async fn kick_off(&mut self, request: Request) -> Outcome {
        self.job = None;
        self.send(asynchronous(request)).await
    }

    /// Takes the last answer as the acceptance of a job. Skips when it is none: the scenarios of the
    /// kick-off itself judge that.
    pub(super) fn accept_job(&mut self) -> Outcome {
        let reply = self.reply()?;
        let (request_url, location) = (reply.url.clone(), reply.header("content-location"));
        let (202, Some(location)) = (reply.status, location) else {
            let answer = describe(reply);
            return Err(Halt::Skip(format!(
                "the payer did not start the job: {answer}"
            )));
        };
        let status_url = location.to_owned();
        if url::Url::parse(&status_url).is_err() {
            return Err(Halt::Skip(
                "the payer says with a relative address where to ask about the job".into(),
            ));
        }
        if !self.is_own(&status_url) {
            return Err(Halt::Skip(
                "the status of the job is said to be on another server, which is not followed"
                    .into(),
            ));
        }
        let client = self.target()?.client;
        self.context()?.open_jobs.add(&status_url, client);
        self.job = Some(Job {
            status_url,
            request_url,
            ..Job::default()
        });
        Ok(())
    }

    /// Starts a job that a later step needs.
    pub(super) async fn start_job(&mut self, request: Request) -> Outcome {
        self.prepare(asynchronous(request)).await?;
        self.accept_job()
    }

    /// The job in progress.
    pub(super) fn job(&self) -> Result<&Job, Halt> {
        self.job
            .as_ref()
            .ok_or_else(|| Halt::Error("no job was started before this step".into()))
    }

    /// Asks once how the job stands, and notes the answer.
    pub(super) async fn poll(&mut self) -> Outcome {
        let url = self.job()?.status_url.clone();
        let request = Request::get(url).header("accept", "application/json");
        self.prepare(request).await?;
        let reply = self.reply()?;
        let header = |name: &str| reply.header(name).map(str::to_owned);
        let poll = Poll {
            status: reply.status,
            retry_after: header("retry-after"),
            progress: header("x-progress"),
        };
        let manifest = (reply.status == 200).then(|| reply.json().ok()).flatten();
        if let Some(job) = &mut self.job {
            job.polls.push(poll);
            job.manifest = manifest.or(job.manifest.take());
        }
        Ok(())
    }

    /// Polls until the job is no longer said to run, as often as the target asks for and no longer than
    /// the run allows. The last answer is the one that ended it.
    pub(super) async fn wait_for_job(&mut self) -> Outcome {
        let limit = self.context()?.max_wait;
        self.be_patient(limit);
        let started = Instant::now();
        let mut pause = FIRST_PAUSE;
        for _ in 0..POLL_LIMIT {
            self.poll().await?;
            let reply = self.reply()?;
            if !matches!(reply.status, 202 | 429 | 503) {
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
            "the job was not finished within {} s; allow more with --max-wait",
            limit.as_secs()
        )))
    }

    /// Starts a job and waits until it has produced its manifest; skips when it does not.
    pub(super) async fn finish_job(&mut self, request: Request) -> Outcome {
        self.start_job(request).await?;
        self.wait_for_job().await?;
        if self.job()?.manifest.is_none() {
            let answer = describe(self.reply()?);
            return Err(Halt::Skip(format!(
                "the job did not produce anything: {answer}"
            )));
        }
        Ok(())
    }

    /// Calls the job off; the answer is judged.
    pub(super) async fn call_off_job(&mut self) -> Outcome {
        let url = self.job()?.status_url.clone();
        self.context()?.open_jobs.remove(&url);
        self.send(Request::new(Method::DELETE, url)).await
    }
}

pub(super) fn asynchronous(request: Request) -> Request {
    let has = |name: &str| {
        request
            .headers
            .iter()
            .any(|(known, _)| known.eq_ignore_ascii_case(name))
    };
    let missing: Vec<(&str, &str)> = [
        ("accept", "application/fhir+json"),
        ("prefer", "respond-async"),
    ]
    .into_iter()
    .filter(|(name, _)| !has(name))
    .collect();
    missing.into_iter().fold(request, |request, (name, value)| {
        request.header(name, value)
    })
}

/// How long the target asks to be left alone (RFC 9110, 10.2.3: seconds, or a date).
pub(super) fn asked_pause(reply: &Reply) -> Option<Duration> {
    let value = reply.header("retry-after")?.trim();
    if let Ok(seconds) = value.parse::<u64>() {
        return Some(Duration::from_secs(seconds));
    }
    let until = httpdate::parse_http_date(value).ok()?;
    Some(
        until
            .duration_since(std::time::SystemTime::now())
            .unwrap_or_default(),
    )
}
