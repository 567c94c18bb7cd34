//! All that the payer has answered in a run: what closing scenarios judge.

use super::drive::{Arguments, Halt, Outcome};
use super::observations::Observed;
use super::validation::{REQUIRED, Validation, Whose};
use super::{Mismatch, World};
use crate::evidence::{BrokenRule, Event};
use crate::profile::Validator;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

super::book::steps! {
    /// For closing scenarios: validates every distinct answer with FHIR in it that the run has seen.
    r"^all that the (?:payer|provider) has answered in this run$" => all_answers;
    /// No rule of FHIR R4 itself is broken, errors included; undecided rules are counted.
    r"^every resource in it is valid FHIR$" => valid_fhir;
    /// No rule that only a claimed profile adds is broken; undecided rules are counted.
    r"^every resource in it holds to the profiles it claims$" => holds_to_profiles;
    /// No element is missing that a claimed profile requires.
    r"^no resource in it lacks what its profiles require$" => has_required;
}

/// Findings in one scenario at most; more are only counted.
const FINDING_LIMIT: usize = 50;
/// Stack of the thread that validates: resources may be nested deeply.
const STACK: usize = 16 << 20;

async fn all_answers(world: &mut World, _: Arguments<'_>) -> Outcome {
    let context = world.context()?;
    let (ig, system) = (world.ig()?, world.system()?);
    let validator = world.target()?.reviewer;
    // A terminology server may be slow.
    world.be_patient(context.max_wait);
    let done = context.observations.validation(&system).ok_or_else(|| {
        Halt::Error("a scenario that judges the whole run must be tagged @closing".into())
    })?;
    let validation = done.get_or_try_init(|| async {
        let (answers, left_out) = context.observations.all(&system);
        let mut validation = validate(answers, validator).await?;
        validation.note.left_out = left_out;
        validation.note.ig.clone_from(&ig);
        if !validation.is_empty() {
            let note = Box::new(validation.note.clone());
            context.recorder.event(&Event::Validated(note));
        }
        Ok::<_, Halt>(Arc::new(validation))
    });
    let validation = Arc::clone(validation.await?);
    if validation.is_empty() {
        return Err(Halt::Skip(
            "no answer with FHIR in it was seen before this; it judges what other scenarios of the run \
             receive, so run it together with them (a whole suite, without --name or --tags)"
                .into(),
        ));
    }
    world.note(validation.note.sentence());
    world.validation = Some(validation);
    Ok(())
}

/// Sets a flag when it is dropped, so that a step that is cancelled does not leave a thread at work.
struct StopOnDrop(Arc<AtomicBool>);

impl Drop for StopOnDrop {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// Validates on a thread of its own, for steps never block theirs.
pub(super) async fn validate(
    answers: Vec<Observed>,
    validator: Arc<Validator>,
) -> Result<Validation, Halt> {
    let stop = StopOnDrop(Arc::default());
    let flag = Arc::clone(&stop.0);
    let (done, result) = tokio::sync::oneshot::channel();
    let work = move || {
        // Nobody waits any more when the step was cancelled.
        let _ = done.send(Validation::of(answers, &validator, &flag));
    };
    std::thread::Builder::new()
        .name("validation".into())
        .stack_size(STACK)
        .spawn(work)
        .map_err(|error| Halt::Error(format!("no thread to validate on: {error}")))?;
    result
        .await
        .map_err(|_| Halt::Error("validating the answers ended without a result".into()))
}

fn validation(world: &World) -> Result<Arc<Validation>, Halt> {
    world
        .validation
        .clone()
        .ok_or_else(|| Halt::Error("nothing was validated before this step".into()))
}

async fn valid_fhir(world: &mut World, _: Arguments<'_>) -> Outcome {
    judge(world, |whose, _| whose == Whose::Fhir)?;
    if validation(world)?.has_data() {
        return Ok(());
    }
    Err(Halt::Skip(
        "nothing wrong was seen, but the payer gave nothing out: no answer but outcomes, capability statements \
         and empty lists"
            .into(),
    ))
}

async fn holds_to_profiles(world: &mut World, _: Arguments<'_>) -> Outcome {
    expect_claims(world)?;
    judge(world, |whose, _| whose == Whose::Profile)
}

async fn has_required(world: &mut World, _: Arguments<'_>) -> Outcome {
    expect_claims(world)?;
    judge(world, |whose, rule| {
        whose == Whose::Profile && REQUIRED.contains(&rule)
    })
}

fn expect_claims(world: &World) -> Outcome {
    if validation(world)?.has_claims() {
        return Ok(());
    }
    Err(Halt::Skip(
        "no resource that was seen names a profile in meta.profile".into(),
    ))
}

fn judge(world: &mut World, is_wanted: impl Fn(Whose, &str) -> bool) -> Outcome {
    let validation = validation(world)?;
    let context = world.context()?;
    let redactor = context.recorder.redactor();
    let (mismatches, more) = validation.mismatches(is_wanted, redactor, FINDING_LIMIT);
    judge_all(world, mismatches, more)
}

/// Judges all of them: each is worth knowing, so the first does not end it.
pub(super) fn judge_all(
    world: &mut World,
    broken: Vec<(Mismatch, BrokenRule)>,
    more: usize,
) -> Outcome {
    if more > 0 {
        world.note(format!("{more} more broken rules are not listed"));
    }
    let mut outcome = Ok(());
    for (mismatch, rule) in broken {
        outcome = outcome.and(world.judge_rule(mismatch, rule));
    }
    outcome
}
