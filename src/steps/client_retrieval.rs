//! How a client under test reads members' records: when, which, and whether it gets over what it is given.

use super::client_match::path_of;
use super::drive::{Arguments, Outcome};
use super::world::hearing::{given, sent};
use super::{Mismatch, World};
use crate::fhir::{parameters, path, search};
use crate::mock::Heard;
use serde_json::Value;
use std::sync::Arc;

/// What the payer on stage adds to records: an extension that nobody has told clients of.
const UNHEARD_OF: &str = "https://payer.example/fhir/StructureDefinition/house-note";
/// How values are said to be absent.
const ABSENT: &str = "http://hl7.org/fhir/StructureDefinition/data-absent-reason";

super::book::steps! {
    /// Turns to the requests for members' records: reads, searches, operations, exports.
    r"^the (?:new payer|member's app) reads members' records$" => reads;
    /// The first of the requests heard comes after a match that was granted.
    r"^it has had a member matched before$" => matched_before;
    /// Before the first of the requests heard, the client has read the CapabilityStatement.
    r"^it has looked at what the payer declares before$" => looked_before;
    /// Turns to the matches that were granted.
    r"^the new payer is told who a member is$" => told_who;
    /// Turns to the matches that were granted with an identifier alone, or with a reference to the Patient, too.
    r"^the new payer is told who a member is by (an identifier alone|an identifier and a reference)$" => told_how;
    /// A later request carries the identifier, or the reference, that the match has brought.
    r"^it asks for the member by what it was told$" => asks_by_it;
    /// Turns to searches of ExplanationOfBenefit by `service-date`, `_lastUpdated` or `type`.
    r"^the new payer searches benefits by date or type$" => benefits;
    /// Each search names the patient.
    r"^every search names the member$" => names_member;
    /// Turns to searches for records about members.
    r"^the new payer searches members' records$" => searches;
    /// At least one search has `_revinclude=Provenance:target`.
    r"^it asks where records come from, too$" => asks_provenance;
    /// Turns to the answers that hold what a client must cope with.
    r"^the (?:new payer|member's app) is given (elements nobody has told it of|values that are said to be absent|coverages whose values are said to be absent|all there is of a member|medicines by their codes|medicines in records of their own|medicines inside of prescriptions)$" => is_given;
    /// After the first such answer the client goes on asking, or has done all it was asked to do.
    r"^it gets over that and goes on$" => goes_on;
}

/// Kinds of records that are about no member.
const OF_NOBODY: [&str; 14] = [
    "CapabilityStatement",
    "CodeSystem",
    "Endpoint",
    "HealthcareService",
    "InsurancePlan",
    "Location",
    "Medication",
    "OperationDefinition",
    "Organization",
    "Practitioner",
    "PractitionerRole",
    "SearchParameter",
    "StructureDefinition",
    "ValueSet",
];

/// Whether it reads records about members.
pub(super) fn reads_records(heard: &Heard) -> bool {
    let path = path_of(heard);
    let kind = path
        .trim_start_matches('/')
        .split(['/', '?'])
        .next()
        .unwrap_or_default();
    let is_type = kind.starts_with(|first: char| first.is_ascii_uppercase());
    let is_search = heard.request.method == "POST" && path.ends_with("/_search");
    let is_export = path.ends_with("/$davinci-data-export");
    let is_type = is_type && !OF_NOBODY.contains(&kind);
    is_type && (is_export || kind != "Group" && (heard.request.method == "GET" || is_search))
}

/// Parameters of a search, in its query or its form.
pub(super) fn query(heard: &Heard) -> Vec<search::Parameter> {
    let mut all = search::parse(heard.request.query.as_deref().unwrap_or_default());
    if path_of(heard).ends_with("/_search") {
        all.extend(search::parse(&String::from_utf8_lossy(&heard.request.body)));
    }
    all
}

/// Whether it had one member matched, or many, and was not refused.
fn is_granted_match(heard: &Heard) -> bool {
    let path = path_of(heard);
    (path == "/Patient/$member-match" && heard.response.status == 200)
        || (path.starts_with("/Group/$")
            && path.ends_with("-member-match")
            && heard.response.status == 202)
}

async fn reads(world: &mut World, _: Arguments<'_>) -> Outcome {
    world.hear("read members' records", reads_records)
}

async fn matched_before(world: &mut World, _: Arguments<'_>) -> Outcome {
    let all = world.conversation()?.heard();
    let matched = all.iter().find(|one| is_granted_match(one));
    let has_consent = |heard: &Arc<Heard>| {
        let body = sent(heard);
        let parts = path::elements(&body, "parameter.part.name");
        let names = path::elements(&body, "parameter.name");
        parts.iter().chain(&names).any(|name| **name == "Consent")
    };
    let first = world.heard().first().cloned();
    let Some(first) = first else { return Ok(()) };
    let is_before = matched.is_some_and(|one| one.number < first.number && has_consent(one));
    match is_before {
        true => Ok(()),
        false => world.judge_cited(vec![(
            first,
            Mismatch::new(
                "a member match with consent before the first records are asked for",
                "there was none before this request",
            ),
        )]),
    }
}

async fn looked_before(world: &mut World, _: Arguments<'_>) -> Outcome {
    let all = world.conversation()?.heard();
    let looked = all.iter().find(|one| path_of(one) == "/metadata");
    let Some(first) = world.heard().first().cloned() else {
        return Ok(());
    };
    match looked.is_some_and(|one| one.number < first.number) {
        true => Ok(()),
        false => world.judge_cited(vec![(
            first,
            Mismatch::new("GET /metadata before this request", "there was none"),
        )]),
    }
}

fn is_told(heard: &Heard) -> bool {
    path_of(heard) == "/Patient/$member-match" && heard.response.status == 200
}

async fn told_who(world: &mut World, _: Arguments<'_>) -> Outcome {
    world.hear("have a member matched with success", is_told)
}

async fn told_how(world: &mut World, arguments: Arguments<'_>) -> Outcome {
    let is_alone = arguments.word(1) == "an identifier alone";
    world.hear("have such a member matched with success", |heard| {
        is_told(heard) && parameters::find(&given(heard), "MemberId").is_none() == is_alone
    })
}

/// What a match has brought: the value of the identifier, and the id of the Patient.
pub(super) fn brought(heard: &Heard) -> Vec<String> {
    let body = given(heard);
    let identifier = parameters::value(&body, "MemberIdentifier");
    let value = identifier.and_then(|one| one["value"].as_str());
    let reference = parameters::value(&body, "MemberId");
    let reference = reference.and_then(|one| one["reference"].as_str());
    let id = reference.map(|text| text.rsplit('/').next().unwrap_or(text));
    value.into_iter().chain(id).map(str::to_owned).collect()
}

async fn asks_by_it(world: &mut World, _: Arguments<'_>) -> Outcome {
    let all = world.conversation()?.heard();
    let mut broken = Vec::new();
    for heard in world.heard() {
        let words = brought(&heard);
        let carries = |one: &&Arc<Heard>| {
            let text = format!(
                "{}?{}",
                path_of(one),
                one.request.query.as_deref().unwrap_or_default()
            );
            let has_in_body = || {
                let body = String::from_utf8_lossy(&one.request.body);
                path_of(one).ends_with("/_search")
                    && words.iter().any(|word| body.contains(word.as_str()))
            };
            one.number > heard.number
                && (words.iter().any(|word| text.contains(word.as_str())) || has_in_body())
        };
        if !words.is_empty() && !all.iter().any(|one| carries(&one)) {
            let mismatch = Mismatch::new(
                "a later request with the identifier, or the id, that the match has brought",
                "there was none",
            );
            broken.push((heard, mismatch));
        }
    }
    world.judge_unless_broken_off(broken)
}

/// Parameters that are to go with a patient.
const WITH_PATIENT: [&str; 3] = ["service-date", "_lastUpdated", "type"];

async fn benefits(world: &mut World, _: Arguments<'_>) -> Outcome {
    world.hear(
        "search ExplanationOfBenefit by service-date, _lastUpdated or type",
        |heard| {
            let is_search = path_of(heard).starts_with("/ExplanationOfBenefit");
            is_search
                && query(heard)
                    .iter()
                    .any(|one| WITH_PATIENT.contains(&one.name.as_str()))
        },
    )
}

async fn names_member(world: &mut World, _: Arguments<'_>) -> Outcome {
    world.judge_heard(|heard| {
        let names = ["patient", "subject", "patient.identifier"];
        match query(heard)
            .iter()
            .any(|one| names.contains(&one.name.as_str()))
        {
            true => Ok(()),
            false => Err(Mismatch::new("a search with patient", "it names no patient").at("query")),
        }
    })
}

async fn searches(world: &mut World, _: Arguments<'_>) -> Outcome {
    world.hear("search members' records", |heard| {
        let path = path_of(heard);
        let is_whole = path.matches('/').count() == 1 || path.ends_with("/_search");
        let other = ["/Patient", "/Patient/_search", "/Group", "/metadata"];
        reads_records(heard) && is_whole && !other.contains(&path.as_str())
    })
}

async fn asks_provenance(world: &mut World, _: Arguments<'_>) -> Outcome {
    let wanted = |heard: &Arc<Heard>| {
        query(heard).iter().any(|one| {
            one.name == "_revinclude" && one.values.iter().any(|value| value == "Provenance:target")
        })
    };
    let heard = world.heard();
    match (heard.iter().any(wanted), heard.last()) {
        (false, Some(last)) => {
            world.cite(last)?;
            let expected = "_revinclude=Provenance:target in a search";
            world.judge_once(Err(Mismatch::new(expected, "it is in none of them")))
        }
        _ => Ok(()),
    }
}

/// Resources of an answer: its entries.
fn entries(body: &Value) -> impl Iterator<Item = &Value> {
    let entries = body["entry"].as_array().into_iter().flatten();
    entries.map(|entry| &entry["resource"])
}

async fn is_given(world: &mut World, arguments: Arguments<'_>) -> Outcome {
    let what = arguments.word(1).to_owned();
    let fits = |heard: &Heard| {
        if heard.response.status != 200 {
            return false;
        }
        let body = given(heard);
        let holds = |text: &str, kind: &str| {
            entries(&body).any(|one| one["resourceType"] == kind && one.to_string().contains(text))
        };
        let prescribed = |is_it: &dyn Fn(&Value) -> bool| {
            entries(&body).any(|one| one["resourceType"] == "MedicationRequest" && is_it(one))
        };
        let inner = |one: &Value| {
            let reference = one["medicationReference"]["reference"].as_str();
            reference.is_some_and(|text| text.starts_with('#'))
        };
        match what.as_str() {
            "elements nobody has told it of" => {
                String::from_utf8_lossy(&heard.response.body).contains(UNHEARD_OF)
            }
            "values that are said to be absent" => holds(ABSENT, "Condition"),
            "coverages whose values are said to be absent" => holds(ABSENT, "Coverage"),
            "all there is of a member" => path_of(heard).ends_with("/$everything"),
            "medicines by their codes" => {
                prescribed(&|one| !one["medicationCodeableConcept"].is_null())
            }
            "medicines in records of their own" => {
                prescribed(&|one| !one["medicationReference"].is_null() && !inner(one))
            }
            _ => prescribed(&inner),
        }
    };
    world.hear("read such records", fits)
}

async fn goes_on(world: &mut World, _: Arguments<'_>) -> Outcome {
    let all = world.conversation()?.heard();
    let Some(first) = world.heard().first().cloned() else {
        return Ok(());
    };
    let goes_on = all.iter().any(|one| {
        one.number > first.number
            && (path_of(one), &one.request.query) != (path_of(&first), &first.request.query)
    });
    match goes_on {
        true => Ok(()),
        false => world.judge_stop(first),
    }
}
