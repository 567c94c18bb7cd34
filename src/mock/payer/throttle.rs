//! Stops guessing: the same demographics tried with card after card.

use sha2::{Digest as _, Sha256};
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// Of a text that may be long.
type Hash = [u8; 32];

/// Demographics remembered; the longest known are forgotten first.
const MOST_REMEMBERED: usize = 10_000;

/// Counts the different cards that failed for each set of demographics.
#[derive(Clone, Debug)]
pub(super) struct Throttle {
    limit: usize,
    failures: BTreeMap<Hash, BTreeSet<Hash>>,
    order: VecDeque<Hash>,
}

impl Throttle {
    /// Locks out after more than `limit` different cards.
    pub(super) fn new(limit: usize) -> Self {
        Self {
            limit,
            failures: BTreeMap::new(),
            order: VecDeque::new(),
        }
    }

    /// Whether these demographics are locked out.
    pub(super) fn is_locked(&self, demographics: &str) -> bool {
        self.failures
            .get(&hash(demographics))
            .is_some_and(|cards| cards.len() > self.limit)
    }

    /// Remembers that no member has these demographics and this card. Trying the same card again is no guess.
    pub(super) fn failed(&mut self, demographics: &str, card: &str) {
        let (demographics, card) = (hash(demographics), hash(card));
        if !self.failures.contains_key(&demographics) {
            self.order.push_back(demographics);
            if self.order.len() > MOST_REMEMBERED
                && let Some(oldest) = self.order.pop_front()
            {
                self.failures.remove(&oldest);
            }
        }
        let cards = self.failures.entry(demographics).or_default();
        if cards.len() <= self.limit {
            cards.insert(card);
        }
    }
}

fn hash(text: &str) -> Hash {
    Sha256::digest(text).into()
}

#[cfg(test)]
mod tests {
    use super::{MOST_REMEMBERED, Throttle};

    #[test]
    fn different_cards_lock_out_and_the_same_card_does_not() {
        let mut throttle = Throttle::new(2);
        for _ in 0..9 {
            throttle.failed("ann", "1");
        }
        throttle.failed("ann", "2");
        assert!(!throttle.is_locked("ann"));
        throttle.failed("ann", "3");
        assert!(throttle.is_locked("ann"));
        assert!(!throttle.is_locked("bob"));
    }

    #[test]
    fn memory_is_bounded() {
        let mut throttle = Throttle::new(1);
        for number in 0..MOST_REMEMBERED + 10 {
            throttle.failed(&number.to_string(), "1");
        }
        assert_eq!(throttle.failures.len(), MOST_REMEMBERED);
        assert!(!throttle.failures.contains_key(&super::hash("0")));
    }
}
