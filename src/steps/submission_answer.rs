//! How a payer answers what was submitted to it (CDex `$submit-attachment`). The place may be on no FHIR server: only
//! what the guide demands is demanded.

use super::drive::{Arguments, Halt, Outcome};
use super::expect::{describe, expect_fhir_json, expect_refusal, expect_status};
use super::{Mismatch, World};
use crate::fhir::outcome;
use crate::http::Reply;
use serde_json::Value;

super::book::steps! {
    /// The status tells success.
    r"^the payer takes it$" => accepts;
    /// The status is 200, which is what accepted means.
    r"^the payer says that it is accepted$" => says_accepted;
    /// The answer says now whether it is accepted, and does not put it off.
    r"^the payer decides at once$" => decides;
    /// Nothing comes back, or an OperationOutcome.
    r"^nothing but an outcome comes back$" => no_results;
    /// The status tells an error of the sender.
    r"^the payer refuses it$" => refuses;
    /// The status tells an error.
    r"^the payer does not do that$" => not_done;
    /// The status tells that credentials are missing.
    r"^the payer does not let that in$" => not_let_in;
    /// An OperationOutcome with an error tells the reason in words; skips when it was not refused.
    r"^the refusal tells the reason in words$" => tells_reason;
    /// The status is 200, and an OperationOutcome tells that it is held.
    r"^the payer says that it holds it until it knows more$" => held;
    /// The status is 413.
    r"^the payer says that it is too large$" => too_large;
    /// What came back has the content type of FHIR JSON; skips when nothing came back.
    r"^the answer is FHIR JSON$" => fhir_json;
    /// What followed a submission that says nothing was answered like what followed one that was the last.
    r"^saying nothing means that it is the last$" => nothing_said;
}

/// An answer in short: its status, and the codes of its outcome.
pub(super) fn gist(reply: &Reply) -> String {
    let body = reply.json().unwrap_or_default();
    let issues = outcome::issues(&body).iter();
    let issues = issues.map(|issue| format!(" {}/{}", issue["severity"], issue["code"]));
    format!("status {}{}", reply.status, issues.collect::<String>())
}

async fn accepts(world: &mut World, _: Arguments<'_>) -> Outcome {
    let reply = world.reply()?;
    let result = match reply.is_success() {
        true => Ok(()),
        false => {
            Err(Mismatch::new("it is accepted (status 200)", describe(reply)).at("HTTP status"))
        }
    };
    world.judge(result)
}

async fn says_accepted(world: &mut World, _: Arguments<'_>) -> Outcome {
    let result = expect_status(world.reply()?, &[200], "it is accepted");
    world.judge(result)
}

async fn decides(world: &mut World, _: Arguments<'_>) -> Outcome {
    let reply = world.reply()?;
    let is_decided = reply.status != 202 && (reply.is_success() || reply.status >= 400);
    let result = match is_decided {
        true => Ok(()),
        false => Err(
            Mismatch::new("an answer that accepts or refuses", describe(reply)).at("HTTP status"),
        ),
    };
    world.judge(result)
}

async fn no_results(world: &mut World, _: Arguments<'_>) -> Outcome {
    let reply = world.reply()?;
    if !reply.is_success() {
        return Err(Halt::Skip(
            "the payer does not accept it, so it is not seen what acceptance brings".into(),
        ));
    }
    let is_empty = reply.body.is_empty();
    let is_outcome = reply
        .json()
        .is_ok_and(|body| body["resourceType"] == "OperationOutcome");
    let result = match is_empty || is_outcome {
        true => Ok(()),
        false => Err(Mismatch::new("no body, or an OperationOutcome", describe(reply)).at("body")),
    };
    world.judge(result)
}

async fn refuses(world: &mut World, _: Arguments<'_>) -> Outcome {
    let result = expect_refusal(world.reply()?);
    world.judge(result)
}

async fn not_done(world: &mut World, _: Arguments<'_>) -> Outcome {
    let reply = world.reply()?;
    let result = match reply.status >= 400 {
        true => Ok(()),
        false => Err(Mismatch::new("an error (405 fits)", describe(reply)).at("HTTP status")),
    };
    world.judge(result)
}

async fn not_let_in(world: &mut World, _: Arguments<'_>) -> Outcome {
    let result = expect_status(world.reply()?, &[401, 403], "credentials are demanded");
    world.judge(result)
}

/// The texts of issues of these severities; none when there is no such issue with words.
fn told(body: &Value, severities: &[&str]) -> bool {
    let has_words = |issue: &Value| {
        [&issue["details"]["text"], &issue["diagnostics"]]
            .into_iter()
            .any(|text| text.as_str().is_some_and(|text| !text.trim().is_empty()))
    };
    let is_severe = |issue: &Value| severities.iter().any(|one| issue["severity"] == *one);
    body["resourceType"] == "OperationOutcome"
        && outcome::issues(body)
            .iter()
            .any(|issue| is_severe(issue) && has_words(issue))
}

async fn tells_reason(world: &mut World, _: Arguments<'_>) -> Outcome {
    let reply = world.reply()?;
    if reply.status < 400 {
        return Err(Halt::Skip(
            "the payer does not refuse it, so there is no refusal to look at".into(),
        ));
    }
    let body = reply.json().unwrap_or_default();
    let result = match told(&body, &["error", "fatal"]) {
        true => Ok(()),
        false => Err(Mismatch::new(
            "an OperationOutcome with an error and its reason in words",
            describe(reply),
        )
        .at("body")),
    };
    world.judge(result)
}

async fn held(world: &mut World, _: Arguments<'_>) -> Outcome {
    let reply = world.reply()?;
    let body = reply.json().unwrap_or_default();
    let result = expect_status(reply, &[200], "it is held").and_then(|()| {
        match told(&body, &["information"])
            && outcome::codes(&body).any(|code| code == "informational")
        {
            true => Ok(()),
            false => Err(Mismatch::new(
                "an OperationOutcome whose issue is information (code informational), with words",
                describe(reply),
            )
            .at("body")),
        }
    });
    let result = result.map_err(|mismatch| {
        mismatch
            .hint("what a payer refuses is its own decision; a provider is helped by being told")
    });
    world.judge(result)
}

async fn too_large(world: &mut World, _: Arguments<'_>) -> Outcome {
    let result = expect_status(world.reply()?, &[413], "it is too large");
    world.judge(result)
}

async fn fhir_json(world: &mut World, _: Arguments<'_>) -> Outcome {
    let reply = world.reply()?;
    if reply.body.is_empty() {
        return Err(Halt::Skip("nothing comes back that could be FHIR".into()));
    }
    let result = expect_fhir_json(reply);
    world.judge(result)
}

async fn nothing_said(world: &mut World, _: Arguments<'_>) -> Outcome {
    let after = |said: Option<bool>| {
        let mut all = world.attaching.following.iter();
        let found = all.find(|(is_last, _)| *is_last == said);
        found
            .map(|(_, answer)| answer.clone())
            .ok_or_else(|| Halt::Error("no submission was followed by another one".into()))
    };
    let (last, open, silent) = (after(Some(true))?, after(Some(false))?, after(None)?);
    if last == open {
        return Err(Halt::Skip(format!(
            "whether a request is closed cannot be seen from outside: more is answered with {last} in either case"
        )));
    }
    let result = match silent == last {
        true => Ok(()),
        false => Err(Mismatch::new(
            format!("{last}, as after a submission with Final true"),
            format!("{silent}; after one with Final false it is {open}"),
        )
        .at("the answer to what follows")),
    };
    world.judge(result)
}
