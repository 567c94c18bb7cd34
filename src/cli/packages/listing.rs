//! `vitruvian packages list`.

use super::cache;
use crate::cli::arguments::{ListFormat, PackageListOptions};
use crate::cli::terminal::Style;
use crate::cli::{Exit, Failure, Terminal};
use crate::data::Data;
use crate::profile::{Build, CachedPackage, Extent, Provenance, Table, embedded_tables};
use serde_json::{Value, json};

pub(super) fn list(
    data: &Data,
    options: &PackageListOptions,
    terminal: Terminal,
) -> Result<Exit, Failure> {
    let cache = cache(&options.cache)?;
    let embedded = embedded_tables(data)?;
    let cached = cache.packages();
    match options.format {
        ListFormat::Json => {
            let packages: Vec<Value> = embedded
                .iter()
                .map(of_table)
                .chain(cached.iter().map(of_cached))
                .collect();
            terminal.say(&serde_json::to_string_pretty(
                &json!({"packages": packages}),
            )?);
        }
        ListFormat::Text => {
            let mut lines = vec![terminal.paint(Style::Bold, "embedded")];
            lines.extend(embedded.iter().map(|table| line(table, terminal)));
            lines.push(String::new());
            lines.push(terminal.paint(Style::Bold, &cache.folder().display().to_string()));
            lines.extend(cached.iter().map(|package| {
                let CachedPackage { id, version, .. } = package;
                format!("    {id}@{version}")
            }));
            if cached.is_empty() {
                lines
                    .push("    no packages; add some with `vitruvian packages install`".to_owned());
            }
            terminal.say(&lines.join("\n"));
        }
    }
    Ok(Exit::Conformant)
}

fn line(table: &Table, terminal: Terminal) -> String {
    let Provenance {
        id,
        version,
        sha256,
        build,
        ..
    } = table.about();
    let mut remarks = Vec::new();
    if table.extent() == Extent::Reached {
        remarks.push("what the others need of it");
    }
    if *build != Build::Published {
        remarks.push(build.word());
    }
    format!(
        "    {:<55} {} {}",
        format!("{id}@{version}"),
        terminal.paint(Style::Dim, sha256.get(..12).unwrap_or(sha256)),
        remarks.join(", ")
    )
    .trim_end()
    .to_owned()
}

fn of_table(table: &Table) -> Value {
    let about = table.about();
    json!({
        "id": about.id, "version": about.version, "where": "embedded", "sha256": about.sha256,
        "build": about.build.word(), "whole": table.extent() == Extent::Whole,
    })
}

fn of_cached(package: &CachedPackage) -> Value {
    json!({
        "id": package.id, "version": package.version, "where": "cache",
        "path": package.path.display().to_string(),
    })
}
