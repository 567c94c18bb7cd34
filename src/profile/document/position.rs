//! Lines and columns of elements, found by reading the text again along FHIRPaths, all of them at once.

use std::collections::BTreeMap;
use std::fmt;

/// A place in a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Position {
    /// Line, from 1.
    pub line: usize,
    /// Column, from 1, in characters.
    pub column: usize,
    /// Bytes before it.
    offset: usize,
}

impl Position {
    /// Where a text begins.
    pub(super) const START: Self = Self {
        line: 1,
        column: 1,
        offset: 0,
    };
}

impl fmt::Display for Position {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}:{}", self.line, self.column)
    }
}

/// The elements at `expressions`, or the nearest ones around them. The text is known to be JSON.
pub(super) fn find<'e>(
    text: &str,
    expressions: impl IntoIterator<Item = &'e str>,
) -> Vec<Position> {
    let mut wanted = Wanted::default();
    let mut count = 0;
    for (number, expression) in expressions.into_iter().enumerate() {
        wanted.add(expression, number);
        count += 1;
    }
    let mut offsets = vec![0; count];
    if count > 0 {
        let bytes = text.as_bytes();
        wanted.visit(bytes, blanks(bytes, 0), &mut offsets);
    }
    positions(text, &offsets)
}

/// The line of a position, or what stands around it in a long line.
pub(super) fn excerpt(text: &str, position: Position, longest: usize) -> &str {
    // A character has at most four bytes.
    let reach = longest.saturating_mul(4);
    let at = position.offset.min(text.len());
    let from = text.ceil_char_boundary(at.saturating_sub(reach));
    let to = text.floor_char_boundary(at.saturating_add(reach));
    let start = text[from..at].rfind('\n').map(|newline| from + newline + 1);
    let start = start.or((from == 0).then_some(0));
    let end = text[at..to].find('\n').map(|newline| at + newline);
    let end = end.or((to == text.len()).then_some(to));
    let whole = start.zip(end).map(|(start, end)| &text[start..end]);
    match whole.filter(|line| line.chars().nth(longest).is_none()) {
        Some(line) => line.trim(),
        None => {
            let rest = &text[at..end.unwrap_or(to)];
            let end = rest.char_indices().nth(longest).map(|(end, _)| end);
            rest[..end.unwrap_or(rest.len())].trim()
        }
    }
}

/// What is looked for below one element, by name or index; and the numbers of who looks for it itself.
#[derive(Default)]
struct Wanted<'e> {
    numbers: Vec<usize>,
    fields: BTreeMap<&'e str, Self>,
    items: BTreeMap<usize, Self>,
}

impl<'e> Wanted<'e> {
    fn add(&mut self, expression: &'e str, number: usize) {
        let mut node = self;
        for (place, part) in expression.split('.').enumerate() {
            let (name, indexes) = part.split_at(part.find('[').unwrap_or(part.len()));
            // The first part is the type of the resource.
            if !name.is_empty() && place > 0 {
                node = node.fields.entry(name).or_default();
            }
            for index in indexes.split(['[', ']']).filter(|index| !index.is_empty()) {
                // What is no index leads nowhere.
                node = node
                    .items
                    .entry(index.parse().unwrap_or(usize::MAX))
                    .or_default();
            }
        }
        node.numbers.push(number);
    }

    /// Notes `at` for everybody at or below this element, then looks for those below it. Returns where the
    /// value ends.
    fn visit(&self, bytes: &[u8], at: usize, offsets: &mut [usize]) -> usize {
        self.note(at, offsets);
        match bytes.get(at) {
            Some(b'{') if !self.fields.is_empty() => self.visit_fields(bytes, at, offsets),
            Some(b'[') if !self.items.is_empty() => self.visit_items(bytes, at, offsets),
            _ => skip(bytes, at),
        }
    }

    fn note(&self, at: usize, offsets: &mut [usize]) {
        for number in &self.numbers {
            offsets[*number] = at;
        }
        for below in self.fields.values().chain(self.items.values()) {
            below.note(at, offsets);
        }
    }

    /// The field itself; or of a choice, whatever its type; or else its `_` entry.
    fn visit_fields(&self, bytes: &[u8], at: usize, offsets: &mut [usize]) -> usize {
        // Whether what was found is the field itself.
        let mut found: BTreeMap<&str, bool> = BTreeMap::new();
        let mut at = blanks(bytes, at + 1);
        while bytes.get(at) == Some(&b'"') {
            let end = string_end(bytes, at);
            let key = bytes.get(at + 1..end.saturating_sub(1)).unwrap_or_default();
            let key = std::str::from_utf8(key).unwrap_or_default();
            let value = blanks(bytes, blanks(bytes, end) + 1);
            let mut value_end = None;
            for name in beginnings(key.strip_prefix('_').unwrap_or(key)).chain([key]) {
                let Some((name, below)) = self.fields.get_key_value(name) else {
                    continue;
                };
                let is_exact = *name == key;
                let before = found.get(name);
                if before.is_none() || (is_exact && before == Some(&false)) {
                    found.insert(name, is_exact);
                    value_end = Some(below.visit(bytes, value, offsets));
                }
            }
            at = after(bytes, value_end.unwrap_or_else(|| skip(bytes, value)));
        }
        at.saturating_add(1).min(bytes.len())
    }

    fn visit_items(&self, bytes: &[u8], at: usize, offsets: &mut [usize]) -> usize {
        let mut at = blanks(bytes, at + 1);
        let mut index = 0;
        while bytes.get(at).is_some_and(|byte| *byte != b']') {
            let end = match self.items.get(&index) {
                Some(below) => below.visit(bytes, at, offsets),
                None => skip(bytes, at),
            };
            let next = after(bytes, end);
            if next == at {
                break;
            }
            (at, index) = (next, index + 1);
        }
        at.saturating_add(1).min(bytes.len())
    }
}

/// Longest name of a choice's type that is looked for, in bytes.
const LONGEST_TYPE: usize = 64;

/// A key itself, and what stands before the name of a type: of `valueString`, also `value`.
fn beginnings(key: &str) -> impl Iterator<Item = &str> {
    let types = key.char_indices().rev().take(LONGEST_TYPE);
    let ends = types.filter(|(_, letter)| letter.is_ascii_uppercase());
    std::iter::once(key.len())
        .chain(ends.map(|(end, _)| end))
        .map(|end| &key[..end])
}

/// Lines and columns of offsets, counted in one pass.
fn positions(text: &str, offsets: &[usize]) -> Vec<Position> {
    let mut order: Vec<usize> = (0..offsets.len()).collect();
    order.sort_unstable_by_key(|number| offsets[*number]);
    let mut found = vec![Position::START; offsets.len()];
    let mut here = Position::START;
    for number in order {
        let offset = offsets[number].min(text.len());
        let passed = &text[here.offset..offset];
        here.line += passed.bytes().filter(|byte| *byte == b'\n').count();
        here.column = match passed.rfind('\n') {
            Some(newline) => passed[newline + 1..].chars().count() + 1,
            None => here.column + passed.chars().count(),
        };
        here.offset = offset;
        found[number] = here;
    }
    found
}

fn blanks(bytes: &[u8], mut at: usize) -> usize {
    while bytes.get(at).is_some_and(u8::is_ascii_whitespace) {
        at += 1;
    }
    at
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
    use super::{Position, excerpt, find};

    const TEXT: &str = "{\n  \"resourceType\": \"Observation\",\n  \"x\": [1, {\"y\": \"},]\"}],\n  \"valueString\": \"é\\\"\", \"_z\": {\"id\": \"a\"}\n}";

    fn one(text: &str, expression: &str) -> Position {
        find(text, [expression])[0]
    }

    fn place(text: &str, expression: &str) -> (usize, usize) {
        let position = one(text, expression);
        (position.line, position.column)
    }

    #[test]
    fn elements_are_found_where_they_are() {
        let expected = [
            ("Observation", (1, 1)),
            ("Observation.x", (3, 8)),
            ("Observation.x[1].y", (3, 18)),
            ("Observation.value", (4, 18)),
            ("Observation.z.id", (4, 38)),
        ];
        for (expression, at) in expected {
            assert_eq!(place(TEXT, expression), at, "{expression}");
        }
        // Asked for all at once, in any order, they are where they are one by one.
        let reversed = expected.iter().rev().map(|(expression, _)| *expression);
        let found = find(TEXT, reversed);
        for ((_, at), position) in expected.iter().rev().zip(found) {
            assert_eq!((position.line, position.column), *at);
        }
    }

    #[test]
    fn what_is_missing_is_found_at_what_lacks_it() {
        for (missing, around) in [
            ("Observation.x[7].y", "Observation.x"),
            ("Observation.status", "Observation"),
            ("Observation.x[one]", "Observation.x"),
            ("Observation.x.y", "Observation.x"),
        ] {
            assert_eq!(one(TEXT, missing), one(TEXT, around), "{missing}");
        }
        assert_eq!(place("{", "A.b[0].c"), (1, 1));
        assert_eq!(place("", ""), (1, 1));
    }

    #[test]
    fn a_field_is_preferred_to_what_is_named_like_it() {
        let text = r#"{"_a":{"b":1},"aString":1,"a":{"b":2}}"#;
        assert_eq!(place(text, "X.a"), (1, 31));
        assert_eq!(place(text, "X.a.b"), (1, 36));
        assert_eq!(place(r#"{"_a":{"b":1},"aString":1}"#, "X.a.b"), (1, 12));
    }

    #[test]
    fn excerpts_are_short() {
        assert_eq!(
            excerpt(TEXT, one(TEXT, "Observation.x[1]"), 30),
            r#""x": [1, {"y": "},]"}],"#
        );
        let long = format!(
            r#"{{"a":"{}","b":"é{}"}}"#,
            "x".repeat(500),
            "y".repeat(500)
        );
        let shown = excerpt(&long, one(&long, "A.b"), 30);
        assert!(
            shown.starts_with("\"éyy") && shown.chars().count() == 30,
            "{shown}"
        );
        assert_eq!(excerpt("{}", one("{}", "A"), 0), "");
    }
}
