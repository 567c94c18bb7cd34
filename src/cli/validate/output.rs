//! Writes what validating came to.

use super::Counts;
use super::result::Outcome;
use crate::cli::arguments::ValidateFormat;
use crate::cli::terminal::{Style, Terminal};
use crate::cli::wrap::{plain, wrap};
use crate::profile::{Issue, Provenance, Severity, Verdict};
use serde_json::{Value, json};

/// Writes results as they come, so that memory stays flat.
pub(super) struct Output {
    format: ValidateFormat,
    detail: Detail,
    terminal: Terminal,
    written: usize,
}

/// How much people are told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Detail {
    /// How many resources came to which verdict.
    Counts,
    /// What is not valid, and why.
    Broken,
    /// Everything.
    All,
}

impl Output {
    pub(super) const fn new(format: ValidateFormat, detail: Detail, terminal: Terminal) -> Self {
        Self {
            format,
            detail,
            terminal,
            written: 0,
        }
    }

    /// What comes before the first result.
    pub(super) fn begin(&self) {
        if self.format == ValidateFormat::Json {
            self.terminal.write(b"{\"results\":[\n");
        }
    }

    /// One result.
    pub(super) fn result(&mut self, outcome: &Outcome) {
        match self.format {
            ValidateFormat::Text => self.text(outcome),
            ValidateFormat::Json => {
                let comma = if self.written > 0 { ",\n" } else { "" };
                self.terminal
                    .write(format!("{comma}{}", as_json(outcome)).as_bytes());
            }
            ValidateFormat::OperationOutcome => self
                .terminal
                .say(&as_operation_outcome(outcome).to_string()),
        }
        self.written += 1;
    }

    /// What comes after the last result.
    pub(super) fn end(&self, counts: &Counts, used: &[Provenance]) {
        match self.format {
            ValidateFormat::Json => self.terminal.write(b"\n]}\n"),
            ValidateFormat::OperationOutcome => {}
            ValidateFormat::Text => {
                let painted = |style, count: usize, word: &str| {
                    self.terminal.paint(style, &format!("{count} {word}"))
                };
                self.terminal.say(&format!(
                    "{}, {}, {}",
                    painted(Style::Green, counts.valid, "valid"),
                    painted(Style::Yellow, counts.undecided, "undecided"),
                    painted(Style::Red, counts.invalid, "invalid"),
                ));
                let used: Vec<String> = used.iter().map(ToString::to_string).collect();
                let mut text = String::new();
                wrap(&mut text, "definitions: ", &used.join(", "));
                self.terminal.tell(
                    &self
                        .terminal
                        .for_errors()
                        .paint(Style::Dim, text.trim_end()),
                );
            }
        }
    }

    fn text(&self, outcome: &Outcome) {
        let verdict = outcome.verdict();
        let least = if verdict == Verdict::Valid {
            Detail::All
        } else {
            Detail::Broken
        };
        if self.detail < least {
            return;
        }
        let style = match verdict {
            Verdict::Valid => Style::Green,
            Verdict::Undecided => Style::Yellow,
            Verdict::Invalid => Style::Red,
        };
        let report = &outcome.report;
        let what = [report.resource_type.as_deref(), report.id.as_deref()]
            .into_iter()
            .flatten()
            .collect::<Vec<_>>();
        let head = self.terminal.paint(style, word(verdict));
        let mut text = format!(
            "{head} {}  {}\n",
            plain(&outcome.place),
            plain(&what.join("/"))
        );
        for (issue, excerpt) in report.issues.iter().zip(&outcome.excerpts) {
            let quiet = issue.severity != Severity::Error && self.detail < Detail::All;
            if quiet && verdict == Verdict::Invalid {
                continue;
            }
            self.issue(&mut text, issue);
            if let Some(excerpt) = excerpt {
                wrap(
                    &mut text,
                    &format!("    {:>8} | ", excerpt.position.to_string()),
                    &excerpt.line,
                );
            }
        }
        if report.undecided > 0 {
            let undecided = format!(
                "{} rules could not be decided with the definitions at hand",
                report.undecided
            );
            wrap(&mut text, "  ", &undecided);
        }
        self.terminal.say(&text);
    }

    fn issue(&self, text: &mut String, issue: &Issue) {
        let style = match issue.severity {
            Severity::Error => Style::Red,
            Severity::Warning => Style::Yellow,
            Severity::Information => Style::Dim,
        };
        let severity = self.terminal.paint(style, issue.severity.code());
        wrap(
            text,
            &format!("  {severity} "),
            &format!("{}: {}", issue.expression, issue.message),
        );
        let profile = issue.profile.as_deref().unwrap_or("FHIR R4");
        wrap(text, "    ", &format!("rule {} of {profile}", issue.rule));
        if let (Some(expected), Some(actual)) = (&issue.expected, &issue.actual) {
            wrap(text, "    expected ", expected);
            wrap(text, "    actual   ", actual);
        }
    }
}

const fn word(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Valid => "valid",
        Verdict::Undecided => "undecided",
        Verdict::Invalid => "invalid",
    }
}

fn as_json(outcome: &Outcome) -> Value {
    let report = &outcome.report;
    let issues: Vec<Value> = report
        .issues
        .iter()
        .zip(&outcome.excerpts)
        .map(|(issue, excerpt)| {
            json!({
                "severity": issue.severity.code(), "code": issue.code, "expression": issue.expression,
                "message": issue.message, "rule": issue.rule, "profile": issue.profile,
                "expected": issue.expected, "actual": issue.actual,
                "line": excerpt.as_ref().map(|excerpt| excerpt.position.line),
                "column": excerpt.as_ref().map(|excerpt| excerpt.position.column),
            })
        })
        .collect();
    json!({
        "file": outcome.place, "resourceType": report.resource_type, "id": report.id,
        "profiles": report.profiles, "verdict": word(outcome.verdict()), "undecided": report.undecided,
        "issues": issues,
    })
}

/// One OperationOutcome per resource, one per line.
fn as_operation_outcome(outcome: &Outcome) -> Value {
    let mut issues: Vec<Value> = outcome
        .report
        .issues
        .iter()
        .map(|issue| {
            json!({
                "severity": issue.severity.code(), "code": issue.code,
                "details": {"text": issue.message}, "diagnostics": format!("{}: rule {}", outcome.place, issue.rule),
                "expression": [issue.expression],
            })
        })
        .collect();
    if issues.is_empty() {
        issues.push(json!({
            "severity": "information", "code": "informational",
            "details": {"text": "no rule is broken"}, "diagnostics": outcome.place,
        }));
    }
    json!({"resourceType": "OperationOutcome", "issue": issues})
}
