//! Groups as records: those a match sorted people into, and those a payer keeps for providers.

use super::audience::Audience;
use super::bulk_match::files_of;
use super::drive::{Arguments, Halt, Outcome};
use super::harvest::Harvest;
use super::sorted::Sorted;
use super::{Mismatch, World};
use crate::http::Request;
use serde_json::Value;
use std::collections::BTreeSet;
use std::sync::Arc;

super::book::steps! {
    /// Has them matched, once in a run for the same people, and keeps Groups and Parameters of the answer.
    r"^the new payer reads the groups they were sorted into$" => read_sorted;
    /// The same by `$provider-member-match`.
    r"^the provider reads the groups they were sorted into$" => read_sorted_for_provider;
    /// Searches the Groups of attributed members by what these have in common, or else all Groups.
    r"^a provider looks for the groups of its patients$" => find_attributed;
    /// Searches the Groups of those who treat a member; skips when none is shown.
    r"^an app looks for the groups of those who treat a member$" => find_treating;
    /// Searches the Groups the caller may see; skips unless they have different codes.
    r"^groups of different codes$" => find_different;
    /// `code=a,b` finds the Groups of either code, and only these.
    r"^a search by either code finds the groups of both$" => either_code;
    /// `code=a&code=b` finds only Groups with both codes.
    r"^a search by both codes finds no group that has only one$" => both_codes;
}

/// Code system of what members of a Group have in common.
pub(super) const ATTRIBUTION: &str =
    "http://hl7.org/fhir/us/davinci-pdex/CodeSystem/PdexMemberAttributionCS";

impl World {
    /// Records that are instances of these profiles because of where they came from.
    fn keep_by_origin(&mut self, kind: &str, sorted: Vec<(&'static str, Value)>) -> Outcome {
        let judge = self.target()?.judge;
        let (origins, records): (Vec<_>, Vec<_>) = sorted.into_iter().unzip();
        let harvest = Harvest {
            prints: records.iter().map(|record| judge.print(record)).collect(),
            records,
            origins,
            searches: Vec::new(),
        };
        self.harvested.push((kind.to_owned(), Arc::new(harvest)));
        Ok(())
    }

    /// Records that a search found.
    pub(super) fn keep_found(&mut self, kind: &str, records: Vec<Value>) -> Outcome {
        let judge = self.target()?.judge;
        let harvest = Harvest {
            prints: records.iter().map(|record| judge.print(record)).collect(),
            records,
            ..Harvest::default()
        };
        self.harvested.push((kind.to_owned(), Arc::new(harvest)));
        Ok(())
    }

    /// What the first of these searches that finds something finds; nothing when none does.
    pub(super) async fn first_found(
        &mut self,
        kind: &str,
        queries: &[String],
    ) -> Result<Vec<Value>, Halt> {
        for query in queries {
            let pages = self.read_pages(query).await?.unwrap_or_default();
            let matches = pages.matches.into_iter();
            let found: Vec<Value> = matches.filter(|one| one["resourceType"] == kind).collect();
            if !found.is_empty() {
                return Ok(found);
            }
        }
        Ok(Vec::new())
    }

    async fn read_groups(&mut self, audience: Audience) -> Outcome {
        let body = self.bulk()?.to_json();
        let about = format!("{} {} {body}", self.system()?, audience.operation());
        let context = self.context()?;
        // Another scenario may be waiting for the same job.
        self.be_patient(context.max_wait);
        let learn = async {
            let request = Request::post_json(audience.operation(), &body);
            Box::pin(self.finish_job(request)).await?;
            Box::pin(files_of(self)).await
        };
        let resources = context.memory.answer(about, learn).await?;
        self.sorted = Sorted::read(&resources).ok();
        self.keep_by_origin("Group", audience.groups(&resources))?;
        let parameters = resources
            .iter()
            .filter(|one| one["resourceType"] == "Parameters");
        let parameters = parameters
            .map(|one| (audience.envelope(), one.clone()))
            .collect();
        self.keep_by_origin("Parameters", parameters)
    }
}

async fn read_sorted(world: &mut World, _: Arguments<'_>) -> Outcome {
    world.read_groups(Audience::Payer).await
}

async fn read_sorted_for_provider(world: &mut World, _: Arguments<'_>) -> Outcome {
    world.read_groups(Audience::Provider).await
}

async fn find_attributed(world: &mut World, _: Arguments<'_>) -> Outcome {
    find_by_common(
        world,
        "pdexprovidergroup",
        "let the tester see a group of attributed members",
    )
    .await
}

async fn find_treating(world: &mut World, _: Arguments<'_>) -> Outcome {
    find_by_common(
        world,
        "pdex-member",
        "payers keep such groups for themselves: let the tester see one",
    )
    .await
}

async fn find_by_common(world: &mut World, code: &str, supply: &str) -> Outcome {
    let token = format!("{ATTRIBUTION}|{code}");
    let precise = url::form_urlencoded::Serializer::new(String::new())
        .append_pair("characteristic", &token)
        .finish();
    let queries = [format!("Group?{precise}"), "Group".to_owned()];
    let about = format!("{} groups with {code}", world.system()?);
    let context = world.context()?;
    let learn = async { world.first_found("Group", &queries).await };
    let found = context.memory.answer(about, learn).await?;
    if found.is_empty() {
        return Err(Halt::Skip(format!("no groups are found: {supply}")));
    }
    world.keep_found("Group", found)
}

/// The codes of a Group, as `system|code`.
fn codes(group: &Value) -> BTreeSet<String> {
    let codings = group["code"]["coding"].as_array();
    let tokens = codings.into_iter().flatten().filter_map(|coding| {
        Some(format!(
            "{}|{}",
            coding["system"].as_str()?,
            coding["code"].as_str()?
        ))
    });
    tokens.collect()
}

async fn find_different(world: &mut World, _: Arguments<'_>) -> Outcome {
    let queries = [
        "Group".to_owned(),
        "Group?code=match,nomatch,consentconstraint,pdexprovidergroup".to_owned(),
    ];
    let found = world.first_found("Group", &queries).await?;
    let all: BTreeSet<String> = found.iter().flat_map(codes).collect();
    if all.len() < 2 {
        return Err(Halt::Skip(format!(
            "the {} groups that are found have {} codes between them: let the tester see groups of two",
            found.len(),
            all.len()
        )));
    }
    world.records = found.into();
    Ok(())
}

/// Two codes of the Groups at hand, the first and the last, and the search for them joined by `join`.
fn question(
    groups: &[Value],
    join: fn(&str, &str) -> Vec<String>,
) -> Result<([String; 2], String), Halt> {
    let all: BTreeSet<String> = groups.iter().flat_map(codes).collect();
    let (Some(first), Some(last)) = (all.first(), all.last()) else {
        return Err(Halt::Error("no groups were found before this step".into()));
    };
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    for value in join(first, last) {
        query.append_pair("code", &value);
    }
    Ok((
        [first.clone(), last.clone()],
        format!("Group?{}", query.finish()),
    ))
}

/// What a search finds, or else what is wrong with its answer.
async fn found(world: &mut World, query: &str) -> Result<Option<Vec<Value>>, Halt> {
    match world.judged_pages(Request::get(query)).await? {
        Ok(pages) => Ok(Some(pages.matches)),
        Err(mismatch) => {
            world.judge(Err(mismatch))?;
            Ok(None)
        }
    }
}

async fn either_code(world: &mut World, _: Arguments<'_>) -> Outcome {
    let (wanted, query) = question(&world.records, |first, last| {
        vec![format!("{first},{last}")]
    })?;
    let Some(found) = found(world, &query).await? else {
        return Ok(());
    };
    let has_one = |group: &Value| codes(group).iter().any(|code| wanted.contains(code));
    let ids: BTreeSet<&str> = found.iter().filter_map(|one| one["id"].as_str()).collect();
    let missing = world
        .records
        .iter()
        .find(|group| has_one(group) && group["id"].as_str().is_some_and(|id| !ids.contains(id)));
    let strange = found.iter().find(|group| !has_one(group));
    let expected = format!(
        "all groups with the code {} or {}, and no others",
        wanted[0], wanted[1]
    );
    let result = match (missing, strange) {
        (None, None) => Ok(()),
        (Some(group), _) => Err(Mismatch::new(
            expected,
            format!("Group {} is not found", group["id"]),
        )),
        (_, Some(group)) => Err(Mismatch::new(
            expected,
            format!("Group {} is found", group["id"]),
        )),
    };
    world.judge(result.map_err(|mismatch| mismatch.at("Bundle.entry")))
}

async fn both_codes(world: &mut World, _: Arguments<'_>) -> Outcome {
    let (wanted, query) = question(&world.records, |first, last| {
        vec![first.to_owned(), last.to_owned()]
    })?;
    let Some(found) = found(world, &query).await? else {
        return Ok(());
    };
    let has_both = |group: &&Value| {
        let own = codes(group);
        wanted.iter().all(|code| own.contains(code))
    };
    let result = match found.iter().find(|group| !has_both(group)) {
        None => Ok(()),
        Some(group) => Err(Mismatch::new(
            format!("only groups with the codes {} and {}", wanted[0], wanted[1]),
            format!("Group {} is found", group["id"]),
        )
        .at("Bundle.entry")),
    };
    world.judge(result)
}

#[cfg(test)]
mod tests {
    use super::{codes, question};
    use crate::steps::sorted::RESULT;
    use serde_json::{Value, json};

    fn group(code: &str, claim: Option<&str>) -> Value {
        let claims: Vec<String> = claim
            .map(|name| format!("http://hl7.org/fhir/us/davinci-pdex/StructureDefinition/{name}|1"))
            .into_iter()
            .collect();
        json!({"resourceType": "Group", "id": code, "meta": {"profile": claims},
            "code": {"coding": [{"system": RESULT, "code": code}]}})
    }

    #[test]
    fn searches_ask_for_two_codes() {
        let groups = [group("match", None), group("nomatch", None)];
        let either = |first: &str, last: &str| vec![format!("{first},{last}")];
        let (wanted, query) = question(&groups, either).unwrap();
        assert!(
            wanted
                .iter()
                .all(|code| query.contains(&code[RESULT.len() + 1..])),
            "{query}"
        );
        assert!(query.contains("%2C"), "{query}");
        assert!(codes(&json!({"code": {"coding": [{"code": "x"}]}})).is_empty());
        assert!(question(&[], either).is_err());
    }
}
