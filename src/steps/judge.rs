//! Who judges records by profiles: a validator for each version of US Core, and what they found already.

use crate::profile::{Inspection, Report, Validator};
use serde_json::Value;
use std::collections::hash_map::RandomState;
use std::collections::{BTreeMap, HashMap};
use std::hash::BuildHasher;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Answers kept at most; what comes later is judged each time.
const MOST_KEPT: usize = 100_000;

/// What a record is told by from all others: a hash of all it holds, with keys nobody else knows.
pub(super) type Print = u64;

/// Judges records by profiles, and remembers what it found: many scenarios ask about the same record.
pub struct Judge {
    ordinary: Arc<Validator>,
    by_us_core: BTreeMap<String, Arc<Validator>>,
    hasher: RandomState,
    kept: Mutex<Kept>,
}

/// What was found already.
#[derive(Default)]
struct Kept {
    /// By profile and record: what the record shows as an instance; nothing when it is none.
    instances: HashMap<String, HashMap<Print, Option<Arc<Inspection>>>>,
    /// By profile and record, whether or not it is an instance.
    inspections: HashMap<String, HashMap<Print, Option<Arc<Inspection>>>>,
    /// By record: by all that it claims.
    reports: HashMap<Print, Arc<Report>>,
    count: usize,
}

impl Judge {
    /// A judge by the profiles of an IG version, and by those of each version of US Core.
    #[must_use]
    pub fn new(ordinary: Arc<Validator>, by_us_core: BTreeMap<String, Arc<Validator>>) -> Self {
        Self {
            ordinary,
            by_us_core,
            hasher: RandomState::new(),
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

    /// What a record is told by from all others.
    pub(super) fn print(&self, record: &Value) -> Print {
        self.hasher.hash_one(record.to_string())
    }

    /// What holding a record against FHIR R4 and all that it claims shows.
    pub(super) fn validate(&self, record: &Value) -> Arc<Report> {
        let print = self.print(record);
        if let Some(known) = self.kept().reports.get(&print) {
            return Arc::clone(known);
        }
        let report = Arc::new(self.ordinary.validate(record, &[]));
        let mut kept = self.kept();
        if kept.has_room() {
            kept.reports.insert(print, Arc::clone(&report));
        }
        report
    }

    /// What holding a record against one profile shows; `None` when nobody knows the profile, or it is for
    /// another type.
    pub(super) fn inspect(
        &self,
        us_core: Option<&str>,
        (record, print): (&Value, Print),
        profile: &str,
    ) -> Option<Arc<Inspection>> {
        let name = named(us_core, profile);
        if let Some(known) = self
            .kept()
            .inspections
            .get(&*name)
            .and_then(|known| known.get(&print))
        {
            return known.clone();
        }
        let found = self
            .validator(us_core)
            .inspect(record, profile)
            .map(Arc::new);
        let mut kept = self.kept();
        if kept.has_room() {
            kept.inspections
                .entry(name)
                .or_default()
                .insert(print, found.clone());
        }
        found
    }

    /// What a record shows as an instance of a profile; `None` when it is none, which `is_instance` tells.
    pub(super) fn instance(
        &self,
        us_core: Option<&str>,
        (record, print): (&Value, Print),
        profile: &str,
        is_instance: impl Fn(&Value) -> bool,
    ) -> Option<Arc<Inspection>> {
        let name = named(us_core, profile);
        if let Some(known) = self
            .kept()
            .instances
            .get(&*name)
            .and_then(|known| known.get(&print))
        {
            return known.clone();
        }
        let found = is_instance(record)
            .then(|| self.inspect(us_core, (record, print), profile))
            .flatten();
        let mut kept = self.kept();
        if kept.has_room() {
            kept.instances
                .entry(name)
                .or_default()
                .insert(print, found.clone());
        }
        found
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Kept {
    /// Counts one more answer, while there is room.
    fn has_room(&mut self) -> bool {
        self.count += 1;
        self.count <= MOST_KEPT
    }
}

fn named(us_core: Option<&str>, profile: &str) -> String {
    match us_core {
        Some(version) => format!("{profile} with {version}"),
        None => profile.to_owned(),
    }
}
