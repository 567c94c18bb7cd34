//! Removes secrets and personal data when something is captured.
//!
//! Redaction edits the text that went over the wire and leaves the rest of it byte for byte as it
//! was, so that evidence stays evidence.
//!
//! - `body` puts the edits of a JSON body together, `prose` those of any other text.
//! - `secrets` finds configured credentials in all their spellings, and JSON Web Tokens.
//! - `personal` knows where in FHIR JSON personal data stands, `json` reads it even when it is
//!   broken, `vocabulary` holds the names both go by, `query` does URLs and forms, `markup` XML.
//! - `dictionary` remembers every personal value that was replaced and finds it again anywhere else.
//! - `pseudonym` makes what stands in: keyed, so that equal values stay equal within a run.

mod body;
mod dictionary;
mod json;
mod markup;
mod personal;
mod prose;
mod pseudonym;
mod query;
mod secrets;
mod vocabulary;

use dictionary::Dictionary;
use pseudonym::Pseudonyms;
use secrets::{PLACEHOLDER, Secrets};
use std::borrow::Cow;
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

/// What stands in for a narrative.
const NARRATIVE: &str = "<div xmlns='http://www.w3.org/1999/xhtml'>[narrative]</div>";
/// What stands in for a body that cannot be looked through.
const WITHHELD: &str = "[body withheld: it holds too many values to be redacted]";

/// Replaces secrets and personal data in everything that is about to be recorded.
pub struct Redactor {
    redact_phi: bool,
    pseudonyms: Pseudonyms,
    dictionary: RwLock<Dictionary>,
    secrets: RwLock<Arc<Secrets>>,
}

impl Redactor {
    /// A redactor whose pseudonyms are keyed with `key`; with `redact_phi` off only secrets go.
    #[must_use]
    pub fn new(key: [u8; 32], redact_phi: bool) -> Self {
        Self {
            redact_phi,
            pseudonyms: Pseudonyms::new(key),
            dictionary: RwLock::default(),
            secrets: RwLock::new(Arc::new(Secrets::new())),
        }
    }

    /// Whether personal data goes, and not only secrets.
    #[must_use]
    pub const fn redacts_personal_data(&self) -> bool {
        self.redact_phi
    }

    /// Tells of a credential that must not appear anywhere, in any spelling.
    pub fn secret(&self, value: &str) {
        let more = Arc::new(self.secrets().with(value));
        *self.secrets.write().unwrap_or_else(PoisonError::into_inner) = more;
        self.learn_credential(value);
    }

    /// Tells of a personal string (a name, a member id) that must not appear anywhere.
    pub fn person(&self, value: &str) {
        if self.redact_phi {
            self.personal("person", value);
        }
    }

    /// Redacts free text.
    #[must_use]
    pub fn text(&self, text: &str) -> String {
        prose::redact(self, text)
    }

    /// Takes credentials out of words that are ours, such as those of a step. They tell of nobody, and an id of the target
    /// that happens to be one of these words must not change what they say.
    #[must_use]
    pub fn own_text(&self, text: &str) -> String {
        prose::without_credentials(self, text).into_owned()
    }

    /// Redacts a URL, absolute or relative.
    #[must_use]
    pub fn url(&self, url: &str) -> String {
        query::url(self, url)
    }

    /// Redacts headers; their names come back in lower case.
    #[must_use]
    pub fn headers(&self, headers: &[(String, String)]) -> Vec<(String, String)> {
        headers
            .iter()
            .map(|(name, value)| {
                let name = name.to_ascii_lowercase();
                let value = self.header(&name, value);
                (name, value)
            })
            .collect()
    }

    /// Redacts a body. Bytes that are neither text nor said to be are left alone.
    #[must_use]
    pub fn body(&self, bytes: &[u8], content_type: Option<&str>) -> Vec<u8> {
        let content_type = content_type.unwrap_or_default().to_ascii_lowercase();
        let says = |kind: &str| content_type.contains(kind);
        let first = bytes
            .strip_prefix(b"\xef\xbb\xbf")
            .unwrap_or(bytes)
            .iter()
            .find(|byte| !byte.is_ascii_whitespace());
        let text = match std::str::from_utf8(bytes) {
            Ok(text) => Cow::Borrowed(text),
            Err(_) => {
                let is_text = ["json", "text", "xml", "form"]
                    .iter()
                    .any(|kind| says(kind));
                if !is_text && !matches!(first, Some(b'{' | b'[' | b'<')) {
                    return bytes.to_vec();
                }
                String::from_utf8_lossy(bytes)
            }
        };
        let redacted = match first {
            Some(b'<') if self.redact_phi && !says("html") => {
                self.text(&markup::redact(self, &text))
            }
            Some(b'{' | b'[' | b'"') => body::redact(self, &text),
            _ if says("json") => body::redact(self, &text),
            _ if says("x-www-form-urlencoded") => query::form(self, &text),
            _ => self.text(&text),
        };
        redacted.into_bytes()
    }

    fn header(&self, name: &str, value: &str) -> String {
        if vocabulary::is_credential_header(name) {
            return self.credential_header(value);
        }
        match name {
            "location" | "content-location" | "referer" | "origin" => self.url(value),
            _ if value.starts_with('{') => body::redact(self, value),
            _ => self.text(value),
        }
    }

    /// The scheme stays: whether it was Bearer or Basic is worth knowing.
    fn credential_header(&self, value: &str) -> String {
        let (scheme, rest) = value.split_once(' ').unwrap_or(("", value));
        for part in rest.split([';', ',', ' ']) {
            let value = part.split_once('=').map_or(part, |(_, value)| value);
            if value.len() >= 12 {
                self.learn_credential(value);
            }
        }
        match scheme.to_ascii_lowercase().as_str() {
            "bearer" | "basic" | "digest" | "dpop" | "negotiate" => {
                format!("{scheme} {}", self.secret_label(rest))
            }
            _ => self.secret_label(value),
        }
    }

    /// What stands in for a personal value, which is remembered.
    fn personal(&self, label: &str, value: &str) -> String {
        let replacement = self.pseudonyms.labelled(label, value);
        if replacement == value || self.dictionary().knows(value) {
            return replacement;
        }
        let mut dictionary = self.dictionary_mut();
        dictionary.learn(value, &replacement);
        for other in spellings(label, value) {
            dictionary.learn(&other, &replacement);
        }
        if label == "name" {
            for word in value.split_whitespace() {
                dictionary.learn(word, &self.pseudonyms.labelled(label, word));
            }
        }
        replacement
    }

    /// What stands in for a value too general to be looked for elsewhere.
    fn label(&self, label: &str, value: &str) -> String {
        self.pseudonyms.labelled(label, value)
    }

    /// What stands in for the logical id of a person, which is remembered.
    fn person_id(&self, value: &str) -> String {
        if !self.redact_phi {
            return value.to_owned();
        }
        let replacement = self.pseudonyms.id(value);
        if replacement != value && !self.dictionary().knows(value) {
            self.dictionary_mut().learn(value, &replacement);
        }
        replacement
    }

    /// What stands in for a personal value in a URL; the same digits as elsewhere.
    fn person_value(&self, label: &str, value: &str) -> String {
        if !self.redact_phi {
            return value.to_owned();
        }
        self.personal(label, value);
        self.pseudonyms.id(value)
    }

    /// What stands in for a credential, which is remembered.
    fn credential(&self, value: &str) -> String {
        self.learn_credential(value);
        self.secret_label(value)
    }

    /// The same for one that is not looked for elsewhere. Equal credentials stay equal, so that it can be seen
    /// which of them was used where; the key is random, so that none can be guessed.
    fn secret_label(&self, value: &str) -> String {
        match value == PLACEHOLDER {
            true => value.to_owned(),
            false => self.pseudonyms.labelled("secret", value),
        }
    }

    /// Remembers a credential that was seen, unless it is too short to be told from other text.
    fn learn_credential(&self, value: &str) {
        let label = self.secret_label(value);
        if value.len() >= 8 && value != label && !self.dictionary().knows(value) {
            self.dictionary_mut().learn(value, &label);
        }
    }

    fn secrets(&self) -> Arc<Secrets> {
        let secrets = self.secrets.read().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(&secrets)
    }

    fn dictionary(&self) -> RwLockReadGuard<'_, Dictionary> {
        self.dictionary
            .read()
            .unwrap_or_else(PoisonError::into_inner)
    }

    fn dictionary_mut(&self) -> RwLockWriteGuard<'_, Dictionary> {
        self.dictionary
            .write()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

/// Other ways to write a value: a date without dashes or the American way, a number's digits.
fn spellings(label: &str, value: &str) -> Vec<String> {
    let digits: String = value.chars().filter(char::is_ascii_digit).collect();
    let is_date = matches!(label, "birthDate" | "person") && value.len() == 10;
    match value.split('-').collect::<Vec<_>>()[..] {
        [year, month, day] if is_date && digits.len() == 8 => {
            vec![digits.clone(), format!("{month}/{day}/{year}")]
        }
        _ if label == "telecom" && digits.len() >= 7 => vec![digits],
        _ => Vec::new(),
    }
}
