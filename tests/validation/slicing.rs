//! Slices: told apart by every kind of discriminator, counted, ordered, closed, sliced again.

use super::profiled::{Profiled, R4, validator};
use super::rules::{P, assert_broken, assert_valid, patient};
use serde_json::{Value, json};
use vitruvian::profile::{DiscriminatorKind, Rules};

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
