//! From the configuration to those who hold tokens.

use super::{Access, App, Error, Registration, Udap, Way, replayed};
use crate::config::{AuthApp, AuthClient, AuthUdap, Credential, Method, SecretIn, Target};
use crate::evidence::Secret;
use crate::http::Client;
use crate::oauth::{B2b, Software};
use crate::signature::{Algorithm, Certificate, Kind, PrivateKey};
use std::path::Path;
use std::sync::Arc;
use url::Url;

/// Looks up a credential; what it is and the key of the configuration that names it are for messages.
pub(super) type LookUp<'a> =
    &'a dyn Fn(&Credential, &str, &str) -> Result<Secret, crate::config::Error>;

/// Where those who hold tokens are used.
#[derive(Clone, Copy)]
pub(super) enum Stage<'a> {
    /// At the target.
    Target,
    /// In a replay, where nobody checks what they show; with the authorities that counted in the run.
    Replay(&'a [Certificate]),
}

impl Access {
    /// Who holds the tokens for this target, as its configuration says; none when it needs none. `environment` looks
    /// up a variable.
    ///
    /// # Errors
    /// When a credential is missing or not usable.
    pub fn configured(
        client: &Client,
        target: &Target,
        environment: &dyn Fn(&str) -> Option<String>,
    ) -> Result<Option<Arc<Self>>, Error> {
        let look_up: LookUp<'_> = &|one, what, key| one.resolve(environment, what, key);
        Self::made(client, target, (look_up, Stage::Target))
    }

    /// The same for a client that is answered from evidence: whoever replays a run has none of its credentials, and
    /// needs none. Others stand in for them. `anchors` are the authorities of UDAP that counted in the run.
    ///
    /// # Errors
    /// When the configuration does not hold together, or no keys can be made.
    pub fn replaying(
        client: &Client,
        target: &Target,
        anchors: &[Certificate],
    ) -> Result<Option<Arc<Self>>, Error> {
        let look_up: LookUp<'_> = &|_, _, _| Ok(replayed::secret());
        Self::made(client, target, (look_up, Stage::Replay(anchors)))
    }

    fn made(
        client: &Client,
        target: &Target,
        (look_up, stage): (LookUp<'_>, Stage<'_>),
    ) -> Result<Option<Arc<Self>>, Error> {
        let Some(auth) = &target.auth else {
            let Some(token) = &target.token else {
                return Ok(None);
            };
            let token = look_up(token, "token", "target.token")?;
            let way = Way::Static(token);
            return Ok(Some(Arc::new(Self::new(
                client,
                way,
                Registration::default(),
            ))));
        };
        let mut first = auth.client.clone();
        if first.token.is_none() {
            first.token.clone_from(&target.token);
        }
        let token_url = first.token_url.clone();
        let reader = Reader {
            client,
            look_up,
            stage,
        };
        let shared = |of: &AuthClient| AuthClient {
            token_url: of.token_url.clone().or_else(|| token_url.clone()),
            ..of.clone()
        };
        let app = auth
            .app
            .as_ref()
            .map(|app| reader.app(app, token_url.as_ref()));
        let app = app.transpose()?.map(Arc::new);
        let udap = auth.udap.as_ref().map(|udap| reader.udap(udap));
        let udap = udap.transpose()?.map(Arc::new);
        let missing = |key: &str| Error::Missing {
            key: key.to_owned(),
            why: "target.auth.method names it".to_owned(),
        };
        let mut main = match auth.method.or_else(|| guessed(&first)) {
            Some(Method::SmartApp) => {
                let app = auth
                    .app
                    .as_ref()
                    .ok_or_else(|| missing("[target.auth.app]"))?;
                reader.app(app, token_url.as_ref())?
            }
            Some(Method::Udap) => {
                let udap = auth
                    .udap
                    .as_ref()
                    .ok_or_else(|| missing("[target.auth.udap]"))?;
                reader.udap(udap)?
            }
            Some(method) => reader.client(&first, method, "target.auth")?,
            None => {
                return Err(missing("target.auth.method"));
            }
        };
        let another = |of: &Option<AuthClient>, key: &str| {
            let made = of.as_ref().map(|of| {
                let of = shared(of);
                let method = guessed(&of).ok_or_else(|| missing(&format!("{key}.key")))?;
                reader.client(&of, method, key).map(Arc::new)
            });
            made.transpose()
        };
        main.other = another(&auth.other, "target.auth.other")?;
        main.uncontracted = another(&auth.uncontracted, "target.auth.uncontracted")?;
        main.app = app;
        main.udap = udap;
        Ok(Some(Arc::new(main)))
    }
}

/// What goes with the credentials there are.
const fn guessed(client: &AuthClient) -> Option<Method> {
    if client.key.is_some() {
        Some(Method::SmartBackend)
    } else if client.secret.is_some() {
        Some(Method::ClientCredentials)
    } else if client.token.is_some() {
        Some(Method::Static)
    } else {
        None
    }
}

struct Reader<'a> {
    client: &'a Client,
    look_up: LookUp<'a>,
    stage: Stage<'a>,
}

impl Reader<'_> {
    fn secret(
        &self,
        credential: Option<&Credential>,
        what: &str,
        key: &str,
    ) -> Result<Option<Secret>, Error> {
        let found = credential.map(|one| (self.look_up)(one, what, key));
        Ok(found.transpose()?)
    }

    fn key(
        &self,
        credential: Option<&Credential>,
        chosen: Option<Algorithm>,
        key: &str,
    ) -> Result<Option<Arc<PrivateKey>>, Error> {
        if let (Some(_), Stage::Replay(_)) = (credential, self.stage) {
            return Ok(Some(Arc::new(replayed::key(chosen)?)));
        }
        let Some(text) = self.secret(credential, "private key", key)? else {
            return Ok(None);
        };
        let parsed = PrivateKey::parse(text.expose());
        parsed
            .map(|parsed| Some(Arc::new(parsed)))
            .map_err(|error| Error::Unusable {
                key: key.to_owned(),
                reason: error.to_string(),
            })
    }

    fn client(&self, of: &AuthClient, method: Method, table: &str) -> Result<Access, Error> {
        let key = |name: &str| format!("{table}.{name}");
        let missing = |name: &str, why: &str| Error::Missing {
            key: key(name),
            why: why.to_owned(),
        };
        let mut registration = Registration {
            client_id: of.client_id.clone(),
            algorithm: algorithm(of.algorithm.as_deref(), &key("algorithm"))?,
            key_id: of.key_id.clone(),
            key_set: of.key_set.clone(),
            secret_in_body: of.secret_in == SecretIn::Body,
            scope: of.scope.clone(),
            audience: of.audience.clone(),
            ..Registration::default()
        };
        if !matches!(method, Method::Static) && of.client_id.is_empty() {
            return Err(missing("client_id", "the target knows the client by it"));
        }
        let way = match method {
            Method::Static => {
                let token = self.secret(of.token.as_ref(), "token", &key("token"))?;
                Way::Static(token.ok_or_else(|| missing("token", "the method is static"))?)
            }
            Method::SmartBackend => {
                registration.key =
                    self.key(of.key.as_ref(), registration.algorithm, &key("key"))?;
                if registration.key.is_none() {
                    return Err(missing("key", "client assertions are signed with it"));
                }
                Way::Backend
            }
            Method::ClientCredentials => {
                registration.secret = self.secret(of.secret.as_ref(), "secret", &key("secret"))?;
                if registration.secret.is_none() {
                    return Err(missing("secret", "the client proves itself with it"));
                }
                Way::ClientCredentials
            }
            Method::SmartApp | Method::Udap => {
                return Err(missing(
                    "method",
                    "only the client of the run is an app or of UDAP",
                ));
            }
        };
        fitting(&registration, &key("algorithm"))?;
        Ok(self.finish(way, registration, of.token_url.as_ref()))
    }

    fn finish(&self, way: Way, registration: Registration, token_url: Option<&Url>) -> Access {
        let access = Access::new(self.client, way, registration);
        match token_url {
            Some(url) => access.with_token_url(url.clone()),
            None => access,
        }
    }

    fn app(&self, of: &AuthApp, token_url: Option<&Url>) -> Result<Access, Error> {
        let algorithm = algorithm(of.algorithm.as_deref(), "target.auth.app.algorithm")?;
        let registration = Registration {
            client_id: of.client_id.clone(),
            key: self.key(of.key.as_ref(), algorithm, "target.auth.app.key")?,
            algorithm,
            key_id: of.key_id.clone(),
            secret: self.secret(of.secret.as_ref(), "secret", "target.auth.app.secret")?,
            secret_in_body: of.secret_in == SecretIn::Body,
            scope: of.scope.clone(),
            ..Registration::default()
        };
        fitting(&registration, "target.auth.app.algorithm")?;
        let app = App::configured(of, self.look_up, self.stage)?;
        Ok(self.finish(Way::App(Box::new(app)), registration, token_url))
    }

    fn udap(&self, of: &AuthUdap) -> Result<Access, Error> {
        let missing = |name: &str, why: &str| Error::Missing {
            key: format!("target.auth.udap.{name}"),
            why: why.to_owned(),
        };
        let chosen = algorithm(of.algorithm.as_deref(), "target.auth.udap.algorithm")?;
        let key = self.key(of.key.as_ref(), chosen, "target.auth.udap.key")?;
        let key = key.ok_or_else(|| missing("key", "UDAP signs with it"))?;
        let path = of.certificate.as_deref();
        let path = path.ok_or_else(|| missing("certificate", "it names the client"))?;
        let certificates = match self.stage {
            Stage::Target => certificates_in(path, "target.auth.udap.certificate")?,
            Stage::Replay(_) => vec![replayed::certificate(&key)?],
        };
        // RS256 is what every server of UDAP has to take.
        let usual = match key.kind() {
            Kind::Rsa => Algorithm::Rs256,
            Kind::P256 => Algorithm::Es256,
            Kind::P384 => Algorithm::Es384,
        };
        let registration = Registration {
            client_id: of.client_id.clone(),
            algorithm: chosen.or(Some(usual)),
            certificates,
            scope: of.scope.clone(),
            key: Some(key),
            ..Registration::default()
        };
        fitting(&registration, "target.auth.udap.algorithm")?;
        let anchors = match (self.stage, of.anchors.as_deref()) {
            (Stage::Replay(anchors), _) => anchors.to_vec(),
            (Stage::Target, Some(path)) => certificates_in(path, "target.auth.udap.anchors")?,
            (Stage::Target, None) => Vec::new(),
        };
        let software = Software {
            client_name: of.client_name.clone(),
            contacts: of.contacts.clone(),
            grant_types: vec!["client_credentials".to_owned()],
            ..Software::default()
        };
        let mut udap = Udap::new(software, b2b(of));
        udap.issuer.clone_from(&of.issuer);
        udap.anchors = anchors;
        Ok(self.finish(Way::Udap(Box::new(udap)), registration, None))
    }
}

fn b2b(of: &AuthUdap) -> B2b {
    B2b {
        version: "1".to_owned(),
        subject_name: of.subject_name.clone(),
        subject_id: of.subject_id.clone(),
        subject_role: of.subject_role.clone(),
        organization_name: of.organization_name.clone(),
        organization_id: of.organization_id.clone(),
        purpose_of_use: of.purpose_of_use.clone(),
        ..B2b::default()
    }
}

fn algorithm(name: Option<&str>, key: &str) -> Result<Option<Algorithm>, Error> {
    let parsed = name.map(str::parse).transpose();
    parsed.map_err(
        |error: crate::signature::UnknownAlgorithm| Error::Unusable {
            key: key.to_owned(),
            reason: error.to_string(),
        },
    )
}

/// Whether key, algorithm and certificate go together.
fn fitting(registration: &Registration, algorithm: &str) -> Result<(), Error> {
    let (Some(key), Some(chosen)) = (&registration.key, registration.signing_algorithm()) else {
        return Ok(());
    };
    if chosen.kind() != key.kind() {
        return Err(Error::Unusable {
            key: algorithm.to_owned(),
            reason: format!("{chosen} does not go with a key of kind {}", key.kind()),
        });
    }
    match registration.certificates.first() {
        Some(leaf) if leaf.key().material() != key.public().material() => Err(Error::Unusable {
            key: "target.auth.udap.certificate".to_owned(),
            reason: "its first certificate is not that of the key".to_owned(),
        }),
        _ => Ok(()),
    }
}

fn certificates_in(path: &Path, key: &str) -> Result<Vec<Certificate>, Error> {
    let refuse = |reason: String| Error::Unusable {
        key: key.to_owned(),
        reason: format!("{}: {reason}", path.display()),
    };
    let text = std::fs::read_to_string(path).map_err(|error| refuse(error.to_string()))?;
    let found = Certificate::parse_all(&text).map_err(|error| refuse(error.to_string()))?;
    if found.is_empty() {
        return Err(refuse("it holds no certificate in PEM".to_owned()));
    }
    Ok(found)
}
