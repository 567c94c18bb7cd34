//! What one scenario knows while it runs. `judging` turns broken assertions into findings, `recording` keeps what was
//! seen, `hearing` turns to what a client under test has asked.

pub(in crate::steps) mod hearing;
mod judging;
mod recording;

use super::drive::{Halt, Outcome};
use super::{Context, MatchRequest, Mismatch, Place, ScenarioNote, Target};
use crate::config::Member;
use crate::evidence::{Event, StepRun, StepStatus, Verdict};
use crate::http::{Client, Failure, Reply, Request};
use serde_json::Value;
use std::sync::Arc;
use std::time::{Duration, Instant};
use time::OffsetDateTime;

/// One scenario while it runs: its place in the run, and what its steps have seen so far.
#[derive(Default)]
pub struct World {
    progress: Option<Progress>,
    /// The person the scenario is about.
    pub(super) member: Option<Member>,
    /// The match request in the making.
    pub(super) request: Option<MatchRequest>,
    /// The request for many members in the making.
    pub(super) bulk: Option<super::bulk_request::BulkRequest>,
    /// Where the members of a bulk match were sorted.
    pub(super) sorted: Option<super::sorted::Sorted>,
    /// The job in progress.
    pub(super) job: Option<super::job::Job>,
    /// Whose data is exported.
    pub(super) cohort: Option<super::cohort::Cohort>,
    /// The request for an export in the making.
    pub(super) order: super::export_request::Order,
    /// The exports that were read, the latest one last.
    pub(super) exports: Vec<Arc<super::Export>>,
    /// Search parameter of Group that was tried last.
    pub(super) searched: Option<&'static str>,
    /// Whether the Group was found by its own value, and by another one; or how the search was answered.
    pub(super) lookup: Option<Result<(bool, bool), String>>,
    /// The right to change what members say about providers, while the scenario has it.
    pub(super) turn: Option<super::memory::Turn>,
    /// Until when the current step may take.
    pub(super) deadline: super::deadline::Deadline,
    /// Answers so far; the last one is what steps judge.
    pub(super) replies: Vec<Reply>,
    /// Identifier and record id learnt from matches, in order.
    pub(super) matches: Vec<super::matched::Matched>,
    /// Record number of the member, when the configuration gives it and no match is needed.
    pub(super) known_record: Option<String>,
    /// Records the scenario has read, for steps that compare or follow them.
    pub(super) records: super::shared::Shared,
    /// The payer's capability statement, once read.
    pub(super) capabilities: Option<Value>,
    /// Whether the payer cut the connection while card numbers were guessed.
    pub(super) cut_off: bool,
    /// The version of US Core the scenario is about, if it is about one.
    pub(super) flavour: Option<super::flavour::Flavour>,
    /// The member's records, by kind, as far as they were read.
    pub(super) harvested: Vec<(String, Arc<super::harvest::Harvest>)>,
    /// What records are searched by, chosen from the member's own.
    pub(super) inquiry: Option<super::inquiry::Inquiry>,
    /// The exchange that brought each of the replies.
    pub(super) places: Vec<Place>,
    /// What validating all answers of the run came to, in closing scenarios.
    pub(super) validation: Option<Arc<super::validation::Validation>>,
    /// A search with several results, found by discovery.
    pub(super) search: Option<super::search::Found>,
    /// Records the scenario has read together with their Provenance.
    pub(super) told: super::told::Told,
    /// The request for data in the making.
    pub(super) draft: Option<Value>,
    /// What documentation is submitted for, and what came of it.
    pub(super) attaching: super::submission::Attaching,
    /// The Task that was sent, and what became of it.
    pub(super) task: Option<super::task::Followed>,
    /// The subscription to Tasks that was made.
    pub(super) subscription: Option<Value>,
    /// What was submitted to our desk.
    pub(super) submitted: Option<Value>,
    /// Number of the first exchange at our desk that was not looked at yet.
    pub(super) desk_next: u64,
    /// In whose name requests go out, when it is not that of the run.
    pub(super) caller: Option<super::caller::Credentials>,
    /// The first of the replies to what was tried with other credentials.
    pub(super) tried_from: usize,
    /// The token that was asked for last.
    pub(super) asked: super::token_request::Asked,
    /// The client that has registered itself.
    pub(super) udap_client: Option<String>,
    /// What was offered to the server by way of TLS, and what came of it.
    pub(super) offered: Vec<(
        crate::http::handshake::Offer,
        crate::http::handshake::Answer,
    )>,
    /// What became of sending a member to the payer.
    pub(super) launch: super::app_launch::Launch,
    /// When the consent of the match request has ended, by our clock.
    pub(super) lapses_at: Option<time::OffsetDateTime>,
    /// The scope of the app's first token.
    pub(super) first_scope: Option<String>,
    /// What a client under test was heard to ask that the scenario is about.
    focus: hearing::Focus,
    /// Why the connection was closed for want of the right certificate, if it was.
    pub(super) broke_off: Option<String>,
}

/// Where the scenario stands in the run.
struct Progress {
    context: Arc<Context>,
    id: String,
    note: ScenarioNote,
    attempt: u32,
    steps: Vec<StepRun>,
    cursor: usize,
    halted: bool,
    verdict: Verdict,
    reason: Option<String>,
    exchanges: usize,
    /// The exchange that findings name; the last one without it.
    cited: Option<usize>,
    warned: bool,
    notes: Vec<String>,
    started: Instant,
}

impl Progress {
    /// Whether the scenario is about a client of whose conversation a part was not kept.
    fn is_heard_in_part(&self) -> bool {
        let conversation = self.context.conversations.get(&self.note.system);
        conversation.is_some_and(|conversation| conversation.lost() > 0)
    }

    /// The exchange that was made last.
    fn last_place(&self) -> Place {
        Place {
            scenario: self.id.clone(),
            attempt: self.attempt,
            exchange: self.exchanges.saturating_sub(1),
        }
    }
}

impl std::fmt::Debug for World {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "World({})",
            self.progress
                .as_ref()
                .map_or("idle", |progress| progress.id.as_str())
        )
    }
}

impl cucumber::World for World {
    type Error = std::convert::Infallible;

    async fn new() -> Result<Self, Self::Error> {
        Ok(Self::default())
    }
}

impl World {
    /// Begins a scenario: logs it with all its steps as not run. A scenario that needs something
    /// the target does not offer, or that starts while the run is stopping, will not run its steps.
    pub fn begin(&mut self, context: Arc<Context>, id: &str, steps: Vec<StepRun>) {
        let attempt = context.next_attempt(id);
        let note = context.scenarios.get(id).cloned().unwrap_or_default();
        context.recorder.event(&Event::ScenarioStarted {
            scenario: id.to_owned(),
            attempt,
            steps: steps.clone(),
            at_us: context.recorder.elapsed_us(),
        });
        let missing = note
            .needs
            .iter()
            .find(|need| !context.capabilities.contains(*need));
        let reason = if context.is_stopping() {
            Some("not run: the run was stopped before it".to_owned())
        } else {
            missing.map(|need| {
                format!("the target does not offer it: add {need:?} to target.capabilities to try")
            })
        };
        self.progress = Some(Progress {
            id: id.to_owned(),
            note,
            attempt,
            steps,
            cursor: 0,
            halted: reason.is_some(),
            verdict: if reason.is_some() {
                Verdict::Skip
            } else {
                Verdict::Pass
            },
            reason,
            exchanges: 0,
            cited: None,
            warned: false,
            notes: Vec::new(),
            started: Instant::now(),
            context,
        });
    }

    /// Ends the scenario: logs its verdict and returns it. A scenario with a step that did not run,
    /// or with none at all, never passes.
    pub fn finish(&mut self, problem: Option<String>) -> Verdict {
        self.turn = None;
        self.record_received();
        let Some(mut progress) = self.progress.take() else {
            return Verdict::Error;
        };
        if let Some(problem) = problem {
            (progress.verdict, progress.reason) = (Verdict::Error, Some(problem));
        }
        let unfinished = progress.steps.is_empty() || progress.cursor < progress.steps.len();
        if unfinished && matches!(progress.verdict, Verdict::Pass | Verdict::Warn) {
            progress.verdict = Verdict::Error;
            progress.reason = Some("a step of this scenario did not run".to_owned());
        }
        if progress.verdict == Verdict::Pass && progress.is_heard_in_part() {
            progress.verdict = Verdict::Skip;
            progress.reason = Some(
                "cannot be told: the conversation was not kept in full, and nothing wrong is in what was kept".to_owned(),
            );
        }
        progress.context.recorder.event(&Event::ScenarioFinished {
            scenario: progress.id,
            attempt: progress.attempt,
            verdict: progress.verdict,
            reason: progress.reason,
            duration_us: micros(progress.started.elapsed()),
        });
        progress.verdict
    }

    /// Advances to the next step; `None` when the scenario has ended already.
    pub(super) fn next_step(&mut self) -> Option<Arc<Context>> {
        let progress = self.progress.as_mut()?;
        progress.cursor += 1;
        (!progress.halted).then(|| progress.context.clone())
    }

    /// Records how the current step ended.
    pub(super) fn end_step(
        &mut self,
        mut status: StepStatus,
        message: Option<String>,
        verdict: Option<Verdict>,
        took: Duration,
    ) {
        let Some(progress) = self.progress.as_mut() else {
            return;
        };
        if std::mem::take(&mut progress.warned) && status == StepStatus::Passed {
            status = StepStatus::Warned;
        }
        let message = message.map(|text| progress.context.recorder.redactor().text(&text));
        if let Some(verdict) = verdict {
            progress.halted = true;
            progress.verdict = verdict;
            if verdict != Verdict::Fail {
                progress.reason.clone_from(&message);
            }
        }
        let index = progress.cursor - 1;
        let Some(step) = progress.steps.get_mut(index) else {
            return;
        };
        step.status = status;
        step.message = message;
        step.notes = std::mem::take(&mut progress.notes);
        step.duration_us = micros(took);
        progress
            .context
            .recorder
            .step(&progress.id, progress.attempt, index, step.clone());
    }

    /// What the run shares.
    pub(super) fn context(&self) -> Result<Arc<Context>, Halt> {
        let progress = self.progress.as_ref();
        progress
            .map(|progress| progress.context.clone())
            .ok_or_else(|| Halt::Error("no scenario is running".into()))
    }

    /// IG and version the scenario runs for, for example `pdex@2.1.0`.
    pub(super) fn ig(&self) -> Result<String, Halt> {
        let progress = self.progress.as_ref();
        progress
            .map(|progress| progress.note.ig.clone())
            .ok_or_else(|| Halt::Error("no scenario is running".into()))
    }

    /// The system the scenario is run against: what is learnt of it is remembered by this.
    pub(super) fn system(&self) -> Result<String, Halt> {
        let progress = self.progress.as_ref();
        progress
            .map(|progress| progress.note.system.clone())
            .ok_or_else(|| Halt::Error("no scenario is running".into()))
    }

    /// Id of the scenario, and which attempt at it this is.
    pub(super) fn attempt(&self) -> Result<(String, u32), Halt> {
        let progress = self.progress.as_ref();
        progress
            .map(|progress| (progress.id.clone(), progress.attempt))
            .ok_or_else(|| Halt::Error("no scenario is running".into()))
    }

    /// A word that stands for this attempt at this scenario and for no other, fit for a URL.
    pub(super) fn scenario_word(&self) -> Result<String, Halt> {
        let (id, attempt) = self.attempt()?;
        Ok(super::desk_word(&id, attempt))
    }

    /// Says that the last answer must hold to a profile whether it claims it or not. Closing scenarios
    /// judge that, this one does not.
    pub(super) fn expect_profile(&self, profile: &str) -> Outcome {
        let (context, system) = (self.context()?, self.system()?);
        context
            .observations
            .expect(&system, &self.reply()?.body, profile);
        Ok(())
    }

    /// What time it is for the system under test: in a replay what time it was.
    pub(super) fn now(&self) -> OffsetDateTime {
        self.target()
            .map_or_else(|_| OffsetDateTime::now_utc(), |target| target.client.now())
    }

    /// The system under test.
    pub(super) fn target(&self) -> Result<Target, Halt> {
        let progress = self.progress.as_ref();
        let target =
            progress.and_then(|progress| progress.context.targets.get(&progress.note.system));
        target
            .cloned()
            .ok_or_else(|| Halt::Error("there is no system under test for this scenario".into()))
    }

    /// Who asks where a provider does; skips when nobody is configured.
    pub(super) fn provider(&self) -> Result<super::Provider, Halt> {
        self.target()?.provider.ok_or_else(|| {
            Halt::Skip(
                "no provider to ask as: add [provider] with its npi to vitruvian.toml".into(),
            )
        })
    }

    /// Lets the current step take so much longer: it waits for work of the target.
    pub(super) fn be_patient(&self, longer: Duration) {
        self.deadline.extend(longer);
    }

    /// Sends a request whose answer is judged: records every exchange and keeps the reply. No answer
    /// at all is an error of ours; a connection broken by the target, or an answer that is not HTTP,
    /// is a finding.
    pub(super) async fn send(&mut self, request: Request) -> Outcome {
        match self.exchange(request).await? {
            Ok(()) => Ok(()),
            Err(failure) => {
                self.judge(Err(Mismatch::new("an HTTP answer", failure.to_string())))?;
                Err(Halt::Skip(format!("no answer to judge: {failure}")))
            }
        }
    }

    /// Sends a request that only prepares what is judged later: when it fails the scenario is
    /// skipped, because another one judges that.
    pub(super) async fn prepare(&mut self, request: Request) -> Outcome {
        let done = self.exchange(request).await?;
        done.map_err(|failure| Halt::Skip(format!("it cannot be prepared: {failure}")))
    }

    /// Sends a request without any credentials but those that it brings itself; the answer is judged.
    pub(super) async fn send_bare(&mut self, request: Request) -> Outcome {
        let client = self.target()?.client.anonymous();
        match self.exchange_by(&client, request).await? {
            Ok(()) => Ok(()),
            Err(failure) => {
                self.judge(Err(Mismatch::new("an HTTP answer", failure.to_string())))?;
                Err(Halt::Skip(format!("no answer to judge: {failure}")))
            }
        }
    }

    /// The same for what is judged later.
    pub(super) async fn prepare_bare(&mut self, request: Request) -> Outcome {
        let client = self.target()?.client.anonymous();
        let done = self.exchange_by(&client, request).await?;
        done.map_err(|failure| Halt::Skip(format!("it cannot be prepared: {failure}")))
    }

    /// Sends and records. The inner result tells whether the target is to blame for a missing answer.
    async fn exchange(&mut self, request: Request) -> Result<Result<(), Failure>, Halt> {
        let client = self.target()?.client;
        let request = self.dressed(request);
        self.exchange_by(&client, request).await
    }

    /// The request with the credentials that the scenario tries now, if it tries any.
    pub(super) fn dressed(&self, request: Request) -> Request {
        match &self.caller {
            Some(credentials) => credentials.dress(request),
            None => request,
        }
    }

    /// Keeps an answer as the last one.
    pub(super) fn keep_reply(&mut self, reply: Reply) {
        let last = self.progress.as_ref().map(Progress::last_place);
        self.places.extend(last);
        self.replies.push(reply);
    }

    async fn exchange_by(
        &mut self,
        client: &Client,
        request: Request,
    ) -> Result<Result<(), Failure>, Halt> {
        let sent = client.send(request).await;
        self.record(&sent.hops)?;
        match sent.result {
            Ok(reply) => {
                self.keep_reply(reply);
                Ok(Ok(()))
            }
            Err(failure) if is_targets_fault(&failure) => Ok(Err(failure)),
            Err(failure) => Err(Halt::Error(failure.to_string())),
        }
    }

    /// Whether an address that the target gave is on the target itself. Others are never followed:
    /// what a target says must not send us to somebody else.
    pub(super) fn is_own(&self, address: &str) -> bool {
        self.target().is_ok_and(|target| {
            let address = target.client.resolve(address);
            address.is_ok_and(|address| address.origin() == target.client.base().origin())
        })
    }

    /// The answer that was received last.
    pub(super) fn reply(&self) -> Result<&Reply, Halt> {
        self.replies
            .last()
            .ok_or_else(|| Halt::Error("nothing was asked before this step".into()))
    }

    /// The person the scenario is about.
    pub(super) fn member(&self) -> Result<&Member, Halt> {
        self.member
            .as_ref()
            .ok_or_else(|| Halt::Error("no member was chosen before this step".into()))
    }

    /// The match request in the making.
    pub(super) fn request(&mut self) -> Result<&mut MatchRequest, Halt> {
        self.request
            .as_mut()
            .ok_or_else(|| Halt::Error("no member was chosen before this step".into()))
    }
}

/// Whether the target, and not the way to it, is to blame for a missing answer.
const fn is_targets_fault(failure: &Failure) -> bool {
    matches!(
        failure,
        Failure::Closed { .. }
            | Failure::Protocol { .. }
            | Failure::TooManyRedirects { .. }
            | Failure::BadRedirect { .. }
    )
}

fn micros(duration: Duration) -> u64 {
    u64::try_from(duration.as_micros()).unwrap_or(u64::MAX)
}
