//! The functions by name. Each group of functions has its table; this file joins them.

use super::call::Call;
use super::evaluate::Outcome;
use super::{
    boundary, combining, conversion, existence, fhir, filtering, math, strings, subsetting, utility,
};

/// A function as expressions know it.
#[derive(Debug)]
pub(super) struct Function {
    /// Its name.
    pub(super) name: &'static str,
    /// Fewest and most arguments.
    pub(super) arguments: (usize, usize),
    /// Whether its argument is the name of a type.
    pub(super) takes_type: bool,
    /// Whether its result may depend on the FHIR types of nodes.
    pub(super) needs_types: bool,
    /// Whether it yields a boolean or a number of its own making, whatever it is given.
    pub(super) is_plain: bool,
    /// What it does.
    pub(super) body: Body,
}

/// What a function does with its input and its arguments.
pub(super) type Body = for<'c, 'a> fn(&Call<'c, 'a>) -> Outcome<'a>;

impl Function {
    /// A function that needs no types.
    pub(super) const fn new(name: &'static str, arguments: (usize, usize), body: Body) -> Self {
        Self {
            name,
            arguments,
            takes_type: false,
            needs_types: false,
            is_plain: false,
            body,
        }
    }

    /// Its result may depend on the FHIR types of nodes.
    pub(super) const fn typed(mut self) -> Self {
        self.needs_types = true;
        self
    }

    /// Its argument is the name of a type.
    pub(super) const fn of_type(mut self) -> Self {
        self.takes_type = true;
        self.typed()
    }

    /// It yields a boolean or a number of its own making.
    pub(super) const fn plain(mut self) -> Self {
        self.is_plain = true;
        self
    }

    /// The function of a name.
    pub(super) fn of(name: &str) -> Option<&'static Self> {
        let mut tables = TABLES.iter().flat_map(|table| table.iter());
        tables.find(|function| function.name == name)
    }
}

const TABLES: [&[Function]; 10] = [
    existence::FUNCTIONS,
    filtering::FUNCTIONS,
    subsetting::FUNCTIONS,
    combining::FUNCTIONS,
    conversion::FUNCTIONS,
    strings::FUNCTIONS,
    math::FUNCTIONS,
    utility::FUNCTIONS,
    fhir::FUNCTIONS,
    boundary::FUNCTIONS,
];

/// Functions that FHIR or later FHIRPath define and that are not here, so that the message can say so.
pub(super) const UNSUPPORTED: [&str; 6] = [
    "elementDefinition",
    "slice",
    "checkModifiers",
    "subsumes",
    "subsumedBy",
    "defineVariable",
];

#[cfg(test)]
mod tests {
    use super::{Function, TABLES, UNSUPPORTED};
    use std::collections::BTreeSet;

    #[test]
    fn every_name_means_one_function() {
        let names: Vec<&str> = TABLES
            .iter()
            .copied()
            .flatten()
            .map(|one| one.name)
            .collect();
        let distinct: BTreeSet<&str> = names.iter().copied().collect();
        assert_eq!(names.len(), distinct.len());
        assert!(Function::of("exists").is_some());
        assert!(UNSUPPORTED.iter().all(|name| Function::of(name).is_none()));
    }
}
