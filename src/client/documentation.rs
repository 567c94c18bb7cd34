//! Documentation that a provider submits to a payer (CDex `$submit-attachment`), in the making.

use super::Brief;
use super::codes::{CDEX, LOINC, own};
use crate::config::{Claim, Identifier, NPI_SYSTEM};
use crate::steps::documentation;
use serde_json::{Value, json};

fn identifier(id: &Identifier) -> Value {
    json!({"system": id.system, "value": id.value})
}

/// The member of a claim, as documents refer to them.
pub(super) fn subject(claim: &Claim) -> Value {
    json!({"identifier": identifier(&claim.member_id)})
}

/// A submission that says no more than it must, yet without any attachment. `number` is its tracking id where the payer
/// has not given one.
pub(super) fn bare(brief: &Brief, claim: &Claim, number: &str) -> Value {
    let provider = json!({"system": NPI_SYSTEM, "value": brief.own.npi});
    let tracking = match &claim.tracking_id {
        Some(id) => identifier(id),
        None => own("tracking", number),
    };
    let mut all = vec![
        json!({"name": "TrackingId", "valueIdentifier": tracking}),
        json!({"name": "AttachTo", "valueCode": claim.use_.as_str()}),
        json!({"name": "ProviderId", "valueIdentifier": provider}),
        json!({"name": "MemberId", "valueIdentifier": identifier(&claim.member_id)}),
    ];
    if let Some(day) = &claim.service_date {
        all.push(json!({"name": "ServiceDate", "valueDateTime": day}));
    }
    let mut body = json!({"resourceType": "Parameters", "parameter": all});
    if !brief.is_first() {
        let profile = format!("{CDEX}/cdex-parameters-submit-attachment");
        body["meta"] = json!({ "profile": [profile] });
    }
    body
}

/// Adds a parameter.
pub(super) fn add(body: &mut Value, parameter: Value) {
    if let Some(all) = body["parameter"].as_array_mut() {
        all.push(parameter);
    }
}

/// Adds who pays, and which organization submits.
pub(super) fn name_parties(brief: &Brief, body: &mut Value) {
    for (name, npi) in [
        ("PayerId", &brief.server.npi),
        ("OrganizationId", &brief.own.npi),
    ] {
        let party = json!({"system": NPI_SYSTEM, "value": npi});
        add(body, json!({"name": name, "valueIdentifier": party}));
    }
}

/// Adds an attachment; of answers to a Questionnaire no code tells what they are.
pub(super) fn attach(body: &mut Value, claim: &Claim, content: &Value, with_lines: bool) {
    let mut parts = Vec::new();
    if with_lines {
        let lines = claim.lines.iter();
        parts.extend(lines.map(|line| json!({"name": "LineItem", "valueString": line})));
    }
    if content["resourceType"] != "QuestionnaireResponse" {
        let code =
            json!({"coding": [{"system": LOINC, "code": "11506-3", "display": "Progress note"}]});
        parts.push(json!({"name": "Code", "valueCodeableConcept": code}));
    }
    parts.push(json!({"name": "Content", "resource": content}));
    add(body, json!({"name": "Attachment", "part": parts}));
}

/// Says whether more will follow.
pub(super) fn conclude(body: &mut Value, is_last: bool) {
    add(body, json!({"name": "Final", "valueBoolean": is_last}));
}

/// A document, or answers, about the member of a claim.
pub(super) fn content(name: &str, claim: &Claim) -> Value {
    documentation(name, &subject(claim))
}
