//! Functions and operators on whole collections: union, intersection, distinctness.

use super::EvalError;
use super::call::Call;
use super::collection::Collection;
use super::compare::equal_items;
use super::evaluate::{Evaluator, Outcome};
use super::function::Function;
use super::item::Item;
use std::collections::HashSet;

/// Functions of this group.
pub(super) const FUNCTIONS: &[Function] = &[
    Function::new("union", (1, 1), union),
    Function::new("combine", (1, 1), combine),
    Function::new("intersect", (1, 1), intersect),
    Function::new("exclude", (1, 1), exclude),
    Function::new("distinct", (0, 0), distinct),
    Function::new("isDistinct", (0, 0), is_distinct).plain(),
    Function::new("subsetOf", (1, 1), subset_of).plain(),
    Function::new("supersetOf", (1, 1), superset_of).plain(),
];

/// From this many items on, texts are looked up by hash.
const MANY: usize = 16;

/// Items that are told apart by equality. Texts are hashed, so that large collections stay cheap.
struct Distinct<'e, 'a> {
    evaluator: &'e Evaluator<'a>,
    items: Vec<Item<'a>>,
    /// The texts among the items, once there are many.
    texts: HashSet<String>,
    has_other: bool,
}

impl<'e, 'a> Distinct<'e, 'a> {
    fn new(evaluator: &'e Evaluator<'a>) -> Self {
        Self {
            evaluator,
            items: Vec::new(),
            texts: HashSet::new(),
            has_other: false,
        }
    }

    /// Adds an item unless it is there already; whether it was added.
    fn add(&mut self, item: Item<'a>) -> Result<bool, EvalError> {
        let text = plain_text(&item);
        self.has_other |= text.is_none();
        if let Some(text) = text.filter(|_| self.items.len() >= MANY && !self.has_other) {
            self.evaluator.charge(1 + text.len() / 16)?;
            if self.texts.is_empty() {
                let texts = self.items.iter().filter_map(plain_text);
                self.texts = texts.map(str::to_owned).collect();
            }
            if !self.texts.insert(text.to_owned()) {
                return Ok(false);
            }
        } else if is_in(self.evaluator, &item, &self.items)? {
            return Ok(false);
        }
        self.items.push(item);
        Ok(true)
    }
}

/// A text that equals only the same text, unlike that of a date.
fn plain_text<'i>(item: &'i Item<'_>) -> Option<&'i str> {
    let own = item.node().and_then(|node| node.type_name);
    let is_moment = matches!(own, Some("date" | "dateTime" | "instant" | "time"));
    item.text().filter(|_| !is_moment)
}

/// Whether an item equals one of a collection.
pub(super) fn is_in<'a>(
    evaluator: &Evaluator<'a>,
    item: &Item<'a>,
    collection: &[Item<'a>],
) -> Result<bool, EvalError> {
    for other in collection {
        if equal_items(evaluator, item, other)? == Some(true) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Both collections, each item once.
pub(super) fn merge<'a>(
    evaluator: &Evaluator<'a>,
    left: Collection<'a>,
    right: Collection<'a>,
) -> Outcome<'a> {
    let mut found = Distinct::new(evaluator);
    for item in left.into_iter().chain(right) {
        found.add(item)?;
    }
    Ok(found.items.into_iter().collect())
}

fn union<'a>(call: &Call<'_, 'a>) -> Outcome<'a> {
    merge(call.evaluator, call.pass(), call.argument(0)?)
}

fn combine<'a>(call: &Call<'_, 'a>) -> Outcome<'a> {
    let mut all = call.pass();
    all.append(call.argument(0)?);
    Ok(all)
}

fn intersect<'a>(call: &Call<'_, 'a>) -> Outcome<'a> {
    let others = call.argument(0)?;
    let mut found = Distinct::new(call.evaluator);
    for item in call.input {
        if is_in(call.evaluator, item, others.items())? {
            found.add(item.clone())?;
        }
    }
    Ok(found.items.into_iter().collect())
}

fn exclude<'a>(call: &Call<'_, 'a>) -> Outcome<'a> {
    let others = call.argument(0)?;
    let mut rest = Collection::Empty;
    for item in call.input {
        if !is_in(call.evaluator, item, others.items())? {
            rest.push(item.clone());
        }
    }
    Ok(rest)
}

fn distinct<'a>(call: &Call<'_, 'a>) -> Outcome<'a> {
    merge(call.evaluator, call.pass(), Collection::Empty)
}

fn is_distinct<'a>(call: &Call<'_, 'a>) -> Outcome<'a> {
    let mut found = Distinct::new(call.evaluator);
    for item in call.input {
        if !found.add(item.clone())? {
            return Ok(false.into());
        }
    }
    Ok(true.into())
}

fn subset_of<'a>(call: &Call<'_, 'a>) -> Outcome<'a> {
    let others = call.argument(0)?;
    contains_all(call, others.items(), call.input)
}

fn superset_of<'a>(call: &Call<'_, 'a>) -> Outcome<'a> {
    let others = call.argument(0)?;
    contains_all(call, call.input, others.items())
}

fn contains_all<'a>(call: &Call<'_, 'a>, all: &[Item<'a>], some: &[Item<'a>]) -> Outcome<'a> {
    for item in some {
        if !is_in(call.evaluator, item, all)? {
            return Ok(false.into());
        }
    }
    Ok(true.into())
}
