//! Three-valued logic, with "cannot be decided" as a fourth value that gives way where the answer does
//! not depend on it.

use super::EvalError;
use super::collection::Collection;
use super::evaluate::Outcome;
use super::term::Operator;

/// Whether the operator takes truth values.
pub(super) fn is_logical(operator: Operator) -> bool {
    matches!(
        operator,
        Operator::And | Operator::Or | Operator::Xor | Operator::Implies
    )
}

/// The truth of a collection: none of an empty one, that of a single boolean, true for any other single
/// item.
pub(super) fn truth(
    place: &'static str,
    collection: &Collection<'_>,
) -> Result<Option<bool>, EvalError> {
    match collection.items() {
        [] => Ok(None),
        [item] => Ok(Some(item.boolean().unwrap_or(true))),
        many => Err(EvalError::NotSingle(place, many.len())),
    }
}

/// Applies a logical operator; the right side is evaluated only when the left does not decide.
pub(super) fn combine<'a>(
    operator: Operator,
    left: Outcome<'a>,
    right: impl FnOnce() -> Outcome<'a>,
) -> Outcome<'a> {
    let place = match operator {
        Operator::And => "and",
        Operator::Or => "or",
        Operator::Xor => "xor",
        _ => "implies",
    };
    let (left, doubt) = settle(place, left)?;
    // With this on the left, the right does not matter.
    let decisive = match operator {
        Operator::And => Some((false, false)),
        Operator::Or => Some((true, true)),
        Operator::Implies => Some((false, true)),
        _ => None,
    };
    if let Some((decides, result)) = decisive
        && left == Some(decides)
    {
        return Ok(result.into());
    }
    let (right, right_doubt) = settle(place, right())?;
    // With this on the right, the left does not matter.
    let decisive = match operator {
        Operator::And => Some(false),
        Operator::Or | Operator::Implies => Some(true),
        _ => None,
    };
    if decisive.is_some() && right == decisive {
        return Ok(decisive.into());
    }
    if let Some(doubt) = doubt.or(right_doubt) {
        return Err(doubt);
    }
    Ok(match (operator, left, right) {
        (Operator::Xor, Some(left), Some(right)) => (left != right).into(),
        (Operator::Or, Some(false), Some(false)) => false.into(),
        (Operator::Implies, Some(true), Some(right)) => right.into(),
        (Operator::And, Some(true), Some(true)) => true.into(),
        _ => Collection::Empty,
    })
}

/// A truth value, or the doubt about it.
fn settle(
    place: &'static str,
    outcome: Outcome<'_>,
) -> Result<(Option<bool>, Option<EvalError>), EvalError> {
    match outcome {
        Ok(collection) => Ok((truth(place, &collection)?, None)),
        Err(doubt) if doubt.is_undecided() => Ok((None, Some(doubt))),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use super::{Collection, EvalError, Operator, combine};

    fn undecided<'a>() -> Result<Collection<'a>, EvalError> {
        Err(EvalError::Undecided("a value set".into()))
    }

    #[test]
    fn doubt_gives_way_where_the_other_side_decides() {
        let decided = |operator, right: bool| {
            let result = combine(operator, undecided(), || Ok(right.into()));
            result.ok().map(|found| found.items()[0].boolean().unwrap())
        };
        assert_eq!(decided(Operator::And, false), Some(false));
        assert_eq!(decided(Operator::And, true), None);
        assert_eq!(decided(Operator::Or, true), Some(true));
        assert_eq!(decided(Operator::Or, false), None);
        assert_eq!(decided(Operator::Implies, true), Some(true));
        assert_eq!(decided(Operator::Implies, false), None);
        assert_eq!(decided(Operator::Xor, true), None);
    }

    #[test]
    fn what_does_not_matter_is_not_evaluated() {
        let result = combine(Operator::Or, Ok(true.into()), || panic!("evaluated"));
        assert!(result.is_ok());
        let result = combine(Operator::Implies, Ok(false.into()), || panic!("evaluated"));
        assert!(result.is_ok());
    }
}
