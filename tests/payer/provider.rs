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

/// The Consent by which a member keeps the data from providers, or, with `permit`, lets them have it.
fn choice(kind: &str) -> Value {
    let coded = |code: &str| json!({"coding": [{"code": code}]});
    json!({
        "resourceType": "Consent", "status": "active", "scope": coded("patient-privacy"),
        "category": [coded("IDSCL"), coded("provider-access")],
        "patient": {"reference": "Patient/pt-003"}, "performer": [{"reference": "Patient/pt-003"}],
        "policyRule": coded("cric"),
        "provision": {"type": kind, "period": {"start": "2026-11-21"}, "action": [coded("disclose")]},
    })
}

fn put_on_record(payer: &mut Payer, choice: &Value) -> Response {
    payer.respond(&request(Method::POST, "/Consent", &choice.to_string()))
}

fn listed(payer: &mut Payer) -> Vec<String> {
    let answer = payer.respond(&request(Method::GET, "/Group/attributed-clinic", ""));
    let list = body(&answer);
    let members = path::elements(&list, "member.entity.reference").into_iter();
    members
        .filter_map(|one| one.as_str().map(str::to_owned))
        .collect()
}

fn exported(payer: &mut Payer, further: Value) -> Response {
    let mut parameters = vec![
        json!({"name": "exportType", "valueCanonical": "hl7.fhir.us.davinci-pdex#provider-download"}),
    ];
    parameters.extend(further.as_array().cloned().unwrap_or_default());
    let sent = json!({"resourceType": "Parameters", "parameter": parameters});
    kick_off(
        payer,
        "/Group/attributed-clinic/$davinci-data-export",
        &sent,
    )
}

#[test]
fn a_list_follows_what_its_members_say() {
    for version in ["2.1.0", "2.2.0"] {
        let mut payer = payer(version);
        let all = listed(&mut payer);
        assert!(all.contains(&"Patient/pt-003".to_owned()));
        assert!(!all.contains(&"Patient/pt-034".to_owned()), "{all:?}");
        let created = put_on_record(&mut payer, &choice("deny"));
        assert_eq!(created.status, 201, "{}", body(&created));
        assert_eq!(listed(&mut payer).len(), all.len() - 1);
        let accepted = exported(&mut payer, json!([]));
        let patients = file(&mut payer, &accepted, "Patient");
        assert!(patients.iter().all(|one| one["id"] != "pt-003"));
        // A later word, or taking the earlier one back, puts the member on the list again.
        assert_eq!(put_on_record(&mut payer, &choice("permit")).status, 201);
        assert_eq!(listed(&mut payer), all);
        put_on_record(&mut payer, &choice("deny"));
        let taken_back = request(Method::DELETE, "/Consent/created-3", "");
        assert_eq!(payer.respond(&taken_back).status, 204);
        assert_eq!(listed(&mut payer), all);
    }
}

#[test]
fn only_who_may_speak_is_heard() {
    let mut payer = payer("2.2.0");
    for (change, status) in [
        (json!({"performer": [{"reference": "Patient/pt-001"}]}), 422),
        (json!({"performer": []}), 422),
        (json!({"scope": null}), 422),
        (json!({"category": [{"coding": [{"code": "IDSCL"}]}]}), 422),
        (json!({}), 201),
    ] {
        let mut sent = choice("deny");
        for (name, value) in change.as_object().unwrap() {
            sent[name] = value.clone();
        }
        let answer = put_on_record(&mut payer, &sent);
        assert_eq!(answer.status, status, "{change}: {}", body(&answer));
    }
    // What the payer did not get this way cannot be taken back this way.
    let refused = request(Method::DELETE, "/Consent/pt-001-choice-102", "");
    assert_eq!(payer.respond(&refused).status, 405);
}

#[test]
fn the_list_of_the_first_version_notes_what_was_transmitted() {
    let mut payer = payer("2.1.0");
    let further = json!([
        {"name": "_type", "valueString": "Patient,Encounter"},
        {"name": "_until", "valueInstant": "2025-12-31T00:00:00Z"},
    ]);
    assert_eq!(exported(&mut payer, further).status, 202);
    let answer = payer.respond(&request(Method::GET, "/Group/attributed-clinic", ""));
    let list = body(&answer);
    let told = |name: &str, element: &str| -> Vec<Value> {
        let extensions = path::elements(&list, "member.extension").into_iter();
        let named = extensions.filter(|one| one["url"].as_str().unwrap().ends_with(name));
        named.map(|one| one[element].clone()).collect()
    };
    let types = told("base-ext-last-types", "valueString");
    assert!(!types.is_empty() && types.iter().all(|one| one == "Patient,Encounter"));
    let times = told("base-ext-last-transmission", "valueDateTime");
    assert!(
        times.iter().all(|one| one == "2025-12-31T00:00:00Z"),
        "{times:?}"
    );
    let filters = told("base-ext-last-typefilter", "valueString");
    assert!(
        filters
            .iter()
            .all(|one| one == "Condition?clinical-status=active")
    );
}

#[test]
fn groups_of_others_and_of_those_who_opted_out_are_not_exported() {
    let mut payer = payer("2.2.0");
    let sent = json!({"resourceType": "Parameters", "parameter": [
        {"name": "exportType", "valueCanonical": "hl7.fhir.us.davinci-pdex#provider-download"}]});
    for group in [payer.group_of_another(), payer.group_of_opted_out()] {
        let target = format!("/Group/{group}/$davinci-data-export");
        assert_eq!(kick_off(&mut payer, &target, &sent).status, 404, "{group}");
        let read = request(Method::GET, &format!("/Group/{group}"), "");
        assert_eq!(payer.respond(&read).status, 404, "{group}");
    }
}

#[test]
fn parameters_of_an_export_have_their_types() {
    let mut payer = payer("2.2.0");
    let wrong = json!([{"name": "_since", "valueString": "2020-01-01"}]);
    assert_eq!(exported(&mut payer, wrong).status, 422);
    let right = json!([{"name": "_since", "valueInstant": "2020-01-01T00:00:00Z"}]);
    assert_eq!(exported(&mut payer, right).status, 202);
}
