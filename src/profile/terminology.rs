//! The facts of value sets and code systems.

/// The facts of a CodeSystem.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CodeSystem {
    /// Canonical URL.
    pub url: String,
    /// Business version.
    pub version: String,
    /// How much of the system the concepts are.
    pub content: Content,
    /// Whether case matters.
    pub is_case_sensitive: bool,
    /// For supplements: what is supplemented.
    pub supplements: Option<String>,
    /// Concepts, parents before children.
    pub concepts: Vec<Concept>,
}

/// How much of a code system its concepts are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Content {
    /// All of it.
    Complete,
    /// Some of it, or nothing, or only additions: membership cannot be denied.
    Partial,
}

/// A concept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Concept {
    /// Code.
    pub code: String,
    /// Indexes into [`CodeSystem::concepts`] of its parents.
    pub parents: Vec<usize>,
    /// Properties that filters look at: name and value.
    pub properties: Vec<(String, String)>,
}

/// The facts of a ValueSet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ValueSet {
    /// Canonical URL.
    pub url: String,
    /// Business version.
    pub version: String,
    /// What is in it.
    pub includes: Vec<Include>,
    /// What is taken out again.
    pub excludes: Vec<Include>,
    /// Codes of a complete expansion that came with it: system and code.
    pub expansion: Option<Vec<(String, String)>>,
}

/// One include or exclude of a value set: the intersection of its parts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Include {
    /// Code system.
    pub system: Option<String>,
    /// The only codes; empty for all that the filters let through.
    pub codes: Vec<String>,
    /// Filters, all of which must hold.
    pub filters: Vec<Filter>,
    /// Value sets, all of which must hold the code.
    pub value_sets: Vec<String>,
}

/// A filter on concepts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Filter {
    /// Property.
    pub property: String,
    /// Operator, for example `is-a`.
    pub operator: String,
    /// Value.
    pub value: String,
}
