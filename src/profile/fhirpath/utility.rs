//! Functions on the tree, on types, on time, and the rest of the language.

use super::call::Call;
use super::collection::Collection;
use super::evaluate::{Outcome, Scope};
use super::function::Function;
use super::item::{Item, Scalar};
use super::moment::{Moment, MomentKind, Precision};

/// Functions of this group.
pub(super) const FUNCTIONS: &[Function] = &[
    Function::new("children", (0, 0), children),
    Function::new("descendants", (0, 0), descendants),
    Function::new("iif", (2, 3), iif),
    Function::new("trace", (1, 2), trace),
    Function::new("type", (0, 0), type_of).typed(),
    Function::new("now", (0, 0), |call| {
        Ok(Moment::from_instant(call.evaluator.now()).into())
    }),
    Function::new("today", (0, 0), today),
    Function::new("timeOfDay", (0, 0), time_of_day),
];

fn children<'a>(call: &Call<'_, 'a>) -> Outcome<'a> {
    let mut found = Collection::Empty;
    for node in call.nodes() {
        node.children(call.evaluator.model, &mut found);
        call.charge(found.len())?;
    }
    Ok(found)
}

/// Level by level, without recursion: a resource may be as deep as it likes.
fn descendants<'a>(call: &Call<'_, 'a>) -> Outcome<'a> {
    let mut found: Vec<Item<'a>> = Vec::new();
    let mut level = Collection::Empty;
    for node in call.nodes() {
        node.children(call.evaluator.model, &mut level);
    }
    found.extend(level);
    let mut at = 0;
    while let Some(item) = found.get(at) {
        let mut level = Collection::Empty;
        if let Item::Node(node) = item {
            node.children(call.evaluator.model, &mut level);
        }
        call.charge(1 + level.len())?;
        found.extend(level);
        at += 1;
    }
    Ok(Collection::Many(found))
}

/// Only the branch that the condition chooses is evaluated; the input's item becomes `$this` in all three.
fn iif<'a>(call: &Call<'_, 'a>) -> Outcome<'a> {
    // Without an input said, the input is what `$this` is.
    let this = match call.input {
        [] => &[],
        [_] => call.input,
        many => return Err(super::EvalError::NotSingle("iif", many.len())),
    };
    let scope = Scope { this, ..call.scope };
    let evaluate = |at: usize| match call.term(at) {
        Some(term) => call.evaluator.evaluate(term, scope),
        None => Ok(Collection::Empty),
    };
    let condition = evaluate(0)?;
    let holds = match condition.items() {
        [] => false,
        [item] => item
            .boolean()
            .ok_or_else(|| call.wrong_type("a boolean", item))?,
        many => return Err(super::EvalError::NotSingle("iif", many.len())),
    };
    evaluate(if holds { 1 } else { 2 })
}

fn trace<'a>(call: &Call<'_, 'a>) -> Outcome<'a> {
    let name = call.argument_text(0)?.unwrap_or_default();
    if call.term(1).is_none() {
        call.evaluator.surroundings.trace(&name, call.input);
        return Ok(call.pass());
    }
    let mut shown = Collection::Empty;
    for (index, item) in call.input.iter().enumerate() {
        shown.append(call.for_each(1, item, index)?);
    }
    call.evaluator.surroundings.trace(&name, shown.items());
    Ok(call.pass())
}

fn type_of<'a>(call: &Call<'_, 'a>) -> Outcome<'a> {
    let types = call.input.iter().map(|item| {
        let (namespace, name) = item.type_name();
        Item::Scalar(Scalar::Type(namespace, name))
    });
    Ok(types.collect())
}

fn today<'a>(call: &Call<'_, 'a>) -> Outcome<'a> {
    let now = Moment::from_instant(call.evaluator.now());
    Ok(now
        .map(|now| Moment {
            kind: MomentKind::Date,
            precision: Precision::Day,
            offset: None,
            ..now
        })
        .into())
}

fn time_of_day<'a>(call: &Call<'_, 'a>) -> Outcome<'a> {
    let now = Moment::from_instant(call.evaluator.now());
    Ok(now
        .map(|now| Moment {
            kind: MomentKind::Time,
            offset: None,
            ..now
        })
        .into())
}
