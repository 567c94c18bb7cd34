//! Answers that were given before.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError, RwLock, Weak};

/// Most canonicals without an answer that are remembered: what a target sends must not fill the memory.
const MOST_MISSES: usize = 10_000;

type Key = (usize, String, String);

/// Remembers answers by the canonical asked for, and shares what several canonicals lead to.
#[derive(Debug)]
pub(super) struct Memory<T> {
    answers: RwLock<HashMap<String, Option<Weak<T>>>>,
    shelf: Arc<Shelf<T>>,
}

/// What was read from sources, by source, URL and version.
#[derive(Debug)]
struct Shelf<T> {
    read: Mutex<HashMap<Key, Weak<T>>>,
    recent: Mutex<VecDeque<Arc<T>>>,
    most: usize,
}

impl<T> Default for Memory<T> {
    /// Keeps everything.
    fn default() -> Self {
        Self::of_recent(usize::MAX)
    }
}

impl<T> Memory<T> {
    /// Keeps the `most` answers given last, and those that somebody else holds; others are read again.
    pub(super) fn of_recent(most: usize) -> Self {
        Self {
            answers: RwLock::default(),
            shelf: Arc::new(Shelf {
                read: Mutex::default(),
                recent: Mutex::default(),
                most,
            }),
        }
    }

    /// A memory of other answers from the same sources: what one of the two has read serves both.
    pub(super) fn beside(&self) -> Self {
        Self {
            answers: RwLock::default(),
            shelf: Arc::clone(&self.shelf),
        }
    }

    /// The answer given before; the outer none says that the question is new, or its answer forgotten.
    pub(super) fn recall(&self, canonical: &str) -> Option<Option<Arc<T>>> {
        let known = {
            let answers = self.answers.read().unwrap_or_else(PoisonError::into_inner);
            answers.get(canonical)?.clone()
        };
        match known {
            None => Some(None),
            Some(known) => {
                let known = known.upgrade()?;
                self.shelf.keep(&known);
                Some(Some(known))
            }
        }
    }

    /// Remembers an answer.
    pub(super) fn remember(&self, canonical: &str, answer: Option<&Arc<T>>) {
        let mut answers = self.answers.write().unwrap_or_else(PoisonError::into_inner);
        if answer.is_some() || answers.len() < MOST_MISSES {
            answers.insert(canonical.to_owned(), answer.map(Arc::downgrade));
        }
    }

    /// What a source has under a URL and version, read once while it is kept.
    pub(super) fn share(
        &self,
        (source, url, version): (usize, &str, &str),
        read: impl FnOnce() -> Option<T>,
    ) -> Option<Arc<T>> {
        let key = (source, url.to_owned(), version.to_owned());
        let shelf = &*self.shelf;
        let mut known = shelf.read.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = known.get(&key).and_then(Weak::upgrade) {
            return Some(known);
        }
        let read = Arc::new(read()?);
        known.insert(key, Arc::downgrade(&read));
        shelf.keep(&read);
        Some(read)
    }
}

impl<T> Shelf<T> {
    /// Keeps an answer as the last given.
    fn keep(&self, answer: &Arc<T>) {
        // What is kept for good was kept when it was read.
        if self.most == usize::MAX && Arc::strong_count(answer) > 1 {
            return;
        }
        let mut recent = self.recent.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(at) = recent.iter().rposition(|kept| Arc::ptr_eq(kept, answer)) {
            // Near the end it is recent enough.
            if at + self.most / 2 >= recent.len() {
                return;
            }
            recent.remove(at);
        }
        recent.push_back(Arc::clone(answer));
        if recent.len() > self.most {
            recent.pop_front();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Memory;
    use std::cell::Cell;

    fn ask(memory: &Memory<u32>, name: &str, reads: &Cell<u32>) {
        if memory.recall(name).is_some() {
            return;
        }
        let answer = memory.share((0, name, ""), || {
            reads.set(reads.get() + 1);
            Some(reads.get())
        });
        memory.remember(name, answer.as_ref());
    }

    #[test]
    fn what_one_memory_has_read_serves_the_one_beside_it() {
        let (memory, reads) = (Memory::default(), Cell::new(0));
        ask(&memory, "a", &reads);
        let other = memory.beside();
        assert!(other.recall("a").is_none());
        ask(&other, "a", &reads);
        assert_eq!(reads.get(), 1);
    }

    #[test]
    fn what_was_asked_for_last_is_not_read_again_and_the_rest_is() {
        for (most, expected) in [(usize::MAX, 3), (2, 4)] {
            let (memory, reads) = (Memory::of_recent(most), Cell::new(0));
            for name in ["a", "b", "b", "c", "c", "a"] {
                ask(&memory, name, &reads);
            }
            assert_eq!(reads.get(), expected, "keeping {most}");
        }
    }
}
