//! Documentation that is submitted for claims: what the payer takes, associates, keeps and refuses.

use super::ask::{BASE, body, get, payer, request};
use http::Method;
use serde_json::{Value, json};
use vitruvian::data::Data;
use vitruvian::mock::{Payer, Response, StandIn};

const CARD: &str = "VM-100074";

fn payer_of_cdex(version: &str) -> Payer {
    let today = time::macros::date!(2026 - 11 - 21);
    Payer::load_for_cdex(&Data::Embedded, version, today).unwrap()
}

/// A note for a claim of 2024-06-07 under a tracking id.
fn submission(tracking: &str, member: &str, day: &str) -> Value {
    let note = json!({
        "resourceType": "DocumentReference", "status": "current",
        "subject": {"identifier": {"value": member}},
        "content": [{"attachment": {"contentType": "text/plain", "data": "QUJD"}}],
    });
    json!({"resourceType": "Parameters", "parameter": [
        {"name": "TrackingId", "valueIdentifier": {"system": "s", "value": tracking}},
        {"name": "AttachTo", "valueCode": "claim"},
        {"name": "ProviderId", "valueIdentifier": {"value": "p"}},
        {"name": "MemberId", "valueIdentifier": {"value": member}},
        {"name": "ServiceDate", "valueDateTime": day},
        {"name": "Attachment", "part": [{"name": "Content", "resource": note}]},
    ]})
}

fn submit(payer: &mut Payer, body: &Value) -> Response {
    payer.respond(&request(Method::POST, "/$submit-attachment", &body.to_string()))
}

fn last(mut body: Value, is_last: bool) -> Value {
    let last = json!({"name": "Final", "valueBoolean": is_last});
    body["parameter"].as_array_mut().unwrap().push(last);
    body
}

#[test]
fn what_is_submitted_becomes_part_of_the_members_record() {
    let mut payer = payer("2.1.0");
    let found = |payer: &mut Payer| {
        let (status, set) = get(payer, "/DocumentReference?patient=pt-002&_count=200");
        assert_eq!(status, 200);
        set["total"].as_u64().unwrap()
    };
    let before = found(&mut payer);
    let answer = submit(&mut payer, &submission("t-1", CARD, "2024-06-07"));
    assert_eq!((answer.status, answer.body.len()), (200, 0));
    assert_eq!(found(&mut payer), before + 1);
    let (status, note) = get(&mut payer, "/DocumentReference/attachment-1-1");
    assert_eq!(status, 200);
    assert_eq!(note["subject"]["reference"], "Patient/pt-002");
    assert_eq!(note["content"][0]["attachment"]["data"], "QUJD");
    let (status, whole) = get(&mut payer, "/Parameters/submission-1");
    assert_eq!((status, whole["parameter"].as_array().unwrap().len()), (200, 6));
}

#[test]
fn what_nothing_is_known_of_is_held() {
    let mut payer = payer_of_cdex("2.1.0");
    for (member, day) in [(CARD, "1901-01-01"), ("VM-000000", "2024-06-07")] {
        let answer = submit(&mut payer, &submission(day, member, day));
        assert_eq!(answer.status, 200);
        assert_eq!(body(&answer)["issue"][0]["severity"], "information");
    }
    let (_, set) = get(&mut payer, "/Parameters");
    assert_eq!(set["total"], 2);
}

#[test]
fn a_tracking_id_ends_with_the_last_submission() {
    for said in [Some(true), None] {
        let mut payer = payer_of_cdex("2.0.0");
        let first = submission("t", CARD, "2024-06-07");
        let open = last(first.clone(), false);
        assert_eq!(submit(&mut payer, &open).status, 200);
        let closing = said.map_or(first.clone(), |said| last(first, said));
        assert_eq!(submit(&mut payer, &closing).status, 200);
        // The same again is no further submission, whatever follows: the answer may have been lost.
        assert_eq!(submit(&mut payer, &closing).status, 200);
        let more = last(submission("t", CARD, "2024-06-08"), false);
        assert_eq!(submit(&mut payer, &more).status, 409);
        let (_, set) = get(&mut payer, "/Parameters");
        assert_eq!(set["total"], 2);
    }
}

#[test]
fn a_tracking_id_stands_for_one_member_and_purpose() {
    let mut payer = payer_of_cdex("2.1.0");
    let mut asked = last(submission("TR-700001", CARD, "1901-01-01"), false);
    asked["parameter"][0]["valueIdentifier"]["system"] = "https://payer.example/ids/tracking".into();
    // What the payer has asked for needs no claim of that day.
    assert_eq!(submit(&mut payer, &asked).body.len(), 0);
    let mut other = asked.clone();
    other["parameter"][3]["valueIdentifier"]["value"] = "VM-100037".into();
    assert_eq!(submit(&mut payer, &other).status, 422);
    asked["parameter"][1]["valueCode"] = "preauthorization".into();
    assert_eq!(submit(&mut payer, &asked).status, 422);
}

#[test]
fn a_submission_has_a_size_from_the_ballot_on() {
    let mut large = submission("t", CARD, "2024-06-07");
    large["parameter"][5]["part"][0]["resource"]["description"] = "x".repeat(300_000).into();
    assert_eq!(submit(&mut payer_of_cdex("2.1.0"), &large).status, 200);
    assert_eq!(submit(&mut payer_of_cdex("3.0.0-ballot"), &large).status, 413);
}

#[test]
fn the_oldest_submissions_make_room() {
    let mut payer = payer_of_cdex("2.1.0");
    for number in 0..520 {
        let tracking = format!("t-{number}");
        assert_eq!(submit(&mut payer, &submission(&tracking, CARD, "2024-06-07")).status, 200);
    }
    let (_, set) = get(&mut payer, "/Parameters?_count=1");
    assert_eq!(set["total"], 500);
    assert_eq!(get(&mut payer, "/Parameters/submission-20").0, 404);
    assert_eq!(get(&mut payer, "/DocumentReference/attachment-20-1").0, 404);
    assert_eq!(get(&mut payer, "/DocumentReference/attachment-21-1").0, 200);
}

#[test]
fn what_is_no_submission_is_refused() {
    let mut payer = payer_of_cdex("2.1.0");
    for text in [
        "", "[", "1", "null", "[]", "{}",
        r#"{"resourceType":"Parameters"}"#,
        r#"{"resourceType":"Parameters","parameter":{"name":"TrackingId"}}"#,
        r#"{"resourceType":"Parameters","parameter":[1,null,[],{"name":7}]}"#,
    ] {
        let answer = payer.respond(&request(Method::POST, "/$submit-attachment", text));
        assert_eq!(answer.status, 400, "{text}");
        assert_eq!(body(&answer)["resourceType"], "OperationOutcome", "{text}");
    }
    let answer = payer.respond(&request(Method::GET, "/$submit-attachment", ""));
    assert_eq!(answer.status, 405);
}

#[test]
fn documents_are_kept_and_changed() {
    let mut payer = payer("2.2.0");
    let note = submission("t", CARD, "2024-06-07")["parameter"][5]["part"][0]["resource"].clone();
    let created = payer.respond(&request(Method::POST, "/DocumentReference", &note.to_string()));
    assert_eq!(created.status, 201);
    let location = created.headers["location"].to_str().unwrap().to_owned();
    let id = body(&created)["id"].as_str().unwrap().to_owned();
    assert!(location.starts_with(&format!("{BASE}/DocumentReference/{id}")), "{location}");
    let mut put = |target: &str, note: &Value| {
        let mut change = request(Method::POST, target, &note.to_string());
        change.method = Method::PUT;
        payer.respond(&change).status
    };
    let mut changed = note.clone();
    let target = format!("/DocumentReference/{id}");
    assert_eq!(put(&target, &changed), 400);
    changed["id"] = id.clone().into();
    changed["description"] = "described".into();
    assert_eq!(put(&target, &changed), 200);
    changed["id"] = "nothing-here".into();
    assert_eq!(put("/DocumentReference/nothing-here", &changed), 404);
    let (_, kept) = get(&mut payer, &target);
    assert_eq!((&kept["description"], &kept["meta"]["versionId"]), (&json!("described"), &json!("2")));
}

#[test]
fn both_guides_are_declared_in_every_version() {
    for (cdex, pdex) in [("2.0.0", "2.0.0"), ("2.1.0", "2.1.0"), ("3.0.0-ballot", "2.2.0")] {
        let (_, statement) = get(&mut payer_of_cdex(cdex), "/metadata");
        let guides = statement["implementationGuide"].to_string();
        assert!(guides.contains(&format!("davinci-cdex|{cdex}")), "{guides}");
        assert!(guides.contains(&format!("davinci-pdex|{pdex}")), "{guides}");
        assert_eq!(statement, get(&mut payer(pdex), "/metadata").1);
    }
}
