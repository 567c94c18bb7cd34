//! Elements as lines: one that every element has, and more for what only some have.

use super::line::{Fields, Line};
use super::rules::Rulebook;
use crate::profile::{
    Binding, Discriminator, DiscriminatorKind, Element, Rules, Slicing, Strength, TypeReference,
};
use serde_json::Value;
use std::borrow::Cow;

const STRENGTHS: [(Strength, &str); 4] = [
    (Strength::Required, "required"),
    (Strength::Extensible, "extensible"),
    (Strength::Preferred, "preferred"),
    (Strength::Example, "example"),
];

const DISCRIMINATORS: [(DiscriminatorKind, &str); 5] = [
    (DiscriminatorKind::Value, "value"),
    (DiscriminatorKind::Exists, "exists"),
    (DiscriminatorKind::Pattern, "pattern"),
    (DiscriminatorKind::Type, "type"),
    (DiscriminatorKind::Profile, "profile"),
];

const RULES: [(Rules, &str); 3] = [
    (Rules::Closed, "closed"),
    (Rules::Open, "open"),
    (Rules::OpenAtEnd, "open-at-end"),
];

fn word<T: PartialEq>(words: &[(T, &'static str)], value: &T) -> &'static str {
    words
        .iter()
        .find(|(known, _)| known == value)
        .map_or("", |(_, word)| word)
}

fn meaning<T: Copy>(words: &[(T, &str)], text: &str) -> Result<T, String> {
    words
        .iter()
        .find(|(_, known)| *known == text)
        .map(|(value, _)| *value)
        .ok_or_else(|| format!("the word {text:?} is unknown"))
}

/// The path an id implies: the id without slice names.
fn path_of(id: &str) -> Cow<'_, str> {
    if !id.contains(':') {
        return Cow::Borrowed(id);
    }
    let steps: Vec<&str> = id
        .split('.')
        .map(|step| step.split_once(':').map_or(step, |(name, _)| name))
        .collect();
    Cow::Owned(steps.join("."))
}

/// The slice name an id implies.
fn slice_of(id: &str) -> Option<&str> {
    let last = id.rsplit('.').next().unwrap_or(id);
    last.split_once(':').map(|(_, slice)| slice)
}

fn limit(limit: Option<u32>) -> String {
    limit.map_or_else(|| "*".to_owned(), |limit| limit.to_string())
}

fn parse_limit(text: &str) -> Result<Option<u32>, String> {
    match text {
        "*" => Ok(None),
        number => number
            .parse()
            .map(Some)
            .map_err(|_| format!("{number:?} is no cardinality")),
    }
}

/// Writes an element; its invariants go into the rule book.
pub(super) fn write(element: &Element, rules: &mut Rulebook, text: &mut String) {
    let flags = [(element.is_modifier, 'M'), (element.must_support, 'S')];
    let flags: String = flags
        .iter()
        .filter_map(|(is_set, flag)| is_set.then_some(*flag))
        .collect();
    let mut line = Line::new("element")
        .field(&element.id)
        .field(&format!("{}..{}", element.min, limit(element.max)))
        .field(&flags);
    if element.base_max != element.max {
        line = line.field(&limit(element.base_max));
    }
    line.end(text);
    if path_of(&element.id) != element.path {
        Line::new("path").field(&element.path).end(text);
    }
    if slice_of(&element.id) != element.slice_name.as_deref() {
        Line::new("slice")
            .optional(element.slice_name.as_deref())
            .end(text);
    }
    for reference in &element.types {
        let prefixed = |prefix: char, items: &[String]| -> Vec<String> {
            items.iter().map(|item| format!("{prefix}{item}")).collect()
        };
        Line::new("type")
            .field(&reference.code)
            .fields(prefixed('p', &reference.profiles))
            .fields(prefixed('t', &reference.target_profiles))
            .fields(prefixed('a', &reference.aggregation))
            .end(text);
    }
    if let Some(reference) = &element.content_reference {
        Line::new("content").field(reference).end(text);
    }
    if let Some(slicing) = &element.slicing {
        write_slicing(slicing, text);
    }
    if let Some(binding) = &element.binding {
        let additional = binding.additional.iter();
        Line::new("binding")
            .field(word(&STRENGTHS, &binding.strength))
            .optional(binding.value_set.as_deref())
            .optional(binding.max_value_set.as_deref())
            .fields(
                additional.flat_map(|(strength, set)| {
                    [word(&STRENGTHS, strength).to_owned(), set.clone()]
                }),
            )
            .end(text);
    }
    write_values(element, text);
    if !element.invariants.is_empty() {
        let numbers = element.invariants.iter().map(|rule| rules.number(rule));
        Line::new("rules")
            .fields(numbers.map(|number| number.to_string()))
            .end(text);
    }
}

fn write_slicing(slicing: &Slicing, text: &mut String) {
    let mut line = Line::new("slicing")
        .field(word(&RULES, &slicing.rules))
        .field(if slicing.is_ordered { "ordered" } else { "" });
    for discriminator in &slicing.discriminators {
        line = line
            .field(word(&DISCRIMINATORS, &discriminator.kind))
            .field(&discriminator.path);
    }
    line.end(text);
}

fn write_values(element: &Element, text: &mut String) {
    let values = [
        ("fixed", &element.fixed),
        ("pattern", &element.pattern),
        ("least", &element.min_value),
        ("greatest", &element.max_value),
    ];
    for (word, value) in values {
        if let Some(value) = value {
            Line::new(word).field(&value.to_string()).end(text);
        }
    }
    if let Some(length) = element.max_length {
        Line::new("length").field(&length.to_string()).end(text);
    }
}

/// Reads the line every element has.
pub(super) fn read(mut fields: Fields<'_>) -> Result<Element, String> {
    let id = fields.text()?;
    let cardinality = fields.text()?;
    let (min, max) = cardinality
        .split_once("..")
        .ok_or_else(|| format!("{cardinality:?} is no cardinality"))?;
    let flags = fields.text()?;
    let max = parse_limit(max)?;
    Ok(Element {
        path: path_of(&id).into_owned(),
        slice_name: slice_of(&id).map(str::to_owned),
        min: min
            .parse()
            .map_err(|_| format!("{min:?} is no cardinality"))?,
        max,
        base_max: match fields.next() {
            Some(base) => parse_limit(&base)?,
            None => max,
        },
        is_modifier: flags.contains('M'),
        must_support: flags.contains('S'),
        id,
        ..Element::default()
    })
}

/// Reads one of the further lines of an element.
pub(super) fn add(
    element: &mut Element,
    mut fields: Fields<'_>,
    rules: &Rulebook,
) -> Result<(), String> {
    match fields.word {
        "path" => element.path = fields.text()?,
        "slice" => element.slice_name = fields.optional()?,
        "type" => element.types.push(read_type(fields)?),
        "content" => element.content_reference = Some(fields.text()?),
        "slicing" => element.slicing = Some(read_slicing(fields)?),
        "binding" => element.binding = Some(read_binding(fields)?),
        "fixed" => element.fixed = Some(json(fields)?),
        "pattern" => element.pattern = Some(json(fields)?),
        "least" => element.min_value = Some(json(fields)?),
        "greatest" => element.max_value = Some(json(fields)?),
        "length" => element.max_length = Some(fields.number()?),
        "rules" => {
            while let Some(number) = fields.next() {
                let number = number
                    .parse()
                    .map_err(|_| format!("{number:?} is no number of a rule"))?;
                element.invariants.push(rules.rule(number)?);
            }
        }
        _ => return fields.unknown(),
    }
    Ok(())
}

fn json(mut fields: Fields<'_>) -> Result<Value, String> {
    let text = fields.text()?;
    serde_json::from_str(&text).map_err(|error| format!("{text:?} is no JSON ({error})"))
}

fn read_type(mut fields: Fields<'_>) -> Result<TypeReference, String> {
    let mut reference = TypeReference {
        code: fields.text()?,
        ..TypeReference::default()
    };
    while let Some(item) = fields.next() {
        let list = match item.chars().next() {
            Some('p') => &mut reference.profiles,
            Some('t') => &mut reference.target_profiles,
            Some('a') => &mut reference.aggregation,
            _ => return fields.unknown(),
        };
        list.push(item[1..].to_owned());
    }
    Ok(reference)
}

fn read_binding(mut fields: Fields<'_>) -> Result<Binding, String> {
    let mut binding = Binding {
        strength: meaning(&STRENGTHS, &fields.text()?)?,
        value_set: fields.optional()?,
        max_value_set: fields.optional()?,
        additional: Vec::new(),
    };
    while let Some(strength) = fields.next() {
        let strength = meaning(&STRENGTHS, &strength)?;
        binding.additional.push((strength, fields.text()?));
    }
    Ok(binding)
}

fn read_slicing(mut fields: Fields<'_>) -> Result<Slicing, String> {
    let rules = meaning(&RULES, &fields.text()?)?;
    let is_ordered = fields.text()? == "ordered";
    let mut discriminators = Vec::new();
    while let Some(kind) = fields.next() {
        discriminators.push(Discriminator {
            kind: meaning(&DISCRIMINATORS, &kind)?,
            path: fields.text()?,
        });
    }
    Ok(Slicing {
        discriminators,
        is_ordered,
        rules,
    })
}
