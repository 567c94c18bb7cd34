//! Functions that take some items of a collection by their position.

use super::EvalError;
use super::call::Call;
use super::collection::Collection;
use super::evaluate::Outcome;
use super::function::Function;
use super::item::Item;

/// Functions of this group.
pub(super) const FUNCTIONS: &[Function] = &[
    Function::new("single", (0, 0), |call| Ok(call.single()?.cloned().into())),
    Function::new("first", (0, 0), |call| {
        Ok(call.input.first().cloned().into())
    }),
    Function::new("last", (0, 0), |call| Ok(call.input.last().cloned().into())),
    Function::new("tail", (0, 0), |call| Ok(slice(call.input, 1, usize::MAX))),
    Function::new("skip", (1, 1), skip),
    Function::new("take", (1, 1), take),
];

fn skip<'a>(call: &Call<'_, 'a>) -> Outcome<'a> {
    Ok(slice(call.input, number(call)?, usize::MAX))
}

fn take<'a>(call: &Call<'_, 'a>) -> Outcome<'a> {
    Ok(slice(call.input, 0, number(call)?))
}

fn slice<'a>(items: &[Item<'a>], skipped: usize, taken: usize) -> Collection<'a> {
    items.iter().skip(skipped).take(taken).cloned().collect()
}

/// The argument; less than none is none.
fn number(call: &Call<'_, '_>) -> Result<usize, EvalError> {
    let number = call.argument_integer(0)?;
    let number = number.ok_or(EvalError::NotSingle(call.name(), 0))?;
    Ok(usize::try_from(number.max(0)).unwrap_or(usize::MAX))
}
