//! Lines and columns of elements, found by reading the text again along a FHIRPath.

use std::fmt;

/// A place in a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Position {
    /// Line, from 1.
    pub line: usize,
    /// Column, from 1, in characters.
    pub column: usize,
}

impl fmt::Display for Position {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}:{}", self.line, self.column)
    }
}

/// The element at `expression`, or the nearest one around it. The text is known to be JSON.
pub(super) fn find(text: &str, expression: &str) -> Position {
    let bytes = text.as_bytes();
    let mut at = blanks(bytes, 0);
    let mut parts = expression.split('.');
    // The first part is the type of the resource.
    let first = parts.next().unwrap_or_default();
    let steps =
        std::iter::once(first.find('[').map_or("", |bracket| &first[bracket..])).chain(parts);
    'steps: for part in steps {
        let (name, indexes) = part.split_at(part.find('[').unwrap_or(part.len()));
        if !name.is_empty() {
            match field(bytes, at, name) {
                Some(found) => at = found,
                None => break,
            }
        }
        for index in indexes.split(['[', ']']).filter(|index| !index.is_empty()) {
            match index.parse().ok().and_then(|index| item(bytes, at, index)) {
                Some(found) => at = found,
                None => break 'steps,
            }
        }
    }
    let before = &text[..at.min(text.len())];
    let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
    Position {
        line: before.matches('\n').count() + 1,
        column: before[line_start..].chars().count() + 1,
    }
}

fn blanks(bytes: &[u8], mut at: usize) -> usize {
    while bytes.get(at).is_some_and(u8::is_ascii_whitespace) {
        at += 1;
    }
    at
}

/// The value of a field of the object at `at`; of a choice, whatever its type; or else its `_` entry.
fn field(bytes: &[u8], at: usize, name: &str) -> Option<usize> {
    let mut at = enter(bytes, at, b'{')?;
    let mut near = None;
    while bytes.get(at) == Some(&b'"') {
        let end = string_end(bytes, at);
        let key = bytes.get(at + 1..end.checked_sub(1)?)?;
        let value = blanks(bytes, blanks(bytes, end) + 1);
        if key == name.as_bytes() {
            return Some(value);
        }
        let bare = key.strip_prefix(b"_").unwrap_or(key);
        let is_near = bare
            .strip_prefix(name.as_bytes())
            .is_some_and(|rest| rest.is_empty() || rest[0].is_ascii_uppercase());
        if is_near && near.is_none() {
            near = Some(value);
        }
        at = after(bytes, skip(bytes, value));
    }
    near
}

fn item(bytes: &[u8], at: usize, index: usize) -> Option<usize> {
    let mut at = enter(bytes, at, b'[')?;
    for _ in 0..index {
        at = after(bytes, skip(bytes, at));
    }
    bytes.get(at).filter(|byte| **byte != b']').map(|_| at)
}

fn enter(bytes: &[u8], at: usize, bracket: u8) -> Option<usize> {
    (bytes.get(at) == Some(&bracket)).then(|| blanks(bytes, at + 1))
}

/// Past a comma.
fn after(bytes: &[u8], at: usize) -> usize {
    let at = blanks(bytes, at);
    if bytes.get(at) == Some(&b',') {
        blanks(bytes, at + 1)
    } else {
        at
    }
}

/// Past a value, without recursion.
fn skip(bytes: &[u8], mut at: usize) -> usize {
    let mut depth = 0_usize;
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'"' => {
                at = string_end(bytes, at);
                if depth == 0 {
                    return at;
                }
                continue;
            }
            b'{' | b'[' => depth += 1,
            b'}' | b']' => {
                // At no depth it closes what is around the value.
                let Some(outer) = depth.checked_sub(1) else {
                    return at;
                };
                depth = outer;
                if depth == 0 {
                    return at + 1;
                }
            }
            b',' if depth == 0 => return at,
            _ => {}
        }
        at += 1;
    }
    at
}

fn string_end(bytes: &[u8], start: usize) -> usize {
    let mut at = start + 1;
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'\\' => at += 2,
            b'"' => return at + 1,
            _ => at += 1,
        }
    }
    bytes.len()
}

#[cfg(test)]
mod tests {
    use super::{Position, find};

    const TEXT: &str = "{\n  \"resourceType\": \"Observation\",\n  \"x\": [1, {\"y\": \"},]\"}],\n  \"valueString\": \"é\\\"\", \"_z\": {\"id\": \"a\"}\n}";

    #[test]
    fn elements_are_found_where_they_are() {
        let at = |line, column| Position { line, column };
        assert_eq!(find(TEXT, "Observation"), at(1, 1));
        assert_eq!(find(TEXT, "Observation.x"), at(3, 8));
        assert_eq!(find(TEXT, "Observation.x[1].y"), at(3, 18));
        assert_eq!(find(TEXT, "Observation.value"), at(4, 18));
        assert_eq!(find(TEXT, "Observation.z.id"), at(4, 38));
    }

    #[test]
    fn what_is_missing_is_found_at_what_lacks_it() {
        assert_eq!(
            find(TEXT, "Observation.x[7].y"),
            find(TEXT, "Observation.x")
        );
        assert_eq!(find(TEXT, "Observation.status"), find(TEXT, "Observation"));
        assert_eq!(find("{", "A.b[0].c"), Position { line: 1, column: 1 });
    }
}
