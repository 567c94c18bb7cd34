//! A JSON document held against the part of JSON Schema that ours use.

use serde_json::Value;
use std::collections::BTreeSet;

/// The document is what the schema promises, and nothing more; and everything promised is in it.
pub(crate) fn assert_matches(schema: &Value, document: &Value) {
    let mut check = Check {
        root: schema,
        used: BTreeSet::new(),
        wrong: Vec::new(),
    };
    check.value(schema, document, "$", "$");
    assert_eq!(check.wrong, [] as [String; 0]);
    let mut promised = BTreeSet::from_iter(properties(schema, "$"));
    for (name, definition) in schema["$defs"].as_object().unwrap() {
        promised.extend(properties(definition, name));
    }
    let missing: Vec<_> = promised.difference(&check.used).collect();
    assert!(missing.is_empty(), "promised and never seen: {missing:?}");
}

/// `owner.property` of an object schema and of the objects written inside it.
fn properties(schema: &Value, owner: &str) -> Vec<String> {
    let mut found = Vec::new();
    for (name, property) in schema["properties"].as_object().into_iter().flatten() {
        found.push(format!("{owner}.{name}"));
        found.extend(properties(property, &format!("{owner}.{name}")));
    }
    found
}

/// The part of JSON Schema that our schema uses, and strict about unknown properties.
struct Check<'schema> {
    root: &'schema Value,
    used: BTreeSet<String>,
    wrong: Vec<String>,
}

impl<'schema> Check<'schema> {
    fn value(&mut self, schema: &'schema Value, value: &Value, owner: &str, at: &str) {
        if let Some(name) = schema["$ref"]
            .as_str()
            .and_then(|r| r.strip_prefix("#/$defs/"))
        {
            return self.value(&self.root["$defs"][name], value, name, at);
        }
        if let Some(choices) = schema["anyOf"].as_array() {
            let chosen = choices
                .iter()
                .find(|choice| (choice["type"] == "null") == value.is_null());
            return self.value(chosen.unwrap(), value, owner, at);
        }
        let listed = schema["enum"]
            .as_array()
            .is_none_or(|values| values.contains(value));
        let constant = schema.get("const").is_none_or(|constant| constant == value);
        let typed = schema
            .get("type")
            .is_none_or(|expected| is_of_type(expected, value));
        if !(listed && constant && typed) {
            self.wrong.push(format!("{at} is {value}"));
        }
        if let Some(items) = value.as_array() {
            for (index, item) in items.iter().enumerate() {
                self.value(&schema["items"], item, owner, &format!("{at}[{index}]"));
            }
        }
        if value.is_object() {
            self.object(schema, value, owner, at);
        }
    }

    fn object(&mut self, schema: &'schema Value, value: &Value, owner: &str, at: &str) {
        for required in schema["required"].as_array().into_iter().flatten() {
            if value.get(required.as_str().unwrap()).is_none() {
                self.wrong.push(format!("{at} lacks {required}"));
            }
        }
        for (name, inner) in value.as_object().unwrap() {
            let (inside, known) = (format!("{owner}.{name}"), &schema["properties"][name]);
            let allowed = if known.is_null() {
                &schema["additionalProperties"]
            } else {
                known
            };
            if allowed.is_null() {
                self.wrong.push(format!("{at}.{name} is not in the schema"));
            }
            self.value(allowed, inner, &inside, &format!("{at}.{name}"));
            self.used.insert(inside);
        }
    }
}

fn is_of_type(expected: &Value, value: &Value) -> bool {
    let name = match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "integer",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    };
    expected == name
        || expected
            .as_array()
            .is_some_and(|names| names.contains(&name.into()))
}
