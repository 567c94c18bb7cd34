//! A FHIR R4 TestReport: one test per scenario, one action per step.
//!
//! | verdict | result of the action that decided |
//! |---|---|
//! | `pass`, `warn`, `fail`, `error` | `pass`, `warning`, `fail`, `error` |
//! | `skip`, `attest`, `inapplicable`, not reached | `skip` |
//!
//! What must be known before it is relied on stands in `setup`, as warnings. The report as a whole is `fail` when the run is not conformant, `pass` when it is conformant, and
//! `pending` when something mandatory is open.

use super::Error;
use super::case::Case;
use super::notice::notices;
use super::wording::{link, visible};
use crate::evidence::{
    Conclusion, Ending, Excuse, Finding, Run, ScenarioRun, StepRun, StepStatus, Summary, Verdict,
};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// Renders the run as a TestReport.
pub(super) fn render(run: &Run) -> Result<Vec<u8>, Error> {
    let summary = Summary::of(run);
    let cases = Case::all(run, &summary);
    let clauses: BTreeMap<(&str, &str), String> = run
        .requirements
        .iter()
        .filter_map(|one| Some(((one.ig.as_str(), one.id.as_str()), link(&one.url)?)))
        .collect();
    let excuses: BTreeMap<(&str, &str), &Excuse> = summary
        .requirements
        .iter()
        .filter_map(|result| {
            let requirement = &run.requirements[result.requirement];
            let key = (requirement.ig.as_str(), requirement.id.as_str());
            Some((key, result.excused.as_ref()?))
        })
        .collect();
    let known = Known { clauses, excuses };
    let tests: Vec<Value> = cases.iter().map(|case| known.test(case)).collect();
    let mut report = json!({
        "resourceType": "TestReport",
        "name": text(&format!("Conformance of {}", run.identity.target)),
        "status": match run.ending {
            Some(Ending::Finished) => "completed",
            _ => "stopped",
        },
        "testScript": {"display": text(&scripts(run))},
        "result": match summary.conclusion {
            Conclusion::Conformant => "pass",
            Conclusion::Incomplete => "pending",
            Conclusion::NotConformant => "fail",
        },
        "tester": text(&format!("Vitruvian {}", run.identity.version)),
        "participant": participants(run),
    });
    if is_moment(&run.identity.started) {
        report["issued"] = json!(run.identity.started);
    }
    let notices = notices(run, &summary);
    if !notices.is_empty() {
        let told: Vec<Value> = notices
            .iter()
            .map(|text| assertion("warning", text))
            .collect();
        report["setup"] = json!({ "action": told });
    }
    if !tests.is_empty() {
        report["score"] = score(&cases);
        report["test"] = Value::Array(tests);
    }
    let mut bytes = serde_json::to_vec_pretty(&report)?;
    bytes.push(b'\n');
    Ok(bytes)
}

fn scripts(run: &Run) -> String {
    let suites = run.identity.suites.iter();
    let names: Vec<String> = suites
        .map(|suite| format!("{} ({})", suite.title, suite.ig))
        .collect();
    if names.is_empty() {
        "Vitruvian".to_owned()
    } else {
        names.join("; ")
    }
}

fn participants(run: &Run) -> Value {
    let target = &run.identity.target;
    let system = link(target).unwrap_or_else(|| "urn:vitruvian:system-under-test".to_owned());
    json!([
        {"type": "test-engine", "uri": "urn:vitruvian", "display": "Vitruvian"},
        {"type": "server", "uri": system, "display": text(target)},
    ])
}

/// Per cent of the scenarios that passed, to two digits; none when there are none.
fn score(cases: &[Case<'_>]) -> Value {
    let passed = cases
        .iter()
        .filter(|case| case.verdict() == Some(Verdict::Pass))
        .count();
    // Hundredths of a per cent: a number of FHIR keeps its digits.
    let hundredths = passed * 10_000 / cases.len().max(1);
    let number = format!("{}.{:02}", hundredths / 100, hundredths % 100);
    serde_json::from_str(&number).unwrap_or(Value::Null)
}

struct Known<'run> {
    clauses: BTreeMap<(&'run str, &'run str), String>,
    excuses: BTreeMap<(&'run str, &'run str), &'run Excuse>,
}

impl Known<'_> {
    fn test(&self, case: &Case<'_>) -> Value {
        let actions = match case.last() {
            None => vec![assertion(
                "skip",
                "The run ended before this scenario was reached.",
            )],
            Some(last) => self.actions(case, last),
        };
        json!({
            "name": text(case.id),
            "description": text(case.name()),
            "action": actions,
        })
    }

    fn actions(&self, case: &Case<'_>, last: &ScenarioRun) -> Vec<Value> {
        let mut actions: Vec<Value> = last.steps.iter().map(action).collect();
        for finding in &last.findings {
            actions.push(self.broken(case.ig(), finding));
        }
        if let Some(reason) = &last.reason {
            let result = match last.verdict {
                Verdict::Error => "error",
                _ => "skip",
            };
            actions.push(assertion(result, reason));
        }
        if actions.is_empty() {
            actions.push(assertion("skip", "No step was recorded."));
        }
        actions
    }

    fn broken(&self, ig: &str, finding: &Finding) -> Value {
        let key = (ig, finding.requirement.as_str());
        let excuse = self.excuses.get(&key);
        let mut message = format!(
            "{} {}: expected {}; got {}",
            finding.requirement, finding.level, finding.expected, finding.actual
        );
        if let Some(place) = &finding.location {
            let _ = write!(message, "; at {place}");
        }
        if let Some(excuse) = excuse {
            let _ = write!(message, "; known failure, excused: {}", excuse.sentence());
        }
        let result = match (finding.severity, excuse) {
            (Verdict::Fail, None) => "fail",
            _ => "warning",
        };
        let mut action = assertion(result, &message);
        if let Some(url) = self.clauses.get(&key) {
            action["assert"]["detail"] = json!(url);
        }
        action
    }
}

/// A step: what is done is an operation, what must hold is an assertion.
fn action(step: &StepRun) -> Value {
    let result = match step.status {
        StepStatus::Passed => "pass",
        StepStatus::Warned => "warning",
        StepStatus::Failed => "fail",
        StepStatus::Skipped | StepStatus::NotRun => "skip",
        StepStatus::Error => "error",
    };
    let mut message = format!("{} {}", step.keyword, step.text);
    if let Some(more) = &step.message {
        message.push_str(": ");
        message.push_str(more);
    }
    let kind = if step.keyword == "When" {
        "operation"
    } else {
        "assert"
    };
    json!({kind: {"result": result, "message": text(&message)}})
}

fn assertion(result: &str, message: &str) -> Value {
    json!({"assert": {"result": result, "message": text(message)}})
}

/// Text as FHIR may hold it: visible characters, not empty, no blanks around.
fn text(content: &str) -> String {
    let shown = visible(content);
    match shown.trim() {
        "" => "-".to_owned(),
        shown => shown.to_owned(),
    }
}

/// Whether this is a FHIR dateTime with a time.
fn is_moment(started: &str) -> bool {
    use time::OffsetDateTime;
    use time::format_description::well_known::Rfc3339;
    OffsetDateTime::parse(started, &Rfc3339).is_ok()
}
