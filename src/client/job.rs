//! How a client gets what a server works on for a while: asked for, waited for, fetched, done away with.

use super::line::{header, json};
use super::{Line, Trouble};
use crate::mock::{Habit, Request, Response};
use http::header::{CONTENT_LOCATION, HeaderName};
use http::{HeaderValue, Method};
use serde_json::{Value, json as object};

/// Says that the answer may come later.
pub(super) fn ask_for_later(request: &mut Request) {
    let value = HeaderValue::from_static("respond-async");
    request
        .headers
        .insert(HeaderName::from_static("prefer"), value);
}

/// Waits for the job that was started, reads its files and has it forgotten. All that was in the files; nothing when the
/// job was refused or failed.
pub(super) async fn fetch(line: &mut Line<'_>, kick_off: &Response) -> Result<Vec<Value>, Trouble> {
    let Some(done) = line.follow(kick_off).await? else {
        return Ok(Vec::new());
    };
    let manifest = json(&done);
    let shows_token =
        manifest["requiresAccessToken"] == true || !line.keeps(Habit::ShowsTheTokenOnlyWhereAsked);
    let mut found = Vec::new();
    let files = manifest["output"].as_array().cloned().unwrap_or_default();
    let status = line.get(header(kick_off, CONTENT_LOCATION).unwrap_or_default());
    if files.is_empty() && !line.keeps_with(Habit::TakesNothingForAnAnswer, &status) {
        return Err(Trouble::GaveUp);
    }
    let tells_more = !manifest["extension"].is_null();
    if tells_more && !line.keeps(Habit::PassesOtherFilesBy) {
        return Err(Trouble::GaveUp);
    }
    for file in &files {
        let Some(url) = file["url"].as_str() else {
            continue;
        };
        if file["type"] == "Group" && !line.keeps(Habit::TakesTheGroupFiles) {
            continue;
        }
        let request = line.get(url);
        let answer = match shows_token {
            true => line.ask(request).await?,
            false => line.ask_openly(request).await?,
        };
        let text = String::from_utf8_lossy(&answer.body).into_owned();
        found.extend(
            text.lines()
                .filter_map(|one| serde_json::from_str::<Value>(one).ok()),
        );
    }
    if let Some(address) = header(kick_off, CONTENT_LOCATION) {
        let request = line.request(Method::DELETE, address);
        line.ask(request).await?;
    }
    Ok(found)
}

/// Has the data of a Group exported for a purpose, and reads it: name, element of the value and value of what else is
/// asked.
pub(super) async fn export(
    line: &mut Line<'_>,
    group: &str,
    purpose: &str,
    order: &[(&str, &str, Value)],
) -> Result<(), Trouble> {
    let mut parameters = vec![object!({"name": "exportType", "valueCanonical": purpose})];
    for (name, element, value) in order {
        let mut parameter = object!({"name": name});
        parameter[*element] = value.clone();
        parameters.push(parameter);
    }
    let body = object!({"resourceType": "Parameters", "parameter": parameters});
    let mut request = line.post(&format!("/Group/{group}/$davinci-data-export"), &body);
    ask_for_later(&mut request);
    let kick_off = line.ask(request).await?;
    fetch(line, &kick_off).await?;
    Ok(())
}
