//! Features: parsed once, outlines expanded, tags understood.

use super::scenario::Written;
use super::tag::{Tag, TagError};
use super::{Code, Problem, syntax};
use cucumber::feature::Ext as _;
use cucumber::gherkin::{self, GherkinEnv};
use sha2::{Digest as _, Sha256};
use std::path::PathBuf;
use std::sync::Arc;

/// What the scenarios of one feature file share.
#[derive(Clone, Debug)]
pub struct Feature {
    /// IG it belongs to: the folder below `features/`.
    pub ig: String,
    /// Topic: the path below that folder, for example `member_match`.
    pub topic: String,
    /// Name for people.
    pub name: String,
    /// Path of the file, relative to the root of the data folders.
    pub file: String,
    /// The feature without its scenarios: background, tags, and rules without theirs.
    pub gherkin: gherkin::Feature,
    /// SHA-256 of the file.
    pub(super) digest: [u8; 32],
}

impl Feature {
    /// How suites name it: `pdex/member_match`.
    #[must_use]
    pub fn path(&self) -> String {
        format!("{}/{}", self.ig, self.topic)
    }
}

/// A feature file as read.
pub(super) struct Source {
    pub(super) feature: Arc<Feature>,
    /// Its scenarios, outlines expanded.
    pub(super) scenarios: Vec<Arc<Written>>,
    /// Why its outlines could not be expanded; then there are no scenarios.
    pub(super) unexpanded: Option<String>,
    /// As parsed, before expansion: what checks of the layout look at.
    pub(super) parsed: gherkin::Feature,
    /// The lines of the file.
    pub(super) lines: Vec<String>,
}

/// The column of an Examples table that says which requirements a row tests, instead of a tag: one id
/// or several with blanks between.
pub(super) const REQUIREMENT_COLUMN: &str = "requirement";

/// Reads a feature file. One that does not parse is reported and left out.
pub(super) fn read(file: &str, text: &str, problems: &mut Vec<Problem>) -> Option<Source> {
    let Some((ig, topic)) = file
        .strip_prefix("features/")
        .and_then(|path| path.strip_suffix(".feature"))
        .and_then(|path| path.split_once('/'))
    else {
        problems.push(Problem::new(
            Code::FeatureOfNoIg,
            (file, 0),
            "the feature lies in the folder of no IG",
            "move it to features/<ig>/<topic>.feature",
        ));
        return None;
    };
    let lines: Vec<String> = text.lines().map(str::to_owned).collect();
    let mut parsed = match gherkin::Feature::parse(text, GherkinEnv::default()) {
        Ok(parsed) => parsed,
        Err(error) => {
            problems.push(syntax::explain(file, &lines, &error.to_string()));
            return None;
        }
    };
    parsed.path = Some(PathBuf::from(file));
    let feature = Arc::new(Feature {
        ig: ig.to_owned(),
        topic: topic.to_owned(),
        name: parsed.name.clone(),
        file: file.to_owned(),
        gherkin: skeleton(&parsed),
        digest: Sha256::digest(text).into(),
    });
    let (scenarios, unexpanded) = match parsed.clone().expand_examples() {
        Ok(expanded) => (written(&feature, &expanded, &lines, problems), None),
        Err(error) => (Vec::new(), Some(error.to_string())),
    };
    Some(Source {
        feature,
        scenarios,
        unexpanded,
        parsed,
        lines,
    })
}

fn skeleton(parsed: &gherkin::Feature) -> gherkin::Feature {
    let mut skeleton = parsed.clone();
    skeleton.scenarios.clear();
    for rule in &mut skeleton.rules {
        rule.scenarios.clear();
    }
    skeleton
}

fn written(
    feature: &Arc<Feature>,
    expanded: &gherkin::Feature,
    lines: &[String],
    problems: &mut Vec<Problem>,
) -> Vec<Arc<Written>> {
    let file = feature.file.as_str();
    let shared = tags(&expanded.tags, (file, expanded.position.line), problems);
    let mut scenarios = Vec::new();
    let mut add =
        |scenario: &gherkin::Scenario, rule, shared: &[(String, Option<Tag>)], problems: &mut _| {
            let mut own = shared.to_vec();
            // An outline's row stands in for the scenario, so its tags are reported once, at the outline.
            own.extend(tags(
                &scenario.tags,
                (file, syntax::outline_line(scenario, lines)),
                problems,
            ));
            let ids = syntax::cell(scenario, REQUIREMENT_COLUMN).unwrap_or_default();
            let ids: Vec<String> = ids
                .split_whitespace()
                .map(|id| format!("req:{id}"))
                .collect();
            let row = (file, syntax::row_line(scenario, lines));
            own.extend(tags(&ids, row, problems));
            scenarios.push(Arc::new(Written::new(feature, scenario, rule, own, lines)));
        };
    for scenario in &expanded.scenarios {
        add(scenario, None, &shared, problems);
    }
    for (index, rule) in expanded.rules.iter().enumerate() {
        let mut inherited = shared.clone();
        inherited.extend(tags(&rule.tags, (file, rule.position.line), problems));
        for scenario in &rule.scenarios {
            add(scenario, Some(index), &inherited, problems);
        }
    }
    scenarios
}

/// The tags as written, each with its meaning where it has one.
fn tags(
    words: &[String],
    place: (&str, usize),
    problems: &mut Vec<Problem>,
) -> Vec<(String, Option<Tag>)> {
    words
        .iter()
        .map(|word| {
            let (code, what, help) = match Tag::parse(word) {
                Ok(tag) => return (word.clone(), Some(tag)),
                Err(TagError::Unknown(help)) => {
                    (Code::UnknownTag, "is not in the vocabulary", help)
                }
                Err(TagError::Malformed(help)) => (Code::MalformedTag, "is malformed", help),
                Err(TagError::Role(help)) => (Code::UnknownRole, "names no role", help),
            };
            problems.push(Problem::new(
                code,
                place,
                format!("the tag @{word} {what}"),
                help,
            ));
            (word.clone(), None)
        })
        .collect()
}
