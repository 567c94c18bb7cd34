//! Known strings and what stands in for each, found as whole words in any text.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

/// More strings than any run has people; keeps memory flat against a server that invents them.
const LIMIT: usize = 200_000;
/// More strings than share their first two words by chance; keeps time bounded likewise.
const SIMILAR: usize = 1_000;

/// Words too common to be taken out of texts, though someone may be called so. Lower case.
const COMMON: &[&str] = &[
    "about",
    "above",
    "active",
    "after",
    "and",
    "are",
    "before",
    "behind",
    "below",
    "bundle",
    "but",
    "claim",
    "consent",
    "coverage",
    "death",
    "doctor",
    "document",
    "error",
    "example",
    "false",
    "female",
    "fhir",
    "final",
    "for",
    "group",
    "has",
    "health",
    "home",
    "http",
    "https",
    "identifier",
    "into",
    "invalid",
    "its",
    "male",
    "member",
    "mobile",
    "name",
    "none",
    "not",
    "null",
    "official",
    "old",
    "only",
    "organization",
    "other",
    "parameters",
    "patient",
    "payer",
    "person",
    "phone",
    "plan",
    "policy",
    "practitioner",
    "record",
    "relatedperson",
    "resource",
    "self",
    "string",
    "test",
    "that",
    "the",
    "this",
    "true",
    "under",
    "unknown",
    "until",
    "urn",
    "usa",
    "usual",
    "uuid",
    "was",
    "when",
    "where",
    "which",
    "with",
    "work",
];

/// Known strings. Matching ignores case and needs no word character beside a match.
#[derive(Default)]
pub(super) struct Dictionary {
    entries: Vec<Entry>,
    known: HashSet<String>,
    starts: HashMap<u64, Start>,
}

/// The known strings that begin with one word.
#[derive(Default)]
struct Start {
    /// The one that is this word alone.
    alone: Option<u32>,
    /// The longer ones by their second word: member ids often share their first.
    longer: HashMap<u64, Vec<u32>>,
}

struct Entry {
    value: String,
    replacement: String,
}

impl Dictionary {
    /// Whether this string was learned, or looked at and found too common.
    pub(super) fn knows(&self, value: &str) -> bool {
        self.known.contains(value)
    }

    /// From now on `replacement` stands in for `value`, unless it is too short or too common.
    pub(super) fn learn(&mut self, value: &str, replacement: &str) {
        if self.known.len() >= LIMIT || !self.known.insert(value.to_owned()) {
            return;
        }
        let value = value.trim_matches(|letter: char| !letter.is_alphanumeric());
        let Some((length, first)) = first_word(value).filter(|_| is_distinct(value)) else {
            return;
        };
        let index = u32::try_from(self.entries.len()).unwrap_or(u32::MAX);
        let start = self.starts.entry(first).or_default();
        match second_word(value, length) {
            None => start.alone = Some(index),
            Some(second) => {
                let similar = start.longer.entry(second).or_default();
                if similar.len() >= SIMILAR {
                    return;
                }
                similar.push(index);
            }
        }
        self.entries.push(Entry {
            value: value.to_owned(),
            replacement: replacement.to_owned(),
        });
    }

    /// The text with every known string replaced; borrowed when there is none.
    pub(super) fn replace<'text>(&self, text: &'text str) -> Cow<'text, str> {
        if self.entries.is_empty() {
            return Cow::Borrowed(text);
        }
        let mut out = String::new();
        let (mut copied, mut at) = (0, 0);
        while let Some(start) = word_start(text, at) {
            let rest = &text[start..];
            let Some((length, hash)) = first_word(rest) else {
                break;
            };
            at = start + length;
            if let Some((entry, taken)) = self.longest(rest, length, hash) {
                out.push_str(&text[copied..start]);
                out.push_str(&entry.replacement);
                at = start + taken;
                copied = at;
            }
        }
        if copied == 0 {
            return Cow::Borrowed(text);
        }
        out.push_str(&text[copied..]);
        Cow::Owned(out)
    }

    fn longest(&self, text: &str, length: usize, first: u64) -> Option<(&Entry, usize)> {
        let start = self.starts.get(&first)?;
        let longer = match second_word(text, length) {
            Some(second) if !start.longer.is_empty() => start.longer.get(&second),
            _ => None,
        };
        longer
            .into_iter()
            .flatten()
            .chain(&start.alone)
            .map(|index| &self.entries[*index as usize])
            .filter_map(|entry| Some((entry, match_length(text, &entry.value)?)))
            .max_by_key(|(_, taken)| *taken)
    }
}

/// Long enough, no bare year, and no everyday word.
fn is_distinct(value: &str) -> bool {
    let is_year = value.len() == 4 && value.bytes().all(|byte| byte.is_ascii_digit());
    value.chars().nth(2).is_some() && !is_year && !COMMON.contains(&value.to_lowercase().as_str())
}

/// Where the next word begins at or after `from`.
fn word_start(text: &str, from: usize) -> Option<usize> {
    let rest = &text.as_bytes()[from..];
    let skipped = rest
        .iter()
        .position(|byte| byte.is_ascii_alphanumeric() || !byte.is_ascii())?;
    let start = from + skipped;
    if rest[skipped].is_ascii() {
        return Some(start);
    }
    text[start..]
        .find(char::is_alphanumeric)
        .map(|offset| start + offset)
}

/// Length in bytes and hash (case ignored) of the word that `text` begins with.
fn first_word(text: &str) -> Option<(usize, u64)> {
    // FNV-1a: the map's own hash protects against collisions made on purpose.
    let mut hash: u64 = 0xcbf2_9ce4_8422_2325;
    let mut mix = |value: u32| hash = (hash ^ u64::from(value)).wrapping_mul(0x0100_0000_01b3);
    let mut length = 0;
    for letter in text.chars() {
        if letter.is_ascii_alphanumeric() {
            mix(u32::from(letter.to_ascii_lowercase()));
        } else if !letter.is_ascii() && letter.is_alphanumeric() {
            letter
                .to_lowercase()
                .for_each(|lower| mix(u32::from(lower)));
        } else {
            break;
        }
        length += letter.len_utf8();
    }
    (length > 0).then_some((length, hash))
}

/// Hash of the word after the first `length` bytes.
fn second_word(text: &str, length: usize) -> Option<u64> {
    let start = word_start(text, length)?;
    first_word(&text[start..]).map(|(_, hash)| hash)
}

/// How many bytes of `text` are `value`, case ignored, when a word ends there.
fn match_length(text: &str, value: &str) -> Option<usize> {
    let mut letters = text.char_indices();
    let mut taken = 0;
    for wanted in value.chars() {
        let (at, found) = letters.next()?;
        if wanted != found && !wanted.to_lowercase().eq(found.to_lowercase()) {
            return None;
        }
        taken = at + found.len_utf8();
    }
    let ends = !text[taken..].starts_with(char::is_alphanumeric);
    ends.then_some(taken)
}

#[cfg(test)]
mod tests {
    use super::Dictionary;

    fn dictionary() -> Dictionary {
        let mut dictionary = Dictionary::default();
        for (value, replacement) in [
            ("Canary", "[family:1]"),
            ("Canary Jones", "[text:2]"),
            ("José", "[given:3]"),
            ("(555) 010-4477", "[telecom:4]"),
            ("Al", "[given:5]"),
            ("1970", "[birthDate:6]"),
            ("Patient", "[family:7]"),
        ] {
            dictionary.learn(value, replacement);
        }
        dictionary
    }

    #[test]
    fn whole_words_are_replaced_in_any_case() {
        let found = dictionary()
            .replace("CANARY's “canary” (Canary), JOSÉ")
            .into_owned();
        assert_eq!(found, "[family:1]'s “[family:1]” ([family:1]), [given:3]");
    }

    #[test]
    fn the_longest_known_string_wins() {
        let found = dictionary()
            .replace("canary jones and Canary Jonesy")
            .into_owned();
        assert_eq!(found, "[text:2] and [family:1] Jonesy");
    }

    #[test]
    fn parts_of_words_short_common_words_and_years_stay() {
        for text in [
            "Canaryx xCanary canaryé",
            "Al",
            "in 1970",
            "Patient not found",
            "",
        ] {
            assert_eq!(dictionary().replace(text), text);
        }
    }

    #[test]
    fn punctuation_inside_a_value_counts_and_around_it_does_not() {
        let found = dictionary().replace("tel:555) 010-4477;").into_owned();
        assert_eq!(found, "tel:[telecom:4];");
    }
}
