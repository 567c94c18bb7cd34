//! Which evidence is whole.

use crate::evidence::{Exchange, Run, ScenarioRun};
use regex::Regex;
use std::collections::HashSet;

/// What earlier versions noted where a target was told of the desk: they did not record what came there.
const TOLD_OF_DESK: &str = "the target is told of the payer's desk";

/// What stood for every credential in earlier versions.
const ANY_SECRET: &str = "[secret]";

/// Why evidence cannot be judged again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Flaw {
    /// Pseudonyms stand for personal data.
    Redacted,
    /// Only the beginning of a body was kept.
    Cut,
    /// A terminology server was asked, and is not.
    Terminology,
    /// What the target sent to us by itself was not recorded.
    Desk,
    /// Earlier versions did not tell one token from another.
    Guarded,
}

impl Flaw {
    pub(super) const fn why(self) -> &'static str {
        match self {
            Self::Redacted => {
                "personal data in the messages was replaced by pseudonyms, which no rule was made for; runs \
                 on synthetic members can be made with --no-redact-phi"
            }
            Self::Cut => "only the beginning of a message was kept",
            Self::Terminology => {
                "codes were decided by a terminology server, which a replay does not ask"
            }
            Self::Guarded => {
                "which token was used where is not in the evidence; runs of this version have it"
            }
            Self::Desk => {
                "what the target sent to the payer's desk is not in the evidence; runs of this version have it"
            }
        }
    }
}

/// The evidence of a run.
pub(super) struct Evidence {
    /// Hashes of bodies with pseudonyms in them.
    replaced: HashSet<String>,
    marks: Option<Regex>,
    /// A flaw that any scenario may suffer from, because scenarios share what they learn.
    pub(super) any: Option<Flaw>,
}

impl Evidence {
    pub(super) fn of(run: &Run) -> Self {
        // What the redactor writes; credentials are never part of what is judged.
        let marks =
            Regex::new(r"\[[A-Za-z]+:[0-9a-f]{8}\]|~[0-9a-f]{8}\b|\[narrative\]|\[body withheld")
                .ok();
        let is_marked = |text: &str| is_marked(marks.as_ref(), text);
        let replaced = run
            .bodies
            .iter()
            .filter(|(_, body)| body.text.as_deref().is_some_and(is_marked))
            .map(|(hash, _)| hash.clone())
            .collect();
        let mut evidence = Self {
            replaced,
            marks,
            any: None,
        };
        // What came to the desk was for one scenario alone.
        let own = run.scenarios.iter().filter_map(|one| evidence.flaw(one));
        let own = own.filter(|flaw| *flaw != Flaw::Desk);
        let shared = run.identity.settings.contains_key("terminology server");
        // Where it does not show who asked, answers that scenarios share are not everybody's.
        let mut exchanges = run.scenarios.iter().flat_map(|one| &one.exchanges);
        let alike = exchanges.any(|exchange| {
            let mut headers = exchange.request.headers.iter();
            headers.any(|(name, value)| name == "authorization" && value.contains(ANY_SECRET))
        });
        evidence.any = own
            .min()
            .or(shared.then_some(Flaw::Terminology))
            .or(alike.then_some(Flaw::Guarded));
        evidence
    }

    /// Why a scenario that came to another verdict cannot be judged again, if it cannot.
    pub(super) fn hindrance(&self, scenario: &ScenarioRun) -> Option<Flaw> {
        self.flaw(scenario).or(self.any)
    }

    /// What is wrong with the evidence of one scenario.
    pub(super) fn flaw(&self, scenario: &ScenarioRun) -> Option<Flaw> {
        let mut notes = scenario.steps.iter().flat_map(|step| &step.notes);
        let desk = notes.any(|note| note == TOLD_OF_DESK);
        let exchanges = scenario.exchanges.iter();
        exchanges
            .filter_map(|exchange| self.of_exchange(exchange))
            .chain(desk.then_some(Flaw::Desk))
            .min()
    }

    fn of_exchange(&self, exchange: &Exchange) -> Option<Flaw> {
        let response = exchange.response.as_ref();
        let answer = response.and_then(|response| response.body.as_ref());
        let bodies = [exchange.request.body.as_ref(), answer];
        let is_marked = |text: &str| is_marked(self.marks.as_ref(), text);
        let mut headers = response.into_iter().flat_map(|response| &response.headers);
        let mut bodies = bodies.into_iter().flatten();
        if is_marked(&exchange.request.url)
            || headers.any(|(_, value)| is_marked(value))
            || bodies.any(|body| self.replaced.contains(&body.hash))
        {
            return Some(Flaw::Redacted);
        }
        // What was sent is only compared; what came is judged, be it an answer or what the target has sent by itself.
        let judged = match exchange.received {
            true => exchange.request.body.as_ref(),
            false => answer,
        };
        let is_cut = exchange.error.is_none() && judged.is_some_and(|body| body.truncated);
        is_cut.then_some(Flaw::Cut)
    }
}

/// Whether pseudonyms stand for personal data in it. Those of credentials do no harm: a token is as good as its name.
fn is_marked(marks: Option<&Regex>, text: &str) -> bool {
    marks.is_some_and(|marks| {
        let mut found = marks.find_iter(text);
        found.any(|found| !found.as_str().starts_with("[secret:"))
    })
}
