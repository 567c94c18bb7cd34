//! What an expression may ask of the world around the resource. Every answer has a harmless default, and
//! "I cannot tell" is an answer of its own.

use super::collection::Collection;
use super::item::Item;
use super::node::Node;
use serde_json::Value;
use time::OffsetDateTime;

/// The types of FHIR elements.
///
/// The type of an element whose content is defined in place is its path, `Patient.contact`; the same for
/// the path a content reference points to.
pub trait Model: Sync {
    /// Type of a child element: `("Patient", "name")` is `HumanName`, `("Patient.contact", "name")` too.
    /// None for choice elements and for what does not exist.
    fn element_type(&self, parent: &str, element: &str) -> Option<&str>;

    /// Whether a child element is a choice, such as `value` of `Observation`.
    fn is_choice(&self, parent: &str, element: &str) -> bool;

    /// Whether a type is another one or derived from it: `Age` is a `Quantity`, `Patient.contact` a
    /// `BackboneElement`, `code` a `string`.
    fn is_subtype(&self, of: &str, base: &str) -> bool;
}

/// What became of a reference.
#[derive(Clone, Copy, Debug)]
pub enum Resolution<'a> {
    /// The resource.
    Found(&'a Value),
    /// There is no such resource: `resolve()` passes over it.
    Missing,
    /// It may exist, but not within reach: the expression becomes undecided.
    Undecided,
}

/// What an expression may ask of the world around the resource.
pub trait Surroundings: Sync {
    /// The types of elements. Without a model, only choice elements and resources have a type.
    fn model(&self) -> Option<&dyn Model> {
        None
    }

    /// The resource a reference points to. Contained resources are found without asking here.
    fn resolve(&self, reference: &str) -> Resolution<'_> {
        let _ = reference;
        Resolution::Undecided
    }

    /// Whether a code, Coding, CodeableConcept or Quantity is in a value set; none when nobody can tell.
    fn member_of(&self, item: &Item<'_>, value_set: &str) -> Option<bool> {
        let _ = (item, value_set);
        None
    }

    /// Whether a node holds to a profile; none when nobody can tell.
    fn conforms_to(&self, node: &Node<'_>, profile: &str) -> Option<bool> {
        let _ = (node, profile);
        None
    }

    /// The value of an external constant that FHIR does not define.
    fn variable(&self, name: &str) -> Option<Collection<'_>> {
        let _ = name;
        None
    }

    /// What `now()` and `today()` tell.
    fn now(&self) -> OffsetDateTime {
        OffsetDateTime::now_utc()
    }

    /// Is told what passes a `trace()`.
    fn trace(&self, name: &str, items: &[Item<'_>]) {
        let _ = (name, items);
    }
}

/// Surroundings that know nothing.
#[derive(Clone, Copy, Debug, Default)]
pub struct Nowhere;

impl Surroundings for Nowhere {}
