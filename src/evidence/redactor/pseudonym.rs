//! Keyed pseudonyms: equal values stay equal within a run, and nothing leads back.

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

/// Makes pseudonyms. The key is random per run and never stored.
pub(super) struct Pseudonyms(Hmac<Sha256>);

impl Pseudonyms {
    pub(super) fn new(key: [u8; 32]) -> Self {
        // HMAC pads short keys with zeros to the block size; doing it here cannot fail.
        let mut block = [0; 64];
        block[..32].copy_from_slice(&key);
        Self(Hmac::new(&block.into()))
    }

    /// Eight hex digits that stand for a value, whatever it is called.
    fn hash(&self, value: &str) -> String {
        let mut mac = self.0.clone();
        mac.update(value.as_bytes());
        let bytes = mac.finalize().into_bytes();
        let number = u32::from_be_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]);
        format!("{number:08x}")
    }

    /// `[family:3f9ac1d2]`, for texts.
    pub(super) fn labelled(&self, label: &str, value: &str) -> String {
        if is_pseudonym(value) {
            return value.to_owned();
        }
        format!("[{label}:{}]", self.hash(value))
    }

    /// `~3f9ac1d2`, for ids and URLs. The same digits as [`Self::labelled`] for the same value.
    pub(super) fn id(&self, value: &str) -> String {
        if is_pseudonym(value) {
            return value.to_owned();
        }
        format!("~{}", self.hash(value))
    }
}

/// Whether a value was replaced already, so that redacting twice changes nothing.
fn is_pseudonym(value: &str) -> bool {
    let is_hash = |hex: &str| hex.len() == 8 && hex.bytes().all(|byte| byte.is_ascii_hexdigit());
    if let Some(hash) = value.strip_prefix('~') {
        return is_hash(hash);
    }
    value
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'))
        .and_then(|inner| inner.rsplit_once(':'))
        .is_some_and(|(label, hash)| {
            is_hash(hash) && label.bytes().all(|byte| byte.is_ascii_alphabetic())
        })
}

#[cfg(test)]
mod tests {
    use super::Pseudonyms;

    #[test]
    fn equal_values_have_equal_digits_under_any_label() {
        let pseudonyms = Pseudonyms::new([7; 32]);
        let name = pseudonyms.labelled("family", "Example");
        let id = pseudonyms.id("Example");
        assert_eq!(name, format!("[family:{}]", &id[1..]));
        assert_ne!(id, pseudonyms.id("example"));
    }

    #[test]
    fn another_key_gives_other_digits() {
        let one = Pseudonyms::new([1; 32]).id("Example");
        assert_ne!(one, Pseudonyms::new([2; 32]).id("Example"));
    }

    #[test]
    fn a_pseudonym_stays_as_it_is() {
        let pseudonyms = Pseudonyms::new([7; 32]);
        let name = pseudonyms.labelled("family", "Example");
        assert_eq!(pseudonyms.labelled("text", &name), name);
        let id = pseudonyms.id("Example");
        assert_eq!(pseudonyms.id(&id), id);
        assert_ne!(pseudonyms.id("~Canary99"), "~Canary99");
    }
}
