//! How long the current step may still take.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::time::Instant;

/// The end of the current step's time. A step that waits for the target's own work moves it.
#[derive(Clone, Debug)]
pub(super) struct Deadline(Arc<Mutex<Instant>>);

impl Default for Deadline {
    fn default() -> Self {
        Self(Arc::new(Mutex::new(Instant::now())))
    }
}

impl Deadline {
    /// Sets it to so long from now.
    pub(super) fn set(&self, from_now: Duration) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Instant::now() + from_now;
    }

    /// Moves it so much further away.
    pub(super) fn extend(&self, by: Duration) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) += by;
    }

    /// Waits until it is over, wherever it is moved meanwhile.
    pub(super) async fn passed(&self) {
        loop {
            let at = *self.0.lock().unwrap_or_else(PoisonError::into_inner);
            if at <= Instant::now() {
                return;
            }
            tokio::time::sleep_until(at).await;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Deadline;
    use std::time::Duration;
    use tokio::time::Instant;

    #[tokio::test]
    async fn a_deadline_that_is_moved_is_waited_for_where_it_is() {
        let deadline = Deadline::default();
        deadline.set(Duration::from_millis(20));
        let started = Instant::now();
        let other = deadline.clone();
        tokio::spawn(async move { other.extend(Duration::from_millis(100)) });
        deadline.passed().await;
        assert!(started.elapsed() >= Duration::from_millis(120));
    }
}
