//! The form of UCUM codes: brackets that close, operators between operands, no blanks.
//!
//! Whether an atom exists is not looked at; that takes the UCUM tables.

/// Whether `text` has the form of a UCUM code (case-sensitive variant).
#[must_use]
pub fn has_form(text: &str) -> bool {
    let mut rest = text.as_bytes();
    let mut depth = 0_u32;
    // An operand may follow; `/` may also stand first.
    let mut wants_operand = true;
    let mut is_first = true;
    while let Some(&byte) = rest.first() {
        match byte {
            b'/' if is_first => rest = &rest[1..],
            b'.' | b'/' if !wants_operand => {
                rest = &rest[1..];
                wants_operand = true;
            }
            b'(' if wants_operand => {
                depth += 1;
                rest = &rest[1..];
            }
            b')' if !wants_operand && depth > 0 => {
                depth -= 1;
                rest = &rest[1..];
            }
            b'{' => match annotation(rest) {
                Some(after) => {
                    rest = after;
                    wants_operand = false;
                }
                None => return false,
            },
            _ if wants_operand => match component(rest) {
                Some(after) => {
                    rest = after;
                    wants_operand = false;
                }
                None => return false,
            },
            _ => return false,
        }
        is_first = false;
    }
    !wants_operand && depth == 0 && !text.is_empty()
}

/// `{…}` of printable ASCII without braces.
fn annotation(bytes: &[u8]) -> Option<&[u8]> {
    let end = bytes.iter().position(|byte| *byte == b'}')?;
    bytes[1..end]
        .iter()
        .all(|byte| (0x20..0x7f).contains(byte) && *byte != b'{')
        .then(|| &bytes[end + 1..])
}

/// A number or a unit with exponent, up to an operator, bracket or annotation.
fn component(bytes: &[u8]) -> Option<&[u8]> {
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'[' => {
                let length = bytes[at..].iter().position(|byte| *byte == b']')?;
                let is_plain = |byte: &u8| byte.is_ascii_graphic() && *byte != b'[';
                if length < 2 || !bytes[at + 1..at + length].iter().all(is_plain) {
                    return None;
                }
                at += length + 1;
            }
            b'.' | b'/' | b'(' | b')' | b'{' => break,
            b']' | b'}' | b'=' | b'<' | b'>' | b',' | b';' | b':' | b'"' => return None,
            byte if byte.is_ascii_graphic() => at += 1,
            _ => return None,
        }
    }
    (at > 0).then(|| &bytes[at..])
}

#[cfg(test)]
mod tests {
    use super::has_form;

    #[test]
    fn codes_are_told_from_prose() {
        for good in [
            "mg/dL",
            "mm[Hg]",
            "/min",
            "{score}",
            "10*3/uL",
            "kg/m2",
            "m/s2",
            "1",
            "%",
            "10*-3.mol",
            "mL/min/{1.73_m2}",
            "[in_i]",
            "g{creat}",
            "(m/s)/(kg.s)",
            "Cel",
            "[pH]",
            "/[HPF]",
            "ug/(24.h)",
        ] {
            assert!(has_form(good), "{good}");
        }
        for bad in [
            "",
            "per minute",
            "mm[Hg",
            "mg//dL",
            "mg/",
            ".m",
            "(m",
            "m)",
            "{x",
            "m}",
            "µg",
            "beats / min",
        ] {
            assert!(!has_form(bad), "{bad}");
        }
    }
}
