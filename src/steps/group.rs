//! Groups as records: found by what they say, read as they are and as they were, and only one's own.

use super::cohort::Cohort;
use super::drive::{Arguments, Halt, Outcome};
use super::expect::{describe, expect_resource, expect_status};
use super::export::address;
use super::{Mismatch, World};
use crate::fhir::path;
use crate::http::Request;
use serde_json::Value;
use std::collections::BTreeSet;
use url::form_urlencoded::Serializer;

super::book::steps! {
    /// Searches Group by the parameter, once with the value that the Group has and once with another one.
    r"^the (?:new payer|provider) looks for the group by its (code|identifier|characteristic|characteristic and value|reference to the new payer|member|managing organization|type|being actual|exclusions|number)$" => look;
    /// The first search finds the Group, the second does not.
    r"^the group is found by it, and not by another$" => found;
    /// Not declared: it need not work.
    r"^the payer declares that this is possible$" => declared;
    /// Searches Group without any parameter, to the last page.
    r"^the (?:new payer|provider) looks at all groups it can see$" => look_at_all;
    /// A searchset with the Group in it.
    r"^the group is among them$" => among;
    /// No Group names another payer as the one it was made for.
    r"^none of them was made for another payer$" => own_only;
    /// Reads every Group found that is of matched members.
    r"^each of them can be read$" => each_read;
    /// Reads the Group, the version that it says it is, and its history.
    r"^earlier versions and the history of the group can be read$" => versions;
}

/// Groups read one by one at most.
const READ: usize = 20;
const NPI: &str = "http://hl7.org/fhir/sid/us-npi";

/// A search by one parameter.
struct Parameter {
    name: &'static str,
    /// The value the Group has.
    own: String,
    /// One it has not.
    other: String,
}

fn parameter(group: &Value, words: &str) -> Option<Parameter> {
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let first = |place: &str| {
        path::elements(group, place)
            .first()
            .and_then(|one| text(one))
    };
    let coding = |place: &str| {
        let codings = path::elements(group, &format!("{place}.coding"));
        let coding = codings.first()?;
        let system = text(&coding["system"])?;
        Some((
            format!("{system}|{}", text(&coding["code"])?),
            format!("{system}|nomatch"),
        ))
    };
    let reference = |place: &str, kind: &str| {
        let own = first(&format!("{place}.reference"))?;
        Some((own, format!("{kind}/vitruvian-nobody")))
    };
    let fixed = |own: &str, other: &str| Some((own.to_owned(), other.to_owned()));
    let (name, values) = match words {
        "code" => ("code", coding("code")),
        "identifier" => {
            let system = first("identifier.system");
            let value = first("identifier.value");
            let both = system.zip(value);
            (
                "identifier",
                both.map(|(system, value)| {
                    (
                        format!("{system}|{value}"),
                        format!("{system}|vitruvian-none"),
                    )
                }),
            )
        }
        "characteristic" => ("characteristic", coding("characteristic.code")),
        "characteristic and value" => {
            let both = coding("characteristic.code")
                .zip(reference("characteristic.valueReference", "Organization"));
            (
                "characteristic-value",
                both.map(|((code, _), (own, other))| {
                    (format!("{code}${own}"), format!("{code}${other}"))
                }),
            )
        }
        "reference to the new payer" => (
            "characteristic-value-reference",
            reference("characteristic.valueReference", "Organization"),
        ),
        "member" => ("member", reference("member.entity", "Patient")),
        "managing organization" => (
            "managing-entity",
            reference("managingEntity", "Organization"),
        ),
        "type" => ("type", fixed("person", "device")),
        "being actual" => ("actual", fixed("true", "false")),
        "exclusions" => ("exclude", fixed("false", "true")),
        _ => (
            "_id",
            text(&group["id"]).map(|id| (id, "vitruvian-none".to_owned())),
        ),
    };
    let (own, other) = values?;
    Some(Parameter { name, own, other })
}

impl World {
    async fn groups(&mut self, query: &str) -> Result<Option<Vec<Value>>, Halt> {
        let pages = self.read_pages(query).await?;
        Ok(pages.map(|pages| pages.matches))
    }

    async fn read_group(&mut self) -> Result<Value, Halt> {
        let id = self.cohort()?.group.clone();
        self.prepare(Request::get(format!("Group/{id}"))).await?;
        let reply = self.reply()?;
        let group = expect_status(reply, &[200], "").and_then(|()| expect_resource(reply, "Group"));
        group.map_err(|_| Halt::Skip(format!("the group cannot be read: {}", describe(reply))))
    }
}

async fn look(world: &mut World, arguments: Arguments<'_>) -> Outcome {
    let group = world.read_group().await?;
    let parameter = parameter(&group, arguments.word(1)).ok_or_else(|| {
        Halt::Skip(format!(
            "the group says nothing that it could be found by its {} by",
            arguments.word(1)
        ))
    })?;
    world.records.clear();
    world.searched = Some(parameter.name);
    let query = |value: &str| {
        let encoded = Serializer::new(String::new())
            .append_pair(parameter.name, value)
            .finish();
        format!("Group?{encoded}")
    };
    let found = world.groups(&query(&parameter.own)).await?;
    let id = group["id"].clone();
    let has = |found: &[Value]| found.iter().any(|one| one["id"] == id);
    world.lookup = Some(match found {
        None => Err(describe(world.reply()?)),
        Some(found) => {
            let is_found = has(&found);
            let other = world.groups(&query(&parameter.other)).await?;
            Ok((is_found, other.is_some_and(|other| has(&other))))
        }
    });
    Ok(())
}

async fn found(world: &mut World, _: Arguments<'_>) -> Outcome {
    let name = world.searched.unwrap_or_default();
    let result = match world.lookup.take() {
        None => {
            return Err(Halt::Error(
                "no group was looked for before this step".into(),
            ));
        }
        Some(Err(answer)) => Err(Mismatch::new("a search of groups", answer)),
        Some(Ok((false, _))) => Err(Mismatch::new("the group among the results", "it is not")),
        Some(Ok((true, true))) => Err(Mismatch::new(
            "results that fit what is asked for",
            "the group is found by a value it does not have, too",
        )),
        Some(Ok((true, false))) => Ok(()),
    };
    world.judge(result.map_err(|mismatch| mismatch.at(format!("GET Group?{name}=…"))))
}

async fn declared(world: &mut World, _: Arguments<'_>) -> Outcome {
    let name = world.searched.unwrap_or_default();
    world.prepare(Request::get("metadata")).await?;
    let statement = world.reply()?.json().unwrap_or_default();
    let group = super::capability::resource(&statement, "Group")
        .cloned()
        .unwrap_or_default();
    let parameters = group["searchParam"].as_array().cloned().unwrap_or_default();
    if parameters.iter().any(|one| one["name"] == name) {
        return Ok(());
    }
    Err(Halt::Inapplicable(format!(
        "the payer does not declare the search parameter {name} of Group, and need not"
    )))
}

async fn look_at_all(world: &mut World, _: Arguments<'_>) -> Outcome {
    let found = world.groups("Group").await?;
    let result = match &found {
        Some(_) => Ok(()),
        None => {
            Err(Mismatch::new("a searchset of groups", describe(world.reply()?)).at("GET Group"))
        }
    };
    world.records = found.unwrap_or_default().into();
    world.judge(result)
}

async fn among(world: &mut World, _: Arguments<'_>) -> Outcome {
    let group = world.cohort()?.group.clone();
    let is_there = world.records.iter().any(|one| one["id"] == group.as_str());
    let result = if is_there {
        Ok(())
    } else {
        let actual = format!("{} others", world.records.len());
        Err(Mismatch::new("the group of the match among the results", actual).at("Bundle.entry"))
    };
    world.judge(result)
}

async fn own_only(world: &mut World, _: Arguments<'_>) -> Outcome {
    let requester = world.context()?.requester.npi.clone();
    let made_for = |group: &Value| -> BTreeSet<String> {
        path::elements(group, "characteristic.valueReference.identifier")
            .into_iter()
            .filter(|one| one["system"] == NPI)
            .filter_map(|one| one["value"].as_str().map(str::to_owned))
            .collect()
    };
    let of_payers = world
        .records
        .iter()
        .filter(|group| super::sorted::Bucket::of(group).is_some());
    let told: Vec<(&Value, BTreeSet<String>)> =
        of_payers.map(|group| (group, made_for(group))).collect();
    if told.iter().all(|(_, payers)| payers.is_empty()) {
        return Err(Halt::Skip(
            "no group says by an NPI for which payer it was made".into(),
        ));
    }
    let strange = told
        .iter()
        .find(|(_, payers)| !payers.is_empty() && !payers.contains(&requester));
    let result = match strange {
        Some((group, _)) => Err(Mismatch::new(
            "only groups that were made for the payer that asks",
            "one that was made for another payer",
        )
        .at(format!("{}: characteristic.valueReference", address(group)))),
        None => Ok(()),
    };
    world.judge(result)
}

async fn each_read(world: &mut World, _: Arguments<'_>) -> Outcome {
    let groups: Vec<Value> = world.records.iter().take(READ).cloned().collect();
    for group in groups {
        let id = Cohort::of(&group).group;
        world.send(Request::get(format!("Group/{id}"))).await?;
        let reply = world.reply()?;
        let result = expect_status(reply, &[200], "the group can be read")
            .and_then(|()| expect_resource(reply, "Group"))
            .and_then(|read| {
                if read["id"] == group["id"] {
                    return Ok(());
                }
                Err(Mismatch::new(
                    "the group that was asked for",
                    address(&read),
                ))
            });
        world.judge(result)?;
    }
    Ok(())
}

async fn versions(world: &mut World, _: Arguments<'_>) -> Outcome {
    let group = world.read_group().await?;
    let id = group["id"].as_str().unwrap_or_default().to_owned();
    let version = group["meta"]["versionId"]
        .as_str()
        .unwrap_or("1")
        .to_owned();
    world
        .send(Request::get(format!("Group/{id}/_history/{version}")))
        .await?;
    let reply = world.reply()?;
    let result = expect_status(reply, &[200], "the version of the group can be read")
        .and_then(|()| expect_resource(reply, "Group").map(|_| ()));
    world.judge(result)?;
    world
        .send(Request::get(format!("Group/{id}/_history")))
        .await?;
    let reply = world.reply()?;
    let result = expect_status(reply, &[200], "the history of the group can be read")
        .and_then(|()| expect_resource(reply, "Bundle"))
        .and_then(|history| match history["type"].as_str() {
            Some("history") => Ok(()),
            kind => {
                Err(Mismatch::new("a Bundle of type history", kind.unwrap_or("none")).at("$.type"))
            }
        });
    world.judge(result)
}
