//! Records and the profiles of US Core, PDex and HRex: whether they hold to them, element by element.

use super::drive::{Arguments, Halt, Outcome};
use super::instance::{Instance, Profile};
use super::{Mismatch, World};
use crate::profile::{Definition, Element, Inspection, Kind, Seen, Validator};

super::book::steps! {
    /// Reads the member's records of one kind to the last page; skips when there are none.
    r"^an app reads the member's ([A-Z][A-Za-z]+) records$" => read;
    /// Each record that claims the profile, or is one by its codes, breaks none of the profile's rules.
    r"^every (\S+) record among them holds to that profile$" => holds;
    /// Each record of the profile also breaks none of the rules of a profile of that version of US Core.
    r"^every (\S+) record among them also holds to (\S+) of US Core (3\.1\.1|6\.1\.0|7\.0\.0)$" => also_holds;
    /// No must-support element of the profile holds what it must not; skips when one is never seen.
    r"^all that (\S+) must support is among them and fits$" => must_support;
    /// Each record of the profile has the element, as often as it must, and what it holds fits.
    r"^every (\S+) record among them has (\S+), and it fits$" => has;
    /// Some record of the profile has the element, or it is a skip; wherever it is, what it holds fits.
    r"^some (\S+) record among them has (\S+), and it always fits$" => some_has;
    /// Wherever a record of the profile has the element, what it holds fits.
    r"^wherever a (\S+) record among them has (\S+), it fits$" => fits;
    /// No record of the profile breaks that invariant.
    r"^no (\S+) record among them breaks the rule (\S+)$" => keeps_rule;
}

/// Elements of which a payer need supply only one, as the CapabilityStatements of PDex and US Core say.
const ALTERNATIVES: [[&str; 2]; 4] = [
    [
        "DocumentReference.content.attachment.data",
        "DocumentReference.content.attachment.url",
    ],
    ["Encounter.reasonCode", "Encounter.reasonReference"],
    ["Encounter.location.location", "Encounter.serviceProvider"],
    ["Goal.start[x]", "Goal.target.due[x]"],
];

async fn read(world: &mut World, arguments: Arguments<'_>) -> Outcome {
    let kind = arguments.word(1);
    let harvest = world.harvest(kind).await?;
    if harvest.records.is_empty() {
        return Err(Halt::Skip(format!(
            "the payer holds no {kind} of the test member: give one who has some"
        )));
    }
    world.harvested.push((kind.to_owned(), harvest));
    Ok(())
}

async fn holds(world: &mut World, arguments: Arguments<'_>) -> Outcome {
    let profile = world.profile(arguments.word(1))?;
    let instances = world.instances(&profile)?;
    world.note_undecided(instances.iter());
    let mismatches = instances.iter().flat_map(Instance::mismatches).collect();
    world.judge_all(mismatches)
}

async fn also_holds(world: &mut World, arguments: Arguments<'_>) -> Outcome {
    let profile = world.profile(arguments.word(1))?;
    let version = super::flavour::Flavour::parse(arguments.word(3));
    let other = world.profile_in(
        arguments.word(2),
        version.map(super::flavour::Flavour::as_str),
    )?;
    let (harvest, _) = world.harvested(&profile.definition.type_name)?;
    let names: Vec<String> = world
        .instances(&profile)?
        .into_iter()
        .map(|instance| instance.name)
        .collect();
    let mut mismatches = Vec::new();
    for record in &harvest.records {
        let held = world.held(record, &other)?;
        if names.contains(&held.name) {
            mismatches.extend(held.mismatches());
        }
    }
    world.judge_all(mismatches)
}

async fn must_support(world: &mut World, arguments: Arguments<'_>) -> Outcome {
    let profile = world.profile(arguments.word(1))?;
    let instances = world.instances(&profile)?;
    let elements = world.needed(&profile)?;
    let (unseen, mismatches) = supported(&instances, &elements);
    world.note(format!(
        "{} of {} must-support elements were seen",
        elements.len() - unseen.len(),
        elements.len()
    ));
    world.judge_all(mismatches)?;
    if unseen.is_empty() {
        return Ok(());
    }
    Err(Halt::Skip(format!(
        "never seen: {}; give a test member whose {} has them",
        unseen.join(", "),
        profile.name
    )))
}

/// Elements that were never seen, and what does not fit in those that were.
pub(super) fn supported(
    instances: &[Instance],
    elements: &[Element],
) -> (Vec<String>, Vec<Mismatch>) {
    let is_seen = |element: &Element| instances.iter().any(|one| !places(one, element).is_empty());
    let has_other = |element: &Element| {
        let mut pairs = ALTERNATIVES
            .iter()
            .filter(|pair| pair.contains(&element.id.as_str()));
        pairs.any(|pair| {
            let mut others = elements
                .iter()
                .filter(|other| pair.contains(&other.id.as_str()));
            others.any(is_seen)
        })
    };
    let unseen = elements
        .iter()
        .filter(|element| !is_seen(element) && !has_other(element));
    let unseen = unseen.map(|element| element.id.clone()).collect();
    let mut mismatches = Vec::new();
    for instance in instances {
        let places: Vec<&str> = elements
            .iter()
            .flat_map(|element| places(instance, element))
            .collect();
        mismatches.extend(misfits(instance, &places));
    }
    (unseen, mismatches)
}

/// Broken rules at these places and below.
fn misfits<'i>(
    instance: &'i Instance,
    places: &'i [&'i str],
) -> impl Iterator<Item = Mismatch> + 'i {
    let is_there = |expression: &str| places.iter().any(|place| Seen::holds(place, expression));
    instance
        .inspection
        .report
        .errors()
        .filter(move |issue| is_there(&issue.expression))
        .map(|issue| instance.mismatch(issue))
}

impl World {
    /// The elements a profile must support that a payer cannot do without: where the profile it is derived
    /// from asks for a value, its reason of absence, or components, it need not have them too.
    pub(super) fn needed(&self, profile: &Profile) -> Result<Vec<Element>, Halt> {
        let judge = self.target()?.judge;
        let validator = judge.validator(profile.us_core);
        let base = profile.definition.base.as_deref();
        let base = base.and_then(|base| match profile.us_core {
            Some(version) if base.contains("/us/core/") => {
                validator.definition(&format!("{base}|{version}"))
            }
            _ => validator.definition(base),
        });
        let is_inherited = |element: &Element| {
            let is_component = element.path.contains(".component");
            let is_absence = element.min == 0
                && [".dataAbsentReason", ".value[x]"]
                    .iter()
                    .any(|end| element.path.ends_with(end));
            let of_base = |base: &Definition| {
                let mut elements = base.elements.iter();
                elements.any(|other| other.id == element.id && other.must_support)
            };
            (is_component || is_absence) && base.as_deref().is_some_and(of_base)
        };
        let is_needed = |element: &&Element| {
            element.must_support
                && may_stand(validator, element)
                && is_told(&profile.definition, element)
                && element.max != Some(0)
                && element.path.contains('.')
                && !is_inherited(element)
                && !element.path.ends_with(".component.dataAbsentReason")
                // Some guides name a slice where there is but one value.
                && (element.slice_name.is_none() || element.base_max != Some(1) || element.path.ends_with("[x]"))
        };
        let elements = profile.definition.elements.iter().filter(is_needed);
        // Of several types of one choice, one is enough.
        let unsliced = |element: &Element| {
            let mut element = element.clone();
            if let Some((choice, slice)) = element.id.rsplit_once("[x]:")
                && !slice.contains('.')
            {
                element.id = format!("{choice}[x]");
            }
            element
        };
        let mut elements: Vec<Element> = elements.map(unsliced).collect();
        elements.dedup_by(|one, other| one.id == other.id);
        Ok(elements)
    }

    /// The profile, its instances, and the full id of one of its elements.
    fn element(
        &mut self,
        arguments: &Arguments<'_>,
    ) -> Result<(Profile, Vec<Instance>, Element), Halt> {
        let profile = self.profile(arguments.word(1))?;
        let id = format!("{}.{}", profile.definition.type_name, arguments.word(2));
        let mut elements = profile.definition.elements.iter();
        let element = elements.find(|element| element.id == id).cloned();
        let element = element
            .ok_or_else(|| Halt::Error(format!("{} has no element {id}", profile.canonical)))?;
        let instances = self.instances(&profile)?;
        self.note_undecided(instances.iter());
        Ok((profile, instances, element))
    }
}

/// Whether the definition says by what a slice is told from the others.
fn is_told(definition: &Definition, element: &Element) -> bool {
    let is_plain_slice = element.slice_name.is_some()
        && !element.path.ends_with("[x]")
        && !element.path.ends_with(".extension");
    let prefix = format!("{}.", element.id);
    !is_plain_slice
        || element.pattern.is_some()
        || element.fixed.is_some()
        || element.binding.is_some()
        || definition
            .elements
            .iter()
            .any(|child| child.id.starts_with(&prefix))
}

/// Whether the element may be there at all: an extension whose own definition is for other resources may not,
/// whatever the profile wants.
fn may_stand(validator: &Validator, element: &Element) -> bool {
    let root = element.path.split('.').next();
    let is_for_others = |url: &String| {
        validator.definition(url).is_some_and(|extension| {
            let mut contexts = extension.contexts.iter();
            !extension.contexts.is_empty()
                && contexts.all(|context| {
                    let of = context.expression.split('.').next();
                    let known = of.and_then(|name| {
                        validator
                            .definition(&format!("http://hl7.org/fhir/StructureDefinition/{name}"))
                    });
                    let is_general = known
                        .is_some_and(|known| known.kind != Kind::Resource || known.is_abstract);
                    !is_general && of != root
                })
        })
    };
    let is_extension = element.path.ends_with(".extension");
    let mut profiles = element.types.iter().flat_map(|kind| &kind.profiles);
    !(is_extension && profiles.any(is_for_others))
}

/// Where an element is in a record. Some guides define an extension on an element and not again on its slices:
/// there it is known by its URL.
fn places<'i>(instance: &'i Instance, element: &'i Element) -> Vec<&'i str> {
    let found: Vec<&str> = instance.inspection.places(&element.id).collect();
    let plain = element
        .id
        .rsplit_once(":")
        .filter(|(plain, _)| plain.ends_with(".extension"));
    let mut profiles = element.types.iter().flat_map(|kind| &kind.profiles);
    let (true, Some((plain, _)), Some(url)) = (found.is_empty(), plain, profiles.next()) else {
        return found;
    };
    let is_it = |place: &&str| {
        instance
            .at(place)
            .is_some_and(|found| found["url"] == **url)
    };
    instance.inspection.places(plain).filter(is_it).collect()
}

/// What does not fit in an element, wherever it is.
fn element_misfits(instance: &Instance, element: &Element) -> Vec<Mismatch> {
    let places = places(instance, element);
    let mut mismatches: Vec<Mismatch> = misfits(instance, &places).collect();
    mismatches.extend(miscounts(instance, element, 0));
    mismatches
}

/// Where the element is there fewer or more times than it may.
fn miscounts(instance: &Instance, element: &Element, least: u32) -> Vec<Mismatch> {
    let parents = parents(&instance.inspection, &element.id);
    let places = places(instance, element);
    let mut mismatches = Vec::new();
    for parent in parents {
        let count = places
            .iter()
            .filter(|place| Seen::holds(&parent, place))
            .count();
        let count = u32::try_from(count).unwrap_or(u32::MAX);
        let is_too_many = element.max.is_some_and(|most| count > most);
        if count < least || is_too_many {
            let most = element.max.map_or("*".to_owned(), |most| most.to_string());
            let expected = format!("{} is there {}..{most} times", element.id, element.min);
            let mismatch = Mismatch::new(expected, format!("it is there {count} times"));
            mismatches.push(mismatch.at(parent).hint(format!("in {}", instance.name)));
        }
    }
    mismatches
}

/// Where the parent of an element is.
fn parents(inspection: &Inspection, id: &str) -> Vec<String> {
    let parent = id.rsplit_once('.').map_or(id, |(parent, _)| parent);
    inspection.places(parent).map(str::to_owned).collect()
}

async fn has(world: &mut World, arguments: Arguments<'_>) -> Outcome {
    let (_, instances, element) = world.element(&arguments)?;
    let mut mismatches = Vec::new();
    for instance in &instances {
        let places = places(instance, &element);
        mismatches.extend(misfits(instance, &places));
        mismatches.extend(miscounts(instance, &element, element.min.max(1)));
    }
    world.judge_all(mismatches)
}

async fn some_has(world: &mut World, arguments: Arguments<'_>) -> Outcome {
    let (profile, instances, element) = world.element(&arguments)?;
    let mismatches = instances
        .iter()
        .flat_map(|instance| element_misfits(instance, &element))
        .collect();
    world.judge_all(mismatches)?;
    if instances
        .iter()
        .any(|instance| !places(instance, &element).is_empty())
    {
        return Ok(());
    }
    Err(Halt::Skip(format!(
        "not seen: give a test member whose {} has {}",
        profile.name, element.id
    )))
}

async fn fits(world: &mut World, arguments: Arguments<'_>) -> Outcome {
    let (_, instances, element) = world.element(&arguments)?;
    let mismatches = instances
        .iter()
        .flat_map(|instance| element_misfits(instance, &element))
        .collect();
    world.judge_all(mismatches)
}

async fn keeps_rule(world: &mut World, arguments: Arguments<'_>) -> Outcome {
    let profile = world.profile(arguments.word(1))?;
    let rule = arguments.word(2);
    let instances = world.instances(&profile)?;
    let mismatches = instances
        .iter()
        .flat_map(|instance| {
            let errors = instance.inspection.report.errors();
            errors
                .filter(|issue| issue.rule == rule)
                .map(|issue| instance.mismatch(issue))
        })
        .collect();
    world.judge_all(mismatches)
}
