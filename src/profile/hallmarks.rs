//! What tells the records of a profile from others of their type, whether or not they claim it.

use super::program::Expected;
use super::{Definition, Element, Membership, Strength, Validator};
use serde_json::{Map, Value, json};
use std::sync::Arc;

/// Elements whose fixed content says outright what a record is.
const TELLING: [&str; 1] = ["code"];
/// Elements whose fixed content suggests what a record is.
const SUGGESTING: [&str; 1] = ["use"];
/// How deep fixed content is looked for below an element.
const DEPTH: usize = 4;

/// The content that tells records of a profile from others of their type.
#[derive(Debug, Default)]
pub struct Hallmarks {
    /// Fixed codes: a record that has them is one, whatever it claims.
    telling: Vec<(String, Expected)>,
    /// Fixed categories, or value sets of categories: records that claim nothing else are taken by them.
    signs: Vec<(&'static str, Sign)>,
    /// The value set its code comes from.
    codes: Option<String>,
}

#[derive(Debug)]
enum Sign {
    Value(Expected),
    In(String),
}

impl Hallmarks {
    /// Reads it from the definition of the profile.
    pub fn of(definition: &Arc<Definition>) -> Self {
        let root = &definition.type_name;
        let mut content = Self::default();
        for name in TELLING {
            let id = format!("{root}.{name}");
            let found = find(definition, &id).and_then(|element| fixed(definition, element, DEPTH));
            content
                .telling
                .extend(found.map(|value| (name.to_owned(), Expected::Pattern(value))));
        }
        for name in SUGGESTING {
            let id = format!("{root}.{name}");
            let found = find(definition, &id).and_then(|element| fixed(definition, element, DEPTH));
            content
                .signs
                .extend(found.map(|value| (name, Sign::Value(Expected::Pattern(value)))));
        }
        let category = format!("{root}.category");
        for element in &definition.elements {
            let is_category = element.id == category
                || element
                    .id
                    .strip_prefix(&category)
                    .is_some_and(|rest| rest.starts_with(':') && !rest.contains('.'));
            if !is_category || element.min == 0 {
                continue;
            }
            if let Some(value) = fixed(definition, element, DEPTH) {
                content
                    .signs
                    .push(("category", Sign::Value(Expected::Pattern(value))));
            } else if element.id != category {
                content
                    .signs
                    .extend(bound(element).map(|set| ("category", Sign::In(set))));
            }
        }
        content.codes = find(definition, &format!("{root}.code")).and_then(bound_at_all);
        content
    }

    /// Whether a record's codes say that it is one.
    pub fn is_told_by(&self, record: &Value) -> bool {
        !self.telling.is_empty()
            && self
                .telling
                .iter()
                .all(|(name, code)| code.is_met(&record[name]))
    }

    /// Whether a record's category and code suggest that it is one.
    pub fn is_suggested_by(&self, record: &Value, validator: &Validator) -> bool {
        let is_met = |(name, sign): &(&str, Sign)| match sign {
            Sign::Value(expected) => expected.is_met(&record[name]),
            Sign::In(set) => is_in(validator, set, &record[name]) == Membership::In,
        };
        let has_code = |set: &String| is_in(validator, set, &record["code"]) != Membership::NotIn;
        !self.signs.is_empty()
            && self.telling.is_empty()
            && self.signs.iter().all(is_met)
            && self.codes.as_ref().is_none_or(has_code)
    }

    /// Whether there is anything to tell by.
    pub fn is_empty(&self) -> bool {
        self.telling.is_empty() && self.signs.is_empty()
    }
}

/// Whether one of the codings of a concept, or of several, is in a value set.
fn is_in(validator: &Validator, set: &str, concepts: &Value) -> Membership {
    let one = std::slice::from_ref(concepts);
    let concepts = concepts.as_array().map_or(one, Vec::as_slice);
    let codings = concepts
        .iter()
        .filter_map(|concept| concept["coding"].as_array())
        .flatten();
    codings.fold(Membership::NotIn, |known, coding| {
        let code = coding["code"].as_str().unwrap_or_default();
        known.or(validator.membership(set, coding["system"].as_str(), code))
    })
}

fn find<'d>(definition: &'d Definition, id: &str) -> Option<&'d Element> {
    definition.elements.iter().find(|element| element.id == id)
}

/// The value set of a required binding.
fn bound(element: &Element) -> Option<String> {
    let binding = element.binding.as_ref();
    binding
        .filter(|binding| binding.strength == Strength::Required)?
        .value_set
        .clone()
}

/// The value set of a required or extensible binding.
fn bound_at_all(element: &Element) -> Option<String> {
    let binding = element.binding.as_ref();
    binding
        .filter(|binding| matches!(binding.strength, Strength::Required | Strength::Extensible))?
        .value_set
        .clone()
}

/// What an element must contain: its own value, or what its mandatory children fix.
fn fixed(definition: &Definition, element: &Element, depth: usize) -> Option<Value> {
    if let Some(own) = element.fixed.as_ref().or(element.pattern.as_ref()) {
        return Some(own.clone());
    }
    if depth == 0 {
        return None;
    }
    let mut fields = Map::new();
    let prefix = format!("{}.", element.id);
    for child in &definition.elements {
        let Some(last) = child.id.strip_prefix(&prefix) else {
            continue;
        };
        if last.contains('.') || child.min == 0 {
            continue;
        }
        let Some(value) = fixed(definition, child, depth - 1) else {
            continue;
        };
        let name = last.split(':').next().unwrap_or(last);
        if child.base_max == Some(1) {
            fields.insert(name.to_owned(), value);
        } else if let Some(items) = fields
            .entry(name)
            .or_insert_with(|| json!([]))
            .as_array_mut()
        {
            items.push(value);
        }
    }
    (!fields.is_empty()).then_some(Value::Object(fields))
}

#[cfg(test)]
mod tests {
    use super::super::{Library, Validator};
    use super::Hallmarks;
    use crate::data::Data;
    use serde_json::{Value, json};
    use std::sync::Arc;

    fn validator() -> Validator {
        let library = Library::for_igs(&Data::Embedded, &["us-core@6.1.0"], None).unwrap();
        Validator::new(Arc::new(library))
    }

    fn content(validator: &Validator, name: &str) -> Hallmarks {
        let url = format!("http://hl7.org/fhir/us/core/StructureDefinition/{name}");
        Hallmarks::of(&validator.definition(&url).unwrap())
    }

    fn observation(code: &str, category: &str) -> Value {
        json!({
            "resourceType": "Observation",
            "code": {"coding": [{"system": "http://loinc.org", "code": code}]},
            "category": [{"coding": [{
                "system": "http://terminology.hl7.org/CodeSystem/observation-category", "code": category,
            }]}],
        })
    }

    #[test]
    fn a_fixed_code_tells_whatever_the_category() {
        let validator = validator();
        let weight = content(&validator, "us-core-body-weight");
        assert!(weight.is_told_by(&observation("29463-7", "exam")));
        assert!(!weight.is_told_by(&observation("8302-2", "vital-signs")));
    }

    #[test]
    fn both_codes_of_pulse_oximetry_are_needed() {
        let validator = validator();
        let oximetry = content(&validator, "us-core-pulse-oximetry");
        let mut record = observation("2708-6", "vital-signs");
        assert!(!oximetry.is_told_by(&record));
        let codings = record["code"]["coding"].as_array_mut().unwrap();
        codings.push(json!({"system": "http://loinc.org", "code": "59408-5"}));
        assert!(oximetry.is_told_by(&record));
    }

    #[test]
    fn a_category_suggests_unless_the_code_says_otherwise() {
        let validator = validator();
        let laboratory = content(&validator, "us-core-observation-lab");
        assert!(laboratory.is_suggested_by(&observation("2339-0", "laboratory"), &validator));
        assert!(!laboratory.is_suggested_by(&observation("2339-0", "exam"), &validator));
        let smoking = content(&validator, "us-core-smokingstatus");
        assert!(!smoking.is_suggested_by(&observation("11341-5", "social-history"), &validator));
    }

    #[test]
    fn some_profiles_say_nothing() {
        let validator = validator();
        assert!(content(&validator, "us-core-diagnosticreport-note").is_empty());
        assert!(content(&validator, "us-core-careteam").is_empty());
    }
}
