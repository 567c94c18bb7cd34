//! Prior authorizations, as a member's app and another payer see them.

use super::authorization::{
    Authorization, PDEX, Standing, adjudications, claims_profile, codes_of, has_code,
    is_authorization,
};
use super::drive::{Arguments, Halt, Outcome};
use super::mismatch::name_of;
use super::{Mismatch, World};
use crate::fhir::{Span, bundle, path};
use crate::http::Request;
use serde_json::Value;

super::book::steps! {
    /// Reads the member's prior authorizations, all or those that stand so; skips when there are none.
    r"^an app reads the member's (pending |approved |partly denied |denied |expired |)prior authorizations$" => read;
    /// Each has use preauthorization and names its profile, in 2.0.0 with the version.
    r"^each is marked as a prior authorization$" => marked;
    /// Each has a decision, or says that there is none yet.
    r"^each says how it stands$" => stands;
    /// Each has items, and says when it was asked for.
    r"^each says what was asked for and when$" => asked_for;
    /// Each has a number, and says from when and until when it holds.
    r"^each has its number, a start and an end$" => number_and_dates;
    /// Each gives a number of approved units.
    r"^each says how many units are approved$" => approved_units;
    /// At least one gives a number of used units, of an item or in total.
    r"^the units used so far are shown$" => used_units;
    /// Each has an adjudication denialreason with a code, and a review action that says denied.
    r"^each gives the reason of the denial$" => reason;
    /// Each says of every item whether it is approved, denied or pending.
    r"^each says of every service whether it is approved$" => every_service;
    /// At least one adjudication has the extension with its date.
    r"^the date of a decision is shown$" => action_date;
    /// At least one adjudication has an amount, under a code for amounts.
    r"^an amount is shown under a code for amounts$" => amount;
    /// Searches with use=preauthorization, or by the profile.
    r"^an app searches for prior authorizations by (use|profile)$" => search;
    /// Only prior authorizations are found, and all of them; or the payer refuses, or says it ignored it.
    r"^only prior authorizations are found, or the payer says it cannot$" => only_authorizations;
}

async fn read(world: &mut World, arguments: Arguments<'_>) -> Outcome {
    let wanted = arguments.word(1).trim().to_owned();
    let today = Span::day(world.context()?.today);
    let harvest = world.harvest("ExplanationOfBenefit").await?;
    let stands = |record: &&Value| {
        let one = Authorization(record);
        let standing = one.standing();
        match wanted.as_str() {
            "pending" => standing == Some(Standing::Pending),
            "approved" => standing == Some(Standing::Approved) && !one.has_ended(&today),
            "partly denied" => standing == Some(Standing::PartlyDenied),
            "denied" => standing == Some(Standing::Denied),
            "expired" => standing == Some(Standing::Approved) && one.has_ended(&today),
            _ => true,
        }
    };
    let all = harvest
        .records
        .iter()
        .filter(|record| is_authorization(record));
    world.records = all.filter(stands).cloned().collect();
    if world.records.is_empty() {
        let kind = if wanted.is_empty() {
            String::new()
        } else {
            format!(" that is {wanted}")
        };
        return Err(Halt::Skip(format!(
            "the member has no prior authorization{kind}; give a test member who has one"
        )));
    }
    world.note(format!(
        "{} prior authorizations looked at",
        world.records.len()
    ));
    Ok(())
}

/// What is wrong with one record: expected, actual, place in it.
pub(super) type Flaw = (String, String, String);

pub(super) fn flaw(expected: &str, actual: impl Into<String>, place: impl Into<String>) -> Flaw {
    (expected.to_owned(), actual.into(), place.into())
}

/// Judges what `look` finds wrong with each record.
pub(super) fn judge_records(
    world: &mut World,
    look: impl Fn(Authorization<'_>) -> Vec<Flaw>,
) -> Outcome {
    let mut mismatches = Vec::new();
    for record in &world.records {
        for (expected, actual, place) in look(Authorization(record)) {
            mismatches
                .push(Mismatch::new(expected, actual).at(format!("{}: {place}", name_of(record))));
        }
    }
    world.judge_each(mismatches)
}

/// Judges that at least one record has it.
fn judge_some(
    world: &mut World,
    expected: &str,
    hint: &str,
    has: impl Fn(Authorization<'_>) -> bool,
) -> Outcome {
    if world
        .records
        .iter()
        .any(|record| has(Authorization(record)))
    {
        return Ok(());
    }
    let count = world.records.len();
    let actual = format!("none of the member's {count} prior authorizations has it");
    world.judge(Err(Mismatch::new(expected, actual).hint(hint)))
}

async fn marked(world: &mut World, _: Arguments<'_>) -> Outcome {
    let is_first = world.ig()? == "pdex@2.0.0";
    let canonical = format!("{PDEX}pdex-priorauthorization");
    judge_records(world, |one| {
        let mut flaws = Vec::new();
        if one.0["use"] != "preauthorization" {
            let found = one.0["use"].as_str().unwrap_or("nothing");
            flaws.push(flaw("use preauthorization", found, "use"));
        }
        if !claims_profile(one.0) {
            let expected = format!("the profile {canonical}");
            flaws.push(flaw(&expected, "it is not named", "meta.profile"));
        } else if is_first {
            let versioned = format!("{canonical}|2.0.0");
            let profiles = path::elements(one.0, "meta.profile");
            if !profiles.iter().any(|profile| **profile == versioned) {
                let expected = format!("the profile {versioned}");
                flaws.push(flaw(
                    &expected,
                    "it is named without the version",
                    "meta.profile",
                ));
            }
        }
        flaws
    })
}

async fn stands(world: &mut World, _: Arguments<'_>) -> Outcome {
    judge_records(world, |one| match one.standing() {
        Some(_) => Vec::new(),
        None => vec![flaw(
            "a review action, approved units, a denial reason, or the outcome queued",
            "nothing says whether it is approved, denied or pending",
            "adjudication and item.adjudication",
        )],
    })
}

async fn asked_for(world: &mut World, _: Arguments<'_>) -> Outcome {
    judge_records(world, |one| {
        let mut flaws = Vec::new();
        let is_named = |item: &Value| {
            let concept = &item["productOrService"];
            concept["coding"].is_array() || concept["text"].is_string()
        };
        if one.items().next().is_none() {
            flaws.push(flaw("the services asked for", "there are no items", "item"));
        }
        for (number, _) in one.items().filter(|(_, item)| !is_named(item)) {
            let place = format!("item[{number}].productOrService");
            flaws.push(flaw("the service asked for", "it is not named", place));
        }
        if !one.0["created"].is_string() {
            flaws.push(flaw("when it was asked for", "no date", "created"));
        }
        flaws
    })
}

async fn number_and_dates(world: &mut World, _: Arguments<'_>) -> Outcome {
    judge_records(world, |one| {
        let mut flaws = Vec::new();
        if path::elements(one.0, "preAuthRef").is_empty() {
            flaws.push(flaw(
                "the number of the authorization",
                "none",
                "preAuthRef",
            ));
        }
        if !one.has_start() {
            flaws.push(flaw(
                "when it was approved",
                "no date",
                "preAuthRefPeriod.start",
            ));
        }
        if !one.has_end() {
            flaws.push(flaw(
                "until when it holds",
                "no date",
                "preAuthRefPeriod.end",
            ));
        }
        flaws
    })
}

async fn approved_units(world: &mut World, _: Arguments<'_>) -> Outcome {
    judge_records(world, |one| {
        if one.has_approved_units() {
            return Vec::new();
        }
        let expected = "an adjudication allowedunits with a value";
        vec![flaw(expected, "there is none", "item.adjudication")]
    })
}

async fn used_units(world: &mut World, _: Arguments<'_>) -> Outcome {
    judge_some(
        world,
        "an adjudication consumedunits with a value, or a total with its utilization",
        "where nothing was used yet, that is zero units",
        |one| one.has_used_units(),
    )
}

async fn reason(world: &mut World, _: Arguments<'_>) -> Outcome {
    judge_records(world, |one| {
        let mut flaws = Vec::new();
        let is_reason = |adjudication: &Value| {
            has_code(&adjudication["category"], &["denialreason"])
                && !path::elements(adjudication, "reason.coding.code").is_empty()
        };
        if !one.adjudications().iter().any(|(_, all)| is_reason(all)) {
            let expected = "an adjudication denialreason with a coded reason";
            flaws.push(flaw(
                expected,
                "there is none",
                "adjudication and item.adjudication",
            ));
        }
        let codes = one.review_codes();
        if !codes.contains("A3") && !codes.contains("A2") {
            let actual = if codes.is_empty() {
                "no review action".to_owned()
            } else {
                let codes: Vec<&str> = codes.into_iter().collect();
                format!("review actions {}", codes.join(", "))
            };
            flaws.push(flaw(
                "a review action that says not certified",
                actual,
                "adjudication.extension",
            ));
        }
        flaws
    })
}

async fn every_service(world: &mut World, _: Arguments<'_>) -> Outcome {
    judge_records(world, |one| {
        let untold = |item: &Value| {
            let alone = serde_json::json!({"item": [{"adjudication": adjudications(item)}]});
            Authorization(&alone).standing().is_none()
        };
        one.items()
            .filter(|(_, item)| untold(item))
            .map(|(number, _)| {
                flaw(
                    "whether this service is approved",
                    "neither a review action, nor units, nor a reason",
                    format!("item[{number}].adjudication"),
                )
            })
            .collect()
    })
}

async fn action_date(world: &mut World, _: Arguments<'_>) -> Outcome {
    judge_some(
        world,
        "an adjudication with the extension base-ext-when-adjudicated",
        "the extension is must support: a payer that knows the date gives it",
        |one| one.has_action_date(),
    )
}

/// Codes for amounts: HL7's adjudication codes and those of CARIN, as the value set PDexAdjudication has
/// them.
fn is_amount(adjudication: &Value) -> bool {
    const SYSTEMS: [&str; 3] = [
        "http://terminology.hl7.org/CodeSystem/adjudication",
        "http://hl7.org/fhir/us/carin-bb/CodeSystem/C4BBAdjudication",
        "http://hl7.org/fhir/us/davinci-pdex/CodeSystem/PDexAdjudicationCS",
    ];
    adjudication["amount"]["value"].is_number()
        && SYSTEMS
            .iter()
            .any(|system| codes_of(&adjudication["category"], system).next().is_some())
}

async fn amount(world: &mut World, _: Arguments<'_>) -> Outcome {
    judge_some(
        world,
        "an adjudication with an amount under an adjudication code",
        "for example submitted, of http://terminology.hl7.org/CodeSystem/adjudication",
        |one| one.adjudications().iter().any(|(_, all)| is_amount(all)),
    )
}

async fn search(world: &mut World, arguments: Arguments<'_>) -> Outcome {
    let id = world.member_record().await?;
    let query = match arguments.word(1) {
        "use" => format!("ExplanationOfBenefit?patient={id}&use=preauthorization"),
        _ => format!("ExplanationOfBenefit?patient={id}&_profile={PDEX}pdex-priorauthorization"),
    };
    world.send(Request::get(query)).await
}

async fn only_authorizations(world: &mut World, _: Arguments<'_>) -> Outcome {
    let reply = world.reply()?;
    if reply.status == 400 {
        world.note("the payer refuses the parameter, as it may");
        return Ok(());
    }
    let result = super::expect::expect_status(reply, &[200], "the search is answered, or refused")
        .and_then(|()| super::expect::expect_resource(reply, "Bundle"));
    let found = match result {
        Ok(found) => found,
        Err(mismatch) => return world.judge(Err(mismatch)),
    };
    let own = bundle::link(&found, "self").unwrap_or_default();
    if !own.is_empty() && !own.contains("use=") && !own.contains("_profile=") {
        world.note("the payer says by the self link that it did not look at the parameter");
        return Ok(());
    }
    let others: Vec<Mismatch> = bundle::matches(&found)
        .filter(|record| record["resourceType"] == "ExplanationOfBenefit")
        .filter(|record| record["use"] != "preauthorization")
        .map(|record| {
            let usage = record["use"].as_str().unwrap_or("none");
            Mismatch::new("only prior authorizations", format!("one with use {usage}"))
                .at(name_of(record))
        })
        .collect();
    let missing: Vec<Mismatch> = world
        .records
        .iter()
        .filter(|known| !bundle::matches(&found).any(|one| one["id"] == known["id"]))
        .map(|known| {
            Mismatch::new("all of the member's prior authorizations", "one is missing")
                .at(name_of(known))
        })
        .collect();
    world.judge_each([others, missing].concat())
}
