//! Answers that were given before.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, RwLock};

/// Most canonicals without an answer that are remembered: what a target sends must not fill the memory.
const MOST_MISSES: usize = 10_000;

type Key = (usize, String, String);

/// Remembers answers by the canonical asked for, and shares what several canonicals lead to.
#[derive(Debug)]
pub(super) struct Memory<T> {
    answers: RwLock<HashMap<String, Option<Arc<T>>>>,
    shared: Mutex<HashMap<Key, Arc<T>>>,
}

impl<T> Default for Memory<T> {
    fn default() -> Self {
        Self {
            answers: RwLock::default(),
            shared: Mutex::default(),
        }
    }
}

impl<T> Memory<T> {
    /// The answer given before; the outer none says that the question is new.
    pub(super) fn recall(&self, canonical: &str) -> Option<Option<Arc<T>>> {
        let answers = self.answers.read().unwrap_or_else(PoisonError::into_inner);
        answers.get(canonical).cloned()
    }

    /// Remembers an answer.
    pub(super) fn remember(&self, canonical: &str, answer: Option<Arc<T>>) {
        let mut answers = self.answers.write().unwrap_or_else(PoisonError::into_inner);
        if answer.is_some() || answers.len() < MOST_MISSES {
            answers.insert(canonical.to_owned(), answer);
        }
    }

    /// What a source has under a URL and version, read at most once.
    pub(super) fn share(
        &self,
        (source, url, version): (usize, &str, &str),
        read: impl FnOnce() -> Option<T>,
    ) -> Option<Arc<T>> {
        let key = (source, url.to_owned(), version.to_owned());
        let mut shared = self.shared.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = shared.get(&key) {
            return Some(Arc::clone(known));
        }
        let read = Arc::new(read()?);
        shared.insert(key, Arc::clone(&read));
        Some(read)
    }
}
