//! Dates: a FHIR date, dateTime or instant stands for a span of time as long as its precision.

use serde_json::Value;
use time::{Date, Month, PrimitiveDateTime, Time, UtcOffset};

const SECOND: i128 = 1_000_000_000;
const DAY: i128 = 86_400 * SECOND;

/// A half-open span of time, `[start, end)`, in nanoseconds since 1970-01-01T00:00:00Z.
///
/// Dates without a zone are taken as UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// First instant.
    pub start: i128,
    /// First instant after it.
    pub end: i128,
}

/// A text that is no FHIR date.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a FHIR date: write YYYY, YYYY-MM, YYYY-MM-DD or YYYY-MM-DDThh:mm:ssZ")]
pub struct Error(pub String);

impl Span {
    /// Reads the value of an element: `YYYY`, `YYYY-MM`, `YYYY-MM-DD` or a time with seconds and zone.
    ///
    /// # Errors
    /// When the text has another shape or names a day that does not exist.
    pub fn parse(text: &str) -> Result<Self, Error> {
        parse(text, false).ok_or_else(|| Error(text.to_owned()))
    }

    /// Reads the value of a search parameter, where seconds and zone may be left out.
    ///
    /// # Errors
    /// When the text has another shape or names a day that does not exist.
    pub fn parse_search(text: &str) -> Result<Self, Error> {
        // A `+` that was not percent-encoded arrives as a blank.
        parse(&text.replace(' ', "+"), true).ok_or_else(|| Error(text.to_owned()))
    }

    /// One whole day in UTC.
    #[must_use]
    pub fn day(day: Date) -> Self {
        let start = PrimitiveDateTime::new(day, Time::MIDNIGHT)
            .assume_utc()
            .unix_timestamp_nanos();
        Self {
            start,
            end: start + DAY,
        }
    }

    /// The span of a `Period`; a missing bound is open. `None` when it is no object or a bound is no date.
    #[must_use]
    pub fn period(period: &Value) -> Option<Self> {
        let period = period.as_object()?;
        let bound = |name: &str| match period.get(name) {
            None => Some(None),
            Some(value) => Self::parse(value.as_str()?).ok().map(Some),
        };
        Some(Self {
            start: bound("start")?.map_or(i128::MIN, |span| span.start),
            end: bound("end")?.map_or(i128::MAX, |span| span.end),
        })
    }

    /// Whether all of `other` lies within this span.
    #[must_use]
    pub fn contains(&self, other: &Self) -> bool {
        self.start <= other.start && other.end <= self.end
    }

    /// The same span that many hours later; open bounds stay open.
    #[must_use]
    pub fn shifted(&self, hours: i128) -> Self {
        let by = hours * 3600 * SECOND;
        Self {
            start: self
                .start
                .saturating_add(if self.start == i128::MIN { 0 } else { by }),
            end: self
                .end
                .saturating_add(if self.end == i128::MAX { 0 } else { by }),
        }
    }

    /// Whether the two share an instant.
    #[must_use]
    pub fn overlaps(&self, other: &Self) -> bool {
        self.start < other.end && other.start < self.end
    }
}

fn parse(text: &str, lenient: bool) -> Option<Span> {
    let (day, clock) = match text.split_once('T') {
        Some((day, clock)) => (day, Some(clock)),
        None => (text, None),
    };
    let mut parts = day.split('-');
    let year: i32 = number(parts.next()?, 4)?;
    let month = parts
        .next()
        .map(|part| number::<u8>(part, 2))
        .map_or(Some(None), |found| found.map(Some))?;
    let date = parts
        .next()
        .map(|part| number::<u8>(part, 2))
        .map_or(Some(None), |found| found.map(Some))?;
    if parts.next().is_some() || (clock.is_some() && date.is_none()) {
        return None;
    }
    let month_of = Month::try_from(month.unwrap_or(1)).ok()?;
    let first = Date::from_calendar_date(year, month_of, date.unwrap_or(1)).ok()?;
    let days = match (month, date) {
        (None, _) => i128::from(time::util::days_in_year(year)),
        (_, None) => i128::from(month_of.length(year)),
        _ => 1,
    };
    let start = Span::day(first).start;
    match clock {
        None => Some(Span {
            start,
            end: start + days * DAY,
        }),
        Some(clock) => parse_clock(clock, lenient).map(|(from, length)| Span {
            start: start + from,
            end: start + from + length,
        }),
    }
}

/// Start (nanoseconds after midnight UTC of the day written) and length of a time of day.
fn parse_clock(text: &str, lenient: bool) -> Option<(i128, i128)> {
    let (clock, offset) = split_zone(text)?;
    if offset.is_none() && !lenient {
        return None;
    }
    let (clock, fraction) = match clock.split_once('.') {
        Some((clock, fraction)) => (clock, Some(fraction)),
        None => (clock, None),
    };
    let mut parts = clock.split(':');
    let hour: u8 = number(parts.next()?, 2)?;
    let minute: u8 = number(parts.next()?, 2)?;
    let second = parts.next();
    if parts.next().is_some() || (second.is_none() && (!lenient || fraction.is_some())) {
        return None;
    }
    // FHIR allows a leap second; here it is the last second of its minute.
    let whole = match second {
        Some(second) => number::<u8>(second, 2)
            .filter(|value| *value <= 60)?
            .min(59),
        None => 0,
    };
    let time = Time::from_hms(hour, minute, whole).ok()?;
    let (nanos, length) = match (second, fraction) {
        (None, _) => (0, 60 * SECOND),
        (_, None) => (0, SECOND),
        (_, Some(fraction)) => parse_fraction(fraction)?,
    };
    let (hour, minute, second) = time.as_hms();
    let seconds = i128::from(hour) * 3600 + i128::from(minute) * 60 + i128::from(second);
    let zone = i128::from(offset.unwrap_or(UtcOffset::UTC).whole_seconds());
    Some(((seconds - zone) * SECOND + nanos, length))
}

fn split_zone(text: &str) -> Option<(&str, Option<UtcOffset>)> {
    if let Some(clock) = text.strip_suffix('Z') {
        return Some((clock, Some(UtcOffset::UTC)));
    }
    let Some(at) = text.find(['+', '-']) else {
        return Some((text, None));
    };
    let (clock, zone) = text.split_at(at);
    let (hours, minutes) = zone[1..].split_once(':')?;
    let sign = if zone.starts_with('-') { -1 } else { 1 };
    let hours: i8 = number(hours, 2).filter(|value| *value <= 14)?;
    let minutes: i8 = number(minutes, 2)?;
    let offset = UtcOffset::from_hms(sign * hours, sign * minutes, 0).ok()?;
    Some((clock, Some(offset)))
}

/// Nanoseconds and precision of the digits after the point; digits past the ninth are ignored.
fn parse_fraction(digits: &str) -> Option<(i128, i128)> {
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let kept = &digits[..digits.len().min(9)];
    let scale = 10_i128.pow(9 - u32::try_from(kept.len()).ok()?);
    Some((kept.parse::<i128>().ok()? * scale, scale))
}

fn number<T: std::str::FromStr>(text: &str, width: usize) -> Option<T> {
    (text.len() == width && text.bytes().all(|byte| byte.is_ascii_digit()))
        .then(|| text.parse().ok())
        .flatten()
}

#[cfg(test)]
mod tests {
    use super::{DAY, SECOND, Span};
    use serde_json::json;

    fn span(text: &str) -> Span {
        Span::parse(text).unwrap()
    }

    #[test]
    fn a_date_lasts_as_long_as_its_precision() {
        let length = |text| span(text).end - span(text).start;
        assert_eq!(length("2024"), 366 * DAY);
        assert_eq!(length("2023-02"), 28 * DAY);
        assert_eq!(length("2023-02-28"), DAY);
        assert_eq!(length("2023-02-28T10:00:00Z"), SECOND);
        assert_eq!(length("2023-02-28T10:00:00.5Z"), SECOND / 10);
        assert_eq!(length("9999"), 365 * DAY);
    }

    #[test]
    fn zones_shift_the_clock() {
        assert_eq!(
            span("2024-01-01T00:30:00+01:00"),
            span("2023-12-31T23:30:00Z")
        );
        assert_eq!(
            span("2024-01-01T20:00:00-05:00"),
            span("2024-01-02T01:00:00Z")
        );
    }

    #[test]
    fn days_that_do_not_exist_are_refused() {
        for bad in [
            "",
            "2024-13",
            "2024-00",
            "2023-02-29",
            "24-01-01",
            "2024-1-1",
            "2024-01-01T",
            "2024T10:00:00Z",
            "2024-01-01T25:00:00Z",
            "2024-01-01T10:00:00",
            "2024-01-01T10:00Z",
            "2024-01-01-01",
            "+024",
            "2024-01-01T10:00:00+99:00",
            "2024-01-01T10:00:00.Z",
            "2024-01-01T10:00:00é",
        ] {
            assert!(Span::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn search_values_may_lack_seconds_and_zone() {
        let minute = Span::parse_search("2024-01-01T10:00").unwrap();
        assert!(minute.contains(&span("2024-01-01T10:00:59Z")));
        let shifted = Span::parse_search("2024-01-01T10:00:00 01:00").unwrap();
        assert_eq!(shifted, span("2024-01-01T09:00:00Z"));
    }

    #[test]
    fn a_period_may_be_open() {
        let open = Span::period(&json!({"start": "2020"})).unwrap();
        assert!(open.contains(&span("2999-01-01")));
        assert!(!open.overlaps(&span("2019")));
        assert!(Span::period(&json!({"end": "soon"})).is_none());
    }
}
