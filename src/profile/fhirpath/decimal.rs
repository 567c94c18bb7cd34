//! Decimal numbers as FHIRPath wants them: exact, with the digits after the point that were written.

use serde_json::Number;
use std::cmp::Ordering;

/// Most digits after the point; more are rounded off.
const MOST_PLACES: u32 = 28;
/// Digits after the point that a quotient is worked out to.
const QUOTIENT_PLACES: u32 = 16;

/// A decimal number: `digits` divided by ten to the power of `places`.
///
/// Results that do not fit 38 digits are none: FHIRPath turns an overflow into an empty collection.
#[derive(Clone, Copy, Debug)]
pub struct Decimal {
    digits: i128,
    places: u32,
}

impl From<i64> for Decimal {
    fn from(value: i64) -> Self {
        Self {
            digits: i128::from(value),
            places: 0,
        }
    }
}

impl Decimal {
    /// From digits and how many of them stand after the point.
    pub(super) const fn new(digits: i128, places: u32) -> Self {
        Self { digits, places }
    }

    /// The same, unless it is the one number whose opposite does not fit.
    fn checked(digits: i128, places: u32) -> Option<Self> {
        (digits != i128::MIN).then_some(Self { digits, places })
    }

    /// Reads `-12.50`: digits, and digits after a point. No exponent.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
        let (whole, fraction) = match unsigned.split_once('.') {
            Some((_, "")) => return None,
            Some((whole, fraction)) => (whole, fraction),
            None => (unsigned, ""),
        };
        let is_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        if whole.is_empty() || !is_digits(whole) || !is_digits(fraction) {
            return None;
        }
        let kept = &fraction[..fraction.len().min(MOST_PLACES as usize)];
        let mut digits: i128 = 0;
        for byte in whole.bytes().chain(kept.bytes()) {
            digits = digits
                .checked_mul(10)?
                .checked_add(i128::from(byte - b'0'))?;
        }
        if text.starts_with('-') {
            digits = -digits;
        }
        Some(Self::new(digits, u32::try_from(kept.len()).ok()?))
    }

    /// From a JSON number. Zeros at the end are lost where the JSON reader lost them.
    #[must_use]
    pub fn from_number(number: &Number) -> Option<Self> {
        match number.as_i64() {
            Some(whole) => Some(whole.into()),
            None => Self::from_f64(number.as_f64()?),
        }
    }

    /// From a binary number, by its shortest decimal writing.
    pub(super) fn from_f64(value: f64) -> Option<Self> {
        value.is_finite().then(|| Self::parse(&value.to_string()))?
    }

    /// The nearest binary number.
    #[expect(
        clippy::cast_precision_loss,
        reason = "asked for where the nearest is good enough"
    )]
    pub(super) fn to_f64(self) -> f64 {
        self.digits as f64 / 10_f64.powi(i32::try_from(self.places).unwrap_or(0))
    }

    /// Digits after the point.
    #[must_use]
    pub fn places(self) -> u32 {
        self.places
    }

    pub(super) fn is_zero(self) -> bool {
        self.digits == 0
    }

    pub(super) fn negate(self) -> Self {
        Self::new(-self.digits, self.places)
    }

    pub(super) fn absolute(self) -> Self {
        Self::new(self.digits.abs(), self.places)
    }

    pub(super) fn add(self, other: Self) -> Option<Self> {
        let (left, right, places) = aligned(self, other)?;
        Self::checked(left.checked_add(right)?, places)
    }

    pub(super) fn subtract(self, other: Self) -> Option<Self> {
        self.add(other.negate())
    }

    pub(super) fn multiply(self, other: Self) -> Option<Self> {
        let (left, right) = match self.digits.checked_mul(other.digits) {
            Some(_) => (self, other),
            None => (self.trimmed(), other.trimmed()),
        };
        let digits = left.digits.checked_mul(right.digits)?;
        let product = Self::checked(digits, left.places + right.places)?;
        product.rounded(product.places.min(MOST_PLACES))
    }

    /// The quotient to 16 digits after the point; none for a division by zero.
    pub(super) fn divide(self, other: Self) -> Option<Self> {
        let (left, right) = (self.trimmed(), other.trimmed());
        if right.digits == 0 {
            return None;
        }
        let mut places = QUOTIENT_PLACES;
        loop {
            // left/10^l : right/10^r = left * 10^(places + r - l) / right / 10^places
            let shift = i64::from(places) + i64::from(right.places) - i64::from(left.places);
            let quotient = if let Ok(shift) = u32::try_from(shift) {
                let scaled = power_of_ten(shift).and_then(|power| left.digits.checked_mul(power));
                scaled.map(|scaled| half_away(scaled, right.digits))
            } else {
                let scaled = power_of_ten(u32::try_from(-shift).ok()?)
                    .and_then(|power| right.digits.checked_mul(power));
                scaled.map(|scaled| half_away(left.digits, scaled))
            };
            match quotient {
                Some(digits) => return Some(Self::new(digits, places).trimmed()),
                None if places == 0 => return None,
                None => places -= 1,
            }
        }
    }

    /// How often `other` fits in whole.
    pub(super) fn divide_whole(self, other: Self) -> Option<Self> {
        let (left, right, _) = aligned(self, other)?;
        left.checked_div(right).map(|whole| Self::new(whole, 0))
    }

    /// What is left over.
    pub(super) fn modulo(self, other: Self) -> Option<Self> {
        let (left, right, places) = aligned(self, other)?;
        left.checked_rem(right).map(|rest| Self::new(rest, places))
    }

    /// Rounded half away from zero, or filled up with zeros, to so many digits after the point.
    pub(super) fn rounded(self, places: u32) -> Option<Self> {
        if places >= self.places {
            let digits = self
                .digits
                .checked_mul(power_of_ten(places - self.places)?)?;
            return Self::checked(digits, places);
        }
        let power = power_of_ten(self.places - places)?;
        Some(Self::new(half_away(self.digits, power), places))
    }

    /// Cut off towards minus infinity at so many digits after the point.
    pub(super) fn floor(self, places: u32) -> Option<Self> {
        if places >= self.places {
            return self.rounded(places);
        }
        let power = power_of_ten(self.places - places)?;
        Some(Self::new(self.digits.div_euclid(power), places))
    }

    /// Raised towards plus infinity at so many digits after the point.
    pub(super) fn ceiling(self, places: u32) -> Option<Self> {
        self.negate().floor(places).map(Self::negate)
    }

    /// The digits before the point.
    pub(super) fn truncated(self) -> Self {
        let power = power_of_ten(self.places);
        Self::new(power.map_or(0, |power| self.digits / power), 0)
    }

    /// The whole number it is.
    pub(super) fn to_whole(self) -> Option<i64> {
        let trimmed = self.trimmed();
        (trimmed.places == 0).then(|| i64::try_from(trimmed.digits).ok())?
    }

    /// Without zeros at the end.
    pub(super) fn trimmed(mut self) -> Self {
        while self.places > 0 && self.digits % 10 == 0 {
            self.digits /= 10;
            self.places -= 1;
        }
        self
    }
}

impl PartialEq for Decimal {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Decimal {}

impl PartialOrd for Decimal {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Decimal {
    /// By value: 1.0 and 1.00 are equal.
    fn cmp(&self, other: &Self) -> Ordering {
        if let Some((left, right, _)) = aligned(*self, *other) {
            return left.cmp(&right);
        }
        // Too large to write with the same number of places: the whole parts differ, or one is huge.
        let whole = self.truncated().digits.cmp(&other.truncated().digits);
        whole.then_with(|| self.to_f64().total_cmp(&other.to_f64()))
    }
}

impl std::fmt::Display for Decimal {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let sign = if self.digits < 0 { "-" } else { "" };
        let digits = self.digits.unsigned_abs().to_string();
        let places = self.places as usize;
        if places == 0 {
            return write!(formatter, "{sign}{digits}");
        }
        let digits = format!("{digits:0>width$}", width = places + 1);
        let (whole, fraction) = digits.split_at(digits.len() - places);
        write!(formatter, "{sign}{whole}.{fraction}")
    }
}

fn power_of_ten(exponent: u32) -> Option<i128> {
    10_i128.checked_pow(exponent)
}

/// The digits of both with the same number of places.
fn aligned(left: Decimal, right: Decimal) -> Option<(i128, i128, u32)> {
    let places = left.places.max(right.places);
    Some((
        left.rounded(places)?.digits,
        right.rounded(places)?.digits,
        places,
    ))
}

/// The quotient, rounded half away from zero. The divisor is not zero.
fn half_away(left: i128, right: i128) -> i128 {
    let (whole, rest) = (left / right, left % right);
    let is_up = rest.unsigned_abs() >= right.unsigned_abs() - rest.unsigned_abs();
    match (is_up && rest != 0, (left < 0) == (right < 0)) {
        (false, _) => whole,
        (true, true) => whole + 1,
        (true, false) => whole - 1,
    }
}

#[cfg(test)]
mod tests {
    use super::Decimal;

    fn decimal(text: &str) -> Decimal {
        Decimal::parse(text).unwrap()
    }

    #[test]
    fn digits_after_the_point_are_kept_but_do_not_count() {
        assert_eq!(decimal("1.0"), decimal("1.00"));
        assert_eq!(decimal("1.00").to_string(), "1.00");
        assert_eq!(decimal("-0.05").to_string(), "-0.05");
        assert_eq!(decimal("0.1").add(decimal("0.2")), Some(decimal("0.3")));
    }

    #[test]
    fn quotients_are_rounded_and_zero_divides_nothing() {
        assert_eq!(decimal("1").divide(decimal("2")), Some(decimal("0.5")));
        let third = decimal("1.2").divide(decimal("1.8")).unwrap();
        assert_eq!(third.to_string(), "0.6666666666666667");
        assert!(decimal("1").divide(decimal("0.0")).is_none());
        assert!(decimal("1").modulo(decimal("0")).is_none());
        assert!(decimal("1").divide_whole(decimal("0")).is_none());
    }

    #[test]
    fn rounding_is_half_away_from_zero() {
        let round = |text: &str| decimal(text).rounded(1).unwrap().to_string();
        assert_eq!(
            [round("0.25"), round("-0.25"), round("0.24")],
            ["0.3", "-0.3", "0.2"]
        );
        assert_eq!(decimal("-1.1").floor(0).unwrap().to_string(), "-2");
        assert_eq!(decimal("-1.1").ceiling(0).unwrap().to_string(), "-1");
        assert_eq!(decimal("-1.9").truncated().to_string(), "-1");
    }

    #[test]
    fn what_does_not_fit_is_none_and_never_a_panic() {
        let huge = decimal("99999999999999999999999999999999999999");
        assert!(huge.add(huge).is_none());
        assert!(huge.multiply(huge).is_none());
        assert!(huge.rounded(20).is_none());
        assert!(huge > decimal("0.0000000000000000000000000001"));
        assert!(huge.negate() < decimal("0.1"));
        assert!(Decimal::parse("999999999999999999999999999999999999999").is_none());
        assert!(Decimal::from_f64(1e300).is_none());
        assert_eq!(Decimal::from_f64(1e-300), Some(decimal("0")));
    }
}
