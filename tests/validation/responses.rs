//! Responses are held against their questionnaires, wherever those are; what nobody has is said.

use super::mutations::validator;
use super::packages::opened_folder;
use super::resources::{set, take};
use serde_json::{Value, json};
use std::sync::Arc;
use vitruvian::data::Data;
use vitruvian::profile::{Library, Package, Report, Validator, Verdict};

const FORM: &str = "https://forms.example/Questionnaire/intake";
const R4: &str = "http://hl7.org/fhir/StructureDefinition/";

/// A form with every kind of question that rules tell apart.
fn form() -> Value {
    let colour = |code: &str| json!({"system": "https://codes.example/colour", "code": code});
    json!({
        "resourceType": "Questionnaire",
        "id": "form",
        "url": FORM,
        "status": "active",
        "item": [
            {"linkId": "name", "type": "string", "required": true, "maxLength": 8,
                "extension": [{"url": format!("{R4}minLength"), "valueInteger": 2},
                    {"url": format!("{R4}regex"), "valueString": "[A-Z][a-z]+"}]},
            {"linkId": "smoker", "type": "boolean"},
            {"linkId": "habit", "type": "group", "required": true,
                "enableWhen": [{"question": "smoker", "operator": "=", "answerBoolean": true}],
                "item": [{"linkId": "packs", "type": "decimal", "required": true,
                    "extension": [{"url": format!("{R4}maxValue"), "valueDecimal": 5},
                        {"url": format!("{R4}maxDecimalPlaces"), "valueInteger": 1}]}]},
            {"linkId": "colour", "type": "choice", "repeats": true,
                "answerOption": [{"valueCoding": colour("red")}, {"valueCoding": colour("blue")},
                    {"valueCoding": colour("none"),
                        "extension": [{"url": format!("{R4}questionnaire-optionExclusive"), "valueBoolean": true}]}],
                "item": [{"linkId": "why", "type": "text", "required": true}]},
            {"linkId": "other", "type": "open-choice", "answerOption": [{"valueCoding": colour("red")}]},
            {"linkId": "thanks", "type": "display", "text": "Thank you"},
        ],
    })
}

fn response() -> Value {
    let why = json!([{"linkId": "why", "answer": [{"valueString": "I like it"}]}]);
    let colour = json!({"system": "https://codes.example/colour", "code": "red"});
    json!({
        "resourceType": "QuestionnaireResponse",
        "contained": [form()],
        "questionnaire": "#form",
        "status": "completed",
        "item": [
            {"linkId": "name", "answer": [{"valueString": "Nora"}]},
            {"linkId": "smoker", "answer": [{"valueBoolean": true}]},
            {"linkId": "habit", "item": [{"linkId": "packs", "answer": [{"valueDecimal": 0.5}]}]},
            {"linkId": "colour", "answer": [{"valueCoding": colour, "item": why}]},
            {"linkId": "other", "answer": [{"valueString": "grey"}]},
        ],
    })
}

fn found(report: &Report) -> Vec<(&str, &str)> {
    report
        .errors()
        .map(|issue| (issue.rule.as_str(), issue.expression.as_str()))
        .collect()
}

#[test]
#[expect(clippy::too_many_lines, reason = "a table, and a loop over it")]
fn every_breakage_of_a_response_is_found_at_its_place() {
    let valid = validator().validate(&response(), &[]);
    assert_eq!(found(&valid), [], "{:#?}", valid.issues);
    let blue = json!({"valueCoding": {"system": "https://codes.example/colour", "code": "none"},
        "item": [{"linkId": "why", "answer": [{"valueString": "x"}]}]});
    for (pointer, value, rule, place) in [
        (
            "/item/0/answer/0/valueString",
            json!("N"),
            "answer-length",
            "item[0].answer[0].value",
        ),
        (
            "/item/0/answer/0/valueString",
            json!("Norabelle"),
            "answer-length",
            "item[0].answer[0].value",
        ),
        (
            "/item/0/answer/0/valueString",
            json!("nora"),
            "answer-form",
            "item[0].answer[0].value",
        ),
        (
            "/item/0/answer/0",
            json!({"valueInteger": 1}),
            "answer-type",
            "item[0].answer[0].value",
        ),
        (
            "/item/0/answer/1",
            json!({"valueString": "Ann"}),
            "answer-max",
            "item[0]",
        ),
        (
            "/item/0/item",
            json!([{"linkId": "x"}]),
            "item-nesting",
            "item[0].item",
        ),
        (
            "/item/0/linkId",
            json!("nobody"),
            "link-id",
            "item[0].linkId",
        ),
        (
            "/item/0",
            json!({"linkId": "packs", "answer": [{"valueDecimal": 1}]}),
            "link-id",
            "item[0].linkId",
        ),
        ("/item/0", Value::Null, "answer-required", ""),
        ("/item/0/answer", Value::Null, "answer-required", "item[0]"),
        (
            "/item/1/answer/0/valueBoolean",
            json!(false),
            "not-enabled",
            "item[2]",
        ),
        ("/item/2", Value::Null, "answer-required", ""),
        (
            "/item/2/item/0",
            json!({"linkId": "packs", "answer": [{"valueDecimal": 7}]}),
            "answer-range",
            "item[2].item[0].answer[0].value",
        ),
        (
            "/item/2/item/0",
            json!({"linkId": "packs", "answer": [{"valueDecimal": 0.25}]}),
            "answer-precision",
            "item[2].item[0].answer[0].value",
        ),
        (
            "/item/2/answer",
            json!([{"valueString": "x"}]),
            "answer",
            "item[2].answer",
        ),
        (
            "/item/3/answer/0/valueCoding/code",
            json!("pink"),
            "answer-option",
            "item[3].answer[0].value",
        ),
        (
            "/item/3/answer/1",
            blue,
            "answer-option",
            "item[3].answer[1].value",
        ),
        (
            "/item/3/answer/0/item",
            Value::Null,
            "answer-required",
            "item[3].answer[0]",
        ),
        (
            "/item/5",
            json!({"linkId": "smoker"}),
            "item-order",
            "item[5]",
        ),
        (
            "/item/5",
            json!({"linkId": "other"}),
            "item-repeated",
            "item[5]",
        ),
        (
            "/item/5",
            json!({"linkId": "thanks", "answer": [{"valueString": "x"}]}),
            "answer",
            "item[5].answer",
        ),
    ] {
        let mut broken = response();
        if value.is_null() {
            take(&mut broken, pointer);
        } else {
            set(&mut broken, pointer, value.clone());
        }
        let report = validator().validate(&broken, &[]);
        let place = ["QuestionnaireResponse", place].join(if place.is_empty() { "" } else { "." });
        assert!(
            found(&report).contains(&(rule, place.as_str())),
            "{pointer} = {value}: wanted {rule} at {place}, found {:?}",
            found(&report)
        );
    }
}

#[test]
fn what_is_not_finished_may_be_incomplete() {
    let mut open = response();
    set(&mut open, "/status", json!("in-progress"));
    for pointer in ["/item/2", "/item/0"] {
        take(&mut open, pointer);
    }
    assert_eq!(found(&validator().validate(&open, &[])), []);
}

#[test]
fn what_is_not_asked_need_not_be_answered() {
    let mut response = response();
    set(&mut response, "/item/1/answer/0/valueBoolean", json!(false));
    take(&mut response, "/item/2");
    assert_eq!(found(&validator().validate(&response, &[])), []);
}

/// The response, its questionnaire being elsewhere, and with a first answer too long.
fn apart() -> Value {
    let mut response = response();
    take(&mut response, "/contained");
    set(&mut response, "/questionnaire", json!(FORM));
    set(
        &mut response,
        "/item/0/answer/0/valueString",
        json!("Norabelle"),
    );
    response
}

#[test]
fn a_questionnaire_is_found_in_the_same_bundle() {
    let bundle = json!({"resourceType": "Bundle", "type": "collection", "entry": [
        {"fullUrl": "urn:uuid:c757873d-ec9a-4326-a141-556f43239520", "resource": apart()},
        {"fullUrl": FORM.replace("intake", "form"), "resource": form()},
    ]});
    let report = validator().validate(&bundle, &[]);
    let place = "Bundle.entry[0].resource.item[0].answer[0].value";
    assert_eq!(found(&report), [("answer-length", place)]);
}

#[test]
fn a_questionnaire_is_found_in_a_package() {
    let (folder, _) = opened_folder(&[form()]);
    let library = Library::for_igs(&Data::Embedded, &["us-core@6.1.0"], None)
        .unwrap()
        .with_package(Package::open(folder.path()).unwrap());
    let report = Validator::new(Arc::new(library)).validate(&apart(), &[]);
    let place = "QuestionnaireResponse.item[0].answer[0].value";
    assert_eq!(found(&report), [("answer-length", place)]);
}

#[test]
fn without_its_questionnaire_a_response_is_undecided() {
    let report = validator().validate(&apart(), &[]);
    assert_eq!(report.verdict(), Verdict::Undecided, "{:#?}", report.issues);
}
