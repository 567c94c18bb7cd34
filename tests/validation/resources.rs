//! Valid resources to break, and ways to break them. All people are invented.

use serde_json::{Value, json};

const US_CORE: &str = "http://hl7.org/fhir/us/core/StructureDefinition/";

pub(super) fn base(name: &str) -> Value {
    match name {
        "patient" => patient(),
        "pressure" => pressure(),
        "bundle" => bundle(),
        "allergy" => allergy(),
        other => panic!("no resource {other}"),
    }
}

fn patient() -> Value {
    json!({
        "resourceType": "Patient",
        "id": "p1",
        "meta": {"profile": [format!("{US_CORE}us-core-patient")]},
        "text": {"status": "generated", "div": "<div xmlns=\"http://www.w3.org/1999/xhtml\"><p>Test Person</p></div>"},
        "extension": [
            {
                "url": format!("{US_CORE}us-core-race"),
                "extension": [
                    {"url": "ombCategory", "valueCoding": {"system": "urn:oid:2.16.840.1.113883.6.238", "code": "2106-3"}},
                    {"url": "text", "valueString": "White"},
                ],
            },
            {"url": format!("{US_CORE}us-core-birthsex"), "valueCode": "F"},
        ],
        "identifier": [{"system": "https://ids.example/members", "value": "M-0001"}],
        "active": true,
        "name": [{"id": "n1", "family": "Testperson", "given": ["Nora", "B."]}],
        "telecom": [{"system": "phone", "value": "555-0100", "use": "home"}],
        "gender": "female",
        "birthDate": "1970-01-01",
        "deceasedDateTime": "2023-01-01T10:00:00-05:00",
        "multipleBirthInteger": 2,
        "maritalStatus": {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/v3-MaritalStatus", "code": "M"}]},
        "photo": [{"contentType": "image/png", "data": "QUJD", "size": 3}],
        "communication": [{"language": {"coding": [{"system": "urn:ietf:bcp:47", "code": "en-US"}], "text": "English"}}],
    })
}

fn pressure() -> Value {
    let part = |code: &str, value: u32| {
        json!({
            "code": {"coding": [{"system": "http://loinc.org", "code": code}]},
            "valueQuantity": {"value": value, "unit": "mmHg", "system": "http://unitsofmeasure.org", "code": "mm[Hg]"},
        })
    };
    json!({
        "resourceType": "Observation",
        "id": "bp1",
        "meta": {"profile": [format!("{US_CORE}us-core-blood-pressure")]},
        "contained": [{"resourceType": "Practitioner", "id": "dr", "name": [{"family": "Testdoctor"}],
            "identifier": [{"system": "https://ids.example/doctors", "value": "1"}]}],
        "status": "final",
        "category": [{"coding": [
            {"system": "http://terminology.hl7.org/CodeSystem/observation-category", "code": "vital-signs"},
        ]}],
        "code": {"coding": [{"system": "http://loinc.org", "code": "85354-9"}]},
        "subject": {"reference": "Patient/p1"},
        "effectiveDateTime": "2024-01-01T10:00:00Z",
        "performer": [{"reference": "#dr"}],
        "component": [part("8480-6", 120), part("8462-4", 80)],
    })
}

fn bundle() -> Value {
    json!({
        "resourceType": "Bundle",
        "type": "searchset",
        "total": 1,
        "link": [{"relation": "self", "url": "https://s.example/Patient?_id=p1"}],
        "entry": [{
            "fullUrl": "https://s.example/Patient/p1",
            "resource": patient(),
            "search": {"mode": "match"},
        }],
    })
}

fn allergy() -> Value {
    json!({
        "resourceType": "AllergyIntolerance",
        "id": "a1",
        "clinicalStatus": {"coding": [
            {"system": "http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical", "code": "active"},
        ]},
        "code": {"text": "Testnut"},
        "criticality": "high",
        "patient": {"reference": "Patient/p1"},
    })
}

/// Puts a value at a pointer; the last step may be new, or just past the end of an array.
pub(super) fn set(resource: &mut Value, pointer: &str, value: Value) {
    let (parent, last) = pointer.rsplit_once('/').unwrap();
    match resource.pointer_mut(parent).unwrap() {
        Value::Object(fields) => {
            fields.insert(last.to_owned(), value);
        }
        Value::Array(items) => {
            let at: usize = last.parse().unwrap();
            if at == items.len() {
                items.push(value);
            } else {
                items[at] = value;
            }
        }
        other => panic!("{parent} is {other}"),
    }
}

/// Takes away what is at a pointer, and what that leaves empty.
pub(super) fn take(resource: &mut Value, pointer: &str) {
    let (parent, last) = pointer.rsplit_once('/').unwrap();
    match resource.pointer_mut(parent).unwrap() {
        Value::Object(fields) => {
            fields.remove(last).unwrap();
        }
        Value::Array(items) => {
            items.remove(last.parse().unwrap());
        }
        other => panic!("{parent} is {other}"),
    }
}
