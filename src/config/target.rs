//! The system under test, and who we are to it.

use super::value::de;
use super::{Auth, Credential, Tls};
use serde::Deserialize;
use std::path::PathBuf;
use url::Url;

/// Naming system of National Provider Identifiers.
pub const NPI_SYSTEM: &str = "http://hl7.org/fhir/sid/us-npi";

/// `[target]`: the system under test.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Target {
    /// FHIR base URL.
    #[serde(deserialize_with = "de::base")]
    pub url: Url,
    /// Where its bearer token is found.
    #[serde(default)]
    pub token: Option<Credential>,
    /// Other origins, as URLs without a path, that may be shown the token: for files of theirs that the target says need it.
    #[serde(default, deserialize_with = "de::origins")]
    pub token_origins: Vec<Url>,
    /// How tokens are had, when there is more to it than `token`.
    #[serde(default)]
    pub auth: Option<Box<Auth>>,
    /// IG and version it implements, for example `pdex@2.1.0`.
    #[serde(default, deserialize_with = "de::maybe_ig")]
    pub ig: Option<String>,
    /// Its own identifier, as Consent and Coverage name it.
    #[serde(default)]
    pub npi: Option<String>,
    /// Naming system of `npi`.
    #[serde(default = "npi_system")]
    pub npi_system: String,
    /// PEM file of CA certificates to trust besides those of the machine.
    #[serde(default)]
    pub ca_file: Option<PathBuf>,
    /// Who we are to it over TLS.
    #[serde(default)]
    pub tls: Tls,
    /// What has been agreed with it on signatures (CDex), when that is known.
    #[serde(default)]
    pub signatures: Option<Agreement>,
    /// PEM file with certificates of the authorities that count for those who sign for it (CDex); without it nobody's
    /// certificates count more than others'.
    #[serde(default)]
    pub signers: Option<PathBuf>,
    /// What it allows beyond the ordinary, for scenarios that need it, for example `brute-force`.
    #[serde(default)]
    pub capabilities: Vec<String>,
}

impl Target {
    /// A target of which only the URL is known.
    #[must_use]
    pub fn new(url: Url) -> Self {
        Self {
            url,
            token: None,
            token_origins: Vec::new(),
            auth: None,
            ig: None,
            npi: None,
            npi_system: npi_system(),
            ca_file: None,
            tls: Tls::default(),
            signatures: None,
            signers: None,
            capabilities: Vec::new(),
        }
    }

    /// All credentials that are named here.
    #[must_use]
    pub fn credentials(&self) -> Vec<&Credential> {
        let key = self.tls.identity.as_ref().map(|identity| &identity.key);
        let other = self.tls.other.as_ref().map(|identity| &identity.key);
        let of_auth = self.auth.iter().flat_map(|auth| auth.credentials());
        self.token
            .iter()
            .chain(key)
            .chain(other)
            .chain(of_auth)
            .collect()
    }
}

/// When data and documentation have to be signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Agreement {
    /// Never: nothing has been agreed on.
    Off,
    /// When the payer asks for it.
    Flagged,
    /// Always.
    Required,
}

/// `[requester]`: who we are, the payer that asks.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Requester {
    /// Our identifier.
    pub npi: String,
    /// Naming system of `npi`.
    pub npi_system: String,
    /// Our name.
    pub name: String,
}

/// `[provider]`: the provider we play where a provider asks, as the payer knows it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Provider {
    /// Its National Provider Identifier.
    #[serde(deserialize_with = "super::value::de::filled")]
    pub npi: String,
    /// Its name.
    #[serde(default)]
    pub name: String,
    /// Id of a Group that the payer made for another provider: it must stay hidden.
    #[serde(default)]
    pub foreign_group: Option<String>,
    /// Id of the Group of those who have opted out of sharing with providers, if there is one: it must not be
    /// exported.
    #[serde(default)]
    pub opted_out_group: Option<String>,
}

impl Default for Requester {
    fn default() -> Self {
        Self {
            npi: "0000000006".to_owned(),
            npi_system: npi_system(),
            name: "Vitruvian Test Payer".to_owned(),
        }
    }
}

fn npi_system() -> String {
    NPI_SYSTEM.to_owned()
}
