//! Reading a record, its versions and its history, and searching its kind.

use super::capability::{has_interaction, resource};
use super::drive::{Arguments, Halt, Outcome};
use super::expect::{expect_refusal, expect_resource, expect_status};
use super::harvest::searches_by_member;
use super::{Mismatch, World};
use crate::fhir::{Criterion, SearchParameter, Span, bundle};
use crate::http::{Reply, Request};
use serde_json::Value;
use url::form_urlencoded::Serializer;

super::book::steps! {
    /// Chooses one of the member's records of a kind, or one they refer to: the one that was changed most often.
    r"^an? (\w+) record of the member$" => choose;
    /// The record is read by its number; a number nobody has is refused.
    r"^the record can be read by its number$" => read;
    /// The present version and an earlier one are read by number; a version that never was is refused.
    r"^its versions can be read one by one$" => read_versions;
    /// A history of that one record, newest version first, the present one on top.
    r"^its history goes from the newest version to the oldest$" => history;
    /// A history of records of the kind, newest first.
    r"^the history of all (\w+) records goes from the newest to the oldest$" => kind_history;
    /// A search set with a link to itself, whose entries say where they are and why they are there.
    r"^(\w+) records can be searched$" => search;
}

/// An id and a version that no server gives out.
pub(super) const NOWHERE: &str = "vitruvian-asks-for-nothing";

impl World {
    /// One of the member's records of a kind, or of those they refer to: the one with the most versions.
    pub(super) async fn sample(&mut self, kind: &str) -> Result<Value, Halt> {
        let harvest = self.harvest(kind).await?;
        let version = |record: &&Value| -> u64 {
            let text = record.pointer("/meta/versionId").and_then(Value::as_str);
            text.and_then(|text| text.parse().ok()).unwrap_or(0)
        };
        // The first of those with the highest version.
        let chosen = harvest.records.iter().rev().max_by_key(version);
        chosen.cloned().ok_or_else(|| {
            Halt::Skip(format!(
                "the test member needs a {kind} record, or one that refers to one"
            ))
        })
    }

    /// Whether the kind declares an interaction; without a declaration it does not.
    pub(super) async fn declares_interaction(
        &mut self,
        kind: &str,
        code: &str,
    ) -> Result<bool, Halt> {
        match self.known_statement().await {
            Ok(statement) => {
                Ok(resource(&statement, kind)
                    .is_some_and(|declared| has_interaction(declared, code)))
            }
            Err(Halt::Skip(_)) => Ok(false),
            Err(other) => Err(other),
        }
    }

    /// Searches that should find records of the kind, likeliest first.
    pub(super) async fn searches(&mut self, kind: &str) -> Result<Vec<String>, Halt> {
        let member = self.member_record().await?;
        let by_member = searches_by_member(kind, &member);
        if !by_member.is_empty() {
            return Ok(by_member);
        }
        let record = self.sample(kind).await?;
        let names: &[&str] = match kind {
            "Location" | "Organization" | "Practitioner" => &["name", "_id"],
            "PractitionerRole" => &["practitioner", "specialty"],
            _ => &["_id"],
        };
        let by_value = |name: &&str| {
            let parameter = SearchParameter::find(kind, name)?;
            let value = parameter.examples(&record).into_iter().next()?;
            let text = Criterion::new(parameter, value).text();
            let query = Serializer::new(String::new())
                .append_pair(name, &text)
                .finish();
            Some(format!("{kind}?{query}"))
        };
        Ok(names.iter().filter_map(by_value).collect())
    }

    /// The record the scenario is about: its kind, its number and itself.
    fn chosen(&self) -> Result<(String, String, Value), Halt> {
        let record = self.records.last();
        let record =
            record.ok_or_else(|| Halt::Error("no record was chosen before this step".into()))?;
        let text = |name: &str| record[name].as_str().unwrap_or_default().to_owned();
        Ok((text("resourceType"), text("id"), record.clone()))
    }

    /// Asks for what does not exist; anything but a refusal is a mismatch.
    async fn expect_nothing_at(
        &mut self,
        address: String,
        what: &str,
    ) -> Result<Result<(), Mismatch>, Halt> {
        self.send(Request::get(address)).await?;
        let refused = expect_refusal(self.reply()?);
        Ok(refused.map_err(|mismatch| mismatch.hint(format!("the request was for {what}"))))
    }
}

fn version_of(record: &Value) -> Option<&str> {
    record.pointer("/meta/versionId").and_then(Value::as_str)
}

async fn choose(world: &mut World, arguments: Arguments<'_>) -> Outcome {
    if arguments.word(1) == "Group" {
        // Lists of members have new versions when members opt out, which other scenarios have them do.
        world.take_turn().await?;
    }
    let record = world.sample(arguments.word(1)).await?;
    world.records.push(record);
    Ok(())
}

/// The reply is this record.
fn expect_record(reply: &Reply, kind: &str, id: &str) -> Result<Value, Mismatch> {
    expect_status(reply, &[200], "the record")?;
    let record = expect_resource(reply, kind)?;
    match record["id"] == id {
        true => Ok(record),
        false => Err(Mismatch::new("the record asked for", "one with another id").at("$.id")),
    }
}

async fn read(world: &mut World, _: Arguments<'_>) -> Outcome {
    let (kind, id, _) = world.chosen()?;
    let is_declared = world.declares_interaction(&kind, "read").await?;
    world.send(Request::get(format!("{kind}/{id}"))).await?;
    let result = expect_record(world.reply()?, &kind, &id).map(|_| ());
    world.judge_offer(result, is_declared)?;
    let unknown = world
        .expect_nothing_at(format!("{kind}/{NOWHERE}"), "a record that does not exist")
        .await?;
    world.judge_offer(unknown, is_declared)
}

async fn read_versions(world: &mut World, _: Arguments<'_>) -> Outcome {
    let (kind, id, record) = world.chosen()?;
    let is_declared = world.declares_interaction(&kind, "vread").await?;
    let Some(version) = version_of(&record).map(str::to_owned) else {
        let mismatch = Mismatch::new("a version number in every record", "there is none");
        return world.judge_offer(
            Err(mismatch.at(format!("{kind}.meta.versionId"))),
            is_declared,
        );
    };
    world
        .send(Request::get(format!("{kind}/{id}/_history/{version}")))
        .await?;
    let result = expect_version(world.reply()?, &kind, &id, &version).map(|_| ());
    world.judge_offer(result, is_declared)?;
    let unknown = world
        .expect_nothing_at(
            format!("{kind}/{id}/_history/{NOWHERE}"),
            "a version that never was",
        )
        .await?;
    world.judge_offer(unknown, is_declared)?;
    world
        .prepare(Request::get(format!("{kind}/{id}/_history")))
        .await?;
    let history = world.reply()?.json().unwrap_or_default();
    let earlier = bundle::entries(&history)
        .iter()
        .map(|entry| &entry["resource"]);
    let earlier = earlier
        .filter(|one| one["id"] == id.as_str())
        .find_map(|one| {
            let number = version_of(one).filter(|number| *number != version)?;
            Some((number.to_owned(), one.clone()))
        });
    let Some((number, before)) = earlier else {
        world.note("the record has no earlier version to read");
        return Ok(());
    };
    world
        .send(Request::get(format!("{kind}/{id}/_history/{number}")))
        .await?;
    let result = expect_version(world.reply()?, &kind, &id, &number).and_then(|found| {
        match found == before {
            true => Ok(()),
            false => Err(Mismatch::new(
                "the version as the history has it",
                "other content",
            )),
        }
    });
    world.judge_offer(result, is_declared)
}

/// The reply is this version of this record.
pub(super) fn expect_version(
    reply: &Reply,
    kind: &str,
    id: &str,
    version: &str,
) -> Result<Value, Mismatch> {
    let record = expect_record(reply, kind, id)?;
    let found = version_of(&record).unwrap_or("none");
    if found == version {
        return Ok(record);
    }
    Err(
        Mismatch::new(format!("version {version}"), format!("version {found}"))
            .at("$.meta.versionId"),
    )
}

async fn history(world: &mut World, _: Arguments<'_>) -> Outcome {
    let (kind, id, record) = world.chosen()?;
    let is_declared = world
        .declares_interaction(&kind, "history-instance")
        .await?;
    world
        .send(Request::get(format!("{kind}/{id}/_history")))
        .await?;
    let result = expect_history(world.reply()?, &kind, Some(&id)).and_then(|entries| {
        let newest = entries
            .first()
            .and_then(|entry| version_of(&entry["resource"]));
        match (newest, version_of(&record)) {
            (Some(newest), Some(present)) if newest != present => Err(Mismatch::new(
                format!("version {present} first, the one that is read"),
                format!("version {newest}"),
            )
            .at("$.entry[0].resource.meta.versionId")),
            _ => Ok(()),
        }
    });
    world.judge_offer(result, is_declared)
}

async fn kind_history(world: &mut World, arguments: Arguments<'_>) -> Outcome {
    let kind = arguments.word(1).to_owned();
    let is_declared = world.declares_interaction(&kind, "history-type").await?;
    world
        .send(Request::get(format!("{kind}/_history?_count=5")))
        .await?;
    let result = expect_history(world.reply()?, &kind, None).map(|_| ());
    world.judge_offer(result, is_declared)
}

/// The reply is a history of records of the kind, of one record if an id is given, newest first.
fn expect_history(reply: &Reply, kind: &str, id: Option<&str>) -> Result<Vec<Value>, Mismatch> {
    expect_status(reply, &[200], "a history")?;
    let history = expect_resource(reply, "Bundle")?;
    let told = history["type"].as_str().unwrap_or("none");
    if told != "history" {
        return Err(Mismatch::new("a Bundle of type history", told).at("$.type"));
    }
    let entries = bundle::entries(&history).to_vec();
    if id.is_some() && entries.is_empty() {
        return Err(Mismatch::new("at least the present version", "no entry").at("$.entry"));
    }
    let mut before: Option<i128> = None;
    for (index, entry) in entries.iter().enumerate() {
        let place = format!("$.entry[{index}]");
        let method = entry["request"]["method"].as_str().unwrap_or_default();
        if method.is_empty() || entry["request"]["url"].as_str().is_none_or(str::is_empty) {
            let mismatch =
                Mismatch::new("what was done to the record, and where", "it is not told");
            return Err(mismatch.at(format!("{place}.request")));
        }
        let record = &entry["resource"];
        if method != "DELETE" {
            let is_other =
                record["resourceType"] != kind || id.is_some_and(|id| record["id"] != id);
            if is_other {
                let of = id.map_or_else(|| format!("{kind} records"), |id| format!("{kind}/{id}"));
                return Err(
                    Mismatch::new(format!("versions of {of} only"), "another record").at(place),
                );
            }
        }
        let time = record
            .pointer("/meta/lastUpdated")
            .or_else(|| entry.pointer("/response/lastModified"));
        let time = time
            .and_then(Value::as_str)
            .and_then(|text| Span::parse(text).ok());
        if let Some(time) = time {
            if before.is_some_and(|before| before < time.start) {
                return Err(Mismatch::new(
                    "the newest version first",
                    "a newer one after an older one",
                )
                .at(place));
            }
            before = Some(time.start);
        }
    }
    // A version may be written in the very second of the one before it.
    let numbers: Vec<u64> = entries
        .iter()
        .filter_map(|entry| version_of(&entry["resource"])?.parse().ok())
        .collect();
    if id.is_some() && !numbers.is_sorted_by(|newer, older| newer > older) {
        return Err(Mismatch::new(
            "the newest version first",
            "an older one before a newer one",
        )
        .at("$.entry"));
    }
    Ok(entries)
}

async fn search(world: &mut World, arguments: Arguments<'_>) -> Outcome {
    let kind = arguments.word(1).to_owned();
    let is_declared = world.declares_interaction(&kind, "search-type").await?;
    let mut first = None;
    for query in world.searches(&kind).await? {
        world.send(Request::get(query)).await?;
        let reply = world.reply()?;
        let answered = expect_status(reply, &[200], "the records are searched")
            .and_then(|()| expect_resource(reply, "Bundle"));
        match answered {
            Ok(found) => {
                if bundle::matches(&found).next().is_none() {
                    return Err(Halt::Skip(format!("the test member needs a {kind} record")));
                }
                return world.judge_offer(expect_searchset(&found), is_declared);
            }
            Err(mismatch) => {
                first.get_or_insert(mismatch);
            }
        }
    }
    let nothing = || {
        Mismatch::new(
            format!("{kind} records that can be searched"),
            "no value to search by",
        )
    };
    world.judge_offer(Err(first.unwrap_or_else(nothing)), is_declared)
}

/// A search set that says what it is a search for, and of each entry where and why it is there.
pub(super) fn expect_searchset(found: &Value) -> Result<(), Mismatch> {
    let told = found["type"].as_str().unwrap_or("none");
    if told != "searchset" {
        return Err(Mismatch::new("a Bundle of type searchset", told).at("$.type"));
    }
    if bundle::link(found, "self").is_none() {
        return Err(Mismatch::new("a link to the search itself", "there is none").at("$.link"));
    }
    for (index, entry) in bundle::entries(found).iter().enumerate() {
        let place = format!("$.entry[{index}]");
        let mode = entry["search"]["mode"].as_str();
        if !matches!(mode, Some("match" | "include" | "outcome")) {
            let mismatch = Mismatch::new(
                "why the entry is there (search.mode)",
                mode.unwrap_or("nothing"),
            );
            return Err(mismatch.at(format!("{place}.search.mode")));
        }
        if mode != Some("outcome") && !entry["fullUrl"].is_string() {
            return Err(Mismatch::new("where the record is (fullUrl)", "nothing")
                .at(format!("{place}.fullUrl")));
        }
    }
    let total = found["total"].as_u64();
    let count = bundle::matches(found).count() as u64;
    match total {
        Some(total) if total < count => Err(Mismatch::new(
            format!("a total of at least {count}, the matches on this page"),
            total.to_string(),
        )
        .at("$.total")),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::expect_searchset;
    use serde_json::json;

    #[test]
    fn a_search_set_says_what_it_is() {
        let patient = json!({"resourceType": "Patient", "id": "1"});
        let whole = crate::fhir::bundle::searchset(
            1,
            "b/Patient",
            None,
            vec![crate::fhir::bundle::entry("b", &patient, "match")],
        );
        assert_eq!(expect_searchset(&whole), Ok(()));
        for (pointer, said) in [
            ("/type", "searchset"),
            ("/link", "link"),
            ("/entry/0/search", "search.mode"),
            ("/entry/0/fullUrl", "fullUrl"),
            ("/total", "total"),
        ] {
            let mut broken = whole.clone();
            *broken.pointer_mut(pointer).unwrap() = json!(0);
            let mismatch = expect_searchset(&broken).unwrap_err();
            assert!(format!("{mismatch:?}").contains(said), "{mismatch:?}");
        }
    }
}
