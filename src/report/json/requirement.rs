//! Requirements and how many of each level came to what.

use crate::evidence::{Attachment, Attestation, Level, RequirementResult, Run, Summary, Verdict};
use serde::Serialize;
use std::collections::BTreeMap;

#[derive(Serialize)]
pub(super) struct Requirement<'run> {
    id: &'run str,
    ig: &'run str,
    key: &'run str,
    level: &'static str,
    actor: &'run str,
    section: &'run str,
    url: &'run str,
    text: &'run str,
    coverage: &'static str,
    note: &'run str,
    suites: &'run [String],
    verdict: Option<&'static str>,
    excused: Option<&'run str>,
    excused_until: Option<&'run str>,
    attested: Option<Answer<'run>>,
    scenarios: Vec<&'run str>,
    faults: Vec<Fault<'run>>,
}

/// What a person has answered.
#[derive(Serialize)]
struct Answer<'run> {
    holds: bool,
    name: &'run str,
    date: &'run str,
    note: &'run str,
    attachment: Option<&'run Attachment>,
}

impl<'run> From<&'run Attestation> for Answer<'run> {
    fn from(answer: &'run Attestation) -> Self {
        Self {
            holds: answer.holds,
            name: &answer.name,
            date: &answer.date,
            note: &answer.note,
            attachment: answer.attachment.as_ref(),
        }
    }
}

#[derive(Serialize)]
struct Fault<'run> {
    name: &'run str,
    about: &'run str,
}

impl<'run> Requirement<'run> {
    pub(super) fn new(run: &'run Run, result: &'run RequirementResult) -> Self {
        let planned = &run.requirements[result.requirement];
        let scenarios = result.scenarios.iter();
        let faults = planned.faults.iter();
        Self {
            id: &planned.id,
            ig: &planned.ig,
            key: &planned.key,
            level: planned.level.as_str(),
            actor: &planned.actor,
            section: &planned.section,
            url: &planned.url,
            text: &planned.text,
            coverage: planned.coverage.as_str(),
            note: &planned.note,
            suites: &planned.suites,
            verdict: result.verdict.map(Verdict::as_str),
            excused: result.excused.as_ref().map(|excuse| excuse.reason.as_str()),
            excused_until: result
                .excused
                .as_ref()
                .map(|excuse| excuse.expires.as_str()),
            attested: result.attested.as_ref().map(Answer::from),
            scenarios: scenarios
                .map(|index| run.scenarios[*index].id.as_str())
                .collect(),
            faults: faults
                .map(|fault| Fault {
                    name: &fault.name,
                    about: &fault.about,
                })
                .collect(),
        }
    }
}

/// The requirements of one level. Every requirement is counted once: under `excused`, under its
/// verdict, or under `without_verdict`.
#[derive(Serialize)]
pub(super) struct LevelCounts {
    level: &'static str,
    total: usize,
    verdicts: BTreeMap<&'static str, usize>,
    excused: usize,
    without_verdict: usize,
}

impl LevelCounts {
    pub(super) fn all(run: &Run, summary: &Summary) -> Vec<Self> {
        Level::ALL
            .into_iter()
            .map(|level| {
                let of_level = |result: &&RequirementResult| {
                    run.requirements[result.requirement].level == level
                };
                Self::new(level, summary.requirements.iter().filter(of_level))
            })
            .collect()
    }

    fn new<'run>(level: Level, results: impl Iterator<Item = &'run RequirementResult>) -> Self {
        let mut counts = Self {
            level: level.as_str(),
            total: 0,
            verdicts: Verdict::ALL.map(|verdict| (verdict.as_str(), 0)).into(),
            excused: 0,
            without_verdict: 0,
        };
        for result in results {
            counts.total += 1;
            match (&result.excused, result.verdict) {
                (Some(_), _) => counts.excused += 1,
                (None, Some(verdict)) => *counts.verdicts.entry(verdict.as_str()).or_default() += 1,
                (None, None) => counts.without_verdict += 1,
            }
        }
        counts
    }
}
