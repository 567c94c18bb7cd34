//! Definitions as lines.

use super::element;
use super::line::{Fields, Line};
use super::rules::Rulebook;
use crate::profile::{Context, Definition, Derivation, Kind};

const KINDS: [(Kind, &str); 4] = [
    (Kind::Primitive, "primitive"),
    (Kind::Complex, "complex"),
    (Kind::Resource, "resource"),
    (Kind::Logical, "logical"),
];

/// Writes a definition; its invariants go into the rule book.
pub(super) fn write(definition: &Definition, rules: &mut Rulebook, text: &mut String) {
    let kind = KINDS.iter().find(|(kind, _)| *kind == definition.kind);
    Line::new("definition")
        .field(&definition.url)
        .field(&definition.version)
        .field(&definition.name)
        .field(kind.map_or("", |(_, word)| word))
        .field(&definition.type_name)
        .field(match definition.derivation {
            Derivation::Constraint => "constraint",
            Derivation::Specialization => "specialization",
        })
        .field(if definition.is_abstract {
            "abstract"
        } else {
            ""
        })
        .optional(definition.base.as_deref())
        .end(text);
    for context in &definition.contexts {
        Line::new("context")
            .field(&context.kind)
            .field(&context.expression)
            .end(text);
    }
    for expression in &definition.context_invariants {
        Line::new("context-rule").field(expression).end(text);
    }
    for item in &definition.elements {
        element::write(item, rules, text);
    }
}

/// Reads what [`write`] wrote.
pub(super) fn read(text: &str, rules: &Rulebook) -> Result<Definition, String> {
    let mut lines = text.lines();
    let mut definition = head(lines.next().unwrap_or_default())?;
    for line in lines {
        let mut fields = Fields::of(line);
        match fields.word {
            "context" => definition.contexts.push(Context {
                kind: fields.text()?,
                expression: fields.text()?,
            }),
            "context-rule" => definition.context_invariants.push(fields.text()?),
            "element" => definition.elements.push(element::read(fields)?),
            _ => match definition.elements.last_mut() {
                Some(item) => element::add(item, fields, rules)?,
                None => return fields.unknown(),
            },
        }
    }
    // Definitions are kept as long as a run lasts, and most elements have one type and no rule of their own.
    for element in &mut definition.elements {
        element.types.shrink_to_fit();
        element.invariants.shrink_to_fit();
    }
    definition.elements.shrink_to_fit();
    Ok(definition)
}

fn head(line: &str) -> Result<Definition, String> {
    let mut fields = Fields::of(line);
    if fields.word != "definition" {
        return fields.unknown();
    }
    Ok(Definition {
        url: fields.text()?,
        version: fields.text()?,
        name: fields.text()?,
        kind: {
            let word = fields.text()?;
            KINDS
                .iter()
                .find(|(_, known)| *known == word)
                .map(|(kind, _)| *kind)
                .ok_or_else(|| format!("the kind {word:?} is unknown"))?
        },
        type_name: fields.text()?,
        derivation: match fields.text()?.as_str() {
            "constraint" => Derivation::Constraint,
            _ => Derivation::Specialization,
        },
        is_abstract: fields.text()? == "abstract",
        base: fields.optional()?,
        contexts: Vec::new(),
        context_invariants: Vec::new(),
        elements: Vec::new(),
    })
}
