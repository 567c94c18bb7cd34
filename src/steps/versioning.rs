//! Versions of records: which is read, how it is told, what refers to one, and what is left of a deleted record.

use super::capability::resource;
use super::drive::{Arguments, Halt, Outcome};
use super::expect::{describe, expect_json, expect_resource, expect_status};
use super::harvest::Harvest;
use super::reading::expect_version;
use super::{Mismatch, World};
use crate::fhir::{Reference, Span, bundle};
use crate::http::Request;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc2822;

super::book::steps! {
    /// A record that the histories tell was deleted is answered with status 410.
    r"^a deleted record is said to be gone$" => gone;
    /// The version that is read is the newest in the history.
    r"^its newest version is the one that is read$" => newest;
    /// The version that is read can be read by number, with its entity tag.
    r"^the version that is read can be read by number$" => present_version;
    /// References to one version of a record are written by FHIR's grammar and lead there.
    r"^references to one version of a record are written as FHIR says, and lead there$" => versioned_references;
    /// The headers of a read tell its version and time as the record itself does.
    r"^the headers of a read tell the version and time of the record$" => version_headers;
}

/// Kinds in whose histories deletions are looked for.
const DELETED: [&str; 6] = [
    "Observation",
    "Condition",
    "Encounter",
    "DocumentReference",
    "AllergyIntolerance",
    "Procedure",
];
/// Versioned references followed at most.
const REFERENCE_LIMIT: usize = 12;

impl World {
    /// Whether the kind declares that its records have versions.
    pub(super) async fn has_versions(&mut self, kind: &str) -> Result<bool, Halt> {
        let statement = self.known_statement().await?;
        let versioning = resource(&statement, kind).map(|declared| declared["versioning"].clone());
        Ok(versioning.is_some_and(|told| told.is_string() && told != "no-version"))
    }
}

async fn gone(world: &mut World, _: Arguments<'_>) -> Outcome {
    for kind in DELETED {
        world
            .prepare(Request::get(format!("{kind}/_history")))
            .await?;
        let history = world.reply()?.json().unwrap_or_default();
        let Some(id) = deleted(&history, kind) else {
            continue;
        };
        world.send(Request::get(format!("{kind}/{id}"))).await?;
        let result = expect_status(world.reply()?, &[410], "gone");
        return world.judge(result);
    }
    Err(Halt::Skip(format!(
        "no deleted record is known: the payer's histories of {} tell of none",
        DELETED.join(", ")
    )))
}

/// The id of a record whose last entry in a history is its deletion.
fn deleted(history: &Value, kind: &str) -> Option<String> {
    let mut seen = BTreeSet::new();
    bundle::entries(history).iter().find_map(|entry| {
        let address = entry["request"]["url"].as_str()?;
        let full = entry["fullUrl"].as_str().unwrap_or(address);
        let of = |text: &str| {
            let reference = Reference::parse(text);
            let target = reference.target().filter(|(one, _)| *one == kind)?;
            Some(target.1.to_owned())
        };
        let id = of(address).or_else(|| of(full))?;
        let is_last = seen.insert(id.clone());
        (is_last && entry["request"]["method"] == "DELETE").then_some(id)
    })
}

async fn newest(world: &mut World, _: Arguments<'_>) -> Outcome {
    let record = world.records.last().cloned().unwrap_or_default();
    let text = |name: &str| record[name].as_str().unwrap_or_default().to_owned();
    let (kind, id) = (text("resourceType"), text("id"));
    world.send(Request::get(format!("{kind}/{id}"))).await?;
    let reply = world.reply()?;
    let read =
        expect_status(reply, &[200], "the record").and_then(|()| expect_resource(reply, &kind));
    let read = match read {
        Ok(read) => read,
        Err(mismatch) => return world.judge(Err(mismatch)),
    };
    world
        .prepare(Request::get(format!("{kind}/{id}/_history?_count=1")))
        .await?;
    let reply = world.reply()?;
    let history = expect_status(reply, &[200], "").and_then(|()| expect_resource(reply, "Bundle"));
    let Ok(history) = history else {
        return Err(Halt::Skip(format!(
            "the payer has no histories to compare with: {}",
            describe(reply)
        )));
    };
    let newest = bundle::entries(&history)
        .first()
        .map(|entry| entry["resource"]["meta"]["versionId"].clone());
    let present = &read["meta"]["versionId"];
    let result = match newest {
        Some(newest) if newest != *present => Err(Mismatch::new(
            format!(
                "version {}, the newest in the history",
                newest.as_str().unwrap_or("?")
            ),
            format!("version {}", present.as_str().unwrap_or("none")),
        )
        .at("$.meta.versionId")),
        _ => Ok(()),
    };
    world.judge(result)
}

async fn present_version(world: &mut World, _: Arguments<'_>) -> Outcome {
    if !world.has_versions("Patient").await? {
        return Err(Halt::Inapplicable(
            "the payer declares no versions of Patient".into(),
        ));
    }
    let (member, read) = world.read_own().await?;
    let version = match read {
        Ok(read) => read
            .pointer("/meta/versionId")
            .and_then(Value::as_str)
            .map(str::to_owned),
        Err(mismatch) => return world.judge(Err(mismatch)),
    };
    let Some(version) = version else {
        let mismatch = Mismatch::new(
            "a version number, for versions are declared",
            "there is none",
        );
        return world.judge(Err(mismatch.at("Patient.meta.versionId")));
    };
    world
        .send(Request::get(format!("Patient/{member}/_history/{version}")))
        .await?;
    let reply = world.reply()?;
    let tag = reply.header("etag").unwrap_or("none").to_owned();
    let result = expect_version(reply, "Patient", &member, &version).and_then(|_| {
        match tag == format!("W/\"{version}\"") {
            true => Ok(()),
            false => Err(Mismatch::new(format!("the ETag W/\"{version}\""), tag).at("header ETag")),
        }
    });
    world.judge(result)
}

async fn versioned_references(world: &mut World, _: Arguments<'_>) -> Outcome {
    let mut found = BTreeSet::new();
    for kind in ["ExplanationOfBenefit", "Encounter", "Condition"] {
        let harvest = match world.harvest(kind).await {
            Err(Halt::Skip(_)) => Arc::new(Harvest::default()),
            harvest => harvest?,
        };
        harvest
            .records
            .iter()
            .for_each(|record| versioned(record, &mut found));
    }
    if found.is_empty() {
        return Err(Halt::Inapplicable(
            "none of the member's records refers to one version of another".into(),
        ));
    }
    for reference in spread(found).into_iter().take(REFERENCE_LIMIT) {
        let version = match Reference::parse(&reference) {
            Reference::Relative { version, .. } | Reference::Absolute { version, .. } => version,
            Reference::Local(_) | Reference::Other(_) => None,
        };
        let Some(version) = version else {
            let mismatch = Mismatch::new("type, number, _history and version", reference);
            world.judge(Err(mismatch))?;
            continue;
        };
        if !world.is_own(&reference) {
            continue;
        }
        world.send(Request::get(&reference)).await?;
        let reply = world.reply()?;
        let result = expect_status(reply, &[200], "the version referred to")
            .and_then(|()| expect_json(reply))
            .and_then(
                |record| match record.pointer("/meta/versionId").and_then(Value::as_str) {
                    Some(found) if found == version => Ok(()),
                    found => Err(Mismatch::new(
                        format!("version {version}"),
                        found.unwrap_or("none"),
                    )
                    .at("$.meta.versionId")),
                },
            );
        world.judge(result)?;
    }
    Ok(())
}

/// References in an order in which those to each kind of record come early.
fn spread(references: BTreeSet<String>) -> Vec<String> {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    let mut ranked = Vec::new();
    for reference in references {
        let parsed = Reference::parse(&reference);
        let kind = parsed.target().map(|(kind, _)| kind.to_owned());
        let count = counts.entry(kind.unwrap_or_default()).or_default();
        *count += 1;
        ranked.push((*count, reference));
    }
    ranked.sort();
    ranked.into_iter().map(|(_, reference)| reference).collect()
}

/// Collects references that name a version, in FHIR's way or another.
fn versioned(value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(members) => {
            if let Some(Value::String(reference)) = members.get("reference")
                && (reference.contains("/_history") || reference.contains('|'))
            {
                found.insert(reference.clone());
            }
            members.values().for_each(|member| versioned(member, found));
        }
        Value::Array(items) => items.iter().for_each(|item| versioned(item, found)),
        _ => {}
    }
}

async fn version_headers(world: &mut World, _: Arguments<'_>) -> Outcome {
    if !world.has_versions("Patient").await? {
        return Err(Halt::Inapplicable(
            "the payer declares no versions of Patient".into(),
        ));
    }
    let (_, read) = world.read_own().await?;
    let reply = world.reply()?;
    let header = |name: &str| reply.header(name).unwrap_or_default().to_owned();
    let (tag, modified) = (header("etag"), header("last-modified"));
    let result = read.and_then(|record| {
        let version = record
            .pointer("/meta/versionId")
            .and_then(Value::as_str)
            .unwrap_or_default();
        if tag != format!("W/\"{version}\"") {
            return Err(Mismatch::new(
                format!("the ETag W/\"{version}\""),
                if tag.is_empty() { "none" } else { &tag },
            )
            .at("header ETag"));
        }
        let told = OffsetDateTime::parse(&modified.replace("GMT", "+0000"), &Rfc2822)
            .map(|time| time.unix_timestamp());
        let updated = record.pointer("/meta/lastUpdated").and_then(Value::as_str);
        let second = |span: Span| span.start.div_euclid(1_000_000_000);
        let updated = updated.and_then(|text| Span::parse(text).ok()).map(second);
        match (told, updated) {
            (Err(_), _) => Err(Mismatch::new(
                "the time of the last change as HTTP writes it",
                if modified.is_empty() {
                    "none"
                } else {
                    &modified
                },
            )
            .at("header Last-Modified")),
            (Ok(told), Some(updated)) if i128::from(told) != updated => {
                Err(Mismatch::new("the time of meta.lastUpdated", &modified)
                    .at("header Last-Modified"))
            }
            _ => Ok(()),
        }
    });
    world.judge(result)
}

#[cfg(test)]
mod tests {
    use super::{deleted, spread, versioned};
    use serde_json::json;
    use std::collections::BTreeSet;

    #[test]
    fn a_deletion_is_only_one_when_nothing_came_after() {
        let entry = |method: &str, id: &str| json!({"request": {"method": method, "url": format!("Goal/{id}")}});
        let history =
            json!({"entry": [entry("PUT", "a"), entry("DELETE", "a"), entry("DELETE", "b")]});
        assert_eq!(deleted(&history, "Goal").as_deref(), Some("b"));
        assert_eq!(deleted(&history, "Task"), None);
    }

    #[test]
    fn references_with_a_version_are_found_in_any_form() {
        let mut found = BTreeSet::new();
        versioned(
            &json!({"a": [{"reference": "Goal/1/_history/2"}, {"reference": "Goal/1|2"}, {"reference": "Goal/1"}]}),
            &mut found,
        );
        assert_eq!(found.len(), 2);
    }

    #[test]
    fn references_to_other_kinds_do_not_wait_for_all_of_the_first() {
        let all = [
            "Goal/1/_history/1",
            "Goal/2/_history/1",
            "Patient/1/_history/1",
        ];
        let order = spread(all.iter().map(|one| (*one).to_owned()).collect());
        assert_eq!(order, [all[0], all[2], all[1]]);
    }
}
