//! A set of texts in eight bytes for each: enough to find what is missing among millions.

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};

/// A set of texts, by 64 bits of a hash.
#[derive(Debug, Default)]
pub(super) struct Fingerprints {
    sorted: Vec<u64>,
    new: HashSet<u64>,
}

impl Fingerprints {
    /// New prints that are kept before they are sorted in.
    const UNSORTED: usize = 1 << 16;

    /// Adds a text; false when it was there.
    pub(super) fn add(&mut self, text: &str) -> bool {
        let print = print(text);
        if self.sorted.binary_search(&print).is_ok() || !self.new.insert(print) {
            return false;
        }
        if self.new.len() >= Self::UNSORTED {
            self.settle();
        }
        true
    }

    /// Whether a text is there.
    pub(super) fn has(&self, text: &str) -> bool {
        self.has_print(print(text))
    }

    /// How many of these texts are not in `others`.
    pub(super) fn missing_in(&self, others: &Self) -> usize {
        let prints = self.sorted.iter().chain(&self.new);
        prints.filter(|print| !others.has_print(**print)).count()
    }

    fn has_print(&self, print: u64) -> bool {
        self.sorted.binary_search(&print).is_ok() || self.new.contains(&print)
    }

    fn settle(&mut self) {
        self.sorted.extend(self.new.drain());
        self.sorted.sort_unstable();
    }
}

fn print(text: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    text.hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::Fingerprints;

    #[test]
    fn fingerprints_stay_a_set_when_they_are_sorted_in() {
        let mut prints = Fingerprints::default();
        let added =
            |prints: &mut Fingerprints| (0..100_000).filter(|n| prints.add(&n.to_string())).count();
        assert_eq!(added(&mut prints), 100_000);
        assert_eq!(added(&mut prints), 0);
        assert!(prints.has("99999") && !prints.has("100000"));
    }

    #[test]
    fn what_others_lack_is_counted() {
        let (mut some, mut others) = (Fingerprints::default(), Fingerprints::default());
        some.add("a");
        some.add("b");
        others.add("b");
        assert_eq!((some.missing_in(&others), others.missing_in(&some)), (1, 0));
    }
}
