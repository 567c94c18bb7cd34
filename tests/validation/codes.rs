//! Codes: what their form rules out and what it only makes doubtful, and what a terminology service adds.

use super::profiled::{Profiled, validator};
use super::rules::{P, assert_broken, assert_valid};
use serde_json::{Value, json};
use std::sync::{Arc, Mutex};
use vitruvian::profile::{
    Binding, CodeQuestion, Membership, Report, Severity, Strength, TerminologyService, Validator,
};

const UCUM: &str = "http://unitsofmeasure.org";
const SNOMED: &str = "http://snomed.info/sct";
const NUBC: &str = "https://www.nubc.org/CodeSystem/PatDischargeStatus";
const UNITS: &str = "http://hl7.org/fhir/ValueSet/ucum-units";
/// A value set that nobody has.
const ELSEWHERE: &str = "https://p.example/ValueSet/elsewhere";

fn bound(value_set: &str, strength: Strength) -> Profiled {
    Profiled::of("Observation", P).change("Observation.code", |element| {
        element.binding = Some(Binding {
            strength,
            value_set: Some(value_set.to_owned()),
            max_value_set: None,
            additional: Vec::new(),
        });
    })
}

fn observation(system: &str, code: &str) -> Value {
    json!({
        "resourceType": "Observation", "status": "final",
        "code": {"coding": [{"system": system, "code": code}]},
    })
}

/// Severity, rule and place of what was found, but for what is only informative.
fn found(report: &Report) -> Vec<(Severity, &str, &str)> {
    let issues = report.issues.iter();
    issues
        .filter(|issue| issue.severity != Severity::Information && issue.rule != "dom-6")
        .map(|issue| (issue.severity, &*issue.rule, &*issue.expression))
        .collect()
}

#[test]
fn a_unit_is_held_against_the_grammar_of_units() {
    let validator = validator([Profiled::of("Observation", P)]);
    let measured = |code: &str| {
        let mut observation = observation("https://p.example/codes", "height");
        observation["valueQuantity"] =
            json!({"value": 1, "unit": code, "system": UCUM, "code": code});
        observation
    };
    for good in ["mg/dL", "[in_i]", "10*3/uL", "mL/min/{1.73_m2}", "1", "%"] {
        assert_valid(&validator, &measured(good));
    }
    for bad in ["KG", "lbs", "bpm", "mm Hg", "mg//dL", "10*3/uL)"] {
        assert_broken(
            &validator,
            &measured(bad),
            "code-form",
            "Observation.value.code",
        );
    }
    let report = validator.validate(&measured("{a b}"), &[P.to_owned()]);
    let found: Vec<_> = found(&report)
        .into_iter()
        .map(|(severity, rule, _)| (severity, rule))
        .collect();
    assert_eq!(found, [(Severity::Warning, "code-form")]);
}

#[test]
fn a_required_binding_to_all_units_is_decided_by_the_grammar() {
    let validator = validator([bound(UNITS, Strength::Required)]);
    let good = validator.validate(&observation(UCUM, "mm[Hg]"), &[P.to_owned()]);
    assert_eq!((found(&good), good.undecided), (vec![], 0));
    let bad = validator.validate(&observation(UCUM, "mmHg"), &[P.to_owned()]);
    assert_eq!(bad.undecided, 0);
    assert!(
        found(&bad).contains(&(Severity::Error, "binding", "Observation.code")),
        "{bad:?}"
    );
}

#[test]
fn only_a_published_syntax_makes_a_form_an_error() {
    let validator = validator([bound(ELSEWHERE, Strength::Required)]);
    let at = "Observation.code.coding[0].code";
    let place_holder = validator.validate(&observation(NUBC, "Dummy"), &[P.to_owned()]);
    assert_eq!(found(&place_holder), [(Severity::Warning, "code-form", at)]);
    assert_eq!(place_holder.undecided, 1);
    let fitting = validator.validate(&observation(NUBC, "01"), &[P.to_owned()]);
    assert_eq!(found(&fitting), []);
    // One digit off the check digit, which is the last.
    assert_broken(
        &validator,
        &observation(SNOMED, "73211008"),
        "code-form",
        at,
    );
    assert_valid(&validator, &observation(SNOMED, "73211009"));
    assert_broken(
        &validator,
        &observation("http://loinc.org", "4548-5"),
        "code-form",
        at,
    );
    assert_valid(&validator, &observation("http://loinc.org", "4548-4"));
}

#[test]
fn a_required_binding_to_a_licensed_system_is_not_broken_by_an_unlikely_form() {
    // All codes of NUBC, by a value set of CARIN BB.
    let set = "http://hl7.org/fhir/us/carin-bb/ValueSet/AHANUBCPatientDischargeStatus";
    let validator = validator([bound(set, Strength::Required)]);
    let report = validator.validate(&observation(NUBC, "Dummy"), &[P.to_owned()]);
    assert_eq!(report.errors().count(), 0, "{report:?}");
    assert_eq!(report.undecided, 1, "{report:?}");
    let other = validator.validate(&observation(SNOMED, "73211009"), &[P.to_owned()]);
    assert!(found(&other).contains(&(Severity::Error, "binding", "Observation.code")));
}

/// Knows some answers, and keeps the questions.
#[derive(Default)]
struct Sage {
    in_sets: Vec<&'static str>,
    in_systems: Vec<&'static str>,
    unknown: bool,
    asked: Mutex<Vec<(Option<String>, String)>>,
}

impl TerminologyService for Sage {
    fn validate_code(&self, question: CodeQuestion<'_>) -> Membership {
        let name = (
            question.value_set.map(str::to_owned),
            question.code.to_owned(),
        );
        self.asked.lock().unwrap().push(name);
        let known = if question.value_set.is_some() {
            &self.in_sets
        } else {
            &self.in_systems
        };
        match known.contains(&question.code) {
            _ if self.unknown => Membership::Undecided("the sage is silent".into()),
            true => Membership::In,
            false => Membership::NotIn,
        }
    }
}

fn asking(sage: Sage, strength: Strength) -> (Validator, Arc<Sage>) {
    let sage = Arc::new(sage);
    (
        validator([bound(ELSEWHERE, strength)]).with_service(sage.clone()),
        sage,
    )
}

#[test]
fn a_service_decides_bindings_that_are_undecided_here() {
    let sage = Sage {
        in_sets: vec!["73211009"],
        in_systems: vec!["73211009", "38341003"],
        ..Sage::default()
    };
    let (validator, sage) = asking(sage, Strength::Required);
    let inside = validator.validate(&observation(SNOMED, "73211009"), &[P.to_owned()]);
    assert_eq!((found(&inside), inside.undecided), (vec![], 0));
    let outside = validator.validate(&observation(SNOMED, "38341003"), &[P.to_owned()]);
    assert_eq!(
        found(&outside),
        [(Severity::Error, "binding", "Observation.code")]
    );
    assert_eq!(outside.undecided, 0);
    // Of several codings one is enough.
    let mut both = observation(SNOMED, "38341003");
    both["code"]["coding"]
        .as_array_mut()
        .unwrap()
        .push(json!({"system": SNOMED, "code": "73211009"}));
    assert_valid(&validator, &both);
    // What is known here is not asked there: status and its like.
    let asked = sage.asked.lock().unwrap();
    assert!(
        asked
            .iter()
            .all(|(set, _)| set.as_deref().is_none_or(|set| set == ELSEWHERE)),
        "{asked:?}"
    );
}

#[test]
fn a_service_makes_extensible_bindings_warn() {
    let (validator, _) = asking(
        Sage {
            in_sets: vec!["73211009"],
            in_systems: vec!["73211009", "38341003"],
            ..Sage::default()
        },
        Strength::Extensible,
    );
    let inside = validator.validate(&observation(SNOMED, "73211009"), &[P.to_owned()]);
    assert_eq!(found(&inside), []);
    let outside = validator.validate(&observation(SNOMED, "38341003"), &[P.to_owned()]);
    assert_eq!(
        found(&outside),
        [(Severity::Warning, "binding", "Observation.code")]
    );
}

#[test]
fn a_service_knows_which_codes_a_system_has() {
    let sage = Sage {
        in_sets: vec!["73211009", "38341003"],
        in_systems: vec!["73211009", "Dummy"],
        ..Sage::default()
    };
    let (validator, _) = asking(sage, Strength::Example);
    let at = "Observation.code.coding[0].code";
    assert_valid(&validator, &observation(SNOMED, "73211009"));
    assert_broken(&validator, &observation(SNOMED, "38341003"), "code", at);
    // What the system has is not doubted because of its form.
    let there = validator.validate(&observation(NUBC, "Dummy"), &[P.to_owned()]);
    assert_eq!(found(&there), []);
}

#[test]
fn what_a_service_does_not_know_stays_undecided() {
    let (validator, sage) = asking(
        Sage {
            unknown: true,
            ..Sage::default()
        },
        Strength::Required,
    );
    let report = validator.validate(&observation(SNOMED, "73211009"), &[P.to_owned()]);
    assert_eq!((found(&report), report.undecided), (vec![], 1));
    let issue = report
        .issues
        .iter()
        .find(|issue| issue.rule == "binding")
        .unwrap();
    assert!(
        issue.message.ends_with("and the sage is silent"),
        "{}",
        issue.message
    );
    // Nobody is asked about what cannot be a code, or has no system.
    sage.asked.lock().unwrap().clear();
    let _ = validator.validate(
        &json!({"resourceType": "Observation", "status": "final",
        "code": {"coding": [{"code": "73211009"}]}}),
        &[P.to_owned()],
    );
    assert_eq!(*sage.asked.lock().unwrap(), []);
}

#[test]
fn additional_bindings_hold_besides_the_first() {
    let genders = "http://hl7.org/fhir/ValueSet/administrative-gender";
    let gender = "http://hl7.org/fhir/administrative-gender";
    let with = |strength| {
        let profile = Profiled::of("Observation", P).change("Observation.code", |element| {
            element.binding = Some(Binding {
                strength: Strength::Example,
                value_set: Some(ELSEWHERE.to_owned()),
                max_value_set: None,
                additional: vec![(strength, genders.to_owned())],
            });
        });
        validator([profile])
    };
    let place = "Observation.code";
    let required = with(Strength::Required);
    assert_valid(&required, &observation(gender, "female"));
    let other = observation("https://p.example/codes", "female");
    assert_broken(&required, &other, "additional-binding", place);
    let extensible = with(Strength::Extensible);
    let report = extensible.validate(&observation(gender, "female"), &[P.to_owned()]);
    assert_eq!(found(&report), []);
    let report = extensible.validate(&other, &[P.to_owned()]);
    assert_eq!(
        found(&report),
        [(Severity::Warning, "additional-binding", place)]
    );
}
