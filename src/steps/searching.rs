//! Searching a member's records by one parameter or several, judged on what the records say.

use super::capability::has_parameter;
use super::drive::{Arguments, Halt, Outcome};
use super::harvest::Harvest;
use super::inquiry::{Inquiry, Question};
use super::pages::Pages;
use super::{Mismatch, World};
use crate::fhir::{Criterion, SearchParameter, SearchType, search};
use crate::http::Request;
use serde_json::Value;
use std::collections::BTreeSet;
use url::form_urlencoded::Serializer;

super::book::steps! {
    /// Chooses values of the parameters from the member's records, such that each matters if possible; skips when no record has them.
    r"^values of ([a-z-]+(?:, [a-z-]+)*|_id|_lastUpdated) from the (\w+) records of the member$" => choose;
    /// Searches by these values in every form: every result has them, every known record that has them is there, all are the member's.
    r"^a search by them finds the records that have them, and no others$" => find;
    /// The same with dates as times to the second and an offset from UTC.
    r"^a search by them, told to the second in a time zone, finds the same and no others$" => find_to_the_second;
    /// Asks for the same with a form in the body.
    r"^the same search sent as a form finds the same$" => find_by_form;
}

/// Parameters that find a record whomever it is about.
const OF_ONE_RECORD: [&str; 2] = ["_id", "identifier"];

async fn choose(world: &mut World, arguments: Arguments<'_>) -> Outcome {
    let kind = arguments.word(2).to_owned();
    let names: Vec<String> = arguments.word(1).split(", ").map(str::to_owned).collect();
    let inquiry = world.inquire(&kind, &names).await?;
    world.inquiry = Some(inquiry);
    Ok(())
}

impl World {
    /// Prepares searches of a kind by these parameters.
    pub(super) async fn inquire(&mut self, kind: &str, names: &[String]) -> Result<Inquiry, Halt> {
        let member = self.member_record().await?;
        let harvest = match self.harvest(kind).await {
            // That nothing is found by the member is what a search by the member is about.
            Err(Halt::Skip(_)) if *names == ["patient"] => Harvest::default().into(),
            harvest => harvest?,
        };
        let definitions: Vec<SearchParameter> = names
            .iter()
            .map(|name| {
                let unknown = || Halt::Error(format!("{kind} has no search parameter {name}"));
                SearchParameter::find(kind, name).ok_or_else(unknown)
            })
            .collect::<Result<_, _>>()?;
        let chosen: Vec<SearchParameter> = definitions
            .iter()
            .filter(|one| one.name != "patient")
            .copied()
            .collect();
        let about = SearchParameter::find(kind, "patient")
            .map(|patient| Criterion::new(patient, format!("Patient/{member}")));
        let mut inquiry = if chosen.is_empty() {
            by_member(kind, &member, &harvest)
        } else {
            Inquiry::choose(kind, &chosen, &harvest.records)
                .ok_or_else(|| missing(kind, &chosen))?
        };
        let silent = inquiry.untold(&chosen);
        if !silent.is_empty() {
            self.note(format!(
                "the {} known {kind} records do not show whether the payer heeds {}: they are found without it too",
                harvest.records.len(),
                silent.join(" and "),
            ));
        }
        let names_member = names.iter().any(|one| one == "patient");
        let is_of_one = chosen.iter().all(|one| OF_ONE_RECORD.contains(&one.name));
        if let Some(about) = &about
            && !chosen.is_empty()
            && (names_member || !is_of_one)
        {
            inquiry
                .basis
                .push(Criterion::new(about.parameter, member.clone()));
        }
        inquiry.about = about;
        Ok(inquiry)
    }

    /// Whether all parameters of an inquiry are declared.
    async fn declares(&mut self, inquiry: &Inquiry) -> Result<bool, Halt> {
        let statement = match self.known_statement().await {
            Ok(statement) => statement,
            Err(Halt::Skip(_)) => return Ok(false),
            Err(other) => return Err(other),
        };
        let asked = inquiry.questions.iter().flatten();
        Ok(asked
            .map(|one| one.parameter.name)
            .all(|name| has_parameter(&statement, &inquiry.kind, name)))
    }

    /// Asks one question; a payer that refuses it may insist on further parameters, which are then added to the
    /// basis for good.
    async fn ask(
        &mut self,
        inquiry: &mut Inquiry,
        question: &Question,
    ) -> Result<Result<Pages, Mismatch>, Halt> {
        let first = self
            .judged_pages(Request::get(address(inquiry, question)))
            .await?;
        if first.is_ok() || !(400..500).contains(&self.reply()?.status) {
            return Ok(first);
        }
        let further = self.further(inquiry, question).await?;
        if further.is_empty() {
            return Ok(first);
        }
        let names: Vec<&str> = further.iter().map(|one| one.parameter.name).collect();
        self.note(format!(
            "the payer refuses the search without {}",
            names.join(" and ")
        ));
        inquiry.basis.extend(further);
        self.judged_pages(Request::get(address(inquiry, question)))
            .await
    }

    /// What the search that found the member's records named besides the member and what is asked for.
    async fn further(
        &mut self,
        inquiry: &Inquiry,
        question: &Question,
    ) -> Result<Vec<Criterion>, Halt> {
        let Ok(harvest) = self.harvest(&inquiry.kind).await else {
            return Ok(Vec::new());
        };
        let Some((_, query)) = harvest.searches.first().and_then(|one| one.split_once('?')) else {
            return Ok(Vec::new());
        };
        let is_named = |name: &str| {
            let all = inquiry.basis.iter().chain(question);
            name == "patient" || all.into_iter().any(|one| one.parameter.name == name)
        };
        let further = search::parse(query)
            .into_iter()
            .filter(|one| !is_named(&one.name));
        Ok(further
            .filter_map(|one| {
                let parameter = SearchParameter::find(&inquiry.kind, &one.name)?;
                Some(Criterion {
                    parameter,
                    wanted: one.values,
                })
            })
            .collect())
    }
}

/// The member's records, by number and by type and number.
fn by_member(kind: &str, member: &str, harvest: &Harvest) -> Inquiry {
    let questions = SearchParameter::find(kind, "patient")
        .into_iter()
        .flat_map(|patient| {
            [member.to_owned(), format!("Patient/{member}")]
                .map(|one| vec![Criterion::new(patient, one)])
        });
    Inquiry {
        kind: kind.to_owned(),
        basis: Vec::new(),
        about: None,
        questions: questions.collect(),
        records: harvest.records.clone(),
    }
}

fn missing(kind: &str, parameters: &[SearchParameter]) -> Halt {
    let elements: Vec<String> = parameters
        .iter()
        .map(|one| one.paths.join(" or "))
        .collect();
    Halt::Skip(format!(
        "the test member needs a {kind} record with {}",
        elements.join(" and with ")
    ))
}

/// The parameters of a search, not encoded yet.
fn fields(inquiry: &Inquiry, question: &Question) -> Vec<(&'static str, String)> {
    let all = inquiry.basis.iter().chain(question);
    all.map(|one| (one.parameter.name, one.text())).collect()
}

/// The search, below the base URL.
fn address(inquiry: &Inquiry, question: &Question) -> String {
    let fields = fields(inquiry, question);
    let query = Serializer::new(String::new())
        .extend_pairs(&fields)
        .finish();
    format!("{}?{query}", inquiry.kind)
}

async fn find(world: &mut World, _: Arguments<'_>) -> Outcome {
    let mut inquiry = world.inquiry()?;
    let is_declared = world.declares(&inquiry).await?;
    for question in inquiry.questions.clone() {
        let answer = world.ask(&mut inquiry, &question).await?;
        let result = answer.and_then(|pages| judge(&inquiry, &question, &pages));
        world.judge_offer(result, is_declared)?;
    }
    world.inquiry = Some(inquiry);
    Ok(())
}

async fn find_to_the_second(world: &mut World, arguments: Arguments<'_>) -> Outcome {
    let mut inquiry = world.inquiry()?;
    for criterion in inquiry.questions.iter_mut().flatten() {
        if criterion.parameter.kind == SearchType::Date {
            criterion.wanted.iter_mut().for_each(to_the_second);
        }
    }
    world.inquiry = Some(inquiry);
    find(world, arguments).await
}

/// Makes a day a second of it.
fn to_the_second(wanted: &mut String) {
    let day = wanted.trim_start_matches(|letter: char| letter.is_ascii_lowercase());
    if day.len() == 10 {
        wanted.push_str("T12:00:00-05:00");
    }
}

async fn find_by_form(world: &mut World, _: Arguments<'_>) -> Outcome {
    let inquiry = world.inquiry()?;
    let is_declared = world.declares(&inquiry).await?;
    let Some(question) = inquiry.questions.first() else {
        return Ok(());
    };
    let fields = fields(&inquiry, question);
    let fields: Vec<(&str, &str)> = fields
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect();
    let form = Request::post_form(format!("{}/_search", inquiry.kind), &fields);
    let answer = world.judged_pages(form).await?;
    let result = answer.and_then(|pages| judge(&inquiry, question, &pages));
    world.judge_offer(result, is_declared)
}

impl World {
    /// The searches prepared before.
    pub(super) fn inquiry(&self) -> Result<Inquiry, Halt> {
        let inquiry = self.inquiry.clone();
        inquiry.ok_or_else(|| Halt::Error("no values were chosen before this step".into()))
    }
}

/// Whether a search found what it should.
fn judge(inquiry: &Inquiry, question: &Question, pages: &Pages) -> Result<(), Mismatch> {
    let kind = &inquiry.kind;
    let asked: Vec<&Criterion> = inquiry.basis.iter().chain(question).collect();
    let demanded: Vec<&Criterion> = asked.iter().copied().chain(&inquiry.about).collect();
    let mut found = BTreeSet::new();
    for record in &pages.matches {
        if record["resourceType"] != kind.as_str() {
            let other = record["resourceType"].as_str().unwrap_or("something else");
            return Err(
                Mismatch::new(format!("only {kind} records among the matches"), other)
                    .at("$.entry"),
            );
        }
        let id = record["id"].as_str().unwrap_or_default();
        if !found.insert(id) {
            return Err(
                Mismatch::new("every match once", format!("{kind}/{id} comes twice")).at("$.entry"),
            );
        }
        if let Some(broken) = demanded
            .iter()
            .find(|one| one.matches(record) == Some(false))
        {
            return Err(Mismatch::new(
                format!(
                    "only records with {} {}",
                    broken.parameter.name,
                    broken.text()
                ),
                format!("{kind}/{id} is found, and does not fit"),
            )
            .at("$.entry")
            .hint(format!(
                "{} looks at {}",
                broken.parameter.name,
                broken.parameter.paths.join(", ")
            )));
        }
    }
    let is_wanted = |record: &&Value| asked.iter().all(|one| one.matches(record) == Some(true));
    let missing: Vec<&str> = inquiry
        .records
        .iter()
        .filter(is_wanted)
        .filter_map(|record| record["id"].as_str())
        .filter(|id| !found.contains(id))
        .collect();
    match missing.first() {
        Some(first) if pages.is_whole => Err(Mismatch::new(
            format!("all known records with {}", texts(&asked)),
            format!(
                "{} found, {} missing, {kind}/{first} among them",
                found.len(),
                missing.len()
            ),
        )
        .at("$.entry")),
        _ => Ok(()),
    }
}

fn texts(criteria: &[&Criterion]) -> String {
    let all: Vec<String> = criteria
        .iter()
        .map(|one| format!("{} {}", one.parameter.name, one.text()))
        .collect();
    all.join(" and ")
}

#[cfg(test)]
mod tests {
    use super::{address, by_member, judge};
    use crate::fhir::{Criterion, SearchParameter};
    use crate::steps::harvest::Harvest;
    use crate::steps::pages::Pages;
    use serde_json::{Value, json};

    fn goal(id: &str, status: &str) -> Value {
        json!({"resourceType": "Goal", "id": id, "lifecycleStatus": status, "subject": {"reference": "Patient/p"}})
    }

    fn judged(found: Vec<Value>) -> Result<(), String> {
        let harvest = Harvest {
            records: vec![goal("1", "active"), goal("2", "active"), goal("3", "draft")],
            ..Harvest::default()
        };
        let mut inquiry = by_member("Goal", "p", &harvest);
        inquiry.about = Some(inquiry.questions[1][0].clone());
        let status = SearchParameter::find("Goal", "lifecycle-status").unwrap();
        let question = vec![Criterion::new(status, "active")];
        let pages = Pages {
            matches: found,
            is_whole: true,
            ..Pages::default()
        };
        judge(&inquiry, &question, &pages).map_err(|mismatch| mismatch.expected)
    }

    #[test]
    fn exactly_what_is_asked_for_has_to_come() {
        assert_eq!(
            judged(vec![goal("2", "active"), goal("1", "active")]),
            Ok(())
        );
        let missing = judged(vec![goal("1", "active")]).unwrap_err();
        assert!(missing.contains("all known records"), "{missing}");
        let other = judged(vec![
            goal("1", "active"),
            goal("2", "active"),
            goal("3", "draft"),
        ])
        .unwrap_err();
        assert!(other.contains("lifecycle-status"), "{other}");
        let twice = judged(vec![
            goal("1", "active"),
            goal("2", "active"),
            goal("2", "active"),
        ])
        .unwrap_err();
        assert!(twice.contains("once"), "{twice}");
        let mut foreign = goal("9", "active");
        foreign["subject"]["reference"] = "Patient/q".into();
        let foreign = judged(vec![goal("1", "active"), goal("2", "active"), foreign]).unwrap_err();
        assert!(foreign.contains("patient"), "{foreign}");
        assert!(judged(vec![json!({"resourceType": "Task", "id": "1"})]).is_err());
    }

    #[test]
    fn a_search_is_encoded_once() {
        let inquiry = by_member("Goal", "p", &Harvest::default());
        let status = SearchParameter::find("Goal", "description").unwrap();
        assert_eq!(
            address(&inquiry, &vec![Criterion::new(status, "s|a,b")]),
            "Goal?description=s%7Ca%5C%2Cb"
        );
    }
}
