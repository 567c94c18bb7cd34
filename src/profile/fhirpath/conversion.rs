//! Functions that turn values of one type into another: `toX()` and `convertsToX()`.

use super::call::Call;
use super::collection::Collection;
use super::decimal::Decimal;
use super::evaluate::Outcome;
use super::function::Function;
use super::item::Scalar;
use super::moment::{Moment, MomentKind, Precision};
use super::quantity::Quantity;
use std::borrow::Cow;

/// Functions of this group.
pub(super) const FUNCTIONS: &[Function] = &[
    Function::new("toBoolean", (0, 0), |call| convert(call, boolean)).typed(),
    Function::new("convertsToBoolean", (0, 0), |call| converts(call, boolean)).typed(),
    Function::new("toInteger", (0, 0), |call| convert(call, integer)).plain(),
    Function::new("convertsToInteger", (0, 0), |call| converts(call, integer)).plain(),
    Function::new("toDecimal", (0, 0), |call| convert(call, decimal)).typed(),
    Function::new("convertsToDecimal", (0, 0), |call| converts(call, decimal)).typed(),
    Function::new("toString", (0, 0), |call| convert(call, text)).typed(),
    Function::new("convertsToString", (0, 0), |call| converts(call, text)).typed(),
    Function::new("toDate", (0, 0), |call| convert(call, date)).typed(),
    Function::new("convertsToDate", (0, 0), |call| converts(call, date)).typed(),
    Function::new("toDateTime", (0, 0), |call| convert(call, date_time)).typed(),
    Function::new("convertsToDateTime", (0, 0), |call| {
        converts(call, date_time)
    })
    .typed(),
    Function::new("toTime", (0, 0), |call| convert(call, time)).typed(),
    Function::new("convertsToTime", (0, 0), |call| converts(call, time)).typed(),
    Function::new("toQuantity", (0, 1), to_quantity).typed(),
    Function::new("convertsToQuantity", (0, 1), |call| {
        Ok(match call.single()? {
            None => Collection::Empty,
            Some(_) => (!to_quantity(call)?.is_empty()).into(),
        })
    })
    .typed(),
];

type Converter = for<'a> fn(Scalar<'a>) -> Option<Scalar<'a>>;

fn convert<'a>(call: &Call<'_, 'a>, converter: Converter) -> Outcome<'a> {
    Ok(call.scalar()?.and_then(converter).into())
}

/// Whether it can be converted; nothing for nothing.
fn converts<'a>(call: &Call<'_, 'a>, converter: Converter) -> Outcome<'a> {
    Ok(match call.single()? {
        None => Collection::Empty,
        Some(item) => item.scalar().and_then(converter).is_some().into(),
    })
}

fn boolean(scalar: Scalar<'_>) -> Option<Scalar<'_>> {
    let value = match &scalar {
        Scalar::Boolean(value) => Some(*value),
        Scalar::Integer(_) | Scalar::Decimal(_) => {
            let number = scalar.decimal()?;
            let is_one = number == 1.into();
            (is_one || number.is_zero()).then_some(is_one)
        }
        Scalar::String(text) => match text.to_ascii_lowercase().as_str() {
            "true" | "t" | "yes" | "y" | "1" | "1.0" => Some(true),
            "false" | "f" | "no" | "n" | "0" | "0.0" => Some(false),
            _ => None,
        },
        _ => None,
    };
    value.map(Scalar::Boolean)
}

fn integer(scalar: Scalar<'_>) -> Option<Scalar<'_>> {
    let value = match &scalar {
        Scalar::Integer(value) => Some(*value),
        Scalar::Boolean(value) => Some(i64::from(*value)),
        Scalar::String(text) => whole(text),
        _ => None,
    };
    value.map(Scalar::Integer)
}

fn whole(text: &str) -> Option<i64> {
    Decimal::parse(text)
        .filter(|_| !text.contains('.'))?
        .to_whole()
}

fn decimal(scalar: Scalar<'_>) -> Option<Scalar<'_>> {
    let value = match &scalar {
        Scalar::Boolean(value) => Some(i64::from(*value).into()),
        Scalar::String(text) => Decimal::parse(text),
        _ => scalar.decimal(),
    };
    value.map(Scalar::Decimal)
}

fn text(scalar: Scalar<'_>) -> Option<Scalar<'_>> {
    Some(match scalar {
        Scalar::String(_) => scalar,
        Scalar::Type(..) => return None,
        other => Scalar::String(Cow::Owned(other.to_string())),
    })
}

fn date(scalar: Scalar<'_>) -> Option<Scalar<'_>> {
    let found = match scalar {
        Scalar::Moment(moment) if moment.kind == MomentKind::Date => Some(moment),
        Scalar::Moment(moment) if moment.kind == MomentKind::DateTime => Moment::date_only(moment),
        Scalar::String(text) => Moment::date_time(&text).and_then(Moment::date_only),
        _ => None,
    };
    found.map(Scalar::Moment)
}

fn date_time(scalar: Scalar<'_>) -> Option<Scalar<'_>> {
    let found = match scalar {
        Scalar::Moment(moment) if moment.kind != MomentKind::Time => Some(Moment {
            kind: MomentKind::DateTime,
            ..moment
        }),
        Scalar::String(text) => Moment::date_time(&text),
        _ => None,
    };
    found.map(Scalar::Moment)
}

fn time(scalar: Scalar<'_>) -> Option<Scalar<'_>> {
    let found = match scalar {
        Scalar::Moment(moment) if moment.kind == MomentKind::Time => Some(moment),
        Scalar::String(text) => Moment::time(&text),
        _ => None,
    };
    found.map(Scalar::Moment)
}

/// The quantity; with a unit as argument, in that unit if it can be compared.
fn to_quantity<'a>(call: &Call<'_, 'a>) -> Outcome<'a> {
    let found = match call.scalar()? {
        None => None,
        Some(Scalar::Quantity(quantity)) => Some(*quantity),
        Some(Scalar::String(text)) => Quantity::parse(&text),
        Some(Scalar::Boolean(value)) => Some(Quantity::new(i64::from(value).into(), String::new())),
        Some(other) => other
            .decimal()
            .map(|value| Quantity::new(value, String::new())),
    };
    let (Some(quantity), Some(unit)) = (&found, call.argument_text(0)?) else {
        return Ok(found.into());
    };
    Ok(quantity.converted(&unit).into())
}

impl Moment {
    /// Its date, without the time.
    fn date_only(self) -> Option<Self> {
        Some(Self {
            kind: MomentKind::Date,
            precision: self.precision.min(Precision::Day),
            offset: None,
            ..self
        })
    }
}
