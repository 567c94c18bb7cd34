//! An expression that was read and can be evaluated any number of times.

use super::collection::Collection;
use super::evaluate::Evaluator;
use super::focus::Focus;
use super::logic;
use super::surroundings::Surroundings;
use super::term::Term;
use super::{EvalError, ParseError, parser};

/// A FHIRPath expression. It can be shared between threads.
#[derive(Debug)]
pub struct Expression {
    source: Box<str>,
    term: Term,
    needs_types: bool,
}

/// Whether an invariant holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It is true.
    True,
    /// It is false.
    False,
    /// It yields nothing: what it compares is not there. FHIR wants an invariant to be true, yet published
    /// ones yield nothing for an absent optional element and mean no harm: ref-1 for a reference with a
    /// display only, `name.matches(…)` without a name. Taking it as a failure fails good resources.
    Empty,
    /// The facts are missing: a value set that cannot be expanded, a reference that cannot be followed.
    Undecided,
}

impl Expression {
    /// Reads an expression.
    ///
    /// # Errors
    /// When the text is no FHIRPath, is very long or deeply nested, or asks for a function that is not
    /// supported.
    pub fn parse(text: &str) -> Result<Self, ParseError> {
        let term = parser::parse(text)?;
        Ok(Self {
            needs_types: term.needs_types(),
            source: text.into(),
            term,
        })
    }

    /// The text it was read from.
    #[must_use]
    pub fn source(&self) -> &str {
        &self.source
    }

    /// What it yields.
    ///
    /// # Errors
    /// When the expression does not fit the resource, takes too many steps, or cannot be decided here
    /// ([`EvalError::Undecided`]).
    pub fn evaluate<'a>(
        &'a self,
        focus: &Focus<'a>,
        surroundings: &'a dyn Surroundings,
    ) -> Result<Collection<'a>, EvalError> {
        Evaluator::new(*focus, surroundings, true).run(&self.term)
    }

    /// Whether it holds, as an invariant.
    ///
    /// # Errors
    /// When the expression does not fit the resource or takes too many steps.
    pub fn holds(
        &self,
        focus: &Focus<'_>,
        surroundings: &dyn Surroundings,
    ) -> Result<Verdict, EvalError> {
        let outcome = Evaluator::new(*focus, surroundings, self.needs_types).run(&self.term);
        match outcome.and_then(|found| logic::truth("an invariant", &found)) {
            Ok(Some(true)) => Ok(Verdict::True),
            Ok(Some(false)) => Ok(Verdict::False),
            Ok(None) => Ok(Verdict::Empty),
            Err(EvalError::Undecided(_)) => Ok(Verdict::Undecided),
            Err(error) => Err(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Expression;

    #[test]
    fn expressions_are_shared_between_threads() {
        fn is_shared<T: Send + Sync>() {}
        is_shared::<Expression>();
    }

    #[test]
    fn types_are_looked_up_only_where_they_matter() {
        let needs_types = |text| Expression::parse(text).unwrap().needs_types;
        for text in [
            "telecom.exists() or endpoint.exists()",
            "code = 'x' and kind in ('a' | 'b')",
            "item.count() > 2 implies name.matches('a')",
            "a.all(b.exists() xor c.exists())",
            "extension('u').value.empty()",
        ] {
            assert!(!needs_types(text), "{text}");
        }
        for text in [
            "start <= end",
            "value is Quantity",
            "descendants().as(uri).exists()",
            "a.all(b > 1.5)",
            "(a | b) = c",
            "valueQuantity.exists()",
            "code.memberOf('u')",
            "iif(a = b, 1, 2)",
            "-a",
        ] {
            assert!(needs_types(text), "{text}");
        }
    }
}
