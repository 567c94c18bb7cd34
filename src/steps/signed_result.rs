//! Signed search results of a provider that signs everything, and what it makes of reads (CDex, Direct Query,
//! Signatures).

use super::World;
use super::drive::{Arguments, Halt, Outcome};
use super::expect::{describe, expect_resource, expect_status};
use super::mismatch::{Mismatch, name_of};
use super::signature::{Verified, is_decisive, is_of_form};
use crate::fhir::{Reference, bundle, outcome};
use crate::http::Request;
use serde_json::Value;

super::book::steps! {
    /// The search set has a signature, and an organization gave it.
    r"^the results are signed by the organization that sends them$" => by_sender;
    /// There is one signature, with the elements that the profile of the guide's version gives it.
    r"^the signature on the results has the form that the guide gives it$" => formed;
    /// The signature on the search set was made as the guide says, and verifies.
    r"^the signature on the results holds$" => hold;
    /// The signature on the search set keeps the rule that the scenario is about.
    r"^the signature on the results keeps the rule: .+$" => keep_rule;
    /// The search set breaks no rule of the profile cdex-signature-bundle about its signature.
    r"^the results hold to the profile of signed Bundles$" => profiled;
    /// Reads the first of the results where it is.
    r"^the payer reads one of them by itself$" => read_one;
    /// The status is 400, and an OperationOutcome tells in words which business rule is broken.
    r"^the provider says that it has to be searched for$" => refused;
    /// Searches for the first of the results by its id.
    r"^the payer searches for one of them by its id$" => search_one;
    /// That record is found, in a signed search set.
    r"^that one is found and signed$" => found_signed;
    /// Everything that the Task brought is a signed document, or signed answers; other formats are not judged.
    r"^all that it refers to is signed$" => outputs_signed;
    /// Searches for the answers that the Task brought.
    r"^the payer searches for the answers by their id$" => search_answers;
    /// What is signed on its own among the results still holds.
    r"^what is signed on its own among the results holds, too$" => nested_hold;
}

const PROFILE: &str =
    "http://hl7.org/fhir/us/davinci-cdex/StructureDefinition/cdex-signature-bundle";

impl World {
    /// The search set that was answered last.
    fn results(&self) -> Result<Value, Halt> {
        let reply = self.reply()?;
        let found = expect_status(reply, &[200], "the search is answered")
            .and_then(|()| expect_resource(reply, "Bundle"));
        found.map_err(|_| Halt::Skip(format!("the search is not answered: {}", describe(reply))))
    }

    /// The signatures in the search set: its own, or those of what it holds.
    fn verified_results(&self, is_own: bool) -> Result<Verified, Halt> {
        let results = self.results()?;
        let signatures = self.examined(&results)?.signatures.into_iter();
        let wanted = signatures.filter(|one| one.place.contains('.') != is_own);
        Ok(wanted
            .map(|one| ("the search set".to_owned(), one))
            .collect())
    }

    /// `Type/id` of the first match of the last search.
    fn first_result(&self) -> Result<(String, String), Halt> {
        let results = self.results()?;
        let first = bundle::matches(&results).next();
        let name = first.and_then(|one| {
            let (kind, id) = (one["resourceType"].as_str()?, one["id"].as_str()?);
            Some((kind.to_owned(), id.to_owned()))
        });
        name.ok_or_else(|| Halt::Skip("the test member needs a record of that kind".into()))
    }
}

fn none() -> Mismatch {
    Mismatch::new("the signature that has been agreed on", "none").at("Bundle.signature")
}

async fn by_sender(world: &mut World, _: Arguments<'_>) -> Outcome {
    let results = world.results()?;
    if results["signature"].is_null() {
        return world.judge(Err(none()));
    }
    let who = &results["signature"]["who"];
    let literal = who["reference"].as_str().map(Reference::parse);
    let target = literal.as_ref().and_then(Reference::target);
    let kind = who["type"].as_str().or(target.map(|(kind, _)| kind));
    let number = who["identifier"]["value"].as_str().unwrap_or_default();
    let own = world.target()?.payer.npi;
    let result = match kind {
        Some("Organization") => Ok(()),
        Some(other) => Err(Mismatch::new("an Organization", other).at("Bundle.signature.who")),
        None if !own.is_empty() && number == own => Ok(()),
        None => {
            return Err(Halt::Skip(
                "the signature does not tell whether an organization gave it".into(),
            ));
        }
    };
    world.judge(result)
}

async fn formed(world: &mut World, _: Arguments<'_>) -> Outcome {
    let verified = world.verified_results(true)?;
    match verified.is_empty() {
        true => world.judge(Err(none())),
        false => world.judge_steps(&verified, is_of_form),
    }
}

async fn hold(world: &mut World, _: Arguments<'_>) -> Outcome {
    let verified = world.verified_results(true)?;
    world.judge_steps(&verified, is_decisive)
}

async fn keep_rule(world: &mut World, _: Arguments<'_>) -> Outcome {
    let verified = world.verified_results(true)?;
    world.judge_rule_of_signatures(&verified)
}

async fn profiled(world: &mut World, _: Arguments<'_>) -> Outcome {
    let results = world.results()?;
    let judge = world.target()?.judge;
    let inspection = judge.inspect(None, (&results, judge.print(&results)), PROFILE);
    let inspection = inspection
        .ok_or_else(|| Halt::Error("nobody here knows the profile of signed Bundles".into()))?;
    let errors = inspection.report.errors();
    // What the Bundle holds is judged by its own profiles.
    let errors = errors.filter(|issue| !issue.expression.contains(".entry"));
    let mismatches = errors.map(|issue| {
        Mismatch::new("a Bundle that holds to its profile", issue.message.clone())
            .at(issue.expression.clone())
    });
    let mismatches = mismatches.collect();
    world.judge_all(mismatches)
}

async fn read_one(world: &mut World, _: Arguments<'_>) -> Outcome {
    let (kind, id) = world.first_result()?;
    world.send(Request::get(format!("{kind}/{id}"))).await
}

async fn refused(world: &mut World, _: Arguments<'_>) -> Outcome {
    let reply = world.reply()?;
    let body = reply.json().unwrap_or_default();
    let tells = outcome::issues(&body).iter().any(|issue| {
        let words = [&issue["details"]["text"], &issue["diagnostics"]];
        let is_told = words
            .iter()
            .any(|words| words.as_str().is_some_and(|text| !text.is_empty()));
        let is_error = issue["severity"] == "error" || issue["severity"] == "fatal";
        is_error && issue["code"] == "business-rule" && is_told
    });
    let expected = "an OperationOutcome with a business-rule error that is told in words";
    let result = expect_status(reply, &[400], "the read is refused").and_then(|()| match tells {
        true => Ok(()),
        false => Err(Mismatch::new(expected, describe(reply)).at("body")),
    });
    world.judge(result)
}

async fn search_one(world: &mut World, _: Arguments<'_>) -> Outcome {
    let (kind, id) = world.first_result()?;
    world.send(Request::get(format!("{kind}?_id={id}"))).await
}

async fn found_signed(world: &mut World, _: Arguments<'_>) -> Outcome {
    let reply = world.reply()?;
    let found = expect_status(reply, &[200], "the search is answered")
        .and_then(|()| expect_resource(reply, "Bundle"));
    let result = found.and_then(|found| {
        if bundle::matches(&found).next().is_none() {
            return Err(Mismatch::new("the record", "none").at("$.entry"));
        }
        match found["signature"].is_null() {
            true => Err(none()),
            false => Ok(()),
        }
    });
    world.judge(result)
}

async fn outputs_signed(world: &mut World, _: Arguments<'_>) -> Outcome {
    let outputs = world.whole_outputs().await?;
    let outputs = outputs
        .map_err(|mismatch| Halt::Skip(format!("the data cannot be had: {}", mismatch.actual)))?;
    let (mut mismatches, mut verified) = (Vec::new(), Verified::new());
    let mut is_open = outputs.is_empty();
    for one in outputs {
        if one["resourceType"] == "DocumentReference" {
            is_open = true;
            continue;
        }
        let is_carrier =
            one["type"] == "document" || one["resourceType"] == "QuestionnaireResponse";
        let signatures = world.examined(&one)?.signatures;
        if !is_carrier || signatures.is_empty() {
            let actual = format!("{} without a signature of its own", one["resourceType"]);
            let expected = "a signed document, or signed answers to a Questionnaire";
            mismatches.push(Mismatch::new(expected, actual).at(name_of(&one)));
        }
        verified.extend(
            signatures
                .into_iter()
                .map(|signature| (name_of(&one), signature)),
        );
    }
    world.judge_each(mismatches)?;
    if is_open && verified.is_empty() {
        return Err(Halt::Skip(
            "what is signed inside a document cannot be judged here".into(),
        ));
    }
    world.judge_steps(&verified, is_decisive)
}

async fn search_answers(world: &mut World, _: Arguments<'_>) -> Outcome {
    let task = world.followed()?.last().clone();
    let references = task["output"].as_array().into_iter().flatten();
    let id = references
        .filter_map(|output| output["valueReference"]["reference"].as_str())
        .map(Reference::parse)
        .find_map(|reference| match reference.target() {
            Some(("QuestionnaireResponse", id)) => Some(id.to_owned()),
            _ => None,
        });
    let id = id.ok_or_else(|| {
        Halt::Skip("the Task brought no answers that are kept by the provider".into())
    })?;
    let search = Request::get(format!("QuestionnaireResponse?_id={id}"));
    world.send(search).await
}

async fn nested_hold(world: &mut World, _: Arguments<'_>) -> Outcome {
    let verified = world.verified_results(false)?;
    world.judge_steps(&verified, is_decisive)
}
