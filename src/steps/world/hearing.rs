//! What a client under test was heard to ask: chosen, recorded as evidence, judged.

use super::World;
use crate::evidence::{Captured, CapturedRequest, CapturedResponse};
use crate::mock::{Conversation, Heard};
use crate::steps::Mismatch;
use crate::steps::drive::{Halt, Outcome};
use http::HeaderMap;
use serde_json::Value;
use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Exchanges that a scenario records of those it is about; what is judged broken is recorded besides.
const MOST_RECORDED: usize = 20;
/// Findings of one step at most; more of the kind are counted.
const MOST_FINDINGS: usize = 5;

/// What a scenario is about: exchanges of the conversation.
#[derive(Debug, Default)]
pub(in crate::steps) struct Focus {
    /// In the order in which they were heard.
    chosen: Vec<Arc<Heard>>,
    /// By number in the conversation, which exchange of the scenario's evidence it is.
    recorded: HashMap<usize, usize>,
}

impl World {
    /// The conversation with the client under test.
    pub(in crate::steps) fn conversation(&self) -> Result<Conversation, Halt> {
        let (context, system) = (self.context()?, self.system()?);
        let conversation = context.conversations.get(&system).cloned();
        conversation.ok_or_else(|| Halt::Error("no client is heard in this run".to_owned()))
    }

    /// Turns to those exchanges that fit. Skips when there are none: `deed` then says what the client has not done
    /// ("have a member matched").
    pub(in crate::steps) fn hear(&mut self, deed: &str, fits: impl Fn(&Heard) -> bool) -> Outcome {
        let heard = self.conversation()?.heard();
        let chosen: Vec<Arc<Heard>> = heard.into_iter().filter(|one| fits(one)).collect();
        if chosen.is_empty() {
            return Err(Halt::Skip(format!(
                "the client was not heard to {deed}: let it do that while it is listened to"
            )));
        }
        self.note(match chosen.len() {
            1 => "1 request heard".to_owned(),
            many => format!("{many} requests heard"),
        });
        self.focus.chosen = chosen.clone();
        for one in chosen.iter().take(MOST_RECORDED) {
            self.cite(one)?;
        }
        Ok(())
    }

    /// The exchanges that the scenario is about.
    pub(in crate::steps) fn heard(&self) -> Vec<Arc<Heard>> {
        self.focus.chosen.clone()
    }

    /// Keeps those of the chosen exchanges that fit; the rest of the scenario is about them alone. Skips when none do.
    pub(in crate::steps) fn narrow(
        &mut self,
        deed: &str,
        fits: impl Fn(&Heard) -> bool,
    ) -> Outcome {
        self.focus.chosen.retain(|one| fits(one));
        if self.focus.chosen.is_empty() {
            return Err(Halt::Skip(format!(
                "the client was not heard to {deed}: let it do that while it is listened to"
            )));
        }
        Ok(())
    }

    /// Records an exchange as evidence of this scenario, once, and makes it the one that findings name.
    pub(in crate::steps) fn cite(&mut self, heard: &Heard) -> Outcome {
        let index = match self.focus.recorded.get(&heard.number) {
            Some(index) => *index,
            None => {
                let began = self.conversation()?.began();
                self.record_heard(&captured(heard, began))?;
                let progress = self.progress.as_ref();
                let index = progress.map_or(0, |progress| progress.exchanges.saturating_sub(1));
                self.focus.recorded.insert(heard.number, index);
                index
            }
        };
        if let Some(progress) = self.progress.as_mut() {
            progress.cited = Some(index);
        }
        Ok(())
    }

    /// Judges each of the chosen exchanges.
    pub(in crate::steps) fn judge_heard(
        &mut self,
        check: impl Fn(&Heard) -> Result<(), Mismatch>,
    ) -> Outcome {
        let broken = self
            .heard()
            .into_iter()
            .filter_map(|heard| check(&heard).err().map(|mismatch| (heard, mismatch)));
        self.judge_cited(broken.collect())
    }

    /// Findings, each with the exchange that shows it.
    pub(in crate::steps) fn judge_cited(&mut self, broken: Vec<(Arc<Heard>, Mismatch)>) -> Outcome {
        let more = broken.len().saturating_sub(MOST_FINDINGS);
        if more > 0 {
            self.note(format!("{more} more of the kind are not listed"));
        }
        let mut outcome = Ok(());
        for (heard, mismatch) in broken.into_iter().take(MOST_FINDINGS) {
            self.cite(&heard)?;
            outcome = outcome.and(self.judge(Err(mismatch)));
        }
        outcome
    }
}

/// An exchange of the conversation as evidence.
fn captured(heard: &Heard, began: Instant) -> Captured {
    let request = &heard.request;
    let query = request.query.as_deref();
    let query = query.map(|query| format!("?{query}")).unwrap_or_default();
    Captured {
        request: CapturedRequest {
            method: request.method.to_string(),
            url: format!("{}{}{query}", request.base, request.path),
            headers: headers(&request.headers),
            body: request.body.clone(),
        },
        response: Some(CapturedResponse {
            status: heard.response.status,
            headers: headers(&heard.response.headers),
            body: heard.response.body.clone(),
            truncated: false,
        }),
        error: None,
        started: began + heard.at,
        first_byte: None,
        duration: Duration::ZERO,
    }
}

fn headers(headers: &HeaderMap) -> Vec<(String, String)> {
    let text = |value: &http::HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
    headers
        .iter()
        .map(|(name, value)| (name.as_str().to_owned(), text(value)))
        .collect()
}

/// The body of a request as JSON; null when it is none.
pub(in crate::steps) fn sent(heard: &Heard) -> Value {
    serde_json::from_slice(&heard.request.body).unwrap_or_default()
}

/// The body of the answer as JSON; null when it is none.
pub(in crate::steps) fn given(heard: &Heard) -> Value {
    serde_json::from_slice(&heard.response.body).unwrap_or_default()
}
