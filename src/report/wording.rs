//! Text made fit for display.

/// Longest text of one field that the page shows; the JSON report has all of it.
const LONGEST: usize = 4000;

/// Text from outside as the page may show it: control characters, and those that turn the reading
/// direction around, become visible marks, so that nothing can pose as something else. Overlong text
/// is cut. Escaping for HTML is the template's work.
pub(super) fn visible(text: &str) -> String {
    let shown: String = text.chars().take(LONGEST).map(mark).collect();
    let rest = text.chars().count().saturating_sub(LONGEST);
    match rest {
        0 => shown,
        _ => format!("{shown} … ({rest} more characters in the JSON report)"),
    }
}

fn mark(character: char) -> char {
    match character {
        '\n' | '\t' => character,
        '\0'..='\u{1f}' => char::from_u32(0x2400 + u32::from(character)).unwrap_or('\u{fffd}'),
        '\u{7f}'..='\u{9f}'
        | '\u{200e}'
        | '\u{200f}'
        | '\u{2028}'
        | '\u{2029}'
        | '\u{202a}'..='\u{202e}'
        | '\u{2066}'..='\u{2069}'
        | '\u{feff}' => '\u{fffd}',
        _ => character,
    }
}

/// `1 requirement`, `2 requirements`, `1,730 requirements`.
pub(super) fn count(number: usize, noun: &str) -> String {
    let ending = if number == 1 { "" } else { "s" };
    format!("{} {noun}{ending}", thousands(number))
}

/// `1,730`.
pub(super) fn thousands(number: usize) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A duration with a unit that suits its size.
pub(super) fn duration(microseconds: u64) -> String {
    match microseconds {
        0..1_000 => format!("{microseconds} µs"),
        1_000..1_000_000 => format!("{} ms", microseconds / 1_000),
        1_000_000..60_000_000 => {
            let tenths = microseconds / 100_000;
            format!("{}.{} s", tenths / 10, tenths % 10)
        }
        _ => {
            let seconds = microseconds / 1_000_000;
            format!("{} min {} s", seconds / 60, seconds % 60)
        }
    }
}

/// `2026-03-14 09:26 UTC` out of an RFC 3339 time in UTC; anything else as it is.
pub(super) fn moment(rfc3339: &str) -> String {
    match (rfc3339.get(..10), rfc3339.get(11..16)) {
        (Some(day), Some(time)) if rfc3339.ends_with('Z') => format!("{day} {time} UTC"),
        _ => visible(rfc3339),
    }
}

/// The address as a link target, when it is one that a reader can follow safely.
pub(super) fn link(url: &str) -> Option<String> {
    let safe = url.starts_with("https://") || url.starts_with("http://");
    (safe && !url.contains(char::is_whitespace)).then(|| visible(url))
}

#[cfg(test)]
mod tests {
    use super::{count, duration, link, moment, visible};

    #[test]
    fn characters_that_could_mislead_become_visible() {
        assert_eq!(visible("a\0b\u{202e}c\nd"), "a␀b\u{fffd}c\nd");
    }

    #[test]
    fn overlong_text_is_cut_and_says_so() {
        let shown = visible(&"x".repeat(4_012));
        assert!(shown.ends_with("x … (12 more characters in the JSON report)"));
    }

    #[test]
    fn numbers_agree_with_their_nouns() {
        assert_eq!(count(1, "requirement"), "1 requirement");
        assert_eq!(count(1_234_567, "byte"), "1,234,567 bytes");
    }

    #[test]
    fn durations_take_the_unit_that_suits() {
        let shown = [900, 34_000, 1_250_000, 125_000_000].map(duration);
        assert_eq!(shown, ["900 µs", "34 ms", "1.2 s", "2 min 5 s"]);
    }

    #[test]
    fn a_time_is_shown_to_the_minute() {
        assert_eq!(moment("2026-03-14T09:26:53Z"), "2026-03-14 09:26 UTC");
        assert_eq!(moment("yesterday"), "yesterday");
    }

    #[test]
    fn only_web_addresses_become_links() {
        assert_eq!(link("javascript:alert(1)"), None);
        assert_eq!(link("https://a.example/ x"), None);
        assert!(link("https://a.example/#b").is_some());
    }
}
