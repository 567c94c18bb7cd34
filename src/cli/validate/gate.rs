//! How much may be under way at once: what bounds the memory, whatever the input.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

/// Most bytes of batches under way. A batch that is larger goes alone.
const MOST_BYTES: usize = 16 << 20;

/// Counts the batches between reading and writing.
pub(super) struct Gate {
    most_batches: usize,
    under_way: Mutex<UnderWay>,
    freed: Condvar,
}

#[derive(Debug, Default)]
struct UnderWay {
    batches: usize,
    bytes: usize,
    is_closed: bool,
}

impl Gate {
    /// Lets so many batches be under way.
    pub(super) fn new(most_batches: usize) -> Self {
        Self {
            most_batches: most_batches.max(1),
            under_way: Mutex::default(),
            freed: Condvar::new(),
        }
    }

    /// Waits until a batch of so many bytes may be under way. False when the gate was closed.
    pub(super) fn enter(&self, bytes: usize) -> bool {
        let is_full = |now: &mut UnderWay| {
            let is_full =
                now.batches >= self.most_batches || now.bytes.saturating_add(bytes) > MOST_BYTES;
            !now.is_closed && now.batches > 0 && is_full
        };
        let waited = self.freed.wait_while(self.lock(), is_full);
        let mut now = waited.unwrap_or_else(PoisonError::into_inner);
        now.batches += 1;
        now.bytes += bytes;
        !now.is_closed
    }

    /// A batch of so many bytes is done with.
    pub(super) fn leave(&self, bytes: usize) {
        let mut now = self.lock();
        now.batches -= 1;
        now.bytes -= bytes;
        self.freed.notify_all();
    }

    /// Nothing enters any more: nobody is left to take it.
    pub(super) fn close(&self) {
        self.lock().is_closed = true;
        self.freed.notify_all();
    }

    fn lock(&self) -> MutexGuard<'_, UnderWay> {
        self.under_way
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::{Gate, MOST_BYTES};
    use std::sync::atomic::{AtomicUsize, Ordering};

    #[test]
    fn never_is_more_under_way_than_may_be() {
        let gate = Gate::new(3);
        let (now, most) = (AtomicUsize::new(0), AtomicUsize::new(0));
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    for _ in 0..50 {
                        assert!(gate.enter(1));
                        most.fetch_max(now.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                        std::thread::yield_now();
                        now.fetch_sub(1, Ordering::SeqCst);
                        gate.leave(1);
                    }
                });
            }
        });
        assert!(most.load(Ordering::SeqCst) <= 3, "{most:?}");
    }

    #[test]
    fn what_is_larger_than_all_that_may_be_goes_alone() {
        let gate = Gate::new(8);
        assert!(gate.enter(2 * MOST_BYTES));
        std::thread::scope(|scope| {
            let second = scope.spawn(|| gate.enter(1));
            std::thread::sleep(std::time::Duration::from_millis(20));
            assert!(!second.is_finished());
            gate.leave(2 * MOST_BYTES);
            assert!(second.join().unwrap());
        });
    }

    #[test]
    fn nobody_waits_at_a_closed_gate() {
        let gate = Gate::new(1);
        assert!(gate.enter(1));
        std::thread::scope(|scope| {
            let second = scope.spawn(|| gate.enter(1));
            gate.close();
            assert!(!second.join().unwrap());
        });
    }
}
