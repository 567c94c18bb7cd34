//! For whom the members of a Group were matched, and since when: what a matched Group says they have in common.

use super::drive::{Arguments, Halt, Outcome};
use super::matched_group::matched;
use super::sorted::RESULT;
use super::{Mismatch, World};
use crate::config::NPI_SYSTEM;
use serde_json::Value;
use time::{Date, Duration};

super::book::steps! {
    /// Code `match`, and a characteristic that names the caller, is not an exclusion and starts today.
    r"^the group of those who matched says for whom they were matched and since when$" => says_for_whom;
    /// The characteristic `match` names the caller by NPI or by a reference; skips when it names nobody.
    r"^the group of those who matched is for the payer that asked$" => for_caller;
    /// The characteristic `match` starts today; skips when it says nothing of it.
    r"^the group of those who matched is as old as the match$" => since_match;
}

fn has_match(concept: &Value) -> bool {
    let codings = concept["coding"].as_array();
    codings
        .into_iter()
        .flatten()
        .any(|coding| coding["system"] == RESULT && coding["code"] == "match")
}

/// The characteristic with the code `match`.
fn characteristic(group: &Value) -> Option<&Value> {
    let all = group["characteristic"].as_array();
    all.into_iter()
        .flatten()
        .find(|one| has_match(&one["code"]))
}

/// Whether a characteristic names the payer that asked.
fn names_caller(characteristic: &Value, requester: &str) -> Result<(), Mismatch> {
    let value = &characteristic["valueReference"];
    let identifier = &value["identifier"];
    let is_named = match identifier["value"].as_str() {
        Some(value) => identifier["system"] == NPI_SYSTEM && value == requester,
        None => value["reference"].is_string(),
    };
    if is_named {
        return Ok(());
    }
    let expected = format!("the payer that asked, by its NPI {requester} or by a reference");
    Err(Mismatch::new(expected, value.to_string()).at("Group.characteristic.valueReference"))
}

/// Whether a characteristic starts today. The payer's clock may be a day ahead or behind ours.
fn starts_today(characteristic: &Value, today: Date) -> Result<(), Mismatch> {
    let start = characteristic["period"]["start"]
        .as_str()
        .unwrap_or_default();
    let mut days = [-1, 0, 1]
        .map(|days| (today + Duration::days(days)).to_string())
        .into_iter();
    if days.any(|day| start.starts_with(day.as_str())) {
        return Ok(());
    }
    let actual = if start.is_empty() { "none" } else { start };
    Err(Mismatch::new("the day of the match", actual).at("Group.characteristic.period.start"))
}

async fn says_for_whom(world: &mut World, _: Arguments<'_>) -> Outcome {
    let group = matched(world.sorted()?)?;
    let context = world.context()?;
    let result = if !has_match(&group["code"]) {
        Err(Mismatch::new("the code match", group["code"].to_string()).at("Group.code"))
    } else if let Some(one) = characteristic(&group) {
        names_caller(one, &context.requester.npi)
            .and_then(|()| {
                if one["exclude"] == false {
                    return Ok(());
                }
                Err(
                    Mismatch::new("exclude is false", one["exclude"].to_string())
                        .at("Group.characteristic.exclude"),
                )
            })
            .and_then(|()| starts_today(one, context.today))
    } else {
        Err(
            Mismatch::new("a characteristic with the code match", "there is none")
                .at("Group.characteristic"),
        )
    };
    world.judge(result)
}

/// The characteristic `match` of the matched Group, if it has that element.
fn common(world: &World, element: &str) -> Result<Value, Halt> {
    let group = matched(world.sorted()?)?;
    let found = characteristic(&group).filter(|one| !one[element].is_null());
    found.cloned().ok_or_else(|| {
        Halt::Skip(format!(
            "the group of matched members has no characteristic match with {element}"
        ))
    })
}

async fn for_caller(world: &mut World, _: Arguments<'_>) -> Outcome {
    let one = common(world, "valueReference")?;
    let requester = world.context()?.requester.npi.clone();
    world.judge(names_caller(&one, &requester))
}

async fn since_match(world: &mut World, _: Arguments<'_>) -> Outcome {
    let one = common(world, "period")?;
    let today = world.context()?.today;
    world.judge(starts_today(&one, today))
}
