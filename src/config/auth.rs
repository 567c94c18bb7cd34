//! `[target.auth]`: how tokens are had.

use super::Credential;
use super::value::de;
use serde::Deserialize;
use std::path::{Path, PathBuf};
use url::Url;

/// How tokens are had.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Method {
    /// `token` holds one, which stays as it is.
    Static,
    /// SMART Backend Services: client credentials, with an assertion signed with `key`.
    SmartBackend,
    /// Client credentials, with `secret`.
    ClientCredentials,
    /// SMART App Launch, as `[target.auth.app]` says.
    SmartApp,
    /// UDAP, as `[target.auth.udap]` says.
    Udap,
}

/// Where a client secret goes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SecretIn {
    /// The header `Authorization: Basic`.
    #[default]
    Header,
    /// The form.
    Body,
}

/// `[target.auth]`: how the tokens of a run are had, and who else the target knows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Auth {
    /// How; else `smart-backend` with a key, `client-credentials` with a secret, `static` with a token.
    pub method: Option<Method>,
    /// The client of the run.
    pub client: AuthClient,
    /// `[target.auth.other]`: a second client that the target has registered.
    pub other: Option<AuthClient>,
    /// `[target.auth.uncontracted]`: a client of somebody the target has no contract with.
    pub uncontracted: Option<AuthClient>,
    /// `[target.auth.app]`: an app that a member lets in.
    pub app: Option<AuthApp>,
    /// `[target.auth.udap]`: a client that makes itself known by its certificate.
    pub udap: Option<AuthUdap>,
    /// Where a token is found that was good once.
    pub expired: Option<Credential>,
}

/// What the target knows a client by.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct AuthClient {
    /// `client_id`.
    pub client_id: String,
    /// Where its private key is found, PKCS #8 in PEM.
    pub key: Option<Credential>,
    /// What it signs with, for example `ES384`.
    pub algorithm: Option<String>,
    /// The name of its key, `kid`; else its thumbprint.
    pub key_id: Option<String>,
    /// Where its public keys are, `jku`.
    #[serde(deserialize_with = "de::maybe_base")]
    pub key_set: Option<Url>,
    /// Where its secret is found.
    pub secret: Option<Credential>,
    /// Where its secret goes.
    pub secret_in: SecretIn,
    /// Where a token that stays as it is is found.
    pub token: Option<Credential>,
    /// What it asks for.
    pub scope: String,
    /// Where tokens are had; else the target is asked.
    #[serde(deserialize_with = "de::maybe_base")]
    pub token_url: Option<Url>,
    /// Audience of its assertions; else the token endpoint.
    pub audience: Option<String>,
}

/// `[target.auth.app]`: an app that a member lets in (SMART App Launch).
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct AuthApp {
    /// `client_id`.
    #[serde(deserialize_with = "de::filled")]
    pub client_id: String,
    /// Where its private key is found; without key and secret it is a public app.
    pub key: Option<Credential>,
    /// What it signs with.
    pub algorithm: Option<String>,
    /// The name of its key.
    pub key_id: Option<String>,
    /// Where its secret is found.
    pub secret: Option<Credential>,
    /// Where its secret goes.
    pub secret_in: SecretIn,
    /// What it asks for.
    pub scope: String,
    /// Where codes are sent: a URL of this machine that the target has registered.
    #[serde(deserialize_with = "de::maybe_base")]
    pub redirect: Option<Url>,
    /// Where the tokens of an earlier login are found, as `vitruvian login --save` writes them.
    pub tokens: Option<PathBuf>,
    /// What members know the app by, as the authorization server shows it.
    pub name: Option<String>,
    /// How the member logs in and agrees, action by action.
    pub login: Vec<LoginAction>,
    /// How the member logs in and refuses.
    pub refuse: Vec<LoginAction>,
    /// How the member logs in and agrees, and leaves sensitive records out.
    pub less: Vec<LoginAction>,
}

/// One action of a login: what a person does with the pages of the authorization server.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "LoginEntry")]
pub enum LoginAction {
    /// Puts this into a field, which its name, id or label tells.
    Fill(String, Credential),
    /// Chooses this option of a list or of a group of buttons.
    Choose(String, String),
    /// Ticks a box.
    Tick(String),
    /// Takes the tick from a box.
    Untick(String),
    /// Presses a button, which its text, value or name tells.
    Press(String),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LoginEntry {
    fill: Option<String>,
    with: Option<Credential>,
    choose: Option<String>,
    option: Option<String>,
    tick: Option<String>,
    untick: Option<String>,
    press: Option<String>,
}

impl TryFrom<LoginEntry> for LoginAction {
    type Error = &'static str;

    fn try_from(entry: LoginEntry) -> Result<Self, Self::Error> {
        match entry {
            LoginEntry {
                fill: Some(field),
                with: Some(value),
                choose: None,
                option: None,
                tick: None,
                untick: None,
                press: None,
            } => Ok(Self::Fill(field, value)),
            LoginEntry {
                fill: None,
                with: None,
                choose: Some(field),
                option: Some(option),
                tick: None,
                untick: None,
                press: None,
            } => Ok(Self::Choose(field, option)),
            LoginEntry {
                fill: None,
                with: None,
                choose: None,
                option: None,
                tick: Some(field),
                untick: None,
                press: None,
            } => Ok(Self::Tick(field)),
            LoginEntry {
                fill: None,
                with: None,
                choose: None,
                option: None,
                tick: None,
                untick: Some(field),
                press: None,
            } => Ok(Self::Untick(field)),
            LoginEntry {
                fill: None,
                with: None,
                choose: None,
                option: None,
                tick: None,
                untick: None,
                press: Some(button),
            } => Ok(Self::Press(button)),
            _ => Err(
                "an action is one of { fill = \"…\", with = \"env:NAME\" }, { choose = \"…\", option = \"…\" }, { tick = \"…\" }, { untick = \"…\" }, { press = \"…\" }",
            ),
        }
    }
}

/// `[target.auth.udap]`: a client that makes itself known by its certificate.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct AuthUdap {
    /// `client_id`; without one the client registers, once per run.
    pub client_id: String,
    /// Where its private key is found, PKCS #8 in PEM.
    pub key: Option<Credential>,
    /// What it signs with; else RS256 or ES256.
    pub algorithm: Option<String>,
    /// PEM file of its certificate and those of the authorities that vouch for it.
    pub certificate: Option<PathBuf>,
    /// PEM file of the authorities that must vouch for the target.
    pub anchors: Option<PathBuf>,
    /// The URI by which the certificate names the client; else the first it has.
    pub issuer: Option<String>,
    /// What people call the client.
    pub client_name: String,
    /// Whom to write to, as `mailto:` URIs.
    pub contacts: Vec<String>,
    /// What it asks for.
    pub scope: String,
    /// The organization that asks: a URI.
    pub organization_id: Option<String>,
    /// Its name.
    pub organization_name: Option<String>,
    /// What the data is for: URIs of codes.
    pub purpose_of_use: Vec<String>,
    /// The person who acts: a name.
    pub subject_name: Option<String>,
    /// The person who acts: a URI.
    pub subject_id: Option<String>,
    /// The person's role.
    pub subject_role: Option<String>,
}

/// Everything of `[target.auth]` in one table, so that what is unknown in it is refused.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Table {
    method: Option<Method>,
    client_id: String,
    key: Option<Credential>,
    algorithm: Option<String>,
    key_id: Option<String>,
    #[serde(deserialize_with = "de::maybe_base")]
    key_set: Option<Url>,
    secret: Option<Credential>,
    secret_in: SecretIn,
    token: Option<Credential>,
    scope: String,
    #[serde(deserialize_with = "de::maybe_base")]
    token_url: Option<Url>,
    audience: Option<String>,
    other: Option<AuthClient>,
    uncontracted: Option<AuthClient>,
    app: Option<AuthApp>,
    udap: Option<AuthUdap>,
    expired: Option<Credential>,
}

impl<'de> Deserialize<'de> for Auth {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let table = Table::deserialize(deserializer)?;
        Ok(Self {
            method: table.method,
            client: AuthClient {
                client_id: table.client_id,
                key: table.key,
                algorithm: table.algorithm,
                key_id: table.key_id,
                key_set: table.key_set,
                secret: table.secret,
                secret_in: table.secret_in,
                token: table.token,
                scope: table.scope,
                token_url: table.token_url,
                audience: table.audience,
            },
            other: table.other,
            uncontracted: table.uncontracted,
            app: table.app,
            udap: table.udap,
            expired: table.expired,
        })
    }
}

impl Auth {
    /// Where all its secrets are found.
    #[must_use]
    pub fn credentials(&self) -> Vec<&Credential> {
        let clients = [
            Some(&self.client),
            self.other.as_ref(),
            self.uncontracted.as_ref(),
        ];
        let of_clients = clients
            .into_iter()
            .flatten()
            .flat_map(|client| [&client.key, &client.secret, &client.token]);
        let of_app = self.app.iter().flat_map(|app| [&app.key, &app.secret]);
        let of_udap = self.udap.iter().map(|udap| &udap.key);
        let all = of_clients
            .chain(of_app)
            .chain(of_udap)
            .chain([&self.expired]);
        let filled = self.app.iter().flat_map(|app| {
            let actions = app.login.iter().chain(&app.refuse).chain(&app.less);
            actions.filter_map(|action| match action {
                LoginAction::Fill(_, value) => Some(value),
                _ => None,
            })
        });
        all.flatten().chain(filled).collect()
    }

    /// Takes relative paths from the folder of the configuration.
    pub(super) fn relative_to(&mut self, folder: &Path) {
        let place = |credential: &mut Option<Credential>| {
            if let Some(credential) = credential {
                credential.relative_to(folder);
            }
        };
        let join = |path: &mut Option<PathBuf>| {
            *path = path.take().map(|path| folder.join(path));
        };
        let clients = [
            Some(&mut self.client),
            self.other.as_mut(),
            self.uncontracted.as_mut(),
        ];
        for client in clients.into_iter().flatten() {
            [&mut client.key, &mut client.secret, &mut client.token]
                .into_iter()
                .for_each(place);
        }
        if let Some(app) = &mut self.app {
            [&mut app.key, &mut app.secret].into_iter().for_each(place);
            join(&mut app.tokens);
            let scripts = [&mut app.login, &mut app.refuse, &mut app.less];
            for action in scripts.into_iter().flatten() {
                if let LoginAction::Fill(_, value) = action {
                    value.relative_to(folder);
                }
            }
        }
        if let Some(udap) = &mut self.udap {
            place(&mut udap.key);
            join(&mut udap.certificate);
            join(&mut udap.anchors);
        }
        place(&mut self.expired);
    }
}
