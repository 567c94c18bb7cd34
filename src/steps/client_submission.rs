//! Documentation that a client under test submits to a payer (CDex `$submit-attachment`): chosen, and judged.

use super::World;
use super::conformity::{often, times_found};
use super::drive::{Arguments, Halt, Outcome};
use super::mismatch::Mismatch;
use super::world::hearing::sent;
use crate::config::{Claim, NPI_SYSTEM};
use crate::fhir::{parameters, path};
use crate::mock::Heard;
use http::Method;
use serde_json::{Value, json};
use std::sync::Arc;

super::book::steps! {
    /// Turns to the submissions of documentation.
    r"^the provider submits documentation$" => submits;
    /// Turns to those for claims, or for prior authorizations.
    r"^the provider submits documentation of a (claim|prior authorization)$" => submits_for;
    /// Turns to those under a tracking id that the payer gave, or to the others.
    r"^the provider submits documentation that (the payer|nobody) has asked for$" => submits_asked;
    /// Turns to those that hold answers to a Questionnaire.
    r"^the provider submits answers to a Questionnaire$" => submits_answers;
    /// Turns to those under a tracking id for which the payer wants signatures.
    r"^the provider submits documentation that must be signed$" => submits_signed;
    /// Turns to those that were refused, and to those that came when the payer was out of order.
    r"^the payer (refuses documentation|has no time for documentation)$" => unlucky;
    /// Nothing of what was refused came again as it was.
    r"^none of it comes again as it is$" => not_again;
    /// What was not taken came again.
    r"^it comes again$" => again;
    /// Each was posted to the operation itself.
    r"^each goes to the place for attachments$" => to_operation;
    /// One of them at least was taken.
    r"^one of them is taken$" => one_taken;
    /// Each has a parameter of that name, or one of the other.
    r"^each of the submissions names (\S+) or (\S+)$" => either;
    /// One of the submissions at least has a parameter, or a part of an attachment, of that name.
    r"^one of the submissions says (\S+)$" => one_says;
    /// The day of the service is there, and is told to the day.
    r"^each of the submissions tells the day of the service$" => day;
    /// Names, numbers and types of all parameters are those of the operation.
    r"^each of the submissions has the parameters of the operation$" => as_operation;
    /// There are five parameters at least, and none but those that the guide names.
    r"^each of the submissions says what the guide names and nothing else$" => nothing_else;
    /// There is one administrative reference number at most in each, as an identifier.
    r"^an administrative reference number is one identifier$" => reference_number;
    /// What the submissions say is what the payer's request had them say.
    r"^they repeat the (tracking id|use|payer|member|lines) of what was asked$" => repeats;
    /// Every attachment has a code.
    r"^each attachment has a code$" => coded;
    /// Submissions under one tracking id: all but the last say that more will follow.
    r"^of several under one tracking id only the last may be the last$" => in_order;
    /// The answers in them are completed.
    r"^the answers are completed$" => completed;
}

/// Name, value, least number and whether there may be more, of each parameter.
const PARAMETERS: [(&str, &str, usize, bool); 9] = [
    ("TrackingId", "valueIdentifier", 1, false),
    ("AttachTo", "valueCode", 1, false),
    ("PayerId", "valueIdentifier", 0, false),
    ("OrganizationId", "valueIdentifier", 0, false),
    ("ProviderId", "valueIdentifier", 0, false),
    ("MemberId", "valueIdentifier", 1, false),
    ("ServiceDate", "valueDateTime", 0, false),
    ("Attachment", "part", 1, true),
    ("Final", "valueBoolean", 0, false),
];

/// Whether an exchange submits documentation, wherever it goes.
fn is_submission(heard: &Heard) -> bool {
    let names_it = heard
        .request
        .path
        .replace("%24", "$")
        .contains("$submit-attachment");
    heard.request.method == Method::POST
        && (names_it || parameters::find(&sent(heard), "TrackingId").is_some())
}

/// The value of a parameter.
fn value(body: &Value, name: &str) -> Value {
    parameters::value(body, name).cloned().unwrap_or_default()
}

/// The resources that are attached.
pub(super) fn contents(body: &Value) -> Vec<Value> {
    let all = path::elements(body, "parameter.part.resource");
    all.into_iter().cloned().collect()
}

async fn submits(world: &mut World, _: Arguments<'_>) -> Outcome {
    world.hear(
        "submit documentation (POST $submit-attachment)",
        is_submission,
    )
}

async fn submits_for(world: &mut World, arguments: Arguments<'_>) -> Outcome {
    let what = arguments.word(1);
    let wanted = match what {
        "claim" => "claim",
        _ => "preauthorization",
    };
    world.hear(&format!("submit documentation of a {what}"), |heard| {
        is_submission(heard) && value(&sent(heard), "AttachTo") == wanted
    })
}

impl World {
    /// What the payer has asked for, by tracking id.
    fn asked_of(&self, body: &Value) -> Result<Option<Claim>, Halt> {
        let target = self.target()?;
        let tracking = value(body, "TrackingId");
        let mut claims = target.attachments.claims.iter();
        let is_it = |claim: &&Claim| {
            let id = claim.tracking_id.as_ref();
            id.is_some_and(|id| tracking["value"] == *id.value)
        };
        Ok(claims.find(is_it).cloned())
    }

    /// The numbers of the submissions for which that is so of what the payer has asked for.
    fn submissions(&self, fits: impl Fn(Option<&Claim>) -> bool) -> Result<Vec<usize>, Halt> {
        let mut numbers = Vec::new();
        for heard in self.conversation()?.heard() {
            if is_submission(&heard) && fits(self.asked_of(&sent(&heard))?.as_ref()) {
                numbers.push(heard.number);
            }
        }
        Ok(numbers)
    }
}

async fn submits_asked(world: &mut World, arguments: Arguments<'_>) -> Outcome {
    let is_asked = arguments.word(1) == "the payer";
    let numbers = world.submissions(|claim| claim.is_some() == is_asked)?;
    let deed = match is_asked {
        true => "submit documentation under a tracking id of the payer",
        false => "submit documentation under a tracking id of its own",
    };
    world.hear(deed, |heard| numbers.contains(&heard.number))
}

async fn submits_answers(world: &mut World, _: Arguments<'_>) -> Outcome {
    world.hear("submit answers to a Questionnaire", |heard| {
        let all = contents(&sent(heard));
        is_submission(heard)
            && all
                .iter()
                .any(|one| one["resourceType"] == "QuestionnaireResponse")
    })
}

async fn submits_signed(world: &mut World, _: Arguments<'_>) -> Outcome {
    let numbers = world.submissions(|claim| claim.is_some_and(|claim| claim.signed))?;
    world.hear("submit the documentation that must be signed", |heard| {
        numbers.contains(&heard.number)
    })
}

async fn unlucky(world: &mut World, arguments: Arguments<'_>) -> Outcome {
    let is_refused = arguments.word(1) == "refuses documentation";
    world.hear("submit documentation that is not taken", |heard| {
        let status = heard.response.status;
        let fits = match is_refused {
            true => (400..500).contains(&status) && status != 429,
            false => status == 503,
        };
        is_submission(heard) && fits
    })
}

/// What came later and is the same.
fn repetition(world: &World, heard: &Heard) -> Result<Option<Arc<Heard>>, Halt> {
    let all = world.conversation()?.heard().into_iter();
    let mut later = all.filter(|one| one.number > heard.number && is_submission(one));
    Ok(later.find(|one| sent(one) == sent(heard)))
}

async fn not_again(world: &mut World, _: Arguments<'_>) -> Outcome {
    let mut broken = Vec::new();
    for heard in world.heard() {
        if let Some(again) = repetition(world, &heard)? {
            let expected = format!("nothing more of it after status {}", heard.response.status);
            broken.push((
                again,
                Mismatch::new(expected, "the same once more").at("body"),
            ));
        }
    }
    world.judge_cited(broken)
}

async fn again(world: &mut World, _: Arguments<'_>) -> Outcome {
    let mut broken = Vec::new();
    for heard in world.heard() {
        if repetition(world, &heard)?.is_none() {
            let expected = "the same once more, when the payer has time again";
            broken.push((heard, Mismatch::new(expected, "nothing").at("body")));
        }
    }
    world.judge_unless_broken_off(broken)
}

async fn to_operation(world: &mut World, _: Arguments<'_>) -> Outcome {
    world.judge_heard(|heard| {
        let path = heard.request.path.replace("%24", "$");
        let is_parameters = sent(heard)["resourceType"] == "Parameters";
        match path == "/$submit-attachment" && is_parameters {
            true => Ok(()),
            false => {
                let expected = "Parameters posted to [base]/$submit-attachment";
                Err(Mismatch::new(expected, format!("POST {path}")).at("URL"))
            }
        }
    })
}

async fn one_taken(world: &mut World, _: Arguments<'_>) -> Outcome {
    let heard = world.heard();
    let is_taken = heard.iter().any(|one| one.response.status < 300);
    let actual = format!("none of {}", heard.len());
    world.judge_once(match is_taken {
        true => Ok(()),
        false => Err(Mismatch::new("a submission that is taken", actual).at("HTTP status")),
    })
}

async fn either(world: &mut World, arguments: Arguments<'_>) -> Outcome {
    let (one, other) = (arguments.word(1), arguments.word(2));
    world.judge_heard(|heard| {
        let body = sent(heard);
        match [one, other]
            .iter()
            .any(|name| value(&body, name)["value"].is_string())
        {
            true => Ok(()),
            false => {
                Err(Mismatch::new(format!("{one} or {other}"), "neither").at("parameter.name"))
            }
        }
    })
}

async fn one_says(world: &mut World, arguments: Arguments<'_>) -> Outcome {
    let name = arguments.word(1);
    let heard = world.heard();
    let is_said = heard.iter().any(|heard| {
        let body = sent(heard);
        let places = ["parameter.name", "parameter.part.name"];
        let mut names = places.iter().flat_map(|place| path::elements(&body, place));
        names.any(|one| one == name)
    });
    let expected = format!("one submission at least with {name}");
    world.judge_once(match is_said {
        true => Ok(()),
        false => Err(Mismatch::new(expected, format!("none of {}", heard.len())).at(name)),
    })
}

async fn day(world: &mut World, _: Arguments<'_>) -> Outcome {
    world.judge_heard(|heard| {
        let day = value(&sent(heard), "ServiceDate");
        match day.as_str().is_some_and(|text| text.len() >= 10) {
            true => Ok(()),
            false => Err(Mismatch::new("a day", day.to_string()).at("ServiceDate")),
        }
    })
}

async fn as_operation(world: &mut World, _: Arguments<'_>) -> Outcome {
    world.judge_heard(|heard| {
        let body = sent(heard);
        for (name, kind, least, has_more) in PARAMETERS {
            let all = parameters::all(&body).iter();
            let all: Vec<&Value> = all.filter(|one| one["name"] == name).collect();
            if all.len() < least || (all.len() > 1 && !has_more) {
                let least = u32::try_from(least).unwrap_or(u32::MAX);
                let count = u32::try_from(all.len()).unwrap_or(u32::MAX);
                let expected =
                    format!("{name} is there {}", often(least, (!has_more).then_some(1)));
                return Err(Mismatch::new(expected, times_found(count)).at(name));
            }
            if let Some(wrong) = all.iter().find(|one| one[kind].is_null()) {
                return Err(Mismatch::new(format!("{name} as {kind}"), wrong.to_string()).at(name));
            }
        }
        expect_content(&body)
    })
}

/// Every attachment has one resource.
fn expect_content(body: &Value) -> Result<(), Mismatch> {
    let all = parameters::all(body).iter();
    for attachment in all.filter(|one| one["name"] == "Attachment") {
        let parts = attachment["part"].as_array().into_iter().flatten();
        let contents =
            parts.filter(|part| part["name"] == "Content" && part["resource"].is_object());
        let count = contents.count();
        if count != 1 {
            let mismatch = Mismatch::new("one Content with a resource", format!("{count}"));
            return Err(mismatch.at("Attachment.Content"));
        }
    }
    Ok(())
}

async fn repeats(world: &mut World, arguments: Arguments<'_>) -> Outcome {
    let what = arguments.word(1);
    let payer = world.target()?.payer.npi;
    let mut broken = Vec::new();
    for heard in world.heard() {
        let body = sent(&heard);
        let Some(claim) = world.asked_of(&body)? else {
            continue;
        };
        let number = |identifier: &Value| json!([identifier["system"], identifier["value"]]);
        let (wanted, found) = match what {
            "tracking id" => {
                let id = claim.tracking_id.as_ref();
                let wanted = id.map(|id| json!([id.system, id.value]));
                (
                    wanted.unwrap_or_default(),
                    number(&value(&body, "TrackingId")),
                )
            }
            "use" => (claim.use_.as_str().into(), value(&body, "AttachTo")),
            "payer" => {
                let found = value(&body, "PayerId");
                let wanted = json!([NPI_SYSTEM, payer]);
                let found = if found.is_null() {
                    wanted.clone()
                } else {
                    number(&found)
                };
                (wanted, found)
            }
            "member" => {
                let wanted = json!([claim.member_id.system, claim.member_id.value]);
                (wanted, number(&value(&body, "MemberId")))
            }
            _ => (json!(claim.lines), lines(&body)),
        };
        if wanted != found {
            let mismatch = Mismatch::new(wanted.to_string(), found.to_string());
            broken.push((heard, mismatch.at(format!("the {what} of the submission"))));
        }
    }
    world.judge_cited(broken)
}

/// The numbers of the lines that attachments are for, each once.
fn lines(body: &Value) -> Value {
    let parts = path::elements(body, "parameter.part").into_iter();
    let lines = parts.filter(|part| part["name"] == "LineItem");
    let mut lines: Vec<&Value> = lines.map(|part| &part["valueString"]).collect();
    lines.dedup();
    json!(lines)
}

async fn coded(world: &mut World, _: Arguments<'_>) -> Outcome {
    world.judge_heard(|heard| {
        let body = sent(heard);
        let mut all = parameters::all(&body)
            .iter()
            .filter(|one| one["name"] == "Attachment");
        let has_code = |one: &Value| {
            let mut parts = one["part"].as_array().into_iter().flatten();
            parts.any(|part| part["name"] == "Code")
        };
        match all.all(has_code) {
            true => Ok(()),
            false => Err(Mismatch::new("a Code in each Attachment", "none").at("Attachment.Code")),
        }
    })
}

async fn in_order(world: &mut World, _: Arguments<'_>) -> Outcome {
    let heard: Vec<Arc<Heard>> = world.heard();
    let taken = |one: &&Arc<Heard>| one.response.status < 300;
    let mut broken = Vec::new();
    let mut has_several = false;
    for (index, one) in heard.iter().enumerate().filter(|(_, one)| taken(one)) {
        let body = sent(one);
        let id = value(&body, "TrackingId");
        let mut later = heard[index + 1..].iter();
        let is_followed = later.any(|other| {
            let other = sent(other);
            value(&other, "TrackingId") == id && other != body
        });
        if is_followed {
            has_several = true;
            if value(&body, "Final") != json!(false) {
                let actual = value(&body, "Final").to_string();
                let expected = "false, for more follows under the same tracking id";
                broken.push((one.clone(), Mismatch::new(expected, actual).at("Final")));
            }
        }
    }
    match has_several {
        true => world.judge_cited(broken),
        false => Err(Halt::Skip("nothing was submitted in several parts".into())),
    }
}

async fn completed(world: &mut World, _: Arguments<'_>) -> Outcome {
    world.judge_heard(|heard| {
        let all = contents(&sent(heard)).into_iter();
        let mut answers = all.filter(|one| one["resourceType"] == "QuestionnaireResponse");
        let open = answers.find(|one| one["status"] != "completed");
        open.map_or(Ok(()), |one| {
            let actual = one["status"].to_string();
            Err(Mismatch::new("completed", actual).at("QuestionnaireResponse.status"))
        })
    })
}

async fn reference_number(world: &mut World, _: Arguments<'_>) -> Outcome {
    let count = |body: &Value| parameters::count(body, "AdminRefNumber");
    let deed = "give an administrative reference number";
    world.narrow(deed, |heard| count(&sent(heard)) > 0)?;
    world.judge_heard(|heard| {
        let body = sent(heard);
        let found = parameters::find(&body, "AdminRefNumber")
            .cloned()
            .unwrap_or_default();
        match count(&body) == 1 && found["valueIdentifier"].is_object() {
            true => Ok(()),
            false => {
                let actual = format!("{} of them: {found}", count(&body));
                Err(Mismatch::new("one valueIdentifier", actual).at("AdminRefNumber"))
            }
        }
    })
}

async fn nothing_else(world: &mut World, _: Arguments<'_>) -> Outcome {
    let is_newest = world.ig()?.ends_with("@3.0.0-ballot");
    world.judge_heard(|heard| {
        let body = sent(heard);
        let all = parameters::all(&body);
        let is_known = |one: &&Value| {
            let is_number = is_newest && one["name"] == "AdminRefNumber";
            is_number || PARAMETERS.iter().any(|(name, ..)| one["name"] == *name)
        };
        if let Some(other) = all.iter().find(|one| !is_known(one)) {
            let expected = "none but the parameters of the guide";
            return Err(Mismatch::new(expected, other["name"].to_string()).at("parameter.name"));
        }
        match all.len() {
            0..5 => Err(
                Mismatch::new("five parameters at least", all.len().to_string()).at("parameter"),
            ),
            _ => Ok(()),
        }
    })
}
