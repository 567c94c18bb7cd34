//! A code system that is ready for questions.

use crate::profile::{CodeSystem, Content};
use std::borrow::Cow;
use std::collections::HashMap;

/// The concepts of a code system by code.
#[derive(Debug)]
pub(super) struct Vocabulary {
    /// The system that codings name: of a supplement, what it supplements.
    pub(super) url: String,
    /// Whether the concepts are all there are.
    pub(super) is_complete: bool,
    is_case_sensitive: bool,
    codes: HashMap<String, usize>,
    /// Concepts as they stand in the system: code, parents, properties.
    concepts: Vec<Entry>,
    children: Vec<Vec<usize>>,
}

/// One concept.
#[derive(Debug)]
pub(super) struct Entry {
    pub(super) code: String,
    pub(super) parents: Vec<usize>,
    pub(super) properties: Vec<(String, String)>,
}

impl Vocabulary {
    /// Makes a code system ready.
    pub(super) fn new(system: &CodeSystem) -> Self {
        let mut children = vec![Vec::new(); system.concepts.len()];
        let mut codes = HashMap::with_capacity(system.concepts.len());
        for (index, concept) in system.concepts.iter().enumerate() {
            let key = folded(&concept.code, system.is_case_sensitive).into_owned();
            codes.entry(key).or_insert(index);
            for parent in &concept.parents {
                if let Some(list) = children.get_mut(*parent) {
                    list.push(index);
                }
            }
        }
        Self {
            url: system.url.clone(),
            is_complete: system.content == Content::Complete,
            is_case_sensitive: system.is_case_sensitive,
            codes,
            concepts: system
                .concepts
                .iter()
                .map(|concept| Entry {
                    code: concept.code.clone(),
                    parents: concept.parents.clone(),
                    properties: concept.properties.clone(),
                })
                .collect(),
            children,
        }
    }

    /// The code as it is compared.
    pub(super) fn fold<'a>(&self, code: &'a str) -> Cow<'a, str> {
        folded(code, self.is_case_sensitive)
    }

    /// Where a code stands.
    pub(super) fn find(&self, code: &str) -> Option<usize> {
        self.codes.get(&*self.fold(code)).copied()
    }

    /// All concepts.
    pub(super) fn concepts(&self) -> &[Entry] {
        &self.concepts
    }

    /// Everything below a concept, without it.
    pub(super) fn below(&self, index: usize) -> Vec<bool> {
        self.follow(index, |at| &self.children[at])
    }

    /// Everything above a concept, without it.
    pub(super) fn above(&self, index: usize) -> Vec<bool> {
        self.follow(index, |at| &self.concepts[at].parents)
    }

    fn follow<'a>(&'a self, start: usize, next: impl Fn(usize) -> &'a [usize]) -> Vec<bool> {
        let mut seen = vec![false; self.concepts.len()];
        let mut open: Vec<usize> = next(start).to_vec();
        while let Some(index) = open.pop() {
            if index < seen.len() && !seen[index] {
                seen[index] = true;
                open.extend(next(index));
            }
        }
        seen[start] = false;
        seen
    }
}

fn folded(code: &str, is_case_sensitive: bool) -> Cow<'_, str> {
    if is_case_sensitive || !code.chars().any(char::is_uppercase) {
        Cow::Borrowed(code)
    } else {
        Cow::Owned(code.to_lowercase())
    }
}
