//! Steps: each is bound to exactly one definition, and each definition is used.

use super::super::feature::Source;
use super::super::{Code, Problem};
use super::layout::backgrounds;
use cucumber::gherkin::{Step, StepType};
use std::collections::{HashMap, HashSet};

/// The step definitions, as whoever owns them shows them to the catalogue.
pub trait StepBook {
    /// All definitions; a [`Binding`] refers to them by index.
    fn definitions(&self) -> &[StepDefinition];

    /// What a step is bound to.
    fn bind(&self, step: &Step) -> Binding;
}

/// One step definition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StepDefinition {
    /// The sentence it matches, as a regular expression.
    pub pattern: String,
    /// Source file that defines it.
    pub file: String,
    /// Line in that file.
    pub line: usize,
}

/// What a step is bound to; numbers are indexes into [`StepBook::definitions`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Binding {
    /// Exactly one definition.
    Bound(usize),
    /// None: the engine would skip it, and the scenario would not fail.
    Unbound,
    /// Several.
    Ambiguous(Vec<usize>),
}

/// Finds unbound and ambiguous steps and, when all features could be read, unused definitions.
pub(super) fn find(
    sources: &[Source],
    book: &dyn StepBook,
    can_be_unused: bool,
    problems: &mut Vec<Problem>,
) {
    let mut known: HashMap<(StepType, &str), Binding> = HashMap::new();
    let mut used = HashSet::new();
    for source in sources {
        let own = source
            .scenarios
            .iter()
            .flat_map(|scenario| &scenario.gherkin.steps);
        let shared = backgrounds(&source.parsed).flat_map(|background| &background.steps);
        for step in shared.chain(own) {
            let binding = known
                .entry((step.ty, &step.value))
                .or_insert_with(|| book.bind(step));
            match binding {
                Binding::Bound(index) => {
                    used.insert(*index);
                }
                Binding::Unbound => problems.push(unbound(source, step)),
                Binding::Ambiguous(candidates) => {
                    used.extend(candidates.iter().copied());
                    problems.push(ambiguous(source, step, candidates, book));
                }
            }
        }
    }
    if can_be_unused {
        let definitions = book.definitions().iter().enumerate();
        problems.extend(
            definitions
                .filter(|(index, _)| !used.contains(index))
                .map(|(_, definition)| unused(definition)),
        );
    }
}

fn unbound(source: &Source, step: &Step) -> Problem {
    Problem::new(
        Code::UnboundStep,
        (&source.feature.file, step.position.line),
        format!("no definition matches the step {:?}", step.value),
        "use a sentence of `vitruvian list steps`, or write a definition in src/steps/",
    )
}

fn ambiguous(source: &Source, step: &Step, candidates: &[usize], book: &dyn StepBook) -> Problem {
    let patterns: Vec<String> = candidates
        .iter()
        .filter_map(|index| book.definitions().get(*index))
        .map(|definition| {
            format!(
                "{} ({}:{})",
                definition.pattern, definition.file, definition.line
            )
        })
        .collect();
    Problem::new(
        Code::AmbiguousStep,
        (&source.feature.file, step.position.line),
        format!("several definitions match the step {:?}", step.value),
        format!("tell them apart: {}", patterns.join("; ")),
    )
}

fn unused(definition: &StepDefinition) -> Problem {
    Problem::new(
        Code::UnusedStep,
        (&definition.file, definition.line),
        format!("no feature uses the step {}", definition.pattern),
        "remove it, or write the scenario it was meant for",
    )
}
