//! Folding text for comparison: letter case and diacritics do not matter (FHIR R4 string search),
//! and for names neither do hyphens, apostrophes and spaces.

/// Lower case without diacritics.
#[must_use]
pub fn text(original: &str) -> String {
    let mut folded = String::with_capacity(original.len());
    for letter in original.chars().flat_map(char::to_lowercase) {
        match base(letter) {
            Some(plain) => folded.push_str(plain),
            None if is_combining(letter) => {}
            None => folded.push(letter),
        }
    }
    folded
}

/// As [`text`], and only letters and digits are left: `O'Neil-Smith` and `oneil smith` are the same name.
#[must_use]
pub fn name(original: &str) -> String {
    let mut folded = text(original);
    folded.retain(char::is_alphanumeric);
    folded
}

/// Whether two texts are the same name; an empty one is no name.
#[must_use]
pub fn same_name(one: &str, other: &str) -> bool {
    let (one, other) = (name(one), name(other));
    !one.is_empty() && one == other
}

fn is_combining(letter: char) -> bool {
    matches!(letter, '\u{300}'..='\u{36f}')
}

/// The plain letters of a lower-case Latin letter with a diacritic; `None` when it has none.
fn base(letter: char) -> Option<&'static str> {
    Some(match letter {
        'à'..='å' | 'ā' | 'ă' | 'ą' | 'ǎ' => "a",
        'æ' => "ae",
        'ç' | 'ć' | 'ĉ' | 'ċ' | 'č' => "c",
        'ð' | 'ď' | 'đ' => "d",
        'è'..='ë' | 'ē' | 'ĕ' | 'ė' | 'ę' | 'ě' => "e",
        'ĝ' | 'ğ' | 'ġ' | 'ģ' => "g",
        'ĥ' | 'ħ' => "h",
        'ì'..='ï' | 'ĩ' | 'ī' | 'ĭ' | 'į' | 'ı' => "i",
        'ĵ' => "j",
        'ķ' => "k",
        'ĺ' | 'ļ' | 'ľ' | 'ł' => "l",
        'ñ' | 'ń' | 'ņ' | 'ň' => "n",
        'ò'..='ö' | 'ø' | 'ō' | 'ŏ' | 'ő' => "o",
        'œ' => "oe",
        'ŕ' | 'ŗ' | 'ř' => "r",
        'ś' | 'ŝ' | 'ş' | 'š' | 'ș' => "s",
        'ß' => "ss",
        'ţ' | 'ť' | 'ț' => "t",
        'þ' => "th",
        'ù'..='ü' | 'ũ' | 'ū' | 'ŭ' | 'ů' | 'ű' | 'ų' => "u",
        'ŵ' => "w",
        'ý' | 'ÿ' | 'ŷ' => "y",
        'ź' | 'ż' | 'ž' => "z",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::{name, same_name, text};

    #[test]
    fn case_and_diacritics_do_not_matter() {
        assert_eq!(text("Zoë MÜLLER"), "zoe muller");
        assert_eq!(text("Zoe\u{308}"), "zoe");
        assert_eq!(text("Łukasz Straße"), "lukasz strasse");
    }

    #[test]
    fn hyphens_apostrophes_and_spaces_do_not_part_names() {
        assert!(same_name("O'Neil-Smith", "oneil smith"));
        assert!(!same_name("", ""));
        assert!(!same_name("Oak", "Oakes"));
        assert_eq!(name(" De la Cruz "), "delacruz");
    }
}
