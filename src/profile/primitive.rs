//! Primitive types: which JSON a value may be, and the form the specification gives its text.
//!
//! - [`date`] knows days that exist, [`narrative`] the XHTML of narratives.
//!
//! Grammar: FHIR R4, Data Types, "Primitive Types".

pub mod date;
pub mod narrative;

use serde_json::{Number, Value};

/// A primitive type of R4.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Primitive {
    /// `base64Binary`.
    Base64Binary,
    /// `boolean`.
    Boolean,
    /// `canonical`.
    Canonical,
    /// `code`.
    Code,
    /// `date`.
    Date,
    /// `dateTime`.
    DateTime,
    /// `decimal`.
    Decimal,
    /// `id`.
    Id,
    /// `instant`.
    Instant,
    /// `integer`.
    Integer,
    /// `markdown`.
    Markdown,
    /// `oid`.
    Oid,
    /// `positiveInt`.
    PositiveInt,
    /// `string`.
    String,
    /// `time`.
    Time,
    /// `unsignedInt`.
    UnsignedInt,
    /// `uri`.
    Uri,
    /// `url`.
    Url,
    /// `uuid`.
    Uuid,
    /// `xhtml`.
    Xhtml,
}

/// Why a value is not of its type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Another kind of JSON: this kind is wanted.
    Json(&'static str),
    /// Right JSON, wrong form: this form is wanted.
    Form(&'static str),
}

/// Strings are at most a megabyte long, but for data.
const LONGEST: usize = 1 << 20;
const LARGEST: i64 = 2_147_483_647;

impl Primitive {
    /// The type of that name; none for complex types.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Some(match name {
            "base64Binary" => Self::Base64Binary,
            "boolean" => Self::Boolean,
            "canonical" => Self::Canonical,
            "code" => Self::Code,
            "date" => Self::Date,
            "dateTime" => Self::DateTime,
            "decimal" => Self::Decimal,
            "id" => Self::Id,
            "instant" => Self::Instant,
            "integer" => Self::Integer,
            "markdown" => Self::Markdown,
            "oid" => Self::Oid,
            "positiveInt" => Self::PositiveInt,
            "string" => Self::String,
            "time" => Self::Time,
            "unsignedInt" => Self::UnsignedInt,
            "uri" => Self::Uri,
            "url" => Self::Url,
            "uuid" => Self::Uuid,
            "xhtml" => Self::Xhtml,
            _ => return None,
        })
    }

    /// Whether `value` has the JSON kind and the form of this type. XHTML is looked at by [`narrative`].
    ///
    /// # Errors
    /// With what would be right.
    pub fn check(self, value: &Value) -> Result<(), Fault> {
        match (self, value) {
            (Self::Boolean, Value::Bool(_)) => Ok(()),
            (Self::Boolean, _) => Err(Fault::Json("true or false")),
            (
                Self::Decimal | Self::Integer | Self::PositiveInt | Self::UnsignedInt,
                Value::Number(number),
            ) => self.number(number),
            (Self::Decimal | Self::Integer | Self::PositiveInt | Self::UnsignedInt, _) => {
                Err(Fault::Json("a number"))
            }
            (_, Value::String(text)) => self.text(text),
            _ => Err(Fault::Json("a string")),
        }
    }

    fn number(self, number: &Number) -> Result<(), Fault> {
        let (least, form) = match self {
            Self::PositiveInt => (1, "a whole number from 1 to 2147483647"),
            Self::UnsignedInt => (0, "a whole number from 0 to 2147483647"),
            Self::Integer => (
                -LARGEST - 1,
                "a whole number from -2147483648 to 2147483647",
            ),
            _ => return Ok(()),
        };
        match number.as_i64() {
            Some(whole) if (least..=LARGEST).contains(&whole) => Ok(()),
            _ => Err(Fault::Form(form)),
        }
    }

    fn text(self, text: &str) -> Result<(), Fault> {
        if text.trim_start().is_empty() {
            return Err(Fault::Form("a value that is not blank"));
        }
        if text.len() > LONGEST && self != Self::Base64Binary && text.chars().count() > LONGEST {
            return Err(Fault::Form("at most 1048576 characters"));
        }
        let (is_right, form) = match self {
            Self::Date => (
                date::is_date(text),
                "YYYY, YYYY-MM or YYYY-MM-DD of a day that exists",
            ),
            Self::DateTime => (
                date::is_date_time(text),
                "YYYY, YYYY-MM, YYYY-MM-DD or YYYY-MM-DDThh:mm:ss with zone, of a day that exists",
            ),
            Self::Instant => (
                date::is_instant(text),
                "YYYY-MM-DDThh:mm:ss with zone, of a day that exists",
            ),
            Self::Time => (date::is_time(text), "hh:mm:ss without zone"),
            Self::Id => (is_id(text), "1 to 64 letters, digits, hyphens and points"),
            Self::Code => (is_code(text), "words with single blanks between them"),
            Self::Oid => (is_oid(text), "urn:oid: and an OID"),
            Self::Uuid => (
                is_uuid(text) && !text.bytes().any(|byte| byte.is_ascii_uppercase()),
                "urn:uuid: and a UUID in small letters",
            ),
            Self::Uri | Self::Url | Self::Canonical => (is_uri(text), "a URI without blanks"),
            Self::Base64Binary => (is_base64(text), "base64 in groups of four"),
            _ => (
                // In UTF-8 these bytes are never part of another character.
                !text
                    .bytes()
                    .any(|byte| byte < b' ' && !matches!(byte, b'\t' | b'\n' | b'\r')),
                "text without control characters",
            ),
        };
        if is_right {
            Ok(())
        } else {
            Err(Fault::Form(form))
        }
    }
}

fn is_id(text: &str) -> bool {
    text.len() <= 64
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.'))
}

fn is_code(text: &str) -> bool {
    let mut was_blank = true;
    for c in text.chars() {
        let is_blank = c.is_whitespace();
        if is_blank && was_blank {
            return false;
        }
        was_blank = is_blank;
    }
    !was_blank
}

/// `\S*`; where the scheme promises an OID or a UUID, it must be one.
fn is_uri(text: &str) -> bool {
    let has_blank = if text.is_ascii() {
        text.bytes()
            .any(|byte| matches!(byte, b'\t'..=b'\r' | b' '))
    } else {
        text.chars().any(char::is_whitespace)
    };
    if has_blank {
        return false;
    }
    match text.as_bytes() {
        [b'u', b'r', b'n', b':', b'o', b'i', b'd', b':', ..] => is_oid(text),
        [b'u', b'r', b'n', b':', b'u', b'u', b'i', b'd', b':', ..] => is_uuid(text),
        _ => true,
    }
}

fn is_oid(text: &str) -> bool {
    let Some(arcs) = text.strip_prefix("urn:oid:") else {
        return false;
    };
    let is_arc = |arc: &str| {
        !arc.is_empty()
            && arc.bytes().all(|byte| byte.is_ascii_digit())
            && (arc == "0" || !arc.starts_with('0'))
    };
    let mut parts = arcs.split('.');
    matches!(parts.next(), Some("0" | "1" | "2")) && arcs.contains('.') && parts.all(is_arc)
}

fn is_uuid(text: &str) -> bool {
    let Some(uuid) = text.strip_prefix("urn:uuid:") else {
        return false;
    };
    uuid.len() == 36
        && uuid.bytes().enumerate().all(|(at, byte)| match at {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        })
}

fn is_base64(text: &str) -> bool {
    let (mut length, mut padding) = (0_usize, 0_usize);
    for byte in text.bytes() {
        match byte {
            b' ' | b'\t' | b'\r' | b'\n' => continue,
            b'=' => padding += 1,
            _ if padding > 0 => return false,
            b'+' | b'/' => {}
            _ if byte.is_ascii_alphanumeric() => {}
            _ => return false,
        }
        length += 1;
    }
    length % 4 == 0 && padding <= 2
}

/// How many bytes base64 stands for; none when it is not base64.
#[must_use]
pub fn decoded_length(text: &str) -> Option<u64> {
    if !is_base64(text) {
        return None;
    }
    let (mut length, mut padding) = (0_u64, 0_u64);
    for byte in text.bytes().filter(|byte| !byte.is_ascii_whitespace()) {
        length += 1;
        padding += u64::from(byte == b'=');
    }
    Some(length / 4 * 3 - padding)
}

#[cfg(test)]
mod tests {
    use super::{Primitive, decoded_length};
    use serde_json::{Value, json};

    fn holds(name: &str, value: Value) -> bool {
        Primitive::named(name).unwrap().check(&value).is_ok()
    }

    #[test]
    fn numbers_keep_their_ranges() {
        assert!(holds("integer", json!(-2_147_483_648_i64)));
        assert!(!holds("integer", json!(2_147_483_648_i64)));
        assert!(!holds("integer", json!(1.0)));
        assert!(holds("decimal", json!(1.5)));
        assert!(!holds("decimal", json!("1.5")));
        assert!(holds("unsignedInt", json!(0)));
        assert!(!holds("unsignedInt", json!(-1)));
        assert!(!holds("positiveInt", json!(0)));
        assert!(!holds("boolean", json!("true")));
    }

    #[test]
    fn text_keeps_its_form() {
        for (name, good, bad) in [
            ("id", "a-1.B", "a_1"),
            ("code", "in progress", "in  progress"),
            ("code", "a", " a"),
            ("oid", "urn:oid:1.2.840", "urn:oid:1.02"),
            ("oid", "urn:oid:2.16", "urn:oid:3.1"),
            ("uri", "urn:oid:1.2", "urn:oid:1.2.x"),
            (
                "uri",
                "urn:uuid:C757873D-EC9A-4326-A141-556F43239520",
                "urn:uuid:1",
            ),
            (
                "uuid",
                "urn:uuid:c757873d-ec9a-4326-a141-556f43239520",
                "urn:uuid:C757873D-EC9A-4326-A141-556F43239520",
            ),
            ("url", "https://a.example/x", "https://a.example/x y"),
            ("base64Binary", "QUJD RA==", "QUJ"),
            ("string", "two\nlines", "bell\u{7}"),
            ("markdown", "x", "   "),
        ] {
            assert!(holds(name, json!(good)), "{name} {good}");
            assert!(!holds(name, json!(bad)), "{name} {bad}");
        }
        assert!(!holds("id", json!("x".repeat(65))));
        assert!(!holds("string", json!("")));
        assert!(!holds("base64Binary", json!("=AAA")));
    }

    #[test]
    fn base64_knows_its_length() {
        assert_eq!(decoded_length("QUJD\nRA=="), Some(4));
        assert_eq!(decoded_length("QUJ"), None);
    }
}
