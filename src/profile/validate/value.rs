//! One value: the right kind of JSON for its type, and every rule of its element.

use super::finding::Finding;
use super::repetition::Chosen;
use super::walk::{DEEPEST, Walk};
use crate::profile::program::{Node, NodeIndex, Program, Shape, Type};
use serde_json::{Map, Value};
use std::sync::Arc;

impl<'v> Walk<'v> {
    /// Walks one value as one element. Either of value and sibling is there.
    pub(super) fn value(
        &mut self,
        value: Option<&'v Value>,
        sibling: Option<&'v Value>,
        program: &Program,
        index: NodeIndex,
        (kind, _): Chosen<'v>,
    ) {
        let node = program.node(index);
        if self.depth >= DEEPEST {
            let message =
                format!("is nested deeper than {DEEPEST} objects; what is below was not looked at");
            self.report(Finding::error("too-costly", "limit", message));
            return;
        }
        if node.types.is_empty() {
            if let Some(content) = node.content {
                self.content(value, program, node, content);
            }
            return;
        }
        let Some(kind) = self.chosen(value, node, kind) else {
            return;
        };
        self.depth += 1;
        match (kind.shape, value) {
            (Shape::Primitive(primitive), _) => {
                if !self.primitive(primitive, value, sibling, (program, index, kind)) {
                    self.depth -= 1;
                    return;
                }
            }
            (Shape::Resource, Some(value)) => self.nested(value, node, kind),
            (_, Some(Value::Object(fields))) => {
                if sibling.is_some() {
                    let message = "has an entry with _ beside it, which only primitive values have";
                    self.report(Finding::error("structure", "sibling", message));
                }
                self.complex(value.unwrap_or(&Value::Null), fields, program, index, kind);
            }
            (_, found) => {
                let actual = found.map_or("only an entry with _", json_kind);
                let finding = Finding::error(
                    "structure",
                    "type",
                    format!("must be an object, and is {actual}"),
                );
                self.report(finding.expected(&kind.code).actual(actual));
                self.depth -= 1;
                return;
            }
        }
        if !self.is_settled() {
            self.element_rules(value, sibling, node, kind);
        }
        self.depth -= 1;
    }

    /// The type of a value among those of its element: by JSON key for choices, by `resourceType` for
    /// elements that take several types of resource.
    fn chosen<'n>(
        &mut self,
        value: Option<&'v Value>,
        node: &'n Node,
        kind: usize,
    ) -> Option<&'n Type> {
        if node.types.len() > 1 && !node.is_choice {
            let resource = value.and_then(|value| value["resourceType"].as_str());
            if let Some(resource) = resource {
                let named = |name: &str| node.types.iter().find(|kind| *kind.code == *name);
                let found = named(resource)
                    .or_else(|| named("DomainResource"))
                    .or_else(|| named("Resource"));
                if found.is_none() {
                    let allowed: Vec<&str> = node.types.iter().map(|kind| &*kind.code).collect();
                    let message = format!("is a {resource}, which {} may not be", node.id);
                    let finding = Finding::error("structure", "type", message);
                    self.report(finding.expected(allowed.join(" | ")).actual(resource));
                }
                return found.map(Arc::as_ref);
            }
        }
        let kind = node.types.get(kind).or_else(|| node.types.first());
        kind.map(Arc::as_ref)
    }

    /// What takes its content from another element, as `contentReference` says.
    fn content(
        &mut self,
        value: Option<&'v Value>,
        program: &Program,
        node: &Node,
        content: NodeIndex,
    ) {
        let Some(value @ Value::Object(fields)) = value else {
            let actual = value.map_or("only an entry with _", json_kind);
            let finding = Finding::error(
                "structure",
                "type",
                format!("must be an object, and is {actual}"),
            );
            self.report(finding.expected("object").actual(actual));
            return;
        };
        self.depth += 1;
        if self.has_content(fields) {
            let at = if node.children.is_empty() {
                content
            } else {
                self.own_index(program, node, content)
            };
            self.object(fields, program, at, false);
            let target = program.node(content);
            self.rules(Some(value), None, &target.path, &target.rules);
            self.rules(Some(value), None, &program.node(content).path, &node.rules);
        }
        self.depth -= 1;
    }

    /// The index of a node in its program; `otherwise` when it is not one of its nodes.
    fn own_index(&self, program: &Program, node: &Node, otherwise: NodeIndex) -> NodeIndex {
        let at = program
            .nodes
            .iter()
            .position(|other| std::ptr::eq(other, node));
        at.and_then(|at| NodeIndex::try_from(at).ok())
            .unwrap_or(otherwise)
    }

    /// `ele-1`: an object holds more than its id.
    fn has_content(&mut self, fields: &Map<String, Value>) -> bool {
        if fields.is_empty() {
            self.report(Finding::error(
                "structure",
                "empty",
                "is an empty object; what is not there is left out",
            ));
            return false;
        }
        if fields.len() == 1 && fields.contains_key("id") {
            self.report(Finding::error(
                "invariant",
                "ele-1",
                "holds nothing but an id",
            ));
        }
        true
    }

    fn complex(
        &mut self,
        value: &'v Value,
        fields: &'v Map<String, Value>,
        program: &Program,
        index: NodeIndex,
        kind: &Type,
    ) {
        if !self.has_content(fields) {
            return;
        }
        let node = program.node(index);
        let own = kind.definition(self.programs);
        if !node.children.is_empty() {
            self.object(fields, program, index, false);
        } else if let Some(content) = node.content {
            self.object(fields, program, content, false);
        } else if let Some(own) = &own {
            self.object(fields, own, 0, false);
        } else {
            self.undecided("type", format!("nobody knows the type {}", kind.code));
        }
        if let Some(own) = &own
            && !own.root().rules.is_empty()
        {
            let rules = &own.root().rules;
            let is_new = |rule: &&Arc<_>| !node.rules.iter().any(|known| Arc::ptr_eq(known, rule));
            for rule in rules.iter().filter(is_new) {
                self.rules(Some(value), None, &kind.code, std::slice::from_ref(rule));
            }
        }
        match kind.shape {
            Shape::Extension => self.extension(value, node, kind),
            _ if !kind.profiles.is_empty() => self.meets_one(value, &kind.profiles),
            _ => {}
        }
        match kind.shape {
            Shape::Reference => self.reference(value, node, kind),
            Shape::Coding => self.coding(value),
            Shape::Quantity => self.quantity(value),
            Shape::Attachment => self.attachment(value),
            Shape::Identifier => self.identifier(value),
            _ => {}
        }
    }

    /// Fixed values, patterns, ranges, bindings and invariants of an element.
    pub(super) fn element_rules(
        &mut self,
        value: Option<&'v Value>,
        sibling: Option<&'v Value>,
        node: &Node,
        kind: &Type,
    ) {
        if let Some(expected) = &node.expected
            && value.is_none_or(|value| !expected.is_met(value))
        {
            let word = if expected.rule() == "fixed" {
                "be"
            } else {
                "contain"
            };
            let message = format!("must {word} what {} fixes", node.id);
            let finding =
                Finding::error("value", expected.rule(), message).expected(expected.value());
            self.report(match value {
                Some(value) => finding.actual(value),
                None => finding,
            });
        }
        // A choice is bound for its coded types; that a plain text has to be a code would be too much.
        let is_text =
            node.is_choice && node.types.len() > 1 && matches!(kind.shape, Shape::Primitive(_));
        if let (Some(value), Some(bound), false) =
            (value, &node.bound, is_text && &*kind.code != "code")
        {
            self.bound(value, bound, kind.shape);
        }
        if node.min_value.is_some() || node.max_value.is_some() {
            self.range(value, node);
        }
        if !node.rules.is_empty() {
            let is_in_place =
                matches!(&*kind.code, "BackboneElement" | "Element") && node.path.contains('.');
            let type_name = if is_in_place { &node.path } else { &kind.code };
            self.rules(value, sibling, type_name, &node.rules);
        }
    }

    /// Walks a value along the root of a profile of its type.
    pub(super) fn apply(&mut self, value: &'v Value, profile: &Arc<Program>) {
        let outer = self.profile.replace(Arc::clone(&profile.url));
        if let Value::Object(fields) = value {
            self.object(fields, profile, 0, false);
        }
        let root = profile.root();
        if let Some(kind) = root.types.first() {
            self.element_rules(Some(value), None, root, kind);
        } else {
            let kind = Type::named(&profile.type_name);
            self.element_rules(Some(value), None, root, &kind);
        }
        self.profile = outer;
    }
}

/// What people call a kind of JSON.
pub(super) fn json_kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "an array",
        Value::Object(_) => "an object",
    }
}
