//! Nodes of a resource, and the way from a node to its children.

use super::collection::Collection;
use super::item::Item;
use super::surroundings::Model;
use super::term::Name;
use super::type_name;
use serde_json::{Map, Value};

/// An element of a resource, or a resource: a place in the JSON, never a copy.
#[derive(Clone, Copy, Debug)]
pub struct Node<'a> {
    /// The value. None for a primitive that has only id or extensions.
    pub value: Option<&'a Value>,
    /// For a primitive: id and extensions, from the member whose name starts with `_`.
    pub sibling: Option<&'a Value>,
    /// FHIR type, as [`Model`] writes it; none when nobody knows.
    pub type_name: Option<&'a str>,
}

impl<'a> Node<'a> {
    /// A resource; its type is what it says.
    #[must_use]
    pub fn resource(resource: &'a Value) -> Self {
        Self {
            value: Some(resource),
            sibling: None,
            type_name: resource_type(resource),
        }
    }

    /// An element.
    #[must_use]
    pub fn element(value: &'a Value, type_name: &'a str) -> Self {
        Self {
            value: Some(value),
            sibling: None,
            type_name: Some(type_name),
        }
    }

    /// Whether both are the same place.
    pub(super) fn is_same(&self, other: &Self) -> bool {
        let same = |left: Option<&Value>, right: Option<&Value>| match (left, right) {
            (Some(left), Some(right)) => std::ptr::eq(left, right),
            (None, None) => true,
            _ => false,
        };
        same(self.value, other.value) && same(self.sibling, other.sibling)
    }

    /// Whether it has a value of a primitive type.
    pub(super) fn has_primitive_value(&self) -> bool {
        matches!(
            self.value,
            Some(Value::Bool(_) | Value::Number(_) | Value::String(_))
        )
    }

    /// Whether it is a resource, as far as one can tell.
    fn is_resource(&self) -> bool {
        let own = self.value.and_then(resource_type);
        own.is_some_and(|own| self.type_name.is_none_or(|name| name == own))
    }

    /// Its type without the path of an element defined in place.
    pub(super) fn short_type(&self) -> &'a str {
        match self.type_name {
            Some(name) if name.contains('.') => "BackboneElement",
            Some(name) => name,
            None => match self.value {
                Some(value @ Value::Object(_)) => resource_type(value).unwrap_or("Element"),
                _ => "Element",
            },
        }
    }

    /// Whether it can be compared as a quantity.
    pub(super) fn may_be_quantity(&self) -> bool {
        match self.type_name {
            Some(name) => matches!(
                name,
                "Quantity"
                    | "Age"
                    | "Count"
                    | "Distance"
                    | "Duration"
                    | "SimpleQuantity"
                    | "MoneyQuantity"
            ),
            None => self
                .value
                .is_some_and(|value| value.get("value").is_some_and(Value::is_number)),
        }
    }

    /// Adds the children of a name. A choice element is found by its name without the type.
    pub(super) fn child(
        &self,
        name: &Name,
        model: Option<&'a dyn Model>,
        into: &mut Collection<'a>,
    ) {
        let Some((members, is_primitive)) = self.members() else {
            return;
        };
        if let Some(value) = members.get(&*name.text) {
            if self.hides(name, model) {
                return;
            }
            let shadow = if is_leaf(value) {
                members.get(&*name.shadow)
            } else {
                None
            };
            let found = self.element_type(&name.text, is_primitive, model);
            push_all(Some(value), shadow, found, model, into);
        } else if let Some(shadow) = members.get(&*name.shadow) {
            let found = self.element_type(&name.text, is_primitive, model);
            push_all(None, Some(shadow), found, model, into);
        } else {
            let Some((key, suffix)) = choice_key(members, name) else {
                return;
            };
            let value = members.get(key);
            let shadow = match value {
                Some(value) if !is_leaf(value) => None,
                _ => members.get(&format!("_{key}")),
            };
            push_all(value, shadow, Some(suffix), model, into);
        }
    }

    /// Whether it has a child of a name.
    pub(super) fn has(&self, name: &Name, model: Option<&'a dyn Model>) -> bool {
        let Some((members, _)) = self.members() else {
            return false;
        };
        match members.get(&*name.text) {
            Some(Value::Object(_) | Value::String(_) | Value::Bool(_) | Value::Number(_)) => {
                !self.hides(name, model)
            }
            None if !members.contains_key(&*name.shadow) => choice_key(members, name).is_some(),
            _ => {
                let mut found = Collection::Empty;
                self.child(name, model, &mut found);
                !found.is_empty()
            }
        }
    }

    /// Adds all children, in the order of the JSON.
    pub(super) fn children(&self, model: Option<&'a dyn Model>, into: &mut Collection<'a>) {
        let Some((members, is_primitive)) = self.members() else {
            return;
        };
        let is_resource = self.is_resource();
        let has_shadows = members.keys().any(|key| key.starts_with('_'));
        for (key, value) in members {
            if key == "resourceType" && is_resource {
                continue;
            }
            if let Some(name) = key.strip_prefix('_') {
                if !members.contains_key(name) {
                    let found = self.any_element_type(name, is_primitive, model);
                    push_all(None, Some(value), found, model, into);
                }
                continue;
            }
            let found = self.any_element_type(key, is_primitive, model);
            let shadow = if has_shadows && is_leaf(value) {
                members.get(&format!("_{key}"))
            } else {
                None
            };
            push_all(Some(value), shadow, found, model, into);
        }
    }

    /// The JSON members that are its children, and whether it is a primitive.
    fn members(&self) -> Option<(&'a Map<String, Value>, bool)> {
        match self.value {
            Some(Value::Object(members)) => Some((members, false)),
            _ => self.sibling?.as_object().map(|members| (members, true)),
        }
    }

    /// Whether a JSON member is no child: it tells the type of a resource, or its name is that of a choice
    /// element with its type, which FHIRPath does not see.
    fn hides(&self, name: &Name, model: Option<&'a dyn Model>) -> bool {
        if &*name.text == "resourceType" {
            return self.is_resource();
        }
        match (&name.choice, self.type_name, model) {
            (Some(stem), Some(parent), Some(model)) => model.is_choice(parent, stem),
            _ => false,
        }
    }

    fn element_type(
        &self,
        key: &str,
        is_primitive: bool,
        model: Option<&'a dyn Model>,
    ) -> Option<&'a str> {
        let model = model?;
        if is_primitive {
            return match key {
                "id" => Some("string"),
                "extension" => Some("Extension"),
                _ => None,
            };
        }
        model.element_type(self.type_name?, key)
    }

    /// The same for a JSON key, which may be that of a choice element.
    fn any_element_type(
        &self,
        key: &str,
        is_primitive: bool,
        model: Option<&'a dyn Model>,
    ) -> Option<&'a str> {
        self.element_type(key, is_primitive, model)
            .or_else(|| model.and_then(|_| type_name::choice_of(key).map(|(_, suffix)| suffix)))
    }
}

/// The type a resource says it has.
pub(super) fn resource_type(resource: &Value) -> Option<&str> {
    resource.get("resourceType").and_then(Value::as_str)
}

/// Whether a value may have id and extensions beside it.
fn is_leaf(value: &Value) -> bool {
    match value {
        Value::Object(_) => false,
        Value::Array(values) => !matches!(values.first(), Some(Value::Object(_))),
        _ => true,
    }
}

/// The key of a choice element, and the type it ends in.
fn choice_key<'a>(members: &'a Map<String, Value>, name: &Name) -> Option<(&'a str, &'static str)> {
    members.keys().find_map(|key| {
        let key = key.strip_prefix('_').unwrap_or(key);
        let suffix = key.strip_prefix(&*name.text)?;
        if !suffix.starts_with(|first: char| first.is_ascii_uppercase()) {
            return None;
        }
        let found = type_name::of_suffix(suffix).filter(|_| !type_name::is_plain(key));
        found.map(|found| (key, found))
    })
}

/// Adds a value, or every value of an array, each with what stands beside it.
fn push_all<'a>(
    value: Option<&'a Value>,
    shadow: Option<&'a Value>,
    type_name: Option<&'a str>,
    model: Option<&'a dyn Model>,
    into: &mut Collection<'a>,
) {
    let beside = |at: usize| {
        shadow
            .and_then(Value::as_array)
            .and_then(|list| list.get(at))
    };
    match (value, shadow) {
        (Some(Value::Array(values)), _) => {
            for (at, value) in values.iter().enumerate() {
                push(Some(value), beside(at), type_name, model, into);
            }
        }
        (None, Some(Value::Array(shadows))) => {
            for shadow in shadows {
                push(None, Some(shadow), type_name, model, into);
            }
        }
        (value, shadow) => push(value, shadow, type_name, model, into),
    }
}

fn push<'a>(
    value: Option<&'a Value>,
    sibling: Option<&'a Value>,
    type_name: Option<&'a str>,
    model: Option<&'a dyn Model>,
    into: &mut Collection<'a>,
) {
    let value = value.filter(|value| !value.is_null());
    let sibling = sibling.filter(|sibling| sibling.is_object());
    if value.is_none() && sibling.is_none() {
        return;
    }
    let type_name = match (type_name, value) {
        (None | Some("Resource" | "DomainResource"), Some(resource)) if model.is_some() => {
            resource_type(resource).or(type_name)
        }
        _ => type_name,
    };
    into.push(Item::Node(Node {
        value,
        sibling,
        type_name,
    }));
}
