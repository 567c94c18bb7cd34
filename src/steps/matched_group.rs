//! The Groups that a bulk match leaves: what they say about the members, and what they must not say.

use super::drive::{Arguments, Halt, Outcome};
use super::expect::{describe, expect_resource, expect_status};
use super::sorted::{Bucket, MATCH_COVERAGE, Sorted, contained, copy_of, members};
use super::{Mismatch, World};
use crate::fhir::{Reference, path};
use crate::http::Request;
use serde_json::Value;

super::book::steps! {
    /// type person, actual true; managingEntity an Organization.
    r"^the groups are groups of real people, managed by an organization$" => real_people;
    /// No narrative, note, or display that speaks of a reason.
    r"^the group of those (?:constrained by consent|who have opted out) gives no reason$" => no_reason;
    /// Each member points to a contained Patient.
    r"^each member points to a copy of what was submitted$" => points_to_copy;
    /// Contained Patients have the submitted id, identifiers and demographics.
    r"^the copies say what was submitted, unaltered$" => unaltered;
    /// Contained resources have no versionId, lastUpdated, security, and nothing contained.
    r"^the copies hold nothing that a contained record must not hold$" => clean_copies;
    /// Members submitted with several coverages point to a contained copy of the coverage.
    r"^each of them points to a copy of the coverage it is about$" => points_to_coverage;
    /// GET Group/id gives the same members.
    r"^the group of those who matched can be read again$" => read_again;
    /// The export operation on it is taken on; the job is called off at the end of the run.
    r"^their data can be asked for with it$" => exportable;
}

/// The Group of matched members; skips when there is none, which another scenario judges.
pub(super) fn matched(sorted: &Sorted) -> Result<Value, Halt> {
    sorted
        .group(Bucket::Matched)
        .cloned()
        .ok_or_else(|| Halt::Skip("there is no group of matched members".into()))
}

async fn real_people(world: &mut World, _: Arguments<'_>) -> Outcome {
    let groups = world.sorted()?.groups.clone();
    if groups.is_empty() {
        return Err(Halt::Skip("the outcome holds no group".into()));
    }
    for (_, group) in groups {
        let result = if group["type"] != "person" {
            Err(Mismatch::new("type person", group["type"].to_string()).at("Group.type"))
        } else if group["actual"] != true {
            Err(Mismatch::new("actual true", group["actual"].to_string()).at("Group.actual"))
        } else {
            match group["managingEntity"]["reference"].as_str() {
                Some(manager)
                    if Reference::parse(manager)
                        .target()
                        .is_some_and(|(kind, _)| kind != "Organization") =>
                {
                    Err(Mismatch::new("an Organization", manager).at("Group.managingEntity"))
                }
                _ => Ok(()),
            }
        };
        world.judge(result)?;
    }
    Ok(())
}

async fn no_reason(world: &mut World, _: Arguments<'_>) -> Outcome {
    let group = world.sorted()?.group(Bucket::Constrained).cloned();
    let group = group.ok_or_else(|| Halt::Skip("nobody is constrained by consent".into()))?;
    let mut texts = Vec::new();
    collect_texts(&group, "Group", &mut texts);
    const REASONS: [&str; 10] = [
        "expired",
        "ended",
        "revoked",
        "inactive",
        "recipient",
        "denied",
        "deny",
        "period",
        "not valid",
        "sensitive",
    ];
    let telling = texts.into_iter().find(|(_, text)| {
        let text = text.to_lowercase();
        REASONS.iter().any(|reason| text.contains(reason))
    });
    let result = match telling {
        None => Ok(()),
        Some((place, text)) => {
            let text: String = text.chars().take(120).collect();
            Err(Mismatch::new("nothing but the code consentconstraint", text).at(place))
        }
    };
    world.judge(result)
}

/// Texts for people, outside of the copies of what we submitted ourselves.
fn collect_texts(value: &Value, place: &str, found: &mut Vec<(String, String)>) {
    const FOR_PEOPLE: [&str; 5] = ["div", "text", "display", "valueString", "name"];
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                let below = format!("{place}.{name}");
                match member {
                    _ if name == "contained" => {}
                    Value::String(text) if FOR_PEOPLE.contains(&name.as_str()) => {
                        found.push((below, text.clone()));
                    }
                    _ => collect_texts(member, &below, found),
                }
            }
        }
        Value::Array(items) => items
            .iter()
            .enumerate()
            .for_each(|(index, item)| collect_texts(item, &format!("{place}[{index}]"), found)),
        _ => {}
    }
}

/// Every member of every Group with its Group and place.
fn all_members(sorted: &Sorted) -> Vec<(Bucket, usize, Value, Value)> {
    let mut all = Vec::new();
    for (bucket, group) in &sorted.groups {
        for (index, member) in members(group).iter().enumerate() {
            all.push((*bucket, index, group.clone(), member.clone()));
        }
    }
    all
}

async fn points_to_copy(world: &mut World, _: Arguments<'_>) -> Outcome {
    let all = all_members(world.sorted()?);
    if all.is_empty() {
        return Err(Halt::Skip("there is nobody in any group".into()));
    }
    for (bucket, index, group, member) in all {
        let is_patient =
            copy_of(&group, &member).is_some_and(|copy| copy["resourceType"] == "Patient");
        if !is_patient {
            let mismatch = Mismatch::new(
                "a reference to the contained copy of the submitted Patient",
                "it leads to none",
            )
            .at(format!(
                "Group.member[{index}].entity.extension (group of {})",
                bucket.words()
            ));
            world.judge(Err(mismatch))?;
        }
    }
    Ok(())
}

async fn unaltered(world: &mut World, _: Arguments<'_>) -> Outcome {
    const KEPT: [&str; 8] = [
        "id",
        "identifier",
        "name",
        "birthDate",
        "gender",
        "address",
        "telecom",
        "communication",
    ];
    let all = all_members(world.sorted()?);
    let mut submitted = Vec::new();
    for person in &mut world.bulk()?.people {
        submitted.extend(
            person
                .submitted
                .iter_mut()
                .filter_map(|one| one.resource_mut("MemberPatient").cloned()),
        );
    }
    let has_copy =
        |(_, _, group, member): &(Bucket, usize, Value, Value)| copy_of(group, member).is_some();
    if !all.iter().any(has_copy) {
        return Err(Halt::Skip("no member points to a copy".into()));
    }
    for (bucket, index, group, member) in all {
        let Some(copy) = copy_of(&group, &member) else {
            continue;
        };
        let differs = |original: &&Value| {
            KEPT.iter()
                .filter(|element| original[**element] != copy[**element])
                .count()
        };
        let nearest = submitted.iter().min_by_key(differs);
        let altered = nearest.and_then(|original| {
            KEPT.iter()
                .find(|element| original[**element] != copy[**element])
        });
        if let Some(element) = altered {
            let mismatch = Mismatch::new(
                format!("{element} as it was submitted"),
                shorten(&copy[*element].to_string()),
            )
            .at(format!(
                "the copy of Group.member[{index}] in the group of {}: Patient.{element}",
                bucket.words()
            ));
            world.judge(Err(mismatch))?;
        }
    }
    Ok(())
}

fn shorten(text: &str) -> String {
    text.chars().take(120).collect()
}

async fn clean_copies(world: &mut World, _: Arguments<'_>) -> Outcome {
    let groups = world.sorted()?.groups.clone();
    for (bucket, group) in groups {
        let copies = group["contained"].as_array().cloned().unwrap_or_default();
        for (index, copy) in copies.iter().enumerate() {
            let forbidden = [
                "meta.versionId",
                "meta.lastUpdated",
                "meta.security",
                "contained",
            ];
            let found = forbidden
                .iter()
                .find(|one| !path::elements(copy, one).is_empty());
            if let Some(element) = found {
                let mismatch = Mismatch::new(
                    format!("no {element} in a contained record (dom-2, dom-4, dom-5)"),
                    "it is there",
                )
                .at(format!(
                    "Group.contained[{index}].{element} (group of {})",
                    bucket.words()
                ));
                world.judge(Err(mismatch))?;
            }
        }
    }
    Ok(())
}

async fn points_to_coverage(world: &mut World, _: Arguments<'_>) -> Outcome {
    let repeated: Vec<(String, Value, Vec<Value>)> = world
        .bulk()?
        .people
        .iter_mut()
        .filter(|person| person.submitted.len() > 1)
        .filter_map(|person| {
            let patient = person
                .submitted
                .first_mut()?
                .resource_mut("MemberPatient")?
                .clone();
            let cards = person.submitted.iter_mut().filter_map(|one| {
                Some(one.resource_mut("CoverageToMatch")?["subscriberId"].clone())
            });
            Some((person.called.clone(), patient, cards.collect()))
        })
        .collect();
    let all = all_members(world.sorted()?);
    for (called, patient, cards) in repeated {
        let is_own = |(_, _, group, member): &&(Bucket, usize, Value, Value)| {
            copy_of(group, member).is_some_and(|copy| {
                copy["birthDate"] == patient["birthDate"] && copy["name"] == patient["name"]
            })
        };
        let own: Vec<_> = all.iter().filter(is_own).collect();
        if own.is_empty() {
            return Err(Halt::Skip(format!("{called} is in none of the groups")));
        }
        for (bucket, index, group, member) in own {
            let coverage = contained(group, member, MATCH_COVERAGE);
            let is_submitted = coverage.is_some_and(|one| {
                one["resourceType"] == "Coverage" && cards.contains(&one["subscriberId"])
            });
            if !is_submitted {
                let mismatch = Mismatch::new(
                    format!("a reference to the contained coverage it is about, because {called} was submitted with several"),
                    "it leads to none that was submitted",
                )
                .at(format!("Group.member[{index}].entity.extension (group of {})", bucket.words()));
                world.judge(Err(mismatch))?;
            }
        }
    }
    Ok(())
}

async fn read_again(world: &mut World, _: Arguments<'_>) -> Outcome {
    let group = matched(world.sorted()?)?;
    if members(&group).is_empty() {
        return Err(Halt::Skip(
            "nobody is in the group of matched members".into(),
        ));
    }
    let id = group["id"].as_str().unwrap_or_default().to_owned();
    world.send(Request::get(format!("Group/{id}"))).await?;
    let reply = world.reply()?;
    let result = expect_status(reply, &[200], "the group can be read")
        .and_then(|()| expect_resource(reply, "Group"))
        .and_then(|read| {
            let ids = |group: &Value| -> Vec<String> {
                path::elements(group, "member.entity.reference")
                    .into_iter()
                    .map(ToString::to_string)
                    .collect()
            };
            if ids(&read) == ids(&group) {
                return Ok(());
            }
            Err(Mismatch::new(
                format!("the same {} members", members(&group).len()),
                format!("{} members, not the same", members(&read).len()),
            )
            .at("Group.member"))
        });
    world.judge(result)
}

async fn exportable(world: &mut World, _: Arguments<'_>) -> Outcome {
    let group = matched(world.sorted()?)?;
    let id = group["id"].as_str().unwrap_or_default().to_owned();
    let audience = world.bulk()?.audience;
    let body = serde_json::json!({"resourceType": "Parameters", "parameter": [
        {"name": "exportType", "valueCanonical": audience.purpose()},
    ]});
    world
        .kick_off(Request::post_json(
            format!("Group/{id}/$davinci-data-export"),
            &body,
        ))
        .await?;
    let reply = world.reply()?;
    let result = match reply.status {
        202 => Ok(()),
        _ => Err(Mismatch::new(
            format!(
                "the export of the group that {} made is taken on (status 202)",
                audience.operation()
            ),
            describe(reply),
        )
        .at("HTTP status")),
    };
    world.judge(result)?;
    world.accept_job()
}
