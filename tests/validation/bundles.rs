//! Bundles: documents and messages hang together; entries meet the profiles of their slices.

use super::mutations::validator as us_core;
use super::profiled::{Profiled, R4, validator};
use super::resources::{set, take};
use super::rules::{P, assert_broken, assert_valid};
use serde_json::{Value, json};
use vitruvian::profile::{DiscriminatorKind, Report, Rules, Severity};

const BASE: &str = "https://s.example/fhir";

fn entry(resource: Value) -> Value {
    let (kind, id) = (&resource["resourceType"], &resource["id"]);
    let url = format!("{BASE}/{}/{}", kind.as_str().unwrap(), id.as_str().unwrap());
    json!({"fullUrl": url, "resource": resource})
}

fn narrative() -> Value {
    json!({"status": "generated", "div": "<div xmlns=\"http://www.w3.org/1999/xhtml\">Text</div>"})
}

fn document() -> Value {
    json!({
        "resourceType": "Bundle",
        "type": "document",
        "identifier": {"system": "https://ids.example/documents", "value": "1"},
        "timestamp": "2024-01-01T10:00:00Z",
        "entry": [
            entry(json!({
                "resourceType": "Composition", "id": "c", "text": narrative(), "status": "final",
                "type": {"text": "Summary"}, "date": "2024-01-01", "title": "Summary",
                "subject": {"reference": "Patient/p"}, "author": [{"reference": "Practitioner/d"}],
                "section": [{"title": "S", "text": narrative(), "section": [
                    {"title": "T", "text": narrative(), "entry": [{"reference": "Observation/o"}]},
                ]}],
            })),
            entry(json!({"resourceType": "Patient", "id": "p"})),
            entry(json!({"resourceType": "Practitioner", "id": "d"})),
            entry(json!({"resourceType": "Observation", "id": "o", "status": "final",
                "code": {"text": "x"}, "device": {"reference": "Device/v"}})),
            entry(json!({"resourceType": "Device", "id": "v"})),
            entry(json!({"resourceType": "Provenance", "id": "a", "recorded": "2024-01-01T10:00:00Z",
                "target": [{"reference": "Composition/c"}],
                "agent": [{"who": {"reference": "Practitioner/d"}}]})),
        ],
    })
}

fn found(report: &Report, severity: Severity) -> Vec<(&str, &str)> {
    report
        .issues
        .iter()
        .filter(|issue| issue.severity == severity && issue.rule != "dom-6")
        .map(|issue| (issue.rule.as_str(), issue.expression.as_str()))
        .collect()
}

#[test]
fn a_document_holds_what_its_composition_leads_to() {
    let report = us_core().validate(&document(), &[]);
    assert_eq!(found(&report, Severity::Error), []);
    assert_eq!(found(&report, Severity::Warning), []);
    let mut orphan = document();
    take(&mut orphan, "/entry/3/resource/device");
    let report = us_core().validate(&orphan, &[]);
    let lost = [("bundle-reachable", "Bundle.entry[4]")];
    assert_eq!(found(&report, Severity::Error), lost);
    // What refers to the document and is no Provenance is odd, and no more.
    let mut backward = document();
    set(
        &mut backward,
        "/entry/6",
        entry(
            json!({"resourceType": "Flag", "id": "f", "status": "active",
            "code": {"text": "x"}, "subject": {"reference": "Patient/p"}}),
        ),
    );
    let report = us_core().validate(&backward, &[]);
    assert_eq!(found(&report, Severity::Error), []);
    let odd = [("bundle-reachable", "Bundle.entry[6]")];
    assert_eq!(found(&report, Severity::Warning), odd);
}

#[test]
fn what_a_composition_names_is_in_the_document() {
    for (pointer, place) in [
        ("/entry/0/resource/subject/reference", "subject.reference"),
        (
            "/entry/0/resource/author/0/reference",
            "author[0].reference",
        ),
        (
            "/entry/0/resource/section/0/section/0/entry/0/reference",
            "section[0].section[0].entry[0].reference",
        ),
    ] {
        let mut broken = document();
        let text = broken
            .pointer(pointer)
            .unwrap()
            .as_str()
            .unwrap()
            .to_owned();
        set(&mut broken, pointer, json!(format!("{text}x")));
        let report = us_core().validate(&broken, &[]);
        let place = format!("Bundle.entry[0].resource.{place}");
        let errors = found(&report, Severity::Error);
        assert!(
            errors.contains(&("bundled-reference", place.as_str())),
            "{errors:?}"
        );
    }
}

#[test]
fn a_document_begins_with_its_composition() {
    let mut turned = document();
    turned["entry"].as_array_mut().unwrap().swap(0, 1);
    let report = us_core().validate(&turned, &[]);
    let errors = found(&report, Severity::Error);
    assert!(errors.contains(&("bundle-first", "Bundle")), "{errors:?}");
}

#[test]
fn a_message_begins_with_its_header_and_holds_its_focus() {
    let mut message = json!({
        "resourceType": "Bundle", "type": "message", "timestamp": "2024-01-01T10:00:00Z",
        "entry": [
            entry(json!({"resourceType": "MessageHeader", "id": "m",
                "eventUri": "https://s.example/event", "source": {"endpoint": "https://s.example"},
                "focus": [{"reference": "Patient/p"}]})),
            entry(json!({"resourceType": "Patient", "id": "p"})),
            entry(json!({"resourceType": "Patient", "id": "q"})),
        ],
    });
    let report = us_core().validate(&message, &[]);
    assert_eq!(found(&report, Severity::Error), []);
    let lost = [("bundle-reachable", "Bundle.entry[2]")];
    assert_eq!(found(&report, Severity::Warning), lost);
    set(
        &mut message,
        "/entry/0/resource/focus/0/reference",
        json!("Patient/z"),
    );
    let report = us_core().validate(&message, &[]);
    let place = "Bundle.entry[0].resource.focus[0].reference";
    assert_eq!(
        found(&report, Severity::Error),
        [("bundled-reference", place)]
    );
    message["entry"].as_array_mut().unwrap().remove(0);
    let report = us_core().validate(&message, &[]);
    let errors = found(&report, Severity::Error);
    assert!(errors.contains(&("bundle-first", "Bundle")), "{errors:?}");
}

/// Bundles with one slice for Patients that meet a profile, and one for Observations.
fn sliced() -> [Profiled; 2] {
    let female = Profiled::of("Patient", "https://p.example/StructureDefinition/female").change(
        "Patient.gender",
        |element| {
            element.min = 1;
            element.fixed = Some(json!("female"));
        },
    );
    let bundle = Profiled::of("Bundle", P)
        .sliced(
            "Bundle.entry",
            DiscriminatorKind::Profile,
            "resource",
            Rules::Closed,
            false,
        )
        .slice("Bundle.entry", "woman", |slice| {
            slice.min = 1;
            slice.max = Some(1);
        })
        .child("Bundle.entry:woman", "Bundle.entry.resource", |child| {
            child.types[0].code = "Patient".to_owned();
            child.types[0].profiles =
                vec!["https://p.example/StructureDefinition/female".to_owned()];
        })
        .slice("Bundle.entry", "measure", |_| {})
        .child("Bundle.entry:measure", "Bundle.entry.resource", |child| {
            child.types[0].code = "Observation".to_owned();
            child.types[0].profiles = vec![format!("{R4}Observation")];
        });
    [female, bundle]
}

#[test]
fn entries_are_told_apart_by_the_profiles_they_meet() {
    let validator = validator(sliced());
    let bundle = |resources: Value| {
        let entries: Vec<Value> = resources
            .as_array()
            .unwrap()
            .iter()
            .map(|resource| entry(resource.clone()))
            .collect();
        json!({"resourceType": "Bundle", "type": "collection", "entry": entries})
    };
    let woman = json!({"resourceType": "Patient", "id": "w", "gender": "female"});
    let man = json!({"resourceType": "Patient", "id": "m", "gender": "male"});
    let measure =
        json!({"resourceType": "Observation", "id": "o", "status": "final", "code": {"text": "x"}});
    assert_valid(&validator, &bundle(json!([measure, woman])));
    assert_broken(
        &validator,
        &bundle(json!([measure])),
        "slice-min",
        "Bundle.entry",
    );
    let two = json!([woman, {"resourceType": "Patient", "id": "v", "gender": "female"}]);
    assert_broken(&validator, &bundle(two), "slice-max", "Bundle.entry");
    assert_broken(
        &validator,
        &bundle(json!([woman, man])),
        "closed",
        "Bundle.entry[1]",
    );
}

#[test]
fn a_target_in_the_bundle_meets_one_of_the_profiles_allowed() {
    let profiles = ["f", "m"].map(|name| format!("https://p.example/StructureDefinition/{name}"));
    let of = |name: &str, gender: &'static str| {
        Profiled::of(
            "Patient",
            &format!("https://p.example/StructureDefinition/{name}"),
        )
        .change("Patient.gender", |element| {
            element.min = 1;
            element.fixed = Some(json!(gender));
        })
    };
    let observation = Profiled::of("Observation", P).change("Observation.subject", |element| {
        element.types[0].target_profiles = profiles.to_vec();
    });
    let validator = validator([of("f", "female"), of("m", "male"), observation]);
    let with = |patient: Value| {
        json!({"resourceType": "Bundle", "type": "collection", "entry": [
            entry(json!({"resourceType": "Observation", "id": "o", "meta": {"profile": [P]},
                "status": "final", "code": {"text": "x"}, "subject": {"reference": "Patient/p"}})),
            entry(patient),
        ]})
    };
    let errors = |bundle: &Value| -> Vec<String> {
        let report = validator.validate(bundle, &[]);
        report
            .errors()
            .map(|issue| format!("{} {}", issue.rule, issue.expression))
            .collect()
    };
    for gender in ["female", "male"] {
        let patient = json!({"resourceType": "Patient", "id": "p", "gender": gender});
        assert_eq!(errors(&with(patient)), Vec::<String>::new());
    }
    let other = json!({"resourceType": "Patient", "id": "p", "gender": "other"});
    assert_eq!(
        errors(&with(other)),
        ["target-profile Bundle.entry[0].resource.subject"]
    );
}
