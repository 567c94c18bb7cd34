//! Verdicts per requirement and the conclusion per suite, derived from a [`Run`].

use super::{Coverage, Excuse, Finding, PlannedRequirement, Run, ScenarioRun, SuiteNote, Verdict};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What a suite, or a whole run, came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Conclusion {
    /// Every SHALL and SHALL NOT in scope was shown to hold, or is excused.
    Conformant,
    /// Nothing mandatory broke, and some of it was neither shown to hold nor excused.
    Incomplete,
    /// Something mandatory broke.
    NotConformant,
}

impl Conclusion {
    /// The words people read: `conformant`, `incomplete`, `not conformant`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Conformant => "conformant",
            Self::Incomplete => "incomplete",
            Self::NotConformant => "not conformant",
        }
    }
}

impl std::fmt::Display for Conclusion {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(self.as_str())
    }
}

/// How many of each verdict.
pub type Counts = BTreeMap<Verdict, usize>;

/// One requirement over all its scenarios.
#[derive(Clone, Debug, PartialEq)]
pub struct RequirementResult {
    /// Index into [`Run::requirements`].
    pub requirement: usize,
    /// Worst over its scenarios; `attest` for an unanswered question; absent when nothing tries it.
    pub verdict: Option<Verdict>,
    /// Indexes into [`Run::scenarios`] of the counting attempts.
    pub scenarios: Vec<usize>,
    /// Why it is excused, when it broke and an excuse covers it.
    pub excused: Option<String>,
}

/// One suite.
#[derive(Clone, Debug, PartialEq)]
pub struct SuiteResult {
    /// The suite.
    pub suite: SuiteNote,
    /// What it came to.
    pub conclusion: Conclusion,
    /// Its scenarios by verdict.
    pub scenarios: Counts,
    /// Its requirements with a verdict, by verdict; an excused failure is not counted as `fail`.
    pub requirements: Counts,
    /// Its mandatory requirements that were neither shown to hold, nor broken, nor explained.
    pub open: usize,
}

/// Everything reports and exit codes need to know about a run.
#[derive(Clone, Debug)]
pub struct Summary {
    /// One result per requirement in scope, in the order of [`Run::requirements`].
    pub requirements: Vec<RequirementResult>,
    /// One result per suite.
    pub suites: Vec<SuiteResult>,
    /// All counting scenarios by verdict.
    pub scenarios: Counts,
    /// Worst over the suites.
    pub conclusion: Conclusion,
    /// Indexes into [`Run::scenarios`]: the last attempt of each scenario.
    pub counting: Vec<usize>,
    /// Ids of scenarios whose attempts disagree.
    pub flaky: Vec<String>,
    /// Excuses past their date.
    pub expired: Vec<Excuse>,
    /// Excuses for something that did not break.
    pub unused: Vec<Excuse>,
}

impl Summary {
    /// Derives the summary. The day that decides about excuses is the day the run started.
    #[must_use]
    pub fn of(run: &Run) -> Self {
        let (counting, flaky) = last_attempts(run);
        let today = run.identity.started.get(..10).unwrap_or_default();
        let (expired, valid): (Vec<_>, Vec<_>) = run
            .identity
            .excuses
            .iter()
            .cloned()
            .partition(|excuse| excuse.expires.as_str() < today);
        let requirements: Vec<_> = run
            .requirements
            .iter()
            .enumerate()
            .map(|(index, requirement)| judge(run, &counting, &valid, index, requirement))
            .collect();
        let suites: Vec<_> = run
            .identity
            .suites
            .iter()
            .map(|suite| conclude(run, suite, &requirements, &counting))
            .collect();
        let unused = valid
            .into_iter()
            .filter(|excuse| !is_used(run, &requirements, excuse))
            .collect();
        let mut scenarios = Counts::new();
        for index in &counting {
            *scenarios.entry(run.scenarios[*index].verdict).or_default() += 1;
        }
        let conclusion = suites
            .iter()
            .map(|suite| suite.conclusion)
            .max()
            .unwrap_or(Conclusion::Incomplete);
        Self {
            requirements,
            suites,
            scenarios,
            conclusion,
            counting,
            flaky,
            expired,
            unused,
        }
    }

    /// The counting execution of a planned scenario.
    #[must_use]
    pub fn execution<'run>(&self, run: &'run Run, id: &str) -> Option<&'run ScenarioRun> {
        self.counting
            .iter()
            .map(|index| &run.scenarios[*index])
            .find(|scenario| scenario.id == id)
    }

    /// Findings of all counting attempts with the scenario each came from.
    pub fn findings<'run>(
        &self,
        run: &'run Run,
    ) -> impl Iterator<Item = (&'run ScenarioRun, &'run Finding)> {
        self.counting
            .iter()
            .map(|index| &run.scenarios[*index])
            .flat_map(|scenario| {
                scenario
                    .findings
                    .iter()
                    .map(move |finding| (scenario, finding))
            })
            .collect::<Vec<_>>()
            .into_iter()
    }
}

/// Whether something broke: failed, or only warned in a strict run.
const fn is_broken(verdict: Verdict, strict: bool) -> bool {
    matches!(verdict, Verdict::Fail) || (strict && matches!(verdict, Verdict::Warn))
}

fn last_attempts(run: &Run) -> (Vec<usize>, Vec<String>) {
    let mut last: BTreeMap<&str, usize> = BTreeMap::new();
    let mut flaky = std::collections::BTreeSet::new();
    for (index, scenario) in run.scenarios.iter().enumerate() {
        if let Some(earlier) = last.insert(&scenario.id, index)
            && run.scenarios[earlier].verdict != scenario.verdict
        {
            flaky.insert(scenario.id.clone());
        }
    }
    let mut counting: Vec<usize> = last.into_values().collect();
    counting.sort_unstable();
    (counting, flaky.into_iter().collect())
}

fn judge(
    run: &Run,
    counting: &[usize],
    excuses: &[Excuse],
    index: usize,
    requirement: &PlannedRequirement,
) -> RequirementResult {
    let concerns = |plan: &super::PlannedScenario| {
        plan.ig == requirement.ig && plan.requirements.contains(&requirement.id)
    };
    let ids: Vec<&str> = run
        .plan
        .iter()
        .filter(|plan| concerns(plan))
        .map(|plan| plan.id.as_str())
        .collect();
    let scenarios: Vec<usize> = counting
        .iter()
        .copied()
        .filter(|index| ids.contains(&run.scenarios[*index].id.as_str()))
        .collect();
    let tried = scenarios
        .iter()
        .map(|index| verdict_in(&run.scenarios[*index], &requirement.id))
        .max();
    // A planned scenario that left no trace was not run: that is a skip, never a pass.
    let verdict = match tried {
        Some(worst) if scenarios.len() < ids.len() => Some(worst.max(Verdict::Skip)),
        None if !ids.is_empty() => Some(Verdict::Skip),
        None if requirement.coverage == Coverage::Attested => Some(Verdict::Attest),
        other => other,
    };
    let broken = verdict.is_some_and(|verdict| is_broken(verdict, run.identity.strict));
    let excuse = excuses
        .iter()
        .find(|excuse| broken && excuse.requirement == requirement.id);
    RequirementResult {
        requirement: index,
        verdict,
        scenarios,
        excused: excuse.map(|excuse| excuse.reason.clone()),
    }
}

/// What one scenario says about one of its requirements. A scenario that broke on another
/// requirement first has not shown anything about this one.
fn verdict_in(scenario: &ScenarioRun, requirement: &str) -> Verdict {
    let named = scenario
        .findings
        .iter()
        .filter(|finding| finding.requirement == requirement);
    match named.map(|finding| finding.severity).max() {
        // Another requirement made the scenario fail: that this one is a recommendation remains so.
        Some(worst) if matches!(scenario.verdict, Verdict::Fail) => worst,
        Some(worst) if scenario.verdict <= Verdict::Warn => worst,
        Some(worst) => worst.max(scenario.verdict),
        None if matches!(scenario.verdict, Verdict::Fail) => Verdict::Skip,
        None if matches!(scenario.verdict, Verdict::Warn) => Verdict::Pass,
        None => scenario.verdict,
    }
}

fn conclude(
    run: &Run,
    suite: &SuiteNote,
    results: &[RequirementResult],
    counting: &[usize],
) -> SuiteResult {
    let belongs = |ig: &str, suites: &[String]| ig == suite.ig && suites.contains(&suite.id);
    let mut requirements = Counts::new();
    let (mut open, mut broken) = (0, 0);
    for result in results {
        let requirement = &run.requirements[result.requirement];
        if !belongs(&requirement.ig, &requirement.suites) {
            continue;
        }
        if let Some(verdict) = result.verdict
            && result.excused.is_none()
        {
            *requirements.entry(verdict).or_default() += 1;
            broken += usize::from(is_broken(verdict, run.identity.strict));
        }
        open += usize::from(is_open(requirement, result));
    }
    let ids: Vec<&str> = run
        .plan
        .iter()
        .filter(|plan| belongs(&plan.ig, &plan.suites))
        .map(|plan| plan.id.as_str())
        .collect();
    let mut scenarios = Counts::new();
    for index in counting {
        if ids.contains(&run.scenarios[*index].id.as_str()) {
            *scenarios.entry(run.scenarios[*index].verdict).or_default() += 1;
        }
    }
    let conclusion = match (broken, open) {
        (0, 0) => Conclusion::Conformant,
        (0, _) => Conclusion::Incomplete,
        _ => Conclusion::NotConformant,
    };
    SuiteResult {
        suite: suite.clone(),
        conclusion,
        scenarios,
        requirements,
        open,
    }
}

fn is_open(requirement: &PlannedRequirement, result: &RequirementResult) -> bool {
    requirement.level.is_mandatory()
        && match result.verdict {
            None => requirement.coverage != Coverage::Untestable,
            Some(verdict) => matches!(verdict, Verdict::Skip | Verdict::Attest | Verdict::Error),
        }
}

fn is_used(run: &Run, results: &[RequirementResult], excuse: &Excuse) -> bool {
    results.iter().any(|result| {
        result.excused.is_some() && run.requirements[result.requirement].id == excuse.requirement
    })
}

#[cfg(test)]
mod tests {
    use super::{ScenarioRun, Verdict, verdict_in};
    use serde_json::json;

    fn scenario(verdict: Verdict, severities: &[(&str, Verdict)]) -> ScenarioRun {
        let findings = severities.iter().map(|(requirement, severity)| {
            json!({"requirement": requirement, "level": "SHALL", "severity": severity, "expected": "a", "actual": "b"})
        });
        let run = json!({
            "id": "s", "attempt": 1, "verdict": verdict, "steps": [], "started_us": 0, "duration_us": 0,
            "findings": findings.collect::<Vec<_>>(),
        });
        serde_json::from_value(run).unwrap()
    }

    #[test]
    fn each_requirement_of_a_scenario_has_a_verdict_of_its_own() {
        let both = [("SHALL-1", Verdict::Fail), ("SHOULD-1", Verdict::Warn)];
        let failed = scenario(Verdict::Fail, &both);
        assert_eq!(verdict_in(&failed, "SHALL-1"), Verdict::Fail);
        assert_eq!(verdict_in(&failed, "SHOULD-1"), Verdict::Warn);
        assert_eq!(verdict_in(&failed, "OTHER-1"), Verdict::Skip);
        let skipped = scenario(Verdict::Skip, &both[1..]);
        assert_eq!(verdict_in(&skipped, "SHOULD-1"), Verdict::Skip);
    }
}
