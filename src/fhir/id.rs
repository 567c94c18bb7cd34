//! Logical ids.

/// Whether `text` is a FHIR id: 1 to 64 of `A-Z a-z 0-9 - .`.
#[must_use]
pub fn is_valid(text: &str) -> bool {
    (1..=64).contains(&text.len())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'.')
}

#[cfg(test)]
mod tests {
    use super::is_valid;

    #[test]
    fn the_grammar_of_ids_is_held() {
        assert!(is_valid("a"));
        assert!(is_valid("A-1.b"));
        assert!(is_valid(&"x".repeat(64)));
        for bad in ["", "!!!", "a b", "a/b", "ä", "a_b"] {
            assert!(!is_valid(bad), "{bad}");
        }
        assert!(!is_valid(&"x".repeat(65)));
    }
}
