//! Walks the tree of an expression over the tree of a resource.

use super::call::Call;
use super::collection::Collection;
use super::focus::Focus;
use super::item::{Item, Scalar};
use super::node::{Node, resource_type};
use super::surroundings::{Model, Surroundings};
use super::term::{Name, Start, Step, Term};
use super::{EvalError, logic, operation};
use std::borrow::Cow;
use std::cell::Cell;
use time::OffsetDateTime;

/// What the evaluation of a part yields.
pub(super) type Outcome<'a> = Result<Collection<'a>, EvalError>;

/// Steps an evaluation may take: a fraction of a second.
const MOST_STEPS: u64 = 5_000_000;

/// One evaluation of one expression.
pub(super) struct Evaluator<'a> {
    pub(super) focus: Focus<'a>,
    pub(super) surroundings: &'a dyn Surroundings,
    /// The types of elements; none when the expression does not depend on them.
    pub(super) model: Option<&'a dyn Model>,
    steps: Cell<u64>,
    now: Cell<Option<OffsetDateTime>>,
}

/// What `$this`, `$index` and `$total` stand for.
#[derive(Clone, Copy)]
pub(super) struct Scope<'s, 'a> {
    pub(super) this: &'s [Item<'a>],
    pub(super) index: Option<usize>,
    pub(super) total: Option<&'s Collection<'a>>,
}

impl<'a> Evaluator<'a> {
    pub(super) fn new(
        focus: Focus<'a>,
        surroundings: &'a dyn Surroundings,
        needs_types: bool,
    ) -> Self {
        Self {
            focus,
            surroundings,
            model: if needs_types {
                surroundings.model()
            } else {
                None
            },
            steps: Cell::new(0),
            now: Cell::new(None),
        }
    }

    /// The value of the whole expression.
    pub(super) fn run(&self, term: &'a Term) -> Outcome<'a> {
        let this = [Item::Node(self.focus.node)];
        let scope = Scope {
            this: &this,
            index: None,
            total: None,
        };
        self.evaluate(term, scope)
    }

    /// Counts work done, so that no expression and no resource can keep us for long.
    pub(super) fn charge(&self, steps: usize) -> Result<(), EvalError> {
        let total = self.steps.get().saturating_add(steps as u64);
        self.steps.set(total);
        if total > MOST_STEPS {
            return Err(EvalError::TooMuchWork(MOST_STEPS));
        }
        Ok(())
    }

    /// The same point in time throughout an evaluation.
    pub(super) fn now(&self) -> OffsetDateTime {
        let now = self.now.get().unwrap_or_else(|| self.surroundings.now());
        self.now.set(Some(now));
        now
    }

    /// The value of a part of the expression.
    pub(super) fn evaluate(&self, term: &'a Term, scope: Scope<'_, 'a>) -> Outcome<'a> {
        self.charge(1)?;
        match term {
            Term::Path(start, steps) => self.path(start, steps, scope),
            Term::Chain(first, rest) => self.chain(first, rest, scope),
            Term::Literal(scalar) => Ok(Collection::One(Item::Scalar(literal(scalar)))),
            Term::Negated(term) => operation::negate(self.evaluate(term, scope)?),
            Term::This => Ok(scope.this.iter().cloned().collect()),
            Term::Index => Ok(scope.index.and_then(|at| i64::try_from(at).ok()).into()),
            Term::Total => Ok(scope.total.cloned().unwrap_or_default()),
            Term::Resource => Ok(node(Node::resource(self.focus.resource))),
            Term::RootResource => Ok(node(Node::resource(self.focus.root_resource))),
            Term::Context => Ok(node(self.focus.node)),
            Term::Variable(name) => {
                let found = self.surroundings.variable(name);
                found.ok_or_else(|| EvalError::UnknownVariable(name.clone()))
            }
            // A type stands only where a type is asked for.
            Term::Nothing | Term::Type(_) => Ok(Collection::Empty),
        }
    }

    fn path(&self, start: &'a Start, steps: &'a [Step], scope: Scope<'_, 'a>) -> Outcome<'a> {
        let (mut current, rest) = match (start, steps) {
            (Start::This, [first, rest @ ..]) => (self.step(first, scope.this, scope)?, rest),
            (Start::This, []) => (scope.this.iter().cloned().collect(), steps),
            (Start::Term(term), _) => (self.evaluate(term, scope)?, steps),
        };
        for step in rest {
            current = self.step(step, current.items(), scope)?;
        }
        Ok(current)
    }

    fn step(&self, step: &'a Step, input: &[Item<'a>], scope: Scope<'_, 'a>) -> Outcome<'a> {
        self.charge(1 + input.len())?;
        match step {
            Step::Child(name) => {
                let mut found = Collection::Empty;
                for item in input {
                    self.child(item, name, &mut found);
                }
                self.charge(found.len())?;
                Ok(found)
            }
            Step::Root(name) => Ok(self.root(name, input)),
            Step::Has(name) => Ok(self.has(name, input).into()),
            Step::Lacks(name) => Ok((!self.has(name, input)).into()),
            Step::Item(index) => self.indexed(index, input, scope),
            Step::Call(invocation) => {
                let call = Call {
                    evaluator: self,
                    input,
                    invocation,
                    scope,
                };
                (invocation.function.body)(&call)
            }
        }
    }

    fn has(&self, name: &Name, input: &[Item<'a>]) -> bool {
        input.iter().any(|item| match item {
            Item::Node(node) => node.has(name, self.model),
            Item::Scalar(_) => {
                let mut found = Collection::Empty;
                self.child(item, name, &mut found);
                !found.is_empty()
            }
        })
    }

    fn child(&self, item: &Item<'a>, name: &Name, into: &mut Collection<'a>) {
        match item {
            Item::Node(node) => node.child(name, self.model, into),
            Item::Scalar(Scalar::Type(namespace, own)) => match &*name.text {
                "namespace" => into.push(Item::from((*namespace).to_owned())),
                "name" => into.push(Item::Scalar(Scalar::String(own.clone()))),
                _ => {}
            },
            Item::Scalar(Scalar::Quantity(quantity)) => match &*name.text {
                "value" => into.push(Item::from(quantity.value)),
                "unit" => into.push(Item::from(quantity.unit.clone())),
                _ => {}
            },
            Item::Scalar(_) => {}
        }
    }

    /// `Patient` at the start of a path: the patient itself.
    fn root(&self, name: &Name, input: &[Item<'a>]) -> Collection<'a> {
        let mut found = Collection::Empty;
        for item in input {
            let is_type = item.node().is_some_and(|node| {
                let own = node
                    .type_name
                    .or_else(|| node.value.and_then(resource_type));
                own.is_some_and(|own| {
                    own == &*name.text || super::type_test::is_derived(own, &name.text, self.model)
                })
            });
            if is_type {
                found.push(item.clone());
            } else {
                self.child(item, name, &mut found);
            }
        }
        found
    }

    fn indexed(&self, index: &'a Term, input: &[Item<'a>], scope: Scope<'_, 'a>) -> Outcome<'a> {
        let index = self.evaluate(index, scope)?;
        let at = match index.items() {
            [] => return Ok(Collection::Empty),
            [item] => match item.scalar() {
                Some(Scalar::Integer(at)) => at,
                _ => {
                    return Err(EvalError::WrongType {
                        place: "[]",
                        expected: "an integer",
                        found: item.type_name().1.into_owned(),
                    });
                }
            },
            many => return Err(EvalError::NotSingle("[]", many.len())),
        };
        let found = usize::try_from(at).ok().and_then(|at| input.get(at));
        Ok(found.cloned().into())
    }

    fn chain(
        &self,
        first: &'a Term,
        rest: &'a [(super::term::Operator, Term)],
        scope: Scope<'_, 'a>,
    ) -> Outcome<'a> {
        let mut left = self.evaluate(first, scope);
        for (operator, right) in rest {
            left = if logic::is_logical(*operator) {
                logic::combine(*operator, left, || self.evaluate(right, scope))
            } else if let Term::Type(wanted) = right {
                super::type_test::operate(*operator, &left?, wanted, self.model)
            } else {
                let (left, right) = (left?, self.evaluate(right, scope)?);
                operation::operate(self, *operator, left, right)
            };
        }
        left
    }
}

fn node(node: Node<'_>) -> Collection<'_> {
    Collection::One(Item::Node(node))
}

/// A literal, without copying its text.
fn literal<'a>(scalar: &'a Scalar<'static>) -> Scalar<'a> {
    match scalar {
        Scalar::String(text) => Scalar::String(Cow::Borrowed(text)),
        other => other.clone(),
    }
}
