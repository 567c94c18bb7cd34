//! The facts of a StructureDefinition.

use serde_json::Value;

/// The facts of a StructureDefinition, from its snapshot.
#[derive(Clone, Debug, PartialEq)]
pub struct Definition {
    /// Canonical URL, without version.
    pub url: String,
    /// Business version.
    pub version: String,
    /// Computer-friendly name.
    pub name: String,
    /// What it defines.
    pub kind: Kind,
    /// The type that is defined or constrained, for example `Patient`.
    pub type_name: String,
    /// Canonical URL of what it is derived from.
    pub base: Option<String>,
    /// Whether it adds a type or constrains one.
    pub derivation: Derivation,
    /// Whether nothing can be just this.
    pub is_abstract: bool,
    /// For extensions: where they may stand.
    pub contexts: Vec<Context>,
    /// For extensions: invariants on the place where they stand (FHIRPath).
    pub context_invariants: Vec<String>,
    /// The snapshot's elements, in order; the first is the root.
    pub elements: Vec<Element>,
}

/// What a StructureDefinition defines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// `primitive-type`.
    Primitive,
    /// `complex-type`.
    Complex,
    /// `resource`.
    Resource,
    /// `logical`.
    Logical,
}

/// Whether a StructureDefinition adds a type or constrains one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Derivation {
    /// `specialization`.
    Specialization,
    /// `constraint`.
    Constraint,
}

/// Where an extension may stand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Context {
    /// `element`, `fhirpath` or `extension`.
    pub kind: String,
    /// Element path, FHIRPath or canonical URL.
    pub expression: String,
}

/// The facts of one element of a snapshot.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Element {
    /// `Observation.value[x]:valueQuantity.code`.
    pub id: String,
    /// `Observation.value[x].code`.
    pub path: String,
    /// Name of the slice this element opens.
    pub slice_name: Option<String>,
    /// Fewest occurrences.
    pub min: u32,
    /// Most occurrences; none for `*`.
    pub max: Option<u32>,
    /// Most occurrences in the base definition; none for `*`. More than one makes it a JSON array.
    pub base_max: Option<u32>,
    /// Allowed types.
    pub types: Vec<TypeReference>,
    /// `#Bundle.link`: takes the content of another element.
    pub content_reference: Option<String>,
    /// The exact value.
    pub fixed: Option<Value>,
    /// What the value must contain.
    pub pattern: Option<Value>,
    /// How repetitions are told apart.
    pub slicing: Option<Slicing>,
    /// Where codes come from.
    pub binding: Option<Binding>,
    /// Whether systems must be able to handle it.
    pub must_support: bool,
    /// Whether it changes the meaning of what contains it.
    pub is_modifier: bool,
    /// Rules in FHIRPath.
    pub invariants: Vec<Invariant>,
    /// Smallest value.
    pub min_value: Option<Value>,
    /// Largest value.
    pub max_value: Option<Value>,
    /// Longest string, in characters.
    pub max_length: Option<u32>,
}

/// An allowed type.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct TypeReference {
    /// Type code; the `System.…` URLs of FHIRPath are mapped to the FHIR primitive (`Resource.id` is `id`).
    pub code: String,
    /// Profiles of which the value must meet one.
    pub profiles: Vec<String>,
    /// For references: profiles of which the target must meet one.
    pub target_profiles: Vec<String>,
    /// For references: `contained`, `referenced`, `bundled`.
    pub aggregation: Vec<String>,
}

/// How repetitions are told apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Slicing {
    /// What tells them apart.
    pub discriminators: Vec<Discriminator>,
    /// Whether slices must come in the order they are defined.
    pub is_ordered: bool,
    /// What may be there beside the slices.
    pub rules: Rules,
}

/// What tells slices apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Discriminator {
    /// How it is looked at.
    pub kind: DiscriminatorKind,
    /// Restricted FHIRPath from the element.
    pub path: String,
}

/// How a discriminator looks at its element.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DiscriminatorKind {
    /// By value.
    Value,
    /// By presence.
    Exists,
    /// By pattern.
    Pattern,
    /// By type.
    Type,
    /// By conformance to a profile.
    Profile,
}

/// What may be there beside the slices.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rules {
    /// Nothing.
    Closed,
    /// Anything.
    Open,
    /// Anything, after the slices.
    OpenAtEnd,
}

/// Where codes come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Binding {
    /// How strictly.
    pub strength: Strength,
    /// Canonical URL of the value set, perhaps with a version.
    pub value_set: Option<String>,
    /// For extensible and preferred bindings: the value set no code may leave.
    pub max_value_set: Option<String>,
    /// Further bindings that hold wherever the element is used: how strictly, and the value set.
    pub additional: Vec<(Strength, String)>,
}

/// How strictly codes are bound.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Strength {
    /// A code must be in the set.
    Required,
    /// A code must be in the set if it has the concept.
    Extensible,
    /// A code should be in the set.
    Preferred,
    /// A hint.
    Example,
}

/// A rule in FHIRPath.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invariant {
    /// `us-core-1`.
    pub key: String,
    /// Whether breaking it is an error, and not a warning.
    pub is_error: bool,
    /// Whether it is best practice only: then it is a warning whatever its severity.
    pub is_best_practice: bool,
    /// FHIRPath; empty when the definition has none.
    pub expression: String,
}
