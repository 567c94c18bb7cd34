//! The asynchronous operations: bulk match, exports, their jobs and files.

use super::ask::{
    BASE, MARIAN, MATCH, MIXED, OTTOLINE, Person, REVOKED, STRANGER, body, get, match_request,
    payer, post, request, with_header,
};
use http::Method;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use vitruvian::fhir::{bundle, outcome, path};
use vitruvian::mock::{Payer, Response, StandIn as _};

const BULK: &str = "/Group/$bulk-member-match";

fn kick_off(payer: &mut Payer, method: Method, target: &str, sent: &Value) -> Response {
    let request = request(method, target, &sent.to_string());
    payer.respond(&with_header(request, "prefer", "respond-async"))
}

fn status_path(accepted: &Response) -> String {
    assert_eq!(accepted.status, 202, "{}", body(accepted));
    let location = accepted
        .headers
        .get("content-location")
        .unwrap()
        .to_str()
        .unwrap();
    location.strip_prefix(BASE).unwrap().to_owned()
}

/// Polls until the job is done, and returns its manifest.
fn finish(payer: &mut Payer, accepted: &Response) -> Value {
    let path = status_path(accepted);
    let first = payer.respond(&request(Method::GET, &path, ""));
    assert_eq!(first.status, 202);
    assert!(first.headers.contains_key("x-progress") && first.headers.contains_key("retry-after"));
    let done = payer.respond(&with_header(
        request(Method::GET, &path, ""),
        "accept",
        "application/json",
    ));
    assert_eq!(done.status, 200);
    assert!(done.headers.contains_key("expires"));
    body(&done)
}

/// The resources of all files of one type.
fn files(payer: &mut Payer, manifest: &Value, list: &str, kind: &str) -> Vec<Value> {
    let mut found = Vec::new();
    for file in manifest[list]
        .as_array()
        .unwrap()
        .iter()
        .filter(|file| file["type"] == kind)
    {
        let path = file["url"].as_str().unwrap().strip_prefix(BASE).unwrap();
        let asked = with_header(
            request(Method::GET, path, ""),
            "accept",
            "application/fhir+ndjson",
        );
        let answer = payer.respond(&asked);
        assert_eq!(
            answer.headers.get("content-type").unwrap(),
            "application/fhir+ndjson"
        );
        let text = String::from_utf8(answer.body.to_vec()).unwrap();
        let lines: Vec<Value> = text
            .lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect();
        assert_eq!(file["count"], lines.len());
        found.extend(lines);
    }
    found
}

/// Requests as MemberBundles; each gets its own id for the submitted Patient.
fn bundles(people: &[&Person]) -> Value {
    let one = |(position, person): (usize, &&Person)| {
        let text = match_request(person)
            .to_string()
            .replace("submitted-1", &format!("submitted-{position}"));
        let parameters: Value = serde_json::from_str(&text).unwrap();
        json!({"name": "MemberBundle", "part": parameters["parameter"]})
    };
    let parameters: Vec<Value> = people.iter().enumerate().map(one).collect();
    json!({"resourceType": "Parameters", "parameter": parameters})
}

fn code(group: &Value) -> &str {
    group["code"]["coding"][0]["code"].as_str().unwrap()
}

#[test]
fn members_are_sorted_into_groups() {
    let mut payer = payer("2.2.0");
    let sent = bundles(&[&MARIAN, &STRANGER, &MIXED, &OTTOLINE]);
    let accepted = kick_off(&mut payer, Method::POST, BULK, &sent);
    let manifest = finish(&mut payer, &accepted);
    assert_eq!(manifest["request"], format!("{BASE}{BULK}"));
    let groups = files(&mut payer, &manifest, "output", "Group");
    assert_eq!(
        groups.iter().map(code).collect::<Vec<_>>(),
        ["match", "nomatch", "consentconstraint"]
    );
    assert_eq!(
        path::elements(&groups[0], "member.entity.reference"),
        ["Patient/pt-001", "Patient/pt-016"]
    );
    assert_eq!(
        path::elements(&groups[0], "contained.id"),
        ["submitted-0", "submitted-3"]
    );
    let extension = &groups[0]["member"][0]["entity"]["extension"][0];
    assert_eq!(extension["valueReference"]["reference"], "#submitted-0");
    assert_eq!(groups[0]["quantity"], 2);
    assert_eq!(path::elements(&groups[2], "contained.id"), ["submitted-2"]);
    assert!(!groups[2].to_string().contains("Patient/pt-"));
    let (status, found) = get(&mut payer, "/Group?characteristic=match");
    assert_eq!(status, 200);
    assert!(bundle::matches(&found).any(|group| group == &groups[0]));
}

#[test]
fn the_matched_group_is_there_even_when_nobody_matches() {
    let mut payer = payer("2.2.0");
    let accepted = kick_off(&mut payer, Method::POST, BULK, &bundles(&[&STRANGER]));
    let manifest = finish(&mut payer, &accepted);
    let groups = files(&mut payer, &manifest, "output", "Group");
    assert_eq!(
        groups.iter().map(code).collect::<Vec<_>>(),
        ["match", "nomatch"]
    );
    assert_eq!(
        (&groups[0]["quantity"], groups[0].get("member")),
        (&json!(0), None)
    );
}

#[test]
fn the_first_bulk_version_answers_with_one_parameters() {
    let mut payer = payer("2.1.0");
    let accepted = kick_off(&mut payer, Method::POST, BULK, &bundles(&[&MARIAN, &MIXED]));
    let manifest = finish(&mut payer, &accepted);
    let answers = files(&mut payer, &manifest, "output", "Parameters");
    assert_eq!(answers.len(), 1);
    assert_eq!(
        path::elements(&answers[0], "parameter.name"),
        ["MatchedMembers", "ConsentConstrainedMembers"]
    );
    let id = answers[0]["parameter"][0]["resource"]["id"]
        .as_str()
        .unwrap();
    assert_eq!(get(&mut payer, &format!("/Group/{id}")).0, 200);
}

#[test]
fn one_patient_with_two_coverages_is_told_apart_by_them() {
    let mut payer = payer("2.2.0");
    let mut sent = bundles(&[&MARIAN, &MARIAN]);
    let text = sent.to_string().replace("submitted-1", "submitted-0");
    sent = serde_json::from_str(&text).unwrap();
    let second = sent["parameter"][1]["part"].as_array_mut().unwrap();
    let coverage = second
        .iter_mut()
        .find(|part| part["name"] == "CoverageToMatch")
        .unwrap();
    coverage["resource"]["subscriberId"] = json!("unknown");
    let accepted = kick_off(&mut payer, Method::POST, BULK, &sent);
    let manifest = finish(&mut payer, &accepted);
    let groups = files(&mut payer, &manifest, "output", "Group");
    for group in &groups {
        assert_eq!(path::elements(group, "member.entity.extension").len(), 2);
        assert_eq!(
            path::elements(group, "contained.resourceType"),
            ["Patient", "Coverage"]
        );
    }
    assert_eq!(groups.len(), 2);
}

#[test]
fn a_malformed_member_is_reported_and_the_rest_is_matched() {
    let mut payer = payer("2.2.0");
    let mut sent = bundles(&[&MARIAN, &STRANGER]);
    sent["parameter"][1]["part"]
        .as_array_mut()
        .unwrap()
        .retain(|part| part["name"] != "Consent");
    let accepted = kick_off(&mut payer, Method::POST, BULK, &sent);
    let manifest = finish(&mut payer, &accepted);
    let errors = files(&mut payer, &manifest, "error", "OperationOutcome");
    assert!(outcome::text(&errors[0]).contains("MemberBundle 2"));
    assert_eq!(files(&mut payer, &manifest, "output", "Group").len(), 1);
}

#[test]
fn kick_offs_that_cannot_work_are_refused() {
    let mut payer = payer("2.2.0");
    assert_eq!(post(&mut payer, BULK, &bundles(&[&MARIAN])).0, 400);
    assert_eq!(get(&mut payer, BULK).0, 405);
    let none = json!({"resourceType": "Parameters"});
    assert_eq!(kick_off(&mut payer, Method::POST, BULK, &none).status, 422);
    assert_eq!(
        kick_off(&mut payer, Method::POST, BULK, &json!({})).status,
        400
    );
    assert_eq!(
        kick_off(
            &mut payer,
            Method::POST,
            "/Group/none/$davinci-data-export",
            &none
        )
        .status,
        404
    );
    assert_eq!(
        kick_off(
            &mut super::ask::payer("2.0.0"),
            Method::POST,
            BULK,
            &bundles(&[&MARIAN])
        )
        .status,
        404
    );
    assert_eq!(get(&mut super::ask::payer("2.0.0"), "/Group").0, 404);
}

#[test]
fn a_job_can_be_deleted_and_its_files_wait_for_its_end() {
    let mut payer = payer("2.2.0");
    let accepted = kick_off(&mut payer, Method::POST, BULK, &bundles(&[&MARIAN]));
    let path = status_path(&accepted);
    assert_eq!(get(&mut payer, &format!("{path}/Group.ndjson")).0, 404);
    assert_eq!(
        payer.respond(&request(Method::DELETE, &path, "")).status,
        202
    );
    let (status, answer) = get(&mut payer, &path);
    assert!(status == 404 && outcome::is_outcome(&answer));
    for nonsense in ["/$job", "/$job/x", "/$job/99", "/$job/1/2/3"] {
        assert_eq!(get(&mut payer, nonsense).0, 404, "{nonsense}");
    }
}

fn export(payer: &mut Payer, more: &[Value]) -> Response {
    let accepted = kick_off(
        payer,
        Method::POST,
        BULK,
        &bundles(&[&MARIAN, &OTTOLINE, &REVOKED]),
    );
    finish(payer, &accepted);
    let mut parameters = vec![
        json!({"name": "exportType", "valueCanonical": "hl7.fhir.us.davinci-pdex#payertopayer"}),
    ];
    parameters.extend_from_slice(more);
    let sent = json!({"resourceType": "Parameters", "parameter": parameters});
    kick_off(
        payer,
        Method::POST,
        "/Group/group-1-match/$davinci-data-export",
        &sent,
    )
}

#[test]
fn a_group_export_holds_the_same_as_everything_but_what_is_over_for_long() {
    let mut payer = payer("2.2.0");
    let accepted = export(
        &mut payer,
        &[json!({"name": "patient", "valueReference": {"reference": "Patient/pt-001"}})],
    );
    let manifest = finish(&mut payer, &accepted);
    let kinds: Vec<String> = path::elements(&manifest, "output.type")
        .iter()
        .map(|kind| kind.as_str().unwrap().to_owned())
        .collect();
    let mut exported = BTreeSet::new();
    for kind in kinds {
        exported.extend(
            files(&mut payer, &manifest, "output", &kind)
                .iter()
                .map(|one| one["id"].to_string()),
        );
    }
    let (_, all) = get(&mut payer, "/Patient/pt-001/$everything");
    let missing: Vec<String> = bundle::matches(&all)
        .filter(|one| !exported.contains(&one["id"].to_string()))
        .map(|one| one["id"].as_str().unwrap().to_owned())
        .collect();
    let everything: BTreeSet<String> = bundle::matches(&all)
        .map(|one| one["id"].to_string())
        .collect();
    assert!(exported.is_subset(&everything));
    // Closed prior authorizations, measurements of ten years ago, and what tells of them.
    for over in ["prior-auth-1", "prior-auth-104", "prior-auth-105"] {
        assert!(missing.contains(&format!("pt-001-{over}")), "{over}");
    }
    let is_over = |id: &&String| !id.contains("-prior-auth-") && !id.contains("-observation-1");
    assert_eq!(missing.iter().find(is_over), None);
}

#[test]
fn an_export_is_narrowed_as_asked_and_holds_no_withheld_data() {
    let mut payer = payer("2.2.0");
    let accepted = export(
        &mut payer,
        &[
            json!({"name": "_type", "valueString": "Condition,ExplanationOfBenefit"}),
            json!({"name": "_typeFilter", "valueString": "ExplanationOfBenefit?use=preauthorization"}),
        ],
    );
    let manifest = finish(&mut payer, &accepted);
    assert_eq!(
        path::elements(&manifest, "output.type"),
        ["Condition", "ExplanationOfBenefit"]
    );
    let benefits = files(&mut payer, &manifest, "output", "ExplanationOfBenefit");
    assert!(benefits.len() > 1);
    assert!(benefits.iter().all(|one| one["use"] == "preauthorization"));
    let conditions = files(&mut payer, &manifest, "output", "Condition");
    assert_eq!(conditions.len(), 10);
    assert!(
        conditions
            .iter()
            .all(|one| one["id"] != "pt-016-condition-2")
    );
}

#[test]
fn exports_that_cannot_work_are_refused() {
    let filter = |text: &str| [json!({"name": "_typeFilter", "valueString": text})];
    let mut payer = payer("2.2.0");
    assert_eq!(
        export(&mut payer, &filter("ExplanationOfBenefit?nonsense=1")).status,
        400
    );
    assert_eq!(export(&mut payer, &filter("nonsense")).status, 400);
    assert_eq!(
        export(
            &mut payer,
            &[json!({"name": "_since", "valueInstant": "soon"})]
        )
        .status,
        400
    );
    assert_eq!(
        export(
            &mut payer,
            &[json!({"name": "_type", "valueString": "Nonsense"})]
        )
        .status,
        400
    );
    let provider = json!({"resourceType": "Parameters", "parameter": [
        {"name": "exportType", "valueCanonical": "hl7.fhir.us.davinci-pdex#provider-download"}]});
    let target = "/Group/group-1-match/$davinci-data-export";
    assert_eq!(
        kick_off(&mut payer, Method::POST, target, &provider).status,
        422
    );
}

#[test]
fn what_is_older_than_the_boundary_of_the_version_is_left_out() {
    let mut counts = Vec::new();
    for version in ["2.1.0", "2.2.0"] {
        let today = time::macros::date!(2029 - 01 - 01);
        let data = vitruvian::data::Data::Embedded;
        let mut payer = Payer::load(&data, version, today).unwrap();
        let sent = bundles(&[&MARIAN])
            .to_string()
            .replace("2027-01-31", "2030-01-31");
        kick_off(
            &mut payer,
            Method::POST,
            BULK,
            &serde_json::from_str(&sent).unwrap(),
        );
        let sent = json!({"resourceType": "Parameters", "parameter": [
            {"name": "exportType", "valueCanonical": "hl7.fhir.us.davinci-pdex#payertopayer"}]});
        let target = "/Group/group-1-match/$davinci-data-export";
        let accepted = kick_off(&mut payer, Method::POST, target, &sent);
        let manifest = finish(&mut payer, &accepted);
        counts.push(files(&mut payer, &manifest, "output", "Encounter").len());
    }
    assert_eq!(counts, [5, 9]);
}

#[test]
fn a_patient_export_holds_the_members_that_were_matched() {
    let mut payer = payer("2.0.0");
    let target = "/Patient/$export?_outputFormat=application/fhir%2Bndjson";
    let accepted = kick_off(&mut payer, Method::GET, target, &json!(null));
    assert_eq!(finish(&mut payer, &accepted)["output"], json!([]));
    assert_eq!(post(&mut payer, MATCH, &match_request(&MARIAN)).0, 200);
    let accepted = kick_off(&mut payer, Method::GET, target, &json!(null));
    let manifest = finish(&mut payer, &accepted);
    let patients = files(&mut payer, &manifest, "output", "Patient");
    assert_eq!(path::elements(&json!(patients)[0], "id"), ["pt-001"]);
    assert_eq!(get(&mut payer, "/Patient/$export").0, 400);
    let csv = kick_off(
        &mut payer,
        Method::GET,
        "/Patient/$export?_outputFormat=csv",
        &json!(null),
    );
    assert_eq!(csv.status, 400);
}

#[test]
fn the_types_of_documents_are_expanded() {
    let mut payer = payer("2.1.0");
    let codes = |payer: &mut Payer, query: &str| {
        let (status, set) = get(payer, &format!("/ValueSet/$expand?{query}"));
        let codes = path::elements(&set, "expansion.contains.code").len();
        (status, codes)
    };
    let url = "url=http://hl7.org/fhir/us/core/ValueSet/us-core-documentreference-type";
    assert_eq!(codes(&mut payer, url), (200, 7));
    assert_eq!(
        codes(&mut payer, &format!("{url}&filter=DISCHARGE")),
        (200, 1)
    );
    assert_eq!(
        codes(
            &mut payer,
            "context=us-core-documentreference&contextdirection=outgoing"
        ),
        (200, 7)
    );
    assert_eq!(codes(&mut payer, "url=https://else.example"), (404, 0));
    assert_eq!(codes(&mut payer, ""), (400, 0));
}

#[test]
fn a_payer_takes_the_time_it_is_given() {
    let mut payer = payer("2.1.0").with_pace(2, 7);
    let accepted = kick_off(&mut payer, Method::GET, "/Patient/$export", &json!({}));
    let path = status_path(&accepted);
    let mut ask = || payer.respond(&request(Method::GET, &path, ""));
    for _ in 0..2 {
        let running = ask();
        assert_eq!(
            (running.status, &running.headers["retry-after"]),
            (202, &"7".parse().unwrap())
        );
    }
    assert_eq!(ask().status, 200);
}
