//! The catalogue: everything that must hold, read and cross-checked.

use super::feature::{self, Source};
use super::{
    Code, Feature, Ig, IgVersion, Problem, Problems, Scenario, Written, check, folder, inheritance,
};
use crate::data::Data;
use crate::evidence::FaultNote;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Everything that must hold: IG versions with their requirements, suites and scenarios.
#[derive(Clone, Debug)]
pub struct Catalog {
    igs: Vec<Ig>,
    features: Vec<Arc<Feature>>,
    faults: Vec<Fault>,
}

/// A fault as far as the catalogue is concerned. Who loads the mocks hands them over.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Fault {
    /// Name, for example `payer/expired-consent-is-honoured`.
    pub name: String,
    /// What it does, one sentence.
    pub about: String,
    /// Ids of the requirements it breaks.
    pub breaks: Vec<String>,
    /// IG versions in which it exists; empty for all.
    pub versions: Vec<String>,
    /// Ids of those it does not break in an IG version, though it does in others.
    pub spares: BTreeMap<String, Vec<String>>,
}

impl Fault {
    /// Whether it breaks a requirement in an IG version.
    #[must_use]
    pub fn breaks_in(&self, version: &str, requirement: &str) -> bool {
        let names = |ids: &Vec<String>| ids.iter().any(|id| id == requirement);
        (self.versions.is_empty() || self.versions.iter().any(|one| one == version))
            && names(&self.breaks)
            && !self.spares.get(version).is_some_and(names)
    }
}

impl Catalog {
    /// Reads and cross-checks everything, so that no mistake can hide in a run.
    ///
    /// # Errors
    /// Every mistake found, not just the first.
    pub fn load(data: &Data) -> Result<Self, Problems> {
        let (catalog, _, problems) = Self::examine(data);
        match Problems::found(problems) {
            Some(problems) => Err(problems),
            None => Ok(catalog),
        }
    }

    /// The catalogue with the faults that prove its checks, for plans and lists.
    #[must_use]
    pub fn with_faults(mut self, faults: Vec<Fault>) -> Self {
        self.faults = faults;
        self
    }

    /// All IG versions, by IG and version.
    #[must_use]
    pub fn igs(&self) -> &[Ig] {
        &self.igs
    }

    /// One IG version.
    #[must_use]
    pub fn ig(&self, at: &IgVersion) -> Option<&Ig> {
        self.igs.iter().find(|ig| ig.at == *at)
    }

    /// The versions used when none is asked for: one per IG.
    pub fn defaults(&self) -> impl Iterator<Item = &Ig> {
        self.igs.iter().filter(|ig| ig.is_default)
    }

    /// All features, by path.
    #[must_use]
    pub fn features(&self) -> &[Arc<Feature>] {
        &self.features
    }

    /// The faults that break a requirement in one of these IG versions.
    #[must_use]
    pub fn faults_of(&self, requirement: &str, versions: &[String]) -> Vec<FaultNote> {
        let is_broken_by = |fault: &&Fault| {
            let mut versions = versions.iter();
            versions.any(|version| fault.breaks_in(version, requirement))
        };
        let faults = self.faults.iter().filter(is_broken_by);
        faults
            .map(|fault| FaultNote {
                name: fault.name.clone(),
                about: fault.about.clone(),
            })
            .collect()
    }

    /// The catalogue as far as it can be understood, and every mistake that needs neither step
    /// definitions nor faults to be seen.
    pub(super) fn examine(data: &Data) -> (Self, Vec<Source>, Vec<Problem>) {
        let mut problems = Vec::new();
        let folders = folder::read_all(data, &mut problems);
        let igs = inheritance::resolve(folders, &mut problems);
        let sources = read_features(data, &igs, &mut problems);
        let mut catalog = Self {
            igs,
            features: sources
                .iter()
                .map(|source| Arc::clone(&source.feature))
                .collect(),
            faults: Vec::new(),
        };
        for ig in &mut catalog.igs {
            ig.activate(active_in(ig, &sources));
        }
        check::examine(data, &catalog, &sources, &mut problems);
        (catalog, sources, problems)
    }
}

fn read_features(data: &Data, igs: &[Ig], problems: &mut Vec<Problem>) -> Vec<Source> {
    let files = match data.list("features/") {
        Ok(files) => files,
        Err(error) => {
            problems.push(folder::unreadable("features", &error));
            return Vec::new();
        }
    };
    let mut sources = Vec::new();
    for file in files.iter().filter(|file| file.ends_with(".feature")) {
        let source = folder::text(data, file, problems)
            .and_then(|text| feature::read(file, &text, problems));
        let Some(source) = source else { continue };
        if igs.iter().any(|ig| ig.at.ig == source.feature.ig) {
            sources.push(source);
        } else {
            problems.push(Problem::new(
                Code::FeatureOfNoIg,
                (file, 0),
                format!("there is no IG {:?}", source.feature.ig),
                "move the file below features/<ig>/, where scenarios/<ig>/ exists",
            ));
        }
    }
    sources
}

fn active_in(ig: &Ig, sources: &[Source]) -> Vec<Scenario> {
    sources
        .iter()
        .filter(|source| source.feature.ig == ig.at.ig)
        .flat_map(|source| &source.scenarios)
        .filter(|written| written.is_meant_for(&ig.at.version))
        .filter_map(|written| activate(ig, written))
        .collect()
}

/// The scenario in a version; none when nothing it tests is a requirement of that version.
fn activate(ig: &Ig, written: &Arc<Written>) -> Option<Scenario> {
    let requirements: Vec<String> = written
        .requirements
        .iter()
        .filter(|id| ig.requirement(id).is_some())
        .cloned()
        .collect();
    let path = written.feature.path();
    (!requirements.is_empty()).then(|| Scenario {
        id: written.id_in(&ig.at),
        ig: ig.at.clone(),
        requirements,
        suites: ig
            .suites()
            .filter(|suite| suite.features.contains(&path) && written.is_for(suite.role))
            .map(|suite| suite.id.clone())
            .collect(),
        written: Arc::clone(written),
    })
}
