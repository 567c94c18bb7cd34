//! Places in a resource: as pointers, and as FHIRPath says them.

use serde_json::{Map, Value, json};

/// All nodes below the root but `resourceType`, with their pointers.
pub(super) fn nodes(resource: &Value) -> Vec<(String, &Value)> {
    let mut found = Vec::new();
    let mut open = vec![(String::new(), resource)];
    while let Some((pointer, value)) = open.pop() {
        let children: Vec<(String, &Value)> = match value {
            Value::Object(fields) => fields
                .iter()
                .filter(|(key, _)| *key != "resourceType")
                .map(|(key, value)| (format!("{pointer}/{key}"), value))
                .collect(),
            Value::Array(items) => items
                .iter()
                .enumerate()
                .map(|(at, value)| (format!("{pointer}/{at}"), value))
                .collect(),
            _ => Vec::new(),
        };
        found.extend(children.iter().cloned());
        open.extend(children);
    }
    found
}

/// Where an element of a definition is in a resource: each repetition of what it is in, and it.
pub(super) fn pointers(resource: &Value, path: &str) -> Vec<String> {
    let mut found = vec![String::new()];
    for name in path.split('.').skip(1) {
        let mut next = Vec::new();
        for pointer in found {
            let holders: Vec<String> = match resource.pointer(&pointer).unwrap() {
                Value::Array(items) => (0..items.len())
                    .map(|at| format!("{pointer}/{at}"))
                    .collect(),
                _ => vec![pointer],
            };
            let children = holders.into_iter().map(|holder| format!("{holder}/{name}"));
            next.extend(children.filter(|child| resource.pointer(child).is_some()));
        }
        found = next;
    }
    found
}

/// The FHIRPath of a pointer.
pub(super) fn path(root: &str, pointer: &str) -> String {
    pointer
        .split('/')
        .skip(1)
        .fold(root.to_owned(), |path, step| match step.parse::<usize>() {
            Ok(index) => format!("{path}[{index}]"),
            Err(_) => format!("{path}.{}", step.trim_start_matches('_')),
        })
}

/// A path in which keys of choices, and what looks like them, have lost their type.
pub(super) fn plain(path: &str) -> String {
    const TYPES: &[&str] = &[
        "Address",
        "Base64Binary",
        "Boolean",
        "Code",
        "CodeableConcept",
        "Coding",
        "Date",
        "DateTime",
        "Decimal",
        "Identifier",
        "Instant",
        "Integer",
        "Money",
        "Period",
        "PositiveInt",
        "Quantity",
        "Range",
        "Reference",
        "String",
        "Time",
        "Uri",
        "UnsignedInt",
    ];
    let plain = |step: &str| {
        let (name, index) = step.find('[').map_or((step, ""), |at| step.split_at(at));
        let longest = TYPES
            .iter()
            .filter(|kind| name.ends_with(**kind))
            .max_by_key(|kind| kind.len());
        let name = longest.map_or(name, |kind| &name[..name.len() - kind.len()]);
        format!("{name}{index}")
    };
    path.split('.').map(plain).collect::<Vec<_>>().join(".")
}

/// A resource as the second entry of a Bundle, and a place in it there.
pub(super) fn bundled(resource: Value, place: &str) -> (Value, String) {
    let root = place.split(['.', '[']).next().unwrap();
    let inner = &place[root.len()..];
    let url = "urn:uuid:c757873d-ec9a-4326-a141-556f43239520";
    let bundle = json!({"resourceType": "Bundle", "type": "collection", "entry": [
        {"fullUrl": "urn:uuid:1ee9b2b4-1a41-4aa4-9a4c-5a4a1f0f8b11", "resource":
            {"resourceType": "Basic", "code": {"text": "x"}}},
        {"fullUrl": url, "resource": resource},
    ]});
    (bundle, format!("Bundle.entry[1].resource{inner}"))
}

/// The same with the keys of all objects in reverse.
pub(super) fn reversed(value: &Value) -> Value {
    match value {
        Value::Array(items) => items.iter().map(reversed).collect(),
        Value::Object(fields) => {
            let turned: Map<String, Value> = fields
                .iter()
                .rev()
                .map(|(key, value)| (key.clone(), reversed(value)))
                .collect();
            Value::Object(turned)
        }
        other => other.clone(),
    }
}
