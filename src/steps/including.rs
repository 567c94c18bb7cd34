//! What comes along with the results of a search: what they refer to, and where they come from.

use super::capability::resource;
use super::drive::{Arguments, Halt, Outcome};
use super::expect::{expect_resource, expect_status};
use super::pages::Pages;
use super::{Mismatch, World};
use crate::fhir::{Reference, SearchParameter, bundle, path};
use crate::http::Request;
use serde_json::Value;
use std::collections::BTreeSet;

super::book::steps! {
    /// Asks for what the records refer to along with them: exactly that comes, once, as included, and can be read.
    r"^(any record|\w+) that (\w+) records name as ([a-z-]+|anything) comes along when asked for$" => include;
    /// Asks for Provenance along with the records: it comes, is about them alone, and can be read.
    r"^the Provenance of (\w+) records comes along when asked for$" => provenance;
    /// What was included has the same content when it is read by itself, meta aside.
    r"^what (\w+) records refer to is the same, whether it comes along or is read$" => same_when_read;
    /// Asks for the coverage of claims along with them, and for who pays that coverage.
    r"^the coverage of ExplanationOfBenefit records and its payer come along when asked for$" => iterate;
}

/// References by which a claim leads on (PDex ExplanationOfBenefit, searchInclude).
const OF_CLAIMS: [&str; 5] = ["care-team", "coverage", "insurer", "patient", "provider"];
/// Included records that are read in one scenario at most.
const READ_LIMIT: usize = 4;

/// Type and id.
type Key = (String, String);

fn key(resource: &Value) -> Key {
    let text = |name: &str| resource[name].as_str().unwrap_or("?").to_owned();
    (text("resourceType"), text("id"))
}

impl World {
    /// What these references of the records lead to on the target itself; what is a match itself is left out.
    fn targets(
        &self,
        records: &[Value],
        kind: &str,
        names: &[&str],
        wanted: Option<&str>,
    ) -> BTreeSet<Key> {
        let matches: BTreeSet<Key> = records.iter().map(key).collect();
        let parameters = names
            .iter()
            .filter_map(|name| SearchParameter::find(kind, name));
        let mut targets = BTreeSet::new();
        for parameter in parameters {
            for value in records.iter().flat_map(|record| parameter.values(record)) {
                let Some(text) = value["reference"].as_str().filter(|text| self.is_own(text))
                else {
                    continue;
                };
                let target = Reference::parse(text);
                let target = target
                    .target()
                    .filter(|(kind, _)| wanted.is_none_or(|one| one == *kind));
                targets.extend(target.map(|(kind, id)| (kind.to_owned(), id.to_owned())));
            }
        }
        targets.retain(|target| !matches.contains(target));
        targets
    }

    /// Searches the kind with something added; skips when nothing is found to judge it by.
    async fn search_with(
        &mut self,
        kind: &str,
        added: &str,
    ) -> Result<Result<Pages, Mismatch>, Halt> {
        let harvest = self.harvest(kind).await?;
        let query = match harvest.searches.first() {
            Some(query) => query.clone(),
            None => self
                .searches(kind)
                .await?
                .into_iter()
                .next()
                .unwrap_or_default(),
        };
        if harvest.records.is_empty() {
            return Err(Halt::Skip(format!("the test member needs a {kind} record")));
        }
        self.judged_pages(Request::get(format!("{query}&{added}")))
            .await
    }

    /// Whether an address of a record is answered with it.
    async fn read_key(&mut self, (kind, id): &Key) -> Result<Result<Value, Mismatch>, Halt> {
        self.send(Request::get(format!("{kind}/{id}"))).await?;
        let reply = self.reply()?;
        Ok(expect_status(reply, &[200], "what comes along can be read")
            .and_then(|()| expect_resource(reply, kind)))
    }

    /// Whether the kind declares that include; without a declaration it does not.
    async fn declares_include(&mut self, kind: &str, list: &str, name: &str) -> Result<bool, Halt> {
        let statement = match self.known_statement().await {
            Ok(statement) => statement,
            Err(Halt::Skip(_)) => return Ok(false),
            Err(other) => return Err(other),
        };
        let declared = resource(&statement, kind).and_then(|one| one[list].as_array().cloned());
        let is_meant = |one: &Value| {
            one.as_str()
                .is_some_and(|one| one == "*" || one.starts_with(name))
        };
        Ok(declared.unwrap_or_default().iter().any(is_meant))
    }

    /// Each included record comes once on its page, and is what may come; what is missing and can be read
    /// should have come.
    async fn compare(
        &mut self,
        pages: &Pages,
        kind: &str,
        expected: &BTreeSet<Key>,
        is_allowed: impl Fn(&Key) -> bool,
    ) -> Result<Result<(), Mismatch>, Halt> {
        if let Some(odd) = pages.matches.iter().find(|one| one["resourceType"] != kind) {
            let (kind, id) = key(odd);
            let mismatch = Mismatch::new(
                "search mode include for what comes along",
                format!("{kind}/{id} is a match"),
            );
            return Ok(Err(mismatch.at("$.entry[*].search.mode")));
        }
        for page in &pages.bundles {
            let mut seen = BTreeSet::new();
            if let Some(again) = bundle::includes(page)
                .map(key)
                .find(|one| !seen.insert(one.clone()))
            {
                let mismatch = Mismatch::new(
                    "each included record once",
                    format!("{}/{} comes twice", again.0, again.1),
                );
                return Ok(Err(mismatch.at("$.entry")));
            }
        }
        let came: BTreeSet<Key> = pages
            .includes
            .iter()
            .map(key)
            .filter(|(kind, _)| kind != "OperationOutcome")
            .collect();
        if let Some((kind, id)) = came
            .iter()
            .find(|one| !expected.contains(one) && !is_allowed(one))
        {
            let mismatch = Mismatch::new(
                "only what the matches lead to",
                format!("{kind}/{id}, which they do not name"),
            );
            return Ok(Err(mismatch.at("$.entry")));
        }
        for missing in expected.difference(&came).take(READ_LIMIT) {
            if self.read_key(missing).await?.is_ok() {
                let (kind, id) = missing;
                let mismatch = Mismatch::new(
                    format!("{kind}/{id} among what comes along"),
                    "it did not come",
                );
                return Ok(Err(mismatch.at("$.entry")));
            }
        }
        for one in came.iter().take(READ_LIMIT) {
            if let Err(mismatch) = self.read_key(one).await? {
                return Ok(Err(mismatch));
            }
        }
        Ok(Ok(()))
    }
}

/// The references meant by a word, and how a search names them.
fn references(word: &str) -> (Vec<&str>, &str) {
    match word {
        "anything" => (OF_CLAIMS.to_vec(), "*"),
        name => (vec![name], name),
    }
}

async fn include(world: &mut World, arguments: Arguments<'_>) -> Outcome {
    let wanted = Some(arguments.word(1)).filter(|word| *word != "any record");
    let kind = arguments.word(2);
    let (names, written) = references(arguments.word(3));
    let harvest = world.harvest(kind).await?;
    if world
        .targets(&harvest.records, kind, &names, wanted)
        .is_empty()
    {
        let what = wanted.map_or_else(String::new, |one| format!("{one} "));
        return Err(Halt::Skip(format!(
            "the test member needs a {kind} record that refers to a {what}record as {}",
            names.join(" or ")
        )));
    }
    let name = format!("{kind}:{written}");
    let is_declared = world.declares_include(kind, "searchInclude", &name).await?;
    let target = wanted.map_or_else(String::new, |one| format!(":{one}"));
    let result = match world
        .search_with(kind, &format!("_include={name}{target}"))
        .await?
    {
        Err(mismatch) => Err(mismatch),
        Ok(pages) => {
            let expected = world.targets(&pages.matches, kind, &names, wanted);
            let others = others_named(&pages.matches);
            let is_allowed = |one: &Key| written == "*" && others.contains(one);
            world.compare(&pages, kind, &expected, is_allowed).await?
        }
    };
    world.judge_offer(result, is_declared)
}

/// Everything the records refer to, by whatever element.
fn others_named(records: &[Value]) -> BTreeSet<Key> {
    fn walk(value: &Value, found: &mut BTreeSet<Key>) {
        match value {
            Value::Object(members) => {
                let reference = members
                    .get("reference")
                    .and_then(Value::as_str)
                    .map(Reference::parse);
                let target = reference.as_ref().and_then(Reference::target);
                found.extend(target.map(|(kind, id)| (kind.to_owned(), id.to_owned())));
                members.values().for_each(|member| walk(member, found));
            }
            Value::Array(items) => items.iter().for_each(|item| walk(item, found)),
            _ => {}
        }
    }
    let mut found = BTreeSet::new();
    records.iter().for_each(|record| walk(record, &mut found));
    found
}

async fn provenance(world: &mut World, arguments: Arguments<'_>) -> Outcome {
    let kind = arguments.word(1);
    let is_declared = world
        .declares_include(kind, "searchRevInclude", "Provenance:target")
        .await?;
    let result = match world
        .search_with(kind, "_revinclude=Provenance:target")
        .await?
    {
        Err(mismatch) => Err(mismatch),
        Ok(pages) => match expect_provenance(&pages) {
            Err(mismatch) => Err(mismatch),
            Ok(()) => {
                let expected = pages.includes.iter().map(key).collect();
                world.compare(&pages, kind, &expected, |_| false).await?
            }
        },
    };
    world.judge_offer(result, is_declared)
}

/// Provenance came along, and is about matches.
fn expect_provenance(pages: &Pages) -> Result<(), Mismatch> {
    let matches: BTreeSet<Key> = pages.matches.iter().map(key).collect();
    let told = pages
        .includes
        .iter()
        .filter(|one| one["resourceType"] != "OperationOutcome");
    let told: Vec<&Value> = told.collect();
    if told.is_empty() {
        let is_match = |one: &&Value| one["resourceType"] == "Provenance";
        let actual = match pages.matches.iter().filter(is_match).count() {
            0 => "none came along".to_owned(),
            count => format!("{count} of them, with the search mode match"),
        };
        return Err(Mismatch::new(
            "the Provenance of the records, with the search mode include",
            actual,
        )
        .at("$.entry"));
    }
    for one in told {
        let (kind, id) = key(one);
        if kind != "Provenance" {
            return Err(Mismatch::new(
                "only Provenance along with the records",
                format!("{kind}/{id}"),
            )
            .at("$.entry"));
        }
        let target = SearchParameter::find("Provenance", "target");
        let targets = target.into_iter().flat_map(|target| target.values(one));
        let is_about = |value: &Value| {
            let reference = Reference::parse(value["reference"].as_str().unwrap_or_default());
            let target = reference
                .target()
                .map(|(kind, id)| (kind.to_owned(), id.to_owned()));
            target.is_some_and(|target| matches.contains(&target))
        };
        if !targets.into_iter().any(is_about) {
            let actual = format!("Provenance/{id} is about other records");
            return Err(
                Mismatch::new("only the Provenance of the records found", actual).at("$.entry"),
            );
        }
    }
    Ok(())
}

async fn same_when_read(world: &mut World, arguments: Arguments<'_>) -> Outcome {
    let kind = arguments.word(1);
    let pages = match world
        .search_with(kind, &format!("_include={kind}:*"))
        .await?
    {
        Ok(pages) => pages,
        Err(mismatch) => return world.judge(Err(mismatch)),
    };
    if world
        .targets(&pages.matches, kind, &OF_CLAIMS, None)
        .is_empty()
    {
        return Err(Halt::Skip(format!(
            "the test member needs a {kind} record that refers to others"
        )));
    }
    if pages.includes.is_empty() {
        let mismatch = Mismatch::new("what the records refer to comes along", "nothing came");
        return world.judge(Err(mismatch.at("$.entry")));
    }
    for included in pages.includes.iter().take(READ_LIMIT * 2) {
        let result = world.read_key(&key(included)).await?.and_then(|read| {
            let plain = |record: &Value| {
                let mut record = record.clone();
                if let Some(members) = record.as_object_mut() {
                    members.remove("meta");
                }
                record
            };
            match path::difference(&plain(&read), &plain(included)) {
                None => Ok(()),
                Some(place) => {
                    let (kind, id) = key(included);
                    let expected = format!("{kind}/{id} as it came along");
                    Err(Mismatch::new(expected, "other content when read").at(place))
                }
            }
        });
        world.judge(result)?;
    }
    Ok(())
}

async fn iterate(world: &mut World, _: Arguments<'_>) -> Outcome {
    const KIND: &str = "ExplanationOfBenefit";
    let added = format!("_include={KIND}:coverage&_include:iterate=Coverage:payor");
    let pages = match world.search_with(KIND, &added).await? {
        Ok(pages) => pages,
        Err(mismatch) => return world.judge(Err(mismatch)),
    };
    let mut expected = world.targets(&pages.matches, KIND, &["coverage"], None);
    let coverages: Vec<Value> = pages
        .includes
        .iter()
        .filter(|one| one["resourceType"] == "Coverage")
        .cloned()
        .collect();
    expected.extend(world.targets(&coverages, "Coverage", &["payor"], None));
    if expected.is_empty() {
        return Err(Halt::Skip(format!(
            "the test member needs a {KIND} record that refers to a coverage"
        )));
    }
    let result = world.compare(&pages, KIND, &expected, |_| false).await?;
    world.judge(result)
}

#[cfg(test)]
mod tests {
    use super::expect_provenance;
    use crate::steps::pages::Pages;
    use serde_json::{Value, json};

    fn told(includes: Vec<Value>) -> Result<(), String> {
        let matches = vec![json!({"resourceType": "Goal", "id": "g"})];
        let pages = Pages {
            matches,
            includes,
            ..Pages::default()
        };
        expect_provenance(&pages).map_err(|mismatch| mismatch.actual)
    }

    #[test]
    fn provenance_is_about_the_matches() {
        let about = |target: &str| json!({"resourceType": "Provenance", "id": "p", "target": [{"reference": target}]});
        assert_eq!(
            told(vec![
                about("Goal/g"),
                about("https://x.example/fhir/Goal/g/_history/1")
            ]),
            Ok(())
        );
        assert!(
            told(vec![about("Goal/h")])
                .unwrap_err()
                .contains("other records")
        );
        assert!(told(Vec::new()).unwrap_err().contains("none"));
        assert!(
            told(vec![json!({"resourceType": "Task", "id": "t"})])
                .unwrap_err()
                .contains("Task")
        );
    }
}
