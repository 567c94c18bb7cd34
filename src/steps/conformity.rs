//! Records and the profiles of US Core, PDex and HRex: whether they hold to them, element by element.

use super::drive::{Arguments, Halt, Outcome};
use super::instance::{Instance, Profile};
use super::{Mismatch, World};
use crate::profile::{Element, Inspection, Seen};

super::book::steps! {
    /// Reads the member's records of one kind to the last page; skips when there are none.
    r"^an app reads the member's ([A-Z][A-Za-z]+) records$" => read;
    /// Each record that claims the profile, or is one by its codes, breaks none of the profile's rules.
    r"^every (\S+) record among them holds to that profile$" => holds;
    /// Each record of the profile also breaks none of the rules of a profile of that version of US Core.
    r"^every (\S+) record among them also holds to (\S+) of US Core (3\.1\.1|6\.1\.0|7\.0\.0)$" => also_holds;
    /// Each record of the profile has the element, as often as it must, and it fits; skips when none has what it is in.
    r"^every (\S+) record among them has (\S+), and it fits$" => has;
    /// Some record of the profile has the element, or it is a skip; wherever it is, what it holds fits.
    r"^some (\S+) record among them has (\S+), and it always fits$" => some_has;
    /// Wherever a record of the profile has the element, what it holds fits.
    r"^wherever a (\S+) record among them has (\S+), it fits$" => fits;
    /// Each record of the profile has the element, as often as it may, and all of it fits but the resources in it.
    r"^every (\S+) record among them has (\S+), whatever resources it holds$" => has_around;
    /// One record of the profile at least has the element: whoever never fills it fails.
    r"^one (\S+) record among them has (\S+) at least$" => one_has;
    /// No record of the profile breaks that invariant.
    r"^no (\S+) record among them breaks the rule (\S+)$" => keeps_rule;
}

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

/// Broken rules at these places and below.
pub(super) fn misfits<'i>(
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

/// Where an element is in a record. Some guides define an extension on an element and not again on its slices:
/// there it is known by its URL.
pub(super) fn places<'i>(instance: &'i Instance, element: &'i Element) -> Vec<&'i str> {
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

/// How often something may be there, in words.
pub(super) fn often(least: u32, most: Option<u32>) -> String {
    match (least, most) {
        (_, Some(0)) => "not at all".to_owned(),
        (1, Some(1)) => "once".to_owned(),
        (0, Some(1)) => "at most once".to_owned(),
        (0, Some(most)) => format!("at most {most} times"),
        (1, None) => "at least once".to_owned(),
        (least, None) => format!("at least {least} times"),
        (least, Some(most)) if least == most => format!("{most} times"),
        (least, Some(most)) => format!("{least} to {most} times"),
    }
}

/// How often something was there, in words.
pub(super) fn times_found(count: u32) -> String {
    match count {
        0 => "it is not there".to_owned(),
        1 => "it is there once".to_owned(),
        many => format!("it is there {many} times"),
    }
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
            let expected = format!("{} is there {}", element.id, often(least, element.max));
            let mismatch = Mismatch::new(expected, times_found(count));
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
    let (profile, instances, element) = world.element(&arguments)?;
    let mut mismatches = Vec::new();
    for instance in &instances {
        let places = places(instance, &element);
        mismatches.extend(misfits(instance, &places));
        mismatches.extend(miscounts(instance, &element, element.min.max(1)));
    }
    let is_clean = mismatches.is_empty();
    world.judge_all(mismatches)?;
    let is_seen = |instance: &Instance| !places(instance, &element).is_empty();
    if is_clean && !instances.iter().any(is_seen) {
        return Err(unseen(world, &profile, &element));
    }
    Ok(())
}

/// That nothing could be judged, and who can mend that: a client submits its own records.
fn unseen(world: &World, profile: &Profile, element: &Element) -> Halt {
    let (name, id) = (&profile.name, &element.id);
    Halt::Skip(match world.conversation() {
        Ok(_) => format!("not seen: let the client submit a {name} that has {id}"),
        Err(_) => format!("not seen: give a test member whose {name} has {id}"),
    })
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
    Err(unseen(world, &profile, &element))
}

async fn fits(world: &mut World, arguments: Arguments<'_>) -> Outcome {
    let (_, instances, element) = world.element(&arguments)?;
    let mismatches = instances
        .iter()
        .flat_map(|instance| element_misfits(instance, &element))
        .collect();
    world.judge_all(mismatches)
}

async fn one_has(world: &mut World, arguments: Arguments<'_>) -> Outcome {
    let (profile, instances, element) = world.element(&arguments)?;
    let is_seen = |instance: &Instance| !places(instance, &element).is_empty();
    let expected = format!("one {} at least with {}", profile.name, element.id);
    let actual = format!("none of {}", instances.len());
    world.judge_once(match instances.iter().any(is_seen) {
        true => Ok(()),
        false => Err(Mismatch::new(expected, actual).at(element.id)),
    })
}

async fn has_around(world: &mut World, arguments: Arguments<'_>) -> Outcome {
    let (_, instances, element) = world.element(&arguments)?;
    let mut mismatches = Vec::new();
    for instance in &instances {
        let places = places(instance, &element);
        let is_inside = |expression: &str| {
            let below = places
                .iter()
                .filter_map(|place| expression.strip_prefix(place));
            below.into_iter().any(|rest| rest.contains(".resource"))
        };
        let issues = instance.inspection.report.errors();
        let of_it = issues.filter(|issue| {
            places
                .iter()
                .any(|place| Seen::holds(place, &issue.expression))
                && !is_inside(&issue.expression)
        });
        mismatches.extend(of_it.map(|issue| instance.mismatch(issue)));
        mismatches.extend(miscounts(instance, &element, element.min.max(1)));
    }
    world.judge_all(mismatches)
}

async fn keeps_rule(world: &mut World, arguments: Arguments<'_>) -> Outcome {
    let profile = world.profile(arguments.word(1))?;
    let rule = arguments.word(2);
    let instances = world.instances(&profile)?;
    let mismatches = instances
        .iter()
        .flat_map(|instance| {
            // A rule that only warns is meant as well, where a scenario names it.
            let issues = instance.inspection.report.issues.iter();
            issues
                .filter(|issue| issue.rule == rule)
                .map(|issue| instance.mismatch(issue))
        })
        .collect();
    world.judge_all(mismatches)
}

#[cfg(test)]
mod tests {
    use super::{often, times_found};

    #[test]
    fn numbers_are_told_in_words() {
        let told = [
            (1, Some(1)),
            (0, Some(1)),
            (1, None),
            (0, Some(0)),
            (2, Some(3)),
        ];
        let told = told.map(|(least, most)| often(least, most));
        let expected = [
            "once",
            "at most once",
            "at least once",
            "not at all",
            "2 to 3 times",
        ];
        assert_eq!(told, expected);
        assert_eq!(times_found(0), "it is not there");
    }
}
