//! `date`, `dateTime`, `instant` and `time`: the grammar of R4, and the calendar.

/// `YYYY`, `YYYY-MM` or `YYYY-MM-DD` of a day that exists.
#[must_use]
pub fn is_date(text: &str) -> bool {
    day(text.as_bytes()).is_some()
}

/// A date, or a day with a time and a zone.
#[must_use]
pub fn is_date_time(text: &str) -> bool {
    match text.split_once('T') {
        None => is_date(text),
        Some((date, clock)) => day(date.as_bytes()) == Some(Precision::Day) && is_zoned(clock),
    }
}

/// A day with a time and a zone.
#[must_use]
pub fn is_instant(text: &str) -> bool {
    text.contains('T') && is_date_time(text)
}

/// `hh:mm:ss`, perhaps with a fraction, without zone.
#[must_use]
pub fn is_time(text: &str) -> bool {
    let bytes = text.as_bytes();
    let [h1, h2, b':', m1, m2, b':', s1, s2, rest @ ..] = bytes else {
        return false;
    };
    // R4 lets a leap second through: seconds run to 60.
    two(*h1, *h2).is_some_and(|hour| hour < 24)
        && two(*m1, *m2).is_some_and(|minute| minute < 60)
        && two(*s1, *s2).is_some_and(|second| second <= 60)
        && match rest {
            [] => true,
            [b'.', digits @ ..] => !digits.is_empty() && digits.iter().all(u8::is_ascii_digit),
            _ => false,
        }
}

fn is_zoned(clock: &str) -> bool {
    if let Some(time) = clock.strip_suffix('Z') {
        return is_time(time);
    }
    let Some((time, [b'+' | b'-', h1, h2, b':', m1, m2])) = clock
        .len()
        .checked_sub(6)
        .and_then(|at| clock.split_at_checked(at))
        .map(|(time, zone)| (time, zone.as_bytes()))
    else {
        return false;
    };
    let is_zone = match (two(*h1, *h2), two(*m1, *m2)) {
        (Some(hours), Some(minutes)) => hours < 14 && minutes < 60 || hours == 14 && minutes == 0,
        _ => false,
    };
    is_zone && is_time(time)
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Precision {
    Year,
    Month,
    Day,
}

fn day(bytes: &[u8]) -> Option<Precision> {
    let [y1, y2, y3, y4, rest @ ..] = bytes else {
        return None;
    };
    let year = u32::from(two(*y1, *y2)?) * 100 + u32::from(two(*y3, *y4)?);
    if year == 0 {
        return None;
    }
    let [b'-', m1, m2, rest @ ..] = rest else {
        return rest.is_empty().then_some(Precision::Year);
    };
    let month = two(*m1, *m2).filter(|month| (1..=12).contains(month))?;
    let [b'-', d1, d2] = rest else {
        return rest.is_empty().then_some(Precision::Month);
    };
    let last = match month {
        4 | 6 | 9 | 11 => 30,
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        _ => 31,
    };
    two(*d1, *d2)
        .filter(|day| (1..=last).contains(day))
        .map(|_| Precision::Day)
}

fn two(tens: u8, ones: u8) -> Option<u8> {
    (tens.is_ascii_digit() && ones.is_ascii_digit()).then(|| (tens - b'0') * 10 + ones - b'0')
}

#[cfg(test)]
mod tests {
    use super::{is_date, is_date_time, is_instant, is_time};

    #[test]
    fn only_days_that_exist_are_dates() {
        for good in ["2024", "2024-02", "2024-02-29", "2000-02-29", "0001"] {
            assert!(is_date(good), "{good}");
        }
        for bad in [
            "2023-02-29",
            "1900-02-29",
            "2024-13",
            "2024-00",
            "2024-1",
            "24",
            "0000",
            "2024-01-32",
            "2024-01-01T10:00:00Z",
            "2024-",
            "２０２４",
            "2024-04-31",
        ] {
            assert!(!is_date(bad), "{bad}");
        }
    }

    #[test]
    fn a_time_of_day_needs_seconds_and_zone() {
        for good in [
            "2024-01-01T10:00:00Z",
            "2024-01-01T23:59:60.123+14:00",
            "2024",
        ] {
            assert!(is_date_time(good), "{good}");
        }
        for bad in [
            "2024-01-01T10:00Z",
            "2024-01-01T10:00:00",
            "2024-01T10:00:00Z",
            "2024-01-01T24:00:00Z",
            "2024-01-01T10:00:00+14:30",
            "2024-01-01T10:00:00.Z",
            "2024-01-01T",
            "2024-01-01Té",
            "2024-01-01 10:00:00Z",
            "2024-01-01T10:00:00z",
        ] {
            assert!(!is_date_time(bad), "{bad}");
        }
        assert!(!is_instant("2024-01-01"));
        assert!(is_instant("2024-01-01T00:00:00.000-05:00"));
    }

    #[test]
    fn a_time_has_no_zone() {
        assert!(is_time("10:00:00.5"));
        assert!(!is_time("10:00:00Z"));
        assert!(!is_time("10:00"));
    }
}
