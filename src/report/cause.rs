//! Causes: findings that most likely go away together, because the same assertion, element or endpoint
//! breaks in several scenarios.

use super::case::Case;
use super::noise::Noise;
use crate::evidence::{Exchange, Finding, RequirementResult, Run, ScenarioRun, Summary, Verdict};
use std::collections::{BTreeMap, BTreeSet};

/// Longest expectation that makes a title, in bytes.
const LONGEST: usize = 140;

/// Letters of an expectation that make no title when the rest of it is left out.
const LITTLE: usize = 16;

/// Findings with one likely cause.
pub(super) struct Cause<'run> {
    /// What to look at.
    pub(super) kind: Kind,
    /// IG and version.
    pub(super) ig: &'run str,
    /// Its findings, in the order of scenarios; never empty.
    pub(super) seen: Vec<Seen<'run>>,
    /// Whether excuses cover every requirement it breaks.
    pub(super) is_excused: bool,
}

/// One finding and where it was made.
pub(super) struct Seen<'run> {
    /// Index of the case.
    pub(super) case: usize,
    /// Name of the scenario.
    pub(super) name: &'run str,
    /// Index of the attempt that counts.
    pub(super) attempt: usize,
    /// That attempt.
    pub(super) scenario: &'run ScenarioRun,
    /// The finding.
    pub(super) finding: &'run Finding,
}

/// What the findings of a cause have in common.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    /// An endpoint gives an error, or no answer: method and path without ids, and what came.
    Endpoint(String, String),
    /// Resources break a rule at an element.
    Rule(String, String),
    /// The same is expected at the same place.
    Assertion(String, Option<String>),
}

impl Kind {
    fn of(scenario: &ScenarioRun, finding: &Finding, noise: &Noise) -> Self {
        if let Some(rule) = &finding.rule {
            return Self::Rule(rule.key.clone(), rule.element.clone());
        }
        let exchange = finding
            .exchange
            .and_then(|index| scenario.exchanges.get(index));
        if let Some(answer) = exchange.and_then(|exchange| trouble(exchange, finding))
            && let Some(exchange) = exchange
        {
            return Self::Endpoint(endpoint(exchange), answer);
        }
        let place = finding.location.as_deref();
        let place = place.and_then(|place| noise.place(place));
        Self::Assertion(noise.text(&finding.expected), place)
    }

    /// One word or two for what kind of cause it is.
    pub(super) const fn word(&self) -> &'static str {
        match self {
            Self::Endpoint(..) => "endpoint",
            Self::Rule(..) => "element",
            Self::Assertion(..) => "assertion",
        }
    }
}

impl<'run> Cause<'run> {
    /// All causes of a run, what to fix first first: what breaks duties, then what breaks most.
    pub(super) fn all(run: &'run Run, summary: &Summary, cases: &[Case<'run>]) -> Vec<Self> {
        let excused: BTreeSet<(&str, &str)> = summary
            .requirements
            .iter()
            .filter(|result| result.excused.is_some())
            .map(|result: &RequirementResult| &run.requirements[result.requirement])
            .map(|requirement| (requirement.ig.as_str(), requirement.id.as_str()))
            .collect();
        let noise = Noise::new();
        let mut groups: BTreeMap<(&str, Kind), Vec<Seen<'run>>> = BTreeMap::new();
        for (index, case) in cases.iter().enumerate() {
            let Some(scenario) = case.last() else {
                continue;
            };
            for finding in &scenario.findings {
                let key = (case.ig(), Kind::of(scenario, finding, &noise));
                groups.entry(key).or_default().push(Seen {
                    case: index,
                    name: case.name(),
                    attempt: case.attempts.len() - 1,
                    scenario,
                    finding,
                });
            }
        }
        let mut causes: Vec<Self> = groups
            .into_iter()
            .map(|((ig, kind), seen)| Self {
                is_excused: seen
                    .iter()
                    .all(|seen| excused.contains(&(ig, seen.finding.requirement.as_str()))),
                kind,
                ig,
                seen,
            })
            .collect();
        causes.sort_by_key(|cause| {
            let spread = cause.scenarios() + cause.requirements().len();
            (
                cause.is_excused,
                cause.severity() != Verdict::Fail,
                usize::MAX - spread,
            )
        });
        causes
    }

    /// In words, for people: what is wrong, or what was expected and is not so.
    pub(super) fn title(&self) -> String {
        match &self.kind {
            Kind::Endpoint(endpoint, answer) => format!("{endpoint}: {answer}"),
            Kind::Rule(key, element) => format!("{element} breaks the rule {key}"),
            Kind::Assertion(expected, place) => {
                // The profile is left out as noise.
                let rule = expected.strip_prefix("rule ");
                let rule = rule.and_then(|rest| rest.split_once(" of …"));
                if let (Some((key, _)), Some(place)) = (rule, place) {
                    return format!("{place} breaks the rule {key}");
                }
                // The expression of an invariant tells less than that it is broken, and so do words around what is left
                // out as noise.
                let letters = expected.chars().filter(|letter| letter.is_alphanumeric());
                let is_little = expected.contains('…') && letters.count() < LITTLE;
                let actual = &self.seen[0].finding.actual;
                let is_rule = actual.starts_with("breaks the rule");
                match (is_little || is_rule || expected.len() > LONGEST, place) {
                    (false, Some(place)) => format!("Expected: {expected} ({place})"),
                    (false, None) => format!("Expected: {expected}"),
                    (true, Some(place)) => format!("{place}: {actual}"),
                    (true, None) => actual.clone(),
                }
            }
        }
    }

    /// The worst severity of its findings.
    pub(super) fn severity(&self) -> Verdict {
        let severities = self.seen.iter().map(|seen| seen.finding.severity);
        severities.max().unwrap_or(Verdict::Warn)
    }

    /// How many scenarios it breaks.
    pub(super) fn scenarios(&self) -> usize {
        let cases = self.seen.iter().map(|seen| seen.case);
        cases.collect::<BTreeSet<_>>().len()
    }

    /// Ids of the requirements it breaks, each once.
    pub(super) fn requirements(&self) -> BTreeSet<&'run str> {
        let findings = self.seen.iter().map(|seen| seen.finding);
        findings
            .map(|finding| finding.requirement.as_str())
            .collect()
    }
}

/// What is wrong with an answer as a whole: none came, or an error that the finding complains about.
fn trouble(exchange: &Exchange, finding: &Finding) -> Option<String> {
    match &exchange.response {
        None => Some("no answer".to_owned()),
        Some(response) => {
            let status = response.status.to_string();
            let is_told = finding.actual.contains(&status);
            (response.status >= 400 && is_told).then(|| format!("answers {status}"))
        }
    }
}

/// Method and path of a request, ids and queries left out: `GET /Patient/{id}`.
pub(super) fn endpoint(exchange: &Exchange) -> String {
    let url = &exchange.request.url;
    let path = url
        .split_once("://")
        .and_then(|(_, rest)| rest.find('/').map(|slash| &rest[slash..]))
        .unwrap_or(url);
    let path = path.split(['?', '#']).next().unwrap_or_default();
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/').filter(|part| !part.is_empty()) {
        let is_id = parts.last().is_some_and(|before| is_type(before))
            && !part.starts_with(['$', '_'])
            && !is_type(part);
        let is_number = part.chars().all(|c| c.is_ascii_digit());
        parts.push(if is_id || is_number { "{id}" } else { part });
    }
    format!("{} /{}", exchange.request.method, parts.join("/"))
}

/// Whether a part of a path looks like the name of a resource type.
fn is_type(part: &str) -> bool {
    part.starts_with(|c: char| c.is_ascii_uppercase())
        && part.chars().all(|c| c.is_ascii_alphabetic())
}

#[cfg(test)]
mod tests {
    use super::endpoint;

    #[test]
    fn an_endpoint_is_the_same_for_every_id() {
        let exchange = |url: &str| {
            serde_json::from_value(serde_json::json!({
                "step": 0, "request": {"method": "GET", "url": url, "headers": []},
                "started_us": 0, "duration_us": 0,
            }))
            .unwrap()
        };
        let shown = |url: &str| endpoint(&exchange(url));
        assert_eq!(
            shown("http://a/fhir/Patient/x1?_a=b"),
            "GET /fhir/Patient/{id}"
        );
        assert_eq!(
            shown("http://a/Patient/$member-match"),
            "GET /Patient/$member-match"
        );
        assert_eq!(
            shown("http://a/Patient/1/_history/7"),
            "GET /Patient/{id}/_history/{id}"
        );
    }
}
