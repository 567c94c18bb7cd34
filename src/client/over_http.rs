//! The way that others go: HTTP.

use super::{Trouble, Way};
use crate::http;
use crate::mock::{Delivery, Request, Response};
use ::http::{HeaderMap, HeaderName, HeaderValue};
use futures::future::BoxFuture;
use std::time::Duration;

/// Asks a server over HTTP.
pub struct OverHttp {
    client: http::Client,
}

impl OverHttp {
    /// To the base of this client.
    #[must_use]
    pub const fn new(client: http::Client) -> Self {
        Self { client }
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

    fn received(&mut self) -> Vec<Delivery> {
        Vec::new()
    }
}
