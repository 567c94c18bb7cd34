//! JSON as it was written: the order of members and the digits of numbers are kept.
//!
//! `serde_json::Value` keeps neither, and a signature is over both or over neither, depending on who made it. So
//! signing and verifying read documents with this model, and write them in any [`Style`].

use std::fmt;

/// A JSON value with members in the order, and numbers with the digits, of the text it was read from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Json {
    /// `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number, as its text: FHIR tells 1.0 from 1.00.
    Number(String),
    /// A string, without escapes.
    Text(String),
    /// An array.
    Array(Vec<Self>),
    /// An object: no name comes twice.
    Object(Vec<(String, Self)>),
}

impl Json {
    /// A string.
    pub fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    /// An object of these members.
    pub fn object<const N: usize>(members: [(&str, Self); N]) -> Self {
        Self::Object(members.map(|(name, value)| (name.to_owned(), value)).into())
    }

    /// The member of this name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Self> {
        self.members()
            .iter()
            .find_map(|(known, value)| (known == name).then_some(value))
    }

    /// The value below these names.
    #[must_use]
    pub fn at(&self, names: &[&str]) -> Option<&Self> {
        names.iter().try_fold(self, |value, name| value.get(name))
    }

    /// The string below these names.
    #[must_use]
    pub fn text_at(&self, names: &[&str]) -> Option<&str> {
        self.at(names).and_then(Self::as_text)
    }

    /// The characters of a string.
    #[must_use]
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The members of an object; none of anything else.
    #[must_use]
    pub fn members(&self) -> &[(String, Self)] {
        match self {
            Self::Object(members) => members,
            _ => &[],
        }
    }

    /// The values of an array; none of anything else.
    #[must_use]
    pub fn items(&self) -> &[Self] {
        match self {
            Self::Array(items) => items,
            _ => &[],
        }
    }

    /// The values of the array of this name.
    #[must_use]
    pub fn items_of(&self, name: &str) -> &[Self] {
        self.get(name).map_or(&[], Self::items)
    }

    /// The member of this name, to change it.
    pub(super) fn get_mut(&mut self, name: &str) -> Option<&mut Self> {
        match self {
            Self::Object(members) => members
                .iter_mut()
                .find_map(|(known, value)| (known == name).then_some(value)),
            _ => None,
        }
    }

    /// Removes the member of this name, and tells whether there was one.
    pub fn remove(&mut self, name: &str) -> bool {
        let Self::Object(members) = self else {
            return false;
        };
        let before = members.len();
        members.retain(|(known, _)| known != name);
        members.len() < before
    }

    /// Sets the member of this name: where it stood, else at the end.
    pub fn set(&mut self, name: &str, value: Self) {
        let Self::Object(members) = self else { return };
        match members.iter_mut().find(|(known, _)| known == name) {
            Some((_, place)) => *place = value,
            None => members.push((name.to_owned(), value)),
        }
    }
}

impl From<&serde_json::Value> for Json {
    fn from(value: &serde_json::Value) -> Self {
        use serde_json::Value;
        match value {
            Value::Null => Self::Null,
            Value::Bool(value) => Self::Bool(*value),
            Value::Number(number) => Self::Number(number.to_string()),
            Value::String(text) => Self::Text(text.clone()),
            Value::Array(items) => Self::Array(items.iter().map(Self::from).collect()),
            Value::Object(members) => Self::Object(
                members
                    .iter()
                    .map(|(name, value)| (name.clone(), Self::from(value)))
                    .collect(),
            ),
        }
    }
}

/// How JSON is put into bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Style {
    /// Members sorted by the UTF-16 code units of their names (RFC 8785, 3.2.3), or as they were written.
    pub sorted: bool,
    /// What stands between the parts.
    pub gaps: Gaps,
    /// Numbers as ECMAScript prints a double (RFC 8785, 3.2.2.3), or with the digits they were written with.
    pub ecmascript_numbers: bool,
    /// Characters beyond ASCII as `\u` escapes.
    pub ascii: bool,
}

/// What stands between the parts of JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gaps {
    /// Nothing.
    None,
    /// One blank after comma and colon.
    Blanks,
    /// One line per member, indented by so many blanks.
    Lines(usize),
}

impl Style {
    /// The canonical form of RFC 8785.
    pub const CANONICAL: Self = Self {
        sorted: true,
        gaps: Gaps::None,
        ecmascript_numbers: true,
        ascii: false,
    };
    /// As it was written, without blanks.
    pub const WRITTEN: Self = Self {
        sorted: false,
        gaps: Gaps::None,
        ecmascript_numbers: false,
        ascii: false,
    };
    /// As it was written, for people.
    pub const READABLE: Self = Self {
        gaps: Gaps::Lines(2),
        ..Self::WRITTEN
    };
}

/// A number has no canonical form: it is beyond the range of a double, which RFC 8785 (3.2.2.3, by way of I-JSON)
/// does not allow.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the number {0} is beyond the range of a double, so it has no canonical form")]
pub struct NoCanonicalNumber(pub String);

impl Json {
    /// The bytes in this style.
    ///
    /// # Errors
    /// When numbers are to be ECMAScript's and one is beyond the range of a double.
    pub fn bytes(&self, style: Style) -> Result<Vec<u8>, NoCanonicalNumber> {
        let mut out = String::new();
        self.write(&mut out, style, 0)?;
        Ok(out.into_bytes())
    }

    /// The canonical form of RFC 8785.
    ///
    /// # Errors
    /// When a number is beyond the range of a double.
    pub fn canonical(&self) -> Result<Vec<u8>, NoCanonicalNumber> {
        self.bytes(Style::CANONICAL)
    }

    fn write(&self, out: &mut String, style: Style, level: usize) -> Result<(), NoCanonicalNumber> {
        match self {
            Self::Null => out.push_str("null"),
            Self::Bool(value) => out.push_str(if *value { "true" } else { "false" }),
            Self::Number(digits) if style.ecmascript_numbers => {
                out.push_str(&ecmascript(digits)?);
            }
            Self::Number(digits) => out.push_str(digits),
            Self::Text(text) => quote(out, text, style.ascii),
            Self::Array(items) => {
                out.push('[');
                for (index, item) in items.iter().enumerate() {
                    separate(out, style.gaps, level + 1, index > 0);
                    item.write(out, style, level + 1)?;
                }
                close(out, style.gaps, level, items.is_empty());
                out.push(']');
            }
            Self::Object(members) => {
                out.push('{');
                let mut order: Vec<&(String, Self)> = members.iter().collect();
                if style.sorted {
                    order.sort_by(|one, other| one.0.encode_utf16().cmp(other.0.encode_utf16()));
                }
                for (index, (name, value)) in order.into_iter().enumerate() {
                    separate(out, style.gaps, level + 1, index > 0);
                    quote(out, name, style.ascii);
                    out.push_str(if style.gaps == Gaps::None { ":" } else { ": " });
                    value.write(out, style, level + 1)?;
                }
                close(out, style.gaps, level, members.is_empty());
                out.push('}');
            }
        }
        Ok(())
    }
}

/// What stands before a part.
fn separate(out: &mut String, gaps: Gaps, level: usize, follows: bool) {
    if follows {
        out.push(',');
    }
    match gaps {
        Gaps::None => {}
        Gaps::Blanks if follows => out.push(' '),
        Gaps::Blanks => {}
        Gaps::Lines(blanks) => indent(out, blanks * level),
    }
}

/// What stands before the closing bracket.
fn close(out: &mut String, gaps: Gaps, level: usize, is_empty: bool) {
    if let (Gaps::Lines(blanks), false) = (gaps, is_empty) {
        indent(out, blanks * level);
    }
}

fn indent(out: &mut String, blanks: usize) {
    out.push('\n');
    out.extend(std::iter::repeat_n(' ', blanks));
}

/// A number as ECMAScript prints it: FHIR's 1.00 becomes 1, and digits beyond those of a double are lost.
pub(super) fn ecmascript(digits: &str) -> Result<String, NoCanonicalNumber> {
    match digits.parse::<f64>() {
        Ok(value) if value.is_finite() => Ok(ryu_js::Buffer::new().format_finite(value).to_owned()),
        _ => Err(NoCanonicalNumber(digits.chars().take(60).collect())),
    }
}

/// A string with the escapes of RFC 8785, 3.2.2.2: the short ones, and `\u` for other control characters.
fn quote(out: &mut String, text: &str, ascii: bool) {
    use fmt::Write as _;
    out.push('"');
    for character in text.chars() {
        match character {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\u{8}' => out.push_str("\\b"),
            '\t' => out.push_str("\\t"),
            '\n' => out.push_str("\\n"),
            '\u{c}' => out.push_str("\\f"),
            '\r' => out.push_str("\\r"),
            '\0'..='\u{1f}' => {
                let _ = write!(out, "\\u{:04x}", u32::from(character));
            }
            _ if ascii && !character.is_ascii() => {
                for unit in character.encode_utf16(&mut [0; 2]) {
                    let _ = write!(out, "\\u{unit:04x}");
                }
            }
            _ => out.push(character),
        }
    }
    out.push('"');
}
