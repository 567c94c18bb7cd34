//! The built-in stand-ins as systems under test: a payer for each version of PDex, a payer and a provider for each of
//! CDex, on loopback.

use super::actor::Actor;
use super::guarding::{Guarding, Protection};
use super::remote::{Connection, Judges, Knowledge, judges, systems};
use super::{Error, Kept};
use crate::catalog::{Catalog, GUARDED, IgVersion, Plan, Role};
use crate::client::Brief;
use crate::config::{Attachments, Member, Members};
use crate::data::Data;
use crate::http::{Client, Playback, Settings as ClientSettings};
use crate::mock::{self, Fault, Guard, Server, StandIn, Testimony, Tls, Witness};
use crate::steps::{Party, Target};
use std::collections::{BTreeMap, HashMap};
use std::net::{Ipv4Addr, TcpListener};
use std::sync::Arc;
use std::time::Duration;
use time::OffsetDateTime;
use url::Url;

/// Exchanges a built-in stand-in remembers: none, for the evidence of the run has them.
const JOURNAL_LIMIT: usize = 0;

/// How often a job on stage says that it still runs, and how many seconds it has clients wait each time.
const STAGE_POLLS: u32 = 3;
const STAGE_PAUSE: u32 = 1;

/// What built-in stand-ins are made of, read once: seed and test members per IG version.
pub struct StandIns {
    actors: Vec<Parts>,
    client: Client,
}

/// What stand-ins are given beside their data.
#[derive(Clone)]
pub struct Means {
    /// Longest time they may take for an answer.
    pub request_timeout: Duration,
    /// What they are judged by, beside what is in the binary.
    pub knowledge: Knowledge,
    /// How they are protected. Where scenarios are about that, they are anyway.
    pub protection: Protection,
}

impl Default for Means {
    fn default() -> Self {
        Self {
            request_timeout: Duration::from_secs(30),
            knowledge: Knowledge::default(),
            protection: Protection::default(),
        }
    }
}

/// What one stand-in is made of, and what it is judged by.
struct Parts {
    system: String,
    actor: Actor,
    /// What guards it, if something does.
    guarding: Option<Guarding>,
    members: Arc<[Member]>,
    attachments: Arc<Attachments>,
    judges: Judges,
}

/// What a built-in stand-in is asked in a run.
pub struct Watched {
    /// Which system it stands in for.
    pub system: String,
    /// What the names of its faults begin with.
    pub stand_in: &'static str,
    /// What it was asked.
    pub testimony: Testimony,
}

/// Built-in stand-ins, running until dropped.
pub struct BuiltIn {
    /// What to test, by system.
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
        let means = Means {
            request_timeout,
            ..Means::default()
        };
        Self::load_with(data, catalog, plan, &means)
    }

    /// The same, judged by more than what is in the binary, and protected.
    ///
    /// # Errors
    /// When the seed, the test members or a package cannot be read, or no keys can be made.
    pub fn load_with(
        data: &Data,
        catalog: &Catalog,
        plan: &Plan,
        means: &Means,
    ) -> Result<Self, Error> {
        let today = OffsetDateTime::now_utc().date();
        let mut actors = Vec::new();
        let mut loaded: HashMap<String, Actor> = HashMap::new();
        for (ig, systems) in systems(plan) {
            let judges = judges(data, &ig, &means.knowledge)?;
            let members: Arc<[Member]> = members(data, catalog, &ig)?.into();
            let attachments = Arc::new(attachments(data, catalog, &ig)?);
            for system in systems {
                // Guarded or not, its records are the same, and are read and held once.
                let open = system.trim_end_matches(GUARDED).to_owned();
                let actor = match loaded.get(&open) {
                    Some(actor) => Actor::clone(actor),
                    None => {
                        let actor = Actor::load(data, &open, today);
                        let actor = actor.map_err(|error| Error::StandIn(error.to_string()))?;
                        loaded.insert(open, actor.clone());
                        actor
                    }
                };
                actor.prepare()?;
                let protection = match system.ends_with(GUARDED) {
                    true => Protection::FULL,
                    false => means.protection,
                };
                let guarding = match protection.is_none() {
                    true => None,
                    false => Some(Guarding::new(
                        data,
                        actor.name(),
                        protection,
                        means.request_timeout,
                    )?),
                };
                actors.push(Parts {
                    judges: judges.clone(),
                    actor,
                    guarding,
                    members: members.clone(),
                    attachments: attachments.clone(),
                    system,
                });
            }
        }
        let anywhere = "http://127.0.0.1/"
            .parse()
            .map_err(|error| Error::StandIn(format!("{error}")))?;
        let client = Client::new(ClientSettings {
            request_timeout: means.request_timeout,
            ..ClientSettings::new(anywhere)
        })?;
        Ok(Self { actors, client })
    }

    /// Stands all up, with `fault` if there is one: it shows in those it is a fault of.
    ///
    /// # Errors
    /// When no port can be had.
    pub async fn start(&self, fault: Option<&Fault>) -> Result<BuiltIn, Error> {
        let concerned = |parts: &Parts| {
            fault.filter(|fault| fault.applies.guarded == parts.system.ends_with(GUARDED))
        };
        self.start_as(|parts| parts.actor().stand_in(concerned(parts)))
            .await
    }

    /// Stands all up without a fault, and has everything they are asked written down, for each.
    ///
    /// # Errors
    /// When no port can be had.
    pub async fn start_watched(&self) -> Result<(BuiltIn, Vec<Watched>), Error> {
        let mut testimonies = Vec::new();
        let watched = |parts: &Parts| -> Box<dyn StandIn> {
            let witness = Witness::of(parts.actor().stand_in(None));
            testimonies.push(Watched {
                system: parts.system.clone(),
                stand_in: parts.actor.name(),
                testimony: witness.testimony(),
            });
            Box::new(witness)
        };
        let built_in = self.start_as(watched).await?;
        Ok((built_in, testimonies))
    }

    /// The stand-ins as systems under test whose answers come from evidence: nothing is stood up. `endpoints`
    /// are the addresses they had, by system, `kept` is what else verdicts hang on. Also who asks.
    ///
    /// # Errors
    /// When an address is not usable.
    pub fn replaying(
        &self,
        playback: &Arc<dyn Playback>,
        endpoints: &BTreeMap<String, Url>,
        kept: &Kept,
    ) -> Result<(HashMap<String, Target>, Party), Error> {
        let (mut targets, mut requester) = (HashMap::new(), Party::default());
        for parts in &self.actors {
            let Some(base) = endpoints.get(&parts.system) else {
                continue;
            };
            let connection = match &parts.guarding {
                Some(guarding) => {
                    guarding.replaying(base.clone(), playback.clone(), &kept.anchors)?
                }
                None => {
                    let settings = ClientSettings::new(base.clone());
                    Connection::of(Client::replaying(settings, playback.clone())?)
                }
            };
            requester = parts.actor.requester();
            let mut target = parts.target(connection);
            // Keys and certificates are made anew in each process: those of the run were others.
            target.thumbprint = kept.thumbprints.get(&parts.system).cloned();
            if !target.signers.is_empty() {
                target.signers = kept.signers.clone().into();
            }
            targets.insert(parts.system.clone(), target);
        }
        Ok((targets, requester))
    }

    /// The systems, and who stands in for each (`payer`, `provider`).
    pub(super) fn systems(&self) -> impl Iterator<Item = (&str, &'static str)> {
        let actors = self.actors.iter();
        actors.map(|parts| (parts.system.as_str(), parts.actor.name()))
    }

    /// The stand-in for a system as it is before anybody has asked, and what a client must know to ask it.
    /// `acquaint` may change whom its authorization server knows, if it has one.
    pub(super) fn on_stage(
        &self,
        system: &str,
        acquaint: &dyn Fn(Guard, &mock::BuiltIn) -> Guard,
    ) -> Option<(Box<dyn StandIn>, Brief)> {
        let parts = self.actors.iter().find(|parts| parts.system == system)?;
        let role = system.split(' ').nth(1).unwrap_or_default();
        let known = parts.guarding.as_ref().and_then(Guarding::built_in);
        let actor = parts.actor_behind(known.map(|known| acquaint(known.guard.clone(), known)));
        let own = match (role, actor.clinic()) {
            ("provider-client" | "data-source-client", Some(clinic)) => clinic.party,
            _ => actor.requester(),
        };
        let brief = Brief {
            version: self.version_of(system),
            today: OffsetDateTime::now_utc().date(),
            members: parts.members.clone(),
            attachments: parts.attachments.clone(),
            server: actor.identity(),
            own,
            credentials: parts
                .guarding
                .as_ref()
                .and_then(|guarding| guarding.credentials(role)),
        };
        let actor = match actor {
            Actor::Payer(payer) => {
                Actor::Payer(Box::new(payer.with_pace(STAGE_POLLS, STAGE_PAUSE)))
            }
            provider @ Actor::Provider(_) => provider,
        };
        Some((actor.stand_in(None), brief))
    }

    /// Whom the first authorization server knows, if there is one.
    pub(super) fn known(&self) -> Option<&mock::BuiltIn> {
        let mut guardings = self
            .actors
            .iter()
            .filter_map(|parts| parts.guarding.as_ref());
        guardings.find_map(Guarding::built_in)
    }

    fn version_of(&self, system: &str) -> String {
        let ig = system.split(' ').next().unwrap_or_default();
        let version = ig.split_once('@').map(|(_, version)| version);
        version.unwrap_or_default().to_owned()
    }

    /// Every stand-in as a target at that address, which nobody asks: what judges those who ask it.
    pub(super) fn targets_at(&self, base: &Url) -> Result<HashMap<String, Target>, Error> {
        let targets = self.actors.iter().map(|parts| {
            let client = self.client.at(base.clone(), None)?;
            let target = parts.target(Connection::of(client));
            Ok((parts.system.clone(), target))
        });
        targets.collect()
    }

    async fn start_as(
        &self,
        mut stand_in: impl FnMut(&Parts) -> Box<dyn StandIn>,
    ) -> Result<BuiltIn, Error> {
        let mut built_in = BuiltIn {
            targets: HashMap::new(),
            requester: Party::default(),
            servers: Vec::new(),
        };
        for parts in &self.actors {
            built_in.requester = parts.actor.requester();
            let tls = parts
                .guarding
                .as_ref()
                .and_then(|guarding| guarding.tls.clone());
            let server = serve(stand_in(parts), tls)
                .await
                .map_err(|error| Error::StandIn(error.to_string()))?;
            let base = server
                .base_url()
                .parse()
                .map_err(|error| Error::StandIn(format!("{error}")))?;
            let connection = match &parts.guarding {
                Some(guarding) => guarding.connection(base)?,
                None => Connection::of(self.client.at(base, None)?),
            };
            let target = parts.target(connection);
            built_in.targets.insert(parts.system.clone(), target);
            built_in.servers.push(server);
        }
        Ok(built_in)
    }
}

impl Parts {
    /// A stand-in as it is before anybody has asked, with its authorization server if it has one.
    fn actor(&self) -> Actor {
        self.actor_behind(self.guarding.as_ref().and_then(Guarding::guard))
    }

    /// The same behind this authorization server.
    fn actor_behind(&self, guard: Option<Guard>) -> Actor {
        match (self.actor.clone(), guard) {
            (actor, None) => actor,
            (Actor::Payer(payer), Some(guard)) => Actor::Payer(Box::new(payer.with_guard(guard))),
            (Actor::Provider(provider), Some(guard)) => {
                Actor::Provider(Box::new(provider.with_guard(guard)))
            }
        }
    }

    /// The stand-in as a system under test that `client` speaks to.
    fn target(&self, connection: Connection) -> Target {
        Target {
            thumbprint: connection.thumbprint(),
            client: connection.client,
            access: connection.access,
            expired_token: connection.expired_token,
            other_identity: connection.other_identity,
            members: self.members.clone(),
            signatures: Some(self.actor.agreement()),
            signers: self.actor.signers().into(),
            attachments: self.attachments.clone(),
            payer: self.actor.identity(),
            provider: self.actor.clinic(),
            validator: self.judges.validator.clone(),
            reviewer: self.judges.reviewer.clone(),
            definitions: self.judges.definitions.clone(),
            judge: self.judges.judge.clone(),
        }
    }
}

async fn serve(stand_in: Box<dyn StandIn>, tls: Option<Tls>) -> std::io::Result<Server> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    Server::start(listener, stand_in, JOURNAL_LIMIT, tls).await
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
        let payer = Role::DataConsumerServer.to_string();
        let is_provider = |system: &String| system.starts_with("cdex@") && !system.contains(&payer);
        let has_provider = self.targets.keys().any(is_provider);
        let has_payer = self.targets.keys().any(|system| !is_provider(system));
        match (has_payer, has_provider) {
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

/// The file of the test members of a built-in stand-in for an IG version, if there are any.
#[must_use]
pub fn members_file(data: &Data, catalog: &Catalog, ig: &str) -> Option<String> {
    nearest(data, catalog, ig, "members.toml")
}

/// The test members of the built-in stand-in for an IG version: those of the nearest base that has some.
fn members(data: &Data, catalog: &Catalog, ig: &str) -> Result<Vec<Member>, Error> {
    match members_file(data, catalog, ig) {
        Some(path) => Ok(Members::parse(&data.text(&path)?, &path)?.0),
        None => Ok(Vec::new()),
    }
}

/// What can be attached to what at the built-in payer, for an IG version.
fn attachments(data: &Data, catalog: &Catalog, ig: &str) -> Result<Attachments, Error> {
    match nearest(data, catalog, ig, "attachments.toml") {
        Some(path) => Ok(Attachments::parse(&data.text(&path)?, &path)?),
        None => Ok(Attachments::default()),
    }
}

/// The file of that name for an IG version, or for the nearest of its bases that has one.
fn nearest(data: &Data, catalog: &Catalog, ig: &str, name: &str) -> Option<String> {
    let mut at: Option<IgVersion> = ig.parse().ok();
    while let Some(version) = at {
        let path = format!("scenarios/{}/{}/{name}", version.ig, version.version);
        if data.has(&path) {
            return Some(path);
        }
        at = catalog.ig(&version).and_then(|ig| ig.based_on.clone());
    }
    None
}
