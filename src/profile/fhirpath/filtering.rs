//! Functions that go through a collection item by item.

use super::EvalError;
use super::call::Call;
use super::collection::Collection;
use super::combining::is_in;
use super::compare;
use super::evaluate::{Outcome, Scope};
use super::function::Function;
use super::item::Item;
use super::term::Term;
use super::type_test;
use std::cmp::Ordering;
use std::collections::{HashSet, VecDeque};

/// Functions of this group.
pub(super) const FUNCTIONS: &[Function] = &[
    Function::new("where", (1, 1), filter),
    Function::new("select", (1, 1), select),
    Function::new("repeat", (1, 1), repeat),
    Function::new("aggregate", (1, 2), aggregate).typed(),
    Function::new("sort", (0, 16), sort).typed(),
    Function::new("ofType", (1, 1), of_type).of_type(),
    Function::new("as", (1, 1), of_type).of_type(),
    Function::new("is", (1, 1), is).of_type().plain(),
];

fn filter<'a>(call: &Call<'_, 'a>) -> Outcome<'a> {
    let mut found = Collection::Empty;
    for (index, item) in call.input.iter().enumerate() {
        if call.accepts(item, index)? == Some(true) {
            found.push(item.clone());
        }
    }
    Ok(found)
}

fn select<'a>(call: &Call<'_, 'a>) -> Outcome<'a> {
    let mut found = Collection::Empty;
    for (index, item) in call.input.iter().enumerate() {
        let more = call.for_each(0, item, index)?;
        call.charge(more.len())?;
        found.append(more);
    }
    Ok(found)
}

/// Projects what was found again and again, until nothing new comes.
fn repeat<'a>(call: &Call<'_, 'a>) -> Outcome<'a> {
    let mut found: Vec<Item<'a>> = Vec::new();
    // Nodes are told apart by their place, so that cycles end and large trees stay cheap.
    let mut places: HashSet<usize> = HashSet::new();
    let mut queue: VecDeque<Item<'a>> = call.input.iter().cloned().collect();
    while let Some(item) = queue.pop_front() {
        let more = call.for_each(0, &item, 0)?;
        call.charge(1 + more.len())?;
        for item in more {
            let is_new = match item.node().and_then(|node| node.value.or(node.sibling)) {
                Some(value) if value.is_object() => places.insert(std::ptr::from_ref(value).addr()),
                _ => !is_in(call.evaluator, &item, &found)?,
            };
            if is_new {
                found.push(item.clone());
                queue.push_back(item);
            }
        }
    }
    Ok(found.into_iter().collect())
}

fn aggregate<'a>(call: &Call<'_, 'a>) -> Outcome<'a> {
    let Some(term) = call.term(0) else {
        return Ok(Collection::Empty);
    };
    let mut total = call.argument(1)?;
    for (index, item) in call.input.iter().enumerate() {
        let scope = Scope {
            this: std::slice::from_ref(item),
            index: Some(index),
            total: Some(&total),
        };
        total = call.evaluator.evaluate(term, scope)?;
        call.charge(total.len())?;
    }
    Ok(total)
}

/// The keys of an item, and the item.
type Row<'a> = (Vec<Collection<'a>>, Item<'a>);

/// Sorts by the keys given, or by the items themselves; a key with `-` before it sorts downwards, and
/// what has no key
/// comes first in either direction.
fn sort<'a>(call: &Call<'_, 'a>) -> Outcome<'a> {
    let keys = &call.invocation.arguments;
    let mut rows: Vec<Row<'a>> = Vec::new();
    for (index, item) in call.input.iter().enumerate() {
        let scope = Scope {
            this: std::slice::from_ref(item),
            index: Some(index),
            total: None,
        };
        let mut row = Vec::new();
        for key in keys {
            let key = match key {
                Term::Negated(key) => key,
                key => key,
            };
            row.push(call.evaluator.evaluate(key, scope)?);
        }
        if keys.is_empty() {
            row.push(Collection::One(item.clone()));
        }
        rows.push((row, item.clone()));
    }
    // Values of different precision have no total order, which the sorts of the standard library demand.
    let mut sorted: Vec<Row<'a>> = Vec::with_capacity(rows.len());
    for row in rows {
        let (mut low, mut high) = (0, sorted.len());
        while low < high {
            let middle = low.midpoint(high);
            call.charge(1)?;
            if row_order(keys, &row, &sorted[middle])?.is_lt() {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        call.charge((sorted.len() - low) / 16)?;
        sorted.insert(low, row);
    }
    Ok(sorted.into_iter().map(|(_, item)| item).collect())
}

fn row_order(keys: &[Term], left: &Row<'_>, right: &Row<'_>) -> Result<Ordering, EvalError> {
    for (at, (left, right)) in left.0.iter().zip(&right.0).enumerate() {
        let order = key_order(left, right)?;
        if order.is_ne() {
            let is_downwards = matches!(keys.get(at), Some(Term::Negated(_)))
                && !left.is_empty()
                && !right.is_empty();
            return Ok(if is_downwards { order.reverse() } else { order });
        }
    }
    Ok(Ordering::Equal)
}

fn key_order(left: &Collection<'_>, right: &Collection<'_>) -> Result<Ordering, EvalError> {
    match (left.items(), right.items()) {
        ([], []) => Ok(Ordering::Equal),
        ([], _) => Ok(Ordering::Less),
        (_, []) => Ok(Ordering::Greater),
        ([left], [right]) => Ok(compare::order("sort", left, right)?.unwrap_or(Ordering::Equal)),
        (left, right) => Err(EvalError::NotSingle("sort", left.len().max(right.len()))),
    }
}

fn of_type<'a>(call: &Call<'_, 'a>) -> Outcome<'a> {
    type_test::cast(call.input, call.type_argument()?, call.evaluator.model)
}

fn is<'a>(call: &Call<'_, 'a>) -> Outcome<'a> {
    let wanted = call.type_argument()?;
    let Some(item) = call.single()? else {
        return Ok(Collection::Empty);
    };
    Ok(type_test::has_type(item, wanted, call.evaluator.model)?.into())
}
