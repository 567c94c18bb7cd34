//! Cucumber Messages: newline-delimited JSON that Cucumber's own formatters read.
//!
//! A feature of one IG version is one document, a scenario one pickle and one test case, an attempt one
//! start. Findings, and the exchanges of what did not pass, are attachments. A failure that excuses cover
//! is `PENDING`, with the reason.

use super::Error;
use super::case::Case;
use super::notice::notices;
use super::wording::{duration, visible};
use crate::evidence::{
    Conclusion, Finding, PlannedScenario, Run, ScenarioRun, StepRun, StepStatus, Summary, Verdict,
};
use serde_json::{Value, json};
use std::collections::{BTreeMap, HashMap};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// Version of the protocol that is written.
const PROTOCOL: &str = "32.0.0";
/// How attachments are to be shown: as a log.
const LOG: &str = "text/x.cucumber.log+plain";
/// The one run of a file.
const RUN: &str = "run";

/// Renders the run as Cucumber Messages.
pub(super) fn render(run: &Run) -> Result<Vec<u8>, Error> {
    let summary = Summary::of(run);
    let cases = Case::all(run, &summary);
    let mut out = Lines {
        bytes: Vec::new(),
        start: OffsetDateTime::parse(&run.identity.started, &Rfc3339)
            .map_or(0, OffsetDateTime::unix_timestamp_nanos),
    };
    let product = |name: &str| json!({"name": name});
    out.put(&json!({"meta": {
        "protocolVersion": PROTOCOL,
        "implementation": {"name": "vitruvian", "version": visible(&run.identity.version)},
        "runtime": product("vitruvian"),
        "os": product("unknown"),
        "cpu": product("unknown"),
    }}))?;
    for document in documents(&cases) {
        out.put(&json!({"gherkinDocument": document}))?;
    }
    for (place, case) in cases.iter().enumerate() {
        out.put(&json!({"pickle": pickle(place, case)}))?;
    }
    out.put(&json!({"testRunStarted": {"id": RUN, "timestamp": out.at(0)}}))?;
    for (place, case) in cases.iter().enumerate() {
        out.put(&json!({"testCase": test_case(place, case)}))?;
    }
    for (place, case) in cases.iter().enumerate() {
        let excuse = case.excuse(run, &summary);
        let excuses = case.excuses(run, &summary);
        for (number, attempt) in case.attempts.iter().enumerate() {
            let is_last = number + 1 == case.attempts.len();
            let started = Started {
                place,
                number,
                attempt,
                is_last,
                excuse: excuse.as_deref().filter(|_| is_last),
                excuses: &excuses,
            };
            started.write(&mut out)?;
        }
    }
    let ends = run
        .scenarios
        .iter()
        .map(|scenario| scenario.started_us + scenario.duration_us);
    let mut message = vec![summary.conclusion.as_str().to_owned()];
    message.extend(notices(run, &summary));
    out.put(&json!({"testRunFinished": {
        "testRunStartedId": RUN,
        "success": summary.conclusion != Conclusion::NotConformant,
        "message": message.join("\n"),
        "timestamp": out.at(ends.max().unwrap_or(0)),
    }}))?;
    Ok(out.bytes)
}

/// The file in the making.
struct Lines {
    bytes: Vec<u8>,
    /// Start of the run, nanoseconds since 1970.
    start: i128,
}

impl Lines {
    fn put(&mut self, message: &Value) -> Result<(), Error> {
        serde_json::to_writer(&mut self.bytes, message)?;
        self.bytes.push(b'\n');
        Ok(())
    }

    /// A moment, microseconds from the start of the run.
    fn at(&self, microseconds: u64) -> Value {
        let nanos = self.start + i128::from(microseconds) * 1000;
        json!({
            "seconds": i64::try_from(nanos.div_euclid(1_000_000_000)).unwrap_or(0),
            "nanos": i64::try_from(nanos.rem_euclid(1_000_000_000)).unwrap_or(0),
        })
    }
}

/// Where a document is found: its file, and the version when features of several are in the run.
fn uri(plan: &PlannedScenario) -> String {
    format!("{}?ig={}", visible(&plan.file), visible(&plan.ig))
}

/// The features with their scenarios. Steps are those that were recorded, background included; a scenario
/// that was not reached has none.
fn documents(cases: &[Case<'_>]) -> Vec<Value> {
    let mut features: BTreeMap<String, (&PlannedScenario, Vec<Value>)> = BTreeMap::new();
    for (place, case) in cases.iter().enumerate() {
        let Some(plan) = case.plan else { continue };
        let (_, children) = features
            .entry(uri(plan))
            .or_insert_with(|| (plan, Vec::new()));
        children.push(json!({"scenario": {
            "id": format!("scenario-{place}"),
            "location": {"line": plan.line.max(1)},
            "keyword": "Scenario",
            "name": visible(case.name()),
            "description": "",
            "tags": tags(place, plan, true),
            "steps": steps(case).iter().enumerate().map(|(index, step)| written(place, index, step)).collect::<Vec<_>>(),
            "examples": [],
        }}));
    }
    let features = features.into_iter();
    features
        .map(|(uri, (plan, children))| {
            json!({
                "uri": uri,
                "comments": [],
                "feature": {
                    "location": {"line": 1},
                    "language": "en",
                    "keyword": "Feature",
                    "name": format!("{} ({})", visible(&plan.feature), visible(&plan.ig)),
                    "description": "",
                    "tags": [],
                    "children": children,
                },
            })
        })
        .collect()
}

fn steps<'run>(case: &Case<'run>) -> &'run [StepRun] {
    case.last().map_or(&[], |last| &last.steps)
}

fn tags(place: usize, plan: &PlannedScenario, with_location: bool) -> Vec<Value> {
    let tags = plan.tags.iter().enumerate();
    tags.map(|(index, tag)| {
        let name = format!("@{}", visible(tag));
        if with_location {
            json!({"id": format!("tag-{place}-{index}"), "name": name, "location": {"line": plan.line.max(1)}})
        } else {
            json!({"astNodeId": format!("tag-{place}-{index}"), "name": name})
        }
    })
    .collect()
}

fn written(place: usize, index: usize, step: &StepRun) -> Value {
    json!({
        "id": format!("step-{place}-{index}"),
        "location": {"line": step.line.max(1)},
        "keyword": format!("{} ", visible(&step.keyword)),
        "keywordType": kind(&step.keyword).0,
        "text": visible(&step.text),
    })
}

/// What a keyword is, in a document and in a pickle.
fn kind(keyword: &str) -> (&'static str, &'static str) {
    match keyword {
        "Given" => ("Context", "Context"),
        "When" => ("Action", "Action"),
        "Then" => ("Outcome", "Outcome"),
        "And" | "But" => ("Conjunction", "Unknown"),
        _ => ("Unknown", "Unknown"),
    }
}

fn pickle(place: usize, case: &Case<'_>) -> Value {
    let steps = steps(case).iter().enumerate();
    json!({
        "id": format!("pickle-{place}"),
        "uri": case.plan.map_or_else(|| visible(case.id), uri),
        "name": visible(case.name()),
        "language": "en",
        "astNodeIds": case.plan.map_or_else(Vec::new, |_| vec![format!("scenario-{place}")]),
        "tags": case.plan.map_or_else(Vec::new, |plan| tags(place, plan, false)),
        "steps": steps.map(|(index, step)| json!({
            "id": format!("pickle-step-{place}-{index}"),
            "text": visible(&step.text),
            "type": kind(&step.keyword).1,
            "astNodeIds": case.plan.map_or_else(Vec::new, |_| vec![format!("step-{place}-{index}")]),
        })).collect::<Vec<_>>(),
    })
}

fn test_case(place: usize, case: &Case<'_>) -> Value {
    let steps = 0..steps(case).len();
    json!({
        "id": format!("case-{place}"),
        "testRunStartedId": RUN,
        "pickleId": format!("pickle-{place}"),
        "testSteps": steps.map(|index| json!({
            "id": format!("test-step-{place}-{index}"),
            "pickleStepId": format!("pickle-step-{place}-{index}"),
            "stepDefinitionIds": [],
            "stepMatchArgumentsLists": [],
        })).collect::<Vec<_>>(),
    })
}

/// An attempt in the making.
struct Started<'run> {
    place: usize,
    number: usize,
    attempt: &'run ScenarioRun,
    is_last: bool,
    /// What covers all that broke.
    excuse: Option<&'run str>,
    /// What covers a requirement.
    excuses: &'run HashMap<&'run str, String>,
}

impl Started<'_> {
    fn write(&self, out: &mut Lines) -> Result<(), Error> {
        let (place, number, attempt) = (self.place, self.number, self.attempt);
        let id = format!("started-{place}-{number}");
        let mut at = attempt.started_us;
        out.put(&json!({"testCaseStarted": {
            "id": id, "testCaseId": format!("case-{place}"), "attempt": number, "timestamp": out.at(at),
        }}))?;
        for (index, step) in attempt.steps.iter().enumerate() {
            let step_id = format!("test-step-{place}-{index}");
            out.put(&json!({"testStepStarted": {
                "testCaseStartedId": id, "testStepId": step_id, "timestamp": out.at(at),
            }}))?;
            for body in self.attachments(index, step) {
                out.put(&json!({"attachment": {
                    "testCaseStartedId": id, "testStepId": step_id, "body": body,
                    "contentEncoding": "IDENTITY", "mediaType": LOG, "timestamp": out.at(at),
                }}))?;
            }
            at += step.duration_us;
            out.put(&json!({"testStepFinished": {
                "testCaseStartedId": id, "testStepId": step_id, "timestamp": out.at(at),
                "testStepResult": self.result(step),
            }}))?;
        }
        out.put(&json!({"testCaseFinished": {
            "testCaseStartedId": id, "willBeRetried": !self.is_last,
            "timestamp": out.at(attempt.started_us + attempt.duration_us),
        }}))
    }

    fn result(&self, step: &StepRun) -> Value {
        let status = match step.status {
            StepStatus::Passed | StepStatus::Warned => "PASSED",
            StepStatus::Failed if self.excuse.is_some() => "PENDING",
            StepStatus::Failed | StepStatus::Error => "FAILED",
            StepStatus::Skipped | StepStatus::NotRun => "SKIPPED",
        };
        let mut result = json!({
            "status": status,
            "duration": {
                "seconds": step.duration_us / 1_000_000,
                "nanos": step.duration_us % 1_000_000 * 1000,
            },
        });
        let excuse = self.excuse.filter(|_| step.status == StepStatus::Failed);
        let excuse = excuse.map(|excuse| format!("known failure, excused: {}", visible(excuse)));
        let message = step.message.as_deref().map(visible);
        let message: Vec<String> = message.into_iter().chain(excuse).collect();
        if !message.is_empty() {
            result["message"] = json!(message.join("\n"));
        }
        result
    }

    /// Findings at the step that ended the attempt or warned, and exchanges unless all passed.
    fn attachments(&self, index: usize, step: &StepRun) -> Vec<String> {
        let mut bodies = Vec::new();
        if self.attempt.verdict != Verdict::Pass {
            let own = self.attempt.exchanges.iter();
            bodies.extend(
                own.filter(|exchange| exchange.step == index)
                    .map(|exchange| {
                        let answer = exchange
                            .response
                            .as_ref()
                            .map_or("no answer".to_owned(), |answer| answer.status.to_string());
                        visible(&format!(
                            "{}{} {} -> {answer}, {}",
                            if exchange.received { "received " } else { "" },
                            exchange.request.method,
                            exchange.request.url,
                            duration(exchange.duration_us)
                        ))
                    }),
            );
        }
        let is_told = matches!(step.status, StepStatus::Failed | StepStatus::Warned);
        let first = self
            .attempt
            .steps
            .iter()
            .position(|step| matches!(step.status, StepStatus::Failed | StepStatus::Warned));
        if is_told && first == Some(index) {
            bodies.extend(self.attempt.findings.iter().map(|one| self.describe(one)));
        }
        bodies
    }

    fn describe(&self, finding: &Finding) -> String {
        let mut text = describe(finding);
        if let Some(excuse) = self.excuses.get(finding.requirement.as_str()) {
            text.push_str("\nknown failure, excused: ");
            text.push_str(&visible(excuse));
        }
        text
    }
}

fn describe(finding: &Finding) -> String {
    let mut text = format!(
        "{} {} ({})\nexpected: {}\nactual: {}",
        finding.requirement, finding.level, finding.severity, finding.expected, finding.actual
    );
    if let Some(place) = &finding.location {
        text.push_str("\nwhere: ");
        text.push_str(place);
    }
    visible(&text)
}
