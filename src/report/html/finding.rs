//! One finding as the page shows it, below its requirement and below its scenario.

use super::diff::{Part, parts};
use super::places::Places;
use super::rule::RuleView;
use crate::evidence::{Exchange, Finding, ScenarioRun};
use crate::report::outcome::{Badge, Outcome};
use crate::report::wording::{duration, visible};
use serde::Serialize;

#[derive(Serialize)]
pub(super) struct FindingView {
    badge: Badge,
    requirement: String,
    level: &'static str,
    expected: Vec<Part>,
    actual: Vec<Part>,
    location: Option<String>,
    hint: Option<String>,
    defect: Option<String>,
    exchange: Option<ExchangeView>,
    rule: Option<RuleView>,
}

/// The line that opens an exchange.
#[derive(Serialize)]
pub(super) struct ExchangeView {
    /// Where the script finds it: case, attempt and exchange.
    place: String,
    method: String,
    path: String,
    answer: String,
    duration: String,
}

impl FindingView {
    /// A finding of the attempt that counts, which is the `attempt`-th of the `case`-th case.
    pub(super) fn new(
        finding: &Finding,
        run: &ScenarioRun,
        (case, attempt): (usize, usize),
        places: &Places<'_>,
    ) -> Self {
        let shown = |text: &Option<String>| text.as_deref().map(visible);
        // Examples of a rule have exchanges of their own.
        let exchange = finding.exchange.filter(|_| finding.rule.is_none());
        let exchange = exchange.and_then(|index| {
            let exchange = run.exchanges.get(index)?;
            Some(ExchangeView::new(
                exchange,
                format!("{case}.{attempt}.{index}"),
            ))
        });
        let (expected, actual) = parts(&finding.expected, &finding.actual);
        Self {
            badge: Outcome::from(finding.severity).badge(),
            requirement: visible(&finding.requirement),
            level: finding.level.as_str(),
            expected,
            actual,
            location: shown(&finding.location),
            // The rule says it better.
            hint: finding
                .hint
                .as_deref()
                .filter(|_| finding.rule.is_none())
                .map(visible),
            defect: shown(&finding.defect),
            exchange,
            rule: finding
                .rule
                .as_deref()
                .map(|rule| RuleView::new(rule, places)),
        }
    }
}

impl ExchangeView {
    pub(super) fn new(exchange: &Exchange, place: String) -> Self {
        let url = &exchange.request.url;
        let path = url
            .split_once("://")
            .and_then(|(_, rest)| rest.find('/').map(|slash| &rest[slash..]))
            .unwrap_or(url);
        let short: String = path.chars().take(160).collect();
        let ellipsis = if short.len() < path.len() { "…" } else { "" };
        Self {
            place,
            method: visible(&exchange.request.method),
            path: format!("{}{ellipsis}", visible(&short)),
            answer: exchange
                .response
                .as_ref()
                .map_or("no response".into(), |response| response.status.to_string()),
            // How long a client under test waited for our answer is not measured.
            duration: match exchange.duration_us {
                0 => String::new(),
                some => duration(some),
            },
        }
    }
}
