//! What a scenario leaves in the evidence beside verdicts and findings: notes, exchanges, time lines.

use super::{Progress, World};
use crate::evidence::{Captured, Transition};
use crate::steps::Place;
use crate::steps::drive::Outcome;

impl Progress {
    /// Index of the step that runs.
    const fn step(&self) -> usize {
        self.cursor.saturating_sub(1)
    }

    /// Keeps an answer for closing scenarios; the exchange is not counted yet.
    fn observe(&self, hop: &Captured) {
        if let Some(response) = &hop.response
            && !response.truncated
        {
            let place = || Place {
                exchange: self.exchanges,
                ..self.last_place()
            };
            let observations = &self.context.observations;
            observations.add(&self.note.system, &response.body, place);
            if let Some(server) = self.context.mirrors.get(&self.note.system) {
                observations.add(server, &response.body, place);
            }
        }
    }
}

impl World {
    /// Notes a fact worth showing that is no finding.
    pub(in crate::steps) fn note(&mut self, text: impl Into<String>) {
        if let Some(progress) = self.progress.as_mut() {
            let text = progress.context.recorder.redactor().text(&text.into());
            progress.notes.push(text);
        }
    }

    /// Records exchanges that were made by other means than [`Self::send`].
    pub(in crate::steps) fn record(&mut self, hops: &[Captured]) -> Outcome {
        let context = self.context()?;
        if let Some(progress) = self.progress.as_mut() {
            for hop in hops {
                let (id, attempt) = (&progress.id, progress.attempt);
                let recorder = &context.recorder;
                recorder.exchange(id, attempt, progress.step(), hop);
                progress.observe(hop);
                progress.exchanges += 1;
            }
        }
        Ok(())
    }

    /// Records an exchange of a client under test.
    pub(in crate::steps) fn record_heard(&mut self, heard: &Captured) -> Outcome {
        let context = self.context()?;
        if let Some(progress) = self.progress.as_mut() {
            let (id, attempt) = (&progress.id, progress.attempt);
            let recorder = &context.recorder;
            recorder.received(id, attempt, progress.step(), heard);
            progress.observe(heard);
            progress.exchanges += 1;
        }
        Ok(())
    }

    /// Records what has come to our desk for this scenario and was not recorded yet.
    pub(in crate::steps) fn record_received(&mut self) {
        let (Ok(context), Ok(word)) = (self.context(), self.scenario_word()) else {
            return;
        };
        let fresh = context.desk.since(self.desk_next, &word);
        let Some(progress) = self.progress.as_mut() else {
            return;
        };
        for (number, captured) in fresh {
            self.desk_next = number + 1;
            let (id, attempt) = (&progress.id, progress.attempt);
            let recorder = &context.recorder;
            recorder.received(id, attempt, progress.step(), &captured);
            progress.exchanges += 1;
        }
    }

    /// Records one point of a time line: a resource was seen with this status, and words about it.
    pub(in crate::steps) fn record_transition(
        &mut self,
        resource: String,
        status: String,
        words: Option<String>,
    ) {
        let Some(progress) = self.progress.as_ref() else {
            return;
        };
        let recorder = &progress.context.recorder;
        let transition = Transition {
            step: progress.step(),
            resource,
            status,
            words,
            at_us: recorder.elapsed_us(),
        };
        recorder.transition(&progress.id, progress.attempt, transition);
    }
}
