//! Language tags (BCP 47): a grammar, and a registry of which only the two-letter languages are known here.

use super::standard::is_listed;
use crate::profile::Filter;

/// The code system of language tags.
pub(super) const SYSTEM: &str = "urn:ietf:bcp:47";

/// ISO 639-1, two-letter languages.
const LANGUAGES: &str = "aa ab ae af ak am an ar as av ay az ba be bg bi bm bn bo br bs ca ce ch co cr cs cu cv \
    cy da de dv dz ee el en eo es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz ia id \
    ie ig ii ik io is it iu ja jv ka kg ki kj kk kl km kn ko kr ks ku kv kw ky la lb lg li ln lo lt lu lv mg mh \
    mi mk ml mn mr ms mt my na nb nd ne ng nl nn no nr nv ny oc oj om or os pa pi pl ps pt qu rm rn ro ru rw sa \
    sc sd se sg sh si sk sl sm sn so sq sr ss st su sv sw ta te tg th ti tk tl tn to tr ts tt tw ty ug uk ur uz \
    ve vi vo wa wo xh yi yo za zh zu";

/// Whether a tag is one; none for what only the registry could tell.
pub(super) fn exists(tag: &str) -> Option<bool> {
    let mut parts = tag.split('-');
    let first = parts.next().unwrap_or_default().to_ascii_lowercase();
    let is_subtag = |part: &str| {
        (1..=8).contains(&part.len()) && part.chars().all(|char| char.is_ascii_alphanumeric())
    };
    if !parts.all(is_subtag) || !first.chars().all(|char| char.is_ascii_alphabetic()) {
        return Some(false);
    }
    match first.len() {
        2 => Some(is_listed(LANGUAGES, &first)),
        // Three letters and longer are in the registry; `i-…` and `x-…` are old and private.
        1 | 3..=8 => None,
        _ => Some(false),
    }
}

/// Whether a tag passes filters on which parts it has; none when a filter is about something else.
pub(super) fn passes(filters: &[Filter], tag: &str) -> Option<bool> {
    let mut all = true;
    for filter in filters {
        let is_there = has(tag, &filter.property).filter(|_| filter.operator == "exists")?;
        all &= is_there == (filter.value != "false");
    }
    Some(all)
}

/// Whether a tag has a part of this name.
fn has(tag: &str, part: &str) -> Option<bool> {
    let subtags: Vec<&str> = tag.split('-').skip(1).collect();
    // Behind a single letter everything belongs to an extension, behind `x` to private use.
    let single = subtags.iter().position(|subtag| subtag.len() == 1);
    let (main, rest) = subtags.split_at(single.unwrap_or(subtags.len()));
    let is_alphabetic = |subtag: &&&str| subtag.chars().all(|char| char.is_ascii_alphabetic());
    let has_length = |length: usize| {
        main.iter()
            .filter(is_alphabetic)
            .any(|subtag| subtag.len() == length)
    };
    Some(match part {
        "ext-lang" => has_length(3),
        "script" => has_length(4),
        "region" => {
            has_length(2)
                || main
                    .iter()
                    .any(|subtag| subtag.len() == 3 && !is_alphabetic(&subtag))
        }
        "variant" => main.iter().any(|subtag| {
            subtag.len() >= 5
                || (subtag.len() == 4 && subtag.starts_with(|first: char| first.is_ascii_digit()))
        }),
        "extension" => rest
            .iter()
            .take_while(|subtag| !subtag.eq_ignore_ascii_case("x"))
            .any(|subtag| subtag.len() == 1),
        "private-use" => rest.iter().any(|subtag| subtag.eq_ignore_ascii_case("x")),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_letter_languages_are_decided_and_longer_ones_are_not() {
        assert_eq!(exists("en-US"), Some(true));
        assert_eq!(exists("qq"), Some(false));
        assert_eq!(exists("english language"), Some(false));
        assert_eq!(exists("yue"), None);
        assert_eq!(exists(""), Some(false));
    }

    #[test]
    fn the_parts_of_a_tag_are_told_apart() {
        let parts = |tag: &str| -> Vec<&str> {
            [
                "ext-lang",
                "script",
                "region",
                "variant",
                "extension",
                "private-use",
            ]
            .into_iter()
            .filter(|part| has(tag, part) == Some(true))
            .collect()
        };
        assert_eq!(parts("en"), [""; 0]);
        assert_eq!(parts("en-US"), ["region"]);
        assert_eq!(parts("es-419"), ["region"]);
        assert_eq!(parts("zh-yue-Hant-HK"), ["ext-lang", "script", "region"]);
        assert_eq!(parts("de-1996"), ["variant"]);
        assert_eq!(
            parts("en-u-ca-islamic-x-private"),
            ["extension", "private-use"]
        );
        assert_eq!(has("en", "colour"), None);
    }
}
