//! What a canonical URL can name here.

/// A kind of resource that holds definitions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Artifact {
    /// A StructureDefinition.
    Definition,
    /// A ValueSet.
    ValueSet,
    /// A CodeSystem.
    CodeSystem,
    /// A Questionnaire. Tables hold none.
    Questionnaire,
}

impl Artifact {
    /// All that tables hold, in the order tables list them.
    pub const ALL: [Self; 3] = [Self::Definition, Self::ValueSet, Self::CodeSystem];

    /// The name of the FHIR resource type.
    #[must_use]
    pub const fn resource_type(self) -> &'static str {
        match self {
            Self::Definition => "StructureDefinition",
            Self::ValueSet => "ValueSet",
            Self::CodeSystem => "CodeSystem",
            Self::Questionnaire => "Questionnaire",
        }
    }

    /// The kind that a FHIR resource type is; none for other resources.
    #[must_use]
    pub fn of(resource_type: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .chain([Self::Questionnaire])
            .find(|artifact| artifact.resource_type() == resource_type)
    }
}
