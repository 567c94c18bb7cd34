//! The state of one run.

use super::entries::Entries;
use super::finding::{Collector, Finding};
use crate::profile::program::{Program, Programs, TypeModel};
use crate::profile::{Issue, Seen, Severity, TerminologyService};
use serde_json::Value;
use std::collections::HashMap;
use std::fmt::Write as _;
use std::sync::Arc;

/// How deep objects may be nested.
pub(super) const DEEPEST: usize = 64;

/// How deep objects and arrays may be nested; no resource comes near.
const DEEPEST_JSON: usize = 2 * DEEPEST;

/// Whether JSON is nested so deep that nothing should descend into it. Does not descend itself.
pub(super) fn is_too_deep(root: &Value) -> bool {
    let mut open: Vec<(&Value, usize)> = vec![(root, 0)];
    while let Some((value, depth)) = open.pop() {
        if depth > DEEPEST_JSON {
            return true;
        }
        let is_nested = |value: &&Value| matches!(value, Value::Object(_) | Value::Array(_));
        match value {
            Value::Object(fields) => {
                open.extend(
                    fields
                        .values()
                        .filter(is_nested)
                        .map(|value| (value, depth + 1)),
                );
            }
            Value::Array(items) => {
                open.extend(
                    items
                        .iter()
                        .filter(is_nested)
                        .map(|value| (value, depth + 1)),
                );
            }
            _ => {}
        }
    }
    false
}

/// One step of the way from the root to where the walk is.
#[derive(Clone, Copy, Debug)]
pub(super) enum Step<'v> {
    /// Into the element of that name.
    Name(&'v str),
    /// Into the repetition of that index.
    Index(usize),
}

/// A resource the walk is in.
#[derive(Clone, Debug)]
pub(super) struct Scope<'v> {
    pub(super) resource: &'v Value,
    /// The resource that contains it.
    pub(super) container: Option<&'v Value>,
    /// Its full URL, as an entry of a Bundle.
    pub(super) full_url: Option<&'v str>,
    /// For Bundles: what is in them.
    pub(super) entries: Option<Arc<Entries<'v>>>,
    /// What is contained in it, or in what contains it.
    pub(super) contained: Option<Arc<Entries<'v>>>,
    /// Types of its elements.
    pub(super) model: Option<TypeModel>,
}

/// One run over one resource.
pub(super) struct Walk<'v> {
    pub(super) programs: &'v Programs,
    /// Who is asked about codes that the definitions leave undecided.
    pub(super) service: Option<&'v dyn TerminologyService>,
    pub(super) path: Vec<Step<'v>>,
    pub(super) scopes: Vec<Scope<'v>>,
    pub(super) found: Collector,
    /// Canonical URL of the profile the rules are from.
    pub(super) profile: Option<Arc<str>>,
    /// Numbers of occurrences, of all objects the walk is in.
    pub(super) counts: Vec<u32>,
    pub(super) depth: usize,
    /// What trials found so far: whether a value meets a profile; none while that is being found out.
    pub(super) judged: HashMap<(usize, String), Option<bool>>,
    /// How many trials the walk is in.
    pub(super) trials: usize,
    /// The last narrative that was found sound: every profile asks again.
    pub(super) sound: Option<&'v str>,
    /// The profile of which it is noted what is there, with what was found; none when nobody asked.
    pub(super) watched: Option<(Arc<Program>, Vec<Seen>)>,
    root: String,
}

impl<'v> Walk<'v> {
    pub(super) fn new(
        programs: &'v Programs,
        service: Option<&'v dyn TerminologyService>,
        root: &'v Value,
    ) -> Self {
        Self {
            programs,
            service,
            path: Vec::with_capacity(16),
            scopes: Vec::new(),
            found: Collector::default(),
            profile: None,
            counts: Vec::with_capacity(64),
            depth: 0,
            judged: HashMap::new(),
            trials: 0,
            sound: None,
            watched: None,
            root: root["resourceType"]
                .as_str()
                .unwrap_or("Resource")
                .to_owned(),
        }
    }

    /// Says that the JSON is nested too deep to be looked at.
    pub(super) fn refuse_depth(&mut self) {
        let message = format!(
            "is nested deeper than {DEEPEST_JSON} objects and arrays; it was not looked at"
        );
        self.report(Finding::error("too-costly", "limit", message));
    }

    /// Issues and the number of undecided rules.
    pub(super) fn finish(self) -> (Vec<Issue>, usize) {
        self.found.finish(&self.root)
    }

    /// Whether nothing more need be looked at: in a trial, one error is enough.
    pub(super) fn is_settled(&self) -> bool {
        self.found.is_silent && self.found.errors > 0
    }

    pub(super) fn report(&mut self, finding: Finding) {
        if self.found.is_silent {
            if finding.severity == Severity::Error {
                self.found.errors += 1;
            }
            return;
        }
        let issue = Issue {
            severity: finding.severity,
            code: finding.code,
            expression: self.location(),
            message: finding.message,
            rule: finding.rule.into_owned(),
            profile: self.profile.as_deref().map(str::to_owned),
            expected: finding.expected,
            actual: finding.actual,
        };
        self.found.add(issue);
    }

    /// Reports at a child of where the walk is.
    pub(super) fn report_at(&mut self, name: &'v str, finding: Finding) {
        self.path.push(Step::Name(name));
        self.report(finding);
        self.path.pop();
    }

    /// Notes that an element of the watched profile is here.
    pub(super) fn note_seen(&mut self, program: &Program, id: &str) {
        if self.found.is_silent {
            return;
        }
        let is_watched =
            |(watched, _): &(Arc<Program>, Vec<Seen>)| std::ptr::eq(&raw const **watched, program);
        if !self.watched.as_ref().is_some_and(is_watched) {
            return;
        }
        let seen = Seen {
            element: id.to_owned(),
            location: self.location(),
        };
        self.watched
            .iter_mut()
            .for_each(|(_, all)| all.push(seen.clone()));
    }

    /// Says that a rule cannot be decided.
    pub(super) fn undecided(&mut self, rule: &'static str, message: impl Into<String>) {
        self.found.undecided += 1;
        let mut finding = Finding::warning("not-supported", rule, message);
        finding.severity = Severity::Information;
        self.report(finding);
    }

    /// FHIRPath of where the walk is.
    pub(super) fn location(&self) -> String {
        let mut text = self.root.clone();
        for step in &self.path {
            let written = match step {
                Step::Name(name) => write!(text, ".{name}"),
                Step::Index(index) => write!(text, "[{index}]"),
            };
            // Writing to a string cannot fail.
            debug_assert!(written.is_ok());
        }
        text
    }

    /// The resource the walk is in.
    pub(super) fn scope(&self) -> Option<&Scope<'v>> {
        self.scopes.last()
    }
}
