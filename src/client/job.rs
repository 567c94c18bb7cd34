//! How a client gets what a server works on for a while: asked for, waited for, fetched, done away with.

use super::line::{header, json};
use super::{Line, Trouble};
use crate::mock::{Habit, Request, Response};
use http::header::{CONTENT_LOCATION, HeaderName};
use http::{HeaderValue, Method};
use serde_json::Value;

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
    for file in manifest["output"].as_array().into_iter().flatten() {
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
