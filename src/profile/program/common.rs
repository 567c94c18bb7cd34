//! What programs have in common.

use super::node::{Bound, Type};
use super::store::Kept;
use super::type_model::Table;
use super::{Program, Rule};
use crate::profile::{Invariant, TypeReference};
use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

/// What programs have in common: the types of FHIR, and what the elements of many definitions say alike. It grows
/// with the definitions that are compiled, and with nothing that is validated.
#[derive(Default)]
pub(super) struct Common {
    /// Programs of the types of FHIR, by canonical URL.
    pub(super) types: Kept<Program>,
    /// Types of the elements of resources, by name of the resource.
    pub(super) models: Kept<Table>,
    /// The same for data types.
    pub(super) data_types: OnceLock<Arc<Table>>,
    rules: Mutex<HashMap<(String, String), Arc<Rule>>>,
    words: Mutex<HashSet<Arc<str>>>,
    kinds: Mutex<HashMap<TypeReference, Arc<Type>>>,
    bounds: Mutex<HashSet<Arc<Bound>>>,
}

impl Common {
    /// The rule of an invariant; the same for all that have the same expression.
    pub(super) fn rule(&self, invariant: &Invariant) -> Arc<Rule> {
        let name = (invariant.key.clone(), invariant.expression.clone());
        let mut rules = locked(&self.rules);
        let rule = rules
            .entry(name)
            .or_insert_with(|| Arc::new(Rule::new(invariant)));
        Arc::clone(rule)
    }

    /// A text that many elements have: an id, a path, a name.
    pub(super) fn word(&self, text: &str) -> Arc<str> {
        let mut words = locked(&self.words);
        if let Some(known) = words.get(text) {
            return Arc::clone(known);
        }
        let word: Arc<str> = text.into();
        words.insert(Arc::clone(&word));
        word
    }

    /// An allowed type, which `make` makes when it is new.
    pub(super) fn kind(&self, written: &TypeReference, make: impl FnOnce() -> Type) -> Arc<Type> {
        if let Some(known) = locked(&self.kinds).get(written) {
            return Arc::clone(known);
        }
        let kind = Arc::new(make());
        // What is no type of FHIR may be defined in other ways elsewhere.
        if written.code.contains(':') {
            return kind;
        }
        Arc::clone(locked(&self.kinds).entry(written.clone()).or_insert(kind))
    }

    /// A binding.
    pub(super) fn bound(&self, bound: Bound) -> Arc<Bound> {
        let mut bounds = locked(&self.bounds);
        if let Some(known) = bounds.get(&bound) {
            return Arc::clone(known);
        }
        let bound = Arc::new(bound);
        bounds.insert(Arc::clone(&bound));
        bound
    }
}

fn locked<T>(of: &Mutex<T>) -> MutexGuard<'_, T> {
    of.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::{Common, Type};
    use crate::profile::TypeReference;
    use std::sync::Arc;

    #[test]
    fn what_is_alike_is_kept_once() {
        let common = Common::default();
        assert!(Arc::ptr_eq(
            &common.word("Patient.id"),
            &common.word("Patient.id")
        ));
        let kind = |code: &str, profile: &str| {
            let written = TypeReference {
                code: code.to_owned(),
                profiles: vec![profile.to_owned()],
                ..TypeReference::default()
            };
            common.kind(&written, || Type::named(code))
        };
        assert!(Arc::ptr_eq(&kind("Period", "a"), &kind("Period", "a")));
        assert!(!Arc::ptr_eq(&kind("Period", "a"), &kind("Period", "b")));
        let own = "http://x.example/Own";
        assert!(!Arc::ptr_eq(&kind(own, "a"), &kind(own, "a")));
    }
}
