//! What must be supported, profile by profile: a square for each element, or for each version.

use crate::evidence::{Run, Summary};
use crate::report::outcome::Outcome;
use crate::report::wording::visible;
use serde::Serialize;
use std::collections::BTreeMap;

/// The squares of one profile.
#[derive(Serialize)]
pub(super) struct Profile {
    name: String,
    ig: String,
    cells: Vec<Cell>,
    /// In words, for who cannot see squares: `3 passed, 1 not tried`.
    words: String,
}

impl Profile {
    /// The outcomes that occur.
    pub(super) fn keys(&self) -> impl Iterator<Item = &'static str> {
        self.cells.iter().map(|cell| cell.key)
    }
}

/// One element, or one version, of a profile.
#[derive(Serialize)]
struct Cell {
    key: &'static str,
    word: &'static str,
    label: String,
    anchor: String,
}

/// All profiles with something that must be supported, those that break most first.
pub(super) fn profiles(run: &Run, summary: &Summary) -> Vec<Profile> {
    let mut rows: BTreeMap<(&str, &str), Vec<(Outcome, Cell)>> = BTreeMap::new();
    for result in &summary.requirements {
        let requirement = &run.requirements[result.requirement];
        let text = requirement.text.to_lowercase();
        if !text.contains("must-support") && !text.contains("must support") {
            continue;
        }
        let Some((profile, label)) = place(&requirement.section) else {
            continue;
        };
        let outcome = Outcome::of(requirement, result);
        let cell = Cell {
            key: outcome.key(),
            word: outcome.word(),
            label: visible(label),
            anchor: format!("r{}", result.requirement),
        };
        let key = (requirement.ig.as_str(), profile);
        rows.entry(key).or_default().push((outcome, cell));
    }
    let mut rows: Vec<_> = rows.into_iter().collect();
    rows.sort_by_key(|(_, cells)| {
        let mut outcomes: Vec<Outcome> = cells.iter().map(|(outcome, _)| *outcome).collect();
        outcomes.sort();
        outcomes.first().copied()
    });
    rows.into_iter()
        .map(|((ig, profile), cells)| Profile {
            name: visible(profile),
            ig: visible(ig),
            words: words(&cells),
            cells: cells.into_iter().map(|(_, cell)| cell).collect(),
        })
        .collect()
}

/// Profile, and its element or version, as sections of requirements name them: `Profile pdex-device,
/// lotNumber` and `US Core 6.1.0 profile us-core-patient`.
fn place(section: &str) -> Option<(&str, &str)> {
    match section.strip_prefix("Profile ") {
        Some(rest) => rest.split_once(", "),
        None => {
            let (version, profile) = section.split_once(" profile ")?;
            Some((profile, version))
        }
    }
}

fn words(cells: &[(Outcome, Cell)]) -> String {
    let mut counts: BTreeMap<Outcome, usize> = BTreeMap::new();
    for (outcome, _) in cells {
        *counts.entry(*outcome).or_default() += 1;
    }
    let counts = counts.into_iter();
    counts
        .map(|(outcome, number)| format!("{number} {}", outcome.word().to_lowercase()))
        .collect::<Vec<_>>()
        .join(", ")
}

#[cfg(test)]
mod tests {
    use super::place;

    #[test]
    fn sections_name_profile_and_element_or_version() {
        assert_eq!(
            place("Profile pdex-device, lotNumber"),
            Some(("pdex-device", "lotNumber"))
        );
        assert_eq!(
            place("US Core 6.1.0 profile us-core-patient"),
            Some(("us-core-patient", "US Core 6.1.0"))
        );
        assert_eq!(place("Introduction, MustSupport"), None);
    }
}
