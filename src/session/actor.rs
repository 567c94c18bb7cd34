//! Who stands in for a system under test.

use super::Error;
use crate::catalog::{GUARDED, SIGNING};
use crate::config::Agreement;
use crate::data::Data;
use crate::mock::{self, Fault, Payer, Provider, StandIn};
use crate::signature::{Certificate, Signatory};
use crate::steps::{Party, Provider as Asking};
use time::Date;

/// Who stands in for the system under test.
#[derive(Clone)]
pub(super) enum Actor {
    Payer(Box<Payer>),
    Provider(Box<Provider>),
}

impl Actor {
    /// Who stands in for a system: without a role, a guide is played by who it is for in the first place.
    pub(super) fn load(data: &Data, system: &str, today: Date) -> Result<Self, mock::Error> {
        let system = system.trim_end_matches(GUARDED);
        if let Some(system) = system.strip_suffix(SIGNING) {
            return Ok(match Self::load(data, system, today)? {
                Self::Provider(provider) => Self::Provider(Box::new(provider.signing_everything())),
                payer @ Self::Payer(_) => payer,
            });
        }
        let (ig, role) = system.split_once(' ').unwrap_or((system, ""));
        let (guide, version) = ig.split_once('@').unwrap_or((ig, ""));
        Ok(match (guide, role) {
            ("cdex", "" | "data-consumer-client") => {
                Self::Provider(Box::new(Provider::load(data, version, today)?))
            }
            ("cdex", _) => Self::Payer(Box::new(Payer::load_for_cdex(data, version, today)?)),
            _ => Self::Payer(Box::new(Payer::load(data, version, today)?)),
        })
    }

    /// Makes what takes long to make, before anybody waits for an answer.
    pub(super) fn prepare(&self) -> Result<(), Error> {
        let made = match self {
            Self::Provider(_) => mock::signatory().and_then(Signatory::prepare),
            Self::Payer(_) => Ok(()),
        };
        made.map_err(|error| Error::StandIn(error.to_string()))
    }

    /// What the names of its faults begin with.
    pub(super) fn name(&self) -> &'static str {
        match self {
            Self::Payer(_) => "payer",
            Self::Provider(_) => "provider",
        }
    }

    pub(super) fn stand_in(self, fault: Option<&Fault>) -> Box<dyn StandIn> {
        match (self, fault) {
            (Self::Payer(payer), Some(fault)) => Box::new(payer.with_fault(fault.clone())),
            (Self::Payer(payer), None) => payer,
            (Self::Provider(provider), Some(fault)) => Box::new(provider.with_fault(fault.clone())),
            (Self::Provider(provider), None) => provider,
        }
    }

    /// Who it is.
    pub(super) fn identity(&self) -> Party {
        match self {
            Self::Payer(payer) => party(payer.identity()),
            Self::Provider(provider) => party(provider.identity()),
        }
    }

    /// What has been agreed with it on signatures.
    pub(super) fn agreement(&self) -> Agreement {
        match self {
            Self::Provider(provider) if provider.signs_everything() => Agreement::Required,
            _ => Agreement::Flagged,
        }
    }

    /// Who vouches for those who sign for it.
    pub(super) fn signers(&self) -> Vec<Certificate> {
        let signatory = mock::signatory().ok();
        let anchor = signatory.map(|signatory| signatory.anchor().clone());
        match self {
            Self::Provider(_) => anchor.into_iter().collect(),
            Self::Payer(_) => Vec::new(),
        }
    }

    /// The payer that asks.
    pub(super) fn requester(&self) -> Party {
        match self {
            Self::Payer(payer) => party(payer.partner()),
            Self::Provider(provider) => party(provider.payer()),
        }
    }

    /// The provider that asks, where one does.
    pub(super) fn clinic(&self) -> Option<Asking> {
        match self {
            Self::Payer(payer) => Some(Asking {
                party: party(payer.clinic()),
                foreign_group: Some(payer.group_of_another().to_owned()),
                opted_out_group: Some(payer.group_of_opted_out().to_owned()),
            }),
            Self::Provider(provider) => Some(Asking {
                party: party(provider.colleague()),
                ..Asking::default()
            }),
        }
    }
}

fn party((npi, name): (&str, &str)) -> Party {
    Party {
        npi: npi.to_owned(),
        name: name.to_owned(),
    }
}
