//! A payer that fetches the records of its new members from their old payer (PDex payer-to-payer).

use super::line::json;
use super::{Brief, Line, Trouble, token};
use crate::config::{Expectation, Member};
use crate::mock::Habit;
use crate::steps::MatchRequest;
use serde_json::Value;

/// Does all that the suite asks of a new payer.
pub(super) async fn converse(brief: &Brief, line: &mut Line<'_>) -> Result<(), Trouble> {
    let scope = brief.credentials.as_ref();
    let scope = scope.map_or("", |credentials| credentials.scope.as_str());
    token::authorize(brief, line, scope).await?;
    let members = brief.members.iter();
    let mut known = members.filter(|member| member.expect == Expectation::Match);
    if let Some(member) = known.next() {
        single(brief, line, member).await?;
    }
    Ok(())
}

/// One member: matched, then read.
async fn single(brief: &Brief, line: &mut Line<'_>, member: &Member) -> Result<(), Trouble> {
    let request = line.post("/Patient/$member-match", &match_request(brief, member));
    let answer = line.ask(request).await?;
    if answer.status != 200 || !line.keeps(Habit::FetchesTheData) {
        return Ok(());
    }
    let matched = json(&answer);
    let id = matched["parameter"][0]["valueIdentifier"]["value"].clone();
    let Some(id) = id.as_str() else {
        return Ok(());
    };
    let found = line.search(&format!("/Patient?identifier={id}")).await?;
    let Some(patient) = found.first().and_then(|patient| patient["id"].as_str()) else {
        return Ok(());
    };
    line.search(&format!("/Condition?patient={patient}"))
        .await?;
    Ok(())
}

/// The request that has a member matched.
fn match_request(brief: &Brief, member: &Member) -> Value {
    let request = MatchRequest::new(member, &brief.own, &brief.server, brief.today);
    request.to_json()
}
