//! Canonical URLs with versions.

use std::cmp::Ordering;

/// A canonical URL, taken apart: `url|version#fragment`, where the fragment plays no part.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Canonical<'a> {
    /// What is named.
    pub url: &'a str,
    /// The version that is meant; none for whichever is current.
    pub version: Option<&'a str>,
}

impl<'a> Canonical<'a> {
    /// Takes a canonical apart. An empty version counts as none.
    #[must_use]
    pub fn parse(text: &'a str) -> Self {
        let text = text.split_once('#').map_or(text, |(before, _)| before);
        match text.split_once('|') {
            Some((url, version)) => Self {
                url,
                version: Some(version).filter(|version| !version.is_empty()),
            },
            None => Self {
                url: text,
                version: None,
            },
        }
    }
}

/// Compares versions as people do: number by number, a pre-release (`2.0.0-ballot`) before its release.
#[must_use]
pub fn compare_versions(one: &str, other: &str) -> Ordering {
    let (left, left_label) = one.split_once('-').unwrap_or((one, ""));
    let (right, right_label) = other.split_once('-').unwrap_or((other, ""));
    let mut pairs = (left.split('.'), right.split('.'));
    loop {
        let order = match (pairs.0.next(), pairs.1.next()) {
            (None, None) => break,
            (None, Some(_)) => Ordering::Less,
            (Some(_), None) => Ordering::Greater,
            (Some(a), Some(b)) => match (a.parse::<u64>(), b.parse::<u64>()) {
                (Ok(a), Ok(b)) => a.cmp(&b),
                _ => a.cmp(b),
            },
        };
        if order != Ordering::Equal {
            return order;
        }
    }
    match (left_label.is_empty(), right_label.is_empty()) {
        (true, false) => Ordering::Greater,
        (false, true) => Ordering::Less,
        _ => left_label.cmp(right_label),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_canonical_is_taken_apart() {
        let parsed = Canonical::parse("http://x.example/a|1.0.0#part");
        assert_eq!(parsed.url, "http://x.example/a");
        assert_eq!(parsed.version, Some("1.0.0"));
        assert_eq!(Canonical::parse("http://x.example/a|").version, None);
        assert_eq!(
            Canonical::parse("http://x.example/a#b").url,
            "http://x.example/a"
        );
    }

    #[test]
    fn versions_compare_by_number_and_a_ballot_comes_before_its_release() {
        for (older, newer) in [
            ("3.1.1", "6.1.0"),
            ("2.9.0", "2.10.0"),
            ("2.2.0-dev", "2.2.0"),
            ("2.2.0-ballot", "2.2.0-dev"),
            ("1.0", "1.0.1"),
            ("2019", "2020-01"),
        ] {
            assert_eq!(
                compare_versions(older, newer),
                Ordering::Less,
                "{older} {newer}"
            );
            assert_eq!(compare_versions(newer, older), Ordering::Greater);
        }
        assert_eq!(compare_versions("4.0.1", "4.0.1"), Ordering::Equal);
    }
}
