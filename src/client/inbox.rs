//! Where a client that goes over HTTP takes what the server sends to it.

use super::Trouble;
use crate::mock::{Delivery, Request, Response, Server, StandIn};
use bytes::Bytes;
use http::HeaderMap;
use std::net::{Ipv4Addr, TcpListener};
use std::sync::{Arc, Mutex, PoisonError};

/// Deliveries that are kept at most.
const MOST: usize = 1_000;

/// What has come, and what is refused.
#[derive(Debug, Default)]
struct Kept {
    received: Vec<Delivery>,
    refused: Vec<String>,
}

/// A server on loopback that takes what is posted to it.
pub(super) struct Inbox {
    kept: Arc<Mutex<Kept>>,
    server: Server,
}

/// What stands behind that server.
struct Taker(Arc<Mutex<Kept>>);

impl StandIn for Taker {
    fn respond(&mut self, request: &Request) -> Response {
        let body = String::from_utf8_lossy(&request.body).into_owned();
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.refused.iter().any(|word| body.contains(word)) {
            return Response::received(500, HeaderMap::new(), Bytes::new());
        }
        if kept.received.len() < MOST {
            let kind = request.headers.get(http::header::CONTENT_TYPE);
            let kind = kind.and_then(|kind| kind.to_str().ok());
            kept.received.push(Delivery {
                method: request.method.clone(),
                url: format!("{}{}", request.base, request.path),
                content_type: kind.unwrap_or_default().to_owned(),
                headers: Vec::new(),
                body,
                about: String::new(),
            });
        }
        Response::received(200, HeaderMap::new(), Bytes::new())
    }
}

impl Inbox {
    /// Opens it on a free port of this machine.
    ///
    /// # Errors
    /// When no port can be had.
    pub(super) async fn open() -> Result<Self, Trouble> {
        let failed = |error: std::io::Error| Trouble::Unable(error.to_string());
        let kept = Arc::default();
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).map_err(failed)?;
        let taker = Box::new(Taker(Arc::clone(&kept)));
        let server = Server::start(listener, taker, 0, None).await;
        Ok(Self {
            kept,
            server: server.map_err(failed)?,
        })
    }

    /// Where it is.
    pub(super) fn address(&self) -> String {
        self.server.base_url()
    }

    /// What has come since this was asked last.
    pub(super) fn received(&self) -> Vec<Delivery> {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::take(&mut kept.received)
    }

    /// Refuses what holds that word.
    pub(super) fn refuse(&self, word: &str) {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.refused.push(word.to_owned());
    }
}

#[cfg(test)]
mod tests {
    use super::Inbox;

    #[tokio::test]
    async fn what_is_posted_is_kept_and_what_is_refused_is_not() {
        let inbox = Inbox::open().await.unwrap();
        inbox.refuse("handshake");
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        let post = |body: &'static str| {
            client
                .post(format!("{}/tasks", inbox.address()))
                .body(body)
                .send()
        };
        assert_eq!(post("{}").await.unwrap().status(), 200);
        assert_eq!(post("a handshake").await.unwrap().status(), 500);
        let received = inbox.received();
        assert_eq!(received.len(), 1);
        assert!(received[0].url.ends_with("/fhir/tasks"));
        assert!(inbox.received().is_empty());
    }
}
