//! Values with a form of their own: URLs, durations, sizes, dates, versions.

use serde::de::Deserializer;
use std::time::Duration;
use url::Url;

/// A FHIR base URL.
pub(super) fn url(text: &str) -> Result<Url, String> {
    let refuse =
        |what: &str| format!("{text:?} {what}; write it like \"https://payer.example/fhir\"");
    let url = Url::parse(text).map_err(|problem| refuse(&format!("is not a URL ({problem})")))?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err(refuse("does not begin with http:// or https://"));
    }
    if !url.username().is_empty() || url.password().is_some() {
        // The URL itself is not shown: it holds a password.
        return Err(
            "the URL holds a user name or password; leave it out and use target.token".to_owned(),
        );
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err(refuse("has a query or fragment, which a base URL has not"));
    }
    Ok(url)
}

/// `500ms`, `30s`, `5m`, `1h`; never zero.
pub(super) fn duration(text: &str) -> Result<Duration, String> {
    let refuse = || {
        format!("{text:?} is not a duration; write it like \"500ms\", \"30s\", \"5m\" or \"1h\"")
    };
    let (number, unit) = split(text).ok_or_else(refuse)?;
    let millis = match unit {
        "ms" => 1,
        "s" => 1_000,
        "m" | "min" => 60_000,
        "h" => 3_600_000,
        _ => return Err(refuse()),
    };
    match number.checked_mul(millis) {
        Some(0) | None => Err(refuse()),
        Some(total) => Ok(Duration::from_millis(total)),
    }
}

/// `16MiB`, `500kB`, `1048576B`; never zero.
pub(super) fn size(text: &str) -> Result<usize, String> {
    let refuse = || format!("{text:?} is not a size; write it like \"512KiB\" or \"16MiB\"");
    let (number, unit) = split(text).ok_or_else(refuse)?;
    let factor = match unit {
        "B" => 1,
        "kB" | "KB" => 1_000,
        "KiB" => 1 << 10,
        "MB" => 1_000_000,
        "MiB" => 1 << 20,
        "GB" => 1_000_000_000,
        "GiB" => 1 << 30,
        _ => return Err(refuse()),
    };
    match number
        .checked_mul(factor)
        .and_then(|total| usize::try_from(total).ok())
    {
        Some(0) | None => Err(refuse()),
        Some(total) => Ok(total),
    }
}

/// How many things at once: 1 to 1024.
pub(super) fn jobs(number: usize) -> Result<usize, String> {
    if (1..=1024).contains(&number) {
        return Ok(number);
    }
    Err(format!("{number} is not a number of jobs; write 1 to 1024"))
}

/// How often a scenario is tried again: 0 to 10.
pub(super) fn retry(number: u32) -> Result<u32, String> {
    if number <= 10 {
        return Ok(number);
    }
    Err(format!(
        "{number} is not a number of retries; write 0 to 10"
    ))
}

/// `YYYY-MM-DD`, a day that exists.
pub(super) fn date(text: String) -> Result<String, String> {
    let format = time::macros::format_description!("[year]-[month]-[day]");
    match time::Date::parse(&text, format) {
        Ok(_) if text.len() == 10 => Ok(text),
        _ => Err(format!(
            "{text:?} is not a date; write it like \"2027-03-31\""
        )),
    }
}

/// `pdex@2.1.0`.
pub(super) fn ig(text: String) -> Result<String, String> {
    let is_whole = text
        .split_once('@')
        .is_some_and(|(name, version)| !name.is_empty() && !version.is_empty());
    if is_whole {
        return Ok(text);
    }
    Err(format!(
        "{text:?} names no version; write it like \"pdex@2.1.0\""
    ))
}

/// Any text but none.
pub(super) fn filled(text: String) -> Result<String, String> {
    if text.trim().is_empty() {
        return Err("this must not be empty; fill it in".to_owned());
    }
    Ok(text)
}

fn split(text: &str) -> Option<(u64, &str)> {
    let text = text.trim();
    let end = text.find(|letter: char| !letter.is_ascii_digit())?;
    let (number, unit) = text.split_at(end);
    Some((number.parse().ok()?, unit.trim_start()))
}

macro_rules! deserializers {
    ($($name:ident: $from:ty => $to:ty = $parse:expr;)*) => {$(
        pub(in crate::config) fn $name<'de, D: Deserializer<'de>>(from: D) -> Result<$to, D::Error> {
            let raw = <$from>::deserialize(from)?;
            $parse(raw).map_err(D::Error::custom)
        }
    )*};
}

/// Origins: `https://files.example`, or `http` on this machine.
pub(super) fn origins(texts: Vec<String>) -> Result<Vec<Url>, String> {
    texts.iter().map(|text| origin(text)).collect()
}

fn origin(text: &str) -> Result<Url, String> {
    let refuse = |why: &str| format!("{text:?} {why}; write it like \"https://files.example\"");
    let url = self::url(text)?;
    let is_bare =
        matches!(url.path(), "" | "/") && url.query().is_none() && url.fragment().is_none();
    if !is_bare || !url.username().is_empty() || url.password().is_some() {
        return Err(refuse("is more than an origin"));
    }
    let is_here = match url.host() {
        Some(url::Host::Ipv4(address)) => address.is_loopback(),
        Some(url::Host::Ipv6(address)) => address.is_loopback(),
        Some(url::Host::Domain(name)) => name == "localhost",
        None => false,
    };
    match url.scheme() == "https" || is_here {
        true => Ok(url),
        false => Err(refuse("would show the token to everybody on the way")),
    }
}

/// For serde's `deserialize_with`.
pub(super) mod de {
    use super::{Deserializer, Duration, Url};
    use serde::de::{Deserialize as _, Error as _};

    deserializers! {
        base: String => Url = |text: String| super::url(&text);
        maybe_base: String => Option<Url> = |text: String| super::url(&text).map(Some);
        duration: String => Duration = |text: String| super::duration(&text);
        size: String => usize = |text: String| super::size(&text);
        maybe_size: String => Option<usize> = |text: String| super::size(&text).map(Some);
        jobs: usize => usize = super::jobs;
        retry: u32 => u32 = super::retry;
        date: String => String = super::date;
        maybe_date: String => Option<String> = |text| super::date(text).map(Some);
        maybe_ig: String => Option<String> = |text| super::ig(text).map(Some);
        filled: String => String = super::filled;
        origins: Vec<String> => Vec<Url> = super::origins;
    }
}

#[cfg(test)]
mod tests {
    use super::{date, duration, origins, size};
    use std::time::Duration;

    #[test]
    fn origins_are_no_more_than_that_and_safe() {
        let read = |text: &str| origins(vec![text.to_owned()]);
        for text in [
            "https://files.example",
            "https://files.example:8443/",
            "http://127.0.0.1:8080",
            "http://localhost:1",
            "http://[::1]:1",
        ] {
            assert!(read(text).is_ok(), "{text}");
        }
        for text in [
            "http://files.example",
            "https://files.example/bulk",
            "https://files.example?x=1",
            "https://me:secret@files.example",
            "ftp://files.example",
            "files.example",
            "",
        ] {
            assert!(read(text).is_err(), "{text}");
        }
    }

    #[test]
    fn durations_have_a_unit() {
        assert_eq!(duration("500ms"), Ok(Duration::from_millis(500)));
        assert_eq!(duration("2 m"), Ok(Duration::from_secs(120)));
        for text in [
            "",
            "30",
            "s",
            "0s",
            "-1s",
            "1.5s",
            "3 parsecs",
            "99999999999999999999s",
        ] {
            assert!(duration(text).is_err(), "{text}");
        }
    }

    #[test]
    fn sizes_have_a_unit() {
        assert_eq!(size("16MiB"), Ok(16 << 20));
        assert_eq!(size("500kB"), Ok(500_000));
        for text in ["16", "MiB", "0B", "16mib", "99999999999999GiB"] {
            assert!(size(text).is_err(), "{text}");
        }
    }

    #[test]
    fn dates_are_days_that_exist() {
        assert!(date("2024-02-29".into()).is_ok());
        for text in [
            "2023-02-29",
            "2024-2-9",
            "24-02-09",
            "2024-02-09T00:00:00Z",
            "today",
            "+2024-02-9",
        ] {
            assert!(date(text.into()).is_err(), "{text}");
        }
    }
}
