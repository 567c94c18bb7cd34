//! The built-in stand-ins as systems under test: one payer per IG version, on loopback.

use super::Error;
use super::remote::{Judges, Knowledge, judges};
use crate::catalog::{Catalog, IgVersion, Plan};
use crate::config::{Member, Members};
use crate::data::Data;
use crate::http::{Client, Settings as ClientSettings};
use crate::mock::{Fault, Payer, Server, StandIn, Testimony, Witness};
use crate::steps::{Party, Target};
use std::collections::HashMap;
use std::net::{Ipv4Addr, TcpListener};
use std::sync::Arc;
use std::time::Duration;
use time::OffsetDateTime;

/// Exchanges a built-in payer remembers: none, for the evidence of the run has them.
const JOURNAL_LIMIT: usize = 0;

/// What built-in payers are made of, read once: seed and test members per IG version.
pub struct StandIns {
    payers: Vec<Parts>,
    client: Client,
}

/// What one payer is made of, and what it is judged by.
struct Parts {
    ig: String,
    payer: Payer,
    members: Arc<[Member]>,
    judges: Judges,
}

/// Built-in payers, running until dropped.
pub struct BuiltIn {
    /// What to test, by IG and version.
    pub targets: HashMap<String, Target>,
    /// Who asks: the partner the built-in payer knows.
    pub requester: Party,
    servers: Vec<Server>,
}

impl StandIns {
    /// Reads what one payer for each IG version of the plan needs.
    ///
    /// # Errors
    /// When the seed or the test members cannot be read.
    pub fn load(
        data: &Data,
        catalog: &Catalog,
        plan: &Plan,
        request_timeout: Duration,
    ) -> Result<Self, Error> {
        Self::load_with(data, catalog, plan, request_timeout, &Knowledge::default())
    }

    /// The same, judged by more than what is in the binary.
    ///
    /// # Errors
    /// When the seed, the test members or a package cannot be read.
    pub fn load_with(
        data: &Data,
        catalog: &Catalog,
        plan: &Plan,
        request_timeout: Duration,
        knowledge: &Knowledge,
    ) -> Result<Self, Error> {
        let today = OffsetDateTime::now_utc().date();
        let mut payers = Vec::new();
        for note in &plan.igs {
            let ig = format!("{}@{}", note.id, note.version);
            let payer = Payer::load(data, &note.version, today);
            let payer = payer.map_err(|error| Error::StandIn(error.to_string()))?;
            let members = members(data, catalog, &ig)?;
            payers.push(Parts {
                judges: judges(data, &ig, knowledge)?,
                ig,
                payer,
                members: members.into(),
            });
        }
        let anywhere = "http://127.0.0.1/"
            .parse()
            .map_err(|error| Error::StandIn(format!("{error}")))?;
        let client = Client::new(ClientSettings {
            request_timeout,
            ..ClientSettings::new(anywhere)
        })?;
        Ok(Self { payers, client })
    }

    /// Stands the payers up, with `fault` if there is one.
    ///
    /// # Errors
    /// When no port can be had.
    pub async fn start(&self, fault: Option<&Fault>) -> Result<BuiltIn, Error> {
        let with_fault = |payer: Payer| -> Box<dyn StandIn> {
            Box::new(match fault {
                Some(fault) => payer.with_fault(fault.clone()),
                None => payer,
            })
        };
        self.start_as(with_fault).await
    }

    /// Stands the payers up without a fault, and has everything they are asked written down, for each.
    ///
    /// # Errors
    /// When no port can be had.
    pub async fn start_watched(&self) -> Result<(BuiltIn, Vec<Testimony>), Error> {
        let mut testimonies = Vec::new();
        let watched = |payer: Payer| -> Box<dyn StandIn> {
            let witness = Witness::of(payer);
            testimonies.push(witness.testimony());
            Box::new(witness)
        };
        let built_in = self.start_as(watched).await?;
        Ok((built_in, testimonies))
    }

    async fn start_as(
        &self,
        mut stand_in: impl FnMut(Payer) -> Box<dyn StandIn>,
    ) -> Result<BuiltIn, Error> {
        let mut built_in = BuiltIn {
            targets: HashMap::new(),
            requester: Party::default(),
            servers: Vec::new(),
        };
        for parts in &self.payers {
            let payer = &parts.payer;
            let party = |(npi, name): (&str, &str)| Party {
                npi: npi.to_owned(),
                name: name.to_owned(),
            };
            built_in.requester = party(payer.partner());
            let known_as = party(payer.identity());
            let provider = party(payer.clinic());
            let server = serve(stand_in(payer.clone()))
                .await
                .map_err(|error| Error::StandIn(error.to_string()))?;
            let base = server
                .base_url()
                .parse()
                .map_err(|error| Error::StandIn(format!("{error}")))?;
            let target = Target {
                client: self.client.at(base, None)?,
                members: parts.members.clone(),
                payer: known_as,
                provider: Some(provider),
                validator: parts.judges.validator.clone(),
                reviewer: parts.judges.reviewer.clone(),
                definitions: parts.judges.definitions.clone(),
                judge: parts.judges.judge.clone(),
            };
            built_in.targets.insert(parts.ig.clone(), target);
            built_in.servers.push(server);
        }
        Ok(built_in)
    }
}

async fn serve(stand_in: Box<dyn StandIn>) -> std::io::Result<Server> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    Server::start(listener, stand_in, JOURNAL_LIMIT).await
}

impl BuiltIn {
    /// What the evidence calls it.
    pub const NAME: &'static str = "the built-in payer";
    /// What it allows beyond the ordinary.
    pub const CAPABILITIES: [&'static str; 1] = ["brute-force"];

    /// Base URLs of the payers.
    pub fn addresses(&self) -> impl Iterator<Item = String> {
        self.servers.iter().map(Server::base_url)
    }
}

/// The test members of the built-in payer for an IG version: those of the nearest base that has some.
fn members(data: &Data, catalog: &Catalog, ig: &str) -> Result<Vec<Member>, Error> {
    let mut at: Option<IgVersion> = ig.parse().ok();
    while let Some(version) = at {
        let path = format!("scenarios/{}/{}/members.toml", version.ig, version.version);
        if data.has(&path) {
            return Ok(Members::parse(&data.text(&path)?, &path)?.0);
        }
        at = catalog.ig(&version).and_then(|ig| ig.based_on.clone());
    }
    Ok(Vec::new())
}
