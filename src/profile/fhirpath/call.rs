//! A call of a function: its input, its arguments, and how to read them.

use super::EvalError;
use super::collection::Collection;
use super::evaluate::{Evaluator, Outcome, Scope};
use super::item::{Item, Scalar};
use super::logic;
use super::node::Node;
use super::term::{Invocation, Term};
use super::type_name::TypeName;
use std::borrow::Cow;

/// A call of a function.
pub(super) struct Call<'c, 'a> {
    pub(super) evaluator: &'c Evaluator<'a>,
    pub(super) input: &'c [Item<'a>],
    pub(super) invocation: &'a Invocation,
    pub(super) scope: Scope<'c, 'a>,
}

impl<'c, 'a> Call<'c, 'a> {
    /// The function's name.
    pub(super) fn name(&self) -> &'static str {
        self.invocation.function.name
    }

    /// The input as a result.
    pub(super) fn pass(&self) -> Collection<'a> {
        self.input.iter().cloned().collect()
    }

    /// The one item of the input; none when it is empty.
    pub(super) fn single(&self) -> Result<Option<&'c Item<'a>>, EvalError> {
        match self.input {
            [] => Ok(None),
            [item] => Ok(Some(item)),
            many => Err(EvalError::NotSingle(self.name(), many.len())),
        }
    }

    /// The value of the one item of the input; none for an empty input or an item without a value.
    pub(super) fn scalar(&self) -> Result<Option<Scalar<'a>>, EvalError> {
        Ok(self.single()?.and_then(Item::scalar))
    }

    /// The text of the one item of the input.
    pub(super) fn text(&self) -> Result<Option<&'c str>, EvalError> {
        let Some(item) = self.single()? else {
            return Ok(None);
        };
        match item.text() {
            None if !is_without_value(item) => Err(self.wrong_type("a string", item)),
            text => Ok(text),
        }
    }

    /// The term of an argument.
    pub(super) fn term(&self, at: usize) -> Option<&'a Term> {
        self.invocation.arguments.get(at)
    }

    /// The type that is the argument.
    pub(super) fn type_argument(&self) -> Result<&'a TypeName, EvalError> {
        match self.term(0) {
            Some(Term::Type(name)) => Ok(name),
            _ => Err(self.wrong_argument("what is no type")),
        }
    }

    /// An argument, evaluated where the call stands. Empty when it is left out.
    pub(super) fn argument(&self, at: usize) -> Outcome<'a> {
        match self.term(at) {
            Some(term) => self.evaluator.evaluate(term, self.scope),
            None => Ok(Collection::Empty),
        }
    }

    /// The one item of an argument.
    pub(super) fn argument_item(&self, at: usize) -> Result<Option<Item<'a>>, EvalError> {
        match self.argument(at)? {
            Collection::Empty => Ok(None),
            Collection::One(item) => Ok(Some(item)),
            Collection::Many(mut items) if items.len() < 2 => Ok(items.pop()),
            Collection::Many(items) => Err(EvalError::NotSingle(self.name(), items.len())),
        }
    }

    /// A text argument.
    pub(super) fn argument_text(&self, at: usize) -> Result<Option<Cow<'a, str>>, EvalError> {
        let Some(item) = self.argument_item(at)? else {
            return Ok(None);
        };
        if item.text().is_none() && !is_without_value(&item) {
            return Err(self.wrong_type("a string", &item));
        }
        Ok(item.into_text())
    }

    /// A whole number argument.
    pub(super) fn argument_integer(&self, at: usize) -> Result<Option<i64>, EvalError> {
        let Some(item) = self.argument_item(at)? else {
            return Ok(None);
        };
        match item.scalar() {
            Some(Scalar::Integer(value)) => Ok(Some(value)),
            _ => Err(self.wrong_type("an integer", &item)),
        }
    }

    /// An argument evaluated for one item of the input, which becomes `$this`.
    pub(super) fn for_each(&self, at: usize, item: &Item<'a>, index: usize) -> Outcome<'a> {
        let Some(term) = self.term(at) else {
            return Ok(Collection::Empty);
        };
        let scope = Scope {
            this: std::slice::from_ref(item),
            index: Some(index),
            total: self.scope.total,
        };
        self.evaluator.evaluate(term, scope)
    }

    /// The first argument as a criterion for one item of the input.
    pub(super) fn accepts(&self, item: &Item<'a>, index: usize) -> Result<Option<bool>, EvalError> {
        logic::truth(self.name(), &self.for_each(0, item, index)?)
    }

    /// The nodes of the input.
    pub(super) fn nodes(&self) -> impl Iterator<Item = &'c Node<'a>> {
        self.input.iter().filter_map(Item::node)
    }

    /// Counts work done.
    pub(super) fn charge(&self, steps: usize) -> Result<(), EvalError> {
        self.evaluator.charge(steps)
    }

    /// Hands a new text out, and counts it as work, as texts can grow by being added to themselves.
    pub(super) fn made(&self, text: String) -> Outcome<'a> {
        self.charge(text.len() / 16)?;
        Ok(text.into())
    }

    pub(super) fn wrong_type(&self, expected: &'static str, item: &Item<'_>) -> EvalError {
        EvalError::WrongType {
            place: self.name(),
            expected,
            found: item.type_name().1.into_owned(),
        }
    }

    pub(super) fn wrong_argument(&self, argument: &str) -> EvalError {
        EvalError::Argument {
            place: self.name(),
            argument: argument.chars().take(80).collect(),
        }
    }
}

/// Whether it is a primitive with only id or extensions.
fn is_without_value(item: &Item<'_>) -> bool {
    item.node().is_some_and(|node| node.value.is_none())
}
