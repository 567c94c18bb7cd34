//! All definitions at hand, and which of several versions answers.

mod cache;
mod choice;
mod embedded;
mod memory;
mod selection;

pub use cache::{Cache, CachedPackage};
pub use embedded::embedded_tables;
pub use selection::{SelectionError, Selections};

use super::{
    Artifact, Canonical, CodeSystem, Definition, Definitions, Provenance, Questionnaire, Source,
    Terminology, ValueSet,
};
use crate::data::Data;
use choice::{Found, newest};
use memory::Memory;
use std::collections::{BTreeSet, HashSet};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

/// Definitions kept after they were used: the data types and what is being compiled. Programs are made from them
/// once, and definitions are several times as large.
const MOST_DEFINITIONS: usize = 48;
/// Value sets kept after they were used: they are made ready for questions once.
const MOST_VALUE_SETS: usize = 8;

/// Looks definitions up in ordered sources; several versions of a canonical live side by side.
///
/// With `|version`, exactly that version answers. Without, the first of these that has it:
/// 1. packages that were named ([`Library::with_package`]),
/// 2. the selected versions of packages ([`Library::for_igs`]),
/// 3. everything that is embedded,
/// 4. the package cache, which is only opened when nothing before it answers, so that what a machine
///    happens to hold does not change verdicts.
///
/// Within each, the newest version answers. Answers are remembered.
#[derive(Default)]
pub struct Library {
    named: Vec<Arc<dyn Source>>,
    selected: Vec<Arc<dyn Source>>,
    embedded: Vec<Arc<dyn Source>>,
    cache: Option<Cache>,
    cached: OnceLock<Vec<Arc<dyn Source>>>,
    definitions: Memory<Definition>,
    value_sets: Memory<ValueSet>,
    code_systems: Memory<CodeSystem>,
    questionnaires: Memory<Questionnaire>,
    terminology: Terminology,
    used: Mutex<HashSet<usize>>,
    problems: Mutex<BTreeSet<String>>,
}

impl Library {
    /// A library without anything in it.
    #[must_use]
    pub fn empty() -> Self {
        Self::default()
    }

    /// The embedded definitions, where the versions asked for (`pdex@2.1.0`, `us-core@6.1.0`), and what they
    /// build on, answer when no version is given. What is asked for and not embedded is taken from the
    /// cache, if there is one.
    ///
    /// # Errors
    /// When an embedded table cannot be read, or nobody has a version that is asked for.
    pub fn for_igs(
        data: &Data,
        igs: &[&str],
        cache: Option<Cache>,
    ) -> Result<Self, SelectionError> {
        let embedded: Vec<Arc<dyn Source>> = embedded_tables(data)?
            .into_iter()
            .map(|table| Arc::new(table) as Arc<dyn Source>)
            .collect();
        Ok(Self {
            selected: select(data, igs, &embedded, cache.as_ref())?,
            embedded,
            cache,
            definitions: Memory::of_recent(MOST_DEFINITIONS),
            value_sets: Memory::of_recent(MOST_VALUE_SETS),
            ..Self::default()
        })
    }

    /// A library of the same packages, but for the cache, where these versions answer when no version is given.
    /// What one of the two has read serves both.
    ///
    /// # Errors
    /// When a version that is asked for is not embedded.
    pub fn beside(&self, data: &Data, igs: &[&str]) -> Result<Self, SelectionError> {
        let other = Self {
            named: self.named.clone(),
            selected: select(data, igs, &self.embedded, None)?,
            embedded: self.embedded.clone(),
            ..Self::default()
        };
        if self.cache.is_some() {
            // Sources are told apart by where they are in memory, so those of a cache, which only one holds,
            // must not be known to both.
            return Ok(Self {
                definitions: Memory::of_recent(MOST_DEFINITIONS),
                value_sets: Memory::of_recent(MOST_VALUE_SETS),
                ..other
            });
        }
        Ok(Self {
            definitions: self.definitions.beside(),
            value_sets: self.value_sets.beside(),
            code_systems: self.code_systems.beside(),
            questionnaires: self.questionnaires.beside(),
            ..other
        })
    }

    /// Adds a package that takes precedence over all that is not named.
    #[must_use]
    pub fn with_package(mut self, package: impl Source + 'static) -> Self {
        self.named.push(Arc::new(package));
        self
    }

    /// Which package answers for a canonical, looked for among StructureDefinitions, then value sets, then
    /// code systems.
    #[must_use]
    pub fn provenance(&self, canonical: &str) -> Option<Provenance> {
        Artifact::ALL
            .into_iter()
            .find_map(|artifact| self.find(artifact, canonical))
            .map(|found| found.source.provenance())
    }

    /// The packages that answered so far.
    #[must_use]
    pub fn used(&self) -> Vec<Provenance> {
        let used = self.used.lock().unwrap_or_else(PoisonError::into_inner);
        let cached = self.cached.get().map_or(&[][..], Vec::as_slice);
        let known = self.sources().chain(cached);
        let provenances: BTreeSet<Provenance> = known
            .filter(|source| used.contains(&address(source)))
            .map(|source| source.provenance())
            .collect();
        provenances.into_iter().collect()
    }

    /// What is at hand and could not be used, and why: each a sentence for a person.
    #[must_use]
    pub fn problems(&self) -> Vec<String> {
        let problems = self.problems.lock().unwrap_or_else(PoisonError::into_inner);
        problems.iter().cloned().collect()
    }

    /// The packages of the library but for the cache, in the order they are asked.
    pub fn sources(&self) -> impl Iterator<Item = &Arc<dyn Source>> {
        self.named
            .iter()
            .chain(&self.selected)
            .chain(&self.embedded)
    }

    /// Of [`Library::sources`], those that were named or selected: what answers before all others.
    pub fn preferred(&self) -> impl Iterator<Item = &Arc<dyn Source>> {
        self.named.iter().chain(&self.selected)
    }

    fn find(&self, artifact: Artifact, canonical: &str) -> Option<Found> {
        let wanted = Canonical::parse(canonical);
        newest(&self.named, artifact, wanted)
            .or_else(|| newest(&self.selected, artifact, wanted))
            .or_else(|| newest(&self.embedded, artifact, wanted))
            .or_else(|| newest(self.cached(), artifact, wanted))
    }

    fn cached(&self) -> &[Arc<dyn Source>] {
        self.cached
            .get_or_init(|| self.cache.as_ref().map(Cache::sources).unwrap_or_default())
    }

    fn answer<T>(
        &self,
        memory: &Memory<T>,
        (artifact, canonical): (Artifact, &str),
        read: impl FnOnce(&Found, &str) -> Result<Option<T>, String>,
    ) -> Option<Arc<T>> {
        if let Some(answer) = memory.recall(canonical) {
            return answer;
        }
        let answer = self.find(artifact, canonical).and_then(|found| {
            let url = Canonical::parse(canonical).url;
            let answer = memory.share((address(&found.source), url, &found.version), || {
                read(&found, url).unwrap_or_else(|why| {
                    let mut problems = self.problems.lock().unwrap_or_else(PoisonError::into_inner);
                    problems.insert(why);
                    None
                })
            })?;
            let mut used = self.used.lock().unwrap_or_else(PoisonError::into_inner);
            used.insert(address(&found.source));
            Some(answer)
        });
        memory.remember(canonical, answer.as_ref());
        answer
    }
}

impl Definitions for Library {
    fn definition(&self, canonical: &str) -> Option<Arc<Definition>> {
        let wanted = (Artifact::Definition, canonical);
        self.answer(&self.definitions, wanted, |found, url| {
            found.source.definition(url, &found.version)
        })
    }

    fn problem(&self, canonical: &str) -> Option<String> {
        let found = self.find(Artifact::Definition, canonical)?;
        let url = Canonical::parse(canonical).url;
        found.source.definition(url, &found.version).err()
    }

    fn value_set(&self, canonical: &str) -> Option<Arc<ValueSet>> {
        let wanted = (Artifact::ValueSet, canonical);
        self.answer(&self.value_sets, wanted, |found, url| {
            found.source.value_set(url, &found.version)
        })
    }

    fn code_system(&self, canonical: &str) -> Option<Arc<CodeSystem>> {
        let wanted = (Artifact::CodeSystem, canonical);
        self.answer(&self.code_systems, wanted, |found, url| {
            found.source.code_system(url, &found.version)
        })
    }

    fn questionnaire(&self, canonical: &str) -> Option<Arc<Questionnaire>> {
        let wanted = (Artifact::Questionnaire, canonical);
        self.answer(&self.questionnaires, wanted, |found, url| {
            found.source.questionnaire(url, &found.version)
        })
    }

    fn terminology(&self) -> Option<&Terminology> {
        Some(&self.terminology)
    }
}

/// The chosen versions of packages, from the tables or the cache.
fn select(
    data: &Data,
    igs: &[&str],
    embedded: &[Arc<dyn Source>],
    cache: Option<&Cache>,
) -> Result<Vec<Arc<dyn Source>>, SelectionError> {
    let selections = Selections::load(data)?;
    let mut selected = Vec::new();
    for (id, version) in selections.resolve(igs)? {
        let source = embedded
            .iter()
            .find(|source| source.id() == id && source.version() == version.number)
            .cloned()
            .or_else(|| cache?.open(&id, &version.number));
        match source {
            Some(source) => selected.push(source),
            None if version.is_asked_for => {
                return Err(SelectionError::Missing {
                    id,
                    version: version.number,
                });
            }
            // Of what an IG builds on, another version answers.
            None => {}
        }
    }
    Ok(selected)
}

/// Tells sources apart, also two of the same package and version.
fn address(source: &Arc<dyn Source>) -> usize {
    Arc::as_ptr(source).cast::<()>().addr()
}
