//! What a user asks for, and why it cannot be had.

use super::{IgVersion, Role};
use cucumber::gherkin::tagexpr::TagOperation;

/// Which side of a conversation the system under test is on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// It is asked.
    Servers,
    /// It is heard.
    Clients,
}

impl Side {
    /// Whether systems of a role are on it.
    #[must_use]
    pub fn has(self, role: Role) -> bool {
        role.is_client() == (self == Self::Clients)
    }
}

/// What a user asks for. Empty lists and absent values ask for everything.
#[derive(Clone, Debug, Default)]
pub struct Selection {
    /// IG versions; none means the default version of each IG.
    pub igs: Vec<IgVersion>,
    /// Ids of suites.
    pub suites: Vec<String>,
    /// Roles of the system under test.
    pub roles: Vec<Role>,
    /// Ids of requirements, or prefixes of whole parts such as `PDEX-MMC`.
    pub requirements: Vec<String>,
    /// A tag expression, for example `@writes and not @slow`.
    pub tags: Option<TagOperation>,
    /// A part of the scenario's name, in whatever case.
    pub name: Option<String>,
    /// Leaves out what creates or changes data on the target.
    pub read_only: bool,
    /// Whether it is about servers or clients: suites of the other kind are left out. None for both.
    pub side: Option<Side>,
    /// This part of so many, both from 1: `(1, 4)`.
    pub shard: Option<(usize, usize)>,
}

/// Why nothing can be run.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SelectError {
    /// The IG version is not in the catalogue.
    #[error("{ig} is not in the catalogue; {hint}")]
    UnknownIg {
        /// What was asked for.
        ig: IgVersion,
        /// What there is.
        hint: String,
    },
    /// No selected IG version has the suite.
    #[error("there is no suite {suite:?} in {igs}; {hint}")]
    UnknownSuite {
        /// What was asked for.
        suite: String,
        /// Where it was looked for.
        igs: String,
        /// What there is.
        hint: String,
    },
    /// The suite is for the other kind of system.
    #[error("{suite} is for {}; use `vitruvian {}`", if *.is_for_clients { "clients, which are heard" } else { "servers, which are asked" }, if *.is_for_clients { "listen" } else { "run" })]
    OtherKind {
        /// What was asked for.
        suite: String,
        /// Whether it is for clients.
        is_for_clients: bool,
    },
    /// No selected IG version has a requirement of that id or prefix.
    #[error("there is no requirement {requirement:?} in {igs}; {hint}")]
    UnknownRequirement {
        /// What was asked for.
        requirement: String,
        /// Where it was looked for.
        igs: String,
        /// What there is.
        hint: String,
    },
    /// The shard is not one of its parts.
    #[error("shard {part}/{of} does not exist; give i/n with i from 1 to n")]
    BadShard {
        /// Which part.
        part: usize,
        /// Of how many.
        of: usize,
    },
    /// The suites chosen have no scenario at all.
    #[error("nothing selected: no suite of {chosen} has a scenario; see `vitruvian list suites`")]
    NoScenario {
        /// The options that chose the suites, as the user wrote them.
        chosen: String,
    },
    /// One filter left nothing.
    #[error("nothing selected: {filter} leaves none of {before} scenarios; {hint}")]
    Nothing {
        /// The filter that left nothing, as the user wrote it.
        filter: String,
        /// How many scenarios there were before it.
        before: usize,
        /// What to do.
        hint: String,
    },
}
