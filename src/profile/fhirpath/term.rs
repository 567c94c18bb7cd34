//! An expression as a tree, ready to be evaluated: names, functions and constants are resolved.

use super::function::Function;
use super::item::Scalar;
use super::type_name::TypeName;
use regex::Regex;
use std::sync::OnceLock;

/// An expression or a part of one.
#[derive(Debug)]
pub(super) enum Term {
    /// `{}`.
    Nothing,
    /// A constant value.
    Literal(Scalar<'static>),
    /// `$this` alone.
    This,
    /// `$index`.
    Index,
    /// `$total`.
    Total,
    /// `%resource`.
    Resource,
    /// `%rootResource`.
    RootResource,
    /// `%context`.
    Context,
    /// Any other external constant.
    Variable(String),
    /// The right side of `is` and `as`, and the argument of `is()`, `as()` and `ofType()`.
    Type(TypeName),
    /// One step after the other.
    Path(Start, Vec<Step>),
    /// `-x`.
    Negated(Box<Self>),
    /// Operators of the same precedence, applied from left to right. Flat, so that a long chain does not
    /// nest.
    Chain(Box<Self>, Vec<(Operator, Self)>),
}

/// What the first step of a path starts from.
#[derive(Debug)]
pub(super) enum Start {
    /// `$this`, said or not said.
    This,
    /// The value of a term.
    Term(Box<Term>),
}

/// One step of a path.
#[derive(Debug)]
pub(super) enum Step {
    /// To the children of a name.
    Child(Name),
    /// The first step of a path, in capitals: the type of the start itself, or else a child.
    Root(Name),
    /// `name.exists()`, without making the collection.
    Has(Name),
    /// `name.empty()`, without making the collection.
    Lacks(Name),
    /// `[n]`.
    Item(Term),
    /// A function.
    Call(Invocation),
}

/// A function with its arguments.
#[derive(Debug)]
pub(super) struct Invocation {
    pub(super) function: &'static Function,
    pub(super) arguments: Vec<Term>,
    /// The compiled pattern, when it is a literal and has been used. None inside: it is no pattern.
    pub(super) pattern: OnceLock<Option<Regex>>,
}

/// The name of a child.
#[derive(Debug)]
pub(super) struct Name {
    /// As written.
    pub(super) text: Box<str>,
    /// Where JSON keeps id and extensions of a primitive: `_birthDate`.
    pub(super) shadow: Box<str>,
    /// For a name such as `valueQuantity`, which may be a choice element written as in JSON: `value`.
    pub(super) choice: Option<Box<str>>,
}

/// An operator between two terms.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Operator {
    Multiply,
    Divide,
    IntegerDivide,
    Modulo,
    Add,
    Subtract,
    Concatenate,
    Is,
    As,
    Union,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    Equal,
    NotEqual,
    Equivalent,
    NotEquivalent,
    In,
    Contains,
    And,
    Or,
    Xor,
    Implies,
}

impl Operator {
    /// The operator that is written like this.
    pub(super) fn of(text: &str) -> Option<Self> {
        Some(match text {
            "*" => Self::Multiply,
            "/" => Self::Divide,
            "div" => Self::IntegerDivide,
            "mod" => Self::Modulo,
            "+" => Self::Add,
            "-" => Self::Subtract,
            "&" => Self::Concatenate,
            "is" => Self::Is,
            "as" => Self::As,
            "|" => Self::Union,
            "<" => Self::Less,
            "<=" => Self::LessOrEqual,
            ">" => Self::Greater,
            ">=" => Self::GreaterOrEqual,
            "=" => Self::Equal,
            "!=" => Self::NotEqual,
            "~" => Self::Equivalent,
            "!~" => Self::NotEquivalent,
            "in" => Self::In,
            "contains" => Self::Contains,
            "and" => Self::And,
            "or" => Self::Or,
            "xor" => Self::Xor,
            "implies" => Self::Implies,
            _ => return None,
        })
    }

    /// How tightly it binds, by FHIRPath's table of precedence.
    pub(super) fn level(self) -> u8 {
        match self {
            Self::Implies => 1,
            Self::Or | Self::Xor => 2,
            Self::And => 3,
            Self::In | Self::Contains => 4,
            Self::Equal | Self::NotEqual | Self::Equivalent | Self::NotEquivalent => 5,
            Self::Less | Self::LessOrEqual | Self::Greater | Self::GreaterOrEqual => 6,
            Self::Union => 7,
            Self::Is | Self::As => 8,
            Self::Add | Self::Subtract | Self::Concatenate => 9,
            Self::Multiply | Self::Divide | Self::IntegerDivide | Self::Modulo => 10,
        }
    }
}

impl Name {
    /// A name as written.
    pub(super) fn new(text: &str) -> Self {
        Self {
            choice: super::type_name::choice_of(text).map(|(stem, _)| stem.into()),
            shadow: format!("_{text}").into(),
            text: text.into(),
        }
    }
}

impl Term {
    /// How deep it nests: what its evaluation recurses.
    pub(super) fn depth(&self) -> usize {
        1 + match self {
            Self::Path(start, steps) => {
                let start = match start {
                    Start::This => 0,
                    Start::Term(term) => term.depth(),
                };
                steps.iter().map(Step::depth).fold(start, usize::max)
            }
            Self::Negated(term) => term.depth(),
            Self::Chain(first, rest) => {
                let rest = rest.iter().map(|(_, term)| term.depth());
                rest.fold(first.depth(), usize::max)
            }
            _ => 0,
        }
    }

    /// Whether its value may depend on the FHIR types of nodes. Looking types up costs time, and most
    /// invariants ask only whether something is there or which code it is.
    pub(super) fn needs_types(&self) -> bool {
        match self {
            Self::Path(start, steps) => {
                matches!(start, Start::Term(term) if term.needs_types())
                    || steps.iter().any(Step::needs_types)
            }
            Self::Negated(_) => true,
            Self::Chain(first, rest) => {
                let is_plain = |term: &Self| term.is_plain();
                rest.iter().enumerate().any(|(at, (operator, term))| {
                    let left = if at == 0 { Some(&**first) } else { None };
                    operator.needs_types() && !is_plain(term) && !left.is_some_and(is_plain)
                        || term.needs_types()
                }) || first.needs_types()
            }
            _ => false,
        }
    }

    /// Whether it yields nothing but strings and booleans written in the expression, or the result of
    /// a count: comparing with them needs no FHIR type.
    fn is_plain(&self) -> bool {
        match self {
            Self::Literal(value) => {
                matches!(
                    value,
                    Scalar::String(_) | Scalar::Boolean(_) | Scalar::Integer(_)
                )
            }
            Self::Chain(first, rest) => {
                first.is_plain()
                    && rest
                        .iter()
                        .all(|(operator, term)| *operator == Operator::Union && term.is_plain())
            }
            Self::Path(Start::Term(term), steps) => steps.is_empty() && term.is_plain(),
            Self::Path(_, steps) => match steps.last() {
                Some(Step::Call(call)) => call.function.is_plain,
                Some(Step::Has(_) | Step::Lacks(_)) => true,
                _ => false,
            },
            _ => false,
        }
    }
}

impl Operator {
    fn needs_types(self) -> bool {
        !matches!(
            self,
            Self::Concatenate | Self::Union | Self::And | Self::Or | Self::Xor | Self::Implies
        )
    }
}

impl Step {
    fn depth(&self) -> usize {
        match self {
            Self::Item(term) => term.depth(),
            Self::Call(call) => call.arguments.iter().map(Term::depth).max().unwrap_or(0) + 1,
            _ => 0,
        }
    }

    fn needs_types(&self) -> bool {
        match self {
            Self::Child(name) | Self::Root(name) | Self::Has(name) | Self::Lacks(name) => {
                name.choice.is_some()
            }
            Self::Item(term) => term.needs_types(),
            Self::Call(call) => {
                call.function.needs_types || call.arguments.iter().any(Term::needs_types)
            }
        }
    }
}
