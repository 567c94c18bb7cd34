//! Dates, dateTimes and times, as precise as they were written.

use std::cmp::Ordering;
use time::{Date, Month};

/// A date, a dateTime or a time of day, of any precision.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moment {
    pub(super) kind: MomentKind,
    pub(super) precision: Precision,
    pub(super) year: i32,
    pub(super) month: u8,
    pub(super) day: u8,
    pub(super) hour: u8,
    pub(super) minute: u8,
    pub(super) second: u8,
    pub(super) nanosecond: u32,
    /// Digits of the second's fraction.
    pub(super) fraction: u8,
    /// Minutes east of UTC.
    pub(super) offset: Option<i16>,
}

/// Which of the three System types it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MomentKind {
    /// `System.Date`.
    Date,
    /// `System.DateTime`.
    DateTime,
    /// `System.Time`.
    Time,
}

/// The smallest component that was written. Fractions belong to the second.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Precision {
    /// `2015`.
    Year,
    /// `2015-02`.
    Month,
    /// `2015-02-04`.
    Day,
    /// `T14`.
    Hour,
    /// `T14:34`.
    Minute,
    /// `T14:34:28` and finer.
    Second,
}

/// Zones differ by at most this many minutes from UTC.
const FARTHEST_ZONE: i64 = 14 * 60;

impl Moment {
    /// Reads what follows `@` in an expression.
    pub(super) fn literal(text: &str) -> Option<Self> {
        if let Some(clock) = text.strip_prefix('T') {
            return Self::time(clock);
        }
        if text.contains('T') {
            return Self::date_time(text);
        }
        Self::date(text)
    }

    /// Reads `2015`, `2015-02` or `2015-02-04`.
    #[must_use]
    pub fn date(text: &str) -> Option<Self> {
        let mut parts = text.split('-');
        let mut moment = Self {
            kind: MomentKind::Date,
            precision: Precision::Year,
            year: number(parts.next()?, 4)?,
            month: 1,
            day: 1,
            hour: 0,
            minute: 0,
            second: 0,
            nanosecond: 0,
            fraction: 0,
            offset: None,
        };
        if let Some(month) = parts.next() {
            moment.month = number(month, 2)?;
            moment.precision = Precision::Month;
        }
        if let Some(day) = parts.next() {
            moment.day = number(day, 2)?;
            moment.precision = Precision::Day;
        }
        let exists = moment.year > 0 && moment.to_date().is_some() && parts.next().is_none();
        exists.then_some(moment)
    }

    /// Reads a date, with or without `T`, time and zone behind it.
    #[must_use]
    pub fn date_time(text: &str) -> Option<Self> {
        let (day, clock) = text.split_once('T').unwrap_or((text, ""));
        let mut moment = Self::date(day)?;
        moment.kind = MomentKind::DateTime;
        if clock.is_empty() {
            return Some(moment);
        }
        if moment.precision != Precision::Day {
            return None;
        }
        let (clock, offset) = zoned(clock)?;
        moment.offset = offset;
        moment.clock(clock)
    }

    /// Reads `14`, `14:34`, `14:34:28` or `14:34:28.123`. A time has no zone.
    #[must_use]
    pub fn time(text: &str) -> Option<Self> {
        let mut moment = Self::date("0001")?;
        moment.kind = MomentKind::Time;
        moment.clock(text)
    }

    /// From a point in time, with milliseconds and its zone.
    pub(super) fn from_instant(instant: time::OffsetDateTime) -> Option<Self> {
        Some(Self {
            kind: MomentKind::DateTime,
            precision: Precision::Second,
            year: instant.year(),
            month: u8::from(instant.month()),
            day: instant.day(),
            hour: instant.hour(),
            minute: instant.minute(),
            second: instant.second(),
            nanosecond: u32::from(instant.millisecond()) * 1_000_000,
            fraction: 3,
            offset: Some(instant.offset().whole_minutes()),
        })
    }

    fn clock(mut self, text: &str) -> Option<Self> {
        let mut parts = text.split(':');
        self.hour = number(parts.next()?, 2).filter(|hour| *hour < 24)?;
        self.precision = Precision::Hour;
        if let Some(minute) = parts.next() {
            self.minute = number(minute, 2).filter(|minute| *minute < 60)?;
            self.precision = Precision::Minute;
        }
        if let Some(second) = parts.next() {
            let (whole, fraction) = second.split_once('.').unwrap_or((second, "0"));
            // FHIR allows a leap second.
            self.second = number(whole, 2).filter(|second| *second <= 60)?;
            self.precision = Precision::Second;
            if fraction.is_empty() || !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
                return None;
            }
            let kept = &fraction[..fraction.len().min(9)];
            if second.contains('.') {
                self.fraction = u8::try_from(kept.len()).ok()?;
            }
            self.nanosecond = format!("{kept:0<9}").parse().ok()?;
        }
        parts.next().is_none().then_some(self)
    }

    /// Its day; the first one when it is less precise.
    pub(super) fn to_date(self) -> Option<Date> {
        let month = Month::try_from(self.month).ok()?;
        Date::from_calendar_date(self.year, month, self.day).ok()
    }

    /// The same with another day.
    pub(super) fn with_date(mut self, date: Date) -> Option<Self> {
        (self.year, self.month, self.day) = (date.year(), u8::from(date.month()), date.day());
        (1..=9999).contains(&self.year).then_some(self)
    }

    /// Minutes since a day long ago, on its own clock.
    fn minutes(self) -> i64 {
        let day = self
            .to_date()
            .map_or(0, |date| i64::from(date.to_julian_day()));
        day * 1440 + i64::from(self.hour) * 60 + i64::from(self.minute)
    }

    /// On the clock of UTC.
    fn to_utc(self) -> Option<Self> {
        let Some(offset) = self.offset else {
            return Some(self);
        };
        let minutes = self.minutes() - i64::from(offset);
        let date = Date::from_julian_day(i32::try_from(minutes.div_euclid(1440)).ok()?).ok()?;
        let rest = minutes.rem_euclid(1440);
        let mut moved = self;
        (moved.year, moved.month, moved.day) = (date.year(), u8::from(date.month()), date.day());
        moved.hour = u8::try_from(rest / 60).ok()?;
        moved.minute = u8::try_from(rest % 60).ok()?;
        moved.offset = Some(0);
        Some(moved)
    }

    /// Which of two comes first; none when their precision or a missing zone leaves it open.
    pub(super) fn compare(self, other: Self) -> Option<Ordering> {
        let has_clock = |moment: Self| moment.precision >= Precision::Hour;
        let (mut left, mut right) = (self, other);
        if has_clock(self) && has_clock(other) && self.kind != MomentKind::Time {
            match (self.offset, other.offset) {
                (Some(_), Some(_)) => (left, right) = (self.to_utc()?, other.to_utc()?),
                (None, None) => {}
                _ => {
                    let apart = self.to_utc()?.minutes() - other.to_utc()?.minutes();
                    return (apart.abs() > FARTHEST_ZONE).then(|| apart.cmp(&0));
                }
            }
        }
        let (ours, theirs) = (left.components(), right.components());
        let first = if self.kind == MomentKind::Time { 3 } else { 0 };
        for level in first..ours.len() {
            let [ours_has, theirs_has] = [left, right].map(|one| one.precision as usize >= level);
            match (ours_has, theirs_has) {
                (true, true) if ours[level] == theirs[level] => {}
                (true, true) => return Some(ours[level].cmp(&theirs[level])),
                (false, false) => break,
                _ => return None,
            }
        }
        Some(Ordering::Equal)
    }

    /// Year to second; the second with its fraction, in nanoseconds.
    fn components(self) -> [i64; 6] {
        let second = i64::from(self.second) * 1_000_000_000 + i64::from(self.nanosecond);
        [
            i64::from(self.year),
            i64::from(self.month),
            i64::from(self.day),
            i64::from(self.hour),
            i64::from(self.minute),
            second,
        ]
    }
}

/// A clock and the minutes of its zone.
fn zoned(text: &str) -> Option<(&str, Option<i16>)> {
    if let Some(clock) = text.strip_suffix('Z') {
        return Some((clock, Some(0)));
    }
    let Some(at) = text.find(['+', '-']) else {
        return Some((text, None));
    };
    let (hours, minutes) = text[at + 1..].split_once(':')?;
    let hours: i16 = number(hours, 2).filter(|hours| *hours <= 14)?;
    let minutes: i16 = number(minutes, 2).filter(|minutes| *minutes < 60)?;
    let offset = hours * 60 + minutes;
    let offset = if text[at..].starts_with('-') {
        -offset
    } else {
        offset
    };
    Some((&text[..at], Some(offset)))
}

fn number<T: std::str::FromStr>(text: &str, width: usize) -> Option<T> {
    let is_number = text.len() == width && text.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| text.parse().ok()).flatten()
}

impl std::fmt::Display for Moment {
    /// As FHIR writes it: without `@`, and without `T` when there is no time.
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let has = |precision: Precision| self.precision >= precision;
        if self.kind != MomentKind::Time {
            write!(formatter, "{:04}", self.year)?;
            if has(Precision::Month) {
                write!(formatter, "-{:02}", self.month)?;
            }
            if has(Precision::Day) {
                write!(formatter, "-{:02}", self.day)?;
            }
            if has(Precision::Hour) {
                formatter.write_str("T")?;
            }
        }
        if has(Precision::Hour) {
            write!(formatter, "{:02}", self.hour)?;
        }
        if has(Precision::Minute) {
            write!(formatter, ":{:02}", self.minute)?;
        }
        if has(Precision::Second) {
            write!(formatter, ":{:02}", self.second)?;
            if self.fraction > 0 {
                let nanoseconds = format!("{:09}", self.nanosecond);
                write!(
                    formatter,
                    ".{}",
                    &nanoseconds[..usize::from(self.fraction).min(9)]
                )?;
            }
        }
        match self.offset {
            Some(0) => formatter.write_str("Z"),
            Some(offset) => {
                let sign = if offset < 0 { '-' } else { '+' };
                let minutes = offset.unsigned_abs();
                write!(formatter, "{sign}{:02}:{:02}", minutes / 60, minutes % 60)
            }
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Moment;
    use std::cmp::Ordering;

    fn moment(text: &str) -> Moment {
        Moment::literal(text).unwrap()
    }

    fn compare(left: &str, right: &str) -> Option<Ordering> {
        moment(left).compare(moment(right))
    }

    #[test]
    fn what_is_read_is_written_back() {
        for text in [
            "2015",
            "2015-02",
            "2015-02-04",
            "2015-02-04T14",
            "2015-02-04T14:34",
            "2015-02-04T14:34:28Z",
            "2015-02-04T14:34:28.120-05:30",
        ] {
            assert_eq!(moment(text).to_string(), text);
        }
        assert_eq!(moment("T10:30").to_string(), "10:30");
        assert_eq!(moment("2015T").to_string(), "2015");
    }

    #[test]
    fn moments_that_do_not_exist_are_refused() {
        for bad in [
            "",
            "2015-13",
            "2015-02-30",
            "15",
            "T24",
            "T10:60",
            "T10:30Z",
            "2015-02T10",
            "2015-02-04T10:00+99:00",
            "2015-02-04T10:00:00.",
            "2015-02-04T10:00é",
            "0000",
        ] {
            assert_eq!(Moment::literal(bad), None, "{bad}");
        }
    }

    #[test]
    fn precision_leaves_order_open_only_where_it_matters() {
        assert_eq!(compare("2018-03", "2018-03-01"), None);
        assert_eq!(compare("2018-02", "2018-03-01"), Some(Ordering::Less));
        assert_eq!(compare("T10:30:00", "T10:30:00.0"), Some(Ordering::Equal));
        assert_eq!(compare("2018-03-01T10:30", "2018-03-01T10:30:00"), None);
    }

    #[test]
    fn zones_are_compared_as_instants_and_a_missing_one_leaves_a_day_open() {
        assert_eq!(
            compare("2017-11-05T01:30:00.0-04:00", "2017-11-05T00:30:00.0-05:00"),
            Some(Ordering::Equal)
        );
        assert_eq!(compare("2012-04-15T15:00:00Z", "2012-04-15T10:00:00"), None);
        assert_eq!(
            compare("2012-04-15T15:00:00Z", "2012-04-17T10:00:00"),
            Some(Ordering::Less)
        );
    }
}
