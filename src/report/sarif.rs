//! SARIF 2.1.0: one rule per broken requirement, one result per finding, at the scenario that found it.
//!
//! An excused finding is suppressed with the reason. A result carries request and status of its exchange;
//! bodies stay in the other reports.

use super::Error;
use super::case::Case;
use super::notice::notices;
use super::wording::{link, visible};
use crate::evidence::{
    Ending, Exchange, Excuse, Finding, PlannedRequirement, Run, Summary, Verdict,
};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// Results beyond this are left out: code scanning takes no more.
const MOST: usize = 25_000;

/// Renders the findings of a run as SARIF.
pub(super) fn render(run: &Run) -> Result<Vec<u8>, Error> {
    let summary = Summary::of(run);
    let cases = Case::all(run, &summary);
    let mut rules = Rules::new(run, &summary);
    let mut results = Vec::new();
    for case in &cases {
        let Some(last) = case.last() else { continue };
        for finding in &last.findings {
            if results.len() < MOST {
                let exchange = finding.exchange.and_then(|index| last.exchanges.get(index));
                results.push(result(&mut rules, case, finding, exchange));
            }
        }
    }
    let identity = &run.identity;
    let document = json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": {"driver": {
                "name": "Vitruvian",
                "version": visible(&identity.version),
                "rules": rules.list,
            }},
            "invocations": [{
                "executionSuccessful": run.ending == Some(Ending::Finished),
                "startTimeUtc": moment(&identity.started),
                "toolExecutionNotifications": notifications(run, &summary),
            }],
            "automationDetails": {"id": format!("vitruvian/{}", visible(&identity.target))},
            "columnKind": "unicodeCodePoints",
            "properties": {
                "conclusion": summary.conclusion.as_str(),
                "target": visible(&identity.target),
                "igs": identity.igs.iter().map(|ig| format!("{}@{}", ig.id, ig.version)).collect::<Vec<_>>(),
            },
            "results": results,
        }],
    });
    let mut bytes = serde_json::to_vec_pretty(&document)?;
    bytes.push(b'\n');
    Ok(bytes)
}

/// What must be known before the results are relied on (SARIF 2.1.0, 3.20.21).
fn notifications(run: &Run, summary: &Summary) -> Vec<Value> {
    let notices = notices(run, summary).into_iter();
    notices
        .map(|text| json!({"level": "warning", "message": {"text": text}}))
        .collect()
}

/// An RFC 3339 time as it is; nothing else may stand in its place.
fn moment(started: &str) -> Option<String> {
    use time::OffsetDateTime;
    use time::format_description::well_known::Rfc3339;
    let parsed = OffsetDateTime::parse(started, &Rfc3339).ok()?;
    parsed
        .replace_nanosecond(parsed.millisecond().into())
        .ok()?
        .format(&Rfc3339)
        .ok()
}

/// The rules in the order they are first broken.
struct Rules<'run> {
    list: Vec<Value>,
    places: BTreeMap<(&'run str, &'run str), usize>,
    requirements: BTreeMap<(&'run str, &'run str), &'run PlannedRequirement>,
    excuses: BTreeMap<(&'run str, &'run str), &'run Excuse>,
}

impl<'run> Rules<'run> {
    fn new(run: &'run Run, summary: &'run Summary) -> Self {
        let key = |requirement: &'run PlannedRequirement| {
            (requirement.ig.as_str(), requirement.id.as_str())
        };
        Self {
            list: Vec::new(),
            places: BTreeMap::new(),
            requirements: run.requirements.iter().map(|one| (key(one), one)).collect(),
            excuses: summary
                .requirements
                .iter()
                .filter_map(|result| {
                    let excuse = result.excused.as_ref()?;
                    Some((key(&run.requirements[result.requirement]), excuse))
                })
                .collect(),
        }
    }

    /// Index of the rule for a requirement, which is added when it is new.
    fn place(&mut self, ig: &'run str, finding: &'run Finding) -> usize {
        let key = (ig, finding.requirement.as_str());
        if let Some(place) = self.places.get(&key) {
            return *place;
        }
        let mut rule = Map::new();
        rule.insert("id".into(), json!(rule_id(ig, finding)));
        if let Some(requirement) = self.requirements.get(&key) {
            rule.insert(
                "shortDescription".into(),
                json!({"text": filled(&requirement.text, &requirement.id)}),
            );
            if let Some(url) = link(&requirement.url) {
                rule.insert("helpUri".into(), json!(url));
            }
        }
        rule.insert(
            "defaultConfiguration".into(),
            json!({"level": level(finding.severity)}),
        );
        rule.insert(
            "properties".into(),
            json!({"tags": [finding.level.as_str(), visible(ig)]}),
        );
        self.list.push(Value::Object(rule));
        self.places.insert(key, self.list.len() - 1);
        self.list.len() - 1
    }
}

/// Requirement and IG version: the same requirement of two versions is two rules.
fn rule_id(ig: &str, finding: &Finding) -> String {
    format!("{}@{}", visible(&finding.requirement), visible(ig))
}

const fn level(severity: Verdict) -> &'static str {
    match severity {
        Verdict::Fail | Verdict::Error => "error",
        _ => "warning",
    }
}

/// A text that may not be empty.
fn filled(text: &str, instead: &str) -> String {
    let text = visible(text);
    if text.trim().is_empty() {
        visible(instead)
    } else {
        text
    }
}

fn result<'run>(
    rules: &mut Rules<'run>,
    case: &Case<'run>,
    finding: &'run Finding,
    exchange: Option<&Exchange>,
) -> Value {
    let place = rules.place(case.ig(), finding);
    let mut text = format!(
        "{}: expected {}; got {}",
        visible(case.name()),
        visible(&finding.expected),
        visible(&finding.actual)
    );
    for (word, more) in [
        ("at", &finding.location),
        ("next:", &finding.hint),
        ("in doubt:", &finding.defect),
    ] {
        if let Some(more) = more {
            let _ = write!(text, "; {word} {}", visible(more));
        }
    }
    let mut result = json!({
        "ruleId": rule_id(case.ig(), finding),
        "ruleIndex": place,
        "kind": "fail",
        "level": level(finding.severity),
        "message": {"text": text},
        "locations": [location(case)],
        "partialFingerprints": {"scenarioAndPlace/v1": fingerprint(case, finding)},
    });
    let key = (case.ig(), finding.requirement.as_str());
    if let Some(excuse) = rules.excuses.get(&key) {
        result["suppressions"] = json!([{
            "kind": "external",
            "status": "accepted",
            "justification": visible(&excuse.sentence()),
            "properties": {"expires": visible(&excuse.expires)},
        }]);
    }
    if let Some(exchange) = exchange {
        result["webRequest"] = json!({
            "method": visible(&exchange.request.method),
            "target": visible(&exchange.request.url),
        });
        result["webResponse"] = match &exchange.response {
            Some(response) => json!({"statusCode": response.status}),
            None => json!({"noResponseReceived": true}),
        };
    }
    result
}

fn location(case: &Case<'_>) -> Value {
    let mut location = json!({
        "logicalLocations": [{"fullyQualifiedName": visible(case.id), "kind": "function"}],
    });
    if let Some(plan) = case.plan.filter(|plan| !plan.file.is_empty()) {
        location["physicalLocation"] = json!({
            "artifactLocation": {"uri": escaped(&plan.file)},
            "region": {"startLine": plan.line.max(1)},
        });
    }
    location
}

/// The same for the same break in the next run: scenario, requirement and place, and not what came.
fn fingerprint(case: &Case<'_>, finding: &Finding) -> String {
    use sha2::{Digest, Sha256};
    let mut hash = Sha256::new();
    for part in [
        case.id,
        &finding.requirement,
        finding.location.as_deref().unwrap_or_default(),
        &finding.expected,
    ] {
        hash.update(part.as_bytes());
        hash.update([0]);
    }
    let bytes = hash.finalize();
    bytes[..16]
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

/// A path as a relative reference.
fn escaped(path: &str) -> String {
    let mut text = String::new();
    for byte in path.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'/' | b'-' | b'_' | b'.' | b'~' => {
                text.push(char::from(byte));
            }
            other => {
                let _ = write!(text, "%{other:02X}");
            }
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::{escaped, moment};

    #[test]
    fn a_path_is_a_reference_whatever_is_in_it() {
        assert_eq!(
            escaped("features/a b<.feature"),
            "features/a%20b%3C.feature"
        );
    }

    #[test]
    fn only_a_time_is_shown_as_a_time() {
        assert_eq!(moment("<script>"), None);
        assert_eq!(
            moment("2026-03-14T09:26:53Z").as_deref(),
            Some("2026-03-14T09:26:53Z")
        );
    }
}
