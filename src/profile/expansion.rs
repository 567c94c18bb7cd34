//! Which codes value sets and code systems hold, as far as that can be told offline.

mod filter;
mod form;
mod language;
mod membership;
mod part;
mod standard;
mod vocabulary;

pub use form::{Form, form};
pub use membership::Membership;

use super::{Definitions, Include};
use part::Part;
use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};
use vocabulary::Vocabulary;

/// Deepest nesting of value sets in value sets.
const DEEPEST: usize = 32;

/// Value sets and code systems made ready for questions. Belongs to one [`Definitions`], which gives it out
/// by [`Definitions::terminology`].
#[derive(Debug, Default)]
pub struct Terminology {
    sets: RwLock<HashMap<String, Arc<Expansion>>>,
    systems: RwLock<HashMap<String, Option<Arc<Vocabulary>>>>,
}

/// A value set that is ready for questions.
#[derive(Debug)]
struct Expansion {
    includes: Vec<Part>,
    excludes: Vec<Part>,
    /// What came with the value set: decides where its definition cannot.
    listed: Option<HashMap<String, Vec<String>>>,
}

/// Whether a code is in a value set. Without a system, as an element of type `code` has none, the code alone
/// counts; a coding without a system has the system `""` and is in no set.
pub fn membership(
    definitions: &dyn Definitions,
    value_set: &str,
    system: Option<&str>,
    code: &str,
) -> Membership {
    let temporary;
    let terminology = match definitions.terminology() {
        Some(kept) => kept,
        None => {
            temporary = Terminology::default();
            &temporary
        }
    };
    let question = Question {
        definitions,
        terminology,
        system: system.map(without_version),
        code,
    };
    question.of_set(value_set, None)
}

/// Whether a code system has a code; none when that cannot be told offline.
pub fn code_exists(definitions: &dyn Definitions, system: &str, code: &str) -> Option<bool> {
    let system = without_version(system);
    let temporary;
    let terminology = match definitions.terminology() {
        Some(kept) => kept,
        None => {
            temporary = Terminology::default();
            &temporary
        }
    };
    let vocabulary = terminology.vocabulary(definitions, system);
    match part::any_code(system, vocabulary.as_deref(), code) {
        Membership::In => Some(true),
        Membership::NotIn => Some(false),
        Membership::Undecided(_) => None,
    }
}

fn without_version(system: &str) -> &str {
    system.split_once('|').map_or(system, |(url, _)| url)
}

/// The value sets through which another one was reached.
struct Outer<'a> {
    canonical: &'a str,
    outer: Option<&'a Self>,
}

impl Outer<'_> {
    fn depth(&self) -> usize {
        1 + self.outer.map_or(0, Self::depth)
    }

    fn has(&self, canonical: &str) -> bool {
        self.canonical == canonical || self.outer.is_some_and(|outer| outer.has(canonical))
    }
}

/// A code about which something is to be found out.
struct Question<'a> {
    definitions: &'a dyn Definitions,
    terminology: &'a Terminology,
    system: Option<&'a str>,
    code: &'a str,
}

impl Question<'_> {
    /// Whether the code is in a value set that was reached through `outer`.
    fn of_set(&self, canonical: &str, outer: Option<&Outer<'_>>) -> Membership {
        if outer.is_some_and(|outer| outer.has(canonical)) {
            // What a set gets by way of itself it has anyway.
            return Membership::NotIn;
        }
        if outer.is_some_and(|outer| outer.depth() >= DEEPEST) {
            return undecided(format!("{canonical} is nested too deeply"));
        }
        let Some(expansion) = self.terminology.expansion(self.definitions, canonical) else {
            return undecided(format!("the value set {canonical} is not at hand"));
        };
        let here = Outer { canonical, outer };
        let included = self.of_parts(&expansion.includes, &here);
        let answer = if included == Membership::NotIn || expansion.excludes.is_empty() {
            included
        } else {
            included.without(self.of_parts(&expansion.excludes, &here))
        };
        match (&answer, &expansion.listed) {
            (Membership::Undecided(_), Some(listed)) => self.of_list(listed),
            _ if expansion.includes.is_empty() => match &expansion.listed {
                Some(listed) => self.of_list(listed),
                None => undecided(format!(
                    "the value set {canonical} does not say what is in it"
                )),
            },
            _ => answer,
        }
    }

    fn of_parts(&self, parts: &[Part], outer: &Outer<'_>) -> Membership {
        let mut answer = Membership::NotIn;
        for part in parts {
            let mut one = part.membership(self.system, self.code);
            for set in &part.value_sets {
                if one == Membership::NotIn {
                    break;
                }
                one = one.and(self.of_set(set, Some(outer)));
            }
            answer = answer.or(one);
            if answer == Membership::In {
                break;
            }
        }
        answer
    }

    fn of_list(&self, listed: &HashMap<String, Vec<String>>) -> Membership {
        let systems = listed.get(self.code);
        let is_in = systems.is_some_and(|systems| {
            self.system
                .is_none_or(|system| systems.iter().any(|known| known == system))
        });
        if is_in {
            Membership::In
        } else {
            Membership::NotIn
        }
    }
}

fn undecided(reason: String) -> Membership {
    Membership::Undecided(reason.into())
}

impl Terminology {
    /// A value set made ready; none when it is not at hand.
    fn expansion(&self, definitions: &dyn Definitions, canonical: &str) -> Option<Arc<Expansion>> {
        let sets = self.sets.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = sets.get(canonical) {
            return Some(Arc::clone(known));
        }
        drop(sets);
        let set = definitions.value_set(canonical)?;
        let compile = |parts: &[Include]| -> Vec<Part> {
            let parts = parts.iter();
            parts
                .map(|part| {
                    let vocabulary = part
                        .system
                        .as_deref()
                        .and_then(|system| self.vocabulary(definitions, without_version(system)));
                    Part::new(part, vocabulary)
                })
                .collect()
        };
        let listed = set.expansion.as_ref().map(|codes| {
            let mut listed: HashMap<String, Vec<String>> = HashMap::new();
            for (system, code) in codes {
                listed.entry(code.clone()).or_default().push(system.clone());
            }
            listed
        });
        let expansion = Arc::new(Expansion {
            includes: compile(&set.includes),
            excludes: compile(&set.excludes),
            listed,
        });
        let mut sets = self.sets.write().unwrap_or_else(PoisonError::into_inner);
        sets.insert(canonical.to_owned(), Arc::clone(&expansion));
        Some(expansion)
    }

    /// A code system made ready; none when it is not at hand. A supplement leads to what it supplements.
    fn vocabulary(&self, definitions: &dyn Definitions, system: &str) -> Option<Arc<Vocabulary>> {
        let systems = self.systems.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = systems.get(system) {
            return known.clone();
        }
        drop(systems);
        let found = definitions.code_system(system)?;
        let supplemented = found.supplements.as_deref().map(without_version);
        let found = match supplemented.filter(|base| *base != system) {
            Some(base) => definitions.code_system(base).unwrap_or(found),
            None => found,
        };
        let vocabulary = Some(Arc::new(Vocabulary::new(found)));
        let mut systems = self.systems.write().unwrap_or_else(PoisonError::into_inner);
        systems.insert(system.to_owned(), vocabulary.clone());
        vocabulary
    }
}

#[cfg(test)]
mod tests;
