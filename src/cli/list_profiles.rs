//! `vitruvian list profiles`: what resources can be held against, and which package says so.

use super::arguments::ListOptions;
use super::packages::user_cache;
use super::terminal::Style;
use super::{Failure, Terminal};
use crate::data::Data;
use crate::profile::{Artifact, Derivation, Kind, Library, Origin, Package, Provenance, Source};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::sync::Arc;

/// A profile of a package.
struct Row {
    url: String,
    version: String,
    resource_type: String,
    package: Provenance,
}

pub(super) fn list_profiles(
    data: &Data,
    options: &ListOptions,
    terminal: Terminal,
) -> Result<(String, Value), Failure> {
    let rows = rows(data, options)?;
    let json: Vec<Value> = rows.iter().map(as_json).collect();
    Ok((as_text(&rows, terminal), json!({"profiles": json})))
}

fn rows(data: &Data, options: &ListOptions) -> Result<Vec<Row>, Failure> {
    let igs: Vec<&str> = options.selection.ig.iter().map(String::as_str).collect();
    let mut library = Library::for_igs(data, &igs, user_cache())?;
    for path in &options.packages {
        library = library.with_package(Package::open(path)?);
    }
    // Without a version asked for, all that is embedded is listed.
    let sources: Vec<&Arc<dyn Source>> = if igs.is_empty() {
        library.sources().collect()
    } else {
        library.preferred().collect()
    };
    let mut seen = BTreeSet::new();
    let mut rows = Vec::new();
    for source in sources {
        if seen.insert((source.id().to_owned(), source.version().to_owned())) {
            add(source.as_ref(), &mut rows);
        }
    }
    rows.sort_by(|one, other| {
        (&one.package, &one.url, &one.version).cmp(&(&other.package, &other.url, &other.version))
    });
    Ok(rows)
}

/// The profiles of resources in a package; its extensions and profiles of data types are none.
fn add(source: &dyn Source, rows: &mut Vec<Row>) {
    let package = source.provenance();
    for (url, version) in source.canonicals(Artifact::Definition) {
        let Ok(Some(definition)) = source.definition(url, version) else {
            continue;
        };
        if definition.derivation == Derivation::Constraint && definition.kind == Kind::Resource {
            rows.push(Row {
                url: url.to_owned(),
                version: version.to_owned(),
                resource_type: definition.type_name.clone(),
                package: package.clone(),
            });
        }
    }
}

fn as_text(rows: &[Row], terminal: Terminal) -> String {
    let mut lines = Vec::new();
    for group in rows.chunk_by(|one, other| one.package == other.package) {
        let package = group[0].package.to_string();
        lines.push(terminal.paint(Style::Bold, &package));
        lines.extend(
            group
                .iter()
                .map(|row| format!("    {:<22} {}|{}", row.resource_type, row.url, row.version)),
        );
    }
    lines.push(format!("\n{} profiles", rows.len()));
    lines.join("\n")
}

fn as_json(row: &Row) -> Value {
    let (from, path) = match &row.package.origin {
        Origin::Embedded => ("embedded", None),
        Origin::Path(path) => ("folder", Some(path.display().to_string())),
    };
    json!({
        "url": row.url, "version": row.version, "type": row.resource_type,
        "package": row.package.id, "packageVersion": row.package.version,
        "from": from, "path": path, "sha256": row.package.sha256,
    })
}
