//! What validating all answers of a run came to, and with which definitions.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What validating the answers seen for one IG version came to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ValidationNote {
    /// IG and version.
    pub ig: String,
    /// Distinct answers with FHIR in them.
    pub answers: usize,
    /// Resources in them, nested ones included.
    pub resources: usize,
    /// Distinct profiles the resources name.
    pub profiles: usize,
    /// Rules broken, each counted once per element.
    pub broken: usize,
    /// What could not be decided without a terminology server or more definitions, by kind: `code`,
    /// `profile`, `invariant`, `target`, `slice`, `other`. Neither passed nor failed.
    pub undecided: BTreeMap<String, usize>,
    /// Answers beyond the bounds of what is kept; they were not looked at.
    pub left_out: usize,
    /// Broken rules beyond the bounds of what is kept.
    pub more_broken: usize,
}

impl ValidationNote {
    /// One sentence for people.
    #[must_use]
    pub fn sentence(&self) -> String {
        let mut text = format!(
            "{} in {} against FHIR R4 and {}",
            count(self.resources, "resource"),
            count(self.answers, "answer"),
            count(self.profiles, "claimed profile")
        );
        let undecided = self.undecided.iter();
        let undecided: Vec<String> = undecided
            .map(|(kind, number)| count(*number, kind_word(kind)))
            .collect();
        if !undecided.is_empty() {
            text.push_str("; undecided without a terminology server or further definitions: ");
            text.push_str(&undecided.join(", "));
        }
        for (number, word, what) in [
            (self.broken, "rule", "broken"),
            (self.left_out, "answer", "left out, beyond the bounds"),
            (
                self.more_broken,
                "broken rule",
                "not kept, beyond the bounds",
            ),
        ] {
            if number > 0 {
                text.push_str("; ");
                text.push_str(&count(number, word));
                text.push(' ');
                text.push_str(what);
            }
        }
        text
    }
}

fn kind_word(kind: &str) -> &'static str {
    match kind {
        "code" => "code",
        "profile" => "unknown profile",
        "invariant" => "invariant",
        "target" => "reference target",
        "slice" => "slice",
        _ => "other rule",
    }
}

fn count(number: usize, word: &str) -> String {
    let digits = number.to_string();
    let mut grouped = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    let plural = if number == 1 { "" } else { "s" };
    format!("{grouped} {word}{plural}")
}

/// A package whose definitions were used.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct PackageNote {
    /// Package id.
    pub id: String,
    /// Package version.
    pub version: String,
    /// SHA-256 of the package as it was published or found, hex.
    pub sha256: String,
    /// `embedded`, or the path it was read from.
    pub origin: String,
    /// IG and version it was used for.
    pub igs: Vec<String>,
}

#[cfg(test)]
mod tests {
    use super::ValidationNote;

    #[test]
    fn the_sentence_tells_what_is_undecided_and_left_out() {
        let mut note = ValidationNote {
            answers: 1,
            resources: 1_234_567,
            profiles: 12,
            ..ValidationNote::default()
        };
        let plain = "1,234,567 resources in 1 answer against FHIR R4 and 12 claimed profiles";
        assert_eq!(note.sentence(), plain);
        note.undecided.insert("code".to_owned(), 40);
        note.left_out = 2;
        let rest = "; undecided without a terminology server or further definitions: 40 codes; \
                    2 answers left out, beyond the bounds";
        assert_eq!(note.sentence(), format!("{plain}{rest}"));
    }
}
