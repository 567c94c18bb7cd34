//! Broken assertions become findings, one for each requirement that the scenario tests.

use super::World;
use crate::evidence::{BrokenRule, Finding, Level, Verdict};
use crate::steps::Mismatch;
use crate::steps::drive::{Halt, Outcome};

impl World {
    /// Ids of the requirements that the scenario tests.
    pub(in crate::steps) fn tested(&self) -> Vec<String> {
        let progress = self.progress.iter();
        let tested = progress.flat_map(|progress| &progress.note.requirements);
        tested.map(|(id, _, _)| id.clone()).collect()
    }

    /// Whether nothing of what the scenario tests is demanded or recommended: a payer that does not offer
    /// it breaks nothing.
    pub(in crate::steps) fn is_optional(&self) -> bool {
        let progress = self.progress.as_ref();
        progress.is_some_and(|progress| {
            let mut levels = progress
                .note
                .requirements
                .iter()
                .map(|(_, level, _)| *level);
            levels.all(|level| matches!(level, Level::May | Level::Stated))
        })
    }

    /// As [`World::judge`]; but what is optional, and not declared, need not work.
    pub(in crate::steps) fn judge_offer(
        &mut self,
        result: Result<(), Mismatch>,
        is_declared: bool,
    ) -> Outcome {
        match result {
            Err(mismatch) if !is_declared && self.is_optional() => Err(Halt::Skip(format!(
                "optional, and not offered: it is not declared, and instead of {} came {}",
                mismatch.expected, mismatch.actual
            ))),
            judged => self.judge(judged),
        }
    }

    /// Turns a broken assertion into one finding per requirement of the scenario; ends the scenario
    /// if one of them is mandatory and not doubtful.
    pub(in crate::steps) fn judge(&mut self, result: Result<(), Mismatch>) -> Outcome {
        match result {
            Ok(()) => Ok(()),
            Err(mismatch) => self.broken(mismatch, None),
        }
    }

    /// The same for a rule of FHIR or of a profile that resources break.
    pub(in crate::steps) fn judge_rule(&mut self, mismatch: Mismatch, rule: BrokenRule) -> Outcome {
        self.broken(mismatch, Some(Box::new(rule)))
    }

    fn broken(&mut self, mismatch: Mismatch, rule: Option<Box<BrokenRule>>) -> Outcome {
        let Some(progress) = self.progress.as_mut() else {
            return Ok(());
        };
        let mut failed = false;
        for (id, level, defect) in &progress.note.requirements {
            let doubt = defect.clone().or_else(|| mismatch.doubt.clone());
            let severity = if level.is_mandatory() && doubt.is_none() {
                Verdict::Fail
            } else {
                Verdict::Warn
            };
            failed |= severity == Verdict::Fail;
            progress.verdict = progress.verdict.max(severity);
            let finding = Finding {
                requirement: id.clone(),
                level: *level,
                severity,
                expected: mismatch.expected.clone(),
                actual: mismatch.actual.clone(),
                location: mismatch.location.clone(),
                exchange: match &rule {
                    Some(rule) => rule.exchange_in(&progress.id, progress.attempt),
                    None => progress.cited.or_else(|| progress.exchanges.checked_sub(1)),
                },
                hint: mismatch.hint.clone(),
                defect: doubt,
                rule: rule.clone(),
            };
            progress
                .context
                .recorder
                .finding(&progress.id, progress.attempt, finding);
        }
        progress.warned = true;
        if failed {
            Err(Halt::Failed(mismatch.actual))
        } else {
            Ok(())
        }
    }
}
