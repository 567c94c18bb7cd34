//! Quantities: a number with a UCUM unit or a unit of the calendar.

use super::decimal::Decimal;
use super::duration::{CalendarUnit, Length};
use super::unit::Unit;
use serde_json::Value;
use std::cmp::Ordering;

/// A number and its unit.
#[derive(Clone, Debug)]
pub struct Quantity {
    /// The number.
    pub value: Decimal,
    /// UCUM code, or the word of a calendar unit.
    pub unit: String,
    /// Whether the unit is a word such as `days`.
    pub is_calendar: bool,
}

/// How two quantities compare.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Comparison {
    /// In one unit.
    Ordered(Ordering),
    /// They measure different things.
    Incomparable,
    /// A calendar year is not always as long as UCUM's, a month neither.
    Open,
}

/// Whether a word behind a number makes it a calendar quantity.
pub(super) fn is_calendar_word(word: &str) -> bool {
    CalendarUnit::of_word(word).is_some()
}

impl Quantity {
    /// With a UCUM unit.
    #[must_use]
    pub fn new(value: Decimal, unit: String) -> Self {
        Self {
            value,
            unit: if unit.is_empty() {
                "1".to_owned()
            } else {
                unit
            },
            is_calendar: false,
        }
    }

    /// With a calendar unit.
    pub(super) fn calendar(value: Decimal, word: &str) -> Self {
        Self {
            value,
            unit: word.to_owned(),
            is_calendar: true,
        }
    }

    /// The quantity that a FHIR Quantity, or a type derived from it, stands for. None without a value or
    /// with a comparator.
    pub(super) fn of_element(element: &Value) -> Option<Self> {
        let element = element.as_object()?;
        let text = |name: &str| element.get(name).and_then(Value::as_str);
        let value = match element.get("value")? {
            Value::Number(number) => Decimal::from_number(number)?,
            _ => return None,
        };
        if element.contains_key("comparator") {
            return None;
        }
        let unit = match (text("system"), text("code")) {
            (Some("http://unitsofmeasure.org"), Some(code)) => code.to_owned(),
            // A code of another system is comparable with itself only.
            (Some(system), Some(code)) => format!("{system}|{code}"),
            _ => text("unit").unwrap_or("1").to_owned(),
        };
        Some(Self::new(value, unit))
    }

    /// Reads `1.5`, `1.5 'mg'` or `4 days`.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (number, unit) = match text.trim().split_once(char::is_whitespace) {
            Some((number, unit)) => (number, unit.trim()),
            None => (text.trim(), "'1'"),
        };
        let value = Decimal::parse(number)?;
        if let Some(code) = unit.strip_prefix('\'') {
            let code = code.strip_suffix('\'').filter(|code| !code.is_empty())?;
            return Some(Self::new(value, code.to_owned()));
        }
        is_calendar_word(unit).then(|| Self::calendar(value, unit))
    }

    /// Its unit, when it is one of the calendar or exactly as long as one.
    pub(super) fn calendar_unit(&self) -> Option<CalendarUnit> {
        if self.is_calendar {
            return CalendarUnit::of_word(&self.unit);
        }
        // `1 'month'` is no UCUM, but what is meant cannot be mistaken.
        CalendarUnit::of_code(&self.unit).or_else(|| CalendarUnit::of_word(&self.unit))
    }

    fn is_year_or_month(&self) -> bool {
        if self.is_calendar {
            let length = CalendarUnit::of_word(&self.unit).map(CalendarUnit::length);
            return matches!(length, Some(Length::Months(_)));
        }
        matches!(self.unit.as_str(), "a" | "mo")
    }

    /// Which is more.
    pub(super) fn compare(&self, other: &Self) -> Comparison {
        if self.unit == other.unit && self.is_calendar == other.is_calendar {
            return Comparison::Ordered(self.value.cmp(&other.value));
        }
        if self.is_year_or_month()
            && other.is_year_or_month()
            && self.is_calendar != other.is_calendar
        {
            return Comparison::Open;
        }
        let ordered = self
            .in_one_unit(other)
            .map(|(left, right)| left.cmp(&right));
        ordered.map_or(Comparison::Incomparable, Comparison::Ordered)
    }

    /// The order of two elements of type Quantity, in one unit; none when they cannot be compared.
    #[must_use]
    pub fn order(one: &Value, other: &Value) -> Option<Ordering> {
        match Self::of_element(one)?.compare(&Self::of_element(other)?) {
            Comparison::Ordered(order) => Some(order),
            Comparison::Incomparable | Comparison::Open => None,
        }
    }

    /// Whether the two are equal when rounded to the less precise; years and months count as UCUM's.
    pub(super) fn is_equivalent(&self, other: &Self) -> bool {
        let (mut left, mut right) = (self.value, other.value);
        if self.unit != other.unit {
            let plain = |unit: &str| match unit.strip_suffix('s').unwrap_or(unit) {
                "year" | "a" => Some("a"),
                "month" | "mo" => Some("mo"),
                _ => None,
            };
            if plain(&self.unit).is_none() || plain(&self.unit) != plain(&other.unit) {
                // In the unit of the less precise.
                let (coarse, fine) = if left.places() <= right.places() {
                    (self, other)
                } else {
                    (other, self)
                };
                let Some(converted) = fine.value_in(coarse) else {
                    return false;
                };
                (left, right) = (coarse.value, converted);
                return left.rounded(left.places()) == right.rounded(left.places());
            }
        }
        let places = left.places().min(right.places());
        (left, right) = match (left.rounded(places), right.rounded(places)) {
            (Some(left), Some(right)) => (left, right),
            _ => return false,
        };
        left == right
    }

    /// Both values in the smallest unit the two share.
    fn in_one_unit(&self, other: &Self) -> Option<(Decimal, Decimal)> {
        if let (Some(left), Some(right)) = (self.calendar_unit(), other.calendar_unit()) {
            let (left, right) = match (left.length(), right.length()) {
                (Length::Months(left), Length::Months(right))
                | (Length::Milliseconds(left), Length::Milliseconds(right)) => (left, right),
                _ => return None,
            };
            return Some((
                self.value.multiply(left.into())?,
                other.value.multiply(right.into())?,
            ));
        }
        let (left, right) = (self.ucum()?, other.ucum()?);
        if left.dimensions != right.dimensions {
            return None;
        }
        let scaled = |value: Decimal, by: Decimal, and: Decimal| value.multiply(by)?.multiply(and);
        Some((
            scaled(self.value, left.numerator, right.denominator)?,
            scaled(other.value, right.numerator, left.denominator)?,
        ))
    }

    /// Its value in the unit of another.
    fn value_in(&self, other: &Self) -> Option<Decimal> {
        let one = Self {
            value: 1.into(),
            ..other.clone()
        };
        let (value, one) = self.in_one_unit(&one)?;
        value.divide(one)
    }

    /// The same in another unit; none when the units measure different things.
    pub(super) fn converted(&self, unit: &str) -> Option<Self> {
        let one = Decimal::from(1);
        let target = if is_calendar_word(unit) {
            Self::calendar(one, unit)
        } else {
            Self::new(one, unit.to_owned())
        };
        let value = self.value_in(&target)?;
        Some(Self { value, ..target })
    }

    fn ucum(&self) -> Option<Unit> {
        if !self.is_calendar {
            return Unit::parse(&self.unit);
        }
        match self.calendar_unit()?.length() {
            Length::Months(_) => None,
            Length::Milliseconds(length) => Some(Unit {
                numerator: Decimal::new(i128::from(length), 3),
                ..Unit::parse("s")?
            }),
        }
    }

    /// Whether the two can be compared at all.
    pub(super) fn is_comparable(&self, other: &Self) -> bool {
        self.unit == other.unit || self.in_one_unit(other).is_some()
    }

    /// The sum or difference, in the unit of the first.
    pub(super) fn add(&self, other: &Self, is_minus: bool) -> Option<Self> {
        let added = if self.unit == other.unit && self.is_calendar == other.is_calendar {
            other.value
        } else {
            other.value_in(self)?
        };
        let added = if is_minus { added.negate() } else { added };
        Some(Self {
            value: self.value.add(added)?,
            ..self.clone()
        })
    }

    /// The product; its unit is the product of the units.
    pub(super) fn multiply(&self, other: &Self) -> Option<Self> {
        let unit = match (self.unit.as_str(), other.unit.as_str()) {
            ("1", unit) | (unit, "1") => unit.to_owned(),
            (left, right) => format!("{}.{}", bracketed(left), bracketed(right)),
        };
        let is_calendar = self.is_calendar || other.is_calendar;
        let is_plain = self.unit == "1" || other.unit == "1";
        (is_plain || !is_calendar).then_some(Self {
            value: self.value.multiply(other.value)?,
            unit,
            is_calendar,
        })
    }

    /// The quotient; its unit is the quotient of the units.
    pub(super) fn divide(&self, other: &Self) -> Option<Self> {
        let value = self.value.divide(other.value)?;
        let (unit, is_calendar) = match (self.unit.as_str(), other.unit.as_str()) {
            (left, right) if left == right => ("1".to_owned(), false),
            (left, "1") => (left.to_owned(), self.is_calendar),
            _ if self.is_calendar || other.is_calendar => {
                let value = self.value_in(&Self {
                    value: 1.into(),
                    ..other.clone()
                });
                return Some(Self::new(value?.divide(other.value)?, "1".to_owned()));
            }
            (left, right) => (format!("{}/{}", bracketed(left), bracketed(right)), false),
        };
        Some(Self {
            value,
            unit,
            is_calendar,
        })
    }
}

fn bracketed(unit: &str) -> String {
    if unit.contains(['.', '/']) {
        return format!("({unit})");
    }
    unit.to_owned()
}

impl std::fmt::Display for Quantity {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.is_calendar {
            return write!(formatter, "{} {}", self.value, self.unit);
        }
        write!(formatter, "{} '{}'", self.value, self.unit)
    }
}

#[cfg(test)]
mod tests {
    use super::{Comparison, Quantity};
    use std::cmp::Ordering;

    fn quantity(text: &str) -> Quantity {
        Quantity::parse(text).unwrap()
    }

    #[test]
    fn quantities_compare_across_units() {
        let compare = |left: &str, right: &str| quantity(left).compare(&quantity(right));
        assert_eq!(
            compare("4 'g'", "4000.0 'mg'"),
            Comparison::Ordered(Ordering::Equal)
        );
        assert_eq!(
            compare("6 days", "1 week"),
            Comparison::Ordered(Ordering::Less)
        );
        assert_eq!(
            compare("1 'd'", "24 hours"),
            Comparison::Ordered(Ordering::Equal)
        );
        assert_eq!(
            compare("1 year", "12 months"),
            Comparison::Ordered(Ordering::Equal)
        );
        assert_eq!(
            compare("1 '[in_i]'", "2.54 'cm'"),
            Comparison::Ordered(Ordering::Equal)
        );
        assert_eq!(compare("1 month", "1 'mo'"), Comparison::Open);
        assert_eq!(compare("1 'g'", "1 'm'"), Comparison::Incomparable);
        assert_eq!(
            compare("1 '[IU]'", "2 '[IU]'"),
            Comparison::Ordered(Ordering::Less)
        );
    }

    #[test]
    fn equivalence_rounds_to_the_less_precise() {
        assert!(quantity("4 'g'").is_equivalent(&quantity("4040 'mg'")));
        assert!(!quantity("4.00 'g'").is_equivalent(&quantity("4040.0 'mg'")));
        assert!(quantity("1 year").is_equivalent(&quantity("1 'a'")));
        assert!(!quantity("1 year").is_equivalent(&quantity("1 'mo'")));
    }

    #[test]
    fn units_are_multiplied_and_divided() {
        let area = quantity("2.0 'cm'").multiply(&quantity("2.0 'm'")).unwrap();
        assert_eq!(
            area.compare(&quantity("0.040 'm2'")),
            Comparison::Ordered(Ordering::Equal)
        );
        let ratio = quantity("4 'g'").divide(&quantity("2 'm'")).unwrap();
        assert_eq!(ratio.to_string(), "2 'g/m'");
        assert_eq!(
            quantity("1 'm'")
                .divide(&quantity("1 'm'"))
                .unwrap()
                .to_string(),
            "1 '1'"
        );
    }
}
