//! `vitruvian prove`: can every check fail?

use super::arguments::{ListFormat, ProveOptions};
use super::selection::{find_fault, load};
use super::terminal::{Bar, Style};
use super::{Exit, Failure, Terminal};
use crate::data::Data;
use crate::proof::{self, Extent, Proof, Trial};

pub(super) fn prove(
    data: &Data,
    options: &ProveOptions,
    terminal: &Terminal,
) -> Result<Exit, Failure> {
    let (catalog, mut faults) = load(data)?;
    if !options.fault.is_empty() {
        for name in &options.fault {
            find_fault(&faults, name)?;
        }
        faults.retain(|fault| options.fault.contains(&fault.name));
    }
    let igs = if options.ig.is_empty() {
        let with_scenarios = catalog.igs().iter().filter(|ig| !ig.scenarios.is_empty());
        with_scenarios.map(|ig| ig.at.clone()).collect()
    } else {
        let parse = |text: &String| {
            text.parse().map_err(|error| {
                Failure::new(
                    format!("--ig {text:?}: {error}"),
                    "write for example --ig pdex@2.1.0",
                )
            })
        };
        options
            .ig
            .iter()
            .map(parse)
            .collect::<Result<Vec<_>, _>>()?
    };
    let (extent, trials) = if options.one_version_each {
        (Extent::OneVersionEach, faults.len())
    } else {
        (Extent::Whole, faults.len() * igs.len())
    };
    let bar = Bar::new(*terminal, trials);
    let proof = proof::prove(
        data,
        &catalog,
        &faults,
        (&igs, extent, options.protection.protection()),
        |trial| bar.step(trial),
    )?;
    bar.finish();
    if options.format == ListFormat::Json {
        terminal.say(&serde_json::to_string_pretty(&proof)?);
    } else {
        show(&proof, *terminal);
    }
    Ok(if proof.is_clean() {
        Exit::Conformant
    } else {
        Exit::NotConformant
    })
}

fn show(proof: &Proof, terminal: Terminal) {
    for trouble in &proof.not_conformant {
        terminal.say(&format!(
            "{} {trouble}",
            terminal.paint(Style::Red, "not conformant")
        ));
    }
    let list = |trials: &[Trial], word: &str, style: Style| {
        for trial in trials {
            let join = |ids: Vec<&String>| {
                ids.into_iter()
                    .map(String::as_str)
                    .collect::<Vec<_>>()
                    .join(" ")
            };
            let (missed, surplus) = (
                join(trial.missed().collect()),
                join(trial.surplus().collect()),
            );
            let mut lines = vec![format!(
                "{} {} {}",
                terminal.paint(style, word),
                trial.ig,
                trial.fault
            )];
            if !missed.is_empty() {
                lines.push(format!(
                    "    unbroken: {missed} ({} scenarios tried)",
                    trial.scenarios
                ));
            }
            if !surplus.is_empty() {
                lines.push(format!("    broken too: {surplus}"));
            }
            terminal.say(&lines.join("\n"));
        }
    };
    list(&proof.survived, "survived", Style::Red);
    list(&proof.overkilled, "broke too much", Style::Yellow);
    for one in &proof.not_tried {
        terminal.say(&format!(
            "{} {} {}\n    {}",
            terminal.paint(Style::Yellow, "not tried"),
            one.ig,
            one.fault,
            one.reason
        ));
    }
    let not_tried = match proof.not_tried.len() {
        0 => String::new(),
        some => format!(", {some} not tried here"),
    };
    terminal.say(&format!(
        "{} killed, {} survived, {} broke too much{not_tried}",
        proof.killed.len(),
        proof.survived.len(),
        proof.overkilled.len()
    ));
}
