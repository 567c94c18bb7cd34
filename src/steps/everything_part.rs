//! A part of everything about a member: of a time, since an update, of some kinds, page by page.

use super::drive::{Arguments, Halt, Outcome};
use super::expect::{describe, expect_resource, expect_status};
use super::harvest::ABOUT_MEMBER;
use super::mismatch::name_of;
use super::{Mismatch, World};
use crate::fhir::{Span, bundle, path};
use crate::http::Request;
use serde_json::Value;
use std::collections::BTreeSet;

super::book::steps! {
    /// Fetches care of one day (`start` and `end`), out of several days.
    r"^asking for the care of one day gives the care of that day$" => of_a_day;
    /// Fetches what was updated since a time (`_since`), newer than something there.
    r"^asking for what is new gives nothing older$" => since;
    /// Fetches some kinds (`_type`), out of several.
    r"^asking for some kinds of records gives these kinds$" => of_kinds;
    /// Fetches it in pages (`_count`), smaller than the whole.
    r"^asking for small pages gives small pages, and in the end everything$" => in_pages;
}

/// When the care was given that a record tells of.
fn care_date(record: &Value) -> Option<Span> {
    const PLACES: [(&str, &[&str]); 4] = [
        ("Encounter", &["period"]),
        ("Observation", &["effectiveDateTime", "effectivePeriod"]),
        ("Procedure", &["performedDateTime", "performedPeriod"]),
        ("ExplanationOfBenefit", &["billablePeriod"]),
    ];
    let kind = record["resourceType"].as_str()?;
    let (_, places) = PLACES.iter().find(|(known, _)| *known == kind)?;
    places.iter().find_map(|place| match &record[*place] {
        Value::String(text) => Span::parse(text).ok(),
        period => Span::period(period),
    })
}

/// The day (`YYYY-MM-DD`) of an encounter that is neither the first nor the last.
fn some_day(records: &[Value]) -> Option<String> {
    let days: BTreeSet<&str> = records
        .iter()
        .filter(|record| record["resourceType"] == "Encounter")
        .filter_map(|record| {
            path::elements(record, "period.start")
                .first()?
                .as_str()?
                .get(..10)
        })
        .collect();
    (days.len() > 1).then(|| days.iter().nth(days.len() / 2).map(|day| (*day).to_owned()))?
}

async fn of_a_day(world: &mut World, _: Arguments<'_>) -> Outcome {
    let all = world.records.clone();
    let day = some_day(&all).ok_or_else(|| {
        Halt::Skip(
            "the member has no encounters on several days; give a test member who has".into(),
        )
    })?;
    let span = Span::parse(&day).map_err(|error| Halt::Error(error.to_string()))?;
    let Some(part) = narrowed(world, &format!("start={day}&end={day}")).await? else {
        return Ok(());
    };
    let strange = part
        .iter()
        .filter(|one| care_date(one).is_some_and(|date| !date.overlaps(&span)));
    let mut mismatches: Vec<Mismatch> = strange
        .map(|one| Mismatch::new(format!("care of {day}"), "care of another day").at(name_of(one)))
        .collect();
    let is_of_day = |one: &&Value| {
        one["resourceType"] == "Encounter"
            && care_date(one).is_some_and(|date| date.overlaps(&span))
    };
    mismatches.extend(missing(all.iter().filter(is_of_day), &part));
    world.judge_each(mismatches)
}

/// Findings for records that should be in the part.
fn missing<'a>(wanted: impl Iterator<Item = &'a Value>, part: &[Value]) -> Vec<Mismatch> {
    let names: BTreeSet<String> = part.iter().map(name_of).collect();
    wanted
        .map(name_of)
        .filter(|name| !names.contains(name))
        .map(|name| Mismatch::new("a record that was asked for", "it is missing").at(name))
        .collect()
}

/// Everything with these parameters; judged when it is refused.
async fn narrowed(world: &mut World, parameters: &str) -> Result<Option<Vec<Value>>, Halt> {
    let part = world.everything(parameters).await?;
    if part.is_none() {
        let said = describe(world.reply()?);
        world.judge(Err(
            Mismatch::new("the part that is asked for", said).at("HTTP status")
        ))?;
    }
    Ok(part)
}

fn updated(record: &Value) -> Option<Span> {
    Span::parse(record["meta"]["lastUpdated"].as_str()?).ok()
}

async fn since(world: &mut World, _: Arguments<'_>) -> Outcome {
    let all = world.records.clone();
    let mut times: Vec<&str> = all
        .iter()
        .filter_map(|one| one["meta"]["lastUpdated"].as_str())
        .collect();
    times.sort_by_key(|text| Span::parse(text).map_or(i128::MAX, |span| span.start));
    times.dedup();
    // The newest of several times leaves something; with one time only, a day later leaves nothing.
    let time = match times.as_slice() {
        [] => return Err(Halt::Skip("no record says when it was last updated".into())),
        [_] => {
            let tomorrow = world.context()?.today.next_day();
            format!(
                "{}T00:00:00Z",
                tomorrow.ok_or_else(|| Halt::Error("there is no tomorrow".into()))?
            )
        }
        [.., last] => (*last).to_owned(),
    };
    let span = Span::parse(&time).map_err(|error| Halt::Error(error.to_string()))?;
    let query = url::form_urlencoded::Serializer::new(String::new())
        .append_pair("_since", &time)
        .finish();
    let Some(part) = narrowed(world, &query).await? else {
        return Ok(());
    };
    // Provenance of the exchange itself is as new as the exchange.
    let is_old = |one: &&Value| {
        one["resourceType"] != "Provenance"
            && updated(one).is_some_and(|update| update.start < span.start)
    };
    let mut mismatches: Vec<Mismatch> = part
        .iter()
        .filter(is_old)
        .map(|one| {
            Mismatch::new(format!("updates since {time}"), "an older record").at(name_of(one))
        })
        .collect();
    let is_new = |one: &&Value| updated(one).is_some_and(|update| update.start >= span.start);
    mismatches.extend(missing(all.iter().filter(is_new), &part));
    world.judge_each(mismatches)
}

async fn of_kinds(world: &mut World, _: Arguments<'_>) -> Outcome {
    let all = world.records.clone();
    let kinds: BTreeSet<&str> = all
        .iter()
        .filter_map(|one| one["resourceType"].as_str())
        .filter(|kind| *kind != "Provenance" && ABOUT_MEMBER.iter().any(|(known, _)| known == kind))
        .collect();
    let Some(wanted) = kinds.iter().next().filter(|_| kinds.len() > 1) else {
        return Err(Halt::Skip(
            "the member has records of one kind only; give a test member with several".into(),
        ));
    };
    let Some(part) = narrowed(world, &format!("_type=Patient,{wanted}")).await? else {
        return Ok(());
    };
    // What supports the kinds asked for may come along.
    let is_strange = |one: &&Value| {
        one["resourceType"]
            .as_str()
            .is_some_and(|kind| kind != *wanted && kinds.contains(kind))
    };
    let mut mismatches: Vec<Mismatch> = part
        .iter()
        .filter(is_strange)
        .map(|one| Mismatch::new(format!("Patient and {wanted}"), "another kind").at(name_of(one)))
        .collect();
    let of_kind = all.iter().filter(|one| one["resourceType"] == *wanted);
    mismatches.extend(missing(of_kind, &part));
    world.judge_each(mismatches)
}

async fn in_pages(world: &mut World, _: Arguments<'_>) -> Outcome {
    let all = world.records.clone();
    if all.len() < 4 {
        return Err(Halt::Skip(
            "everything about the member is less than four records; give a test member with more"
                .into(),
        ));
    }
    // Few pages, so that a large chart is still read to its end.
    let size = all.len().div_ceil(4);
    let id = world.member_record().await?;
    world
        .send(Request::get(format!(
            "Patient/{id}/$everything?_count={size}"
        )))
        .await?;
    let reply = world.reply()?;
    let first = expect_status(reply, &[200], "the first page")
        .and_then(|()| expect_resource(reply, "Bundle"));
    let result = first.and_then(|first| match bundle::matches(&first).count() {
        0 => Err(Mismatch::new("a page with records", "an empty one").at("$.entry")),
        count if count > size => Err(Mismatch::new(
            format!("at most {size} records on the page"),
            format!("{count}"),
        )
        .at("$.entry")),
        _ => Ok(()),
    });
    world.judge(result)?;
    let Some(paged) = narrowed(world, &format!("_count={size}")).await? else {
        return Ok(());
    };
    // A Provenance of the exchange is made for each page anew.
    let mismatches = missing(
        all.iter().filter(|one| one["resourceType"] != "Provenance"),
        &paged,
    );
    world.judge_each(mismatches)
}

#[cfg(test)]
mod tests {
    use super::{care_date, some_day};
    use serde_json::json;

    #[test]
    fn care_has_the_date_of_its_kind() {
        let observation = json!({"resourceType": "Observation", "effectiveDateTime": "2024-02-02"});
        assert!(care_date(&observation).is_some());
        assert!(care_date(&json!({"resourceType": "Goal", "startDate": "2024-02-02"})).is_none());
        assert!(care_date(&json!({"resourceType": "Encounter", "period": "x"})).is_none());
    }

    #[test]
    fn one_day_of_several_is_chosen() {
        let on = |day: &str| json!({"resourceType": "Encounter", "period": {"start": format!("{day}T09:00:00Z")}});
        assert_eq!(
            some_day(&[on("2024-01-01"), on("2023-01-01")]).as_deref(),
            Some("2024-01-01")
        );
        assert_eq!(some_day(&[on("2024-01-01"), on("2024-01-01")]), None);
        assert_eq!(
            some_day(&[json!({"resourceType": "Encounter", "period": {"start": "x"}})]),
            None
        );
    }
}
