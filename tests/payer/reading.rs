//! Declaring, reading, and what else is asked for by GET.

use super::ask::{BASE, body, get, payer, post, request, with_header};
use http::Method;
use serde_json::{Value, json};
use vitruvian::fhir::{Reference, bundle, outcome, path};
use vitruvian::mock::{Payer, StandIn as _};

#[test]
fn all_that_is_declared_is_served_and_nothing_else() {
    for version in ["2.0.0", "2.1.0", "2.2.0"] {
        let mut payer = payer(version);
        let (status, statement) = get(&mut payer, "/metadata");
        assert_eq!(status, 200);
        assert_eq!(statement["fhirVersion"], "4.0.1");
        assert_eq!(statement["kind"], "instance");
        for kind in path::elements(&statement, "rest.resource") {
            if kind.get("interaction").is_none() {
                continue;
            }
            let codes = path::elements(kind, "interaction.code");
            let is_searched = codes.iter().any(|code| *code == "search-type");
            let kind = kind["type"].as_str().unwrap();
            if !is_searched {
                assert_eq!(get(&mut payer, &format!("/{kind}")).0, 404, "{kind}");
                continue;
            }
            let (status, found) = get(&mut payer, &format!("/{kind}"));
            assert_eq!(status, 200, "{kind}");
            assert_eq!(found["type"], "searchset");
        }
        for kind in ["Media", "Task", "Nonsense"] {
            assert_eq!(get(&mut payer, &format!("/{kind}")).0, 404);
        }
    }
}

#[test]
fn a_version_that_is_not_played_is_an_error() {
    let today = time::macros::date!(2026 - 11 - 21);
    let problem = Payer::load(&vitruvian::data::Data::Embedded, "9.9.9", today).unwrap_err();
    assert!(problem.to_string().contains("choose 2.0.0"));
}

#[test]
fn a_resource_can_be_read_with_its_version() {
    let mut payer = payer("2.1.0");
    let read = payer.respond(&request(Method::GET, "/Patient/pt-001", ""));
    assert_eq!(read.status, 200);
    assert_eq!(
        read.headers.get("content-type").unwrap(),
        "application/fhir+json"
    );
    assert_eq!(read.headers.get("etag").unwrap(), "W/\"1\"");
    assert_eq!(
        read.headers.get("last-modified").unwrap(),
        "Sun, 01 Jun 2025 08:00:00 GMT"
    );
    let again = with_header(
        request(Method::GET, "/Patient/pt-001", ""),
        "if-none-match",
        "W/\"1\"",
    );
    let again = payer.respond(&again);
    assert_eq!((again.status, again.body.len()), (304, 0));
    assert_eq!(
        get(&mut payer, "/Patient/pt-001/_history/1").1["id"],
        "pt-001"
    );
    assert_eq!(get(&mut payer, "/Patient/pt-001/_history/2").0, 404);
    assert_eq!(
        get(&mut payer, "/Patient/pt-001/_history").1["type"],
        "history"
    );
}

#[test]
fn what_cannot_be_read_is_refused_with_an_outcome() {
    let mut payer = payer("2.1.0");
    for (target, expected) in [
        ("/Patient/!!!", 400),
        ("/Patient/%zz", 400),
        ("/Patient/nobody", 404),
        ("/Patient/pt-001/$nothing", 404),
        ("/Patient/pt-001/a/b/c", 404),
        ("/", 404),
        ("/$export", 404),
    ] {
        let response = payer.respond(&request(Method::GET, target, ""));
        assert_eq!(response.status, expected, "{target}");
        assert!(outcome::is_outcome(&body(&response)));
        assert_eq!(
            response.headers.get("content-type").unwrap(),
            "application/fhir+json"
        );
    }
    let deleted = payer.respond(&request(Method::DELETE, "/Patient/pt-001", ""));
    assert_eq!(
        (
            deleted.status,
            deleted.headers.get("allow").unwrap().to_str().unwrap()
        ),
        (405, "GET")
    );
}

#[test]
fn only_json_can_be_asked_for() {
    let mut payer = payer("2.1.0");
    let status = |payer: &mut Payer, target: &str, accept: &'static str| {
        payer
            .respond(&with_header(
                request(Method::GET, target, ""),
                "accept",
                accept,
            ))
            .status
    };
    for fine in [
        "application/json",
        "*/*",
        "text/html, application/fhir+json;q=0.5",
        "application/*",
    ] {
        assert_eq!(status(&mut payer, "/Patient/pt-001", fine), 200, "{fine}");
    }
    for not in [
        "application/pdf",
        "application/fhir+xml",
        "application/fhir+json;q=0",
    ] {
        assert_eq!(status(&mut payer, "/Patient/pt-001", not), 406, "{not}");
    }
    assert_eq!(
        status(
            &mut payer,
            "/Patient/pt-001?_format=json",
            "application/pdf"
        ),
        200
    );
    assert_eq!(
        status(
            &mut payer,
            "/Patient/pt-001?_format=application/fhir+json",
            "*/*"
        ),
        200
    );
    assert_eq!(
        status(
            &mut payer,
            "/Patient/pt-001?_format=xml",
            "application/json"
        ),
        406
    );
}

#[test]
fn every_reference_leads_somewhere() {
    let mut payer = payer("2.2.0");
    let (_, all) = get(&mut payer, "/Patient/pt-001/$everything");
    let mut count = 0;
    for (place, value) in path::select(&all, "$..reference").unwrap() {
        // A claim names an earlier one by its identifier; what is contained is not read by itself.
        let Some(text) = value.as_str().filter(|text| !text.starts_with('#')) else {
            continue;
        };
        assert_eq!(get(&mut payer, &format!("/{text}")).0, 200, "{place}");
        let reference = Reference::parse(text);
        let (kind, id) = reference.target().unwrap();
        assert_eq!(get(&mut payer, &format!("/{kind}/{id}")).0, 200, "{place}");
        count += 1;
    }
    assert!(count > 50);
}

#[test]
fn everything_holds_claims_in_the_latest_version_only() {
    for (version, claims) in [("2.0.0", 0), ("2.1.0", 0), ("2.2.0", 2)] {
        let (status, all) = get(&mut payer(version), "/Patient/pt-036/$everything");
        assert_eq!(status, 200);
        let of_use = |wanted: &str| {
            bundle::matches(&all)
                .filter(|one| one["use"] == wanted)
                .count()
        };
        assert_eq!((of_use("claim"), of_use("preauthorization")), (claims, 1));
        assert!(bundle::matches(&all).all(|one| one["id"] != "pt-002"));
    }
}

#[test]
fn documents_are_found_by_time() {
    let mut payer = payer("2.1.0");
    let dates = |payer: &mut Payer, query: &str| -> Vec<String> {
        let (status, found) = get(
            payer,
            &format!("/DocumentReference/$docref?patient=pt-036{query}"),
        );
        assert_eq!(status, 200);
        bundle::matches(&found)
            .map(|one| one["date"].as_str().unwrap()[..10].to_owned())
            .collect()
    };
    assert_eq!(dates(&mut payer, ""), ["2025-01-20"]);
    assert_eq!(
        dates(&mut payer, "&start=2023-01-01&end=2024-12-31"),
        ["2024-08-02", "2023-03-14"]
    );
    assert_eq!(
        dates(&mut payer, "&start=2023-01-01&type=18842-5"),
        ["2024-08-02"]
    );
    assert_eq!(get(&mut payer, "/DocumentReference/$docref").0, 400);
    assert_eq!(
        get(
            &mut payer,
            "/DocumentReference/$docref?patient=pt-036&start=soon"
        )
        .0,
        400
    );
    let sent = json!({"resourceType": "Parameters", "parameter": [
        {"name": "patient", "valueId": "pt-036"}, {"name": "end", "valueDate": "2023-12-31"}]});
    let (status, found) = post(&mut payer, "/DocumentReference/$docref", &sent);
    assert_eq!((status, bundle::matches(&found).count()), (200, 1));
}

#[test]
fn the_smart_configuration_is_where_it_is_declared() {
    let mut payer = payer("2.1.0");
    let (status, document) = get(&mut payer, "/.well-known/smart-configuration");
    assert_eq!(status, 200);
    let (_, statement) = get(&mut payer, "/metadata");
    let token = path::elements(&statement, "rest.security.extension.extension")
        .into_iter()
        .find(|one| one["url"] == "token")
        .map(|one| one["valueUri"].clone());
    assert_eq!(token, Some(document["token_endpoint"].clone()));
    assert_eq!(document["issuer"], BASE);
}

#[test]
fn nobody_has_a_social_security_number() {
    let (_, all) = get(&mut payer("2.1.0"), "/Patient?_count=200");
    let systems = path::elements(&all, "entry.resource.identifier.system");
    assert!(systems.iter().all(|system| {
        system
            .as_str()
            .unwrap()
            .starts_with("https://payer.example/")
    }));
    assert!(bundle::matches(&all).count() >= 25);
    assert!(bundle::matches(&all).all(|one| one.get("birthDate").is_some_and(Value::is_string)));
}

#[test]
fn everything_is_narrowed_and_paged_as_asked() {
    let mut payer = payer("2.2.0");
    let target = "/Patient/pt-036/$everything";
    let count = |payer: &mut Payer, query: &str| {
        let (status, all) = get(payer, &format!("{target}?{query}"));
        assert_eq!(status, 200, "{query}");
        bundle::matches(&all).count()
    };
    assert_eq!(count(&mut payer, "_type=Encounter"), 3);
    assert_eq!(
        count(
            &mut payer,
            "_type=Encounter&start=2024-01-01&end=2024-12-31"
        ),
        1
    );
    assert_eq!(count(&mut payer, "_since=2026-01-01T00:00:00Z"), 0);
    assert_eq!(get(&mut payer, &format!("{target}?_type=Nonsense")).0, 400);
    assert_eq!(get(&mut payer, &format!("{target}?_since=soon")).0, 400);
    let sent = json!({"resourceType": "Parameters", "parameter": [
        {"name": "_type", "valueString": "Encounter"}, {"name": "_count", "valueInteger": 2}]});
    let (_, first) = post(&mut payer, target, &sent);
    assert_eq!(
        (bundle::matches(&first).count(), &first["total"]),
        (2, &json!(3))
    );
    let next = bundle::link(&first, "next")
        .unwrap()
        .strip_prefix(BASE)
        .unwrap()
        .to_owned();
    let (_, second) = get(&mut payer, &next);
    assert_eq!(
        (
            bundle::matches(&second).count(),
            bundle::link(&second, "next")
        ),
        (1, None)
    );
}

#[test]
fn web_pages_may_ask() {
    let mut payer = payer("2.1.0");
    let preflight = with_header(
        request(Method::OPTIONS, "/Patient", ""),
        "origin",
        "https://app.example",
    );
    let preflight = payer.respond(&with_header(
        preflight,
        "access-control-request-method",
        "GET",
    ));
    assert_eq!(preflight.status, 204);
    assert!(
        preflight.headers["access-control-allow-headers"]
            .to_str()
            .unwrap()
            .contains("authorization")
    );
    let read = with_header(
        request(Method::GET, "/Patient/pt-001", ""),
        "origin",
        "https://app.example",
    );
    assert_eq!(
        payer.respond(&read).headers["access-control-allow-origin"],
        "*"
    );
    let plain = payer.respond(&request(Method::GET, "/Patient/pt-001", ""));
    assert!(!plain.headers.contains_key("access-control-allow-origin"));
    assert_eq!(
        payer
            .respond(&request(Method::OPTIONS, "/Patient", ""))
            .status,
        405
    );
}
