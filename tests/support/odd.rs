//! Values that nobody expects.

use serde_json::{Value, json};

const ODD: [fn() -> Value; 6] = [
    || json!(null),
    || json!([]),
    || json!({}),
    || json!("x"),
    || json!(-1),
    || json!([[{"a": [null]}]]),
];

/// Every version of a value in which one part is something odd.
pub(crate) fn mutations(value: &Value) -> Vec<Value> {
    let mut all: Vec<Value> = ODD.iter().map(|odd| odd()).collect();
    match value {
        Value::Object(fields) => {
            for (name, field) in fields {
                for odd in mutations(field) {
                    let mut copy = value.clone();
                    copy[name] = odd;
                    all.push(copy);
                }
            }
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                for odd in mutations(item) {
                    let mut copy = value.clone();
                    copy[index] = odd;
                    all.push(copy);
                }
            }
        }
        _ => {}
    }
    all
}
