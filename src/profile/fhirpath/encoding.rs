//! Encodings and escapes of texts.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE};
use std::fmt::Write as _;

/// A format that FHIRPath does not name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Unknown;

/// `hex`, `base64` or `urlbase64`.
pub(super) fn encode(text: &str, format: &str) -> Result<Option<String>, Unknown> {
    match format {
        "hex" => Ok(Some(text.bytes().fold(
            String::new(),
            |mut digits, byte| {
                // Writing to a string cannot fail.
                let _ = write!(digits, "{byte:02x}");
                digits
            },
        ))),
        "base64" => Ok(Some(STANDARD.encode(text))),
        "urlbase64" => Ok(Some(URL_SAFE.encode(text))),
        _ => Err(Unknown),
    }
}

/// The reverse; nothing for what is not encoded that way or is no UTF-8.
pub(super) fn decode(text: &str, format: &str) -> Result<Option<String>, Unknown> {
    let bytes = match format {
        "hex" => hex(text),
        "base64" => STANDARD.decode(text).ok(),
        "urlbase64" => URL_SAFE.decode(text).ok(),
        _ => return Err(Unknown),
    };
    Ok(bytes.and_then(|bytes| String::from_utf8(bytes).ok()))
}

fn hex(text: &str) -> Option<Vec<u8>> {
    let digits: Option<Vec<u32>> = text.chars().map(|digit| digit.to_digit(16)).collect();
    let pairs = digits?;
    let byte = |pair: &[u32]| match pair {
        [high, low] => u8::try_from(high * 16 + low).ok(),
        _ => None,
    };
    pairs.chunks(2).map(byte).collect()
}

/// `html` or `json`.
pub(super) fn escape(text: &str, format: &str) -> Result<Option<String>, Unknown> {
    match format {
        "html" => Ok(Some(text.chars().fold(
            String::new(),
            |mut escaped, found| {
                match HTML.iter().find(|(character, _)| *character == found) {
                    Some((_, entity)) => escaped.push_str(entity),
                    None => escaped.push(found),
                }
                escaped
            },
        ))),
        "json" => {
            let quoted = serde_json::to_string(text).unwrap_or_default();
            Ok(quoted.get(1..quoted.len() - 1).map(str::to_owned))
        }
        _ => Err(Unknown),
    }
}

/// The reverse.
pub(super) fn unescape(text: &str, format: &str) -> Result<Option<String>, Unknown> {
    match format {
        "html" => {
            let mut plain = String::new();
            let mut rest = text;
            while let Some(next) = rest.chars().next() {
                let entity = HTML.iter().find(|(_, entity)| rest.starts_with(entity));
                let (meant, length) = entity.map_or((next, next.len_utf8()), |(meant, entity)| {
                    (*meant, entity.len())
                });
                plain.push(meant);
                rest = &rest[length..];
            }
            Ok(Some(plain))
        }
        "json" => Ok(serde_json::from_str(&format!("\"{}\"", requoted(text))).ok()),
        _ => Err(Unknown),
    }
}

/// With every quote escaped that is not: a text that came from a FHIRPath literal has lost that level.
fn requoted(text: &str) -> String {
    let mut is_escaped = false;
    let mut quoted = String::with_capacity(text.len());
    for found in text.chars() {
        if found == '"' && !is_escaped {
            quoted.push('\\');
        }
        is_escaped = found == '\\' && !is_escaped;
        quoted.push(found);
    }
    quoted
}

const HTML: [(char, &str); 5] = [
    ('&', "&amp;"),
    ('<', "&lt;"),
    ('>', "&gt;"),
    ('"', "&quot;"),
    ('\'', "&#39;"),
];

#[cfg(test)]
mod tests {
    use super::{decode, encode, escape, unescape};

    #[test]
    fn every_format_can_be_undone() {
        let text = "\"1<2\" & é?";
        for format in ["hex", "base64", "urlbase64"] {
            let encoded = encode(text, format).unwrap().unwrap();
            assert_eq!(decode(&encoded, format).unwrap().as_deref(), Some(text));
        }
        for format in ["html", "json"] {
            let escaped = escape(text, format).unwrap().unwrap();
            assert_eq!(unescape(&escaped, format).unwrap().as_deref(), Some(text));
        }
    }

    #[test]
    fn what_cannot_be_decoded_is_nothing() {
        assert_eq!(decode("abc", "hex"), Ok(None));
        assert_eq!(decode("+", "hex"), Ok(None));
        assert_eq!(decode("%%%", "base64"), Ok(None));
        assert_eq!(decode("ff", "hex"), Ok(None));
        assert!(encode("a", "rot13").is_err());
    }
}
