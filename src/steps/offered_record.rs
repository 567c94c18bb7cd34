//! Records that a payer offers by its declaration: whether what is declared works (CDex, data consumer).

use super::capability::{has_interaction, resource};
use super::drive::{Arguments, Halt, Outcome};
use super::expect::{describe, expect_resource, expect_status};
use super::{Mismatch, World};
use crate::fhir::bundle;
use crate::http::Request;
use http::Method;
use serde_json::{Value, json};

super::book::steps! {
    /// Finds a record of the kind by a search, reads it, and reads its version, as far as each is declared.
    r"^(\w+) records that are offered can be found and read$" => found_and_read;
    /// Reads the history of a record of the kind and of the kind, as far as each is declared.
    r"^histories of (\w+) records can be read where they are offered$" => histories;
    /// Creates a document, reads it, reads its version and changes it, as far as each is declared.
    r"^a document can be kept with the payer, as far as that is offered$" => kept;
    /// Asks for a batch, a search or a history of the whole system, as far as each is declared.
    r"^what is offered for the system as a whole works$" => system;
}

/// What a kind offers, and where one of its records is.
pub(super) struct Offered {
    kind: String,
    declared: Value,
}

impl Offered {
    pub(super) fn has(&self, code: &str) -> bool {
        has_interaction(&self.declared, code)
    }
}

impl World {
    /// What the payer declares of a kind; does not concern a payer that declares nothing of it.
    pub(super) async fn offered(&mut self, kind: &str) -> Result<Offered, Halt> {
        let statement = self.known_statement().await?;
        let declared = resource(&statement, kind).cloned();
        let declared = declared.ok_or_else(|| {
            Halt::Inapplicable(format!("the payer does not offer {kind} records"))
        })?;
        Ok(Offered {
            kind: kind.to_owned(),
            declared,
        })
    }

    /// Id of a record of the kind: a configured one, or the first that a search finds.
    async fn one_of(&mut self, offered: &Offered) -> Result<String, Halt> {
        let kind = &offered.kind;
        if let Some(reference) = self.authorization_of(Some(kind))? {
            return Ok(reference.trim_start_matches(&format!("{kind}/")).to_owned());
        }
        let nothing = || {
            Halt::Skip(format!(
                "no {kind} record is known, and a search for any finds none"
            ))
        };
        if !offered.has("search-type") {
            return Err(nothing());
        }
        self.prepare(Request::get(format!("{kind}?_count=1")))
            .await?;
        let found = self.reply()?.json().unwrap_or_default();
        let first = bundle::matches(&found).find(|one| one["resourceType"] == kind.as_str());
        let id = first.and_then(|one| one["id"].as_str());
        id.map(str::to_owned).ok_or_else(nothing)
    }

    /// Asks for a record and holds the answer against what it is.
    async fn expect_at(
        &mut self,
        address: String,
        kind: &str,
        id: &str,
    ) -> Result<Result<Value, Mismatch>, Halt> {
        self.send(Request::get(address)).await?;
        let reply = self.reply()?;
        let read = expect_status(reply, &[200], "the record");
        Ok(read
            .and_then(|()| expect_resource(reply, kind))
            .and_then(|record| match record["id"] == id {
                true => Ok(record),
                false => Err(Mismatch::new("the record asked for", "another one").at("$.id")),
            }))
    }
}

async fn found_and_read(world: &mut World, arguments: Arguments<'_>) -> Outcome {
    let kind = arguments.word(1).to_owned();
    let offered = world.offered(&kind).await?;
    if !["search-type", "read", "vread"]
        .iter()
        .any(|code| offered.has(code))
    {
        return Err(Halt::Inapplicable(format!(
            "the payer offers neither searches nor reads of {kind} records"
        )));
    }
    let id = world.one_of(&offered).await?;
    let mut mismatches = Vec::new();
    if offered.has("search-type") {
        world.send(Request::get(format!("{kind}?_id={id}"))).await?;
        let reply = world.reply()?;
        let found = expect_status(reply, &[200], "a search set");
        let result = found
            .and_then(|()| expect_resource(reply, "Bundle"))
            .and_then(|set| {
                let is_there = bundle::matches(&set).any(|one| one["id"] == id.as_str());
                match set["type"] == "searchset" && is_there {
                    true => Ok(()),
                    false => Err(
                        Mismatch::new("a search set with the record", describe(reply))
                            .at("$.entry"),
                    ),
                }
            });
        mismatches.extend(result.err());
    }
    let mut version = None;
    if offered.has("read") {
        match world.expect_at(format!("{kind}/{id}"), &kind, &id).await? {
            Ok(record) => {
                let found = record.pointer("/meta/versionId").and_then(Value::as_str);
                version = found.map(str::to_owned);
            }
            Err(mismatch) => mismatches.push(mismatch),
        }
    }
    match version.filter(|_| offered.has("vread")) {
        Some(version) => {
            let address = format!("{kind}/{id}/_history/{version}");
            let result = world.expect_at(address, &kind, &id).await?;
            mismatches.extend(result.err());
        }
        None => world.note("its version is not known, or cannot be read by declaration"),
    }
    world.judge_each(mismatches)
}

async fn histories(world: &mut World, arguments: Arguments<'_>) -> Outcome {
    let kind = arguments.word(1).to_owned();
    let offered = world.offered(&kind).await?;
    let (of_one, of_all) = (offered.has("history-instance"), offered.has("history-type"));
    if !of_one && !of_all {
        return Err(Halt::Inapplicable(format!(
            "the payer offers no histories of {kind} records"
        )));
    }
    let id = world.one_of(&offered).await?;
    let addresses = [
        (of_one, format!("{kind}/{id}/_history")),
        (of_all, format!("{kind}/_history")),
    ];
    let mut mismatches = Vec::new();
    for (_, address) in addresses.into_iter().filter(|(is_offered, _)| *is_offered) {
        world.send(Request::get(address.clone())).await?;
        let reply = world.reply()?;
        let read = expect_status(reply, &[200], "the history");
        let result = read
            .and_then(|()| expect_resource(reply, "Bundle"))
            .and_then(|set| match set["type"] == "history" {
                true => Ok(()),
                false => Err(Mismatch::new("a Bundle of type history", "another one").at("$.type")),
            });
        mismatches.extend(result.err().map(|mismatch| mismatch.hint(address)));
    }
    world.judge_each(mismatches)
}

/// What was sent that did not come back as it was.
fn changed(sent: &Value, kept: &Value) -> Option<Mismatch> {
    let members = sent.as_object()?.iter();
    let mut lost = members.filter(|(name, value)| {
        !matches!(name.as_str(), "id" | "meta" | "subject") && kept[name.as_str()] != **value
    });
    let (name, _) = lost.next()?;
    Some(Mismatch::new("what was sent", "something else").at(format!("$.{name}")))
}

async fn kept(world: &mut World, _: Arguments<'_>) -> Outcome {
    let kind = "DocumentReference";
    let offered = world.offered(kind).await?;
    if !offered.has("create") {
        return Err(Halt::Inapplicable(
            "the payer does not offer to keep documents".into(),
        ));
    }
    let mut note = world.note_of_claim()?;
    world.send(Request::post_json(kind, &note)).await?;
    let reply = world.reply()?;
    let created = expect_status(reply, &[201, 200], "the document is kept");
    let location = reply.header("location").unwrap_or_default().to_owned();
    let id = match (created, identity(&location, kind), reply.json()) {
        (Err(mismatch), _, _) => return world.judge(Err(mismatch)),
        (_, Some(id), _) => id,
        (_, None, body) => {
            let id = body
                .ok()
                .and_then(|body| body["id"].as_str().map(str::to_owned));
            let Some(id) = id else {
                let mismatch = Mismatch::new("the address of the document", "nothing");
                return world.judge(Err(mismatch.at("header Location")));
            };
            id
        }
    };
    let mut mismatches = Vec::new();
    let mut version = None;
    if offered.has("read") {
        match world.expect_at(format!("{kind}/{id}"), kind, &id).await? {
            Ok(record) => {
                mismatches.extend(changed(&note, &record));
                let found = record.pointer("/meta/versionId").and_then(Value::as_str);
                version = found.map(str::to_owned);
            }
            Err(mismatch) => mismatches.push(mismatch),
        }
    }
    if let Some(version) = version.filter(|_| offered.has("vread")) {
        let address = format!("{kind}/{id}/_history/{version}");
        mismatches.extend(world.expect_at(address, kind, &id).await?.err());
    }
    if offered.has("update") {
        note["id"] = id.clone().into();
        note["description"] = "the same note, described".into();
        let change = Request::new(Method::PUT, format!("{kind}/{id}"))
            .header("content-type", "application/fhir+json")
            .body(note.to_string());
        world.send(change).await?;
        let result = expect_status(world.reply()?, &[200, 201], "the document is changed");
        mismatches.extend(result.err());
    }
    world.judge_each(mismatches)
}

/// The id in the address of a record of that kind.
fn identity(location: &str, kind: &str) -> Option<String> {
    let (_, rest) = location.rsplit_once(&format!("{kind}/"))?;
    let id = rest.split('/').next().filter(|id| !id.is_empty());
    id.map(str::to_owned)
}

async fn system(world: &mut World, _: Arguments<'_>) -> Outcome {
    let statement = world.known_statement().await?;
    let declared = statement
        .pointer("/rest/0/interaction")
        .and_then(Value::as_array);
    let declared = declared.map(Vec::as_slice).unwrap_or_default();
    let has = |code: &str| declared.iter().any(|one| one["code"] == code);
    let mut asked = Vec::new();
    if has("batch") {
        let entry = json!({"request": {"method": "GET", "url": "DocumentReference/there-is-no-such-record"}});
        let body = json!({"resourceType": "Bundle", "type": "batch", "entry": [entry]});
        asked.push((Request::post_json("", &body), "batch-response"));
    }
    if has("history-system") {
        asked.push((Request::get("_history?_count=1"), "history"));
    }
    if has("search-system") {
        asked.push((
            Request::get("?_type=DocumentReference&_count=1"),
            "searchset",
        ));
    }
    if asked.is_empty() {
        return Err(Halt::Inapplicable(
            "the payer offers nothing for the system as a whole that can be tried without harm"
                .into(),
        ));
    }
    let mut mismatches = Vec::new();
    for (request, kind) in asked {
        world.send(request).await?;
        let reply = world.reply()?;
        let answered = expect_status(reply, &[200], "an answer");
        let result = answered
            .and_then(|()| expect_resource(reply, "Bundle"))
            .and_then(|set| match set["type"] == kind {
                true => Ok(()),
                false => Err(
                    Mismatch::new(format!("a Bundle of type {kind}"), describe(reply)).at("$.type"),
                ),
            });
        mismatches.extend(result.err());
    }
    world.judge_each(mismatches)
}
