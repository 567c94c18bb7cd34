//! Rules and traps that published profiles seldom show: each with a case that breaks it and one that does not.

use super::profiled::{Profiled, R4, validator};
use serde_json::{Value, json};
use vitruvian::profile::{Context, DiscriminatorKind, Invariant, Rules, TypeReference, Validator};

const P: &str = "https://p.example/StructureDefinition/p";
const Q: &str = "https://p.example/StructureDefinition/q";

/// Rules broken and where, in order.
fn broken(validator: &Validator, resource: &Value) -> Vec<(String, String)> {
    let report = validator.validate(resource, &[P.to_owned()]);
    report
        .errors()
        .map(|issue| (issue.rule.clone(), issue.expression.clone()))
        .collect()
}

fn assert_valid(validator: &Validator, resource: &Value) {
    assert_eq!(broken(validator, resource), [], "{resource}");
}

fn assert_broken(validator: &Validator, resource: &Value, rule: &str, place: &str) {
    assert_eq!(
        broken(validator, resource),
        [(rule.to_owned(), place.to_owned())],
        "{resource}"
    );
}

fn patient(fields: Value) -> Value {
    let mut patient = json!({"resourceType": "Patient"});
    patient
        .as_object_mut()
        .unwrap()
        .extend(fields.as_object().unwrap().clone());
    patient
}

/// Identifiers sliced by use: `a` official, `b` usual.
fn by_use(rules: Rules, is_ordered: bool) -> Profiled {
    Profiled::of("Patient", P)
        .sliced(
            "Patient.identifier",
            DiscriminatorKind::Value,
            "use",
            rules,
            is_ordered,
        )
        .slice("Patient.identifier", "a", |slice| slice.max = Some(1))
        .child("Patient.identifier:a", "Identifier.use", |child| {
            child.fixed = Some(json!("official"))
        })
        .slice("Patient.identifier", "b", |_| {})
        .child("Patient.identifier:b", "Identifier.use", |child| {
            child.fixed = Some(json!("usual"))
        })
}

fn uses(uses: &[&str]) -> Value {
    let identifiers: Vec<Value> = uses
        .iter()
        .map(|text| json!({"use": text, "value": "1"}))
        .collect();
    patient(json!({"identifier": identifiers}))
}

#[test]
fn closed_slicing_lets_nothing_else_in() {
    let closed = validator([by_use(Rules::Closed, false)]);
    assert_valid(&closed, &uses(&["usual", "official", "usual"]));
    assert_broken(
        &closed,
        &uses(&["official", "old"]),
        "closed",
        "Patient.identifier[1]",
    );
    assert_valid(
        &validator([by_use(Rules::Open, false)]),
        &uses(&["official", "old"]),
    );
}

#[test]
fn ordered_slices_keep_their_order() {
    let ordered = validator([by_use(Rules::Open, true)]);
    assert_valid(&ordered, &uses(&["official", "old", "usual"]));
    assert_broken(
        &ordered,
        &uses(&["usual", "official"]),
        "order",
        "Patient.identifier[1]",
    );
}

#[test]
fn what_is_open_at_the_end_is_open_only_there() {
    let validator = validator([by_use(Rules::OpenAtEnd, false)]);
    assert_valid(&validator, &uses(&["usual", "official", "old"]));
    assert_broken(
        &validator,
        &uses(&["old", "official"]),
        "order",
        "Patient.identifier[1]",
    );
}

#[test]
fn slices_are_counted() {
    let validator = validator([by_use(Rules::Open, false)]);
    assert_broken(
        &validator,
        &uses(&["official", "official"]),
        "slice-max",
        "Patient.identifier",
    );
}

#[test]
fn slices_within_slices_are_counted_within_theirs() {
    let profile = by_use(Rules::Open, false)
        .sliced(
            "Patient.identifier:a",
            DiscriminatorKind::Value,
            "system",
            Rules::Open,
            false,
        )
        .slice("Patient.identifier:a", "x", |_| {})
        .whole(|definition| {
            let slice = definition
                .elements
                .iter_mut()
                .find(|element| element.id.ends_with(":a:x"))
                .unwrap();
            slice.id = "Patient.identifier:a/x".to_owned();
            slice.slice_name = Some("a/x".to_owned());
            slice.min = 1;
        })
        .child("Patient.identifier:a/x", "Identifier.system", |child| {
            child.fixed = Some(json!("https://x.example"));
            child.min = 1;
        });
    let validator = validator([profile]);
    let with = |system: &str| {
        patient(json!({"identifier": [{"use": "official", "system": system, "value": "1"}]}))
    };
    assert_valid(&validator, &with("https://x.example"));
    assert_broken(
        &validator,
        &with("https://y.example"),
        "slice-min",
        "Patient.identifier",
    );
    assert_valid(&validator, &uses(&["usual"]));
}

#[test]
fn slices_are_told_apart_by_presence() {
    let profile = Profiled::of("Patient", P)
        .sliced(
            "Patient.identifier",
            DiscriminatorKind::Exists,
            "period",
            Rules::Open,
            false,
        )
        .slice("Patient.identifier", "dated", |slice| slice.max = Some(1))
        .child("Patient.identifier:dated", "Identifier.period", |child| {
            child.min = 1
        });
    let validator = validator([profile]);
    let dated = json!({"value": "1", "period": {"start": "2024"}});
    assert_valid(
        &validator,
        &patient(json!({"identifier": [dated, {"value": "2"}, {"value": "3"}]})),
    );
    assert_broken(
        &validator,
        &patient(json!({"identifier": [dated, dated]})),
        "slice-max",
        "Patient.identifier",
    );
}

#[test]
fn slices_are_told_apart_by_the_target_of_a_reference() {
    let by_target = |kind, path: &str| {
        Profiled::of("Patient", P)
            .sliced(
                "Patient.generalPractitioner",
                kind,
                path,
                Rules::Open,
                false,
            )
            .slice("Patient.generalPractitioner", "person", |slice| {
                slice.max = Some(1);
                slice.types[0].target_profiles = vec![format!("{R4}Practitioner")];
            })
    };
    let with = |one: &str, other: &str| {
        patient(json!({"generalPractitioner": [{"reference": one}, {"reference": other}]}))
    };
    for (kind, path) in [
        (DiscriminatorKind::Type, "resolve()"),
        (DiscriminatorKind::Profile, "$this.resolve()"),
    ] {
        let validator = validator([by_target(kind, path)]);
        assert_valid(&validator, &with("Practitioner/1", "Organization/1"));
    }
    let validator = validator([by_target(DiscriminatorKind::Type, "resolve()")]);
    assert_broken(
        &validator,
        &with("Practitioner/1", "Practitioner/2"),
        "slice-max",
        "Patient.generalPractitioner",
    );
}

#[test]
fn slices_without_an_unsliced_element_leave_other_types_alone() {
    // The snapshot has the slice of a choice only below a slice, and no `value[x]` beside it.
    let profile = Profiled::of("Observation", P)
        .sliced(
            "Observation.component",
            DiscriminatorKind::Pattern,
            "code",
            Rules::Open,
            false,
        )
        .slice("Observation.component", "a", |_| {})
        .whole(|definition| {
            let at = definition
                .elements
                .iter()
                .position(|element| element.id == "Observation.component:a")
                .unwrap();
            let find = |id: &str| {
                definition
                    .elements
                    .iter()
                    .find(|element| element.id == id)
                    .unwrap()
                    .clone()
            };
            let mut code = find("Observation.component.code");
            code.id = "Observation.component:a.code".into();
            code.pattern = Some(json!({"text": "a"}));
            let mut value = find("Observation.component.value[x]");
            value.id = "Observation.component:a.value[x]:valueInteger".into();
            value.slice_name = Some("valueInteger".into());
            value.types.retain(|kind| kind.code == "integer");
            value.max_value = Some(json!(9));
            definition.elements.splice(at + 1..at + 1, [code, value]);
        });
    let validator = validator([profile]);
    let with = |value: Value| {
        let mut part = json!({"code": {"text": "a"}});
        part.as_object_mut()
            .unwrap()
            .extend(value.as_object().unwrap().clone());
        json!({"resourceType": "Observation", "status": "final", "code": {"text": "x"}, "component": [part]})
    };
    assert_valid(&validator, &with(json!({"valueInteger": 9})));
    assert_valid(&validator, &with(json!({"valueString": "x"})));
    assert_broken(
        &validator,
        &with(json!({"valueInteger": 10})),
        "max-value",
        "Observation.component[0].value",
    );
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
        ("element", "Element", &on_root, "Patient.extension[0]"),
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
