//! Configured credentials and anything that looks like a JSON Web Token, found anywhere.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use regex::{Captures, Regex};
use std::borrow::Cow;
use std::collections::BTreeSet;

/// What stands in for a credential that is never sent again.
pub(super) const PLACEHOLDER: &str = "[secret]";

/// Three base64url parts of which the first begins like `{"`.
const TOKEN: &str = r"\beyJ[\w-]+\.[\w-]+\.[\w-]*(?:\.[\w-]*)*";

/// One search for all configured credentials in all their spellings.
pub(super) struct Secrets {
    spellings: BTreeSet<String>,
    search: Option<Regex>,
    /// The same without JSON Web Tokens.
    configured: Option<Regex>,
}

impl Secrets {
    pub(super) fn new() -> Self {
        let mut secrets = Self {
            spellings: BTreeSet::new(),
            search: None,
            configured: None,
        };
        secrets.compile();
        secrets
    }

    /// These secrets and one more. Fewer than four bytes cannot be told from other text.
    pub(super) fn with(&self, value: &str) -> Self {
        let mut secrets = Self {
            spellings: self.spellings.clone(),
            search: None,
            configured: None,
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
        // An empty pattern would match everywhere; this one matches nowhere.
        self.configured = search(match parts.is_empty() {
            true => r"[^\s\S]".to_owned(),
            false => parts.join("|"),
        });
        parts.push(TOKEN.to_owned());
        self.search = search(parts.join("|"));
    }

    /// Whether there is anything to replace.
    pub(super) fn is_in(&self, text: &str) -> bool {
        self.search
            .as_ref()
            .is_none_or(|search| search.is_match(text))
    }

    /// The text with `stand_in` of each credential. If the search could not be built, nothing is let through.
    pub(super) fn replace<'text>(
        &self,
        text: &'text str,
        stand_in: impl Fn(&str) -> String,
    ) -> Cow<'text, str> {
        replace(self.search.as_ref(), text, stand_in)
    }

    /// The same for a text that is a JSON Web Token by right, and no credential.
    pub(super) fn replace_configured<'text>(
        &self,
        text: &'text str,
        stand_in: impl Fn(&str) -> String,
    ) -> Cow<'text, str> {
        replace(self.configured.as_ref(), text, stand_in)
    }
}

fn search(pattern: String) -> Option<Regex> {
    let mut search = regex::RegexBuilder::new(&pattern);
    search.size_limit(64 << 20).build().ok()
}

fn replace<'text>(
    search: Option<&Regex>,
    text: &'text str,
    stand_in: impl Fn(&str) -> String,
) -> Cow<'text, str> {
    match search {
        Some(search) => search.replace_all(text, |found: &Captures<'_>| stand_in(&found[0])),
        None => Cow::Borrowed(PLACEHOLDER),
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

    fn stand_in(_: &str) -> String {
        "[secret]".to_owned()
    }

    fn secrets() -> Secrets {
        Secrets::new().with(SECRET)
    }

    #[test]
    fn a_secret_is_found_in_every_spelling() {
        let percent: String = url::form_urlencoded::byte_serialize(SECRET.as_bytes()).collect();
        for text in [SECRET.to_owned(), percent.to_lowercase(), percent] {
            assert_eq!(
                secrets().replace(&format!("a{text}b"), stand_in),
                "a[secret]b"
            );
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
        assert_eq!(secrets().replace(text, stand_in), "Bearer [secret], then");
    }

    #[test]
    fn what_is_signed_by_right_loses_configured_secrets_alone() {
        let text = format!("eyJhbGciOi.eyJzdWIi.c2ln-_9 {SECRET}");
        let kept = secrets().replace_configured(&text, stand_in).into_owned();
        assert_eq!(kept, "eyJhbGciOi.eyJzdWIi.c2ln-_9 [secret]");
        assert_eq!(Secrets::new().replace_configured(&text, stand_in), text);
    }

    #[test]
    fn other_texts_stay() {
        for text in ["eyJhbGci", "eyJ.eyJ", "keyJoin.a.b", "canary", "a.b.c"] {
            assert_eq!(secrets().replace(text, stand_in), text);
        }
    }
}
