//! Records that came from somebody else: an earlier payer, a provider, a claim.

use super::World;
use super::drive::{Arguments, Halt, Outcome};
use super::mismatch::name_of;
use super::provenance::{began, judge_records};
use super::told::{Exchange, Told, agents, is_of_type, source_formats};
use crate::config::Expectation;
use crate::fhir::{Span, path};
use serde_json::Value;
use std::collections::BTreeSet;
use std::sync::Arc;

super::book::steps! {
    /// Chooses a test member with configured `received_records`, and learns the record number.
    r"^a member whose records came in part from somebody else$" => with_received;
    /// Reads the configured `received_records` with their provenance; skips when they cannot be found.
    r"^the new payer reads what came from somebody else$" => read;
    /// Each has Provenance with an author, source or transmitter that is not the plan.
    r"^those it came from are still named$" => kept;
    /// Each has Provenance with the plan as an agent.
    r"^the plan has added its own part$" => added;
    /// What was received in other formats than FHIR has Provenance with an origin and the plan.
    r"^what was not received as FHIR names its source and the plan$" => foreign;
    /// Clinical records with the format of a claim have Provenance with an origin and the plan.
    r"^what was made from claims names its source and the plan$" => from_claims;
    /// Records of care before the coverage began have an origin and a format.
    r"^what is older than the coverage names its source and format$" => older;
}

async fn with_received(world: &mut World, _: Arguments<'_>) -> Outcome {
    let members = world.target()?.members;
    let nth = members
        .iter()
        .filter(|member| member.expect == Expectation::Match)
        .position(|member| !member.received_records.is_empty());
    let nth = nth.ok_or_else(|| {
        Halt::Skip(
            "list the received_records of a test member in vitruvian.toml: records that came from an earlier payer or a provider".into(),
        )
    })?;
    world.choose_of_payer(nth).await
}

async fn read(world: &mut World, _: Arguments<'_>) -> Outcome {
    let received: BTreeSet<String> = world.member()?.received_records.iter().cloned().collect();
    let kinds: BTreeSet<&str> = received
        .iter()
        .filter_map(|name| name.split('/').next())
        .collect();
    let mut exchanges = world
        .search_with_provenance(&|kind| kinds.contains(kind))
        .await?;
    for exchange in &mut exchanges {
        exchange
            .records
            .retain(|record| received.contains(&name_of(record)));
    }
    let found: usize = exchanges
        .iter()
        .map(|exchange| exchange.records.len())
        .sum();
    if found < received.len() {
        return Err(Halt::Skip(format!(
            "{} of the test member's received_records cannot be found",
            received.len() - found
        )));
    }
    world.keep_told(Arc::new(exchanges)).await
}

/// Whether a Provenance of somebody else is there: one in which the plan has no part, or another
/// transmitter than the plan.
fn has_other_origin(told: &Told, exchange: &Exchange, record: &Value) -> bool {
    exchange.of(record).any(|one| {
        let is_plan = |agent: &Value| told.is_plan(&agent["who"]);
        let agents = agents(one);
        !agents.is_empty() && !agents.iter().any(is_plan)
            || agents
                .iter()
                .any(|agent| is_of_type(agent, "transmitter") && !is_plan(agent))
    })
}

/// Whether an author or a source is named.
fn has_origin(exchange: &Exchange, record: &Value) -> bool {
    let is_origin = |agent: &Value| is_of_type(agent, "author") || is_of_type(agent, "source");
    exchange
        .of(record)
        .any(|one| agents(one).iter().any(is_origin))
}

/// Whether the plan took part, in whatever role.
fn has_plan(told: &Told, exchange: &Exchange, record: &Value) -> bool {
    exchange
        .of(record)
        .any(|one| agents(one).iter().any(|agent| told.is_plan(&agent["who"])))
}

async fn kept(world: &mut World, _: Arguments<'_>) -> Outcome {
    judge_records(
        world,
        "a Provenance that names who it came from",
        |told, exchange, record| {
            (!has_other_origin(told, exchange, record))
                .then(|| "nobody but the plan is named".to_owned())
        },
    )
}

async fn added(world: &mut World, _: Arguments<'_>) -> Outcome {
    judge_records(
        world,
        "a Provenance that names the plan",
        |told, exchange, record| {
            (!has_plan(told, exchange, record)).then(|| "the plan is not named".to_owned())
        },
    )
}

/// The codes of the formats a record was received in.
fn formats<'a>(exchange: &'a Exchange, record: &Value) -> Vec<&'a str> {
    exchange
        .of(record)
        .flat_map(source_formats)
        .flat_map(|concept| path::elements(concept, "coding.code"))
        .filter_map(Value::as_str)
        .collect()
}

/// Judges the records that were received in one of the formats `is_wanted` knows; skips when there are
/// none.
fn judge_format(
    world: &mut World,
    what: &str,
    is_wanted: impl Fn(&Value, &str) -> bool,
) -> Outcome {
    let concerned = |exchange: &Exchange, record: &Value| {
        formats(exchange, record)
            .iter()
            .any(|code| is_wanted(record, code))
    };
    let any = world
        .told
        .exchanges
        .iter()
        .any(|exchange| exchange.records.iter().any(|one| concerned(exchange, one)));
    if !any {
        return Err(Halt::Skip(format!(
            "no record says that it was {what}; give a test member with such records"
        )));
    }
    judge_records(
        world,
        "a Provenance that names the source and the plan",
        |told, exchange, record| {
            if !concerned(exchange, record) {
                return None;
            }
            match (
                has_origin(exchange, record),
                has_plan(told, exchange, record),
            ) {
                (true, true) => None,
                (true, false) => Some("the plan is not named".to_owned()),
                (false, _) => Some("no author or source is named".to_owned()),
            }
        },
    )
}

async fn foreign(world: &mut World, _: Arguments<'_>) -> Outcome {
    judge_format(world, "received in another format than FHIR", |_, code| {
        !code.starts_with("hl7fhir")
    })
}

async fn from_claims(world: &mut World, _: Arguments<'_>) -> Outcome {
    judge_format(world, "made from a claim", |record, code| {
        record["resourceType"] != "ExplanationOfBenefit" && matches!(code, "x12837" | "ncpdp")
    })
}

async fn older(world: &mut World, _: Arguments<'_>) -> Outcome {
    let coverages = world.harvest("Coverage").await?;
    let active = coverages
        .records
        .iter()
        .filter(|one| one["status"] == "active");
    let starts =
        active.filter_map(|one| Some(Span::parse(one["period"]["start"].as_str()?).ok()?.start));
    let Some(start) = starts.min() else {
        return Err(Halt::Skip(
            "the member's coverage does not say when it began".into(),
        ));
    };
    let is_older = |record: &Value| began(record).is_some_and(|care| care.end <= start);
    let any = world
        .told
        .exchanges
        .iter()
        .any(|exchange| exchange.records.iter().any(&is_older));
    if !any {
        return Err(Halt::Skip(
            "the member has no records of care before the coverage began; give a test member who has".into(),
        ));
    }
    judge_records(
        world,
        "a Provenance with an author or source, and the format",
        |_, exchange, record| {
            if !is_older(record) {
                return None;
            }
            match (
                has_origin(exchange, record),
                formats(exchange, record).is_empty(),
            ) {
                (true, false) => None,
                (true, true) => Some("the format of the source is not told".to_owned()),
                (false, _) => Some("no author or source is named".to_owned()),
            }
        },
    )
}

#[cfg(test)]
mod tests {
    use super::has_origin;
    use crate::steps::told::Exchange;
    use serde_json::json;

    #[test]
    fn an_author_or_a_source_is_an_origin() {
        let with = |code: &str| Exchange {
            provenances: vec![
                json!({"target": [{"reference": "Goal/1"}], "agent": [{"type": {"coding": [{"code": code}]}}]}),
            ],
            ..Exchange::default()
        };
        let record = json!({"resourceType": "Goal", "id": "1"});
        assert!(has_origin(&with("author"), &record));
        assert!(!has_origin(&with("transmitter"), &record));
        assert!(!has_origin(
            &with("author"),
            &json!({"resourceType": "Goal", "id": "2"})
        ));
    }
}
