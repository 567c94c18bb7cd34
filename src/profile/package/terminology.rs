//! ValueSet and CodeSystem JSON → facts.

use super::json::{choice, extension, flag, items, owned, text, texts};
use crate::profile::{CodeSystem, Concept, Content, Filter, Include, ValueSet};
use serde_json::Value;
use std::collections::HashMap;

const UNCLOSED: &str = "http://hl7.org/fhir/StructureDefinition/valueset-unclosed";
/// Deepest nesting of concepts; JSON itself is bounded by the parser.
const DEEPEST: usize = 100;

/// The facts of a ValueSet.
///
/// # Errors
/// None so far; the shape is that of the other readers.
pub(super) fn value_set(value: &Value) -> Result<ValueSet, String> {
    let compose = value.get("compose").unwrap_or(&Value::Null);
    Ok(ValueSet {
        url: owned(value, "url"),
        version: owned(value, "version"),
        includes: items(compose, "include").map(include).collect(),
        excludes: items(compose, "exclude").map(include).collect(),
        expansion: value.get("expansion").and_then(expansion),
    })
}

fn include(value: &Value) -> Include {
    Include {
        system: text(value, "system").map(str::to_owned),
        codes: items(value, "concept")
            .map(|concept| owned(concept, "code"))
            .collect(),
        filters: items(value, "filter")
            .map(|filter| Filter {
                property: owned(filter, "property"),
                operator: owned(filter, "op"),
                value: owned(filter, "value"),
            })
            .collect(),
        value_sets: texts(value, "valueSet"),
    }
}

/// The codes of an expansion, unless it says that it is a part, or gives fewer than it counts.
fn expansion(value: &Value) -> Option<Vec<(String, String)>> {
    let is_unclosed = extension(value, UNCLOSED).and_then(Value::as_bool) == Some(true);
    let is_page = items(value, "parameter")
        .any(|parameter| matches!(text(parameter, "name"), Some("offset" | "count" | "filter")));
    if is_unclosed || is_page {
        return None;
    }
    let mut codes = Vec::new();
    let count = contains(value, 0, &mut codes);
    let total = value.get("total").and_then(Value::as_u64);
    total
        .is_none_or(|total| total == count)
        .then_some(codes)
        .filter(|codes| !codes.is_empty())
}

/// Collects the codes below; says how many entries there are, abstract ones and repetitions with them.
fn contains(value: &Value, depth: usize, codes: &mut Vec<(String, String)>) -> u64 {
    if depth > DEEPEST {
        return 0;
    }
    let mut count = 0;
    for item in items(value, "contains") {
        count += 1;
        if let Some(code) = text(item, "code")
            && !flag(item, "abstract")
        {
            codes.push((owned(item, "system"), code.to_owned()));
        }
        count += contains(item, depth + 1, codes);
    }
    count
}

/// The facts of a CodeSystem.
///
/// # Errors
/// When it is larger than we are ready to read.
pub(super) fn code_system(value: &Value) -> Result<CodeSystem, String> {
    let mut rows = Vec::new();
    flatten(value, None, 0, &mut rows)?;
    let content = match text(value, "content") {
        Some("complete") if !rows.is_empty() => Content::Complete,
        _ => Content::Partial,
    };
    Ok(CodeSystem {
        url: owned(value, "url"),
        version: owned(value, "version"),
        content,
        is_case_sensitive: value
            .get("caseSensitive")
            .and_then(Value::as_bool)
            .unwrap_or(true),
        supplements: text(value, "supplements").map(str::to_owned),
        concepts: concepts(&rows),
    })
}

/// A concept as it stands in the JSON, with the row that it is nested in.
struct Row<'a> {
    value: &'a Value,
    code: &'a str,
    outer: Option<usize>,
}

fn flatten<'a>(
    value: &'a Value,
    outer: Option<usize>,
    depth: usize,
    rows: &mut Vec<Row<'a>>,
) -> Result<(), String> {
    if depth > DEEPEST {
        return Err(format!(
            "its concepts are nested more than {DEEPEST} levels deep"
        ));
    }
    for item in items(value, "concept") {
        let Some(code) = text(item, "code") else {
            continue;
        };
        let index = rows.len();
        rows.push(Row {
            value: item,
            code,
            outer,
        });
        flatten(item, Some(index), depth + 1, rows)?;
    }
    Ok(())
}

/// Orders the rows so that parents come first. Parents are what a concept is nested in, and what its
/// properties `parent` and `subsumedBy` name, and who names it as `child`; a parent that would close a
/// circle is left out.
fn concepts(rows: &[Row<'_>]) -> Vec<Concept> {
    let parents = parents(rows);
    let mut placed: Vec<Option<usize>> = vec![None; rows.len()];
    let mut is_open = vec![false; rows.len()];
    let mut seen = vec![0; rows.len()];
    let mut concepts = Vec::with_capacity(rows.len());
    for start in 0..rows.len() {
        // Depth first without recursion: a chain of parents can be as long as the system.
        let mut stack = vec![start];
        while let Some(&row) = stack.last() {
            if placed[row].is_some() {
                stack.pop();
                continue;
            }
            is_open[row] = true;
            // Each parent is looked at once, also when there are very many.
            if let Some(parent) = parents[row].get(seen[row]) {
                seen[row] += 1;
                if placed[*parent].is_none() && !is_open[*parent] {
                    stack.push(*parent);
                }
                continue;
            }
            placed[row] = Some(concepts.len());
            concepts.push(Concept {
                code: rows[row].code.to_owned(),
                parents: parents[row]
                    .iter()
                    .filter_map(|parent| placed[*parent])
                    .filter(|parent| *parent != concepts.len())
                    .collect(),
                properties: properties(rows[row].value),
            });
            stack.pop();
        }
    }
    concepts
}

fn parents(rows: &[Row<'_>]) -> Vec<Vec<usize>> {
    let mut by_code = HashMap::new();
    for (index, row) in rows.iter().enumerate() {
        by_code.entry(row.code).or_insert(index);
    }
    let mut parents: Vec<Vec<usize>> = rows.iter().map(|row| Vec::from_iter(row.outer)).collect();
    for (index, row) in rows.iter().enumerate() {
        for property in items(row.value, "property") {
            let other = choice(property, "value")
                .and_then(Value::as_str)
                .and_then(|code| by_code.get(code).copied());
            match (text(property, "code"), other) {
                (Some("parent" | "subsumedBy"), Some(parent)) => parents[index].push(parent),
                (Some("child"), Some(child)) => parents[child].push(index),
                _ => {}
            }
        }
    }
    for list in &mut parents {
        list.sort_unstable();
        list.dedup();
    }
    parents
}

fn properties(value: &Value) -> Vec<(String, String)> {
    items(value, "property")
        .filter_map(|property| {
            let value = match choice(property, "value")? {
                Value::String(value) => value.clone(),
                Value::Object(coding) => coding.get("code")?.as_str()?.to_owned(),
                other => other.to_string(),
            };
            Some((owned(property, "code"), value))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn codes(system: &CodeSystem) -> Vec<(&str, Vec<&str>)> {
        let code = |index: &usize| system.concepts[*index].code.as_str();
        system
            .concepts
            .iter()
            .map(|concept| {
                (
                    concept.code.as_str(),
                    concept.parents.iter().map(code).collect(),
                )
            })
            .collect()
    }

    fn subsumed(code: &str, by: &[&str]) -> Value {
        let properties: Vec<Value> = by
            .iter()
            .map(|by| json!({"code": "subsumedBy", "valueCode": by}))
            .collect();
        json!({"code": code, "property": properties})
    }

    #[test]
    fn parents_come_first_however_they_are_written() {
        let system = code_system(&json!({
            "url": "http://x.example/c", "content": "complete",
            "concept": [
                subsumed("d", &["b", "c"]),
                {"code": "a", "concept": [{"code": "b"}]},
                {"code": "c", "property": [{"code": "child", "valueCode": "e"}]},
                {"code": "e"}
            ]
        }))
        .unwrap();
        assert_eq!(
            codes(&system),
            [
                ("a", vec![]),
                ("b", vec!["a"]),
                ("c", vec![]),
                ("d", vec!["b", "c"]),
                ("e", vec!["c"])
            ]
        );
    }

    #[test]
    fn a_circle_of_parents_is_cut() {
        let system = code_system(&json!({
            "content": "complete",
            "concept": [subsumed("a", &["b"]), subsumed("b", &["a"]), subsumed("c", &["c"])]
        }))
        .unwrap();
        assert_eq!(
            codes(&system),
            [("b", vec![]), ("a", vec!["b"]), ("c", vec![])]
        );
    }

    #[test]
    fn a_complete_system_without_concepts_is_not_complete() {
        assert_eq!(
            code_system(&json!({"content": "complete"}))
                .unwrap()
                .content,
            Content::Partial
        );
        let supplement = json!({"content": "supplement", "supplements": "http://x.example/c", "concept": [{"code": "a"}]});
        let supplement = code_system(&supplement).unwrap();
        assert_eq!(supplement.content, Content::Partial);
        assert_eq!(
            supplement.supplements.as_deref(),
            Some("http://x.example/c")
        );
    }

    #[test]
    fn properties_of_every_type_become_text() {
        let system = code_system(&json!({"concept": [{"code": "a", "property": [
            {"code": "x", "valueCode": "1"}, {"code": "y", "valueBoolean": true},
            {"code": "z", "valueCoding": {"code": "k"}}, {"code": "none"}
        ]}]}))
        .unwrap();
        let expected = [("x", "1"), ("y", "true"), ("z", "k")];
        assert_eq!(
            system.concepts[0].properties,
            expected.map(|(name, value)| (name.to_owned(), value.to_owned()))
        );
    }

    #[test]
    fn part_of_an_expansion_is_none() {
        let contains = json!([
            {"system": "s", "code": "a", "abstract": true, "contains": [{"system": "s", "code": "b"}]}
        ]);
        let of = |expansion: Value| {
            value_set(&json!({"expansion": expansion}))
                .unwrap()
                .expansion
        };
        let whole = Some(vec![("s".to_owned(), "b".to_owned())]);
        assert_eq!(of(json!({"contains": contains})), whole);
        assert_eq!(of(json!({"contains": contains, "total": 2})), whole);
        assert_eq!(of(json!({"contains": contains, "total": 900})), None);
        assert_eq!(
            of(json!({"contains": contains, "parameter": [{"name": "offset", "valueInteger": 0}]})),
            None
        );
        assert_eq!(
            of(
                json!({"contains": contains, "extension": [{"url": UNCLOSED, "valueBoolean": true}]})
            ),
            None
        );
    }
}
