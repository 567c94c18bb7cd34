//! The client: one request in, every hop and one result out.

use super::transport::Transport;
use super::{Error, Failure, Reply, Request, Settings, headers, redirect, target};
use crate::evidence::{Captured, CapturedRequest, CapturedResponse, Secret};
use bytes::BytesMut;
use futures::future::BoxFuture;
use http::{HeaderMap, HeaderValue};
use std::sync::Arc;
use tokio::time::{Duration, Instant, timeout_at};
use url::Url;

/// Sends requests to one system, within bounds. Clones share connections.
#[derive(Clone)]
pub struct Client {
    transport: Arc<Transport>,
    settings: Arc<Settings>,
    authorization: Option<HeaderValue>,
}

/// What sending one request led to.
#[derive(Debug)]
pub struct Sent {
    /// Every request that went out, redirects included, for the recorder. Empty when the request
    /// could not be sent at all.
    pub hops: Vec<Captured>,
    /// The reply to the last of them, or why there is none.
    pub result: Result<Reply, Failure>,
}

impl Client {
    /// A client for the system at `settings.base`.
    ///
    /// # Errors
    /// When the base, the token or the CA file is not usable.
    pub fn new(settings: Settings) -> Result<Self, Error> {
        let transport = Arc::new(Transport::new(&settings)?);
        Self::over(transport, settings)
    }

    /// A client with other credentials for another base, with the bounds and connections of this
    /// one: the way to speak to an authorization server or as somebody else.
    ///
    /// # Errors
    /// When the base or the token is not usable.
    pub fn at(&self, base: Url, token: Option<Secret>) -> Result<Self, Error> {
        let settings = Settings {
            base,
            token,
            ..(*self.settings).clone()
        };
        Self::over(Arc::clone(&self.transport), settings)
    }

    fn over(transport: Arc<Transport>, settings: Settings) -> Result<Self, Error> {
        target::check_base(&settings.base)?;
        let authorization = match &settings.token {
            Some(token) => Some(headers::bearer(token)?),
            None => None,
        };
        Ok(Self {
            transport,
            settings: Arc::new(settings),
            authorization,
        })
    }

    /// The base that requests are relative to.
    #[must_use]
    pub fn base(&self) -> &Url {
        &self.settings.base
    }

    /// The URL that `reference` means: absolute as it is, anything else below the base's path.
    ///
    /// # Errors
    /// When it is no URL, not HTTP, or holds credentials.
    pub fn resolve(&self, reference: &str) -> Result<Url, Error> {
        target::resolve(self.base(), reference)
    }

    /// Sends a request, follows redirects as far as that is safe, reads the body within the bounds.
    #[must_use]
    pub fn send(&self, request: Request) -> BoxFuture<'_, Sent> {
        Box::pin(async move {
            let mut hops = Vec::new();
            let result = self.exchange(request, &mut hops).await;
            Sent { hops, result }
        })
    }

    async fn exchange(&self, request: Request, hops: &mut Vec<Captured>) -> Result<Reply, Failure> {
        let started = Instant::now();
        let deadline = started + self.settings.request_timeout;
        let mut url = self.resolve(&request.url).map_err(unusable)?;
        let mut seen = vec![url.clone()];
        loop {
            let headers =
                headers::outgoing(&request, &url, &self.settings, self.authorization.as_ref())?;
            let (hop, result) = self.hop(&request, &url, headers, deadline).await;
            hops.push(hop);
            let mut reply = result?;
            let next = if request.follow {
                redirect::next(
                    &request.method,
                    &url,
                    reply.status,
                    reply.header("location"),
                )
            } else {
                Ok(None)
            };
            match next? {
                None => {
                    reply.elapsed = started.elapsed();
                    return Ok(reply);
                }
                Some(_) if seen.len() > self.settings.max_redirects => {
                    let limit = self.settings.max_redirects;
                    return Err(Failure::TooManyRedirects { limit });
                }
                Some(next) if seen.contains(&next) => return Err(redirect::circle(&next)),
                Some(next) => {
                    seen.push(next.clone());
                    url = next;
                }
            }
        }
    }

    /// Sends one request to one URL.
    async fn hop(
        &self,
        request: &Request,
        url: &Url,
        headers: HeaderMap,
        deadline: Instant,
    ) -> (Captured, Result<Reply, Failure>) {
        let started = Instant::now();
        let mut captured = Captured {
            request: CapturedRequest {
                method: request.method.to_string(),
                url: url.to_string(),
                headers: headers::shown(&headers),
                body: request.body.clone(),
            },
            response: None,
            error: None,
            started: started.into_std(),
            first_byte: None,
            duration: Duration::ZERO,
        };
        let result = self
            .transfer(request, url, headers, deadline, &mut captured)
            .await;
        captured.duration = started.elapsed();
        captured.error = result.as_ref().err().map(ToString::to_string);
        (captured, result)
    }

    async fn transfer(
        &self,
        request: &Request,
        url: &Url,
        headers: HeaderMap,
        deadline: Instant,
        captured: &mut Captured,
    ) -> Result<Reply, Failure> {
        let late = |_| Failure::TimedOut {
            after: self.settings.request_timeout,
        };
        let has_roots = self.transport.has_roots;
        let started = Instant::now();
        let call = self
            .transport
            .pool
            .request(request.method.clone(), url.clone())
            .headers(headers)
            .body(request.body.clone())
            .send();
        let mut response = timeout_at(deadline, call)
            .await
            .map_err(late)?
            .map_err(|problem| Failure::read(&problem, url, None, has_roots))?;
        captured.first_byte = Some(started.elapsed());
        let status = response.status().as_u16();
        let headers = headers::shown(response.headers());
        let mut body = BytesMut::new();
        let read = timeout_at(deadline, self.read(&mut response, &mut body)).await;
        let body = body.freeze();
        let truncated = matches!(read, Ok(Ok(true)));
        captured.response = Some(CapturedResponse {
            status,
            headers: headers.clone(),
            body: body.clone(),
            truncated: !matches!(read, Ok(Ok(false))),
        });
        let received = Some(body.len());
        read.map_err(late)?
            .map_err(|problem| Failure::read(&problem, url, received, has_roots))?;
        Ok(Reply {
            status,
            headers,
            body,
            truncated,
            url: url.to_string(),
            elapsed: started.elapsed(),
        })
    }

    /// Reads the body into `body`; true when there was more than the bound.
    async fn read(
        &self,
        response: &mut reqwest::Response,
        body: &mut BytesMut,
    ) -> Result<bool, reqwest::Error> {
        let limit = self.settings.body_limit;
        while let Some(chunk) = response.chunk().await? {
            let room = limit - body.len();
            body.extend_from_slice(&chunk[..chunk.len().min(room)]);
            if chunk.len() > room {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

fn unusable(error: Error) -> Failure {
    match error {
        Error::Url { url, reason } => Failure::InvalidUrl { url, reason },
        other => Failure::InvalidRequest {
            reason: other.to_string(),
        },
    }
}
