//! The resource types the payer serves, and the search parameters of each.
//!
//! The tables, one file for what belongs together: `member` (who), `clinical` (what was found and planned),
//! `care` (what was done), `medication`, `claim` (coverage, claims, consents, Groups), `provider` (who gives care) and
//! `attachment` (what is submitted for claims);
//! `exchange` holds what the stand-in provider alone serves.

mod attachment;
mod care;
mod claim;
mod clinical;
mod exchange;
mod medication;
mod member;
mod provider;

use super::version::Version;

/// A resource type that is served with read, vread and history, and mostly with search.
#[derive(Debug)]
pub(in crate::mock) struct ResourceType {
    pub(in crate::mock) name: &'static str,
    /// The supported profiles.
    profiles: &'static [Profile],
    /// Parameters beside those that all types have.
    pub(super) parameters: &'static [SearchParameter],
    /// Parameters that are only allowed together with `patient`.
    pub(super) needs_patient: &'static [&'static str],
    /// Whether it can be searched.
    pub(in crate::mock) is_searched: bool,
    /// From which version on clients may create it.
    created_since: Option<Version>,
    /// Whether clients may change it.
    pub(super) is_updated: bool,
    /// The first version that has it.
    since: Version,
    /// Whether the payer serves it.
    is_payers: bool,
}

/// A profile of a type.
#[derive(Clone, Copy, Debug)]
struct Profile {
    /// Where its canonical URL begins.
    ig: &'static str,
    name: &'static str,
    since: Version,
}

/// A search parameter.
#[derive(Clone, Copy, Debug)]
pub(in crate::mock) struct SearchParameter {
    pub(in crate::mock) name: &'static str,
    pub(in crate::mock) kind: Kind,
    /// Element paths of the values it looks at; `extension(URL).…` enters one extension.
    pub(super) paths: &'static [&'static str],
}

/// The type of a search parameter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::mock) enum Kind {
    Token,
    String,
    Date,
    Uri,
    /// Holds the types a bare id may stand for; empty for any.
    Reference(&'static [&'static str]),
}

impl Kind {
    /// The code of search-param-type.
    pub(in crate::mock) fn code(self) -> &'static str {
        match self {
            Self::Token => "token",
            Self::String => "string",
            Self::Date => "date",
            Self::Uri => "uri",
            Self::Reference(_) => "reference",
        }
    }
}

impl SearchParameter {
    /// The types a reference may lead to; `None` for other parameters.
    pub(super) fn targets(&self) -> Option<&'static [&'static str]> {
        match self.kind {
            Kind::Reference(targets) => Some(targets),
            _ => None,
        }
    }
}

/// Parameters of every type.
static COMMON: &[SearchParameter] = &[
    token("_id", &["id"]),
    date("_lastUpdated", &["meta.lastUpdated"]),
    uri("_profile", &["meta.profile"]),
];

/// Parameters that refer to a canonical URL, and lead to nothing that is stored under an id.
const CANONICAL: &[&str] = &["Questionnaire"];

const PATIENT: &[&str] = &["Patient"];

impl ResourceType {
    /// The type of that name, if a stand-in serves it: this payer or the provider.
    pub(in crate::mock) fn find(name: &str) -> Option<&'static Self> {
        Self::all()
            .chain(exchange::TYPES)
            .find(|one| one.name == name)
    }

    /// All types of the payer.
    pub(super) fn all() -> impl Iterator<Item = &'static Self> {
        [
            member::TYPES,
            clinical::TYPES,
            care::TYPES,
            medication::TYPES,
            claim::TYPES,
            provider::TYPES,
            attachment::TYPES,
        ]
        .into_iter()
        .flatten()
    }

    /// Whether the version has it.
    pub(super) fn is_in(&self, version: Version) -> bool {
        self.is_payers && self.since <= version
    }

    /// Whether clients of that version may create it.
    pub(super) fn is_created(&self, version: Version) -> bool {
        self.created_since.is_some_and(|since| since <= version)
    }

    /// Canonical URLs of the profiles supported in a version.
    pub(super) fn profiles(&self, version: Version) -> Vec<String> {
        self.profiles
            .iter()
            .filter(|one| one.since <= version)
            .map(|one| format!("{}/StructureDefinition/{}", one.ig, one.name))
            .collect()
    }

    /// All parameters of the type.
    pub(in crate::mock) fn all_parameters(
        &self,
    ) -> impl Iterator<Item = &'static SearchParameter> + use<> {
        COMMON.iter().chain(self.parameters)
    }

    /// The parameters that lead to other resources.
    pub(super) fn references(&self) -> impl Iterator<Item = &'static SearchParameter> + use<> {
        let leads_on =
            |one: &&SearchParameter| one.targets().is_some_and(|targets| targets != CANONICAL);
        self.parameters.iter().filter(leads_on)
    }

    /// What `_include` may ask for: the reference parameters, each target of those with several, and all of
    /// them at once.
    pub(in crate::mock) fn includes(&self) -> Vec<String> {
        let mut names = Vec::new();
        for one in self.references() {
            let name = format!("{}:{}", self.name, one.name);
            let targets = one.targets().unwrap_or_default();
            if targets.len() > 1 {
                names.extend(targets.iter().map(|target| format!("{name}:{target}")));
            }
            names.push(name);
        }
        if !names.is_empty() {
            names.push(format!("{}:*", self.name));
        }
        names
    }

    /// The parameter of that name.
    pub(in crate::mock) fn parameter(&self, name: &str) -> Option<&'static SearchParameter> {
        self.all_parameters().find(|one| one.name == name)
    }

    const fn new(
        name: &'static str,
        profiles: &'static [Profile],
        parameters: &'static [SearchParameter],
    ) -> Self {
        Self {
            name,
            profiles,
            parameters,
            needs_patient: &[],
            is_searched: true,
            created_since: None,
            is_updated: false,
            since: Version::V2_0_0,
            is_payers: true,
        }
    }

    const fn of_the_provider(self) -> Self {
        Self {
            is_payers: false,
            ..self
        }
    }

    const fn since(self, since: Version) -> Self {
        Self { since, ..self }
    }

    const fn created_since(self, version: Version) -> Self {
        Self {
            created_since: Some(version),
            ..self
        }
    }

    const fn updated(self) -> Self {
        Self {
            is_updated: true,
            ..self
        }
    }

    const fn needing_patient(self, needs_patient: &'static [&'static str]) -> Self {
        Self {
            needs_patient,
            ..self
        }
    }

    const fn not_searched(self) -> Self {
        Self {
            is_searched: false,
            ..self
        }
    }
}

impl Profile {
    const fn of(ig: &'static str, name: &'static str) -> Self {
        Self {
            ig,
            name,
            since: Version::V2_0_0,
        }
    }

    const fn since(self, since: Version) -> Self {
        Self { since, ..self }
    }
}

/// A US Core profile of all flavours.
const fn us_core(name: &'static str) -> Profile {
    Profile::of("http://hl7.org/fhir/us/core", name)
}

/// A US Core profile that came after 3.1.1, the only flavour of PDex 2.0.0.
const fn newer_us_core(name: &'static str) -> Profile {
    us_core(name).since(Version::V2_1_0)
}

const fn pdex(name: &'static str) -> Profile {
    Profile::of("http://hl7.org/fhir/us/davinci-pdex", name)
}

const fn cdex(name: &'static str) -> Profile {
    Profile::of("http://hl7.org/fhir/us/davinci-cdex", name)
}

const fn carin_bb(name: &'static str) -> Profile {
    Profile::of("http://hl7.org/fhir/us/carin-bb", name).since(Version::V2_1_0)
}

const fn parameter(
    name: &'static str,
    kind: Kind,
    paths: &'static [&'static str],
) -> SearchParameter {
    SearchParameter { name, kind, paths }
}

const fn token(name: &'static str, paths: &'static [&'static str]) -> SearchParameter {
    parameter(name, Kind::Token, paths)
}

const fn string(name: &'static str, paths: &'static [&'static str]) -> SearchParameter {
    parameter(name, Kind::String, paths)
}

const fn date(name: &'static str, paths: &'static [&'static str]) -> SearchParameter {
    parameter(name, Kind::Date, paths)
}

const fn uri(name: &'static str, paths: &'static [&'static str]) -> SearchParameter {
    parameter(name, Kind::Uri, paths)
}

const fn patient(paths: &'static [&'static str]) -> SearchParameter {
    parameter("patient", Kind::Reference(PATIENT), paths)
}

const fn reference(
    name: &'static str,
    targets: &'static [&'static str],
    paths: &'static [&'static str],
) -> SearchParameter {
    parameter(name, Kind::Reference(targets), paths)
}

#[cfg(test)]
mod tests {
    use super::ResourceType;
    use crate::mock::payer::version::Version;
    use std::collections::BTreeSet;

    #[test]
    fn types_and_their_parameters_have_names_of_their_own() {
        let names: Vec<_> = ResourceType::all().map(|one| one.name).collect();
        assert_eq!(names.len(), names.iter().collect::<BTreeSet<_>>().len());
        for kind in ResourceType::all() {
            let names: Vec<_> = kind.all_parameters().map(|one| one.name).collect();
            assert_eq!(names.len(), names.iter().collect::<BTreeSet<_>>().len());
        }
    }

    #[test]
    fn references_lead_to_types_that_are_served() {
        for kind in ResourceType::all() {
            for target in kind.references().filter_map(|one| one.targets()).flatten() {
                assert!(
                    ResourceType::find(target).is_some(),
                    "{} {target}",
                    kind.name
                );
            }
        }
    }

    #[test]
    fn the_first_version_knows_no_later_profiles() {
        let kind = ResourceType::find("Coverage").unwrap();
        assert_eq!(kind.profiles(Version::V2_0_0).len(), 1);
        assert_eq!(kind.profiles(Version::V2_1_0).len(), 2);
    }
}
