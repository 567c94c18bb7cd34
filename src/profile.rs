//! Profile validation: does a resource hold to FHIR R4 and to the profiles it claims?
//!
//! - [`Definition`] holds the facts of a StructureDefinition: elements, cardinalities, types, bindings,
//!   invariants; [`ValueSet`] and [`CodeSystem`] those of terminology. No narrative.
//! - [`fhirpath`] evaluates the invariants.
//! - [`Definitions`] is whoever can look them up by canonical URL.

mod definition;
mod definitions;
pub mod fhirpath;
mod terminology;

pub use definition::{
    Binding, Context, Definition, Derivation, Discriminator, DiscriminatorKind, Element, Invariant,
    Kind, Rules, Slicing, Strength, TypeReference,
};
pub use definitions::Definitions;
pub use terminology::{CodeSystem, Concept, Content, Filter, Include, ValueSet};
