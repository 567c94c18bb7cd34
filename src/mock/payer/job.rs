//! Asynchronous jobs: kick-off, status, files (FHIR R4 asynchronous pattern, Bulk Data).
//!
//! The work is done at kick-off; a job only appears to run until it was polled a number of times.

use super::Payer;
use super::access::Starter;
use super::http_date::http_date;
use super::refusal::Refusal;
use super::settings::JobSettings;
use crate::mock::deviation::Deviation;
use crate::mock::{Request, Response, Rule};
use http::header::{CONTENT_LOCATION, EXPIRES, RETRY_AFTER};
use http::{HeaderName, Method};
use serde_json::{Value, json};
use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;
use time::{Duration, OffsetDateTime};

/// Media type of files.
pub(super) const NDJSON: &str = "application/fhir+ndjson";
/// Jobs remembered; the oldest are forgotten first.
const MOST_JOBS: u64 = 100;

/// What a job produced: resources by type, and what went wrong with some of the input.
#[derive(Clone, Debug, Default)]
pub(super) struct Output {
    files: Vec<(String, Vec<Arc<str>>)>,
    errors: Vec<Arc<str>>,
}

impl Output {
    /// Adds a resource to the file of its type.
    pub(super) fn add(&mut self, resource: &Value) {
        let kind = resource["resourceType"].as_str().unwrap_or_default();
        let line = resource.to_string().into();
        match self.files.iter_mut().find(|(known, _)| known == kind) {
            Some((_, lines)) => lines.push(line),
            None => self.files.push((kind.to_owned(), vec![line])),
        }
    }

    /// Adds an OperationOutcome to the file of errors.
    pub(super) fn add_error(&mut self, outcome: &Value) {
        self.errors.push(outcome.to_string().into());
    }

    fn lines(&mut self) -> impl Iterator<Item = &mut Arc<str>> {
        let files = self.files.iter_mut().flat_map(|(_, lines)| lines);
        files.chain(&mut self.errors)
    }
}

#[derive(Clone, Debug)]
struct Job {
    request: String,
    output: Output,
    polls_left: u32,
    /// How often it was said that it is done.
    told: u32,
    /// Who has started it, where somebody asks for that.
    starter: Option<Starter>,
}

/// The jobs of the server.
#[derive(Clone, Debug)]
pub(super) struct Jobs {
    settings: JobSettings,
    jobs: BTreeMap<u64, Job>,
    /// The lines of all files, each once: most jobs tell of the same records.
    lines: HashSet<Arc<str>>,
    next: u64,
}

impl Jobs {
    /// No jobs.
    pub(super) fn new(settings: JobSettings) -> Self {
        Self {
            settings,
            jobs: BTreeMap::new(),
            lines: HashSet::new(),
            next: 1,
        }
    }

    /// The same, at another pace: jobs answer so often that they still run, and say how many seconds to wait. The files of
    /// every other job need no token.
    pub(super) fn at_pace(mut self, polls: u32, retry_after: u32) -> Self {
        self.settings = JobSettings {
            polls,
            retry_after,
            open_files: true,
        };
        self
    }

    /// Whether files of a job are for everybody who knows where they are: those of every other one, where any are.
    pub(super) fn is_open(&self, number: u64) -> bool {
        self.settings.open_files && number.is_multiple_of(2)
    }

    /// The number the next job gets.
    pub(super) fn next(&self) -> u64 {
        self.next
    }

    /// Starts a job and answers 202 with the address of its status.
    pub(super) fn start(
        &mut self,
        request: &Request,
        mut output: Output,
        starter: Option<Starter>,
    ) -> Response {
        let number = self.next;
        self.next += 1;
        let query = request
            .query
            .as_deref()
            .map(|query| format!("?{query}"))
            .unwrap_or_default();
        for line in output.lines() {
            self.share(line);
        }
        let job = Job {
            request: format!("{}{}{query}", request.base, request.path),
            output,
            polls_left: self.settings.polls,
            told: 0,
            starter,
        };
        self.jobs.insert(number, job);
        self.forget(number.saturating_sub(MOST_JOBS));
        Response::empty(202).with(CONTENT_LOCATION, &format!("{}/$job/{number}", request.base))
    }

    fn share(&mut self, line: &mut Arc<str>) {
        if let Some(known) = self.lines.get(line) {
            *line = Arc::clone(known);
        } else {
            self.lines.insert(Arc::clone(line));
        }
    }

    fn forget(&mut self, number: u64) {
        if self.jobs.remove(&number).is_some() {
            self.lines.retain(|line| Arc::strong_count(line) > 1);
        }
    }
}

impl Payer {
    /// `/$job/{number}` and the files below it.
    pub(super) fn job(
        &mut self,
        rest: &[&str],
        request: &Request,
        deviation: &Deviation,
    ) -> Result<Response, Refusal> {
        let number = rest
            .first()
            .and_then(|number| number.parse().ok())
            .ok_or_else(Refusal::not_found)?;
        let today = self.today.start;
        let jobs = &mut self.jobs;
        let is_open = jobs.is_open(number);
        let job = jobs.jobs.get_mut(&number).ok_or_else(Refusal::not_found)?;
        if let Some(starter) = &job.starter
            && !(is_open && rest.len() > 1)
        {
            let kind = rest.get(1).and_then(|file| file.strip_suffix(".ndjson"));
            starter.check(self.caller.as_ref(), kind, deviation)?;
        }
        let is_guarded =
            self.guard.is_some() && deviation.enforces(Rule::JobProtection) && !is_open;
        match (rest, &request.method) {
            ([_], &Method::DELETE) => {
                if deviation.enforces(Rule::Cancellation) {
                    jobs.forget(number);
                }
                Ok(Response::empty(202))
            }
            ([_], &Method::GET) if job.runs(deviation) => Ok(Response::empty(202)
                .with(HeaderName::from_static("x-progress"), "in progress")
                .with(RETRY_AFTER, &jobs.settings.retry_after.to_string())),
            ([_], &Method::GET) => {
                Ok(job.manifest(&request.base, number, (today, is_guarded), deviation))
            }
            ([_], _) => Err(Refusal::method("GET, DELETE")),
            ([_, file], &Method::GET) if job.polls_left == 0 => job.file(file),
            ([_, _], &Method::GET) => Err(Refusal::not_found()),
            ([_, _], _) => Err(Refusal::method("GET")),
            _ => Err(Refusal::not_found()),
        }
    }
}

impl Job {
    /// Whether it is said to run still, now that it is asked about.
    fn runs(&mut self, deviation: &Deviation) -> bool {
        if self.polls_left > 0 {
            self.polls_left -= 1;
            return true;
        }
        self.told += 1;
        !deviation.enforces(Rule::JobStaysDone) && self.told.is_multiple_of(2)
    }

    fn manifest(
        &self,
        base: &str,
        number: u64,
        (today, is_guarded): (i128, bool),
        deviation: &Deviation,
    ) -> Response {
        let mut output: Vec<Value> = self
            .output
            .files
            .iter()
            .map(|(kind, lines)| {
                json!({"type": kind, "url": format!("{base}/$job/{number}/{kind}.ndjson"), "count": lines.len()})
            })
            .collect();
        if !deviation.enforces(Rule::FilesOnce) {
            output.extend(output.last().cloned());
        }
        let error: Vec<Value> = (!self.output.errors.is_empty())
            .then(|| {
                json!({"type": "OperationOutcome", "url": format!("{base}/$job/{number}/errors.ndjson"),
                    "count": self.output.errors.len()})
            })
            .into_iter()
            .collect();
        let now =
            OffsetDateTime::from_unix_timestamp_nanos(today).unwrap_or(OffsetDateTime::UNIX_EPOCH);
        let manifest = json!({
            "transactionTime": format!("{}T00:00:00Z", now.date()),
            "request": self.request,
            "requiresAccessToken": is_guarded,
            "output": output,
            "error": error,
        });
        let response = Response::new(200, "application/json", manifest.to_string());
        match http_date(now.saturating_add(Duration::days(1))) {
            Some(expires) => response.with(EXPIRES, &expires),
            None => response,
        }
    }

    fn file(&self, name: &str) -> Result<Response, Refusal> {
        let stem = name
            .strip_suffix(".ndjson")
            .ok_or_else(Refusal::not_found)?;
        let lines = match stem {
            "errors" if !self.output.errors.is_empty() => &self.output.errors,
            _ => {
                let found = self.output.files.iter().find(|(kind, _)| kind == stem);
                found
                    .map(|(_, lines)| lines)
                    .ok_or_else(Refusal::not_found)?
            }
        };
        Ok(Response::new(200, NDJSON, lines.join("\n") + "\n"))
    }
}

/// Refuses a kick-off that does not ask for an asynchronous answer.
pub(super) fn check_async(request: &Request) -> Result<(), Refusal> {
    let is_asked = request
        .headers
        .get_all("prefer")
        .iter()
        .filter_map(|value| value.to_str().ok())
        .any(|value| {
            value
                .split([',', ';'])
                .any(|part| part.trim() == "respond-async")
        });
    if is_asked {
        return Ok(());
    }
    Err(Refusal::new(
        400,
        "required",
        "this operation is asynchronous: send Prefer: respond-async",
    ))
}
