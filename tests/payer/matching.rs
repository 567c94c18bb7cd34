//! `$member-match`, from its request to what it leaves behind.

use super::ask::{
    ACCENTS, FORMER, FUTURE, MARIAN, MARRIED, MATCH, MIXED, OTTOLINE, Person, REVOKED, STRANGER,
    TOBIAS, TWICE, body, get, match_request, part, payer, policy, post, request, with_header,
    without,
};
use http::Method;
use serde_json::{Value, json};
use vitruvian::fhir::{bundle, outcome, parameters};
use vitruvian::mock::{Payer, StandIn as _};

fn matched(payer: &mut Payer, person: &Person) -> (u16, Value) {
    post(payer, MATCH, &match_request(person))
}

fn code(answer: &Value) -> String {
    outcome::codes(answer).collect::<Vec<_>>().join(" ")
}

#[test]
fn a_match_is_answered_as_the_version_wants_it() {
    let (status, answer) = matched(&mut payer("2.0.0"), &MARIAN);
    assert_eq!(status, 200);
    assert_eq!(parameters::all(&answer).len(), 1);
    let identifier = parameters::value(&answer, "MemberIdentifier").unwrap();
    assert_eq!(identifier["type"]["coding"][0]["code"], "MB");
    assert_eq!(identifier["value"], "VM-100037");
    for version in ["2.1.0", "2.2.0"] {
        let (status, answer) = matched(&mut payer(version), &MARIAN);
        assert_eq!(status, 200);
        let identifier = parameters::value(&answer, "MemberIdentifier").unwrap();
        assert_eq!(identifier["type"]["coding"][0]["code"], "UMB");
        assert_eq!(
            parameters::value(&answer, "MemberId").unwrap()["reference"],
            "Patient/pt-001"
        );
    }
}

#[test]
fn the_identifier_of_a_match_finds_exactly_that_patient() {
    for version in ["2.0.0", "2.1.0", "2.2.0"] {
        let mut payer = payer(version);
        let (_, answer) = matched(&mut payer, &MARIAN);
        let identifier = parameters::value(&answer, "MemberIdentifier").unwrap();
        let text = |name: &str| identifier[name].as_str().unwrap().to_owned();
        let target = format!("/Patient?identifier={}%7C{}", text("system"), text("value"));
        let (status, found) = get(&mut payer, &target);
        assert_eq!(status, 200);
        let ids: Vec<_> = bundle::matches(&found).map(|one| &one["id"]).collect();
        assert_eq!(ids, ["pt-001"]);
    }
}

#[test]
fn each_kind_of_failure_has_its_own_code_and_text() {
    let mut payer = payer("2.1.0");
    let mut texts = Vec::new();
    for (person, expected) in [
        (STRANGER, "not-found"),
        (TWICE, "multiple-matches"),
        (MIXED, "suppressed"),
        (REVOKED, "business-rule"),
    ] {
        let (status, answer) = matched(&mut payer, &person);
        assert_eq!((status, code(&answer).as_str()), (422, expected));
        texts.push(outcome::text(&answer));
    }
    texts.dedup();
    assert_eq!(texts.len(), 4);
}

#[test]
fn a_former_member_is_matched_and_a_future_one_is_not() {
    assert_eq!(matched(&mut payer("2.1.0"), &FORMER).0, 200);
    assert_eq!(matched(&mut payer("2.1.0"), &FUTURE).0, 422);
}

#[test]
fn a_refusal_for_the_consent_names_nobody() {
    let (_, answer) = matched(&mut payer("2.1.0"), &MIXED);
    let text = answer.to_string();
    assert!(text.contains("consent"));
    for secret in ["Ironwood", "Thaddeus", "VM-", "VS-", "pt-0", "1966"] {
        assert!(!text.contains(secret), "{secret}");
    }
}

#[test]
fn names_match_however_they_are_written_or_were() {
    let mut payer = payer("2.1.0");
    let maiden = Person {
        family: "HAWTHORNE",
        ..MARRIED
    };
    let plain = Person {
        family: "nunez akerlund",
        given: "zoe",
        ..ACCENTS
    };
    for person in [MARRIED, maiden, ACCENTS, plain] {
        assert_eq!(matched(&mut payer, &person).0, 200, "{}", person.family);
    }
}

#[test]
fn dependants_on_one_card_number_are_told_apart() {
    let mut payer = payer("2.1.0");
    let mut sent = match_request(&TOBIAS);
    part(&mut sent, "CoverageToMatch")["identifier"] = json!([]);
    let (status, answer) = post(&mut payer, MATCH, &sent);
    assert_eq!(status, 200);
    assert_eq!(
        parameters::value(&answer, "MemberId").unwrap()["reference"],
        "Patient/pt-022"
    );
    let sibling = Person {
        given: "Posy",
        ..TOBIAS
    };
    assert_eq!(matched(&mut payer, &sibling).0, 422);
}

#[test]
fn an_id_that_exists_here_does_not_change_who_is_matched() {
    let sent = match_request(&MARIAN)
        .to_string()
        .replace("submitted-1", "pt-002");
    let (status, answer) = post(
        &mut payer("2.1.0"),
        MATCH,
        &serde_json::from_str(&sent).unwrap(),
    );
    assert_eq!(status, 200);
    assert_eq!(
        parameters::value(&answer, "MemberId").unwrap()["reference"],
        "Patient/pt-001"
    );
}

#[test]
fn each_rule_of_consent_is_enforced() {
    let broken = |change: fn(&mut Value)| {
        let mut sent = match_request(&MARIAN);
        change(part(&mut sent, "Consent"));
        let (status, answer) = post(&mut payer("2.1.0"), MATCH, &sent);
        assert_eq!(status, 422, "{sent}");
        assert!(outcome::text(&answer).contains("consent"));
    };
    broken(|consent| consent["status"] = json!("inactive"));
    broken(|consent| consent["patient"]["reference"] = json!("Patient/other"));
    broken(|consent| consent["policy"][0]["uri"] = json!("https://policy.example/other"));
    broken(|consent| consent["provision"]["type"] = json!("deny"));
    broken(|consent| consent["provision"]["period"]["end"] = json!("2026-11-20"));
    broken(|consent| consent["provision"]["period"]["start"] = json!("2026-11-22"));
    broken(|consent| consent["provision"]["period"] = json!(null));
    broken(|consent| {
        consent["provision"]["actor"][1]["reference"]["identifier"]["value"] = json!("9")
    });
    broken(|consent| {
        consent["provision"]["actor"][0]["reference"]["identifier"]["value"] = json!("9")
    });
}

#[test]
fn a_contained_organisation_may_be_the_recipient() {
    let mut sent = match_request(&MARIAN);
    let consent = part(&mut sent, "Consent");
    let identifier = consent["provision"]["actor"][1]["reference"]["identifier"].take();
    consent["provision"]["actor"][1]["reference"] = json!({"reference": "#new"});
    consent["contained"] =
        json!([{"resourceType": "Organization", "id": "new", "identifier": [identifier]}]);
    assert_eq!(post(&mut payer("2.1.0"), MATCH, &sent).0, 200);
}

#[test]
fn consent_is_needed_in_every_version() {
    for (version, expected) in [
        ("2.0.0", "required"),
        ("2.1.0", "business-rule"),
        ("2.2.0", "business-rule"),
    ] {
        let sent = without(match_request(&MARIAN), "Consent");
        let (status, answer) = post(&mut payer(version), MATCH, &sent);
        assert_eq!((status, code(&answer).as_str()), (422, expected));
    }
}

#[test]
fn a_request_that_breaks_the_operation_is_refused() {
    let mut payer = payer("2.1.0");
    let sent = match_request(&MARIAN);
    for name in ["MemberPatient", "CoverageToMatch"] {
        assert_eq!(
            post(&mut payer, MATCH, &without(sent.clone(), name)).0,
            422,
            "{name}"
        );
    }
    let mut unknown = sent.clone();
    unknown["parameter"]
        .as_array_mut()
        .unwrap()
        .push(json!({"name": "Foo", "valueString": "x"}));
    assert_eq!(post(&mut payer, MATCH, &unknown).0, 422);
    let mut elsewhere = sent.clone();
    part(&mut elsewhere, "CoverageToLink")["beneficiary"]["reference"] = json!("Patient/1");
    assert_eq!(post(&mut payer, MATCH, &elsewhere).0, 422);
    let broken = payer.respond(&request(Method::POST, MATCH, "{"));
    assert_eq!(broken.status, 400);
    assert!(outcome::is_outcome(&body(&broken)));
    let text = with_header(
        request(Method::POST, MATCH, "x"),
        "content-type",
        "text/plain",
    );
    assert_eq!(payer.respond(&text).status, 415);
}

#[test]
fn the_operation_is_on_the_type_and_by_post_only() {
    let mut payer = payer("2.1.0");
    let by_get = payer.respond(&request(Method::GET, MATCH, ""));
    assert_eq!(
        (
            by_get.status,
            by_get.headers.get("allow").unwrap().to_str().unwrap()
        ),
        (405, "POST")
    );
    for elsewhere in ["/$member-match", "/Patient/pt-001/$member-match"] {
        let (status, answer) = post(&mut payer, elsewhere, &match_request(&MARIAN));
        assert_eq!(status, 404);
        assert!(outcome::is_outcome(&answer));
    }
    assert_eq!(
        post(
            &mut payer,
            "/Patient/%24member-match",
            &match_request(&MARIAN)
        )
        .0,
        200
    );
}

#[test]
fn guessing_cards_locks_out_these_demographics_only() {
    let mut payer = payer("2.1.0");
    let guess = |payer: &mut Payer, card: &str| {
        let mut sent = match_request(&MARIAN);
        part(&mut sent, "CoverageToMatch")["identifier"][0]["value"] = json!(card);
        post(payer, MATCH, &sent)
    };
    for _ in 0..30 {
        assert_eq!(guess(&mut payer, "always-the-same").0, 422);
    }
    for number in 0..10 {
        assert_eq!(guess(&mut payer, &format!("guess-{number}")).0, 422);
    }
    let (status, answer) = guess(&mut payer, "one-more");
    assert_eq!(status, 429);
    assert!(outcome::is_outcome(&answer));
    let locked = payer.respond(&request(
        Method::POST,
        MATCH,
        &match_request(&MARIAN).to_string(),
    ));
    assert_eq!(locked.status, 429);
    assert_eq!(locked.headers.get("retry-after").unwrap(), "600");
    assert_eq!(matched(&mut payer, &OTTOLINE).0, 200);
}

#[test]
fn the_callers_coverage_and_consent_are_kept() {
    let mut payer = payer("2.1.0");
    let count = |payer: &mut Payer, target: &str| bundle::matches(&get(payer, target).1).count();
    assert_eq!(count(&mut payer, "/Coverage?patient=pt-001"), 2);
    for _ in 0..2 {
        assert_eq!(matched(&mut payer, &MARIAN).0, 200);
    }
    let (_, found) = get(&mut payer, "/Coverage?patient=Patient/pt-001");
    let linked: Vec<_> = bundle::matches(&found)
        .filter(|one| one["subscriberId"] == "NEW-1")
        .collect();
    assert_eq!(linked.len(), 1);
    assert_eq!(linked[0]["beneficiary"]["reference"], "Patient/pt-001");
    assert_eq!(count(&mut payer, "/Coverage?patient=pt-001"), 3);
    assert_eq!(count(&mut payer, "/Consent?patient=pt-001"), 3);
}

#[test]
fn sensitive_data_is_withheld_until_it_is_consented_to() {
    let mut payer = payer("2.1.0");
    let sensitive = "/Condition/pt-016-condition-2";
    let conditions =
        |payer: &mut Payer| bundle::matches(&get(payer, "/Condition?patient=pt-016").1).count();
    assert_eq!(matched(&mut payer, &OTTOLINE).0, 200);
    assert_eq!(get(&mut payer, sensitive).0, 404);
    assert_eq!(conditions(&mut payer), 1);
    let (_, all) = get(&mut payer, "/Patient/pt-016/$everything");
    assert!(!all.to_string().contains("pt-016-condition-2"));
    let mut sent = match_request(&OTTOLINE);
    part(&mut sent, "Consent")["policy"][0]["uri"] = json!(policy("sensitive"));
    assert_eq!(post(&mut payer, MATCH, &sent).0, 200);
    assert_eq!(get(&mut payer, sensitive).0, 200);
    assert_eq!(conditions(&mut payer), 2);
}

#[test]
fn nothing_is_disclosed_once_consent_is_revoked() {
    let mut payer = payer("2.1.0");
    for target in [
        "/Patient/pt-019",
        "/Coverage/pt-019-coverage",
        "/Condition?patient=pt-019",
        "/Condition?patient=Patient/pt-019",
        "/Patient?_id=pt-019",
        "/Patient/pt-019/$everything",
        "/DocumentReference/$docref?patient=pt-019",
    ] {
        let (status, answer) = get(&mut payer, target);
        assert_eq!(status, 403, "{target}");
        assert!(outcome::is_outcome(&answer));
    }
}
