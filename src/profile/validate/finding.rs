//! Findings on their way to becoming issues, and where they are collected.

use crate::profile::{Issue, Severity};
use std::borrow::Cow;
use std::collections::HashSet;

/// How many issues are kept; the rest is only counted.
const MOST_ISSUES: usize = 1_000;
/// Longest text of a value that is shown, in characters.
const LONGEST_SHOWN: usize = 200;

/// A broken or undecided rule, without its place.
#[derive(Debug)]
pub(super) struct Finding {
    pub(super) severity: Severity,
    pub(super) code: &'static str,
    pub(super) rule: Cow<'static, str>,
    pub(super) message: String,
    pub(super) expected: Option<String>,
    pub(super) actual: Option<String>,
}

impl Finding {
    fn new(severity: Severity, code: &'static str, rule: &'static str, message: String) -> Self {
        Self {
            severity,
            code,
            rule: Cow::Borrowed(rule),
            message,
            expected: None,
            actual: None,
        }
    }

    pub(super) fn error(
        code: &'static str,
        rule: &'static str,
        message: impl Into<String>,
    ) -> Self {
        Self::new(Severity::Error, code, rule, message.into())
    }

    pub(super) fn warning(
        code: &'static str,
        rule: &'static str,
        message: impl Into<String>,
    ) -> Self {
        Self::new(Severity::Warning, code, rule, message.into())
    }

    pub(super) fn expected(mut self, expected: impl ToString) -> Self {
        self.expected = Some(shown(&expected.to_string()));
        self
    }

    pub(super) fn actual(mut self, actual: impl ToString) -> Self {
        self.actual = Some(shown(&actual.to_string()));
        self
    }
}

/// At most so much of a text as people read.
pub(super) fn shown(text: &str) -> String {
    match text.char_indices().nth(LONGEST_SHOWN) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

/// The issues of a run, or of a trial, where only their number counts.
#[derive(Debug, Default)]
pub(super) struct Collector {
    issues: Vec<Issue>,
    seen: HashSet<(&'static str, String, String)>,
    dropped: usize,
    pub(super) errors: usize,
    pub(super) undecided: usize,
    /// Whether only the number counts.
    pub(super) is_silent: bool,
}

impl Collector {
    /// One that only counts.
    pub(super) fn silent() -> Self {
        Self {
            is_silent: true,
            ..Self::default()
        }
    }

    pub(super) fn add(&mut self, issue: Issue) {
        // Profiles that overlap find the same; it is said once.
        let name = (issue.code, issue.expression.clone(), issue.message.clone());
        if !self.seen.insert(name) {
            return;
        }
        if issue.severity == Severity::Error {
            self.errors += 1;
        }
        if self.issues.len() < MOST_ISSUES {
            self.issues.push(issue);
        } else {
            self.dropped += 1;
            // What is not kept need not be told apart any more.
            self.seen.clear();
        }
    }

    pub(super) fn finish(mut self, root: &str) -> (Vec<Issue>, usize) {
        if self.dropped > 0 {
            self.issues.push(Issue {
                severity: Severity::Error,
                code: "too-costly",
                expression: root.to_owned(),
                message: format!(
                    "only the first {MOST_ISSUES} issues are listed; at least {} more were found",
                    self.dropped
                ),
                rule: "limit".to_owned(),
                profile: None,
                expected: None,
                actual: None,
            });
        }
        (self.issues, self.undecided)
    }
}
