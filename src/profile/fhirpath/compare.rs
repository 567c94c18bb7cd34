//! Equality, equivalence and order.

use super::EvalError;
use super::decimal::Decimal;
use super::evaluate::Evaluator;
use super::item::{Item, Scalar};
use super::moment::{Moment, MomentKind};
use super::quantity::{Comparison, Quantity};
use serde_json::Value;
use std::cmp::Ordering;

/// Deepest value that is compared: JSON readers stop there, too.
const DEEPEST: usize = 200;

/// `=` between collections: same items in the same order. None when it depends on what is not known, or
/// when either is empty.
pub(super) fn equal(
    evaluator: &Evaluator<'_>,
    left: &[Item<'_>],
    right: &[Item<'_>],
) -> Result<Option<bool>, EvalError> {
    if left.is_empty() || right.is_empty() {
        return Ok(None);
    }
    if left.len() != right.len() {
        return Ok(Some(false));
    }
    let mut result = Some(true);
    for (left, right) in left.iter().zip(right) {
        match equal_items(evaluator, left, right)? {
            Some(true) => {}
            Some(false) => return Ok(Some(false)),
            None => result = None,
        }
    }
    Ok(result)
}

/// `=` between items.
pub(super) fn equal_items(
    evaluator: &Evaluator<'_>,
    left: &Item<'_>,
    right: &Item<'_>,
) -> Result<Option<bool>, EvalError> {
    evaluator.charge(1)?;
    if let (Item::Node(left), Item::Node(right)) = (left, right) {
        if left.is_same(right) {
            return Ok(Some(true));
        }
        if !left.has_primitive_value() && !right.has_primitive_value() {
            let (ours, theirs) = (left.value.or(left.sibling), right.value.or(right.sibling));
            let is_same = same_json(evaluator, ours, theirs, 0)?;
            if is_same || !(left.may_be_quantity() && right.may_be_quantity()) {
                return Ok(Some(is_same));
            }
        }
    }
    // Most comparisons are of codes. With a text literal, what is written counts, whatever the type.
    if let (Item::Node(_), Item::Scalar(Scalar::String(_)))
    | (Item::Scalar(Scalar::String(_)), Item::Node(_)) = (left, right)
    {
        return Ok(Some(left.text().is_some() && left.text() == right.text()));
    }
    Ok(match scalars(left, right) {
        Some((left, right)) => equal_scalars(&left, &right),
        None => Some(false),
    })
}

/// The values of two items. An element of unknown type is a date or time when the other one is.
fn scalars<'a>(left: &Item<'a>, right: &Item<'a>) -> Option<(Scalar<'a>, Scalar<'a>)> {
    let read = |item: &Item<'a>, scalar: Scalar<'a>, other: &Scalar<'a>| {
        let is_untyped = item.node().is_some_and(|node| node.type_name.is_none());
        match (&scalar, other) {
            (Scalar::String(text), Scalar::Moment(like)) if is_untyped => {
                let moment = match like.kind {
                    MomentKind::Time => Moment::time(text),
                    _ => Moment::date_time(text),
                };
                moment.map_or(scalar, Scalar::Moment)
            }
            _ => scalar,
        }
    };
    let (ours, theirs) = (left.scalar()?, right.scalar()?);
    let ours = read(left, ours, &theirs);
    let theirs = read(right, theirs, &ours);
    Some((ours, theirs))
}

fn equal_scalars(left: &Scalar<'_>, right: &Scalar<'_>) -> Option<bool> {
    match (left, right) {
        (Scalar::Boolean(left), Scalar::Boolean(right)) => Some(left == right),
        (Scalar::Integer(left), Scalar::Integer(right)) => Some(left == right),
        (Scalar::String(left), Scalar::String(right)) => Some(left == right),
        (Scalar::Type(..), Scalar::Type(..)) => Some(left.to_string() == right.to_string()),
        _ => {
            if let Some((left, right)) = moments(left, right) {
                if (left.kind == MomentKind::Time) != (right.kind == MomentKind::Time) {
                    return Some(false);
                }
                return left.compare(right).map(Ordering::is_eq);
            }
            if let (Some(left), Some(right)) = (left.decimal(), right.decimal()) {
                return Some(left == right);
            }
            match quantities(left, right).map(|(left, right)| left.compare(&right)) {
                Some(Comparison::Ordered(order)) => Some(order.is_eq()),
                Some(Comparison::Incomparable | Comparison::Open) => None,
                None => Some(false),
            }
        }
    }
}

/// `~` between collections: the same items in any order.
pub(super) fn equivalent(
    evaluator: &Evaluator<'_>,
    left: &[Item<'_>],
    right: &[Item<'_>],
) -> Result<bool, EvalError> {
    if left.len() != right.len() {
        return Ok(false);
    }
    let mut rest: Vec<&Item<'_>> = right.iter().collect();
    for item in left {
        let mut found = None;
        for (at, other) in rest.iter().enumerate() {
            if equivalent_items(evaluator, item, other)? {
                found = Some(at);
                break;
            }
        }
        match found {
            Some(at) => rest.swap_remove(at),
            None => return Ok(false),
        };
    }
    Ok(true)
}

/// `~` between items.
fn equivalent_items(
    evaluator: &Evaluator<'_>,
    left: &Item<'_>,
    right: &Item<'_>,
) -> Result<bool, EvalError> {
    evaluator.charge(1)?;
    if let Some((left, right)) = scalars(left, right) {
        return Ok(equivalent_scalars(&left, &right));
    }
    match (left.node(), right.node()) {
        (Some(left), Some(right)) => {
            let (left, right) = (left.value.or(left.sibling), right.value.or(right.sibling));
            similar_json(evaluator, left, right, 0)
        }
        _ => Ok(false),
    }
}

fn equivalent_scalars(left: &Scalar<'_>, right: &Scalar<'_>) -> bool {
    if let (Scalar::String(left), Scalar::String(right)) = (left, right) {
        return folded(left) == folded(right);
    }
    if let (Some(left), Some(right)) = (left.decimal(), right.decimal()) {
        return similar_numbers(left, right);
    }
    if moments(left, right).is_none()
        && let Some((left, right)) = quantities(left, right)
    {
        return left.is_equivalent(&right);
    }
    equal_scalars(left, right) == Some(true)
}

/// Lower case, and every run of white space one blank.
fn folded(text: &str) -> String {
    let words: Vec<String> = text.split_whitespace().map(str::to_lowercase).collect();
    words.join(" ")
}

fn similar_numbers(left: Decimal, right: Decimal) -> bool {
    let places = left.trimmed().places().min(right.trimmed().places());
    match (left.rounded(places), right.rounded(places)) {
        (Some(left), Some(right)) => left == right,
        _ => left == right,
    }
}

/// Which of two items is less; none when it depends on what is not known.
pub(super) fn order(
    place: &'static str,
    left: &Item<'_>,
    right: &Item<'_>,
) -> Result<Option<Ordering>, EvalError> {
    let wrong = |expected| EvalError::WrongType {
        place,
        expected,
        found: format!("{} and {}", left.type_name().1, right.type_name().1),
    };
    let is_empty = |item: &Item<'_>| item.node().is_some_and(|node| node.value.is_none());
    if is_empty(left) || is_empty(right) {
        return Ok(None);
    }
    let Some((left, right)) = scalars(left, right) else {
        return Err(wrong("values that have an order"));
    };
    if let Some((left, right)) = moments(&left, &right) {
        if (left.kind == MomentKind::Time) != (right.kind == MomentKind::Time) {
            return Err(wrong("two values of one type"));
        }
        return Ok(left.compare(right));
    }
    match (&left, &right) {
        (Scalar::String(left), Scalar::String(right)) => Ok(Some(left.cmp(right))),
        (Scalar::Integer(left), Scalar::Integer(right)) => Ok(Some(left.cmp(right))),
        _ => {
            if let (Some(left), Some(right)) = (left.decimal(), right.decimal()) {
                return Ok(Some(left.cmp(&right)));
            }
            match quantities(&left, &right).map(|(left, right)| left.compare(&right)) {
                Some(Comparison::Ordered(order)) => Ok(Some(order)),
                Some(_) => Ok(None),
                None => Err(wrong("two values of one type")),
            }
        }
    }
}

/// Two moments.
fn moments(left: &Scalar<'_>, right: &Scalar<'_>) -> Option<(Moment, Moment)> {
    match (left, right) {
        (Scalar::Moment(left), Scalar::Moment(right)) => Some((*left, *right)),
        _ => None,
    }
}

/// Two quantities, when one is and the other is or is a number.
fn quantities(left: &Scalar<'_>, right: &Scalar<'_>) -> Option<(Quantity, Quantity)> {
    let read = |scalar: &Scalar<'_>| match scalar {
        Scalar::Quantity(quantity) => Some((**quantity).clone()),
        other => other
            .decimal()
            .map(|value| Quantity::new(value, String::new())),
    };
    let is_quantity = |scalar: &Scalar<'_>| matches!(scalar, Scalar::Quantity(_));
    (is_quantity(left) || is_quantity(right)).then(|| Some((read(left)?, read(right)?)))?
}

/// Whether two JSON values are equal; numbers by value.
fn same_json(
    evaluator: &Evaluator<'_>,
    left: Option<&Value>,
    right: Option<&Value>,
    depth: usize,
) -> Result<bool, EvalError> {
    evaluator.charge(if depth > DEEPEST { usize::MAX } else { 1 })?;
    let (Some(left), Some(right)) = (left, right) else {
        return Ok(left.is_none() && right.is_none());
    };
    match (left, right) {
        (Value::Object(left), Value::Object(right)) => {
            if left.len() != right.len() {
                return Ok(false);
            }
            for (key, value) in left {
                let other = right.get(key);
                if other.is_none() || !same_json(evaluator, Some(value), other, depth + 1)? {
                    return Ok(false);
                }
            }
            Ok(true)
        }
        (Value::Array(left), Value::Array(right)) => {
            if left.len() != right.len() {
                return Ok(false);
            }
            for (left, right) in left.iter().zip(right) {
                if !same_json(evaluator, Some(left), Some(right), depth + 1)? {
                    return Ok(false);
                }
            }
            Ok(true)
        }
        (Value::Number(left), Value::Number(right)) => {
            Ok(left == right || left.as_f64() == right.as_f64())
        }
        _ => Ok(left == right),
    }
}

/// Whether two JSON values are equivalent: arrays in any order, texts folded.
fn similar_json(
    evaluator: &Evaluator<'_>,
    left: Option<&Value>,
    right: Option<&Value>,
    depth: usize,
) -> Result<bool, EvalError> {
    evaluator.charge(if depth > DEEPEST { usize::MAX } else { 1 })?;
    match (left, right) {
        (Some(Value::Object(left)), Some(Value::Object(right))) => {
            if left.len() != right.len() {
                return Ok(false);
            }
            for (key, value) in left {
                let other = right.get(key);
                if other.is_none() || !similar_json(evaluator, Some(value), other, depth + 1)? {
                    return Ok(false);
                }
            }
            Ok(true)
        }
        (Some(Value::Array(left)), Some(Value::Array(right))) => {
            let mut rest: Vec<&Value> = right.iter().collect();
            for value in left {
                let mut found = None;
                for (at, other) in rest.iter().enumerate() {
                    if similar_json(evaluator, Some(value), Some(other), depth + 1)? {
                        found = Some(at);
                        break;
                    }
                }
                match found {
                    Some(at) => rest.swap_remove(at),
                    None => return Ok(false),
                };
            }
            Ok(rest.is_empty())
        }
        (Some(Value::String(left)), Some(Value::String(right))) => {
            Ok(folded(left) == folded(right))
        }
        (Some(Value::Number(left)), Some(Value::Number(right))) => {
            let numbers = (Decimal::from_number(left), Decimal::from_number(right));
            Ok(match numbers {
                (Some(left), Some(right)) => similar_numbers(left, right),
                _ => left == right,
            })
        }
        _ => Ok(left == right),
    }
}
