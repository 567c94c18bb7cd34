//! What profiles want to be supported is there, at least once, in the chart of one member.

use super::ask::{get, payer};
use super::chart::all;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use vitruvian::data::Data;
use vitruvian::fhir::bundle;
use vitruvian::mock::Payer;
use vitruvian::profile::{Definition, Definitions as _, Element, Library};

/// The member whose chart is full.
const MEMBER: &str = "pt-001";

/// Elements that are never there: version of the guide (empty for all), beginning of the canonical's last part,
/// beginning or end of the element's id, and why.
const EXCEPTIONS: &[(&str, &str, &str, &str)] = &[
    // What is one number has no parts; each of these profiles has the element from the one for all vital signs.
    ("", "us-core-heart-rate", "Observation.component", NO_PARTS),
    (
        "",
        "us-core-respiratory-rate",
        "Observation.component",
        NO_PARTS,
    ),
    ("", "us-core-body-", "Observation.component", NO_PARTS),
    ("", "us-core-bmi", "Observation.component", NO_PARTS),
    (
        "",
        "us-core-head-circumference",
        "Observation.component",
        NO_PARTS,
    ),
    ("", "pediatric-", "Observation.component", NO_PARTS),
    ("", "head-occipital", "Observation.component", NO_PARTS),
    ("", "heartrate", "Observation.component", NO_PARTS),
    ("", "resprate", "Observation.component", NO_PARTS),
    ("", "body", "Observation.component", NO_PARTS),
    ("", "bmi", "Observation.component", NO_PARTS),
    ("", "headcircum", "Observation.component", NO_PARTS),
    (
        "",
        "us-core-blood-pressure",
        "Observation.value[x]",
        ONLY_PARTS,
    ),
    ("", "bp", "Observation.value[x]", ONLY_PARTS),
    ("", "bmi", "Observation.dataAbsentReason", ALWAYS_KNOWN),
    (
        "",
        "us-core-bmi",
        "Observation.dataAbsentReason",
        ALWAYS_KNOWN,
    ),
    (
        "",
        "C4BB-ExplanationOfBenefit-Pharmacy-Basis",
        "ExplanationOfBenefit.total.amount",
        NO_PRICES,
    ),
    (
        "2.0.0",
        "pdex-priorauthorization",
        "ExplanationOfBenefit.item.extension:",
        MISPLACED,
    ),
];

const NO_PARTS: &str = "the measurement is one number";
const NO_PRICES: &str = "claims go out without prices, and this element is nothing but a price";
const ONLY_PARTS: &str = "a blood pressure is two numbers, each in its component";
const ALWAYS_KNOWN: &str = "FHIR's profile of the body mass index demands a value";
const MISPLACED: &str = "PAS 2.0.1 does not let its extensions stand in an ExplanationOfBenefit";

/// A profile's must-support elements, each as the names that lead to it; slices are told by their fixed values.
struct Wanted<'a> {
    definition: &'a Definition,
}

impl Wanted<'_> {
    fn element(&self, id: &str) -> Option<&Element> {
        self.definition.elements.iter().find(|one| one.id == id)
    }

    /// Whether `value` holds what the element, or a part of it, fixes.
    fn is_slice(&self, id: &str, value: &Value) -> bool {
        let Some(element) = self.element(id) else {
            return true;
        };
        if let Some(expected) = element.fixed.as_ref().or(element.pattern.as_ref())
            && !holds(value, expected)
        {
            return false;
        }
        for kind in &element.types {
            if kind.code == "Extension"
                && !kind.profiles.is_empty()
                && !kind.profiles.iter().any(|profile| {
                    let url = profile.split('|').next().unwrap_or_default();
                    value["url"] == url
                })
            {
                return false;
            }
        }
        let prefix = format!("{id}.");
        self.definition
            .elements
            .iter()
            .filter(|one| one.id.starts_with(&prefix))
            .filter(|one| one.fixed.is_some() || one.pattern.is_some())
            .filter(|one| !one.id[prefix.len()..].contains(':'))
            .all(|one| {
                let path = &one.id[prefix.len()..];
                let expected = one.fixed.as_ref().or(one.pattern.as_ref());
                let found = vitruvian::fhir::path::elements(value, &path.replace("[x]", ""));
                // A part that is not there fixes nothing, but for what tells the slice apart.
                if found.is_empty() {
                    return one.min == 0 || path.contains('.');
                }
                expected.is_none_or(|expected| found.iter().any(|value| holds(value, expected)))
            })
    }

    /// Whether something is at the element with that id.
    fn is_there(&self, id: &str, resource: &Value) -> bool {
        let mut at = vec![resource.clone()];
        let mut known = String::new();
        for (position, segment) in segments(id).iter().enumerate() {
            if position == 0 {
                known.push_str(segment);
                continue;
            }
            known = format!("{known}.{segment}");
            let (name, slice) = match segment.split_once(':') {
                Some((name, slice)) => (name, Some(slice)),
                None => (segment.as_str(), None),
            };
            at = at
                .iter()
                .flat_map(|value| children(value, name, slice))
                .filter(|value| slice.is_none() || self.is_slice(&known, value))
                .collect();
        }
        !at.is_empty()
    }
}

/// Segments of an element's id; dots in slice names do not divide.
fn segments(id: &str) -> Vec<String> {
    id.split('.').map(str::to_owned).collect()
}

/// Values of a child; a choice is looked up under the type its slice names, or any.
fn children(value: &Value, name: &str, slice: Option<&str>) -> Vec<Value> {
    let Some(fields) = value.as_object() else {
        return Vec::new();
    };
    let values: Vec<&Value> = match name.strip_suffix("[x]") {
        Some(stem) => fields
            .iter()
            .filter(|(key, _)| match slice {
                Some(slice) if slice.starts_with(stem) => *key == slice,
                _ => key.starts_with(stem),
            })
            .map(|(_, value)| value)
            .collect(),
        None => {
            let mut values: Vec<&Value> = fields.get(name).into_iter().collect();
            if let Some(extended) = fields.get(&format!("_{name}")) {
                values.push(extended);
            }
            values
        }
    };
    values
        .into_iter()
        .flat_map(|value| {
            value
                .as_array()
                .cloned()
                .unwrap_or_else(|| vec![value.clone()])
        })
        .collect()
}

/// Whether `value` is, or contains, what is expected.
fn holds(value: &Value, expected: &Value) -> bool {
    match (value, expected) {
        (Value::Object(value), Value::Object(expected)) => expected
            .iter()
            .all(|(key, expected)| value.get(key).is_some_and(|value| holds(value, expected))),
        (Value::Array(values), Value::Array(expected)) => expected
            .iter()
            .all(|expected| values.iter().any(|value| holds(value, expected))),
        _ => value == expected,
    }
}

/// The member's record, with what it refers to.
fn chart(payer: &mut Payer) -> Vec<Value> {
    let (status, everything) = get(payer, &format!("/Patient/{MEMBER}/$everything"));
    assert_eq!(status, 200);
    let mut found: Vec<Value> = bundle::matches(&everything).cloned().collect();
    found.extend(all(
        payer,
        &format!("/ExplanationOfBenefit?patient={MEMBER}&use=claim"),
    ));
    found
}

fn is_excused(version: &str, profile: &str, id: &str) -> bool {
    EXCEPTIONS.iter().any(|(only, of, element, _)| {
        (only.is_empty() || *only == version)
            && profile.starts_with(of)
            && (id.starts_with(element) || id.ends_with(element))
    })
}

#[test]
fn every_must_support_element_is_there_once() {
    let mut missing: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (version, flavours) in super::chart::FLAVOURS {
        let resources = chart(&mut payer(version));
        let pdex = format!("pdex@{version}");
        for flavour in flavours {
            let library = Library::for_igs(&Data::Embedded, &[&pdex, flavour], None).unwrap();
            let mut claimed: BTreeMap<String, Vec<&Value>> = BTreeMap::new();
            for resource in &resources {
                for profile in vitruvian::fhir::path::elements(resource, "meta.profile") {
                    let url = profile
                        .as_str()
                        .unwrap()
                        .split('|')
                        .next()
                        .unwrap()
                        .to_owned();
                    claimed.entry(url).or_default().push(resource);
                }
            }
            for (profile, instances) in &claimed {
                let Some(definition) = library.definition(profile) else {
                    continue;
                };
                let definition: Arc<Definition> = definition;
                let wanted = Wanted {
                    definition: &definition,
                };
                let name = profile.rsplit('/').next().unwrap();
                for element in definition.elements.iter().filter(|one| one.must_support) {
                    let is_there = instances
                        .iter()
                        .any(|one| wanted.is_there(&element.id, one));
                    if !is_there && !is_excused(version, name, &element.id) {
                        let place = missing.entry(format!("{name} {}", element.id));
                        place.or_default().insert(format!("{version} {flavour}"));
                    }
                }
            }
        }
    }
    assert!(missing.is_empty(), "{}: {missing:?}", missing.len());
}
