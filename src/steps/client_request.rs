//! What a client under test submits, whatever kind of client it is: headers, resources in what it sends.

use super::drive::{Arguments, Halt, Outcome};
use super::harvest::Harvest;
use super::world::hearing::sent;
use super::{Mismatch, World};
use crate::fhir::path;
use serde_json::Value;
use std::collections::BTreeSet;
use std::sync::Arc;

/// Profiles of what clients submit.
const SUBMITTED: [&str; 6] = [
    "hrex-consent",
    "hrex-coverage",
    "hrex-patient-demographics",
    "pdex-multi-member-match-bundle-in",
    "cdex-task-data-request",
    "cdex-task-attachment-request",
];

super::book::steps! {
    /// Each of the requests heard has `respond-async` among the preferences of its `Prefer` header.
    r"^it asks to be answered later$" => asks_for_later;
    /// Turns to the requests that had a single member matched.
    r"^the new payer has a member matched$" => matches_one;
    /// Takes the resources of a kind out of the bodies heard, to be judged as records of the profile; skips without any.
    r"^every ([A-Z][A-Za-z]+) it submits is taken for (?:a|an) (\S+)$" => taken;
}

async fn matches_one(world: &mut World, _: Arguments<'_>) -> Outcome {
    world.hear("have a member matched ($member-match)", |heard| {
        heard.request.path.replace("%24", "$") == "/Patient/$member-match"
    })
}

async fn asks_for_later(world: &mut World, _: Arguments<'_>) -> Outcome {
    world.judge_heard(|heard| {
        let prefer = heard.request.headers.get_all("prefer");
        let values: Vec<&str> = prefer.iter().filter_map(|one| one.to_str().ok()).collect();
        let mut preferences = values.iter().flat_map(|value| value.split([',', ';']));
        if preferences.any(|one| one.trim().eq_ignore_ascii_case("respond-async")) {
            return Ok(());
        }
        let actual = match values.is_empty() {
            true => "no Prefer header".to_owned(),
            false => format!("Prefer: {}", values.join(", ")),
        };
        Err(Mismatch::new("Prefer: respond-async", actual).at("header Prefer"))
    })
}

async fn taken(world: &mut World, arguments: Arguments<'_>) -> Outcome {
    let (kind, name) = (arguments.word(1), arguments.word(2));
    let profile = world.profile(name)?;
    let judge = world.target()?.judge;
    let mut harvest = Harvest::default();
    let mut seen = BTreeSet::new();
    for heard in world.heard() {
        let body = sent(&heard);
        for record in resources(&body, kind) {
            if seen.insert(record.to_string()) {
                harvest.prints.push(judge.print(record));
                harvest.records.push(record.clone());
            }
        }
    }
    if harvest.records.is_empty() {
        return Err(Halt::Skip(format!(
            "no {kind} was submitted: let the client submit one"
        )));
    }
    let origin = SUBMITTED.iter().find(|known| **known == profile.name);
    let origin =
        origin.ok_or_else(|| Halt::Error(format!("nothing that is submitted is a {name}")))?;
    harvest.origins = vec![*origin; harvest.records.len()];
    world.harvested.push((kind.to_owned(), Arc::new(harvest)));
    Ok(())
}

/// The resources of a kind in what is submitted: itself, or in its parameters and their parts.
fn resources<'b>(body: &'b Value, kind: &str) -> Vec<&'b Value> {
    let places = ["parameter.resource", "parameter.part.resource"];
    let inside = places.iter().flat_map(|place| path::elements(body, place));
    std::iter::once(body)
        .chain(inside)
        .filter(|resource| resource["resourceType"] == kind)
        .collect()
}
