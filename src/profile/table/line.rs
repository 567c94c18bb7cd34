//! Lines of a table: fields between tabs.

use std::borrow::Cow;
use std::str::Split;

/// Stands for a value that is not there, which is not the same as an empty one.
const NONE: &str = r"\-";

/// Writes one line.
pub(super) struct Line(String);

impl Line {
    /// A line that begins with this word.
    pub(super) fn new(word: &str) -> Self {
        Self(word.to_owned())
    }

    /// Adds a field.
    pub(super) fn field(mut self, text: &str) -> Self {
        self.0.push('\t');
        for char in text.chars() {
            match char {
                '\t' => self.0.push_str(r"\t"),
                '\n' => self.0.push_str(r"\n"),
                '\r' => self.0.push_str(r"\r"),
                '\\' => self.0.push_str(r"\\"),
                other => self.0.push(other),
            }
        }
        self
    }

    /// Adds a field that may have no value.
    pub(super) fn optional(mut self, text: Option<&str>) -> Self {
        if let Some(text) = text {
            return self.field(text);
        }
        self.0.push('\t');
        self.0.push_str(NONE);
        self
    }

    /// Adds a field per item.
    pub(super) fn fields<T: AsRef<str>>(self, items: impl IntoIterator<Item = T>) -> Self {
        items
            .into_iter()
            .fold(self, |line, item| line.field(item.as_ref()))
    }

    /// Ends the line.
    pub(super) fn end(self, text: &mut String) {
        text.push_str(&self.0);
        text.push('\n');
    }
}

/// Reads one line: its word, then its fields in turn.
pub(super) struct Fields<'a> {
    /// What the line begins with.
    pub(super) word: &'a str,
    rest: Split<'a, char>,
    line: &'a str,
}

impl<'a> Fields<'a> {
    /// Takes a line apart.
    pub(super) fn of(line: &'a str) -> Self {
        let mut rest = line.split('\t');
        Self {
            word: rest.next().unwrap_or_default(),
            rest,
            line,
        }
    }

    /// The next field, if there is another one.
    pub(super) fn next(&mut self) -> Option<Cow<'a, str>> {
        self.rest.next().map(unescaped)
    }

    /// The next field.
    pub(super) fn text(&mut self) -> Result<String, String> {
        let line = self.line;
        self.next()
            .map(Cow::into_owned)
            .ok_or_else(|| format!("the line {line:?} has too few fields"))
    }

    /// The next field, which may have no value.
    pub(super) fn optional(&mut self) -> Result<Option<String>, String> {
        match self.rest.next() {
            Some(NONE) => Ok(None),
            Some(raw) => Ok(Some(unescaped(raw).into_owned())),
            None => Err(format!("the line {:?} has too few fields", self.line)),
        }
    }

    /// The next field as a number.
    pub(super) fn number<T: std::str::FromStr>(&mut self) -> Result<T, String> {
        let text = self.text()?;
        text.parse()
            .map_err(|_| format!("{text:?} is not the number it should be"))
    }

    /// All fields that are left.
    pub(super) fn rest(mut self) -> Vec<String> {
        std::iter::from_fn(|| self.next().map(Cow::into_owned)).collect()
    }

    /// The line is not understood.
    pub(super) fn unknown<T>(&self) -> Result<T, String> {
        Err(format!("the line {:?} is not understood", self.line))
    }
}

fn unescaped(raw: &str) -> Cow<'_, str> {
    if !raw.contains('\\') {
        return Cow::Borrowed(raw);
    }
    let mut text = String::with_capacity(raw.len());
    let mut chars = raw.chars();
    while let Some(char) = chars.next() {
        match (char, char == '\\') {
            (_, true) => match chars.next() {
                Some('t') => text.push('\t'),
                Some('n') => text.push('\n'),
                Some('r') => text.push('\r'),
                Some(other) => text.push(other),
                None => {}
            },
            (other, false) => text.push(other),
        }
    }
    Cow::Owned(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_is_written_is_read_back() {
        let mut text = String::new();
        Line::new("word")
            .field("a\tb\n\\-")
            .optional(None)
            .optional(Some(""))
            .field(r"\-")
            .end(&mut text);
        assert_eq!(text.lines().count(), 1);
        let mut fields = Fields::of(text.trim_end_matches('\n'));
        assert_eq!(fields.word, "word");
        assert_eq!(fields.text().unwrap(), "a\tb\n\\-");
        assert_eq!(fields.optional().unwrap(), None);
        assert_eq!(fields.optional().unwrap().as_deref(), Some(""));
        assert_eq!(fields.optional().unwrap().as_deref(), Some(r"\-"));
        assert!(fields.text().unwrap_err().contains("too few fields"));
    }
}
