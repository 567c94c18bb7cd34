//! What codes of external systems look like: shape and check digit, which need no list of them.

mod check_digit;
mod ucum;

use check_digit::{is_luhn, is_verhoeff};

/// What the form of a code says about whether it is one of its system.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// It looks like one, which does not say that it exists.
    Right,
    /// It looks like none that is known. Nobody publishes a syntax that would rule it out.
    Unlikely,
    /// It cannot be one, whatever the edition: the system's own published syntax says so.
    Impossible,
    /// What codes of the system look like is not known here.
    Unknown,
}

/// The system of units.
pub(super) const UCUM: &str = "http://unitsofmeasure.org";

/// What the form of a code says about whether it is one of a system.
#[must_use]
pub fn form(system: &str, code: &str) -> Form {
    match system {
        UCUM => ucum::form(code),
        "http://snomed.info/sct" => snomed(code),
        "http://loinc.org" => loinc(code),
        "http://hl7.org/fhir/sid/us-npi" => published(npi(code)),
        "urn:iso:std:iso:3166" => country(code),
        _ => match usual(system, code) {
            Some(true) => Form::Right,
            Some(false) => Form::Unlikely,
            None => Form::Unknown,
        },
    }
}

/// Of a system whose publisher says what all of its codes look like.
fn published(is_right: bool) -> Form {
    if is_right {
        Form::Right
    } else {
        Form::Impossible
    }
}

/// Whether a code looks as codes of its system usually do: known by experience, or of a syntax that has
/// changed before; none of other systems.
fn usual(system: &str, code: &str) -> Option<bool> {
    Some(match system {
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
fn snomed(code: &str) -> Form {
    if code.contains([':', '+', '|', '{', '=']) {
        return Form::Unknown;
    }
    let is_concept = || matches!(&code[code.len() - 3..code.len() - 1], "00" | "10");
    published(digits(code, 6..=18) && !code.starts_with('0') && is_concept() && is_verhoeff(code))
}

/// A term (digits, hyphen, check digit), or a part, answer, list or group (`LP…-d`). Of what starts with a
/// letter otherwise there have been some.
fn loinc(code: &str) -> Form {
    let parts = code.split_once('-');
    let (number, check) = parts.filter(|(_, check)| digits(check, 1..=1)).unzip();
    let (number, check) = (number.unwrap_or_default(), check.unwrap_or_default());
    match number.strip_prefix('L') {
        None if code.starts_with(|first: char| first.is_ascii_uppercase()) => Form::Unlikely,
        None => published(digits(number, 1..=8) && is_luhn(&format!("{number}{check}"))),
        Some(rest) if rest.starts_with(|first: char| first.is_ascii_uppercase()) => {
            published(digits(&rest[1..], 1..=8))
        }
        Some(_) => Form::Impossible,
    }
}

/// Two or three letters, or three digits. Small letters are a mistake that is often forgiven.
fn country(code: &str) -> Form {
    let is_small = code.chars().any(|char| char.is_ascii_lowercase());
    let are_letters =
        (2..=3).contains(&code.len()) && code.chars().all(|char| char.is_ascii_alphabetic());
    if are_letters && is_small {
        return Form::Unlikely;
    }
    published(are_letters || digits(code, 3..=3))
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

#[cfg(test)]
mod tests {
    use super::*;

    fn check(system: &str, good: &[&str], wrong: Form, bad: &[&str]) {
        for code in good {
            assert_eq!(form(system, code), Form::Right, "{system} {code}");
        }
        for code in bad {
            assert_eq!(form(system, code), wrong, "{system} {code}");
        }
    }

    #[test]
    fn snomed_ct_has_a_check_digit_and_says_that_it_names_a_concept() {
        check(
            "http://snomed.info/sct",
            &["73211009", "428361000124107", "38341003", "404684003"],
            Form::Impossible,
            // A wrong check digit, two digits swapped, a description, a short one, letters.
            &["73211008", "73121009", "123036013", "12", "C73211009", "0"],
        );
        assert_eq!(
            form("http://snomed.info/sct", "64572001:363698007=56459004"),
            Form::Unknown
        );
    }

    #[test]
    fn loinc_has_a_check_digit_behind_a_hyphen() {
        check(
            "http://loinc.org",
            &["8867-4", "85354-9", "8480-6", "LA6576-8", "LP29693-6"],
            Form::Impossible,
            &[
                "8867-5",
                "88674",
                "8867-",
                "-4",
                "L-4",
                "12345678-9",
                "é-1",
                "",
            ],
        );
        // There have been codes with other letters, for classes of the hierarchy.
        check(
            "http://loinc.org",
            &[],
            Form::Unlikely,
            &["MTHU000001", "X1"],
        );
    }

    #[test]
    fn the_national_provider_identifier_has_a_check_digit() {
        check(
            "http://hl7.org/fhir/sid/us-npi",
            &["1234567893"],
            Form::Impossible,
            &["1234567890", "3234567893", "123456789", "12345678933"],
        );
    }

    #[test]
    fn classifications_and_billing_codes_have_a_shape() {
        check(
            "http://hl7.org/fhir/sid/icd-10-cm",
            &["E11.9", "S72.001A", "U07.1", "E119", "C7A.00"],
            Form::Unlikely,
            &["11.9", "E11.", "E1", "e11.9", "E11.99999"],
        );
        check(
            "http://www.ama-assn.org/go/cpt",
            &["99213", "0001F", "0042T", "25"],
            Form::Unlikely,
            &["9921", "992133", "A0001", "é213"],
        );
        check(
            "http://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets",
            &["A0428", "G0008", "99213"],
            Form::Unlikely,
            &["AA428", "A042", "a0428"],
        );
        check(
            "http://nucc.org/provider-taxonomy",
            &["207Q00000X"],
            Form::Unlikely,
            &["207Q00000", "207q00000X"],
        );
        check(
            "http://www.nlm.nih.gov/research/umls/rxnorm",
            &["313782"],
            Form::Unlikely,
            &["x313782", "031378", ""],
        );
        check(
            "http://hl7.org/fhir/sid/ndc",
            &["0002-8215-01", "50242-040-62", "00002821501"],
            Form::Unlikely,
            &["0002", "0002-8215-01-1", "0002-82-01", "abcdefghijk"],
        );
        check(
            "https://www.nubc.org/CodeSystem/PatDischargeStatus",
            &["01", "1"],
            Form::Unlikely,
            &["Dummy", "001"],
        );
    }

    #[test]
    fn countries_are_written_in_large_letters() {
        let iso = "urn:iso:std:iso:3166";
        check(
            iso,
            &["US", "USA", "840"],
            Form::Impossible,
            &["U", "84", "United States", ""],
        );
        check(iso, &["DE"], Form::Unlikely, &["us", "Usa"]);
    }

    #[test]
    fn of_an_unknown_system_nothing_is_said() {
        assert_eq!(form("http://x.example/codes", "anything"), Form::Unknown);
    }
}
