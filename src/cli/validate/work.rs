//! Validates pieces on several threads, and hands the results back in order.

use super::input::{Piece, Pieces};
use super::result::Outcome;
use crate::cli::Failure;
use crate::profile::Validator;
use std::collections::BTreeMap;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Mutex, PoisonError};

/// Pieces handed over at a time, and batches that may wait: what bounds the memory, whatever the input.
const BATCH: usize = 64;
const WAITING: usize = 4;
/// Stack of a worker: resources may be nested deeply.
const STACK: usize = 16 << 20;

/// What to validate with.
pub(super) struct Work {
    pub(super) validator: Validator,
    /// Profiles besides those a resource claims.
    pub(super) profiles: Vec<String>,
    pub(super) threads: usize,
}

type Batch<T> = (usize, Vec<T>);

impl Work {
    /// Validates all pieces; `each` sees the outcomes in the order of the pieces.
    pub(super) fn run(&self, pieces: Pieces, mut each: impl FnMut(Outcome)) -> Result<(), Failure> {
        let threads = self.threads.max(1);
        let (to_workers, pieces_in) = sync_channel::<Batch<Piece>>(WAITING);
        let pieces_in = Mutex::new(pieces_in);
        std::thread::scope(|scope| {
            let (to_writer, outcomes) = sync_channel::<Batch<Outcome>>(WAITING);
            for number in 0..threads {
                let to_writer = to_writer.clone();
                let worker = std::thread::Builder::new()
                    .name(format!("validator-{number}"))
                    .stack_size(STACK);
                let pieces_in = &pieces_in;
                worker.spawn_scoped(scope, move || self.work(pieces_in, &to_writer))?;
            }
            drop(to_writer);
            scope.spawn(move || feed(pieces, &to_workers));
            in_order(&outcomes, &mut each);
            Ok(())
        })
    }

    fn work(&self, pieces: &Mutex<Receiver<Batch<Piece>>>, to_writer: &SyncSender<Batch<Outcome>>) {
        loop {
            let next = pieces.lock().unwrap_or_else(PoisonError::into_inner).recv();
            let Ok((index, batch)) = next else { return };
            let outcomes = batch
                .iter()
                .map(|piece| Outcome::of(piece, &self.validator, &self.profiles))
                .collect();
            if to_writer.send((index, outcomes)).is_err() {
                return;
            }
        }
    }
}

fn feed(mut pieces: Pieces, to_workers: &SyncSender<Batch<Piece>>) {
    for index in 0.. {
        let batch: Vec<Piece> = pieces.by_ref().take(BATCH).collect();
        if batch.is_empty() || to_workers.send((index, batch)).is_err() {
            return;
        }
    }
}

/// Puts batches back in order. At most one batch per worker is ahead of its turn.
fn in_order(outcomes: &Receiver<Batch<Outcome>>, each: &mut impl FnMut(Outcome)) {
    let mut early = BTreeMap::new();
    let mut turn = 0;
    for (index, batch) in outcomes {
        early.insert(index, batch);
        while let Some(batch) = early.remove(&turn) {
            batch.into_iter().for_each(&mut *each);
            turn += 1;
        }
    }
}
