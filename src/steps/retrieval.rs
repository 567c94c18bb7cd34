//! A member's data, kind by kind: what can be fetched, whose it is, and that it comes once.

use super::capability::{has_interaction, resource};
use super::drive::{Arguments, Halt, Outcome};
use super::everything::strangers;
use super::expect::{describe, expect_resource, expect_status};
use super::harvest::ABOUT_MEMBER;
use super::mismatch::name_of;
use super::{Mismatch, World};
use crate::fhir::{Reference, Span, path};
use crate::http::Request;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

super::book::steps! {
    /// Searches every declared kind about the member, to the last page, and keeps what is found.
    r"^the new payer searches the member's records of every kind$" => search_all;
    /// Every declared kind about members could be searched; more than the member's own record was found.
    r"^every kind that the payer offers can be searched$" => searchable;
    /// No record found is about another person.
    r"^none of them is about anybody else$" => nobody_else;
    /// No two records of a kind are the same but for their number.
    r"^none of them comes twice$" => no_duplicates;
    /// The declared includes bring what the records found refer to.
    r"^what they refer to can be fetched along with them$" => includes;
    /// The care team's members include a Practitioner or PractitionerRole.
    r"^practitioners are in the care team$" => care_team;
    /// References of prior authorizations to types with histories name a version.
    r"^they refer to versions where the payer keeps them$" => versioned;
    /// The configured `oldest_record` is among what is found.
    r"^the oldest record since 2016 is among them$" => oldest;
    /// The member's own record, and records of care or claims, were found.
    r"^the member's history is among them$" => history;
    /// Searches limited by update time give a part of the whole, and all of that part.
    r"^a search for what is new gives exactly what is new$" => filtered;
}

/// Kinds about members that are judged here. A Consent tells of the exchange.
fn kinds() -> impl Iterator<Item = &'static str> {
    ABOUT_MEMBER
        .iter()
        .map(|(kind, _)| *kind)
        .filter(|kind| !matches!(*kind, "Provenance" | "Consent"))
}

async fn search_all(world: &mut World, _: Arguments<'_>) -> Outcome {
    let mut records = Vec::new();
    for kind in kinds() {
        match world.harvest(kind).await {
            Ok(harvest) => records.extend(harvest.records.iter().cloned()),
            Err(Halt::Skip(reason)) => world.note(reason),
            Err(halt) => return Err(halt),
        }
    }
    if records.is_empty() {
        return Err(Halt::Skip(
            "searches find nothing about the member; give a test member with records".into(),
        ));
    }
    world.records = records.into();
    Ok(())
}

async fn searchable(world: &mut World, _: Arguments<'_>) -> Outcome {
    let statement = world.statement()?.clone();
    let mut mismatches = Vec::new();
    for kind in kinds() {
        let offers =
            resource(&statement, kind).is_some_and(|one| has_interaction(one, "search-type"));
        if !offers {
            continue;
        }
        match world.harvest(kind).await {
            Ok(_) => {}
            Err(Halt::Skip(_)) => {
                let said = describe(world.reply()?);
                mismatches.push(Mismatch::new("the member's records of this kind", said).at(kind));
            }
            Err(halt) => return Err(halt),
        }
    }
    world.judge_each(mismatches)
}

async fn nobody_else(world: &mut World, _: Arguments<'_>) -> Outcome {
    let member = world.member_record().await?;
    let strange = strangers(&world.records, &member);
    let mismatches = strange
        .into_iter()
        .map(|one| {
            Mismatch::new(
                "records about the member alone",
                "a record about somebody else",
            )
            .at(name_of(one))
        })
        .collect();
    world.judge_each(mismatches)
}

/// A record without what may differ between two copies of it: numbers, versions, and the text for people.
fn content(record: &Value) -> String {
    let mut record = record.clone();
    if let Some(elements) = record.as_object_mut() {
        for name in ["id", "meta", "text", "identifier"] {
            elements.remove(name);
        }
    }
    record.to_string()
}

/// Copies among the records: the name of the second, and of the first.
fn duplicates(records: &[Value]) -> Vec<(String, String)> {
    let mut seen: BTreeMap<String, String> = BTreeMap::new();
    let mut found = Vec::new();
    for record in records {
        let name = name_of(record);
        match seen.get(&content(record)) {
            Some(first) if *first != name => found.push((name, first.clone())),
            Some(_) => {}
            None => {
                seen.insert(content(record), name);
            }
        }
    }
    found
}

async fn no_duplicates(world: &mut World, _: Arguments<'_>) -> Outcome {
    let mismatches = duplicates(&world.records)
        .into_iter()
        .map(|(name, first)| {
            Mismatch::new("every event once", format!("the same as {first}")).at(name)
        })
        .collect();
    world.judge_each(mismatches)
}

/// Includes that PDex or US Core know, with the element each follows.
const INCLUDES: [(&str, &str, &str); 9] = [
    ("CareTeam", "participant", "participant.member"),
    ("ExplanationOfBenefit", "provider", "provider"),
    ("ExplanationOfBenefit", "insurer", "insurer"),
    ("ExplanationOfBenefit", "coverage", "insurance.coverage"),
    ("ExplanationOfBenefit", "care-team", "careTeam.provider"),
    ("MedicationDispense", "medication", "medicationReference"),
    ("MedicationRequest", "medication", "medicationReference"),
    ("Encounter", "location", "location.location"),
    ("Coverage", "payor", "payor"),
];

fn is_declared(statement: &Value, kind: &str, include: &str) -> bool {
    resource(statement, kind).is_some_and(|one| {
        path::elements(one, "searchInclude")
            .iter()
            .any(|declared| **declared == include)
    })
}

async fn includes(world: &mut World, _: Arguments<'_>) -> Outcome {
    let statement = world.statement()?.clone();
    let (mut tried, mut mismatches) = (0, Vec::new());
    for (kind, parameter, place) in INCLUDES {
        let include = format!("{kind}:{parameter}");
        if !is_declared(&statement, kind, &include) {
            continue;
        }
        let harvest = match world.harvest(kind).await {
            Ok(harvest) => harvest,
            Err(Halt::Skip(_)) => continue,
            Err(halt) => return Err(halt),
        };
        let references = harvest
            .records
            .iter()
            .flat_map(|one| path::elements(one, place));
        let wanted: BTreeSet<String> = references
            .filter_map(|one| one["reference"].as_str())
            .filter(|text| world.is_own(text))
            .filter_map(|text| {
                Reference::parse(text)
                    .target()
                    .map(|(kind, id)| format!("{kind}/{id}"))
            })
            .collect();
        let Some(search) = harvest.searches.first().filter(|_| !wanted.is_empty()) else {
            continue;
        };
        tried += 1;
        let pages = world
            .read_pages(&format!("{search}&_include={include}"))
            .await?;
        let Some(pages) = pages else {
            let said = describe(world.reply()?);
            mismatches.push(Mismatch::new("the declared include works", said).at(include));
            continue;
        };
        // What matches the search itself need not come again.
        let came: BTreeSet<String> = pages
            .includes
            .iter()
            .chain(&pages.matches)
            .map(name_of)
            .collect();
        let missing = wanted.into_iter().filter(|name| !came.contains(name));
        mismatches.extend(missing.map(|name| {
            Mismatch::new(
                format!("{include} brings what is referred to"),
                "it is missing",
            )
            .at(name)
        }));
    }
    if tried == 0 {
        return Err(Halt::Skip(
            "the payer declares no include that the member's records have a use for".into(),
        ));
    }
    world.judge_each(mismatches)
}

async fn care_team(world: &mut World, _: Arguments<'_>) -> Outcome {
    let teams = world.harvest("CareTeam").await?;
    if teams.records.is_empty() {
        return Err(Halt::Skip(
            "the member has no care team; give a test member who has one".into(),
        ));
    }
    let members = teams
        .records
        .iter()
        .flat_map(|team| path::elements(team, "participant.member"));
    let kinds: BTreeSet<String> = members
        .filter_map(|member| {
            Reference::parse(member["reference"].as_str()?)
                .target()
                .map(|(kind, _)| kind.to_owned())
        })
        .collect();
    if kinds.contains("Practitioner") || kinds.contains("PractitionerRole") {
        return Ok(());
    }
    let found: Vec<String> = kinds.into_iter().collect();
    let actual = if found.is_empty() {
        "nobody".to_owned()
    } else {
        found.join(", ")
    };
    world.judge(Err(Mismatch::new(
        "a Practitioner or a PractitionerRole",
        actual,
    )
    .at("CareTeam.participant.member")))
}

async fn versioned(world: &mut World, _: Arguments<'_>) -> Outcome {
    let mut mismatches = Vec::new();
    let (mut with, mut without) = (BTreeSet::new(), BTreeSet::new());
    for record in &world.records {
        for element in ["patient", "insurer", "provider"] {
            let Some(text) = record[element]["reference"].as_str() else {
                continue;
            };
            let place = format!("{}: {element}", name_of(record));
            if text.contains("/_history/") {
                with.insert((text.to_owned(), place));
            } else {
                without.insert(place);
            }
        }
    }
    // A payer that names versions keeps copies of a point in time, and then all references are to those.
    if with.is_empty() {
        return Err(Halt::Inapplicable(
            "the payer's prior authorizations refer to no versions, so it keeps no copies of a point in time".into(),
        ));
    }
    mismatches.extend(
        without
            .into_iter()
            .map(|place| Mismatch::new("a reference to a version", "one without").at(place)),
    );
    for (reference, place) in with.into_iter().take(20) {
        world.send(Request::get(&reference)).await?;
        let result = expect_status(world.reply()?, &[200], "the version that is referred to");
        mismatches.extend(result.err().map(|mismatch| mismatch.at(place)));
    }
    world.judge_each(mismatches)
}

async fn oldest(world: &mut World, _: Arguments<'_>) -> Outcome {
    let Some(wanted) = world.member()?.oldest_record.clone() else {
        return Err(Halt::Skip(
            "give the test member's oldest_record in vitruvian.toml: the record of the oldest service since 2016".into(),
        ));
    };
    if world.records.iter().any(|record| name_of(record) == wanted) {
        return Ok(());
    }
    let mismatch = Mismatch::new(
        "the record of the oldest service since 2016",
        "no search finds it",
    );
    world.judge(Err(mismatch.at(wanted)))
}

async fn history(world: &mut World, _: Arguments<'_>) -> Outcome {
    let id = world.member_record().await?;
    world.send(Request::get(format!("Patient/{id}"))).await?;
    let reply = world.reply()?;
    let own = expect_status(reply, &[200], "the member's own record")
        .and_then(|()| expect_resource(reply, "Patient"));
    world.judge(own.map(|_| ()))?;
    let has = |wanted: &[&str]| {
        world.records.iter().any(|one| {
            one["resourceType"]
                .as_str()
                .is_some_and(|kind| wanted.contains(&kind))
        })
    };
    let mut mismatches = Vec::new();
    for (what, kinds) in [
        (
            "claims or prior authorizations",
            &["ExplanationOfBenefit"][..],
        ),
        (
            "clinical records",
            &[
                "Encounter",
                "Condition",
                "Observation",
                "Procedure",
                "Immunization",
            ],
        ),
    ] {
        if !has(kinds) {
            mismatches.push(Mismatch::new(what, "none").hint("give a test member who has some"));
        }
    }
    world.judge_each(mismatches)
}

fn updated(record: &Value) -> Option<(i128, &str)> {
    let text = record["meta"]["lastUpdated"].as_str()?;
    Some((Span::parse(text).ok()?.start, text))
}

async fn filtered(world: &mut World, _: Arguments<'_>) -> Outcome {
    let (mut tried, mut mismatches) = (0, Vec::new());
    for kind in ["Encounter", "Observation", "ExplanationOfBenefit"] {
        let harvest = world.harvest(kind).await?;
        let newest = harvest.records.iter().filter_map(updated).max();
        let (Some((_, time)), Some(search)) = (newest, harvest.searches.first()) else {
            continue;
        };
        tried += 1;
        let limit = url::form_urlencoded::Serializer::new(String::new())
            .append_pair("_lastUpdated", &format!("ge{time}"))
            .finish();
        let Some(pages) = world.read_pages(&format!("{search}&{limit}")).await? else {
            let said = describe(world.reply()?);
            mismatches.push(Mismatch::new("a part of the records", said).at(kind));
            continue;
        };
        let names = |records: &[Value]| records.iter().map(name_of).collect::<BTreeSet<String>>();
        let new: Vec<Value> = harvest
            .records
            .iter()
            .filter(|one| updated(one).map(|(start, _)| start) == newest.map(|(start, _)| start))
            .cloned()
            .collect();
        let (wanted, came) = (names(&new), names(&pages.matches));
        let told = |name: &String, expected: &str, actual: &str| {
            Mismatch::new(expected, actual).at(name.clone())
        };
        mismatches.extend(
            wanted
                .difference(&came)
                .map(|name| told(name, "what is new comes", "it is missing")),
        );
        mismatches.extend(came.difference(&wanted).map(|name| {
            told(
                name,
                "only what is new comes",
                "it is older, or was not there before",
            )
        }));
    }
    if tried == 0 {
        return Err(Halt::Skip("no record says when it was last updated".into()));
    }
    world.judge_each(mismatches)
}

#[cfg(test)]
mod tests {
    use super::duplicates;
    use serde_json::json;

    #[test]
    fn copies_are_the_same_but_for_their_number() {
        let record = |id: &str, code: &str| json!({"resourceType": "Goal", "id": id, "meta": {"versionId": id}, "code": code});
        let records = [
            record("1", "a"),
            record("2", "a"),
            record("3", "b"),
            record("1", "a"),
        ];
        assert_eq!(
            duplicates(&records),
            [("Goal/2".to_owned(), "Goal/1".to_owned())]
        );
    }
}
