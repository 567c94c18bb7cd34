//! Searching for records: paging, page size, forms of parameters.

use super::drive::{Arguments, Halt, Outcome};
use super::expect::{expect_resource, expect_status};
use super::{Mismatch, World};
use crate::fhir::bundle;
use crate::http::Request;
use serde_json::Value;
use std::collections::BTreeSet;

super::book::steps! {
    /// Looks for a search on the member's data that has at least three results.
    r"^a search with several results$" => several;
    /// Follows the pages of that search, two results each, and compares with the whole.
    r"^its pages, read to the end, hold every result exactly once$" => pages;
    /// Repeats that search with a page size of one.
    r"^asking for one result at a time gives no more than one$" => one_at_a_time;
    /// Searches conditions by category, with and without the system.
    r"^conditions are found by code alone as well as by system and code$" => token_forms;
    /// Searches conditions by the member's record number, with and without the type.
    r"^conditions are found by record number alone as well as by type and number$" => reference_forms;
}

/// Pages followed at most.
const PAGE_LIMIT: usize = 50;

/// A search that was found to have several results.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Found {
    /// The search, below the base URL.
    query: String,
    /// `Type/id` of every result.
    results: BTreeSet<String>,
}

/// `Type/id` of the entries that matched the search, in order.
fn matches(found: &Value) -> Vec<String> {
    let text = |value: &Value| value.as_str().unwrap_or("?").to_owned();
    bundle::matches(found)
        .filter(|resource| resource["resourceType"] != "OperationOutcome")
        .map(|resource| {
            format!(
                "{}/{}",
                text(&resource["resourceType"]),
                text(&resource["id"])
            )
        })
        .collect()
}

impl World {
    /// Runs a search and reads all its pages; `None` when it is not answered with a Bundle.
    async fn search_all(&mut self, query: &str) -> Result<Option<Vec<String>>, Halt> {
        let mut results = Vec::new();
        let mut page = Some(query.to_owned());
        let mut seen = BTreeSet::new();
        while let Some(address) = page.take() {
            if !seen.insert(address.clone()) || seen.len() > PAGE_LIMIT {
                break;
            }
            self.send(Request::get(&address)).await?;
            let reply = self.reply()?;
            let Ok(found) =
                expect_status(reply, &[200], "").and_then(|()| expect_resource(reply, "Bundle"))
            else {
                return Ok(None);
            };
            results.extend(matches(&found));
            page = bundle::link(&found, "next")
                .filter(|next| self.is_own(next))
                .map(str::to_owned);
        }
        Ok(Some(results))
    }
}

async fn several(world: &mut World, _: Arguments<'_>) -> Outcome {
    let id = world.member_record().await?;
    let family = world.member()?.family.clone().unwrap_or_default();
    let by_name = url::form_urlencoded::Serializer::new(String::new())
        .append_pair("family", &family)
        .finish();
    let mut candidates = vec![format!("Patient?{by_name}")];
    for kind in [
        "Observation",
        "Condition",
        "Encounter",
        "ExplanationOfBenefit",
        "Coverage",
    ] {
        candidates.push(format!("{kind}?patient={id}"));
    }
    for query in candidates {
        if let Some(results) = world.search_all(&query).await?
            && results.len() >= 3
        {
            world.search = Some(Found {
                query,
                results: results.into_iter().collect(),
            });
            return Ok(());
        }
    }
    Err(Halt::Skip("no search on this member has three results; give a test member with at least three observations".into()))
}

fn found(world: &World) -> Result<Found, Halt> {
    world
        .search
        .clone()
        .ok_or_else(|| Halt::Error("no search was chosen before this step".into()))
}

async fn pages(world: &mut World, _: Arguments<'_>) -> Outcome {
    let found = found(world)?;
    // Few pages, so that a long result is still read to its end.
    let size = found.results.len().div_ceil(20).max(2);
    let paged = world
        .search_all(&format!("{}&_count={size}", found.query))
        .await?;
    let result = match paged {
        None => Err(Mismatch::new(
            "every page is a Bundle",
            "a page could not be read",
        )),
        Some(paged) => {
            let once: BTreeSet<String> = paged.iter().cloned().collect();
            let missing: Vec<&String> = found.results.difference(&once).collect();
            if !missing.is_empty() {
                Err(Mismatch::new(
                    format!("all {} results over the pages", found.results.len()),
                    format!("{} of them, {} missing", once.len(), missing.len()),
                ))
            } else if paged.len() > once.len() {
                Err(Mismatch::new(
                    "every result once",
                    format!("{} repeated", paged.len() - once.len()),
                ))
            } else {
                Ok(())
            }
        }
    };
    world.judge(result.map_err(|mismatch| mismatch.at("$.link[?(@.relation=='next')].url")))
}

async fn one_at_a_time(world: &mut World, _: Arguments<'_>) -> Outcome {
    let found = found(world)?;
    world
        .send(Request::get(format!("{}&_count=1", found.query)))
        .await?;
    let result =
        expect_resource(world.reply()?, "Bundle").and_then(|found| match matches(&found).len() {
            0 | 1 => Ok(()),
            count => Err(Mismatch::new(
                "at most one result on the page",
                format!("{count} of them"),
            )
            .at("$.entry")),
        });
    world.judge(result)
}

/// Two searches find the same. Skips when the first finds nothing to compare with.
async fn same_results(world: &mut World, short: &str, long: &str) -> Outcome {
    let sorted = |results: Option<Vec<String>>| results.map(BTreeSet::from_iter);
    let first: Option<BTreeSet<String>> = sorted(world.search_all(short).await?);
    let second: Option<BTreeSet<String>> = sorted(world.search_all(long).await?);
    let result = match (first, second) {
        (Some(first), Some(second)) if first.is_empty() && second.is_empty() => {
            return Err(Halt::Skip(
                "the member has no conditions; give a test member who has some".into(),
            ));
        }
        (Some(first), Some(second)) if first == second => Ok(()),
        (Some(first), Some(second)) => Err(Mismatch::new(
            "both forms find the same",
            format!(
                "{} results by the short form, {} by the long one",
                first.len(),
                second.len()
            ),
        )),
        _ => Err(Mismatch::new(
            "both forms are answered with a Bundle",
            "one of them is not",
        )),
    };
    world.judge(result)
}

async fn token_forms(world: &mut World, _: Arguments<'_>) -> Outcome {
    let id = world.member_record().await?;
    world
        .prepare(Request::get(format!("Condition?patient={id}")))
        .await?;
    let found = world.reply()?.json().unwrap_or_default();
    let category = bundle::matches(&found).find_map(|condition| {
        let coding = condition.pointer("/category/0/coding/0")?;
        Some((
            coding["system"].as_str()?.to_owned(),
            coding["code"].as_str()?.to_owned(),
        ))
    });
    let Some((system, code)) = category else {
        return Err(Halt::Skip(
            "the member has no conditions with a category; give a test member who has some".into(),
        ));
    };
    let query = |token: &str| {
        let encoded = url::form_urlencoded::Serializer::new(String::new())
            .append_pair("category", token)
            .finish();
        format!("Condition?patient={id}&{encoded}")
    };
    same_results(world, &query(&code), &query(&format!("{system}|{code}"))).await
}

async fn reference_forms(world: &mut World, _: Arguments<'_>) -> Outcome {
    let id = world.member_record().await?;
    same_results(
        world,
        &format!("Condition?patient={id}"),
        &format!("Condition?patient=Patient/{id}"),
    )
    .await
}
