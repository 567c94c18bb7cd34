//! A whole run: identity, plan, scenarios, bodies and ending.

use super::{Attestation, Body, Level, PackageNote, ScenarioRun, ValidationNote};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// All that a run leaves, folded from its log.
#[derive(Clone, Debug)]
pub struct Run {
    /// Which tool ran what against whom.
    pub identity: Identity,
    /// Every requirement in the scope of the selected suites, by IG, version and id.
    pub requirements: Vec<PlannedRequirement>,
    /// Every scenario that was selected.
    pub plan: Vec<PlannedScenario>,
    /// Scenarios as executed; all attempts, in the order they finished.
    pub scenarios: Vec<ScenarioRun>,
    /// Stored bodies by hash.
    pub bodies: BTreeMap<String, Body>,
    /// What validating all answers came to, by IG and version; empty when nothing asked for it.
    pub validated: Vec<ValidationNote>,
    /// The definitions that were used to validate.
    pub definitions: Vec<PackageNote>,
    /// What people have answered, each requirement at most once.
    pub attestations: Vec<Attestation>,
    /// How it ended; absent when the log breaks off.
    pub ending: Option<Ending>,
}

/// Which tool ran what against whom. Secrets never enter it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Identity {
    /// Name of the tool: `vitruvian`.
    pub tool: String,
    /// Its version.
    pub version: String,
    /// Start, RFC 3339, UTC.
    pub started: String,
    /// Base URL of the system under test, or what the built-in stand-ins are called.
    pub target: String,
    /// IG versions in the run.
    pub igs: Vec<IgNote>,
    /// Selected suites.
    pub suites: Vec<SuiteNote>,
    /// Settings that matter for the verdicts, redacted; name and value.
    pub settings: BTreeMap<String, String>,
    /// Known failures the configuration excuses.
    #[serde(default)]
    pub excuses: Vec<Excuse>,
    /// Whether `warn` counts as `fail` (`--strict`).
    #[serde(default)]
    pub strict: bool,
    /// Base URLs that were tested, by IG and version, and by role where a guide has several servers.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub endpoints: BTreeMap<String, String>,
}

impl Identity {
    /// The setting that says whether the certificates of servers were verified.
    pub const CERTIFICATES: &str = "certificates of servers";
    /// Its value when they were not.
    pub const NOT_VERIFIED: &str = "not verified";

    /// What a reader of any report must know first: nobody made sure that the target answered. None when somebody did.
    #[must_use]
    pub fn warning(&self) -> Option<&'static str> {
        let is_insecure = self
            .settings
            .get(Self::CERTIFICATES)
            .is_some_and(|value| value == Self::NOT_VERIFIED);
        is_insecure.then_some(
            "The certificates of servers were not verified (--insecure): what is reported here may have been answered by somebody else than the target.",
        )
    }
}

/// One IG version of a run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct IgNote {
    /// `pdex` or `cdex`.
    pub id: String,
    /// Version of the IG.
    pub version: String,
    /// Title of the IG.
    pub title: String,
    /// SHA-256 over the requirement table and features used, hex.
    pub hash: String,
}

/// One selected suite.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SuiteNote {
    /// Id of the suite, for example `pdex-member-match`.
    pub id: String,
    /// IG and version, for example `pdex@2.1.0`.
    pub ig: String,
    /// Title for people.
    pub title: String,
    /// Role of the system under test.
    pub role: String,
}

/// A known failure, excused until a date.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Excuse {
    /// Requirement id.
    pub requirement: String,
    /// Why it is excused.
    pub reason: String,
    /// Last day it holds, `YYYY-MM-DD`.
    pub expires: String,
}

impl Excuse {
    /// The reason and the last day, for people.
    #[must_use]
    pub fn sentence(&self) -> String {
        format!("{} (until {})", self.reason, self.expires)
    }
}

/// A requirement as it stood when the run was planned.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlannedRequirement {
    /// `PDEX-MMC-016`.
    pub id: String,
    /// IG and version, for example `pdex@2.1.0`.
    pub ig: String,
    /// The IG's own key; may be empty.
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
    /// How it is covered.
    pub coverage: Coverage,
    /// Reason, question or defect, as the coverage needs.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
    /// Ids of the suites it belongs to.
    pub suites: Vec<String>,
    /// Faults that prove its check.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub faults: Vec<FaultNote>,
}

/// How a requirement is covered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Coverage {
    /// At least one scenario tests it.
    Tested,
    /// A person must say so.
    Attested,
    /// It cannot be tested; the note says why.
    Untestable,
    /// Nothing tests it yet.
    Uncovered,
}

impl Coverage {
    /// All kinds.
    pub const ALL: [Self; 4] = [
        Self::Tested,
        Self::Attested,
        Self::Untestable,
        Self::Uncovered,
    ];

    /// The word used in every output.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Tested => "tested",
            Self::Attested => "attested",
            Self::Untestable => "untestable",
            Self::Uncovered => "uncovered",
        }
    }
}

impl std::fmt::Display for Coverage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(self.as_str())
    }
}

/// A fault that breaks a requirement, as shown beside it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FaultNote {
    /// Name, for example `payer/expired-consent-is-honoured`.
    pub name: String,
    /// What it does, one sentence.
    pub about: String,
}

/// A scenario that was selected, for one IG version.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlannedScenario {
    /// `pdex@2.1.0/member_match/no-match-is-refused`: unique in a run and stable between runs.
    pub id: String,
    /// IG and version.
    pub ig: String,
    /// Name of the feature.
    pub feature: String,
    /// Name of the scenario.
    pub name: String,
    /// Path of the feature file.
    pub file: String,
    /// Line in that file.
    pub line: usize,
    /// Tags without `@`.
    pub tags: Vec<String>,
    /// Ids of the requirements it tests in this version.
    pub requirements: Vec<String>,
    /// Ids of the suites it was selected for.
    pub suites: Vec<String>,
}

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Ending {
    /// All that was planned was tried.
    Finished,
    /// `--fail-fast` stopped it.
    FailFast,
    /// The user interrupted it.
    Interrupted,
    /// `--max-time` stopped it.
    TimedOut,
}
