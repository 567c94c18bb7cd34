//! `vitruvian self-test`: every suite against its own mirror.

use super::arguments::SelfTestOptions;
use super::selection::load;
use super::terminal::Style;
use super::{Exit, Failure, Terminal};
use crate::catalog::IgVersion;
use crate::data::Data;
use crate::proof::{Reflection, reflect};
use std::time::Instant;

/// Troubles that are shown of one mirror; more are counted.
const SHOWN: usize = 20;

pub(super) fn self_test(
    data: &Data,
    options: &SelfTestOptions,
    terminal: &Terminal,
) -> Result<Exit, Failure> {
    let (catalog, _) = load(data)?;
    let began = Instant::now();
    let igs: Vec<IgVersion> = match options.ig.as_slice() {
        [] => catalog.igs().iter().map(|ig| ig.at.clone()).collect(),
        named => {
            let parse = |text: &String| {
                text.parse().map_err(|error| {
                    Failure::new(
                        format!("--ig {text:?}: {error}"),
                        "write for example --ig pdex@2.1.0",
                    )
                })
            };
            named.iter().map(parse).collect::<Result<_, _>>()?
        }
    };
    let reflections = reflect(data, &catalog, &igs, |one| show(one, *terminal))?;
    let troubles: usize = reflections.iter().map(|one| one.troubles.len()).sum();
    let passed: usize = reflections.iter().map(|one| one.passed).sum();
    if passed == 0 {
        return Err(Failure::new(
            "no suite of these versions has a scenario",
            "see `vitruvian list suites`",
        ));
    }
    terminal.say(&format!(
        "{passed} scenarios pass, {troubles} do not; {:.1} s",
        began.elapsed().as_secs_f64()
    ));
    Ok(match troubles {
        0 => Exit::Conformant,
        _ => Exit::NotConformant,
    })
}

fn show(one: &Reflection, terminal: Terminal) {
    let (word, style) = match one.troubles.is_empty() {
        true => ("good", Style::Green),
        false => ("bad", Style::Red),
    };
    let side = if one.clients { "clients" } else { "servers" };
    terminal.say(&format!(
        "{} {:<18} {side}: {} of {} scenarios pass, {:.1} s",
        terminal.paint(style, &format!("{word:<4}")),
        one.ig.to_string(),
        one.passed,
        one.scenarios,
        one.took.as_secs_f64()
    ));
    for trouble in one.troubles.iter().take(SHOWN) {
        terminal.say(&format!("     {trouble}"));
    }
    if one.troubles.len() > SHOWN {
        terminal.say(&format!("     and {} more", one.troubles.len() - SHOWN));
    }
}
