//! `is`, `as` and `ofType`: whether an item is of a type.

use super::EvalError;
use super::collection::Collection;
use super::evaluate::Outcome;
use super::item::Item;
use super::node::{Node, resource_type};
use super::surroundings::Model;
use super::term::Operator;
use super::type_name::{Namespace, TypeName, is_primitive};
use serde_json::Value;

/// The operators `is` and `as`.
pub(super) fn operate<'a>(
    operator: Operator,
    left: &Collection<'a>,
    wanted: &TypeName,
    model: Option<&dyn Model>,
) -> Outcome<'a> {
    match (operator, left.items()) {
        (Operator::As, items) => cast(items, wanted, model),
        (_, []) => Ok(Collection::Empty),
        (_, [item]) => Ok(has_type(item, wanted, model)?.into()),
        (_, many) => Err(EvalError::NotSingle("is", many.len())),
    }
}

/// The items of a type. A primitive is only of its own type here: a `code` is no `string`.
///
/// FHIRPath allows one item only, but R4's own invariants (dom-3) cast all descendants.
pub(super) fn cast<'a>(
    items: &[Item<'a>],
    wanted: &TypeName,
    model: Option<&dyn Model>,
) -> Outcome<'a> {
    let mut found = Collection::Empty;
    for item in items {
        let own = item.node().and_then(|node| node.type_name);
        if own.is_some_and(|own| own != wanted.name && is_primitive(own)) {
            continue;
        }
        if has_type(item, wanted, model)? {
            found.push(item.clone());
        }
    }
    Ok(found)
}

/// Whether an item is of a type or of one derived from it.
pub(super) fn has_type(
    item: &Item<'_>,
    wanted: &TypeName,
    model: Option<&dyn Model>,
) -> Result<bool, EvalError> {
    match item {
        Item::Scalar(scalar) => {
            Ok(wanted.namespace != Namespace::Fhir && wanted.name == scalar.type_name())
        }
        Item::Node(_) if wanted.namespace == Namespace::System => Ok(false),
        Item::Node(node) => {
            let own = node
                .type_name
                .or_else(|| node.value.and_then(resource_type));
            match own {
                Some(own) => Ok(own == wanted.name || is_derived(own, &wanted.name, model)),
                None if !may_have(node, &wanted.name) => Ok(false),
                None => Err(EvalError::Undecided(format!(
                    "whether an element is a {}, as its definition is not known",
                    wanted.name
                ))),
            }
        }
    }
}

/// Whether a FHIR type is derived from another. Without a model, only what never changes is known.
pub(super) fn is_derived(own: &str, base: &str, model: Option<&dyn Model>) -> bool {
    if let Some(model) = model {
        return model.is_subtype(own, base);
    }
    match base {
        "Quantity" => matches!(own, "Age" | "Count" | "Distance" | "Duration"),
        "string" => matches!(own, "code" | "id" | "markdown"),
        "uri" => matches!(own, "url" | "canonical" | "oid" | "uuid"),
        "integer" => matches!(own, "positiveInt" | "unsignedInt"),
        "BackboneElement" => own.contains('.'),
        _ => false,
    }
}

/// Whether JSON's way of writing a node of unknown type allows a type.
fn may_have(node: &Node<'_>, wanted: &str) -> bool {
    match node.value {
        Some(Value::Bool(_)) => wanted == "boolean",
        Some(Value::Number(_)) => {
            matches!(
                wanted,
                "integer" | "decimal" | "positiveInt" | "unsignedInt"
            )
        }
        Some(Value::String(_)) => {
            is_primitive(wanted)
                && !matches!(
                    wanted,
                    "boolean" | "integer" | "decimal" | "positiveInt" | "unsignedInt"
                )
        }
        Some(_) => !is_primitive(wanted),
        None => is_primitive(wanted),
    }
}
