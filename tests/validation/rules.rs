//! Rules and traps that published profiles seldom show: each with a case that breaks it and one that does not.

use super::profiled::{Profiled, validator};
use serde_json::{Value, json};
use vitruvian::profile::{Context, Invariant, TypeReference, Validator};

pub(super) const P: &str = "https://p.example/StructureDefinition/p";
const Q: &str = "https://p.example/StructureDefinition/q";

/// Rules broken and where, in order.
fn broken(validator: &Validator, resource: &Value) -> Vec<(String, String)> {
    let report = validator.validate(resource, &[P.to_owned()]);
    report
        .errors()
        .map(|issue| (issue.rule.clone(), issue.expression.clone()))
        .collect()
}

pub(super) fn assert_valid(validator: &Validator, resource: &Value) {
    assert_eq!(broken(validator, resource), [], "{resource}");
}

pub(super) fn assert_broken(validator: &Validator, resource: &Value, rule: &str, place: &str) {
    assert_eq!(
        broken(validator, resource),
        [(rule.to_owned(), place.to_owned())],
        "{resource}"
    );
}

pub(super) fn patient(fields: Value) -> Value {
    let mut patient = json!({"resourceType": "Patient"});
    patient
        .as_object_mut()
        .unwrap()
        .extend(fields.as_object().unwrap().clone());
    patient
}

#[test]
fn lengths_and_ranges_are_kept() {
    let profile = Profiled::of("Patient", P)
        .change("Patient.birthDate", |element| {
            element.min_value = Some(json!("1900-01-01"));
            element.max_value = Some(json!("2020-12-31"));
        })
        .change("Patient.gender", |element| element.max_length = Some(4));
    let validator = validator([profile]);
    assert_valid(
        &validator,
        &patient(json!({"birthDate": "2020-12-31", "gender": "male"})),
    );
    assert_valid(&validator, &patient(json!({"birthDate": "2020"})));
    assert_broken(
        &validator,
        &patient(json!({"birthDate": "1899"})),
        "min-value",
        "Patient.birthDate",
    );
    assert_broken(
        &validator,
        &patient(json!({"birthDate": "2021-01-01"})),
        "max-value",
        "Patient.birthDate",
    );
    assert_broken(
        &validator,
        &patient(json!({"gender": "female"})),
        "max-length",
        "Patient.gender",
    );
}

#[test]
fn a_pattern_is_contained_in_any_order() {
    let profile = Profiled::of("Patient", P).change("Patient.maritalStatus", |element| {
        element.pattern = Some(json!({"coding": [{"code": "b"}]}));
    });
    let validator = validator([profile]);
    let with = |codes: &[&str]| {
        let codings: Vec<Value> = codes
            .iter()
            .map(|code| json!({"system": "https://c.example", "code": code}))
            .collect();
        patient(json!({"maritalStatus": {"coding": codings}}))
    };
    assert_valid(&validator, &with(&["a", "b"]));
    assert_broken(
        &validator,
        &with(&["a"]),
        "pattern",
        "Patient.maritalStatus",
    );
}

#[test]
fn targets_at_hand_meet_the_profile_they_must() {
    let profiles = || {
        [
            Profiled::of("Patient", P).change("Patient.managingOrganization", |element| {
                element.types[0].target_profiles = vec![Q.to_owned()];
            }),
            Profiled::of("Organization", Q).change("Organization.name", |element| element.min = 1),
        ]
    };
    let validator = validator(profiles());
    let with = |organization: Value| {
        patient(json!({"contained": [organization], "managingOrganization": {"reference": "#o"}}))
    };
    assert_valid(
        &validator,
        &with(json!({"resourceType": "Organization", "id": "o", "name": "Test"})),
    );
    let nameless =
        json!({"resourceType": "Organization", "id": "o", "identifier": [{"value": "1"}]});
    assert_broken(
        &validator,
        &with(nameless),
        "target-profile",
        "Patient.managingOrganization",
    );
    assert_valid(
        &validator,
        &patient(json!({"managingOrganization": {"reference": "Organization/1"}})),
    );
    let person = patient(json!({"managingOrganization": {"reference": "Practitioner/1"}}));
    assert_broken(
        &validator,
        &person,
        "target",
        "Patient.managingOrganization",
    );
}

#[test]
fn references_stay_where_aggregation_says() {
    let profile = Profiled::of("Patient", P).change("Patient.managingOrganization", |element| {
        element.types[0].aggregation = vec!["contained".to_owned()];
    });
    let validator = validator([profile]);
    let outside = patient(json!({"managingOrganization": {"reference": "Organization/1"}}));
    assert_broken(
        &validator,
        &outside,
        "aggregation",
        "Patient.managingOrganization",
    );
}

#[test]
fn of_several_profiles_one_must_be_met() {
    let named = |url: &str, name: &str| {
        let name = json!(name);
        Profiled::of("HumanName", url)
            .change("HumanName.family", |element| element.fixed = Some(name))
    };
    let other = "https://p.example/StructureDefinition/r";
    let profile = Profiled::of("Patient", P).change("Patient.name", |element| {
        element.types[0].profiles = vec![Q.to_owned(), other.to_owned()];
    });
    let validator = validator([profile, named(Q, "A"), named(other, "B")]);
    assert_valid(
        &validator,
        &patient(json!({"name": [{"family": "B"}, {"family": "A"}]})),
    );
    assert_broken(
        &validator,
        &patient(json!({"name": [{"family": "C"}]})),
        "profile",
        "Patient.name[0]",
    );
}

#[test]
fn invariants_keep_their_severity() {
    let rule = |key: &str, is_error, is_best_practice| Invariant {
        key: key.to_owned(),
        is_error,
        is_best_practice,
        expression: "birthDate.exists()".to_owned(),
    };
    let profile = Profiled::of("Patient", P).change("Patient", |root| {
        root.invariants.extend([
            rule("e-1", true, false),
            rule("w-1", false, false),
            rule("b-1", true, true),
        ]);
    });
    let validator = validator([profile]);
    assert_broken(
        &validator,
        &patient(json!({"active": true})),
        "e-1",
        "Patient",
    );
    let report = validator.validate(&patient(json!({"active": true})), &[P.to_owned()]);
    let warned = |key: &str| {
        report
            .issues
            .iter()
            .any(|issue| issue.rule == key && issue.severity.code() == "warning")
    };
    assert!(warned("w-1") && warned("b-1"));
    assert_valid(&validator, &patient(json!({"birthDate": "2000"})));
}

#[test]
fn extensions_stand_where_they_may_at_any_depth() {
    let extension = |kind: &str, expression: &str| {
        let context = Context {
            kind: kind.to_owned(),
            expression: expression.to_owned(),
        };
        Profiled::of("Extension", Q)
            .whole(|definition| definition.contexts = vec![context])
            .change("Extension.url", |element| element.fixed = Some(json!(Q)))
    };
    let here = json!([{"url": Q, "valueBoolean": true}]);
    let on_contact_name =
        patient(json!({"contact": [{"name": {"family": "A", "extension": here}}]}));
    let on_family = patient(json!({"name": [{"_family": {"extension": here}}]}));
    let on_root = patient(json!({"extension": here}));
    for (kind, expression, resource, place) in [
        ("element", "Patient.contact.name", &on_contact_name, ""),
        ("element", "HumanName", &on_contact_name, ""),
        ("element", "Element", &on_contact_name, ""),
        (
            "element",
            "Patient.name",
            &on_contact_name,
            "Patient.contact[0].name.extension[0]",
        ),
        (
            "element",
            "Patient",
            &on_contact_name,
            "Patient.contact[0].name.extension[0]",
        ),
        ("element", "HumanName.family", &on_family, ""),
        ("element", "string", &on_family, ""),
        (
            "element",
            "HumanName.given",
            &on_family,
            "Patient.name[0].family.extension[0]",
        ),
        ("element", "DomainResource", &on_root, ""),
        ("element", "Element", &on_root, ""),
        ("element", "Observation", &on_root, "Patient.extension[0]"),
        ("fhirpath", "Patient.contact.name", &on_contact_name, ""),
        (
            "fhirpath",
            "Patient.name",
            &on_contact_name,
            "Patient.contact[0].name.extension[0]",
        ),
        (
            "extension",
            "https://p.example/outer",
            &on_root,
            "Patient.extension[0]",
        ),
    ] {
        let validator = validator([extension(kind, expression)]);
        let report = validator.validate(resource, &[]);
        let found: Vec<(&str, &str)> = report
            .errors()
            .map(|issue| (issue.rule.as_str(), issue.expression.as_str()))
            .collect();
        let wanted: &[(&str, &str)] = if place.is_empty() {
            &[]
        } else {
            &[("extension-context", place)]
        };
        assert_eq!(found, wanted, "{kind} {expression}");
    }
}

#[test]
fn content_references_are_followed_to_any_depth() {
    let validator = validator([]);
    let questionnaire = |kind: &str| {
        json!({"resourceType": "Questionnaire", "status": "draft", "item": [
            {"linkId": "1", "type": "group", "item": [{"linkId": "2", "type": "group", "item": [{"linkId": "3", "type": kind}]}]},
        ]})
    };
    let errors = |resource: &Value| -> Vec<String> {
        validator
            .validate(resource, &[])
            .errors()
            .map(|issue| format!("{} {}", issue.rule, issue.expression))
            .collect()
    };
    assert_eq!(errors(&questionnaire("string")), Vec::<String>::new());
    assert_eq!(
        errors(&questionnaire("nonsense")),
        ["binding Questionnaire.item[0].item[0].item[0].type"]
    );
}

#[test]
fn elements_that_take_several_resources_choose_by_type() {
    let resource = |code: &str| TypeReference {
        code: code.to_owned(),
        ..TypeReference::default()
    };
    let profile = Profiled::of("Patient", P).change("Patient.contained", |element| {
        element.types = vec![resource("Organization"), resource("Practitioner")];
    });
    let validator = validator([profile]);
    let with = |kind: &str| {
        patient(json!({
            "contained": [{"resourceType": kind, "id": "c", "identifier": [{"value": "1"}]}],
            "generalPractitioner": [{"reference": "#c"}],
        }))
    };
    assert_valid(&validator, &with("Practitioner"));
    assert_valid(&validator, &with("Organization"));
    let found = broken(&validator, &with("Patient"));
    assert!(
        found.contains(&("type".to_owned(), "Patient.contained[0]".to_owned())),
        "{found:?}"
    );
}

#[test]
fn references_lead_to_entries_of_the_same_bundle() {
    let validator = validator([]);
    let bundle = |reference: &str, full_url: &str| {
        json!({"resourceType": "Bundle", "type": "collection", "entry": [
            {"fullUrl": "https://s.example/fhir/Observation/o", "resource": {
                "resourceType": "Observation", "id": "o", "status": "final", "code": {"text": "x"},
                "subject": {"reference": reference},
            }},
            {"fullUrl": full_url, "resource": {"resourceType": "Practitioner", "id": "p"}},
        ]})
    };
    let errors = |resource: &Value| -> Vec<String> {
        validator
            .validate(resource, &[])
            .errors()
            .map(|issue| format!("{} {}", issue.rule, issue.expression))
            .collect()
    };
    let urn = "urn:uuid:c757873d-ec9a-4326-a141-556f43239520";
    // The target says what it is, though the reference does not.
    let wrong = ["target Bundle.entry[0].resource.subject"];
    assert_eq!(errors(&bundle(urn, urn)), wrong);
    assert_eq!(
        errors(&bundle(
            "Practitioner/p",
            "https://s.example/fhir/Practitioner/p"
        )),
        wrong
    );
    assert_eq!(
        errors(&bundle(
            "Patient/p",
            "https://s.example/fhir/Practitioner/p"
        )),
        Vec::<String>::new()
    );
}
