//! Functions on numbers. What has no real result, or overflows, yields nothing.

use super::EvalError;
use super::call::Call;
use super::collection::Collection;
use super::decimal::Decimal;
use super::evaluate::Outcome;
use super::function::Function;
use super::item::Scalar;
use super::quantity::Quantity;

/// Functions of this group.
pub(super) const FUNCTIONS: &[Function] = &[
    Function::new("abs", (0, 0), abs),
    Function::new("ceiling", (0, 0), |call| {
        whole(call, |number| number.ceiling(0))
    }),
    Function::new("floor", (0, 0), |call| {
        whole(call, |number| number.floor(0))
    }),
    Function::new("truncate", (0, 0), |call| {
        whole(call, |number| Some(number.truncated()))
    }),
    Function::new("round", (0, 1), round),
    Function::new("sqrt", (0, 0), |call| real(call, f64::sqrt)),
    Function::new("exp", (0, 0), |call| real(call, f64::exp)),
    Function::new("ln", (0, 0), |call| real(call, f64::ln)),
    Function::new("log", (1, 1), log),
    Function::new("power", (1, 1), power),
];

/// Digits after the point that are sure to be right in a result of binary arithmetic.
const SURE_PLACES: u32 = 12;
/// Largest exponent that is worked out exactly.
const MOST_FACTORS: i64 = 128;

fn number(call: &Call<'_, '_>) -> Result<Option<Decimal>, EvalError> {
    match (call.single()?, call.scalar()?) {
        (Some(item), Some(scalar)) => match scalar.decimal() {
            None => Err(call.wrong_type("a number", item)),
            number => Ok(number),
        },
        _ => Ok(None),
    }
}

fn argument(call: &Call<'_, '_>) -> Result<Option<Decimal>, EvalError> {
    let Some(item) = call.argument_item(0)? else {
        return Ok(None);
    };
    match item.scalar().and_then(|scalar| scalar.decimal()) {
        None => Err(call.wrong_type("a number", &item)),
        number => Ok(number),
    }
}

fn abs<'a>(call: &Call<'_, 'a>) -> Outcome<'a> {
    match call.scalar()? {
        Some(Scalar::Integer(value)) => Ok(value.checked_abs().into()),
        Some(Scalar::Quantity(quantity)) => Ok(Quantity {
            value: quantity.value.absolute(),
            ..*quantity
        }
        .into()),
        _ => Ok(number(call)?.map(Decimal::absolute).into()),
    }
}

fn whole<'a>(call: &Call<'_, 'a>, change: fn(Decimal) -> Option<Decimal>) -> Outcome<'a> {
    Ok(number(call)?
        .and_then(change)
        .and_then(Decimal::to_whole)
        .into())
}

fn round<'a>(call: &Call<'_, 'a>) -> Outcome<'a> {
    let places = match call.term(0) {
        Some(_) => call.argument_integer(0)?,
        None => Some(0),
    };
    let (Some(number), Some(places)) = (number(call)?, places) else {
        return Ok(Collection::Empty);
    };
    let places = u32::try_from(places).map_err(|_| call.wrong_argument(&places.to_string()))?;
    // Zeros are not added: a number is never more precise for having been rounded.
    Ok(number.rounded(places.min(number.places())).into())
}

fn real<'a>(call: &Call<'_, 'a>, function: fn(f64) -> f64) -> Outcome<'a> {
    Ok(number(call)?
        .and_then(|number| decimal(function(number.to_f64())))
        .into())
}

/// A binary number without the digits that are noise.
fn decimal(value: f64) -> Option<Decimal> {
    let exact = Decimal::from_f64(value)?;
    let near = exact.rounded(SURE_PLACES.min(exact.places()))?;
    Some(near.trimmed())
}

fn log<'a>(call: &Call<'_, 'a>) -> Outcome<'a> {
    let (Some(number), Some(base)) = (number(call)?, argument(call)?) else {
        return Ok(Collection::Empty);
    };
    Ok(decimal(number.to_f64().log(base.to_f64())).into())
}

fn power<'a>(call: &Call<'_, 'a>) -> Outcome<'a> {
    let (Some(base), Some(exponent)) = (number(call)?, argument(call)?) else {
        return Ok(Collection::Empty);
    };
    let factors = exponent
        .to_whole()
        .filter(|factors| (0..=MOST_FACTORS).contains(factors));
    let Some(factors) = factors else {
        return Ok(decimal(base.to_f64().powf(exponent.to_f64())).into());
    };
    let product = (0..factors).try_fold(Decimal::from(1), |product, _| product.multiply(base));
    match (call.scalar()?, product) {
        (Some(Scalar::Integer(_)), Some(product)) => Ok(product.to_whole().into()),
        (_, product) => Ok(product.into()),
    }
}
