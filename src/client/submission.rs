//! What a payer submits of a member it has taken over: all that the profiles want supported.

use super::Brief;
use crate::config::Member;
use crate::steps::MatchRequest;
use serde_json::{Value, json};
use time::Duration;

/// Code systems of HL7 Terminology.
const TERMINOLOGY: &str = "http://terminology.hl7.org/CodeSystem";

/// The request that has a member matched, who is called `id` in it. `known` is the identifier by which the other payer
/// knows the member, where it has told.
pub(super) fn of(brief: &Brief, member: &Member, id: &str, known: Option<&Value>) -> MatchRequest {
    let mut request = MatchRequest::new(member, &brief.own, &brief.server, brief.today);
    request.call_member(id);
    if let Some(patient) = request.resource_mut("MemberPatient") {
        describe(patient, known);
    }
    if let Some(coverage) = request.resource_mut("CoverageToMatch") {
        let until = brief.today - Duration::days(10);
        fill(coverage, id, (&"2021-01-01", &until.to_string()));
    }
    if let Some(coverage) = request.resource_mut("CoverageToLink") {
        let from = brief.today - Duration::days(9);
        let to = brief.today + Duration::days(355);
        fill(coverage, id, (&from.to_string(), &to.to_string()));
        let number =
            json!({"coding": [{"system": format!("{TERMINOLOGY}/v2-0203"), "code": "MB"}]});
        coverage["identifier"] = json!([{"type": number, "system": "https://new-payer.example/ids/member", "value": format!("NEW-{id}")}]);
    }
    request
}

/// Has somebody else consent for the member, who may do so.
pub(super) fn by_representative(request: &mut MatchRequest, id: &str) {
    let role = |system: &str, code: &str| json!({"coding": [{"system": format!("{TERMINOLOGY}/{system}"), "code": code}]});
    if let Some(consent) = request.resource_mut("Consent") {
        consent["contained"] = json!([{
            "resourceType": "RelatedPerson",
            "id": "representative",
            "patient": {"reference": format!("Patient/{id}")},
            "relationship": [role("v3-RoleCode", "SIB")],
            "name": [{"family": "Fernwood", "given": ["Vitruvia"]}],
            "birthDate": "1970-07-07",
        }]);
        consent["performer"] = json!([{"reference": "#representative"}]);
    }
    let actors = request.provision_mut();
    let actors = actors.and_then(|provision| provision.get_mut("actor")?.as_array_mut());
    if let Some(actors) = actors {
        let reference = json!({"reference": "#representative"});
        actors.push(json!({"role": role("v3-RoleCode", "DPOWATT"), "reference": reference}));
    }
}

/// Says of a person what helps to tell them apart.
fn describe(patient: &mut Value, known: Option<&Value>) {
    patient["address"] = json!([{
        "line": ["1 Sample Lane"],
        "city": "Exampleton",
        "state": "VT",
        "postalCode": "00501",
        "period": {"start": "2019-01-01"},
    }]);
    if let Some(known) = known {
        let temporary = "http://hl7.org/fhir/us/davinci-hrex/CodeSystem/hrex-temp";
        let mut number = known.clone();
        number["type"] = json!({"coding": [{"system": temporary, "code": "UMB"}]});
        match patient.get_mut("identifier").and_then(Value::as_array_mut) {
            Some(numbers) => numbers.push(number),
            None => patient["identifier"] = json!([number]),
        }
    }
}

/// Says of a coverage what its card says.
fn fill(coverage: &mut Value, id: &str, (from, to): (&dyn ToString, &dyn ToString)) {
    let class = |kind: &str, value: &str, name: &str| json!({"type": {"coding": [{"system": format!("{TERMINOLOGY}/coverage-class"), "code": kind}]}, "value": value, "name": name});
    coverage["type"] =
        json!({"coding": [{"system": format!("{TERMINOLOGY}/v3-ActCode"), "code": "HIP"}]});
    coverage["policyHolder"] = json!({"reference": format!("Patient/{id}")});
    coverage["dependent"] = json!("01");
    coverage["period"] = json!({"start": from.to_string(), "end": to.to_string()});
    coverage["class"] = json!([
        class("group", "SAMPLE-GROUP", "Sample Group"),
        class("plan", "SAMPLE-PLAN", "Sample Plan"),
    ]);
}
