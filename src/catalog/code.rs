//! The kinds of mistakes the catalogue refuses.

use serde::Serialize;
use std::fmt;

/// Declares the codes with the word each is printed as, so that neither list can lag behind.
macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident = $word:literal,)*) => {
        /// What kind of mistake a [`super::Problem`] is.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
        pub enum Code {
            $($(#[$doc])* #[serde(rename = $word)] $name,)*
        }

        impl Code {
            /// All kinds.
            pub const ALL: &[Self] = &[$(Self::$name),*];

            /// The word used in every output, in kebab-case.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$name => $word,)*
                }
            }
        }
    };
}

codes! {
    /// A data file cannot be read, or is not UTF-8.
    UnreadableFile = "unreadable-file",
    /// `ig.toml` is missing or does not have the expected shape.
    BadManifest = "bad-manifest",
    /// `ig.toml` names another IG or version than its folder.
    MisplacedManifest = "misplaced-manifest",
    /// `based_on` names a version that does not exist.
    UnknownBase = "unknown-base",
    /// `based_on` leads back to itself.
    BaseCycle = "base-cycle",
    /// `dropped` names a requirement the base does not have.
    UnknownDropped = "unknown-dropped",
    /// An IG with several versions does not mark exactly one as the default.
    NoDefaultVersion = "no-default-version",
    /// The first line of a requirement table is not the header.
    BadHeader = "bad-header",
    /// A row does not have the right number of columns.
    BadRow = "bad-row",
    /// A requirement id is not of the form `PDEX-MMC-012`.
    BadRequirementId = "bad-requirement-id",
    /// A level is none of SHALL, SHALL NOT, SHOULD, SHOULD NOT, MAY, STATED.
    BadLevel = "bad-level",
    /// An actor is not known.
    UnknownActor = "unknown-actor",
    /// A requirement has no text.
    EmptyText = "empty-text",
    /// A requirement has no link.
    MissingUrl = "missing-url",
    /// The coverage column holds another word than `attest` or `untestable`.
    BadCoverage = "bad-coverage",
    /// `attest` without the question to ask.
    AttestWithoutQuestion = "attest-without-question",
    /// `untestable` without the reason.
    UntestableWithoutReason = "untestable-without-reason",
    /// A note that is neither question nor reason nor a published defect.
    StrayNote = "stray-note",
    /// Two requirements of one version have the same id.
    DuplicateRequirement = "duplicate-requirement",
    /// Two requirements of one version have the same text.
    SameText = "same-text",
    /// A requirement declared `attest` or `untestable` is tested by a scenario.
    DeclaredYetTested = "declared-yet-tested",
    /// `suites.toml` does not have the expected shape.
    BadSuites = "bad-suites",
    /// Two suites of one file have the same id.
    DuplicateSuite = "duplicate-suite",
    /// A role is not known.
    UnknownRole = "unknown-role",
    /// A suite names a feature that does not exist.
    UnknownFeature = "unknown-feature",
    /// A suite's scope names no requirement.
    EmptyScope = "empty-scope",
    /// No suite names a feature.
    FeatureInNoSuite = "feature-in-no-suite",
    /// No suite that names the feature has the role of the scenario.
    ScenarioInNoSuite = "scenario-in-no-suite",
    /// A feature does not parse.
    UnparsableFeature = "unparsable-feature",
    /// A feature lies in a folder that is no IG.
    FeatureOfNoIg = "feature-of-no-ig",
    /// Free text where steps belong: usually a misspelt keyword.
    Description = "description",
    /// A line of a feature's description that looks like a misspelt keyword.
    NearMissKeyword = "near-miss-keyword",
    /// A row of a table is longer than its header; the parser would cut it.
    LostCells = "lost-cells",
    /// A doc string with a media type, which the parser would take for text.
    DocstringMediaType = "docstring-media-type",
    /// A scenario without a name.
    UnnamedScenario = "unnamed-scenario",
    /// A scenario without a step.
    ScenarioWithoutStep = "scenario-without-step",
    /// A scenario without a requirement.
    ScenarioWithoutRequirement = "scenario-without-requirement",
    /// An outline without example rows: it would vanish.
    OutlineWithoutRows = "outline-without-rows",
    /// A placeholder without a column.
    MissingColumn = "missing-column",
    /// A column no placeholder uses.
    UnusedColumn = "unused-column",
    /// A tag on an `Examples` block.
    TagOnExamples = "tag-on-examples",
    /// A tag that is not in the vocabulary.
    UnknownTag = "unknown-tag",
    /// A tag of the vocabulary with a value that cannot be.
    MalformedTag = "malformed-tag",
    /// A requirement tag that names a requirement of no version in which the scenario is active.
    UnknownRequirement = "unknown-requirement",
    /// `@since` or `@until` with a version the IG does not have.
    UnknownVersion = "unknown-version",
    /// A scenario that is active in no version.
    NeverActive = "never-active",
    /// Two scenarios of one feature with the same name.
    SameName = "same-name",
    /// Two scenarios of one version with the same id.
    SameScenarioId = "same-scenario-id",
    /// A scenario that speaks of URLs, methods, paths or status numbers.
    TechnicalWording = "technical-wording",
    /// A step that no definition matches.
    UnboundStep = "unbound-step",
    /// A step that several definitions match.
    AmbiguousStep = "ambiguous-step",
    /// A step definition that no feature uses.
    UnusedStep = "unused-step",
    /// A fault that breaks a requirement that does not exist.
    FaultOfNoRequirement = "fault-of-no-requirement",
    /// A fault that breaks a requirement no scenario tests.
    FaultOfUntested = "fault-of-untested",
    /// A tested requirement that no fault can break.
    Unproven = "unproven",
    /// An excuse in `[unbreakable]` for a requirement that a fault breaks, or that nothing tests.
    StaleExcuse = "stale-excuse",
    /// An excuse in `[unbreakable]` that gives no reason.
    ExcuseWithoutReason = "excuse-without-reason",
    /// A SHALL or SHALL NOT that nothing tests and nothing explains.
    UncoveredMandatory = "uncovered-mandatory",
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}
