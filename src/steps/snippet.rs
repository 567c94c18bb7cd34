//! The few lines of an answer that show what is wrong with it, redacted like everything else.

use crate::evidence::{Redactor, Snippet};
use crate::profile::{Document, Limits};
use serde_json::Value;

/// Lines shown before and after the one in question.
const AROUND: usize = 3;
/// Longest line shown, in characters.
const LONGEST: usize = 160;
/// Longest answer of which lines are shown, in bytes: indenting may make it many times longer.
const LONGEST_ANSWER: usize = 2 << 20;
/// Most values below an element whose redaction is carried over to texts.
const MOST_VALUES: usize = 200;

/// An answer as the evidence has it: redacted, and indented so that lines say something.
pub(super) struct Redacted {
    text: String,
    value: Value,
}

impl Redacted {
    /// Redacts one resource; none when it is very long, or nothing readable is left of it.
    pub(super) fn of(resource: &[u8], redactor: &Redactor) -> Option<Self> {
        if resource.len() > LONGEST_ANSWER {
            return None;
        }
        let redacted = redactor.body(resource, Some("application/fhir+json"));
        let text = indented(std::str::from_utf8(&redacted).ok()?);
        let value = Document::read(text.as_bytes(), Limits::default())
            .ok()?
            .value;
        Some(Self { text, value })
    }

    /// The redacted answer.
    pub(super) const fn value(&self) -> &Value {
        &self.value
    }

    /// The lines around an element, or around the nearest one that is there.
    pub(super) fn snippet(&self, expression: &str) -> Option<Snippet> {
        let document = Document::read(self.text.as_bytes(), Limits::default()).ok()?;
        let marked = document.position(expression).line.checked_sub(1)?;
        let start = marked.saturating_sub(AROUND);
        let lines = self
            .text
            .lines()
            .skip(start)
            .take(marked - start + AROUND + 1);
        Some(Snippet {
            first: start + 1,
            lines: lines.map(shortened).collect(),
            marked: marked - start,
        })
    }

    /// A text about an element, with the values below it replaced as they are in the redacted answer.
    pub(super) fn text(&self, text: &str, original: &Value, expression: &str) -> String {
        let mut text = text.to_owned();
        if let (Some(original), Some(redacted)) =
            (at(original, expression), at(&self.value, expression))
        {
            let mut pairs = Vec::new();
            differences(original, redacted, &mut pairs);
            // What holds another value must go first.
            pairs.sort_by_key(|(original, _)| std::cmp::Reverse(original.len()));
            for (original, redacted) in pairs {
                text = replaced(&text, &original, &redacted);
            }
        }
        text
    }
}

fn shortened(line: &str) -> String {
    match line.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line.to_owned(),
    }
}

/// The value at a FHIRPath such as the validator writes, or the nearest one around it.
fn at<'v>(root: &'v Value, expression: &str) -> Option<&'v Value> {
    let mut value = root;
    for part in expression.split('.').skip(1) {
        let (name, indexes) = part.split_at(part.find('[').unwrap_or(part.len()));
        let fields = value.as_object()?;
        let choice = || {
            let is_choice = |key: &&String| {
                let rest = key.strip_prefix(name).unwrap_or_default();
                rest.starts_with(|first: char| first.is_ascii_uppercase())
            };
            fields
                .keys()
                .find(is_choice)
                .and_then(|key| fields.get(key))
        };
        let Some(found) = fields.get(name).or_else(choice) else {
            break;
        };
        value = found;
        for index in indexes.split(['[', ']']).filter(|index| !index.is_empty()) {
            match index.parse().ok().and_then(|index: usize| value.get(index)) {
                Some(found) => value = found,
                None => return Some(value),
            }
        }
    }
    Some(value)
}

/// Values that were replaced, each with what stands in.
fn differences(original: &Value, redacted: &Value, pairs: &mut Vec<(String, String)>) {
    if pairs.len() >= MOST_VALUES {
        return;
    }
    match (original, redacted) {
        (Value::Object(fields), Value::Object(others)) => {
            for (name, value) in fields {
                if let Some(other) = others.get(name) {
                    differences(value, other, pairs);
                }
            }
        }
        (Value::Array(items), Value::Array(others)) => {
            for (item, other) in items.iter().zip(others) {
                differences(item, other, pairs);
            }
        }
        (Value::Object(_) | Value::Array(_) | Value::Null, _) => {}
        _ => {
            let plain = |value: &Value| {
                value
                    .as_str()
                    .map_or_else(|| value.to_string(), str::to_owned)
            };
            let (original, redacted) = (plain(original), plain(redacted));
            if original != redacted && !original.is_empty() {
                pairs.push((original, redacted));
            }
        }
    }
}

/// Replaces whole words only: what is short may be part of any other.
fn replaced(text: &str, original: &str, redacted: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find(original) {
        let end = start + original.len();
        let before = rest[..start]
            .chars()
            .next_back()
            .or(out.chars().next_back());
        let is_whole = [before, rest[end..].chars().next()]
            .into_iter()
            .flatten()
            .all(|around| !around.is_alphanumeric());
        out.push_str(&rest[..start]);
        out.push_str(if is_whole { redacted } else { original });
        rest = &rest[end..];
    }
    out.push_str(rest);
    out
}

/// JSON with one value per line and its order kept. The text need not be JSON for this to end.
fn indented(text: &str) -> String {
    let mut out = String::with_capacity(text.len() * 2);
    let (mut depth, mut in_string, mut is_escaped) = (0_usize, false, false);
    let mut characters = text.chars().filter(|&c| c != '\u{feff}').peekable();
    while let Some(c) = characters.next() {
        if in_string {
            out.push(c);
            in_string = is_escaped || c != '"';
            is_escaped = !is_escaped && c == '\\';
            continue;
        }
        match c {
            '"' => {
                in_string = true;
                out.push(c);
            }
            '{' | '[' => {
                out.push(c);
                while characters
                    .next_if(|next| next.is_ascii_whitespace())
                    .is_some()
                {}
                let close = if c == '{' { '}' } else { ']' };
                if characters.next_if_eq(&close).is_some() {
                    out.push(close);
                } else {
                    depth += 1;
                    line(&mut out, depth);
                }
            }
            '}' | ']' => {
                depth = depth.saturating_sub(1);
                line(&mut out, depth);
                out.push(c);
            }
            ',' => {
                out.push(c);
                line(&mut out, depth);
            }
            ':' => out.push_str(": "),
            c if c.is_ascii_whitespace() => {}
            c => out.push(c),
        }
    }
    out
}

/// A new line; hostile depth must not make it long.
fn line(out: &mut String, depth: usize) {
    out.push('\n');
    out.extend(std::iter::repeat_n("  ", depth.min(20)));
}

#[cfg(test)]
mod tests {
    use super::{Redacted, indented, replaced};
    use crate::evidence::Redactor;
    use serde_json::Value;

    const PATIENT: &str = r#"{"resourceType":"Patient","id":"p1","name":[{"family":"Canary","given":[]}],"birthDate":"1974-02-30","gender":"other"}"#;

    fn redacted() -> Redacted {
        Redacted::of(PATIENT.as_bytes(), &Redactor::new([7; 32], true)).unwrap()
    }

    #[test]
    fn a_snippet_marks_the_line_and_holds_no_personal_data() {
        let snippet = redacted().snippet("Patient.birthDate").unwrap();
        assert!(
            snippet.lines[snippet.marked].contains("\"birthDate\": "),
            "{snippet:?}"
        );
        assert!(snippet.lines.len() <= 7);
        let text = snippet.lines.join("\n");
        for personal in ["Canary", "1974", "\"p1\""] {
            assert!(!text.contains(personal), "{text}");
        }
    }

    #[test]
    fn what_is_missing_is_shown_at_what_lacks_it() {
        let snippet = redacted().snippet("Patient.name[0].text").unwrap();
        assert!(snippet.lines[snippet.marked].ends_with('{'), "{snippet:?}");
    }

    #[test]
    fn texts_about_an_element_lose_its_values() {
        let original: Value = serde_json::from_str(PATIENT).unwrap();
        let redacted = redacted();
        let said = redacted.text("\"1974-02-30\" is no date", &original, "Patient.birthDate");
        assert!(
            !said.contains("1974") && said.contains("is no date"),
            "{said}"
        );
        let said = redacted.text(
            "Canary has no given name",
            &original,
            "Patient.name[0].given",
        );
        assert!(
            said.starts_with("Canary"),
            "only values of the element: {said}"
        );
        let said = redacted.text("Canary has no text", &original, "Patient.name[0].text");
        assert!(!said.contains("Canary"), "{said}");
    }

    #[test]
    fn short_values_are_replaced_as_whole_words() {
        assert_eq!(
            replaced("M is no code, M or Mr", "M", "[x]"),
            "[x] is no code, [x] or Mr"
        );
    }

    #[test]
    fn indenting_keeps_strings_and_ends_whatever_comes() {
        assert_eq!(
            indented("{\"a\":[1,{ }],\"b\":\"{,\\\"\"}"),
            "{\n  \"a\": [\n    1,\n    {}\n  ],\n  \"b\": \"{,\\\"\"\n}"
        );
        assert!(indented(&"[".repeat(1000)).len() < 100_000);
        assert_eq!(indented("}]\""), "\n}\n]\"");
    }
}
