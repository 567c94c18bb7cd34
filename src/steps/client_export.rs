//! The exports of Groups that a client under test asks for: what for, of what, since when.

use super::age::years_before;
use super::client_match::path_of;
use super::client_retrieval::query;
use super::drive::{Arguments, Halt, Outcome};
use super::world::hearing::sent;
use super::{Mismatch, World};
use crate::fhir::{SearchParameter, date::Span, parameters, path, search};
use crate::mock::Heard;
use serde_json::Value;
use std::collections::BTreeSet;
use std::sync::Arc;

super::book::steps! {
    /// Turns to the kick-offs of exports of Groups, whatever their method.
    r"^the (?:new payer|provider) has the data of a group exported$" => exports;
    /// Turns to the kick-offs with `_typeFilter`.
    r"^the (?:new payer|provider) narrows an export by filters$" => narrows;
    /// Turns to the kick-offs with that purpose.
    r"^the provider exports for the purpose (provider-delta|provider-download|provider-snapshot)$" => for_purpose;
    /// `exportType` is the exchange between payers.
    r"^it says each time that this is for an exchange between payers$" => between_payers;
    /// `exportType` is one of the three purposes of providers.
    r"^it says each time which of a provider's purposes this is for$" => for_provider;
    /// Each filter is `Type?parameters`.
    r"^each filter is a search for one kind of record$" => are_searches;
    /// Each parameter of each filter is one that FHIR, US Core or PDex have for the type.
    r"^each filter asks by what the guides let records be found by$" => are_known;
    /// The first unfiltered export of a Group has no `_since`, and later ones have it.
    r"^it asks for everything first, and later for what has changed since$" => changes_later;
    /// The first export of a Group, and its filters, leave out nothing of the last five years.
    r"^the first of a group leaves out nothing of the last five years$" => five_years;
    /// Each of the requests has `_since`.
    r"^it says each time since when$" => says_since;
    /// Before the first of the requests heard, `$provider-member-match` was taken on.
    r"^it has had its patients matched before$" => matched_first;
    /// Each Group that is exported was in an earlier outcome of a match.
    r"^each group is one of those that a match has brought$" => of_match;
    /// Each Group that is exported claims the profile of those who matched, where an outcome of a match has brought it.
    r"^each group is one of those who matched, whatever the order of groups$" => by_profile;
    /// Between each of the exports heard and the one before, patients were matched.
    r"^it has had its patients matched since the export before$" => matched_since;
    /// Turns to searches of Groups.
    r"^the new payer searches groups$" => searches_groups;
    /// Each search has `characteristic`.
    r"^it looks for them by what they are for$" => by_characteristic;
}

fn is_export(heard: &Heard) -> bool {
    let path = path_of(heard);
    path.starts_with("/Group/") && path.ends_with("/$davinci-data-export")
}

/// A parameter of a kick-off, as text.
fn text(heard: &Heard, name: &str) -> Option<String> {
    let body = sent(heard);
    let value = parameters::value(&body, name)?;
    value.as_str().map(str::to_owned)
}

/// All filters of a kick-off: the parameter may come several times, and each holds several divided by commas.
fn filters(heard: &Heard) -> Vec<String> {
    let body = sent(heard);
    let named = parameters::all(&body)
        .iter()
        .filter(|one| one["name"] == "_typeFilter");
    let values = named.flat_map(|one| one.as_object().into_iter().flatten());
    let values = values.filter(|(key, _)| key.starts_with("value"));
    let texts = values.filter_map(|(_, value)| value.as_str().map(str::to_owned));
    texts.flat_map(|text| divided(&text)).collect()
}

/// The filters of one text. A comma between values of a parameter divides nothing: what begins a filter is a type.
fn divided(text: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for part in text.split(',') {
        let begins = part
            .trim_start()
            .starts_with(|first: char| first.is_ascii_uppercase())
            && (part.contains('?') || found.is_empty());
        match found.last_mut() {
            Some(last) if !begins => {
                last.push(',');
                last.push_str(part);
            }
            _ => found.push(part.to_owned()),
        }
    }
    found
}

async fn exports(world: &mut World, _: Arguments<'_>) -> Outcome {
    world.hear("have the data of a group exported", is_export)
}

async fn narrows(world: &mut World, _: Arguments<'_>) -> Outcome {
    world.hear("narrow an export by _typeFilter", |heard| {
        is_export(heard) && !filters(heard).is_empty()
    })
}

/// The code of a purpose, after its `#`.
fn purpose(heard: &Heard) -> Option<String> {
    text(heard, "exportType").map(|text| text.rsplit('#').next().unwrap_or_default().to_owned())
}

async fn for_purpose(world: &mut World, arguments: Arguments<'_>) -> Outcome {
    let wanted = arguments.word(1).to_owned();
    let deed = format!("have data exported for {wanted}");
    world.hear(&deed, is_export)?;
    world.narrow(&deed, |heard| purpose(heard).as_deref() == Some(&wanted))
}

fn expect_purpose(heard: &Heard, allowed: &[&str]) -> Result<(), Mismatch> {
    let home = "hl7.fhir.us.davinci-pdex#";
    let found = text(heard, "exportType");
    let code = found.as_deref().and_then(|text| text.strip_prefix(home));
    match code {
        Some(code) if allowed.contains(&code) => Ok(()),
        _ => Err(Mismatch::new(
            format!("exportType {home}{}", allowed.join(" or ")),
            found.unwrap_or_else(|| "none".to_owned()),
        )
        .at("$.parameter[?@.name=='exportType'].valueCanonical")),
    }
}

async fn between_payers(world: &mut World, _: Arguments<'_>) -> Outcome {
    world.judge_heard(|heard| expect_purpose(heard, &["payertopayer"]))
}

async fn for_provider(world: &mut World, _: Arguments<'_>) -> Outcome {
    let all = ["provider-delta", "provider-download", "provider-snapshot"];
    world.judge_heard(|heard| expect_purpose(heard, &all))
}

/// Type and parameters of a filter.
fn parts(filter: &str) -> Option<(&str, Vec<search::Parameter>)> {
    let (kind, query) = filter.split_once('?')?;
    let is_type = kind.starts_with(|first: char| first.is_ascii_uppercase())
        && kind.chars().all(|letter| letter.is_ascii_alphabetic());
    let parsed = search::parse(query);
    let is_whole = !parsed.is_empty()
        && query.split('&').all(|pair| {
            pair.split_once('=')
                .is_some_and(|(name, value)| !name.is_empty() && !value.is_empty())
        });
    (is_type && is_whole).then_some((kind, parsed))
}

async fn are_searches(world: &mut World, _: Arguments<'_>) -> Outcome {
    world.judge_heard(
        |heard| match filters(heard).iter().find(|one| parts(one).is_none()) {
            None => Ok(()),
            Some(wrong) => Err(Mismatch::new(
                "filters such as Type?parameter=value",
                wrong.clone(),
            )
            .at("$.parameter[?@.name=='_typeFilter']")),
        },
    )
}

async fn are_known(world: &mut World, _: Arguments<'_>) -> Outcome {
    world.judge_heard(|heard| {
        for filter in filters(heard) {
            let Some((kind, all)) = parts(&filter) else {
                continue;
            };
            let plain = |name: &str| name.split(['.', ':']).next().unwrap_or_default().to_owned();
            let known = |name: &str| {
                ["_has", "_filter"].contains(&name) || SearchParameter::find(kind, name).is_some()
            };
            if let Some(unknown) = all
                .iter()
                .map(|one| plain(&one.name))
                .find(|one| !known(one))
            {
                return Err(Mismatch::new(
                    format!("search parameters that {kind} has"),
                    format!("{unknown} in {filter}"),
                ));
            }
        }
        Ok(())
    })
}

async fn changes_later(world: &mut World, _: Arguments<'_>) -> Outcome {
    let mut whole = world.heard();
    whole.retain(|one| filters(one).is_empty() && text(one, "_type").is_none());
    let mut broken = Vec::new();
    let mut groups: BTreeSet<String> = BTreeSet::new();
    for (position, one) in whole.iter().enumerate() {
        let since = text(one, "_since");
        if position == 0 && since.is_some() {
            let mismatch = Mismatch::new("everything the first time", "_since");
            broken.push((one.clone(), mismatch));
        }
        // Another group may be one of other members.
        if !groups.insert(path_of(one)) && since.is_none() {
            let mismatch = Mismatch::new(
                "_since, when the same group is exported again",
                "everything again",
            );
            broken.push((one.clone(), mismatch));
        }
    }
    if whole.len() < 2 {
        return Err(Halt::Skip(
            "it has had data exported once: let it fetch what has changed, too".to_owned(),
        ));
    }
    world.judge_cited(broken)
}

async fn five_years(world: &mut World, _: Arguments<'_>) -> Outcome {
    let limit = years_before(world.context()?.today, 5).to_string();
    let limit = Span::parse(&limit).map(|span| span.end);
    let limit = limit.map_err(|error| Halt::Error(error.to_string()))?;
    let is_late = |value: &str| Span::parse(value).is_ok_and(|span| span.start > limit);
    let mut broken = Vec::new();
    if let Some(first) = world.heard().first() {
        let since = text(first, "_since").filter(|since| is_late(since));
        let dated = filters(first).into_iter().find(|filter| {
            let all = parts(filter).map(|(_, all)| all).unwrap_or_default();
            all.iter().any(|one| {
                one.values.iter().any(|value| {
                    let date = value
                        .strip_prefix("ge")
                        .or_else(|| value.strip_prefix("gt"));
                    date.is_some_and(is_late)
                })
            })
        });
        if let Some(late) = since.or(dated) {
            let mismatch = Mismatch::new(
                "at least the last five years the first time",
                format!("only since {late}"),
            );
            broken.push((first.clone(), mismatch));
        }
    }
    world.judge_cited(broken)
}

async fn says_since(world: &mut World, _: Arguments<'_>) -> Outcome {
    world.judge_heard(|heard| match text(heard, "_since") {
        Some(since) if Span::parse(&since).is_ok() => Ok(()),
        other => Err(Mismatch::new(
            "_since",
            other.unwrap_or_else(|| "it is missing".to_owned()),
        )),
    })
}

async fn searches_groups(world: &mut World, _: Arguments<'_>) -> Outcome {
    world.hear("search groups", |heard| {
        let path = path_of(heard);
        (path == "/Group" && heard.request.method == "GET") || path == "/Group/_search"
    })
}

async fn by_characteristic(world: &mut World, _: Arguments<'_>) -> Outcome {
    world.judge_heard(|heard| {
        let names = [
            "characteristic",
            "characteristic-value",
            "characteristic-value-reference",
        ];
        let all = query(heard);
        match all.iter().any(|one| names.contains(&one.name.as_str())) {
            true => Ok(()),
            false => Err(Mismatch::new("characteristic in the search", names_of(&all)).at("query")),
        }
    })
}

fn names_of(all: &[search::Parameter]) -> String {
    let names: Vec<&str> = all.iter().map(|one| one.name.as_str()).collect();
    match names.is_empty() {
        true => "no parameters".to_owned(),
        false => names.join(", "),
    }
}

/// The matches of patients that were taken on.
fn matches(all: &[Arc<Heard>]) -> impl Iterator<Item = &Arc<Heard>> {
    all.iter()
        .filter(|one| path_of(one) == "/Group/$provider-member-match" && one.response.status == 202)
}

async fn matched_first(world: &mut World, _: Arguments<'_>) -> Outcome {
    let all = world.conversation()?.heard();
    let matched = matches(&all).next().map(|one| one.number);
    match world.heard().first() {
        Some(first) if matched.is_none_or(|number| number > first.number) => {
            let mismatch = Mismatch::new(
                "$provider-member-match before this export",
                "there was none",
            );
            world.judge_cited(vec![(first.clone(), mismatch)])
        }
        _ => Ok(()),
    }
}

async fn of_match(world: &mut World, _: Arguments<'_>) -> Outcome {
    let all = world.conversation()?.heard();
    let started = matches(&all).next().map(|one| one.number);
    let mut broken = Vec::new();
    for heard in world.heard() {
        let path = path_of(&heard);
        let id = path.split('/').nth(2).unwrap_or_default();
        let named = format!("\"id\":\"{id}\"");
        let brings = |one: &&Arc<Heard>| {
            let is_outcome = one.request.method == "GET" && !path_of(one).starts_with("/Group");
            let is_between =
                started.is_some_and(|from| one.number > from) && one.number < heard.number;
            let text = String::from_utf8_lossy(&one.response.body);
            is_outcome
                && is_between
                && text.contains("Group")
                && text.replace("\": \"", "\":\"").contains(&named)
        };
        if !all.iter().any(|one| brings(&one)) {
            let mismatch = Mismatch::new("the Group of a match", format!("Group {id}"));
            broken.push((heard.clone(), mismatch));
        }
    }
    world.judge_cited(broken)
}

/// Profile of the Group of those who were matched for a provider.
const MATCHED: &str = "pdex-provider-member-match";

/// The Groups in an answer: lines, or parameters.
fn groups_of(heard: &Heard) -> Vec<Value> {
    let text = String::from_utf8_lossy(&heard.response.body);
    let mut found = Vec::new();
    for line in text.lines() {
        let one: Value = serde_json::from_str(line).unwrap_or_default();
        let inside = parameters::all(&one).iter().map(|one| &one["resource"]);
        found.extend(
            inside
                .chain([&one])
                .filter(|one| one["resourceType"] == "Group")
                .cloned(),
        );
    }
    found
}

async fn by_profile(world: &mut World, _: Arguments<'_>) -> Outcome {
    let all = world.conversation()?.heard();
    let files = all.iter().filter(|one| path_of(one).ends_with(".ndjson"));
    let groups: Vec<Value> = files.flat_map(|one| groups_of(one)).collect();
    if groups.len() < 2 {
        return Err(Halt::Skip(
            "a match has brought it no groups to choose from".to_owned(),
        ));
    }
    world.judge_heard(|heard| {
        let path = path_of(heard);
        let id = path.split('/').nth(2).unwrap_or_default();
        let Some(group) = groups.iter().find(|one| one["id"] == id) else {
            return Ok(());
        };
        let profiles = path::elements(group, "meta.profile");
        let is_claimed = |profile: &&Value| {
            let name = profile.as_str().and_then(|text| text.rsplit('/').next());
            name.is_some_and(|name| name.split('|').next() == Some(MATCHED))
        };
        // A Group of nobody may claim nothing: its profile wants somebody in it.
        match profiles.is_empty() || profiles.iter().any(is_claimed) {
            true => Ok(()),
            false => Err(Mismatch::new(
                format!("a Group that claims {MATCHED}"),
                profiles
                    .iter()
                    .map(ToString::to_string)
                    .collect::<Vec<_>>()
                    .join(", "),
            )),
        }
    })
}

async fn matched_since(world: &mut World, _: Arguments<'_>) -> Outcome {
    let all = world.conversation()?.heard();
    let mut broken = Vec::new();
    for heard in world.heard() {
        let exports = all
            .iter()
            .filter(|one| is_export(one) && one.number < heard.number);
        let before = exports.map(|one| one.number).max();
        let is_since = |one: &Arc<Heard>| {
            one.number < heard.number && before.is_none_or(|before| one.number > before)
        };
        if !matches(&all).any(is_since) {
            let mismatch = Mismatch::new(
                "$provider-member-match since the export before",
                "there was none: the group may have expired",
            );
            broken.push((heard.clone(), mismatch));
        }
    }
    world.judge_cited(broken)
}

#[cfg(test)]
mod tests {
    use super::{divided, parts};

    #[test]
    fn filters_are_told_apart() {
        assert_eq!(
            divided("Observation?category=laboratory,vital-signs,Encounter?date=ge2020"),
            [
                "Observation?category=laboratory,vital-signs",
                "Encounter?date=ge2020"
            ]
        );
        assert!(parts("Encounter?date=ge2020").is_some());
        for wrong in [
            "Observation",
            "Observation?",
            "foo?bar=1",
            "Observation?code",
        ] {
            assert!(parts(wrong).is_none(), "{wrong}");
        }
    }
}
