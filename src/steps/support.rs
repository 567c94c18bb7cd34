//! Must-support elements: which of them a payer cannot do without, and whether they were seen and fit.

use super::conformity::{misfits, places};
use super::drive::{Arguments, Halt, Outcome};
use super::instance::{Instance, Profile};
use super::{Mismatch, World};
use crate::profile::{Definition, Element, Kind, Validator};

super::book::steps! {
    /// No must-support element of the profile holds what it must not; skips when one is never seen.
    r"^all that (\S+) must support is among them and fits$" => must_support;
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
