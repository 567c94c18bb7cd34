//! Operators between values.

use super::EvalError;
use super::collection::Collection;
use super::combining;
use super::compare;
use super::decimal::Decimal;
use super::evaluate::{Evaluator, Outcome};
use super::item::{Item, Scalar};
use super::moment::Moment;
use super::quantity::Quantity;
use super::term::Operator;
use std::cmp::Ordering;

/// `-x`.
pub(super) fn negate(operand: Collection<'_>) -> Outcome<'_> {
    let Some(scalar) = single("-", operand.items())? else {
        return Ok(Collection::Empty);
    };
    match scalar {
        Scalar::Integer(value) => Ok(value.checked_neg().into()),
        Scalar::Decimal(value) => Ok(value.negate().into()),
        Scalar::Quantity(quantity) => Ok(Quantity {
            value: quantity.value.negate(),
            ..*quantity
        }
        .into()),
        other => Err(wrong("-", "a number or a quantity", other.type_name())),
    }
}

/// Applies an operator that needs both sides.
pub(super) fn operate<'a>(
    evaluator: &Evaluator<'a>,
    operator: Operator,
    left: Collection<'a>,
    right: Collection<'a>,
) -> Outcome<'a> {
    let (ours, theirs) = (left.items(), right.items());
    match operator {
        Operator::Equal => Ok(compare::equal(evaluator, ours, theirs)?.into()),
        Operator::NotEqual => {
            let result = compare::equal(evaluator, ours, theirs)?;
            Ok(result.map(|result| !result).into())
        }
        Operator::Equivalent => Ok(compare::equivalent(evaluator, ours, theirs)?.into()),
        Operator::NotEquivalent => Ok((!compare::equivalent(evaluator, ours, theirs)?).into()),
        Operator::Less | Operator::LessOrEqual | Operator::Greater | Operator::GreaterOrEqual => {
            ordered(operator, ours, theirs)
        }
        Operator::In => contains(evaluator, "in", theirs, ours),
        Operator::Contains => contains(evaluator, "contains", ours, theirs),
        Operator::Union => combining::merge(evaluator, left, right),
        Operator::Concatenate => concatenate(evaluator, ours, theirs),
        _ => arithmetic(evaluator, operator, ours, theirs),
    }
}

fn ordered<'a>(operator: Operator, left: &[Item<'a>], right: &[Item<'a>]) -> Outcome<'a> {
    let (place, holds): (_, fn(Ordering) -> bool) = match operator {
        Operator::Less => ("<", Ordering::is_lt),
        Operator::LessOrEqual => ("<=", Ordering::is_le),
        Operator::Greater => (">", Ordering::is_gt),
        _ => (">=", Ordering::is_ge),
    };
    match (left, right) {
        ([], _) | (_, []) => Ok(Collection::Empty),
        ([left], [right]) => Ok(compare::order(place, left, right)?.map(holds).into()),
        _ => Err(EvalError::NotSingle(place, left.len().max(right.len()))),
    }
}

/// Whether an item is in a collection.
fn contains<'a>(
    evaluator: &Evaluator<'a>,
    place: &'static str,
    collection: &[Item<'a>],
    item: &[Item<'a>],
) -> Outcome<'a> {
    match item {
        [] => Ok(Collection::Empty),
        [item] => Ok(combining::is_in(evaluator, item, collection)?.into()),
        many => Err(EvalError::NotSingle(place, many.len())),
    }
}

/// `&`: an empty side counts as an empty text.
fn concatenate<'a>(
    evaluator: &Evaluator<'a>,
    left: &[Item<'a>],
    right: &[Item<'a>],
) -> Outcome<'a> {
    let text = |items: &[Item<'a>]| match single("&", items)? {
        None => Ok(String::new()),
        Some(Scalar::String(text)) => Ok(text.into_owned()),
        // A date is a string in JSON, and every FHIR primitive but numbers and booleans is one here.
        Some(Scalar::Moment(moment)) => Ok(moment.to_string()),
        Some(other) => Err(wrong("&", "strings", other.type_name())),
    };
    let joined = text(left)? + &text(right)?;
    evaluator.charge(joined.len() / 16)?;
    Ok(joined.into())
}

fn arithmetic<'a>(
    evaluator: &Evaluator<'a>,
    operator: Operator,
    left: &[Item<'a>],
    right: &[Item<'a>],
) -> Outcome<'a> {
    let place = match operator {
        Operator::Add => "+",
        Operator::Subtract => "-",
        Operator::Multiply => "*",
        Operator::Divide => "/",
        Operator::IntegerDivide => "div",
        _ => "mod",
    };
    let (Some(left), Some(right)) = (single(place, left)?, single(place, right)?) else {
        return Ok(Collection::Empty);
    };
    match (&left, &right, operator) {
        (Scalar::Integer(left), Scalar::Integer(right), _) => Ok(integers(operator, *left, *right)),
        (Scalar::String(left), Scalar::String(right), Operator::Add) => {
            evaluator.charge((left.len() + right.len()) / 16)?;
            Ok(format!("{left}{right}").into())
        }
        (Scalar::Moment(moment), Scalar::Quantity(amount), Operator::Add) => {
            shifted(place, *moment, amount, false)
        }
        (Scalar::Moment(moment), Scalar::Quantity(amount), Operator::Subtract) => {
            shifted(place, *moment, amount, true)
        }
        (Scalar::Quantity(_), _, _) | (_, Scalar::Quantity(_), _) => {
            let quantity = |scalar: &Scalar<'_>| match scalar {
                Scalar::Quantity(quantity) => Some((**quantity).clone()),
                other => other
                    .decimal()
                    .map(|value| Quantity::new(value, String::new())),
            };
            match (quantity(&left), quantity(&right)) {
                (Some(left), Some(right)) => quantities(place, operator, &left, &right),
                _ => Err(mismatch(place, &left, &right)),
            }
        }
        _ => match (left.decimal(), right.decimal()) {
            (Some(left), Some(right)) => Ok(decimals(operator, left, right)),
            _ => Err(mismatch(place, &left, &right)),
        },
    }
}

/// Overflow and division by zero yield nothing.
fn integers<'a>(operator: Operator, left: i64, right: i64) -> Collection<'a> {
    match operator {
        Operator::Add => left.checked_add(right).into(),
        Operator::Subtract => left.checked_sub(right).into(),
        Operator::Multiply => left.checked_mul(right).into(),
        Operator::IntegerDivide => left.checked_div(right).into(),
        Operator::Modulo => left.checked_rem(right).into(),
        _ => decimals(operator, left.into(), right.into()),
    }
}

fn decimals<'a>(operator: Operator, left: Decimal, right: Decimal) -> Collection<'a> {
    match operator {
        Operator::Add => left.add(right).into(),
        Operator::Subtract => left.subtract(right).into(),
        Operator::Multiply => left.multiply(right).into(),
        Operator::Divide => left.divide(right).into(),
        Operator::IntegerDivide => left.divide_whole(right).and_then(Decimal::to_whole).into(),
        _ => left.modulo(right).into(),
    }
}

fn quantities<'a>(
    place: &'static str,
    operator: Operator,
    left: &Quantity,
    right: &Quantity,
) -> Outcome<'a> {
    match operator {
        Operator::Add => Ok(left.add(right, false).into()),
        Operator::Subtract => Ok(left.add(right, true).into()),
        Operator::Multiply => Ok(left.multiply(right).into()),
        Operator::Divide => Ok(left.divide(right).into()),
        _ => Err(wrong(place, "numbers", "Quantity")),
    }
}

/// A moment earlier or later. Only units of a fixed length, and those of the calendar, can be added.
fn shifted<'a>(
    place: &'static str,
    moment: Moment,
    amount: &Quantity,
    is_minus: bool,
) -> Outcome<'a> {
    let Some(unit) = amount.calendar_unit() else {
        return Err(EvalError::Argument {
            place,
            argument: amount.to_string(),
        });
    };
    let value = if is_minus {
        amount.value.negate()
    } else {
        amount.value
    };
    Ok(moment.plus(value, unit).into())
}

/// The value of the only item. None of an empty collection or of a primitive without a value.
fn single<'a>(place: &'static str, items: &[Item<'a>]) -> Result<Option<Scalar<'a>>, EvalError> {
    match items {
        [] => Ok(None),
        [item] => match item.scalar() {
            Some(scalar) => Ok(Some(scalar)),
            None if item.node().is_some_and(|node| node.value.is_none()) => Ok(None),
            None => Err(wrong(place, "a value", &item.type_name().1)),
        },
        many => Err(EvalError::NotSingle(place, many.len())),
    }
}

fn mismatch(place: &'static str, left: &Scalar<'_>, right: &Scalar<'_>) -> EvalError {
    let found = format!("{} and {}", left.type_name(), right.type_name());
    wrong(place, "values that go together", &found)
}

fn wrong(place: &'static str, expected: &'static str, found: &str) -> EvalError {
    EvalError::WrongType {
        place,
        expected,
        found: found.to_owned(),
    }
}
