//! The conversations of an earlier run, from its evidence.

use super::playback::content;
use crate::catalog::Plan;
use crate::evidence::{BodyRef, Exchange, Run};
use crate::mock::{Conversation, Request, Response};
use crate::steps::{BROKEN_OFF, HEARD, NOT_KEPT};
use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue};
use std::collections::HashMap;
use std::time::Duration;

/// What was heard of each client in that run, by system: what the scenarios that hear clients out have recorded.
#[must_use]
pub fn overheard(run: &Run, plan: &Plan) -> HashMap<String, Conversation> {
    let mut conversations = HashMap::new();
    for scenario in &plan.scenarios {
        if !scenario.written.listening {
            continue;
        }
        let system = scenario.system();
        let base = run.identity.endpoints.get(&system);
        let base = base.map_or("", |base| base.trim_end_matches('/'));
        let mut executed = run.scenarios.iter();
        let Some(executed) = executed.find(|executed| executed.id == scenario.id) else {
            continue;
        };
        let conversation = Conversation::default();
        for exchange in &executed.exchanges {
            if let Some((request, response)) = told(run, exchange, base) {
                let at = Duration::from_micros(exchange.started_us);
                conversation.hear(at, &request, &response);
            }
        }
        let notes = || executed.steps.iter().flat_map(|step| &step.notes);
        let number = |of: &str| {
            let number = notes().find_map(|note| note.strip_suffix(of)?.parse::<usize>().ok());
            number.unwrap_or_default()
        };
        // Of a long conversation the evidence has the beginning alone.
        let unseen = number(HEARD).saturating_sub(conversation.heard().len());
        conversation.lose(unseen.saturating_add(number(NOT_KEPT)));
        match notes().any(|note| note == BROKEN_OFF) {
            true => conversation.break_off(),
            false => conversation.end(),
        }
        conversations.insert(system, conversation);
    }
    conversations
}

/// A request below the base, and its answer.
fn told(run: &Run, exchange: &Exchange, base: &str) -> Option<(Request, Response)> {
    let asked = &exchange.request;
    let below = asked.url.strip_prefix(base)?;
    let (path, query) = match below.split_once('?') {
        Some((path, query)) => (path, Some(query.to_owned())),
        None => (below, None),
    };
    let body = |body: Option<&BodyRef>| -> Bytes {
        let stored = body.and_then(|body| run.bodies.get(&body.hash));
        stored.map(content).unwrap_or_default()
    };
    let request = Request {
        method: asked.method.parse().ok()?,
        path: path.to_owned(),
        query,
        headers: headers(&asked.headers),
        body: body(asked.body.as_ref()),
        base: base.to_owned(),
        client_certificate: None,
    };
    let answer = exchange.response.as_ref()?;
    let response = Response::received(
        answer.status,
        headers(&answer.headers),
        body(answer.body.as_ref()),
    );
    Some((request, response))
}

fn headers(written: &[(String, String)]) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for (name, value) in written {
        if let (Ok(name), Ok(value)) = (name.parse::<HeaderName>(), HeaderValue::from_str(value)) {
            headers.append(name, value);
        }
    }
    headers
}
