//! Invariants, parsed once.

use super::defect;
use crate::profile::Invariant;
use crate::profile::validate::Predicate;

/// Invariants that every resource meets many times, answered without FHIRPath.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Native {
    /// `ext-1`: an extension has extensions or a value, not both.
    ExtensionOrValue,
    /// `dom-2`: no contained resource in a contained resource.
    NoNestedContained,
    /// `dom-3`: contained resources are referred to.
    ContainedIsReferenced,
    /// `dom-4`: contained resources have no version.
    ContainedHasNoVersion,
    /// `dom-5`: contained resources have no security label.
    ContainedHasNoLabel,
    /// `dom-6`: a resource has a narrative.
    HasNarrative,
    /// `txt-1` and `txt-2`: the XHTML of a narrative is harmless and not empty.
    NarrativeIsXhtml,
    /// `ref-1`: what a local reference points to is contained.
    LocalReferenceResolves,
}

impl Native {
    /// The invariant of that key, when it is the one of R4. Anybody may use a key again for a rule of his
    /// own, so the expression must hold a word that only that one has.
    fn of(invariant: &Invariant) -> Option<Self> {
        let (native, word) = match invariant.key.as_str() {
            "ext-1" => (Self::ExtensionOrValue, "extension.exists()"),
            "dom-2" => (Self::NoNestedContained, "contained.contained.empty()"),
            "dom-3" => (Self::ContainedIsReferenced, "descendants()"),
            "dom-4" => (Self::ContainedHasNoVersion, "contained.meta.versionId"),
            "dom-5" => (Self::ContainedHasNoLabel, "contained.meta.security"),
            "dom-6" => (Self::HasNarrative, "text.`div`.exists()"),
            "txt-1" | "txt-2" => (Self::NarrativeIsXhtml, "htmlChecks()"),
            "ref-1" => (Self::LocalReferenceResolves, "reference.startsWith('#')"),
            _ => return None,
        };
        invariant.expression.contains(word).then_some(native)
    }
}

/// How a rule is decided.
#[derive(Debug)]
pub enum Decision {
    /// By code of ours.
    Native(Native),
    /// By FHIRPath.
    Path(Predicate),
    /// Its expression cannot be read: never decided.
    Unreadable,
}

/// An invariant, ready to be decided.
#[derive(Debug)]
pub struct Rule {
    /// `us-core-1`.
    pub key: String,
    /// Whether breaking it is an error, and not a warning.
    pub is_error: bool,
    /// FHIRPath, for messages.
    pub expression: String,
    /// How it is decided.
    pub decision: Decision,
}

impl Rule {
    /// Reads the expression of an invariant.
    #[must_use]
    pub fn new(invariant: &Invariant) -> Self {
        let expression = defect::expression(invariant);
        let decision = match Native::of(invariant) {
            Some(native) => Decision::Native(native),
            None => match Predicate::parse(&expression) {
                Some(predicate) => Decision::Path(predicate),
                None => Decision::Unreadable,
            },
        };
        Self {
            key: invariant.key.clone(),
            is_error: invariant.is_error && !invariant.is_best_practice,
            expression: expression.into_owned(),
            decision,
        }
    }
}
