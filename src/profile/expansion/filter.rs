//! Filters of value sets on code systems whose concepts are all known.

use super::vocabulary::Vocabulary;
use crate::profile::{Concept, Filter};
use regex::Regex;

/// Which concepts a filter lets through, by index.
///
/// # Errors
/// When the filter cannot be applied here: why, as a fragment.
pub(super) fn apply(filter: &Filter, vocabulary: &Vocabulary) -> Result<Vec<bool>, String> {
    let Filter {
        property,
        operator,
        value,
    } = filter;
    match operator.as_str() {
        "is-a" | "descendent-of" | "descendant-of" | "is-not-a" | "generalizes" => {
            hierarchy(operator, value, vocabulary)
        }
        "=" if property == "parent" || property == "child" => {
            relatives(property, value, vocabulary)
        }
        "=" => compare(property, vocabulary, |found| found == value),
        "in" => compare(property, vocabulary, |found| lists(value, found)),
        "not-in" => Ok(inverted(&compare(property, vocabulary, |found| {
            lists(value, found)
        })?)),
        "regex" => {
            let pattern = Regex::new(&format!("^(?:{value})$"))
                .map_err(|_| format!("the expression {value:?} is not understood"))?;
            compare(property, vocabulary, |found| pattern.is_match(found))
        }
        "exists" => {
            is_known(property, vocabulary)?;
            let wanted = value != "false";
            let concepts = vocabulary.concepts().iter();
            Ok(concepts
                .map(|concept| values(concept, property).next().is_some() == wanted)
                .collect())
        }
        other => Err(format!("the filter {other:?} is unknown")),
    }
}

fn hierarchy(operator: &str, value: &str, vocabulary: &Vocabulary) -> Result<Vec<bool>, String> {
    let top = vocabulary
        .find(value)
        .ok_or_else(|| format!("the code {value:?} of a filter is not in its code system"))?;
    let mut passes = match operator {
        "generalizes" => vocabulary.above(top),
        _ => vocabulary.below(top),
    };
    if !operator.starts_with("descend") {
        passes[top] = true;
    }
    if operator == "is-not-a" {
        passes = inverted(&passes);
    }
    Ok(passes)
}

/// Direct children (`parent = code`) or parents (`child = code`) of a concept.
fn relatives(property: &str, value: &str, vocabulary: &Vocabulary) -> Result<Vec<bool>, String> {
    let other = vocabulary
        .find(value)
        .ok_or_else(|| format!("the code {value:?} of a filter is not in its code system"))?;
    let concepts = vocabulary.concepts();
    Ok((0..concepts.len())
        .map(|index| match property {
            "parent" => concepts[index].parents.contains(&other),
            _ => concepts[other].parents.contains(&index),
        })
        .collect())
}

fn compare(
    property: &str,
    vocabulary: &Vocabulary,
    is_match: impl Fn(&str) -> bool,
) -> Result<Vec<bool>, String> {
    is_known(property, vocabulary)?;
    let concepts = vocabulary.concepts().iter();
    Ok(concepts
        .map(|concept| {
            let mut found = values(concept, property).peekable();
            if found.peek().is_none() && is_flag(property) {
                // What is not marked is not.
                return is_match("false");
            }
            found.any(&is_match)
        })
        .collect())
}

fn values<'a>(concept: &'a Concept, property: &'a str) -> impl Iterator<Item = &'a str> {
    let own = matches!(property, "code" | "concept").then_some(concept.code.as_str());
    let others = concept
        .properties
        .iter()
        .filter(move |(name, _)| name == property)
        .map(|(_, value)| value.as_str());
    own.into_iter().chain(others)
}

/// A property that no concept has may have been lost on the way here: then nothing is decided by it.
fn is_known(property: &str, vocabulary: &Vocabulary) -> Result<(), String> {
    let concepts = vocabulary.concepts();
    if concepts
        .iter()
        .any(|concept| values(concept, property).next().is_some())
    {
        Ok(())
    } else {
        Err(format!(
            "no concept has the property {property:?} of a filter"
        ))
    }
}

fn is_flag(property: &str) -> bool {
    matches!(
        property,
        "notSelectable" | "inactive" | "abstract" | "deprecated"
    )
}

fn lists(value: &str, found: &str) -> bool {
    value.split(',').any(|item| item.trim() == found)
}

fn inverted(passes: &[bool]) -> Vec<bool> {
    passes.iter().map(|passes| !passes).collect()
}
