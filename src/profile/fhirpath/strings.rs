//! Functions on texts. Positions and lengths count characters.

use super::EvalError;
use super::call::Call;
use super::collection::Collection;
use super::encoding;
use super::evaluate::Outcome;
use super::function::Function;
use super::item::Item;
use regex::{Regex, RegexBuilder};
use std::borrow::Cow;

/// Functions of this group.
pub(super) const FUNCTIONS: &[Function] = &[
    Function::new("indexOf", (1, 1), |call| {
        find(call, |text, part| text.find(part))
    })
    .plain(),
    Function::new("lastIndexOf", (1, 1), |call| {
        find(call, |text, part| text.rfind(part))
    })
    .plain(),
    Function::new("substring", (1, 2), substring),
    Function::new("startsWith", (1, 1), |call| {
        test(call, |text, part| text.starts_with(part))
    })
    .plain(),
    Function::new("endsWith", (1, 1), |call| {
        test(call, |text, part| text.ends_with(part))
    })
    .plain(),
    Function::new("contains", (1, 1), |call| {
        test(call, |text, part| text.contains(part))
    })
    .plain(),
    Function::new("upper", (0, 0), |call| map(call, str::to_uppercase)),
    Function::new("lower", (0, 0), |call| map(call, str::to_lowercase)),
    Function::new("trim", (0, 0), |call| {
        map(call, |text| text.trim().to_owned())
    }),
    Function::new("length", (0, 0), length).plain(),
    Function::new("toChars", (0, 0), to_chars),
    Function::new("replace", (2, 2), replace),
    Function::new("matches", (1, 1), |call| matches(call, false)).plain(),
    Function::new("matchesFull", (1, 1), |call| matches(call, true)).plain(),
    Function::new("replaceMatches", (2, 2), replace_matches),
    Function::new("split", (1, 1), split),
    Function::new("join", (0, 1), join),
    Function::new("encode", (1, 1), |call| recode(call, encoding::encode)),
    Function::new("decode", (1, 1), |call| recode(call, encoding::decode)),
    Function::new("escape", (1, 1), |call| recode(call, encoding::escape)),
    Function::new("unescape", (1, 1), |call| recode(call, encoding::unescape)),
];

/// Largest compiled pattern, in bytes.
const LARGEST_PATTERN: usize = 4 << 20;

/// Input and first argument, unless either is empty.
fn both<'c, 'a>(call: &Call<'c, 'a>) -> Result<Option<(&'c str, Cow<'a, str>)>, EvalError> {
    let (Some(text), Some(argument)) = (call.text()?, call.argument_text(0)?) else {
        return Ok(None);
    };
    call.charge(text.len() / 64)?;
    Ok(Some((text, argument)))
}

fn test<'a>(call: &Call<'_, 'a>, holds: fn(&str, &str) -> bool) -> Outcome<'a> {
    Ok(both(call)?.map(|(text, part)| holds(text, &part)).into())
}

fn map<'a>(call: &Call<'_, 'a>, change: fn(&str) -> String) -> Outcome<'a> {
    match call.text()? {
        Some(text) => call.made(change(text)),
        None => Ok(Collection::Empty),
    }
}

fn find<'a>(call: &Call<'_, 'a>, search: fn(&str, &str) -> Option<usize>) -> Outcome<'a> {
    let Some((text, part)) = both(call)? else {
        return Ok(Collection::Empty);
    };
    let position = search(text, &part).map(|at| text[..at].chars().count());
    Ok(position
        .map_or(Some(-1), |at| i64::try_from(at).ok())
        .into())
}

fn length<'a>(call: &Call<'_, 'a>) -> Outcome<'a> {
    let Some(text) = call.text()? else {
        return Ok(Collection::Empty);
    };
    call.charge(text.len() / 64)?;
    Ok(i64::try_from(text.chars().count()).ok().into())
}

/// From a position outside the text nothing can be taken.
fn substring<'a>(call: &Call<'_, 'a>) -> Outcome<'a> {
    let (Some(text), Some(start)) = (call.text()?, call.argument_integer(0)?) else {
        return Ok(Collection::Empty);
    };
    let most = match call.term(1) {
        Some(_) => call.argument_integer(1)?.unwrap_or(i64::MAX),
        None => i64::MAX,
    };
    call.charge(text.len() / 64)?;
    let count = |number: i64| usize::try_from(number.max(0)).unwrap_or(usize::MAX);
    let mut rest = text.chars().skip(count(start)).peekable();
    if start < 0 || rest.peek().is_none() {
        return Ok(Collection::Empty);
    }
    call.made(rest.take(count(most)).collect())
}

fn to_chars<'a>(call: &Call<'_, 'a>) -> Outcome<'a> {
    let text = call.text()?.unwrap_or_default();
    call.charge(text.len())?;
    Ok(text
        .chars()
        .map(|character| Item::from(character.to_string()))
        .collect())
}

fn replace<'a>(call: &Call<'_, 'a>) -> Outcome<'a> {
    let (Some((text, part)), Some(by)) = (both(call)?, call.argument_text(1)?) else {
        return Ok(Collection::Empty);
    };
    count_replacement(call, text, &by)?;
    call.made(text.replace(&*part, &by))
}

/// Whether the pattern is found anywhere, or matches the whole text.
fn matches<'a>(call: &Call<'_, 'a>, is_full: bool) -> Outcome<'a> {
    let Some((text, pattern)) = both(call)? else {
        return Ok(Collection::Empty);
    };
    let pattern = if is_full {
        Cow::Owned(format!("^(?:{pattern})$"))
    } else {
        pattern
    };
    with_pattern(call, &pattern, |regex| Ok(regex.is_match(text).into()))
}

fn replace_matches<'a>(call: &Call<'_, 'a>) -> Outcome<'a> {
    let (Some((text, pattern)), Some(by)) = (both(call)?, call.argument_text(1)?) else {
        return Ok(Collection::Empty);
    };
    if pattern.is_empty() {
        return call.made(text.to_owned());
    }
    count_replacement(call, text, &by)?;
    with_pattern(call, &pattern, |regex| {
        call.made(regex.replace_all(text, &*by).into_owned())
    })
}

/// Counts as work what a replacement could make: a little of it for every character, or all of the text for
/// every group in it.
fn count_replacement(call: &Call<'_, '_>, text: &str, by: &str) -> Result<(), EvalError> {
    call.charge((text.len() + 1).saturating_mul(by.len() + 1) / 4)
}

/// Compiles the pattern, a literal one once for all evaluations.
fn with_pattern<'a>(
    call: &Call<'_, 'a>,
    pattern: &str,
    act: impl FnOnce(&Regex) -> Outcome<'a>,
) -> Outcome<'a> {
    let invalid = || EvalError::Pattern(pattern.chars().take(80).collect());
    if let Some(super::term::Term::Literal(_)) = call.term(0) {
        let compiled = call.invocation.pattern.get_or_init(|| compile(pattern));
        return act(compiled.as_ref().ok_or_else(invalid)?);
    }
    call.charge(1000 + pattern.len() * 100)?;
    act(&compile(pattern).ok_or_else(invalid)?)
}

fn compile(pattern: &str) -> Option<Regex> {
    let mut builder = RegexBuilder::new(pattern);
    // FHIRPath wants single-line mode: a dot matches a line break, too.
    builder.dot_matches_new_line(true);
    builder
        .size_limit(LARGEST_PATTERN)
        .dfa_size_limit(LARGEST_PATTERN);
    builder.nest_limit(50).build().ok()
}

fn split<'a>(call: &Call<'_, 'a>) -> Outcome<'a> {
    let Some((text, separator)) = both(call)? else {
        return Ok(Collection::Empty);
    };
    if separator.is_empty() {
        return to_chars(call);
    }
    call.charge(text.len())?;
    Ok(text
        .split(&*separator)
        .map(|part| Item::from(part.to_owned()))
        .collect())
}

fn join<'a>(call: &Call<'_, 'a>) -> Outcome<'a> {
    let separator = call.argument_text(0)?.unwrap_or_default();
    let mut joined = String::new();
    let mut is_first = true;
    for item in call.input {
        let text = item
            .text()
            .ok_or_else(|| call.wrong_type("strings", item))?;
        if !std::mem::take(&mut is_first) {
            joined += &separator;
        }
        joined += text;
        call.charge((text.len() + separator.len()) / 16)?;
    }
    Ok(if call.input.is_empty() {
        Collection::Empty
    } else {
        joined.into()
    })
}

/// Applies an encoding that the argument names. What cannot be decoded yields nothing.
fn recode<'a>(
    call: &Call<'_, 'a>,
    change: fn(&str, &str) -> Result<Option<String>, encoding::Unknown>,
) -> Outcome<'a> {
    let Some((text, format)) = both(call)? else {
        return Ok(Collection::Empty);
    };
    match change(text, &format) {
        Ok(Some(changed)) => call.made(changed),
        Ok(None) => Ok(Collection::Empty),
        Err(encoding::Unknown) => Err(call.wrong_argument(&format)),
    }
}
