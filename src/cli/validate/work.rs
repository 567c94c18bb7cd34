//! Validates pieces on several threads, and hands the results back in order.

use super::gate::Gate;
use super::input::{Piece, Pieces};
use super::result::Outcome;
use crate::cli::Failure;
use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Mutex, PoisonError};

/// Pieces handed over at a time, and the bytes after which there are enough of them.
const BATCH: usize = 16;
const BATCH_BYTES: usize = 1 << 20;
/// Batches under way besides those that are worked on.
const WAITING: usize = 4;
/// Stack of a worker: resources may be nested deeply.
const STACK: usize = 16 << 20;

/// How to validate a piece, and on how many threads.
pub(super) struct Work<J> {
    pub(super) judge: J,
    pub(super) threads: usize,
}

struct Batch<T> {
    index: usize,
    /// Of the pieces.
    bytes: usize,
    content: Vec<T>,
}

impl<J: Fn(&Piece) -> Outcome + Sync> Work<J> {
    /// Validates all pieces; `each` sees the outcomes in the order of the pieces, whatever takes how long.
    pub(super) fn run(&self, pieces: Pieces, mut each: impl FnMut(Outcome)) -> Result<(), Failure> {
        let threads = self.threads.max(1);
        // The gate bounds what is in the channels.
        let gate = Gate::new(threads + WAITING);
        let (to_workers, pieces_in) = channel::<Batch<Piece>>();
        let pieces_in = Mutex::new(pieces_in);
        std::thread::scope(|scope| {
            let (to_writer, outcomes) = channel::<Batch<Outcome>>();
            for number in 0..threads {
                let to_writer = to_writer.clone();
                let worker = std::thread::Builder::new()
                    .name(format!("validator-{number}"))
                    .stack_size(STACK);
                let pieces_in = &pieces_in;
                worker.spawn_scoped(scope, move || self.work(pieces_in, &to_writer))?;
            }
            drop(to_writer);
            let gate = &gate;
            scope.spawn(move || feed(pieces, gate, &to_workers));
            in_order(&outcomes, gate, &mut each);
            gate.close();
            Ok(())
        })
    }

    fn work(&self, pieces: &Mutex<Receiver<Batch<Piece>>>, to_writer: &Sender<Batch<Outcome>>) {
        loop {
            let next = pieces.lock().unwrap_or_else(PoisonError::into_inner).recv();
            let Ok(batch) = next else { return };
            // Whatever happens to one piece, the others wait for it and must not wait in vain.
            let outcomes = batch.content.into_iter().map(|piece| {
                let judged = catch_unwind(AssertUnwindSafe(|| (self.judge)(&piece)));
                judged.unwrap_or_else(|_| Outcome::fault(&piece))
            });
            let done = Batch {
                index: batch.index,
                bytes: batch.bytes,
                content: outcomes.collect(),
            };
            if to_writer.send(done).is_err() {
                return;
            }
        }
    }
}

fn feed(mut pieces: Pieces, gate: &Gate, to_workers: &Sender<Batch<Piece>>) {
    for index in 0.. {
        let (mut content, mut bytes) = (Vec::new(), 0);
        while content.len() < BATCH && bytes < BATCH_BYTES {
            let Some(piece) = pieces.next() else { break };
            bytes += piece.len();
            content.push(piece);
        }
        let batch = Batch {
            index,
            bytes,
            content,
        };
        if batch.content.is_empty() || !gate.enter(bytes) || to_workers.send(batch).is_err() {
            return;
        }
    }
}

/// Puts batches back in order.
fn in_order(outcomes: &Receiver<Batch<Outcome>>, gate: &Gate, each: &mut impl FnMut(Outcome)) {
    let mut early = BTreeMap::new();
    let mut turn = 0;
    for batch in outcomes {
        early.insert(batch.index, batch);
        while let Some(batch) = early.remove(&turn) {
            batch.content.into_iter().for_each(&mut *each);
            gate.leave(batch.bytes);
            turn += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Work;
    use crate::cli::validate::input::{Piece, Pieces};
    use crate::cli::validate::result::Outcome;
    use std::time::Duration;

    fn places(judge: impl Fn(&Piece) -> Outcome + Sync, threads: usize) -> Vec<(String, String)> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x.ndjson");
        std::fs::write(&path, "{}\n".repeat(500)).unwrap();
        let mut found = Vec::new();
        let pieces = Pieces::new(&[path], 1_000).unwrap();
        let work = Work { judge, threads };
        work.run(pieces, |outcome| {
            let line = outcome.place.rsplit_once(':').unwrap().1.to_owned();
            found.push((line, outcome.report.issues[0].message.clone()));
        })
        .unwrap();
        found
    }

    #[test]
    fn outcomes_come_in_the_order_of_the_pieces_whatever_takes_long() {
        let judge = |piece: &Piece| {
            if piece.line.is_some_and(|line| line % 97 == 1) {
                std::thread::sleep(Duration::from_millis(30));
            }
            Outcome::fault(piece)
        };
        let lines: Vec<String> = (1..=500).map(|line: usize| line.to_string()).collect();
        for threads in [1, 2, 7] {
            let found = places(judge, threads);
            assert!(
                found.iter().map(|(line, _)| line).eq(&lines),
                "{threads} threads"
            );
        }
    }

    #[test]
    fn a_panic_costs_one_piece_its_verdict_and_nobody_waits() {
        let judge = |piece: &Piece| {
            assert!(piece.line != Some(3), "on purpose");
            Outcome::unreadable(piece, "judged")
        };
        let found = places(judge, 2);
        assert_eq!(found.len(), 500);
        for (line, message) in found {
            assert_eq!(message != "judged", line == "3", "{line}: {message}");
        }
    }
}
