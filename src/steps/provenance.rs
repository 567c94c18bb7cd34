//! Where records come from, and through whose hands they went.

use super::drive::{Arguments, Halt, Outcome};
use super::expect::expect_status;
use super::mismatch::name_of;
use super::told::{Exchange, Told, agents, is_of_type, source_formats, targets};
use super::{Mismatch, World};
use crate::fhir::{Span, path};
use crate::http::Request;
use serde_json::Value;
use std::collections::BTreeSet;
use std::sync::Arc;

super::book::steps! {
    /// Searches the member's records of every kind with `_revinclude=Provenance:target`.
    r"^the new payer reads the member's records with their provenance$" => read;
    /// Fetches everything about the member, and the Provenance in it.
    r"^the new payer fetches everything about the member with its provenance$" => fetch;
    /// Every exchange has a Provenance with the plan as transmitter.
    r"^each exchange shows the plan as the one who sends it$" => transmitter;
    /// Every record about the member is a target of a Provenance with the plan as transmitter.
    r"^each record is listed as sent by the plan$" => listed;
    /// Every record has a Provenance with an author or a source.
    r"^each record has an author or a source$" => author;
    /// Every record has a Provenance.
    r"^each record comes with provenance$" => comes;
    /// Of the types that the 6.1 statement lists, every one that has records has Provenance.
    r"^every kind that promises provenance comes with it$" => promised;
    /// Provenance has search mode include.
    r"^provenance is marked as coming along$" => marked;
    /// Every record has a Provenance that tells the format of its source.
    r"^each record says in what format it was received$" => format;
    /// `recorded` is an instant, not in the future, and not before the care.
    r"^it was recorded when it could have been received$" => recorded;
    /// Target, recorded, agents with type and who, onBehalfOf of practitioners, entities with role and what.
    r"^it says what, when, who and from what$" => essential;
    /// Every target on the payer's server can be read.
    r"^what it is about can be read$" => targets_lead;
    /// Where the plan is not the author, its own Provenance meets the PDex profile.
    r"^the plan's own part of it follows the PDex profile$" => profiled;
    /// Agents who are named by text only come with an Organization.
    r"^whoever is named in words only belongs to an organisation$" => free_text;
    /// Authors and sources of a record are the same in searches and in everything at once.
    r"^those who contributed are the same everywhere$" => contributors;
}

async fn read(world: &mut World, _: Arguments<'_>) -> Outcome {
    let member = world.member_record().await?;
    let about = format!("{} {member}", world.system()?);
    let context = world.context()?;
    let learn = async { world.search_with_provenance(&|_| true).await.map(Arc::new) };
    let exchanges = context.memory.exchanges(about, learn).await?;
    world.keep_told(exchanges).await
}

async fn fetch(world: &mut World, _: Arguments<'_>) -> Outcome {
    let exchange = world.everything_with_provenance().await?;
    world.keep_told(Arc::new(vec![exchange])).await
}

/// Judges every record of every exchange; `lacks` says what is wrong with it, if anything.
pub(super) fn judge_records(
    world: &mut World,
    expected: &str,
    lacks: impl Fn(&Told, &Exchange, &Value) -> Option<String>,
) -> Outcome {
    let told = std::mem::take(&mut world.told);
    let mut mismatches = Vec::new();
    for exchange in &*told.exchanges {
        for record in &exchange.records {
            if let Some(actual) = lacks(&told, exchange, record) {
                mismatches.push(Mismatch::new(expected, actual).at(format!(
                    "{} in {}",
                    name_of(record),
                    exchange.name
                )));
            }
        }
    }
    world.told = told;
    world.judge_each(mismatches)
}

/// Judges every Provenance; `flaws` says what is wrong with it. Skips when there is none.
pub(super) fn judge_provenances(
    world: &mut World,
    flaws: impl Fn(&Told, &Value) -> Vec<(String, String)>,
) -> Outcome {
    let told = std::mem::take(&mut world.told);
    let all = told.provenances();
    if all.is_empty() {
        return Err(Halt::Skip("no record comes with provenance".into()));
    }
    let mut mismatches = Vec::new();
    for provenance in all {
        for (expected, actual) in flaws(&told, provenance) {
            mismatches.push(Mismatch::new(expected, actual).at(name_of(provenance)));
        }
    }
    world.told = told;
    world.judge_each(mismatches)
}

async fn transmitter(world: &mut World, _: Arguments<'_>) -> Outcome {
    let mut mismatches = Vec::new();
    for exchange in &*world.told.exchanges {
        let shows = |one: &Value| world.told.has_plan_as(one, "transmitter");
        if !exchange.provenances.iter().any(shows) {
            let sends = exchange.provenances.iter().flat_map(agents);
            let count = sends
                .filter(|agent| is_of_type(agent, "transmitter"))
                .count();
            let actual = match exchange.provenances.len() {
                0 => "no Provenance came".to_owned(),
                all => format!(
                    "{all} Provenance with {count} transmitters, and the plan is none of these"
                ),
            };
            mismatches.push(
                Mismatch::new("a Provenance with the plan as transmitter", actual)
                    .at(exchange.name.clone()),
            );
        }
    }
    world.judge_each(mismatches)
}

/// Kinds that are about somebody: supporting records need not be listed one by one, and a Consent tells of
/// the exchange itself.
fn is_about_member(record: &Value) -> bool {
    let kind = record["resourceType"].as_str().unwrap_or_default();
    kind == "Patient"
        || kind != "Consent"
            && super::harvest::ABOUT_MEMBER
                .iter()
                .any(|(known, _)| *known == kind)
}

async fn listed(world: &mut World, _: Arguments<'_>) -> Outcome {
    judge_records(
        world,
        "the record is a target of a Provenance with the plan as transmitter",
        |told, exchange, record| {
            let is_listed = exchange
                .of(record)
                .any(|one| told.has_plan_as(one, "transmitter"));
            (is_about_member(record) && !is_listed).then(|| "it is the target of none".to_owned())
        },
    )
}

async fn author(world: &mut World, _: Arguments<'_>) -> Outcome {
    judge_records(
        world,
        "a Provenance with an author or a source",
        |_, exchange, record| {
            let is_origin =
                |agent: &Value| is_of_type(agent, "author") || is_of_type(agent, "source");
            let has_origin = exchange
                .of(record)
                .any(|one| agents(one).iter().any(is_origin));
            (!has_origin).then(|| "there is none".to_owned())
        },
    )
}

async fn comes(world: &mut World, _: Arguments<'_>) -> Outcome {
    judge_records(
        world,
        "a Provenance of the record",
        |_, exchange, record| {
            exchange
                .of(record)
                .next()
                .is_none()
                .then(|| "there is none".to_owned())
        },
    )
}

/// The types for which the 6.1 statement promises Provenance.
const PROMISED: [&str; 19] = [
    "AllergyIntolerance",
    "CarePlan",
    "CareTeam",
    "Condition",
    "Coverage",
    "Device",
    "DiagnosticReport",
    "DocumentReference",
    "Encounter",
    "Goal",
    "Immunization",
    "MedicationDispense",
    "MedicationRequest",
    "Observation",
    "Patient",
    "Procedure",
    "QuestionnaireResponse",
    "RelatedPerson",
    "ServiceRequest",
];

async fn promised(world: &mut World, _: Arguments<'_>) -> Outcome {
    let mut mismatches = Vec::new();
    for exchange in world
        .told
        .exchanges
        .iter()
        .filter(|one| PROMISED.contains(&one.name.as_str()))
    {
        if !exchange
            .records
            .iter()
            .any(|record| exchange.of(record).next().is_some())
        {
            mismatches.push(
                Mismatch::new("Provenance with records of this kind", "there is none")
                    .at(exchange.name.clone()),
            );
        }
    }
    world.judge_each(mismatches)
}

async fn marked(world: &mut World, _: Arguments<'_>) -> Outcome {
    let mut mismatches = Vec::new();
    let has_any = world
        .told
        .exchanges
        .iter()
        .any(|one| !one.provenances.is_empty() || !one.unmarked.is_empty());
    if !has_any {
        let mismatch = Mismatch::new(
            "Provenance with the records, as asked for",
            "none came with any",
        );
        return world.judge(Err(mismatch.at("$.entry")));
    }
    for exchange in &*world.told.exchanges {
        mismatches.extend(exchange.unmarked.iter().map(|one| {
            Mismatch::new("search mode include", "another").at(format!(
                "{} in {}",
                name_of(one),
                exchange.name
            ))
        }));
    }
    world.judge_each(mismatches)
}

async fn format(world: &mut World, _: Arguments<'_>) -> Outcome {
    judge_records(
        world,
        "a Provenance with the format of the source",
        |_, exchange, record| {
            let has_format = exchange
                .of(record)
                .any(|one| !source_formats(one).is_empty());
            (!has_format).then(|| "there is none".to_owned())
        },
    )
}

/// When what a record tells of began: care, or what care was given for.
pub(super) fn began(record: &Value) -> Option<Span> {
    let condition = record["onsetDateTime"]
        .as_str()
        .filter(|_| record["resourceType"] == "Condition");
    care(record).or_else(|| Span::parse(condition?).ok())
}

/// When the care was given that a record tells of, as far as it is certain that it came first.
fn care(record: &Value) -> Option<Span> {
    let text = match record["resourceType"].as_str()? {
        "Encounter" => &record["period"]["start"],
        "Observation" => &record["effectiveDateTime"],
        "Procedure" => &record["performedDateTime"],
        "Immunization" => &record["occurrenceDateTime"],
        _ => return None,
    };
    Span::parse(text.as_str()?).ok()
}

async fn recorded(world: &mut World, _: Arguments<'_>) -> Outcome {
    let tomorrow = Span::day(world.context()?.today).end;
    judge_provenances(world, |told, provenance| {
        let text = provenance["recorded"].as_str().unwrap_or_default();
        let wrong = |actual: String| vec![("a time between the care and now".to_owned(), actual)];
        // An instant has a time with a zone.
        let span = Span::parse(text).ok().filter(|_| text.contains('T'));
        let Some(span) = span else {
            return wrong(format!("recorded is {text:?}, which is no instant"));
        };
        if span.start > tomorrow {
            return wrong(format!("recorded is {text}, which is in the future"));
        }
        let mut about = targets(provenance);
        let records = told.exchanges.iter().flat_map(|exchange| &exchange.records);
        let earliest = about.find_map(|target| {
            records.clone().find(|record| {
                name_of(record) == target && care(record).is_some_and(|care| care.start > span.end)
            })
        });
        match earliest {
            Some(record) => wrong(format!(
                "recorded is {text}, before the care in {}",
                name_of(record)
            )),
            None => Vec::new(),
        }
    })
}

async fn essential(world: &mut World, _: Arguments<'_>) -> Outcome {
    judge_provenances(world, |_, provenance| {
        let mut flaws = Vec::new();
        let mut need = |is_there: bool, what: &str| {
            if !is_there {
                flaws.push((what.to_owned(), "it is missing".to_owned()));
            }
        };
        need(targets(provenance).next().is_some(), "target");
        need(provenance["recorded"].is_string(), "recorded");
        need(!agents(provenance).is_empty(), "agent");
        for agent in agents(provenance) {
            let who = &agent["who"];
            need(agent["type"].is_object(), "agent.type");
            need(who.is_object(), "agent.who");
            let text = who["reference"].as_str().unwrap_or_default();
            let is_person = text.contains("Practitioner/");
            need(
                !is_person || agent["onBehalfOf"].is_object(),
                "agent.onBehalfOf of a practitioner",
            );
        }
        for entity in path::elements(provenance, "entity") {
            need(entity["role"].is_string(), "entity.role");
            need(entity["what"].is_object(), "entity.what");
        }
        flaws
    })
}

/// Targets read at most.
const MOST_TARGETS: usize = 20;

async fn targets_lead(world: &mut World, _: Arguments<'_>) -> Outcome {
    let told = world.told.clone();
    let known: BTreeSet<String> = told
        .exchanges
        .iter()
        .flat_map(|exchange| &exchange.records)
        .map(name_of)
        .collect();
    let mut unknown: BTreeSet<String> = BTreeSet::new();
    let (mut seen, mut mismatches) = (0, Vec::new());
    for provenance in told.provenances() {
        for target in path::elements(provenance, "target.reference")
            .into_iter()
            .filter_map(Value::as_str)
        {
            seen += 1;
            let name = targets(&serde_json::json!({"target": [{"reference": target}]})).next();
            if name.is_none_or(|name| !known.contains(&name)) {
                unknown.insert(target.to_owned());
            }
        }
    }
    if seen == 0 {
        return Err(Halt::Skip("no Provenance has a target".into()));
    }
    for target in unknown.into_iter().take(MOST_TARGETS) {
        if !world.is_own(&target) {
            mismatches.push(Mismatch::new("targets on this server", "one elsewhere").at(target));
            continue;
        }
        world.prepare(Request::get(&target)).await?;
        let result = expect_status(
            world.reply()?,
            &[200],
            "what Provenance is about can be read",
        );
        mismatches.extend(result.err().map(|mismatch| mismatch.at(target)));
    }
    world.judge_each(mismatches)
}

async fn profiled(world: &mut World, _: Arguments<'_>) -> Outcome {
    const PROFILE: &str = "http://hl7.org/fhir/us/davinci-pdex/StructureDefinition/pdex-provenance";
    let validator = world.target()?.validator;
    let told = world.told.clone();
    let own: BTreeSet<&str> = told
        .provenances()
        .into_iter()
        .filter(|one| told.has_plan_as(one, "transmitter"))
        .filter(|one| {
            validator
                .validate(one, &[PROFILE.to_owned()])
                .errors()
                .next()
                .is_none()
        })
        .filter_map(|one| one["id"].as_str())
        .collect();
    let expected =
        "a valid PDex Provenance with the plan as transmitter, as the plan is not the author";
    judge_records(world, expected, |told, exchange, record| {
        let is_author = exchange
            .of(record)
            .any(|one| told.has_plan_as(one, "author"));
        let has_own = exchange
            .of(record)
            .any(|one| one["id"].as_str().is_some_and(|id| own.contains(id)));
        (!is_author && !has_own).then(|| "there is none".to_owned())
    })
}

async fn free_text(world: &mut World, _: Arguments<'_>) -> Outcome {
    let in_words = |agent: &Value| {
        agent["who"]["display"].is_string()
            && agent["who"].get("reference").is_none()
            && agent["who"].get("identifier").is_none()
    };
    let any = world
        .told
        .provenances()
        .iter()
        .any(|one| agents(one).iter().any(in_words));
    if !any {
        return Err(Halt::Skip(
            "nobody is named in words only; give a test member with a record whose provider came as free text".into(),
        ));
    }
    judge_provenances(world, |_, provenance| {
        let is_organization = |value: &Value| {
            value["reference"]
                .as_str()
                .is_some_and(|text| text.contains("Organization/"))
        };
        let named = agents(provenance).iter().any(|agent| {
            is_organization(&agent["onBehalfOf"])
                || is_organization(&agent["who"]) && !is_of_type(agent, "transmitter")
        });
        if named || !agents(provenance).iter().any(in_words) {
            return Vec::new();
        }
        vec![(
            "the organisation that sent it, as an agent or as onBehalfOf".to_owned(),
            "a name in words alone".to_owned(),
        )]
    })
}

/// Who contributed to a record: agents that are authors or sources, as references or names.
fn contributors_of(exchange: &Exchange, record: &Value) -> BTreeSet<String> {
    let origin = |agent: &&Value| is_of_type(agent, "author") || is_of_type(agent, "source");
    exchange
        .of(record)
        .flat_map(agents)
        .filter(origin)
        .map(|agent| agent["who"].to_string())
        .collect()
}

async fn contributors(world: &mut World, _: Arguments<'_>) -> Outcome {
    let everything = world.everything_with_provenance().await?;
    let any = world.told.exchanges.iter().any(|exchange| {
        exchange
            .records
            .iter()
            .any(|record| !contributors_of(exchange, record).is_empty())
    });
    if !any {
        return Err(Halt::Skip(
            "no record says who contributed to it; give a test member with such records".into(),
        ));
    }
    let fetched: BTreeSet<String> = everything.records.iter().map(name_of).collect();
    judge_records(
        world,
        "the same authors and sources in searches and in everything at once",
        |_, exchange, record| {
            let (searched, fetched_with) = (
                contributors_of(exchange, record),
                contributors_of(&everything, record),
            );
            (fetched.contains(&name_of(record)) && searched != fetched_with).then(|| {
                format!(
                    "{} by a search, {} in everything at once",
                    searched.len(),
                    fetched_with.len()
                )
            })
        },
    )
}
