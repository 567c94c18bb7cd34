//! Whoever can look definitions up.

use super::{CodeSystem, Definition, Questionnaire, Terminology, ValueSet};
use std::sync::Arc;

/// Looks definitions up by canonical URL, with or without `|version`. What is not asked for costs nothing.
pub trait Definitions: Send + Sync {
    /// A StructureDefinition.
    fn definition(&self, canonical: &str) -> Option<Arc<Definition>>;
    /// Why a StructureDefinition that is at hand cannot be used (it has no snapshot); none when nobody has it.
    fn problem(&self, _canonical: &str) -> Option<String> {
        None
    }
    /// A ValueSet.
    fn value_set(&self, canonical: &str) -> Option<Arc<ValueSet>>;
    /// A CodeSystem.
    fn code_system(&self, canonical: &str) -> Option<Arc<CodeSystem>>;
    /// A Questionnaire, for the responses to it.
    fn questionnaire(&self, _canonical: &str) -> Option<Arc<Questionnaire>> {
        None
    }
    /// Where value sets that are ready for questions are kept between questions, if anywhere.
    fn terminology(&self) -> Option<&Terminology> {
        None
    }
}
