//! What a partner's CapabilityStatement says, read from the evidence of its run.

use crate::evidence::{Exchange, Run};
use serde_json::Value;

/// Letters of a text that are kept: anything may stand in a statement.
const LONGEST: usize = 160;
/// Entries of a list that are kept.
const MOST: usize = 12;

/// Operations that suites ask for: name, canonical, role of the system that is to have it, and the versions of a guide
/// that ask for it.
const OPERATIONS: [(&str, &str, &str, &[&str]); 8] = [
    (
        "$member-match",
        "http://hl7.org/fhir/us/davinci-hrex/OperationDefinition/member-match",
        "payer-server",
        &["pdex@"],
    ),
    (
        "$bulk-member-match",
        "http://hl7.org/fhir/us/davinci-pdex/OperationDefinition/BulkMemberMatch",
        "payer-server",
        &["pdex@2.1.", "pdex@2.2."],
    ),
    (
        "$provider-member-match",
        "http://hl7.org/fhir/us/davinci-pdex/OperationDefinition/ProviderMemberMatch",
        "payer-server",
        &["pdex@2.2."],
    ),
    (
        "$davinci-data-export",
        "http://hl7.org/fhir/us/davinci-atr/OperationDefinition/davinci-data-export",
        "payer-server",
        &["pdex@2.1.", "pdex@2.2."],
    ),
    (
        "$export",
        "http://hl7.org/fhir/uv/bulkdata/OperationDefinition/patient-export",
        "payer-server",
        &["pdex@"],
    ),
    (
        "$everything",
        "http://hl7.org/fhir/OperationDefinition/Patient-everything",
        "payer-server",
        &["pdex@"],
    ),
    (
        "$docref",
        "http://hl7.org/fhir/us/core/OperationDefinition/docref",
        "payer-server",
        &["pdex@"],
    ),
    (
        "$submit-attachment",
        "http://hl7.org/fhir/us/davinci-cdex/OperationDefinition/submit-attachment",
        "data-consumer-server",
        &["cdex@"],
    ),
];

/// What a CapabilityStatement says. Everything in it is somebody else's text, cut to a bounded length.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Declared {
    /// Version of FHIR.
    pub fhir_version: Option<String>,
    /// Name of the software.
    pub software: Option<String>,
    /// Version of the software.
    pub software_version: Option<String>,
    /// Canonicals of the statements that it says it fulfils.
    pub instantiates: DeclaredList,
    /// Canonicals of the implementation guides that it says it supports.
    pub guides: DeclaredList,
    /// Resource types that are declared, each once.
    pub types: usize,
    /// The operations that suites ask for, always in the same order.
    pub operations: Vec<DeclaredOperation>,
}

/// A bounded list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DeclaredList {
    /// The first entries.
    pub shown: Vec<String>,
    /// How many more there were.
    pub more: usize,
}

/// An operation that suites ask for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DeclaredOperation {
    /// Its name, for example `$member-match`.
    pub name: &'static str,
    /// Whether the statement has it.
    pub declared: bool,
    /// Whether the suites that this partner was tested for ask for it.
    pub asked: bool,
}

impl Declared {
    /// What the first CapabilityStatement in the evidence says; none when none was read, or kept in full.
    #[must_use]
    pub fn of(run: &Run) -> Option<Self> {
        let exchanges = run.scenarios.iter().flat_map(|one| &one.exchanges);
        let mut statements = exchanges.filter_map(|exchange| statement(run, exchange));
        let statement = statements.next()?;
        let software = &statement["software"];
        Some(Self {
            fhir_version: text(&statement["fhirVersion"]),
            software: text(&software["name"]),
            software_version: text(&software["version"]),
            instantiates: DeclaredList::of(&statement["instantiates"]),
            guides: DeclaredList::of(&statement["implementationGuide"]),
            types: types(&statement),
            operations: OPERATIONS
                .iter()
                .map(|(name, canonical, role, versions)| DeclaredOperation {
                    name,
                    declared: has_operation(&statement, name, canonical),
                    asked: run.identity.suites.iter().any(|suite| {
                        suite.role == *role && versions.iter().any(|one| suite.ig.starts_with(one))
                    }),
                })
                .collect(),
        })
    }
}

impl DeclaredList {
    fn of(value: &Value) -> Self {
        let all = value.as_array().map_or(&[][..], Vec::as_slice);
        let shown: Vec<String> = all.iter().filter_map(text).take(MOST).collect();
        let more = all.len().saturating_sub(shown.len());
        Self { shown, more }
    }
}

/// The statement in an answer of the partner to a request for it.
fn statement(run: &Run, exchange: &Exchange) -> Option<Value> {
    let request = &exchange.request;
    let path = request.url.split(['?', '#']).next().unwrap_or_default();
    let response = exchange.response.as_ref()?;
    if exchange.received || request.method != "GET" || !path.ends_with("/metadata") {
        return None;
    }
    let body = response
        .body
        .as_ref()
        .filter(|body| response.status == 200 && !body.truncated)?;
    let text = run.bodies.get(&body.hash)?.text.as_deref()?;
    let value: Value = serde_json::from_str(text).ok()?;
    (value["resourceType"] == "CapabilityStatement").then_some(value)
}

/// A text that is not empty, cut.
fn text(value: &Value) -> Option<String> {
    let text = value.as_str()?.trim();
    let mut letters = text.chars();
    let mut cut: String = letters.by_ref().take(LONGEST).collect();
    if letters.next().is_some() {
        cut.push('…');
    }
    (!cut.is_empty()).then_some(cut)
}

/// The interfaces that are those of a server.
fn rests(statement: &Value) -> impl Iterator<Item = &Value> {
    let rests = statement["rest"].as_array().into_iter().flatten();
    rests.filter(|rest| rest["mode"] != "client")
}

fn resources(statement: &Value) -> impl Iterator<Item = &Value> {
    rests(statement).flat_map(|rest| rest["resource"].as_array().into_iter().flatten())
}

fn types(statement: &Value) -> usize {
    let names = resources(statement).filter_map(|one| one["type"].as_str());
    names.collect::<std::collections::BTreeSet<_>>().len()
}

/// Whether an operation is declared, by its canonical or, where somebody has a definition of their own, by its name.
fn has_operation(statement: &Value, name: &str, canonical: &str) -> bool {
    let mut places = rests(statement).chain(resources(statement));
    places.any(|place| {
        let operations = place["operation"].as_array().into_iter().flatten();
        operations.into_iter().any(|one| {
            let definition = one["definition"].as_str().unwrap_or_default();
            let definition = definition.split('|').next().unwrap_or_default();
            let own = one["name"].as_str().unwrap_or_default();
            definition == canonical || own.trim_start_matches('$') == name.trim_start_matches('$')
        })
    })
}

/// The last part of a canonical, its version after a blank.
pub(super) fn short(canonical: &str) -> String {
    let (url, version) = canonical.split_once('|').unwrap_or((canonical, ""));
    let last = url.trim_end_matches('/').rsplit('/').next().unwrap_or(url);
    format!("{last} {version}").trim().to_owned()
}
