//! One version of one IG: its requirements, suites and active scenarios.

use super::manifest::Manifest;
use super::suite::PlacedSuite;
use super::{Declared, IgVersion, Requirement, Scenario, Suite, Unbreakable};
use crate::evidence::Coverage;
use std::collections::{BTreeMap, HashMap, HashSet};

/// One version of one IG, with all it takes over from the version it is based on.
#[derive(Clone, Debug)]
pub struct Ig {
    /// Which one.
    pub at: IgVersion,
    /// Title for people.
    pub title: String,
    /// Name of the release, for example `STU 2.1`.
    pub release: String,
    /// FHIR package, without version.
    pub package: String,
    /// Where its pages are.
    pub base_url: String,
    /// FHIR version.
    pub fhir: String,
    /// The version it takes over from.
    pub based_on: Option<IgVersion>,
    /// Whether it is used when no version is asked for.
    pub is_default: bool,
    /// The guides it builds on, with the versions it names.
    pub uses: BTreeMap<String, Vec<String>>,
    /// Its requirements, those of its base first.
    pub requirements: Vec<Requirement>,
    /// Its scenarios, by feature file and line.
    pub scenarios: Vec<Scenario>,
    /// Requirements no fault can break, each with the reason.
    pub unbreakable: Vec<Unbreakable>,
    pub(super) suites: Vec<PlacedSuite>,
    pub(super) digest: [u8; 32],
    index: HashMap<String, usize>,
    tested: HashSet<String>,
}

impl Ig {
    pub(super) fn new(
        at: IgVersion,
        manifest: Manifest,
        requirements: Vec<Requirement>,
        suites: Vec<PlacedSuite>,
        unbreakable: Vec<Unbreakable>,
        digest: [u8; 32],
    ) -> Self {
        let index = requirements
            .iter()
            .enumerate()
            .map(|(index, requirement)| (requirement.id.clone(), index))
            .collect();
        let based_on = manifest.based_on.as_ref().map(|base| IgVersion {
            ig: at.ig.clone(),
            version: base.get_ref().clone(),
        });
        Self {
            at,
            based_on,
            title: manifest.title,
            release: manifest.release,
            package: manifest.package,
            base_url: manifest.base_url,
            fhir: manifest.fhir,
            is_default: manifest.default,
            uses: manifest.uses,
            requirements,
            scenarios: Vec::new(),
            unbreakable,
            suites,
            digest,
            index,
            tested: HashSet::new(),
        }
    }

    /// Gives the version its scenarios.
    pub(super) fn activate(&mut self, scenarios: Vec<Scenario>) {
        self.tested = scenarios
            .iter()
            .flat_map(|scenario| scenario.requirements.iter().cloned())
            .collect();
        self.scenarios = scenarios;
    }

    /// The requirement with an id.
    #[must_use]
    pub fn requirement(&self, id: &str) -> Option<&Requirement> {
        self.index.get(id).map(|index| &self.requirements[*index])
    }

    /// Its suites, those of its base first.
    pub fn suites(&self) -> impl Iterator<Item = &Suite> {
        self.suites.iter().map(|placed| &placed.suite)
    }

    /// The suite with an id.
    #[must_use]
    pub fn suite(&self, id: &str) -> Option<&Suite> {
        self.suites().find(|suite| suite.id == id)
    }

    /// How a requirement is covered: computed from the scenarios, else as declared.
    #[must_use]
    pub fn coverage_of(&self, requirement: &Requirement) -> Coverage {
        match requirement.declared {
            _ if self.tested.contains(&requirement.id) => Coverage::Tested,
            Some(Declared::Attest) => Coverage::Attested,
            Some(Declared::Untestable) => Coverage::Untestable,
            None => Coverage::Uncovered,
        }
    }

    /// The scenarios that test a requirement.
    pub fn testing<'a>(&'a self, id: &'a str) -> impl Iterator<Item = &'a Scenario> {
        self.scenarios
            .iter()
            .filter(move |scenario| scenario.requirements.iter().any(|tested| tested == id))
    }
}
