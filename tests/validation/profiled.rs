//! Profiles made for a test: a definition of R4, changed.

use std::collections::HashMap;
use std::sync::Arc;
use vitruvian::data::Data;
use vitruvian::profile::{
    CodeSystem, Definition, Definitions, Derivation, Discriminator, DiscriminatorKind, Element,
    Library, Rules, Slicing, Terminology, Validator, ValueSet,
};

pub(super) const R4: &str = "http://hl7.org/fhir/StructureDefinition/";

fn core() -> Arc<Library> {
    static CORE: std::sync::OnceLock<Arc<Library>> = std::sync::OnceLock::new();
    Arc::clone(CORE.get_or_init(|| {
        Arc::new(Library::for_igs(&Data::Embedded, &["us-core@6.1.0"], None).unwrap())
    }))
}

/// A definition in the making.
pub(super) struct Profiled(Definition);

impl Profiled {
    /// A profile of a type, which is called `url`.
    pub(super) fn of(base: &str, url: &str) -> Self {
        let mut definition = (*core().definition(&format!("{R4}{base}")).unwrap()).clone();
        definition.base = Some(definition.url.clone());
        definition.url = url.to_owned();
        definition.derivation = Derivation::Constraint;
        Self(definition)
    }

    pub(super) fn whole(mut self, change: impl FnOnce(&mut Definition)) -> Self {
        change(&mut self.0);
        self
    }

    /// Changes an element.
    pub(super) fn change(mut self, id: &str, change: impl FnOnce(&mut Element)) -> Self {
        change(
            self.0
                .elements
                .iter_mut()
                .find(|element| element.id == id)
                .unwrap(),
        );
        self
    }

    /// Slices an element.
    pub(super) fn sliced(
        self,
        id: &str,
        kind: DiscriminatorKind,
        path: &str,
        rules: Rules,
        is_ordered: bool,
    ) -> Self {
        self.change(id, |element| {
            let discriminators = vec![Discriminator {
                kind,
                path: path.to_owned(),
            }];
            element.slicing = Some(Slicing {
                discriminators,
                is_ordered,
                rules,
            });
        })
    }

    /// Adds a slice of an element, after those that are there.
    pub(super) fn slice(mut self, id: &str, name: &str, change: impl FnOnce(&mut Element)) -> Self {
        let of = self
            .0
            .elements
            .iter()
            .find(|element| element.id == id)
            .unwrap()
            .clone();
        let mut slice = Element {
            id: format!("{id}:{name}"),
            slice_name: Some(name.to_owned()),
            slicing: None,
            min: 0,
            ..of
        };
        change(&mut slice);
        let is_within = |element: &Element| element.id.starts_with(id);
        let at = self.0.elements.iter().rposition(is_within).unwrap() + 1;
        self.0.elements.insert(at, slice);
        self
    }

    /// Adds a child below a slice, as it is in its type.
    pub(super) fn child(
        mut self,
        parent: &str,
        of: &str,
        change: impl FnOnce(&mut Element),
    ) -> Self {
        let kind = of.split('.').next().unwrap();
        let name = of.rsplit('.').next().unwrap();
        let definition = core().definition(&format!("{R4}{kind}")).unwrap();
        let found = definition
            .elements
            .iter()
            .find(|element| element.id == of)
            .unwrap()
            .clone();
        let at = self
            .0
            .elements
            .iter()
            .rposition(|element| element.id.starts_with(parent))
            .unwrap();
        let path = &self
            .0
            .elements
            .iter()
            .find(|element| element.id == parent)
            .unwrap()
            .path;
        let mut child = Element {
            id: format!("{parent}.{name}"),
            path: format!("{path}.{name}"),
            ..found
        };
        change(&mut child);
        self.0.elements.insert(at + 1, child);
        self
    }
}

struct World {
    made: HashMap<String, Arc<Definition>>,
    core: Arc<Library>,
}

impl Definitions for World {
    fn definition(&self, canonical: &str) -> Option<Arc<Definition>> {
        let url = canonical.split('|').next().unwrap_or(canonical);
        self.made
            .get(url)
            .cloned()
            .or_else(|| self.core.definition(canonical))
    }

    fn value_set(&self, canonical: &str) -> Option<Arc<ValueSet>> {
        self.core.value_set(canonical)
    }

    fn code_system(&self, canonical: &str) -> Option<Arc<CodeSystem>> {
        self.core.code_system(canonical)
    }

    fn terminology(&self) -> Option<&Terminology> {
        self.core.terminology()
    }
}

/// A validator that knows R4 and these.
pub(super) fn validator(made: impl IntoIterator<Item = Profiled>) -> Validator {
    let made = made
        .into_iter()
        .map(|Profiled(made)| (made.url.clone(), Arc::new(made)))
        .collect();
    Validator::new(Arc::new(World { made, core: core() }))
}
