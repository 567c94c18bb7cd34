//! What is in value sets that are made up for the purpose.

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
