//! Which codes value sets and code systems hold, as far as that can be told offline.

mod filter;
mod form;
mod language;
mod part;
mod standard;
mod vocabulary;

pub use form::form;

use super::{Definitions, Include};
use part::Part;
use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};
use vocabulary::Vocabulary;

/// Deepest nesting of value sets in value sets.
const DEEPEST: usize = 32;

/// Whether a code is in a value set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Membership {
    /// It is.
    In,
    /// It is not.
    NotIn,
    /// Nobody here can tell, and why: a fragment of a sentence.
    Undecided(Arc<str>),
}

impl Membership {
    /// In one or the other.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        match (self, other) {
            (Self::In, _) | (_, Self::In) => Self::In,
            (Self::NotIn, other) => other,
            (undecided, _) => undecided,
        }
    }

    /// In one and the other.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::NotIn, _) | (_, Self::NotIn) => Self::NotIn,
            (Self::In, other) => other,
            (undecided, _) => undecided,
        }
    }

    /// In this, and not in the other.
    #[must_use]
    pub fn without(self, other: Self) -> Self {
        self.and(match other {
            Self::In => Self::NotIn,
            Self::NotIn => Self::In,
            undecided @ Self::Undecided(_) => undecided,
        })
    }
}

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
        let vocabulary = Some(Arc::new(Vocabulary::new(&found)));
        let mut systems = self.systems.write().unwrap_or_else(PoisonError::into_inner);
        systems.insert(system.to_owned(), vocabulary.clone());
        vocabulary
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::profile::{CodeSystem, Concept, Content, Definition, Filter, ValueSet};

    /// Definitions made up for a test, with a place to keep what was made ready.
    #[derive(Default)]
    struct Shelf {
        sets: Vec<ValueSet>,
        systems: Vec<CodeSystem>,
        terminology: Terminology,
    }

    impl Definitions for Shelf {
        fn definition(&self, _: &str) -> Option<Arc<Definition>> {
            None
        }

        fn value_set(&self, canonical: &str) -> Option<Arc<ValueSet>> {
            let set = self.sets.iter().find(|set| set.url == canonical)?;
            Some(Arc::new(set.clone()))
        }

        fn code_system(&self, canonical: &str) -> Option<Arc<CodeSystem>> {
            let system = self.systems.iter().find(|system| system.url == canonical)?;
            Some(Arc::new(system.clone()))
        }

        fn terminology(&self) -> Option<&Terminology> {
            Some(&self.terminology)
        }
    }

    impl Shelf {
        /// `animal` > `dog` > `poodle`, `animal` > `cat`, `plant`; dogs and poodles are marked as pets.
        fn new(content: Content) -> Self {
            let concept = |code: &str, parents: &[usize], pet: Option<&str>| Concept {
                code: code.to_owned(),
                parents: parents.to_vec(),
                properties: Vec::from_iter(pet.map(|pet| ("pet".to_owned(), pet.to_owned()))),
            };
            let system = CodeSystem {
                url: "s".to_owned(),
                version: "1".to_owned(),
                content,
                is_case_sensitive: true,
                supplements: None,
                concepts: vec![
                    concept("animal", &[], None),
                    concept("dog", &[0], Some("yes")),
                    concept("poodle", &[1], Some("yes, a small one")),
                    concept("cat", &[0], None),
                    concept("plant", &[], None),
                ],
            };
            Self {
                systems: vec![system],
                ..Self::default()
            }
        }

        fn with(mut self, url: &str, includes: Vec<Include>, excludes: Vec<Include>) -> Self {
            self.sets.push(ValueSet {
                url: url.to_owned(),
                version: "1".to_owned(),
                includes,
                excludes,
                expansion: None,
            });
            self
        }

        fn filtered(self, filters: &[(&str, &str, &str)]) -> Self {
            let part = Include {
                system: Some("s".to_owned()),
                filters: filters
                    .iter()
                    .map(|(property, operator, value)| Filter {
                        property: (*property).to_owned(),
                        operator: (*operator).to_owned(),
                        value: (*value).to_owned(),
                    })
                    .collect(),
                ..Include::default()
            };
            self.with("v", vec![part], vec![])
        }

        /// The codes of the system that are in the set, if all is decided.
        fn codes(&self, set: &str) -> Vec<&str> {
            let codes = self.systems[0]
                .concepts
                .iter()
                .map(|concept| &*concept.code);
            codes
                .filter(|code| match membership(self, set, Some("s"), code) {
                    Membership::In => true,
                    Membership::NotIn => false,
                    Membership::Undecided(reason) => panic!("{code} is undecided: {reason}"),
                })
                .collect()
        }
    }

    fn codes(system: &str, codes: &[&str]) -> Include {
        Include {
            system: Some(system.to_owned()),
            codes: codes.iter().map(|code| (*code).to_owned()).collect(),
            ..Include::default()
        }
    }

    fn sets(urls: &[&str]) -> Include {
        Include {
            value_sets: urls.iter().map(|url| (*url).to_owned()).collect(),
            ..Include::default()
        }
    }

    #[test]
    fn filters_choose_among_the_concepts_of_a_complete_system() {
        type Filters = &'static [(&'static str, &'static str, &'static str)];
        let cases: [(Filters, &[&str]); 11] = [
            (&[("concept", "is-a", "dog")], &["dog", "poodle"]),
            (
                &[("concept", "descendent-of", "animal")],
                &["dog", "poodle", "cat"],
            ),
            (
                &[("concept", "is-not-a", "dog")],
                &["animal", "cat", "plant"],
            ),
            (
                &[("concept", "generalizes", "poodle")],
                &["animal", "dog", "poodle"],
            ),
            (&[("pet", "=", "yes")], &["dog"]),
            (&[("code", "in", "cat,plant")], &["cat", "plant"]),
            (
                &[("code", "not-in", "cat,plant")],
                &["animal", "dog", "poodle"],
            ),
            (&[("code", "regex", "[cp].*")], &["poodle", "cat", "plant"]),
            (&[("pet", "exists", "true")], &["dog", "poodle"]),
            (&[("pet", "exists", "false")], &["animal", "cat", "plant"]),
            (
                &[("parent", "=", "animal"), ("concept", "is-not-a", "dog")],
                &["cat"],
            ),
        ];
        for (filters, expected) in cases {
            let shelf = Shelf::new(Content::Complete).filtered(filters);
            assert_eq!(shelf.codes("v"), expected, "{filters:?}");
        }
    }

    #[test]
    fn a_filter_that_cannot_be_applied_leaves_the_code_undecided() {
        for filter in [
            ("concept", "is-a", "fish"),
            ("colour", "=", "red"),
            ("code", "regex", "("),
            ("code", "resembles", "dog"),
        ] {
            let shelf = Shelf::new(Content::Complete).filtered(&[filter]);
            let answer = membership(&shelf, "v", Some("s"), "dog");
            assert!(
                matches!(answer, Membership::Undecided(_)),
                "{filter:?} {answer:?}"
            );
        }
    }

    #[test]
    fn of_a_system_that_is_not_whole_only_what_is_there_is_sure() {
        let shelf = Shelf::new(Content::Partial).with("v", vec![codes("s", &[])], vec![]);
        assert_eq!(membership(&shelf, "v", Some("s"), "dog"), Membership::In);
        assert!(matches!(
            membership(&shelf, "v", Some("s"), "fish"),
            Membership::Undecided(_)
        ));
        assert_eq!(code_exists(&shelf, "s", "dog"), Some(true));
        assert_eq!(code_exists(&shelf, "s", "fish"), None);
        let shelf = Shelf::new(Content::Complete);
        assert_eq!(code_exists(&shelf, "s|1", "fish"), Some(false));
        assert_eq!(code_exists(&shelf, "t", "fish"), None);
    }

    #[test]
    fn what_is_excluded_is_out_and_doubt_stays_doubt() {
        let shelf = Shelf::new(Content::Complete)
            .with("v", vec![codes("s", &[])], vec![codes("s", &["dog"])])
            .with("w", vec![codes("s", &[])], vec![sets(&["elsewhere"])]);
        assert_eq!(shelf.codes("v"), ["animal", "poodle", "cat", "plant"]);
        assert!(matches!(
            membership(&shelf, "w", Some("s"), "dog"),
            Membership::Undecided(_)
        ));
        assert_eq!(
            membership(&shelf, "w", Some("s"), "fish"),
            Membership::NotIn
        );
    }

    #[test]
    fn value_sets_of_one_include_are_intersected_and_includes_are_united() {
        let shelf = Shelf::new(Content::Complete)
            .with("a", vec![codes("s", &["dog", "cat"])], vec![])
            .with("b", vec![codes("s", &["cat", "plant"])], vec![])
            .with("both", vec![sets(&["a", "b"])], vec![])
            .with("either", vec![sets(&["a"]), sets(&["b"])], vec![]);
        assert_eq!(shelf.codes("both"), ["cat"]);
        assert_eq!(shelf.codes("either"), ["dog", "cat", "plant"]);
    }

    #[test]
    fn value_sets_that_include_each_other_end() {
        let shelf = Shelf::new(Content::Complete)
            .with("a", vec![sets(&["b"]), codes("s", &["dog"])], vec![])
            .with("b", vec![sets(&["a"]), codes("s", &["cat"])], vec![]);
        assert_eq!(shelf.codes("a"), ["dog", "cat"]);
        assert_eq!(shelf.codes("b"), ["dog", "cat"]);
    }

    #[test]
    fn listed_codes_decide_also_for_systems_nobody_has() {
        let sct = "http://snomed.info/sct";
        let mut is_a = codes(sct, &[]);
        is_a.filters.push(Filter {
            property: "concept".to_owned(),
            operator: "is-a".to_owned(),
            value: "404684003".to_owned(),
        });
        let shelf = Shelf::default()
            .with("listed", vec![codes(sct, &["73211009"])], vec![])
            .with("findings", vec![is_a], vec![]);
        assert_eq!(
            membership(&shelf, "listed", Some(sct), "73211009"),
            Membership::In
        );
        assert_eq!(
            membership(&shelf, "listed", Some(sct), "38341003"),
            Membership::NotIn
        );
        assert_eq!(
            membership(&shelf, "findings", Some(sct), "404684003"),
            Membership::In
        );
        let other = membership(&shelf, "findings", Some(sct), "73211009");
        assert!(matches!(other, Membership::Undecided(_)));
        // No concept has this id, whatever the edition.
        assert_eq!(
            membership(&shelf, "findings", Some(sct), "73211008"),
            Membership::NotIn
        );
        assert_eq!(
            membership(&shelf, "findings", Some("s"), "dog"),
            Membership::NotIn
        );
    }

    #[test]
    fn a_code_without_a_system_counts_by_itself_and_a_coding_without_one_does_not() {
        let shelf = Shelf::new(Content::Complete).with("v", vec![codes("s", &["dog"])], vec![]);
        assert_eq!(membership(&shelf, "v", None, "dog"), Membership::In);
        assert_eq!(membership(&shelf, "v", Some(""), "dog"), Membership::NotIn);
        assert_eq!(membership(&shelf, "v", Some("s|2"), "dog"), Membership::In);
    }

    #[test]
    fn case_counts_only_where_the_system_says_so() {
        let mut shelf = Shelf::new(Content::Complete).with("v", vec![codes("s", &["Dog"])], vec![]);
        assert_eq!(membership(&shelf, "v", Some("s"), "dog"), Membership::NotIn);
        shelf.systems[0].is_case_sensitive = false;
        shelf.terminology = Terminology::default();
        assert_eq!(membership(&shelf, "v", Some("s"), "DOG"), Membership::In);
    }

    #[test]
    fn a_supplement_stands_for_what_it_supplements() {
        let mut shelf = Shelf::new(Content::Complete).with("v", vec![codes("more", &[])], vec![]);
        shelf.systems.push(CodeSystem {
            url: "more".to_owned(),
            version: "1".to_owned(),
            content: Content::Partial,
            is_case_sensitive: true,
            supplements: Some("s|1".to_owned()),
            concepts: vec![],
        });
        assert_eq!(membership(&shelf, "v", None, "dog"), Membership::In);
        assert_eq!(membership(&shelf, "v", Some("s"), "dog"), Membership::In);
        assert_eq!(membership(&shelf, "v", None, "fish"), Membership::NotIn);
    }

    #[test]
    fn an_expansion_decides_what_the_definition_cannot() {
        let mut shelf = Shelf::default().with("v", vec![sets(&["elsewhere"])], vec![]);
        assert!(matches!(
            membership(&shelf, "v", Some("s"), "dog"),
            Membership::Undecided(_)
        ));
        shelf.sets[0].expansion = Some(vec![("s".to_owned(), "dog".to_owned())]);
        shelf.terminology = Terminology::default();
        assert_eq!(membership(&shelf, "v", Some("s"), "dog"), Membership::In);
        assert_eq!(membership(&shelf, "v", Some("s"), "cat"), Membership::NotIn);
        assert_eq!(membership(&shelf, "v", Some("t"), "dog"), Membership::NotIn);
    }

    #[test]
    fn a_value_set_that_says_nothing_decides_nothing() {
        let shelf = Shelf::default().with("v", vec![], vec![]);
        assert!(matches!(
            membership(&shelf, "v", None, "dog"),
            Membership::Undecided(_)
        ));
        assert!(matches!(
            membership(&shelf, "w", None, "dog"),
            Membership::Undecided(_)
        ));
    }
}
