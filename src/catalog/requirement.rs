//! Requirements: one statement of an IG each.

use crate::evidence::Level;
use serde::{Deserialize, Serialize};

/// One statement of an IG, as it stands in one version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Requirement {
    /// Our id, for example `PDEX-MMC-012`: the same requirement in every version, never reused.
    pub id: String,
    /// The IG's own key where it prints one; may be empty.
    pub key: String,
    /// How strongly it binds.
    pub level: Level,
    /// Who must do it.
    pub actor: String,
    /// Place in the IG, for people.
    pub section: String,
    /// Absolute link to the clause.
    pub url: String,
    /// One sentence.
    pub text: String,
    /// Why no scenario tests it, where that cannot be computed.
    pub declared: Option<Declared>,
    /// Question, reason or published defect; may be empty.
    pub note: String,
    /// File and line of its row.
    pub(super) place: (String, usize),
}

/// Coverage that cannot be computed and is therefore written in the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Declared {
    /// A person must say so; the note is the question.
    Attest,
    /// It cannot be tested; the note is the reason.
    Untestable,
}

/// How a note begins that names a published defect of the IG.
pub(super) const DEFECT: &str = "Defect:";

impl Requirement {
    /// Whether a published defect of the IG makes the rule doubtful, so that breaking it only warns.
    #[must_use]
    pub fn is_doubtful(&self) -> bool {
        self.note.starts_with(DEFECT)
    }

    /// The area of the IG it belongs to: `PDEX-MMC` for `PDEX-MMC-012`.
    #[must_use]
    pub fn area(&self) -> &str {
        self.id.rsplit_once('-').map_or(&self.id, |(area, _)| area)
    }

    /// Whether an id or a prefix of whole parts (`PDEX`, `PDEX-MMC`) names it.
    #[must_use]
    pub fn is_named_by(&self, id_or_prefix: &str) -> bool {
        names(id_or_prefix, &self.id)
    }

    /// The requirement with its link made absolute.
    pub(super) fn linked_to(&self, base_url: &str) -> Self {
        let mut linked = self.clone();
        if !linked.url.contains("://") {
            linked.url = format!("{base_url}{}", self.url);
        }
        linked
    }
}

/// Whether an id, or a prefix of whole parts, names an id. `PDEX-MM` does not name `PDEX-MMC-012`.
pub(super) fn names(id_or_prefix: &str, id: &str) -> bool {
    id.strip_prefix(id_or_prefix)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
}

/// Whether a text has the form of an id: `PDEX-MMC-012`.
pub(super) fn is_id(text: &str) -> bool {
    let is_word = |part: &str| {
        part.starts_with(|c: char| c.is_ascii_uppercase())
            && part
                .chars()
                .all(|c| c.is_ascii_uppercase() || c.is_ascii_digit())
    };
    let is_number = |part: &str| part.len() == 3 && part.chars().all(|c| c.is_ascii_digit());
    match text.split('-').collect::<Vec<_>>()[..] {
        [ig, area, number] => is_word(ig) && is_word(area) && is_number(number),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_prefix_names_whole_parts_only() {
        for prefix in ["PDEX", "PDEX-MMC", "PDEX-MMC-012"] {
            assert!(names(prefix, "PDEX-MMC-012"), "{prefix}");
        }
        for prefix in ["PDEX-MM", "PDEX-MMC-01", "PDEX-MMC-", "MMC", "pdex"] {
            assert!(!names(prefix, "PDEX-MMC-012"), "{prefix}");
        }
    }

    #[test]
    fn an_id_has_two_words_and_three_digits() {
        assert!(is_id("PDEX-MMC-012"));
        for text in [
            "PDEX-MMC-12",
            "PDEX-012",
            "pdex-mmc-012",
            "PDEX-MMC-0123",
            "PDEX--012",
            "",
        ] {
            assert!(!is_id(text), "{text}");
        }
    }
}
