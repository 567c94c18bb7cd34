//! What a reader must know before trusting the conclusion.

use super::wording::{count, visible};
use crate::evidence::{Ending, Excuse, Run, Summary};

/// The sentences above everything else, in every format: who answered, whether the run came to its end, what was
/// counted in another way than usual, and excuses that are none.
pub(super) fn notices(run: &Run, summary: &Summary) -> Vec<String> {
    let ending = match run.ending {
        None => Some(
            "The log of this run breaks off. What happened until then is shown here; what was not reached counts as not tried.",
        ),
        Some(Ending::Finished) => None,
        Some(Ending::FailFast) => Some(
            "This run stopped at the first failure, as asked. What was not reached counts as not tried.",
        ),
        Some(Ending::Interrupted) => {
            Some("This run was interrupted. What was not reached counts as not tried.")
        }
        Some(Ending::TimedOut) => Some(
            "This run was stopped when its time was up. What was not reached counts as not tried.",
        ),
    };
    let strict = run
        .identity
        .strict
        .then_some("This was a strict run: a broken recommendation counts like a broken mandatory requirement.");
    let mut texts: Vec<String> = (run.identity.warning().into_iter())
        .chain(ending)
        .chain(strict)
        .map(str::to_owned)
        .collect();
    if !summary.flaky.is_empty() {
        texts.push(format!(
            "{} came out differently when repeated; the last attempt counts.",
            count(summary.flaky.len(), "scenario")
        ));
    }
    texts.extend(excuses(
        &summary.expired,
        "expired and covers nothing any more; renew or remove it",
    ));
    texts.extend(excuses(
        &summary.unused,
        "not needed, because nothing broke; remove it",
    ));
    texts
}

/// The gravest of them in a word or two, for where there is no room for sentences; none when the conclusion can be
/// taken as it is.
pub(super) fn mark(run: &Run) -> Option<&'static str> {
    if run.identity.warning().is_some() {
        return Some("insecure");
    }
    match run.ending {
        Some(Ending::Finished) => None,
        None => Some("broken off"),
        Some(Ending::FailFast | Ending::Interrupted | Ending::TimedOut) => Some("stopped early"),
    }
}

fn excuses<'run>(excuses: &'run [Excuse], what: &'run str) -> impl Iterator<Item = String> + 'run {
    excuses
        .iter()
        .map(move |excuse| format!("The excuse for {} is {what}.", visible(&excuse.requirement)))
}
