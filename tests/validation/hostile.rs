//! Hostile JSON is answered, quickly and without a panic.

use super::mutations::validator;
use super::resources::base;
use serde_json::{Value, json};
use vitruvian::profile::{Document, Limits, Report, Verdict};

fn validate(value: &Value) -> Report {
    validator().validate(value, &[])
}

#[test]
fn what_is_no_resource_is_said_to_be_none() {
    for value in [
        json!(null),
        json!(1),
        json!("x"),
        json!([]),
        json!({}),
        json!({"resourceType": 1}),
        json!({"resourceType": ""}),
    ] {
        assert_eq!(validate(&value).verdict(), Verdict::Invalid, "{value}");
    }
    for name in [
        "Element",
        "Quantity",
        "DomainResource",
        "us-core-patient",
        "../Patient",
        "http://hl7.org/fhir/StructureDefinition/Patient",
    ] {
        assert_eq!(
            validate(&json!({"resourceType": name})).verdict(),
            Verdict::Invalid,
            "{name}"
        );
    }
}

#[test]
fn deep_nesting_is_bounded() {
    let nested = |deep: usize| {
        let mut item = json!({"linkId": "x", "type": "group"});
        for _ in 0..deep {
            let mut outer = json!({"linkId": "x", "type": "group"});
            outer["item"] = Value::Array(vec![item]);
            item = outer;
        }
        let mut questionnaire = json!({"resourceType": "Questionnaire", "status": "draft"});
        questionnaire["item"] = Value::Array(vec![item]);
        questionnaire
    };
    let is_limited = |value: &Value| {
        validate(value)
            .issues
            .iter()
            .any(|issue| issue.rule == "limit")
    };
    assert!(!is_limited(&nested(40)));
    assert!(is_limited(&nested(63)));
    let value = nested(50_000);
    assert!(is_limited(&value));
    // Dropping it is not what is tested here.
    std::mem::forget(value);
}

#[test]
fn many_mistakes_are_bounded() {
    let names: Vec<Value> = (0..20_000).map(|at| json!({"family": at})).collect();
    let report = validate(&json!({"resourceType": "Patient", "name": names}));
    assert_eq!(report.issues.len(), 1_001);
    assert_eq!(report.issues.last().unwrap().rule, "limit");
}

#[test]
fn circles_of_references_end() {
    let entry = |id: &str, to: &str| {
        json!({"fullUrl": format!("https://s.example/Organization/{id}"), "resource": {
            "resourceType": "Organization", "id": id, "active": true, "name": "Test",
            "meta": {"profile": ["http://hl7.org/fhir/us/core/StructureDefinition/us-core-organization"]},
            "partOf": {"reference": format!("Organization/{to}")},
        }})
    };
    let bundle = json!({"resourceType": "Bundle", "type": "collection", "entry": [entry("a", "b"), entry("b", "a"), entry("c", "c")]});
    let found: Vec<String> = validate(&bundle)
        .errors()
        .map(ToString::to_string)
        .collect();
    assert_eq!(found, Vec::<String>::new());
}

/// Every node of valid resources, replaced by every kind of nonsense.
#[test]
fn nothing_that_is_put_anywhere_makes_it_panic() {
    let nonsense = [
        json!(null),
        json!([]),
        json!({}),
        json!(-1e300),
        json!("\u{0}"),
        json!([[[]]]),
        json!({"resourceType": "Patient"}),
        json!([null]),
        json!({"reference": "#"}),
        json!({"extension": [{"url": null}]}),
        json!("#"),
    ];
    let mut invalid = 0;
    for name in ["patient", "pressure", "bundle"] {
        let resource = base(name);
        let mut pointers = Vec::new();
        walk(&resource, String::new(), &mut pointers);
        for pointer in &pointers {
            for value in &nonsense {
                let mut broken = resource.clone();
                *broken.pointer_mut(pointer).unwrap() = value.clone();
                invalid += usize::from(validate(&broken).verdict() == Verdict::Invalid);
            }
        }
    }
    assert!(invalid > 1_000, "{invalid}");
}

fn walk(value: &Value, at: String, into: &mut Vec<String>) {
    match value {
        Value::Object(fields) => fields
            .iter()
            .for_each(|(name, value)| walk(value, format!("{at}/{name}"), into)),
        Value::Array(items) => items
            .iter()
            .enumerate()
            .for_each(|(index, value)| walk(value, format!("{at}/{index}"), into)),
        _ => {}
    }
    into.push(at);
}

#[test]
fn issues_can_be_found_in_the_text() {
    let text = "{\"resourceType\": \"Patient\",\n  \"name\": [{\"family\": 1}],\n  \"deceasedBoolean\": \"no\"}";
    let document = Document::read(text.as_bytes(), Limits::default()).unwrap();
    let places: Vec<String> = validate(&document.value)
        .errors()
        .map(|issue| {
            format!(
                "{} {}",
                issue.expression,
                document.positions([issue.expression.as_str()])[0]
            )
        })
        .collect();
    assert_eq!(
        places,
        ["Patient.deceased 3:22", "Patient.name[0].family 2:23"]
    );
}
