//! A forgiving reader of JSON that keeps the original text: it finds the strings and where they
//! stand, also in bodies that are cut off, broken, or several documents in a row.

use std::borrow::Cow;

/// More values than this are not looked at.
const LIMIT: usize = 2_000_000;
/// Index of no node.
pub(super) const NONE: u32 = u32::MAX;

/// What a node is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Object,
    Array,
    /// A string; its span is what stands between the quotes.
    Text,
    /// A number, `true`, `false`, `null`, or what stands where one should.
    Bare,
}

/// One value. Positions are byte offsets.
pub(super) struct Node {
    pub(super) kind: Kind,
    /// The container around it, or [`NONE`].
    pub(super) parent: u32,
    /// The nearest object around it, or [`NONE`].
    owner: u32,
    /// The span of the member name it belongs to, through arrays; empty at the top.
    key: (u32, u32),
    pub(super) span: (u32, u32),
}

/// All values of a text in document order.
pub(super) struct Document<'text> {
    pub(super) text: &'text str,
    pub(super) nodes: Vec<Node>,
    /// Spans of all member names.
    pub(super) keys: Vec<(u32, u32)>,
    /// Whether brackets do not match or a string does not end.
    pub(super) is_broken: bool,
}

impl<'text> Document<'text> {
    /// Reads any text; `None` when it holds too many values or is too long.
    pub(super) fn read(text: &'text str) -> Option<Self> {
        u32::try_from(text.len()).ok()?;
        let document = Self {
            text,
            nodes: Vec::with_capacity(text.len() / 24),
            keys: Vec::with_capacity(text.len() / 32),
            is_broken: false,
        };
        let mut reader = Reader {
            document,
            at: 0,
            open: NONE,
            key: (0, 0),
        };
        while reader.step()? {}
        reader.document.is_broken |= reader.open != NONE;
        Some(reader.document)
    }

    /// The raw text of a span.
    pub(super) fn raw(&self, span: (u32, u32)) -> &'text str {
        self.text
            .get(span.0 as usize..span.1 as usize)
            .unwrap_or_default()
    }

    /// The member name a value belongs to, through arrays.
    pub(super) fn field(&self, index: u32) -> Cow<'text, str> {
        self.nodes
            .get(index as usize)
            .map_or(Cow::Borrowed(""), |node| unescape(self.raw(node.key)))
    }

    /// The nearest object around a value, or [`NONE`].
    pub(super) fn owner(&self, index: u32) -> u32 {
        self.nodes
            .get(index as usize)
            .map_or(NONE, |node| node.owner)
    }

    /// Whether the text ends in or right after this value, which may then be half of it, or a
    /// member name.
    pub(super) fn is_cut_in(&self, index: u32) -> bool {
        self.nodes
            .get(index as usize)
            .is_some_and(|node| node.span.1 as usize + 1 >= self.text.len())
    }

    /// A string's value.
    pub(super) fn value(&self, index: u32) -> Cow<'text, str> {
        self.nodes
            .get(index as usize)
            .map_or(Cow::Borrowed(""), |node| unescape(self.raw(node.span)))
    }
}

/// What an escaped string says; as it stands when the escapes are broken.
pub(super) fn unescape(raw: &str) -> Cow<'_, str> {
    if !raw.contains('\\') {
        return Cow::Borrowed(raw);
    }
    serde_json::from_str(&format!("\"{raw}\"")).map_or(Cow::Borrowed(raw), Cow::Owned)
}

struct Reader<'text> {
    document: Document<'text>,
    at: usize,
    open: u32,
    key: (u32, u32),
}

impl Reader<'_> {
    /// Takes one token; `Some(false)` at the end, `None` when there are too many.
    fn step(&mut self) -> Option<bool> {
        let bytes = self.document.text.as_bytes();
        let Some(byte) = bytes.get(self.at) else {
            return Some(false);
        };
        match byte {
            b'{' => self.open(Kind::Object)?,
            b'[' => self.open(Kind::Array)?,
            b'}' => self.close(Kind::Object),
            b']' => self.close(Kind::Array),
            b'"' => self.string()?,
            b',' | b':' | b' ' | b'\t' | b'\r' | b'\n' => self.at += 1,
            _ => self.bare()?,
        }
        Some(true)
    }

    fn push(&mut self, kind: Kind, start: usize, end: usize) -> Option<u32> {
        let index = u32::try_from(self.document.nodes.len()).ok()?;
        if self.document.nodes.len() >= LIMIT {
            return None;
        }
        let own = std::mem::take(&mut self.key);
        let (owner, key) = match self.document.nodes.get(self.open as usize) {
            Some(parent) if parent.kind == Kind::Array => (parent.owner, parent.key),
            _ => (self.open, own),
        };
        self.document.nodes.push(Node {
            kind,
            parent: self.open,
            owner,
            key,
            span: span(start, end),
        });
        Some(index)
    }

    fn open(&mut self, kind: Kind) -> Option<()> {
        self.open = self.push(kind, self.at, self.at + 1)?;
        self.at += 1;
        Some(())
    }

    fn close(&mut self, kind: Kind) {
        self.at += 1;
        self.key = (0, 0);
        match self.document.nodes.get(self.open as usize) {
            Some(node) => {
                self.document.is_broken |= node.kind != kind;
                self.open = node.parent;
            }
            None => self.document.is_broken = true,
        }
    }

    fn string(&mut self) -> Option<()> {
        let bytes = self.document.text.as_bytes();
        let start = self.at + 1;
        let mut end = start;
        while let Some(byte) = bytes.get(end).filter(|byte| **byte != b'"') {
            end += if *byte == b'\\' { 2 } else { 1 };
        }
        let is_open = end >= bytes.len();
        let end = end.min(bytes.len());
        self.document.is_broken |= is_open;
        self.at = if is_open { end } else { end + 1 };
        let next = bytes[self.at..]
            .iter()
            .find(|byte| !byte.is_ascii_whitespace());
        if next == Some(&b':') {
            self.key = span(start, end);
            self.document.keys.push(self.key);
            return Some(());
        }
        self.push(Kind::Text, start, end).map(|_| ())
    }

    fn bare(&mut self) -> Option<()> {
        let bytes = self.document.text.as_bytes();
        let ends = |byte: &u8| {
            matches!(byte, b',' | b':' | b'{' | b'}' | b'[' | b']' | b'"')
                || byte.is_ascii_whitespace()
        };
        let length = bytes[self.at..].iter().position(ends);
        let end = length.map_or(bytes.len(), |length| self.at + length);
        let key = self.key;
        self.push(Kind::Bare, self.at, end)?;
        // In broken text a value may have several words; all belong to the same member.
        let is_word = !matches!(&bytes[self.at..end], b"true" | b"false" | b"null")
            && bytes[self.at].is_ascii_alphabetic();
        if is_word {
            self.document.is_broken = true;
            let next = bytes[end..].iter().find(|byte| !byte.is_ascii_whitespace());
            if !matches!(next, Some(b',' | b'}' | b']')) {
                self.key = key;
            }
        }
        self.at = end;
        Some(())
    }
}

/// Lengths were checked to fit when reading began.
fn span(start: usize, end: usize) -> (u32, u32) {
    let fit = |position| u32::try_from(position).unwrap_or(u32::MAX);
    (fit(start), fit(end))
}

#[cfg(test)]
mod tests {
    use super::{Document, Kind};

    fn leaves(text: &str) -> Vec<(String, String)> {
        let document = Document::read(text).unwrap();
        (0..u32::try_from(document.nodes.len()).unwrap())
            .filter(|index| {
                matches!(
                    document.nodes[*index as usize].kind,
                    Kind::Text | Kind::Bare
                )
            })
            .map(|index| (document.field(index).into(), document.value(index).into()))
            .collect()
    }

    fn pairs(expected: &[(&str, &str)]) -> Vec<(String, String)> {
        expected
            .iter()
            .map(|(key, value)| ((*key).into(), (*value).into()))
            .collect()
    }

    #[test]
    fn values_are_found_with_their_member_through_arrays() {
        let found = leaves(r#"{"a":[["x"],{"b":1,"c\u0064":"\u00e9\/"}],"d":null}"#);
        assert_eq!(
            found,
            pairs(&[("a", "x"), ("b", "1"), ("cd", "é/"), ("d", "null")])
        );
    }

    #[test]
    fn several_documents_in_a_row_are_read() {
        assert_eq!(
            leaves("{\"a\":1}\n{\"a\":2}\n"),
            pairs(&[("a", "1"), ("a", "2")])
        );
    }

    #[test]
    fn what_is_cut_off_is_read_as_far_as_it_goes() {
        for (text, expected) in [
            (r#"{"a":{"b":"can"#, vec![("b", "can")]),
            (r#"{"a":"x\"#, vec![("a", "x\\")]),
            (r#"{"a":"#, vec![]),
            ("{\"a\":nu", vec![("a", "nu")]),
        ] {
            assert!(Document::read(text).unwrap().is_broken, "{text}");
            assert_eq!(leaves(text), pairs(&expected), "{text}");
        }
    }

    #[test]
    fn broken_text_is_read_and_known_to_be_broken() {
        for text in ["]]]}", "{]", "\"", "{\"a\":Can ary}", "\\\"{"] {
            assert!(
                Document::read(text).is_some_and(|document| document.is_broken),
                "{text}"
            );
        }
        assert_eq!(
            leaves("{\"a\": Can ary}"),
            pairs(&[("a", "Can"), ("a", "ary")])
        );
    }

    #[test]
    fn deep_nesting_and_too_many_values_do_no_harm() {
        let deep = "[".repeat(1_000_000);
        assert!(Document::read(&deep).is_some());
        assert!(Document::read(&"[".repeat(2_500_000)).is_none());
    }
}
