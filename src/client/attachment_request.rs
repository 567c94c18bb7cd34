//! Tasks by which a payer asks for attachments (CDex, profile cdex-task-attachment-request).

use super::Brief;
use super::codes::{
    CDEX, CDEX_TEMP, CLAIM_USE, HREX_TEMP, IDENTIFIER_TYPES, LOINC, PAS, PAS_TEMP, QUESTIONNAIRE,
    REASONS, SDC_TEMP, code, display, input, own, push,
};
use crate::config::{Member, NPI_SYSTEM};
use serde_json::{Value, json};

/// What the attachments are for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Use {
    /// A claim.
    Claim,
    /// A prior authorization.
    PriorAuthorization,
}

impl Use {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Claim => "claim",
            Self::PriorAuthorization => "preauthorization",
        }
    }
}

/// The line of the claim that an attachment is for.
fn line(brief: &Brief) -> Value {
    match brief.is_first() {
        true => {
            json!([{"url": format!("{PAS}/extension-serviceLineNumber"), "valuePositiveInt": 1}])
        }
        false => json!([{"url": format!("{PAS}/extension-paLineNumber"), "valueInteger": 1}]),
    }
}

/// The input that asks for documents of a LOINC code.
pub(super) fn needed(brief: &Brief, loinc: &str) -> Value {
    let (system, kind) = match brief.is_first() {
        true => (HREX_TEMP, "data-code"),
        false => (PAS_TEMP, "attachments-needed"),
    };
    let concept = code(LOINC, loinc);
    input(system, kind, "valueCodeableConcept", concept)
}

/// The input that asks for answers to a Questionnaire.
fn questionnaire(brief: &Brief) -> Value {
    let (system, kind) = match brief.is_first() {
        true => (SDC_TEMP, "questionnaire"),
        false => (PAS_TEMP, "questionnaire-context"),
    };
    let mut asked = input(system, kind, "valueCanonical", QUESTIONNAIRE.into());
    asked["_valueCanonical"] = display("Needs of a wheelchair");
    asked
}

/// A Task that says no more than it must. `number` is its tracking id, `address` where attachments are wanted.
pub(super) fn bare(
    brief: &Brief,
    number: &str,
    member: &Member,
    used: Use,
    kind: &str,
    address: &str,
) -> Value {
    let of_task = if brief.is_first() {
        CDEX_TEMP
    } else {
        PAS_TEMP
    };
    let identified = |npi: &str| json!({"identifier": {"system": NPI_SYSTEM, "value": npi}});
    let tracking = json!({"type": code(CDEX_TEMP, "tracking-id"), "value": number});
    let address = input(of_task, "payer-url", "valueUrl", address.into());
    let mut task = json!({
        "resourceType": "Task",
        "meta": {"profile": [format!("{CDEX}/cdex-task-attachment-request")]},
        "contained": [patient(brief, member), {
            "resourceType": "PractitionerRole",
            "id": "practitionerrole",
            "organization": identified(&brief.server.npi),
        }],
        "identifier": [tracking],
        "status": "requested",
        "intent": "order",
        "code": code(of_task, kind),
        "for": {"reference": "#patient"},
        "requester": identified(&brief.own.npi),
        "owner": {"reference": "#practitionerrole"},
        "reasonCode": code(CLAIM_USE, used.as_str()),
        "reasonReference": {"identifier": own("claim", &format!("{}-1", used.as_str()))},
        "input": [address],
    });
    if used == Use::Claim {
        let day = input(CDEX_TEMP, "service-date", "valueDate", "2025-04-22".into());
        push(&mut task, "input", day);
    }
    task
}

/// Asks for documents, or for answers, in a Task.
pub(super) fn ask(brief: &Brief, task: &mut Value, loinc: Option<&str>, with_line: bool) {
    let mut asked = match loinc {
        Some(loinc) => needed(brief, loinc),
        None => questionnaire(brief),
    };
    if with_line {
        asked["extension"] = line(brief);
    }
    push(task, "input", asked);
}

/// Says all that such a request can say.
pub(super) fn complete(brief: &Brief, task: &mut Value, used: Use) {
    let identified = json!({"identifier": {"system": NPI_SYSTEM, "value": brief.server.npi}});
    task["contained"][1]["practitioner"] = identified;
    task["identifier"][0]["system"] = own("tracking", "")["system"].clone();
    task["authoredOn"] = format!("{}T08:00:00Z", brief.today).into();
    task["reasonCode"]["text"] = used.as_str().into();
    let due = brief.today.saturating_add(time::Duration::days(14));
    task["restriction"] = json!({"period": {"end": due.to_string()}});
    let purpose = match used {
        Use::Claim => "CLMATTCH",
        Use::PriorAuthorization => "COVAUTH",
    };
    let purpose = code(REASONS, purpose);
    let flags = [
        input(CDEX_TEMP, "signature-flag", "valueBoolean", false.into()),
        input(
            CDEX_TEMP,
            "multiple-submits-flag",
            "valueBoolean",
            false.into(),
        ),
        input(CDEX_TEMP, "purpose-of-use", "valueCodeableConcept", purpose),
    ];
    for flag in flags {
        push(task, "input", flag);
    }
    if brief.is_newest() && used == Use::PriorAuthorization {
        let mut number = own("reference", "reference-1");
        number["type"] = code(CDEX_TEMP, "admin-ref-number");
        push(task, "identifier", number);
    }
}

/// The patient in such a Task.
fn patient(brief: &Brief, member: &Member) -> Value {
    let kind = match brief.is_first() {
        true => code(HREX_TEMP, "UMB"),
        false => code(IDENTIFIER_TYPES, "MB"),
    };
    let number = member
        .card()
        .map(|card| json!({"type": kind, "system": card.system, "value": card.value}));
    json!({
        "resourceType": "Patient",
        "id": "patient",
        "identifier": [number],
        "name": [{"family": member.family, "given": member.given}],
        "birthDate": member.birth_date,
    })
}
