//! The conclusion in a sentence or two, for somebody who reads nothing else.

use super::outcome::Outcome;
use super::tally::{Tally, sum, tally};
use super::wording::{count, thousands};
use crate::evidence::{Conclusion, Run, Summary};

/// The conclusion of a run.
pub(super) fn lead(run: &Run, summary: &Summary) -> String {
    let results = summary.requirements.iter();
    let mandatory =
        results.filter(|result| run.requirements[result.requirement].level.is_mandatory());
    Lead {
        conclusion: summary.conclusion,
        strict: run.identity.strict,
        all: &tally(run, summary.requirements.iter()),
        mandatory: &tally(run, mandatory),
    }
    .text()
}

/// What the sentences are made of.
pub(super) struct Lead<'tally> {
    pub(super) conclusion: Conclusion,
    /// Whether a broken recommendation counts.
    pub(super) strict: bool,
    /// All requirements in scope.
    pub(super) all: &'tally Tally,
    /// Those that are mandatory.
    pub(super) mandatory: &'tally Tally,
}

impl Lead<'_> {
    /// The sentences.
    pub(super) fn text(&self) -> String {
        let first = match self.conclusion {
            Conclusion::Conformant if sum(self.mandatory, |_| true) == 0 => {
                "Nothing mandatory is in scope, so nothing mandatory is broken.".into()
            }
            Conclusion::Conformant => {
                "Every mandatory requirement that can be tested was shown to hold.".into()
            }
            Conclusion::Incomplete => "Nothing mandatory was found broken.".into(),
            Conclusion::NotConformant => self.broken(),
        };
        [Some(first), self.excused(), self.open()]
            .into_iter()
            .flatten()
            .collect::<Vec<_>>()
            .join(" ")
    }

    fn broken(&self) -> String {
        let failed = sum(self.mandatory, |outcome| outcome == Outcome::Fail);
        let others = sum(self.all, |outcome| outcome == Outcome::Fail).saturating_sub(failed);
        let warned = sum(self.all, |outcome| outcome == Outcome::Warn && self.strict);
        let failed = (failed > 0).then(|| count(failed, "mandatory requirement"));
        let warned = (warned > 0).then(|| {
            format!(
                "{}, which this strict run counts",
                count(warned, "recommendation")
            )
        });
        let others = (others > 0).then(|| count(others, "other requirement"));
        let parts: Vec<_> = failed.into_iter().chain(others).chain(warned).collect();
        format!("The system breaks {}.", parts.join(" and "))
    }

    fn excused(&self) -> Option<String> {
        match sum(self.all, |outcome| outcome == Outcome::Excused) {
            0 => None,
            1 => Some("1 known failure is excused.".into()),
            many => Some(format!("{} known failures are excused.", thousands(many))),
        }
    }

    fn open(&self) -> Option<String> {
        let unchecked = sum(self.mandatory, |outcome| outcome == Outcome::Uncovered);
        let undecided = sum(self.mandatory, Outcome::is_open) - unchecked;
        let verb = if undecided == 1 { "is" } else { "are" };
        let total = count(sum(self.mandatory, |_| true), "mandatory requirement");
        let (undecided_text, unchecked_text) = (thousands(undecided), thousands(unchecked));
        match (undecided, unchecked) {
            (0, 0) => None,
            (0, _) => Some(format!(
                "This tool has no check yet for {unchecked_text} of {total}."
            )),
            (_, 0) => Some(format!("{undecided_text} of {total} {verb} undecided.")),
            _ => Some(format!(
                "{undecided_text} of {total} {verb} undecided, and this tool has no check yet for \
                 {unchecked_text} more."
            )),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Lead, Tally};
    use crate::evidence::Conclusion;
    use crate::report::outcome::Outcome;

    fn lead(conclusion: Conclusion, strict: bool, tally: &[(Outcome, usize)]) -> String {
        let tally = Tally::from_iter(tally.iter().copied());
        let (all, mandatory) = (&tally, &tally);
        Lead {
            conclusion,
            strict,
            all,
            mandatory,
        }
        .text()
    }

    #[test]
    fn a_broken_system_is_told_what_it_breaks_and_what_is_undecided() {
        let tally = [
            (Outcome::Fail, 2),
            (Outcome::Skip, 3),
            (Outcome::Uncovered, 1_200),
        ];
        assert_eq!(
            lead(Conclusion::NotConformant, false, &tally),
            "The system breaks 2 mandatory requirements. 3 of 1,205 mandatory requirements are undecided, \
             and this tool has no check yet for 1,200 more."
        );
    }

    #[test]
    fn a_strict_run_says_that_recommendations_count() {
        let tally = [(Outcome::Warn, 1), (Outcome::Excused, 1)];
        assert_eq!(
            lead(Conclusion::NotConformant, true, &tally),
            "The system breaks 1 recommendation, which this strict run counts. 1 known failure is excused."
        );
    }

    #[test]
    fn a_conformant_run_with_nothing_in_scope_does_not_boast() {
        assert_eq!(
            lead(Conclusion::Conformant, false, &[(Outcome::Untestable, 0)]),
            "Nothing mandatory is in scope, so nothing mandatory is broken."
        );
    }
}
