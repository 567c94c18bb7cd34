//! What every mock is to the fronts.

use super::{Request, Response};

/// A mock: answers requests from its own state, the same way every time.
pub trait StandIn: Send {
    /// Answers one request. Must not block and must not panic, whatever the request holds.
    fn respond(&mut self, request: &Request) -> Response;
}
