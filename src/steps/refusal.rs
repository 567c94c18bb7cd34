//! Error answers: that they come, that they explain themselves, and that they give nothing away.

use super::drive::{Arguments, Halt, Outcome};
use super::expect::{
    describe, expect_fhir_json, expect_outcome, expect_refusal, expect_resource, expect_status,
};
use super::{Mismatch, World};
use crate::fhir::{outcome, parameters};
use crate::http::{Reply, Request};
use serde_json::Value;

super::book::steps! {
    /// Status 422.
    r"^the payer refuses the match$" => refuses_match;
    /// Status 400 or 422.
    r"^the payer refuses the request$" => refuses_request;
    /// Status 400 or 415, as FHIR R4 asks for bodies that cannot be processed.
    r"^the payer refuses the request as malformed$" => refuses_malformed;
    /// Status 400, 404 or 405.
    r"^the payer does not offer that$" => not_offered;
    /// Status 404 or 400.
    r"^the payer says there is no such record$" => no_such_record;
    /// Not an answer with a member identifier.
    r"^the payer gives no member identifier$" => no_identifier;
    /// An OperationOutcome with at least one issue.
    r"^the refusal explains itself$" => explains;
    /// OperationOutcome whose text speaks of consent.
    r"^the refusal gives consent as the reason$" => consent_is_reason;
    /// OperationOutcome code among those a failed match can have, with a text.
    r"^the refusal says what kind of failure it is$" => says_kind;
    /// The last two refusals differ in code or text.
    r"^the two refusals can be told apart$" => told_apart;
    /// No member identifier, record number or reference to a member anywhere in the answer.
    r"^nothing in the answer identifies the member$" => nothing_identifies;
    /// OperationOutcome in FHIR JSON.
    r"^the error is a proper FHIR answer$" => proper_error;
    /// Asks for something the payer must refuse.
    r"^an app asks for (a record that does not exist|a record with an impossible number|a kind of record that does not exist)$" => ask_wrong;
    /// Asks for the declaration in a format nobody serves.
    r"^an app asks for an answer in a format the payer does not have$" => ask_format;
    /// Status 406.
    r"^the payer says it does not have that format$" => no_such_format;
    /// Status 415 or 400.
    r"^the payer says it does not take that format$" => format_not_taken;
}

/// Skips when the answer says that the payer has no such operation at all: that is judged once,
/// where a match is asked for and expected, and not again as a wrong way to refuse one.
fn skip_unless_offered(reply: &Reply) -> Outcome {
    let unknown = reply
        .json()
        .is_ok_and(|body| outcome::codes(&body).any(|code| code == "not-supported"));
    if unknown || matches!(reply.status, 405 | 501) {
        return Err(Halt::Skip(format!(
            "the payer does not offer member match: {}",
            describe(reply)
        )));
    }
    Ok(())
}

async fn refuses_match(world: &mut World, _: Arguments<'_>) -> Outcome {
    skip_unless_offered(world.reply()?)?;
    let result = expect_status(world.reply()?, &[422], "the match is refused");
    world.judge(result)
}

async fn refuses_request(world: &mut World, _: Arguments<'_>) -> Outcome {
    skip_unless_offered(world.reply()?)?;
    let result = expect_status(world.reply()?, &[400, 422], "the request is refused");
    world.judge(result)
}

async fn refuses_malformed(world: &mut World, _: Arguments<'_>) -> Outcome {
    let result = expect_status(
        world.reply()?,
        &[400, 415],
        "the malformed request is refused",
    );
    world.judge(result)
}

async fn not_offered(world: &mut World, _: Arguments<'_>) -> Outcome {
    let result = expect_status(
        world.reply()?,
        &[400, 404, 405],
        "the operation is not offered there",
    );
    world.judge(result)
}

async fn no_such_record(world: &mut World, _: Arguments<'_>) -> Outcome {
    let result = expect_status(world.reply()?, &[400, 404], "there is no such record");
    world.judge(result)
}

async fn no_identifier(world: &mut World, _: Arguments<'_>) -> Outcome {
    let reply = world.reply()?;
    let given = reply
        .json()
        .is_ok_and(|body| !member_parameters(&body).is_empty());
    let result = if given {
        Err(Mismatch::new(
            "no member identifier without the member's consent",
            describe(reply),
        )
        .at("$.parameter"))
    } else {
        expect_refusal(reply)
    };
    world.judge(result)
}

async fn explains(world: &mut World, _: Arguments<'_>) -> Outcome {
    let result =
        expect_resource(world.reply()?, "OperationOutcome").and_then(
            |found| match outcome::issues(&found).is_empty() {
                false => Ok(()),
                true => Err(Mismatch::new(
                    "an OperationOutcome with at least one issue",
                    "it has none",
                )
                .at("$.issue")),
            },
        );
    world.judge(result)
}

async fn consent_is_reason(world: &mut World, _: Arguments<'_>) -> Outcome {
    let result = expect_outcome(world.reply()?).and_then(|found| {
        let text = outcome::text(&found);
        if text.to_lowercase().contains("consent") {
            return Ok(());
        }
        let actual = if text.is_empty() {
            "no text at all".to_owned()
        } else {
            text
        };
        Err(
            Mismatch::new("a text that says consent could not be honoured", actual)
                .at("$.issue[0].details.text"),
        )
    });
    world.judge(result)
}

async fn says_kind(world: &mut World, _: Arguments<'_>) -> Outcome {
    const KINDS: [&str; 7] = [
        "not-found",
        "multiple-matches",
        "business-rule",
        "suppressed",
        "processing",
        "forbidden",
        "duplicate",
    ];
    let status = world.reply()?.status;
    if status != 422 {
        // Only what a 422 must carry is judged here; the status itself is judged elsewhere.
        return Err(Halt::Skip(format!(
            "the match was not refused with 422, but answered with {status}"
        )));
    }
    let result = expect_outcome(world.reply()?).and_then(|found| {
        let issue = &found["issue"][0];
        let (severity, code) = (
            issue["severity"].as_str().unwrap_or(""),
            issue["code"].as_str().unwrap_or(""),
        );
        if !matches!(severity, "error" | "fatal") {
            return Err(
                Mismatch::new("an issue of severity error", severity).at("$.issue[0].severity")
            );
        }
        if !KINDS.contains(&code) {
            return Err(
                Mismatch::new(format!("a code among {}", KINDS.join(", ")), code)
                    .at("$.issue[0].code"),
            );
        }
        if outcome::text(&found).is_empty() {
            return Err(Mismatch::new(
                "a text that says what failed",
                "neither details nor diagnostics",
            )
            .at("$.issue[0]"));
        }
        Ok(())
    });
    world.judge(result)
}

async fn told_apart(world: &mut World, _: Arguments<'_>) -> Outcome {
    let [.., first, second] = world.replies.as_slice() else {
        return Err(Halt::Error(
            "two refusals are needed before this step".into(),
        ));
    };
    let result = expect_outcome(first).and_then(|first| {
        let second = expect_outcome(second)?;
        let same = first["issue"][0]["code"] == second["issue"][0]["code"]
            && outcome::text(&first) == outcome::text(&second);
        if same {
            return Err(Mismatch::new(
                "different failures are told apart",
                format!("both say: {}", outcome::text(&first)),
            )
            .at("$.issue[0]"));
        }
        Ok(())
    });
    world.judge(result)
}

async fn nothing_identifies(world: &mut World, _: Arguments<'_>) -> Outcome {
    let mut known: Vec<String> = Vec::new();
    for matched in world.matches.clone() {
        known.extend(matched.named_id());
        known.push(matched.value);
    }
    known.extend(
        world
            .records
            .iter()
            .filter_map(|record| record["id"].as_str().map(str::to_owned)),
    );
    known.extend(world.member()?.patient_id.clone());
    known.extend(
        world
            .member()?
            .card()
            .map(|identifier| identifier.value.clone()),
    );
    known.extend(
        world
            .member()?
            .identifiers
            .iter()
            .map(|identifier| identifier.value.clone()),
    );
    let result = expect_nothing_identifies(world.reply()?, &known);
    world.judge(result)
}

/// Names of parameters that identify a member, wherever they stand.
fn member_parameters(body: &Value) -> Vec<&str> {
    let names = parameters::all(body)
        .iter()
        .filter_map(|parameter| parameter["name"].as_str());
    names
        .filter(|name| matches!(*name, "MemberIdentifier" | "MemberId"))
        .collect()
}

fn expect_nothing_identifies(reply: &Reply, known: &[String]) -> Result<(), Mismatch> {
    let expected = "no identifier of the member anywhere in the answer";
    if let Ok(body) = reply.json()
        && let Some(name) = member_parameters(&body).first()
    {
        return Err(Mismatch::new(expected, format!("a parameter {name}")).at("$.parameter"));
    }
    let headers = reply
        .headers
        .iter()
        .map(|(name, value)| (format!("header {name}"), value.clone()));
    let body = (
        String::from("body"),
        String::from_utf8_lossy(&reply.body).into_owned(),
    );
    for (place, text) in headers.chain([body]) {
        if let Some(word) = known.iter().find(|word| holds_word(&text, word)) {
            return Err(Mismatch::new(expected, format!("it holds {word}")).at(place));
        }
    }
    Ok(())
}

/// Whether `text` holds `word`, not as a part of a longer word.
fn holds_word(text: &str, word: &str) -> bool {
    let is_part = |character: Option<char>| character.is_some_and(char::is_alphanumeric);
    !word.is_empty()
        && text.match_indices(word).any(|(start, _)| {
            !is_part(text[..start].chars().next_back())
                && !is_part(text[start + word.len()..].chars().next())
        })
}

async fn proper_error(world: &mut World, _: Arguments<'_>) -> Outcome {
    let reply = world.reply()?;
    if reply.status < 400 {
        return Err(Halt::Skip(format!(
            "the payer answered {} where an error was provoked",
            reply.status
        )));
    }
    let result = expect_outcome(reply).and_then(|_| expect_fhir_json(reply));
    world.judge(result)
}

async fn ask_wrong(world: &mut World, arguments: Arguments<'_>) -> Outcome {
    let path = match arguments.word(1) {
        "a record that does not exist" => "Patient/there-is-no-such-record",
        "a record with an impossible number" => "Patient/!!!",
        _ => "Unicorn/1",
    };
    world.send(Request::get(path)).await
}

async fn ask_format(world: &mut World, _: Arguments<'_>) -> Outcome {
    world
        .send(Request::get("metadata").header("accept", "application/pdf"))
        .await
}

async fn no_such_format(world: &mut World, _: Arguments<'_>) -> Outcome {
    let result = expect_status(world.reply()?, &[406], "the format is not available");
    world.judge(result)
}

async fn format_not_taken(world: &mut World, _: Arguments<'_>) -> Outcome {
    let result = expect_status(world.reply()?, &[400, 415], "the format is not taken");
    world.judge(result)
}

#[cfg(test)]
mod tests {
    use super::holds_word;

    #[test]
    fn a_word_is_found_only_as_a_whole() {
        assert!(holds_word("member 1001 is known", "1001"));
        assert!(holds_word("Patient/1001", "1001"));
        assert!(!holds_word("21001 or 10012", "1001"));
        assert!(!holds_word("anything", ""));
    }
}
