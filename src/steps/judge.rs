//! Who judges records by profiles: a validator for each version of US Core, and what they found already.

use crate::profile::{Inspection, Validator};
use serde_json::Value;
use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, PoisonError};

/// Findings kept at most; what comes later is judged each time.
const MOST_KEPT: usize = 20_000;

/// A record and a profile: the record as written, since two records of one id may differ.
type Key = (String, String);

/// Judges records by profiles, and remembers what it found: many scenarios ask about the same record.
pub struct Judge {
    ordinary: Arc<Validator>,
    by_us_core: BTreeMap<String, Arc<Validator>>,
    kept: Mutex<HashMap<Key, Option<Arc<Inspection>>>>,
}

impl Judge {
    /// A judge by the profiles of an IG version, and by those of each version of US Core.
    #[must_use]
    pub fn new(ordinary: Arc<Validator>, by_us_core: BTreeMap<String, Arc<Validator>>) -> Self {
        Self {
            ordinary,
            by_us_core,
            kept: Mutex::default(),
        }
    }

    /// The validator that takes unversioned canonicals of US Core to be of that version; without one, of
    /// the version that the IG version ordinarily goes with.
    pub(super) fn validator(&self, us_core: Option<&str>) -> &Arc<Validator> {
        us_core
            .and_then(|version| self.by_us_core.get(version))
            .unwrap_or(&self.ordinary)
    }

    /// What holding a record against one profile shows; `None` when nobody knows the profile, or it is for
    /// another type.
    pub(super) fn inspect(
        &self,
        us_core: Option<&str>,
        record: &Value,
        profile: &str,
    ) -> Option<Arc<Inspection>> {
        let profile_of = format!("{profile} {}", us_core.unwrap_or_default());
        let key = (record.to_string(), profile_of);
        if let Some(known) = self.kept().get(&key) {
            return known.clone();
        }
        let found = self
            .validator(us_core)
            .inspect(record, profile)
            .map(Arc::new);
        let mut kept = self.kept();
        if kept.len() < MOST_KEPT {
            kept.insert(key, found.clone());
        }
        found
    }

    fn kept(&self) -> std::sync::MutexGuard<'_, HashMap<Key, Option<Arc<Inspection>>>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
