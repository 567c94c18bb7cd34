//! A code system that is ready for questions.

use crate::profile::{CodeSystem, Concept, Content};
use std::borrow::Cow;
use std::cmp::Ordering;
use std::sync::Arc;

/// The concepts of a code system by code.
#[derive(Debug)]
pub(super) struct Vocabulary {
    /// Its `url` is the one that codings name: of a supplement, it is what it supplements.
    system: Arc<CodeSystem>,
    /// Whether the concepts are all there are.
    pub(super) is_complete: bool,
    /// Indexes of concepts in the order of their codes as they are compared; of the same code, the first.
    order: Box<[u32]>,
}

impl Vocabulary {
    /// Makes a code system ready.
    pub(super) fn new(system: Arc<CodeSystem>) -> Self {
        let is_case_sensitive = system.is_case_sensitive;
        let code = |index: &u32| folded(&system.concepts[*index as usize].code, is_case_sensitive);
        let most = u32::try_from(system.concepts.len()).unwrap_or(u32::MAX);
        let mut order: Vec<u32> = (0..most).collect();
        order.sort_by(|one, other| code(one).cmp(&code(other)));
        order.dedup_by(|later, first| code(later) == code(first));
        Self {
            is_complete: system.content == Content::Complete,
            order: order.into(),
            system,
        }
    }

    /// The system that codings name.
    pub(super) fn url(&self) -> &str {
        &self.system.url
    }

    /// The code as it is compared.
    pub(super) fn fold<'a>(&self, code: &'a str) -> Cow<'a, str> {
        folded(code, self.system.is_case_sensitive)
    }

    /// Where a code stands.
    pub(super) fn find(&self, code: &str) -> Option<usize> {
        let wanted = self.fold(code);
        let at = self
            .order
            .binary_search_by(|index| self.compare(*index as usize, &wanted));
        Some(self.order[at.ok()?] as usize)
    }

    /// How the code of a concept stands to one that is folded.
    fn compare(&self, index: usize, wanted: &str) -> Ordering {
        let code = &self.system.concepts[index].code;
        if self.system.is_case_sensitive {
            code.as_str().cmp(wanted)
        } else {
            lower(code).cmp(wanted.chars())
        }
    }

    /// All concepts.
    pub(super) fn concepts(&self) -> &[Concept] {
        &self.system.concepts
    }

    /// Everything below a concept, without it.
    pub(super) fn below(&self, index: usize) -> Vec<bool> {
        let concepts = self.concepts();
        let mut seen = vec![false; concepts.len()];
        seen[index] = true;
        // Parents come first, so that the second pass finds nothing more, unless a system is written otherwise.
        let mut is_more = true;
        while is_more {
            is_more = false;
            for (at, concept) in concepts.iter().enumerate() {
                let is_below = |parent: &usize| seen.get(*parent).is_some_and(|seen| *seen);
                if !seen[at] && concept.parents.iter().any(is_below) {
                    seen[at] = true;
                    is_more = true;
                }
            }
        }
        seen[index] = false;
        seen
    }

    /// Everything above a concept, without it.
    pub(super) fn above(&self, index: usize) -> Vec<bool> {
        let concepts = self.concepts();
        let mut seen = vec![false; concepts.len()];
        let mut open = concepts[index].parents.clone();
        while let Some(index) = open.pop() {
            if index < seen.len() && !seen[index] {
                seen[index] = true;
                open.extend(&concepts[index].parents);
            }
        }
        seen[index] = false;
        seen
    }
}

fn folded(code: &str, is_case_sensitive: bool) -> Cow<'_, str> {
    if is_case_sensitive || !code.chars().any(char::is_uppercase) {
        Cow::Borrowed(code)
    } else {
        Cow::Owned(lower(code).collect())
    }
}

fn lower(code: &str) -> impl Iterator<Item = char> {
    code.chars().flat_map(char::to_lowercase)
}

#[cfg(test)]
mod tests {
    use super::Vocabulary;
    use crate::profile::{CodeSystem, Concept, Content};
    use std::sync::Arc;

    fn vocabulary(is_case_sensitive: bool, codes: &[(&str, &[usize])]) -> Vocabulary {
        let concepts = codes.iter().map(|(code, parents)| Concept {
            code: (*code).to_owned(),
            parents: parents.to_vec(),
            properties: Vec::new(),
        });
        Vocabulary::new(Arc::new(CodeSystem {
            url: "http://x.example/c".to_owned(),
            version: String::new(),
            content: Content::Complete,
            is_case_sensitive,
            supplements: None,
            concepts: concepts.collect(),
        }))
    }

    #[test]
    fn codes_are_found_as_their_system_compares_them() {
        let codes: &[(&str, &[usize])] = &[("b", &[]), ("Ä1", &[]), ("B", &[]), ("a", &[])];
        let strict = vocabulary(true, codes);
        let found = ["a", "A", "b", "B", "Ä1", "ä1"].map(|code| strict.find(code));
        assert_eq!(found, [Some(3), None, Some(0), Some(2), Some(1), None]);
        let lax = vocabulary(false, codes);
        let found = ["a", "A", "b", "B", "Ä1", "ä1", ""].map(|code| lax.find(code));
        let all = [Some(3), Some(3), Some(0), Some(0), Some(1), Some(1), None];
        assert_eq!(found, all);
    }

    #[test]
    fn what_is_below_and_above_a_concept_is_told_in_whatever_order_they_are_written() {
        // 3 is below 1, that is below 0; 2 stands alone; 4 and 5 are below each other.
        let codes: &[(&str, &[usize])] = &[
            ("a", &[]),
            ("b", &[0]),
            ("c", &[]),
            ("d", &[1]),
            ("e", &[5]),
            ("f", &[4, 9]),
        ];
        let known = vocabulary(true, codes);
        let which = |passes: Vec<bool>| -> Vec<usize> {
            let all = passes.iter().enumerate().filter(|(_, passes)| **passes);
            all.map(|(index, _)| index).collect()
        };
        assert_eq!(which(known.below(0)), [1, 3]);
        assert_eq!(which(known.above(3)), [0, 1]);
        assert_eq!(which(known.below(4)), [5]);
        assert_eq!(which(known.above(4)), [5]);
        assert!(which(known.below(2)).is_empty());
    }
}
