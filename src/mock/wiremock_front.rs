//! A stand-in inside a `wiremock` server.

use super::{Request, Response, StandIn};
use bytes::Bytes;
use std::sync::{Arc, Mutex, PoisonError};
use wiremock::{Respond, ResponseTemplate};

/// Answers `wiremock` requests below `/fhir` from a stand-in, which others may share.
///
/// `wiremock` owns the wire, so a [`super::WireFault`] cannot be committed here: such an answer becomes
/// a 500 that says so, lest a test passes on a fault that never happened. Use [`super::Server`] for those.
pub struct WiremockFront(Arc<Mutex<Box<dyn StandIn>>>);

impl WiremockFront {
    /// A front for a stand-in that the caller may keep using.
    #[must_use]
    pub fn new(stand_in: Arc<Mutex<Box<dyn StandIn>>>) -> Self {
        Self(stand_in)
    }
}

impl Respond for WiremockFront {
    fn respond(&self, request: &wiremock::Request) -> ResponseTemplate {
        let host = request.url.host_str().unwrap_or("localhost");
        let origin = match request.url.port() {
            Some(port) => format!("http://{host}:{port}"),
            None => format!("http://{host}"),
        };
        let arrived = Request::arrived(
            request.method.clone(),
            request.url.path(),
            request.url.query(),
            request.headers.clone(),
            Bytes::copy_from_slice(&request.body),
            (&origin, ""),
        );
        let response = match arrived {
            Some(arrived) => self
                .0
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .respond(&arrived),
            None => Response::refusal(
                404,
                "not-found",
                "nothing is served here; the base is /fhir",
            ),
        };
        template(response)
    }
}

fn template(response: Response) -> ResponseTemplate {
    if response.wire.is_some() {
        let told = Response::refusal(
            500,
            "not-supported",
            "wiremock cannot commit faults on the wire",
        );
        return template(told);
    }
    let mut template =
        ResponseTemplate::new(response.status).set_body_bytes(response.body.to_vec());
    for (name, value) in &response.headers {
        template = template.append_header(name.clone(), value.clone());
    }
    match response.delay {
        Some(delay) => template.set_delay(delay),
        None => template,
    }
}
