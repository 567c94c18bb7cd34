//! `vitruvian diff`: what changed between two runs.

use super::arguments::{DiffFormat, DiffOptions};
use super::report::write_bytes;
use super::terminal::Style;
use super::wrap::wrap;
use super::{Exit, Failure, Terminal};
use crate::data::Data;
use crate::evidence::log;
use crate::report::{Change, ChangeKind, Comparison, ComparisonFormat};
use std::fmt::Write as _;
use std::path::Path;

/// Changes shown of each kind; the other formats have all.
const SHOWN: usize = 20;

pub(super) fn diff(
    data: &Data,
    options: &DiffOptions,
    terminal: &Terminal,
) -> Result<Exit, Failure> {
    let (old, new) = (log::read(&options.old)?, log::read(&options.new)?);
    let comparison = Comparison::of(&old, &new);
    let format = match options.format {
        DiffFormat::Text => None,
        DiffFormat::Html => Some(ComparisonFormat::Html),
        DiffFormat::Markdown => Some(ComparisonFormat::Markdown),
        DiffFormat::Json => Some(ComparisonFormat::Json),
    };
    match format {
        Some(format) => {
            let bytes = comparison.render(format, data)?;
            write_bytes(&bytes, &options.output, terminal)?;
        }
        None if options.output == Path::new("-") => terminal.say(&text(&comparison, *terminal)),
        None => {
            let plain = text(&comparison, terminal.plain());
            write_bytes(format!("{plain}\n").as_bytes(), &options.output, terminal)?;
        }
    }
    Ok(if comparison.is_worse(options.strict) {
        Exit::NotConformant
    } else if comparison.is_less_complete() {
        Exit::Incomplete
    } else {
        Exit::Conformant
    })
}

fn text(comparison: &Comparison, terminal: Terminal) -> String {
    let mut text = String::new();
    for kind in ChangeKind::ALL {
        let changes: Vec<&Change> = comparison.of_kind(kind).collect();
        if changes.is_empty() {
            continue;
        }
        let style = match kind {
            ChangeKind::NewlyBroken => Style::Red,
            ChangeKind::NewlyOpen | ChangeKind::Worse => Style::Yellow,
            ChangeKind::Fixed | ChangeKind::Better => Style::Green,
            _ => Style::Blue,
        };
        text.push_str(&terminal.paint(style, kind.words()));
        let _ = writeln!(text, " ({})", changes.len());
        for change in changes.iter().take(SHOWN) {
            entry(&mut text, change);
        }
        if changes.len() > SHOWN {
            let _ = writeln!(text, "  … and {} more", changes.len() - SHOWN);
        }
        text.push('\n');
    }
    let (old, new) = (&comparison.old, &comparison.new);
    for (head, side) in [("before  ", old), ("now     ", new)] {
        let about = format!(
            "{}, {} {}",
            side.conclusion,
            side.target,
            side.igs.join(" ")
        );
        wrap(&mut text, head, &about);
    }
    for (run, notice) in comparison.notices() {
        let head = format!("{:<8}", run.to_lowercase());
        wrap(&mut text, &terminal.paint(Style::Yellow, &head), notice);
    }
    let _ = write!(text, "same    {} requirements", comparison.unchanged);
    text
}

fn entry(text: &mut String, change: &Change) {
    let (before, after) = (change.before.unwrap_or("–"), change.after.unwrap_or("–"));
    let head = format!("  {:<14} {:<10} ", change.id, change.level.as_str());
    wrap(text, &head, &format!("{before} → {after}"));
    wrap(text, "                 ", &change.text);
    if let Some((expected, actual)) = &change.finding {
        wrap(text, "                 expected  ", expected);
        wrap(text, "                 actual    ", actual);
    }
    if let Some(excuse) = &change.excused {
        wrap(text, "                 excused   ", excuse);
    }
}
