//! A StructureDefinition compiled once: a flat arena of nodes that the walk follows.
//!
//! - [`Node`] is one element: what may be there, how often, of which types, under which rules.
//! - `compile` builds it from a [`Definition`](super::Definition); `discriminator` says in advance how slices are told apart,
//!   as [`Test`]s along a [`Trail`]; [`Rule`] is an invariant, parsed once and shared.
//! - `defect` lists known defects of what R4 published, and what is done about them.
//! - [`Programs`] compiles what is asked for and keeps it; `common` is what several of them share.

mod common;
mod compile;
mod defect;
mod discriminator;
mod expected;
mod inherited;
mod node;
mod place;
mod rule;
mod store;
mod trail;
mod type_model;

pub use expected::Expected;
pub use node::{Bound, Key, Node, NodeIndex, Shape, Type};
pub use rule::{Decision, Native, Rule};
pub use store::Programs;
pub use trail::{Findings, Found, Step, Trail, is_of_type};
pub use type_model::TypeModel;

use super::{Context, Derivation, Kind};
use std::sync::Arc;

/// How one slice is recognised: all tests of its slicing must hold.
#[derive(Clone, Debug)]
pub enum Test {
    /// What is at the trail has one of these types.
    Type {
        /// Where to look.
        trail: Trail,
        /// Names of types.
        types: Vec<String>,
    },
    /// What is at the trail is, or contains, this.
    Value {
        /// Where to look.
        trail: Trail,
        /// What must be there.
        expected: Expected,
    },
    /// What is at the trail is in this value set.
    Binding {
        /// Where to look.
        trail: Trail,
        /// Canonical URL.
        value_set: String,
    },
    /// Something is at the trail, or nothing is.
    Exists {
        /// Where to look.
        trail: Trail,
        /// Whether something must be there.
        is_wanted: bool,
    },
    /// What is at the trail meets one of these profiles.
    Profile {
        /// Where to look.
        trail: Trail,
        /// Canonical URLs.
        profiles: Vec<String>,
    },
    /// The definition does not say how; nobody can tell.
    Unknown,
}

/// A compiled StructureDefinition.
#[derive(Debug)]
pub struct Program {
    /// Canonical URL, without version.
    pub url: Arc<str>,
    /// The type that is defined or constrained.
    pub type_name: String,
    /// What kind of type it is.
    pub kind: Kind,
    /// Whether it adds a type or constrains one.
    pub derivation: Derivation,
    /// Whether nothing can be just this.
    pub is_abstract: bool,
    /// Whether its root changes the meaning of what contains it (extensions).
    pub is_modifier: bool,
    /// Canonical URL of what it is derived from.
    pub base: Option<String>,
    /// For extensions: where they may stand.
    pub contexts: Vec<Context>,
    /// For extensions: rules on the place where they stand.
    pub context_rules: Vec<Arc<Rule>>,
    /// The elements; the first is the root.
    pub nodes: Vec<Node>,
}

impl Program {
    /// The element at that index.
    #[must_use]
    pub fn node(&self, index: NodeIndex) -> &Node {
        &self.nodes[index as usize]
    }

    /// The root element.
    #[must_use]
    pub fn root(&self) -> &Node {
        &self.nodes[0]
    }

    /// Whether it constrains a type, and does not define one.
    #[must_use]
    pub fn is_profile(&self) -> bool {
        self.derivation == Derivation::Constraint
    }
}
