//! Attempts in the packed evidence: steps, findings, exchanges. Keys are single letters, because there
//! are many; `reports/html/report.js` reads them.

use super::bodies::{Bodies, BodyPlace};
use super::curl;
use crate::evidence::{
    Exchange as SeenExchange, Finding as SeenFinding, RecordedRequest, Run, ScenarioRun, StepRun,
    StepStatus, Verdict,
};
use serde::Serialize;

/// One execution.
#[derive(Serialize)]
pub(super) struct Attempt<'run> {
    n: u32,
    v: Verdict,
    #[serde(skip_serializing_if = "Option::is_none")]
    r: Option<&'run str>,
    d: u64,
    /// Steps.
    s: Vec<Step<'run>>,
    /// Findings.
    f: Vec<Finding<'run>>,
    /// Exchanges.
    x: Vec<Exchange<'run>>,
}

impl<'run> Attempt<'run> {
    pub(super) fn new(
        run: &'run Run,
        attempt: &'run ScenarioRun,
        bodies: &mut Bodies<'run>,
    ) -> Self {
        bodies.matters = attempt.verdict != Verdict::Pass;
        let exchanges = attempt.exchanges.iter();
        Self {
            n: attempt.attempt,
            v: attempt.verdict,
            r: attempt.reason.as_deref(),
            d: attempt.duration_us,
            s: attempt.steps.iter().map(Step::from).collect(),
            f: attempt.findings.iter().map(Finding::from).collect(),
            x: exchanges
                .map(|exchange| Exchange::new(run, attempt, exchange, bodies))
                .collect(),
        }
    }
}

#[derive(Serialize)]
struct Step<'run> {
    k: &'run str,
    t: &'run str,
    s: StepStatus,
    #[serde(skip_serializing_if = "Option::is_none")]
    m: Option<&'run str>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    n: &'run [String],
    d: u64,
}

impl<'run> From<&'run StepRun> for Step<'run> {
    fn from(step: &'run StepRun) -> Self {
        Self {
            k: &step.keyword,
            t: &step.text,
            s: step.status,
            m: step.message.as_deref(),
            n: &step.notes,
            d: step.duration_us,
        }
    }
}

#[derive(Serialize)]
struct Finding<'run> {
    q: &'run str,
    e: &'run str,
    a: &'run str,
    #[serde(skip_serializing_if = "Option::is_none")]
    l: Option<&'run str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    x: Option<usize>,
}

impl<'run> From<&'run SeenFinding> for Finding<'run> {
    fn from(finding: &'run SeenFinding) -> Self {
        Self {
            q: &finding.requirement,
            e: &finding.expected,
            a: &finding.actual,
            l: finding.location.as_deref(),
            x: finding.exchange,
        }
    }
}

#[derive(Serialize)]
struct Exchange<'run> {
    /// Index of the step.
    p: usize,
    q: Message<'run>,
    #[serde(skip_serializing_if = "Option::is_none")]
    a: Option<Message<'run>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    e: Option<&'run str>,
    /// Microseconds from the start of the scenario.
    o: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    fb: Option<u64>,
    d: u64,
    /// How to repeat it; none for what the target has sent to us.
    #[serde(skip_serializing_if = "Option::is_none")]
    curl: Option<String>,
}

impl<'run> Exchange<'run> {
    fn new(
        run: &'run Run,
        attempt: &ScenarioRun,
        exchange: &'run SeenExchange,
        bodies: &mut Bodies<'run>,
    ) -> Self {
        let request = Message::of_request(run, &exchange.request, bodies);
        let response = exchange.response.as_ref().map(|response| Message {
            s: Some(response.status),
            h: &response.headers,
            b: BodyPlace::new(run, response.body.as_ref(), bodies),
            ..Message::default()
        });
        Self {
            p: exchange.step,
            q: request,
            a: response,
            e: exchange.error.as_deref(),
            o: exchange.started_us.saturating_sub(attempt.started_us),
            fb: exchange.first_byte_us,
            d: exchange.duration_us,
            curl: (!exchange.received).then(|| curl::command(&exchange.request)),
        }
    }
}

#[derive(Default, Serialize)]
struct Message<'run> {
    #[serde(skip_serializing_if = "Option::is_none")]
    m: Option<&'run str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    u: Option<&'run str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    s: Option<u16>,
    h: &'run [(String, String)],
    #[serde(skip_serializing_if = "Option::is_none")]
    b: Option<BodyPlace>,
}

impl<'run> Message<'run> {
    fn of_request(
        run: &'run Run,
        request: &'run RecordedRequest,
        bodies: &mut Bodies<'run>,
    ) -> Self {
        Self {
            m: Some(&request.method),
            u: Some(&request.url),
            s: None,
            h: &request.headers,
            b: BodyPlace::new(run, request.body.as_ref(), bodies),
        }
    }
}
