//! `mocks/provider/mock.toml`: who the provider is, who works there, and which payer it knows.

use crate::data::Data;
use crate::mock::Error;
use crate::mock::organization::Organization;
use serde::Deserialize;

const FILE: &str = "mocks/provider/mock.toml";

/// The provider's settings.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Settings {
    pub(super) provider: Organization,
    /// The payer that may ask for data.
    pub(super) payer: Organization,
    /// Another provider that may ask for data.
    pub(super) colleague: Organization,
    pub(super) practitioner: Vec<Practitioner>,
    pub(super) systems: Systems,
}

/// Somebody who works for the provider, with what they do there.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Practitioner {
    pub(super) id: String,
    pub(super) family: String,
    pub(super) given: String,
    pub(super) npi: String,
    /// NUCC code and name of what they do.
    pub(super) specialty: (String, String),
}

/// Identifier systems.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Systems {
    /// Medical record numbers of the provider.
    pub(super) record: String,
    /// Member ids of the payer, as printed on the card.
    pub(super) member: String,
}

impl Settings {
    /// Reads the file.
    pub(super) fn load(data: &Data) -> Result<Self, Error> {
        toml::from_str(&data.text(FILE)?).map_err(|error| Error::file(FILE, error))
    }
}
