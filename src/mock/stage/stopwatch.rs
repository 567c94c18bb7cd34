//! The time since a conversation began.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// Tells the time since a conversation began.
#[derive(Clone, Debug)]
pub enum Stopwatch {
    /// By the clock of this machine.
    Running(Instant),
    /// As somebody sets it: microseconds. Nobody has to wait then.
    Set(Arc<AtomicU64>),
}

impl Stopwatch {
    /// One that starts now.
    #[must_use]
    pub fn start() -> Self {
        Self::Running(Instant::now())
    }

    /// One that stands at nought until it is set on.
    #[must_use]
    pub fn standing() -> Self {
        Self::Set(Arc::default())
    }

    /// How long it has been.
    #[must_use]
    pub fn elapsed(&self) -> Duration {
        match self {
            Self::Running(start) => start.elapsed(),
            Self::Set(micros) => Duration::from_micros(micros.load(Ordering::Relaxed)),
        }
    }

    /// Sets it on; one that runs by itself is left alone.
    pub fn pass(&self, time: Duration) {
        if let Self::Set(micros) = self {
            let time = u64::try_from(time.as_micros()).unwrap_or(u64::MAX);
            micros.fetch_add(time, Ordering::Relaxed);
        }
    }
}
