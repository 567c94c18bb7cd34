//! The authorization servers of the stand-ins, with clients from `mocks/*/guard.toml` and keys that are made now.

use super::Guard;
use super::random::Random;
use super::registered::{Credential, Login, Registered};
use super::settings::{self, ClientSettings, GuardSettings, Proof};
use crate::data::Data;
use crate::evidence::Secret;
use crate::mock::Error;
use crate::oauth::{Jwk, Jwks};
use crate::signature::{Authority, AuthorityError, Certificate, Kind, PrivateKey, Request};
use std::sync::Arc;

/// A client of a built-in authorization server, with what it proves itself with.
#[derive(Clone, Debug)]
pub struct BuiltInClient {
    /// As it is registered.
    pub registered: Registered,
    /// Its key (P-384, for ES384), when it signs assertions; `kid` is [`BuiltInClient::key_id`].
    pub key: Option<Arc<PrivateKey>>,
    /// Name of the key.
    pub key_id: String,
    /// Its secret, when it has one.
    pub secret: Option<Secret>,
    /// With UDAP: a certificate for the key, with the name `https://{client_id}.example/udap`, and those that lead to
    /// who is trusted.
    pub certificates: Vec<Certificate>,
}

impl BuiltInClient {
    /// The name in its certificate: whom a software statement is by.
    #[must_use]
    pub fn uri(&self) -> String {
        uri(&self.registered.client_id)
    }
}

fn uri(client_id: &str) -> String {
    format!("https://{client_id}.example/udap")
}

/// A built-in authorization server and all who can use it.
#[derive(Clone, Debug)]
pub struct BuiltIn {
    /// The server. A copy forgets what it has given out since.
    pub guard: Guard,
    /// Its clients, the main one first.
    pub clients: Vec<BuiltInClient>,
    /// Its users.
    pub logins: Vec<Login>,
    /// With UDAP: the authority that is trusted.
    pub anchor: Option<Certificate>,
}

/// A client with a new key or secret, and a certificate when somebody certifies it.
fn client(
    settings: &ClientSettings,
    random: &mut Random,
    authority: Option<&Authority>,
) -> Result<BuiltInClient, AuthorityError> {
    let key_id = format!("{}-1", settings.id);
    let (key, secret) = match settings.proof {
        Proof::Key => (Some(Arc::new(PrivateKey::generate(Kind::P384)?)), None),
        Proof::Secret => (None, Some(Secret::new(random.next()))),
        Proof::None => (None, None),
    };
    let credential = match (&key, &secret) {
        (Some(key), _) => Credential::Keys(Jwks {
            keys: vec![Jwk {
                algorithm: Some("ES384".to_owned()),
                ..Jwk::new(key.public()).with_id(key_id.clone())
            }],
        }),
        (None, Some(secret)) => Credential::Secret(secret.clone()),
        (None, None) => Credential::Public,
    };
    let mut certificates = Vec::new();
    if let (Some(authority), Some(key)) = (authority, &key) {
        let npi = settings.npis.first().map_or("", String::as_str);
        let request = Request {
            uris: vec![uri(&settings.id)],
            ..Request::signer(&settings.name, npi)
        };
        let leaf = authority.issue(&request, key)?;
        certificates = vec![leaf, authority.certificate().clone()];
    }
    Ok(BuiltInClient {
        registered: Registered {
            client_id: settings.id.clone(),
            name: settings.name.clone(),
            credential,
            scope: settings.scope.clone(),
            npis: settings.npis.clone(),
            is_contracted: settings.contracted,
            patients: settings.patients.clone(),
            redirect_uris: settings.redirect_uris.clone(),
        },
        key,
        key_id,
        secret,
        certificates,
    })
}

impl Guard {
    /// The authorization server of a stand-in (`payer`, `provider`). Secrets come from the seed; keys are new each
    /// time. With UDAP it also trusts a new authority, which has certified every client with a key.
    ///
    /// # Errors
    /// When the stand-in's `guard.toml` cannot be read, or no key can be made.
    pub fn built_in(
        data: &Data,
        stand_in: &str,
        seed: [u8; 32],
        has_udap: bool,
    ) -> Result<BuiltIn, Error> {
        let settings = GuardSettings::load(data, stand_in)?;
        let file = settings::file(stand_in);
        let failed = |problem: &dyn std::fmt::Display| Error::file(&file, problem);
        let mut secrets = seed;
        // Another source than that of tokens.
        secrets[0] ^= 0x55;
        let mut random = Random::new(secrets);
        let authority = match has_udap {
            true => Some(
                Authority::root("Example Authority of Clients").map_err(|error| failed(&error))?,
            ),
            false => None,
        };
        let made = settings.client.iter();
        let made = made.map(|one| client(one, &mut random, authority.as_ref()));
        let clients: Vec<BuiltInClient> = made
            .collect::<Result<_, _>>()
            .map_err(|error| failed(&error))?;
        let logins: Vec<Login> = settings
            .login
            .iter()
            .map(|one| Login {
                user: one.user.clone(),
                password: Secret::new(one.password.clone()),
                patients: one.patients.clone(),
            })
            .collect();
        let registered = clients.iter().map(|one| one.registered.clone()).collect();
        let mut guard = Self::new(registered, seed)
            .with_lifetime(settings.lifetime)
            .with_logins(logins.clone())
            .with_registration(&settings.registration, settings.registration_npis);
        let anchor = authority.map(|authority| authority.certificate().clone());
        if let Some(anchor) = &anchor {
            guard = guard.with_udap(vec![anchor.clone()]);
        }
        Ok(BuiltIn {
            guard,
            clients,
            logins,
            anchor,
        })
    }
}
