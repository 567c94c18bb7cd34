//! JSON as it came from a stranger: read within limits, with every odd thing said.
//!
//! - [`reader`] builds the value and sees duplicate keys; [`position`] finds the line and column of an element.

mod position;
mod reader;

pub use position::Position;

use super::{Issue, Severity};
use serde_json::Value;

/// How much JSON is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Most bytes.
    pub bytes: usize,
    /// Deepest nesting of objects and arrays.
    pub depth: usize,
    /// Most bytes of memory the value may take, as estimated: seven bytes of JSON can become an object that
    /// takes a hundred times as many.
    pub memory: usize,
}

impl Limits {
    /// So many bytes, 100 deep, 16 times as many bytes of memory: resources take 3 to 12 times their length.
    #[must_use]
    pub const fn of_bytes(bytes: usize) -> Self {
        let least = 1 << 20;
        Self {
            bytes,
            depth: 100,
            memory: if bytes < least { least } else { bytes }.saturating_mul(16),
        }
    }
}

impl Default for Limits {
    /// 64 MiB.
    fn default() -> Self {
        Self::of_bytes(64 << 20)
    }
}

/// Why bytes are no JSON that can be validated.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// Too much.
    #[error("is longer than {limit} bytes, and no more are read; send less")]
    TooLong {
        /// How much is read.
        limit: usize,
    },
    /// Too much once it is read.
    #[error("would take more than {limit} bytes of memory; send less")]
    TooCostly {
        /// How much may be taken.
        limit: usize,
    },
    /// Nothing but blanks.
    #[error("is empty; send a resource as JSON")]
    Empty,
    /// Not UTF-8.
    #[error("is not UTF-8 at byte {at}; FHIR JSON is UTF-8")]
    NotUtf8 {
        /// The first byte that is wrong.
        at: usize,
    },
    /// No JSON, or JSON that cannot be held: a number out of range, half a surrogate pair, too deep.
    #[error("is not JSON that can be read, line {line}, column {column}: {reason}")]
    NotJson {
        /// What is wrong.
        reason: String,
        /// Line, from 1.
        line: usize,
        /// Column, from 1, in bytes.
        column: usize,
    },
}

/// JSON as it came, and what is odd about it.
#[derive(Clone, Debug)]
pub struct Document<'b> {
    text: &'b str,
    /// The JSON.
    pub value: Value,
    /// What is odd: duplicate keys, a byte order mark.
    pub issues: Vec<Issue>,
}

impl<'b> Document<'b> {
    /// Reads bytes.
    ///
    /// # Errors
    /// When they are no JSON, or more than the limits allow.
    pub fn read(bytes: &'b [u8], limits: Limits) -> Result<Self, Unreadable> {
        if bytes.len() > limits.bytes {
            return Err(Unreadable::TooLong {
                limit: limits.bytes,
            });
        }
        let text = std::str::from_utf8(bytes).map_err(|error| Unreadable::NotUtf8 {
            at: error.valid_up_to(),
        })?;
        let (text, has_mark) = match text.strip_prefix('\u{feff}') {
            Some(text) => (text, true),
            None => (text, false),
        };
        if text.trim().is_empty() {
            return Err(Unreadable::Empty);
        }
        let (value, duplicates) = reader::read(text, limits)?;
        let root = value["resourceType"].as_str().unwrap_or("Resource");
        let root = root[..root.floor_char_boundary(reader::LONGEST_NAME)].to_owned();
        let mut issues = Vec::new();
        if has_mark {
            issues.push(issue(
                Severity::Warning,
                &root,
                "byte-order-mark",
                "begins with a byte order mark, which JSON does not have",
            ));
        }
        for duplicate in duplicates {
            let place = format!("{root}{duplicate}");
            issues.push(issue(
                Severity::Error,
                &place,
                "duplicate-key",
                "is there twice in one object; only the last was read",
            ));
        }
        Ok(Self {
            text,
            value,
            issues,
        })
    }

    /// Where one element is in the text; see [`Document::positions`].
    #[must_use]
    pub fn position(&self, expression: &str) -> Position {
        let found = self.positions([expression]).into_iter().next();
        found.unwrap_or(Position::START)
    }

    /// Where elements are in the text: the value at each FHIRPath (`Observation.component[0].value`), or
    /// the nearest element around it that is there. The text is read once, however many are asked for.
    #[must_use]
    pub fn positions<'e>(&self, expressions: impl IntoIterator<Item = &'e str>) -> Vec<Position> {
        position::find(self.text, expressions)
    }

    /// The line of a position; of a long one, at most so many characters from the position on.
    #[must_use]
    pub fn excerpt(&self, position: Position, longest: usize) -> &'b str {
        position::excerpt(self.text, position, longest)
    }
}

fn issue(severity: Severity, place: &str, rule: &str, message: &str) -> Issue {
    Issue {
        severity,
        code: "structure",
        expression: place.to_owned(),
        message: message.to_owned(),
        rule: rule.to_owned(),
        profile: None,
        expected: None,
        actual: None,
    }
}

#[cfg(test)]
mod tests {
    use super::{Document, Limits, Unreadable};

    fn read(text: &[u8]) -> Result<Document<'_>, Unreadable> {
        Document::read(text, Limits::default())
    }

    #[test]
    fn duplicate_keys_and_marks_are_said() {
        let text =
            "\u{feff}{\"resourceType\":\"Patient\",\"name\":[{\"family\":\"A\",\"family\":\"B\"}]}";
        let document = read(text.as_bytes()).unwrap();
        assert_eq!(document.value["name"][0]["family"], "B");
        let rules: Vec<(&str, &str)> = document
            .issues
            .iter()
            .map(|issue| (issue.rule.as_str(), issue.expression.as_str()))
            .collect();
        let expected = [
            ("byte-order-mark", "Patient"),
            ("duplicate-key", "Patient.name[0].family"),
        ];
        assert_eq!(rules, expected);
        assert!(
            read(b"{\"a\":{\"a\":1},\"b\":{\"a\":1}}")
                .unwrap()
                .issues
                .is_empty()
        );
    }

    #[test]
    fn hostile_bytes_are_refused_with_a_reason() {
        assert!(matches!(read(b""), Err(Unreadable::Empty)));
        assert!(matches!(read(b" \n"), Err(Unreadable::Empty)));
        assert!(matches!(
            read(b"{\"a\":\"\xff\"}"),
            Err(Unreadable::NotUtf8 { at: 6 })
        ));
        let deep = "[".repeat(200_000);
        for bad in [
            "{\"a\":1} x",
            "{\"a\":1e999}",
            "{\"a\":\"\\ud800\"}",
            "{\"a\":\"\\udc00x\"}",
            "{\"a\":\u{0}1}",
            "{\"a\":\"\u{0}\"}",
            "{\"a\":01}",
            "{a:1}",
            "{\"a\":1,}",
            "NaN",
            "{\"a\":1",
            deep.as_str(),
        ] {
            assert!(
                matches!(read(bad.as_bytes()), Err(Unreadable::NotJson { .. })),
                "{bad:.40}"
            );
        }
        assert!(matches!(
            Document::read(b"[1,2]", Limits::of_bytes(3)),
            Err(Unreadable::TooLong { limit: 3 })
        ));
    }

    #[test]
    fn memory_is_bounded_whatever_the_length() {
        let limits = Limits {
            memory: 64 << 10,
            ..Limits::default()
        };
        for costly in [
            format!("[{}1]", "{\"\":0},".repeat(200)),
            format!("[{}1]", "[],".repeat(2_000)),
            format!("{{{}\"\":1}}", "\"\":1,".repeat(2_000)),
            format!("[\"{}\"]", "x".repeat(70_000)),
        ] {
            assert!(
                matches!(
                    Document::read(costly.as_bytes(), limits),
                    Err(Unreadable::TooCostly { limit: 65_536 })
                ),
                "{costly:.20}"
            );
        }
        assert!(Document::read(b"[{\"a\":[1,2,3]}]", limits).is_ok());
    }

    #[test]
    fn places_of_duplicates_do_not_grow_with_the_names_around_them() {
        let twice = "\"a\":1,".repeat(200);
        let long = "é".repeat(100_000);
        let text = format!(r#"{{"resourceType":"{long}","{long}":{{{twice}"a":1}}}}"#);
        let document = read(text.as_bytes()).unwrap();
        assert!(!document.issues.is_empty());
        let length: usize = document
            .issues
            .iter()
            .map(|issue| issue.expression.len())
            .sum();
        assert!(length < 100_000, "{length}");
    }

    #[test]
    fn numbers_keep_their_value() {
        let document =
            read(b"{\"a\":-1,\"b\":18446744073709551615,\"c\":1.50,\"d\":true,\"e\":null}")
                .unwrap();
        assert_eq!(document.value["a"], -1);
        assert_eq!(document.value["b"], u64::MAX);
        assert_eq!(document.value["c"], 1.5);
        assert!(document.value["e"].is_null());
    }
}
