//! Every invariant of the FHIR packages can be read and evaluated.

use super::packages::{R4, invariants};
use serde_json::{Value, json};
use vitruvian::profile::fhirpath::{
    EvalError, Expression, Focus, Model, Node, Resolution, Surroundings,
};

struct Packages;

impl Surroundings for Packages {
    fn model(&self) -> Option<&dyn Model> {
        R4::load().map(|model| model as &dyn Model)
    }

    fn resolve(&self, _: &str) -> Resolution<'_> {
        Resolution::Missing
    }
}

/// A resource with something at many places.
fn resource() -> Value {
    json!({
        "resourceType": "Patient",
        "id": "a",
        "meta": {"versionId": "1"},
        "text": {"status": "generated", "div": "<div xmlns=\"http://www.w3.org/1999/xhtml\">x</div>"},
        "contained": [{"resourceType": "Organization", "id": "org", "name": "Fake"}],
        "extension": [{"url": "http://example.org/x", "valueCode": "y"}],
        "identifier": [{"system": "http://example.org", "value": "1", "period": {"start": "2020"}}],
        "name": [{"family": "Testperson", "given": ["Ada"]}],
        "birthDate": "1990-01-01",
        "managingOrganization": {"reference": "#org"}
    })
}

/// The least that can stand at a path, and its type.
fn at_home(path: &str) -> (Value, String) {
    let Some((parent, name)) = path.rsplit_once('.') else {
        return (json!({"resourceType": path}), path.to_owned());
    };
    let model = R4::load();
    let found = model
        .and_then(|model| model.element_type(parent, name))
        .unwrap_or("string");
    let is_text = found.starts_with(|first: char| first.is_ascii_lowercase());
    (
        if is_text { json!("x") } else { json!({}) },
        found.to_owned(),
    )
}

#[test]
#[expect(clippy::print_stdout, reason = "a skipped test says why")]
fn every_invariant_of_the_packages_is_read_and_evaluated() {
    let Some(invariants) = invariants() else {
        println!("skipped: ../shared/packages is not there");
        return;
    };
    assert!(
        invariants.len() > 300,
        "only {} invariants",
        invariants.len()
    );
    let patient = resource();
    let places = [
        Node::resource(&patient),
        Node::element(&patient["name"][0], "HumanName"),
        Node::element(&patient["extension"][0], "Extension"),
        Node::element(&patient["birthDate"], "date"),
        Node::element(&patient["managingOrganization"], "Reference"),
    ];
    let mut problems = Vec::new();
    for (text, (key, path)) in &invariants {
        let mut problem =
            |error: String| problems.push(format!("{key} at {path}: {error}: {text}"));
        let expression = match Expression::parse(text) {
            Ok(expression) => expression,
            Err(error) => {
                problem(error.to_string());
                continue;
            }
        };
        let (own, own_type) = at_home(path);
        let focus = Focus::element(&own, Node::element(&own, &own_type));
        if let Err(error) = expression.holds(&focus, &Packages) {
            problem(error.to_string());
        }
        // Somewhere else, it may find the wrong kind of thing, but nothing worse.
        for place in places {
            match expression.holds(&Focus::element(&patient, place), &Packages) {
                Ok(_) | Err(EvalError::WrongType { .. } | EvalError::NotSingle(..)) => {}
                Err(error) => problem(error.to_string()),
            }
        }
    }
    assert!(
        problems.is_empty(),
        "{} problems: {problems:#?}",
        problems.len()
    );
}
