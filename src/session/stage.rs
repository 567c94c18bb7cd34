//! Stages: stand-ins of ours that clients under test talk to, and reference clients that do.

use super::{Error, Means, StandIns};
use crate::catalog::{self, Catalog, Deed, Plan};
use crate::client::{self, Actor, Brief, InProcess, Way};
use crate::data::Data;
use crate::mock::{
    Applies, BuiltIn, Conversation, Fault, Guard, Manner, Staged, StandIn, Stopwatch,
};
use crate::steps::{Target, Wanted};
use std::collections::HashMap;

/// What stages are made of, read once: a stand-in for each kind of client of a plan, and its manners.
pub struct Stages {
    stand_ins: StandIns,
    roles: Vec<Role>,
}

/// What is told apart by the role of the client.
struct Role {
    system: String,
    name: String,
    manners: Vec<Manner>,
    script: Vec<Wanted>,
}

/// A stage, ready for one client.
pub struct Stage {
    /// The system, as scenarios name it.
    pub system: String,
    /// Role of the client, for example `payer-client`.
    pub role: String,
    /// What will be heard.
    pub conversation: Conversation,
    /// The stand-in, which tells what it is asked to the conversation.
    pub stand_in: Box<dyn StandIn>,
    /// What the client is asked to do.
    pub script: Vec<Wanted>,
    /// What a client must know.
    pub brief: Brief,
}

impl Stages {
    /// Reads what the stages for the clients of a plan need.
    ///
    /// # Errors
    /// When the seed, the members, a manner or a package cannot be read.
    pub fn load(data: &Data, catalog: &Catalog, plan: &Plan, means: &Means) -> Result<Self, Error> {
        let stand_ins = StandIns::load_with(data, catalog, plan, means)?;
        let failed = |error: crate::mock::Error| Error::StandIn(error.to_string());
        let mut roles = Vec::new();
        for (system, actor) in stand_ins.systems() {
            let Some((_, role)) = system.split_once(' ') else {
                continue;
            };
            if !role.parse().is_ok_and(catalog::Role::is_client) {
                continue;
            }
            roles.push(Role {
                manners: Manner::load(data, actor, role).map_err(failed)?,
                script: script_of(catalog, plan, system),
                name: role.to_owned(),
                system: system.to_owned(),
            });
        }
        Ok(Self { stand_ins, roles })
    }

    /// A stage for each kind of client, as they are before anybody has come. `stopwatch` tells the time on them,
    /// `acquaint` may change whom their authorization servers know.
    #[must_use]
    pub fn set(
        &self,
        stopwatch: &Stopwatch,
        acquaint: &dyn Fn(Guard, &BuiltIn) -> Guard,
    ) -> Vec<Stage> {
        let set = |role: &Role| {
            let (inner, brief) = self.stand_ins.on_stage(&role.system, acquaint)?;
            let conversation = Conversation::default();
            Some(Stage {
                system: role.system.clone(),
                role: role.name.clone(),
                stand_in: Box::new(Staged::new(
                    inner,
                    role.manners.clone(),
                    conversation.clone(),
                    stopwatch.clone(),
                )),
                conversation,
                script: role.script.clone(),
                brief,
            })
        };
        self.roles.iter().filter_map(set).collect()
    }

    /// What judges those who come to a stage, by system. `base` is where the stage is.
    ///
    /// # Errors
    /// When the address is not usable.
    pub fn targets(&self, base: &url::Url) -> Result<HashMap<String, Target>, Error> {
        self.stand_ins.targets_at(base)
    }

    /// Has the reference client of each role do all that its suite asks of it, in process and without waiting; with the
    /// fault, if there is one of that client. The conversations, by system.
    ///
    /// # Errors
    /// When a client cannot do what it should: a defect of this tool.
    pub async fn rehearse(
        &self,
        fault: Option<&Fault>,
    ) -> Result<HashMap<String, Conversation>, Error> {
        let mut conversations = HashMap::new();
        for role in &self.roles {
            let of_another = |fault: &&Fault| fault.is_of(&role.name);
            if fault.is_some() && fault.filter(of_another).is_none() {
                continue;
            }
            let stopwatch = Stopwatch::standing();
            let Some(stage) = self
                .set(&stopwatch, &|guard, _| guard)
                .into_iter()
                .find(|stage| stage.system == role.system)
            else {
                continue;
            };
            let mut way = InProcess::new(stage.stand_in, stopwatch);
            act(&role.name, &stage.brief, &mut way, fault).await?;
            stage.conversation.end();
            conversations.insert(stage.system, stage.conversation);
        }
        Ok(conversations)
    }

    /// Whom the authorization servers know, if there are any.
    #[must_use]
    pub fn known(&self) -> Option<&BuiltIn> {
        self.stand_ins.known()
    }

    /// What clients are asked to do, by system.
    #[must_use]
    pub fn scripts(&self) -> HashMap<String, Vec<Wanted>> {
        let roles = self.roles.iter();
        roles
            .map(|role| (role.system.clone(), role.script.clone()))
            .collect()
    }
}

/// Has the reference client of a role do all that its suite asks of it.
///
/// # Errors
/// When there is none, or it gets no answer.
pub async fn act(
    role: &str,
    brief: &Brief,
    way: &mut dyn Way,
    fault: Option<&Fault>,
) -> Result<(), Error> {
    let actor = Actor::of_role(role)
        .ok_or_else(|| Error::StandIn(format!("there is no reference client for {role}")))?;
    let done = client::converse(actor, brief, way, fault).await;
    done.map_err(|trouble| Error::StandIn(format!("the reference {role}: {trouble}")))
}

/// What a client (`pdex@2.1.0 payer-client`) is asked to do by the suites of a plan.
#[must_use]
pub fn script_of(catalog: &Catalog, plan: &Plan, system: &str) -> Vec<Wanted> {
    let (ig, role) = system.split_once(' ').unwrap_or((system, ""));
    let ig = ig.parse().ok().and_then(|at| catalog.ig(&at));
    let suites = ig.into_iter().flat_map(|ig| ig.suites());
    suites
        .filter(|suite| suite.role.as_str() == role)
        .filter(|suite| plan.suites.iter().any(|note| note.id == suite.id))
        .flat_map(|suite| &suite.script)
        .map(wanted)
        .collect()
}

fn wanted(deed: &Deed) -> Wanted {
    Wanted {
        say: deed.say.clone(),
        seen: Applies {
            method: Some(deed.method.clone()),
            path: vec![deed.path.clone()],
            query: deed.query.clone(),
            body: deed.body.clone(),
            ..Applies::default()
        },
    }
}
