//! Who holds the tokens of one client at one target.

use super::request::{self, Fields};
use super::{App, Endpoints, Error, Grant, Registration, Udap};
use crate::evidence::{Captured, Recorder, Secret};
use crate::http::{Authorizer, Client, Failure};
use futures::future::BoxFuture;
use http::HeaderValue;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::OnceCell;
use tokio::time::Instant;
use url::Url;

/// How long a failure is repeated before it is tried again: a run asks for many tokens at once.
const PATIENCE: Duration = Duration::from_secs(5);

/// How tokens are had.
#[derive(Debug)]
pub enum Way {
    /// There is one, and it stays as it is.
    Static(Secret),
    /// SMART Backend Services: client credentials, with a signed assertion.
    Backend,
    /// Client credentials, with a secret.
    ClientCredentials,
    /// UDAP: client credentials, with a certificate.
    Udap(Box<Udap>),
    /// SMART App Launch: a member logs in.
    App(Box<App>),
}

/// What is held now.
#[derive(Default)]
struct Held {
    grant: Option<Grant>,
    renew_at: Option<Instant>,
    failed: Option<(Instant, String)>,
}

/// What was sent last, for the moment when it is refused.
#[derive(Default)]
struct Sent {
    header: Option<HeaderValue>,
    is_refused: bool,
    /// Whether it was had because another one was refused: a third would be, too.
    is_second: bool,
}

/// Who is told of the tokens, so that they show nowhere.
#[derive(Default)]
struct Confidant {
    recorder: Option<Recorder>,
    secrets: Vec<Secret>,
}

/// The tokens of one client at one target: found, kept, renewed. Callers at the same time share one request.
pub struct Access {
    client: Client,
    way: Way,
    registration: Registration,
    token_url: Option<Url>,
    endpoints: OnceCell<Endpoints>,
    held: tokio::sync::Mutex<Held>,
    sent: Mutex<Sent>,
    unrecorded: Mutex<Vec<Captured>>,
    confidant: Mutex<Confidant>,
    /// A second client that the target has registered.
    pub other: Option<Arc<Self>>,
    /// A client that the target has registered for somebody it has no contract with.
    pub uncontracted: Option<Arc<Self>>,
    /// An app that a member lets in.
    pub app: Option<Arc<Self>>,
    /// A client that makes itself known by its certificate.
    pub udap: Option<Arc<Self>>,
}

impl Access {
    /// Tokens for `registration` at the target of `client`, whose credentials are not used.
    #[must_use]
    pub fn new(client: &Client, way: Way, registration: Registration) -> Self {
        let confidant = Confidant {
            secrets: registration.secret.iter().cloned().collect(),
            ..Confidant::default()
        };
        let access = Self {
            client: client.anonymous(),
            way,
            registration,
            token_url: None,
            endpoints: OnceCell::new(),
            held: tokio::sync::Mutex::default(),
            sent: Mutex::default(),
            unrecorded: Mutex::default(),
            confidant: Mutex::new(confidant),
            other: None,
            uncontracted: None,
            app: None,
            udap: None,
        };
        match &access.way {
            Way::Static(token) => access.tell(token),
            Way::App(app) => app.secrets().iter().for_each(|secret| access.tell(secret)),
            _ => {}
        }
        access
    }

    /// With a token endpoint that the configuration names: nothing is looked for, and it may stand anywhere.
    #[must_use]
    pub fn with_token_url(mut self, url: Url) -> Self {
        self.client.trust(&url);
        self.token_url = Some(url);
        self
    }

    /// What the target knows the client by.
    pub const fn registration(&self) -> &Registration {
        &self.registration
    }

    /// How tokens are had.
    pub const fn way(&self) -> &Way {
        &self.way
    }

    /// A client for the target without credentials.
    pub const fn client(&self) -> &Client {
        &self.client
    }

    /// Tells who records of all tokens, now and later, so that none shows even where it stands alone. The other
    /// clients do the same.
    pub fn confide(&self, recorder: &Recorder) {
        let mut confidant = lock(&self.confidant);
        for secret in &confidant.secrets {
            recorder.redactor().secret(secret.expose());
        }
        confidant.recorder = Some(recorder.clone());
        drop(confidant);
        for other in self.others() {
            other.confide(recorder);
        }
    }

    fn others(&self) -> impl Iterator<Item = &Arc<Self>> {
        [&self.other, &self.uncontracted, &self.app, &self.udap]
            .into_iter()
            .flatten()
    }

    fn tell(&self, secret: &Secret) {
        let mut confidant = lock(&self.confidant);
        if let Some(recorder) = &confidant.recorder {
            recorder.redactor().secret(secret.expose());
        }
        confidant.secrets.push(secret.clone());
    }

    fn tell_of(&self, grant: &Grant) {
        let all = [
            Some(&grant.token),
            grant.refresh_token.as_ref(),
            grant.id_token.as_ref(),
        ];
        all.into_iter()
            .flatten()
            .for_each(|secret| self.tell(secret));
    }

    /// What the target says of its authorization server; asked once.
    ///
    /// # Errors
    /// When nothing that may be used is found.
    pub async fn endpoints(&self, hops: &mut Vec<Captured>) -> Result<&Endpoints, Error> {
        self.endpoints
            .get_or_try_init(|| async {
                match (&self.token_url, &self.way) {
                    (Some(url), Way::App(_)) => {
                        let found = Endpoints::find(&self.client, hops).await?;
                        Ok(Endpoints {
                            token: url.clone(),
                            ..found
                        })
                    }
                    (Some(url), _) => Ok(Endpoints::configured(url.clone())),
                    (None, Way::Udap(udap)) => udap.endpoints(&self.client, hops).await,
                    (None, _) => Endpoints::find(&self.client, hops).await,
                }
            })
            .await
    }

    /// A client for the host of an endpoint, with the bounds of this one and no credentials: for requests that are
    /// made by hand.
    ///
    /// # Errors
    /// When the endpoint is not usable.
    pub fn at(&self, endpoint: &Url) -> Result<Client, Error> {
        request::at(&self.client, endpoint)
    }

    /// What the target knows the client by when it asks for tokens: one that makes itself known by its certificate
    /// registers first, once.
    ///
    /// # Errors
    /// When the target does not register it.
    pub async fn known(&self, hops: &mut Vec<Captured>) -> Result<Registration, Error> {
        let Way::Udap(udap) = &self.way else {
            return Ok(self.registration.clone());
        };
        let found = self.endpoints(hops).await?;
        udap.registered(&self.client, &self.registration, found, hops)
            .await
    }

    /// The form by which a client asks for a token in the way of this one; `assertion` stands in place of the right
    /// one. With [`Self::at`] it can be sent by hand.
    ///
    /// # Errors
    /// When there is no key to sign with.
    pub fn token_request(
        &self,
        registration: &Registration,
        endpoint: &Url,
        assertion: Option<&str>,
    ) -> Result<crate::http::Request, Error> {
        match &self.way {
            Way::Udap(udap) => udap.token_request(registration, endpoint, assertion),
            _ => Self::credentials_request(registration, endpoint, assertion),
        }
    }

    /// The form by which a client asks for a token with its credentials; `assertion` stands in place of the right one.
    /// With [`Self::at`] it can be sent by hand.
    ///
    /// # Errors
    /// When there is no key to sign with.
    pub fn credentials_request(
        registration: &Registration,
        endpoint: &Url,
        assertion: Option<&str>,
    ) -> Result<crate::http::Request, Error> {
        let mut fields: Fields = vec![("grant_type", "client_credentials".to_owned())];
        if !registration.scope.is_empty() {
            fields.push(("scope", registration.scope.clone()));
        }
        match assertion {
            None => request::authenticated(registration, endpoint, fields),
            Some(assertion) => {
                let kind = crate::oauth::ASSERTION_TYPE.to_owned();
                fields.push(("client_assertion_type", kind));
                fields.push(("client_assertion", assertion.to_owned()));
                Ok(request::form(endpoint, &fields))
            }
        }
    }

    /// A token for these credentials, new and not kept: for steps that need one of their own. It is never shown.
    ///
    /// # Errors
    /// When the server gives none.
    pub async fn grant_for(
        &self,
        registration: &Registration,
        hops: &mut Vec<Captured>,
    ) -> Result<Grant, Error> {
        let endpoint = self.endpoints(hops).await?.token.clone();
        let request = Self::credentials_request(registration, &endpoint, None)?;
        let grant = request::grant(&self.client, &endpoint, request, hops).await?;
        self.tell_of(&grant);
        Ok(grant)
    }

    /// The token that is held; had or renewed when it is time to.
    ///
    /// # Errors
    /// When there is none to be had. For five seconds the same is said again without asking.
    pub async fn grant(&self, hops: &mut Vec<Captured>) -> Result<Grant, Error> {
        let mut held = self.held.lock().await;
        hops.append(&mut lock(&self.unrecorded));
        let is_refused = lock(&self.sent).is_refused;
        let is_due = held.renew_at.is_some_and(|at| at <= Instant::now());
        if let Some(grant) = &held.grant
            && !is_refused
            && !is_due
        {
            return Ok(grant.clone());
        }
        if let Some((when, reason)) = &held.failed
            && when.elapsed() < PATIENCE
        {
            return Err(Error::Again(reason.clone()));
        }
        let refresh = held.grant.take().and_then(|grant| grant.refresh_token);
        let asked = Instant::now();
        match self.ask(refresh, hops).await {
            Ok(grant) => {
                self.tell_of(&grant);
                let header = header(&grant.token)?;
                *held = Held {
                    renew_at: grant.renewed_after().map(|after| asked + after),
                    grant: Some(grant.clone()),
                    failed: None,
                };
                *lock(&self.sent) = Sent {
                    header: Some(header),
                    is_refused: false,
                    is_second: is_refused,
                };
                Ok(grant)
            }
            Err(error) => {
                held.failed = Some((Instant::now(), error.to_string()));
                Err(error)
            }
        }
    }

    /// Gets the first token, so that what is wrong with the credentials is one clear message before a run. What was
    /// asked for it is recorded with the first exchange.
    ///
    /// # Errors
    /// When there is none to be had.
    pub async fn prepare(&self) -> Result<(), Error> {
        let mut hops = Vec::new();
        let outcome = self.grant(&mut hops).await;
        lock(&self.unrecorded).extend(hops);
        outcome.map(drop)
    }

    /// Asks for a token: with the refresh token if there is one, else as the way says.
    async fn ask(&self, refresh: Option<Secret>, hops: &mut Vec<Captured>) -> Result<Grant, Error> {
        if let Way::Static(token) = &self.way {
            return Ok(Grant::of(token.clone()));
        }
        let mut refresh = refresh;
        if let Way::App(app) = &self.way
            && let Some(saved) = app.saved()
        {
            let (grant, again) = saved.parts();
            if let Some(grant) = grant {
                return Ok(grant);
            }
            refresh = refresh.or(again);
        }
        if let Some(refresh) = refresh {
            // A refresh token that is no good any more is no reason to give up.
            if let Ok(grant) = self.refresh(&refresh, hops).await {
                return Ok(grant);
            }
        }
        match &self.way {
            Way::Udap(udap) => {
                let endpoints = self.endpoints(hops).await?;
                udap.grant(&self.client, &self.registration, endpoints, hops)
                    .await
            }
            Way::App(app) => {
                let endpoints = self.endpoints(hops).await?;
                app.grant(&self.client, &self.registration, endpoints, hops)
                    .await
            }
            Way::Static(_) | Way::Backend | Way::ClientCredentials => {
                self.grant_for(&self.registration, hops).await
            }
        }
    }

    /// A new token for a refresh token (RFC 6749, section 6). A server that gives no new refresh token lets the old one
    /// stand.
    ///
    /// # Errors
    /// When the server gives none.
    pub async fn refresh(&self, token: &Secret, hops: &mut Vec<Captured>) -> Result<Grant, Error> {
        let endpoint = self.endpoints(hops).await?.token.clone();
        let fields = vec![
            ("grant_type", "refresh_token".to_owned()),
            ("refresh_token", token.expose().to_owned()),
        ];
        let request = request::authenticated(&self.registration, &endpoint, fields)?;
        let mut grant = request::grant(&self.client, &endpoint, request, hops).await?;
        grant.refresh_token.get_or_insert_with(|| token.clone());
        if let Way::App(app) = &self.way {
            app.save(&grant)?;
        }
        Ok(grant)
    }

    /// Has a person log in: `open` is given the URL to show, and the redirect is waited for on this machine.
    ///
    /// # Errors
    /// When this is no app, nobody logs in, or the server gives no token.
    pub async fn log_in(&self, open: impl FnOnce(&Url)) -> Result<Grant, Error> {
        let Way::App(app) = &self.way else {
            return Err(Error::Missing {
                key: "[target.auth.app]".to_owned(),
                why: "it is an app that a member lets in".to_owned(),
            });
        };
        let mut hops = Vec::new();
        let endpoints = self.endpoints(&mut hops).await?;
        app.grant_by_hand(&self.client, &self.registration, endpoints, open, &mut hops)
            .await
    }

    /// Whether another token can be had without a person.
    fn is_renewable(&self) -> bool {
        match &self.way {
            Way::Static(_) => false,
            Way::App(app) => {
                let held = self.held.try_lock();
                let has_refresh = held.is_ok_and(|held| {
                    let grant = held.grant.as_ref();
                    grant.is_some_and(|grant| grant.refresh_token.is_some())
                });
                has_refresh || app.is_unattended()
            }
            Way::Backend | Way::ClientCredentials | Way::Udap(_) => true,
        }
    }
}

impl Authorizer for Access {
    fn authorization<'a>(
        &'a self,
        hops: &'a mut Vec<Captured>,
    ) -> BoxFuture<'a, Result<Option<HeaderValue>, Failure>> {
        Box::pin(async move {
            let grant = self.grant(hops).await?;
            Ok(Some(header(&grant.token)?))
        })
    }

    fn refused(&self, value: &HeaderValue) -> bool {
        if !self.is_renewable() {
            return false;
        }
        let mut sent = lock(&self.sent);
        if sent.header.as_ref() != Some(value) {
            // Somebody else has renewed it meanwhile.
            return true;
        }
        if sent.is_second {
            return false;
        }
        sent.is_refused = true;
        true
    }
}

fn header(token: &Secret) -> Result<HeaderValue, Error> {
    let text = format!("Bearer {}", token.expose());
    let mut value = HeaderValue::from_maybe_shared(bytes::Bytes::from(text))
        .map_err(|_| crate::http::Error::Token)?;
    value.set_sensitive(true);
    Ok(value)
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
