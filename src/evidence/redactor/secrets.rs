//! Configured credentials and anything that looks like a JSON Web Token, found anywhere.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use regex::Regex;
use std::borrow::Cow;
use std::collections::BTreeSet;

/// What stands in for every credential.
pub(super) const PLACEHOLDER: &str = "[secret]";

/// Three base64url parts of which the first begins like `{"`.
const TOKEN: &str = r"\beyJ[\w-]+\.[\w-]+\.[\w-]*(?:\.[\w-]*)*";

/// One search for all configured credentials in all their spellings.
pub(super) struct Secrets {
    spellings: BTreeSet<String>,
    search: Option<Regex>,
}

impl Secrets {
    pub(super) fn new() -> Self {
        let mut secrets = Self {
            spellings: BTreeSet::new(),
            search: None,
        };
        secrets.compile();
        secrets
    }

    /// These secrets and one more. Fewer than four bytes cannot be told from other text.
    pub(super) fn with(&self, value: &str) -> Self {
        let mut secrets = Self {
            spellings: self.spellings.clone(),
            search: None,
        };
        if value.len() >= 4 {
            secrets.spellings.extend(spellings(value));
        }
        secrets.compile();
        secrets
    }

    fn compile(&mut self) {
        // Longer spellings first: a regex takes the first alternative that matches.
        let mut parts: Vec<String> = self
            .spellings
            .iter()
            .map(|text| regex::escape(text))
            .collect();
        parts.sort_by_key(|part| std::cmp::Reverse(part.len()));
        parts.push(TOKEN.to_owned());
        self.search = regex::RegexBuilder::new(&parts.join("|"))
            .size_limit(64 << 20)
            .build()
            .ok();
    }

    /// Whether there is anything to replace.
    pub(super) fn is_in(&self, text: &str) -> bool {
        self.search
            .as_ref()
            .is_none_or(|search| search.is_match(text))
    }

    /// The text without credentials. If the search could not be built, nothing is let through.
    pub(super) fn replace<'text>(&self, text: &'text str) -> Cow<'text, str> {
        match &self.search {
            Some(search) => search.replace_all(text, PLACEHOLDER),
            None => Cow::Borrowed(PLACEHOLDER),
        }
    }
}

/// A value as it may stand in messages: plain, JSON-escaped, percent-encoded, and in base64 at each
/// of the three offsets it can have inside a longer encoded text such as `user:password`.
fn spellings(value: &str) -> BTreeSet<String> {
    let escaped = serde_json::Value::from(value).to_string();
    let form: String = url::form_urlencoded::byte_serialize(value.as_bytes()).collect();
    let mut found = BTreeSet::from([
        value.to_owned(),
        escaped[1..escaped.len() - 1].to_owned(),
        form.replace('+', "%20"),
        form.to_ascii_lowercase(),
        form,
    ]);
    for offset in 0..3 {
        let mut bytes = vec![0; offset];
        bytes.extend_from_slice(value.as_bytes());
        // Characters that also hold bits of a neighbour are left out.
        let skipped = [0, 2, 3][offset];
        let whole = bytes.len() * 8 / 6;
        for engine in [&STANDARD_NO_PAD, &URL_SAFE_NO_PAD] {
            let encoded = engine.encode(&bytes);
            let stable = &encoded[skipped..whole.min(encoded.len())];
            if stable.len() >= 5 {
                found.insert(stable.to_owned());
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::Secrets;
    use base64::Engine as _;
    use base64::engine::general_purpose::{STANDARD, URL_SAFE};

    const SECRET: &str = "canary+secret/ü?99";

    fn secrets() -> Secrets {
        Secrets::new().with(SECRET)
    }

    #[test]
    fn a_secret_is_found_in_every_spelling() {
        let percent: String = url::form_urlencoded::byte_serialize(SECRET.as_bytes()).collect();
        for text in [SECRET.to_owned(), percent.to_lowercase(), percent] {
            assert_eq!(secrets().replace(&format!("a{text}b")), "a[secret]b");
        }
    }

    #[test]
    fn a_secret_is_found_in_base64_at_any_offset() {
        for before in ["", "u", "us", "use", "user:"] {
            for after in ["", "x", "xy"] {
                let text = format!("{before}{SECRET}{after}");
                for encoded in [STANDARD.encode(&text), URL_SAFE.encode(&text)] {
                    assert!(secrets().is_in(&encoded), "{text} as {encoded}");
                }
            }
        }
    }

    #[test]
    fn tokens_are_found_without_being_configured() {
        let text = "Bearer eyJhbGciOi.eyJzdWIi.c2ln-_9, then";
        assert_eq!(secrets().replace(text), "Bearer [secret], then");
    }

    #[test]
    fn other_texts_stay() {
        for text in ["eyJhbGci", "eyJ.eyJ", "keyJoin.a.b", "canary", "a.b.c"] {
            assert_eq!(secrets().replace(text), text);
        }
    }
}
