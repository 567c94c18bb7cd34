//! What some packages need of others.

use crate::profile::source::is_wanted;
use crate::profile::{
    Artifact, Binding, Canonical, CodeSystem, Definition, Element, Include, Source, Strength,
    ValueSet,
};
use std::collections::{BTreeMap, BTreeSet};

const TYPES: &str = "http://hl7.org/fhir/StructureDefinition/";

/// A resource: kind, canonical URL, version.
pub type Key = (Artifact, String, String);

/// What packages need, followed through everything that is needed.
#[derive(Debug, Default)]
pub struct Reach {
    /// What is needed, per package, in the order the packages were given.
    pub needed: Vec<BTreeSet<Key>>,
    /// Properties of concepts that some filter looks at.
    pub properties: BTreeSet<String>,
    /// Canonicals that no package has, and who names each first.
    pub missing: BTreeMap<(Artifact, String), String>,
}

impl Reach {
    /// Starts from everything in the first `whole` packages, and follows what is named.
    ///
    /// Bindings count when they decide something: required, extensible, and greatest value sets.
    #[must_use]
    pub fn of(packages: &[&dyn Source], whole: usize) -> Self {
        let mut reach = Self {
            needed: vec![BTreeSet::new(); packages.len()],
            ..Self::default()
        };
        let mut open = Vec::new();
        for (index, package) in packages.iter().enumerate().take(whole) {
            for artifact in Artifact::ALL {
                for (url, version) in package.canonicals(artifact) {
                    open.push((index, (artifact, url.to_owned(), version.to_owned())));
                }
            }
        }
        while let Some((index, key)) = open.pop() {
            if !reach.needed[index].insert(key.clone()) {
                continue;
            }
            for (artifact, canonical) in reach.named(packages[index], &key) {
                let found = holders(packages, artifact, &canonical);
                if found.is_empty() && is_expected(artifact, &canonical) {
                    let by = format!("{}|{}", key.1, key.2);
                    reach.missing.entry((artifact, canonical)).or_insert(by);
                }
                open.extend(found);
            }
        }
        reach
    }

    /// What a resource names. What cannot be used names nothing.
    fn named(&mut self, package: &dyn Source, (artifact, url, version): &Key) -> Names {
        let mut names = Names::new();
        match artifact {
            Artifact::Definition => {
                if let Ok(Some(definition)) = package.definition(url, version) {
                    of_definition(&definition, &mut names);
                }
            }
            Artifact::ValueSet => {
                if let Ok(Some(set)) = package.value_set(url, version) {
                    let filters = parts(&set).flat_map(|part| &part.filters);
                    self.properties
                        .extend(filters.map(|filter| filter.property.clone()));
                    of_value_set(&set, &mut names);
                }
            }
            Artifact::Questionnaire => {}
            Artifact::CodeSystem => {
                if let Ok(Some(CodeSystem {
                    supplements: Some(other),
                    ..
                })) = package.code_system(url, version)
                {
                    names.insert((Artifact::CodeSystem, other));
                }
            }
        }
        names
    }
}

type Names = BTreeSet<(Artifact, String)>;

fn of_definition(definition: &Definition, names: &mut Names) {
    names.extend(
        definition
            .base
            .clone()
            .map(|base| (Artifact::Definition, base)),
    );
    for element in &definition.elements {
        of_element(element, names);
    }
}

fn of_element(element: &Element, names: &mut Names) {
    for reference in &element.types {
        if !reference.code.is_empty() && !reference.code.contains('/') {
            names.insert((Artifact::Definition, format!("{TYPES}{}", reference.code)));
        }
        let profiles = reference.profiles.iter().chain(&reference.target_profiles);
        names.extend(profiles.map(|profile| (Artifact::Definition, profile.clone())));
    }
    if let Some(Binding {
        strength,
        value_set,
        max_value_set,
        additional,
    }) = &element.binding
    {
        let decides = matches!(strength, Strength::Required | Strength::Extensible);
        let sets = value_set.iter().filter(|_| decides).chain(max_value_set);
        let sets = sets.chain(additional.iter().map(|(_, set)| set));
        names.extend(sets.map(|set| (Artifact::ValueSet, set.clone())));
    }
    for rule in &element.invariants {
        for (function, artifact) in [
            ("memberOf('", Artifact::ValueSet),
            ("conformsTo('", Artifact::Definition),
        ] {
            let arguments = rule.expression.split(function).skip(1);
            let canonicals = arguments.filter_map(|rest| rest.split_once('\''));
            names.extend(canonicals.map(|(canonical, _)| (artifact, canonical.to_owned())));
        }
    }
}

fn parts(set: &ValueSet) -> impl Iterator<Item = &Include> {
    set.includes.iter().chain(&set.excludes)
}

fn of_value_set(set: &ValueSet, names: &mut Names) {
    for part in parts(set) {
        names.extend(part.system.clone().map(|url| (Artifact::CodeSystem, url)));
        let sets = part.value_sets.iter().cloned();
        names.extend(sets.map(|url| (Artifact::ValueSet, url)));
    }
}

/// Which packages have a canonical: every version, unless one is named.
fn holders(packages: &[&dyn Source], artifact: Artifact, canonical: &str) -> Vec<(usize, Key)> {
    let wanted = Canonical::parse(canonical);
    let mut found = Vec::new();
    for (index, package) in packages.iter().enumerate() {
        for version in package.versions(artifact, wanted.url) {
            if is_wanted(*package, version, wanted.version) {
                let key = (artifact, wanted.url.to_owned(), version.to_owned());
                found.push((index, key));
            }
        }
    }
    found
}

/// Code systems from elsewhere (SNOMED CT, LOINC, …) are in no FHIR package.
fn is_expected(artifact: Artifact, canonical: &str) -> bool {
    artifact != Artifact::CodeSystem
        || canonical.starts_with("http://hl7.org/fhir/")
        || canonical.starts_with("http://terminology.hl7.org/")
}
