//! Profile validation: does a resource hold to FHIR R4 and to the profiles it claims?
//!
//! - [`Definition`] holds the facts of a StructureDefinition: elements, cardinalities, types, bindings,
//!   invariants; [`ValueSet`] and [`CodeSystem`] those of terminology. No narrative.
//! - [`fhirpath`] evaluates the invariants.
//! - A [`Questionnaire`] says what responses to it must hold.
//! - [`Definitions`] is whoever can look them up by canonical URL.
//! - A [`Package`] is a FHIR package as published, a `.tgz` or a folder; a [`Source`] is whatever holds
//!   one version of a package, and [`Provenance`] says which.
//! - A [`Table`] is a package reduced to facts; those in the binary are made by `packages distill`.
//! - The [`Library`] chooses among all of them.
//! - A [`Document`] is JSON as it came, read without trust; the [`Validator`] holds it against compiled
//!   definitions ([`program`]) and answers with a [`Report`] of [`Issue`]s. [`primitive`] knows the forms of
//!   primitive values.
//! - [`Hallmarks`] tell the records of a profile from others of their type.
//! - [`membership`] and [`code_exists`] answer questions about codes as far as that goes offline; a
//!   [`TerminologyService`] may be asked about the others.

mod artifact;
mod canonical;
mod definition;
mod definitions;
mod document;
mod expansion;
pub mod fhirpath;
mod hallmarks;
mod inspection;
mod issue;
mod library;
mod package;
pub mod primitive;
pub mod program;
mod questionnaire;
mod service;
mod source;
mod table;
mod terminology;
mod validate;

pub use artifact::Artifact;
pub use canonical::{Canonical, compare_versions};
pub use definition::{
    Binding, Context, Definition, Derivation, Discriminator, DiscriminatorKind, Element, Invariant,
    Kind, Rules, Slicing, Strength, TypeReference,
};
pub use definitions::Definitions;
pub use document::{Document, Limits, Position, Unreadable};
pub use expansion::{Form, Membership, Terminology, code_exists, form, membership};
pub use hallmarks::Hallmarks;
pub use inspection::{Inspection, Seen};
pub use issue::{Issue, Severity};
pub use library::{Cache, CachedPackage, Library, SelectionError, Selections, embedded_tables};
pub use package::{Manifest, Package, PackageError};
pub use questionnaire::{AnswerLimits, AnswerOption, Condition, Question, Questionnaire};
pub use service::{CodeQuestion, TerminologyService};
pub use source::{Build, Origin, Provenance, Source};
pub use table::{
    Extent, Key as ArtifactKey, Reach, Table, TableError, TableSource, Written, write_table,
};
pub use terminology::{CodeSystem, Concept, Content, Filter, Include, ValueSet};
pub use validate::{Report, Validator, Verdict};
