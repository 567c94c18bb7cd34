//! Search: what a query string asks for, and whether a value matches (FHIR R4 search).

use super::{Span, date, fold};
use url::form_urlencoded;

/// One search parameter of a query: `name:modifier=value,value`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parameter {
    /// Name without modifier.
    pub name: String,
    /// What follows the colon in the name.
    pub modifier: Option<String>,
    /// Alternatives, of which one has to match; escapes are resolved.
    pub values: Vec<String>,
}

/// Splits a query string (or form body) into its parameters, in order. Repeated names stay apart.
#[must_use]
pub fn parse(query: &str) -> Vec<Parameter> {
    form_urlencoded::parse(query.as_bytes())
        .map(|(name, value)| {
            let (name, modifier) = match name.split_once(':') {
                Some((name, modifier)) => (name.to_owned(), Some(modifier.to_owned())),
                None => (name.into_owned(), None),
            };
            Parameter {
                name,
                modifier,
                values: split(&value),
            }
        })
        .collect()
}

/// Splits at commas; `\,` is a comma, `\|`, `\$` and `\\` stand for themselves.
fn split(value: &str) -> Vec<String> {
    let mut values = vec![String::new()];
    let mut letters = value.chars().peekable();
    while let Some(letter) = letters.next() {
        let current = match letter {
            ',' => {
                values.push(String::new());
                continue;
            }
            '\\' if matches!(letters.peek(), Some(',' | '$' | '\\' | '|')) => letters.next(),
            other => Some(other),
        };
        if let (Some(last), Some(current)) = (values.last_mut(), current) {
            last.push(current);
        }
    }
    values
}

/// Whether a token (`code`, `system|code`, `|code`, `system|`) matches a value.
///
/// `|code` matches only values without a system.
#[must_use]
pub fn token_matches(wanted: &str, system: Option<&str>, code: &str) -> bool {
    match wanted.split_once('|') {
        None => wanted == code,
        Some(("", wanted_code)) => system.is_none() && wanted_code == code,
        Some((wanted_system, "")) => system == Some(wanted_system),
        Some((wanted_system, wanted_code)) => system == Some(wanted_system) && wanted_code == code,
    }
}

/// Whether a string starts with what is wanted, whatever the case and diacritics.
#[must_use]
pub fn string_matches(wanted: &str, actual: &str) -> bool {
    fold::text(actual).starts_with(&fold::text(wanted))
}

/// A date parameter: how to compare, and with which span.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DateParameter {
    comparison: Comparison,
    span: Span,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Comparison {
    Equal,
    NotEqual,
    Greater,
    Less,
    GreaterOrEqual,
    LessOrEqual,
    StartsAfter,
    EndsBefore,
}

impl DateParameter {
    /// Reads `ge2020-01-01` and the like.
    ///
    /// # Errors
    /// When what follows the prefix is no date; an unknown prefix is part of it.
    pub fn parse(text: &str) -> Result<Self, date::Error> {
        let comparison = match text.get(..2) {
            Some("ne") => Comparison::NotEqual,
            Some("gt") => Comparison::Greater,
            Some("lt") => Comparison::Less,
            Some("ge") => Comparison::GreaterOrEqual,
            Some("le") => Comparison::LessOrEqual,
            Some("sa") => Comparison::StartsAfter,
            Some("eb") => Comparison::EndsBefore,
            _ => Comparison::Equal,
        };
        let has_prefix = comparison != Comparison::Equal || text.starts_with("eq");
        let span = Span::parse_search(if has_prefix { &text[2..] } else { text })?;
        Ok(Self { comparison, span })
    }

    /// Whether a value that stands for `actual` matches.
    #[must_use]
    pub fn matches(&self, actual: &Span) -> bool {
        let wanted = &self.span;
        match self.comparison {
            Comparison::Equal => wanted.contains(actual),
            Comparison::NotEqual => !wanted.contains(actual),
            Comparison::Greater => actual.end > wanted.end,
            Comparison::Less => actual.start < wanted.start,
            Comparison::GreaterOrEqual => actual.end > wanted.end || wanted.contains(actual),
            Comparison::LessOrEqual => actual.start < wanted.start || wanted.contains(actual),
            Comparison::StartsAfter => actual.start >= wanted.end,
            Comparison::EndsBefore => actual.end <= wanted.start,
        }
    }

    /// Whether servers differ about it, and the text of FHIR R4 does not settle it: `ge` and `le` with a value
    /// that begins or ends within what is asked for, and is not all within it.
    #[must_use]
    pub fn is_disputed(&self, actual: &Span) -> bool {
        let wanted = &self.span;
        match self.comparison {
            Comparison::GreaterOrEqual => !self.matches(actual) && actual.end > wanted.start,
            Comparison::LessOrEqual => !self.matches(actual) && actual.start < wanted.end,
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{DateParameter, parse, string_matches, token_matches};
    use crate::fhir::Span;

    #[test]
    fn a_query_is_taken_apart() {
        let found = parse("name:exact=O%27Neil&code=a%5C,b,c&date=ge2020&date=lt2021&odd");
        assert_eq!(found[0].name, "name");
        assert_eq!(found[0].modifier.as_deref(), Some("exact"));
        assert_eq!(found[0].values, ["O'Neil"]);
        assert_eq!(found[1].values, ["a,b", "c"]);
        assert_eq!(found.len(), 5);
        assert_eq!(found[4].values, [""]);
    }

    #[test]
    fn tokens_match_by_system_and_code() {
        assert!(token_matches("a", Some("s"), "a"));
        assert!(token_matches("s|a", Some("s"), "a"));
        assert!(token_matches("s|", Some("s"), "a"));
        assert!(token_matches("|a", None, "a"));
        assert!(!token_matches("|a", Some("s"), "a"));
        assert!(!token_matches("t|a", Some("s"), "a"));
        assert!(!token_matches("s|b", Some("s"), "a"));
    }

    #[test]
    fn strings_match_from_their_start() {
        assert!(string_matches("mul", "Müller"));
        assert!(!string_matches("ler", "Müller"));
    }

    #[test]
    fn dates_compare_as_spans() {
        let matches = |wanted: &str, actual: &str| {
            DateParameter::parse(wanted)
                .unwrap()
                .matches(&Span::parse(actual).unwrap())
        };
        assert!(matches("2020", "2020-05-01"));
        assert!(matches("eq2020-05", "2020-05-01"));
        assert!(!matches("2020-05-01", "2020"));
        assert!(matches("ne2020-05-01", "2020"));
        assert!(matches("ge2020-05-01", "2020-05-01") && matches("le2020-05-01", "2020-05-01"));
        assert!(!matches("gt2020-05-01", "2020-05-01") && !matches("lt2020-05-01", "2020-05-01"));
        assert!(matches("gt2020-05-01", "2020-05-02") && matches("lt2020-05-01", "2020-04-30"));
        assert!(matches("sa2020", "2021-01-01") && !matches("sa2020", "2020-12-31"));
        assert!(matches("eb2020", "2019-12-31") && !matches("eb2020", "2020-01-01"));
    }

    #[test]
    fn nonsense_dates_are_refused() {
        for bad in ["", "xx2020", "ge", "2020-99", "é2020"] {
            assert!(DateParameter::parse(bad).is_err(), "{bad}");
        }
    }
}
