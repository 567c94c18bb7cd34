//! A comparison for programs.

use super::{ChangeKind, Comparison, Side};
use crate::report::Error;
use serde_json::{Map, Value, json};

/// Version of the contract. It grows when a property is removed or changes its meaning.
const SCHEMA_VERSION: u32 = 1;

pub(super) fn render(comparison: &Comparison) -> Result<Vec<u8>, Error> {
    let counts: Map<String, Value> = ChangeKind::ALL
        .into_iter()
        .map(|kind| {
            let number = comparison.of_kind(kind).count();
            (kind.as_str().to_owned(), json!(number))
        })
        .collect();
    let changes: Vec<Value> = comparison
        .changes
        .iter()
        .map(|change| {
            let (expected, actual) = change.finding.clone().unzip();
            json!({
                "change": change.kind.as_str(),
                "ig": change.ig, "id": change.id, "level": change.level.as_str(),
                "text": change.text, "url": change.url,
                "before": change.before, "after": change.after,
                "expected": expected, "actual": actual, "excused": change.excused,
            })
        })
        .collect();
    let mut bytes = serde_json::to_vec_pretty(&json!({
        "schema_version": SCHEMA_VERSION,
        "old": side(&comparison.old),
        "new": side(&comparison.new),
        "counts": counts,
        "unchanged": comparison.unchanged,
        "changes": changes,
    }))?;
    bytes.push(b'\n');
    Ok(bytes)
}

fn side(side: &Side) -> Value {
    json!({
        "target": side.target, "started": side.started, "igs": side.igs,
        "conclusion": side.conclusion.as_str(), "notices": side.notices,
    })
}
