//! The matrix for programs. `reports/json/partners.schema.json` documents every property.

use super::declared::{Declared, DeclaredList};
use super::tested::{Levels, SuiteCell, Tested};
use super::{Column, PartnerMatrix, PartnerRow, Trend, TrendKind};
use crate::data::Data;
use crate::evidence::{Counts, Ending, Verdict};
use crate::report::Error;
use crate::report::comparison::ChangeKind;
use serde_json::{Map, Value, json};
use std::borrow::Cow;

/// Version of the contract. It grows when a property is removed or changes its meaning.
const SCHEMA_VERSION: u32 = 1;
const SCHEMA_FILE: &str = "reports/json/partners.schema.json";

/// The JSON Schema (2020-12) of the JSON form of a matrix of partners.
///
/// # Errors
/// When the schema is missing from the data folders.
pub fn partners_json_schema(templates: &Data) -> Result<Cow<'static, str>, Error> {
    Ok(templates.text(SCHEMA_FILE)?)
}

pub(super) fn render(matrix: &PartnerMatrix) -> Result<Vec<u8>, Error> {
    let made = &matrix.made;
    let columns = matrix.columns();
    let trends: Map<String, Value> = TrendKind::ALL
        .into_iter()
        .map(|kind| {
            (
                kind.as_str().to_owned(),
                json!(matrix.of_kind(kind).count()),
            )
        })
        .collect();
    let mut bytes = serde_json::to_vec_pretty(&json!({
        "schema_version": SCHEMA_VERSION,
        "tool": { "name": env!("CARGO_PKG_NAME"), "version": made.version },
        "started": made.started,
        "since": matrix.since,
        "strict": made.strict,
        "parallel": made.parallel,
        "politeness": { "concurrent": made.concurrent, "interval_ms": made.interval_ms },
        "trends": trends,
        "suites": columns.iter().map(column).collect::<Vec<_>>(),
        "partners": matrix.partners.iter().map(partner).collect::<Vec<_>>(),
        "gone": matrix.gone.iter().map(|gone| json!({
            "name": gone.name, "title": gone.title, "report": gone.report,
        })).collect::<Vec<_>>(),
    }))?;
    bytes.push(b'\n');
    Ok(bytes)
}

fn column(column: &Column) -> Value {
    json!({ "ig": column.ig, "id": column.id, "title": column.title })
}

fn partner(row: &PartnerRow) -> Value {
    json!({
        "name": row.name,
        "title": row.title,
        "url": row.url,
        "state": row.state.as_str(),
        "reason": row.reason,
        "report": row.report,
        "comparison": row.comparison,
        "run": row.tested.as_ref().map(run),
        "trend": trend(&row.trend),
    })
}

fn run(tested: &Tested) -> Value {
    json!({
        "started": tested.started,
        "ending": tested.ending.map(ending),
        "conclusion": tested.conclusion.as_str(),
        "warning": tested.warning,
        "declared": tested.declared.as_ref().map(declared),
        "broken": tested.broken(),
        "open": tested.open(),
        "scenarios": scenarios(&tested.scenarios),
        "levels": levels(&tested.levels),
        "suites": tested.suites.iter().map(suite).collect::<Vec<_>>(),
    })
}

fn declared(declared: &Declared) -> Value {
    let list = |list: &DeclaredList| json!({ "shown": list.shown, "more": list.more });
    json!({
        "fhir_version": declared.fhir_version,
        "software": { "name": declared.software, "version": declared.software_version },
        "instantiates": list(&declared.instantiates),
        "implementation_guides": list(&declared.guides),
        "resource_types": declared.types,
        "operations": declared.operations.iter().map(|one| json!({
            "name": one.name, "declared": one.declared, "asked": one.asked,
        })).collect::<Vec<_>>(),
    })
}

const fn ending(ending: Ending) -> &'static str {
    match ending {
        Ending::Finished => "finished",
        Ending::FailFast => "fail-fast",
        Ending::Interrupted => "interrupted",
        Ending::TimedOut => "timed-out",
    }
}

fn suite(cell: &SuiteCell) -> Value {
    json!({
        "ig": cell.ig,
        "id": cell.id,
        "conclusion": cell.conclusion.as_str(),
        "support": cell.support.as_str(),
        "open": cell.open,
        "scenarios": scenarios(&cell.scenarios),
        "levels": levels(&cell.levels),
    })
}

fn scenarios(counts: &Counts) -> Value {
    let counts = Verdict::ALL.iter().filter_map(|verdict| {
        let count = counts.get(verdict)?;
        Some((verdict.as_str().to_owned(), json!(count)))
    });
    Value::Object(counts.collect())
}

fn levels(levels: &Levels) -> Value {
    let levels = levels.iter().map(|(level, tally)| {
        let counts = tally.iter();
        let counts = counts.map(|(outcome, count)| (outcome.key().to_owned(), json!(count)));
        (level.as_str().to_owned(), Value::Object(counts.collect()))
    });
    Value::Object(levels.collect())
}

fn trend(trend: &Trend) -> Value {
    let counts: Map<String, Value> = ChangeKind::ALL
        .into_iter()
        .map(|kind| (kind.as_str().to_owned(), json!(trend.count(kind))))
        .collect();
    let changes: Vec<Value> = trend
        .changes
        .iter()
        .map(|change| {
            json!({
                "change": change.kind.as_str(), "ig": change.ig, "id": change.id,
                "level": change.level.as_str(), "text": change.text,
                "before": change.before, "after": change.after,
            })
        })
        .collect();
    json!({
        "kind": trend.kind.as_str(),
        "since": trend.since,
        "is_back": trend.is_back,
        "counts": counts,
        "broken_at_first": trend.broken_at_first(),
        "unchanged": trend.unchanged,
        "changes": changes,
    })
}
