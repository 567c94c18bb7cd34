//! Between a client and a server of somebody else: everything is passed on, and kept.

use crate::catalog::{Catalog, Plan, Role, Scenario, Selection, Side};
use crate::cli::Failure;
use crate::evidence::{PlannedRequirement, SuiteNote};
use crate::http::{self, Client};
use crate::mock::{Conversation, Forward, Request, Response, Room, Stopwatch};
use ::http::header::{
    ACCEPT_ENCODING, CONNECTION, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_LOCATION, CONTENT_TYPE,
    HOST, LINK, LOCATION, TE, TRANSFER_ENCODING, UPGRADE,
};
use ::http::{HeaderMap, HeaderName, HeaderValue};
use bytes::Bytes;
use futures::future::BoxFuture;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;
use std::time::Duration;

/// Headers that concern one connection alone (RFC 9110, section 7.6.1), or that are made anew.
const OWN: [HeaderName; 8] = [
    ACCEPT_ENCODING,
    CONNECTION,
    CONTENT_ENCODING,
    CONTENT_LENGTH,
    HOST,
    TE,
    TRANSFER_ENCODING,
    UPGRADE,
];
/// Longest the server may take.
const TIMEOUT: Duration = Duration::from_secs(120);
/// Id of what is judged of a server that is heard in passing.
const OVERHEARD: &str = "overheard-answers";
/// Largest answer that is passed on.
const MOST_BODY: usize = 64 << 20;

/// The server behind.
#[derive(Clone)]
pub(super) struct Proxy {
    client: Client,
}

impl Proxy {
    /// To the server at this base URL.
    pub(super) fn to(url: &url::Url) -> Result<Self, Failure> {
        let settings = http::Settings {
            request_timeout: TIMEOUT,
            body_limit: MOST_BODY,
            allow_private: true,
            ..http::Settings::new(url.clone())
        };
        Ok(Self {
            client: Client::new(settings)?,
        })
    }

    /// A room in which the server is asked.
    pub(super) fn room(&self, prefix: String, conversation: Conversation) -> Room {
        let between = Between {
            client: self.client.clone(),
            conversation,
            stopwatch: Stopwatch::start(),
        };
        Room::before(prefix, Arc::new(between))
    }
}

/// What one client and the server say to each other.
struct Between {
    client: Client,
    conversation: Conversation,
    stopwatch: Stopwatch,
}

impl Between {
    /// Base URL of the server, without a slash at its end.
    fn server(&self) -> String {
        self.client.base().as_str().trim_end_matches('/').to_owned()
    }

    async fn pass(&self, request: &Request) -> Response {
        // Whoever is asked for a token is named in what is signed for it: its address stays what it is.
        let is_discovery = request.path.starts_with("/.well-known/");
        let (ours, theirs) = (request.base.as_str(), self.server());
        let query = request.query.as_deref();
        let query = query.map(|query| format!("?{}", replaced(query, ours, &theirs)));
        let url = format!("{theirs}{}{}", request.path, query.unwrap_or_default());
        let mut sent = http::Request::new(request.method.clone(), url)
            .body(rewritten(&request.headers, &request.body, ours, &theirs))
            .unfollowed();
        for (name, value) in &request.headers {
            if let (false, Ok(value)) = (OWN.contains(name), value.to_str()) {
                sent = sent.header(name.as_str(), value);
            }
        }
        let reply = match self.client.send(sent).await.result {
            Ok(reply) => reply,
            Err(failure) => {
                let text = format!("the server behind gives no answer: {failure}");
                return Response::refused(502, "transient", &text);
            }
        };
        let mut headers = HeaderMap::new();
        for (name, value) in &reply.headers {
            let name = name.parse::<HeaderName>();
            let Some(name) = name.ok().filter(|name| !OWN.contains(name)) else {
                continue;
            };
            let is_address = [LOCATION, CONTENT_LOCATION, LINK].contains(&name);
            let value = match is_address {
                true => replaced(value, &theirs, ours),
                false => value.clone(),
            };
            if let Ok(value) = HeaderValue::from_str(&value) {
                headers.append(name, value);
            }
        }
        let body = match is_discovery {
            true => reply.body,
            false => rewritten(&headers, &reply.body, &theirs, ours),
        };
        Response::received(reply.status, headers, body)
    }
}

impl Forward for Between {
    fn forward(&self, request: Request) -> BoxFuture<'_, Response> {
        Box::pin(async move {
            let at = self.stopwatch.elapsed();
            let response = self.pass(&request).await;
            self.conversation.hear(at, &request, &response);
            response
        })
    }
}

/// The text with one base URL in place of another.
fn replaced(text: &str, from: &str, to: &str) -> String {
    text.replace(from, to)
}

/// The same for a body of JSON, or of lines of JSON; others are left as they are.
fn rewritten(headers: &HeaderMap, body: &Bytes, from: &str, to: &str) -> Bytes {
    let kind = headers
        .get(CONTENT_TYPE)
        .and_then(|kind| kind.to_str().ok());
    match (kind, std::str::from_utf8(body)) {
        (Some(kind), Ok(text)) if kind.contains("json") && text.contains(from) => {
            replaced(text, from, to).into()
        }
        _ => body.clone(),
    }
}

/// The plan with what can be judged of the server, too: the scenarios that judge all answers of a run. Also which
/// server's answers are heard by which client, by system.
pub(in crate::cli) fn both_sides(
    catalog: &Catalog,
    mut plan: Plan,
    selection: &Selection,
) -> Result<(Plan, HashMap<String, String>), Failure> {
    let roles: BTreeSet<Role> = plan
        .scenarios
        .iter()
        .filter_map(|scenario| scenario.written.client())
        .map(server_of)
        .collect();
    let servers = catalog.select(&Selection {
        igs: selection.igs.clone(),
        side: Some(Side::Servers),
        roles: roles.into_iter().collect(),
        ..Selection::default()
    })?;
    let mut closing: Vec<Scenario> = servers
        .scenarios
        .into_iter()
        .filter(|scenario| scenario.written.closing && !scenario.written.guarded)
        .collect();
    // A suite is more than what can be heard in passing: this is one of its own, and makes no conclusion about others.
    let heard: BTreeMap<String, &str> = closing
        .iter()
        .map(|scenario| {
            let role = scenario.written.roles.first().copied();
            let role = role.unwrap_or(Role::PayerServer).as_str();
            (scenario.ig.to_string(), role)
        })
        .collect();
    for scenario in &mut closing {
        scenario.suites = vec![OVERHEARD.to_owned()];
    }
    plan.suites
        .extend(heard.into_iter().map(|(ig, role)| SuiteNote {
            id: OVERHEARD.to_owned(),
            ig,
            title: "Answers of the server, as far as they were heard".to_owned(),
            role: role.to_owned(),
        }));
    let is_tested = |row: &PlannedRequirement| {
        let mut scenarios = closing.iter();
        scenarios.any(|scenario| {
            scenario.ig.to_string() == row.ig && scenario.requirements.contains(&row.id)
        })
    };
    for mut row in servers.requirements.into_iter().filter(is_tested) {
        row.suites = vec![OVERHEARD.to_owned()];
        let mut known = plan.requirements.iter_mut();
        match known.find(|known| known.ig == row.ig && known.id == row.id) {
            Some(known) => known.suites.push(OVERHEARD.to_owned()),
            None => plan.requirements.push(row),
        }
    }
    let mut mirrors = HashMap::new();
    for heard in &plan.scenarios {
        let Some(role) = heard.written.client() else {
            continue;
        };
        let server = closing
            .iter()
            .find(|scenario| scenario.ig == heard.ig && scenario.written.is_for(server_of(role)));
        if let Some(server) = server {
            mirrors.insert(heard.system(), server.system());
        }
    }
    plan.scenarios.extend(closing);
    Ok((plan, mirrors))
}

/// Who answers a client.
const fn server_of(client: Role) -> Role {
    match client {
        Role::DataConsumerClient => Role::DataSourceServer,
        Role::DataSourceClient => Role::DataConsumerServer,
        _ => Role::PayerServer,
    }
}
