//! One include or exclude of a value set, made ready for questions.

use super::form::{self, Form};
use super::vocabulary::Vocabulary;
use super::{Membership, filter, language, standard};
use crate::profile::{Filter, Include};
use std::collections::HashSet;
use std::sync::Arc;

/// One include or exclude: the intersection of a test on codes and of value sets.
#[derive(Debug)]
pub(super) struct Part {
    system: Option<String>,
    test: Test,
    /// Value sets that must hold the code, too.
    pub(super) value_sets: Vec<String>,
}

/// What codes must meet.
#[derive(Debug)]
enum Test {
    /// To be one of these, written as the code system compares them.
    Listed(HashSet<String>, Option<Arc<Vocabulary>>),
    /// To be in the code system, which may not be at hand.
    Any(Option<Arc<Vocabulary>>),
    /// To pass filters of a code system that is not wholly known. These pass for sure.
    Filtered(Vec<String>),
    /// To be a language tag with or without certain parts.
    Tag(Vec<Filter>),
    /// Cannot be told.
    Unknown(Arc<str>),
    /// Nothing: the value sets alone decide.
    Nothing,
}

impl Part {
    /// Makes a part ready, with its code system if that is at hand.
    pub(super) fn new(include: &Include, vocabulary: Option<Arc<Vocabulary>>) -> Self {
        let written = include.system.as_deref().map(super::without_version);
        let system = vocabulary.as_ref().map(|vocabulary| vocabulary.url());
        Self {
            system: system.or(written).map(str::to_owned),
            test: Test::of(include, vocabulary),
            value_sets: include.value_sets.clone(),
        }
    }

    /// Whether a code passes the test.
    pub(super) fn membership(&self, system: Option<&str>, code: &str) -> Membership {
        if let (Some(own), Some(asked)) = (&self.system, system)
            && own != asked
        {
            return Membership::NotIn;
        }
        let own = self.system.as_deref().unwrap_or_default();
        match &self.test {
            Test::Listed(codes, None) => known(codes.contains(code)),
            Test::Listed(codes, Some(vocabulary)) => known(codes.contains(&*vocabulary.fold(code))),
            Test::Any(vocabulary) => any_code(own, vocabulary.as_deref(), code),
            Test::Filtered(sure) if sure.iter().any(|known| known == code) => Membership::In,
            Test::Filtered(_) => match any_code(own, None, code) {
                Membership::NotIn => Membership::NotIn,
                _ => not_at_hand(own),
            },
            Test::Tag(filters) => match language::passes(filters, code) {
                Some(true) => any_code(own, None, code),
                Some(false) => Membership::NotIn,
                None => not_at_hand(own),
            },
            Test::Unknown(reason) => Membership::Undecided(Arc::clone(reason)),
            Test::Nothing => Membership::In,
        }
    }
}

impl Test {
    fn of(include: &Include, vocabulary: Option<Arc<Vocabulary>>) -> Self {
        if !include.codes.is_empty() {
            let codes = include.codes.iter();
            let codes = match &vocabulary {
                Some(vocabulary) => codes
                    .map(|code| vocabulary.fold(code).into_owned())
                    .collect(),
                None => codes.cloned().collect(),
            };
            return Self::Listed(codes, vocabulary);
        }
        if include.system.is_none() {
            return Self::Nothing;
        }
        if include.system.as_deref() == Some(language::SYSTEM) && !include.filters.is_empty() {
            return Self::Tag(include.filters.clone());
        }
        if include.filters.is_empty() {
            return Self::Any(vocabulary);
        }
        match vocabulary.filter(|vocabulary| vocabulary.is_complete) {
            Some(vocabulary) => Self::filtered(include, vocabulary),
            None => Self::Filtered(match &include.filters[..] {
                [only] if only.operator == "is-a" => vec![only.value.clone()],
                _ => Vec::new(),
            }),
        }
    }

    fn filtered(include: &Include, vocabulary: Arc<Vocabulary>) -> Self {
        let mut passes = vec![true; vocabulary.concepts().len()];
        for item in &include.filters {
            match filter::apply(item, &vocabulary) {
                Ok(passed) => {
                    for (all, one) in passes.iter_mut().zip(passed) {
                        *all &= one;
                    }
                }
                Err(why) => return Self::Unknown(why.into()),
            }
        }
        let concepts = vocabulary.concepts().iter().zip(passes);
        let codes = concepts
            .filter(|(_, passes)| *passes)
            .map(|(concept, _)| vocabulary.fold(&concept.code).into_owned())
            .collect();
        Self::Listed(codes, Some(vocabulary))
    }
}

/// Whether a code system has a code.
pub(super) fn any_code(system: &str, vocabulary: Option<&Vocabulary>, code: &str) -> Membership {
    if let Some(vocabulary) = vocabulary {
        let is_found = vocabulary.find(code).is_some();
        if is_found || vocabulary.is_complete {
            return known(is_found);
        }
    }
    if let Some(answer) = standard::has(system, code) {
        return known(answer);
    }
    match form::form(system, code) {
        Form::Impossible => Membership::NotIn,
        // Units are made by a grammar: there is no list of them.
        Form::Right if system == form::UCUM => Membership::In,
        _ => not_at_hand(system),
    }
}

fn known(is_in: bool) -> Membership {
    if is_in {
        Membership::In
    } else {
        Membership::NotIn
    }
}

fn not_at_hand(system: &str) -> Membership {
    Membership::Undecided(format!("the codes of {system} are not at hand").into())
}
