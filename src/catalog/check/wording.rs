//! Wording: a scenario reads as a payer analyst would say it.

use super::super::feature::Source;
use super::super::{Code, Problem};
use super::layout::backgrounds;
use regex::Regex;
use std::sync::LazyLock;

/// URLs, JSONPath, methods and status numbers.
static TECHNICAL: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"https?://|\$\.|\b(?:GET|HEAD|POST|PUT|PATCH|DELETE) |\b[245]\d\d\b").ok()
});

/// Finds names and steps that speak of the wire. Tables and doc strings may.
pub(super) fn find(source: &Source, problems: &mut Vec<Problem>) {
    let mut read = |text: &str, line: usize| {
        if let Some(found) = TECHNICAL.iter().find_map(|pattern| pattern.find(text)) {
            problems.push(Problem::new(
                Code::TechnicalWording,
                (&source.feature.file, line),
                format!("{text:?} speaks of {:?}", found.as_str().trim()),
                "say it as a payer analyst would; the details belong into scenarios/ or the step",
            ));
        }
    };
    for step in backgrounds(&source.parsed).flat_map(|background| &background.steps) {
        read(&step.value, step.position.line);
    }
    for scenario in &source.scenarios {
        read(&scenario.name, scenario.keyword_line);
        for step in &scenario.gherkin.steps {
            read(&step.value, step.position.line);
        }
    }
}
