//! `vitruvian list requirements`: every requirement with its coverage.

use super::Failure;
use super::terminal::{Style, Terminal};
use super::wrap::wrap;
use crate::catalog::coverage::{CoverageReport, Tally};
use crate::catalog::{Catalog, Ig, Requirement, Selection};
use crate::evidence::Coverage;
use serde_json::{Value, json};
use std::collections::HashMap;

/// One requirement over all the listed versions it is part of.
struct Row<'a> {
    requirement: &'a Requirement,
    ig: &'a str,
    versions: Vec<String>,
    coverage: Coverage,
    scenarios: Vec<String>,
}

impl Row<'_> {
    /// Adds a version. Tested in one version is tested.
    fn add(&mut self, ig: &Ig, coverage: Coverage) {
        self.versions.push(ig.at.version.to_string());
        self.coverage = self.coverage.min(coverage);
        self.scenarios.extend(scenarios(ig, self.requirement));
    }

    fn json(&self, catalog: &Catalog) -> Value {
        let row = self.requirement;
        let faults = catalog
            .faults_of(&row.id, &self.versions)
            .into_iter()
            .map(|fault| fault.name);
        json!({
            "id": row.id, "key": row.key, "ig": self.ig, "versions": self.versions,
            "level": row.level, "actor": row.actor, "section": row.section, "url": row.url, "text": row.text,
            "coverage": self.coverage, "reason": row.note,
            "scenarios": self.scenarios, "faults": faults.collect::<Vec<_>>(),
        })
    }

    fn write(&self, text: &mut String, terminal: Terminal) {
        let row = self.requirement;
        let style = match self.coverage {
            Coverage::Tested => Style::Green,
            Coverage::Attested => Style::Blue,
            Coverage::Untestable => Style::Dim,
            Coverage::Uncovered => Style::Yellow,
        };
        let mark = terminal.paint(style, &format!("{:<10}", self.coverage));
        wrap(
            text,
            &format!("{:<14} {:<10} {mark} ", row.id, row.level),
            &row.text,
        );
        if !row.note.is_empty() {
            wrap(text, &" ".repeat(37), &row.note);
        }
    }
}

fn scenarios(ig: &Ig, requirement: &Requirement) -> Vec<String> {
    let testing = ig
        .scenarios
        .iter()
        .filter(|scenario| scenario.requirements.contains(&requirement.id));
    testing.map(|scenario| scenario.id.clone()).collect()
}

/// The list as text and as JSON.
pub(super) fn list_requirements(
    catalog: &Catalog,
    igs: &[&Ig],
    selection: &Selection,
    terminal: Terminal,
) -> Result<(String, Value), Failure> {
    let rows = rows(igs, selection);
    if rows.is_empty() {
        return Err(Failure::new(
            "no requirement fits these filters",
            "use fewer of them, or see `vitruvian list requirements`",
        ));
    }
    let mut text = String::new();
    for row in &rows {
        row.write(&mut text, terminal);
    }
    let coverage: Vec<CoverageReport> = igs.iter().map(|ig| CoverageReport::of(ig)).collect();
    for report in &coverage {
        text.push('\n');
        text.push_str(&table(report, terminal));
    }
    let rows: Vec<Value> = rows.iter().map(|row| row.json(catalog)).collect();
    Ok((text, json!({"requirements": rows, "coverage": coverage})))
}

fn rows<'a>(igs: &[&'a Ig], selection: &Selection) -> Vec<Row<'a>> {
    let mut rows: Vec<Row<'a>> = Vec::new();
    let mut known: HashMap<&str, usize> = HashMap::new();
    for ig in igs {
        for requirement in ig
            .requirements
            .iter()
            .filter(|row| is_wanted(row, selection))
        {
            let coverage = ig.coverage_of(requirement);
            if let Some(row) = known
                .get(requirement.id.as_str())
                .and_then(|index| rows.get_mut(*index))
            {
                row.add(ig, coverage);
                continue;
            }
            known.insert(&requirement.id, rows.len());
            rows.push(Row {
                requirement,
                ig: &ig.at.ig,
                versions: vec![ig.at.version.to_string()],
                coverage,
                scenarios: scenarios(ig, requirement),
            });
        }
    }
    rows
}

fn is_wanted(row: &Requirement, selection: &Selection) -> bool {
    let named =
        |names: &[String]| names.is_empty() || names.iter().any(|name| row.is_named_by(name));
    let roles = &selection.roles;
    named(&selection.requirements)
        && (roles.is_empty() || roles.iter().any(|role| role.is_bound_by(&row.actor)))
}

/// How a version is covered, in all, by level and by actor.
fn table(report: &CoverageReport, terminal: Terminal) -> String {
    let line = |name: &str, tally: &Tally| {
        format!(
            "{name:<24} {:>7} {:>9} {:>11} {:>10} {:>6}\n",
            tally.tested,
            tally.attested,
            tally.untestable,
            tally.uncovered,
            tally.sum()
        )
    };
    let head = format!(
        "{:<24} {:>7} {:>9} {:>11} {:>10} {:>6}",
        report.ig.to_string(),
        "tested",
        "attested",
        "untestable",
        "uncovered",
        "all"
    );
    let mut text = terminal.paint(Style::Bold, &head) + "\n";
    text.extend(
        report
            .by_level
            .iter()
            .map(|(level, tally)| line(level.as_str(), tally)),
    );
    text.extend(
        report
            .by_actor
            .iter()
            .map(|(actor, tally)| line(actor, tally)),
    );
    text.push_str(&line("in all", &report.total));
    text
}
