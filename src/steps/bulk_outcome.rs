//! Where the members of a bulk match were sorted, and in which shape the payer says so.

use super::audience::Audience;
use super::drive::{Arguments, Halt, Outcome};
use super::sorted::{Bucket, Shape, Sorted};
use super::{Mismatch, World};

super::book::steps! {
    /// Every submitted member is in the Group the table says.
    r"^each of them is sorted as it should be$" => as_expected;
    /// Every submitted member is in one Group, once.
    r"^each of them is sorted exactly once$" => exactly_once;
    /// Members that should be matched are, whatever happened to the others.
    r"^the others are sorted as they should be$" => others_expected;
    /// One Parameters resource with a Group in each parameter, and no parameter of another name.
    r"^the outcome is one set of parameters with a group each$" => as_parameters;
    /// Group resources.
    r"^the outcome is a file of groups$" => as_groups;
    /// Parameters, if they come beside Groups, hold the same Groups.
    r"^parameters that come with the groups say the same$" => same_said;
    /// A Group for matched members is there, with an id.
    r"^there is a group for those who matched, even without anybody in it$" => matched_group;
    /// No other Group is without members.
    r"^the other groups are there only if somebody is in them$" => no_empty_groups;
}

/// What the feature calls a person, where they must be sorted, and where they are.
type Placed = (String, Vec<Bucket>, Vec<Bucket>);

/// Every submission with where it should be and where it is.
fn placed(world: &mut World) -> Result<Vec<Placed>, Halt> {
    let is_for_provider = world.bulk()?.audience == Audience::Provider;
    let people = world.bulk()?.people.clone();
    let sorted = world.sorted()?;
    let placed = people.into_iter().map(|mut person| {
        let first = person.submitted.first_mut();
        let patient = first.and_then(|one| one.resource_mut("MemberPatient").cloned());
        let mut found = patient
            .map(|patient| sorted.buckets_of(&patient))
            .unwrap_or_default();
        found.sort_unstable();
        person.expected.sort_unstable();
        // A provider need not be told who has opted out: the payer may say that they do not match.
        if is_for_provider
            && person.expected == [Bucket::Constrained]
            && found == [Bucket::NotMatched]
        {
            person.expected.clone_from(&found);
        }
        (person.called, person.expected, found)
    });
    Ok(placed.collect())
}

fn words(buckets: &[Bucket]) -> String {
    if buckets.is_empty() {
        return "in none of the groups".to_owned();
    }
    let words: Vec<&str> = buckets.iter().map(|one| one.words()).collect();
    words.join(" and ")
}

async fn as_expected(world: &mut World, _: Arguments<'_>) -> Outcome {
    judge_placed(world, false)
}

async fn others_expected(world: &mut World, _: Arguments<'_>) -> Outcome {
    judge_placed(world, true)
}

fn judge_placed(world: &mut World, only_complete: bool) -> Outcome {
    for (called, expected, found) in placed(world)? {
        if (only_complete && expected.is_empty()) || expected == found {
            continue;
        }
        let mismatch = Mismatch::new(
            format!("{called}: {}", words(&expected)),
            format!("{called}: {}", words(&found)),
        );
        world.judge(Err(mismatch.at("Group.member")))?;
    }
    Ok(())
}

async fn exactly_once(world: &mut World, _: Arguments<'_>) -> Outcome {
    for (called, expected, found) in placed(world)? {
        if expected.len() != found.len() {
            let mismatch = Mismatch::new(
                format!(
                    "{called} once for each coverage submitted ({})",
                    expected.len()
                ),
                format!("{} times: {}", found.len(), words(&found)),
            );
            world.judge(Err(mismatch.at("Group.member")))?;
        }
    }
    let counts: Vec<(Bucket, u64, u64)> = world
        .sorted()?
        .groups
        .iter()
        .filter_map(|(bucket, group)| {
            let members = super::sorted::members(group).len() as u64;
            Some((*bucket, group["quantity"].as_u64()?, members))
        })
        .collect();
    for (bucket, quantity, members) in counts {
        if quantity != members {
            let mismatch = Mismatch::new(
                format!("a quantity of {members} in the group of {}", bucket.words()),
                quantity.to_string(),
            );
            world.judge(Err(mismatch.at("Group.quantity")))?;
        }
    }
    Ok(())
}

async fn as_parameters(world: &mut World, _: Arguments<'_>) -> Outcome {
    let shape = world.sorted()?.shape;
    let parameters = world
        .records
        .iter()
        .find(|one| one["resourceType"] == "Parameters")
        .cloned()
        .unwrap_or_default();
    let listed = parameters["parameter"]
        .as_array()
        .cloned()
        .unwrap_or_default();
    let known = [Bucket::Matched, Bucket::NotMatched, Bucket::Constrained].map(Bucket::parameter);
    let strange = listed.iter().position(|parameter| {
        let is_known = known.iter().any(|name| parameter["name"] == *name);
        let has_value = parameter
            .as_object()
            .is_some_and(|fields| fields.keys().any(|key| key.starts_with("value")));
        !is_known || has_value || parameter["resource"]["resourceType"] != "Group"
    });
    let names: Vec<&str> = listed
        .iter()
        .filter_map(|one| one["name"].as_str())
        .collect();
    let result = if shape != Shape::Parameters {
        Err(Mismatch::new("one Parameters resource", "Groups of their own").at("output"))
    } else if let Some(index) = strange {
        Err(Mismatch::new(
            format!("only {}, each with a Group", known.join(", ")),
            format!("a parameter {}", listed[index]["name"]),
        )
        .at(format!("Parameters.parameter[{index}]")))
    } else if !names.contains(&known[0]) {
        Err(
            Mismatch::new("a parameter MatchedMembers", names.join(", "))
                .at("Parameters.parameter"),
        )
    } else if known
        .iter()
        .any(|name| names.iter().filter(|one| one == &name).count() > 1)
    {
        Err(Mismatch::new("each parameter once", names.join(", ")).at("Parameters.parameter"))
    } else {
        Ok(())
    };
    world.judge(result)
}

async fn as_groups(world: &mut World, _: Arguments<'_>) -> Outcome {
    let result = match world.sorted()?.shape {
        Shape::Groups => Ok(()),
        Shape::Parameters => Err(Mismatch::new(
            "Group resources in files of their own",
            "Parameters that hold them",
        )
        .at("output")),
    };
    world.judge(result)
}

async fn same_said(world: &mut World, _: Arguments<'_>) -> Outcome {
    let parameters = world
        .records
        .iter()
        .find(|one| one["resourceType"] == "Parameters")
        .cloned();
    let Some(parameters) = parameters else {
        return Err(Halt::Skip(
            "the payer adds no Parameters, which it need not".into(),
        ));
    };
    let enveloped = Sorted::read(&[parameters]);
    let sorted = world.sorted()?.clone();
    let result = enveloped.and_then(|enveloped| {
        for (bucket, group) in &sorted.groups {
            if enveloped
                .group(*bucket)
                .map(|one| (&one["id"], &one["member"]))
                != Some((&group["id"], &group["member"]))
            {
                return Err(Mismatch::new(
                    format!("the same group of {} in the Parameters", bucket.words()),
                    "another, or none",
                )
                .at(format!("Parameters.parameter[{}]", bucket.parameter())));
            }
        }
        Ok(())
    });
    world.judge(result)
}

async fn matched_group(world: &mut World, _: Arguments<'_>) -> Outcome {
    let result = match world.sorted()?.group(Bucket::Matched) {
        None => Err(Mismatch::new("a group of matched members", "there is none").at("Group")),
        Some(group) if group["id"].as_str().is_none_or(str::is_empty) => Err(Mismatch::new(
            "the group of matched members has an id",
            "it has none",
        )
        .at("Group.id")),
        Some(_) => Ok(()),
    };
    world.judge(result)
}

async fn no_empty_groups(world: &mut World, _: Arguments<'_>) -> Outcome {
    if world.sorted()?.groups.is_empty() {
        return Err(Halt::Skip("the outcome holds no group".into()));
    }
    let empty = world
        .sorted()?
        .groups
        .iter()
        .find(|(bucket, group)| {
            *bucket != Bucket::Matched && super::sorted::members(group).is_empty()
        })
        .map(|(bucket, _)| *bucket);
    let result = match empty {
        None => Ok(()),
        Some(bucket) => Err(Mismatch::new(
            format!("no group of {} when there is nobody in it", bucket.words()),
            "an empty one",
        )
        .at("Group.member")),
    };
    world.judge(result)
}
