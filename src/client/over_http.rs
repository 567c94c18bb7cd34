//! The way that others go: HTTP.

use super::inbox::Inbox;
use super::{Trouble, Way};
use crate::http;
use crate::mock::{Delivery, Request, Response};
use ::http::{HeaderMap, HeaderName, HeaderValue};
use futures::future::BoxFuture;
use std::time::Duration;

/// Asks a server over HTTP.
pub struct OverHttp {
    client: http::Client,
    inbox: Option<Inbox>,
}

impl OverHttp {
    /// To the base of this client.
    #[must_use]
    pub const fn new(client: http::Client) -> Self {
        let inbox = None;
        Self { client, inbox }
    }

    /// The same with an address on this machine to which the server can send something.
    ///
    /// # Errors
    /// When no port can be had.
    pub async fn with_inbox(client: http::Client) -> Result<Self, Trouble> {
        let inbox = Some(Inbox::open().await?);
        Ok(Self { client, inbox })
    }
}

impl Way for OverHttp {
    fn base(&self) -> String {
        self.client.base().as_str().trim_end_matches('/').to_owned()
    }

    fn ask(&mut self, request: Request) -> BoxFuture<'_, Result<Response, Trouble>> {
        Box::pin(async move {
            let asked = format!("{} {}", request.method, request.path);
            let query = request.query.as_deref();
            let query = query.map(|query| format!("?{query}")).unwrap_or_default();
            let url = format!("{}{}{query}", self.base(), request.path);
            let mut sent = http::Request::new(request.method, url)
                .body(request.body)
                .unfollowed();
            for (name, value) in &request.headers {
                sent = sent.header(name.as_str(), value.to_str().unwrap_or_default());
            }
            let reply = self.client.send(sent).await.result;
            let reply = reply.map_err(|failure| Trouble::NoAnswer {
                asked,
                why: failure.to_string(),
            })?;
            let mut headers = HeaderMap::new();
            for (name, value) in &reply.headers {
                let name = name.parse::<HeaderName>();
                if let (Ok(name), Ok(value)) = (name, HeaderValue::from_str(value)) {
                    headers.append(name, value);
                }
            }
            Ok(Response::received(reply.status, headers, reply.body))
        })
    }

    fn pass(&mut self, time: Duration) -> BoxFuture<'_, ()> {
        Box::pin(tokio::time::sleep(time))
    }

    fn hook(&self) -> Option<String> {
        self.inbox.as_ref().map(Inbox::address)
    }

    fn received(&mut self) -> Vec<Delivery> {
        self.inbox.as_ref().map(Inbox::received).unwrap_or_default()
    }

    fn refuse(&mut self, word: &str) {
        if let Some(inbox) = &self.inbox {
            inbox.refuse(word);
        }
    }
}
