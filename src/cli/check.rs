//! `vitruvian check`: does the catalogue hold together?

use super::arguments::{CheckOptions, ListFormat};
use super::selection::note;
use super::terminal::Style;
use super::{Exit, Failure, Terminal};
use crate::catalog::check::{Binding, StepBook, StepDefinition};
use crate::catalog::coverage::CoverageReport;
use crate::catalog::{Catalog, check};
use crate::data::Data;
use crate::mock;
use crate::steps::{self, Book};
use cucumber::gherkin;
use serde_json::json;

/// The vocabulary as the catalogue wants to see it.
struct Vocabulary {
    book: &'static Book,
    definitions: Vec<StepDefinition>,
}

impl Vocabulary {
    fn open() -> Result<Self, Failure> {
        let book = Book::open();
        let definitions = book
            .definitions()
            .map(|definition| StepDefinition {
                pattern: definition.pattern.to_owned(),
                file: definition.file.to_owned(),
                line: definition.line as usize,
            })
            .collect();
        Ok(Self { book, definitions })
    }
}

impl StepBook for Vocabulary {
    fn definitions(&self) -> &[StepDefinition] {
        &self.definitions
    }

    fn bind(&self, step: &gherkin::Step) -> Binding {
        match self.book.bind(step) {
            steps::Binding::Bound(index) => Binding::Bound(index),
            steps::Binding::Unbound => Binding::Unbound,
            steps::Binding::Ambiguous(indexes) => Binding::Ambiguous(indexes),
        }
    }
}

pub(super) fn check(
    data: &Data,
    options: &CheckOptions,
    terminal: &Terminal,
) -> Result<Exit, Failure> {
    let vocabulary = Vocabulary::open()?;
    let faults: Vec<_> = mock::Fault::load_all(data)?.iter().map(note).collect();
    let problems = if options.complete {
        check::check_complete(data, &vocabulary, &faults)
    } else {
        check::check(data, &vocabulary, &faults)
    };
    let coverage: Vec<CoverageReport> = Catalog::load(data)
        .map(|catalog| catalog.igs().iter().map(CoverageReport::of).collect())
        .unwrap_or_default();
    if options.format == ListFormat::Json {
        let problems: Vec<_> = problems
            .iter()
            .map(|problem| {
                json!({"code": problem.code.to_string(), "file": problem.file, "line": problem.line, "message": problem.message, "help": problem.help})
            })
            .collect();
        terminal.say(&format!(
            "{:#}",
            json!({"problems": problems, "coverage": coverage})
        ));
    } else {
        for problem in &problems {
            terminal.say(&format!("{problem}\n"));
        }
        show(&coverage, *terminal);
    }
    if problems.is_empty() {
        return Ok(Exit::Conformant);
    }
    terminal.tell(&format!("{} problems", problems.len()));
    Ok(Exit::NotConformant)
}

fn show(coverage: &[CoverageReport], terminal: Terminal) {
    for report in coverage {
        let total = report.total;
        terminal.say(&format!(
            "{:<18} {:>4} requirements: {} tested, {} attested, {} untestable, {} uncovered ({} of them mandatory)",
            terminal.paint(Style::Bold, &report.ig.to_string()),
            total.sum(),
            total.tested,
            total.attested,
            total.untestable,
            total.uncovered,
            report.uncovered_mandatory(),
        ));
    }
}
