//! Tasks by which a payer asks for data (CDex, profile cdex-task-data-request).

use super::Brief;
use super::codes::{
    CDEX, CDEX_TEMP, HREX_TEMP, IDENTIFIER_TYPES, LOINC, OURS, QUESTIONNAIRE, REASONS, SDC_TEMP,
    code, display, input, own, push, typed,
};
use crate::config::{Member, NPI_SYSTEM};
use serde_json::{Value, json};

/// What is asked for, and how.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Asked<'a> {
    /// By a search.
    Query(&'a str),
    /// By the LOINC code of documents.
    Notes,
    /// In words.
    Words(&'a str),
    /// By a Questionnaire.
    Questionnaire,
}

impl Asked<'_> {
    /// Code of the Task.
    const fn code(self) -> &'static str {
        match self {
            Self::Query(_) => "data-request-query",
            Self::Notes | Self::Words(_) => "data-request-code",
            Self::Questionnaire => "data-request-questionnaire",
        }
    }

    /// The input that says it.
    fn input(self) -> Value {
        match self {
            Self::Query(query) => input(HREX_TEMP, "data-query", "valueString", query.into()),
            Self::Notes => {
                let kind = json!({"coding": [{"system": LOINC, "code": "11506-3", "display": "Progress note"}]});
                input(HREX_TEMP, "data-code", "valueCodeableConcept", kind)
            }
            Self::Words(words) => {
                let words = json!({ "text": words });
                input(HREX_TEMP, "data-code", "valueCodeableConcept", words)
            }
            Self::Questionnaire => {
                let canonical = QUESTIONNAIRE.into();
                let mut asked = input(SDC_TEMP, "questionnaire", "valueCanonical", canonical);
                asked["_valueCanonical"] = display("Needs of a wheelchair");
                asked
            }
        }
    }
}

/// A Task that says no more than it must, about a patient with that id at the provider. `number` tells it from others.
pub(super) fn bare(brief: &Brief, number: &str, patient: &str, asked: Asked<'_>) -> Value {
    let party = |npi: &str| json!({"identifier": {"system": NPI_SYSTEM, "value": npi}});
    json!({
        "resourceType": "Task",
        "meta": {"profile": [format!("{CDEX}/cdex-task-data-request")]},
        "identifier": [own("request", number)],
        "status": "requested",
        "intent": "order",
        "code": code(CDEX_TEMP, asked.code()),
        "for": {"reference": format!("Patient/{patient}")},
        "authoredOn": format!("{}T08:00:00Z", brief.today),
        "requester": party(&brief.own.npi),
        "owner": party(&brief.server.npi),
        "input": [asked.input()],
    })
}

/// Names the patient by member number too.
pub(super) fn with_number(task: &mut Value, member: &Member) {
    if let Some(card) = member.card() {
        let number = json!({"type": code(IDENTIFIER_TYPES, "MB"), "system": card.system, "value": card.value});
        task["for"]["identifier"] = number;
    }
}

/// Names the claim that led to it.
pub(super) fn about_claim(task: &mut Value) {
    let number = typed("FILL", own("claim", "claim-1"));
    task["reasonReference"] = json!({"type": "Claim", "identifier": number});
}

/// Names the coverage that led to it.
pub(super) fn about_coverage(task: &mut Value) {
    let number = typed("PLAC", own("coverage", "coverage-1"));
    task["reasonReference"] = json!({"type": "Coverage", "identifier": number});
}

/// Says what the data is for.
pub(super) fn for_purpose(task: &mut Value, purpose: Value) {
    let said = input(CDEX_TEMP, "purpose-of-use", "valueCodeableConcept", purpose);
    push(task, "input", said);
}

/// Says whether it has to be signed.
pub(super) fn signed(task: &mut Value, is_needed: bool) {
    let said = input(
        CDEX_TEMP,
        "signature-flag",
        "valueBoolean",
        is_needed.into(),
    );
    push(task, "input", said);
}

/// Says all that a request can say.
pub(super) fn complete(task: &mut Value, member: &Member, base: &str) {
    with_number(task, member);
    about_claim(task);
    task["meta"]["tag"] = json!([{"system": CDEX_TEMP, "code": "claims-processing"}]);
    task["reasonCode"] = json!({"text": "review of a claim"});
    let authorization = json!({"reference": format!("{base}/ServiceRequest/authorization-1"), "type": "ServiceRequest"});
    push(task, "basedOn", authorization);
    let purpose = json!({"coding": [
        {"system": CDEX_TEMP, "code": "payment-noe"},
        {"system": REASONS, "code": "HPAYMT"},
    ]});
    for_purpose(task, purpose);
    signed(task, false);
    task["requester"]["type"] = "Organization".into();
    task["owner"]["type"] = "Organization".into();
    task["groupIdentifier"] = json!({"system": format!("{OURS}/case"), "value": "case-1"});
}
