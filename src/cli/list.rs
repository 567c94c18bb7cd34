//! `vitruvian list`: what there is to select.

use super::arguments::{ListFormat, ListOptions, Listed};
use super::list_profiles::list_profiles;
use super::list_requirements::list_requirements;
use super::selection::load;
use super::terminal::Style;
use super::{Exit, Failure, Terminal};
use crate::catalog::{Catalog, Ig, IgVersion, Selection};
use crate::data::Data;
use crate::mock::Fault;
use crate::steps::Book;
use serde_json::{Value, json};

pub(super) fn list(
    data: &Data,
    options: &ListOptions,
    terminal: &Terminal,
) -> Result<Exit, Failure> {
    let (catalog, faults) = load(data)?;
    let selection = Selection {
        side: None,
        ..options.selection.selection()?
    };
    let igs = match options.what {
        // The guides that profiles are listed of need not be in the catalogue.
        Listed::Profiles => Vec::new(),
        _ => selected(&catalog, &selection)?,
    };
    let (text, json) = match options.what {
        Listed::Requirements => list_requirements(&catalog, &igs, &selection, *terminal)?,
        Listed::Scenarios => scenarios(&catalog, &selection, *terminal)?,
        Listed::Suites => suites(&igs, |_| true, *terminal),
        Listed::Stories => suites(&igs, |id| id.contains(STORY), *terminal),
        Listed::Steps => steps(Book::open(), *terminal),
        Listed::Faults => fault_list(&faults, *terminal),
        Listed::Profiles => list_profiles(data, options, *terminal)?,
    };
    match options.format {
        ListFormat::Text => terminal.say(text.trim_end()),
        ListFormat::Json => terminal.say(&serde_json::to_string_pretty(&json)?),
    }
    Ok(Exit::Conformant)
}

/// The versions asked for, or all of them: a list is no run, and leaves nothing out by default.
fn selected<'a>(catalog: &'a Catalog, selection: &Selection) -> Result<Vec<&'a Ig>, Failure> {
    if selection.igs.is_empty() {
        return Ok(catalog.igs().iter().collect());
    }
    let find = |at: &IgVersion| {
        catalog.ig(at).ok_or_else(|| {
            Failure::new(
                format!("{at} is not in the catalogue"),
                "see `vitruvian list suites`",
            )
        })
    };
    selection.igs.iter().map(find).collect()
}

fn scenarios(
    catalog: &Catalog,
    selection: &Selection,
    terminal: Terminal,
) -> Result<(String, Value), Failure> {
    let plan = catalog.select(selection)?;
    let mut lines = Vec::new();
    for scenario in &plan.scenarios {
        lines.push(scenario.id.clone());
        let tested = scenario.requirements.join(" ");
        lines.push(format!(
            "    {}  {}",
            scenario.written.name,
            terminal.paint(Style::Dim, &tested)
        ));
    }
    lines.push(format!("\n{} scenarios", plan.scenarios.len()));
    Ok((lines.join("\n"), json!({"scenarios": plan.planned()})))
}

/// What stands in the ids of suites that tell a story.
const STORY: &str = "-story-";

fn suites(igs: &[&Ig], is_listed: impl Fn(&str) -> bool, terminal: Terminal) -> (String, Value) {
    let (mut lines, mut rows) = (Vec::new(), Vec::new());
    for ig in igs {
        for suite in ig.suites().filter(|suite| is_listed(&suite.id)) {
            let count = ig
                .scenarios
                .iter()
                .filter(|scenario| scenario.suites.contains(&suite.id))
                .count();
            lines.push(format!(
                "{} ({}, {}): {} scenarios",
                terminal.paint(Style::Bold, &suite.id),
                ig.at,
                suite.role,
                count
            ));
            lines.push(format!("    {}", suite.about));
            for (index, deed) in suite.script.iter().enumerate() {
                lines.push(format!("      {}. {}", index + 1, deed.say));
            }
            let script: Vec<&String> = suite.script.iter().map(|deed| &deed.say).collect();
            rows.push(json!({
                "id": suite.id, "ig": ig.at.to_string(), "title": suite.title, "about": suite.about,
                "role": suite.role.to_string(), "scenarios": count, "script": script,
            }));
        }
    }
    (lines.join("\n"), json!({"suites": rows}))
}

fn steps(book: &Book, terminal: Terminal) -> (String, Value) {
    let (mut lines, mut rows) = (Vec::new(), Vec::new());
    for definition in book.definitions() {
        let sentence = definition
            .pattern
            .trim_start_matches('^')
            .trim_end_matches('$');
        let about = definition.about.trim();
        lines.push(sentence.to_owned());
        lines.push(format!("    {}", terminal.paint(Style::Dim, about)));
        rows.push(json!({
            "pattern": definition.pattern, "about": about, "file": definition.file, "line": definition.line,
        }));
    }
    (lines.join("\n"), json!({"steps": rows}))
}

fn fault_list(faults: &[Fault], terminal: Terminal) -> (String, Value) {
    let (mut lines, mut rows) = (Vec::new(), Vec::new());
    for fault in faults {
        lines.push(terminal.paint(Style::Bold, &fault.name));
        lines.push(format!(
            "    {}; breaks {}",
            fault.about,
            fault.breaks.join(" ")
        ));
        rows.push(json!({"name": fault.name, "about": fault.about, "breaks": fault.breaks}));
    }
    (lines.join("\n"), json!({"faults": rows}))
}
