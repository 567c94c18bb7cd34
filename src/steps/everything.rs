//! Everything about a member at once (`Patient/{id}/$everything`).

use super::authorization::is_authorization;
use super::drive::{Arguments, Halt, Outcome};
use super::expect::{describe, expect_resource, expect_status};
use super::harvest::ABOUT_MEMBER;
use super::mismatch::name_of;
use super::price::prices;
use super::{Mismatch, World};
use crate::fhir::{Reference, bundle, path};
use crate::http::Request;
use serde_json::Value;
use std::collections::BTreeSet;
use std::sync::Arc;

super::book::steps! {
    /// Asks for everything about the member.
    r"^the new payer asks for everything about the member$" => ask;
    /// A search set with exactly one Patient, the member.
    r"^it comes as one bundle with the member's own record$" => comes;
    /// Fetches everything about the member to the last page, and keeps it; skips when that is refused.
    r"^the new payer fetches everything about the member$" => fetch;
    /// No record in it is about another person, and there are records besides the member's own.
    r"^nothing in it is about anybody else$" => nobody_else;
    /// None of the configured sensitive records is in it.
    r"^the sensitive records are not in it$" => without_sensitive;
    /// All of the configured sensitive records are in it.
    r"^the sensitive records are in it$" => with_sensitive;
    /// The prior authorizations that a search finds are in it, and no claim is.
    r"^it holds the prior authorizations and no claims$" => authorizations_alone;
    /// The prior authorizations that a search finds are in it, and a claim without prices is.
    r"^it holds the prior authorizations and the claims$" => authorizations_and_claims;
    /// Every claim that a search finds is in it.
    r"^none of the member's claims is left out of it$" => no_claim_left_out;
    /// Every record about the member that a search finds is in it.
    r"^it holds every record that searches find$" => holds_all;
    /// Every record about the member in it is found by a search.
    r"^searches find every record that it holds$" => found_all;
    /// Practitioners, organisations, places, medicines and contents that its records refer to are in it.
    r"^it holds what its records refer to$" => holds_references;
    /// No claim in it has an amount or a price.
    r"^none of the claims in it shows a price$" => no_price;
}

/// Kinds that records refer to and that come along.
const AROUND: [&str; 8] = [
    "Practitioner",
    "PractitionerRole",
    "Organization",
    "Location",
    "Medication",
    "Binary",
    "RelatedPerson",
    "Device",
];

impl World {
    /// Everything about the member with these further parameters (`&_count=2`), read to the last page;
    /// `None` when it is refused.
    pub(super) async fn everything(
        &mut self,
        parameters: &str,
    ) -> Result<Option<Vec<Value>>, Halt> {
        let id = self.member_record().await?;
        let query = match parameters {
            "" => format!("Patient/{id}/$everything"),
            _ => format!("Patient/{id}/$everything?{parameters}"),
        };
        let pages = self.read_pages(&query).await?;
        Ok(pages.map(|pages| [pages.matches, pages.includes].concat()))
    }

    /// The same, or a skip when it is refused, because other scenarios judge that.
    ///
    /// What consent allows may change in a scenario that matches the member itself; for all others it is
    /// read once in a run.
    pub(super) async fn everything_or_skip(&mut self) -> Result<Arc<Vec<Value>>, Halt> {
        if self.known_record.is_none() {
            return self.all_or_skip().await.map(Arc::new);
        }
        let about = format!("{} {}", self.system()?, self.member_record().await?);
        let context = self.context()?;
        let learn = async { self.all_or_skip().await.map(Arc::new) };
        context.memory.everything(about, learn).await
    }

    async fn all_or_skip(&mut self) -> Result<Vec<Value>, Halt> {
        if let Some(all) = self.everything("").await? {
            return Ok(all);
        }
        let said = describe(self.reply()?);
        Err(Halt::Skip(format!(
            "everything about the member cannot be fetched: {said}"
        )))
    }
}

async fn ask(world: &mut World, _: Arguments<'_>) -> Outcome {
    let id = world.member_record().await?;
    world
        .send(Request::get(format!("Patient/{id}/$everything")))
        .await
}

async fn comes(world: &mut World, _: Arguments<'_>) -> Outcome {
    let id = world.member_record().await?;
    let reply = world.reply()?;
    let result = expect_status(reply, &[200], "everything about the member is given out")
        .and_then(|()| expect_resource(reply, "Bundle"))
        .and_then(|found| {
            if found["type"] != "searchset" {
                let kind = found["type"].as_str().unwrap_or("none");
                return Err(Mismatch::new("a Bundle of type searchset", kind).at("$.type"));
            }
            let ids: Vec<&str> = bundle::entries(&found)
                .iter()
                .map(|entry| &entry["resource"])
                .filter(|one| one["resourceType"] == "Patient")
                .map(|one| one["id"].as_str().unwrap_or("?"))
                .collect();
            if ids == [id.as_str()] {
                return Ok(());
            }
            let actual = match ids.len() {
                0 => "no Patient at all".to_owned(),
                count => format!("{count} Patient resources: {}", ids.join(", ")),
            };
            Err(Mismatch::new("exactly one Patient, the member", actual).at("$.entry"))
        });
    world.judge(result)
}

async fn fetch(world: &mut World, _: Arguments<'_>) -> Outcome {
    world.records = world.everything_or_skip().await?.into();
    world.note(format!("{} records in it", world.records.len()));
    Ok(())
}

/// Ids of the Patients a record is about.
fn about(record: &Value) -> Vec<String> {
    if record["resourceType"] == "Patient" {
        return vec![record["id"].as_str().unwrap_or("?").to_owned()];
    }
    ["subject", "patient", "beneficiary", "subscriber"]
        .iter()
        .filter(|name| **name != "subscriber" || record["resourceType"] != "Coverage")
        .filter_map(|name| record[*name]["reference"].as_str())
        .filter_map(|text| {
            let parsed = Reference::parse(text);
            let (kind, id) = parsed.target()?;
            (kind == "Patient").then(|| id.to_owned())
        })
        .collect()
}

/// Records about somebody else than that member.
pub(super) fn strangers<'a>(records: &'a [Value], member: &str) -> Vec<&'a Value> {
    let is_strange = |record: &&Value| about(record).iter().any(|id| id != member);
    records.iter().filter(is_strange).collect()
}

async fn nobody_else(world: &mut World, _: Arguments<'_>) -> Outcome {
    let member = world.member_record().await?;
    let own = world
        .records
        .iter()
        .filter(|one| about(one).contains(&member))
        .count();
    let strange: Vec<Mismatch> = strangers(&world.records, &member)
        .into_iter()
        .map(|record| {
            Mismatch::new(
                "records about the member alone",
                "a record about somebody else",
            )
            .at(name_of(record))
        })
        .collect();
    if own < 2 && strange.is_empty() {
        return Err(Halt::Skip(
            "nothing but the member's own record is in it".into(),
        ));
    }
    world.judge_each(strange)
}

/// Whether a record of that name (`Type/id`) is among those fetched.
fn has(world: &World, name: &str) -> bool {
    world.records.iter().any(|record| name_of(record) == name)
}

/// The configured sensitive records, judged for being there or not.
fn judge_sensitive(world: &mut World, wanted: bool) -> Outcome {
    let records = world.member()?.sensitive_records.clone();
    if records.is_empty() {
        return Err(Halt::Skip(
            "list the test member's sensitive_records in vitruvian.toml".into(),
        ));
    }
    let wrong = records
        .iter()
        .filter(|name| has(world, name) != wanted)
        .map(|name| {
            let (expected, actual) = if wanted {
                (
                    "the sensitive record, which the consent covers, is in it",
                    "it is missing",
                )
            } else {
                (
                    "the sensitive record, which the consent does not cover, is left out",
                    "it is in it",
                )
            };
            Mismatch::new(expected, actual).at(name.clone())
        });
    let wrong = wrong.collect();
    world.judge_each(wrong)
}

async fn without_sensitive(world: &mut World, _: Arguments<'_>) -> Outcome {
    judge_sensitive(world, false)
}

async fn with_sensitive(world: &mut World, _: Arguments<'_>) -> Outcome {
    judge_sensitive(world, true)
}

/// Findings for those of the records found by a search that were not fetched.
fn left_out(world: &World, found: &[Value]) -> Vec<Mismatch> {
    let fetched: BTreeSet<String> = world.records.iter().map(name_of).collect();
    let missing = found
        .iter()
        .map(name_of)
        .filter(|name| !fetched.contains(name));
    missing
        .map(|name| {
            Mismatch::new(
                "everything at once holds what a search finds",
                "it is missing",
            )
            .at(name)
        })
        .collect()
}

/// The member's prior authorizations as a search finds them; skips when there are none.
async fn authorizations(world: &mut World) -> Result<Vec<Value>, Halt> {
    let harvest = world.harvest("ExplanationOfBenefit").await?;
    let found: Vec<Value> = harvest
        .records
        .iter()
        .filter(|one| is_authorization(one))
        .cloned()
        .collect();
    if found.is_empty() {
        return Err(Halt::Skip(
            "the member has no prior authorizations; give a test member who has some".into(),
        ));
    }
    Ok(found)
}

/// The claims that were fetched.
fn fetched_claims(world: &World) -> Vec<&Value> {
    let benefits = world
        .records
        .iter()
        .filter(|one| one["resourceType"] == "ExplanationOfBenefit");
    benefits.filter(|one| !is_authorization(one)).collect()
}

async fn authorizations_alone(world: &mut World, _: Arguments<'_>) -> Outcome {
    let found = authorizations(world).await?;
    let mut mismatches = left_out(world, &found);
    mismatches.extend(fetched_claims(world).into_iter().map(|claim| {
        Mismatch::new("prior authorizations and no claims", "a claim").at(name_of(claim))
    }));
    world.judge_each(mismatches)
}

/// The member's claims as a search finds them; skips when there are none.
async fn claims(world: &mut World) -> Result<Vec<Value>, Halt> {
    let claims = world.claims().await?;
    if claims.is_empty() {
        return Err(Halt::Skip(
            "the member has no claims; give a test member who has some".into(),
        ));
    }
    Ok(claims)
}

async fn authorizations_and_claims(world: &mut World, _: Arguments<'_>) -> Outcome {
    let found = authorizations(world).await?;
    claims(world).await?;
    let mut mismatches = left_out(world, &found);
    let is_basis = |claim: &&Value| {
        path::elements(claim, "meta.profile")
            .iter()
            .filter_map(|profile| profile.as_str()?.split('|').next())
            .any(|profile| {
                profile.contains("/C4BB-ExplanationOfBenefit-") && profile.ends_with("-Basis")
            })
    };
    if !fetched_claims(world).iter().any(is_basis) {
        mismatches.push(
            Mismatch::new("claims that follow a CARIN Basis profile", "there are none")
                .at("$.entry"),
        );
    }
    world.judge_each(mismatches)
}

async fn no_claim_left_out(world: &mut World, _: Arguments<'_>) -> Outcome {
    let found = claims(world).await?;
    let mismatches = left_out(world, &found);
    world.judge_each(mismatches)
}

/// Kinds that are compared between searches and everything at once. Provenance is judged for itself, and
/// a Consent tells of the exchange.
fn compared() -> impl Iterator<Item = &'static str> {
    let all = ABOUT_MEMBER.iter().map(|(kind, _)| *kind);
    all.filter(|kind| !matches!(*kind, "Provenance" | "Consent"))
}

/// What searches find about the member, of all kinds that can be searched. Claims are left out where
/// everything at once is to be without them.
async fn search_all(world: &mut World) -> Result<(Vec<Value>, BTreeSet<&'static str>), Halt> {
    let has_claims = world.ig()? == "pdex@2.2.0";
    let (mut found, mut kinds) = (Vec::new(), BTreeSet::new());
    for kind in compared() {
        let harvest = match world.harvest(kind).await {
            Ok(harvest) => harvest,
            Err(Halt::Skip(_)) => continue,
            Err(halt) => return Err(halt),
        };
        kinds.insert(kind);
        let counts = |one: &&Value| {
            has_claims || one["resourceType"] != "ExplanationOfBenefit" || is_authorization(one)
        };
        found.extend(harvest.records.iter().filter(counts).cloned());
    }
    if found.is_empty() {
        return Err(Halt::Skip("searches find nothing about the member".into()));
    }
    Ok((found, kinds))
}

async fn holds_all(world: &mut World, _: Arguments<'_>) -> Outcome {
    let (found, _) = search_all(world).await?;
    let mismatches = left_out(world, &found);
    world.judge_each(mismatches)
}

async fn found_all(world: &mut World, _: Arguments<'_>) -> Outcome {
    let member = world.member_record().await?;
    let (found, kinds) = search_all(world).await?;
    let found: BTreeSet<String> = found.iter().map(name_of).collect();
    let is_missing = |record: &&Value| {
        let kind = record["resourceType"].as_str().unwrap_or_default();
        let is_claim = kind == "ExplanationOfBenefit" && !is_authorization(record);
        kinds.contains(kind)
            && !is_claim
            && about(record).contains(&member)
            && !found.contains(&name_of(record))
    };
    let missing = world.records.iter().filter(is_missing).map(|record| {
        Mismatch::new(
            "what is in it is found by a search, too",
            "no search finds it",
        )
        .at(name_of(record))
    });
    let missing = missing.collect();
    world.judge_each(missing)
}

async fn holds_references(world: &mut World, _: Arguments<'_>) -> Outcome {
    let mut wanted = BTreeSet::new();
    for record in world
        .records
        .iter()
        .filter(|one| one["resourceType"] != "Provenance")
    {
        for kind in AROUND {
            let mut found = BTreeSet::new();
            super::harvest::references_to(record, kind, &mut found);
            wanted.extend(found.into_iter().filter(|one| world.is_own(one)));
        }
    }
    if wanted.is_empty() {
        return Err(Halt::Skip(
            "the records in it refer to nobody and nothing".into(),
        ));
    }
    let is_missing = |reference: &&String| {
        let parsed = Reference::parse(reference);
        parsed
            .target()
            .is_some_and(|(kind, id)| !has(world, &format!("{kind}/{id}")))
    };
    let missing = wanted.iter().filter(is_missing).map(|reference| {
        Mismatch::new("what a record refers to is in it, too", "it is missing")
            .at(reference.clone())
    });
    let missing = missing.collect();
    world.judge_each(missing)
}

async fn no_price(world: &mut World, _: Arguments<'_>) -> Outcome {
    let mut mismatches = Vec::new();
    let claims = fetched_claims(world);
    if claims.is_empty() {
        return Err(Halt::Skip("there are no claims in it".into()));
    }
    for claim in claims {
        for place in prices(claim)? {
            mismatches.push(
                Mismatch::new("claims without prices for payers and providers", "a price")
                    .at(format!("{}: {place}", name_of(claim))),
            );
        }
    }
    world.judge_each(mismatches)
}
