//! Suites: named selections, what a kind of system is tested for.

use super::manifest::bad_toml;
use super::problem::line_at;
use super::{Code, Problem, Requirement, Role, UnknownRole};
use serde::Deserialize;
use toml::Spanned;

/// A named selection: what a kind of system is tested for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suite {
    /// Id, for example `pdex-member-match`.
    pub id: String,
    /// Title for people.
    pub title: String,
    /// One sentence for people.
    pub about: String,
    /// Role of the system under test.
    pub role: Role,
    /// Its scope: ids or prefixes of the requirements whose verdicts make the conclusion.
    pub requirements: Vec<String>,
    /// Features, as `pdex/discovery` for `features/pdex/discovery.feature`.
    pub features: Vec<String>,
    /// What a client under test is asked to do, in order; empty for servers.
    pub script: Vec<Deed>,
}

/// Something that a client under test is asked to do.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Deed {
    /// What to do, in one or two sentences for people.
    pub say: String,
    /// HTTP method of a request that shows it is done.
    pub method: String,
    /// Path of that request below the base: `{type}` stands for a resource type, `{id}` for an id, `*` at the end for
    /// the rest.
    pub path: String,
    /// A parameter that must be in its query.
    #[serde(default)]
    pub query: Option<String>,
    /// Words in its body, exactly as written.
    #[serde(default)]
    pub body: Option<String>,
}

impl Suite {
    /// Whether a requirement is in scope by its id and its actor. What a scenario of the suite
    /// tests is in scope besides.
    #[must_use]
    pub fn scopes(&self, requirement: &Requirement) -> bool {
        self.role.is_bound_by(&requirement.actor)
            && self
                .requirements
                .iter()
                .any(|prefix| requirement.is_named_by(prefix))
    }
}

/// A suite with the lines its parts stand on, for problems.
#[derive(Clone, Debug)]
pub(super) struct PlacedSuite {
    pub(super) suite: Suite,
    pub(super) file: String,
    pub(super) requirement_lines: Vec<usize>,
    pub(super) feature_lines: Vec<usize>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SuitesFile {
    #[serde(default)]
    suite: Vec<SuiteTable>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SuiteTable {
    id: Spanned<String>,
    title: String,
    about: String,
    role: Spanned<String>,
    requirements: Vec<Spanned<String>>,
    features: Vec<Spanned<String>>,
    #[serde(default)]
    script: Vec<Deed>,
}

/// Reads a `suites.toml`; suites that cannot be understood are left out and reported.
pub(super) fn read(file: &str, text: &str, problems: &mut Vec<Problem>) -> Vec<PlacedSuite> {
    let tables = match toml::from_str::<SuitesFile>(text) {
        Ok(tables) => tables.suite,
        Err(error) => {
            problems.push(bad_toml(Code::BadSuites, file, text, &error));
            return Vec::new();
        }
    };
    let mut suites: Vec<PlacedSuite> = Vec::new();
    for table in tables {
        let line = line_at(text, table.id.span().start);
        let id = table.id.into_inner();
        if suites.iter().any(|placed| placed.suite.id == id) {
            problems.push(Problem::new(
                Code::DuplicateSuite,
                (file, line),
                format!("there is already a suite {id}"),
                "give each suite its own id",
            ));
            continue;
        }
        // A suite of an unknown role is kept, so that what it names is not reported as well.
        let role = table.role.as_ref().parse().unwrap_or_else(|error| {
            let UnknownRole { given, hint } = error;
            let line = line_at(text, table.role.span().start);
            let message = format!("suite {id} has the unknown role {given:?}");
            problems.push(Problem::new(Code::UnknownRole, (file, line), message, hint));
            Role::PayerServer
        });
        let lines = |words: &[Spanned<String>]| {
            words
                .iter()
                .map(|word| line_at(text, word.span().start))
                .collect()
        };
        suites.push(PlacedSuite {
            file: file.to_owned(),
            requirement_lines: lines(&table.requirements),
            feature_lines: lines(&table.features),
            suite: Suite {
                id,
                title: table.title,
                about: table.about,
                role,
                requirements: inner(table.requirements),
                features: inner(table.features),
                script: table.script,
            },
        });
    }
    suites
}

fn inner(words: Vec<Spanned<String>>) -> Vec<String> {
    words.into_iter().map(Spanned::into_inner).collect()
}
