//! Searching: what is found, and in which pages.

use super::ask::{body, get, payer, request, with_header};
use http::Method;
use std::collections::BTreeSet;
use vitruvian::fhir::bundle;
use vitruvian::mock::{Payer, StandIn as _};

fn ids(payer: &mut Payer, target: &str) -> Vec<String> {
    let (status, found) = get(payer, target);
    assert_eq!(status, 200, "{target}: {found}");
    bundle::matches(&found)
        .map(|one| one["id"].as_str().unwrap().to_owned())
        .collect()
}

#[test]
fn patients_are_found_by_what_is_asked() {
    let mut payer = payer("2.1.0");
    for (query, expected) in [
        ("_id=pt-001", vec!["pt-001"]),
        ("_id=pt-001,pt-002", vec!["pt-001", "pt-002"]),
        ("identifier=VM-100037", vec!["pt-001"]),
        (
            "identifier=https://payer.example/ids/member|VM-100037",
            vec!["pt-001"],
        ),
        ("identifier=https://else.example|VM-100037", vec![]),
        ("name=oakh", vec!["pt-001"]),
        ("family=NUNEZ&given=zoe", vec!["pt-012"]),
        ("family=hawthorne", vec!["pt-011"]),
        ("family:exact=Oakhurst", vec!["pt-001"]),
        ("family:exact=oakhurst", vec![]),
        ("family:contains=khurs", vec!["pt-001"]),
        ("name=Ashgrove&birthdate=1962-02-28", vec!["pt-007"]),
        ("name=Ashgrove&birthdate=ge1980", vec!["pt-008"]),
        (
            "name=Meadowlark&gender=male&birthdate=gt2000",
            vec!["pt-022"],
        ),
        ("name=Oakhurst&gender:not=male", vec!["pt-001"]),
        ("name=Oakhurst&unknown=x", vec!["pt-001"]),
        ("name=Oakhurst&family=", vec!["pt-001"]),
    ] {
        assert_eq!(
            ids(&mut payer, &format!("/Patient?{query}")),
            expected,
            "{query}"
        );
    }
}

#[test]
fn clinical_data_is_found_by_token_date_and_reference() {
    let mut payer = payer("2.1.0");
    let mut count = |target: &str| ids(&mut payer, target).len();
    let category = "http://terminology.hl7.org/CodeSystem/condition-category";
    assert_eq!(count("/Condition?patient=pt-036"), 3);
    assert_eq!(count("/Condition?patient=Patient/pt-036"), 3);
    assert_eq!(
        count("/Condition?patient=http://payer.test/fhir/Patient/pt-036"),
        3
    );
    assert_eq!(
        count("/Condition?patient=http://else.test/fhir/Patient/pt-036"),
        0
    );
    assert_eq!(
        count("/Condition?patient=pt-036&category=encounter-diagnosis"),
        1
    );
    assert_eq!(
        count(&format!(
            "/Condition?patient=pt-036&category={category}|encounter-diagnosis"
        )),
        1
    );
    assert_eq!(
        count(&format!("/Condition?patient=pt-036&category={category}|")),
        3
    );
    assert_eq!(
        count("/Condition?patient=pt-036&category=|encounter-diagnosis"),
        0
    );
    assert_eq!(
        count("/Encounter?patient=pt-036&date=ge2024-01-01T00:00:00Z"),
        2
    );
    assert_eq!(
        count("/Encounter?patient=pt-036&date=ge2024&date=lt2025"),
        1
    );
    assert_eq!(count("/Observation?patient=pt-036&code=4548-4,2339-0"), 3);
    assert_eq!(
        count("/ExplanationOfBenefit?patient=pt-036&use=preauthorization"),
        1
    );
    assert_eq!(
        count("/ExplanationOfBenefit?patient=pt-036&service-date=2023"),
        1
    );
    assert_eq!(count("/Organization?address=sampleton"), 4);
    assert_eq!(
        count("/Condition?patient=pt-036&onset-date:missing=true"),
        0
    );
}

#[test]
fn what_makes_no_sense_is_refused() {
    let mut payer = payer("2.1.0");
    for target in [
        "/Encounter?patient=pt-001&date=soon",
        "/Patient?family:above=x",
        "/Patient?family:missing=maybe",
        "/Patient?_count=many",
        "/ExplanationOfBenefit?service-date=2023",
    ] {
        assert_eq!(get(&mut payer, target).0, 400, "{target}");
    }
    let strict = request(Method::GET, "/Patient?name=Oakhurst&unknown=x", "");
    let strict = payer.respond(&with_header(
        strict,
        "prefer",
        "respond-async, handling=strict",
    ));
    assert_eq!(strict.status, 400);
}

#[test]
fn the_self_link_tells_what_was_understood() {
    let (_, found) = get(&mut payer("2.1.0"), "/Patient?name=Oakhurst&unknown=x");
    assert_eq!(
        bundle::link(&found, "self"),
        Some("http://payer.test/fhir/Patient?name=Oakhurst")
    );
}

#[test]
fn pages_lead_to_the_end_without_repeating() {
    let mut payer = payer("2.1.0");
    let mut seen = Vec::new();
    let mut target = "/Patient?family=Pagewell&_count=3".to_owned();
    loop {
        let (_, found) = get(&mut payer, &target);
        assert_eq!(found["total"], 8);
        let page: Vec<String> = bundle::matches(&found)
            .map(|one| one["id"].as_str().unwrap().to_owned())
            .collect();
        assert!(page.len() <= 3);
        seen.extend(page);
        match bundle::link(&found, "next") {
            Some(next) => {
                target = next
                    .strip_prefix("http://payer.test/fhir")
                    .unwrap()
                    .to_owned()
            }
            None => break,
        }
    }
    assert_eq!(seen.len(), 8);
    assert_eq!(seen.iter().collect::<BTreeSet<_>>().len(), 8);
    assert_eq!(
        ids(&mut payer, "/Patient?family=Pagewell&_count=0").len(),
        0
    );
}

#[test]
fn a_search_may_be_posted() {
    let mut payer = payer("2.1.0");
    let found = payer.respond(&request(
        Method::POST,
        "/Patient/_search?gender=female",
        "name=Ashgrove",
    ));
    assert_eq!(bundle::matches(&body(&found)).count(), 2);
    let json = request(Method::POST, "/Patient/_search", "name=Ashgrove");
    let json = payer.respond(&with_header(json, "content-type", "application/json"));
    assert_eq!(json.status, 415);
    assert_eq!(get(&mut payer, "/Patient/_search").0, 405);
}

#[test]
fn includes_come_along_once() {
    let mut payer = payer("2.1.0");
    let mut included = |target: &str| -> Vec<String> {
        let (_, found) = get(&mut payer, target);
        bundle::includes(&found)
            .map(|one| one["resourceType"].as_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(
        included("/Condition?patient=pt-036&_revinclude=Provenance:target"),
        ["Provenance"; 3]
    );
    let all = "/ExplanationOfBenefit?patient=pt-036&_include=ExplanationOfBenefit:*";
    let mut kinds = included(all);
    kinds.sort();
    assert_eq!(
        kinds,
        [
            "Coverage",
            "Organization",
            "Organization",
            "Patient",
            "Practitioner"
        ]
    );
    assert!(included("/Condition?patient=pt-036&_include=Condition:nonsense").is_empty());
}
