//! How the payer's interface behaves, whatever is asked: formats, errors, pages.

use super::drive::{Arguments, Halt, Outcome};
use super::expect::{expect_outcome, expect_resource, expect_status};
use super::harvest::Harvest;
use super::reading::{NOWHERE, expect_searchset};
use super::{Mismatch, World};
use crate::fhir::bundle;
use crate::http::{Reply, Request};
use serde_json::Value;
use std::collections::BTreeSet;
use std::sync::Arc;

super::book::steps! {
    /// Reads, searches and the declaration are answered in FHIR JSON, asked for by header or by parameter.
    r"^reads and searches are answered in FHIR JSON, however it is asked for$" => json;
    /// A read tells the version and its time in headers, if versions are declared; a search is a proper search set.
    r"^reads and searches are answered as FHIR says$" => shape;
    /// Values that cannot be are refused with status 400 and an error in an OperationOutcome.
    r"^a value that cannot be is refused as an invalid request$" => invalid_value;
    /// Unknown numbers and kinds are answered with status 404.
    r"^what does not exist is not found$" => not_found;
    /// A search in pages of two: each result once, as many as the total, links to the next page absolute and on the payer.
    r"^a long search comes in pages that keep what was asked$" => pages;
    /// Strict handling refuses an unknown parameter; lenient handling answers, and the link to itself leaves it out.
    r"^an unknown search parameter is refused when strictness is asked for, and told when not$" => unknown_parameter;
}

/// Kinds whose searches are most likely long.
const LONG: [&str; 4] = [
    "Observation",
    "Encounter",
    "Condition",
    "ExplanationOfBenefit",
];

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
    /// Reads the member's own record.
    pub(super) async fn read_own(&mut self) -> Result<(String, Result<Value, Mismatch>), Halt> {
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

async fn pages(world: &mut World, _: Arguments<'_>) -> Outcome {
    let mut long: Option<(&str, Arc<Harvest>)> = None;
    for kind in LONG {
        let Ok(harvest) = world.harvest(kind).await else {
            continue;
        };
        // The shortest that is long enough is the politest.
        let is_shorter = long
            .as_ref()
            .is_none_or(|(_, one)| harvest.records.len() < one.records.len());
        if harvest.records.len() > 2 && is_shorter {
            long = Some((kind, harvest));
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

#[cfg(test)]
mod tests {
    use super::expect_pages;
    use crate::steps::harvest::Harvest;
    use serde_json::{Value, json};

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
}
