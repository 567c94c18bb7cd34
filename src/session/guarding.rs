//! What guards the built-in stand-ins, and with what a run gets past it.

use super::{Connection, Error};
use crate::access::{Access, Action, App, Registration, Udap, Way};
use crate::client::Credentials;
use crate::data::Data;
use crate::evidence::Secret;
use crate::http::{Client, Identity, Playback, Settings as ClientSettings};
use crate::mock::{self, BuiltInClient, ClientAuth, Guard, Keyring, Tls};
use crate::oauth::{B2b, Software};
use crate::signature::{Certificate, PrivateKey};
use std::fmt::Display;
use std::sync::Arc;
use std::time::Duration;

/// How clients show a stand-in who they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Auth {
    /// By a signature of a key that was registered (SMART Backend Services).
    Smart,
    /// By a certificate (UDAP).
    Udap,
}

/// How the built-in stand-ins are protected.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Protection {
    /// They give out tokens, and demand them.
    pub auth: Option<Auth>,
    /// They are reached over TLS.
    pub tls: bool,
    /// They demand a client certificate.
    pub mtls: bool,
}

impl Protection {
    /// All of it, for scenarios about who may do what. Certificates are demanded only where that is what is tried.
    pub(super) const FULL: Self = Self {
        auth: Some(Auth::Smart),
        tls: true,
        mtls: false,
    };

    /// Nothing.
    #[must_use]
    pub fn is_none(self) -> bool {
        self == Self::default()
    }
}

/// What guards one stand-in, and with what a run gets past it.
pub(super) struct Guarding {
    /// The authorization server and its clients, if there is one.
    server: Option<mock::BuiltIn>,
    auth: Option<Auth>,
    /// TLS of the server, if there is any.
    pub(super) tls: Option<Tls>,
    /// Speaks to it: trusts its authority and shows a certificate.
    client: Client,
    /// Another certificate that the server takes.
    other_identity: Option<Identity>,
    /// A token that was good once.
    expired_token: Option<Secret>,
}

fn failed(error: impl Display) -> Error {
    Error::StandIn(error.to_string())
}

impl Guarding {
    /// Sets it up for a stand-in (`payer`, `provider`). Keys are new each time.
    pub(super) fn new(
        data: &Data,
        stand_in: &str,
        protection: Protection,
        request_timeout: Duration,
    ) -> Result<Self, Error> {
        let mut settings = ClientSettings {
            request_timeout,
            ..ClientSettings::new("https://127.0.0.1/".parse().map_err(failed)?)
        };
        let (mut tls, mut other_identity) = (None, None);
        if protection.tls {
            let keys = Keyring::new(&[], "https://vitruvian.example/client").map_err(failed)?;
            let anchors = vec![keys.authority().certificate().clone()];
            tls = Some(match protection.mtls {
                true => keys.mutual_tls().map_err(failed)?,
                false => keys
                    .tls_for(ClientAuth::Optional(anchors))
                    .map_err(failed)?,
            });
            settings.authorities = vec![keys.authority().certificate().der().to_vec()];
            settings.identity = Some(identity(keys.client())?);
            let other = keys
                .another("https://vitruvian.example/another")
                .map_err(failed)?;
            other_identity = Some(identity((&other.0, &other.1))?);
        }
        let mut seed = [0; 32];
        getrandom::fill(&mut seed).map_err(failed)?;
        let has_udap = protection.tls || protection.auth == Some(Auth::Udap);
        let mut server = match protection.auth {
            Some(_) => Some(Guard::built_in(data, stand_in, seed, has_udap).map_err(failed)?),
            None => None,
        };
        let mut expired_token = None;
        if let Some(server) = &mut server {
            let token = format!(
                "expired-{:02x}{:02x}{:02x}{:02x}",
                seed[0], seed[1], seed[2], seed[3]
            );
            let first = server
                .clients
                .first()
                .map(|client| client.registered.client_id.clone());
            server.guard = server
                .guard
                .clone()
                .with_mutual_tls(protection.tls)
                .with_expired_token(&token, first.as_deref().unwrap_or_default());
            expired_token = Some(Secret::new(token));
        }
        Ok(Self {
            server,
            auth: protection.auth,
            tls,
            client: Client::new(settings)?,
            other_identity,
            expired_token,
        })
    }

    /// The authorization server, as it is before anybody has asked.
    pub(super) fn guard(&self) -> Option<Guard> {
        self.server.as_ref().map(|server| server.guard.clone())
    }

    /// The authorization server and all who can use it.
    pub(super) const fn built_in(&self) -> Option<&mock::BuiltIn> {
        self.server.as_ref()
    }

    /// With what a client of a role gets past it.
    pub(super) fn credentials(&self, role: &str) -> Option<Credentials> {
        let server = self.server.as_ref()?;
        let is_app = role == "app-client";
        let mut clients = server.clients.iter();
        let one = match is_app {
            true => clients.find(|one| !one.registered.redirect_uris.is_empty())?,
            false => clients.next()?,
        };
        let key = one.key.clone().map(|key| (key, one.key_id.clone()));
        let login = server.logins.first().filter(|_| is_app);
        Some(Credentials {
            client_id: one.registered.client_id.clone(),
            key,
            scope: one.registered.scope.clone(),
            redirect: one.registered.redirect_uris.first().cloned(),
            login: login.map(|login| (login.user.clone(), login.password.clone())),
        })
    }

    /// How the server at this base is spoken to, with credentials if it needs any.
    pub(super) fn connection(&self, base: url::Url) -> Result<Connection, Error> {
        let anchors = Guard::udap_anchor();
        self.connection_of(self.client.at(base, None)?, anchors.as_slice())
    }

    /// The same with answers from evidence.
    pub(super) fn replaying(
        &self,
        base: url::Url,
        playback: Arc<dyn Playback>,
        anchors: &[Certificate],
    ) -> Result<Connection, Error> {
        let client = self.client.played_back(playback)?.at(base, None)?;
        self.connection_of(client, anchors)
    }

    fn connection_of(&self, client: Client, anchors: &[Certificate]) -> Result<Connection, Error> {
        let access = self
            .server
            .as_ref()
            .map(|server| Arc::new(access(&client, server, self.auth, anchors)));
        let client = match &access {
            Some(access) => client.authorized_by(access.clone()),
            None => client,
        };
        Ok(Connection {
            client,
            access,
            expired_token: self.expired_token.clone(),
            other_identity: self.other_identity.clone(),
        })
    }
}

fn identity((certificate, key): (&Certificate, &PrivateKey)) -> Result<Identity, Error> {
    let identity = Identity::from_pem(certificate.to_pem().as_bytes(), key.to_pem().as_bytes());
    Ok(identity?)
}

/// How the clients of a built-in authorization server get their tokens.
fn access(
    client: &Client,
    server: &mock::BuiltIn,
    auth: Option<Auth>,
    anchors: &[Certificate],
) -> Access {
    let named = |id: &str| {
        server
            .clients
            .iter()
            .find(|one| one.registered.client_id == id)
    };
    let backend = |one: &BuiltInClient| Access::new(client, Way::Backend, registration(one));
    let main = server.clients.first();
    let mut access = match (main, auth) {
        (Some(main), Some(Auth::Udap)) => by_udap(client, main, anchors),
        (Some(main), _) => backend(main),
        (None, _) => Access::new(client, Way::Backend, Registration::default()),
    };
    access.other = named("ridge-system").map(|one| Arc::new(backend(one)));
    access.uncontracted = named("outside-system").map(|one| Arc::new(backend(one)));
    let apps = ["member-app", "payer-app"];
    access.app = apps
        .into_iter()
        .find_map(named)
        .and_then(|one| app(client, server, one))
        .map(Arc::new);
    access.udap = main
        .filter(|main| !main.certificates.is_empty())
        .map(|main| Arc::new(by_udap(client, main, anchors)));
    access
}

/// What the server knows a client by.
fn registration(client: &BuiltInClient) -> Registration {
    Registration {
        client_id: client.registered.client_id.clone(),
        key: client.key.clone(),
        key_id: Some(client.key_id.clone()),
        secret: client.secret.clone(),
        scope: client.registered.scope.clone(),
        ..Registration::default()
    }
}

/// An app that a user of the server lets in.
fn app(client: &Client, server: &mock::BuiltIn, one: &BuiltInClient) -> Option<Access> {
    let login = server.logins.first()?;
    let redirect = one.registered.redirect_uris.first()?.parse().ok()?;
    let script = |rest: &[Action]| {
        let start = [
            Action::Fill("user".to_owned(), Secret::new(login.user.clone())),
            Action::Fill("password".to_owned(), login.password.clone()),
            Action::Press("Log in".to_owned()),
        ];
        start.into_iter().chain(rest.iter().cloned()).collect()
    };
    let press = |button: &str| Action::Press(button.to_owned());
    let mut app = App::new(redirect, script(&[press("Allow")]));
    app.refuse = script(&[press("Deny")]);
    app.less = script(&[Action::Tick("withhold".to_owned()), press("Allow")]);
    app.name = Some(one.registered.name.clone());
    Some(Access::new(
        client,
        Way::App(Box::new(app)),
        registration(one),
    ))
}

/// The same client, that nobody knows yet and that makes itself known by its certificate.
fn by_udap(client: &Client, main: &BuiltInClient, anchors: &[Certificate]) -> Access {
    let software = Software {
        client_name: "Vitruvian Test Client".to_owned(),
        contacts: vec!["mailto:nobody@vitruvian.example".to_owned()],
        grant_types: vec!["client_credentials".to_owned()],
        ..Software::default()
    };
    let npi = main.registered.npis.first().map_or("", String::as_str);
    let organization = format!("urn:oid:2.16.840.1.113883.4.6#{npi}");
    let b2b = B2b::organization(&organization, &main.registered.name, TREATMENT);
    let mut udap = Udap::new(software, b2b);
    udap.issuer = Some(main.uri());
    udap.anchors.extend_from_slice(anchors);
    let registration = Registration {
        client_id: String::new(),
        key: main.key.clone(),
        certificates: main.certificates.clone(),
        scope: main.registered.scope.clone(),
        ..Registration::default()
    };
    Access::new(client, Way::Udap(Box::new(udap)), registration)
}

/// What the data is for: treatment, as UDAP writes the code.
const TREATMENT: &str = "urn:oid:2.16.840.1.113883.5.8#TREAT";
