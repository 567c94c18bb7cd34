//! A set of texts in little more than eight bytes for each: enough to find what is missing among millions.

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};

/// A set of texts, by 64 bits of a hash.
///
/// The prints are kept in runs of one size that never grow: what grows is copied, and leaves holes behind that
/// others seldom fill.
#[derive(Debug, Default)]
pub(super) struct Fingerprints {
    /// Sorted prints; all runs but the last are full. No run at all while there are few prints.
    runs: Vec<Vec<u64>>,
    /// Prints that are not sorted in yet.
    new: HashSet<u64>,
}

impl Fingerprints {
    /// New prints that are kept before they are sorted in.
    const UNSORTED: usize = 1 << 16;
    /// Prints of one run (2 MiB).
    const RUN: usize = 1 << 18;

    /// Adds a text; false when it was there.
    pub(super) fn add(&mut self, text: &str) -> bool {
        let print = print(text);
        if self.is_sorted_in(print) || !self.new.insert(print) {
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
        let prints = self.runs.iter().flatten().chain(&self.new);
        prints.filter(|print| !others.has_print(**print)).count()
    }

    /// Forgets the texts that are in `others`.
    pub(super) fn forget(&mut self, others: &Self) {
        self.new.retain(|print| !others.has_print(*print));
        for mut run in std::mem::take(&mut self.runs) {
            run.retain(|print| !others.has_print(*print));
            self.sort_in(run);
        }
    }

    fn has_print(&self, print: u64) -> bool {
        self.is_sorted_in(print) || self.new.contains(&print)
    }

    fn is_sorted_in(&self, print: u64) -> bool {
        let mut runs = self.runs.iter();
        runs.any(|run| run.binary_search(&print).is_ok())
    }

    fn settle(&mut self) {
        let mut new = std::mem::take(&mut self.new);
        self.sort_in(new.drain());
        // Its room is used again.
        self.new = new;
    }

    fn sort_in(&mut self, prints: impl IntoIterator<Item = u64>) {
        let before = self.runs.len().saturating_sub(1);
        for print in prints {
            match self.runs.last_mut() {
                Some(run) if run.len() < Self::RUN => run.push(print),
                _ => {
                    let mut run = Vec::with_capacity(Self::RUN);
                    run.push(print);
                    self.runs.push(run);
                }
            }
        }
        for run in self.runs.iter_mut().skip(before) {
            run.sort_unstable();
        }
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

    #[test]
    fn what_others_have_is_forgotten_and_nothing_else() {
        let (mut some, mut others) = (Fingerprints::default(), Fingerprints::default());
        for number in 0..200_000 {
            some.add(&number.to_string());
        }
        for number in 0..150_000 {
            others.add(&number.to_string());
        }
        some.forget(&others);
        assert!(!some.has("0") && !some.has("149999"));
        assert!(some.has("150000") && some.has("199999"));
        assert_eq!(some.missing_in(&others), 50_000);
    }

    #[test]
    fn a_million_texts_take_little_more_than_eight_bytes_each() {
        let mut prints = Fingerprints::default();
        for number in 0..1_000_000 {
            prints.add(&number.to_string());
        }
        let room: usize = prints.runs.iter().map(Vec::capacity).sum();
        assert!(room * 8 < 10_000_000, "{room} places");
        assert!(prints.new.len() < Fingerprints::UNSORTED);
    }
}
