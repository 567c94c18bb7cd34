//! What can go wrong with an expression: when it is read, and when it is evaluated.

/// A text that is no FHIRPath expression, or one that asks for what is not supported.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "at character {position}: expected {expected}, found {found}; correct the FHIRPath expression"
)]
pub struct ParseError {
    /// Where, in characters from the start, the first being 1.
    pub position: usize,
    /// What could have stood there.
    pub expected: String,
    /// What stands there.
    pub found: String,
}

/// An expression that has no answer for this resource.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EvalError {
    /// Nobody here can tell: a value set that cannot be expanded, a reference that cannot be followed.
    #[error("cannot be decided here: {0}; supply what is missing, or check it by hand")]
    Undecided(String),
    /// The expression, on this resource, takes more steps than anybody should wait for.
    #[error("takes more than {0} steps; simplify the expression or make the resource smaller")]
    TooMuchWork(u64),
    /// Several items where one was needed.
    #[error("{0} needs one item but has {1}; narrow the collection, for example with first()")]
    NotSingle(&'static str, usize),
    /// An item of a type that the function or operator does not take.
    #[error("{place} needs {expected} but has {found}; convert it or correct the expression")]
    WrongType {
        /// Function or operator.
        place: &'static str,
        /// What it takes.
        expected: &'static str,
        /// Type of what it was given.
        found: String,
    },
    /// An external constant that nobody defined.
    #[error("%{0} is not defined; use a constant that FHIR defines")]
    UnknownVariable(String),
    /// A text that is no regular expression, one that is too large, or one with look-around.
    #[error("{0:?} is not a regular expression that can be used here; simplify it")]
    Pattern(String),
    /// A number, a format or a similar argument that makes no sense.
    #[error("{place} cannot take {argument}; correct the argument")]
    Argument {
        /// Function.
        place: &'static str,
        /// What it was given.
        argument: String,
    },
}

impl EvalError {
    /// Whether the expression is sound but the facts are missing.
    #[must_use]
    pub fn is_undecided(&self) -> bool {
        matches!(self, Self::Undecided(_))
    }
}
