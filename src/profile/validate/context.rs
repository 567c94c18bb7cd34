//! Where extensions stand, and whether they may.

use super::finding::Finding;
use super::walk::{Step, Walk};
use crate::profile::Context;
use crate::profile::program::Program;
use serde_json::Value;
use std::sync::Arc;

const DEFINITIONS: &str = "http://hl7.org/fhir/StructureDefinition/";

/// The element an extension stands in.
struct Holder<'v> {
    /// The element; none when it is a primitive without value.
    value: Option<&'v Value>,
    /// What the element is called by its resource, by its types, and by what they are derived from.
    names: Vec<String>,
}

impl Holder<'_> {
    /// The name of its type; the last of its names.
    fn own_type(&self) -> &str {
        self.names.last().map_or("Element", String::as_str)
    }
}

impl<'v> Walk<'v> {
    /// Whether the extension the walk is at may stand here.
    pub(super) fn context(&mut self, extension: &Program, url: &str) {
        if self.trials > 0 || extension.contexts.is_empty() && extension.context_rules.is_empty() {
            return;
        }
        let Some(holder) = self.holder() else { return };
        let contexts = &extension.contexts;
        let mut is_allowed = contexts.is_empty();
        let mut is_known = true;
        for context in contexts {
            match self.allows(context, &holder) {
                Some(true) => {
                    is_allowed = true;
                    break;
                }
                Some(false) => {}
                None => is_known = false,
            }
        }
        if !is_allowed && is_known {
            let place = holder.names.first().cloned().unwrap_or_default();
            let message = format!("{url} may not stand in {place}");
            let wanted: Vec<&str> = contexts
                .iter()
                .map(|context| context.expression.as_str())
                .collect();
            let finding = Finding::error("extension", "extension-context", message);
            self.report(finding.expected(wanted.join(" | ")).actual(place));
        }
        if let Some(value) = holder.value {
            self.rules(
                Some(value),
                None,
                holder.own_type(),
                &extension.context_rules,
            );
        }
    }

    /// Whether a context covers the holder; none when nobody can tell.
    fn allows(&self, context: &Context, holder: &Holder<'v>) -> Option<bool> {
        let expression = context.expression.as_str();
        match context.kind.as_str() {
            "element" => {
                let expression = expression.strip_prefix(DEFINITIONS).unwrap_or(expression);
                // R5 speaks of interfaces that R4 types may fill.
                if matches!(expression, "CanonicalResource" | "MetadataResource") {
                    return Some(!holder.names.first().is_some_and(|name| name.contains('.')));
                }
                let wanted = expression.replace("[x]", "");
                if expression.starts_with("http") || wanted.contains(':') {
                    return None;
                }
                Some(holder.names.contains(&wanted))
            }
            "extension" => {
                let url = holder.value.and_then(|value| value["url"].as_str());
                let wanted = expression.rsplit('#').next();
                Some(url.is_some_and(|url| url == expression || Some(url) == wanted))
            }
            "fhirpath" => {
                let scope = self.scope()?;
                let predicate = super::Predicate::parse(expression)?;
                predicate.selects(holder.value?, scope.resource, self)
            }
            _ => None,
        }
    }

    /// The element around the extension the walk is at.
    fn holder(&self) -> Option<Holder<'v>> {
        let scope = self.scope()?;
        let steps = self.path.get(self.start_of_resource()..)?;
        let end = steps
            .iter()
            .rposition(|step| matches!(step, Step::Name(_)))?;
        let steps = &steps[..end];
        let mut value = Some(scope.resource);
        let name = scope.resource["resourceType"].as_str()?;
        let mut program = self.programs.of_type(name)?;
        let mut node = 0;
        // Every way to name the element: from its resource, and from each type it is within.
        let mut names = vec![name.to_owned()];
        let mut own_type = name.to_owned();
        for step in steps {
            let step = match step {
                Step::Index(index) => {
                    value = value.and_then(|value| value.get(index));
                    continue;
                }
                Step::Name(step) => *step,
            };
            let (next, kind) = self.below(&program, node, step, value)?;
            let key = self.key_of(value, step);
            value = value.and_then(|value| value.get(&key));
            for name in &mut names {
                *name = format!("{name}.{step}");
            }
            match next {
                Below::Same(at) => {
                    node = at;
                    let path = program.node(at).path.to_string();
                    if !names.contains(&path) {
                        names.push(path);
                    }
                    own_type = kind;
                }
                Below::Type(other) => {
                    program = other;
                    node = 0;
                    names.push(kind.clone());
                    own_type = kind;
                }
            }
        }
        names.extend(self.above(&own_type));
        // R4 says Element for "anywhere", resources included.
        names.push("Element".to_owned());
        names.push(own_type);
        Some(Holder { value, names })
    }

    /// Where the path of the resource the walk is in begins.
    fn start_of_resource(&self) -> usize {
        let Some(scope) = self.scope() else { return 0 };
        let mut value = self.scopes.first().map(|scope| scope.resource);
        for (at, step) in self.path.iter().enumerate() {
            if value.is_some_and(|value| std::ptr::eq(value, scope.resource)) {
                return at;
            }
            value = match step {
                Step::Name(name) => {
                    let key = self.key_of(value, name);
                    value.and_then(|value| value.get(&key))
                }
                Step::Index(index) => value.and_then(|value| value.get(index)),
            };
        }
        0
    }

    /// The JSON key of an element: the name, or the name and the type of a choice.
    fn key_of(&self, value: Option<&Value>, name: &str) -> String {
        let Some(Value::Object(fields)) = value else {
            return name.to_owned();
        };
        if fields.contains_key(name) {
            return name.to_owned();
        }
        let is_typed = |key: &&String| {
            key.strip_prefix(name)
                .is_some_and(|rest| rest.starts_with(|first: char| first.is_ascii_uppercase()))
        };
        fields
            .keys()
            .find(is_typed)
            .unwrap_or(&name.to_owned())
            .clone()
    }

    /// The child of a node and the name of its type.
    fn below(
        &self,
        program: &Arc<Program>,
        node: u32,
        name: &str,
        value: Option<&Value>,
    ) -> Option<(Below, String)> {
        let parent = program.node(node);
        let parent = match parent.content {
            Some(content) if parent.children.is_empty() => program.node(content),
            _ => parent,
        };
        let child = *parent
            .children
            .iter()
            .find(|child| *program.node(**child).name == *name)?;
        let found = program.node(child);
        let key = self.key_of(value, name);
        let suffix = key.strip_prefix(name).unwrap_or_default();
        let kind = found
            .types
            .iter()
            .find(|kind| !suffix.is_empty() && kind.code.eq_ignore_ascii_case(suffix))
            .or_else(|| found.types.first());
        if !found.children.is_empty() || found.content.is_some() {
            let kind = kind.map_or("BackboneElement", |kind| &*kind.code);
            let at = if found.children.is_empty() {
                found.content.unwrap_or(child)
            } else {
                child
            };
            return Some((Below::Same(at), kind.to_owned()));
        }
        let kind = kind?.code.to_string();
        Some((Below::Type(self.programs.of_type(&kind)?), kind))
    }

    /// What a type is derived from.
    fn above(&self, name: &str) -> Vec<String> {
        let mut found = Vec::new();
        let mut next = self.programs.of_type(name);
        while let Some(program) = next.take().filter(|_| found.len() < 8) {
            let base = program
                .base
                .as_deref()
                .map(|base| base.rsplit('/').next().unwrap_or(base));
            if let Some(base) = base {
                found.push(base.to_owned());
                next = self.programs.of_type(base);
            }
        }
        found
    }
}

/// Where a child's own children are.
enum Below {
    /// In the same definition.
    Same(u32),
    /// In that of its type.
    Type(Arc<Program>),
}
