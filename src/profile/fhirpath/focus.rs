//! Where an expression is evaluated.

use super::node::Node;
use serde_json::Value;

/// Where an expression is evaluated: an element, and the resources around it.
#[derive(Clone, Copy, Debug)]
pub struct Focus<'a> {
    /// `%resource`: the resource that holds the element; for an element of a contained resource, the
    /// contained one.
    pub resource: &'a Value,
    /// `%rootResource`: the resource that holds the contained one, otherwise the same.
    pub root_resource: &'a Value,
    /// `$this` and `%context`: the element, or the resource itself.
    pub node: Node<'a>,
}

impl<'a> Focus<'a> {
    /// A resource as a whole.
    #[must_use]
    pub fn resource(resource: &'a Value) -> Self {
        Self {
            resource,
            root_resource: resource,
            node: Node::resource(resource),
        }
    }

    /// An element of a resource.
    #[must_use]
    pub fn element(resource: &'a Value, node: Node<'a>) -> Self {
        Self {
            resource,
            root_resource: resource,
            node,
        }
    }
}
