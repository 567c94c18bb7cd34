//! A scenario of the plan with its executions.

use crate::evidence::{Finding, PlannedScenario, Run, ScenarioRun, Summary, Verdict};
use std::collections::HashMap;

/// A planned scenario and all its attempts, the counting one last.
pub(super) struct Case<'run> {
    /// Id of the scenario.
    pub(super) id: &'run str,
    /// What was planned; absent for an execution nobody planned.
    pub(super) plan: Option<&'run PlannedScenario>,
    /// Executions in the order they finished; empty when it was not reached.
    pub(super) attempts: Vec<&'run ScenarioRun>,
    /// Whether the attempts disagree.
    pub(super) flaky: bool,
}

impl<'run> Case<'run> {
    /// All cases: the plan in its order, then executions that are not in the plan.
    pub(super) fn all(run: &'run Run, summary: &Summary) -> Vec<Self> {
        let new = |id: &'run str, plan| Self {
            id,
            plan,
            attempts: Vec::new(),
            flaky: summary.flaky.iter().any(|flaky| flaky == id),
        };
        let mut cases: Vec<Self> = run.plan.iter().map(|p| new(&p.id, Some(p))).collect();
        let mut places: HashMap<&str, usize> = cases
            .iter()
            .enumerate()
            .map(|(place, case)| (case.id, place))
            .collect();
        for scenario in &run.scenarios {
            let place = *places.entry(&scenario.id).or_insert_with(|| {
                cases.push(new(&scenario.id, None));
                cases.len() - 1
            });
            cases[place].attempts.push(scenario);
        }
        cases
    }

    /// The attempt that counts.
    pub(super) fn last(&self) -> Option<&'run ScenarioRun> {
        self.attempts.last().copied()
    }

    /// What it came to; absent when it was not reached.
    pub(super) fn verdict(&self) -> Option<Verdict> {
        self.last().map(|last| last.verdict)
    }

    /// Reasons and last days of the excuses in use, by requirement of its guide.
    pub(super) fn excuses<'summary>(
        &self,
        run: &Run,
        summary: &'summary Summary,
    ) -> HashMap<&'summary str, String> {
        let of_guide = summary
            .requirements
            .iter()
            .filter(|result| run.requirements[result.requirement].ig == self.ig());
        of_guide
            .filter_map(|result| {
                let excuse = result.excused.as_ref()?;
                Some((excuse.requirement.as_str(), excuse.sentence()))
            })
            .collect()
    }

    /// Reasons and last days, when excuses cover every requirement that broke in the attempt that counts.
    pub(super) fn excuse(&self, run: &Run, summary: &Summary) -> Option<String> {
        let excused = self.excuses(run, summary);
        let counts = |finding: &&Finding| run.identity.strict || finding.severity == Verdict::Fail;
        let mut reasons = self
            .last()?
            .findings
            .iter()
            .filter(counts)
            .map(|finding| {
                excused
                    .get(finding.requirement.as_str())
                    .map(String::as_str)
            })
            .collect::<Option<Vec<_>>>()?;
        reasons.dedup();
        (!reasons.is_empty()).then(|| reasons.join("; "))
    }

    /// Name for people.
    pub(super) fn name(&self) -> &'run str {
        self.plan.map_or(self.id, |plan| &plan.name)
    }

    /// Name of the feature; empty when nobody planned it.
    pub(super) fn feature(&self) -> &'run str {
        self.plan.map_or("", |plan| &plan.feature)
    }

    /// IG and version; empty when nobody planned it.
    pub(super) fn ig(&self) -> &'run str {
        self.plan.map_or("", |plan| &plan.ig)
    }

    /// Ids of its requirements.
    pub(super) fn requirements(&self) -> &'run [String] {
        self.plan.map_or(&[], |plan| &plan.requirements)
    }

    /// Ids of its suites.
    pub(super) fn suites(&self) -> &'run [String] {
        self.plan.map_or(&[], |plan| &plan.suites)
    }
}
