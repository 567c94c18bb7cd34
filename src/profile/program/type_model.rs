//! Types of elements by the type they are in, for FHIRPath.

use super::{Node, Program, Programs};
use crate::profile::fhirpath::Model;
use std::collections::HashMap;
use std::sync::Arc;

/// Data types of R4, which every resource shares.
const DATA_TYPES: &[&str] = &[
    "Address",
    "Age",
    "Annotation",
    "Attachment",
    "CodeableConcept",
    "Coding",
    "ContactDetail",
    "ContactPoint",
    "Contributor",
    "Count",
    "DataRequirement",
    "Distance",
    "Dosage",
    "Duration",
    "ElementDefinition",
    "Expression",
    "Extension",
    "HumanName",
    "Identifier",
    "Meta",
    "Money",
    "Narrative",
    "ParameterDefinition",
    "Period",
    "Quantity",
    "Range",
    "Ratio",
    "Reference",
    "RelatedArtifact",
    "SampledData",
    "Signature",
    "Timing",
    "TriggerDefinition",
    "UsageContext",
];

/// Elements of types: the name of the type or path, and the name of the element, to what it is.
#[derive(Debug, Default)]
pub(super) struct Table {
    elements: HashMap<String, HashMap<String, Held>>,
    bases: HashMap<String, String>,
}

#[derive(Debug)]
enum Held {
    Choice,
    Type(String),
}

impl Table {
    /// The elements of all data types.
    pub(super) fn of_data_types(programs: &Programs) -> Self {
        let mut table = Self::default();
        for name in DATA_TYPES {
            if let Some(program) = programs.of_type(name) {
                table.add(&program);
            }
        }
        table
    }

    /// The elements of one type.
    pub(super) fn of(program: &Program) -> Self {
        let mut table = Self::default();
        table.add(program);
        table
    }

    fn add(&mut self, program: &Program) {
        if let Some(base) = &program.base {
            let base = base.rsplit('/').next().unwrap_or(base);
            self.bases
                .insert(program.type_name.clone(), base.to_owned());
        }
        for node in &program.nodes {
            let parent = if node.children.is_empty() {
                node.content.map(|content| program.node(content))
            } else {
                Some(node)
            };
            let Some(parent) = parent else { continue };
            let mut held = HashMap::new();
            for child in &parent.children {
                let child = program.node(*child);
                if let Some(found) = found(program, child) {
                    held.insert(child.name.to_string(), found);
                }
            }
            self.elements.entry(node.path.to_string()).or_insert(held);
        }
    }

    fn get(&self, parent: &str, element: &str) -> Option<&Held> {
        self.elements.get(parent)?.get(element)
    }
}

fn found(program: &Program, node: &Node) -> Option<Held> {
    if node.is_choice {
        return Some(Held::Choice);
    }
    if let Some(content) = node.content {
        return Some(Held::Type(program.node(content).path.to_string()));
    }
    let kind = node.types.first()?;
    Some(Held::Type(if node.children.is_empty() {
        kind.code.to_string()
    } else {
        node.path.to_string()
    }))
}

/// Types of elements within one type of resource.
#[derive(Clone, Debug)]
pub struct TypeModel {
    pub(super) own: Arc<Table>,
    pub(super) shared: Arc<Table>,
}

impl TypeModel {
    fn held(&self, parent: &str, element: &str) -> Option<&Held> {
        self.own
            .get(parent, element)
            .or_else(|| self.shared.get(parent, element))
    }

    fn above<'t>(&'t self, name: &str) -> Option<&'t str> {
        if name.contains('.') {
            return Some("BackboneElement");
        }
        match name {
            "code" | "id" | "markdown" => return Some("string"),
            "url" | "canonical" | "uuid" | "oid" => return Some("uri"),
            "unsignedInt" | "positiveInt" => return Some("integer"),
            "Element" | "Resource" => return None,
            "DomainResource" => return Some("Resource"),
            "BackboneElement" => return Some("Element"),
            _ if name.starts_with(|first: char| first.is_ascii_lowercase()) => {
                return Some("Element");
            }
            _ => {}
        }
        let known = self
            .own
            .bases
            .get(name)
            .or_else(|| self.shared.bases.get(name));
        known.map(String::as_str)
    }
}

impl Model for TypeModel {
    fn element_type(&self, parent: &str, element: &str) -> Option<&str> {
        match self.held(parent, element)? {
            Held::Choice => None,
            Held::Type(name) => Some(name),
        }
    }

    fn is_choice(&self, parent: &str, element: &str) -> bool {
        matches!(self.held(parent, element), Some(Held::Choice))
    }

    fn is_subtype(&self, of: &str, base: &str) -> bool {
        let mut name = of;
        // No type of R4 is derived through more than a few others.
        for _ in 0..8 {
            if name == base {
                return true;
            }
            name = match self.above(name) {
                Some(above) => above,
                None => return false,
            };
        }
        false
    }
}
