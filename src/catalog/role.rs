//! Roles: which side the system under test plays, and which actors' requirements bind it.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// Which side the system under test plays.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// A payer's FHIR server (PDex).
    PayerServer,
    /// A payer that fetches from another payer (PDex).
    PayerClient,
    /// A provider that fetches from a payer (PDex).
    ProviderClient,
    /// The server of the party that holds the data (CDex).
    DataSourceServer,
    /// The party that holds the data, when it sends or polls (CDex).
    DataSourceClient,
    /// The server of the party that asks for data (CDex).
    DataConsumerServer,
    /// The party that asks for data (CDex).
    DataConsumerClient,
    /// An app that reads a member's records for them (PDex).
    AppClient,
}

/// Actors of requirements that no role stands for: other parties, and all of them together.
const OTHER_ACTORS: [&str; 9] = [
    "all",
    "implementer",
    "intermediary",
    "payer",
    "payer-auth-server",
    "payer-cds-service",
    "signer",
    "smart-app",
    "verifier",
];

impl Role {
    /// All roles.
    pub const ALL: [Self; 8] = [
        Self::PayerServer,
        Self::PayerClient,
        Self::ProviderClient,
        Self::DataSourceServer,
        Self::DataSourceClient,
        Self::DataConsumerServer,
        Self::DataConsumerClient,
        Self::AppClient,
    ];

    /// The name used in tags, suites and options.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::PayerServer => "payer-server",
            Self::PayerClient => "payer-client",
            Self::ProviderClient => "provider-client",
            Self::DataSourceServer => "data-source-server",
            Self::DataSourceClient => "data-source-client",
            Self::DataConsumerServer => "data-consumer-server",
            Self::DataConsumerClient => "data-consumer-client",
            Self::AppClient => "app-client",
        }
    }

    /// Whether a system of this role asks, and so is heard rather than asked.
    #[must_use]
    pub const fn is_client(self) -> bool {
        match self {
            Self::PayerServer | Self::DataSourceServer | Self::DataConsumerServer => false,
            Self::PayerClient
            | Self::ProviderClient
            | Self::DataSourceClient
            | Self::DataConsumerClient
            | Self::AppClient => true,
        }
    }

    /// Whether a requirement with this actor binds a system of this role.
    #[must_use]
    pub fn is_bound_by(self, actor: &str) -> bool {
        // A payer's authorization server is part of what the payer answers for.
        let own = |other: &str| self == Self::PayerServer && other == "payer-auth-server";
        actor == self.as_str() || actor == "all" || own(actor)
    }

    /// Whether the actor of a requirement is one we know, so that a misspelt one cannot silently
    /// take its row out of every suite.
    pub(super) fn is_known_actor(actor: &str) -> bool {
        OTHER_ACTORS.contains(&actor) || Self::ALL.iter().any(|role| role.as_str() == actor)
    }

    /// The names of all actors a requirement may have.
    pub(super) fn actors() -> impl Iterator<Item = &'static str> {
        Self::ALL.into_iter().map(Self::as_str).chain(OTHER_ACTORS)
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// A text that names no role.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{given:?} is not a role; {hint}")]
pub struct UnknownRole {
    /// What was given.
    pub given: String,
    /// What to use instead.
    pub hint: String,
}

impl FromStr for Role {
    type Err = UnknownRole;

    fn from_str(text: &str) -> Result<Self, UnknownRole> {
        Self::ALL
            .into_iter()
            .find(|role| role.as_str() == text)
            .ok_or_else(|| UnknownRole {
                given: text.to_owned(),
                hint: super::suggestion::hint(text, Self::ALL.into_iter().map(Self::as_str)),
            })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_parse_and_a_near_miss_is_corrected() {
        for role in Role::ALL {
            assert_eq!(role.as_str().parse(), Ok(role));
        }
        let error = "payer-sever".parse::<Role>().unwrap_err();
        assert!(
            error.to_string().contains("did you mean payer-server?"),
            "{error}"
        );
    }

    #[test]
    fn a_role_is_bound_by_its_own_actor_and_by_all() {
        assert!(Role::PayerServer.is_bound_by("payer-server"));
        assert!(Role::PayerServer.is_bound_by("all"));
        assert!(Role::PayerServer.is_bound_by("payer-auth-server"));
        assert!(!Role::DataSourceServer.is_bound_by("payer-auth-server"));
        assert!(!Role::PayerServer.is_bound_by("payer-client"));
    }
}
