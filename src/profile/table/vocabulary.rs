//! Value sets and code systems as lines.

use super::line::{Fields, Line};
use crate::profile::{CodeSystem, Concept, Content, Filter, Include, ValueSet};

/// Writes a value set.
pub(super) fn write_value_set(set: &ValueSet, text: &mut String) {
    Line::new("value-set")
        .field(&set.url)
        .field(&set.version)
        .end(text);
    for (word, parts) in [("include", &set.includes), ("exclude", &set.excludes)] {
        for part in parts {
            write_include(word, part, text);
        }
    }
    if let Some(codes) = &set.expansion {
        Line::new("expansion").end(text);
        for group in codes.chunk_by(|one, other| one.0 == other.0) {
            Line::new("of")
                .field(&group[0].0)
                .fields(group.iter().map(|(_, code)| code))
                .end(text);
        }
    }
}

fn write_include(word: &str, part: &Include, text: &mut String) {
    Line::new(word).optional(part.system.as_deref()).end(text);
    if !part.codes.is_empty() {
        Line::new("codes").fields(&part.codes).end(text);
    }
    for filter in &part.filters {
        Line::new("filter")
            .field(&filter.property)
            .field(&filter.operator)
            .field(&filter.value)
            .end(text);
    }
    if !part.value_sets.is_empty() {
        Line::new("sets").fields(&part.value_sets).end(text);
    }
}

/// Reads what [`write_value_set`] wrote.
pub(super) fn read_value_set(text: &str) -> Result<ValueSet, String> {
    let mut lines = text.lines();
    let mut fields = Fields::of(lines.next().unwrap_or_default());
    if fields.word != "value-set" {
        return fields.unknown();
    }
    let mut set = ValueSet {
        url: fields.text()?,
        version: fields.text()?,
        includes: Vec::new(),
        excludes: Vec::new(),
        expansion: None,
    };
    let mut is_exclude = false;
    for line in lines {
        let mut fields = Fields::of(line);
        match fields.word {
            "include" | "exclude" => {
                is_exclude = fields.word == "exclude";
                let part = Include {
                    system: fields.optional()?,
                    ..Include::default()
                };
                parts(&mut set, is_exclude).push(part);
            }
            "expansion" => set.expansion = Some(Vec::new()),
            "of" => {
                let system = fields.text()?;
                let codes = fields.rest().into_iter();
                let codes = codes.map(|code| (system.clone(), code));
                set.expansion.get_or_insert_default().extend(codes);
            }
            _ => match parts(&mut set, is_exclude).last_mut() {
                Some(part) => add(part, fields)?,
                None => return fields.unknown(),
            },
        }
    }
    Ok(set)
}

fn parts(set: &mut ValueSet, is_exclude: bool) -> &mut Vec<Include> {
    if is_exclude {
        &mut set.excludes
    } else {
        &mut set.includes
    }
}

fn add(part: &mut Include, mut fields: Fields<'_>) -> Result<(), String> {
    match fields.word {
        "codes" => part.codes = fields.rest(),
        "sets" => part.value_sets = fields.rest(),
        "filter" => part.filters.push(Filter {
            property: fields.text()?,
            operator: fields.text()?,
            value: fields.text()?,
        }),
        _ => return fields.unknown(),
    }
    Ok(())
}

/// Writes a code system. A parent is written as how many concepts before its child it stands.
pub(super) fn write_code_system(system: &CodeSystem, text: &mut String) {
    Line::new("code-system")
        .field(&system.url)
        .field(&system.version)
        .field(match system.content {
            Content::Complete => "complete",
            Content::Partial => "partial",
        })
        .field(if system.is_case_sensitive {
            ""
        } else {
            "any-case"
        })
        .optional(system.supplements.as_deref())
        .end(text);
    for (index, concept) in system.concepts.iter().enumerate() {
        let parents: Vec<String> = concept
            .parents
            .iter()
            .map(|parent| (index - parent).to_string())
            .collect();
        let mut line = Line::new("concept").field(&concept.code);
        if !(parents.is_empty() && concept.properties.is_empty()) {
            line = line.field(&parents.join(" "));
        }
        for (name, value) in &concept.properties {
            line = line.field(name).field(value);
        }
        line.end(text);
    }
}

/// Reads what [`write_code_system`] wrote.
pub(super) fn read_code_system(text: &str) -> Result<CodeSystem, String> {
    let mut lines = text.lines();
    let mut fields = Fields::of(lines.next().unwrap_or_default());
    if fields.word != "code-system" {
        return fields.unknown();
    }
    Ok(CodeSystem {
        url: fields.text()?,
        version: fields.text()?,
        content: match fields.text()?.as_str() {
            "complete" => Content::Complete,
            _ => Content::Partial,
        },
        is_case_sensitive: fields.text()? != "any-case",
        supplements: fields.optional()?,
        concepts: lines
            .enumerate()
            .map(|(index, line)| read_concept(index, line))
            .collect::<Result<_, _>>()?,
    })
}

fn read_concept(index: usize, line: &str) -> Result<Concept, String> {
    let mut fields = Fields::of(line);
    if fields.word != "concept" {
        return fields.unknown();
    }
    let code = fields.text()?;
    let parents = fields.next().unwrap_or_default();
    let parents = parents
        .split_ascii_whitespace()
        .map(|back| {
            let back: usize = back.parse().ok().filter(|back| *back > 0)?;
            index.checked_sub(back)
        })
        .collect::<Option<_>>()
        .ok_or_else(|| format!("the parents of {code:?} are not understood"))?;
    let mut properties = Vec::new();
    while let Some(name) = fields.next() {
        properties.push((name.into_owned(), fields.text()?));
    }
    Ok(Concept {
        code,
        parents,
        properties,
    })
}
