//! What codes of external systems look like: shape and check digit, which need no list of them.

mod check_digit;

use check_digit::{is_luhn, is_verhoeff};

/// Whether a code can be one of a system, by its form alone: `Some(false)` when it cannot, `Some(true)` when
/// its form is right (which does not say that it exists), none when the form of the system's codes is not
/// known here.
#[must_use]
pub fn form(system: &str, code: &str) -> Option<bool> {
    Some(match system {
        "http://snomed.info/sct" => return snomed(code),
        "http://loinc.org" => loinc(code),
        "http://www.nlm.nih.gov/research/umls/rxnorm" => {
            digits(code, 1..=8) && !code.starts_with('0')
        }
        "http://hl7.org/fhir/sid/icd-10-cm" => icd_10_cm(code),
        "http://www.cms.gov/Medicare/Coding/ICD10" => {
            code.len() == 7
                && code
                    .chars()
                    .all(|char| is_upper_or_digit(char) && !matches!(char, 'I' | 'O'))
        }
        "http://www.ama-assn.org/go/cpt" => cpt(code) || modifier(code),
        "http://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets"
        | "https://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets"
        | "urn:oid:2.16.840.1.113883.6.285" => hcpcs(code) || cpt(code) || modifier(code),
        "http://hl7.org/fhir/sid/ndc" => ndc(code),
        "http://hl7.org/fhir/sid/us-npi" => npi(code),
        "http://hl7.org/fhir/sid/cvx" => digits(code, 2..=3),
        "http://nucc.org/provider-taxonomy" => {
            code.len() == 10 && code.ends_with('X') && code.chars().all(is_upper_or_digit)
        }
        "https://www.nubc.org/CodeSystem/RevenueCodes" | "https://www.nubc.org/revenue-code" => {
            digits(code, 3..=4)
        }
        "https://www.nubc.org/CodeSystem/PatDischargeStatus"
        | "http://www.nubc.org/patient-discharge" => digits(code, 1..=2),
        "https://www.nubc.org/CodeSystem/PriorityTypeOfAdmitOrVisit" => digits(code, 1..=1),
        "https://www.nubc.org/CodeSystem/PointOfOrigin" => {
            modifier(code) || digits(code, 1..=1) || letter(code)
        }
        "https://www.nubc.org/CodeSystem/TypeOfBill" => {
            (3..=4).contains(&code.len()) && code.chars().all(is_upper_or_digit)
        }
        "http://unitsofmeasure.org" => ucum(code),
        "urn:iso:std:iso:3166" => {
            digits(code, 3..=3)
                || ((2..=3).contains(&code.len())
                    && code.chars().all(|char| char.is_ascii_uppercase()))
        }
        _ => return None,
    })
}

fn digits(code: &str, length: std::ops::RangeInclusive<usize>) -> bool {
    length.contains(&code.len()) && code.bytes().all(|byte| byte.is_ascii_digit())
}

fn letter(code: &str) -> bool {
    code.len() == 1 && code.bytes().all(|byte| byte.is_ascii_uppercase())
}

fn is_upper_or_digit(char: char) -> bool {
    char.is_ascii_uppercase() || char.is_ascii_digit()
}

/// A concept id: 6 to 18 digits, the two before the last say that it names a concept, the last is a check
/// digit. Post-coordinated expressions are left alone.
fn snomed(code: &str) -> Option<bool> {
    if code.contains([':', '+', '|', '{', '=']) {
        return None;
    }
    let is_concept = || matches!(&code[code.len() - 3..code.len() - 1], "00" | "10");
    Some(digits(code, 6..=18) && !code.starts_with('0') && is_concept() && is_verhoeff(code))
}

/// A term (digits, hyphen, check digit), or a part, answer, list or group (`LP…-d`).
fn loinc(code: &str) -> bool {
    let Some((number, check)) = code.split_once('-') else {
        return false;
    };
    if !digits(check, 1..=1) {
        return false;
    }
    match number.strip_prefix('L') {
        None => digits(number, 1..=7) && is_luhn(&format!("{number}{check}")),
        Some(rest) => {
            rest.starts_with(|first: char| first.is_ascii_uppercase()) && digits(&rest[1..], 1..=7)
        }
    }
}

/// A letter, a digit, a digit or letter, and up to four more behind a dot that some leave out.
fn icd_10_cm(code: &str) -> bool {
    let mut chars = code.chars();
    let head = [chars.next(), chars.next(), chars.next()];
    let is_head = matches!(head, [Some(first), Some(second), Some(third)]
        if first.is_ascii_uppercase() && second.is_ascii_digit() && is_upper_or_digit(third));
    let rest = chars.as_str();
    let (rest, has_dot) = match rest.strip_prefix('.') {
        Some(rest) => (rest, true),
        None => (rest, false),
    };
    is_head
        && rest.len() <= 4
        && !(has_dot && rest.is_empty())
        && rest.chars().all(is_upper_or_digit)
}

/// Four digits, and a digit or the letter of a category.
fn cpt(code: &str) -> bool {
    code.len() == 5
        && code.is_ascii()
        && digits(&code[..4], 4..=4)
        && code.chars().all(is_upper_or_digit)
}

/// A letter and four digits.
fn hcpcs(code: &str) -> bool {
    code.len() == 5
        && code.starts_with(|first: char| first.is_ascii_uppercase())
        && digits(&code[1..], 4..=4)
}

fn modifier(code: &str) -> bool {
    code.len() == 2 && code.chars().all(is_upper_or_digit)
}

/// Ten or eleven digits, or three groups of them: labeler, product, package.
fn ndc(code: &str) -> bool {
    let groups: Vec<&str> = code.split('-').collect();
    match groups[..] {
        [all] => digits(all, 10..=12),
        [labeler, product, package] => {
            digits(labeler, 4..=6) && digits(product, 3..=4) && digits(package, 1..=2)
        }
        // Labeler and product without a package.
        [labeler, product] => digits(labeler, 4..=6) && digits(product, 3..=4),
        _ => false,
    }
}

/// Ten digits from 1 or 2, the last a check digit over them and the prefix of health care in the USA.
fn npi(code: &str) -> bool {
    digits(code, 10..=10) && code.starts_with(['1', '2']) && is_luhn(&format!("80840{code}"))
}

/// Printable ASCII without blanks but in annotations, and balanced brackets.
fn ucum(code: &str) -> bool {
    let mut open = Vec::new();
    for char in code.chars() {
        let awaited = open.last().copied();
        match char {
            closing if awaited == Some(closing) => {
                open.pop();
            }
            // Annotations are free text.
            _ if awaited == Some('}') => {}
            '{' => open.push('}'),
            '[' => open.push(']'),
            '(' => open.push(')'),
            '}' | ']' | ')' => return false,
            other if !other.is_ascii_graphic() => return false,
            _ => {}
        }
    }
    !code.is_empty() && open.is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(system: &str, good: &[&str], bad: &[&str]) {
        for code in good {
            assert_eq!(form(system, code), Some(true), "{system} {code}");
        }
        for code in bad {
            assert_eq!(form(system, code), Some(false), "{system} {code}");
        }
    }

    #[test]
    fn snomed_ct_has_a_check_digit_and_says_that_it_names_a_concept() {
        check(
            "http://snomed.info/sct",
            &["73211009", "428361000124107", "38341003", "404684003"],
            // A wrong check digit, two digits swapped, a description, a short one, letters.
            &["73211008", "73121009", "123036013", "12", "C73211009", "0"],
        );
        assert_eq!(
            form("http://snomed.info/sct", "64572001:363698007=56459004"),
            None
        );
    }

    #[test]
    fn loinc_has_a_check_digit_behind_a_hyphen() {
        check(
            "http://loinc.org",
            &["8867-4", "85354-9", "8480-6", "LA6576-8", "LP29693-6"],
            &["8867-5", "88674", "8867-", "-4", "L-4", "12345678-9", "é-1"],
        );
    }

    #[test]
    fn the_national_provider_identifier_has_a_check_digit() {
        check(
            "http://hl7.org/fhir/sid/us-npi",
            &["1234567893"],
            &["1234567890", "3234567893", "123456789", "12345678933"],
        );
    }

    #[test]
    fn classifications_and_billing_codes_have_a_shape() {
        check(
            "http://hl7.org/fhir/sid/icd-10-cm",
            &["E11.9", "S72.001A", "U07.1", "E119", "C7A.00"],
            &["11.9", "E11.", "E1", "e11.9", "E11.99999"],
        );
        check(
            "http://www.ama-assn.org/go/cpt",
            &["99213", "0001F", "0042T", "25"],
            &["9921", "992133", "A0001", "é213"],
        );
        check(
            "http://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets",
            &["A0428", "G0008", "99213"],
            &["AA428", "A042", "a0428"],
        );
        check(
            "http://nucc.org/provider-taxonomy",
            &["207Q00000X"],
            &["207Q00000", "207q00000X"],
        );
        check(
            "http://www.nlm.nih.gov/research/umls/rxnorm",
            &["313782"],
            &["x313782", "031378", ""],
        );
        check(
            "http://hl7.org/fhir/sid/ndc",
            &["0002-8215-01", "50242-040-62", "00002821501"],
            &["0002", "0002-8215-01-1", "0002-82-01", "abcdefghijk"],
        );
    }

    #[test]
    fn units_have_balanced_brackets_and_no_blanks() {
        check(
            "http://unitsofmeasure.org",
            &[
                "mm[Hg]",
                "/min",
                "10*3/uL",
                "{score}",
                "kg/(m.s2)",
                "mL/min/{1.73_m2}",
                "%",
                "{a b}",
            ],
            &["mm Hg", "mm[Hg", "mmHg]", "", "µg", "(m]"],
        );
    }

    #[test]
    fn of_an_unknown_system_nothing_is_said() {
        assert_eq!(form("http://x.example/codes", "anything"), None);
    }
}
