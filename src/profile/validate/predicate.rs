//! Rules in FHIRPath, and what their expressions may ask of the walk.

use super::walk::Walk;
use crate::profile::Membership;
use crate::profile::fhirpath::{
    Expression, Focus, Item, Model, Node, Resolution, Surroundings, Verdict,
};
use serde_json::Value;

/// A rule in FHIRPath, parsed.
#[derive(Debug)]
pub struct Predicate {
    expression: Expression,
}

impl Predicate {
    /// Reads an expression; none when it is no FHIRPath.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let expression = Expression::parse(text).ok()?;
        Some(Self { expression })
    }

    /// Whether the rule holds for a value; none when nobody can tell.
    pub(super) fn holds(
        &self,
        value: Option<&Value>,
        sibling: Option<&Value>,
        type_name: &str,
        walk: &Walk<'_>,
    ) -> Option<bool> {
        let scope = walk.scope()?;
        let focus = Focus {
            resource: scope.resource,
            root_resource: scope.container.unwrap_or(scope.resource),
            node: Node {
                value,
                sibling,
                type_name: Some(type_name),
            },
        };
        match self.expression.holds(&focus, walk) {
            Ok(Verdict::True) => Some(true),
            // An invariant has to be true (R4, ElementDefinition.constraint); what yields nothing is not. The
            // reference validator reads an empty result as false, too. What R4 means to hold of absent
            // things says so itself, with `exists()`, `empty()` or `implies`.
            Ok(Verdict::False | Verdict::Empty) => Some(false),
            Ok(Verdict::Undecided) | Err(_) => None,
        }
    }

    /// Whether the expression, asked of a resource, selects `value` or is true; none when nobody can tell.
    pub(super) fn selects(&self, value: &Value, resource: &Value, walk: &Walk<'_>) -> Option<bool> {
        let focus = Focus::resource(resource);
        let found = self.expression.evaluate(&focus, walk).ok()?;
        Some(found.items().iter().any(|item| match item.node() {
            Some(node) => node.value.is_some_and(|found| std::ptr::eq(found, value)),
            None => item.boolean() == Some(true),
        }))
    }
}

impl Surroundings for Walk<'_> {
    fn model(&self) -> Option<&dyn Model> {
        self.scope()?
            .model
            .as_ref()
            .map(|model| model as &dyn Model)
    }

    fn resolve(&self, reference: &str) -> Resolution<'_> {
        match Walk::resolve(self, reference) {
            Some(target) => Resolution::Found(target),
            None if reference.starts_with('#') => Resolution::Missing,
            None => Resolution::Undecided,
        }
    }

    fn member_of(&self, item: &Item<'_>, value_set: &str) -> Option<bool> {
        let answer = match item.node().and_then(|node| node.value) {
            Some(value) => self.is_in(value, value_set),
            None => self.is_in(&Value::String(item.text()?.to_owned()), value_set),
        };
        match answer {
            Membership::In => Some(true),
            Membership::NotIn => Some(false),
            Membership::Undecided(_) => None,
        }
    }

    fn conforms_to(&self, node: &Node<'_>, profile: &str) -> Option<bool> {
        self.conforms(node.value?, profile)
    }
}
