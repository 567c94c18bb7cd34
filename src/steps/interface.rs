//! How the payer's interface behaves, whatever is asked: formats, errors, versions, pages.

use super::capability::resource;
use super::drive::{Arguments, Halt, Outcome};
use super::expect::{describe, expect_outcome, expect_resource, expect_status};
use super::harvest::Harvest;
use super::reading::{NOWHERE, expect_searchset, expect_version};
use super::{Mismatch, World};
use crate::fhir::{Reference, Span, bundle};
use crate::http::{Reply, Request};
use serde_json::Value;
use std::collections::BTreeSet;
use std::sync::Arc;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc2822;

super::book::steps! {
    /// Reads, searches and the declaration are answered in FHIR JSON, asked for by header or by parameter.
    r"^reads and searches are answered in FHIR JSON, however it is asked for$" => json;
    /// A read tells the version and its time in headers, if versions are declared; a search is a proper search set.
    r"^reads and searches are answered as FHIR says$" => shape;
    /// Values that cannot be are refused with status 400 and an error in an OperationOutcome.
    r"^a value that cannot be is refused as an invalid request$" => invalid_value;
    /// Unknown numbers and kinds are answered with status 404.
    r"^what does not exist is not found$" => not_found;
    /// A record that the histories tell was deleted is answered with status 410.
    r"^a deleted record is said to be gone$" => gone;
    /// The version that is read is the newest in the history.
    r"^its newest version is the one that is read$" => newest;
    /// The version that is read can be read by number, with its entity tag.
    r"^the version that is read can be read by number$" => present_version;
    /// References to one version of a record are written by FHIR's grammar and lead there.
    r"^references to one version of a record are written as FHIR says, and lead there$" => versioned_references;
    /// A search in pages of two: each result once, as many as the total, links to the next page absolute and on the payer.
    r"^a long search comes in pages that keep what was asked$" => pages;
    /// Strict handling refuses an unknown parameter; lenient handling answers, and the link to itself leaves it out.
    r"^an unknown search parameter is refused when strictness is asked for, and told when not$" => unknown_parameter;
    /// The headers of a read tell its version and time as the record itself does.
    r"^the headers of a read tell the version and time of the record$" => version_headers;
}

/// Kinds whose searches are most likely long.
const LONG: [&str; 4] = [
    "Observation",
    "Encounter",
    "Condition",
    "ExplanationOfBenefit",
];
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
const REFERENCE_LIMIT: usize = 6;

fn expect_fhir(reply: &Reply) -> Result<(), Mismatch> {
    expect_status(reply, &[200], "an answer")?;
    super::expect::expect_fhir_json(reply)?;
    super::expect::expect_json(reply).map(|_| ())
}

async fn json(world: &mut World, _: Arguments<'_>) -> Outcome {
    let member = world.member_record().await?;
    let addresses = [format!("Patient/{member}"), format!("Patient?_id={member}")];
    for address in addresses {
        let request = Request::get(&address).header("accept", "application/fhir+json");
        world.send(request).await?;
        let by_header = expect_fhir(world.reply()?);
        world.judge(by_header)?;
        let mark = if address.contains('?') { '&' } else { '?' };
        // The parameter decides, whatever the header prefers.
        let request = Request::get(format!("{address}{mark}_format=json")).header("accept", "*/*");
        world.send(request).await?;
        let by_parameter = expect_fhir(world.reply()?);
        world.judge(
            by_parameter.map_err(|mismatch| mismatch.hint("asked for by the parameter _format")),
        )?;
    }
    world.send(Request::get("metadata")).await?;
    let reply = world.reply()?;
    let result = expect_resource(reply, "CapabilityStatement").and_then(|statement| {
        let formats = statement["format"].as_array().cloned().unwrap_or_default();
        let is_json = |format: &Value| {
            format
                .as_str()
                .is_some_and(|format| format.contains("json"))
        };
        match formats.iter().any(is_json) {
            true => Ok(()),
            false => {
                Err(Mismatch::new("JSON among the declared formats", "it is not").at("$.format"))
            }
        }
    });
    world.judge(result)
}

impl World {
    /// Whether the kind declares that its records have versions.
    async fn has_versions(&mut self, kind: &str) -> Result<bool, Halt> {
        let statement = self.known_statement().await?;
        let versioning = resource(&statement, kind).map(|declared| declared["versioning"].clone());
        Ok(versioning.is_some_and(|told| told.is_string() && told != "no-version"))
    }

    /// Reads the member's own record.
    async fn read_own(&mut self) -> Result<(String, Result<Value, Mismatch>), Halt> {
        let member = self.member_record().await?;
        self.send(Request::get(format!("Patient/{member}"))).await?;
        let reply = self.reply()?;
        let read = expect_status(reply, &[200], "the record")
            .and_then(|()| expect_resource(reply, "Patient"));
        Ok((member, read))
    }
}

async fn shape(world: &mut World, _: Arguments<'_>) -> Outcome {
    let has_versions = world.has_versions("Patient").await?;
    let (member, read) = world.read_own().await?;
    let tag = world.reply()?.header("etag").is_some();
    let result = read.and_then(|_| match tag || !has_versions {
        true => Ok(()),
        false => Err(
            Mismatch::new("an ETag, for versions are declared", "there is none").at("header ETag"),
        ),
    });
    world.judge(result)?;
    world
        .send(Request::get(format!("Patient?_id={member}")))
        .await?;
    let reply = world.reply()?;
    let found = expect_status(reply, &[200], "the search is answered")
        .and_then(|()| expect_resource(reply, "Bundle"));
    world.judge(found.and_then(|found| expect_searchset(&found)))
}

async fn invalid_value(world: &mut World, _: Arguments<'_>) -> Outcome {
    let member = world.member_record().await?;
    for address in [
        "Patient?birthdate=not-a-date".to_owned(),
        format!("Observation?patient={member}&date=zz2020"),
    ] {
        world
            .send(Request::get(address).header("prefer", "handling=strict"))
            .await?;
        let reply = world.reply()?;
        let result = expect_status(reply, &[400], "an invalid request")
            .and_then(|()| expect_outcome(reply))
            .and_then(|outcome| {
                let severities = outcome["issue"].as_array().cloned().unwrap_or_default();
                let is_error =
                    |issue: &Value| issue["severity"] == "error" || issue["severity"] == "fatal";
                match severities.iter().any(is_error) {
                    true => Ok(()),
                    false => Err(Mismatch::new("an issue of severity error", "none is")
                        .at("$.issue[*].severity")),
                }
            });
        world.judge(result)?;
    }
    Ok(())
}

async fn not_found(world: &mut World, _: Arguments<'_>) -> Outcome {
    for address in [
        format!("Patient/{NOWHERE}"),
        format!("NoSuchKind/{NOWHERE}"),
    ] {
        world.send(Request::get(address)).await?;
        let result = expect_status(world.reply()?, &[404], "not found");
        world.judge(result)?;
    }
    Ok(())
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
    for reference in found.into_iter().take(REFERENCE_LIMIT) {
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
            .and_then(|()| super::expect::expect_json(reply))
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

async fn pages(world: &mut World, _: Arguments<'_>) -> Outcome {
    let mut long = None;
    for kind in LONG {
        if let Ok(harvest) = world.harvest(kind).await
            && harvest.records.len() > 2
        {
            long = Some((kind, harvest));
            break;
        }
    }
    let Some((kind, harvest)) = long else {
        return Err(Halt::Skip(format!(
            "the test member needs three records of one of {}",
            LONG.join(", ")
        )));
    };
    let query = harvest.searches.first().cloned().unwrap_or_default();
    let pages = match world
        .judged_pages(Request::get(format!("{query}&_count=2")))
        .await?
    {
        Ok(pages) => pages,
        Err(mismatch) => return world.judge(Err(mismatch)),
    };
    let result = expect_pages(&pages.bundles, &harvest)
        .map_err(|mismatch| mismatch.hint(format!("{kind} records in pages of two")));
    world.judge(result)
}

fn expect_pages(pages: &[Value], harvest: &Harvest) -> Result<(), Mismatch> {
    let mut found = BTreeSet::new();
    for page in pages {
        for link in page["link"].as_array().into_iter().flatten() {
            let url = link["url"].as_str().unwrap_or_default();
            if !url.starts_with("http://") && !url.starts_with("https://") {
                return Err(
                    Mismatch::new("links that are whole addresses", url).at("$.link[*].url")
                );
            }
        }
        for record in bundle::matches(page) {
            let id = record["id"].as_str().unwrap_or_default();
            if !found.insert(id) {
                return Err(Mismatch::new(
                    "every result once over all pages",
                    format!("{id} comes twice"),
                )
                .at("$.entry"));
            }
        }
    }
    let known: BTreeSet<&str> = harvest
        .records
        .iter()
        .filter_map(|record| record["id"].as_str())
        .collect();
    if found != known {
        return Err(Mismatch::new(
            format!("the {} results of the search over its pages", known.len()),
            format!(
                "{} results, {} of them others",
                found.len(),
                found.difference(&known).count()
            ),
        ));
    }
    for page in pages {
        if let Some(total) = page["total"].as_u64()
            && total != found.len() as u64
        {
            return Err(Mismatch::new(
                format!("a total of {}, the results of all pages", found.len()),
                total.to_string(),
            )
            .at("$.total"));
        }
    }
    Ok(())
}

async fn unknown_parameter(world: &mut World, _: Arguments<'_>) -> Outcome {
    const UNKNOWN: &str = "vitruvian-unknown";
    let member = world.member_record().await?;
    let address = format!("Patient?_id={member}&{UNKNOWN}=bar");
    world
        .send(Request::get(&address).header("prefer", "handling=strict"))
        .await?;
    let reply = world.reply()?;
    let result = expect_status(reply, &[400], "a refusal, as strict handling was asked for")
        .and_then(|()| expect_outcome(reply).map(|_| ()));
    world.judge(result)?;
    world
        .send(Request::get(&address).header("prefer", "handling=lenient"))
        .await?;
    let reply = world.reply()?;
    let result = expect_status(
        reply,
        &[200],
        "an answer, as lenient handling was asked for",
    )
    .and_then(|()| expect_resource(reply, "Bundle"))
    .and_then(|found| match bundle::link(&found, "self") {
        None => {
            Err(Mismatch::new("a link that tells what was searched", "there is none").at("$.link"))
        }
        Some(own) if own.contains(UNKNOWN) => Err(Mismatch::new(
            "a link to itself without the unknown parameter",
            "it claims to have heeded it",
        )
        .at("$.link")),
        Some(_) => Ok(()),
    });
    world.judge(result)
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
    use super::{deleted, expect_pages, versioned};
    use crate::steps::harvest::Harvest;
    use serde_json::{Value, json};
    use std::collections::BTreeSet;

    fn page(ids: &[&str], total: u64) -> Value {
        let entry: Vec<Value> = ids
            .iter()
            .map(|id| json!({"resource": {"id": id}, "search": {"mode": "match"}}))
            .collect();
        json!({"entry": entry, "total": total, "link": [{"relation": "self", "url": "https://x.example/fhir"}]})
    }

    #[test]
    fn pages_hold_every_result_once() {
        let harvest = Harvest {
            records: vec![json!({"id": "1"}), json!({"id": "2"}), json!({"id": "3"})],
            ..Harvest::default()
        };
        let problem =
            |pages: &[Value]| expect_pages(pages, &harvest).map_err(|mismatch| mismatch.expected);
        assert_eq!(problem(&[page(&["1", "2"], 3), page(&["3"], 3)]), Ok(()));
        assert!(
            problem(&[page(&["1", "2"], 3), page(&["2", "3"], 3)])
                .unwrap_err()
                .contains("once")
        );
        assert!(
            problem(&[page(&["1", "2"], 3)])
                .unwrap_err()
                .contains("over its pages")
        );
        assert!(
            problem(&[page(&["1", "2"], 2), page(&["3"], 2)])
                .unwrap_err()
                .contains("total")
        );
        let mut relative = page(&["1", "2", "3"], 3);
        relative["link"][0]["url"] = json!("?page=2");
        assert!(problem(&[relative]).unwrap_err().contains("addresses"));
    }

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
}
