//! Functions on precision: how precise a value is, and the least and the greatest value it may stand for.

use super::call::Call;
use super::collection::Collection;
use super::decimal::Decimal;
use super::evaluate::Outcome;
use super::function::Function;
use super::item::{Item, Scalar};
use super::moment::{Moment, MomentKind, Precision};
use super::quantity::Quantity;
use time::Month;

/// Functions of this group.
pub(super) const FUNCTIONS: &[Function] = &[
    Function::new("lowBoundary", (0, 1), |call| boundary(call, false)).typed(),
    Function::new("highBoundary", (0, 1), |call| boundary(call, true)).typed(),
    Function::new("precision", (0, 0), precision).typed(),
    Function::new("comparable", (1, 1), comparable).typed(),
];

/// Digits after the point that a boundary of a decimal has, unless said otherwise.
const PLACES: i64 = 8;
/// The most it can have.
const MOST_PLACES: u32 = 28;

fn boundary<'a>(call: &Call<'_, 'a>, is_high: bool) -> Outcome<'a> {
    let Some(scalar) = call.scalar()? else {
        return Ok(Collection::Empty);
    };
    let digits = call.argument_integer(0)?;
    Ok(match scalar {
        Scalar::Moment(moment) => moment.boundary(digits, is_high).into(),
        Scalar::Quantity(quantity) => decimal_boundary(quantity.value, digits, is_high)
            .map(|value| Quantity { value, ..*quantity })
            .into(),
        other => match (other.decimal(), call.single()?) {
            (Some(value), _) => decimal_boundary(value, digits, is_high).into(),
            (None, Some(item)) => return Err(call.wrong_type("a number, date or time", item)),
            (None, None) => Collection::Empty,
        },
    })
}

/// Half a unit of the last digit away, and away from the value at the precision asked for.
fn decimal_boundary(value: Decimal, digits: Option<i64>, is_high: bool) -> Option<Decimal> {
    let places = u32::try_from(digits.unwrap_or(PLACES))
        .ok()
        .filter(|places| *places <= MOST_PLACES)?;
    let half = Decimal::new(5, value.places() + 1);
    if is_high {
        value.add(half)?.ceiling(places)
    } else {
        value.subtract(half)?.floor(places)
    }
}

fn precision<'a>(call: &Call<'_, 'a>) -> Outcome<'a> {
    let digits = match call.scalar()? {
        None => return Ok(Collection::Empty),
        Some(Scalar::Moment(moment)) => moment.digits(),
        Some(Scalar::Quantity(quantity)) => i64::from(quantity.value.places()),
        Some(other) => match (other.decimal(), call.single()?) {
            (Some(value), _) => i64::from(value.places()),
            (None, Some(item)) => return Err(call.wrong_type("a number, date or time", item)),
            (None, None) => return Ok(Collection::Empty),
        },
    };
    Ok(digits.into())
}

fn comparable<'a>(call: &Call<'_, 'a>) -> Outcome<'a> {
    let argument = call.argument_item(0)?;
    let (Some(left), Some(right)) = (call.single()?, &argument) else {
        return Ok(Collection::Empty);
    };
    match (left.scalar(), argument.as_ref().and_then(Item::scalar)) {
        (Some(Scalar::Quantity(left)), Some(Scalar::Quantity(right))) => {
            Ok(left.is_comparable(&right).into())
        }
        (Some(Scalar::Quantity(_)), _) => Err(call.wrong_type("a quantity", right)),
        _ => Err(call.wrong_type("a quantity", left)),
    }
}

impl Moment {
    /// How many digits it has: 4 for a year, 8 for a day, 17 for a millisecond of a day.
    fn digits(self) -> i64 {
        let date = if self.kind == MomentKind::Time { 8 } else { 0 };
        let digits = match self.precision {
            Precision::Year => 4,
            Precision::Month => 6,
            Precision::Day => 8,
            Precision::Hour => 10,
            Precision::Minute => 12,
            Precision::Second => 14 + i64::from(self.fraction),
        };
        digits - date
    }

    /// The first or last moment it may stand for, with so many digits.
    fn boundary(self, digits: Option<i64>, is_high: bool) -> Option<Self> {
        let (date, most) = match self.kind {
            MomentKind::Date => (0, 8),
            MomentKind::DateTime => (0, 17),
            MomentKind::Time => (8, 9),
        };
        let digits = digits.unwrap_or(most);
        if digits > most {
            return None;
        }
        let precision = match digits + date {
            4 => Precision::Year,
            6 => Precision::Month,
            8 => Precision::Day,
            10 => Precision::Hour,
            12 => Precision::Minute,
            14 | 17 => Precision::Second,
            _ => return None,
        };
        let mut filled = self;
        let lacks = |level: Precision| self.precision < level;
        if is_high && self.kind != MomentKind::Time {
            if lacks(Precision::Month) {
                filled.month = 12;
            }
            if lacks(Precision::Day) {
                filled.day = Month::try_from(filled.month).ok()?.length(self.year);
            }
        }
        if is_high && lacks(Precision::Hour) {
            filled.hour = 23;
        }
        if is_high && lacks(Precision::Minute) {
            filled.minute = 59;
        }
        if is_high && lacks(Precision::Second) {
            filled.second = 59;
        }
        if is_high && self.fraction < 3 {
            // The rest of the second, to the millisecond.
            let unit = 10_u32.pow(9 - u32::from(self.fraction));
            filled.nanosecond += unit - 1_000_000;
        }
        filled.precision = precision;
        filled.fraction = if digits + date == 17 { 3 } else { 0 };
        if precision < Precision::Hour {
            filled.offset = None;
        } else if self.kind == MomentKind::DateTime && self.offset.is_none() {
            filled.offset = Some(if is_high { -12 * 60 } else { 14 * 60 });
        }
        Some(filled)
    }
}
