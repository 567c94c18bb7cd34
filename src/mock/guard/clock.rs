//! What time it is.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use time::OffsetDateTime;

/// A clock: that of this machine, or one that is set by hand.
#[derive(Clone, Debug, Default)]
pub enum Clock {
    /// The time of this machine.
    #[default]
    Machine,
    /// Seconds since 1970-01-01 UTC, as somebody sets them.
    Set(Arc<AtomicI64>),
}

impl Clock {
    /// Seconds since 1970-01-01 UTC.
    #[must_use]
    pub fn now(&self) -> i64 {
        match self {
            Self::Machine => OffsetDateTime::now_utc().unix_timestamp(),
            Self::Set(seconds) => seconds.load(Ordering::Relaxed),
        }
    }
}
