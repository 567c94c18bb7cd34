//! Whoever is asked about codes that nobody here can decide.

use super::Membership;

/// Whether a code is in a value set, or one of its code system.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct CodeQuestion<'a> {
    /// Canonical URL of the value set, with or without `|version`; none when the question is whether the code
    /// system has the code at all.
    pub value_set: Option<&'a str>,
    /// URI of the code system; none for elements of type `code`, which do not say.
    pub system: Option<&'a str>,
    /// Version of the code system, where that matters.
    pub version: Option<&'a str>,
    /// The code.
    pub code: &'a str,
}

/// Whoever is asked about codes that nobody here can decide, such as a terminology server.
pub trait TerminologyService: Send + Sync {
    /// The answer, which may take a while: the thread waits for it. The same question is asked again and
    /// again, so answers are worth remembering. [`Membership::Undecided`] unless the service knows the value
    /// set and the code system, with a reason that stands behind "and".
    fn validate_code(&self, question: CodeQuestion<'_>) -> Membership;
}
