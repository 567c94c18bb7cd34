//! Faults of clients: each has its reference client asked by nobody, and heard by the scenarios.

use super::matrix::{Error, broken, troubles};
use super::{Trial, matrix};
use crate::catalog::{Catalog, IgVersion, Plan, Scenario};
use crate::data::Data;
use crate::evidence::{Recorder, Redactor, Run, log};
use crate::mock::{Conversation, Fault};
use crate::session::{Auth, Means, Protection, Session, Settings, Stages};
use crate::steps::Party;
use std::collections::{BTreeSet, HashMap};
use std::time::Duration;
use url::Url;

/// What the stages are said to be at; nobody goes there.
const NOWHERE: &str = "http://stand-in.example/fhir/";

/// Where the faults of clients are tried in one IG version.
pub(super) struct Rehearsal<'a> {
    stages: Stages,
    plan: &'a Plan,
}

impl<'a> Rehearsal<'a> {
    /// Reads what it needs.
    pub(super) fn new(data: &Data, catalog: &Catalog, plan: &'a Plan) -> Result<Self, Error> {
        let means = Means {
            protection: Protection {
                auth: Some(Auth::Smart),
                ..Protection::default()
            },
            ..Means::default()
        };
        let stages = Stages::load(data, catalog, plan, &means)?;
        Ok(Self { stages, plan })
    }

    /// What does not pass when all clients do what they should.
    pub(super) async fn conformant(&self) -> Result<Vec<String>, Error> {
        let conversations = self.stages.rehearse(None).await?;
        Ok(troubles(
            &self.hear(self.plan.clone(), conversations).await?,
        ))
    }

    /// Lets the client that has the fault show it.
    pub(super) async fn try_one(
        &self,
        ig: &IgVersion,
        fault: &Fault,
        breaks: BTreeSet<String>,
    ) -> Result<Trial, Error> {
        let conversations = self.stages.rehearse(Some(fault)).await?;
        let is_heard = |scenario: &Scenario| conversations.contains_key(&scenario.system());
        let mut plan = self.plan.clone();
        plan.scenarios.retain(is_heard);
        let scenarios = plan.scenarios.len();
        let run = self.hear(plan, conversations).await?;
        Ok(Trial {
            fault: fault.name.clone(),
            ig: ig.to_string(),
            breaks,
            broke: broken(&run),
            scenarios,
        })
    }

    /// Has the scenarios judge what was heard.
    async fn hear(
        &self,
        plan: Plan,
        conversations: HashMap<String, Conversation>,
    ) -> Result<Run, Error> {
        let sink = log::MemorySink::default();
        let redactor = Redactor::new([0; 32], false);
        let recorder = Recorder::new(Box::new(sink.clone()), redactor, matrix::BODY_CAP);
        let base: Url = NOWHERE
            .parse()
            .map_err(|error| Error::Runtime(std::io::Error::other(format!("{error}"))))?;
        let settings = Settings {
            target_name: "reference clients".to_owned(),
            jobs: 1,
            step_timeout: Duration::from_secs(30),
            max_wait: Duration::from_secs(5),
            conversations,
            scripts: self.stages.scripts(),
            ..Settings::default()
        };
        let targets = self.stages.targets(&base)?;
        let session = Session::new(plan, settings, targets, Party::default(), recorder);
        session.run().await;
        Ok(sink.run()?)
    }
}
