//! Where expected and actual differ, word by word.

use crate::report::wording::visible;
use serde::Serialize;
use similar::{ChangeTag, TextDiff};

/// Texts that share less than this differ as a whole; to mark nearly every word would say nothing.
const ALIKE: f64 = 0.3;
/// Longest text that is compared, in bytes.
const LONGEST: usize = 2000;

/// Part of a text.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub(super) struct Part {
    text: String,
    /// Whether the other text does not have it.
    marked: bool,
}

/// The parts of both texts, those marked that differ.
pub(super) fn parts(expected: &str, actual: &str) -> (Vec<Part>, Vec<Part>) {
    let (expected, actual) = (visible(expected), visible(actual));
    let whole = |text: String| {
        vec![Part {
            text,
            marked: false,
        }]
    };
    if expected.len().max(actual.len()) > LONGEST {
        return (whole(expected), whole(actual));
    }
    let diff = TextDiff::from_words(&expected, &actual);
    if f64::from(diff.ratio()) < ALIKE {
        return (whole(expected), whole(actual));
    }
    let (mut left, mut right) = (Vec::new(), Vec::new());
    for change in diff.iter_all_changes() {
        let text = change.value();
        match change.tag() {
            ChangeTag::Equal => {
                add(&mut left, text, false);
                add(&mut right, text, false);
            }
            ChangeTag::Delete => add(&mut left, text, true),
            ChangeTag::Insert => add(&mut right, text, true),
        }
    }
    (left, right)
}

fn add(parts: &mut Vec<Part>, text: &str, marked: bool) {
    match parts.last_mut() {
        Some(last) if last.marked == marked => last.text.push_str(text),
        _ => parts.push(Part {
            text: text.to_owned(),
            marked,
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::parts;

    fn marked(parts: &[super::Part]) -> String {
        let parts = parts.iter();
        parts
            .map(|part| {
                if part.marked {
                    format!("[{}]", part.text)
                } else {
                    part.text.clone()
                }
            })
            .collect()
    }

    #[test]
    fn what_differs_is_marked_in_both() {
        let (left, right) = parts("the status is 200 or 201", "the status is 500");
        assert_eq!(marked(&left), "the status is [200 or 201]");
        assert_eq!(marked(&right), "the status is [500]");
    }

    #[test]
    fn texts_that_have_little_in_common_are_not_marked() {
        let (left, right) = parts("an identifier", "nothing came within the time");
        assert_eq!(marked(&left), "an identifier");
        assert_eq!(marked(&right), "nothing came within the time");
    }
}
