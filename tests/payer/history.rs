//! Earlier versions, deleted records, and what searches of a full chart find.

use super::ask::{get, payer};
use serde_json::{Value, json};
use vitruvian::fhir::{bundle, outcome, path};
use vitruvian::mock::Payer;

const ILLNESS: &str = "/Condition/pt-001-condition-103";
const MISTAKE: &str = "/Observation/pt-001-observation-999";

fn count(payer: &mut Payer, target: &str) -> usize {
    let (status, found) = get(payer, target);
    assert_eq!(status, 200, "{target}");
    bundle::matches(&found).count()
}

#[test]
fn earlier_versions_are_kept_and_read() {
    let mut payer = payer("2.1.0");
    let (_, now) = get(&mut payer, ILLNESS);
    assert_eq!(now["meta"]["versionId"], "3");
    let status = |one: &Value| one["clinicalStatus"]["coding"][0]["code"].clone();
    assert_eq!(status(&now), "resolved");
    let (_, first) = get(&mut payer, &format!("{ILLNESS}/_history/1"));
    assert_eq!(first["meta"]["versionId"], "1");
    assert_eq!(status(&first), "active");
    assert_eq!(get(&mut payer, &format!("{ILLNESS}/_history/4")).0, 404);
    let (_, history) = get(&mut payer, &format!("{ILLNESS}/_history"));
    let versions = path::elements(&history, "entry.resource.meta.versionId");
    assert_eq!(versions, ["3", "2", "1"]);
    let methods = path::elements(&history, "entry.request.method");
    assert_eq!(methods, ["PUT", "PUT", "POST"]);
}

#[test]
fn a_deleted_record_is_gone_and_its_history_is_not() {
    let mut payer = payer("2.1.0");
    let (status, answer) = get(&mut payer, MISTAKE);
    assert_eq!(status, 410);
    assert!(outcome::is_outcome(&answer));
    assert_eq!(
        count(&mut payer, "/Observation?_id=pt-001-observation-999"),
        0
    );
    assert_eq!(get(&mut payer, &format!("{MISTAKE}/_history/1")).0, 200);
    assert_eq!(get(&mut payer, &format!("{MISTAKE}/_history/2")).0, 410);
    let (_, history) = get(&mut payer, &format!("{MISTAKE}/_history"));
    assert_eq!(
        path::elements(&history, "entry.request.method"),
        ["DELETE", "POST"]
    );
    assert_eq!(history["entry"][0].get("resource"), None);
}

#[test]
fn the_history_of_a_type_is_chosen_and_paged() {
    let mut payer = payer("2.1.0");
    let (_, all) = get(&mut payer, "/Goal/_history");
    assert_eq!(
        (&all["type"], &all["total"]),
        (&json!("history"), &json!(6))
    );
    let (_, late) = get(&mut payer, "/Goal/_history?_since=2025-07-01T00:00:00Z");
    assert!(late["total"].as_u64().unwrap() < 6);
    let (_, page) = get(&mut payer, "/Goal/_history?_count=4");
    assert_eq!(page["entry"].as_array().unwrap().len(), 4);
    assert!(bundle::link(&page, "next").is_some());
    assert_eq!(get(&mut payer, "/Goal/_history?_since=soon").0, 400);
}

#[test]
fn a_search_follows_one_link() {
    let mut payer = payer("2.1.0");
    for target in [
        "/PractitionerRole?practitioner.name=Samplewright",
        "/PractitionerRole?practitioner.identifier=http://hl7.org/fhir/sid/us-npi|4444444457",
        "/PractitionerRole?practitioner:Practitioner.name=samplew",
    ] {
        assert_eq!(count(&mut payer, target), 1, "{target}");
    }
    assert_eq!(
        count(&mut payer, "/PractitionerRole?practitioner.name=nobody"),
        0
    );
}

#[test]
fn values_of_every_shape_are_found() {
    let mut payer = payer("2.2.0");
    let core = "http://hl7.org/fhir/us/core/StructureDefinition";
    let pdex = "http://hl7.org/fhir/us/davinci-pdex/StructureDefinition";
    for (target, expected) in [
        // A Period, one of its days, and the days before and after it.
        (
            "/Encounter?patient=pt-001&date=ge2022-02-03&date=le2022-02-07&_id=pt-001-encounter-103",
            1,
        ),
        (
            "/Encounter?patient=pt-001&date=sa2022-02-07&_id=pt-001-encounter-103",
            0,
        ),
        (
            "/Encounter?patient=pt-001&location=location-ward&status=finished",
            2,
        ),
        // An extension, a code, a canonical.
        ("/Condition?patient=pt-001&asserted-date=2022-02-01", 1),
        ("/Condition?patient=pt-001&asserted-date=lt2000", 0),
        ("/Consent?patient=pt-001&provider-access=true", 1),
        (
            "/QuestionnaireResponse?patient=pt-001&questionnaire=https://payer.example/Questionnaire/housing",
            1,
        ),
        (
            &format!(
                "/Condition?patient=pt-001&_profile={core}/us-core-condition-encounter-diagnosis"
            ),
            4,
        ),
        (
            &format!(
                "/ExplanationOfBenefit?patient=pt-001&_profile={pdex}/pdex-priorauthorization"
            ),
            6,
        ),
        // Alternatives, and all at once.
        ("/Goal?patient=pt-001&lifecycle-status=active,completed", 2),
        (
            "/Goal?patient=pt-001&lifecycle-status=active&lifecycle-status=completed",
            0,
        ),
        // What one member may see of another is nothing.
        ("/Goal?patient=pt-001&_id=pt-002-goal-101", 0),
        // References to versions are references.
        (
            "/ExplanationOfBenefit?patient=Patient/pt-001&use=preauthorization&type=institutional",
            2,
        ),
        ("/Patient?death-date=2024-03-01", 1),
    ] {
        assert_eq!(count(&mut payer, target), expected, "{target}");
    }
}

#[test]
fn includes_name_targets_and_go_on() {
    let mut payer = payer("2.1.0");
    let mut included = |target: &str| -> Vec<String> {
        let (_, found) = get(&mut payer, target);
        let kinds = bundle::includes(&found).map(|one| one["resourceType"].as_str().unwrap());
        let mut kinds: Vec<String> = kinds.map(str::to_owned).collect();
        kinds.sort();
        kinds.dedup();
        kinds
    };
    let team = "/CareTeam?patient=pt-001&_include=CareTeam:participant";
    assert_eq!(
        included(&format!("{team}:RelatedPerson")),
        ["RelatedPerson"]
    );
    assert_eq!(included(&format!("{team}:Practitioner")), ["Practitioner"]);
    let claim = "/ExplanationOfBenefit?patient=pt-001&_include=ExplanationOfBenefit:coverage";
    assert_eq!(included(claim), ["Coverage"]);
    assert_eq!(
        included(&format!("{claim}&_include:iterate=Coverage:payor")),
        ["Coverage", "Organization"]
    );
    assert_eq!(
        included("/MedicationRequest?patient=pt-001&_include=MedicationRequest:medication"),
        ["Medication"]
    );
    assert_eq!(
        included("/PractitionerRole?_include=PractitionerRole:endpoint"),
        ["Endpoint"]
    );
}

#[test]
fn an_earlier_plans_provenance_is_kept_beside_the_own() {
    let mut payer = payer("2.1.0");
    let target = "/Encounter?patient=pt-001&_id=pt-001-encounter-101&_revinclude=Provenance:target";
    let (_, found) = get(&mut payer, target);
    let told: Vec<&Value> = bundle::includes(&found).collect();
    let senders: Vec<&str> = told
        .iter()
        .map(|one| one["agent"][0]["who"]["reference"].as_str().unwrap())
        .collect();
    assert_eq!(
        senders,
        ["Organization/plan-harbor", "Organization/plan-valley"]
    );
}

#[test]
fn claims_have_no_prices() {
    let mut payer = payer("2.2.0");
    let claims = super::chart::all(&mut payer, "/ExplanationOfBenefit?use=claim");
    assert!(claims.len() > 15);
    for claim in claims {
        for place in [
            "total",
            "payment.amount",
            "adjudication.amount",
            "item.adjudication.amount",
            "item.net",
            "item.unitPrice",
            "benefitBalance",
        ] {
            assert!(
                path::elements(&claim, place).is_empty(),
                "{} {place}",
                claim["id"]
            );
        }
    }
}
