//! Programs, made when they are first asked for, and kept.

use super::Program;
use super::common::Common;
use super::compile::compile;
use super::type_model::{Table, TypeModel};
use crate::profile::Definitions;
use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

const TYPES: &str = "http://hl7.org/fhir/StructureDefinition/";

/// Programs, made when they are first asked for, and kept.
///
/// What nobody defines is remembered too, up to [`Programs::MOST_UNKNOWN`], so that a server cannot fill
/// the memory with made-up canonicals.
pub struct Programs {
    definitions: Arc<dyn Definitions>,
    programs: Kept<Program>,
    common: Arc<Common>,
}

/// What was asked for, by name; nothing for what nobody defines.
pub(super) type Kept<T> = RwLock<HashMap<String, Option<Arc<T>>>>;

impl Programs {
    /// How many entries of each kind are kept.
    pub const MOST_UNKNOWN: usize = 50_000;
    /// How many profiles one may be derived through.
    const MOST_BASES: usize = 16;

    /// Programs of what `definitions` knows.
    #[must_use]
    pub fn new(definitions: Arc<dyn Definitions>) -> Self {
        Self {
            definitions,
            programs: Kept::default(),
            common: Arc::default(),
        }
    }

    /// Programs of what other `definitions` know, which agree with these about the types of FHIR: those are
    /// compiled once for both.
    #[must_use]
    pub fn beside(&self, definitions: Arc<dyn Definitions>) -> Self {
        Self {
            definitions,
            programs: Kept::default(),
            common: Arc::clone(&self.common),
        }
    }

    /// What is shared with others.
    pub(super) fn common(&self) -> &Common {
        &self.common
    }

    /// Where definitions come from.
    #[must_use]
    pub fn definitions(&self) -> &dyn Definitions {
        &*self.definitions
    }

    /// The program of a StructureDefinition, by canonical URL with or without version.
    #[must_use]
    pub fn of(&self, canonical: &str) -> Option<Arc<Program>> {
        let is_type = canonical
            .strip_prefix(TYPES)
            .is_some_and(|name| name.bytes().all(|byte| byte.is_ascii_alphabetic()));
        let store = if is_type {
            &self.common.types
        } else {
            &self.programs
        };
        kept(store, canonical, || {
            let definition = self.definitions.definition(canonical)?;
            let is_usable = !definition.elements.is_empty();
            is_usable.then(|| Arc::new(compile(&definition, self)))
        })
    }

    /// The program of a type, by name.
    #[must_use]
    pub fn of_type(&self, name: &str) -> Option<Arc<Program>> {
        if name.contains(':') {
            self.of(name)
        } else {
            self.of(&format!("{TYPES}{name}"))
        }
    }

    /// Whether a profile is another one, or derived from it.
    #[must_use]
    pub fn is_derived(&self, profile: &Arc<Program>, url: &str) -> bool {
        let mut next = Some(Arc::clone(profile));
        for _ in 0..Self::MOST_BASES {
            match next {
                Some(profile) if *profile.url == *url => return true,
                Some(profile) => next = profile.base.as_deref().and_then(|base| self.of(base)),
                None => return false,
            }
        }
        false
    }

    /// Types of the elements of a resource; none when nobody defines the resource.
    #[must_use]
    pub fn model(&self, resource_type: &str) -> Option<TypeModel> {
        let own = kept(&self.common.models, resource_type, || {
            Some(Arc::new(Table::of(&*self.of_type(resource_type)?)))
        })?;
        let shared = self
            .common
            .data_types
            .get_or_init(|| Arc::new(Table::of_data_types(self)));
        Some(TypeModel {
            own,
            shared: Arc::clone(shared),
        })
    }
}

fn kept<T>(store: &Kept<T>, name: &str, make: impl FnOnce() -> Option<Arc<T>>) -> Option<Arc<T>> {
    if let Some(known) = store
        .read()
        .unwrap_or_else(PoisonError::into_inner)
        .get(name)
    {
        return known.clone();
    }
    // Made without the lock, as making one may ask for others. Should two threads make the same, the
    // first stays.
    let made = make();
    let mut store = store.write().unwrap_or_else(PoisonError::into_inner);
    if store.len() >= Programs::MOST_UNKNOWN {
        return made;
    }
    store.entry(name.to_owned()).or_insert(made).clone()
}
