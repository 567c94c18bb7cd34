//! One element of a compiled definition.

use super::{Expected, Program, Programs, Rule, Test};
use crate::profile::primitive::Primitive;
use crate::profile::{Rules, Strength};
use serde_json::Value;
use std::sync::{Arc, OnceLock, Weak};

/// Index into [`Program::nodes`].
pub type NodeIndex = u32;

/// One element of a compiled definition. There are tens of thousands: what many have in common is shared, what
/// few have is boxed.
#[derive(Debug, Default)]
pub struct Node {
    /// Id in the definition: `Observation.component:systolic.value[x]`.
    pub id: Arc<str>,
    /// Name of the element, without `[x]`.
    pub name: Arc<str>,
    /// Name of the slice it is; empty for what is no slice.
    pub slice_name: Box<str>,
    /// Path without slice names and `[x]`: `Observation.component.value`.
    pub path: Arc<str>,
    /// Whether the JSON key carries the type.
    pub is_choice: bool,
    /// Whether it is a JSON array.
    pub is_array: bool,
    /// Fewest occurrences.
    pub min: u32,
    /// Most occurrences; none for any number.
    pub max: Option<u32>,
    /// Allowed types.
    pub types: Box<[Arc<Type>]>,
    /// Its children.
    pub children: Vec<NodeIndex>,
    /// JSON keys of its children, sorted.
    pub keys: Box<[Key]>,
    /// Takes children and rules from this node.
    pub content: Option<NodeIndex>,
    /// Its slices.
    pub slices: Vec<NodeIndex>,
    /// Whether slices must come in order.
    pub is_ordered: bool,
    /// What may stand beside the slices; none when it is not sliced.
    pub slicing: Option<Rules>,
    /// For slices: how it is recognised.
    pub tests: Box<[Test]>,
    /// The value it must be, or contain.
    pub expected: Option<Box<Expected>>,
    /// Where codes come from.
    pub bound: Option<Arc<Bound>>,
    /// Invariants, but for `ele-1`, which the walk knows.
    pub rules: Box<[Arc<Rule>]>,
    /// Longest string, in characters.
    pub max_length: Option<u32>,
    /// Smallest value.
    pub min_value: Option<Box<Value>>,
    /// Largest value.
    pub max_value: Option<Box<Value>>,
}

/// A JSON key and the child it belongs to.
#[derive(Debug)]
pub struct Key {
    /// `valueQuantity`.
    pub name: Arc<str>,
    /// Index into [`Node::children`].
    pub child: u32,
    /// Index into the child's [`Node::types`].
    pub kind: u32,
}

/// A binding that is looked at.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Bound {
    /// How strictly.
    pub strength: Strength,
    /// The value set.
    pub value_set: Option<String>,
    /// The value set no code may leave.
    pub max_value_set: Option<String>,
    /// Further value sets, required or extensible.
    pub additional: Vec<(Strength, String)>,
}

/// What the values of a type look like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// A string, number or boolean.
    Primitive(Primitive),
    /// An object.
    Complex,
    /// An `Extension`.
    Extension,
    /// A `Reference`.
    Reference,
    /// A `Coding`.
    Coding,
    /// A `CodeableConcept`.
    Concept,
    /// A `Quantity` or one of its kinds.
    Quantity,
    /// An `Attachment`.
    Attachment,
    /// An `Identifier`.
    Identifier,
    /// An object with a `resourceType`.
    Resource,
}

/// An allowed type.
#[derive(Debug)]
pub struct Type {
    /// Name: `Quantity`.
    pub code: Arc<str>,
    /// What its values look like.
    pub shape: Shape,
    /// Profiles of which one must be met.
    pub profiles: Vec<String>,
    /// For references: profiles of which the target must meet one.
    pub target_profiles: Vec<String>,
    /// For references: `contained`, `referenced`, `bundled`.
    pub aggregation: Vec<String>,
    /// The type's own definition. Weak, as types hold each other in circles; [`Programs`] keeps them alive.
    pub(super) own: OnceLock<Option<Weak<Program>>>,
}

impl Node {
    /// The child that the JSON key `name` belongs to.
    #[must_use]
    pub fn key(&self, name: &str) -> Option<&Key> {
        let at = self
            .keys
            .binary_search_by(|key| (*key.name).cmp(name))
            .ok()?;
        Some(&self.keys[at])
    }

    /// The choice element whose key `name` would be, were its type allowed.
    #[must_use]
    pub fn choice_named(&self, program: &Program, name: &str) -> Option<usize> {
        self.children.iter().position(|child| {
            let child = program.node(*child);
            child.is_choice
                && name
                    .strip_prefix(&*child.name)
                    .is_some_and(|rest| rest.starts_with(|first: char| first.is_ascii_uppercase()))
        })
    }
}

impl Shape {
    /// What values of that type look like, when the name alone tells.
    #[must_use]
    pub fn named(code: &str) -> Option<Self> {
        if let Some(primitive) = Primitive::named(code) {
            return Some(Self::Primitive(primitive));
        }
        Some(match code {
            "Extension" => Self::Extension,
            "Reference" => Self::Reference,
            "Coding" => Self::Coding,
            "CodeableConcept" => Self::Concept,
            "Quantity" | "SimpleQuantity" | "MoneyQuantity" | "Age" | "Count" | "Distance"
            | "Duration" => Self::Quantity,
            "Attachment" => Self::Attachment,
            "Identifier" => Self::Identifier,
            "Resource" | "DomainResource" => Self::Resource,
            _ if COMPLEX.contains(&code) => Self::Complex,
            _ => return None,
        })
    }
}

impl Type {
    /// A type without further rules.
    #[must_use]
    pub fn named(code: &str) -> Self {
        Self {
            code: code.into(),
            shape: Shape::named(code).unwrap_or(Shape::Complex),
            profiles: Vec::new(),
            target_profiles: Vec::new(),
            aggregation: Vec::new(),
            own: OnceLock::new(),
        }
    }

    /// The definition of the type itself; none when nobody has it.
    #[must_use]
    pub fn definition(&self, programs: &Programs) -> Option<Arc<Program>> {
        let known = self
            .own
            .get_or_init(|| programs.of_type(&self.code).as_ref().map(Arc::downgrade));
        known.as_ref()?.upgrade()
    }
}

/// Complex types of R4 that need no look at their definition to be known as such.
const COMPLEX: &[&str] = &[
    "Address",
    "Annotation",
    "BackboneElement",
    "CodeableReference",
    "ContactDetail",
    "ContactPoint",
    "Contributor",
    "DataRequirement",
    "Dosage",
    "Element",
    "ElementDefinition",
    "Expression",
    "HumanName",
    "Meta",
    "Money",
    "Narrative",
    "ParameterDefinition",
    "Period",
    "Range",
    "Ratio",
    "RelatedArtifact",
    "SampledData",
    "Signature",
    "Timing",
    "TriggerDefinition",
    "UsageContext",
];
