//! What every mock is to the fronts.

use super::{Delivery, Handshake, Request, Response};

/// A mock: answers requests from its own state, the same way every time.
pub trait StandIn: Send {
    /// Answers one request. Must not block and must not panic, whatever the request holds.
    fn respond(&mut self, request: &Request) -> Response;

    /// The same before the content is coded as the request wants it (gzip).
    fn uncoded(&mut self, request: &Request) -> Response {
        self.respond(request)
    }

    /// Codes the content of what [`StandIn::uncoded`] answered.
    fn encode(&self, _request: &Request, _response: &mut Response) {}

    /// What it does wrong in the TLS handshake, where it is served over TLS. Asked once, before anything else.
    fn handshake(&self) -> Handshake {
        Handshake::default()
    }

    /// What it wants sent because of what it was asked; each only once. The front sends it, after the answer.
    fn outbox(&mut self) -> Vec<Delivery> {
        Vec::new()
    }

    /// Told what came of a delivery: the status of the answer, or `None` when there was none.
    fn delivered(&mut self, _about: &str, _status: Option<u16>) {}

    /// Told of a request that was answered without it: the body, which is left out here, was too large or took too long.
    fn turned_away(&mut self, _request: &Request, _status: u16) {}
}
