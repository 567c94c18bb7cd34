//! `$provider-member-match` and what follows from it.

use super::ask::{
    MARIAN, Person, STRANGER, body, match_request, part, payer, request, with_header, without,
};
use http::Method;
use serde_json::{Value, json};
use vitruvian::fhir::path;
use vitruvian::mock::{Payer, Response, StandIn as _};

const CORDELIA: Person = Person {
    family: "Lindenwood",
    given: "Cordelia",
    gender: "female",
    birth_date: "1986-06-18",
    member_id: "VM-101258",
    subscriber_id: "VS-501802",
};
const RUPERT: Person = Person {
    given: "Rupert",
    gender: "male",
    birth_date: "1984-03-30",
    member_id: "VM-101295",
    subscriber_id: "VS-501855",
    ..CORDELIA
};

fn kick_off(payer: &mut Payer, target: &str, sent: &Value) -> Response {
    let asked = request(Method::POST, target, &sent.to_string());
    payer.respond(&with_header(asked, "prefer", "respond-async"))
}

/// Fetches one file of a job that was just accepted.
fn file(payer: &mut Payer, accepted: &Response, name: &str) -> Vec<Value> {
    let location = accepted.headers["content-location"].to_str().unwrap();
    let path = location.strip_prefix(super::ask::BASE).unwrap().to_owned();
    payer.respond(&request(Method::GET, &path, ""));
    let answer = payer.respond(&request(Method::GET, &format!("{path}/{name}.ndjson"), ""));
    assert_eq!(answer.status, 200, "{}", body(&answer));
    String::from_utf8_lossy(&answer.body)
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

/// A MemberBundle with the attestation of the clinic.
fn attested(number: usize, person: &Person, change: impl Fn(&mut Value)) -> Value {
    let mut parameters = without(match_request(person), "CoverageToLink");
    let npi =
        json!({"identifier": {"system": "http://hl7.org/fhir/sid/us-npi", "value": "3333333334"}});
    *part(&mut parameters, "Consent") = json!({
        "resourceType": "Consent", "status": "active", "patient": {"reference": "Patient/submitted-1"},
        "performer": [npi],
        "provision": {"type": "permit", "period": {"start": "2026-11-01"},
            "actor": [{"role": {"coding": [{"code": "IRCP"}]}, "reference": npi}]},
    });
    change(part(&mut parameters, "Consent"));
    let text = parameters["parameter"]
        .to_string()
        .replace("submitted-1", &format!("submitted-{number}"));
    json!({"name": "MemberBundle", "part": serde_json::from_str::<Value>(&text).unwrap()})
}

fn sent() -> Value {
    let as_is = |_: &mut Value| {};
    let ended = |consent: &mut Value| consent["provision"]["period"]["end"] = json!("2026-11-20");
    json!({"resourceType": "Parameters", "parameter": [
        attested(1, &MARIAN, as_is), attested(2, &STRANGER, as_is), attested(3, &CORDELIA, as_is),
        attested(4, &RUPERT, as_is), attested(5, &MARIAN, ended),
    ]})
}

#[test]
fn opt_out_relationship_and_attestation_decide() {
    let mut payer = payer("2.2.0");
    let accepted = kick_off(&mut payer, "/Group/$provider-member-match", &sent());
    let groups = file(&mut payer, &accepted, "Group");
    let told: Vec<(String, Vec<&Value>)> = groups
        .iter()
        .map(|group| {
            let profile = group["meta"]["profile"][0].as_str().unwrap();
            (
                profile.rsplit('/').next().unwrap().to_owned(),
                path::elements(group, "contained.id"),
            )
        })
        .collect();
    assert_eq!(
        told[0],
        (
            "pdex-provider-member-match".to_owned(),
            vec![&json!("submitted-1")]
        )
    );
    assert_eq!(told[1].0, "pdex-provider-member-no-match");
    assert_eq!(told[1].1, ["submitted-2", "submitted-4", "submitted-5"]);
    assert_eq!(
        told[2],
        (
            "pdex-member-opt-out".to_owned(),
            vec![&json!("submitted-3")]
        )
    );
    assert_eq!(
        groups[0]["characteristic"][0]["valueReference"]["reference"],
        "Organization/clinic-hill"
    );
}

#[test]
fn a_providers_group_is_exported_with_a_providers_export_type() {
    let mut payer = payer("2.2.0");
    kick_off(&mut payer, "/Group/$provider-member-match", &sent());
    let target = "/Group/group-1-match/$davinci-data-export";
    let typed = |kind: &str| {
        json!({"resourceType": "Parameters", "parameter": [
        {"name": "exportType", "valueCanonical": format!("hl7.fhir.us.davinci-pdex#{kind}")}]})
    };
    assert_eq!(
        kick_off(&mut payer, target, &typed("payertopayer")).status,
        422
    );
    assert_eq!(
        kick_off(&mut payer, target, &typed("provider-delta")).status,
        422
    );
    let accepted = kick_off(&mut payer, target, &typed("provider-download"));
    assert_eq!(file(&mut payer, &accepted, "Patient").len(), 1);
}

#[test]
fn only_the_latest_version_offers_it() {
    for version in ["2.0.0", "2.1.0"] {
        assert_eq!(
            kick_off(
                &mut payer(version),
                "/Group/$provider-member-match",
                &sent()
            )
            .status,
            404
        );
    }
}
