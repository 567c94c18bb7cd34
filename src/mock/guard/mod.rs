//! An authorization server for the stand-ins, and what holds requests against the tokens it gave out.
//!
//! - `registered` are its clients, `built_in` those of `mocks/*/guard.toml`, read by `settings`; `clock` and `random` are all it has from
//!   outside, `bounded` what it remembers.
//! - `discovery` says what it offers; `udap` the same for UDAP, with what certificates prove.
//! - `authorize` asks a member, on pages of `page`; `token` answers for all grants, once `client` knows who asks;
//!   `subject` limits a token to one patient; `register` takes new clients; `introspect` tells of tokens, and revokes.
//! - `need` is what a FHIR request needs, `admission` holds it against the token, `grant` is what a token stands for.
//! - `form` and `problem` are what comes in and goes out.

mod admission;
mod authorize;
mod bounded;
mod built_in;
mod client;
mod clock;
mod discovery;
mod form;
mod grant;
mod introspect;
mod keeper;
mod need;
mod page;
mod problem;
mod random;
mod register;
mod registered;
mod settings;
mod subject;
mod token;
mod udap;
mod world;

pub use self::built_in::{BuiltIn, BuiltInClient};
pub use self::clock::Clock;
pub use self::registered::{Credential, Login, Registered};

pub(super) use self::grant::Grant;
pub(super) use self::need::Need;
pub(super) use self::world::World;

use self::authorize::{Code, Pending};
use self::bounded::Bounded;
use self::grant::{Refresh, Token};
use self::random::Random;
use super::deviation::Deviation;
use super::{Request, Response};
use crate::oauth::Scopes;
use crate::signature::Certificate;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::Method;
use http::header::ALLOW;
use sha2::{Digest as _, Sha256};
use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

/// Tokens, codes, logins and assertions that are remembered; the oldest make room.
const MOST_TOKENS: usize = 10_000;
const MOST_CODES: usize = 1_000;
const MOST_ASSERTIONS: usize = 20_000;
/// Clients that have registered themselves and are remembered.
const MOST_NEW_CLIENTS: usize = 500;

/// An authorization server: what it is asked, and what it knows, give what it answers.
#[derive(Clone)]
pub struct Guard {
    clients: BTreeMap<String, Registered>,
    /// Ids of those that have registered themselves.
    registrations: Bounded<()>,
    logins: Vec<Login>,
    clock: Clock,
    random: Random,
    /// Seconds that an access token is good for.
    lifetime: i64,
    /// What clients that register themselves may have at most, and whom they act for.
    open: Option<(Scopes, Vec<String>)>,
    /// Authorities that are trusted with UDAP; none when it is not offered.
    anchors: Option<Vec<Certificate>>,
    has_mutual_tls: bool,
    tokens: Bounded<Token>,
    refresh: Bounded<Refresh>,
    codes: Bounded<Code>,
    pending: Bounded<Pending>,
    /// Issuer and `jti` of the assertions that were used.
    assertions: Bounded<()>,
}

impl fmt::Debug for Guard {
    /// Without anything that is secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Guard({} clients, …)", self.clients.len())
    }
}

impl Guard {
    /// A server that knows these clients. Its tokens come from the seed, its time from this machine.
    #[must_use]
    pub fn new(clients: Vec<Registered>, seed: [u8; 32]) -> Self {
        let named = clients
            .into_iter()
            .map(|client| (client.client_id.clone(), client));
        Self {
            clients: named.collect(),
            registrations: Bounded::new(MOST_NEW_CLIENTS),
            logins: Vec::new(),
            clock: Clock::Machine,
            random: Random::new(seed),
            lifetime: 300,
            open: None,
            anchors: None,
            has_mutual_tls: false,
            tokens: Bounded::new(MOST_TOKENS),
            refresh: Bounded::new(MOST_TOKENS),
            codes: Bounded::new(MOST_CODES),
            pending: Bounded::new(MOST_CODES),
            assertions: Bounded::new(MOST_ASSERTIONS),
        }
    }

    /// With another clock.
    #[must_use]
    pub fn with_clock(mut self, clock: Clock) -> Self {
        self.clock = clock;
        self
    }

    /// With these users, who may let apps have data.
    #[must_use]
    pub fn with_logins(mut self, logins: Vec<Login>) -> Self {
        self.logins = logins;
        self
    }

    /// With access tokens that are good for so many seconds; 300 if nothing is said.
    #[must_use]
    pub fn with_lifetime(mut self, seconds: i64) -> Self {
        self.lifetime = seconds;
        self
    }

    /// Remembers a token that a client once had, and that is not good any more.
    #[must_use]
    pub fn with_expired_token(mut self, token: &str, client_id: &str) -> Self {
        if let Some(client) = self.clients.get(client_id) {
            let grant = Grant::of(client, Scopes::parse(&client.scope));
            let expires = self.clock.now().saturating_sub(60);
            let expired = Token {
                grant: Arc::new(grant),
                patient: None,
                user: None,
                issued: expires.saturating_sub(self.lifetime),
                expires,
                certificate: None,
                family: token.to_owned(),
                is_revoked: false,
            };
            self.tokens.put(token.to_owned(), expired);
        }
        self
    }

    /// With a token that a client has without having asked for it, with all that the client may have.
    #[must_use]
    pub fn with_token(mut self, token: &str, client_id: &str, seconds: i64) -> Self {
        if let Some(client) = self.clients.get(client_id) {
            let issued = self.clock.now();
            let standing = Token {
                grant: Arc::new(Grant::of(client, Scopes::parse(&client.scope))),
                patient: None,
                user: None,
                issued,
                expires: issued.saturating_add(seconds),
                certificate: None,
                family: token.to_owned(),
                is_revoked: false,
            };
            self.tokens.put(token.to_owned(), standing);
        }
        self
    }

    /// With one more client; one of the same id is replaced.
    #[must_use]
    pub fn with_client(mut self, client: Registered) -> Self {
        self.clients.insert(client.client_id.clone(), client);
        self
    }

    /// With other tokens than the same server elsewhere.
    #[must_use]
    pub fn reseeded(mut self, seed: [u8; 32]) -> Self {
        self.random = Random::new(seed);
        self
    }

    /// Lets clients register themselves: for these scopes at most, acting for these NPIs.
    #[must_use]
    pub fn with_registration(mut self, scope: &str, npis: Vec<String>) -> Self {
        self.open = Some((Scopes::parse(scope), npis));
        self
    }

    /// Offers UDAP to those whose certificates come from these authorities.
    #[must_use]
    pub fn with_udap(mut self, anchors: Vec<Certificate>) -> Self {
        self.anchors = Some(anchors);
        self
    }

    /// Demands a client certificate at the endpoint for registrations and at `$member-match`.
    #[must_use]
    pub fn with_mutual_tls(mut self, is_demanded: bool) -> Self {
        self.has_mutual_tls = is_demanded;
        self
    }

    /// Answers what is the authorization server's to answer; none of anything else. `certificate` is the client's, in
    /// DER, when the connection has one.
    pub(in crate::mock) fn endpoint(
        &mut self,
        segments: &[&str],
        request: &Request,
        certificate: Option<&[u8]>,
        world: &dyn World,
        deviation: &Deviation,
    ) -> Option<Response> {
        let certificate = certificate.map(thumbprint);
        let is_get = request.method == Method::GET;
        let is_post = request.method == Method::POST;
        Some(match *segments {
            [".well-known", "smart-configuration"] if is_get => self.smart_configuration(request),
            [".well-known", "udap"] if is_get && self.anchors.is_some() => {
                self.udap_configuration(request)
            }
            ["auth", "jwks"] if is_get => Self::jwks(),
            ["auth", "authorize"] if is_get || is_post => self.authorize(request, deviation),
            ["auth", "login"] if is_post => self.login(request, deviation),
            ["auth", "approve"] if is_post => self.approve(request, deviation),
            ["auth", "token"] if is_post => self.token(request, certificate, world, deviation),
            ["auth", "register"] if is_post => self.register(request, certificate, deviation),
            ["auth", "introspect"] if is_post => self.introspect(request, deviation),
            ["auth", "revoke"] if is_post => self.revoke(request, deviation),
            [".well-known", "smart-configuration"] | ["auth", "jwks"] => {
                Response::refusal(405, "not-supported", "only GET works here").with(ALLOW, "GET")
            }
            ["auth", _] => {
                Response::refusal(405, "not-supported", "only POST works here").with(ALLOW, "POST")
            }
            _ => return None,
        })
    }
}

/// What a token is bound to: SHA-256 over a certificate, base64url (RFC 8705, 3.1).
fn thumbprint(certificate: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(certificate))
}

/// The address of an endpoint of the authorization server.
fn address(request: &Request, endpoint: &str) -> String {
    format!("{}/auth/{endpoint}", request.base)
}
