//! What is going to be run.

use super::Scenario;
use crate::evidence::{IgNote, PlannedRequirement, PlannedScenario, SuiteNote};
use cucumber::gherkin;

/// What is going to be run: never empty.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The IG versions, each with a hash over its requirements and the features selected, in all parts the same.
    pub igs: Vec<IgNote>,
    /// The suites.
    pub suites: Vec<SuiteNote>,
    /// Every requirement in the scope of the suites, by IG version and row.
    pub requirements: Vec<PlannedRequirement>,
    /// The scenarios, by IG version, feature and line.
    pub scenarios: Vec<Scenario>,
}

/// How the tag begins by which a scenario is found again while it runs; its id follows.
const ID_TAG: &str = "id:";

impl Plan {
    /// The scenarios as a run's plan records them.
    #[must_use]
    pub fn planned(&self) -> Vec<PlannedScenario> {
        self.scenarios.iter().map(Scenario::planned).collect()
    }

    /// One feature per IG version and feature file, ready for the engine, with nothing but the
    /// selected scenarios. Each scenario carries a tag that [`Self::scenario_of`] reads.
    #[must_use]
    pub fn features(&self) -> Vec<gherkin::Feature> {
        features(&self.scenarios)
    }

    /// [`Self::features`] in the order they must run: those of one phase may run side by side, and the
    /// next begins when all of them have ended. Those that hear a client out are the first phase, closing scenarios the
    /// last.
    #[must_use]
    pub fn phases(&self) -> Vec<Vec<gherkin::Feature>> {
        let (closing, others): (Vec<Scenario>, Vec<Scenario>) = self
            .scenarios
            .iter()
            .cloned()
            .partition(|scenario| scenario.written.closing);
        let (listening, others): (Vec<Scenario>, Vec<Scenario>) = others
            .into_iter()
            .partition(|scenario| scenario.written.listening);
        [listening, others, closing]
            .iter()
            .filter(|scenarios| !scenarios.is_empty())
            .map(|scenarios| features(scenarios))
            .collect()
    }

    /// The planned scenario that a scenario of [`Self::features`] came from.
    #[must_use]
    pub fn scenario_of(&self, running: &gherkin::Scenario) -> Option<&Scenario> {
        let id = running
            .tags
            .iter()
            .find_map(|tag| tag.strip_prefix(ID_TAG))?;
        self.scenarios.iter().find(|scenario| scenario.id == id)
    }
}

fn features(scenarios: &[Scenario]) -> Vec<gherkin::Feature> {
    scenarios
        .chunk_by(|left, right| {
            left.ig == right.ig && left.written.feature.file == right.written.feature.file
        })
        .filter_map(feature)
        .collect()
}

fn feature(scenarios: &[Scenario]) -> Option<gherkin::Feature> {
    let mut feature = scenarios.first()?.written.feature.gherkin.clone();
    for scenario in scenarios {
        let mut running = scenario.written.gherkin.clone();
        running.tags.push(format!("{ID_TAG}{}", scenario.id));
        let rule = scenario
            .written
            .rule
            .and_then(|index| feature.rules.get_mut(index));
        match rule {
            Some(rule) => rule.scenarios.push(running),
            None => feature.scenarios.push(running),
        }
    }
    feature.rules.retain(|rule| !rule.scenarios.is_empty());
    Some(feature)
}
