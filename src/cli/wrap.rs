//! Text for people fits 100 columns.

use std::fmt::Write as _;

/// Widest line, in columns.
const WIDTH: usize = 100;

/// Text without control characters, which a target could use to rewrite the screen: they become dots.
pub(super) fn plain(content: &str) -> String {
    content
        .chars()
        .map(|c| if c.is_control() { '·' } else { c })
        .collect()
}

/// Writes `content` behind `head`, made plain, wrapped, continued below the end of the head.
pub(super) fn wrap(text: &mut String, head: &str, content: &str) {
    let indent = " ".repeat(visible(head));
    let content = plain(content);
    let room = WIDTH.saturating_sub(indent.len()).max(20);
    let mut current = String::new();
    let mut first = true;
    let mut flush = |current: &mut String, text: &mut String| {
        let lead = if first { head } else { indent.as_str() };
        first = false;
        // Writing to a String cannot fail.
        let _ = writeln!(text, "{lead}{current}");
        current.clear();
    };
    for word in content.split(' ') {
        let mut word: String = word.to_owned();
        if !current.is_empty() && current.chars().count() + 1 + word.chars().count() > room {
            flush(&mut current, text);
        }
        while word.chars().count() > room {
            let rest = word.chars().skip(room).collect();
            current = word.chars().take(room).collect();
            flush(&mut current, text);
            word = rest;
        }
        if !current.is_empty() {
            current.push(' ');
        }
        current.push_str(&word);
    }
    flush(&mut current, text);
}

/// Columns a text takes, colour codes not counted.
fn visible(text: &str) -> usize {
    let mut columns = 0;
    let mut escaped = false;
    for character in text.chars() {
        match character {
            '\u{1b}' => escaped = true,
            'm' if escaped => escaped = false,
            _ if escaped => {}
            _ => columns += 1,
        }
    }
    columns
}

#[cfg(test)]
mod tests {
    use super::{visible, wrap};

    #[test]
    fn long_texts_are_wrapped_below_the_end_of_their_head() {
        let mut text = String::new();
        wrap(&mut text, "     actual    ", &"word ".repeat(40));
        assert!(text.lines().count() > 1);
        assert!(
            text.lines().all(|line| line.chars().count() <= 100),
            "{text}"
        );
        assert!(
            text.lines()
                .nth(1)
                .unwrap()
                .starts_with("               word")
        );
    }

    #[test]
    fn control_characters_of_a_target_do_not_reach_the_screen() {
        let mut text = String::new();
        wrap(&mut text, "", "\u{1b}[2Jgone");
        assert_eq!(text, "·[2Jgone\n");
    }

    #[test]
    fn colour_codes_take_no_column() {
        assert_eq!(visible("\u{1b}[31mfail\u{1b}[0m 1"), 6);
    }
}
