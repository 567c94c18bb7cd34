//! The client: one request in, every hop and one result out.

use super::authorizer::{Authorizer, Bearer};
use super::politeness::Turn;
use super::transport::Transport;
use super::{
    Asked, Error, Failure, Identity, Playback, Reply, Request, Settings, Stream, headers, redirect,
    target,
};
use crate::evidence::{Captured, CapturedRequest, CapturedResponse, Secret};
use bytes::BytesMut;
use futures::future::BoxFuture;
use http::{HeaderMap, HeaderValue, StatusCode};
use std::sync::Arc;
use tokio::time::{Duration, Instant, timeout_at};
use url::Url;

/// Sends requests to one system, within bounds. Clones share connections.
#[derive(Clone)]
pub struct Client {
    transport: Arc<Transport>,
    pub(super) settings: Arc<Settings>,
    authorizer: Option<Arc<dyn Authorizer>>,
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

/// What opening a body led to.
#[derive(Debug)]
pub struct Opened {
    /// Every request before the last, and the last too if it failed, for the recorder. That of the
    /// stream comes from [`Stream::finish`].
    pub hops: Vec<Captured>,
    /// The body on its way, or why there is none.
    pub result: Result<Stream, Failure>,
}

/// An answer whose body was not read yet.
struct Arrived {
    response: reqwest::Response,
    headers: Vec<(String, String)>,
    url: Url,
    captured: Captured,
    started: Instant,
    deadline: Instant,
    /// Given back when the body was read, or is not wanted.
    turn: Option<Turn>,
    /// How long this request and those before it had to wait for their turns.
    waited: Duration,
}

impl Arrived {
    fn header(&self, name: &str) -> Option<&str> {
        headers::find(&self.headers, name)
    }
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
            token_origins: Vec::new(),
            ..(*self.settings).clone()
        };
        Self::over(Arc::clone(&self.transport), settings)
    }

    /// A client that is somebody else over TLS, or nobody, with everything else as it is here. It has connections of
    /// its own.
    ///
    /// # Errors
    /// When the connection layer does not take the identity.
    pub fn with_identity(&self, identity: Option<Identity>) -> Result<Self, Error> {
        let settings = Settings {
            identity,
            ..(*self.settings).clone()
        };
        let playback = self.transport.playback.clone();
        let transport = Transport::new(&settings)?.with_playback(playback);
        Self::over(Arc::new(transport), settings)
    }

    pub(super) fn over(transport: Arc<Transport>, settings: Settings) -> Result<Self, Error> {
        target::check_base(&settings.base)?;
        let authorizer: Option<Arc<dyn Authorizer>> = match &settings.token {
            Some(token) => Some(Arc::new(Bearer::new(token)?)),
            None => None,
        };
        Ok(Self {
            transport,
            settings: Arc::new(settings),
            authorizer,
        })
    }

    /// This client with credentials from elsewhere.
    #[must_use]
    pub fn authorized_by(mut self, authorizer: Arc<dyn Authorizer>) -> Self {
        self.authorizer = Some(authorizer);
        self
    }

    /// This client without credentials.
    #[must_use]
    pub fn anonymous(&self) -> Self {
        Self {
            authorizer: None,
            ..self.clone()
        }
    }

    /// This client with this token, whatever it is worth.
    ///
    /// # Errors
    /// When the token holds characters that no header can carry.
    pub fn bearing(&self, token: &Secret) -> Result<Self, Error> {
        Ok(self.clone().authorized_by(Arc::new(Bearer::new(token)?)))
    }

    /// Lets this client, and those it shares connections with, go to the host of this URL wherever that is: the
    /// configuration names it, and not the target.
    pub fn trust(&self, url: &Url) {
        self.transport.neighbourhood.trust(url);
    }

    /// Who we are over TLS, if we show that.
    #[must_use]
    pub fn identity(&self) -> Option<&Identity> {
        self.settings.identity.as_ref()
    }

    /// The base that requests are relative to.
    #[must_use]
    pub fn base(&self) -> &Url {
        &self.settings.base
    }

    /// What answers in place of the network, if anything.
    pub(super) fn playback(&self) -> Option<&dyn Playback> {
        self.transport.playback.as_deref()
    }

    /// The longest a request may take.
    pub(super) fn patience(&self) -> Duration {
        self.settings.request_timeout
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

    /// Sends a request, follows redirects as far as that is safe, and gives the body of the last answer
    /// piece by piece. The time bound is for the head, and then for each piece.
    #[must_use]
    pub fn open(&self, request: Request) -> BoxFuture<'_, Opened> {
        Box::pin(async move {
            let mut hops = Vec::new();
            let result = self.arrive(&request, &mut hops).await.map(|arrived| {
                let times = (
                    arrived.started,
                    self.settings.request_timeout,
                    self.transport.trust(),
                );
                let head = (arrived.response, arrived.headers, arrived.turn);
                Stream::new(head, &arrived.url, arrived.captured, times)
            });
            Opened { hops, result }
        })
    }

    async fn exchange(&self, request: Request, hops: &mut Vec<Captured>) -> Result<Reply, Failure> {
        let started = Instant::now();
        let arrived = self.arrive(&request, hops).await?;
        let waited = arrived.waited;
        let mut reply = self.receive(arrived, hops).await?;
        // Our own manners are no slowness of the server.
        reply.elapsed = started.elapsed().saturating_sub(waited);
        Ok(reply)
    }

    /// Sends a request and those that its redirects ask for, until there is an answer to read.
    async fn arrive(
        &self,
        request: &Request,
        hops: &mut Vec<Captured>,
    ) -> Result<Arrived, Failure> {
        let mut deadline = Instant::now() + self.settings.request_timeout;
        let mut url = self.resolve(&request.url).map_err(unusable)?;
        let mut seen = vec![url.clone()];
        let (mut may_renew, mut waited) = (true, Duration::ZERO);
        loop {
            let asked = Instant::now();
            let may_know = self.may_know(request, &seen);
            let authorization = match may_know {
                true => self.authorization(request, hops).await?,
                false => None,
            };
            // Only now: what gets a token waits for turns of its own.
            let queued = Instant::now();
            let turn = self.turn(&url).await;
            waited += queued.elapsed();
            // What it takes to get a token has bounds of its own, and waiting is no fault of the server.
            deadline += asked.elapsed();
            let headers = headers::outgoing(
                request,
                &url,
                &self.settings,
                (may_know, authorization.as_ref()),
            )?;
            let arrived = self.head(request, &url, headers, deadline, hops).await?;
            let arrived = Arrived {
                turn,
                waited,
                ..arrived
            };
            if may_renew && arrived.response.status() == StatusCode::UNAUTHORIZED {
                may_renew = false;
                if self.is_renewable(authorization.as_ref()) {
                    self.receive(arrived, hops).await?;
                    continue;
                }
            }
            let next = if request.follow {
                let status = arrived.response.status().as_u16();
                redirect::next(&request.method, &url, status, arrived.header("location"))
            } else {
                Ok(None)
            };
            if matches!(next, Ok(None)) {
                return Ok(arrived);
            }
            self.receive(arrived, hops).await?;
            match next? {
                Some(_) if seen.len() > self.settings.max_redirects => {
                    let limit = self.settings.max_redirects;
                    return Err(Failure::TooManyRedirects { limit });
                }
                Some(next) if seen.contains(&next) => return Err(redirect::circle(&next)),
                Some(next) => {
                    seen.push(next.clone());
                    url = next;
                }
                None => {}
            }
        }
    }

    /// Whether an address of another origin is one that may be shown the credentials of the target.
    #[must_use]
    pub fn shares_token_with(&self, reference: &str) -> bool {
        let origins = &self.settings.token_origins;
        self.resolve(reference)
            .is_ok_and(|url| origins.contains(&url.origin()))
    }

    /// Whether the last of the addresses may know the credentials: it is of the configured origin, or of one that may have
    /// them, where the request was for that from the beginning. A redirect brings them to no other origin.
    fn may_know(&self, request: &Request, seen: &[Url]) -> bool {
        let Some(url) = seen.last() else { return false };
        let has_stayed = || seen.iter().all(|one| target::same_origin(one, url));
        let is_named = || self.settings.token_origins.contains(&url.origin());
        target::same_origin(url, &self.settings.base)
            || request.protected && is_named() && has_stayed()
    }

    /// Waits until a request to this URL may begin, where there are bounds to that.
    pub(super) async fn turn(&self, url: &Url) -> Option<Turn> {
        match (&self.settings.politeness, self.playback()) {
            (Some(politeness), None) => politeness.turn(url).await,
            _ => None,
        }
    }

    /// The credentials of the client, unless the request says otherwise.
    async fn authorization(
        &self,
        request: &Request,
        hops: &mut Vec<Captured>,
    ) -> Result<Option<HeaderValue>, Failure> {
        let brings_own = request
            .headers
            .iter()
            .any(|(name, _)| name.eq_ignore_ascii_case("authorization"));
        match &self.authorizer {
            Some(authorizer) if !request.anonymous && !brings_own => {
                authorizer.authorization(hops).await
            }
            _ => Ok(None),
        }
    }

    /// Whether there are other credentials to be had for those that were refused.
    fn is_renewable(&self, refused: Option<&HeaderValue>) -> bool {
        match (&self.authorizer, refused) {
            (Some(authorizer), Some(value)) => authorizer.refused(value),
            _ => false,
        }
    }

    /// Sends one request to one URL and waits for the head of the answer.
    async fn head(
        &self,
        request: &Request,
        url: &Url,
        headers: HeaderMap,
        deadline: Instant,
        hops: &mut Vec<Captured>,
    ) -> Result<Arrived, Failure> {
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
        let call = self
            .transport
            .pool(target::same_origin(url, &self.settings.base))
            .request(request.method.clone(), url.clone())
            .headers(headers)
            .body(request.body.clone())
            .send();
        let trust = self.transport.trust();
        let answered = if let Some(playback) = &self.transport.playback {
            let answer = playback.answer(&Asked {
                method: request.method.as_str(),
                url: url.as_str(),
                authorization: headers::find(&captured.request.headers, "authorization"),
                content_type: headers::find(&captured.request.headers, "content-type"),
                body: &request.body,
            });
            answer.map(reqwest::Response::from)
        } else if let Err(failure) = self.transport.neighbourhood.check(url).await {
            Err(failure)
        } else {
            match timeout_at(deadline, call).await {
                Err(_) => Err(self.late()),
                Ok(Err(problem)) => Err(Failure::read(&problem, url, None, trust)),
                Ok(Ok(response)) => Ok(response),
            }
        };
        match answered {
            Ok(response) => {
                captured.first_byte = Some(started.elapsed());
                Ok(Arrived {
                    headers: headers::shown(response.headers()),
                    response,
                    url: url.clone(),
                    captured,
                    started,
                    deadline,
                    turn: None,
                    waited: Duration::ZERO,
                })
            }
            Err(failure) => {
                captured.duration = started.elapsed();
                captured.error = Some(failure.to_string());
                hops.push(captured);
                Err(failure)
            }
        }
    }

    /// Reads the body of an answer within the bounds.
    async fn receive(
        &self,
        mut arrived: Arrived,
        hops: &mut Vec<Captured>,
    ) -> Result<Reply, Failure> {
        let mut body = BytesMut::new();
        let reading = self.read(&mut arrived.response, &mut body);
        let read = timeout_at(arrived.deadline, reading).await;
        let body = body.freeze();
        let read = match read {
            Err(_) => Err(self.late()),
            Ok(Err(problem)) => {
                let received = Some(body.len());
                Err(Failure::read(
                    &problem,
                    &arrived.url,
                    received,
                    self.transport.trust(),
                ))
            }
            Ok(Ok(truncated)) => Ok(truncated),
        };
        let status = arrived.response.status().as_u16();
        let mut captured = arrived.captured;
        captured.response = Some(CapturedResponse {
            status,
            headers: arrived.headers.clone(),
            body: body.clone(),
            truncated: !matches!(read, Ok(false)),
        });
        captured.duration = arrived.started.elapsed();
        captured.error = read.as_ref().err().map(ToString::to_string);
        hops.push(captured);
        Ok(Reply {
            status,
            headers: arrived.headers,
            body,
            truncated: read?,
            url: arrived.url.to_string(),
            elapsed: arrived.started.elapsed(),
        })
    }

    fn late(&self) -> Failure {
        Failure::TimedOut {
            after: self.settings.request_timeout,
        }
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
