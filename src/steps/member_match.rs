//! Asking for a match, and what a confirmed match says (HRex `$member-match`).

use super::drive::{Arguments, Halt, Outcome};
use super::expect::{describe, expect_resource, expect_status};
use super::matched::{MATCH, Matched};
use super::{Mismatch, World};
use crate::fhir::{bundle, parameters};
use crate::http::Request;
use serde_json::{Value, json};

const V2_0203: &str = "http://terminology.hl7.org/CodeSystem/v2-0203";
/// What the operation answers with (HRex `$member-match`, output profile).
const MATCH_ANSWER: &str =
    "http://hl7.org/fhir/us/davinci-hrex/StructureDefinition/hrex-parameters-member-match-out";
const HREX_TEMP: &str = "http://hl7.org/fhir/us/davinci-hrex/CodeSystem/hrex-temp";

super::book::steps! {
    /// Sends the match request.
    r"^the new payer asks for a match$" => ask;
    /// Sends the match request; skips the scenario unless the payer confirms it.
    r"^the payer has matched the member$" => matched;
    /// Leaves a part out of the request: member, coverage or consent.
    r"^the request has no (member|coverage|consent)$" => leave_out;
    /// Adds a parameter the operation does not define.
    r"^the request carries something the operation does not define$" => extra;
    /// Uses another member's record number as the local id of the member in the request.
    r"^the request calls the member by the other member's record number$" => collide;
    /// Sends something that is no match request.
    r"^the new payer sends (text that is not JSON|a different kind of resource|the request as plain text)$" => malformed;
    /// Tries the operation where it is not defined.
    r"^the new payer tries the match (by merely reading it|on the whole server|on one member's record)$" => misplaced;
    /// Repeats a match for one person with a different card number each time.
    r"^the new payer guesses (\d+) card numbers for the same person$" => guess;
    /// The answer is a success with a Parameters resource.
    r"^the payer confirms the match$" => confirms;
    /// Exactly one MemberIdentifier parameter.
    r"^exactly one member identifier comes back$" => one_identifier;
    /// The identifier carries the type code and a value.
    r"^the identifier is marked as (a member number|the payer's unique member number)$" => marked;
    /// Only parameters the operation defines come back.
    r"^nothing (but the identifier|but the identifier and the member's record) comes back$" => nothing_else;
    /// The MemberId parameter refers to a Patient that can be read.
    r"^the payer also names the member's record$" => names_record;
    /// If a MemberId parameter is there, it refers to a Patient that can be read.
    r"^a record the payer names can be read$" => named_record_readable;
    /// A search by the identifier finds exactly one Patient.
    r"^the identifier leads to exactly one member record$" => leads_to_one;
    /// The identifier is the one the same member got before.
    r"^the answer is about the same member as before$" => same_as_before;
    /// At least one guess was answered by a counter-measure.
    r"^the payer takes measures against guessing$" => measures;
}

async fn ask(world: &mut World, _: Arguments<'_>) -> Outcome {
    let request = world.match_request()?;
    world.send(request).await
}

async fn matched(world: &mut World, _: Arguments<'_>) -> Outcome {
    world.confirm_match().await
}

async fn leave_out(world: &mut World, arguments: Arguments<'_>) -> Outcome {
    let name = match arguments.word(1) {
        "member" => "MemberPatient",
        "coverage" => "CoverageToMatch",
        _ => "Consent",
    };
    world.request()?.leave_out(name);
    Ok(())
}

async fn extra(world: &mut World, _: Arguments<'_>) -> Outcome {
    world.request()?.add(
        "FavouriteColour",
        json!({"resourceType": "Basic", "code": {"text": "green"}}),
    );
    Ok(())
}

async fn collide(world: &mut World, _: Arguments<'_>) -> Outcome {
    let other = world.matches.first().cloned();
    let other =
        other.ok_or_else(|| Halt::Error("no other member was matched before this step".into()))?;
    let id = world.record_number(&other).await?;
    world.request()?.call_member(&id);
    Ok(())
}

async fn malformed(world: &mut World, arguments: Arguments<'_>) -> Outcome {
    let good = world.request()?.to_json();
    let request = match arguments.word(1) {
        "text that is not JSON" => post_text(
            "application/fhir+json",
            "{\"resourceType\": \"Parame".to_owned(),
        ),
        "a different kind of resource" => Request::post_json(
            MATCH,
            &json!({"resourceType": "Bundle", "type": "collection"}),
        ),
        _ => post_text("text/plain", good.to_string()),
    };
    world.send(request).await
}

fn post_text(media_type: &str, text: String) -> Request {
    Request::new(http::Method::POST, MATCH)
        .header("content-type", media_type)
        .body(text)
}

async fn misplaced(world: &mut World, arguments: Arguments<'_>) -> Outcome {
    let body = world.request()?.to_json();
    let record = world
        .records
        .last()
        .and_then(|patient| patient["id"].as_str())
        .unwrap_or_default();
    let request = match arguments.word(1) {
        "on one member's record" => {
            Request::post_json(format!("Patient/{record}/$member-match"), &body)
        }
        "by merely reading it" => Request::get(MATCH),
        _ => Request::post_json("$member-match", &body),
    };
    world.send(request).await
}

async fn guess(world: &mut World, arguments: Arguments<'_>) -> Outcome {
    let times: usize = arguments
        .word(1)
        .parse()
        .map_err(|_| Halt::Error("not a number".into()))?;
    for number in 0..times {
        if let Some(coverage) = world.request()?.resource_mut("CoverageToMatch") {
            coverage["subscriberId"] = json!(format!("GUESS-{number:04}"));
            coverage["identifier"][0]["value"] = json!(format!("GUESS-{number:04}"));
        }
        let request = world.match_request()?;
        // A connection that is closed is one way to stop a guesser.
        if let Err(Halt::Skip(_)) = world.prepare(request).await {
            world.cut_off = true;
            break;
        }
    }
    Ok(())
}

async fn confirms(world: &mut World, _: Arguments<'_>) -> Outcome {
    let reply = world.reply()?;
    let result = expect_status(reply, &[200], "the match is confirmed")
        .and_then(|()| expect_resource(reply, "Parameters"))
        .map(|_| ());
    if result.is_ok() {
        world.expect_profile(MATCH_ANSWER)?;
    }
    world.judge(result)
}

async fn one_identifier(world: &mut World, _: Arguments<'_>) -> Outcome {
    let result = expect_resource(world.reply()?, "Parameters").and_then(|body| {
        match parameters::count(&body, "MemberIdentifier") {
            1 => Ok(()),
            count => Err(
                Mismatch::new("exactly one MemberIdentifier", format!("{count} of them"))
                    .at("$.parameter[?(@.name=='MemberIdentifier')]"),
            ),
        }
    });
    world.judge(result)
}

async fn marked(world: &mut World, arguments: Arguments<'_>) -> Outcome {
    let (system, code) = match arguments.word(1) {
        "a member number" => (V2_0203, "MB"),
        _ => (HREX_TEMP, "UMB"),
    };
    let place = "$.parameter[?(@.name=='MemberIdentifier')].valueIdentifier";
    let result = expect_resource(world.reply()?, "Parameters").and_then(|body| {
        let identifier = parameters::value(&body, "MemberIdentifier").unwrap_or(&Value::Null);
        if identifier["value"].as_str().is_none_or(str::is_empty) {
            return Err(Mismatch::new("an identifier with a value", "there is none")
                .at(format!("{place}.value")));
        }
        let codings = identifier
            .pointer("/type/coding")
            .and_then(Value::as_array)
            .cloned()
            .unwrap_or_default();
        if codings
            .iter()
            .any(|coding| coding["system"] == system && coding["code"] == code)
        {
            return Ok(());
        }
        let found: Vec<String> = codings
            .iter()
            .map(|coding| {
                format!(
                    "{}|{}",
                    coding["system"].as_str().unwrap_or(""),
                    coding["code"].as_str().unwrap_or("")
                )
            })
            .collect();
        let actual = if found.is_empty() {
            "no type coding".to_owned()
        } else {
            found.join(", ")
        };
        Err(Mismatch::new(format!("type {system}|{code}"), actual)
            .at(format!("{place}.type.coding")))
    });
    world.judge(result)
}

async fn nothing_else(world: &mut World, arguments: Arguments<'_>) -> Outcome {
    let allowed: &[&str] = match arguments.word(1) {
        "but the identifier" => &["MemberIdentifier"],
        _ => &["MemberIdentifier", "MemberId"],
    };
    let result = expect_resource(world.reply()?, "Parameters").and_then(|body| {
        let all = parameters::all(&body);
        let stray = all.iter().position(|parameter| {
            parameter["name"]
                .as_str()
                .is_none_or(|name| !allowed.contains(&name))
        });
        match stray {
            None => Ok(()),
            Some(index) => {
                let name = all[index]["name"]
                    .as_str()
                    .unwrap_or("a parameter without a name");
                Err(
                    Mismatch::new(format!("only {}", allowed.join(" and ")), name)
                        .at(format!("$.parameter[{index}]")),
                )
            }
        }
    });
    world.judge(result)
}

async fn names_record(world: &mut World, _: Arguments<'_>) -> Outcome {
    if world.last_match()?.named.is_none() {
        return world.judge(Err(Mismatch::new(
            "a MemberId that refers to the member's Patient",
            "there is none",
        )
        .at("$.parameter[?(@.name=='MemberId')]")));
    }
    read_named(world).await
}

async fn named_record_readable(world: &mut World, _: Arguments<'_>) -> Outcome {
    if world.last_match()?.named.is_some() {
        read_named(world).await
    } else {
        Ok(())
    }
}

/// Reads the record the payer named, and judges whether it is a Patient.
async fn read_named(world: &mut World) -> Outcome {
    let place = "$.parameter[?(@.name=='MemberId')].valueReference.reference";
    let matched = world.last_match()?.clone();
    let Some(id) = matched.named_id() else {
        let named = matched.named.unwrap_or_default();
        return world.judge(Err(
            Mismatch::new("a reference to a Patient", named).at(place)
        ));
    };
    world.send(Request::get(format!("Patient/{id}"))).await?;
    let reply = world.reply()?;
    let result = expect_status(reply, &[200], "the record the payer named can be read")
        .and_then(|()| expect_resource(reply, "Patient"))
        .map(|_| ())
        .map_err(|mismatch| mismatch.at(place));
    world.judge(result)
}

async fn leads_to_one(world: &mut World, _: Arguments<'_>) -> Outcome {
    let matched = world.last_match()?.clone();
    world.send(Request::get(matched.search()?)).await?;
    let named = matched.named_id();
    let reply = world.reply()?;
    let result = expect_status(reply, &[200], "the search by member identifier is answered")
        .and_then(|()| expect_resource(reply, "Bundle"))
        .and_then(|found| one_patient(&found, named.as_deref()));
    world.judge(result)
}

/// Exactly one Patient with an id, and the one the payer named if it named one.
fn one_patient(found: &Value, named: Option<&str>) -> Result<(), Mismatch> {
    let patients: Vec<&Value> = bundle::matches(found)
        .filter(|resource| resource["resourceType"] == "Patient")
        .collect();
    let [patient] = patients.as_slice() else {
        return Err(
            Mismatch::new("exactly one Patient", format!("{} of them", patients.len()))
                .at("$.entry"),
        );
    };
    match (patient["id"].as_str(), named) {
        (None, _) => {
            Err(Mismatch::new("a Patient with an id", "it has none").at("$.entry[0].resource.id"))
        }
        (Some(id), Some(named)) if id != named => Err(Mismatch::new(
            format!("the record the payer named ({named})"),
            id,
        )
        .at("$.entry[0].resource.id")),
        _ => Ok(()),
    }
}

async fn same_as_before(world: &mut World, _: Arguments<'_>) -> Outcome {
    let before = world.last_match()?.clone();
    let reply = world.reply()?;
    let result = match Matched::read(reply) {
        Some(now) if now.value == before.value && now.system == before.system => Ok(()),
        Some(now) => Err(Mismatch::new(
            format!("the identifier the same details gave before ({})", before.value),
            now.value,
        )
        .at("$.parameter[?(@.name=='MemberIdentifier')].valueIdentifier.value")
        .hint("references such as Patient/123 inside the request mean the request's own MemberPatient, not record 123 of the server")),
        None => Err(Mismatch::new("the match is confirmed as it was before", describe(reply))),
    };
    world.judge(result)
}

async fn measures(world: &mut World, _: Arguments<'_>) -> Outcome {
    const COUNTER_MEASURES: [u16; 3] = [403, 423, 429];
    let guesses = world.replies.len();
    // A payer that turns everybody away from the start has not noticed anything.
    if world
        .replies
        .first()
        .is_none_or(|first| COUNTER_MEASURES.contains(&first.status))
    {
        return Err(Halt::Skip(
            "already the first guess was turned away; check the credentials".into(),
        ));
    }
    if world.cut_off
        || world
            .replies
            .iter()
            .any(|reply| COUNTER_MEASURES.contains(&reply.status))
    {
        return Ok(());
    }
    world.judge(Err(Mismatch::new(
        "guessing is noticed and slowed or blocked (status 429, 403 or 423)",
        format!("{guesses} guesses within seconds were all answered alike"),
    )
    .at("HTTP status")
    .doubtful("the standard sets no threshold; the payer may react after more guesses, or in a way that cannot be seen")))
}
