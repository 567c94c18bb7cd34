//! How a server turns those away who may not have what they ask for, or lets them in (RFC 6750, 3; FHIR R4 http and
//! security; SMART App Launch 2.2).

use super::World;
use super::detour::is_raw;
use super::drive::{Arguments, Halt, Outcome};
use super::expect::describe;
use super::mismatch::{Mismatch, name_of};
use crate::fhir::path;
use crate::http::Reply;
use serde_json::Value;

super::book::steps! {
    /// Every answer is a 401, with a challenge that names the Bearer scheme.
    r"^the (?:payer|provider) asks for a valid token$" => challenged;
    /// Every answer is a 4xx.
    r"^the (?:payer|provider) does not let it in$" => turned_away;
    /// Every answer is a 4xx; that another one is allowed is said.
    r"^the payer does not take it from there$" => not_from_there;
    /// Every answer is 403 or 401.
    r"^the (?:payer|provider) says that it may not$" => forbidden;
    /// Every answer is 401, 403 or 404.
    r"^the (?:payer|provider) keeps that to itself$" => hidden;
    /// No answer is a 401, a 403, or a failure of the server.
    r"^the (?:payer|provider) lets it in$" => let_in;
    /// Every answer is a success with a record.
    r"^the (?:payer|provider) shows it$" => shown;
    /// A 401 when the manifest says that the files need a token, and otherwise a success.
    r"^the payer lets it in only if it has said so$" => as_said;
    /// No answer says where to ask about a job.
    r"^no job is started$" => no_job;
    /// No answer holds a record, or a name, number or birth date of the member.
    r"^nothing of the member is told$" => nothing_told;
    /// Every record in the answers is a Patient; a refusal is as good.
    r"^no other records than patients come back$" => patients_only;
    /// Every ExplanationOfBenefit is of a prior authorization; a refusal is as good.
    r"^nothing but prior authorizations comes back$" => authorizations_only;
    /// Every file of the export is said to hold Patients, and does; a refusal is as good.
    r"^its files hold patients alone$" => files_of_patients;
    /// The Group of the scenario is not in the answers.
    r"^the group is not among them$" => group_hidden;
    /// Every Group in the answers has the code of matched members; a refusal is as good.
    r"^no other groups than those of matched members come back$" => matched_groups_only;
}

impl World {
    /// Holds each answer to what was tried with other credentials against an expectation.
    fn judge_tried(&mut self, expect: impl Fn(&Reply) -> Result<(), Mismatch>) -> Outcome {
        let results = self.tried()?.iter().map(expect);
        let mismatches = results.filter_map(Result::err).collect();
        self.judge_each(mismatches)
    }
}

/// The status is one of these.
fn expect(reply: &Reply, statuses: &[u16], meaning: &str) -> Result<(), Mismatch> {
    if statuses.contains(&reply.status) {
        return Ok(());
    }
    let listed: Vec<String> = statuses.iter().map(u16::to_string).collect();
    let expected = format!("{meaning} (status {})", listed.join(" or "));
    Err(Mismatch::new(expected, describe(reply)).at("HTTP status"))
}

async fn challenged(world: &mut World, _: Arguments<'_>) -> Outcome {
    world.judge_tried(|reply| {
        expect(reply, &[401], "a valid token is asked for")?;
        let challenge = reply.header("www-authenticate").unwrap_or_default();
        let names_bearer = challenge
            .split([' ', ','])
            .any(|word| word.eq_ignore_ascii_case("bearer"));
        match names_bearer {
            true => Ok(()),
            false => {
                let actual = if challenge.is_empty() {
                    "none"
                } else {
                    challenge
                };
                Err(Mismatch::new("a challenge of the Bearer scheme", actual)
                    .at("header WWW-Authenticate")
                    .hint("RFC 6750, section 3, demands it with every 401"))
            }
        }
    })
}

async fn turned_away(world: &mut World, _: Arguments<'_>) -> Outcome {
    world.judge_tried(|reply| match reply.status {
        400..=499 => Ok(()),
        _ => Err(Mismatch::new("a refusal (a 4xx status)", describe(reply)).at("HTTP status")),
    })
}

async fn not_from_there(world: &mut World, _: Arguments<'_>) -> Outcome {
    world.judge_tried(|reply| match reply.status {
        400..=499 => Ok(()),
        _ => Err(Mismatch::new("a refusal (a 4xx status)", describe(reply))
            .at("HTTP status")
            .doubtful("RFC 6750, section 2.3, advises against tokens in addresses, and does not forbid them")),
    })
}

async fn forbidden(world: &mut World, _: Arguments<'_>) -> Outcome {
    world.judge_tried(|reply| expect(reply, &[403, 401], "it is said to be forbidden"))
}

async fn hidden(world: &mut World, _: Arguments<'_>) -> Outcome {
    world.judge_tried(|reply| expect(reply, &[403, 404, 401], "a refusal, or nothing there"))
}

async fn let_in(world: &mut World, _: Arguments<'_>) -> Outcome {
    world.judge_tried(|reply| match reply.status {
        401 | 403 | 500..=599 => {
            Err(Mismatch::new("an answer to who may ask", describe(reply)).at("HTTP status"))
        }
        _ => Ok(()),
    })
}

async fn shown(world: &mut World, _: Arguments<'_>) -> Outcome {
    world.judge_tried(|reply| match (reply.status, records(reply).is_empty()) {
        (200, false) => Ok(()),
        _ => Err(Mismatch::new("the record (status 200)", describe(reply)).at("HTTP status")),
    })
}

async fn as_said(world: &mut World, _: Arguments<'_>) -> Outcome {
    let needs_token = world.job()?.requires_token();
    world.judge_tried(|reply| match needs_token {
        true => expect(
            reply,
            &[401],
            "a token is needed, as requiresAccessToken says",
        ),
        false => expect(
            reply,
            &[200],
            "no token is needed, as requiresAccessToken says",
        ),
    })
}

async fn no_job(world: &mut World, _: Arguments<'_>) -> Outcome {
    world.judge_tried(|reply| match reply.header("content-location") {
        Some(_) if reply.status == 202 => Err(Mismatch::new(
            "no job for who may not ask for one",
            "a job was started",
        )
        .at("header Content-Location")),
        _ => Ok(()),
    })
}

/// The records in an answer: of a Bundle its entries, which may be Bundles in turn (answers to a batch), itself
/// otherwise. Outcomes are none.
pub(super) fn records(reply: &Reply) -> Vec<Value> {
    let Ok(body) = reply.json() else {
        return Vec::new();
    };
    let opened = |one: Value| match one["resourceType"] == "Bundle" {
        true => {
            let entries = path::elements(&one, "entry.resource");
            entries.into_iter().cloned().collect()
        }
        false => vec![one],
    };
    let is_record =
        |one: &Value| one["resourceType"].is_string() && one["resourceType"] != "OperationOutcome";
    let found = opened(body).into_iter().flat_map(opened);
    found.filter(is_record).collect()
}

/// Judges the records of all answers; what is refused gives nothing away.
fn judge_records(
    world: &mut World,
    is_allowed: impl Fn(&Value) -> bool,
    expected: &str,
) -> Outcome {
    let tried = world.tried()?;
    if let Some(failed) = tried.iter().find(|reply| reply.status >= 500) {
        // What does not work keeps nothing back on purpose.
        let mismatch = Mismatch::new("an answer, or a refusal", describe(failed));
        return world.judge(Err(mismatch.at("HTTP status")));
    }
    if let Some(raw) = tried.iter().find(|reply| is_raw(reply)) {
        let mismatch = Mismatch::new(expected, describe(raw));
        return world.judge(Err(mismatch.at("body")));
    }
    let others: Vec<Mismatch> = tried
        .iter()
        .flat_map(records)
        .filter(|record| !is_allowed(record))
        .map(|record| Mismatch::new(expected, name_of(&record)).at("Bundle.entry"))
        .collect();
    world.judge_each(others)
}

async fn nothing_told(world: &mut World, _: Arguments<'_>) -> Outcome {
    let member = world.member()?.clone();
    let mut told: Vec<String> = Vec::new();
    told.extend(member.family.clone());
    told.extend(member.birth_date.clone());
    told.extend(member.identifiers.iter().map(|one| one.value.clone()));
    world.judge_tried(|reply| {
        if let Some(record) = records(reply).first() {
            let actual = name_of(record);
            return Err(Mismatch::new("nothing about the member", actual).at("body"));
        }
        let text = String::from_utf8_lossy(&reply.body);
        let is_in = |word: &&String| word.len() >= 4 && text.contains(word.as_str());
        match told.iter().find(is_in) {
            Some(_) => Err(Mismatch::new(
                "nothing about the member",
                "a name, number or birth date of the member",
            )
            .at("body")),
            None => Ok(()),
        }
    })
}

async fn patients_only(world: &mut World, _: Arguments<'_>) -> Outcome {
    judge_records(
        world,
        |record| record["resourceType"] == "Patient",
        "Patient records alone, for which the token is",
    )
}

async fn authorizations_only(world: &mut World, _: Arguments<'_>) -> Outcome {
    judge_records(
        world,
        |record| {
            record["use"] == "preauthorization" || record["resourceType"] != "ExplanationOfBenefit"
        },
        "prior authorizations alone, for which the token is",
    )
}

async fn files_of_patients(world: &mut World, _: Arguments<'_>) -> Outcome {
    world.tried()?;
    let Some(export) = world.exports.last().cloned() else {
        // It was refused at the kick-off, or later.
        return world.judge_tried(|reply| match reply.status {
            403 | 401 | 400 | 202 => Ok(()),
            _ => Err(Mismatch::new("an export, or a refusal", describe(reply)).at("HTTP status")),
        });
    };
    let of_files = export
        .files
        .iter()
        .map(|file| (file.kind.clone(), file.url.clone()));
    let of_records = export.resources.iter().map(|record| {
        let kind = record["resourceType"].as_str().unwrap_or_default();
        (kind.to_owned(), name_of(record))
    });
    let others = of_files
        .chain(of_records)
        .filter(|(kind, _)| kind != "Patient");
    let mismatches = others.map(|(kind, place)| {
        Mismatch::new("files of Patients alone, for which the token is", kind).at(place)
    });
    world.judge_each(mismatches.collect())
}

async fn group_hidden(world: &mut World, _: Arguments<'_>) -> Outcome {
    let id = world.cohort()?.group.clone();
    judge_records(
        world,
        |record| record["resourceType"] != "Group" || record["id"] != id.as_str(),
        "no Group that another client had made",
    )
}

async fn matched_groups_only(world: &mut World, _: Arguments<'_>) -> Outcome {
    let refused = world.tried()?.iter().all(|reply| reply.status >= 400);
    if refused {
        return Err(Halt::Skip(
            "a token for such groups does not let search for them".into(),
        ));
    }
    judge_records(
        world,
        |record| {
            let codes = path::elements(record, "code.coding.code");
            record["resourceType"] != "Group" || codes.iter().any(|code| **code == "match")
        },
        "Groups of matched members alone, for which the token is",
    )
}
