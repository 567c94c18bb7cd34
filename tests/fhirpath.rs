//! FHIRPath says what the specification says, keeps its bounds, and knows when it cannot know.
//!
//! - `language`, `functions`, `values`, `fhir`: our own cases for every function and every trap
//! - `bounds`: hostile expressions and resources end in an error
//! - `suite`: the official suite, when it is there
//! - `invariants`: every invariant of the FHIR packages, when they are there

mod bounds;
mod fhir;
mod functions;
mod invariants;
mod language;
mod packages;
mod suite;
mod values;
mod xml;

use serde_json::Value;
use vitruvian::profile::fhirpath::{
    EvalError, Expression, Focus, Item, Model, Nowhere, Surroundings,
};

/// A few types, as a model knows them.
struct Types;

const ELEMENTS: [(&str, &str, &str); 16] = [
    ("Patient", "active", "boolean"),
    ("Patient", "birthDate", "date"),
    ("Patient", "gender", "code"),
    ("Patient", "name", "HumanName"),
    ("Patient", "contact", "Patient.contact"),
    ("Patient", "contained", "Resource"),
    ("Patient", "extension", "Extension"),
    ("Patient.contact", "name", "HumanName"),
    ("HumanName", "given", "string"),
    ("HumanName", "family", "string"),
    ("HumanName", "period", "Period"),
    ("Period", "start", "dateTime"),
    ("Period", "end", "dateTime"),
    ("Extension", "url", "uri"),
    ("Observation", "code", "CodeableConcept"),
    ("Quantity", "value", "decimal"),
];

impl Model for Types {
    fn element_type(&self, parent: &str, element: &str) -> Option<&str> {
        let mut all = ELEMENTS.iter();
        let found = all.find(|(of, name, _)| *of == parent && *name == element);
        found.map(|(_, _, found)| *found)
    }

    fn is_choice(&self, parent: &str, element: &str) -> bool {
        matches!((parent, element), ("Observation" | "Extension", "value"))
    }

    fn is_subtype(&self, of: &str, base: &str) -> bool {
        match base {
            "Resource" | "DomainResource" => matches!(of, "Patient" | "Observation"),
            "Quantity" => of == "Age",
            "string" => of == "code",
            "BackboneElement" => of.contains('.'),
            _ => of == base,
        }
    }
}

/// Surroundings that know those types.
struct Typed;

impl Surroundings for Typed {
    fn model(&self) -> Option<&dyn Model> {
        Some(&Types)
    }
}

/// An item as text: a scalar as it is written, a node as its JSON.
fn show(item: &Item<'_>) -> String {
    match (item, item.scalar()) {
        (_, Some(scalar)) => scalar.to_string(),
        (Item::Node(node), None) => node.value.or(node.sibling).unwrap().to_string(),
        (Item::Scalar(scalar), None) => scalar.to_string(),
    }
}

fn evaluate_in(
    text: &str,
    resource: &Value,
    surroundings: &dyn Surroundings,
) -> Result<Vec<String>, EvalError> {
    let expression = Expression::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"));
    let found = expression.evaluate(&Focus::resource(resource), surroundings)?;
    Ok(found.items().iter().map(show).collect())
}

/// What an expression yields, joined by blanks; no types are known.
fn on(text: &str, resource: &Value) -> String {
    let found = evaluate_in(text, resource, &Nowhere);
    found
        .unwrap_or_else(|error| panic!("{text}: {error}"))
        .join(" ")
}

/// The same where types are known.
fn typed(text: &str, resource: &Value) -> String {
    let found = evaluate_in(text, resource, &Typed);
    found
        .unwrap_or_else(|error| panic!("{text}: {error}"))
        .join(" ")
}

/// What an expression without a resource yields.
fn alone(text: &str) -> String {
    on(text, &Value::Null)
}

/// The error of an expression without a resource.
fn fails(text: &str) -> EvalError {
    match evaluate_in(text, &Value::Null, &Nowhere) {
        Err(error) => error,
        Ok(found) => panic!("{text} yields {found:?}"),
    }
}

/// Every expression yields what stands beside it.
fn expect(cases: &[(&str, &str)]) {
    for (text, expected) in cases {
        assert_eq!(alone(text), *expected, "{text}");
    }
}
