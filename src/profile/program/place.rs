//! An element of a definition, and the way from it to others, through types and profiles.

use super::{Step, Trail};
use crate::profile::{Definition, Definitions, Element};
use serde_json::{Map, Value};
use std::sync::Arc;

const TYPES: &str = "http://hl7.org/fhir/StructureDefinition/";
/// How deep values below an element are looked for.
const DEPTH: usize = 6;

/// An element of a definition.
#[derive(Clone, Debug)]
pub(super) struct Place {
    definition: Arc<Definition>,
    index: usize,
}

impl Place {
    pub(super) fn new(definition: &Arc<Definition>, index: usize) -> Option<Self> {
        (index < definition.elements.len()).then(|| Self {
            definition: Arc::clone(definition),
            index,
        })
    }

    pub(super) fn element(&self) -> &Element {
        &self.definition.elements[self.index]
    }

    /// The fixed value or pattern of the element itself.
    pub(super) fn own_value(&self) -> Option<&Value> {
        let element = self.element();
        element.fixed.as_ref().or(element.pattern.as_ref())
    }

    /// Follows a whole trail.
    pub(super) fn at(&self, trail: &Trail, definitions: &dyn Definitions) -> Option<Self> {
        trail
            .steps
            .iter()
            .try_fold(self.clone(), |place, step| place.step(step, definitions))
    }

    /// Follows one step.
    pub(super) fn step(&self, step: &Step, definitions: &dyn Definitions) -> Option<Self> {
        match step {
            Step::Child(name) => self.child(name, definitions),
            Step::Extension(url) => self.extension(url, definitions),
            Step::OfType(kind) => Some(self.of_type(kind)),
            Step::Resolve => {
                let mut targets = self
                    .element()
                    .types
                    .iter()
                    .flat_map(|kind| &kind.target_profiles);
                targets.find_map(|url| Self::new(&definitions.definition(url)?, 0))
            }
        }
    }

    fn find(&self, id: &str) -> Option<Self> {
        let index = self
            .definition
            .elements
            .iter()
            .position(|element| element.id == id)?;
        Self::new(&self.definition, index)
    }

    /// The child of that name: where the definition unfolds it, else in the profile or the type.
    fn child(&self, name: &str, definitions: &dyn Definitions) -> Option<Self> {
        let own = &self.element().id;
        let plain = format!("{own}.{name}");
        let choice = format!("{plain}[x]");
        if let Some(found) = self.find(&plain).or_else(|| self.find(&choice)) {
            return Some(found);
        }
        let (sliced, sliced_choice) = (format!("{plain}:"), format!("{choice}:"));
        let is_slice = |element: &Element| {
            let rest = element.id.strip_prefix(&sliced);
            rest.or_else(|| element.id.strip_prefix(&sliced_choice))
                .is_some_and(|rest| !rest.contains('.'))
        };
        if let Some(index) = self.definition.elements.iter().position(is_slice) {
            return Self::new(&self.definition, index);
        }
        if let Some(target) = &self.element().content_reference {
            let id = target.rsplit('#').next()?;
            return self.find(id)?.child(name, definitions);
        }
        let root = self.of_its_type(definitions)?;
        // A type whose root is this very element would lead in a circle.
        (root.definition.url != self.definition.url || self.index != 0)
            .then(|| root.child(name, definitions))?
    }

    /// The root of the profile, or else of the type, that the element has.
    fn of_its_type(&self, definitions: &dyn Definitions) -> Option<Self> {
        self.element().types.iter().find_map(|kind| {
            let profile = kind
                .profiles
                .iter()
                .find_map(|url| definitions.definition(url));
            let definition =
                profile.or_else(|| definitions.definition(&format!("{TYPES}{}", kind.code)))?;
            Self::new(&definition, 0)
        })
    }

    fn extension(&self, url: &str, definitions: &dyn Definitions) -> Option<Self> {
        let prefix = format!("{}.extension:", self.element().id);
        let index = self.definition.elements.iter().position(|element| {
            let mut profiles = element.types.iter().flat_map(|kind| &kind.profiles);
            element
                .id
                .strip_prefix(&prefix)
                .is_some_and(|rest| !rest.contains('.'))
                && profiles.any(|profile| profile.split('|').next() == Some(url))
        });
        match index {
            Some(index) => Self::new(&self.definition, index),
            None => Self::new(&definitions.definition(url)?, 0),
        }
    }

    /// The slice of a choice that has that type, if there is one.
    fn of_type(&self, kind: &str) -> Self {
        let prefix = format!("{}:", self.element().id);
        let index = self.definition.elements.iter().position(|element| {
            element
                .id
                .strip_prefix(&prefix)
                .is_some_and(|rest| !rest.contains('.'))
                && element.types.iter().any(|other| other.code == kind)
        });
        index
            .and_then(|index| Self::new(&self.definition, index))
            .unwrap_or_else(|| self.clone())
    }

    /// What fixed values and patterns below the element come to, as one pattern. First only those of
    /// elements that must be there; all, when that is nothing.
    pub(super) fn value_below(&self, definitions: &dyn Definitions) -> Option<Value> {
        self.gather(true, DEPTH, definitions)
            .or_else(|| self.gather(false, DEPTH, definitions))
    }

    fn gather(
        &self,
        is_strict: bool,
        depth: usize,
        definitions: &dyn Definitions,
    ) -> Option<Value> {
        if let Some(value) = self.own_value() {
            return Some(value.clone());
        }
        if depth == 0 {
            return None;
        }
        let own = format!("{}.", self.element().id);
        let mut fields = Map::new();
        let mut is_unfolded = false;
        for (index, element) in self.definition.elements.iter().enumerate() {
            let Some(rest) = element.id.strip_prefix(&own) else {
                continue;
            };
            is_unfolded = true;
            if rest.contains('.') || rest.contains("extension") || (is_strict && element.min == 0) {
                continue;
            }
            let name = rest.split([':', '[']).next().unwrap_or(rest);
            let place = Self::new(&self.definition, index);
            let Some(value) =
                place.and_then(|place| place.gather(is_strict, depth - 1, definitions))
            else {
                continue;
            };
            let is_array = element.base_max.is_none_or(|most| most > 1);
            add(&mut fields, name, value, is_array);
        }
        if !is_unfolded
            && self
                .element()
                .types
                .iter()
                .any(|kind| !kind.profiles.is_empty())
        {
            return self
                .of_its_type(definitions)?
                .gather(is_strict, depth - 1, definitions);
        }
        (!fields.is_empty()).then_some(Value::Object(fields))
    }
}

/// Adds a value to a field; what repeats is collected.
fn add(fields: &mut Map<String, Value>, name: &str, value: Value, is_array: bool) {
    if !is_array {
        fields.insert(name.to_owned(), value);
        return;
    }
    let items = match value {
        Value::Array(items) => items,
        item => vec![item],
    };
    match fields.get_mut(name) {
        Some(Value::Array(known)) => known.extend(items),
        _ => {
            fields.insert(name.to_owned(), Value::Array(items));
        }
    }
}
