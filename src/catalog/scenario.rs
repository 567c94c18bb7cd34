//! Scenarios: as written in a feature file, and as active in one version.

use super::tag::Tag;
use super::{Feature, IgVersion, Role, Version, syntax};
use crate::evidence::PlannedScenario;
use cucumber::gherkin;
use std::sync::Arc;

/// What the names of systems end with whose guard is up.
pub const GUARDED: &str = " guarded";
/// What the names of systems end with that sign all they give.
pub const SIGNING: &str = " signing";

/// A scenario as its feature file has it; the row of an outline is a scenario of its own.
#[derive(Clone, Debug)]
pub struct Written {
    /// Its feature.
    pub feature: Arc<Feature>,
    /// Which rule of the feature it stands in.
    pub rule: Option<usize>,
    /// Name, placeholders filled.
    pub name: String,
    /// Line in the file; of the row, for an outline.
    pub line: usize,
    /// Line of its keyword; of the outline's, for a row.
    pub(super) keyword_line: usize,
    /// Tags without `@`: its own and those of its rule and feature.
    pub tags: Vec<String>,
    /// Ids of the requirements it tests.
    pub requirements: Vec<String>,
    /// The only roles it is for; none means any.
    pub roles: Vec<Role>,
    /// First version in which it is active.
    pub since: Option<Version>,
    /// Last version in which it is active.
    pub until: Option<Version>,
    /// Whether it creates or changes data on the target.
    pub writes: bool,
    /// Whether it takes long.
    pub slow: bool,
    /// Whether it judges what the whole run has seen, and so runs after all others.
    pub closing: bool,
    /// Whether it hears the client under test out, and so runs before all others.
    pub listening: bool,
    /// Whether it is about who may do what, so that a stand-in of ours must have its guard up.
    pub guarded: bool,
    /// Whether it is about a provider that signs all it gives, so that a stand-in of ours must.
    pub signing: bool,
    /// Capabilities the target must have.
    pub needs: Vec<String>,
    /// The scenario itself, without background.
    pub gherkin: gherkin::Scenario,
}

/// A scenario as it is active in one version of its IG.
#[derive(Clone, Debug)]
pub struct Scenario {
    /// `pdex@2.1.0/member_match/no-match-is-refused`: unique in a run and stable between runs.
    pub id: String,
    /// The version.
    pub ig: IgVersion,
    /// Ids of the requirements it tests in this version.
    pub requirements: Vec<String>,
    /// Ids of the suites of this version it belongs to.
    pub suites: Vec<String>,
    /// What is written in the feature file.
    pub written: Arc<Written>,
}

impl Scenario {
    /// The system it is run against: one for each IG version, and another one for the payer's server of CDex,
    /// where the first is the provider's; each of them once more for scenarios about who may do what,
    /// and for those about signing all that is given. Every kind of client is one of its own.
    #[must_use]
    pub fn system(&self) -> String {
        let mut system = self.ig.to_string();
        let mut named = self.written.roles.iter();
        let named = named.find(|role| role.is_client() || **role == Role::DataConsumerServer);
        if let Some(role) = named {
            system.push(' ');
            system.push_str(role.as_str());
        }
        if self.written.guarded {
            system.push_str(GUARDED);
        }
        if self.written.signing {
            system.push_str(SIGNING);
        }
        system
    }
}

impl Written {
    pub(super) fn new(
        feature: &Arc<Feature>,
        scenario: &gherkin::Scenario,
        rule: Option<usize>,
        tags: Vec<(String, Option<Tag>)>,
        lines: &[String],
    ) -> Self {
        let mut written = Self {
            feature: Arc::clone(feature),
            rule,
            name: scenario.name.clone(),
            line: syntax::row_line(scenario, lines),
            keyword_line: syntax::outline_line(scenario, lines),
            tags: Vec::new(),
            requirements: Vec::new(),
            roles: Vec::new(),
            since: None,
            until: None,
            writes: false,
            slow: false,
            closing: false,
            listening: false,
            guarded: false,
            signing: false,
            needs: Vec::new(),
            gherkin: scenario.clone(),
        };
        written.gherkin.position.line = written.line;
        for (word, tag) in tags {
            if !written.tags.contains(&word) {
                written.tags.push(word);
                written.understand(tag);
            }
        }
        written
    }

    /// A tag nearer to the scenario comes later and replaces the version bounds of its feature.
    fn understand(&mut self, tag: Option<Tag>) {
        match tag {
            Some(Tag::Requirement(id)) => self.requirements.push(id),
            Some(Tag::Role(role)) => self.roles.push(role),
            Some(Tag::Since(version)) => self.since = Some(version),
            Some(Tag::Until(version)) => self.until = Some(version),
            Some(Tag::Writes) => self.writes = true,
            Some(Tag::Slow) => self.slow = true,
            Some(Tag::Closing) => self.closing = true,
            Some(Tag::Listening) => self.listening = true,
            Some(Tag::Guarded) => self.guarded = true,
            Some(Tag::Signing) => self.signing = true,
            Some(Tag::Needs(capability)) => self.needs.push(capability),
            None => {}
        }
    }

    /// Whether `@since` and `@until` admit a version.
    #[must_use]
    pub fn is_meant_for(&self, version: &Version) -> bool {
        self.since.as_ref().is_none_or(|since| since <= version)
            && self.until.as_ref().is_none_or(|until| version <= until)
    }

    /// The kind of client it hears; none when it asks a server.
    #[must_use]
    pub fn client(&self) -> Option<Role> {
        self.roles.iter().copied().find(|role| role.is_client())
    }

    /// Whether it is for systems of a role.
    #[must_use]
    pub fn is_for(&self, role: Role) -> bool {
        self.roles.is_empty() || self.roles.contains(&role)
    }

    /// Everything it does, in order: the background of its feature, that of its rule, its own steps.
    pub fn steps(&self) -> impl Iterator<Item = &gherkin::Step> {
        let feature = &self.feature.gherkin;
        let rule = self.rule.and_then(|index| feature.rules.get(index));
        let backgrounds = [
            feature.background.as_ref(),
            rule.and_then(|rule| rule.background.as_ref()),
        ];
        backgrounds
            .into_iter()
            .flatten()
            .flat_map(|background| &background.steps)
            .chain(&self.gherkin.steps)
    }

    /// The id it has in a version: `pdex@2.1.0/member_match/no-match-is-refused`.
    #[must_use]
    pub fn id_in(&self, ig: &IgVersion) -> String {
        format!("{ig}/{}/{}", self.feature.topic, slug(&self.name))
    }
}

impl Scenario {
    /// The scenario as a run's plan records it.
    #[must_use]
    pub fn planned(&self) -> PlannedScenario {
        PlannedScenario {
            id: self.id.clone(),
            ig: self.ig.to_string(),
            feature: self.written.feature.name.clone(),
            name: self.written.name.clone(),
            file: self.written.feature.file.clone(),
            line: self.written.line,
            tags: self.written.tags.clone(),
            requirements: self.requirements.clone(),
            suites: self.suites.clone(),
        }
    }
}

/// Small letters and digits, everything else one hyphen.
pub(super) fn slug(name: &str) -> String {
    let mut slug = String::with_capacity(name.len());
    for c in name.chars() {
        if c.is_ascii_alphanumeric() {
            slug.push(c.to_ascii_lowercase());
        } else if !slug.is_empty() && !slug.ends_with('-') {
            slug.push('-');
        }
    }
    slug.truncate(slug.trim_end_matches('-').len());
    slug
}

#[cfg(test)]
mod tests {
    use super::slug;

    #[test]
    fn a_slug_keeps_words_and_nothing_else() {
        assert_eq!(slug("No match: refused (422)!"), "no-match-refused-422");
        assert_eq!(slug("  “Two” members "), "two-members");
        assert_eq!(slug("…"), "");
    }
}
