//! The lists of members that a payer keeps for providers (`pdex-provider-group`, Da Vinci ATR): who is on them, who may
//! see them, and whose data can be had by them.

use super::audience::Audience;
use super::capability::{PDEX, declares_operation, has_interaction, resource};
use super::cohort::Cohort;
use super::drive::{Arguments, Halt, Outcome};
use super::expect::{describe, expect_outcome, expect_resource, expect_status};
use super::group_record::ATTRIBUTION;
use super::instance::{claims, split};
use super::job::asked_pause;
use super::sorted::Bucket;
use super::{Mismatch, World};
use crate::config::{Expectation, NPI_SYSTEM};
use crate::fhir::path;
use crate::http::Request;
use serde_json::{Value, json};
use std::time::Duration;
use time::{Date, Weekday};

super::book::steps! {
    /// Finds the list that the payer keeps for the provider; keeps other scenarios from changing it.
    r"^a group of members attributed to the provider$" => list;
    /// Skips unless the member of the scenario is on the list.
    r"^the member is one of them$" => on_list;
    /// Reads the list again.
    r"^the provider reads the list again$" => reread;
    /// No member of the list is the member of the scenario.
    r"^the member is not on it any more$" => not_on_list;
    /// Some member of the list is the member of the scenario.
    r"^the member is on it again$" => back_on_list;
    /// No list names another provider as the one it was made for.
    r"^none of them was made for another provider$" => own_only;
    /// Reads the configured Group of another provider.
    r"^the provider tries to read the group of another provider$" => read_foreign;
    /// Asks for the data of that Group.
    r"^the provider asks for the data of another provider's group$" => ask_foreign;
    /// Asks for the data of the Group of those who have opted out: that of the match, or the configured one.
    r"^the provider asks for the data of those who have opted out$" => ask_opted_out;
    /// Status 401, 403 or 404.
    r"^the payer keeps the group to itself$" => kept;
    /// A refusal that explains itself; for want of a token it need not.
    r"^the payer refuses to give that data out and says why$" => refused;
    /// A refusal, or a job that brings no data.
    r"^the payer gives out nothing about them$" => nothing_given;
    /// Adds a member who is known to the payer and not in the Group.
    r"^the export also asks for a member outside the group$" => outsider;
    /// Gives one parameter of the export, as it must be given or in words.
    r"^the export names (one member|a beginning|an end|kinds of records|a filter)( in words)?$" => names;
    /// Sends a kick-off whose exportType is a string instead of a canonical.
    r"^the provider asks for their data and says in words what for$" => in_words;
    /// The job is done, or says to be asked again, within one business day.
    r"^the data is there within one business day$" => in_time;
    /// Group declares read, search, the export, and the profile of the lists.
    r"^it declares that lists of members can be read, searched and exported$" => declared;
}

impl World {
    /// Reads a Group by its id; skips when that does not work.
    async fn list(&mut self, id: &str) -> Result<Value, Halt> {
        self.prepare(Request::get(format!("Group/{id}"))).await?;
        let reply = self.reply()?;
        let group = expect_status(reply, &[200], "").and_then(|()| expect_resource(reply, "Group"));
        group.map_err(|_| Halt::Skip(format!("the list cannot be read: {}", describe(reply))))
    }

    /// Takes a list as the Group of the scenario.
    fn keep_list(&mut self, list: Value) {
        self.cohort = Some(Cohort::of(&list).of_audience(Audience::Provider));
        self.records = vec![list].into();
    }

    fn foreign_group(&self) -> Result<String, Halt> {
        self.provider()?.foreign_group.ok_or_else(|| {
            Halt::Skip(
                "name a Group that the payer made for another provider: foreign_group of [provider] in vitruvian.toml".into(),
            )
        })
    }
}

/// Whom a Group was made for, by NPI.
fn made_for(group: &Value) -> Vec<&str> {
    path::elements(group, "characteristic.valueReference.identifier")
        .into_iter()
        .filter(|one| one["system"] == NPI_SYSTEM)
        .filter_map(|one| one["value"].as_str())
        .collect()
}

async fn list(world: &mut World, _: Arguments<'_>) -> Outcome {
    world.take_turn().await?;
    let provider = world.provider()?.party;
    let token = format!("{ATTRIBUTION}|pdexprovidergroup");
    let query = url::form_urlencoded::Serializer::new(String::new())
        .append_pair("characteristic", &token)
        .finish();
    let queries = [format!("Group?{query}"), "Group".to_owned()];
    let found = world.first_found("Group", &queries).await?;
    let lists: Vec<Value> = found.into_iter().filter(is_list).collect();
    let own = lists
        .iter()
        .find(|group| made_for(group).contains(&provider.npi.as_str()));
    let list = own.or(lists.first()).cloned().ok_or_else(|| {
        Halt::Skip("no list of members is found: let the payer keep one for the provider".into())
    })?;
    if Cohort::of(&list).patients.is_empty() {
        return Err(Halt::Skip(
            "nobody is on the list that the payer keeps for the provider".into(),
        ));
    }
    world.keep_list(list);
    Ok(())
}

/// Whether a Group is a list of attributed members.
fn is_list(group: &Value) -> bool {
    let is_claimed = claims(group).any(|claim| {
        let name = split(claim).0.rsplit('/').next();
        matches!(name, Some("pdex-provider-group" | "atr-group"))
    });
    let has_code = |place: &str| {
        path::elements(group, place)
            .iter()
            .any(|code| **code == "pdexprovidergroup")
    };
    is_claimed || has_code("code.coding.code") || has_code("characteristic.code.coding.code")
}

async fn is_on_list(world: &mut World) -> Result<bool, Halt> {
    let member = world.member_record().await?;
    Ok(world.cohort()?.patients.contains(&member))
}

async fn on_list(world: &mut World, _: Arguments<'_>) -> Outcome {
    if is_on_list(world).await? {
        return Ok(());
    }
    Err(Halt::Skip(
        "the member is not on the list that the payer keeps for the provider to begin with".into(),
    ))
}

async fn reread(world: &mut World, _: Arguments<'_>) -> Outcome {
    let id = world.cohort()?.group.clone();
    let list = world.list(&id).await?;
    world.keep_list(list);
    Ok(())
}

async fn not_on_list(world: &mut World, _: Arguments<'_>) -> Outcome {
    let result = if is_on_list(world).await? {
        let expected = "a list without the member who has opted out";
        Err(Mismatch::new(expected, "the member is on it").at("Group.member"))
    } else {
        Ok(())
    };
    world.judge(result)
}

async fn back_on_list(world: &mut World, _: Arguments<'_>) -> Outcome {
    let result = if is_on_list(world).await? {
        Ok(())
    } else {
        let expected = "a list with the member who does not keep the data back any more";
        Err(Mismatch::new(expected, "the member is not on it").at("Group.member"))
    };
    world.judge(result)
}

async fn own_only(world: &mut World, _: Arguments<'_>) -> Outcome {
    let provider = world.provider()?.party;
    let lists: Vec<&Value> = world
        .records
        .iter()
        .filter(|group| is_list(group) && !made_for(group).is_empty())
        .collect();
    if lists.is_empty() {
        return Err(Halt::Skip(
            "no list says by an NPI for which provider it was made".into(),
        ));
    }
    let strange = lists
        .into_iter()
        .find(|group| !made_for(group).contains(&provider.npi.as_str()));
    let result = match strange {
        Some(group) => Err(Mismatch::new(
            "only lists that were made for the provider that asks",
            "one that was made for another provider",
        )
        .at(format!(
            "{}: characteristic.valueReference",
            super::export::address(group)
        ))),
        None => Ok(()),
    };
    world.judge(result)
}

async fn read_foreign(world: &mut World, _: Arguments<'_>) -> Outcome {
    let id = world.foreign_group()?;
    world.send(Request::get(format!("Group/{id}"))).await
}

async fn ask_foreign(world: &mut World, _: Arguments<'_>) -> Outcome {
    let id = world.foreign_group()?;
    world.ask_for(&id).await
}

async fn ask_opted_out(world: &mut World, _: Arguments<'_>) -> Outcome {
    let of_match = world
        .sorted
        .as_ref()
        .and_then(|sorted| sorted.group(Bucket::Constrained));
    let of_match = of_match.and_then(|group| group["id"].as_str().map(str::to_owned));
    let id = of_match.or(world.provider()?.opted_out_group).ok_or_else(|| {
        Halt::Skip(
            "no Group of those who have opted out is known: name one, if the payer keeps one, as opted_out_group of [provider] in vitruvian.toml".into(),
        )
    })?;
    world.ask_for(&id).await
}

async fn kept(world: &mut World, _: Arguments<'_>) -> Outcome {
    let result = expect_status(
        world.reply()?,
        &[401, 403, 404],
        "a group of another provider is not shown",
    );
    world.judge(result)
}

async fn refused(world: &mut World, _: Arguments<'_>) -> Outcome {
    let reply = world.reply()?;
    let result = expect_status(
        reply,
        &[401, 403, 404],
        "the data of another provider's group is not given out",
    );
    let result = match reply.status {
        401 => result,
        _ => result.and_then(|()| expect_outcome(reply).map(|_| ())),
    };
    if reply.status == 202 {
        // So that it is called off at the end.
        let _ = world.accept_job();
    }
    world.judge(result)
}

async fn nothing_given(world: &mut World, _: Arguments<'_>) -> Outcome {
    let reply = world.reply()?;
    if reply.status != 202 {
        let result = match reply.status {
            400..=499 => Ok(()),
            _ => Err(
                Mismatch::new("a refusal, or a job that brings no data", describe(reply))
                    .at("HTTP status"),
            ),
        };
        return world.judge(result);
    }
    world.accept_job()?;
    world.wait_for_job().await?;
    if world.job()?.manifest.is_none() {
        return Ok(());
    }
    let given = world.read_files("output").await?.total();
    let result = match given {
        0 => Ok(()),
        _ => Err(Mismatch::new(
            "no data of those who have opted out",
            format!("{given} records"),
        )
        .at("output")),
    };
    world.judge(result)
}

async fn outsider(world: &mut World, _: Arguments<'_>) -> Outcome {
    let inside = world.cohort()?.patients.clone();
    for member in world.of_kind(Expectation::Match)? {
        world.choose(member.clone())?;
        let record = match member.patient_id {
            Some(id) => id,
            None => {
                world.confirm_match().await?;
                let matched = world.last_match()?.clone();
                world.record_number(&matched).await?
            }
        };
        if !inside.contains(&record) {
            let reference = json!({"reference": format!("Patient/{record}")});
            world.order.add("patient", "valueReference", reference);
            return Ok(());
        }
    }
    Err(Halt::Skip(
        "every test member is in the group: give one who is not".into(),
    ))
}

async fn names(world: &mut World, arguments: Arguments<'_>) -> Outcome {
    let is_in_words = !arguments.word(2).is_empty();
    let first = world.cohort()?.patients.first().cloned();
    let patient = format!("Patient/{}", first.unwrap_or_default());
    let (name, element, value) = match arguments.word(1) {
        "one member" => ("patient", "valueReference", json!({"reference": patient})),
        "a beginning" => ("_since", "valueInstant", json!("2020-01-01T00:00:00Z")),
        "an end" => ("_until", "valueInstant", json!("2025-12-31T00:00:00Z")),
        "kinds of records" => ("_type", "valueString", json!("Patient,Condition")),
        _ => (
            "_typeFilter",
            "valueString",
            json!("Observation?category=laboratory"),
        ),
    };
    if is_in_words {
        world.order.add(name, "valueCode", json!("some"));
    } else {
        world.order.add(name, element, value);
    }
    Ok(())
}

async fn in_words(world: &mut World, _: Arguments<'_>) -> Outcome {
    let body = json!({"resourceType": "Parameters", "parameter": [
        {"name": "exportType", "valueString": Audience::Provider.purpose()},
    ]});
    let group = world.cohort()?.group.clone();
    let address = format!("Group/{group}/$davinci-data-export");
    world.kick_off(Request::post_json(address, &body)).await
}

/// How long one business day can last from that day on: until the same time of the next day that is none of a weekend.
fn business_day(today: Date) -> Duration {
    let days = match today.weekday() {
        Weekday::Friday => 3,
        Weekday::Saturday => 2,
        _ => 1,
    };
    Duration::from_secs(days * 24 * 60 * 60)
}

async fn in_time(world: &mut World, _: Arguments<'_>) -> Outcome {
    let limit = business_day(world.context()?.today);
    world.accept_job()?;
    world.poll().await?;
    let reply = world.reply()?;
    let pause = asked_pause(reply).filter(|_| matches!(reply.status, 202 | 429 | 503));
    if let Some(pause) = pause.filter(|pause| *pause > limit) {
        let actual = format!("to be asked again in {} hours", pause.as_secs() / 3600);
        let expected = "the data, or when it is there, within one business day";
        return world.judge(Err(Mismatch::new(expected, actual).at("header Retry-After")));
    }
    world.wait_for_job().await?;
    if world.job()?.manifest.is_none() {
        let answer = describe(world.reply()?);
        return Err(Halt::Skip(format!(
            "the job did not produce anything: {answer}"
        )));
    }
    Ok(())
}

async fn declared(world: &mut World, _: Arguments<'_>) -> Outcome {
    let statement = world.statement()?.clone();
    let group = resource(&statement, "Group").cloned().unwrap_or_default();
    let mut mismatches = Vec::new();
    let mut expect = |holds: bool, what: &str, place: &str| {
        if !holds {
            let place = format!("$.rest[0].resource[?(@.type=='Group')].{place}");
            mismatches
                .push(Mismatch::new(format!("Group declares {what}"), "it does not").at(place));
        }
    };
    for code in ["read", "search-type"] {
        expect(has_interaction(&group, code), code, "interaction");
    }
    let (name, canonical) = (
        "davinci-data-export",
        "http://hl7.org/fhir/us/davinci-atr/OperationDefinition/davinci-data-export",
    );
    let is_exported = declares_operation(&statement, "Group", name, canonical);
    expect(is_exported, name, "operation");
    let profile = format!("{PDEX}pdex-provider-group");
    let is_profiled = path::elements(&group, "supportedProfile")
        .iter()
        .any(|one| one.as_str().is_some_and(|one| split(one).0 == profile));
    expect(is_profiled, &profile, "supportedProfile");
    world.judge_each(mismatches)
}

#[cfg(test)]
mod tests {
    use super::{business_day, is_list, made_for};
    use serde_json::json;
    use time::macros::date;

    #[test]
    fn a_business_day_spans_the_weekend() {
        let hours = |day| business_day(day).as_secs() / 3600;
        assert_eq!(hours(date!(2026 - 11 - 19)), 24);
        assert_eq!(hours(date!(2026 - 11 - 20)), 72);
        assert_eq!(hours(date!(2026 - 11 - 21)), 48);
        assert_eq!(hours(date!(2026 - 11 - 22)), 24);
    }

    #[test]
    fn lists_are_told_from_other_groups() {
        let by_claim = json!({"meta": {"profile": ["http://hl7.org/fhir/us/davinci-atr/StructureDefinition/atr-group"]}});
        let by_code = json!({"characteristic": [{"code": {"coding": [{"code": "pdexprovidergroup"}]},
            "valueReference": {"identifier": {"system": "http://hl7.org/fhir/sid/us-npi", "value": "1"}}}]});
        assert!(is_list(&by_claim) && is_list(&by_code));
        assert!(!is_list(&json!({"code": {"coding": [{"code": "match"}]}})));
        assert_eq!(made_for(&by_code), ["1"]);
    }
}
