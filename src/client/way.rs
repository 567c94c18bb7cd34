//! Ways to a server.

use super::Trouble;
use crate::mock::{Delivery, Request, Response};
use futures::future::BoxFuture;
use std::time::Duration;

/// A way to a server.
pub trait Way: Send {
    /// FHIR base URL of the server, without a slash at its end.
    fn base(&self) -> String;

    /// Sends a request as it is. Redirects are not followed.
    fn ask(&mut self, request: Request) -> BoxFuture<'_, Result<Response, Trouble>>;

    /// Lets time pass.
    fn pass(&mut self, time: Duration) -> BoxFuture<'_, ()>;

    /// Where the server can send something to the client; none where it cannot.
    fn hook(&self) -> Option<String> {
        None
    }

    /// What the server has sent there since this was asked last.
    fn received(&mut self) -> Vec<Delivery> {
        Vec::new()
    }
}
