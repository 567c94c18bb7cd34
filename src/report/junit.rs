//! JUnit XML: one test suite per suite, one test case per scenario, the counting attempt decides.
//!
//! | verdict | becomes |
//! |---|---|
//! | `pass` | a test case with nothing in it |
//! | `warn` | the same with the findings in `system-out`; a `failure` in a strict run |
//! | `fail` | `failure`; `skipped` when excuses cover every requirement that broke |
//! | `error` | `error` |
//! | `skip`, `attest`, not reached | `skipped` with the reason |
//!
//! Earlier attempts become `flakyFailure` (the last one passed) or `rerunFailure` (it did not), the
//! elements Maven Surefire introduced and build servers understand.

use super::case::Case;
use super::notice::notices;
use super::xml::Xml;
use crate::evidence::{
    BrokenRule, Example, Finding, Run, ScenarioRun, SuiteNote, Summary, Verdict,
};
use std::collections::HashMap;
use std::fmt::Write as _;

/// Renders the run as JUnit XML.
pub(super) fn render(run: &Run) -> Vec<u8> {
    let summary = Summary::of(run);
    let cases = Case::all(run, &summary);
    let tests: Vec<Test<'_>> = cases
        .iter()
        .map(|case| Test::new(run, &summary, case))
        .collect();
    let notices = notices(run, &summary);
    let mut xml = Xml::new();
    let (totals, name) = (Totals::of(tests.iter()), &run.identity.tool);
    xml.open(
        "testsuites",
        &totals.attributes(name, run).each_ref().map(pair),
    );
    for suite in &run.identity.suites {
        let title = format!("{} {}", suite.ig, suite.id);
        let conclusion = summary
            .suites
            .iter()
            .find(|result| result.suite == *suite)
            .map_or("incomplete", |result| result.conclusion.as_str());
        let mine: Vec<_> = tests
            .iter()
            .filter(|test| home(run, test.case) == Some(suite))
            .collect();
        let facts = [
            ("title", suite.title.as_str()),
            ("role", &suite.role),
            ("ig", &suite.ig),
            ("conclusion", conclusion),
            ("target", &run.identity.target),
            ("version", &run.identity.version),
        ];
        write_suite(&mut xml, run, &title, (&facts, &notices), &mine);
    }
    let rest: Vec<_> = tests
        .iter()
        .filter(|test| home(run, test.case).is_none())
        .collect();
    if !rest.is_empty() {
        write_suite(&mut xml, run, "other", (&[], &notices), &rest);
    }
    xml.finish()
}

/// The suite under which a scenario is listed: the first it was selected for, so that it is counted once.
fn home<'run>(run: &'run Run, case: &Case<'_>) -> Option<&'run SuiteNote> {
    run.identity
        .suites
        .iter()
        .find(|suite| suite.ig == case.ig() && case.suites().contains(&suite.id))
}

/// What a test case holds.
enum Outcome {
    Passed,
    Failure(String),
    Error(String),
    Skipped(String),
}

struct Test<'run> {
    case: &'run Case<'run>,
    outcome: Outcome,
    /// Reasons and last days, by requirement.
    excuses: HashMap<&'run str, String>,
}

impl<'run> Test<'run> {
    fn new(run: &Run, summary: &'run Summary, case: &'run Case<'run>) -> Self {
        let outcome = case.last().map_or_else(
            || Outcome::Skipped(not_reached(run)),
            |last| judge(run, summary, case, last),
        );
        Self {
            case,
            outcome,
            excuses: case.excuses(run, summary),
        }
    }

    fn write(&self, xml: &mut Xml) {
        let case = self.case;
        let seconds = seconds(case.last().map_or(0, |last| last.duration_us));
        let line = case.plan.map_or(0, |plan| plan.line).to_string();
        let class = format!("{}.{}", case.ig().replace('.', "_"), case.feature());
        let attributes = [
            ("name", case.name()),
            ("classname", &class),
            ("time", &seconds),
            ("file", case.plan.map_or("", |plan| &plan.file)),
            ("line", &line),
        ];
        xml.open("testcase", &attributes);
        self.write_properties(xml);
        let text = case.last();
        let text = text.map_or_else(String::new, |last| describe_all(last, &self.excuses));
        match &self.outcome {
            Outcome::Passed => {}
            Outcome::Failure(message) => {
                xml.text("failure", &[("message", message), ("type", "fail")], &text);
            }
            Outcome::Error(message) => {
                xml.text("error", &[("message", message), ("type", "error")], &text);
            }
            Outcome::Skipped(message) => xml.empty("skipped", &[("message", message)]),
        }
        self.write_earlier(xml);
        if !text.is_empty() && matches!(self.outcome, Outcome::Passed | Outcome::Skipped(_)) {
            xml.text("system-out", &[], &text);
        }
        xml.close();
    }

    fn write_properties(&self, xml: &mut Xml) {
        xml.open("properties", &[]);
        let verdict = self.case.verdict().map_or("not-run", Verdict::as_str);
        let flaky = if self.case.flaky { "true" } else { "false" };
        let mut facts = vec![
            ("id", self.case.id),
            ("ig", self.case.ig()),
            ("verdict", verdict),
            ("flaky", flaky),
        ];
        facts.extend(self.case.suites().iter().map(|s| ("suite", s.as_str())));
        facts.extend(
            self.case
                .requirements()
                .iter()
                .map(|r| ("requirement", r.as_str())),
        );
        for (name, value) in facts {
            xml.empty("property", &[("name", name), ("value", value)]);
        }
        xml.close();
    }

    fn write_earlier(&self, xml: &mut Xml) {
        let Some((_, earlier)) = self.case.attempts.split_last() else {
            return;
        };
        let element = match self.outcome {
            Outcome::Passed => "flakyFailure",
            _ => "rerunFailure",
        };
        for attempt in earlier {
            let message = format!("attempt {}: {}", attempt.attempt, headline(attempt));
            let attributes = [
                ("message", message.as_str()),
                ("type", attempt.verdict.as_str()),
            ];
            xml.text(element, &attributes, &describe_all(attempt, &self.excuses));
        }
    }
}

fn judge(run: &Run, summary: &Summary, case: &Case<'_>, last: &ScenarioRun) -> Outcome {
    let broke = match last.verdict {
        Verdict::Fail => true,
        Verdict::Warn => run.identity.strict,
        Verdict::Pass => false,
        Verdict::Error => return Outcome::Error(headline(last)),
        Verdict::Skip | Verdict::Attest | Verdict::Inapplicable => {
            return Outcome::Skipped(headline(last));
        }
    };
    match (broke, case.excuse(run, summary)) {
        (false, _) => Outcome::Passed,
        (true, Some(reason)) => Outcome::Skipped(format!("known failure, excused: {reason}")),
        (true, None) => Outcome::Failure(headline(last)),
    }
}

/// One line that says why.
fn headline(scenario: &ScenarioRun) -> String {
    let worst = scenario
        .findings
        .iter()
        .max_by_key(|finding| finding.severity);
    match (worst, &scenario.reason) {
        (Some(finding), _) => format!(
            "{} {}: expected {}; got {}",
            finding.requirement, finding.level, finding.expected, finding.actual
        ),
        (None, Some(reason)) => reason.clone(),
        (None, None) => format!("the scenario came to {}", scenario.verdict),
    }
}

fn not_reached(run: &Run) -> String {
    let why = match run.ending {
        None => "the run broke off before this scenario",
        Some(crate::evidence::Ending::Finished) => "this scenario left no result",
        Some(crate::evidence::Ending::FailFast) => "an earlier failure stopped the run",
        Some(crate::evidence::Ending::Interrupted) => "the run was interrupted",
        Some(crate::evidence::Ending::TimedOut) => "the time for the run was up",
    };
    format!("not run: {why}; run it again to get a verdict")
}

/// All findings of an attempt as text, after its reason.
fn describe_all(scenario: &ScenarioRun, excuses: &HashMap<&str, String>) -> String {
    let mut text = String::new();
    if let Some(reason) = &scenario.reason {
        let _ = writeln!(text, "{reason}");
    }
    for finding in &scenario.findings {
        describe(finding, scenario, &mut text);
        if let Some(excuse) = excuses.get(finding.requirement.as_str()) {
            let _ = writeln!(text, "  known failure, excused: {excuse}");
        }
    }
    text
}

/// One finding in the order people ask: which rule, what was expected, what came, where, what next.
fn describe(finding: &Finding, scenario: &ScenarioRun, text: &mut String) {
    let exchange = finding
        .exchange
        .and_then(|index| scenario.exchanges.get(index))
        .map(|exchange| {
            let answer = exchange
                .response
                .as_ref()
                .map_or("no response".to_owned(), |r| r.status.to_string());
            format!(
                "{} {} -> {answer}",
                exchange.request.method, exchange.request.url
            )
        });
    let _ = writeln!(
        text,
        "{} {} ({})",
        finding.requirement, finding.level, finding.severity
    );
    let lines = [
        ("expected", Some(&finding.expected)),
        ("actual", Some(&finding.actual)),
        ("where", finding.location.as_ref()),
        ("exchange", exchange.as_ref()),
        ("hint", finding.hint.as_ref()),
        ("defect", finding.defect.as_ref()),
    ];
    for (label, value) in lines {
        if let Some(value) = value {
            let _ = writeln!(text, "  {label}: {value}");
        }
    }
    if let Some(rule) = &finding.rule {
        describe_rule(rule, text);
    }
}

/// The resources that break a rule, each with the lines in question.
fn describe_rule(rule: &BrokenRule, text: &mut String) {
    let profile = rule.profile.as_deref().unwrap_or("FHIR R4");
    let (key, element, count) = (&rule.key, &rule.element, rule.count);
    let _ = writeln!(
        text,
        "  rule: {key} of {profile}, at {element}, broken {count} times"
    );
    for example in &rule.examples {
        let Example {
            resource,
            location,
            message,
            scenario,
            ..
        } = example;
        let _ = writeln!(
            text,
            "  in {resource} at {location}: {message} ({scenario})"
        );
        let Some(snippet) = &example.snippet else {
            continue;
        };
        for (index, line) in snippet.lines.iter().enumerate() {
            let mark = if index == snippet.marked { '>' } else { ' ' };
            let _ = writeln!(text, "  {mark} {:>5} | {line}", snippet.first + index);
        }
    }
}

/// A suite with its facts, and what must be known before it is relied on: as properties, and as output, which is
/// what most build servers show.
fn write_suite(
    xml: &mut Xml,
    run: &Run,
    name: &str,
    (facts, notices): (&[(&str, &str)], &[String]),
    tests: &[&Test<'_>],
) {
    let totals = Totals::of(tests.iter().copied());
    xml.open(
        "testsuite",
        &totals.attributes(name, run).each_ref().map(pair),
    );
    xml.open("properties", &[]);
    let notes = notices.iter().map(|text| ("notice", text.as_str()));
    for (key, value) in facts.iter().copied().chain(notes) {
        xml.empty("property", &[("name", key), ("value", value)]);
    }
    xml.close();
    for test in tests {
        test.write(xml);
    }
    if !notices.is_empty() {
        xml.text("system-out", &[], &notices.join("\n"));
    }
    xml.close();
}

#[derive(Default)]
struct Totals {
    tests: usize,
    failures: usize,
    errors: usize,
    skipped: usize,
    duration_us: u64,
}

impl Totals {
    fn of<'run>(tests: impl Iterator<Item = &'run Test<'run>>) -> Self {
        let mut totals = Self::default();
        for test in tests {
            totals.tests += 1;
            totals.failures += usize::from(matches!(test.outcome, Outcome::Failure(_)));
            totals.errors += usize::from(matches!(test.outcome, Outcome::Error(_)));
            totals.skipped += usize::from(matches!(test.outcome, Outcome::Skipped(_)));
            totals.duration_us += test.case.last().map_or(0, |last| last.duration_us);
        }
        totals
    }

    fn attributes(&self, name: &str, run: &Run) -> [(&'static str, String); 7] {
        [
            ("name", name.to_owned()),
            ("tests", self.tests.to_string()),
            ("failures", self.failures.to_string()),
            ("errors", self.errors.to_string()),
            ("skipped", self.skipped.to_string()),
            ("time", seconds(self.duration_us)),
            ("timestamp", run.identity.started.clone()),
        ]
    }
}

fn pair<'text>((name, value): &'text (&'static str, String)) -> (&'static str, &'text str) {
    (name, value)
}

fn seconds(microseconds: u64) -> String {
    format!(
        "{}.{:06}",
        microseconds / 1_000_000,
        microseconds % 1_000_000
    )
}
