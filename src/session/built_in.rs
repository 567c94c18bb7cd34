//! The built-in stand-ins as systems under test: a payer for each version of PDex, a provider for each of CDex, on
//! loopback.

use super::Error;
use super::remote::{Judges, Knowledge, judges};
use crate::catalog::{Catalog, IgVersion, Plan};
use crate::config::{Member, Members};
use crate::data::Data;
use crate::http::{Client, Playback, Settings as ClientSettings};
use crate::mock::{self, Fault, Payer, Provider, Server, StandIn, Testimony, Witness};
use crate::steps::{Party, Provider as Asking, Target};
use std::collections::{BTreeMap, HashMap};
use std::net::{Ipv4Addr, TcpListener};
use std::sync::Arc;
use std::time::Duration;
use time::{Date, OffsetDateTime};
use url::Url;

/// Exchanges a built-in stand-in remembers: none, for the evidence of the run has them.
const JOURNAL_LIMIT: usize = 0;

/// What built-in stand-ins are made of, read once: seed and test members per IG version.
pub struct StandIns {
    actors: Vec<Parts>,
    client: Client,
}

/// What one stand-in is made of, and what it is judged by.
struct Parts {
    ig: String,
    actor: Actor,
    members: Arc<[Member]>,
    judges: Judges,
}

/// Who stands in for the system under test.
#[derive(Clone)]
enum Actor {
    Payer(Box<Payer>),
    Provider(Box<Provider>),
}

/// Built-in stand-ins, running until dropped.
pub struct BuiltIn {
    /// What to test, by IG and version.
    pub targets: HashMap<String, Target>,
    /// Who asks: the payer that the built-in payer and the built-in provider know.
    pub requester: Party,
    servers: Vec<Server>,
}

impl StandIns {
    /// Reads what one stand-in for each IG version of the plan needs.
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
        let mut actors = Vec::new();
        for note in &plan.igs {
            let ig = format!("{}@{}", note.id, note.version);
            let actor = Actor::load(data, &note.id, &note.version, today);
            let actor = actor.map_err(|error| Error::StandIn(error.to_string()))?;
            let members = members(data, catalog, &ig)?;
            actors.push(Parts {
                judges: judges(data, &ig, knowledge)?,
                ig,
                actor,
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
        Ok(Self { actors, client })
    }

    /// Stands all up, with `fault` if there is one: it shows in those it is a fault of.
    ///
    /// # Errors
    /// When no port can be had.
    pub async fn start(&self, fault: Option<&Fault>) -> Result<BuiltIn, Error> {
        self.start_as(|actor| actor.stand_in(fault)).await
    }

    /// Stands all up without a fault, and has everything they are asked written down, for each.
    ///
    /// # Errors
    /// When no port can be had.
    pub async fn start_watched(&self) -> Result<(BuiltIn, Vec<Testimony>), Error> {
        let mut testimonies = Vec::new();
        let watched = |actor: Actor| -> Box<dyn StandIn> {
            let witness = Witness::of(actor.stand_in(None));
            testimonies.push(witness.testimony());
            Box::new(witness)
        };
        let built_in = self.start_as(watched).await?;
        Ok((built_in, testimonies))
    }

    /// The stand-ins as systems under test whose answers come from evidence: nothing is stood up. `endpoints`
    /// are the addresses they had, by IG and version. Also who asks.
    ///
    /// # Errors
    /// When an address is not usable.
    pub fn replaying(
        &self,
        playback: &Arc<dyn Playback>,
        endpoints: &BTreeMap<String, Url>,
    ) -> Result<(HashMap<String, Target>, Party), Error> {
        let (mut targets, mut requester) = (HashMap::new(), Party::default());
        for parts in &self.actors {
            let Some(base) = endpoints.get(&parts.ig) else {
                continue;
            };
            let settings = ClientSettings::new(base.clone());
            let client = Client::replaying(settings, playback.clone())?;
            requester = parts.actor.requester();
            targets.insert(parts.ig.clone(), parts.target(client));
        }
        Ok((targets, requester))
    }

    async fn start_as(
        &self,
        mut stand_in: impl FnMut(Actor) -> Box<dyn StandIn>,
    ) -> Result<BuiltIn, Error> {
        let mut built_in = BuiltIn {
            targets: HashMap::new(),
            requester: Party::default(),
            servers: Vec::new(),
        };
        for parts in &self.actors {
            let actor = &parts.actor;
            built_in.requester = actor.requester();
            let server = serve(stand_in(actor.clone()))
                .await
                .map_err(|error| Error::StandIn(error.to_string()))?;
            let base = server
                .base_url()
                .parse()
                .map_err(|error| Error::StandIn(format!("{error}")))?;
            let target = parts.target(self.client.at(base, None)?);
            built_in.targets.insert(parts.ig.clone(), target);
            built_in.servers.push(server);
        }
        Ok(built_in)
    }
}

impl Parts {
    /// The stand-in as a system under test that `client` speaks to.
    fn target(&self, client: Client) -> Target {
        Target {
            client,
            members: self.members.clone(),
            payer: self.actor.identity(),
            provider: self.actor.clinic(),
            validator: self.judges.validator.clone(),
            reviewer: self.judges.reviewer.clone(),
            definitions: self.judges.definitions.clone(),
            judge: self.judges.judge.clone(),
        }
    }
}

impl Actor {
    fn load(data: &Data, ig: &str, version: &str, today: Date) -> Result<Self, mock::Error> {
        Ok(match ig {
            "cdex" => Self::Provider(Box::new(Provider::load(data, version, today)?)),
            _ => Self::Payer(Box::new(Payer::load(data, version, today)?)),
        })
    }

    fn stand_in(self, fault: Option<&Fault>) -> Box<dyn StandIn> {
        match (self, fault) {
            (Self::Payer(payer), Some(fault)) => Box::new(payer.with_fault(fault.clone())),
            (Self::Payer(payer), None) => payer,
            (Self::Provider(provider), Some(fault)) => Box::new(provider.with_fault(fault.clone())),
            (Self::Provider(provider), None) => provider,
        }
    }

    /// Who it is.
    fn identity(&self) -> Party {
        match self {
            Self::Payer(payer) => party(payer.identity()),
            Self::Provider(provider) => party(provider.identity()),
        }
    }

    /// The payer that asks.
    fn requester(&self) -> Party {
        match self {
            Self::Payer(payer) => party(payer.partner()),
            Self::Provider(provider) => party(provider.payer()),
        }
    }

    /// The provider that asks, where one does.
    fn clinic(&self) -> Option<Asking> {
        match self {
            Self::Payer(payer) => Some(Asking {
                party: party(payer.clinic()),
                foreign_group: Some(payer.group_of_another().to_owned()),
                opted_out_group: Some(payer.group_of_opted_out().to_owned()),
            }),
            Self::Provider(_) => None,
        }
    }
}

fn party((npi, name): (&str, &str)) -> Party {
    Party {
        npi: npi.to_owned(),
        name: name.to_owned(),
    }
}

async fn serve(stand_in: Box<dyn StandIn>) -> std::io::Result<Server> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    Server::start(listener, stand_in, JOURNAL_LIMIT).await
}

impl BuiltIn {
    /// What it allows beyond the ordinary.
    pub const CAPABILITIES: [&'static str; 1] = ["brute-force"];

    /// Whether evidence says that built-in stand-ins were tested, with or without a fault.
    #[must_use]
    pub fn is_named(target: &str) -> bool {
        target.starts_with("the built-in ")
    }

    /// What the evidence calls them.
    #[must_use]
    pub fn name(&self) -> &'static str {
        let is_of = |guide: &str| self.targets.keys().any(|ig| ig.starts_with(guide));
        match (is_of("pdex@"), is_of("cdex@")) {
            (true, true) => "the built-in payer and the built-in provider",
            (false, true) => "the built-in provider",
            _ => "the built-in payer",
        }
    }

    /// Base URLs of all of them.
    pub fn addresses(&self) -> impl Iterator<Item = String> {
        self.servers.iter().map(Server::base_url)
    }
}

/// The test members of the built-in stand-in for an IG version: those of the nearest base that has some.
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
