//! Scenarios with their attempts, steps, findings and exchanges.

use crate::evidence::{
    BodyRef, BrokenRule, Exchange as SeenExchange, Finding as SeenFinding, RecordedRequest,
    RecordedResponse, ScenarioRun, StepRun, StepStatus, Transition as SeenTransition, Verdict,
};
use crate::report::case::Case;
use serde::Serialize;

#[derive(Serialize)]
pub(super) struct Scenario<'run> {
    id: &'run str,
    ig: &'run str,
    feature: &'run str,
    name: &'run str,
    file: &'run str,
    line: usize,
    tags: &'run [String],
    requirements: &'run [String],
    suites: &'run [String],
    verdict: Option<&'static str>,
    flaky: bool,
    attempts: Vec<Attempt<'run>>,
}

impl<'run> From<&Case<'run>> for Scenario<'run> {
    fn from(case: &Case<'run>) -> Self {
        let last = case.attempts.len().saturating_sub(1);
        let attempts = case.attempts.iter().enumerate();
        Self {
            id: case.id,
            ig: case.ig(),
            feature: case.feature(),
            name: case.name(),
            file: case.plan.map_or("", |plan| &plan.file),
            line: case.plan.map_or(0, |plan| plan.line),
            tags: case.plan.map_or(&[], |plan| &plan.tags),
            requirements: case.requirements(),
            suites: case.suites(),
            verdict: case.verdict().map(Verdict::as_str),
            flaky: case.flaky,
            attempts: attempts
                .map(|(place, attempt)| Attempt::new(attempt, place == last))
                .collect(),
        }
    }
}

#[derive(Serialize)]
struct Attempt<'run> {
    attempt: u32,
    counts: bool,
    verdict: &'static str,
    reason: Option<&'run str>,
    started_us: u64,
    duration_us: u64,
    steps: Vec<Step<'run>>,
    findings: Vec<Finding<'run>>,
    exchanges: Vec<Exchange<'run>>,
    transitions: Vec<Transition<'run>>,
}

impl<'run> Attempt<'run> {
    fn new(run: &'run ScenarioRun, counts: bool) -> Self {
        Self {
            attempt: run.attempt,
            counts,
            verdict: run.verdict.as_str(),
            reason: run.reason.as_deref(),
            started_us: run.started_us,
            duration_us: run.duration_us,
            steps: run.steps.iter().map(Step::from).collect(),
            findings: run.findings.iter().map(Finding::from).collect(),
            exchanges: run.exchanges.iter().map(Exchange::from).collect(),
            transitions: run.transitions.iter().map(Transition::from).collect(),
        }
    }
}

#[derive(Serialize)]
struct Step<'run> {
    keyword: &'run str,
    text: &'run str,
    line: usize,
    status: &'static str,
    message: Option<&'run str>,
    notes: &'run [String],
    duration_us: u64,
}

impl<'run> From<&'run StepRun> for Step<'run> {
    fn from(step: &'run StepRun) -> Self {
        Self {
            keyword: &step.keyword,
            text: &step.text,
            line: step.line,
            status: status(step.status),
            message: step.message.as_deref(),
            notes: &step.notes,
            duration_us: step.duration_us,
        }
    }
}

const fn status(status: StepStatus) -> &'static str {
    match status {
        StepStatus::NotRun => "not-run",
        StepStatus::Passed => "passed",
        StepStatus::Warned => "warned",
        StepStatus::Failed => "failed",
        StepStatus::Skipped => "skipped",
        StepStatus::Error => "error",
    }
}

#[derive(Serialize)]
struct Finding<'run> {
    requirement: &'run str,
    level: &'static str,
    severity: &'static str,
    expected: &'run str,
    actual: &'run str,
    location: Option<&'run str>,
    exchange: Option<usize>,
    hint: Option<&'run str>,
    defect: Option<&'run str>,
    rule: Option<&'run BrokenRule>,
}

impl<'run> From<&'run SeenFinding> for Finding<'run> {
    fn from(finding: &'run SeenFinding) -> Self {
        Self {
            requirement: &finding.requirement,
            level: finding.level.as_str(),
            severity: finding.severity.as_str(),
            expected: &finding.expected,
            actual: &finding.actual,
            location: finding.location.as_deref(),
            exchange: finding.exchange,
            hint: finding.hint.as_deref(),
            defect: finding.defect.as_deref(),
            rule: finding.rule.as_deref(),
        }
    }
}

#[derive(Serialize)]
struct Transition<'run> {
    step: usize,
    resource: &'run str,
    status: &'run str,
    words: Option<&'run str>,
    at_us: u64,
}

impl<'run> From<&'run SeenTransition> for Transition<'run> {
    fn from(transition: &'run SeenTransition) -> Self {
        Self {
            step: transition.step,
            resource: &transition.resource,
            status: &transition.status,
            words: transition.words.as_deref(),
            at_us: transition.at_us,
        }
    }
}

#[derive(Serialize)]
struct Exchange<'run> {
    step: usize,
    received: bool,
    request: Request<'run>,
    response: Option<Response<'run>>,
    error: Option<&'run str>,
    started_us: u64,
    first_byte_us: Option<u64>,
    duration_us: u64,
}

impl<'run> From<&'run SeenExchange> for Exchange<'run> {
    fn from(exchange: &'run SeenExchange) -> Self {
        Self {
            step: exchange.step,
            received: exchange.received,
            request: Request::from(&exchange.request),
            response: exchange.response.as_ref().map(Response::from),
            error: exchange.error.as_deref(),
            started_us: exchange.started_us,
            first_byte_us: exchange.first_byte_us,
            duration_us: exchange.duration_us,
        }
    }
}

#[derive(Serialize)]
struct Request<'run> {
    method: &'run str,
    url: &'run str,
    headers: Vec<Header<'run>>,
    body: Option<StoredAt<'run>>,
}

impl<'run> From<&'run RecordedRequest> for Request<'run> {
    fn from(request: &'run RecordedRequest) -> Self {
        Self {
            method: &request.method,
            url: &request.url,
            headers: request.headers.iter().map(Header::from).collect(),
            body: request.body.as_ref().map(StoredAt::from),
        }
    }
}

#[derive(Serialize)]
struct Response<'run> {
    status: u16,
    headers: Vec<Header<'run>>,
    body: Option<StoredAt<'run>>,
}

impl<'run> From<&'run RecordedResponse> for Response<'run> {
    fn from(response: &'run RecordedResponse) -> Self {
        Self {
            status: response.status,
            headers: response.headers.iter().map(Header::from).collect(),
            body: response.body.as_ref().map(StoredAt::from),
        }
    }
}

#[derive(Serialize)]
struct Header<'run> {
    name: &'run str,
    value: &'run str,
}

impl<'run> From<&'run (String, String)> for Header<'run> {
    fn from((name, value): &'run (String, String)) -> Self {
        Self { name, value }
    }
}

/// Where a body is found in the report's `bodies`.
#[derive(Serialize)]
struct StoredAt<'run> {
    hash: &'run str,
    size: u64,
    truncated: bool,
}

impl<'run> From<&'run BodyRef> for StoredAt<'run> {
    fn from(body: &'run BodyRef) -> Self {
        Self {
            hash: &body.hash,
            size: body.size,
            truncated: body.truncated,
        }
    }
}
