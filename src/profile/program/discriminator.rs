//! Discriminators of slices, turned into tests before anything is validated.

use super::place::Place;
use super::{Expected, Step, Test, Trail};
use crate::profile::{Definitions, Discriminator, DiscriminatorKind, Strength};
use serde_json::Value;

/// The test that tells whether something is the slice at `slice`.
pub(super) fn test(
    slice: &Place,
    discriminator: &Discriminator,
    definitions: &dyn Definitions,
) -> Test {
    let Some(trail) = Trail::parse(&discriminator.path) else {
        return Test::Unknown;
    };
    let place = slice.at(&trail, definitions);
    match discriminator.kind {
        DiscriminatorKind::Type => by_type(slice, trail, place, definitions),
        DiscriminatorKind::Profile => by_profile(slice, trail, place, definitions),
        DiscriminatorKind::Exists => match place {
            Some(place) if place.element().max == Some(0) => Test::Exists {
                trail,
                is_wanted: false,
            },
            Some(place) if place.element().min > 0 => Test::Exists {
                trail,
                is_wanted: true,
            },
            _ => Test::Unknown,
        },
        DiscriminatorKind::Value | DiscriminatorKind::Pattern => {
            by_value(slice, trail, place, definitions)
        }
    }
}

/// The place before a last `resolve()`: the reference that names the targets.
fn reference(slice: &Place, trail: &Trail, definitions: &dyn Definitions) -> Option<Place> {
    let (last, before) = trail.steps.split_last()?;
    let before = Trail {
        steps: before.to_vec(),
    };
    (*last == Step::Resolve).then(|| slice.at(&before, definitions))?
}

fn by_type(
    slice: &Place,
    trail: Trail,
    place: Option<Place>,
    definitions: &dyn Definitions,
) -> Test {
    let named = |url: &String| match definitions.definition(url) {
        Some(definition) => definition.type_name.clone(),
        None => url.rsplit('/').next().unwrap_or(url).to_owned(),
    };
    let types: Vec<String> = if let Some(reference) = reference(slice, &trail, definitions) {
        let types = reference.element().types.iter();
        types
            .flat_map(|kind| &kind.target_profiles)
            .map(named)
            .collect()
    } else if let Some(place) = place {
        let types = place.element().types.iter();
        types
            .flat_map(|kind| match kind.profiles.as_slice() {
                [] => vec![kind.code.clone()],
                profiles => profiles.iter().map(named).collect(),
            })
            .collect()
    } else {
        Vec::new()
    };
    if types.is_empty() {
        return Test::Unknown;
    }
    Test::Type { trail, types }
}

fn by_profile(
    slice: &Place,
    trail: Trail,
    place: Option<Place>,
    definitions: &dyn Definitions,
) -> Test {
    let types = match reference(slice, &trail, definitions) {
        Some(reference) => reference.element().types.clone(),
        None => place
            .map(|place| place.element().types.clone())
            .unwrap_or_default(),
    };
    let is_reference = trail.steps.last() == Some(&Step::Resolve);
    let profiles: Vec<String> = types
        .into_iter()
        .flat_map(|kind| {
            if is_reference {
                kind.target_profiles
            } else {
                kind.profiles
            }
        })
        .collect();
    if profiles.is_empty() {
        return Test::Unknown;
    }
    Test::Profile { trail, profiles }
}

fn by_value(
    slice: &Place,
    trail: Trail,
    place: Option<Place>,
    definitions: &dyn Definitions,
) -> Test {
    let value = on_the_way(slice, &trail, definitions)
        .or_else(|| place.as_ref()?.value_below(definitions))
        .or_else(|| extension_url(slice, &trail));
    if let Some(value) = value {
        let is_fixed = place
            .as_ref()
            .is_some_and(|place| place.element().fixed.is_some());
        let expected = if is_fixed {
            Expected::Fixed(value)
        } else {
            Expected::Pattern(value)
        };
        return Test::Value { trail, expected };
    }
    let Some(place) = place else {
        return Test::Unknown;
    };
    let element = place.element();
    let bound = element
        .binding
        .as_ref()
        .filter(|binding| binding.strength == Strength::Required);
    if let Some(value_set) = bound.and_then(|binding| binding.value_set.clone()) {
        return Test::Binding { trail, value_set };
    }
    if element.max == Some(0) {
        return Test::Exists {
            trail,
            is_wanted: false,
        };
    }
    // The extensible set is all that tells the slice apart.
    if let Some(value_set) = element
        .binding
        .as_ref()
        .and_then(|binding| binding.value_set.clone())
    {
        return Test::Binding { trail, value_set };
    }
    if element.min > 0 {
        return Test::Exists {
            trail,
            is_wanted: true,
        };
    }
    Test::Unknown
}

/// The value that the last element on the trail to have one leaves for its end.
fn on_the_way(slice: &Place, trail: &Trail, definitions: &dyn Definitions) -> Option<Value> {
    let mut place = Some(slice.clone());
    let mut value = slice.own_value().cloned();
    for step in &trail.steps {
        value = value.and_then(|value| inner(&value, step));
        place = place.and_then(|place| place.step(step, definitions));
        if let Some(own) = place.as_ref().and_then(Place::own_value) {
            value = Some(own.clone());
        }
    }
    value
}

fn inner(value: &Value, step: &Step) -> Option<Value> {
    let value = match value {
        Value::Array(items) => items.first()?,
        value => value,
    };
    match step {
        Step::Child(name) => match value.get(name)? {
            Value::Array(items) => items.first().cloned(),
            value => Some(value.clone()),
        },
        Step::OfType(_) => Some(value.clone()),
        Step::Extension(_) | Step::Resolve => None,
    }
}

/// Slices of extensions by URL are told apart by the profile's canonical, even when nobody has the profile.
fn extension_url(slice: &Place, trail: &Trail) -> Option<Value> {
    if trail.steps != [Step::Child("url".to_owned())] {
        return None;
    }
    let profile = slice.element().types.first()?.profiles.first()?;
    Some(Value::String(profile.split('|').next()?.to_owned()))
}
