//! Adding an amount of time to a date or time.

use super::decimal::Decimal;
use super::moment::{Moment, MomentKind, Precision};
use time::{Date, Month};

/// A unit of the calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum CalendarUnit {
    Year,
    Month,
    Week,
    Day,
    Hour,
    Minute,
    Second,
    Millisecond,
}

impl CalendarUnit {
    /// The unit of a word, in singular or plural.
    pub(super) fn of_word(word: &str) -> Option<Self> {
        Some(match word.strip_suffix('s').unwrap_or(word) {
            "year" => Self::Year,
            "month" => Self::Month,
            "week" => Self::Week,
            "day" => Self::Day,
            "hour" => Self::Hour,
            "minute" => Self::Minute,
            "second" => Self::Second,
            "millisecond" => Self::Millisecond,
            _ => return None,
        })
    }

    /// The unit of a UCUM code, for those that are as long as their calendar counterpart.
    pub(super) fn of_code(code: &str) -> Option<Self> {
        Some(match code {
            "wk" => Self::Week,
            "d" => Self::Day,
            "h" => Self::Hour,
            "min" => Self::Minute,
            "s" => Self::Second,
            "ms" => Self::Millisecond,
            _ => return None,
        })
    }

    /// How long it is: months, or milliseconds.
    pub(super) fn length(self) -> Length {
        match self {
            Self::Year => Length::Months(12),
            Self::Month => Length::Months(1),
            Self::Week => Length::Milliseconds(7 * 86_400_000),
            Self::Day => Length::Milliseconds(86_400_000),
            Self::Hour => Length::Milliseconds(3_600_000),
            Self::Minute => Length::Milliseconds(60_000),
            Self::Second => Length::Milliseconds(1000),
            Self::Millisecond => Length::Milliseconds(1),
        }
    }
}

/// The length of a unit, in the smaller unit that it always has the same number of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Length {
    Months(i64),
    Milliseconds(i64),
}

impl Moment {
    /// Later by an amount; none when the result is outside the years 1 to 9999, or when a time of day is
    /// given days.
    ///
    /// Fractions count only for seconds and milliseconds. Units finer than the moment's precision are
    /// turned into that precision first, with 30 days a month and 365 days a year.
    pub(super) fn plus(self, amount: Decimal, unit: CalendarUnit) -> Option<Self> {
        let is_fine = unit >= CalendarUnit::Second;
        let amount = if is_fine { amount } else { amount.truncated() };
        if self.kind == MomentKind::Time {
            return self.plus_clock(amount, unit);
        }
        let whole = || amount.truncated().to_whole();
        let months = match unit {
            CalendarUnit::Year => Some(whole()?.checked_mul(12)?),
            CalendarUnit::Month => Some(whole()?),
            _ => None,
        };
        match (self.precision, months) {
            (Precision::Year, Some(months)) => self.plus_months(months / 12 * 12),
            (_, Some(months)) => self.plus_months(months),
            (Precision::Year | Precision::Month | Precision::Day, None) => {
                let Length::Milliseconds(length) = unit.length() else {
                    return None;
                };
                let days = amount
                    .multiply(length.into())?
                    .divide_whole(86_400_000.into())?
                    .to_whole()?;
                match self.precision {
                    Precision::Year => self.plus_months((days / 365).checked_mul(12)?),
                    Precision::Month => self.plus_months(days / 30),
                    _ => self.plus_days(days),
                }
            }
            _ => self.plus_clock(amount, unit),
        }
    }

    fn plus_months(self, months: i64) -> Option<Self> {
        let total = i64::from(self.year) * 12 + i64::from(self.month) - 1;
        let total = total.checked_add(months)?;
        let year = i32::try_from(total.div_euclid(12)).ok()?;
        let month = Month::try_from(u8::try_from(total.rem_euclid(12)).ok()? + 1).ok()?;
        if !(1..=9999).contains(&year) {
            return None;
        }
        // The last day of the month, when the month has no such day.
        let day = self.day.min(month.length(year));
        self.with_date(Date::from_calendar_date(year, month, day).ok()?)
    }

    fn plus_days(self, days: i64) -> Option<Self> {
        let day = i64::from(self.to_date()?.to_julian_day()).checked_add(days)?;
        self.with_date(Date::from_julian_day(i32::try_from(day).ok()?).ok()?)
    }

    /// Adds to the clock; a time of day goes around at midnight, a dateTime into the next day.
    fn plus_clock(self, amount: Decimal, unit: CalendarUnit) -> Option<Self> {
        const DAY: i64 = 86_400_000_000_000;
        let Length::Milliseconds(length) = unit.length() else {
            return None;
        };
        let is_time = self.kind == MomentKind::Time;
        if is_time && unit < CalendarUnit::Hour {
            return None;
        }
        // Finer units than the clock shows are turned into what it shows.
        let step = match self.precision {
            Precision::Hour => 3_600_000_000_000,
            Precision::Minute => 60_000_000_000,
            _ => 1,
        };
        let added = amount.multiply(length.checked_mul(1_000_000)?.into())?;
        let added = added.truncated().to_whole()? / step * step;
        let seconds =
            i64::from(self.hour) * 3600 + i64::from(self.minute) * 60 + i64::from(self.second);
        let total = (seconds * 1_000_000_000 + i64::from(self.nanosecond)).checked_add(added)?;
        let clock = total.rem_euclid(DAY);
        let mut moved = self;
        if !is_time {
            moved = moved.plus_days(total.div_euclid(DAY))?;
        }
        moved.nanosecond = u32::try_from(clock % 1_000_000_000).ok()?;
        let seconds = clock / 1_000_000_000;
        moved.hour = u8::try_from(seconds / 3600).ok()?;
        moved.minute = u8::try_from(seconds / 60 % 60).ok()?;
        moved.second = u8::try_from(seconds % 60).ok()?;
        // `T10:00:00 + 1 millisecond` is more precise than what it started from.
        if moved.precision == Precision::Second && moved.nanosecond != 0 {
            moved.fraction = moved.fraction.max(3);
        }
        Some(moved)
    }
}

#[cfg(test)]
mod tests {
    use super::{CalendarUnit, Decimal, Moment};

    fn plus(moment: &str, amount: &str, word: &str) -> Option<String> {
        let unit = CalendarUnit::of_word(word).unwrap();
        let sum = Moment::literal(moment)?.plus(Decimal::parse(amount)?, unit);
        sum.map(|sum| sum.to_string())
    }

    #[test]
    fn calendar_units_keep_the_day_of_the_month() {
        assert_eq!(plus("1973-12-25", "1", "month").unwrap(), "1974-01-25");
        assert_eq!(plus("2024-01-31", "1", "month").unwrap(), "2024-02-29");
        assert_eq!(plus("2024-02-29", "-1", "year").unwrap(), "2023-02-28");
        assert_eq!(plus("1973-12-25", "7.7", "days").unwrap(), "1974-01-01");
    }

    #[test]
    fn clocks_carry_into_the_next_day_and_times_go_around() {
        let later = plus("2023-12-31T23:59:59.000+10:00", "1", "second").unwrap();
        assert_eq!(later, "2024-01-01T00:00:00.000+10:00");
        assert_eq!(plus("T23:30", "45", "minutes").unwrap(), "00:15");
        assert_eq!(plus("T23:30", "1", "day"), None);
    }

    #[test]
    fn imprecise_moments_move_by_what_they_show() {
        assert_eq!(plus("2014", "24", "months").unwrap(), "2016");
        assert_eq!(plus("2014", "11", "months").unwrap(), "2014");
        assert_eq!(plus("2014-03", "61", "days").unwrap(), "2014-05");
        assert_eq!(plus("2014-03-01", "23", "hours").unwrap(), "2014-03-01");
    }

    #[test]
    fn the_end_of_the_calendar_is_none() {
        assert_eq!(plus("9999-12-31", "1", "day"), None);
        assert_eq!(plus("2014", "9999999999999999999999", "years"), None);
        assert_eq!(
            plus("2014-01-01T00:00:00Z", "999999999999999", "hours"),
            None
        );
    }
}
