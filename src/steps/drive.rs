//! The wrapper around every step: timing, evidence, time-out, interruption, verdict.

use super::World;
use crate::evidence::{StepStatus, Verdict};
use cucumber::step;
use futures::future::LocalBoxFuture;
use std::time::Instant;

/// Why a step ends its scenario early.
#[derive(Debug)]
pub(super) enum Halt {
    /// An assertion of a mandatory requirement broke; the findings are in the world.
    Failed(String),
    /// It cannot be tried; says what to supply.
    Skip(String),
    /// Our side failed.
    Error(String),
    /// The run was interrupted.
    Cancelled,
}

/// What a step function returns.
pub(super) type Outcome = Result<(), Halt>;

/// What the sentence said: its captured groups, table and text.
pub(super) struct Arguments<'a>(&'a step::Context);

impl Arguments<'_> {
    /// The `index`-th captured group, from 1.
    pub(super) fn word(&self, index: usize) -> &str {
        self.0
            .matches
            .get(index)
            .map_or("", |(_, text)| text.as_str())
    }

    /// The rows of the table below the sentence, without its header.
    pub(super) fn rows(&self) -> &[Vec<String>] {
        let table = self.0.step.table.as_ref();
        table
            .and_then(|table| table.rows.get(1..))
            .unwrap_or_default()
    }
}

/// A step as functions of the nouns are written.
pub(super) type Handler = for<'a> fn(&'a mut World, Arguments<'a>) -> LocalBoxFuture<'a, Outcome>;

/// Carried by the unwinding that tells the engine a step failed, so that it can retry the scenario.
pub struct StepFailed;

/// Runs one step in its wrapper.
pub(super) fn enter<'a>(
    world: &'a mut World,
    context: step::Context,
    handler: Handler,
) -> LocalBoxFuture<'a, ()> {
    Box::pin(drive(world, context, handler))
}

async fn drive(world: &mut World, step: step::Context, handler: Handler) {
    let Some(context) = world.next_step() else {
        return;
    };
    let started = Instant::now();
    let mut cancel = context.cancel.subscribe();
    let deadline = world.deadline.clone();
    deadline.set(context.step_timeout);
    let outcome = tokio::select! {
        biased;
        _ = cancel.wait_for(|cancelled| *cancelled) => Err(Halt::Cancelled),
        outcome = handler(world, Arguments(&step)) => outcome,
        () = deadline.passed() => {
            Err(Halt::Error(format!("the step took longer than {} s", started.elapsed().as_secs())))
        }
    };
    let failed = matches!(outcome, Err(Halt::Failed(_) | Halt::Error(_)));
    let (status, message, verdict) = match outcome {
        Ok(()) => (StepStatus::Passed, None, None),
        Err(Halt::Failed(message)) => (StepStatus::Failed, Some(message), Some(Verdict::Fail)),
        Err(Halt::Skip(reason)) => (StepStatus::Skipped, Some(reason), Some(Verdict::Skip)),
        Err(Halt::Error(reason)) => (StepStatus::Error, Some(reason), Some(Verdict::Error)),
        Err(Halt::Cancelled) => (
            StepStatus::Skipped,
            Some("the run was interrupted".to_owned()),
            Some(Verdict::Skip),
        ),
    };
    world.end_step(status, message, verdict, started.elapsed());
    if failed {
        // Unwinding is the engine's only way to learn of a failure; this one bypasses the panic hook.
        std::panic::resume_unwind(Box::new(StepFailed));
    }
}
