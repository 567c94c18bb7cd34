//! Known defects of what R4 and its guides published: where rules, taken as written, forbid what the same
//! text says or does, and what they are taken to say instead. Each is an entry here and nowhere else.

use crate::profile::{Binding, Context, Definition, Element, Invariant, Strength};
use std::borrow::Cow;

/// Keys of invariants, what their expressions hold by mistake, and what they should hold.
///
/// - `bdl-8`: it speaks of what a full URL must not be, and its expression says nothing (an empty result,
///   which is not true) of entries that need none, such as those of a `batch-response`.
/// - `EOB-pharm-careTeam-practitioner` (CARIN BB 2.1.0): its name and its text ask for a practitioner, its
///   expression for an organization, like that of the rule beside it.
/// - `que-7`: the answer to "is there one?" is a `boolean`; `System.Boolean`, as written, is no type that
///   an element of FHIR has. R5 tests the FHIR type.
/// - `que-12`: its text, and that of `enableBehavior`, speak of more than one condition; the expression
///   begins at three.
const EXPRESSIONS: &[(&str, &str, &str)] = &[
    (
        "bdl-8",
        "fullUrl.contains('/_history/').not()",
        "fullUrl.exists() implies fullUrl.contains('/_history/').not()",
    ),
    (
        "EOB-pharm-careTeam-practitioner",
        "resolve() is Organization",
        "resolve() is Practitioner",
    ),
    ("que-7", "answer is Boolean", "answer is boolean"),
    ("que-12", "enableWhen.count() > 2", "enableWhen.count() > 1"),
];

/// Extensions, and where they may stand besides what they say themselves.
///
/// - `regex` says that it stands in an element, and R4's own definitions have it in the type of every
///   `Resource.id`.
const CONTEXTS: &[(&str, &str)] = &[(
    "http://hl7.org/fhir/StructureDefinition/regex",
    "ElementDefinition.type",
)];

/// The expression of an invariant, mended.
pub(super) fn expression(invariant: &Invariant) -> Cow<'_, str> {
    let known = EXPRESSIONS
        .iter()
        .find(|(key, wrong, _)| *key == invariant.key && invariant.expression.contains(wrong));
    match known {
        Some((_, wrong, right)) => Cow::Owned(invariant.expression.replace(wrong, right)),
        None => Cow::Borrowed(&invariant.expression),
    }
}

/// Where an extension may stand. What says nothing of it may stand anywhere, and needs no mending.
pub(super) fn contexts(definition: &Definition) -> Vec<Context> {
    let mut contexts = definition.contexts.clone();
    let more = CONTEXTS
        .iter()
        .filter(|(url, _)| *url == definition.url && !contexts.is_empty());
    let more: Vec<Context> = more
        .map(|(_, path)| Context {
            kind: "element".to_owned(),
            expression: (*path).to_owned(),
        })
        .collect();
    contexts.extend(more);
    contexts
}

/// The strength of a binding. R4 binds components of vital signs to the units of vital signs, and so rules
/// out what it measures with them (inhaled oxygen in L/min). Later versions, and the guides built on R4,
/// take it to be extensible.
pub(super) fn strength(element: &Element, binding: &Binding) -> Strength {
    let value_set = binding.value_set.as_deref().unwrap_or_default();
    let is_mistaken = element.path == "Observation.component.value[x]"
        && value_set.starts_with("http://hl7.org/fhir/ValueSet/ucum-vitals-common");
    if is_mistaken {
        Strength::Extensible
    } else {
        binding.strength
    }
}

#[cfg(test)]
mod tests {
    use super::expression;
    use crate::profile::Invariant;

    fn invariant(key: &str, expression: &str) -> Invariant {
        Invariant {
            key: key.to_owned(),
            is_error: true,
            is_best_practice: false,
            expression: expression.to_owned(),
        }
    }

    #[test]
    fn an_expression_is_mended_only_as_it_was_published() {
        let published = invariant("que-7", "operator = 'exists' implies (answer is Boolean)");
        assert!(expression(&published).ends_with("(answer is boolean)"));
        for other in [
            invariant("que-7", "answer.exists()"),
            invariant("own-1", "answer is Boolean"),
        ] {
            assert_eq!(expression(&other), other.expression);
        }
    }
}
