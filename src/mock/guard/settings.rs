//! `mocks/*/guard.toml`: who is known to the authorization server.

use crate::data::Data;
use crate::mock::Error;
use serde::Deserialize;

/// How a client of the built-in authorization server proves itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Proof {
    /// With a key that is made when it is stood up.
    Key,
    /// With a secret that is made when it is stood up.
    Secret,
    /// Not at all.
    None,
}

/// A client.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ClientSettings {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) proof: Proof,
    pub(super) scope: String,
    #[serde(default)]
    pub(super) npis: Vec<String>,
    #[serde(default = "yes")]
    pub(super) contracted: bool,
    pub(super) patients: Option<Vec<String>>,
    #[serde(default)]
    pub(super) redirect_uris: Vec<String>,
}

const fn yes() -> bool {
    true
}

/// A user.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct LoginSettings {
    pub(super) user: String,
    pub(super) password: String,
    pub(super) patients: Vec<String>,
}

/// The file.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct GuardSettings {
    /// Seconds that access tokens are good for.
    pub(super) lifetime: i64,
    /// What clients that register themselves may have at most.
    pub(super) registration: String,
    /// For whom they act.
    pub(super) registration_npis: Vec<String>,
    pub(super) client: Vec<ClientSettings>,
    pub(super) login: Vec<LoginSettings>,
}

impl GuardSettings {
    /// That of a stand-in (`payer`, `provider`).
    pub(super) fn load(data: &Data, stand_in: &str) -> Result<Self, Error> {
        let file = file(stand_in);
        toml::from_str(&data.text(&file)?).map_err(|error| Error::file(&file, error))
    }
}

/// Where the settings of a stand-in are.
pub(super) fn file(stand_in: &str) -> String {
    format!("mocks/{stand_in}/guard.toml")
}
