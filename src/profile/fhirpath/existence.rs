//! Functions that ask whether something is there, and how much of it.

use super::EvalError;
use super::call::Call;
use super::evaluate::Outcome;
use super::function::Function;

/// Functions of this group.
pub(super) const FUNCTIONS: &[Function] = &[
    Function::new("exists", (0, 1), exists).plain(),
    Function::new("empty", (0, 0), |call| Ok(call.input.is_empty().into())).plain(),
    Function::new("count", (0, 0), count).plain(),
    Function::new("not", (0, 0), not).plain(),
    Function::new("all", (1, 1), all).plain(),
    Function::new("allTrue", (0, 0), |call| booleans(call, true, false)).plain(),
    Function::new("anyTrue", (0, 0), |call| booleans(call, true, true)).plain(),
    Function::new("allFalse", (0, 0), |call| booleans(call, false, false)).plain(),
    Function::new("anyFalse", (0, 0), |call| booleans(call, false, true)).plain(),
];

fn exists<'a>(call: &Call<'_, 'a>) -> Outcome<'a> {
    if call.term(0).is_none() {
        return Ok((!call.input.is_empty()).into());
    }
    any(call, Some(true)).map(Into::into)
}

fn all<'a>(call: &Call<'_, 'a>) -> Outcome<'a> {
    // Empty is not true, so it ends the search like false.
    let mut doubt = None;
    for (index, item) in call.input.iter().enumerate() {
        match call.accepts(item, index) {
            Ok(Some(true)) => {}
            Ok(_) => return Ok(false.into()),
            Err(error) if error.is_undecided() => doubt = Some(error),
            Err(error) => return Err(error),
        }
    }
    doubt.map_or(Ok(true.into()), Err)
}

/// Whether the criterion gives `wanted` for any item; in doubt only when no other item decides.
fn any(call: &Call<'_, '_>, wanted: Option<bool>) -> Result<bool, EvalError> {
    let mut doubt = None;
    for (index, item) in call.input.iter().enumerate() {
        match call.accepts(item, index) {
            Ok(found) if found == wanted => return Ok(true),
            Ok(_) => {}
            Err(error) if error.is_undecided() => doubt = Some(error),
            Err(error) => return Err(error),
        }
    }
    doubt.map_or(Ok(false), Err)
}

fn count<'a>(call: &Call<'_, 'a>) -> Outcome<'a> {
    Ok(i64::try_from(call.input.len()).ok().into())
}

fn not<'a>(call: &Call<'_, 'a>) -> Outcome<'a> {
    let truth = call.single()?.map(|item| item.boolean().unwrap_or(true));
    Ok(truth.map(|truth| !truth).into())
}

/// Whether any or all booleans of the input are `wanted`.
fn booleans<'a>(call: &Call<'_, 'a>, wanted: bool, any: bool) -> Outcome<'a> {
    for item in call.input {
        let Some(value) = item.boolean() else {
            return Err(call.wrong_type("booleans", item));
        };
        if (value == wanted) == any {
            return Ok(any.into());
        }
    }
    Ok((!any).into())
}
