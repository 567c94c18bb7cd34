//! The whole report.

use super::requirement::{LevelCounts, Requirement};
use super::scenario::Scenario;
use crate::data::Data;
use crate::evidence::{
    Body, Counts, Coverage, Ending, PackageNote, Run, SuiteResult, Summary, ValidationNote, Verdict,
};
use crate::report::Error;
use crate::report::case::Case;
use crate::report::notice::notices;
use serde::Serialize;
use std::borrow::Cow;
use std::collections::BTreeMap;

/// Version of the contract. It grows when a property is removed or changes its meaning.
const SCHEMA_VERSION: u32 = 1;
const SCHEMA_FILE: &str = "reports/json/report.schema.json";

/// Renders the run as JSON.
pub(in crate::report) fn render(run: &Run) -> Result<Vec<u8>, Error> {
    let summary = Summary::of(run);
    let mut bytes = serde_json::to_vec_pretty(&Report::new(run, &summary))?;
    bytes.push(b'\n');
    Ok(bytes)
}

/// The JSON Schema (2020-12) of the JSON report.
///
/// # Errors
/// When the schema is missing from the data folders.
pub fn json_schema(templates: &Data) -> Result<Cow<'static, str>, Error> {
    Ok(templates.text(SCHEMA_FILE)?)
}

#[derive(Serialize)]
struct Report<'run> {
    schema_version: u32,
    tool: Tool<'run>,
    started: &'run str,
    ending: Option<&'static str>,
    target: &'run str,
    strict: bool,
    settings: &'run BTreeMap<String, String>,
    igs: Vec<Ig<'run>>,
    conclusion: &'static str,
    notices: Vec<String>,
    counts: Totals,
    suites: Vec<Suite<'run>>,
    excuses: Vec<Excuse<'run>>,
    validated: &'run [ValidationNote],
    definitions: &'run [PackageNote],
    requirements: Vec<Requirement<'run>>,
    scenarios: Vec<Scenario<'run>>,
    bodies: BTreeMap<&'run str, StoredBody<'run>>,
}

impl<'run> Report<'run> {
    fn new(run: &'run Run, summary: &'run Summary) -> Self {
        let identity = &run.identity;
        let cases = Case::all(run, summary);
        Self {
            schema_version: SCHEMA_VERSION,
            tool: Tool {
                name: &identity.tool,
                version: &identity.version,
            },
            started: &identity.started,
            ending: run.ending.map(ending),
            target: &identity.target,
            strict: identity.strict,
            settings: &identity.settings,
            igs: identity.igs.iter().map(Ig::from).collect(),
            conclusion: summary.conclusion.as_str(),
            notices: notices(run, summary),
            counts: Totals::new(run, summary, &cases),
            suites: summary.suites.iter().map(Suite::from).collect(),
            excuses: Excuse::all(run, summary),
            validated: &run.validated,
            definitions: &run.definitions,
            requirements: summary
                .requirements
                .iter()
                .map(|result| Requirement::new(run, result))
                .collect(),
            scenarios: cases.iter().map(Scenario::from).collect(),
            bodies: run
                .bodies
                .iter()
                .map(|(hash, body)| (hash.as_str(), StoredBody::from(body)))
                .collect(),
        }
    }
}

const fn ending(ending: Ending) -> &'static str {
    match ending {
        Ending::Finished => "finished",
        Ending::FailFast => "fail-fast",
        Ending::Interrupted => "interrupted",
        Ending::TimedOut => "timed-out",
    }
}

#[derive(Serialize)]
struct Tool<'run> {
    name: &'run str,
    version: &'run str,
}

#[derive(Serialize)]
struct Ig<'run> {
    id: &'run str,
    version: &'run str,
    title: &'run str,
    hash: &'run str,
}

impl<'run> From<&'run crate::evidence::IgNote> for Ig<'run> {
    fn from(note: &'run crate::evidence::IgNote) -> Self {
        Self {
            id: &note.id,
            version: &note.version,
            title: &note.title,
            hash: &note.hash,
        }
    }
}

#[derive(Serialize)]
struct Totals {
    scenarios: BTreeMap<&'static str, usize>,
    requirements: Vec<LevelCounts>,
    coverage: BTreeMap<&'static str, usize>,
}

impl Totals {
    fn new(run: &Run, summary: &Summary, cases: &[Case<'_>]) -> Self {
        let mut scenarios = by_verdict(&summary.scenarios);
        let missing = cases.iter().filter(|case| case.last().is_none()).count();
        scenarios.insert("not_run", missing);
        let covered = |kind| {
            let all = run.requirements.iter();
            all.filter(|requirement| requirement.coverage == kind)
                .count()
        };
        Self {
            scenarios,
            requirements: LevelCounts::all(run, summary),
            coverage: Coverage::ALL
                .map(|kind| (kind.as_str(), covered(kind)))
                .into(),
        }
    }
}

/// Every verdict with its number, also where that is 0.
fn by_verdict(counts: &Counts) -> BTreeMap<&'static str, usize> {
    Verdict::ALL
        .map(|verdict| (verdict.as_str(), counts.get(&verdict).copied().unwrap_or(0)))
        .into()
}

#[derive(Serialize)]
struct Suite<'run> {
    id: &'run str,
    ig: &'run str,
    title: &'run str,
    role: &'run str,
    conclusion: &'static str,
    open: usize,
    scenarios: BTreeMap<&'static str, usize>,
    requirements: BTreeMap<&'static str, usize>,
}

impl<'run> From<&'run SuiteResult> for Suite<'run> {
    fn from(result: &'run SuiteResult) -> Self {
        Self {
            id: &result.suite.id,
            ig: &result.suite.ig,
            title: &result.suite.title,
            role: &result.suite.role,
            conclusion: result.conclusion.as_str(),
            open: result.open,
            scenarios: by_verdict(&result.scenarios),
            requirements: by_verdict(&result.requirements),
        }
    }
}

#[derive(Serialize)]
struct Excuse<'run> {
    requirement: &'run str,
    reason: &'run str,
    expires: &'run str,
    state: &'static str,
}

impl<'run> Excuse<'run> {
    fn all(run: &'run Run, summary: &Summary) -> Vec<Self> {
        let excuses = run.identity.excuses.iter();
        excuses
            .map(|excuse| Self {
                requirement: &excuse.requirement,
                reason: &excuse.reason,
                expires: &excuse.expires,
                state: match excuse {
                    excuse if summary.expired.contains(excuse) => "expired",
                    excuse if summary.unused.contains(excuse) => "unused",
                    _ => "used",
                },
            })
            .collect()
    }
}

#[derive(Serialize)]
struct StoredBody<'run> {
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<&'run str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    base64: Option<&'run str>,
}

impl<'run> From<&'run Body> for StoredBody<'run> {
    fn from(body: &'run Body) -> Self {
        Self {
            text: body.text.as_deref(),
            base64: body.base64.as_deref(),
        }
    }
}
