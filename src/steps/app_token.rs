//! What an app's token opens, and what it is renewed to (SMART App Launch 2.2; RFC 6749, section 6).

use super::World;
use super::app_launch::unusable;
use super::caller::Credentials;
use super::drive::{Arguments, Halt, Outcome};
use super::expect::describe;
use super::mismatch::Mismatch;
use super::token_request::{token, told};
use crate::access::authenticated;
use crate::config::Expectation;
use crate::http::Request;
use crate::oauth::Scopes;

super::book::steps! {
    /// Renews the token; skips when there is nothing to renew it with.
    r"^the app has its token renewed(, asking for more)?$" => renew;
    /// A 4xx, or a token within the scope of the first.
    r"^no token is given out, or one for no more than the first$" => no_more;
    /// Reads the record of the member of the scenario with the app's token, which is for another one.
    r"^the app reads the record of that other (?:member|patient)$" => read_other;
    /// Reads the record of the patient that the app's token is for.
    r"^the app reads the record of its own patient$" => read_own;
    /// Chooses the patient about whom nothing may be told, or another one that the app is not launched for.
    r"^a patient whom the user of the app must not see$" => unseen;
    /// Reads the member's sensitive records with the app's token: all are shown, or none.
    r"^the app finds (none of the member's sensitive records|the member's sensitive records)$" => finds;
}

async fn renew(world: &mut World, arguments: Arguments<'_>) -> Outcome {
    let Some(refresh) = world.launch.text("refresh_token").map(str::to_owned) else {
        return Err(Halt::Skip(
            "the app has got nothing to have its token renewed with".into(),
        ));
    };
    let first = world.launch.grant.clone();
    let registration = world.app()?.registration().clone();
    let url = world.endpoint("token_endpoint").await?;
    let mut fields = vec![
        ("grant_type", "refresh_token".to_owned()),
        ("refresh_token", refresh),
    ];
    if !arguments.word(1).is_empty() {
        let scope = first["scope"].as_str().unwrap_or_default();
        fields.push(("scope", format!("{scope} user/*.cruds system/*.cruds")));
    }
    let request = authenticated(&registration, &url, fields).map_err(unusable)?;
    world.send_bare(request).await?;
    let reply = world.reply()?;
    if token(reply).is_some() {
        world.launch.grant = reply.json().unwrap_or_default();
    }
    world.first_scope = first["scope"].as_str().map(str::to_owned);
    Ok(())
}

async fn no_more(world: &mut World, _: Arguments<'_>) -> Outcome {
    let first = world.first_scope.clone().unwrap_or_default();
    let reply = world.reply()?;
    let result = match token(reply) {
        None if (400..500).contains(&reply.status) => Ok(()),
        None => Err(Mismatch::new("a refusal, or a token", told(reply)).at("HTTP status")),
        Some(_) => {
            let body = reply.json().unwrap_or_default();
            // Without a word about it, what was asked for is granted (RFC 6749, 5.1).
            let granted = body["scope"].as_str().unwrap_or("user/*.cruds").to_owned();
            match Scopes::parse(&granted).is_within(&Scopes::parse(&first)) {
                true => Ok(()),
                false => {
                    Err(Mismatch::new(format!("nothing beyond {first}"), granted).at("$.scope"))
                }
            }
        }
    };
    world.judge(result)
}

async fn read_own(world: &mut World, _: Arguments<'_>) -> Outcome {
    let token = world.app_token()?;
    let Some(own) = world.launch.text("patient").map(str::to_owned) else {
        return Err(Halt::Skip("the app's token is for no patient".into()));
    };
    let request = Request::get(format!("Patient/{own}")).header("accept", "application/fhir+json");
    world.tried_from = world.replies.len();
    world.send(Credentials::Bearer(token).dress(request)).await
}

async fn unseen(world: &mut World, _: Arguments<'_>) -> Outcome {
    world.choose_patient(Expectation::Sensitive, 0).await
}

/// The record number of the member of the scenario; skips when that is the one whom the app's token is for.
pub(super) async fn unread(world: &mut World) -> Result<String, Halt> {
    let other = world.member_record().await?;
    match world.launch.text("patient").is_none_or(|own| own == other) {
        true => Err(Halt::Skip(
            "the member who logs in is the only one that is known: give another test member".into(),
        )),
        false => Ok(other),
    }
}

async fn read_other(world: &mut World, _: Arguments<'_>) -> Outcome {
    let token = world.app_token()?;
    let other = unread(world).await?;
    let request =
        Request::get(format!("Patient/{other}")).header("accept", "application/fhir+json");
    world.tried_from = world.replies.len();
    world.send(Credentials::Bearer(token).dress(request)).await
}

async fn finds(world: &mut World, arguments: Arguments<'_>) -> Outcome {
    let token = world.app_token()?;
    let members = world.of_kind(Expectation::Sensitive)?;
    let own = world.launch.text("patient").unwrap_or_default().to_owned();
    let member = members
        .iter()
        .find(|member| member.patient_id.as_deref() == Some(&*own));
    let member = member
        .or(members.first())
        .map(|member| member.sensitive_records.clone());
    let records = member.unwrap_or_default();
    if records.is_empty() {
        return Err(Halt::Skip(
            "no sensitive records of the member are known: add member.sensitive_records".into(),
        ));
    }
    let must_find = arguments.word(1) == "the member's sensitive records";
    let mut mismatches = Vec::new();
    for record in records {
        let request = Request::get(record.clone()).header("accept", "application/fhir+json");
        world
            .send(Credentials::Bearer(token.clone()).dress(request))
            .await?;
        let reply = world.reply()?;
        let is_right = match must_find {
            true => reply.status == 200,
            false => matches!(reply.status, 403 | 404),
        };
        if !is_right {
            let expected = if must_find {
                "the record"
            } else {
                "no such record (status 403 or 404)"
            };
            mismatches.push(Mismatch::new(expected, describe(reply)).at("HTTP status"));
        }
    }
    world.judge_each(mismatches)
}
