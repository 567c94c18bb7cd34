//! A broken rule of FHIR or of a profile, with the resources that show it.

use super::finding::ExchangeView;
use super::places::Places;
use super::wording::{count, visible};
use crate::evidence::{BrokenRule, Example};
use serde::Serialize;

#[derive(Serialize)]
pub(super) struct RuleView {
    key: String,
    profile: Option<String>,
    element: String,
    severity: String,
    resources: String,
    /// How many more resources there are than examples.
    more: usize,
    examples: Vec<ExampleView>,
}

#[derive(Serialize)]
struct ExampleView {
    resource: String,
    location: String,
    message: String,
    lines: Vec<Line>,
    exchange: Option<ExchangeView>,
    anchor: Option<String>,
}

/// A line of the answer.
#[derive(Serialize)]
struct Line {
    number: usize,
    text: String,
    marked: bool,
}

impl RuleView {
    pub(super) fn new(rule: &BrokenRule, places: &Places<'_>) -> Self {
        Self {
            key: visible(&rule.key),
            profile: rule.profile.as_deref().map(visible),
            element: visible(&rule.element),
            severity: visible(&rule.severity),
            resources: count(rule.count, "resource"),
            more: rule.count.saturating_sub(rule.examples.len()),
            examples: rule
                .examples
                .iter()
                .map(|example| ExampleView::new(example, places))
                .collect(),
        }
    }
}

impl ExampleView {
    fn new(example: &Example, places: &Places<'_>) -> Self {
        let (exchange, anchor) = places.of(example).unzip();
        let snippet = example.snippet.as_ref();
        let lines = snippet.map_or_else(Vec::new, |snippet| {
            let lines = snippet.lines.iter().enumerate();
            lines
                .map(|(index, line)| Line {
                    number: snippet.first + index,
                    text: visible(line),
                    marked: index == snippet.marked,
                })
                .collect()
        });
        Self {
            resource: visible(&example.resource),
            location: visible(&example.location),
            message: visible(&example.message),
            lines,
            exchange,
            anchor,
        }
    }
}
